/* Every estimator against its own definition, by listing all coalitions, on
 * random small models of every kind: each input a player, and random groups of
 * inputs as players; contributions and interactions. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/coalitions.h"
#include "support/random_model.h"

enum { FEATURES = 7, ROWS = 2, REFERENCE = 7, OUTPUTS = COALITIONS_OUTPUTS };

struct trial {
    struct model *m;
    uint32_t player[FEATURES];
    size_t players;
    double rows[ROWS * FEATURES], reference[REFERENCE * FEATURES];
    size_t memory;
};

static struct random_model draw(struct random *r, bool linear)
{
    struct random_model c = {
        .features = 1 + random_below(r, FEATURES),
        .outputs = 1 + random_below(r, OUTPUTS),
        .depth = random_below(r, 7),
        .library = linear ? LIBRARY_LIGHTGBM : random_library(r),
        .leaf_chance = 0.15,
        .category_chance = random_chance(r, 0.3) ? 0.5 : 0,
        .zero_cover = random_chance(r, 0.3) ? 0.3 : 0,
        .missing_other = 0.5,
        .fine = random_chance(r, 0.3),
        .weights = random_chance(r, 0.4),
        .mean = random_chance(r, 0.2),
        .linear_chance = linear ? 0.7 : 0,
    };
    static const enum model_link links[] = {
        LINK_IDENTITY, LINK_LOGISTIC, LINK_EXP,           LINK_SOFTMAX,
        LINK_STEP,     LINK_LOG1P_EXP, LINK_SOFTPLUS_STEPS, LINK_LOGISTIC_EACH,
        LINK_SIGNED_SQUARE};
    c.link = links[random_below(r, sizeof links / sizeof links[0])];
    c.trees = c.outputs * (1 + random_below(r, 2));
    return c;
}

static void fill_of(struct random *r, struct trial *t,
                    const struct random_model *c, bool groups)
{
    t->m = random_model_new(r, c);
    t->players = groups ? 1 + random_below(r, FEATURES) : t->m->features;
    for (size_t f = 0; f < t->m->features; f++)
        t->player[f] = (uint32_t)(groups ? random_below(r, t->players) : f);
    for (size_t i = 0; i < ROWS; i++)
        random_row(r, t->m, 0.2, t->rows + i * t->m->features);
    for (size_t i = 0; i < REFERENCE; i++)
        random_row(r, t->m, 0.2, t->reference + i * t->m->features);
    /* A small cap leaves no room for tables: the lists must agree. */
    t->memory = random_chance(r, 0.5) ? 0 : (size_t)1 << 18;
}

static void compare_values(const struct trial *t, const double *v,
                           const double *phi)
{
    unsigned players = (unsigned)t->players;

    for (unsigned p = 0; p < players; p++)
        check_close(phi[p], coalition_shapley(v, players, p), 0, 1e-12);
    check_close(phi[players], v[0], 0, 1e-12);
}

static void compare_pairs(const struct explainer *x, const struct trial *t,
                          const double *v, const double *value)
{
    unsigned n = (unsigned)t->players;
    double want[FEATURES][FEATURES] = {{0}};
    const struct explain_pair *pair;
    size_t pairs = shapley_pairs(x, &pair);

    for (unsigned i = 0; i < n; i++) {
        want[i][i] += coalition_shapley(v, n, i);
        for (unsigned j = i + 1; j < n; j++) {
            want[i][j] = coalition_pair(v, n, i, j);
            want[i][i] -= want[i][j];
            want[j][j] -= want[i][j];
        }
    }
    for (size_t k = 0; k < pairs; k++) {
        double *w = &want[pair[k].i][pair[k].j];
        check_close(value[k], *w, 0, 1e-12);
        *w = 0;
    }
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = i; j < n; j++)
            check_close(want[i][j], 0, 0, 1e-12); /* none is left out */
    }
}

