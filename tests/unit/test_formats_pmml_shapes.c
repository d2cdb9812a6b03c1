/* Shapes of PMML trees, ensembles and scorecards that writers in use make, with
 * answers worked out by hand, and what is refused by name. */
#include "check.h"
#include "base/text.h"
#include "formats/formats.h"
#include "model/evaluate.h"
#include "model/scorecard.h"

static const double gone = (double)NAN;

static char *text_of(const char *name, size_t *length)
{
    char path[256];
    (void)snprintf(path, sizeof path, "tests/fuzz/corpus/model_pmml/%s.pmml",
                   name);
    char *text = slurp(path, length);
    assert_non_null(text);
    return text;
}

static status load_text(const char *text, struct model **m, struct error *e)
{
    struct memory_stream memory = {text, strlen(text), 0};
    struct format_options options = {0};
    *m = NULL;
    return model_load(stream_of_memory(&memory, "document"), &options, m, e);
}

static struct model *load(const char *name, enum model_kind kind,
                          size_t features)
{
    struct error e = {0};
    struct model *m = NULL;
    char *text = text_of(name, NULL);
    check_ok(load_text(text, &m, &e), &e);
    free(text);
    assert_int_equal(m->kind, kind);
    assert_int_equal(m->features, features);
    assert_int_equal(m->library, LIBRARY_PMML);
    return m;
}

static void margins(const struct model *m, const double *row, double *out)
{
    struct error e = {0};
    struct model_rows rows = {.value = row, .n = 1};
    check_ok(model_evaluate(m, &rows, false, out, &e), &e);
}

static double word(const struct model *m, size_t feature, const char *text)
{
    return model_category_code(m, feature, text, strlen(text));
}

/* As the exporter of XGBoost writes: float fields, sums, a link at the end. */
static void boosted(void **state)
{
    (void)state;
    static const struct {
        double income, age, margin;
    } rows[] = {{0.7, 30.0, -0.95},  {0.69, 20.0, -0.05}, {0.69, 25.0, -0.05},
                {1.0, 40.0, -0.55},  {1.0, 39.0, -0.95},  {NAN, NAN, -0.95},
                {NAN, 45.0, -0.55},  {0.1, NAN, -0.25}};
    struct model *m = load("boost", MODEL_FOREST, 2);
    assert_int_equal(m->link, LINK_LOGISTIC);
    assert_int_equal(m->compare, COMPARE_AT_MOST_FLOAT);
    assert_int_equal(m->sum, SUM_FLOAT);
    assert_int_equal(m->trees, 2);
    check_close(m->tree[0].node[0].cover, 100.0, 0.0, 0.0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double row[2] = {rows[i].income, rows[i].age}, margin[1], native[1];
        margins(m, row, margin);
        check_close(margin[0], rows[i].margin, 1e-6, 0.0);
        model_margin_native(m, row, native);
        check_close(native[0], rows[i].margin, 1e-6, 0.0);
    }
    model_free(m);
}

/* The class that a single probability field speaks of is the output's. */
static void other_event(void **state)
{
    (void)state;
    char *text = text_of("boost", NULL);
    const char *field = "  <MiningSchema><MiningField name=\"bad\" "
                        "usageType=\"target\"/>";
    const char *output = "<Output><OutputField name=\"good\" dataType=\"double"
                         "\" feature=\"probability\" value=\"0\"/></Output>";
    char *at = strstr(strstr(text, field), "</MiningSchema>") + 15;
    size_t room = strlen(text) + strlen(output) + 1;
    char *changed = malloc(room);
    struct error e = {0};
    struct model *m = NULL;
    assert_non_null(changed);
    (void)snprintf(changed, room, "%.*s%s%s", (int)(at - text), text, output,
                   at);
    check_ok(load_text(changed, &m, &e), &e);
    double row[2] = {0.69, 20.0}, margin[1], answer[1];
    margins(m, row, margin);
    assert_int_equal(model_answer(m, margin, answer), 1);
    check_close(margin[0], 0.05, 1e-6, 0.0);
    check_close(answer[0], 1.0 / (1.0 + exp(-0.05)), 1e-6, 0.0);
    model_free(m);
    free(changed);
    free(text);
}

