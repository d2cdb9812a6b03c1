/* Why it was decided so. */
#include "facts/decision_parts.h"
#include "facts/inputs.h"

#include <math.h>

enum { COUNTED_MOST = 7 };

static void add_reason(struct facts_maker *m, struct fact *g,
                       const struct decision_findings *f,
                       const struct reason *r)
{
    const struct project *p = f->project;
    struct fact *item = facts_item(m, g, "reason");
    bool factor = r->kind == REASON_FACTOR;
    (void)facts_number(m, item, "rank", (double)r->rank, AS_COUNT);
    (void)facts_text(m, item, "text", reason_text(p, r, f->language));
    (void)facts_text(m, item, "kind", factor ? "factor" : "rule");
    (void)facts_text(m, item, "key",
                     factor ? p->factor[r->index].key : p->rule[r->index].key);
    const struct reasons *all = f->reasons;
    if (factor) {
        struct fact *x = facts_number(m, item, "shortfall", r->shortfall,
                                      AS_UNIT(-1, "margin"));
        if (all->estimated[all->method] && !all->by_points)
            facts_interval(m, x, all->factor[r->index].low[all->method],
                           all->factor[r->index].high[all->method],
                           "estimate");
    }
    if (r->hmda_code != NULL)
        (void)facts_text(m, item, "hmda", r->hmda_code);
    for (size_t i = 0; factor && i < p->factor[r->index].features; i++) {
        size_t feature = p->factor[r->index].feature[i];
        (void)facts_text(m, facts_item(m, item, "input"), "name",
                         p->feature[feature].input);
    }
}

static void add_ranking(struct facts_maker *m, struct fact *g,
                        const struct decision_findings *f)
{
    const struct reasons *r = f->reasons;
    for (size_t i = 0; i < r->factors; i++) {
        const struct factor_shortfall *s = &r->factor[i];
        struct fact *item = facts_item(m, g, "ranked");
        (void)facts_text(m, item, "key", f->project->factor[i].key);
        static const char *const shortfalls[] = {"shortfall-a", "shortfall-b"};
        static const char *const ranks[] = {"rank-a", "rank-b"};
        for (int k = 0; k < METHODS; k++) {
            if (!r->has[k])
                continue;
            struct fact *x = facts_number(m, item, shortfalls[k],
                                          s->shortfall[k],
                                          AS_UNIT(-1, "margin"));
            if (r->estimated[k])
                facts_interval(m, x, s->low[k], s->high[k], "estimate");
            (void)facts_number(m, item, ranks[k], (double)s->rank[k], AS_COUNT);
        }
    }
}

static void add_references(struct facts_maker *m, struct fact *g,
                           const struct decision_findings *f)
{
    for (int k = 0; k < METHODS; k++) {
        const struct reference_info *r = f->reference[k];
        if (r == NULL || r->name == NULL)
            continue;
        struct fact *item = facts_item(m, g, "reference");
        (void)facts_text(m, item, "method", k == METHOD_A ? "A" : "B");
        (void)facts_text(m, item, "name", r->name);
        (void)facts_number(m, item, "rows", (double)r->rows, AS_COUNT);
        (void)facts_number(m, item, "mean", r->mean_margin,
                           AS_UNIT(-1, "margin"));
        if (r->period_from != NULL)
            decision_iso(m, item, "from", r->period_from);
        if (r->period_to != NULL)
            decision_iso(m, item, "to", r->period_to);
        if (r->sha256 != NULL)
            (void)facts_text(m, item, "sha256", r->sha256);
    }
}

/* Never an estimate without how it was made and how far it may be off. */
static void add_estimates(struct facts_maker *m, struct fact *g,
                          const struct decision_findings *f)
{
    for (int k = 0; k < METHODS; k++) {
        const struct decision_estimate *x = f->estimate[k];
        if (x == NULL)
            continue;
        struct fact *item = facts_item(m, g, "estimate");
        (void)facts_text(m, item, "against", k == METHOD_A ? "A" : "B");
        (void)facts_text(m, item, "method", x->method);
        (void)facts_number(m, item, "confidence", x->confidence,
                           AS_PERCENT(0));
        (void)facts_number(m, item, "evaluations", (double)x->evaluations,
                           AS_COUNT);
        (void)facts_text(m, item, "players", x->wholes ? "factors" : "inputs");
        (void)facts_number(m, item, "player-count", (double)x->players,
                           AS_COUNT);
        (void)facts_boolean(m, item, "every-coalition", x->exact);
        if (isfinite(x->held_out))
            (void)facts_number(m, item, "held-out", x->held_out,
                               AS_UNIT(-1, "margin squared"));
        else
            (void)facts_not_applicable(m, item, "held-out",
                                       "no pair was held out");
        (void)facts_number(m, item, "rows", (double)x->rows, AS_COUNT);
        (void)facts_number(m, item, "population", (double)x->population,
                           AS_COUNT);
    }
}

