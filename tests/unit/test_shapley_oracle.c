/* Every tree of the shared oracle file, both estimators, to 1e-12. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/oracle_tree.h"

static void compare(const struct estimator *s, const struct model *m,
                    const double *rows, size_t n,
                    const struct explain_reference *r, const cJSON *expected)
{
    struct error e = {0};
    struct explainer *x;
    struct explain_scratch *scratch;
    size_t width = m->features + 1, count;
    double *want = oracle_matrix(expected, width, &count);
    double *phi = calloc(n * width, sizeof *phi);

    assert_int_equal(count, n);
    check_ok(explain_one(s, m, r, EXPLAIN_STRICT, 0,
            &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, rows, n, phi, NULL, &e), &e);
    for (size_t i = 0; i < n * width; i++)
        check_close(phi[i], want[i], 0, 1e-12 * (1 + fabs(want[i])));
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(want);
    free(phi);
}

static void one_case(const cJSON *c)
{
    const cJSON *rows = cJSON_GetObjectItem(c, "rows");
    size_t features = (size_t)cJSON_GetArraySize(cJSON_GetArrayItem(rows, 0));
    struct model *m = oracle_tree(cJSON_GetObjectItem(c, "tree"), features);
    size_t n, k;
    double *x = oracle_matrix(rows, features, &n);
    double *z = oracle_matrix(cJSON_GetObjectItem(c, "background"), features, &k);
    struct explain_reference r = {"background", z, k};

    compare(estimator_find("path-dependent"), m, x, n, NULL,
            cJSON_GetObjectItem(c, "path"));
    compare(estimator_find("interventional"), m, x, n, &r,
            cJSON_GetObjectItem(c, "background_values"));
    model_free(m);
    free(x);
    free(z);
}

static void all_trees(void **state)
{
    cJSON *cases = oracle_trees();

    (void)state;
    if (cases == NULL)
        skip();
    const cJSON *c;
    cJSON_ArrayForEach(c, cases)
    {
        one_case(c);
    }
    cJSON_Delete(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_trees)};

    return cmocka_run_group_tests_name("shapley oracle trees", tests, NULL,
                                       NULL);
}
