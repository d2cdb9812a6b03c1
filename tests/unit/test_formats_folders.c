/* Every model file of every folder of shared data against what its library
 * predicted and what its inputs contribute, whatever the format: a new format is
 * held as soon as it has a row. A file that no row reads is skipped by name.
 * Exports of one object in two forms are held against each other. */
#include "check.h"
#include "model/evaluate.h"
#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/oracle.h"

enum { OUTPUTS_MOST = 16 };

static const char *const files[] = {"model.json", "model.ubj", "model.txt",
                                    "model.onnx", "model.pmml"};
enum { FILES = sizeof files / sizeof *files };

struct opened {
    char folder[1024];
    const char *name, *file;
    struct model *model;
    struct grid rows;
    double *margin; /* [rows][outputs], the library's own arithmetic */
};

/* How far an answer may be from the library's: relative, absolute below 1.
 * XGBoost adds in float32; ONNX rounds thresholds and weights to it. */
static double answer_limit(const struct model *m)
{
    bool single = m->library == LIBRARY_XGBOOST || m->library == LIBRARY_ONNX;
    return single ? 1e-6 : 1e-12;
}

static double apart(double a, double b)
{
    double scale = fabs(b) > 1.0 ? fabs(b) : 1.0;
    return fabs(a - b) / scale;
}

/* NULL: there is no such file, or no format reads it. */
static struct model *load(const char *path)
{
    size_t length = 0;
    struct error e = {0};
    struct model *m = NULL;
    char *bytes = slurp(path, &length);
    if (bytes == NULL)
        return NULL;
    struct memory_stream memory = {bytes, length, 0};
    struct format_options options = {.trees = TREES_ALL};
    status s = model_load(stream_of_memory(&memory, path), &options, &m, &e);
    free(bytes);
    if (s == ST_UNSUPPORTED && strstr(e.text, "no model that candor reads")) {
        print_message("# skipped, no format reads it: %s\n", path);
        return NULL;
    }
    check_ok(s, &e);
    return m;
}

static bool open_file(struct opened *o, const char *name, const char *file)
{
    char path[2048];
    struct error e = {0};
    *o = (struct opened){.name = name, .file = file};
    (void)snprintf(o->folder, sizeof o->folder, "%s/models/%s", shared_data(),
                   name);
    o->model = load(path_join(path, sizeof path, o->folder, file));
    if (o->model == NULL)
        return false;
    assert_true(o->model->outputs <= OUTPUTS_MOST);
    oracle_inputs(&o->rows, o->model,
                  path_join(path, sizeof path, o->folder, "rows.csv"));
    assert_true(o->rows.rows > 0);
    o->margin = calloc(o->rows.rows * o->model->outputs, sizeof *o->margin);
    struct model_rows in = {.value = o->rows.value, .n = o->rows.rows};
    check_ok(model_evaluate(o->model, &in, true, o->margin, &e), &e);
    return true;
}

static void close_file(struct opened *o)
{
    model_free(o->model);
    grid_free(&o->rows);
    free(o->margin);
}

static size_t count_answers(const struct grid *predictions)
{
    size_t n = 0;
    for (size_t i = 0; i < predictions->columns; i++)
        n += strncmp(predictions->head[i], "answer_", 7) == 0;
    return n;
}

/* Of two classes the file may tell one or both: the last is the same. */
static double worst_answer(const struct opened *o, const struct grid *p,
                           size_t row)
{
    double answer[OUTPUTS_MOST], worst = 0.0;
    size_t outputs = o->model->outputs, wanted = count_answers(p);
    size_t have = model_answer(o->model, o->margin + row * outputs, answer);
    const double *want = grid_row(p, row) + p->columns;
    size_t n = have < wanted ? have : wanted;
    for (size_t k = 1; k <= n; k++)
        worst = fmax(worst, apart(answer[have - k], *(want - k)));
    return worst;
}

