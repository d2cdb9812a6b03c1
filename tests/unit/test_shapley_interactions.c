/* Interactions: the shared reference matrices, the dense form, the largest
 * pairs, and requests that must be refused. test_shapley_enumerate.c lists all
 * coalitions for them too. */
#include "check.h"

#include <cjson/cJSON.h>

#include "shapley/interact.h"
#include "support/explain.h"
#include "support/oracle_tree.h"
#include "support/random_model.h"

static struct explainer *open(const struct estimator *s, const struct model *m,
                              const struct explain_reference *r)
{
    struct error e = {0};
    struct explainer *x;
    struct explain_request q = {.model = m,
                                .estimator = s,
                                .reference = r,
                                .references = s->needs_reference,
                                .interactions = true};

    check_ok(shapley_prepare(&q, &x, &e), &e);
    return x;
}

/* expected[rows][features][features] */
static void compare(const struct explainer *x, const double *rows, size_t n,
                    size_t features, const cJSON *expected)
{
    struct error e = {0};
    struct explain_scratch *s;
    const struct explain_pair *pair;
    size_t pairs = shapley_pairs(x, &pair);
    double *value = calloc(n * pairs + 1, sizeof *value);

    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_ok(shapley_interactions(x, s, rows, n, value, &e), &e);
    for (size_t i = 0; i < n; i++) {
        size_t count;
        double *want = oracle_matrix(cJSON_GetArrayItem(expected, (int)i),
                                     features, &count);
        assert_int_equal(count, features);
        for (size_t k = 0; k < pairs; k++) {
            double *w = want + pair[k].i * features + pair[k].j;
            check_close(value[i * pairs + k], *w, 0, 1e-12 * (1 + fabs(*w)));
            *w = 0;
            want[pair[k].j * features + pair[k].i] = 0;
        }
        for (size_t k = 0; k < features * features; k++)
            check_close(want[k], 0, 0, 1e-12);
        free(want);
    }
    free(value);
    shapley_scratch_free(s);
}

static void one_tree(const cJSON *c)
{
    const cJSON *rows = cJSON_GetObjectItem(c, "rows");
    size_t features = (size_t)cJSON_GetArraySize(cJSON_GetArrayItem(rows, 0));
    struct model *m =
        oracle_tree(cJSON_GetObjectItem(c, "tree"), features);
    size_t n, k;
    double *row = oracle_matrix(rows, features, &n);
    double *z =
        oracle_matrix(cJSON_GetObjectItem(c, "background"), features, &k);
    struct explain_reference r = {"background", z, k};
    struct explainer *path = open(estimator_find("path-dependent"), m, NULL);
    struct explainer *against = open(estimator_find("interventional"), m, &r);

    compare(path, row, n, features, cJSON_GetObjectItem(c, "path_interactions"));
    compare(against, row, n, features,
            cJSON_GetObjectItem(c, "background_interactions"));
    shapley_free(path);
    shapley_free(against);
    model_free(m);
    free(row);
    free(z);
}

static void reference_trees(void **state)
{
    cJSON *cases = oracle_trees();
    const cJSON *c;

    (void)state;
    if (cases == NULL)
        skip();
    cJSON_ArrayForEach(c, cases)
    {
        one_tree(c);
    }
    cJSON_Delete(cases);
}

/* Symmetric, rows add up to the contributions, the base in the corner. */
static void dense(void **state)
{
    enum { F = 9, N = 5, SIDE = F + 1, K = 2 };
    struct random r = {3};
    struct random_model c = {.features = F, .outputs = K, .trees = 6,
                             .depth = 5, .library = LIBRARY_XGBOOST};
    struct model *m = random_model_new(&r, &c);
    struct explainer *x = open(estimator_find("path-dependent"), m, NULL);
    struct explain_scratch *s;
    struct error e = {0};
    double rows[N * F], phi[N * K * SIDE];
    float *matrix = calloc((size_t)N * K * SIDE * SIDE, sizeof *matrix);

    (void)state;
    for (size_t i = 0; i < N; i++)
        random_row(&r, m, 0.2, rows + i * F);
    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_ok(shapley_explain(x, s, rows, N, phi, NULL, &e), &e);
    check_ok(shapley_interactions_dense(x, s, rows, N, matrix, &e), &e);
    for (size_t b = 0; b < N * K; b++) {
        const float *q = matrix + b * SIDE * SIDE;
        for (size_t i = 0; i < SIDE; i++) {
            double sum = 0;
            for (size_t j = 0; j < SIDE; j++) {
                sum += (double)q[i * SIDE + j];
                assert_true(q[i * SIDE + j] == q[j * SIDE + i]);
            }
            check_close(sum, phi[b * SIDE + i], 0, 1e-5);
        }
    }
    free(matrix);
    shapley_scratch_free(s);
    shapley_free(x);
    model_free(m);
}

/* FLOAT against STRICT: values within 1e-5 of the row's largest; the same bits
 * for any number of rows at once; dense the same as pairs. */
