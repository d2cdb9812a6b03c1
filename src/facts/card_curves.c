/* Tables and curves of the lead split. */
#include "facts/card_parts.h"

#include <math.h>
#include <string.h>

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

/* A bin's edge as people know the score: points, probability or margin. */
static double edge_of(const struct card_maker *c, const struct card_split *s,
                      double x)
{
    return s->histogram_is_answer ? x : card_linear(c, x);
}

static void add_bar(struct card_maker *c, struct fact *g, double a, double b,
                    const double count[2], const double all[2])
{
    struct number_form form = c->p->model.scale.kind == SCALE_POINTS
                                  ? AS_DECIMAL(1)
                                  : AS_DECIMAL(3);
    struct fact *item = facts_item(&c->m, g, "histogram");
    (void)facts_number(&c->m, item, "from", fmin(a, b), form);
    (void)facts_number(&c->m, item, "to", fmax(a, b), form);
    (void)facts_number(&c->m, item, "middle", (a + b) / 2, form);
    (void)card_count(c, item, "event", count[1]);
    (void)card_count(c, item, "other", count[0]);
    if (all[1] > 0)
        (void)card_share(c, item, "event-share", count[1] / all[1]);
    if (all[0] > 0)
        (void)card_share(c, item, "other-share", count[0] / all[0]);
}

/* The same bars, class by class. */
static void add_outline(struct card_maker *c, struct fact *g,
                        const char *share, const char *word,
                        const char *message)
{
    struct number_form form = c->p->model.scale.kind == SCALE_POINTS
                                  ? AS_DECIMAL(1)
                                  : AS_DECIMAL(3);
    struct fact *end = g->last; /* the items below come behind it */
    for (struct fact *f = g->first; f != NULL; f = f->next) {
        const struct fact *x = strcmp(f->name, "histogram") == 0
                                   ? fact_child(f, share)
                                   : NULL;
        if (x != NULL) {
            struct fact *item = facts_item(&c->m, g, "outline");
            card_said_word(c, item, "name", word, message);
            (void)facts_number(&c->m, item, "from",
                               fact_child(f, "from")->number, form);
            (void)facts_number(&c->m, item, "to", fact_child(f, "to")->number,
                               form);
            (void)card_share(c, item, "share", x->number);
        }
        if (f == end)
            return;
    }
}

static void add_histogram(struct card_maker *c, struct fact *g,
                          const struct card_split *s)
{
    const struct histogram *h = &s->performance.histogram;
    double all[2] = {0, 0};
    if (h->bins == 0)
        return;
    for (size_t i = 0; i < h->bins; i++) {
        all[0] += h->other[i];
        all[1] += h->event[i];
    }
    (void)card_word(c, g, "histogram-scale",
                    s->histogram_is_answer ? "probability"
                                           : card_linear_word(c));
    if (c->f->has_cutoff)
        (void)facts_number(&c->m, g, "histogram-cutoff", c->p->model.cutoff,
                           card_score_form(c));
    double ends[2] = {edge_of(c, s, h->from),
                      edge_of(c, s, h->from + h->step)};
    bool turned = ends[1] < ends[0];
    for (size_t k = 0; k < h->bins; k++) {
        size_t i = turned ? h->bins - 1 - k : k;
        double at = h->from + (double)i * h->step;
        double count[2] = {h->other[i], h->event[i]};
        add_bar(c, g, edge_of(c, s, at), edge_of(c, s, at + h->step), count,
                all);
    }
    add_outline(c, g, "event-share", "event", "card.outcome.event");
    add_outline(c, g, "other-share", "other", "card.outcome.other");
}

void card_lead_curves(struct card_maker *c, struct fact *g,
                      const struct card_split *s)
{
    add_bands(c, g, &s->performance.bands);
    add_points(c, g, &s->performance.curve);
    add_bins(c, g, &s->performance.calibration);
    add_histogram(c, g, s);
}
