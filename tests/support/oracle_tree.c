#include "support/oracle_tree.h"

#include "check.h"
#include "model/builder.h"

static double number(const cJSON *array, int i)
{
    return cJSON_GetArrayItem(array, i)->valuedouble;
}

struct model *oracle_tree(const cJSON *tree, size_t features)
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

double *oracle_matrix(const cJSON *rows, size_t width, size_t *count)
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

cJSON *oracle_trees(void)
{
    char path[4096];
    const char *folder = shared_data();

    if (folder == NULL)
        return NULL;
    char *text =
        slurp(path_join(path, sizeof path, folder, "oracles/trees.json"), NULL);
    if (text == NULL)
        return NULL;
    cJSON *cases = cJSON_Parse(text);
    free(text);
    assert_non_null(cases);
    assert_true(cJSON_GetArraySize(cases) >= 61);
    return cases;
}
