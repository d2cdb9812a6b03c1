/* How well amounts and classes are predicted. */
#include "facts/card_parts.h"

#include <math.h>

/* --- amounts --- */

static struct fact *amount(struct card_maker *c, struct fact *item,
                           const char *name, struct estimate x)
{
    return card_estimate(c, item, name, x, card_digits(x.value));
}

static void add_amount_bins(struct card_maker *c, struct fact *g,
                            const struct regression *r)
{
    for (size_t i = 0; i < r->bins; i++) {
        const struct regression_bin *b = &r->bin[i];
        struct fact *item = facts_item(&c->m, g, "amount");
        if (isfinite(b->from))
            (void)facts_number(&c->m, item, "from", b->from,
                               card_digits(b->from));
        if (isfinite(b->to))
            (void)facts_number(&c->m, item, "to", b->to, card_digits(b->to));
        (void)card_count(c, item, "rows", b->n);
        (void)facts_number(&c->m, item, "predicted", b->predicted,
                           card_digits(b->predicted));
        (void)amount(c, item, "observed", b->observed);
    }
}

static const char *biased(struct estimate bias)
{
    if (!card_bounded(bias))
        return "cannot-tell";
    return bias.low > 0 ? "high" : bias.high < 0 ? "low" : "no";
}

void card_amounts(struct card_maker *c, struct fact *g)
{
    const struct card_split *lead = card_lead(c);
    for (size_t i = 0; i < c->f->splits; i++) {
        const struct card_split *s = &c->f->split[i];
        const struct regression *r = &s->regression;
        if (!s->has_regression)
            continue;
        struct fact *item = facts_item(&c->m, g, "regression");
        card_split_head(c, item, s);
        (void)card_count(c, item, "rows", r->n);
        (void)amount(c, item, "rmse", r->rmse);
        (void)amount(c, item, "mae", r->mae);
        (void)card_estimate(c, item, "bias", r->bias,
                            AS_SIGNED(card_digits(r->bias.value).decimals));
        (void)card_estimate(c, item, "r2", r->r2, AS_DECIMAL(3));
        (void)amount(c, item, "mean-predicted", r->mean_predicted);
        (void)amount(c, item, "mean-actual", r->mean_actual);
    }
    if (lead == NULL || !lead->has_regression)
        return;
    struct fact *words = facts_group(&c->m, g, "lead");
    (void)facts_text(&c->m, words, "name", card_split_name(lead));
    (void)card_word(c, words, "biased", biased(lead->regression.bias));
    add_amount_bins(c, g, &lead->regression);
}

/* --- classes --- */

static const char *class_name(struct card_maker *c, size_t k)
{
    const struct model *m = c->f->model;
    return m->class_names != NULL ? m->class_names[k]
                                  : arena_format(c->m.arena, "%zu", k);
}

static void add_class_tables(struct card_maker *c, struct fact *g,
                             const struct class_report *r)
{
    for (size_t k = 0; k < r->classes; k++) {
        const struct class_measure *x = &r->of[k];
        struct fact *item = facts_item(&c->m, g, "class");
        (void)card_word(c, item, "name", class_name(c, k));
        (void)card_count(c, item, "rows", x->n);
        (void)card_count(c, item, "predicted", x->predicted);
        (void)card_rate(c, item, "precision", x->precision);
        (void)card_rate(c, item, "recall", x->recall);
        (void)card_rate(c, item, "f1", x->f1);
        (void)card_estimate(c, item, "auc", x->auc, AS_DECIMAL(3));
    }
    for (size_t a = 0; a < r->classes; a++) {
        struct fact *item = facts_item(&c->m, g, "confusion");
        (void)card_word(c, item, "name", class_name(c, a));
        for (size_t b = 0; b < r->classes; b++) {
            struct fact *cell = facts_item(&c->m, item, "cell");
            (void)card_word(c, cell, "name", class_name(c, b));
            (void)card_count(c, cell, "rows", r->confusion[a * r->classes + b]);
        }
    }
}

void card_classes(struct card_maker *c, struct fact *g)
{
    const struct card_split *lead = card_lead(c);
    for (size_t i = 0; i < c->f->splits; i++) {
        const struct card_split *s = &c->f->split[i];
        const struct class_report *r = &s->classes;
        if (!s->has_classes)
            continue;
        struct fact *item = facts_item(&c->m, g, "classes");
        card_split_head(c, item, s);
        (void)card_count(c, item, "rows", r->n);
        (void)card_rate(c, item, "accuracy", r->accuracy);
        (void)card_rate(c, item, "macro-precision", r->macro_precision);
        (void)card_rate(c, item, "macro-recall", r->macro_recall);
        (void)card_rate(c, item, "macro-f1", r->macro_f1);
        (void)card_estimate(c, item, "macro-auc", r->macro_auc, AS_DECIMAL(3));
        (void)card_estimate(c, item, "log-loss", r->log_loss, AS_DECIMAL(4));
    }
    if (lead == NULL || !lead->has_classes)
        return;
    (void)facts_text(&c->m, facts_group(&c->m, g, "lead"), "name",
                     card_split_name(lead));
    add_class_tables(c, g, &lead->classes);
}