static const char *convention_of(const struct decision_findings *f)
{
    if (f->reasons->by_points)
        return "points lost against the scorecard's baselines";
    return f->reasons->estimated[f->reasons->method]
               ? "reference as background, estimated"
               : "reference as background";
}

void decision_reasons(struct facts_maker *m,
                        const struct decision_findings *f)
{
    const struct reasons *r = f->reasons;
    struct fact *g = facts_group(m, m->root, "reasons");
    (void)facts_number(m, g, "count", r == NULL ? 0 : (double)r->reasons,
                       AS_COUNT);
    if (r == NULL)
        return;
    facts_declared(m, facts_text(m, g, "method",
                                 r->method == METHOD_A ? "A" : "B"),
                   "documents.method");
    (void)facts_text(m, g, "convention", convention_of(f));
    (void)facts_text(m, g, "by", r->by_points ? "points" : "shapley");
    (void)facts_boolean(m, g, "estimated",
                        r->estimated[r->method] && !r->by_points);
    (void)facts_boolean(m, g, "order-certain", r->order_certain);
    (void)facts_boolean(m, g, "sign-certain", !r->sign_open);
    add_estimates(m, g, f);
    for (size_t i = 0; i < r->reasons; i++)
        add_reason(m, g, f, &r->reason[i]);
    add_ranking(m, g, f);
    add_references(m, g, f);
    (void)facts_number(m, g, "overlap", (double)r->overlap, AS_COUNT);
    (void)facts_number(m, g, "compared", (double)r->compared, AS_COUNT);
    (void)facts_number(m, g, "covered", r->covered, AS_PERCENT(0));
}

/* Factor indices by the size of their contribution, ties in declared order. */
static size_t largest(const struct reasons *r, int method, size_t *order,
                      size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < r->factors; i++) {
        double size = fabs(r->factor[i].contribution[method]);
        size_t at = n < most ? n++ : most;
        while (at > 0 &&
               fabs(r->factor[order[at - 1]].contribution[method]) < size) {
            if (at < most)
                order[at] = order[at - 1];
            at--;
        }
        if (at < most)
            order[at] = i;
    }
    return n;
}

static void add_counted_fact(struct facts_maker *m, struct fact *g,
                             const struct decision_findings *f, size_t index,
                             double scale, struct number_form form)
{
    const struct factor *factor = &f->project->factor[index];
    struct fact *item = facts_item(m, g, "fact");
    const char *name = translated_text(&factor->name, f->language);
    (void)facts_text(m, item, "name", name != NULL ? name : factor->key);
    const char *text = factor->features == 1
                           ? decision_text_of(f, factor->feature[0]) : NULL;
    if (text != NULL)
        (void)decision_excerpt(m, item, "value", text);
    else if (factor->features == 1)
        (void)facts_input(m, item, "value", f->project, f->model, f->language,
                          factor->feature[0],
                          inputs_value(f->project, factor->feature[0], f->row));
    const struct reasons *r = f->reasons;
    const struct factor_shortfall *s = &r->factor[index];
    struct fact *points = facts_number(
        m, item, "points", s->contribution[r->method] * scale, form);
    if (!r->estimated[r->method]) {
        facts_computed(m, points, "interventional Shapley value");
        return;
    }
    facts_computed(m, points, "estimated interventional Shapley value");
    facts_interval(m, points, -s->high[r->method] * scale,
                   -s->low[r->method] * scale, "estimate");
    bool unclear = !(s->low[r->method] > 0 || s->high[r->method] < 0);
    (void)facts_boolean(m, item, "unclear", unclear);
}

