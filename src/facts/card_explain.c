/* What the inputs weigh, and the report on the reasons of declines. */
#include "facts/card_parts.h"

#include <math.h>

static double total_of(const struct global *x, size_t count)
{
    double sum = 0;
    for (size_t j = 0; global_n(x, 0) > 0 && j < count; j++)
        sum += global_absolute(x, 0, j).value;
    return sum;
}

static void add_permutation(struct card_maker *c, struct fact *item,
                            size_t input)
{
    const struct card_probe *p = &c->f->probe;
    if (p->permuted == NULL || !p->permuted[input]) {
        card_na(c, item, "permutation", "not among the leading inputs");
        return;
    }
    struct estimate loss = p->permutation[input].loss;
    (void)card_estimate(c, item, "permutation", loss,
                        p->loss_is_auc ? AS_DECIMAL(4)
                                       : card_digits(loss.value));
}

static void add_half(struct card_maker *c, struct fact *item,
                     const double *half, size_t at)
{
    if (half != NULL)
        (void)facts_number(&c->m, item, "row-error", half[at],
                           card_effect_form(c, half[at], false));
}

static void add_inputs(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    size_t inputs = c->f->model->features;
    double all = total_of(p->input, inputs), top = 0;
    for (size_t i = 0, rank = 0; i < inputs; i++) {
        size_t j = p->input_order[i];
        if (!c->f->model->feature[j].used)
            continue;
        struct estimate size = global_absolute(p->input, 0, j);
        struct estimate sign = global_mean(p->input, 0, j);
        double mean = size.value;
        struct fact *item = facts_item(&c->m, g, "input");
        (void)card_count(c, item, "rank", (double)++rank);
        card_input(c, item, j);
        (void)card_estimate(c, item, "contribution", size,
                            card_effect_form(c, mean, false));
        struct fact *f = facts_number(&c->m, item, "signed", sign.value,
                                      card_effect_form(c, sign.value, true));
        facts_n(&c->m, f, sign.n);
        if (all > 0)
            (void)card_share(c, item, "share", mean / all);
        add_half(c, item, p->input_half, j);
        add_permutation(c, item, j);
        top += rank <= 3 ? mean : 0;
    }
    if (all > 0)
        (void)card_share(c, g, "top-share", top / all);
}

static void add_factors(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    for (size_t i = 0; i < c->p->factors; i++) {
        size_t k = p->factor_order[i];
        const struct factor *factor = &c->p->factor[k];
        struct fact *item = facts_item(&c->m, g, "factor");
        (void)card_count(c, item, "rank", (double)(i + 1));
        (void)facts_text(&c->m, item, "key", factor->key);
        (void)facts_text(&c->m, item, "name",
                         translated_text(&factor->name, c->language));
        struct estimate mean = global_absolute(p->factor, 0, k);
        (void)card_estimate(c, item, "contribution", mean,
                            card_effect_form(c, mean.value, false));
        add_half(c, item, p->factor_half, k);
    }
}

/* How estimates were made. */
static void add_estimates(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    card_yes(c, g, "estimated", p->estimated);
    if (!p->estimated)
        return;
    (void)facts_number(&c->m, g, "confidence", p->confidence, AS_PERCENT(0));
    (void)card_count(c, g, "coalitions", round(p->coalitions));
    (void)card_count(c, g, "drawn", p->drawn);
    (void)card_count(c, g, "drawn-of", p->drawn_of);
    (void)card_count(c, g, "rows-asked", p->rows_asked);
    (void)card_word(c, g, "methods", p->methods);
    (void)card_word(c, g, "players", p->input != NULL ? "inputs" : "factors");
}

static void add_base(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    for (size_t j = 0; p->permuted != NULL && j < c->f->model->features; j++) {
        const struct permutation *x = &p->permutation[j];
        if (!p->permuted[j])
            continue;
        if (isfinite(x->base))
            (void)facts_number(&c->m, g, "permutation-found", x->base,
                               p->loss_is_auc ? AS_DECIMAL(3)
                                              : card_digits(x->base));
        return;
    }
}

static void add_rule_of_rows(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    (void)facts_text(&c->m, g, "split", card_split_name(card_lead(c)));
    (void)card_count(c, g, "rows", p->explained);
    (void)card_count(c, g, "of", p->of);
    (void)card_count(c, g, "probed", p->probed);
    (void)card_count(c, g, "repeats", (double)p->repeats);
    (void)facts_number(&c->m, g, "seed", (double)p->seed, AS_DECIMAL(-1));
    (void)card_word(c, g, "permutation-base", p->loss_is_auc ? "auc" : "rmse");
    add_base(c, g);
}

static void add_precision(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    (void)card_word(c, g, "precision", p->estimated ? "estimate"
                                       : p->fast    ? "float"
                                                    : "strict");
    if (p->checked <= 0)
        return;
    (void)card_count(c, g, "checked", p->checked);
    (void)facts_number(&c->m, g, "difference", p->difference,
                       AS_UNIT(-1, "margin"));
    (void)facts_number(&c->m, g, "relative", p->relative,
                       card_digits(p->relative));
    (void)facts_number(&c->m, g, "bound-share", p->bound_share,
                       AS_DECIMAL(-1));
}

