/* FLOAT mode against STRICT, on random models of every kind. */
#include "check.h"

#include "kernel/simd.h"
#include "shapley/estimators.h"
#include "support/random_model.h"

enum { ROWS_MAX = 70, GAMES = 2 };

/* A FLOAT and a STRICT explainer of one request. */
struct pair {
    struct explainer *fast, *strict;
    struct explain_scratch *fast_room, *strict_room;
};

static struct pair prepare(const struct explain_request *base, size_t memory)
{
    struct error e = {0};
    struct explain_request r = *base;
    struct pair p = {0};

    r.mode = EXPLAIN_FLOAT;
    r.memory = memory;
    check_ok(shapley_prepare(&r, &p.fast, &e), &e);
    check_ok(shapley_scratch_new(p.fast, &p.fast_room, &e), &e);
    r.mode = EXPLAIN_STRICT;
    r.memory = 0;
    check_ok(shapley_prepare(&r, &p.strict, &e), &e);
    check_ok(shapley_scratch_new(p.strict, &p.strict_room, &e), &e);
    return p;
}

static void drop(struct pair *p)
{
    shapley_scratch_free(p->fast_room);
    shapley_scratch_free(p->strict_room);
    shapley_free(p->fast);
    shapley_free(p->strict);
}

static size_t width_of(const struct explainer *x, const struct model *m)
{
    return shapley_games(x) * m->outputs * (shapley_players(x) + 1);
}

static double *fast_values(const struct pair *p, const struct model *m,
                           const double *rows, size_t n, double *residual)
{
    struct error e = {0};
    double *phi = calloc(n * width_of(p->fast, m) + 1, sizeof *phi);

    assert_non_null(phi);
    check_ok(shapley_explain(p->fast, p->fast_room, rows, n, phi, residual, &e),
             &e);
    return phi;
}

/* Every value within the bound, the base and the residual too. */
static void hold(const struct pair *p, const struct model *m,
                 const double *rows, size_t n, const char *what)
{
    struct error e = {0};
    size_t games = shapley_games(p->fast), side = shapley_players(p->fast) + 1;
    size_t width = width_of(p->fast, m), values = games * m->outputs;
    double *residual = calloc(n * values, sizeof *residual);
    double *strict = calloc(width, sizeof *strict);
    double *other = calloc(width, sizeof *other);
    double *phi = fast_values(p, m, rows, n, residual);

    for (size_t i = 0; i < n; i++) {
        const double *row = rows + i * m->features;

        check_ok(shapley_explain_strict(p->strict, p->strict_room, row, strict,
                                        NULL, &e), &e);
        check_ok(shapley_explain_strict(p->fast, p->fast_room, row, other,
                                        NULL, &e), &e);
        assert_memory_equal(strict, other, width * sizeof *strict);
        for (size_t k = 0; k < values; k++) {
            double bound = 0, largest = 0, sum = 0;
            const double *a = phi + i * width + k * side, *b = strict + k * side;
            for (size_t j = 0; j + 1 < side; j++)
                largest = fmax(largest, fabs(b[j]));
            bound = shapley_bound(p->fast, k / m->outputs, largest) + 1e-13;
            for (size_t j = 0; j < side; j++) {
                sum += fabs(a[j]);
                if (!(fabs(a[j] - b[j]) <= bound))
                    fail_msg("%s: row %zu, value %zu/%zu: %.17g, strict %.17g, "
                             "bound %g", what, i, k, j, a[j], b[j], bound);
            }
            if (!(fabs(residual[i * values + k]) <=
                  bound * (double)side + 1e-12 * sum))
                fail_msg("%s: residual %g, bound %g", what,
                         residual[i * values + k], bound);
        }
    }
    free(phi);
    free(residual);
    free(strict);
    free(other);
}

static double *rows_of(struct random *r, const struct model *m, size_t n)
{
    double *rows = calloc(n * m->features + 1, sizeof *rows);

    assert_non_null(rows);
    for (size_t i = 0; i < n; i++)
        random_row(r, m, 0.15, rows + i * m->features);
    return rows;
}

