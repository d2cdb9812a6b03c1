#include "measure/recourse_audit.h"

#include "base/arena.h"
#include "kernel/dist.h"
#include "measure/tally.h"

#include <math.h>

struct group {
    double answer[AUDIT_ANSWERS];
    double changes[AUDIT_CHANGES_MAX + 1]; /* plans by number of changes */
    struct tally *cost;                    /* NULL: no plan yet */
};

struct move {
    double moved, wrong;
};

struct recourse_audit {
    struct audit_spec spec;
    size_t groups;             /* with all cases, which are 0 */
    struct group *group;
    double *lever;             /* [levers] */
    struct move *input;        /* [inputs] */
    struct audit_reasons *factor; /* [factors] */
    double boxes, guard_changed;
};

static status check(const struct audit_spec *s, size_t *groups,
                    struct error *e)
{
    *groups = 1;
    if (s->columns > AUDIT_COLUMNS)
        return error_set(e, ST_LIMIT, "%zu columns of groups; at most %d are "
                         "audited", s->columns, AUDIT_COLUMNS);
    for (size_t c = 0; c < s->columns; c++)
        *groups += s->codes[c] > AUDIT_GROUPS ? AUDIT_GROUPS : s->codes[c];
    if (*groups > AUDIT_GROUPS)
        return error_set(e, ST_LIMIT, "more than %d groups to audit",
                         AUDIT_GROUPS);
    if (s->levers > AUDIT_NAMES_MAX || s->inputs > AUDIT_NAMES_MAX ||
        s->factors > AUDIT_NAMES_MAX)
        return error_set(e, ST_LIMIT, "more than %d names to audit",
                         AUDIT_NAMES_MAX);
    return ST_OK;
}

status recourse_audit_new(const struct audit_spec *spec,
                          struct recourse_audit **out, struct error *e)
{
    size_t groups;
    TRY(check(spec, &groups, e));
    struct recourse_audit *a = mem_array(1, sizeof *a);
    if (a == NULL)
        return error_memory(e);
    a->spec = *spec;
    a->groups = groups;
    a->group = mem_array(groups, sizeof *a->group);
    a->lever = mem_array(spec->levers + 1, sizeof *a->lever);
    a->input = mem_array(spec->inputs + 1, sizeof *a->input);
    a->factor = mem_array(spec->factors + 1, sizeof *a->factor);
    if (a->group == NULL || a->lever == NULL || a->input == NULL ||
        a->factor == NULL) {
        recourse_audit_free(a);
        return error_memory(e);
    }
    *out = a;
    return ST_OK;
}

void recourse_audit_free(struct recourse_audit *a)
{
    if (a == NULL)
        return;
    for (size_t g = 0; a->group != NULL && g < a->groups; g++)
        tally_free(a->group[g].cost);
    mem_free(a->group);
    mem_free(a->lever);
    mem_free(a->input);
    mem_free(a->factor);
    mem_free(a);
}

static bool has_plan(enum audit_answer answer)
{
    return answer == AUDIT_PROVEN || answer == AUDIT_WITHIN ||
           answer == AUDIT_FOUND;
}

static status add_to(struct group *g, const struct audit_case *c,
                     struct error *e)
{
    g->answer[c->answer] += 1;
    if (!has_plan(c->answer))
        return ST_OK;
    g->changes[c->changes] += 1;
    if (g->cost == NULL)
        g->cost = tally_new();
    if (g->cost == NULL)
        return error_memory(e);
    return tally_add(g->cost, c->cost, e);
}

status recourse_audit_add(struct recourse_audit *a, const struct audit_case *c,
                          struct error *e)
{
    bool plan = has_plan(c->answer);
    if (c->answer >= AUDIT_ANSWERS || plan != (c->changes > 0) ||
        c->changes > AUDIT_CHANGES_MAX || (plan && !isfinite(c->cost)))
        return error_bug(e, "an audited plan that is none");
    for (size_t i = 0; i < c->changes; i++)
        if (c->lever[i] >= a->spec.levers)
            return error_bug(e, "an audited plan with an unknown lever");
    TRY(add_to(&a->group[0], c, e));
    for (size_t k = 0; k < a->spec.columns; k++)
        if (c->group[k] < a->spec.codes[k])
            TRY(add_to(&a->group[audit_group(a, k, c->group[k])], c, e));
    for (size_t i = 0; i < c->changes; i++)
        a->lever[c->lever[i]] += 1;
    a->boxes += (double)c->boxes;
    a->guard_changed += c->guard_changed;
    return ST_OK;
}

