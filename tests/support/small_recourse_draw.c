#include "support/small_recourse.h"

#include "support/random_network.h"

#include "check.h"

#include <math.h>

static bool has(struct random *r, double chance)
{
    return random_chance(r, chance);
}

/* --- levers
 * -------------------------------------------------------------------- */

static void draw_codes(struct random *r, struct small *c, size_t i,
                       bool category)
{
    struct recourse_lever *l = &c->lever[i];

    l->codes = 2 + random_below(r, 4);
    l->ordered = !category && has(r, 0.5);
    for (size_t k = 0; k < l->codes; k++) {
        c->code[i][k] = category ? (double)k : 0.5 * (double)k - 1;
        c->price[i][k] = (struct recourse_price){
            (double)(k + 1), 0.25 * (double)random_below(r, 6)};
    }
    l->code = c->code[i];
    l->decimals = category ? 0 : 1;
    l->scale = 1;
    l->fixed += l->weight + l->fixed > 0 ? 0 : 1;
    if (!l->ordered && l->cost == RECOURSE_TABLE) {
        l->price = c->price[i];
        l->prices = l->codes;
    } else {
        l->cost = RECOURSE_SCALE;
    }
    double own = c->row[l->quantity];
    bool listed = false;
    for (size_t k = 0; k < l->codes; k++)
        listed |= own == l->code[k];
    if (!listed && !isnan(own))
        c->row[l->quantity] = l->code[random_below(r, l->codes)];
}

static void draw_cost(struct random *r, struct small *c, size_t i,
                      double chance)
{
    struct recourse_lever *l = &c->lever[i];

    l->weight = (double)(1 + random_below(r, 3));
    l->scale = has(r, 0.5) ? 1 : 0.3;
    l->fixed = 0.5 * (double)random_below(r, 3);
    if (!has(r, chance))
        return;
    if (has(r, 0.5)) {
        l->cost = RECOURSE_PERCENTILE;
        l->samples = 2 + random_below(r, 7);
        for (size_t k = 0; k < l->samples; k++)
            c->sample[i][k] = -1.5 + 0.25 * (double)random_below(r, 3) +
                              (k > 0 ? c->sample[i][k - 1] + 1.5 : 0);
        l->sample = c->sample[i];
    } else {
        l->cost = RECOURSE_TABLE;
        l->prices = 1 + random_below(r, 4);
        for (size_t k = 0; k < l->prices; k++) {
            struct recourse_price *p = &c->price[i][k];
            *p = k > 0 ? p[-1] : (struct recourse_price){0, 0};
            p->change += 0.25 * (double)(1 + random_below(r, 4));
            p->cost += 0.25 * (double)(1 + random_below(r, 3));
        }
        l->price = c->price[i];
    }
}

static void draw_lever(struct random *r, const struct small_kinds *k,
                       struct small *c, size_t i)
{
    static const double steps[] = {0.5, 0.5, 1, 0.25, 0.1};
    struct recourse_lever *l = &c->lever[i];

    *l = (struct recourse_lever){
        .quantity = i, .decimals = -1, .known_cost = -1, .missing_cost = -1};
    l->direction = (enum recourse_direction)random_below(r, 3);
    l->low = -1 - 0.25 * (double)random_below(r, 2);
    l->high = 1 + 0.25 * (double)random_below(r, 2);
    if (has(r, 0.1))
        l->low = 0.25;
    l->step = steps[random_below(r, has(r, 0.1) ? 5 : 4)];
    if (has(r, 0.15)) {
        l->step = has(r, 0.5) ? 1 : 0;
        l->integer = true;
    } else if (has(r, 0.05)) {
        l->step = 0;
        l->decimals = 1;
    }
    draw_cost(r, c, i, k->cost);
    bool category = c->model[0]->feature[i].kind == FEATURE_CATEGORY;
    if (category || has(r, k->category / 2)) {
        l->step = 0;
        l->integer = false;
        draw_codes(r, c, i, category);
    }
    if (has(r, k->missing))
        l->known_cost = 0.25 * (double)(1 + random_below(r, 4));
    if (has(r, k->missing / 2))
        l->missing_cost = 0.25 * (double)(1 + random_below(r, 8));
    l->frozen = has(r, 0.03);
}

/* --- what levers move, formulas, rules
 * ------------------------------------------- */

