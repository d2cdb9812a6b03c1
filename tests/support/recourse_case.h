/* Random problems of a few levers, small enough for every point to be tried. */
#ifndef CANDOR_TESTS_RECOURSE_CASE_H
#define CANDOR_TESTS_RECOURSE_CASE_H

#include "check.h"

#include "base/num.h"
#include "recourse/recourse.h"
#include "support/one_score.h"
#include "support/random_model.h"

#define FAR ((double)INFINITY)

enum { FEATURES = 6, LEVERS = 5, GRID = 64 };

struct axis_grid {
    double value[GRID];
    size_t count;
};

struct instance {
    struct model *m;
    struct one_score p;
    struct recourse_lever lever[LEVERS];
    struct one_order order[2];
    double code[LEVERS][6];
    double row[FEATURES];
};

static const double steps[] = {0.25, 0.5, 1.0, 0.1};

static inline void draw_lever(struct random *r, struct instance *c, size_t i)
{
    struct recourse_lever *l = &c->lever[i];

    *l = (struct recourse_lever){
        .quantity = i, .decimals = -1, .known_cost = -1, .missing_cost = -1};
    l->direction = (enum recourse_direction)random_below(r, 3);
    l->low = -1 - 0.25 * (double)random_below(r, 3);
    l->high = 1 + 0.25 * (double)random_below(r, 3);
    if (random_chance(r, 0.1))
        l->low = 0.25;
    l->step = steps[random_below(r, 4)];
    l->weight = (double)(1 + random_below(r, 3));
    l->scale = random_chance(r, 0.5) ? 1 : 0.3;
    l->fixed = 0.5 * (double)random_below(r, 3);
    if (random_chance(r, 0.15)) {
        l->step = random_chance(r, 0.5) ? 1 : 0;
        l->integer = true;
    } else if (random_chance(r, 0.2)) {
        l->step = 0;
        l->decimals = 1;
    }
    if (c->m->feature[i].kind == FEATURE_CATEGORY) {
        l->codes = 1 + random_below(r, 6);
        for (size_t k = 0; k < l->codes; k++)
            c->code[i][k] = (double)random_below(r, 6);
        l->code = c->code[i];
    }
}

static inline void draw(struct random *r, struct instance *c, int number)
{
    size_t levers = 2 + random_below(r, number % 20 == 0 ? 4 : 3);
    struct random_model k = {
        .features = levers + (levers < FEATURES ? random_below(r, 2) : 0),
        .outputs = 1 + random_below(r, 2),
        .depth = 1 + random_below(r, 4),
        .library = random_library(r),
        .leaf_chance = 0.1,
        .category_chance = random_chance(r, 0.4) ? 0.5 : 0,
        .missing_other = 0.5,
        .fine = random_chance(r, 0.5),
        .weights = random_chance(r, 0.3),
        .mean = random_chance(r, 0.2),
    };
    k.trees = k.outputs * (1 + random_below(r, 6));
    bool wide = number % 10 == 0; /* more leaves than a word has bits */
    if (wide) {
        k.features = levers = 4;
        k.depth = 9;
        k.leaf_chance = 0;
        k.category_chance = 0;
        k.fine = true;
    }
    memset(c, 0, sizeof *c);
    c->m = random_model_new(r, &k);
    random_row(r, c->m, 0.05, c->row);
    for (size_t i = 0; i < levers; i++) {
        draw_lever(r, c, i);
        if (wide) {
            c->lever[i].direction = RECOURSE_BOTH;
            c->lever[i].low = -2;
            c->lever[i].high = 2;
            c->lever[i].step = 0.1;
            c->lever[i].integer = false;
        }
    }
    c->p = (struct one_score){
        .model = c->m, .lever = c->lever, .levers = levers, .order = c->order};
    c->p.output = random_below(r, k.outputs);
    c->p.accept = random_chance(r, 0.5) ? RECOURSE_AT_MOST : RECOURSE_AT_LEAST;
    c->p.most_changes = 1 + random_below(r, wide ? 2 : 3);
    while (c->p.orders < 2 && random_chance(r, 0.3)) {
        size_t a = random_below(r, levers), b = random_below(r, k.features);
        if (a != b && c->lever[a].code == NULL &&
            (b >= levers || c->lever[b].code == NULL))
            c->order[c->p.orders++] = random_chance(r, 0.5)
                                          ? (struct one_order){a, b}
                                          : (struct one_order){b, a};
        else
            break;
    }
}

