/* Trees, ensembles and scorecards of PMML: hundreds of random documents against
 * an interpreter that shares nothing with the reader (tests/data/pmml), exports of
 * scikit-learn against scikit-learn, and a card with its own reasons. */
#include "check.h"
#include "base/num.h"
#include "formats/formats.h"
#include "model/evaluate.h"
#include "model/scorecard.h"
#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/oracle.h"

enum { OUTPUTS = 8, FEATURES = 64 };

struct tally {
    size_t documents, forests, rows, answered, unanswered, cautious, wrong;
};

static struct model *load(const char *text, size_t length, struct error *e)
{
    struct memory_stream memory = {text, length, 0};
    struct format_options options = {.format = "pmml"};
    struct model *m = NULL;
    return model_load(stream_of_memory(&memory, "document"), &options, &m,
                      e) == ST_OK ? m : NULL;
}

/* The next line of a text: its start, without its end; NULL: none left. */
static char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');
    if (*line == '\0')
        return NULL;
    *at = end == NULL ? line + strlen(line) : end + 1;
    if (end != NULL)
        *end = '\0';
    return line;
}

static char *next_cell(char **at, char mark)
{
    char *cell = *at, *end = strchr(cell, mark);
    if (end == NULL)
        end = cell + strlen(cell);
    *at = *end == '\0' ? end : end + 1;
    *end = '\0';
    return cell;
}

static void read_row(const struct model *m, char *cells, const char *head,
                     double *row)
{
    char names[512];
    char *name_at = names;
    (void)snprintf(names, sizeof names, "%s", head);
    for (size_t f = 0; f < m->features; f++)
        row[f] = (double)NAN;
    while (*name_at != '\0') {
        char *name = next_cell(&name_at, ','), *cell = next_cell(&cells, ',');
        long f = model_find_feature(m, name);
        double x = 0.0;
        if (f < 0 || *cell == '\0')
            continue;
        if (m->feature[f].kind == FEATURE_CATEGORY)
            row[f] = model_category_code(m, (size_t)f, cell, strlen(cell));
        else if (num_parse(cell, strlen(cell), &x))
            row[f] = x;
        else
            fail_msg("%s = \"%s\"", name, cell);
    }
}

static bool near(double x, double want)
{
    if (isnan(x) || isnan(want))
        return isnan(x) && isnan(want);
    return fabs(x - want) <= 1e-12 + 1e-12 * fabs(want);
}

/* Whether the answers are those of a line of numbers; an empty line: none. */
static bool answers_agree(const struct model *m, const double *answer,
                          char *line)
{
    double want[OUTPUTS];
    size_t n = 0;
    for (; *line != '\0' && n < OUTPUTS; n++) {
        char *cell = next_cell(&line, ',');
        assert_true(num_parse(cell, strlen(cell), &want[n]));
    }
    bool agree = true;
    for (size_t k = 0; k < m->outputs; k++)
        /* Two classes are one output: the share of the second. */
        agree &= near(answer[k], n == 0 ? (double)NAN
                                        : want[m->outputs == 1 ? n - 1 : k]);
    return agree && (n == 0 || m->outputs == 1 ? n <= 2 : n == m->outputs);
}

/* A forest may refuse a row that the rules would have an answer for, never
 * answer otherwise; everything else answers exactly. */
static void hold_row(const struct model *m, const char *name, char *line,
                     const char *head, struct tally *t)
{
    double row[FEATURES], margin[OUTPUTS], answer[OUTPUTS];
    struct error e = {0};
    char *cells = next_cell(&line, '|');
    char kept[512];
    (void)snprintf(kept, sizeof kept, "%s|%s", cells, line);
    read_row(m, cells, head, row);
    struct model_rows rows = {.value = row, .n = 1};
    check_ok(model_evaluate(m, &rows, false, margin, &e), &e);
    (void)model_answer(m, margin, answer);
    t->rows++;
    if (*line == '\0')
        t->unanswered++;
    else if (m->refuses && isnan(margin[0]))
        t->cautious++;
    else
        t->answered++;
    if (*line != '\0' && m->refuses && isnan(margin[0]))
        return;
    if (!answers_agree(m, answer, line)) {
        if (t->wrong++ < 40)
            print_message("# %s (%s): %s, not %.17g\n", name,
                          m->kind == MODEL_FOREST ? "forest" : "program", kept,
                          answer[0]);
    }
}

static void hold_document(char **at, const char *name, struct tally *t)
{
    struct error e = {0};
    char *text = *at, *end = strstr(text, "\n--\n");
    assert_non_null(end);
    *end = '\0';
    *at = end + 4;
    struct model *m = load(text, strlen(text), &e);
    if (m == NULL)
        fail_msg("%s: line %ld: %s", name, e.line, e.text);
    assert_true(m->outputs <= OUTPUTS && m->features <= FEATURES);
    t->documents++;
    t->forests += m->kind == MODEL_FOREST ? 1 : 0;
    char *head = next_line(at);
    while (**at != '\0' && strncmp(*at, "== ", 3) != 0)
        hold_row(m, name, next_line(at), head, t);
    model_free(m);
}

