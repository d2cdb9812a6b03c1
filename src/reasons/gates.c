#include "reasons/gates.h"

#include "reasons/checks.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct gate gates[] = {
#define GATE(name, id, severity, scope, check, cite, what, remedy)               \
    {id, GATE_##severity, SCOPE_##scope, check, cite, what, remedy},
#include "reasons/gates.def"
#undef GATE
};

const struct gate *gate_at(enum gate_id id)
{
    return &gates[id];
}

const struct gate *gate_find(const char *id)
{
    for (int g = 0; g < GATES; g++)
        if (strcmp(gates[g].id, id) == 0)
            return &gates[g];
    return NULL;
}

const char *gate_severity_word(enum gate_severity s)
{
    static const char *const word[] = {"block", "mark", "warn"};
    return word[s];
}

/* Everything a gate looks at. */
struct sight {
    const struct project *p;
    const struct decision *d;
    const struct reasons *r;
    const struct recourse_outcome *o;
    size_t language;
    char *detail;           /* GATE_DETAIL_MAX */
    enum reasons_method method;
};

PRINTF(2, 3) static bool told(const struct sight *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(s->detail, GATE_DETAIL_MAX, format, args);
    va_end(args);
    return true;
}

static bool told_number(const struct sight *s, const char *what, double x)
{
    char text[NUM_TEXT_MAX];
    (void)num_shortest(x, text);
    return told(s, "%s %s", what, text);
}

static bool by_score(const struct sight *s)
{
    return action_adverse(s->d->action) &&
           (s->d->component == FAILED_SCORE || s->d->component == FAILED_BOTH);
}

static bool reasons_owed(const struct sight *s)
{
    return action_adverse(s->d->action);
}

static bool applicant(const struct sight *s)
{
    const struct decision *d = s->d;
    return s->p->documents.notice && d->action != ACTION_APPROVED &&
           (d->applicant_name == NULL || d->applicant_address[0] == NULL);
}

static bool notice_made(const struct sight *s)
{
    return s->p->documents.notice && s->d->action != ACTION_APPROVED;
}

static bool dates_missing(const struct sight *s)
{
    struct date ignore;
    return notice_made(s) && (!decision_due(s->d, &ignore) ||
                              !decision_notice_date(s->p, s->d, &ignore));
}

static bool dates_order(const struct sight *s)
{
    const struct decision *d = s->d;
    struct date notice;
    if (d->has_application_date && d->has_decision_date &&
        date_days(d->decision_date) < date_days(d->application_date))
        return told(s, "decided before the application was complete");
    if (d->has_decision_date && decision_notice_date(s->p, d, &notice) &&
        date_days(notice) < date_days(d->decision_date))
        return told(s, "the notice is dated before the decision");
    if (d->has_reply_by && decision_notice_date(s->p, d, &notice) &&
        date_days(d->reply_by) <= date_days(notice))
        return told(s, "the reply is due before the notice is sent");
    return false;
}

static bool late(const struct sight *s)
{
    struct date due, notice;
    char text[11];
    if (!notice_made(s) || !decision_due(s->d, &due) ||
        !decision_notice_date(s->p, s->d, &notice) ||
        date_days(notice) <= date_days(due))
        return false;
    date_print(due, text);
    return told(s, "it was due on %s", text);
}

static bool score_missing(const struct sight *s)
{
    return by_score(s) && !s->d->has_score;
}

static bool score_differs(const struct sight *s)
{
    const struct decision *d = s->d;
    double half = 0.5;
    for (int i = 0; i < s->p->model.scale.decimals; i++)
        half /= 10;
    /* the row may have been rounded to the scale's decimals */
    if (!d->has_declared_score || isnan(d->score) ||
        fabs(d->declared_score - d->score) <= half * (1 + 1e-9))
        return false;
    char mine[NUM_TEXT_MAX], theirs[NUM_TEXT_MAX];
    (void)num_shortest(d->score, mine);
    (void)num_shortest(d->declared_score, theirs);
    return told(s, "the row says %s, the model gives %s", theirs, mine);
}