static struct model *any_model(struct random *r, size_t depth)
{
    bool other = random_chance(r, 0.5);
    struct random_model c = {
        .features = 1 + random_below(r, 12),
        .outputs = random_chance(r, 0.3) ? 3 : 1,
        .trees = 1 + random_below(r, 12),
        .depth = depth,
        .library = other ? LIBRARY_LIGHTGBM : LIBRARY_XGBOOST,
        .leaf_chance = random_unit(r) * 0.4,
        .category_chance = random_chance(r, 0.5) ? 0.3 : 0,
        .zero_cover = random_chance(r, 0.3) ? 0.2 : 0,
        .missing_other = 0.5,
        .fine = random_chance(r, 0.2),
        .weights = random_chance(r, 0.3),
        .mean = other && random_chance(r, 0.3),
    };
    return random_model_new(r, &c);
}

static uint32_t *random_groups(struct random *r, const struct model *m,
                               size_t *players)
{
    uint32_t *player = calloc(m->features, sizeof *player);

    *players = 1 + random_below(r, m->features);
    for (size_t f = 0; f < m->features; f++)
        player[f] = (uint32_t)random_below(r, *players);
    return player;
}

static size_t some_count(struct random *r)
{
    static const size_t counts[] = {1, 2, 63, 64, 65, 70, 7};
    return counts[random_below(r, 7)];
}

static void path_dependent(size_t models, size_t deepest, uint64_t seed)
{
    struct random r = {seed};

    for (size_t i = 0; i < models; i++) {
        struct model *m = any_model(&r, 1 + random_below(&r, deepest));
        size_t players = 0, n = some_count(&r);
        bool grouped = random_chance(&r, 0.3);
        uint32_t *player = random_groups(&r, m, &players);
        struct explain_request q = {
            .model = m,
            .estimator = estimator_find("path-dependent"),
            .player = grouped ? player : NULL,
            .players = players,
        };
        double *rows = rows_of(&r, m, n);
        struct pair p = prepare(&q, 0);
        char what[64];

        snprintf(what, sizeof what, "path-dependent model %zu", i);
        assert_int_equal(shapley_mode(p.fast), EXPLAIN_FLOAT);
        hold(&p, m, rows, n, what);
        drop(&p);
        free(rows);
        free(player);
        model_free(m);
    }
}

static void test_path_shallow(void **state)
{
    (void)state;
    path_dependent(1900, 6, 11);
}

static void test_path_deep(void **state)
{
    (void)state;
    path_dependent(150, 10, 12);
}

static struct explain_reference reference(struct random *r,
                                          const struct model *m,
                                          const char *name, size_t count)
{
    return (struct explain_reference){name, rows_of(r, m, count), count};
}

static void interventional(size_t models, size_t deepest, uint64_t seed)
{
    static const size_t counts[] = {1, 2, 5, 100, 1000};
    struct random r = {seed};

    for (size_t i = 0; i < models; i++) {
        struct model *m = any_model(&r, 1 + random_below(&r, deepest));
        size_t players = 0, n = some_count(&r);
        bool grouped = random_chance(&r, 0.3);
        uint32_t *player = random_groups(&r, m, &players);
        struct explain_reference ref[GAMES] = {
            reference(&r, m, "a", counts[random_below(&r, 5)]),
            reference(&r, m, "b", counts[random_below(&r, 3)]),
        };
        struct explain_request q = {
            .model = m,
            .estimator = estimator_find("interventional"),
            .reference = ref,
            .references = 1 + random_below(&r, 2),
            .player = grouped ? player : NULL,
            .players = players,
        };
        double *rows = rows_of(&r, m, n);
        struct pair p = prepare(&q, 0);
        char what[64];

        snprintf(what, sizeof what, "interventional model %zu", i);
        hold(&p, m, rows, n, what);
        drop(&p);
        free((double *)(uintptr_t)ref[0].rows);
        free((double *)(uintptr_t)ref[1].rows);
        free(rows);
        free(player);
        model_free(m);
    }
}

static void test_interventional_shallow(void **state)
{
    (void)state;
    interventional(900, 6, 21);
}