struct pool {
    size_t quantity[SMALL_QUANTITIES],
        count; /* numbers that nothing moves yet */
};

static size_t draw_one(struct random *r, struct pool *pool)
{
    size_t i = random_below(r, pool->count), q = pool->quantity[i];

    pool->quantity[i] = pool->quantity[--pool->count];
    return q;
}

static void draw_effects(struct random *r, struct small *c, size_t i,
                         struct pool *pool)
{
    struct recourse_lever *l = &c->lever[i];

    if (l->code != NULL && pool->count >= l->codes && l->codes <= 4 &&
        l->known_cost < 0 && l->missing_cost < 0 &&
        c->model[0]->feature[i].kind != FEATURE_CATEGORY) {
        /* A one-hot group instead of a code. */
        for (size_t k = 0; k < l->codes; k++) {
            size_t q = draw_one(r, pool);
            c->effect[i][k] = (struct recourse_effect){
                .kind = RECOURSE_INDICATE, .quantity = q, .code = l->code[k]};
            c->row[q] = c->row[l->quantity] == l->code[k];
        }
        l->effects = l->codes;
        if (isnan(c->row[l->quantity]))
            c->row[c->effect[i][0].quantity] = 1;
        pool->quantity[pool->count++] = l->quantity;
        l->quantity = RECOURSE_NO_QUANTITY;
    } else if (l->code == NULL && pool->count > 0 && l->known_cost < 0 &&
               l->missing_cost < 0) {
        size_t n = 1 + random_below(r, pool->count < 3 ? pool->count : 3);
        for (size_t k = 0; k < n; k++) {
            bool limited = has(r, 0.3);
            c->effect[i][k] = (struct recourse_effect){
                .kind = RECOURSE_ADD,
                .quantity = draw_one(r, pool),
                .rate = has(r, 0.7) ? 1 : -0.5,
                .low = limited ? -1 : -(double)INFINITY,
                .high = limited ? 1 : (double)INFINITY};
        }
        l->effects = n;
        if (has(r, 0.5)) { /* waiting */
            pool->quantity[pool->count++] = l->quantity;
            l->quantity = RECOURSE_NO_QUANTITY;
            l->direction = RECOURSE_UP;
            l->low = 0;
            if (l->cost == RECOURSE_PERCENTILE)
                l->cost = RECOURSE_SCALE;
        }
    }
    l->effect = c->effect[i];
}

/* Not a category, neither by the model nor by a lever. */
static bool is_number(const struct small *c, size_t q)
{
    for (size_t i = 0; i < c->p.levers; i++) {
        if (c->lever[i].quantity == q && c->lever[i].code != NULL)
            return false;
    }
    return q >= c->model[0]->features ||
           c->model[0]->feature[q].kind != FEATURE_CATEGORY;
}

static size_t any_number(struct random *r, const struct small *c)
{
    for (;;) {
        size_t q = random_below(r, c->p.quantities);
        if (is_number(c, q))
            return q;
    }
}

/* Missing in the row, though it could be computed but for a division by zero:
 * such a row is refused. */
static bool refused(const struct small *c, const struct recourse_formula *f)
{
    double a = c->row[f->a], b = c->row[f->b];

    return isnan(c->row[f->quantity]) && !isnan(a) && b == 0 &&
           f->op == RECOURSE_RATIO;
}

static void draw_formula(struct random *r, struct small *c, struct pool *pool)
{
    struct recourse_formula *f = &c->formula[c->p.formulas];
    size_t q = draw_one(r, pool);

    *f = (struct recourse_formula){
        .quantity = q,
        .op = (enum recourse_operator)random_below(r, 4),
        .factor = has(r, 0.7) ? 1 : 2,
        .decimals = has(r, 0.5) ? -1 : (int)random_below(r, 3)};
    f->a = any_number(r, c);
    f->b = any_number(r, c);
    /* No circles: operands are not computed, or computed before this one. */
    for (size_t k = 0; k < c->p.formulas; k++) {
        if (c->formula[k].a == q || c->formula[k].b == q)
            return;
    }
    if (f->a == q || f->b == q || refused(c, f))
        return;
    c->p.formulas++;
}