static void predict(const struct opened *o)
{
    char path[2048];
    struct grid p;
    double worst = 0.0;
    oracle_grid(&p, path_join(path, sizeof path, o->folder,
                              "predictions.csv"));
    assert_int_equal(p.rows, o->rows.rows);
    assert_true(count_answers(&p) > 0);
    for (size_t i = 0; i < p.rows; i++)
        worst = fmax(worst, worst_answer(o, &p, i));
    print_message("# %s/%s: answer %.1e\n", o->name, o->file, worst);
    if (!(worst <= answer_limit(o->model)))
        fail_msg("%s/%s: answer off by %g", o->name, o->file, worst);
    grid_free(&p);
}

/* CatBoost's own values of trees that are not symmetric do not add up to the
 * margin once there are several trees (residuals up to 1.2 in its own files):
 * such a reference cannot be met, ours must add up instead. */
static bool adds_up(const struct opened *o, const struct grid *p, size_t width)
{
    double worst = 0.0;
    for (size_t i = 0; i < p->rows * o->model->outputs; i++) {
        double sum = -o->margin[i];
        for (size_t f = 0; f < width; f++)
            sum += p->value[i * width + f];
        worst = fmax(worst, fabs(sum));
    }
    return worst < 1e-4;
}

static void hold(const struct opened *o, const struct grid *p, const double *phi,
                 size_t width, double limit)
{
    double worst = 0.0;
    for (size_t i = 0; i < p->rows * o->model->outputs; i++) {
        const double *want = p->value + i * width;
        double largest = 0.0;
        for (size_t f = 0; f + 1 < width; f++)
            largest = fmax(largest, fabs(want[f]));
        for (size_t f = 0; f + 1 < width; f++)
            worst = fmax(worst, fabs(phi[i * width + f] - want[f]) / largest);
    }
    print_message("# %s/%s: contributions %.1e\n", o->name, o->file, worst);
    if (!(worst <= limit))
        fail_msg("%s/%s: contributions off by %g of the row's largest", o->name,
                 o->file, worst);
}

static void contribute(const struct opened *o)
{
    char path[2048];
    struct grid p;
    struct error e = {0};
    struct explainer *x = NULL;
    struct explain_scratch *scratch = NULL;
    oracle_grid(&p, path_join(path, sizeof path, o->folder,
                              "contributions_path.csv"));
    if (p.rows == 0 || o->model->kind != MODEL_FOREST) {
        grid_free(&p);
        return;
    }
    size_t n = p.rows, width = o->model->features + 1;
    size_t games = n * o->model->outputs;
    double *phi = calloc(games * width, sizeof *phi);
    double *residual = calloc(games, sizeof *residual);
    assert_int_equal(p.columns, o->model->outputs * width);
    check_ok(explain_one(estimator_find("path-dependent"), o->model, NULL,
                         EXPLAIN_STRICT, 0, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, o->rows.value, n, phi, residual, &e),
             &e);
    for (size_t i = 0; i < games; i++)
        check_close(residual[i], 0.0, 0.0, 1e-9);
    if (adds_up(o, &p, width))
        hold(o, &p, phi, width, 1e-6);
    else
        print_message("# %s: the reference does not add up, left out\n",
                      o->name);
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(phi);
    free(residual);
    grid_free(&p);
}

/* The references of scikit-learn come from its own objects in double. A ReLU
 * network in float32 is 1.4e-6 away from its double twin when every coalition is
 * asked of ONNX Runtime itself, and candor 3.4e-7 from ONNX Runtime: that export
 * cannot be held to 1e-6 of the twin. */
static double background_limit(const struct opened *o)
{
    return strcmp(o->name, "sk_boston_network") == 0 &&
                   o->model->library == LIBRARY_ONNX
               ? 2e-6 : 1e-6;
}

