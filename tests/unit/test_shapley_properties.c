/* Laws that every row of the estimator table obeys by itself. */
#include "check.h"

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
    double *whole = explain_rows(s, m, rows, ROWS, reference, REFERENCE);
    double *sum = calloc(n, sizeof *sum);

    for (size_t i = 0; i < m->trees; i++) {
        t[0] = m->tree[i];
        struct model one = view(m, t, 1);
        double *part = explain_rows(s, &one, rows, ROWS, reference, REFERENCE);
        for (size_t k = 0; k < n; k++)
            sum[k] += part[k] -
                      (i > 0 && k % width == width - 1 ? m->base[0] : 0);
        free(part);
    }
    same(sum, whole, n);
    for (size_t i = 0; i < m->trees; i++)
        t[i] = m->tree[m->trees - 1 - i];
    struct model turned = view(m, t, m->trees);
    double *other = explain_rows(s, &turned, rows, ROWS, reference, REFERENCE);
    same(other, whole, n);
    free(other);
    free(sum);
    free(whole);
}

static void dummies_are_zero(const struct estimator *s, const struct model *m,
                             const double *rows, const double *reference)
{
    bool used[FEATURES] = {false};
    double *phi = explain_rows(s, m, rows, ROWS, reference, REFERENCE);

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
    double *one = explain_rows(s, m, rows, ROWS, reference, REFERENCE);
    double *two = explain_rows(s, m, rows, ROWS, twice, 2 * REFERENCE);
    double *self = explain_rows(s, m, rows, ROWS, rows, 1);
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
    double *whole = explain_rows(s, m, rows, ROWS, reference, REFERENCE);
    double *a = explain_rows(s, m, rows, ROWS, reference, first);
    double *b = explain_rows(s, m, rows, ROWS, reference + first * m->features, rest);
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
    double *a = explain_rows(s, m, rows, ROWS, reference, REFERENCE);
    double *b = explain_rows(s, &other, turned_rows, ROWS, turned, REFERENCE);
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
            if (explain_too_many(estimator_at(k), 2 + FEATURES + (i % 10 > 0)))
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_estimator)};

    return cmocka_run_group_tests_name("shapley properties", tests, NULL,
                                       NULL);
}
