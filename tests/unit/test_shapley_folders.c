/* Contributions of every reference model of both libraries, against those
 * written beside it: within 1e-10 of the row's largest (DART 1e-7), residual
 * <= 1e-9; and FLOAT against STRICT: within its stated bound, and within a share of the
 * row's largest. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/oracle.h"

/* FLOAT's error over the row's largest contribution: 1e-5 is demanded, 2e-6
 * aimed at and held by every model that is not listed. */
static const struct share {
    const char *model;
    double most;
} shares[] = {
    {"xgb_taiwan_127_leaves", 1e-5}, {"lgb_taiwan_127", 1e-5},
    {"lgb_taiwan_31", 1e-5}, {"xgb_taiwan_deep", 1e-5},
};

static double most_share(const char *model)
{
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        if (strcmp(model, shares[i].model) == 0)
            return shares[i].most;
    }
    return 2e-6;
}

static bool is_weighted(const struct model *m)
{
    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].weight != 1)
            return true;
    }
    return false;
}

static void compare(const struct oracle *o, const struct estimator *s,
                    const struct explain_reference *r,
                    const struct grid *expected)
{
    struct error e = {0};
    struct explainer *x;
    struct explain_scratch *scratch;
    const struct model *m = o->model;
    size_t width = m->features + 1, n = expected->rows;
    double *phi = calloc(n * m->outputs * width, sizeof *phi);
    double *residual = calloc(n * m->outputs, sizeof *residual);

    /* XGBoost turns its base score to a margin, and keeps the weights of DART,
     * in float, and so does candor; the references have both in double. */
    double base = m->library == LIBRARY_XGBOOST ? 1e-6 : 1e-10;
    double near = is_weighted(m) ? 1e-7 : 1e-10;

    assert_int_equal(expected->columns, m->outputs * width);
    check_ok(explain_one(s, m, r, EXPLAIN_STRICT, 0,
            &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, o->rows.value, n, phi, residual, &e), &e);
    for (size_t i = 0; i < n * m->outputs; i++) {
        const double *want = expected->value + i * width;
        double largest = 0;
        for (size_t f = 0; f < m->features; f++)
            largest = fmax(largest, fabs(want[f]));
        for (size_t f = 0; f < width; f++)
            check_close_at(phi[i * width + f], want[f],
                           f == m->features ? base : 0, near * largest,
                           o->name, __FILE__, __LINE__);
        check_close_at(residual[i], 0, 0, 1e-9, o->name, __FILE__, __LINE__);
    }
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(phi);
    free(residual);
}

static void hold_row(const struct explainer *x, const char *name,
                     const double *fast, const double *strict, size_t players)
{
    double largest = 0, bound;

    for (size_t f = 0; f < players; f++)
        largest = fmax(largest, fabs(strict[f]));
    bound = shapley_bound(x, 0, largest) + 1e-13;
    for (size_t f = 0; f <= players; f++)
        check_close_at(fast[f], strict[f], 0, bound, name, __FILE__, __LINE__);
    for (size_t f = 0; f < players; f++)
        check_close_at(fast[f], strict[f], 0, most_share(name) * largest,
                       name, __FILE__, __LINE__);
}

static void hold_float(const struct oracle *o, const struct estimator *s,
                       const struct explain_reference *r)
{
    struct error e = {0};
    struct explainer *x;
    struct explain_scratch *scratch;
    const struct model *m = o->model;
    size_t width = m->features + 1, n = o->rows.rows;
    double *fast = calloc(n * m->outputs * width, sizeof *fast);
    double *strict = calloc(m->outputs * width, sizeof *strict);

    check_ok(explain_one(s, m, r, EXPLAIN_FLOAT, 0, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, o->rows.value, n, fast, NULL, &e), &e);
    for (size_t i = 0; i < n; i++) {
        check_ok(shapley_explain_strict(x, scratch,
                                        o->rows.value + i * m->features,
                                        strict, NULL, &e),
                 &e);
        for (size_t k = 0; k < m->outputs; k++)
            hold_row(x, o->name, fast + (i * m->outputs + k) * width,
                     strict + k * width, m->features);
    }
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(fast);
    free(strict);
}

static size_t folder(const char *name)
{
    struct oracle o;
    size_t compared = 0;

    oracle_load(&o, name, NULL);
    if (o.path.rows > 0) {
        compare(&o, estimator_find("path-dependent"), NULL, &o.path);
        hold_float(&o, estimator_find("path-dependent"), NULL);
        compared++;
    }
    if (o.against.rows > 0) {
        struct explain_reference r = {"background", o.background.value,
                                      o.background.rows};
        compare(&o, estimator_find("interventional"), &r, &o.against);
        hold_float(&o, estimator_find("interventional"), &r);
        compared++;
    }
    if (o.model->has_linear_leaves)
        assert_int_equal(compared, 0);
    oracle_free(&o);
    return compared;
}

static void library(const char *prefix, size_t least)
{
    char **names = NULL;
    size_t count = oracle_names(prefix, &names), compared = 0;

    if (count == 0)
        skip();
    for (size_t i = 0; i < count; i++)
        compared += folder(names[i]);
    oracle_names_free(names, count);
    assert_true(compared >= least);
}

static void xgboost(void **state)
{
    (void)state;
    library("xgb_", 34);
}

static void lightgbm(void **state)
{
    (void)state;
    library("lgb_", 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(xgboost),
                                       cmocka_unit_test(lightgbm)};

    return cmocka_run_group_tests_name("shapley reference models", tests, NULL,
                                       NULL);
}
