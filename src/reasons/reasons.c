#include "reasons/decision.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

enum { REASONS_ARENA_CAP = 64 * 1024 * 1024, LEADING = 4 };

const char *failed_component_word(enum failed_component f)
{
    static const char *const word[] = {"none", "score", "rules", "both",
                                       "judgmental"};
    return word[f];
}

status reasons_new(const struct project *p, struct reasons **out,
                   struct error *e)
{
    struct arena *a = arena_new(REASONS_ARENA_CAP);
    struct reasons *r = a == NULL ? NULL : arena_new_one(a, struct reasons);
    if (r == NULL) {
        arena_free(a);
        return error_memory(e);
    }
    r->arena = a;
    r->factors = p->factors;
    r->factor = arena_new_array(a, struct factor_shortfall, p->factors + 1);
    r->reason =
        arena_new_array(a, struct reason, p->factors + p->rules + 1);
    bool good = r->factor != NULL && r->reason != NULL;
    for (int m = 0; m < METHODS; m++) {
        r->ranked[m] = arena_new_array(a, size_t, p->factors + 1);
        good = good && r->ranked[m] != NULL;
    }
    if (!good) {
        status s = arena_error(a, e);
        arena_free(a);
        return s;
    }
    *out = r;
    return ST_OK;
}

void reasons_free(struct reasons *r)
{
    if (r != NULL)
        arena_free(r->arena);
}

void reasons_orient(const struct project *p, const double *phi, size_t n,
                    double *oriented)
{
    for (size_t j = 0; j < n; j++)
        oriented[j] = p->model.higher_is_better ? phi[j] : -phi[j];
}

/* Ranks method m by those whose shortfall is above 0, `surely`: with all of its
 * interval. Insertion keeps the declared order among equals. */
static void rank_factors(struct reasons *r, int m, bool surely)
{
    size_t count = 0, *ranked = r->ranked[m];
    for (size_t i = 0; i < r->factors; i++) {
        double x = r->factor[i].shortfall[m];
        r->factor[i].rank[m] = 0;
        if (!(x > 0) || (surely && !(r->factor[i].low[m] > 0)))
            continue;
        size_t at = count++;
        while (at > 0 && r->factor[ranked[at - 1]].shortfall[m] < x) {
            ranked[at] = ranked[at - 1];
            at--;
        }
        ranked[at] = i;
    }
    for (size_t k = 0; k < count; k++)
        r->factor[ranked[k]].rank[m] = k + 1;
    r->adverse[m] = count;
}

static void add_up(struct reasons *r, const struct project *p, int m,
                   const double *phi, size_t inputs)
{
    for (size_t i = 0; i < r->factors; i++)
        r->factor[i].contribution[m] = 0;
    r->unmapped[m] = r->total[m] = 0;
    r->has[m] = phi != NULL;
    for (size_t j = 0; phi != NULL && j < inputs; j++) {
        long f = p->of_model[j] < 0 ? -1 : p->feature[p->of_model[j]].factor;
        r->total[m] += phi[j];
        if (f < 0)
            r->unmapped[m] += phi[j];
        else
            r->factor[f].contribution[m] += phi[j];
    }
    for (size_t i = 0; i < r->factors; i++) {
        struct factor_shortfall *f = &r->factor[i];
        f->shortfall[m] = f->low[m] = f->high[m] = -f->contribution[m];
    }
    r->estimated[m] = false;
    rank_factors(r, m, false);
}

static void take_estimates(struct reasons *r, const struct project *p, int m,
                           const struct reasons_estimate *x)
{
    if (x == NULL) {
        add_up(r, p, m, NULL, 0);
        return;
    }
    r->has[m] = r->estimated[m] = true;
    r->unmapped[m] = r->total[m] = x->apart;
    for (size_t i = 0; i < r->factors; i++) {
        struct factor_shortfall *f = &r->factor[i];
        f->contribution[m] = x->factor[i];
        f->shortfall[m] = -x->factor[i];
        f->low[m] = -x->high[i];
        f->high[m] = -x->low[i];
        r->total[m] += x->factor[i];
    }
    rank_factors(r, m, true);
    if (r->adverse[m] == 0 && p->estimate.uncertain == UNCERTAIN_MARK)
        rank_factors(r, m, false);
}

