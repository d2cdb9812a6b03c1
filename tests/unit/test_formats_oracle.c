/* Every XGBoost and LightGBM model of shared data against what its library
 * predicted. XGBoost adds in float32, so the double sum is compared with 1e-6
 * relative and a floor, and the native sum with the last float. */
#include "check.h"
#include "support/oracle.h"

struct worst {
    double margin, native, answer;
};

static double apart(double a, double b)
{
    double scale = fabs(b) > 1.0 ? fabs(b) : 1.0;
    return fabs(a - b) / scale;
}

static void compare_row(const struct oracle *o, size_t i, struct worst *w)
{
    const struct model *m = o->model;
    double margin[16], native[16], answer[16];
    const double *want = grid_row(&o->predictions, i);
    model_margin(m, grid_row(&o->rows, i), margin);
    model_margin_native(m, grid_row(&o->rows, i), native);
    size_t answers = model_answer(m, native, answer);
    for (size_t k = 0; k < m->outputs; k++) {
        w->margin = fmax(w->margin, apart(margin[k], want[k]));
        w->native = fmax(w->native, apart(native[k], want[k]));
    }
    for (size_t k = 0; k < answers; k++)
        w->answer = fmax(w->answer, apart(answer[k], want[m->outputs + k]));
}

static void compare(const char *name, const char *file)
{
    struct oracle o;
    struct worst w = {0};
    oracle_load(&o, name, file);
    assert_true(o.model->outputs <= 16);
    assert_true(o.predictions.columns >= o.model->outputs + 1);
    assert_int_equal(o.rows.rows, o.predictions.rows);
    assert_true(o.rows.rows > 0);
    for (size_t i = 0; i < o.rows.rows; i++)
        compare_row(&o, i, &w);
    print_message("# %s %s: margin %.1e, native %.1e, answer %.1e\n", name,
                  file, w.margin, w.native, w.answer);
    bool xgboost = o.model->library == LIBRARY_XGBOOST;
    check_close(w.margin, 0.0, 0.0, xgboost ? 5e-6 : 1e-12);
    check_close(w.native, 0.0, 0.0, xgboost ? 5e-7 : 1e-12);
    check_close(w.answer, 0.0, 0.0, 1e-6);
    oracle_free(&o);
}

static void all_of(const char *prefix, const char *file, size_t least)
{
    char **names = NULL;
    size_t count = oracle_names(prefix, &names);
    if (count == 0)
        skip();
    assert_true(count >= least);
    for (size_t i = 0; i < count; i++)
        compare(names[i], file);
    oracle_names_free(names, count);
}

static void xgboost_json(void **state)
{
    (void)state;
    all_of("xgb_", "model.json", 17);
}

static void xgboost_ubjson(void **state)
{
    (void)state;
    all_of("xgb_", "model.ubj", 17);
}

static void lightgbm(void **state)
{
    (void)state;
    all_of("lgb_", "model.txt", 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(xgboost_json),
                                       cmocka_unit_test(xgboost_ubjson),
                                       cmocka_unit_test(lightgbm)};
    return cmocka_run_group_tests_name("formats oracle", tests, NULL, NULL);
}
