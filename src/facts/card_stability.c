/* Whether scores and inputs still look as they did in training. */
#include "facts/card_parts.h"

#include <math.h>

static const char *moved_word(const struct drift *d)
{
    if (!d->psi.computable || !isfinite(d->by_chance))
        return "cannot-tell";
    return d->psi.value > d->by_chance ? "moved" : "stable";
}

static void add_drift(struct card_maker *c, struct fact *item,
                      const struct drift *d)
{
    (void)card_estimate(c, item, "psi", d->psi, AS_DECIMAL(3));
    (void)facts_number(&c->m, item, "by-chance", d->by_chance, AS_DECIMAL(3));
}

static void add_periods(struct card_maker *c, struct fact *g,
                        const struct card_split *s)
{
    struct number_form form = AS_DECIMAL(
        c->p->model.scale.kind == SCALE_POINTS ? 0 : 3);
    for (size_t i = 0; i < s->stability.periods; i++) {
        const struct period_drift *p = &s->stability.period[i];
        struct fact *item = facts_item(&c->m, g, "period");
        (void)facts_text(&c->m, item, "split", card_split_name(s));
        card_period(c, item, "name", p->period);
        (void)card_count(c, item, "rows", p->n);
        double mean = card_linear(c, p->mean_score.value);
        (void)facts_number(&c->m, item, "mean", mean,
                           c->f->kind == CARD_REGRESSION ? card_digits(mean)
                                                         : form);
        add_drift(c, item, &p->drift);
        if (c->f->kind == CARD_REGRESSION) {
            card_na(c, item, "auc", "not a model of an event");
            continue;
        }
        (void)card_count(c, item, "known", p->n - p->unknown);
        (void)card_count(c, item, "events", p->events);
        (void)card_rate(c, item, "event-rate", p->event_rate);
        (void)card_estimate(c, item, "auc", p->auc, AS_DECIMAL(3));
    }
}

static void add_shares(struct card_maker *c, struct fact *g,
                       const struct card_split *s)
{
    const struct stability *t = &s->stability;
    /* scores are never missing */
    size_t bins = t->cells > 0 ? t->cells - 1 : 0;
    for (size_t b = 0; t->bins.kind == DRIFT_EDGES && b < bins; b++) {
        struct fact *item = facts_item(&c->m, g, "bin");
        double low = b > 0 ? t->bins.at[b - 1] : -(double)INFINITY;
        double high = b < t->bins.count ? t->bins.at[b] : (double)INFINITY;
        bool turned = card_linear(c, 1) < card_linear(c, 0);
        card_score(c, item, "from", turned ? high : low);
        card_score(c, item, "to", turned ? low : high);
        (void)card_share(c, item, "base", t->base_share[b]);
    }
    for (size_t i = 0; i < t->periods; i++)
        for (size_t b = 0; b < bins; b++) {
            struct fact *item = facts_item(&c->m, g, "share");
            card_period(c, item, "period", t->period[i].period);
            (void)card_count(c, item, "bin", (double)(b + 1));
            (void)card_share(c, item, "share", t->period[i].share[b]);
        }
}

static bool has_moved(const struct card_column *x)
{
    return x->has_drift && x->drift.psi.computable &&
           isfinite(x->drift.by_chance) &&
           x->drift.psi.value > x->drift.by_chance;
}

static void add_column_periods(struct card_maker *c, struct fact *item,
                               const struct card_split *s,
                               const struct card_column *x)
{
    size_t worst = SIZE_MAX;
    for (size_t k = 0; k < s->slots; k++) {
        const struct estimate *psi = &x->period[k].psi;
        struct fact *p = facts_item(&c->m, item, "period");
        card_period(c, p, "name", s->slot[k]);
        (void)card_estimate(c, p, "psi", *psi, AS_DECIMAL(3));
        if (psi->computable &&
            (worst == SIZE_MAX || psi->value > x->period[worst].psi.value))
            worst = k;
    }
    if (worst == SIZE_MAX) {
        card_na(c, item, "worst", "no dates");
        return;
    }
    (void)card_estimate(c, item, "worst", x->period[worst].psi, AS_DECIMAL(3));
    card_period(c, item, "worst-period", s->slot[worst]);
}

static void add_features(struct card_maker *c, struct fact *g,
                         const struct card_split *s)
{
    size_t moved = 0, known = 0;
    for (size_t j = 0; j < c->f->model->features; j++) {
        const struct card_column *x = &s->column[j];
        if (!x->has_drift)
            continue;
        struct fact *item = facts_item(&c->m, g, "feature");
        card_input(c, item, j);
        (void)card_count(c, item, "bins", (double)x->drift.bins);
        add_drift(c, item, &x->drift);
        card_yes(c, item, "moved", has_moved(x));
        add_column_periods(c, item, s, x);
        moved += has_moved(x);
        known++;
    }
    (void)card_count(c, g, "moved", (double)moved);
    (void)card_word(c, g, "features", known == 0  ? "cannot-tell"
                                      : moved > 0 ? "moved"
                                                  : "stable");
}

static void add_worst(struct card_maker *c, struct fact *g,
                      const struct stability *t)
{
    if (t->worst_psi < t->periods) {
        const struct period_drift *p = &t->period[t->worst_psi];
        struct fact *w = facts_group(&c->m, g, "worst");
        card_period(c, w, "name", p->period);
        (void)card_estimate(c, w, "psi", p->drift.psi, AS_DECIMAL(3));
    }
    if (t->worst_auc < t->periods && c->f->kind != CARD_REGRESSION) {
        const struct period_drift *p = &t->period[t->worst_auc];
        struct fact *w = facts_group(&c->m, g, "worst-auc");
        card_period(c, w, "name", p->period);
        (void)card_estimate(c, w, "auc", p->auc, AS_DECIMAL(3));
    }
}

void card_stability(struct card_maker *c)
{
    const struct card_split *lead = card_lead(c), *train = card_train(c);
    card_declared(c, "stability");
    struct fact *g = facts_group(&c->m, c->m.root, "stability");
    if (train == NULL || lead == NULL) {
        (void)facts_missing(&c->m, g, "base", "no training split");
        (void)card_word(c, g, "score", "cannot-tell");
        (void)card_word(c, g, "features", "cannot-tell");
        return;
    }
    (void)facts_text(&c->m, g, "base", card_split_name(train));
    (void)card_count(c, g, "base-rows", train->rows);
    (void)facts_number(&c->m, g, "floor", DRIFT_FLOOR, AS_DECIMAL(4));
    (void)card_word(c, g, "score", lead == train
                                       ? "cannot-tell"
                                       : moved_word(&lead->stability.overall));
    for (size_t i = 0; i < c->f->splits; i++) {
        const struct card_split *s = &c->f->split[i];
        if (s->has_stability && s != train) {
            struct fact *item = facts_item(&c->m, g, "split");
            (void)facts_text(&c->m, item, "name", card_split_name(s));
            add_drift(c, item, &s->stability.overall);
            (void)card_count(c, item, "bins",
                             (double)s->stability.overall.bins);
        }
    }
    for (size_t i = 0; i < c->f->splits; i++)
        add_periods(c, g, &c->f->split[i]);
    add_worst(c, g, &lead->stability);
    add_shares(c, g, lead);
    add_features(c, g, lead);
}
