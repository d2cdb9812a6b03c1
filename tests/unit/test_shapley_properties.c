/* Laws that every row of the estimator table obeys by itself. */
#include "check.h"

#include "base/arena.h"
#include "model/builder.h"
#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/random_model.h"

enum { FEATURES = 12, ROWS = 4, REFERENCE = 40 };

static const struct random_model large = {
    .features = FEATURES,
    .outputs = 1,
    .trees = 8,
    .depth = 9,
    .leaf_chance = 0.1,
    .zero_cover = 0.05,
    .category_chance = 0.2,
};

static double *explain(const struct estimator *s, const struct model *m,
                       const double *rows, const double *reference, size_t k)
{
    struct error e = {0};
    struct explain_reference r = {"test", reference, k};
    struct explainer *x;
    struct explain_scratch *scratch;
    double *phi = calloc(ROWS * (m->features + 1), sizeof *phi);
    double residual[ROWS];

    check_ok(explain_one(s, m, &r, EXPLAIN_STRICT, 0,
            &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, rows, ROWS, phi, residual, &e), &e);
    for (size_t i = 0; i < ROWS; i++)
        check_close(residual[i], 0, 0, 1e-11);
    shapley_scratch_free(scratch);
    shapley_free(x);
    return phi;
}

/* The trees of `a`, in another order or fewer, as a model of their own. Its
 * arrays are those of `a`. */
static struct model view(const struct model *a, struct tree *trees, size_t n)
{
    struct model m = *a;

    m.tree = trees;
    m.trees = n;
    return m;
}

static void same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_close(a[i], b[i], 0, 1e-11);
}

static void trees_add_up(const struct estimator *s, const struct model *m,
                         const double *rows, const double *reference)
{
    struct tree t[8];
    size_t n = ROWS * (m->features + 1), width = m->features + 1;
    double *whole = explain(s, m, rows, reference, REFERENCE);
    double *sum = calloc(n, sizeof *sum);

    for (size_t i = 0; i < m->trees; i++) {
        t[0] = m->tree[i];
        struct model one = view(m, t, 1);
        double *part = explain(s, &one, rows, reference, REFERENCE);
        for (size_t k = 0; k < n; k++)
            sum[k] += part[k] -
                      (i > 0 && k % width == width - 1 ? m->base[0] : 0);
        free(part);
    }
    same(sum, whole, n);
    for (size_t i = 0; i < m->trees; i++)
        t[i] = m->tree[m->trees - 1 - i];
    struct model turned = view(m, t, m->trees);
    double *other = explain(s, &turned, rows, reference, REFERENCE);
    same(other, whole, n);
    free(other);
    free(sum);
    free(whole);
}

static void dummies_are_zero(const struct estimator *s, const struct model *m,
                             const double *rows, const double *reference)
{
    bool used[FEATURES] = {false};
    double *phi = explain(s, m, rows, reference, REFERENCE);

    for (size_t t = 0; t < m->trees; t++) {
        for (uint32_t i = 0; i < m->tree[t].node_count; i++) {
            if (m->tree[t].node[i].feature >= 0)
                used[m->tree[t].node[i].feature] = true;
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t f = 0; f < m->features; f++)
            assert_true(used[f] || phi[i * (m->features + 1) + f] == 0.0);
    }
    free(phi);
}

/* Listing coalitions ends at 14 inputs. */
static bool too_many(const struct estimator *s, size_t inputs)
{
    return s == estimator_find("interventional-probability") && inputs > 14;
}

/* A reference row twice is the same mean; equal to the row: nothing moves. */
static void reference_laws(const struct estimator *s, const struct model *m,
                           const double *rows, const double *reference)
{
    size_t width = m->features, n = ROWS * (width + 1);
    double *twice = calloc(2 * REFERENCE * width, sizeof *twice);

    if (!s->needs_reference) {
        free(twice);
        return;
    }
    memcpy(twice, reference, REFERENCE * width * sizeof *twice);
    memcpy(twice + REFERENCE * width, reference,
           REFERENCE * width * sizeof *twice);
    double *one = explain(s, m, rows, reference, REFERENCE);
    double *two = explain(s, m, rows, twice, 2 * REFERENCE);
    double *self = explain(s, m, rows, rows, 1);
    same(one, two, n);
    for (size_t f = 0; f < width; f++)
        assert_true(self[f] == 0.0);
    free(one);
    free(two);
    free(self);
    free(twice);
}