static void grades(void **state)
{
    (void)state;
    struct model *m = load("grades", MODEL_FOREST, 2);
    const struct {
        double colour, size, want[3];
    } rows[] = {{word(m, 0, "blue"), 0.0, {2.0, -1.5, 0.75}},
                {word(m, 0, "dark red"), 9.0, {2.0, -1.5, 0.75}},
                {word(m, 0, "green"), 2.5, {3.0, -1.75, 0.625}},
                {word(m, 0, "pink"), 5.0, {3.0, -1.75, 0.875}},
                {word(m, 0, "green"), gone, {1.0, -1.25, 0.625}},
                {gone, 5.0, {1.0, -1.25, 0.625}}};
    assert_int_equal(m->outputs, 3);
    assert_int_equal(m->link, LINK_SOFTMAX);
    assert_string_equal(m->class_names[0], "a");
    assert_string_equal(m->class_names[2], "c");
    check_close(word(m, 0, "pink"), CATEGORY_UNSEEN, 0.0, 0.0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double row[2] = {rows[i].colour, rows[i].size}, margin[3];
        margins(m, row, margin);
        for (size_t k = 0; k < 3; k++)
            check_close(margin[k], rows[i].want[k], 1e-15, 0.0);
    }
    model_free(m);
}

static void surrogates(void **state)
{
    (void)state;
    struct model *m = load("surrogate", MODEL_FOREST, 3);
    double none = word(m, 1, "none"), nurse = word(m, 1, "nurse");
    const struct {
        double savings, job, years, high;
    } rows[] = {{500.0, nurse, 9.0, 0.8},      {1000.0, none, 1.0, 0.2},
                {gone, none, 9.0, 0.8},        {gone, nurse, 1.0, 0.2},
                {gone, gone, 2.0, 0.8},        {gone, gone, 3.0, 0.2},
                {gone, word(m, 1, "?"), 2.0, 0.8}, {gone, gone, gone, 0.2},
                {gone, word(m, 1, "pilot"), 2.0, gone}};
    assert_int_equal(m->link, LINK_IDENTITY);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double row[3] = {rows[i].savings, rows[i].job, rows[i].years};
        double margin[1];
        margins(m, row, margin);
        check_close(margin[0], rows[i].high, 1e-15, 0.0);
    }
    model_free(m);
}

static void votes(void **state)
{
    (void)state;
    struct model *m = load("votes", MODEL_PROGRAM, 2);
    static const struct {
        double x, y, yes;
    } rows[] = {{0.2, 0.3, 0.0}, {-1.0, 5.0, 1.0}, {-1.0, NAN, 0.0},
                {3.0, NAN, 0.0}, {NAN, 2.0, 0.0},  {2.0, 1.0, 2.0 / 3.5},
                {2.0, -0.5, 1.0}};
    assert_int_equal(m->outputs, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double row[2] = {rows[i].x, rows[i].y}, margin[1];
        margins(m, row, margin);
        check_close(margin[0], rows[i].yes, 1e-15, 0.0);
    }
    model_free(m);
}

static void card(void **state)
{
    (void)state;
    struct model *m = load("card", MODEL_FOREST, 2);
    const struct {
        double age, home, total;
        const char *reason[2];
        double loss[2];
    } rows[] = {
        {25, word(m, 1, "rent"), 84, {"YOUNG", "HOME"}, {22, 4}},
        {29, word(m, 1, "own"), 62, {"YOUNG", "HOME"}, {22, 0}},
        {50, word(m, 1, "own"), 42, {"AGE", "HOME"}, {2, 0}},
        {gone, word(m, 1, "boat"), 23, {"HOME", "AGE"}, {2, -19}},
        {gone, gone, 23, {"HOME", "AGE"}, {2, -19}},
    };
    assert_non_null(m->scorecard);
    assert_true(m->scorecard->reasons);
    assert_int_equal(m->scorecard->points, POINTS_ABOVE);
    assert_string_equal(m->scorecard->name[1], "home points");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double row[2] = {rows[i].age, rows[i].home}, margin[1];
        struct scorecard_reason found[2];
        margins(m, row, margin);
        check_close(margin[0], rows[i].total, 0.0, 0.0);
        assert_int_equal(scorecard_reasons(m, row, false, found, 2), 2);
        for (size_t k = 0; k < 2; k++) {
            assert_string_equal(found[k].code, rows[i].reason[k]);
            if (rows[i].loss[k] > 0)
                check_close(found[k].loss, rows[i].loss[k], 0.0, 0.0);
        }
    }
    model_free(m);
}

