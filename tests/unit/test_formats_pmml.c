/* The small PMML files of tests/data/pmml against what make.py works out by the
 * standard's formulas, and files that must be refused, by element and line. */
#include "check.h"
#include "model/evaluate.h"
#include "support/oracle.h"

#include <glob.h>

enum { ANSWERS_MOST = 8 };

static struct model *load_bytes(const char *bytes, struct error *e, status *s)
{
    struct memory_stream memory = {bytes, strlen(bytes), 0};
    struct format_options options = {.trees = TREES_ALL};
    struct model *m = NULL;
    *s = model_load(stream_of_memory(&memory, "x.pmml"), &options, &m, e);
    return m;
}

static double differ(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) ? 0.0 : (double)INFINITY;
    return fabs(a - b) / fmax(1.0, fabs(b));
}

static void hold_file(const char *path)
{
    char base[512], rows_path[600], expected_path[600];
    struct error e = {0};
    struct grid rows, expected;
    size_t bad = 0;
    (void)snprintf(base, sizeof base, "%.*s", (int)strlen(path) - 5, path);
    (void)snprintf(rows_path, sizeof rows_path, "%s.csv", base);
    (void)snprintf(expected_path, sizeof expected_path, "%s_expected.csv",
                   base);
    struct model *m = oracle_model(path, TREES_ALL);
    oracle_inputs(&rows, m, rows_path);
    oracle_grid(&expected, expected_path);
    assert_true(rows.rows > 0);
    assert_int_equal(rows.rows, expected.rows);
    assert_int_equal(expected.columns, m->outputs);
    assert_true(m->outputs <= ANSWERS_MOST);
    double *margin = calloc(rows.rows * m->outputs, sizeof *margin);
    struct model_rows in = {.value = rows.value, .n = rows.rows};
    check_ok(model_evaluate(m, &in, true, margin, &e), &e);
    for (size_t i = 0; i < rows.rows; i++) {
        double answer[ANSWERS_MOST];
        assert_int_equal(model_answer(m, margin + i * m->outputs, answer),
                         m->outputs);
        for (size_t k = 0; k < m->outputs; k++) {
            double want = expected.value[i * expected.columns + k];
            if (!(differ(answer[k], want) <= 1e-13)) {
                bad++;
                print_message("%s, row %zu: answer %zu is %.17g, not %.17g\n", path,
                              i + 1, k, answer[k], want);
            }
        }
    }
    assert_int_equal(bad, 0);
    free(margin);
    grid_free(&rows);
    grid_free(&expected);
    model_free(m);
}

static void small_files(void **state)
{
    glob_t found;
    (void)state;
    assert_int_equal(glob("tests/data/pmml/*.pmml", 0, NULL, &found), 0);
    size_t held = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (strstr(found.gl_pathv[i], "/refused_") != NULL)
            continue;
        hold_file(found.gl_pathv[i]);
        held++;
    }
    globfree(&found);
    print_message("# %zu files\n", held);
    assert_true(held >= 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_files)};
    return cmocka_run_group_tests_name("formats pmml", tests, NULL, NULL);
}