static void compare_methods(struct reasons *r)
{
    size_t a = r->adverse[METHOD_A], b = r->adverse[METHOD_B];
    a = a > LEADING ? LEADING : a;
    b = b > LEADING ? LEADING : b;
    r->overlap = 0;
    r->compared = a > b ? a : b;
    r->same_first = a > 0 && b > 0 &&
                    r->ranked[METHOD_A][0] == r->ranked[METHOD_B][0];
    for (size_t i = 0; i < a; i++) {
        size_t rank = r->factor[r->ranked[METHOD_A][i]].rank[METHOD_B];
        r->overlap += rank >= 1 && rank <= b;
    }
}

static void add_rules(struct reasons *r, const struct project *p,
                      const bool *fired)
{
    for (size_t i = 0; fired != NULL && i < p->rules; i++) {
        if (!fired[i])
            continue;
        if (r->reasons == r->most) {
            r->left_out++;
            continue;
        }
        r->reason[r->reasons] = (struct reason){.kind = REASON_RULE,
                                                .index = i,
                                                .rank = r->reasons + 1,
                                                .hmda_code =
                                                    p->rule[i].hmda_code};
        r->reasons++;
    }
    r->rule_reasons = r->reasons;
}

static void add_factors(struct reasons *r, const struct project *p)
{
    double all = 0, told = 0;
    enum reasons_method m = r->method;
    for (size_t k = 0; k < r->adverse[m]; k++)
        all += r->factor[r->ranked[m][k]].shortfall[m];
    for (size_t k = 0; k < r->adverse[m] && r->reasons < r->most; k++) {
        size_t i = r->ranked[m][k];
        r->reason[r->reasons] =
            (struct reason){.kind = REASON_FACTOR,
                            .index = i,
                            .rank = r->reasons + 1,
                            .shortfall = r->factor[i].shortfall[m],
                            .hmda_code = p->factor[i].hmda_code};
        r->reasons++;
        told += r->factor[i].shortfall[m];
    }
    r->covered = all > 0 ? told / all : 0;
}

/* Once contributions are ranked. */
static void choose(struct reasons *r, const struct project *p,
                   const bool *fired, enum failed_component component)
{
    r->method = text_equal(p->documents.method, "B") ? METHOD_B : METHOD_A;
    compare_methods(r);
    r->by_points = r->sign_open = false;
    r->code_lost = NULL;
    r->order_certain = true;
    r->component = component;
    r->most = p->documents.most_reasons;
    r->reasons = r->rule_reasons = r->left_out = 0;
    r->covered = 0;
    if (component == FAILED_RULES || component == FAILED_BOTH)
        add_rules(r, p, fired);
    if (component == FAILED_SCORE || component == FAILED_BOTH)
        add_factors(r, p);
}

void reasons_find(struct reasons *r, const struct project *p,
                  const double *phi_a, const double *phi_b, size_t inputs,
                  const bool *fired, enum failed_component component)
{
    add_up(r, p, METHOD_A, phi_a, inputs);
    add_up(r, p, METHOD_B, phi_b, inputs);
    choose(r, p, fired, component);
}

/* Certain: each place that is told, and nothing that was passed over on the way
 * because its interval holds 0. */