/* A cutoff that is not met, at a margin the model can have. */
static inline bool draw_cutoff(struct random *r, struct instance *c)
{
    double margin[3], other[FEATURES];

    model_margin(c->m, c->row, margin);
    double own = margin[c->p.output];
    memcpy(other, c->row, sizeof other);
    for (size_t i = 0; i < c->p.levers; i++) {
        if (c->lever[i].code == NULL && random_chance(r, 0.6))
            other[i] = 0.25 * (double)random_below(r, 9) - 1;
    }
    model_margin(c->m, other, margin);
    double at = margin[c->p.output];
    bool below = c->p.accept == RECOURSE_AT_MOST;
    if (at == own)
        at = below ? own - 0.3 : own + 0.3;
    c->p.accept = at < own ? RECOURSE_AT_MOST : RECOURSE_AT_LEAST;
    c->p.cutoff = at;
    if (random_chance(r, 0.7))
        c->p.cutoff += at < own ? 1e-3 : -1e-3;
    c->p.guard = random_chance(r, 0.5) ? 1e-5 : 0;
    return c->p.accept == RECOURSE_AT_MOST ? own > c->p.cutoff
                                           : own < c->p.cutoff;
}

static inline void list_values(const struct instance *c, size_t i,
                               struct axis_grid *out)
{
    const struct recourse_lever *l = &c->lever[i];
    double own = c->row[l->quantity];

    out->count = 0;
    out->value[out->count++] = own;
    if (isnan(own))
        return;
    for (size_t k = 0; k < l->codes; k++) {
        bool seen = false;
        for (size_t j = 0; j < out->count; j++)
            seen |= out->value[j] == l->code[k];
        if (!seen)
            out->value[out->count++] = l->code[k];
    }
    if (l->code != NULL)
        return;
    double unit = l->step > 0 ? l->step : l->integer ? 1 : 0.1;
    for (int k = -40; k <= 40; k++) {
        char text[64];
        double v;
        int n = snprintf(text, sizeof text, "%.2f", k * unit);
        assert_true(num_parse(text, (size_t)n, &v));
        v += 0.0;
        if (v < l->low || v > l->high || v == own ||
            (v > own && l->direction == RECOURSE_DOWN) ||
            (v < own && l->direction == RECOURSE_UP))
            continue;
        out->value[out->count++] = v;
    }
}

static inline bool rules_hold(const struct instance *c, const double *x)
{
    for (size_t i = 0; i < c->p.orders; i++) {
        const struct one_order *o = &c->order[i];
        if (o->feature_a >= c->p.levers && o->feature_b >= c->p.levers)
            continue;
        if (x[o->feature_a] > x[o->feature_b])
            return false;
    }
    return true;
}

static inline bool reaches(const struct instance *c, double margin,
                           double guard)
{
    return c->p.accept == RECOURSE_AT_MOST ? margin <= c->p.cutoff - guard
                                           : margin >= c->p.cutoff + guard;
}

/* Neither side of the order is a lever that has another value in this row. */
static inline bool untouched(const struct instance *c,
                             const struct one_order *o)
{
    struct axis_grid grid = {.count = 0};
    size_t of[] = {o->feature_a, o->feature_b};

    for (size_t k = 0; k < 2; k++) {
        if (of[k] < c->p.levers)
            list_values(c, of[k], &grid);
        if (of[k] < c->p.levers && grid.count > 1)
            return false;
    }
    return true;
}

static inline bool bad_instance(const struct instance *c)
{
    /* A rule with a missing value says nothing here; keep it simple there. */
    for (size_t i = 0; i < c->p.orders; i++) {
        if (isnan(c->row[c->order[i].feature_a]) ||
            isnan(c->row[c->order[i].feature_b]))
            return true;
        /* Nor is a rule asked that no lever can touch. */
        if (c->row[c->order[i].feature_a] > c->row[c->order[i].feature_b] &&
            untouched(c, &c->order[i]))
            return true;
    }
    return false;
}

#endif
