/* The small PMML files of tests/data/pmml against what make.py works out by the
 * standard's formulas, and files that must be refused, by element and line. */
#include "base/arena.h"
#include "check.h"
#include "model/evaluate.h"
#include "support/altered.h"
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

#define HEAD "<PMML version='4.4'><Header/><DataDictionary>"
#define FIELDS                                                                 \
    "<DataField name='x' optype='continuous' dataType='double'/>"              \
    "<DataField name='c' optype='categorical' dataType='string'>"              \
    "<Value value='a'/><Value value='b'/></DataField>"                         \
    "<DataField name='y' optype='continuous' dataType='double'/>"
#define SCHEMA                                                                 \
    "<MiningSchema><MiningField name='x'/><MiningField name='c'/>"             \
    "<MiningField name='y' usageType='target'/></MiningSchema>"
#define BEGIN_MODEL                                                            \
    HEAD FIELDS "</DataDictionary>\n<RegressionModel "                         \
    "functionName='regression'>" SCHEMA "\n"
#define TABLE                                                                  \
    "<RegressionTable intercept='1'>\n<NumericPredictor name='x' "             \
    "coefficient='2'/></RegressionTable>"
#define END_MODEL "</RegressionModel></PMML>"
#define WHOLE BEGIN_MODEL TABLE END_MODEL

static void header(void **state)
{
    struct error e = {0};
    status s;
    (void)state;
    struct model *m = load_bytes(
        "\n<p:PMML xmlns:p='urn:any' version='4.1'>"
        "<p:Header><p:Extension><x/></p:Extension><p:Application name='tool' "
        "version='2'/><p:Timestamp>now</p:Timestamp></p:Header>"
        "<p:DataDictionary><p:DataField name='x' optype='continuous' "
        "dataType='integer'/><p:DataField name='unused' dataType='date' "
        "optype='ordinal'/></p:DataDictionary><p:RegressionModel "
        "modelName='m' algorithmName='a' functionName='regression'>"
        "<p:MiningSchema><p:MiningField name='unused'/><p:MiningField "
        "name='x'/></p:MiningSchema><p:RegressionTable intercept='1'>"
        "<p:NumericPredictor name='x' coefficient='2'/></p:RegressionTable>"
        "</p:RegressionModel></p:PMML>", &e, &s);
    check_ok(s, &e);
    assert_string_equal(m->format, "PMML 4.1");
    assert_string_equal(m->library_version, "2");
    assert_int_equal(m->features, 2);
    assert_false(m->feature[1].used); /* the order is the dictionary's */
    assert_true(m->feature[0].used);
    assert_int_equal(m->feature[0].kind, FEATURE_INTEGER);
    assert_true(m->parameters >= 5);
    model_free(m);
}

