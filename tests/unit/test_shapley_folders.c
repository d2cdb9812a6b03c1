/* Contributions of every reference model of both libraries, against those
 * written beside it: within 1e-6 of the row's largest, residual <= 1e-9. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/oracle.h"

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
                           f == m->features ? 1e-6 : 0, 1e-6 * largest,
                           o->name, __FILE__, __LINE__);
        check_close_at(residual[i], 0, 0, 1e-9, o->name, __FILE__, __LINE__);
    }
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(phi);
    free(residual);
}

static size_t folder(const char *name)
{
    struct oracle o;
    size_t compared = 0;

    oracle_load(&o, name, NULL);
    if (o.path.rows > 0) {
        compare(&o, estimator_find("path-dependent"), NULL, &o.path);
        compared++;
    }
    if (o.against.rows > 0) {
        struct explain_reference r = {"background", o.background.value,
                                      o.background.rows};
        compare(&o, estimator_find("interventional"), &r, &o.against);
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
