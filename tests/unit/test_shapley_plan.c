/* The plan agrees with what is then prepared. */
#include "check.h"

#include "shapley/plan.h"
#include "support/random_model.h"

static struct model *model_of(struct random *r, size_t depth)
{
    struct random_model c = {
        .features = 8,
        .outputs = 1,
        .trees = 20,
        .depth = depth,
        .library = LIBRARY_XGBOOST,
        .leaf_chance = 0.1,
    };
    return random_model_new(r, &c);
}

static size_t all_leaves(const struct explain_plan *p)
{
    size_t sum = 0;

    for (int k = 0; k < PLAN_KERNELS; k++)
        sum += p->leaves[k];
    return sum;
}

/* Each leaf has one kernel; the estimator and depth say which. */
static void test_kernels(void **state)
{
    (void)state;
    struct random r = {3};
    struct error e = {0};
    static const size_t depths[] = {1, 4, 6, 9, 12};
    double row[8];

    for (size_t i = 0; i < 5; i++) {
        struct model *m = model_of(&r, depths[i]);
        struct explain_plan p;
        random_row(&r, m, 0.1, row);
        struct explain_reference ref = {"one", row, 1};
        struct explain_request q = {
            .model = m,
            .estimator = estimator_find("path-dependent"),
            .mode = EXPLAIN_FLOAT,
        };
        check_ok(shapley_plan(&q, &p, &e), &e);
        assert_int_equal(all_leaves(&p), m->leaves);
        assert_int_equal(p.leaves[PLAN_LISTS], 0);
        assert_true(depths[i] > 1 || p.leaves[PLAN_ADDITIVE] == m->leaves);
        q.estimator = estimator_find("interventional");
        q.reference = &ref;
        q.references = 1;
        check_ok(shapley_plan(&q, &p, &e), &e);
        assert_int_equal(all_leaves(&p), m->leaves);
        assert_int_equal(p.leaves[PLAN_QUADRATURE], 0);
        assert_true(depths[i] < 9 || p.leaves[PLAN_TABLES] > 0);
        assert_true(p.row_seconds > 0 && p.prepare_seconds >= 0);
        model_free(m);
    }
}

/* A small cap means passes and larger blocks; the block is the explainer's. */
static void test_memory(void **state)
{
    (void)state;
    struct random r = {5};
    struct error e = {0};
    struct model *m = model_of(&r, 6);
    double row[8];

    random_row(&r, m, 0.1, row);
    struct explain_reference ref = {"one", row, 1};
    struct explain_request q = {
        .model = m,
        .estimator = estimator_find("interventional"),
        .reference = &ref,
        .references = 1,
        .mode = EXPLAIN_FLOAT,
    };
    for (int capped = 0; capped < 2; capped++) {
        struct explain_plan p;
        struct explainer *x = NULL;

        q.memory = capped ? 1 : 0;
        check_ok(shapley_plan(&q, &p, &e), &e);
        check_ok(shapley_prepare(&q, &x, &e), &e);
        assert_int_equal(p.block, shapley_block(x));
        assert_true(p.table_bytes > 0);
        assert_int_equal(p.resident_bytes, capped ? 0 : p.table_bytes);
        shapley_free(x);
    }
    model_free(m);
}

/* Inputs that no split reads; requests that cannot be. */
static void test_edges(void **state)
{
    (void)state;
    struct random r = {7};
    struct error e = {0};
    struct random_model c = {.features = 60, .outputs = 1, .trees = 1,
                             .depth = 2, .library = LIBRARY_XGBOOST};
    struct model *m = random_model_new(&r, &c);
    struct explain_request q = {.model = m,
                                .estimator = estimator_find("path-dependent"),
                                .mode = EXPLAIN_FLOAT};
    struct explain_plan p;
    size_t used = 0;

    for (size_t f = 0; f < m->features; f++)
        used += m->feature[f].used;
    check_ok(shapley_plan(&q, &p, &e), &e);
    assert_int_equal(p.unused_players, m->features - used);
    assert_true(strlen(p.simd) > 0);
    for (int k = 0; k < PLAN_KERNELS; k++)
        assert_true(strlen(plan_kernel_word((enum plan_kernel)k)) > 0);
    q.estimator = estimator_find("interventional");
    check_fails(shapley_plan(&q, &p, &e), &e, ST_ARGUMENT, "reference");
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
