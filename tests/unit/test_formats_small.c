/* Small models that the libraries themselves wrote, kept in the repository,
 * against what the libraries predicted: needs no shared data. */
#include "check.h"
#include "support/oracle.h"

static void compare(const char *path, const char *rows, const char *expected)
{
    char name[256];
    struct grid row, want;
    struct model *m = oracle_model(path, TREES_ALL);
    bool float32 = m->library == LIBRARY_XGBOOST;
    (void)snprintf(name, sizeof name, "tests/data/models/%s", rows);
    oracle_rows(&row, m, name);
    (void)snprintf(name, sizeof name, "tests/data/models/%s", expected);
    oracle_grid(&want, name);
    assert_int_equal(row.rows, 24);
    assert_int_equal(want.rows, 24);
    for (size_t i = 0; i < row.rows; i++) {
        double margin[4], native[4], answer[4];
        const double *w = grid_row(&want, i);
        model_margin(m, grid_row(&row, i), margin);
        model_margin_native(m, grid_row(&row, i), native);
        size_t answers = model_answer(m, native, answer);
        assert_int_equal(want.columns, m->outputs + answers);
        for (size_t k = 0; k < m->outputs; k++) {
            check_close(native[k], w[k], 0.0, 0.0);
            check_close(margin[k], w[k], 0.0, float32 ? 1e-6 : 1e-15);
        }
        for (size_t k = 0; k < answers; k++)
            check_close(answer[k], w[m->outputs + k], float32 ? 1e-6 : 1e-14,
                        float32 ? 1e-7 : 0.0);
    }
    grid_free(&row);
    grid_free(&want);
    model_free(m);
}

static void xgboost(void **state)
{
    (void)state;
    static const char *const names[] = {"logistic",  "dart",   "classes",
                                        "quantiles", "forest", "stopped"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256], expected[64];
        (void)snprintf(expected, sizeof expected, "xgb_%s.csv", names[i]);
        (void)snprintf(path, sizeof path,
                       "tests/fuzz/corpus/model_json/%s.json", names[i]);
        compare(path, "rows.csv", expected);
        (void)snprintf(path, sizeof path,
                       "tests/fuzz/corpus/model_ubjson/%s.ubj", names[i]);
        compare(path, "rows.csv", expected);
    }
}

static void lightgbm(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"binary", "rows.csv"},         {"forest", "rows.csv"},
        {"classes", "rows.csv"},        {"sqrt", "rows.csv"},
        {"linear", "rows_numbers.csv"}, {"monotone", "rows_numbers.csv"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256], expected[64];
        (void)snprintf(expected, sizeof expected, "lgb_%s.csv", names[i][0]);
        (void)snprintf(path, sizeof path,
                       "tests/fuzz/corpus/model_lightgbm/%s.txt", names[i][0]);
        compare(path, names[i][1], expected);
    }
}

/* The 1.7 form of the same forest differs in its base score alone. */
static void old_form(void **state)
{
    (void)state;
    struct model *old =
        oracle_model("tests/fuzz/corpus/model_json/old.json", TREES_ALL);
    struct model *now =
        oracle_model("tests/fuzz/corpus/model_json/forest.json", TREES_ALL);
    assert_string_equal(old->library_version, "1.7.6");
    check_close(old->base[0], 0.0, 0.0, 0.0);
    double row[4] = {30.0, 0.5, 1.0, 2.0}, a = 0.0, b = 0.0;
    model_margin(old, row, &a);
    model_margin(now, row, &b);
    check_close(a - old->base[0], b - now->base[0], 0.0, 1e-15);
    model_free(old);
    model_free(now);
}

static void refused(const char *path, const char *text)
{
    size_t length = 0;
    char *bytes = slurp(path, &length);
    assert_non_null(bytes);
    struct memory_stream memory = {bytes, length, 0};
    struct format_options options = {.trees = TREES_ALL};
    struct error e = {0};
    struct model *m = NULL;
    check_fails(model_load(stream_of_memory(&memory, path), &options, &m, &e),
                &e, ST_UNSUPPORTED, text);
    free(bytes);
}

static void refuses_by_name(void **state)
{
    (void)state;
    refused("tests/fuzz/corpus/model_json/vector.json",
            "vector leaves, found at tree 0, are not supported");
    refused("tests/fuzz/corpus/model_ubjson/vector.ubj",
            "vector leaves, found at tree 0, are not supported");
    refused("tests/fuzz/corpus/model_json/linear.json", "gblinear");
    refused("tests/fuzz/corpus/model_ubjson/linear.ubj", "gblinear");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xgboost), cmocka_unit_test(lightgbm),
        cmocka_unit_test(old_form), cmocka_unit_test(refuses_by_name)};
    return cmocka_run_group_tests_name("formats small", tests, NULL, NULL);
}