static void test_interventional_middle(void **state)
{
    (void)state;
    interventional(60, 8, 22);
}

static void test_interventional_deep(void **state)
{
    (void)state;
    interventional(25, 12, 23);
}

/* One model with leaves that are walked: the parts add up, and neither a cap
 * nor a division of the rows moves a bit. */
static void beyond(struct random *r, const struct model *m, size_t first)
{
    enum { N = 20, PART = 7 };
    struct explain_reference ref[GAMES] = {reference(r, m, "a", first),
                                           reference(r, m, "b", 2)};
    struct explain_request q = {
        .model = m,
        .estimator = estimator_find("interventional"),
        .reference = ref,
        .references = 2,
    };
    double *rows = rows_of(r, m, N);
    struct pair p = prepare(&q, 0), capped = prepare(&q, 1);
    double *all = fast_values(&p, m, rows, N, NULL);
    double *same = fast_values(&capped, m, rows, N, NULL);
    size_t width = width_of(p.fast, m);

    assert_int_equal(shapley_mode(p.fast), EXPLAIN_FLOAT);
    hold(&p, m, rows, N, "beyond all tables");
    assert_memory_equal(all, same, N * width * sizeof *all);
    free(same);
    for (size_t from = 0; from < N; from += PART) {
        size_t n = N - from < PART ? N - from : PART;
        same = fast_values(&p, m, rows + from * m->features, n, NULL);
        assert_memory_equal(all + from * width, same, n * width * sizeof *all);
        free(same);
    }
    free(all);
    drop(&p);
    drop(&capped);
    free(rows);
    free((double *)(uintptr_t)ref[0].rows);
    free((double *)(uintptr_t)ref[1].rows);
}

static void test_interventional_beyond(void **state)
{
    (void)state;
    struct random r = {24};
    struct random_model c = {.features = 40,
                             .outputs = 2,
                             .trees = 3,
                             .depth = 24,
                             .library = LIBRARY_LIGHTGBM,
                             .leaf_chance = 0.42,
                             .category_chance = 0.2};
    size_t deep = 0;

    for (size_t i = 0; i < 20; i++) {
        struct model *m = random_model_new(&r, &c);
        deep += m->max_depth > 18;
        beyond(&r, m, i % 3 == 0 ? 1 : 300);
        model_free(m);
    }
    assert_true(deep > 1);
}

