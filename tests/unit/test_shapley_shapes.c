/* Models of a shape whose values are known, requests that must fail, and every
 * row of the estimator table without memory. */
#include "check.h"

#include "base/arena.h"
#include "model/builder.h"
#include "shapley/estimators.h"
#include "support/explain.h"

enum { ROWS = 4 };

/* x0 and x1 play the same part: f = 1 when both are above, or both below. */
static struct model *symmetric_model(void)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 22);
    struct model *m = NULL;
    double zero = 0;

    builder_library(b, LIBRARY_XGBOOST, "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    check_ok(builder_feature(b, "a", FEATURE_NUMBER, &e), &e);
    check_ok(builder_feature(b, "b", FEATURE_NUMBER, &e), &e);
    for (long t = 0; t < 2; t++) {
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, t, 0.5, 1, 2, true, MISSING_NAN, 10, &e), &e);
        check_ok(builder_leaf(b, 0.25, 7, &e), &e);
        check_ok(builder_split(b, 1 - t, 0.5, 3, 4, true, MISSING_NAN, 3, &e),
                 &e);
        check_ok(builder_leaf(b, 0.5, 1, &e), &e);
        check_ok(builder_leaf(b, 4, 2, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    check_ok(builder_base(b, &zero, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void symmetry(void **state)
{
    struct model *m = symmetric_model();
    double rows[ROWS * 2] = {1, 1, 0, 0, 1, 1, 0, 0};
    double reference[8] = {0, 1, 1, 0, 0, 0, 1, 1};

    (void)state;
    for (size_t k = 0; k < estimator_count(); k++) {
        double *phi = explain_rows(estimator_at(k), m, rows, ROWS, reference, 4);
        for (size_t i = 0; i < ROWS; i++) {
            check_close(phi[i * 3], phi[i * 3 + 1], 0, 1e-14);
            assert_true(phi[i * 3] != 0);
        }
        free(phi);
    }
    model_free(m);
}

static void refusals(void **state)
{
    struct error e = {0};
    struct model *m = symmetric_model(), linear = *m;
    struct explainer *x = NULL;
    struct explain_reference none = {"test", NULL, 0};

    (void)state;
    linear.has_linear_leaves = true;
    check_fails(explain_one(estimator_find("path-dependent"), &linear, &none,
                            EXPLAIN_STRICT, 0, &x, &e),
                &e, ST_UNSUPPORTED, "linear leaves");
    check_fails(explain_one(estimator_find("interventional"), m, &none, EXPLAIN_STRICT, 0,
            &x, &e),
                &e, ST_ARGUMENT, "is empty");
    assert_null(x);
    assert_null(estimator_find("sampled"));
    model_free(m);
}

/* All of `depth` features above 0.5 give 1, else 0: each has the same part. */
static struct model *chain_model(long depth)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 26);
    struct model *m = NULL;
    double zero = 0, cover = 1;

    builder_library(b, LIBRARY_XGBOOST, "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    for (long f = 0; f < depth; f++) {
        char name[24];
        snprintf(name, sizeof name, "f%ld", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    check_ok(builder_tree(b, 0, 1, &e), &e);
    for (long f = 0; f < depth; f++) {
        check_ok(builder_split(b, f, 0.5, 2 * f + 1, 2 * f + 2, true,
                               MISSING_NAN, cover, &e),
                 &e);
        check_ok(builder_leaf(b, 0, cover / 2, &e), &e);
        cover /= 2;
    }
    check_ok(builder_leaf(b, 1, cover, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_base(b, &zero, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void long_paths(void **state)
{
    static const long depths[] = {8, 9, 63, 65, 200, 512};

    (void)state;
    for (size_t d = 0; d < sizeof depths / sizeof depths[0]; d++) {
        struct model *m = chain_model(depths[d]);
        size_t n = m->features;
        double *rows = calloc(ROWS * n, sizeof *rows);
        double *reference = calloc(2 * n, sizeof *reference);
        for (size_t i = 0; i < ROWS * n; i++)
            rows[i] = 1;
        for (size_t k = 0; k < estimator_count(); k++) {
            if (explain_too_many(estimator_at(k), n))
                continue;
            double *phi = explain_rows(estimator_at(k), m, rows, ROWS, reference, 2);
            double most = estimator_at(k)->needs_reference
                              ? 1
                              : 1 - ldexp(1, -(int)depths[d]);
            for (size_t f = 0; f < n; f++)
                check_close(phi[f], most / (double)n, 0, 1e-13);
            free(phi);
        }
        free(rows);
        free(reference);
        model_free(m);
    }
}

/* One stump an input: each input's value is known by itself. */
static struct model *stumps_model(long inputs)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 26);
    struct model *m = NULL;
    double zero = 0;

    builder_library(b, LIBRARY_LIGHTGBM, "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    for (long f = 0; f < inputs; f++) {
        char name[24];
        snprintf(name, sizeof name, "f%ld", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, f, 0.5, 1, 2, true, MISSING_NAN, 4, &e), &e);
        check_ok(builder_leaf(b, 0, 3, &e), &e);
        check_ok(builder_leaf(b, (double)(f + 1) / 64, 1, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    check_ok(builder_base(b, &zero, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void few_and_many_inputs(void **state)
{
    static const long counts[] = {1, 2, 64, 65, 500, 2000};

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        size_t n = (size_t)counts[c];
        struct model *m = stumps_model(counts[c]);
        double *rows = calloc(ROWS * n, sizeof *rows);
        double *reference = calloc(2 * n, sizeof *reference);
        for (size_t i = 0; i < ROWS * n; i++)
            rows[i] = (double)(i % 3 == 0);
        for (size_t f = 0; f < n; f++)
            reference[f] = 1;
        for (size_t k = 0; k < estimator_count(); k++) {
            const struct estimator *s = estimator_at(k);
            double mean = s->needs_reference ? 0.5 : 0.25;
            if (explain_too_many(s, n))
                continue;
            double *phi = explain_rows(s, m, rows, ROWS, reference, 2);
            for (size_t i = 0; i < ROWS * n; i++) {
                double leaf = (double)(i % n + 1) / 64;
                check_close(phi[i / n * (n + 1) + i % n],
                            ((i % 3 == 0) - mean) * leaf,
                            s->exact ? 0 : 1e-8, 1e-12);
            }
            free(phi);
        }
        free(rows);
        free(reference);
        model_free(m);
    }
}

/* Every allocation in turn fails: an error, and nothing is lost or half made. */
static void no_memory(void **state)
{
    struct model *m = symmetric_model();
    double reference[8] = {0, 1, 1, 0, 0, 0, 1, 1};
    struct explain_reference r = {"test", reference, 4};

    (void)state;
    for (size_t k = 0; k < estimator_count(); k++) {
        bool failed = true;
        size_t n;
        for (n = 1; failed; n++) {
            struct error e = {0};
            struct explainer *x = NULL;
            struct explain_scratch *s = NULL;
            (void)mem_fail_at(n);
            status made = explain_one(estimator_at(k), m, &r, EXPLAIN_STRICT, 0,
            &x, &e);
            if (made == ST_OK)
                made = shapley_scratch_new(x, &s, &e);
            failed = made != ST_OK;
            (void)mem_fail_at(0);
            assert_int_equal(made, failed ? ST_MEMORY : ST_OK);
            shapley_scratch_free(s);
            shapley_free(x);
        }
        assert_true(n > 4);
    }
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetry), cmocka_unit_test(refusals),
        cmocka_unit_test(long_paths), cmocka_unit_test(few_and_many_inputs),
        cmocka_unit_test(no_memory)};

    return cmocka_run_group_tests_name("shapley shapes", tests, NULL, NULL);
}