static void compare(const struct explainer *x, const struct trial *t)
{
    struct error e = {0};
    struct explain_scratch *s;
    const struct model *m = t->m;
    size_t outputs = m->outputs, width = t->players + 1;
    const struct explain_pair *pair;
    size_t pairs = shapley_pairs(x, &pair), sets = (size_t)1 << t->players;
    double phi[ROWS * OUTPUTS * (FEATURES + 1)], residual[ROWS * OUTPUTS];
    double value[ROWS * OUTPUTS * FEATURES * FEATURES];
    double v[OUTPUTS << FEATURES];

    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_ok(shapley_explain(x, s, t->rows, ROWS, phi, residual, &e), &e);
    if (pairs > 0)
        check_ok(shapley_interactions(x, s, t->rows, ROWS, value, &e), &e);
    for (size_t i = 0; i < ROWS * outputs; i++) {
        if (i % outputs == 0)
            coalition_values(shapley_estimator(x), m, t->player, t->players,
                             t->rows + i / outputs * m->features, t->reference,
                             REFERENCE, v);
        compare_values(t, v + i % outputs * sets, phi + i * width);
        check_close(residual[i], 0, 0, 1e-12);
        if (pairs > 0)
            compare_pairs(x, t, v + i % outputs * sets, value + i * pairs);
    }
    shapley_scratch_free(s);
}

static void each_estimator(struct random *r, const struct trial *t)
{
    struct explain_reference ref = {"test", t->reference, REFERENCE};

    for (size_t i = 0; i < estimator_count(); i++) {
        const struct estimator *s = estimator_at(i);
        struct error e = {0};
        struct explainer *x;
        char why[ESTIMATOR_WHY_MAX];
        struct explain_request q = {
            .model = t->m,
            .estimator = s,
            .reference = &ref,
            .references = s->needs_reference,
            .player = t->player,
            .players = t->players,
            .interactions = s->has_interactions && random_chance(r, 0.5),
            .memory = t->memory};
        if (!s->exact || !s->supports(t->m, why))
            continue;
        check_ok(shapley_prepare(&q, &x, &e), &e);
        compare(x, t);
        shapley_free(x);
    }
}

static void models(uint64_t seed, int count, bool linear, bool groups)
{
    struct random r = {seed};

    for (int i = 0; i < count; i++) {
        struct trial t;
        struct random_model c = draw(&r, linear);
        fill_of(&r, &t, &c, groups);
        each_estimator(&r, &t);
        model_free(t.m);
    }
}

/* Thresholds and values at the ends of the numbers. */
static void edges(void **state)
{
    struct random r = {10};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct trial t;
        struct random_model c = draw(&r, false);
        c.edges = true;
        c.category_chance = 0;
        fill_of(&r, &t, &c, i % 2 == 0);
        for (size_t k = 0; k < ROWS * t.m->features; k++)
            t.rows[k] = random_chance(&r, 0.9) ? random_edge(&r) : t.rows[k];
        for (size_t k = 0; k < REFERENCE * t.m->features; k++)
            t.reference[k] =
                random_chance(&r, 0.9) ? random_edge(&r) : t.reference[k];
        each_estimator(&r, &t);
        model_free(t.m);
    }
}

/* 30 levels: each player is split many times on a path. */
static void deep(void **state)
{
    struct random r = {11};

    (void)state;
    for (int i = 0; i < 150; i++) {
        struct trial t;
        struct random_model c = draw(&r, i % 3 == 0);
        c.depth = 30;
        c.leaf_chance = 0.35;
        c.zero_cover = 0;
        fill_of(&r, &t, &c, i % 2 == 0);
        t.memory = 0;
        each_estimator(&r, &t);
        model_free(t.m);
    }
}

static void inputs(void **state)
{
    (void)state;
    models(20261124, 2000, false, false);
}

static void groups(void **state)
{
    (void)state;
    models(7, 2000, false, true);
}

static void linear_leaves(void **state)
{
    (void)state;
    models(8, 1000, true, false);
}

static void linear_groups(void **state)
{
    (void)state;
    models(9, 1000, true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs), cmocka_unit_test(groups),
        cmocka_unit_test(linear_leaves), cmocka_unit_test(linear_groups),
        cmocka_unit_test(edges), cmocka_unit_test(deep)};

    return cmocka_run_group_tests_name("shapley by enumeration", tests, NULL,
                                       NULL);
}