static void contribute_against(const struct opened *o)
{
    char path[2048];
    struct grid want, background;
    oracle_grid(&want, path_join(path, sizeof path, o->folder,
                                 "contributions_background.csv"));
    oracle_inputs(&background, o->model,
                  path_join(path, sizeof path, o->folder, "background.csv"));
    size_t width = o->model->features + 1;
    size_t few = want.rows < background.rows ? want.rows : background.rows;
    assert_true(want.rows > 0 && want.rows <= o->rows.rows && few > 0);
    assert_int_equal(o->model->outputs, 1);
    assert_int_equal(want.columns, width);
    struct error e = {0};
    struct explain_reference r = {"background", background.value, few};
    struct explainer *x = NULL;
    struct explain_scratch *scratch = NULL;
    double *phi = calloc(want.rows * width, sizeof *phi);
    double *residual = calloc(want.rows, sizeof *residual);
    check_ok(explain_one(estimator_find("interventional"), o->model, &r,
                         EXPLAIN_STRICT, 0, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, o->rows.value, want.rows, phi,
                             residual, &e), &e);
    /* Parts of a float32 program are added up in double. */
    double left = o->model->library == LIBRARY_ONNX ? 2e-6 : 1e-9;
    for (size_t i = 0; i < want.rows; i++)
        check_close(residual[i], 0.0, 0.0, left);
    hold(o, &want, phi, width, background_limit(o));
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(residual);
    free(phi);
    grid_free(&want);
    grid_free(&background);
}

/* One object in two files: `limit` 0 wants the same bits. */
static void agree(const struct opened *a, const struct opened *b, double limit)
{
    double one[OUTPUTS_MOST], two[OUTPUTS_MOST], worst = 0.0;
    assert_int_equal(a->model->outputs, b->model->outputs);
    size_t outputs = a->model->outputs;
    for (size_t i = 0; i < a->rows.rows; i++) {
        size_t n = model_answer(a->model, a->margin + i * outputs, one);
        size_t m = model_answer(b->model, b->margin + i * outputs, two);
        assert_int_equal(n, m);
        for (size_t k = 0; k < n; k++)
            worst = fmax(worst, apart(one[k], two[k]));
    }
    print_message("# %s: %s and %s apart by %.1e\n", a->name, a->file, b->file,
                  worst);
    if (!(worst <= limit))
        fail_msg("%s: %s and %s apart by %g", a->name, a->file, b->file, worst);
}

static void folder(const char *name)
{
    struct opened o[FILES];
    bool open[FILES];
    for (size_t f = 0; f < FILES; f++) {
        open[f] = open_file(&o[f], name, files[f]);
        if (!open[f])
            continue;
        predict(&o[f]);
        contribute(&o[f]);
        if (strncmp(name, "sk_", 3) == 0)
            contribute_against(&o[f]);
    }
    if (open[0] && open[1])
        agree(&o[0], &o[1], 0.0);
    if (open[3] && open[4])
        agree(&o[3], &o[4], 1e-6);
    for (size_t f = 0; f < FILES; f++)
        if (open[f])
            close_file(&o[f]);
}

static void folders(const char *prefix, size_t least)
{
    char **names = NULL;
    size_t count = oracle_names(prefix, &names);
    if (count == 0)
        skip();
    assert_true(count >= least);
    for (size_t i = 0; i < count; i++)
        folder(names[i]);
    oracle_names_free(names, count);
}

static void catboost(void **state)
{
    (void)state;
    folders("cat_", 3);
}

static void lightgbm(void **state)
{
    (void)state;
    folders("lgb_", 12);
}

static void scikit_learn(void **state)
{
    (void)state;
    folders("sk_", 6);
}

static void xgboost(void **state)
{
    (void)state;
    folders("xgb_", 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catboost), cmocka_unit_test(lightgbm),
        cmocka_unit_test(scikit_learn), cmocka_unit_test(xgboost)};
    return cmocka_run_group_tests_name("formats folders", tests, NULL, NULL);
}
