/* Every tree of the shared oracle file, both estimators, to 1e-12. */
#include "check.h"

#include <cjson/cJSON.h>

#include "model/builder.h"
#include "shapley/estimators.h"
#include "support/explain.h"

static double number(const cJSON *array, int i)
{
    return cJSON_GetArrayItem(array, i)->valuedouble;
}

static struct model *build(const cJSON *tree, size_t features)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 24);
    struct model *m = NULL;
    const cJSON *left = cJSON_GetObjectItem(tree, "left");
    double zero = 0;

    builder_library(b, LIBRARY_XGBOOST, "oracle", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    for (size_t f = 0; f < features; f++) {
        char name[24];
        snprintf(name, sizeof name, "x%zu", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    check_ok(builder_tree(b, 0, 1, &e), &e);
    for (int i = 0; i < cJSON_GetArraySize(left); i++) {
        double cover = number(cJSON_GetObjectItem(tree, "cover"), i);
        if (number(left, i) < 0)
            check_ok(builder_leaf(
                         b, number(cJSON_GetObjectItem(tree, "value"), i),
                         cover, &e),
                     &e);
        else
            check_ok(
                builder_split(
                    b, (long)number(cJSON_GetObjectItem(tree, "feature"), i),
                    number(cJSON_GetObjectItem(tree, "threshold"), i),
                    (long)number(left, i),
                    (long)number(cJSON_GetObjectItem(tree, "right"), i),
                    cJSON_IsTrue(cJSON_GetArrayItem(
                        cJSON_GetObjectItem(tree, "default_left"), i)),
                    MISSING_NAN, cover, &e),
                &e);
    }
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_base(b, &zero, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static double *matrix(const cJSON *rows, size_t width, size_t *count)
{
    *count = (size_t)cJSON_GetArraySize(rows);
    double *out = calloc(*count * width, sizeof *out);

    for (size_t i = 0; i < *count; i++) {
        const cJSON *row = cJSON_GetArrayItem(rows, (int)i);
        for (size_t f = 0; f < width; f++) {
            const cJSON *v = cJSON_GetArrayItem(row, (int)f);
            out[i * width + f] = cJSON_IsNull(v) ? (double)NAN : v->valuedouble;
        }
    }
    return out;
}

static void compare(const struct estimator *s, const struct model *m,
                    const double *rows, size_t n,
                    const struct explain_reference *r, const cJSON *expected)
{
    struct error e = {0};
    struct explainer *x;
    struct explain_scratch *scratch;
    size_t width = m->features + 1, count;
    double *want = matrix(expected, width, &count);
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
    struct model *m = build(cJSON_GetObjectItem(c, "tree"), features);
    size_t n, k;
    double *x = matrix(rows, features, &n);
    double *z = matrix(cJSON_GetObjectItem(c, "background"), features, &k);
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
    char path[4096];
    const char *folder = shared_data();
    char *text =
        folder == NULL
            ? NULL
            : slurp(path_join(path, sizeof path, folder, "oracles/trees.json"),
                    NULL);

    (void)state;
    if (text == NULL)
        skip();
    cJSON *cases = cJSON_Parse(text);
    assert_non_null(cases);
    assert_true(cJSON_GetArraySize(cases) >= 61);
    const cJSON *c;
    cJSON_ArrayForEach(c, cases)
    {
        one_case(c);
    }
    cJSON_Delete(cases);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_trees)};

    return cmocka_run_group_tests_name("shapley oracle trees", tests, NULL,
                                       NULL);
}