static const char *why_none(const struct card_maker *c)
{
    if (c->f->model->kind == MODEL_SCORES)
        return "only the scores are known";
    if (c->f->model->kind == MODEL_REMOTE && c->p->estimate.card_rows == 0)
        return "left out by estimate.card_rows";
    return "no estimator takes this model, or no reference population";
}

void card_explainability(struct card_maker *c)
{
    const struct card_probe *p = &c->f->probe;
    struct fact *g = facts_group(&c->m, c->m.root, "explainability");
    if (card_lead(c) == NULL || p->probed <= 0) {
        (void)facts_missing(&c->m, g, "estimator", "no evaluation table");
        card_recourse(c, g);
        return;
    }
    add_rule_of_rows(c, g);
    if (p->input == NULL && p->factor == NULL) {
        (void)facts_missing(&c->m, g, "estimator", why_none(c));
    } else {
        (void)card_word(c, g, "estimator", p->estimator);
        if (p->reference != NULL)
            (void)facts_text(&c->m, g, "reference", p->reference);
        else
            card_na(c, g, "reference", "the model's own covers");
        (void)card_word(c, g, "unit", "margin");
        (void)facts_number(&c->m, g, "residual", p->residual,
                           AS_UNIT(card_digits(p->residual).decimals,
                                   "margin"));
        add_precision(c, g);
        add_estimates(c, g);
        if (p->input != NULL)
            add_inputs(c, g);
        add_factors(c, g);
        if (p->input != NULL)
            card_dependence(c, g);
    }
    card_effects(c, g);
    card_reason_report(c, facts_group(&c->m, g, "reasons"));
    card_recourse(c, g);
}

/* --- reasons --- */

static const char *against_level(struct estimate overlap, double level)
{
    if (!card_bounded(overlap))
        return "cannot-tell";
    if (overlap.low >= level)
        return "above";
    return overlap.high < level ? "below" : "cannot-tell";
}

static void add_reason_factors(struct card_maker *c, struct fact *g,
                               const struct reason_report *r)
{
    static const char *const name[] = {"first", "second", "third", "fourth"};
    for (size_t k = 0; k < r->factors; k++) {
        const struct factor *factor = &c->p->factor[k];
        struct fact *item = facts_item(&c->m, g, "factor");
        (void)facts_text(&c->m, item, "key", factor->key);
        (void)facts_text(&c->m, item, "name",
                         translated_text(&factor->name, c->language));
        (void)facts_text(&c->m, item, "text",
                         translated_text(&factor->reason, c->language));
        (void)card_rate(c, item, "any", reason_share_any(r, k));
        for (size_t i = 0; i < REASONS_RANKED; i++)
            (void)card_rate(c, item, name[i], reason_share(r, k, i));
    }
}

void card_reason_report(struct card_maker *c, struct fact *g)
{
    const struct card_reasons *x = &c->f->reasons;
    const struct reason_report *r = x->report;
    card_yes(c, g, "made", x->made);
    if (!x->made) {
        if (c->f->probe.estimated)
            card_na(c, g, "declines", "not counted over estimates");
        else if (c->f->has_cutoff && c->p->factors > 0)
            (void)facts_missing(&c->m, g, "declines",
                                "no reference population, or nobody declined");
        else
            card_na(c, g, "declines", "no cutoff or no reason factors");
        return;
    }
    double level = c->p->documents.agreement_level;
    (void)facts_text(&c->m, g, "method", c->p->documents.method != NULL
                                             ? c->p->documents.method
                                             : "A");
    (void)facts_text(&c->m, g, "split", card_split_name(card_lead(c)));
    (void)card_count(c, g, "declined", x->declined);
    (void)card_count(c, g, "declines", r->declines);
    (void)card_count(c, g, "without-adverse", r->without_adverse);
    (void)card_count(c, g, "compared", r->compared);
    (void)card_rate(c, g, "agreement-first", reason_agreement_first(r));
    (void)card_rate(c, g, "agreement-set", reason_agreement_set(r));
    struct estimate overlap = reason_overlap(r);
    (void)card_rate(c, g, "overlap", overlap);
    facts_declared(&c->m, card_share(c, g, "level", level),
                   "documents.agreement_level");
    (void)card_word(c, g, "agrees", against_level(overlap, level));
    (void)card_rate(c, g, "covered", reason_coverage(r));
    (void)facts_number(&c->m, g, "residual", r->residual_max,
                       AS_UNIT(-1, "margin"));
    if (c->f->probe.fast)
        (void)card_count(c, g, "recomputed", x->recomputed);
    if (isfinite(x->rounded)) {
        (void)card_count(c, g, "rounding-rows", x->rounded);
        (void)card_rate(c, g, "rounding-same",
                        estimate_share(x->rounded_same, x->rounded));
    }
    add_reason_factors(c, g, r);
}