static void random_documents(void **state)
{
    (void)state;
    struct tally t = {0};
    char *all = slurp("tests/data/pmml/random.txt", NULL), *at = all;
    assert_non_null(all);
    while (*at != '\0') {
        char *name = next_line(&at);
        assert_memory_equal(name, "== ", 3);
        hold_document(&at, name + 3, &t);
    }
    print_message("# %zu documents, %zu forests; %zu rows: %zu answered, %zu "
                  "without an answer, %zu refused beyond the rules\n",
                  t.documents, t.forests, t.rows, t.answered, t.unanswered,
                  t.cautious);
    assert_int_equal(t.wrong, 0);
    assert_true(t.documents >= 300);
    assert_true(t.forests >= 100 && t.forests < t.documents - 50);
    assert_true(t.answered > 5 * t.cautious);
    assert_true(t.unanswered >= 100);
    free(all);
}

/* --- scikit-learn --------------------------------------------------------- */

static const char *const exports[] = {"sk_taiwan_gradient_boosting",
                                      "sk_taiwan_hist_boosting",
                                      "sk_taiwan_random_forest"};

static void hold_predictions(const struct oracle *o)
{
    const struct model *m = o->model;
    assert_int_equal(m->kind, MODEL_FOREST);
    assert_int_equal(m->outputs, 1);
    assert_int_equal(o->rows.rows, 200);
    for (size_t i = 0; i < o->rows.rows; i++) {
        double margin[1], native[1], answer[1];
        const double *want = grid_row(&o->predictions, i);
        model_margin(m, grid_row(&o->rows, i), margin);
        model_margin_native(m, grid_row(&o->rows, i), native);
        assert_int_equal(model_answer(m, margin, answer), 1);
        check_close_at(margin[0], want[0], 1e-12, 1e-13, o->name, __FILE__,
                       __LINE__);
        check_close_at(native[0], want[0], 1e-12, 1e-13, o->name, __FILE__,
                       __LINE__);
        check_close_at(answer[0], want[2], 1e-12, 0, o->name, __FILE__,
                       __LINE__);
    }
}

static void hold_contributions(const struct oracle *o)
{
    const struct model *m = o->model;
    const struct grid *want = &o->against;
    size_t width = m->features + 1;
    double *phi = explain_rows(estimator_find("interventional"), m,
                               o->rows.value, want->rows, o->background.value,
                               o->background.rows);
    assert_true(want->rows > 0);
    assert_int_equal(want->columns, width);
    for (size_t i = 0; i < want->rows; i++) {
        double largest = 0.0;
        for (size_t f = 0; f < m->features; f++)
            largest = fmax(largest, fabs(grid_row(want, i)[f]));
        for (size_t f = 0; f < width; f++)
            check_close_at(phi[i * width + f], grid_row(want, i)[f], 0,
                           1e-6 * largest, o->name, __FILE__, __LINE__);
    }
    free(phi);
}

static void scikit_learn(void **state)
{
    (void)state;
    if (shared_data() == NULL)
        skip();
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        struct oracle o;
        oracle_load(&o, exports[i], "model.pmml");
        hold_predictions(&o);
        hold_contributions(&o);
        oracle_free(&o);
    }
}

/* --- a scorecard ---------------------------------------------------------- */

static void hold_reasons(const struct model *m, const double *row, char *line)
{
    struct scorecard_reason reason[3];
    double margin[1], want = 0.0;
    char *points = next_cell(&line, ',');
    assert_true(num_parse(points, strlen(points), &want));
    model_margin(m, row, margin);
    check_close(margin[0], want, 0.0, 0.0);
    assert_int_equal(scorecard_reasons(m, row, false, reason, 3), 3);
    for (size_t i = 0; i < 3; i++) {
        char *code = next_cell(&line, ',');
        assert_string_equal(reason[i].code, code);
    }
}

static void scorecard(void **state)
{
    (void)state;
    char path[1100];
    struct grid rows;
    if (shared_data() == NULL)
        skip();
    struct model *m = oracle_model(
        path_join(path, sizeof path, shared_data(), "oracles/scorecard.pmml"),
        TREES_ALL);
    assert_int_equal(m->kind, MODEL_FOREST);
    assert_non_null(m->scorecard);
    assert_int_equal(m->trees, 3);
    oracle_rows(&rows, m, path_join(path, sizeof path, shared_data(),
                                    "oracles/scorecard_rows.csv"));
    char *text = slurp(path_join(path, sizeof path, shared_data(),
                                 "oracles/scorecard_expected.csv"), NULL);
    char *at = text;
    assert_non_null(next_line(&at));
    assert_int_equal(rows.rows, 120);
    for (size_t i = 0; i < rows.rows; i++)
        hold_reasons(m, grid_row(&rows, i), next_line(&at));
    free(text);
    grid_free(&rows);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_documents),
        cmocka_unit_test(scikit_learn),
        cmocka_unit_test(scorecard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