static void draw_rule(struct random *r, struct small *c)
{
    size_t i = c->p.rules++;
    struct recourse_rule *u = &c->rule[i];

    *u = (struct recourse_rule){
        .kind = (enum recourse_rule_kind)random_below(r, 3)};
    if (u->kind == RECOURSE_LINEAR) {
        bool order = has(r, 0.5);
        size_t wanted = order ? 2 : 2 + random_below(r, 2);
        for (size_t k = 0; k < wanted; k++) {
            size_t q = any_number(r, c);
            double by = 0.5 * (double)(1 + random_below(r, 4));
            bool seen = false;
            for (size_t j = 0; j < u->terms; j++)
                seen |= c->term[i][j].quantity == q;
            if (!seen)
                c->term[i][u->terms++] =
                    (struct recourse_term){q, order ? (u->terms == 0 ? 1 : -1)
                                                    : (has(r, 0.5) ? by : -by)};
        }
        u->term = c->term[i];
        u->most = order ? 0 : 0.25 * (double)random_below(r, 7) - 0.5;
    } else if (u->kind == RECOURSE_IF_THEN) {
        double low = 0.25 * (double)random_below(r, 6) - 1;
        u->when = (struct recourse_range){
            any_number(r, c), low, low + 0.25 * (double)random_below(r, 5)};
        u->then = (struct recourse_range){
            any_number(r, c), has(r, 0.5) ? -(double)INFINITY : -0.25,
            has(r, 0.5) ? (double)INFINITY : 0.5};
    } else {
        size_t least = c->p.levers > 1 ? 2 : 1;
        size_t first = random_below(r, c->p.levers - least + 1);
        u->levers = least + random_below(r, c->p.levers - first - least + 1);
        for (size_t k = 0; k < u->levers; k++)
            c->member[i][k] = first + k;
        u->lever = c->member[i];
    }
}

/* --- scores
 * -------------------------------------------------------------------- */

static struct model *draw_network(struct random *r, size_t features,
                                  bool first, const struct small_kinds *k)
{
    struct random_network n = {.features = features,
                               .outputs = 1 + random_below(r, 2),
                               .layers = random_below(r, 4),
                               .width = 1 + random_below(r, 6),
                               .category_chance = first ? k->category : 0,
                               .filled_chance = 0.5,
                               .single = has(r, 0.5),
                               .curved = has(r, k->curved)};

    return random_network_new(r, &n);
}

static struct model *draw_model(struct random *r, size_t features, bool first,
                                const struct small_kinds *k)
{
    if (has(r, k->network))
        return draw_network(r, features, first, k);
    struct random_model m = {
        .features = features,
        .outputs = 1 + random_below(r, 2),
        .depth = 1 + random_below(r, 4),
        .library = has(r, 0.5) && !(k->linear > 0) ? LIBRARY_XGBOOST
                                                   : LIBRARY_LIGHTGBM,
        .linear_chance = k->linear,
        .leaf_chance = k->linear > 0 ? 0.4 : 0.1,
        .category_chance = first && has(r, 0.4) ? k->category : 0,
        .missing_other = 0.5,
        .fine = k->fine && has(r, 0.5),
        .weights = !k->sums && has(r, 0.3),
        .mean = !k->sums && has(r, 0.2),
    };
    m.trees = m.outputs * (1 + random_below(r, 6));
    return random_model_new(r, &m);
}

static void draw_score(struct random *r, const struct small_kinds *k,
                       struct small *c)
{
    size_t s = c->p.scores++;

    if (s > 0) {
        c->model[s] = draw_model(r, 2 + random_below(r, 3), false, k);
        for (size_t f = 0; f < c->model[s]->features; f++)
            c->map[s][f] = any_number(r, c);
    }
    c->score[s] =
        (struct recourse_score){.model = c->model[s],
                                .quantity = s > 0 ? c->map[s] : NULL,
                                .output = random_below(r, c->model[s]->outputs),
                                .native = s == 0 || has(r, 0.3),
                                .guard = has(r, 0.5) ? 1e-5 : 0};
}

static double margin_of(const struct small *c, size_t s, const double *quantity)
{
    double x[SMALL_QUANTITIES], margin[4];
    const struct recourse_score *score = &c->score[s];

    for (size_t f = 0; f < score->model->features; f++)
        x[f] = quantity[score->quantity != NULL ? score->quantity[f] : f];
    model_margin(score->model, x, margin);
    return margin[score->output];
}