static void compare_float(const struct model *m, const struct estimator *s,
                          const struct explain_reference *r, size_t games,
                          const double *rows, size_t n, size_t memory)
{
    struct error e = {0};
    struct explainer *x[2];
    struct explain_scratch *scratch[2];
    const struct explain_pair *pair;
    double *value[2];
    size_t width = 0, side = m->features + 1;

    for (int k = 0; k < 2; k++) {
        struct explain_request q = {
            .model = m,
            .estimator = s,
            .reference = r,
            .references = s->needs_reference ? games : 0,
            .mode = k == 0 ? EXPLAIN_STRICT : EXPLAIN_FLOAT,
            .memory = memory,
            .interactions = true};
        check_ok(shapley_prepare(&q, &x[k], &e), &e);
        check_ok(shapley_scratch_new(x[k], &scratch[k], &e), &e);
        width = shapley_games(x[k]) * m->outputs * shapley_pairs(x[k], &pair);
        value[k] = calloc(n * width + 1, sizeof *value[k]);
        check_ok(shapley_interactions(x[k], scratch[k], rows, n, value[k], &e),
                 &e);
    }
    double *one = calloc(width + 1, sizeof *one);
    size_t pairs = shapley_pairs(x[1], &pair), blocks = width / (pairs + !pairs);
    float *matrix = calloc(n * blocks * side * side + 1, sizeof *matrix);
    check_ok(shapley_interactions_dense(x[1], scratch[1], rows, n, matrix, &e),
             &e);
    for (size_t i = 0; i < n; i++) {
        double top = 0;
        for (size_t k = 0; k < width; k++)
            top = fmax(top, fabs(value[0][i * width + k]));
        check_ok(shapley_interactions(x[1], scratch[1], rows + i * m->features,
                                      1, one, &e),
                 &e);
        for (size_t k = 0; k < width; k++) {
            double got = value[1][i * width + k];
            const float *q =
                matrix + (i * blocks + k / pairs) * side * side;
            const struct explain_pair *p = &pair[k % pairs];
            check_close(got, value[0][i * width + k], 0, 1e-5 * top + 1e-12);
            assert_true(one[k] == got);
            assert_true(q[p->i * side + p->j] == (float)got);
            assert_true(q[p->j * side + p->i] == (float)got);
        }
    }
    for (int k = 0; k < 2; k++) {
        free(value[k]);
        shapley_scratch_free(scratch[k]);
        shapley_free(x[k]);
    }
    free(one);
    free(matrix);
}

static void float_mode(void **state)
{
    enum { F = 9, N = 70, Z = 90 };
    struct random r = {21};

    (void)state;
    for (int i = 0; i < 24; i++) {
        struct random_model c = {.features = 2 + random_below(&r, F - 1),
                                 .outputs = 1 + random_below(&r, 2),
                                 .depth = 1 + random_below(&r, 9),
                                 .library = i % 2 ? LIBRARY_XGBOOST
                                                  : LIBRARY_LIGHTGBM,
                                 .leaf_chance = 0.1,
                                 .category_chance = 0.2,
                                 .missing_other = 0.3,
                                 .zero_cover = i % 3 ? 0 : 0.2,
                                 .weights = true,
                                 .linear_chance = i % 10 == 8 ? 0.3 : 0};
        c.trees = 6 * c.outputs;
        struct model *m = random_model_new(&r, &c);
        double *rows = calloc((N + Z) * F, sizeof *rows);
        for (size_t k = 0; k < N + Z; k++)
            random_row(&r, m, 0.1, rows + k * m->features);
        const double *z = rows + N * m->features;
        struct explain_reference ref[2] = {
            {"first", z, 60}, {"second", z + 60 * m->features, 30}};
        /* Little memory: only some trees become tables. */
        size_t memory = i % 4 == 3 ? (size_t)12 << 20 : 0;
        if (!m->has_linear_leaves)
            compare_float(m, estimator_find("path-dependent"), NULL, 1, rows,
                          N, memory);
        compare_float(m, estimator_find("interventional"), ref, 2, rows, N,
                      memory);
        free(rows);
        model_free(m);
    }
}

static void largest(void **state)
{
    static const struct explain_pair pair[] = {{0, 0}, {0, 1}, {0, 2}, {1, 1},
                                               {1, 2}, {2, 2}, {2, 3}};
    static const double value[] = {9, -2, 2, 0.5, 3, 0, 0};
    size_t place[8];

    (void)state;
    assert_int_equal(pairs_largest(pair, value, 7, false, 2, place), 2);
    assert_int_equal(place[0], 4);
    assert_int_equal(place[1], 1); /* equal in size: the first pair */
    assert_int_equal(pairs_largest(pair, value, 7, true, 8, place), 5);
    assert_int_equal(place[0], 0);
    assert_int_equal(place[2], 1);
    assert_int_equal(place[3], 2);
    assert_int_equal(place[4], 3);
    assert_int_equal(pairs_largest(pair, value, 7, true, 0, place), 0);
}

static void refusals(void **state)
{
    struct random r = {5};
    struct random_model c = {.features = 60, .outputs = 1, .trees = 2,
                             .depth = 4, .library = LIBRARY_XGBOOST};
    struct model *m = random_model_new(&r, &c);
    struct model wide = *m;
    struct model_feature *feature = calloc(5000, sizeof *feature);
    double *row = calloc(5000, sizeof *row);
    struct explain_scratch *s;
    struct error e = {0};
    float corner = 0;

    (void)state;
    memcpy(feature, m->feature, 60 * sizeof *feature);
    wide.features = 5000;
    wide.feature = feature;
    struct explainer *x = open(estimator_find("path-dependent"), &wide, NULL);
    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_fails(shapley_interactions_dense(x, s, row, 1, &corner, &e), &e,
                ST_LIMIT, "largest pairs");
    shapley_scratch_free(s);
    shapley_free(x);
    struct explain_reference ref = {"test", row, 1};
    struct explain_request q = {
        .model = m,
        .estimator = estimator_find("interventional-probability-rescaled"),
        .reference = &ref,
        .references = 1,
        .interactions = true};
    check_fails(shapley_prepare(&q, &x, &e), &e, ST_UNSUPPORTED,
                "no interactions");
    free(row);
    free(feature);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_trees), cmocka_unit_test(dense),
        cmocka_unit_test(float_mode), cmocka_unit_test(largest), cmocka_unit_test(refusals)};

    return cmocka_run_group_tests_name("shapley interactions", tests, NULL,
                                       NULL);
}