static void formula_card(void **state)
{
    (void)state;
    struct model *m = load("formula_card", MODEL_PROGRAM, 2);
    static const double rows[][3] = {{10, 50, 22.4},  {80, 200, 24.8},
                                     {300, 200, 12},  {10, NAN, 4},
                                     {NAN, 200, 8},   {NAN, NAN, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double margin[1];
        margins(m, rows[i], margin);
        check_close(margin[0], rows[i][2], 1e-15, 0.0);
    }
    model_free(m);
}

/* One change to a document that reads well makes it one that does not. */
static const struct {
    const char *name, *from, *to, *says;
    status class;
    long line;
} refusals[] = {
    {"votes", "weightedMajorityVote", "selectAll", "selectAll",
     ST_UNSUPPORTED, 10},
    {"votes", "weightedMajorityVote", "weightedMedian", "weightedMedian",
     ST_UNSUPPORTED, 10},
    {"votes", "weightedMajorityVote", "weightedMedien", "multipleModelMethod",
     ST_UNSUPPORTED, 10},
    {"votes", "weightedMajorityVote", "sum", "classification", ST_UNSUPPORTED,
     10},
    {"votes", "score=\"yes\" recordCount=\"3\"", "score=\"maybe\"", "maybe",
     ST_FORMAT, 25},
    {"votes", "operator=\"lessThan\"", "operator=\"under\"", "operator",
     ST_UNSUPPORTED, 16},
    {"votes", "<Node recordCount=\"7\"><True/>", "<Node><True/>"
     "<Regression/>", "Regression", ST_UNSUPPORTED, 24},
    {"votes", "weight=\"2\"", "weight=\"-2\"", "weight", ST_FORMAT, 11},
    {"votes", " recordCount=\"5\"><CompoundPredicate", "><CompoundPredicate",
     NULL, ST_OK, 0},
    {"boost", "defaultChild=\"2\"", "defaultChild=\"7\"", "defaultChild",
     ST_FORMAT, 21},
    {"boost", "<Segment id=\"2\"><True/>\n    <RegressionModel",
     "<Segment id=\"2\"><SimplePredicate field=\"age\" operator=\"isMissing\"/>"
     "\n    <RegressionModel", "modelChain", ST_UNSUPPORTED, 41},
    {"boost", "score=\"0.4\"", "score=\"four\"", "score", ST_FORMAT, 22},
    {"card", "partialScore=\"-1\"", "", "partialScore", ST_FORMAT, 13},
    {"surrogate", "field=\"savings\" operator=\"lessThan\"",
     "field=\"saving\" operator=\"lessThan\"", "saving", ST_FORMAT, 15},
};

static void refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct error e = {0};
        struct model *m = NULL;
        char *text = text_of(refusals[i].name, NULL);
        char *at = strstr(text, refusals[i].from);
        assert_non_null(at);
        size_t room = strlen(text) + strlen(refusals[i].to) + 1;
        char *changed = malloc(room);
        assert_non_null(changed);
        (void)snprintf(changed, room, "%.*s%s%s", (int)(at - text), text,
                       refusals[i].to, at + strlen(refusals[i].from));
        status s = load_text(changed, &m, &e);
        if (refusals[i].class == ST_OK) {
            check_ok(s, &e);
            model_free(m);
        } else {
            check_fails(s, &e, refusals[i].class, refusals[i].says);
            assert_int_equal(e.line, refusals[i].line);
            assert_null(m);
        }
        free(changed);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boosted),  cmocka_unit_test(other_event),
        cmocka_unit_test(grades),   cmocka_unit_test(surrogates),
        cmocka_unit_test(votes),    cmocka_unit_test(card),
        cmocka_unit_test(formula_card), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