/* Cutoffs at or near what a random point of the levers reaches. */
static bool draw_cutoffs(struct random *r, struct small *c)
{
    double value[SMALL_LEVERS], all[SMALL_VALUES], quantity[SMALL_QUANTITIES];
    bool missed = false;

    for (size_t i = 0; i < c->p.levers; i++) {
        size_t n = small_values(c, i, all);
        value[i] = all[has(r, 0.5) ? random_below(r, n) : 0];
    }
    if (!small_point(c, value, quantity))
        return false;
    for (size_t s = 0; s < c->p.scores; s++) {
        double own = margin_of(c, s, c->row), at = margin_of(c, s, quantity);
        bool below = has(r, 0.5);
        if (isnan(at)) /* a network without an input has no score */
            return false;
        if (at != own)
            below = at < own;
        else if (s == 0)
            at = below ? own - 0.3 : own + 0.3;
        c->score[s].accept = below ? RECOURSE_AT_MOST : RECOURSE_AT_LEAST;
        c->score[s].cutoff = at;
        if (has(r, 0.7))
            c->score[s].cutoff += below ? 1e-3 : -1e-3;
        missed |= !(below ? own <= c->score[s].cutoff
                          : own >= c->score[s].cutoff);
    }
    return missed;
}

/* Somebody who stands outside a lever's range, where a refusal of rules that no
 * value in the ranges keeps says nothing. */
static bool stands_outside(const struct small *c)
{
    for (size_t i = 0; i < c->p.levers; i++) {
        const struct recourse_lever *l = &c->lever[i];
        double own =
            l->quantity == RECOURSE_NO_QUANTITY ? 0 : c->row[l->quantity];
        if (l->code == NULL && !(own >= l->low && own <= l->high))
            return true;
    }
    return false;
}

/* A problem that is refused as one that nothing can keep has no plan. */
static bool taken(const struct small *c)
{
    struct error e = {0};
    struct recourse *prepared = NULL;
    status s = recourse_prepare(&c->p, &prepared, &e);

    recourse_free(prepared);
    if (s != ST_OK) {
        check_fails(s, &e, ST_ARGUMENT, "rule");
        assert_true(stands_outside(c) || !small_every_point(c).found);
    }
    return s == ST_OK;
}

bool small_draw(struct random *r, const struct small_kinds *k, struct small *c)
{
    struct pool pool = {.count = 0};

    memset(c, 0, sizeof *c);
    size_t levers =
        k->least_levers + random_below(r, k->most_levers - k->least_levers + 1);
    bool more = k->effect > 0 || k->formulas > 0;
    size_t features = levers + random_below(r, more ? 5 : 2);
    c->model[0] = draw_model(r, features, true, k);
    c->p = (struct recourse_problem){
        .score = c->score,
        .lever = c->lever,
        .formula = c->formula,
        .rule = c->rule,
        .levers = levers,
        .quantities = features + (more ? random_below(r, 3) : 0),
        .most_changes = 1 + random_below(r, k->most_changes)};
    random_row(r, c->model[0], k->missing > 0 ? 0.15 : 0.03, c->row);
    for (size_t q = features; q < c->p.quantities; q++)
        c->row[q] = 0.25 * (double)random_below(r, 9) - 1;
    for (size_t q = levers; q < c->p.quantities; q++) {
        if (q >= features || c->model[0]->feature[q].kind != FEATURE_CATEGORY)
            pool.quantity[pool.count++] = q;
    }
    for (size_t i = 0; i < levers; i++)
        draw_lever(r, k, c, i);
    for (size_t i = 0; i < levers; i++) {
        if (has(r, k->effect) && pool.count > 0)
            draw_effects(r, c, i, &pool);
    }
    bool numbers = false;
    for (size_t q = 0; q < c->p.quantities; q++)
        numbers |= is_number(c, q);
    for (size_t n = random_below(r, k->formulas + 1);
         numbers && n > 0 && pool.count > 0; n--)
        draw_formula(r, c, &pool);
    for (size_t n = random_below(r, k->rules + 1); numbers && n > 0; n--)
        draw_rule(r, c);
    for (size_t n = numbers ? 1 + random_below(r, k->scores) : 1; n > 0; n--)
        draw_score(r, k, c);
    return draw_cutoffs(r, c) && taken(c);
}

void small_free(struct small *c)
{
    for (size_t s = 0; s < SMALL_SCORES; s++)
        model_free(c->model[s]);
}