static bool additivity(const struct sight *s)
{
    const struct decision *d = s->d;
    double allowed = s->p->documents.tolerance * d->largest;
    if (!by_score(s) || fabs(d->residual) <= allowed)
        return false;
    return told_number(s, "residual", d->residual);
}

static bool contradiction(const struct sight *s)
{
    const struct decision *d = s->d;
    /* without a component nothing failed, so the score is all there is */
    bool nothing = action_adverse(d->action) && d->component == FAILED_NONE;
    if (!(by_score(s) || nothing) || !d->has_score ||
        !project_approves(s->p, d->score))
        return false;
    return told_number(s, "score", d->score);
}

static bool approved_below(const struct sight *s)
{
    const struct decision *d = s->d;
    return d->action == ACTION_APPROVED && d->reviewer == NULL &&
           (d->rules_fired > 0 ||
            (d->has_score && !project_approves(s->p, d->score)));
}

static bool rule_not_told(const struct sight *s)
{
    return reasons_owed(s) && s->d->rules_fired > 0 &&
           s->d->component == FAILED_SCORE;
}

static bool rule_none(const struct sight *s)
{
    return reasons_owed(s) && s->d->rules_fired == 0 &&
           (s->d->component == FAILED_RULES || s->d->component == FAILED_BOTH);
}

static bool rules_beyond(const struct sight *s)
{
    return reasons_owed(s) && s->r->left_out > 0;
}

static bool judgment(const struct sight *s)
{
    return reasons_owed(s) && s->d->component == FAILED_JUDGMENT;
}

static bool scores(const struct sight *s)
{
    return s->o != NULL && s->o->scores_only;
}

static bool no_contributions(const struct sight *s)
{
    return by_score(s) && !s->r->has[s->method] && !s->r->by_points &&
           !scores(s);
}

/* What nobody computes cannot be asked what it rests on. */
static bool scores_only(const struct sight *s)
{
    return by_score(s) && scores(s);
}

static bool code_unknown(const struct sight *s)
{
    return by_score(s) && s->r->by_points && s->r->code_lost != NULL &&
           told(s, "%s", s->r->code_lost);
}

static bool order_open(const struct sight *s)
{
    return by_score(s) && !s->r->order_certain &&
           told_number(s, "at a confidence of", s->p->estimate.confidence);
}

static bool order_blocks(const struct sight *s)
{
    return s->p->estimate.uncertain == UNCERTAIN_BLOCK && order_open(s);
}

static bool order_marks(const struct sight *s)
{
    return s->p->estimate.uncertain == UNCERTAIN_MARK && order_open(s);
}

static bool no_adverse(const struct sight *s)
{
    if (s->r->by_points)
        return by_score(s) && s->r->reasons == s->r->rule_reasons;
    return by_score(s) && s->r->has[s->method] &&
           s->r->adverse[s->method] == 0;
}

static bool no_reason(const struct sight *s)
{
    return reasons_owed(s) && s->r->reasons == 0 &&
           s->d->component != FAILED_JUDGMENT;
}

static bool text_missing(const struct sight *s)
{
    for (size_t i = 0; reasons_owed(s) && i < s->r->reasons; i++) {
        const struct reason *r = &s->r->reason[i];
        const char *text = reason_text(s->p, r, s->language);
        if (text == NULL || text[0] == '\0')
            return told(s, "%s",
                        r->kind == REASON_RULE ? s->p->rule[r->index].key
                                               : s->p->factor[r->index].key);
    }
    return false;
}

/* The first principal factor that covers a prohibited feature, with that
 * feature. Age in an attested system is E23's own affair. */
static const struct project_feature *prohibited_feature(const struct sight *s,
                                                        bool age)
{
    for (size_t i = 0; i < s->r->reasons; i++) {
        const struct reason *r = &s->r->reason[i];
        if (r->kind != REASON_FACTOR)
            continue;
        const struct factor *f = &s->p->factor[r->index];
        for (size_t j = 0; j < f->features; j++) {
            const struct project_feature *x = &s->p->feature[f->feature[j]];
            if (x->prohibited && text_equal(x->basis, "age") == age)
                return x;
        }
    }
    return NULL;
}

static bool prohibited(const struct sight *s)
{
    const struct project_feature *f = prohibited_feature(s, false);
    if (f == NULL && !s->p->documents.age_attested)
        f = prohibited_feature(s, true);
    return f != NULL && told(s, "%s (%s)", f->input, f->basis);
}