static const struct {
    const char *find, *replace, *said;
    status class;
    long line;
} refused[] = {
    {"<PMML", "<PMNL", "", ST_SYNTAX, 4},
    {"<RegressionTable", "<RegressionTable2", "", ST_SYNTAX, 4},
    {"coefficient='2'", "", "coefficient is missing", ST_FORMAT, 4},
    {"coefficient='2'", "coefficient='two'", "finite number", ST_FORMAT,
     4},
    {"coefficient='2'", "coefficient='inf'", "finite number", ST_FORMAT,
     4},
    {"<NumericPredictor name='x'", "<NumericPredictor name='q'",
     "no field is named \"q\"", ST_FORMAT, 4},
    {"<NumericPredictor name='x'", "<NumericPredictor name='y'",
     "no active field", ST_FORMAT, 4},
    {"<NumericPredictor name='x'", "<NumericPredictor name='c'", NULL,
     ST_OK, 0},
    {"functionName='regression'", "functionName='clustering'",
     "functionName=\"clustering\" is not supported", ST_UNSUPPORTED, 2},
    {"functionName='regression'",
     "functionName='regression' isScorable='false'", "isScorable",
     ST_UNSUPPORTED, 2},
    {"functionName='regression'",
     "functionName='regression' normalizationMethod='odd'",
     "normalizationMethod=\"odd\"", ST_UNSUPPORTED, 2},
    {"<RegressionTable intercept='1'>",
     "<LocalTransformations><DerivedField name='d' optype='continuous' "
     "dataType='double'><TextIndex textField='c'/></DerivedField>"
     "</LocalTransformations><RegressionTable intercept='1'>"
     "<NumericPredictor name='d' coefficient='1'/>",
     "<TextIndex>: this element is not supported", ST_UNSUPPORTED, 3},
    {"<RegressionTable intercept='1'>",
     "<LocalTransformations><DerivedField name='d' optype='continuous' "
     "dataType='double'><Apply function='matches'><FieldRef field='c'/>"
     "<Constant>a</Constant></Apply></DerivedField>"
     "</LocalTransformations><RegressionTable intercept='1'>"
     "<NumericPredictor name='d' coefficient='1'/>",
     "\"matches\" is not supported", ST_UNSUPPORTED, 3},
    {"<RegressionTable intercept='1'>",
     "<LocalTransformations><DerivedField name='d' optype='continuous' "
     "dataType='double'><FieldRef field='e'/></DerivedField>"
     "<DerivedField name='e' optype='continuous' dataType='double'>"
     "<FieldRef field='d'/></DerivedField></LocalTransformations>"
     "<RegressionTable intercept='1'><NumericPredictor name='d' "
     "coefficient='1'/>", "defined by itself", ST_FORMAT, 3},
    {"</DataDictionary>\n<RegressionModel",
     "</DataDictionary>\n<ClusteringModel/><RegressionModel",
     "<ClusteringModel>: this element is not supported", ST_UNSUPPORTED,
     2},
    {"dataType='double'/><DataField name='c'",
     "dataType='dateTime'/><DataField name='c'", "dateTime",
     ST_UNSUPPORTED, 1},
    {"<Value value='a'/>", "<Value/>", "value is missing", ST_FORMAT, 1},
    {"<MiningField name='x'/>",
     "<MiningField name='x' missingValueReplacement='many'/>",
     "compared with a number", ST_FORMAT, 2},
    {"<MiningField name='x'/>",
     "<MiningField name='x' outliers='asExtremeValues' lowValue='2' "
     "highValue='1'/>", "lowValue is above highValue", ST_FORMAT, 2},
};

static void refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error e = {0};
        struct model *m = NULL;
        status s = altered_load(WHOLE, refused[i].find, refused[i].replace,
                                TREES_ALL, &m, &e);
        if (refused[i].class == ST_OK) {
            check_ok(s, &e);
            model_free(m);
            continue;
        }
        check_fails(s, &e, refused[i].class, refused[i].said);
        assert_int_equal(e.line, refused[i].line);
    }
}

/* Left out where nobody asks for it: what is unused is never refused. */
static void unused_parts(void **state)
{
    static const char *const parts[] = {
        "<LocalTransformations><DerivedField name='d' optype='continuous' "
        "dataType='double'><TextIndex textField='c'/></DerivedField>"
        "</LocalTransformations>",
        "<Output><OutputField name='o' feature='predictedValue'/><OutputField "
        "name='r' feature='residual'/><OutputField name='t' "
        "feature='transformedValue' isFinalResult='false'><Apply "
        "function='matches'><FieldRef field='c'/></Apply></OutputField>"
        "</Output>",
        "<ModelStats/><ModelExplanation/>"};
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, "%s<RegressionTable intercept='1'>",
                       parts[i]);
        struct model *m = altered_model(
            WHOLE, "<RegressionTable intercept='1'>", text);
        const double row[2] = {3.0, 0.0};
        check_close(margin_of(m, row, 0), 7.0, 0.0, 0.0);
        model_free(m);
    }
}

/* The file's own check of itself, off by a billionth. */
static void verification(void **state)
{
    struct error e = {0};
    size_t length = 0;
    status s;
    (void)state;
    char *text = slurp("tests/data/pmml/refused_verification.pmml", &length);
    assert_non_null(text);
    assert_null(load_bytes(text, &e, &s));
    check_fails(s, &e, ST_FORMAT, "own check fails: row 2");
    free(text);
}

