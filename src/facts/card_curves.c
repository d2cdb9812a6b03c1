/* Tables and curves of the lead split, and of models that predict no event. */
#include "facts/card_parts.h"

#include <math.h>

/* A printed score just inside an edge: bands of points never share one. */
static double inside(const struct card_maker *c, double edge, int towards)
{
    const struct project_scale *s = &c->p->model.scale;
    if (s->kind != SCALE_POINTS)
        return card_scaled(c, edge);
    double quarter = pow(10.0, -(double)s->decimals) / 4;
    double step = fabs(project_margin(c->p, quarter) -
                       project_margin(c->p, 0));
    return card_scaled(c, edge + towards * step);
}

static void score_or_open(struct card_maker *c, struct fact *item,
                          const char *name, double x)
{
    if (isfinite(x))
        (void)facts_number(&c->m, item, name, x, card_score_form(c));
    else
        card_na(c, item, name, "open end");
}

static void add_ends(struct card_maker *c, struct fact *item,
                     const struct band *b)
{
    double from = inside(c, b->from, 1), to = inside(c, b->to, -1);
    double low = card_scaled(c, b->lowest), high = card_scaled(c, b->highest);
    bool turned = c->p->model.scale.kind == SCALE_POINTS &&
                  !c->p->model.higher_is_better;
    score_or_open(c, item, "from", turned ? to : from);
    score_or_open(c, item, "to", turned ? from : to);
    score_or_open(c, item, "lowest", turned ? high : low);
    score_or_open(c, item, "highest", turned ? low : high);
}

static void add_band(struct card_maker *c, struct fact *g,
                     const struct band *b, size_t rank)
{
    struct fact *item = facts_item(&c->m, g, "band");
    (void)card_count(c, item, "rank", (double)rank);
    add_ends(c, item, b);
    (void)card_count(c, item, "rows", b->n);
    (void)card_count(c, item, "events", b->events);
    (void)card_share(c, item, "share", b->share);
    (void)card_rate(c, item, "rate", b->rate);
    (void)card_share(c, item, "expected-share", b->cumulative_share);
    (void)card_share(c, item, "captured", b->captured);
    (void)card_estimate(c, item, "lift", b->lift, AS_DECIMAL(2));
    (void)facts_number(&c->m, item, "cumulative-lift", b->cumulative_lift,
                       AS_DECIMAL(2));
    if (isfinite(b->odds))
        (void)facts_number(&c->m, item, "odds", b->odds, AS_DECIMAL(1));
    else
        card_na(c, item, "odds", "no event in the band");
}

static void add_bands(struct card_maker *c, struct fact *g,
                      const struct band_table *t)
{
    bool monotone = true;
    for (size_t i = 0; i < t->bands; i++) {
        add_band(c, g, &t->band[i], i + 1);
        if (i > 0 && t->band[i].rate.computable &&
            t->band[i - 1].rate.computable &&
            t->band[i].rate.value > t->band[i - 1].rate.value)
            monotone = false;
    }
    if (t->bands > 1)
        card_yes(c, g, "bands-monotone", monotone);
}

static void add_share_or_open(struct card_maker *c, struct fact *item,
                              const char *name, double x)
{
    if (isfinite(x))
        (void)card_share(c, item, name, x);
    else
        card_na(c, item, name, "nothing flagged");
}

static void add_points(struct card_maker *c, struct fact *g,
                       const struct curve *k)
{
    for (size_t i = 0; i < k->points; i++) {
        const struct curve_point *p = &k->point[i];
        struct fact *item = facts_item(&c->m, g, "point");
        card_score(c, item, "threshold", p->threshold);
        (void)card_share(c, item, "tpr", p->tpr);
        (void)card_share(c, item, "fpr", p->fpr);
        add_share_or_open(c, item, "precision", p->precision);
        (void)card_share(c, item, "flagged", p->flagged);
        (void)card_share(c, item, "ks", p->tpr - p->fpr);
    }
    if (k->points > 0)
        card_yes(c, g, "curve-thinned", k->thinned);
    if (k->at_cutoff >= k->points)
        return;
    const struct curve_point *p = &k->point[k->at_cutoff];
    struct fact *at = facts_group(&c->m, g, "at-cutoff");
    (void)card_share(c, at, "tpr", p->tpr);
    (void)card_share(c, at, "fpr", p->fpr);
    add_share_or_open(c, at, "precision", p->precision);
    (void)card_share(c, at, "flagged", p->flagged);
}

static void add_bins(struct card_maker *c, struct fact *g,
                     const struct calibration *k)
{
    for (size_t i = 0; i < k->bins; i++) {
        const struct calibration_bin *b = &k->bin[i];
        struct fact *item = facts_item(&c->m, g, "bin");
        add_share_or_open(c, item, "from", b->from);
        add_share_or_open(c, item, "to", b->to);
        (void)card_count(c, item, "rows", b->n);
        (void)card_count(c, item, "events", b->events);
        (void)card_share(c, item, "expected", b->expected);
        (void)card_rate(c, item, "observed", b->observed);
    }
}

static void add_histogram(struct card_maker *c, struct fact *g,
                          const struct histogram *h)
{
    double events = 0, others = 0;
    bool points = c->p->model.scale.kind == SCALE_POINTS;
    struct number_form form = points ? AS_DECIMAL(1) : AS_DECIMAL(3);
    for (size_t i = 0; i < h->bins; i++) {
        events += h->event[i];
        others += h->other[i];
    }
    if (h->bins > 0)
        (void)card_word(c, g, "histogram-scale", card_linear_word(c));
    bool turned = points && !c->p->model.higher_is_better;
    for (size_t k = 0; k < h->bins; k++) {
        size_t i = turned ? h->bins - 1 - k : k;
        double a = card_linear(c, h->from + (double)i * h->step);
        double b = card_linear(c, h->from + (double)(i + 1) * h->step);
        struct fact *item = facts_item(&c->m, g, "histogram");
        (void)facts_number(&c->m, item, "from", fmin(a, b), form);
        (void)facts_number(&c->m, item, "to", fmax(a, b), form);
        (void)facts_number(&c->m, item, "middle", (a + b) / 2, form);
        (void)card_count(c, item, "event", h->event[i]);
        (void)card_count(c, item, "other", h->other[i]);
        if (events > 0)
            (void)card_share(c, item, "event-share", h->event[i] / events);
        if (others > 0)
            (void)card_share(c, item, "other-share", h->other[i] / others);
    }
    if (h->bins > 0 && c->f->has_cutoff)
        (void)facts_number(&c->m, g, "histogram-cutoff",
                           card_linear(c, c->f->cutoff.at), form);
}

void card_lead_curves(struct card_maker *c, struct fact *g,
                      const struct performance *p)
{
    add_bands(c, g, &p->bands);
    add_points(c, g, &p->curve);
    add_bins(c, g, &p->calibration);
    add_histogram(c, g, &p->histogram);
}

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