static void judge_order(struct reasons *r, size_t certain)
{
    enum reasons_method m = r->method;
    size_t told = r->reasons - r->rule_reasons;
    r->order_certain = certain >= told;
    for (size_t k = 0; k < told; k++) {
        const struct factor_shortfall *f =
            &r->factor[r->reason[r->rule_reasons + k].index];
        r->sign_open = r->sign_open || !(f->low[m] > 0);
    }
    double least = told == 0 ? HUGE_VAL : r->reason[r->reasons - 1].shortfall;
    for (size_t i = 0; i < r->factors; i++)
        if (r->factor[i].rank[m] == 0 && r->factor[i].shortfall[m] > least)
            r->order_certain = false;
    r->order_certain = r->order_certain && !r->sign_open;
}

void reasons_find_estimated(struct reasons *r, const struct project *p,
                            const struct reasons_estimate *a,
                            const struct reasons_estimate *b,
                            const bool *fired,
                            enum failed_component component)
{
    take_estimates(r, p, METHOD_A, a);
    take_estimates(r, p, METHOD_B, b);
    choose(r, p, fired, component);
    const struct reasons_estimate *x = r->method == METHOD_B ? b : a;
    if (x != NULL)
        judge_order(r, x->certain);
}

static long factor_of_code(const struct project *p, const char *code)
{
    for (size_t i = 0; i < p->factors; i++) {
        if (strcmp(p->factor[i].key, code) == 0)
            return (long)i;
        for (size_t k = 0; k < p->factor[i].codes; k++)
            if (strcmp(p->factor[i].code[k], code) == 0)
                return (long)i;
    }
    return -1;
}

static void take_code(struct reasons *r, const struct project *p,
                      const struct reasons_code *c)
{
    long at = factor_of_code(p, c->code);
    if (at < 0) {
        r->code_lost = r->code_lost == NULL ? c->code : r->code_lost;
        return;
    }
    for (size_t i = r->rule_reasons; i < r->reasons; i++)
        if (r->reason[i].index == (size_t)at) {
            r->reason[i].shortfall += c->loss;
            return;
        }
    if (r->reasons == r->most)
        return;
    r->reason[r->reasons] = (struct reason){.kind = REASON_FACTOR,
                                            .index = (size_t)at,
                                            .rank = r->reasons + 1,
                                            .shortfall = c->loss,
                                            .hmda_code =
                                                p->factor[at].hmda_code};
    r->reasons++;
}

void reasons_take_codes(struct reasons *r, const struct project *p,
                        const struct reasons_code *code, size_t codes)
{
    double all = 0, told = 0;
    r->by_points = r->order_certain = true;
    r->sign_open = false;
    if (r->component != FAILED_SCORE && r->component != FAILED_BOTH)
        return;
    r->reasons = r->rule_reasons;
    for (size_t i = 0; i < codes; i++) {
        take_code(r, p, &code[i]);
        all += code[i].loss;
    }
    for (size_t i = r->rule_reasons; i < r->reasons; i++)
        told += r->reason[i].shortfall;
    r->covered = all > 0 ? told / all : 0;
}

const char *reason_text(const struct project *p, const struct reason *r,
                        size_t language)
{
    return translated_text(r->kind == REASON_RULE ? &p->rule[r->index].reason
                                                  : &p->factor[r->index].reason,
                           language);
}

static bool among(const struct rule *rule, const char *text)
{
    for (size_t i = 0; i < rule->words; i++)
        if (strcmp(rule->word[i], text) == 0)
            return true;
    return false;
}

bool rule_fires(const struct rule *rule, bool is_number, double number,
                const char *text)
{
    const char *op = rule->op;
    bool missing = is_number ? isnan(number) : text == NULL;
    if (strcmp(op, "missing") == 0)
        return missing;
    if (missing)
        return false;
    if (!is_number)
        return strcmp(op, "!=") == 0 ? !among(rule, text) : among(rule, text);
    double limit = rule->number;
    if (op[0] == '<')
        return op[1] == '=' ? number <= limit : number < limit;
    if (op[0] == '>')
        return op[1] == '=' ? number >= limit : number > limit;
    return op[0] == '!' ? number != limit : number == limit;
}
