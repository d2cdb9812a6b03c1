/* ONNX Runtime, loaded where CANDOR_TEST_ONNXRUNTIME names its library, on the
 * models of the shared data: a network by one tensor of floats, a pipeline by a
 * tensor an input, words among them. */
#include "support/remote_case.h"

#include "base/num.h"

#include <unistd.h>

enum { COLUMNS = 64, ROWS = 200 };

struct sheet {
    char *text;
    const char *cell[ROWS + 1][COLUMNS];
    size_t columns, rows;
};

/* One field, its quotes taken off in place; what follows its comma, or NULL. */
static char *field(char *p, const char **cell)
{
    char quote = *p == '"' ? '"' : ',';
    *cell = quote == '"' ? p + 1 : p;
    char *end = strchr(quote == '"' ? p + 1 : p, quote);
    if (end == NULL)
        return NULL;
    char *comma = quote == '"' ? end + 1 : end;
    bool more = *comma == ',';
    *end = '\0';
    return more ? comma + 1 : NULL;
}

/* No quotes stand inside of fields of the shared files. */
static void sheet_read(struct sheet *s, const char *folder, const char *name)
{
    char path[4096];
    memset(s, 0, sizeof *s);
    s->text = slurp(path_join(path, sizeof path, folder, name), NULL);
    assert_non_null(s->text);
    size_t row = 0;
    for (char *line = s->text; *line != '\0' && row <= ROWS; row++) {
        size_t column = 0, n = strcspn(line, "\r\n");
        char *next = line + n + (line[n] != '\0');
        line[n] = '\0';
        for (char *p = line; p != NULL && column < COLUMNS; column++)
            p = field(p, &s->cell[row][column]);
        s->columns = column;
        line = next;
    }
    s->rows = row - 1;
}

struct case_of {
    char folder[4096], file[4200];
    struct sheet rows, answers;
    struct remote_input in[COLUMNS];
    const char *words[COLUMNS][64];
    double *value;
};

static bool is_number(const char *text)
{
    double x;
    return *text == '\0' || num_parse(text, strlen(text), &x);
}

/* A column with a cell that is no number is a category, its words as met. */
static void set_up(struct case_of *c, const char *name)
{
    char below[256];
    (void)snprintf(below, sizeof below, "models/%s", name);
    (void)path_join(c->folder, sizeof c->folder, shared_data(), below);
    (void)path_join(c->file, sizeof c->file, c->folder, "model.onnx");
    sheet_read(&c->rows, c->folder, "rows.csv");
    sheet_read(&c->answers, c->folder, "predictions.csv");
    size_t n = c->rows.rows, k = c->rows.columns;
    c->value = malloc(n * k * sizeof *c->value);
    for (size_t f = 0; f < k; f++) {
        struct remote_input *in = &c->in[f];
        bool numbers = true;
        for (size_t i = 1; i <= n; i++)
            numbers = numbers && is_number(c->rows.cell[i][f]);
        *in = (struct remote_input){
            .name = c->rows.cell[0][f],
            .kind = numbers ? FEATURE_NUMBER : FEATURE_CATEGORY,
            .words = c->words[f]};
        for (size_t i = 1; i <= n; i++) {
            const char *cell = c->rows.cell[i][f];
            double x = NAN;
            if (numbers)
                (void)num_parse(cell, strlen(cell), &x);
            for (size_t w = 0; !numbers && w <= in->word_count; w++) {
                if (w == in->word_count)
                    c->words[f][in->word_count++] = cell;
                if (strcmp(c->words[f][w], cell) == 0) {
                    x = (double)w;
                    break;
                }
            }
            c->value[(i - 1) * k + f] = x;
        }
    }
}

static void tear_down(struct case_of *c)
{
    free(c->rows.text);
    free(c->answers.text);
    free(c->value);
}

static struct remote_spec spec_of(const struct case_of *c, const char *library)
{
    return (struct remote_spec){
        .kind = REMOTE_ONNXRUNTIME, .input = c->in, .inputs = c->rows.columns,
        .outputs = 1, .column = 1, .link = LINK_LOGISTIC, .library = library,
        .model_file = c->file, .batch_rows = 64};
}

static double answer_at(const struct case_of *c, size_t row)
{
    for (size_t f = 0; f < c->answers.columns; f++)
        if (strcmp(c->answers.cell[0][f], "answer_1") == 0) {
            double x;
            const char *cell = c->answers.cell[row + 1][f];
            assert_true(num_parse(cell, strlen(cell), &x));
            return x;
        }
    fail();
    return NAN;
}

static const char *library(void)
{
    const char *path = getenv("CANDOR_TEST_ONNXRUNTIME");
    if (path == NULL || path[0] == '\0' || shared_data() == NULL)
        skip();
    return path;
}

static void test_models(void **state)
{
    (void)state;
    static const char *const names[] = {
        "sk_boston_network", "sk_boston_network_tanh", "sk_german_logistic",
        "sk_taiwan_random_forest", "sk_taiwan_gradient_boosting"};
    const char *path = library();
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        struct case_of *c = calloc(1, sizeof *c);
        set_up(c, names[m]);
        const struct remote_spec spec = spec_of(c, path);
        struct asked_case a = {0};
        double *out = malloc(c->rows.rows * sizeof *out);
        const struct model_rows rows = {.value = c->value, .n = c->rows.rows};
        check_ok(remote_service(&spec, &a.service, &a.about, &a.e), &a.e);
        assert_int_equal(strlen(a.about.sha256), 64);
        assert_non_null(strstr(a.service->where, "ONNX Runtime 1."));
        check_ok(a.service->answers(a.service->self, &rows, c->rows.columns,
                                    out, 1, &a.e), &a.e);
        for (size_t i = 0; i < c->rows.rows; i++)
            check_close(out[i], answer_at(c, i), 1e-5, 1e-6);
        case_close(&a);
        free(out);
        tear_down(c);
        free(c);
    }
}

static void test_refused(void **state)
{
    (void)state;
    const char *path = library();
    struct case_of *c = calloc(1, sizeof *c);
    struct asked_case a = {0};
    set_up(c, "sk_boston_network");
    struct remote_spec spec = spec_of(c, path);
    spec.output_name = "nothing";
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_ARGUMENT, "has no output \"nothing\"");
    spec.output_name = NULL;
    spec.inputs--;
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_ARGUMENT, "columns, and the project names");
    spec.inputs++;
    spec.model_file = "no/such/file.onnx";
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_SYSTEM, "cannot open the model file");
    char other[4200];
    spec.model_file = path_join(other, sizeof other, c->folder, "rows.csv");
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_DATA, "ONNX Runtime says: ");
    tear_down(c);
    free(c);
}

/* These need no library. */
static void test_absent(void **state)
{
    (void)state;
    char file[] = "/tmp/candor-test-XXXXXX";
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    (void)close(fd);
    struct remote_spec spec = case_spec(REMOTE_ONNXRUNTIME);
    struct asked_case a = {0};
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_ARGUMENT, "needs its library's path and a model file");
    spec.model_file = file;
    spec.library = "no/such/libonnxruntime.so";
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_SYSTEM, "library cannot be loaded: no/such/");
    spec.library = "libm.so.6";
    check_fails(remote_service(&spec, &a.service, &a.about, &a.e), &a.e,
                ST_SYSTEM, "libm.so.6 is no library of ONNX Runtime");
    (void)unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("remote_onnxruntime", tests, NULL, NULL);
}