status recourse_audit_move(struct recourse_audit *a, size_t input, bool wrong,
                           struct error *e)
{
    if (input >= a->spec.inputs)
        return error_bug(e, "an audited plan moves an unknown input");
    a->input[input].moved += 1;
    a->input[input].wrong += wrong;
    return ST_OK;
}

status recourse_audit_reason(struct recourse_audit *a,
                             const struct audit_reason *r, struct error *e)
{
    if (r->factor >= a->spec.factors || r->answer >= AUDIT_ANSWERS)
        return error_bug(e, "an audited reason of no factor");
    struct audit_reasons *f = &a->factor[r->factor];
    bool impossible = r->movable && r->answer == AUDIT_IMPOSSIBLE;
    bool plan = has_plan(r->answer);
    f->given += 1;
    f->first += r->first;
    f->unmovable += !r->movable;
    f->impossible += impossible;
    f->planned += plan;
    f->unused += plan && !r->used;
    f->first_without += r->first && (!r->movable || impossible);
    return ST_OK;
}

static void join(struct audit_reasons *into, const struct audit_reasons *from)
{
    into->given += from->given;
    into->first += from->first;
    into->unmovable += from->unmovable;
    into->impossible += from->impossible;
    into->planned += from->planned;
    into->unused += from->unused;
    into->first_without += from->first_without;
}

static status merge_group(struct group *into, const struct group *from,
                          struct error *e)
{
    for (int k = 0; k < AUDIT_ANSWERS; k++)
        into->answer[k] += from->answer[k];
    for (int k = 0; k <= AUDIT_CHANGES_MAX; k++)
        into->changes[k] += from->changes[k];
    if (from->cost == NULL)
        return ST_OK;
    if (into->cost == NULL)
        into->cost = tally_new();
    if (into->cost == NULL)
        return error_memory(e);
    return tally_merge(into->cost, from->cost, e);
}

status recourse_audit_merge(struct recourse_audit *into,
                            const struct recourse_audit *from, struct error *e)
{
    const struct audit_spec *s = &into->spec, *t = &from->spec;
    bool same = s->levers == t->levers && s->inputs == t->inputs &&
                s->factors == t->factors && s->columns == t->columns;
    for (size_t k = 0; same && k < s->columns; k++)
        same = s->codes[k] == t->codes[k];
    if (!same)
        return error_bug(e, "audits of two kinds");
    for (size_t g = 0; g < into->groups; g++)
        TRY(merge_group(&into->group[g], &from->group[g], e));
    for (size_t i = 0; i < s->levers; i++)
        into->lever[i] += from->lever[i];
    for (size_t i = 0; i < s->inputs; i++) {
        into->input[i].moved += from->input[i].moved;
        into->input[i].wrong += from->input[i].wrong;
    }
    for (size_t i = 0; i < s->factors; i++)
        join(&into->factor[i], &from->factor[i]);
    into->boxes += from->boxes;
    into->guard_changed += from->guard_changed;
    return ST_OK;
}

/* --- what was found --- */

size_t audit_group(const struct recourse_audit *a, size_t column, size_t code)
{
    size_t at = 1;
    for (size_t k = 0; k < column; k++)
        at += a->spec.codes[k];
    return at + code;
}

double audit_count(const struct recourse_audit *a, size_t group,
                   enum audit_answer answer)
{
    return a->group[group].answer[answer];
}

double audit_n(const struct recourse_audit *a, size_t group)
{
    double n = 0;
    for (int k = 0; k < AUDIT_ANSWERS; k++)
        n += a->group[group].answer[k];
    return n;
}

double audit_plans(const struct recourse_audit *a, size_t group)
{
    const double *n = a->group[group].answer;
    return n[AUDIT_PROVEN] + n[AUDIT_WITHIN] + n[AUDIT_FOUND];
}

struct estimate audit_share(const struct recourse_audit *a, size_t group,
                            enum audit_answer answer)
{
    return estimate_share(audit_count(a, group, answer), audit_n(a, group));
}

struct estimate audit_share_plan(const struct recourse_audit *a, size_t group)
{
    return estimate_share(audit_plans(a, group), audit_n(a, group));
}