/* Two halves of a reference, by their size, are the whole. */
static void halves_merge(const struct estimator *s, const struct model *m,
                         const double *rows, const double *reference)
{
    size_t width = m->features + 1, n = ROWS * width;
    size_t first = REFERENCE / 4, rest = REFERENCE - first;

    if (!s->needs_reference)
        return;
    double *whole = explain(s, m, rows, reference, REFERENCE);
    double *a = explain(s, m, rows, reference, first);
    double *b = explain(s, m, rows, reference + first * m->features, rest);
    for (size_t k = 0; k < n; k++)
        check_close((double)first * a[k] + (double)rest * b[k],
                    REFERENCE * whole[k], 0, 1e-10);
    free(whole);
    free(a);
    free(b);
}

/* Inputs in another order: the same values in that order. */
static void inputs_turn(const struct estimator *s, struct model *m,
                        const double *rows, const double *reference)
{
    size_t n = m->features, width = n + 1;
    double turned_rows[ROWS * FEATURES], turned[REFERENCE * FEATURES];
    struct model_feature feature[FEATURES];
    struct tree tree[8];
    struct model other = view(m, tree, m->trees);

    for (size_t f = 0; f < n; f++) {
        for (size_t i = 0; i < ROWS; i++)
            turned_rows[i * n + n - 1 - f] = rows[i * n + f];
        for (size_t i = 0; i < REFERENCE; i++)
            turned[i * n + n - 1 - f] = reference[i * n + f];
        feature[n - 1 - f] = m->feature[f];
    }
    other.feature = feature;
    for (size_t t = 0; t < m->trees; t++) {
        struct node *node = calloc(m->tree[t].node_count, sizeof *node);
        memcpy(node, m->tree[t].node, m->tree[t].node_count * sizeof *node);
        for (uint32_t i = 0; i < m->tree[t].node_count; i++) {
            if (node[i].feature >= 0)
                node[i].feature = (int32_t)n - 1 - node[i].feature;
        }
        tree[t] = m->tree[t];
        tree[t].node = node;
    }
    double *a = explain(s, m, rows, reference, REFERENCE);
    double *b = explain(s, &other, turned_rows, turned, REFERENCE);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t f = 0; f < n; f++)
            check_close(b[i * width + n - 1 - f], a[i * width + f], 0, 1e-11);
    }
    for (size_t t = 0; t < m->trees; t++)
        free((void *)(uintptr_t)tree[t].node);
    free(a);
    free(b);
}

static void each_estimator(void **state)
{
    struct random r = {7};

    (void)state;
    for (int i = 0; i < 40; i++) {
        struct random_model c = large;
        double rows[ROWS * FEATURES], reference[REFERENCE * FEATURES];
        c.library = i % 2 ? LIBRARY_XGBOOST : LIBRARY_LIGHTGBM;
        c.depth = 1 + random_below(&r, 9);
        struct model *m = random_model_new(&r, &c);
        for (size_t k = 0; k < ROWS; k++)
            random_row(&r, m, 0.1, rows + k * FEATURES);
        for (size_t k = 0; k < REFERENCE; k++)
            random_row(&r, m, 0.1, reference + k * FEATURES);
        for (size_t k = 0; k < estimator_count(); k++) {
            /* Listing the coalitions of 12 inputs takes its time. */
            if (too_many(estimator_at(k), 2 + FEATURES + (i % 10 > 0)))
                continue;
            trees_add_up(estimator_at(k), m, rows, reference);
            dummies_are_zero(estimator_at(k), m, rows, reference);
            reference_laws(estimator_at(k), m, rows, reference);
            halves_merge(estimator_at(k), m, rows, reference);
            inputs_turn(estimator_at(k), m, rows, reference);
        }
        model_free(m);
    }
}

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
        double *phi = explain(estimator_at(k), m, rows, reference, 4);
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
            if (too_many(estimator_at(k), n))
                continue;
            double *phi = explain(estimator_at(k), m, rows, reference, 2);
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
            if (too_many(s, n))
                continue;
            double *phi = explain(s, m, rows, reference, 2);
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
        cmocka_unit_test(each_estimator), cmocka_unit_test(symmetry),
        cmocka_unit_test(refusals), cmocka_unit_test(long_paths),
        cmocka_unit_test(few_and_many_inputs), cmocka_unit_test(no_memory),
    };

    return cmocka_run_group_tests_name("shapley properties", tests, NULL,
                                       NULL);
}
