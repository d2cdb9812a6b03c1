/* CatBoost's JSON against CatBoost: small models of every shape with the raw
 * output, answer and own Shapley values of the library, to the last bits; and
 * what is refused by name. */
#include "check.h"
#include "model/evaluate.h"
#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/oracle.h"

static void contributions(const struct model *m, const struct grid *rows,
                          const double *want, size_t stride)
{
    struct error e = {0};
    struct explainer *x = NULL;
    struct explain_scratch *scratch = NULL;
    size_t width = (m->features + 1) * m->outputs;
    double *phi = calloc(rows->rows * width, sizeof *phi);
    check_ok(explain_one(estimator_find("path-dependent"), m, NULL,
                         EXPLAIN_STRICT, 0, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, rows->value, rows->rows, phi, NULL,
                             &e), &e);
    for (size_t i = 0; i < rows->rows; i++)
        for (size_t k = 0; k < width; k++)
            check_close(phi[i * width + k], want[i * stride + k], 0, 1e-12);
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(phi);
}

static void against_library(const char *name, bool explained)
{
    char path[512];
    struct grid rows, want;
    double margin[8], answer[8];
    (void)snprintf(path, sizeof path,
                   "tests/fuzz/corpus/model_catboost/%s.json", name);
    struct model *m = oracle_model(path, TREES_ALL);
    oracle_inputs(&rows, m, "tests/data/models/cat_rows.csv");
    (void)snprintf(path, sizeof path, "tests/data/models/cat_%s.csv", name);
    oracle_grid(&want, path);
    assert_int_equal(rows.rows, 25);
    assert_int_equal(want.rows, 25);
    assert_int_equal(m->compare, COMPARE_AT_MOST_FLOAT);
    size_t last = 0;
    for (size_t i = 0; i < rows.rows; i++) {
        const double *w = grid_row(&want, i);
        model_margin_native(m, grid_row(&rows, i), margin);
        size_t n = model_answer(m, margin, answer);
        for (size_t k = 0; k < m->outputs; k++)
            check_close(margin[k], w[k], 1e-15, 1e-15);
        /* Of two classes the library tells both. */
        last = m->link == LINK_LOGISTIC ? m->outputs + 2 : m->outputs + n;
        for (size_t k = 1; k <= n; k++)
            check_close(answer[n - k], w[last - k], 1e-15, 1e-15);
    }
    assert_true(explained == (want.columns > last));
    if (explained)
        contributions(m, &rows, want.value + last, want.columns);
    grid_free(&rows);
    grid_free(&want);
    model_free(m);
}

static void predicts(void **state)
{
    (void)state;
    against_library("one_hot", true);
    against_library("one_hot_grown", true);
    against_library("classes", true);
    against_library("classes_grown", false);
    against_library("poisson", true);
    against_library("scaled", false);
}

static void tells_what_it_is(void **state)
{
    (void)state;
    struct model *m =
        oracle_model("tests/fuzz/corpus/model_catboost/one_hot.json", TREES_ALL);
    assert_string_equal(m->library_version, "1.2.10");
    assert_string_equal(m->objective, "Logloss");
    assert_int_equal(m->features, 4);
    assert_int_equal(m->feature[2].kind, FEATURE_CATEGORY);
    assert_true(m->feature[1].word_count >= 1);
    check_close(model_category_code(m, 2, "10.0", 4),
                model_category_code(m, 2, "10", 2), 0, 0);
    model_free(m);
    m = oracle_model("tests/fuzz/corpus/model_catboost/classes.json", TREES_ALL);
    assert_string_equal(m->class_names[1], "own");
    model_free(m);
}

/* --- refusals ------------------------------------------------------------------ */

static char *changed(const char *file, const char *from, const char *to)
{
    size_t length = 0;
    char path[512];
    (void)snprintf(path, sizeof path, "tests/fuzz/corpus/model_catboost/%s",
                   file);
    char *text = slurp(path, &length), *at = strstr(text, from);
    assert_non_null(at);
    char *out = calloc(length + strlen(to) + 1, 1);
    memcpy(out, text, (size_t)(at - text));
    (void)snprintf(out + (at - text), length + strlen(to) + 1 -
                   (size_t)(at - text), "%s%s", to, at + strlen(from));
    free(text);
    return out;
}

static void refused(const char *file, const char *from, const char *to,
                    status class, const char *fragment)
{
    struct error e = {0};
    struct model *m = NULL;
    char *text = changed(file, from, to);
    struct memory_stream memory = {text, strlen(text), 0};
    struct format_options options = {.trees = TREES_ALL};
    check_fails(model_load(stream_of_memory(&memory, "m.json"), &options, &m,
                           &e), &e, class, fragment);
    assert_null(m);
    free(text);
}

static void refuses(void **state)
{
    (void)state;
    refused("one_hot.json", "OneHotFeature", "OnlineCtr", ST_UNSUPPORTED,
            "splits by an OnlineCtr");
    refused("one_hot.json", "cat_features_hash", "other_hash", ST_UNSUPPORTED,
            "which writes the words");
    refused("classes.json", "\"float_features\"",
            "\"text_features\":[{}],\"float_features\"", ST_UNSUPPORTED,
            "text features of CatBoost are not supported");
    refused("classes.json", "\"type\":\"MultiClass\"",
            "\"type\":\"RMSEWithUncertainty\"", ST_UNSUPPORTED,
            "\"RMSEWithUncertainty\" is not supported");
    refused("classes.json", "\"leaf_weights\":[", "\"leaf_weights\":[1,",
            ST_FORMAT, "do not fit together");
    refused("classes.json", "features_info", "features_inf", ST_FORMAT,
            "features_info must stand before the trees");
    refused("classes.json", "oblivious_trees", "oblivious_tree", ST_FORMAT,
            "has no oblivious_trees");
    refused("classes.json", "\"float_feature_index\":0",
            "\"float_feature_index\":9", ST_FORMAT,
            "an input that features_info does not have");
    refused("classes.json", "\"AsIs\"", "\"AsNull\"", ST_UNSUPPORTED,
            "AsIs, AsFalse or AsTrue");
    refused("classes_grown.json", "\"right\":", "\"left\":", ST_FORMAT,
            "two children called left");
    refused("classes_grown.json", "\"value\":[", "\"value\":[1,", ST_FORMAT,
            "has leaves of");
    refused("classes_grown.json", "\"weight\"", "\"split\":{},\"weight\"",
            ST_UNSUPPORTED, "a split of kind \"\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(predicts),
                                       cmocka_unit_test(tells_what_it_is),
                                       cmocka_unit_test(refuses)};
    return cmocka_run_group_tests_name("formats catboost", tests, NULL, NULL);
}