/* 30 levels, another input at each. */
static void test_chain(void **state)
{
    (void)state;
    enum { LEVELS = 30 };
    struct random r = {25};
    struct builder *b = builder_new(1 << 20);
    struct model *m;
    struct error e = {0};
    double base = 0.5;

    builder_library(b, LIBRARY_LIGHTGBM, "made up", "0");
    for (int i = 0; i < LEVELS; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    check_ok(builder_tree(b, 0, 1.0, &e), &e);
    for (int i = 0; i < LEVELS; i++) {
        check_ok(builder_split(b, i, random_unit(&r), 2 * i + 1, 2 * i + 2,
                               i % 2 == 0, MISSING_NAN, 100, &e), &e);
        check_ok(builder_leaf(b, random_unit(&r) - 0.5, 40, &e), &e);
    }
    check_ok(builder_leaf(b, 1.0, 60, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_outputs(b, 1, &e), &e);
    check_ok(builder_base(b, &base, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    beyond(&r, m, 300);
    model_free(m);
}

/* Where tables would be made anew in each call, few rows are not worth them. */
static void test_few_rows(void **state)
{
    (void)state;
    struct random r = {26};
    struct random_model c = {.features = 20,
                             .outputs = 1,
                             .trees = 40,
                             .depth = 8,
                             .library = LIBRARY_LIGHTGBM};
    struct model *m = random_model_new(&r, &c);
    struct explain_reference ref = reference(&r, m, "a", 30);
    struct explain_request q = {.model = m,
                                .estimator = estimator_find("interventional"),
                                .reference = &ref,
                                .references = 1,
                                .mode = EXPLAIN_FLOAT,
                                .memory = 8 << 20};
    struct error e = {0};

    for (q.rows = 127; q.rows <= 128; q.rows++) {
        struct explainer *x;
        check_ok(shapley_prepare(&q, &x, &e), &e);
        assert_int_equal(shapley_mode(x),
                         q.rows < 128 ? EXPLAIN_STRICT : EXPLAIN_FLOAT);
        shapley_free(x);
    }
    free((double *)(uintptr_t)ref.rows);
    model_free(m);
}

/* Two references at once give the bits that each gives alone; so does a cap
 * that makes the tables anew in each call, and any division of the rows. */
static void test_same_bits(void **state)
{
    (void)state;
    struct random r = {31};

    for (size_t i = 0; i < 60; i++) {
        struct model *m = any_model(&r, 1 + random_below(&r, 11));
        struct explain_reference ref[GAMES] = {reference(&r, m, "a", 50),
                                               reference(&r, m, "b", 30)};
        struct explain_request q = {
            .model = m,
            .estimator = estimator_find("interventional"),
            .reference = ref,
            .references = 2,
        };
        double *rows = rows_of(&r, m, ROWS_MAX);
        struct pair both = prepare(&q, 0), capped = prepare(&q, 1);
        double *all = fast_values(&both, m, rows, ROWS_MAX, NULL);
        size_t width = width_of(both.fast, m), half = width / 2;
        double *same = fast_values(&capped, m, rows, ROWS_MAX, NULL);

        assert_memory_equal(all, same, ROWS_MAX * width * sizeof *all);
        free(same);
        for (size_t from = 0; from < ROWS_MAX; from += 9) {
            size_t n = ROWS_MAX - from < 9 ? ROWS_MAX - from : 9;
            same = fast_values(&both, m, rows + from * m->features, n, NULL);
            assert_memory_equal(all + from * width, same,
                                n * width * sizeof *all);
            free(same);
        }
        for (size_t k = 0; k < GAMES; k++) {
            q.reference = &ref[k];
            q.references = 1;
            struct pair one = prepare(&q, 0);
            same = fast_values(&one, m, rows, ROWS_MAX, NULL);
            for (size_t j = 0; j < ROWS_MAX; j++)
                assert_memory_equal(all + j * width + k * half,
                                    same + j * half, half * sizeof *all);
            free(same);
            drop(&one);
        }
        drop(&both);
        drop(&capped);
        free(all);
        free(rows);
        free((double *)(uintptr_t)ref[0].rows);
        free((double *)(uintptr_t)ref[1].rows);
        model_free(m);
    }
}

/* Every level of the machine gives the same bits. */
static void test_levels(void **state)
{
    (void)state;
    enum simd_level own = simd_level();
    struct random r = {41};

    for (size_t i = 0; i < 40; i++) {
        struct model *m = any_model(&r, 1 + random_below(&r, 10));
        struct explain_reference ref = reference(&r, m, "a", 40);
        bool inter = i % 2 == 1;
        struct explain_request q = {
            .model = m,
            .estimator =
                estimator_find(inter ? "interventional" : "path-dependent"),
            .reference = &ref,
            .references = inter,
        };
        double *rows = rows_of(&r, m, ROWS_MAX), *first = NULL;

        for (int l = SIMD_SCALAR; l <= SIMD_AVX512; l++) {
            if (!simd_force((enum simd_level)l))
                continue;
            struct pair p = prepare(&q, 0);
            double *phi = fast_values(&p, m, rows, ROWS_MAX, NULL);
            if (first == NULL)
                first = phi;
            else {
                assert_memory_equal(first, phi, ROWS_MAX *
                                    width_of(p.fast, m) * sizeof *phi);
                free(phi);
            }
            drop(&p);
        }
        assert_true(simd_force(own));
        free(first);
        free(rows);
        free((double *)(uintptr_t)ref.rows);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_shallow),
        cmocka_unit_test(test_path_deep),
        cmocka_unit_test(test_interventional_shallow),
        cmocka_unit_test(test_interventional_middle),
        cmocka_unit_test(test_interventional_deep),
        cmocka_unit_test(test_interventional_beyond),
        cmocka_unit_test(test_chain), cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