/* Two passes over values in ascending order: the same bits however they came. */
static struct estimate mean_of(const struct tally_value *v, size_t count)
{
    double n = 0, sum = 0, square = 0;
    for (size_t i = 0; i < count; i++) {
        n += v[i].n;
        sum += v[i].n * v[i].value;
    }
    if (n <= 0)
        return estimate_missing(0, "empty");
    double mean = sum / n;
    for (size_t i = 0; i < count; i++)
        square += v[i].n * (v[i].value - mean) * (v[i].value - mean);
    return estimate_mean(n, mean, n < 2 ? (double)NAN : sqrt(square / (n - 1)));
}

struct estimate audit_cost_mean(const struct recourse_audit *a, size_t group)
{
    size_t count = 0;
    struct tally *t = a->group[group].cost;
    const struct tally_value *v = t == NULL ? NULL : tally_values(t, &count);
    return mean_of(v, count);
}

struct estimate audit_changes_mean(const struct recourse_audit *a,
                                   size_t group)
{
    struct tally_value v[AUDIT_CHANGES_MAX + 1];
    for (int k = 0; k <= AUDIT_CHANGES_MAX; k++)
        v[k] = (struct tally_value){k, a->group[group].changes[k]};
    return mean_of(v, AUDIT_CHANGES_MAX + 1);
}

double audit_changes(const struct recourse_audit *a, size_t group,
                     size_t changes)
{
    return changes > AUDIT_CHANGES_MAX ? 0 : a->group[group].changes[changes];
}

double audit_cost_quantile(const struct recourse_audit *a, size_t group,
                           double q)
{
    struct tally *t = a->group[group].cost;
    return t == NULL ? (double)NAN : tally_quantile(t, q);
}

/* P(X <= k) of X ~ Bin(n, 1/2), summed from the smallest term. */
static double below_half(double n, double k)
{
    double sum = 0;
    for (double i = 0; i <= k; i += 1)
        sum += exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) -
                   n * log(2.0));
    return sum;
}

bool audit_median_ranks(double n, double *low, double *high)
{
    enum { EXACT = 5000 };
    double r;
    if (n < 6)
        return false;
    if (n <= EXACT) {
        /* the largest r with P(X < r) <= 2.5 % */
        r = floor(n / 2 - DIST_Z95 * sqrt(n) / 2 - 2);
        r = r < 1 ? 1 : r;
        while (below_half(n, r) <= 0.025)
            r += 1;
    } else {
        r = floor(n / 2 - DIST_Z95 * sqrt(n) / 2);
    }
    *low = r;
    *high = n + 1 - r;
    return true;
}

static double nth(const struct tally_value *v, size_t count, double rank)
{
    for (size_t i = 0; i < count; i++) {
        if (rank <= v[i].n)
            return v[i].value;
        rank -= v[i].n;
    }
    return (double)NAN;
}

struct estimate audit_cost_median(const struct recourse_audit *a, size_t group)
{
    size_t count = 0;
    double low, high, n = audit_plans(a, group);
    struct tally *t = a->group[group].cost;
    const struct tally_value *v = t == NULL ? NULL : tally_values(t, &count);
    if (count == 0)
        return estimate_missing(0, "empty");
    struct estimate x = {.value = tally_quantile(t, 0.5), .low = (double)NAN,
                         .high = (double)NAN, .n = n, .method = "order",
                         .computable = true, .why_not = "too-few"};
    if (!audit_median_ranks(n, &low, &high))
        return x;
    x.low = nth(v, count, low);
    x.high = nth(v, count, high);
    x.why_not = NULL;
    return x;
}

double audit_boxes(const struct recourse_audit *a)
{
    return a->boxes;
}

double audit_guard_changed(const struct recourse_audit *a)
{
    return a->guard_changed;
}

double audit_lever(const struct recourse_audit *a, size_t lever)
{
    return a->lever[lever];
}

double audit_moved(const struct recourse_audit *a, size_t input)
{
    return a->input[input].moved;
}

double audit_wrong(const struct recourse_audit *a, size_t input)
{
    return a->input[input].wrong;
}

struct audit_reasons audit_reasons_of(const struct recourse_audit *a,
                                      size_t factor)
{
    return a->factor[factor];
}

struct audit_reasons audit_reasons_all(const struct recourse_audit *a)
{
    struct audit_reasons all = {0};
    for (size_t i = 0; i < a->spec.factors; i++)
        join(&all, &a->factor[i]);
    return all;
}