static bool age_62(const struct sight *s)
{
    enum { ELDERLY = 62 };
    const struct project_feature *f = prohibited_feature(s, true);
    return f != NULL && s->p->documents.age_attested &&
           (!s->d->has_age || s->d->age >= ELDERLY) && told(s, "%s", f->input);
}

/* A factor reason owes its shortfall to inputs that the model reads; nothing
 * to read means nothing to tell (comment 9(b)(2)-4). */
static bool reason_input(const struct sight *s)
{
    for (size_t i = 0; i < s->r->reasons; i++) {
        const struct reason *r = &s->r->reason[i];
        bool reads = r->kind == REASON_RULE;
        const struct factor *f =
            reads ? NULL : &s->p->factor[r->index];
        for (size_t j = 0; f != NULL && j < f->features; j++)
            reads = reads || s->p->feature[f->feature[j]].scored;
        if (!reads)
            return told(s, "%s", f->key);
    }
    return false;
}

static bool counteroffer_terms(const struct sight *s)
{
    return s->d->action == ACTION_COUNTEROFFER && s->d->counteroffer == NULL;
}

static bool incomplete_items(const struct sight *s)
{
    return s->d->action == ACTION_INCOMPLETE &&
           (s->d->missing_items == 0 || !s->d->has_reply_by);
}

static bool incomplete_score(const struct sight *s)
{
    return s->d->action == ACTION_INCOMPLETE && !s->d->component_computed &&
           s->d->component != FAILED_NONE;
}

static bool bureau(const struct sight *s)
{
    for (size_t i = 0; notice_made(s) && i < s->d->bureaus; i++) {
        const struct bureau *b = &s->p->bureau[s->d->bureau[i]];
        if (b->name == NULL || b->telephone == NULL || b->address[0] == NULL)
            return told(s, "%s", b->key);
    }
    return false;
}

static bool bureau_unsaid(const struct sight *s)
{
    if (!s->p->documents.notice || !by_score(s) || s->d->bureaus > 0)
        return false;
    for (size_t i = 0; i < s->p->features; i++)
        if (s->p->feature[i].source == SOURCE_BUREAU &&
            s->p->feature[i].scored)
            return told(s, "%s", s->p->feature[i].input);
    return false;
}

static bool bureau_score(const struct sight *s)
{
    const struct decision *d = s->d;
    return checks_score_shown(s->p, d) &&
           (!d->has_bureau_score || !d->has_bureau_low || !d->has_bureau_high ||
            !d->has_bureau_score_date || d->bureau_score_provider == NULL ||
            d->bureau_score < d->bureau_score_low ||
            d->bureau_score > d->bureau_score_high);
}

static bool key_factors(const struct sight *s)
{
    return checks_score_shown(s->p, s->d) && s->d->bureau_factors == 0;
}

static bool about_inquiries(const char *text)
{
    static const char *const word[] = {"inquir", "consulta", "enquir"};
    for (; *text != '\0'; text++)
        for (size_t i = 0; i < sizeof word / sizeof *word; i++)
            if (text_equal_fold(text, strnlen(text, strlen(word[i])), word[i]))
                return true;
    return false;
}

static bool key_factors_many(const struct sight *s)
{
    size_t most = 4;
    if (!checks_score_shown(s->p, s->d))
        return false;
    for (size_t i = 0; i < s->d->bureau_factors; i++)
        if (about_inquiries(s->d->bureau_factor[i]))
            most = 5;
    return s->d->bureau_factors > most &&
           told(s, "%zu, more than %zu", s->d->bureau_factors, most);
}

static bool agreement(const struct sight *s)
{
    const struct reasons *r = s->r;
    double share = r->compared == 0 ? 1
                                    : (double)r->overlap / (double)r->compared;
    return by_score(s) && r->has[METHOD_A] && r->has[METHOD_B] &&
           share < s->p->documents.agreement_level &&
           told(s, "%zu of %zu", r->overlap, r->compared);
}

static bool one_method(const struct sight *s)
{
    return by_score(s) && s->r->has[METHOD_A] != s->r->has[METHOD_B];
}