static void add_how(struct facts_maker *m, struct fact *g,
                    const struct decision_findings *f)
{
    const struct decision_estimate *x = f->estimate[f->reasons->method];
    bool open = x != NULL && !(x->exact && x->rows == x->population);
    (void)facts_boolean(m, g, "estimated", open);
    if (!open)
        return;
    (void)facts_number(m, g, "confidence", x->confidence, AS_PERCENT(0));
    (void)facts_number(m, g, "drawn", (double)x->rows, AS_COUNT);
}

/* On the scale people see: points, else the model's own margin. */
void decision_counted(struct facts_maker *m,
                        const struct decision_findings *f)
{
    const struct reasons *r = f->reasons;
    struct fact *g = facts_group(m, m->root, "counted");
    bool known = r != NULL && r->has[r->method];
    (void)facts_boolean(m, g, "known", known);
    if (!known)
        return;
    const struct project_scale *s = &f->project->model.scale;
    bool points = s->kind == SCALE_POINTS;
    double factor = points ? s->factor : 1;
    struct number_form form = points ? AS_SIGNED(0) : AS_SIGNED(2);
    double smallest = points ? 0.5 : 0.005, rest = r->total[r->method];
    size_t order[COUNTED_MOST];
    size_t n = largest(r, (int)r->method, order, COUNTED_MOST);
    for (size_t i = 0; i < n; i++) {
        double value = r->factor[order[i]].contribution[r->method];
        if (fabs(value * factor) < smallest)
            break;
        add_counted_fact(m, g, f, order[i], factor, form);
        rest -= value;
    }
    (void)facts_number(m, g, "rest", rest * factor, form);
    (void)facts_number(m, g, "total", r->total[r->method] * factor, form);
    add_how(m, g, f);
    const struct reference_info *info = f->reference[r->method];
    (void)facts_text(m, g, "reference", info == NULL ? NULL : info->name);
    (void)facts_number(m, g, "reference-count",
                       info == NULL ? (double)NAN : (double)info->rows, AS_COUNT);
}

static bool is_read(const struct decision_findings *f, size_t feature)
{
    long at = f->project->feature[feature].model_feature;
    return f->row != NULL && at >= 0 && f->model->feature[at].used;
}

static enum effect_kind effect_of(double x, double low, double high)
{
    if (isnan(x) || fabs(x) < 1e-9)
        return EFFECT_NONE;
    if (low < 0 && high > 0)
        return EFFECT_UNCLEAR;
    return x > 0 ? EFFECT_FOR : EFFECT_AGAINST;
}

/* Where factors play as wholes, an input counted as its factor did. */
static void add_used(struct facts_maker *m, struct fact *g,
                     const struct decision_findings *f, size_t feature)
{
    const struct project *p = f->project;
    const struct reasons *r = f->reasons;
    int method = r == NULL ? METHOD_A : (int)r->method;
    const struct decision_estimate *x = f->estimate[method];
    const double *phi = f->phi[method];
    size_t at = (size_t)p->feature[feature].model_feature;
    bool better = p->model.higher_is_better;
    double sign = better ? 1 : -1, none = (double)NAN;
    struct used_effect u = {none, none, none, EFFECT_UNKNOWN};
    if (phi != NULL) {
        u.contribution = sign * phi[at];
        bool known = x != NULL && x->low != NULL;
        if (known) {
            u.low = better ? x->low[at] : -x->high[at];
            u.high = better ? x->high[at] : -x->low[at];
        }
        u.effect = effect_of(u.contribution, u.low, u.high);
    } else if (x != NULL && p->feature[feature].factor >= 0) {
        const struct factor_shortfall *s =
            &r->factor[p->feature[feature].factor];
        u.effect = effect_of(s->contribution[method], -s->high[method],
                             -s->low[method]);
    }
    inputs_add_used(m, g, f, feature, &u);
}

void decision_used(struct facts_maker *m, const struct decision_findings *f)
{
    const struct project *p = f->project;
    struct fact *g = facts_group(m, m->root, "used");
    size_t count = 0;
    for (size_t i = 0; i < p->features; i++)
        count += is_read(f, i);
    (void)facts_number(m, g, "count", (double)count, AS_COUNT);
    for (size_t i = 0; i < p->features; i++)
        if (is_read(f, i))
            add_used(m, g, f, i);
}