/* Functions that call each other twice, or in a circle, or very deep. */
static void function_bombs(void **state)
{
    enum { ROOM = 1 << 20, LEVELS = 60 };
    char *text = malloc(ROOM);
    struct error e = {0};
    size_t n = 0;
    status s;
    (void)state;
    assert_non_null(text);
    n += (size_t)snprintf(text, ROOM, HEAD FIELDS "</DataDictionary>"
                          "<TransformationDictionary>");
    for (int i = 0; i < LEVELS; i++)
        n += (size_t)snprintf(
            text + n, ROOM - n,
            "<DefineFunction name='f%d' optype='continuous' dataType='double'>"
            "<ParameterField name='p'/><Apply function='+'><Apply "
            "function='%s%.*d'><FieldRef field='p'/></Apply><Apply "
            "function='%s%.*d'><FieldRef field='p'/></Apply></Apply>"
            "</DefineFunction>", i, i == 0 ? "abs" : "f", i > 0, i - 1,
            i == 0 ? "abs" : "f", i > 0, i - 1);
    (void)snprintf(text + n, ROOM - n,
                   "<DerivedField name='d' optype='continuous' "
                   "dataType='double'><Apply function='f%d'><FieldRef "
                   "field='x'/></Apply></DerivedField>"
                   "</TransformationDictionary><RegressionModel "
                   "functionName='regression'>" SCHEMA
                   "<RegressionTable intercept='0'><NumericPredictor name='d' "
                   "coefficient='1'/></RegressionTable>" END_MODEL,
                   LEVELS - 1);
    /* The first one's name is written without a number. */
    for (char *at; (at = strstr(text, "abs-1")) != NULL;)
        memmove(at + 3, at + 5, strlen(at + 5) + 1);
    struct model *m = load_bytes(text, &e, &s);
    check_ok(s, &e);
    const double row[2] = {1.5, 0.0};
    check_close(margin_of(m, row, 0), ldexp(1.5, LEVELS), 0.0, 0.0);
    model_free(m);
    char *at = strstr(text, "<Apply function='abs'");
    assert_non_null(at);
    memcpy(at, "<Apply function='f05'", 21);
    at[18] = '5';
    at[17] = 'f';
    at[19] = '9';
    assert_null(load_bytes(text, &e, &s));
    check_fails(s, &e, ST_LIMIT, "within each other");
    free(text);
}

/* Memory that fails at any moment is an error and leaves nothing behind. */
static void memory_fails(void **state)
{
    static const char *const files[] = {
        "tests/data/pmml/bins.pmml", "tests/data/pmml/text_functions.pmml",
        "tests/data/pmml/general_multinomial.pmml",
        "tests/data/pmml/network_softmax.pmml",
        "tests/data/pmml/verified.pmml", "tests/data/pmml/treatment.pmml"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t length = 0, failed = 0;
        char *text = slurp(files[i], &length);
        assert_non_null(text);
        for (size_t n = 1;; n++) {
            struct memory_stream memory = {text, length, 0};
            struct format_options options = {.trees = TREES_ALL};
            struct error e = {0};
            struct model *m = NULL;
            (void)mem_fail_at(n);
            status s = model_load(stream_of_memory(&memory, "x.pmml"),
                                  &options, &m, &e);
            size_t asked = mem_fail_at(0);
            model_free(m);
            assert_true(s == ST_OK || s == ST_MEMORY);
            failed += s == ST_MEMORY;
            if (asked < n)
                break;
        }
        assert_true(failed > 50);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_files), cmocka_unit_test(header),
        cmocka_unit_test(refusals), cmocka_unit_test(unused_parts),
        cmocka_unit_test(verification), cmocka_unit_test(function_bombs),
        cmocka_unit_test(memory_fails)};
    return cmocka_run_group_tests_name("formats pmml", tests, NULL, NULL);
}