static bool recourse_rescored(const struct sight *s)
{
    return s->o != NULL && s->o->asked && s->o->rescored_differently;
}

static bool recourse_fixed(const struct sight *s)
{
    return s->o != NULL && s->o->asked && s->o->unchangeable;
}

static bool is_english(const char *tag)
{
    return text_equal(tag, "en") || text_starts(tag, "en-");
}

static bool english_twin(const struct sight *s)
{
    if (!notice_made(s) || is_english(s->p->language[s->language]))
        return false;
    for (size_t i = 0; i < s->p->languages; i++)
        if (is_english(s->p->language[i]))
            return false;
    return true;
}

/* One row a decision gate; the test runs over the table, so a gate of gates.def
 * without a row here fails it. */
static const struct {
    enum gate_id gate;
    bool (*fires)(const struct sight *s);
} decision_gates[] = {
    {GATE_APPLICANT, applicant},
    {GATE_DATES_MISSING, dates_missing},
    {GATE_DATES_ORDER, dates_order},
    {GATE_LATE, late},
    {GATE_SCORE_MISSING, score_missing},
    {GATE_SCORE_DIFFERS, score_differs},
    {GATE_ADDITIVITY, additivity},
    {GATE_CONTRADICTION, contradiction},
    {GATE_APPROVED_BELOW, approved_below},
    {GATE_RULE_NOT_TOLD, rule_not_told},
    {GATE_RULE_NONE, rule_none},
    {GATE_RULES_BEYOND, rules_beyond},
    {GATE_JUDGMENT, judgment},
    {GATE_REFERENCE_DECISION, no_contributions},
    {GATE_SCORES_ONLY, scores_only},
    {GATE_NO_ADVERSE, no_adverse},
    {GATE_ORDER_OPEN, order_blocks},
    {GATE_ORDER_MARKED, order_marks},
    {GATE_REASON_CODE, code_unknown},
    {GATE_NO_REASON, no_reason},
    {GATE_TEXT_MISSING, text_missing},
    {GATE_PROHIBITED, prohibited},
    {GATE_AGE_62, age_62},
    {GATE_REASON_INPUT, reason_input},
    {GATE_COUNTEROFFER_TERMS, counteroffer_terms},
    {GATE_INCOMPLETE_ITEMS, incomplete_items},
    {GATE_INCOMPLETE_SCORE, incomplete_score},
    {GATE_BUREAU, bureau},
    {GATE_BUREAU_UNSAID, bureau_unsaid},
    {GATE_BUREAU_SCORE, bureau_score},
    {GATE_KEY_FACTORS, key_factors},
    {GATE_KEY_FACTORS_MANY, key_factors_many},
    {GATE_AGREEMENT, agreement},
    {GATE_ONE_METHOD, one_method},
    {GATE_RECOURSE_RESCORED, recourse_rescored},
    {GATE_RECOURSE_FIXED, recourse_fixed},
    {GATE_ENGLISH, english_twin},
};

void gate_list_add(struct gate_list *list, enum gate_id gate,
                   const char *detail)
{
    struct gate_fired *f = &list->fired[list->count++];
    f->gate = gate;
    (void)snprintf(f->detail, sizeof f->detail, "%s", detail);
    list->blocked = list->blocked || gates[gate].severity == GATE_BLOCK;
}

void gates_decision(const struct project *p, const struct decision *d,
                    const struct reasons *r, const struct recourse_outcome *o,
                    const struct pack_status *pack, size_t language,
                    struct gate_list *out)
{
    char detail[GATE_DETAIL_MAX];
    struct sight s = {.p = p, .d = d, .r = r, .o = o, .language = language,
                      .detail = detail,
                      .method = text_equal(p->documents.method, "B")
                                    ? METHOD_B
                                    : METHOD_A};
    memset(out, 0, sizeof *out);
    gates_pack(p, pack, out);
    for (size_t i = 0; i < sizeof decision_gates / sizeof *decision_gates;
         i++) {
        detail[0] = '\0';
        if (decision_gates[i].fires(&s))
            gate_list_add(out, decision_gates[i].gate, detail);
    }
    checks_fill(p, d, language, out);
}
