/* A project against its model: mapping, scales, rows, and the first project
 * that candor init writes. */
#include "check.h"

#include "base/buf.h"
#include "io/source.h"
#include "model/builder.h"
#include "project/project.h"

struct pair {
    struct model *m;
    struct project *p;
    struct fault_list faults;
    struct error e;
    status s;
};

/* Two numbers and a category, one tree that reads income and home; "spare" is
 * read by nothing. */
static struct model *model_of(enum model_link link, double scale,
                              size_t outputs)
{
    static const char *const words[] = {"own", "rent"};
    struct error e = {0};
    struct model *m = NULL;
    struct builder *b = builder_new(1 << 24);
    uint32_t bits = 1;
    assert_non_null(b);
    builder_library(b, LIBRARY_XGBOOST, "by hand", "1");
    builder_link(b, link, scale);
    check_ok(builder_feature(b, "income", FEATURE_NUMBER, &e), &e);
    check_ok(builder_feature(b, "home", FEATURE_CATEGORY, &e), &e);
    check_ok(builder_feature(b, "spare", FEATURE_INTEGER, &e), &e);
    check_ok(builder_words(b, 1, words, 2, &e), &e);
    check_ok(builder_outputs(b, outputs, &e), &e);
    check_ok(builder_tree(b, 0, 1, &e), &e);
    check_ok(builder_split(b, 0, 100, 1, 2, true, MISSING_NAN, 4, &e), &e);
    check_ok(builder_leaf(b, 1, 2, &e), &e);
    check_ok(builder_category_split(b, 1, &bits, 1, false, 3, 4, true,
                                    MISSING_NAN, 2, &e),
             &e);
    check_ok(builder_leaf(b, -1, 1, &e), &e);
    check_ok(builder_leaf(b, 0.5, 1, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_base(b, (const double[]){0, 0, 0}, outputs, &e), &e);
    check_ok(builder_finish(b, 0, "0123456789abcdef0123456789abcdef0123456789ab"
                                  "cdef0123456789abcdef",
                            10, &m, &e),
             &e);
    builder_free(b);
    return m;
}

static void bind(struct pair *x, struct model *m, const char *text)
{
    *x = (struct pair){.m = m};
    check_ok(project_parse(text, strlen(text), "candor.json", "", &x->p,
                           &x->faults, &x->e),
             &x->e);
    x->s = project_bind(x->p, m, &x->faults, &x->e);
}

static void done(struct pair *x)
{
    project_free(x->p);
    model_free(x->m);
    fault_list_free(&x->faults);
}

static void says(struct model *m, const char *text, const char *expected,
                 enum fault_severity severity)
{
    struct pair x;
    bool found = false;
    bind(&x, m, text);
    for (size_t i = 0; i < x.faults.count; i++)
        found = found || (x.faults.fault[i].severity == severity &&
                          strcmp(x.faults.fault[i].error.text, expected) == 0);
    if (!found) {
        print_error("expected  %s\n", expected);
        for (size_t i = 0; i < x.faults.count; i++)
            print_error("found     %s\n", x.faults.fault[i].error.text);
    }
    assert_true(found);
    assert_true((x.s == ST_OK) == (severity != FAULT_ERROR));
    done(&x);
}

#define F "\"features\": [{\"input\": \"income\"}, {\"input\": \"home\"}, " \
          "{\"input\": \"spare\"}]"
#define P(model, rest) "{\"model\": {\"file\": \"m\"" model "}, " rest "}"

static struct model *plain(void)
{
    return model_of(LINK_LOGISTIC, 1, 1);
}

static void messages(void **state)
{
    (void)state;
    says(plain(), P("", "\"features\": [{\"input\": \"income\"}]"),
         "the model reads the input \"home\", and no feature of the project "
         "stands for it", FAULT_ERROR);
    says(plain(), P("", "\"features\": [{\"input\": \"income\"}, {\"input\": "
                        "\"home\"}]"),
         "the model has the input \"spare\", which no feature stands for; no "
         "tree reads it", FAULT_WARN);
    says(plain(), P("", "\"features\": [{\"input\": \"incme\"}]"),
         "the model has no input \"incme\" (did you mean \"income\"?)",
         FAULT_ERROR);
    says(plain(), P("", F ", \"documents\": {\"explanation\": true}"),
         "feature \"income\" is read by the model and belongs to no reason "
         "factor (comment 9(b)(2)-4)", FAULT_BLOCK);
    says(plain(), P("", F ", \"documents\": {\"explanation\": true}"),
         "feature \"income\" has no plain name in en-US", FAULT_MARK);
    says(plain(), P("", "\"features\": [{\"input\": \"income\", \"words\": "
                        "[\"x\"]}, {\"input\": \"home\"}]"),
         "feature \"income\" lists words, but the model reads numbers there",
         FAULT_ERROR);
    says(plain(), P("", "\"features\": [{\"input\": \"income\"}, {\"input\": "
                        "\"home\", \"words\": [\"rnet\"]}]"),
         "feature \"home\" names the word \"rnet\", which the model has never "
         "met (did you mean \"rent\"?)", FAULT_ERROR);
    says(plain(), P("", F ", \"factors\": [{\"key\": \"f\", \"features\": "
                        "[\"spare\"]}]"),
         "factor \"f\" covers no input that the model reads", FAULT_WARN);
    says(plain(), P("", F ", \"levers\": [{\"input\": \"spare\"}]"),
         "lever \"spare\" moves an input that the model does not read",
         FAULT_WARN);
    says(plain(), P(", \"sha256\": \"ab000000000000000000000000000000"
                    "00000000000000000000000000000000\"", F),
         "the model file's SHA-256 is 0123456789abcdef0123456789abcdef01234567"
         "89abcdef0123456789abcdef, not the declared one", FAULT_BLOCK);
    says(plain(), P(", \"output\": \"good\"", F),
         "model.output is \"good\", but the model has 1 output, counted from 0",
         FAULT_ERROR);
    says(model_of(LINK_SOFTMAX, 1, 3),
         P(", \"cutoff\": 0.5, \"orientation\": \"higher is worse\"", F),
         "the model has 3 outputs: model.output must say which one the cutoff "
         "is for", FAULT_ERROR);
    says(model_of(LINK_SOFTMAX, 1, 3),
         P(", \"output\": \"2\", \"cutoff\": 0.5, \"orientation\": \"higher is "
           "worse\"", F),
         "model.cutoff 0.5 has no place on this model's answer: use the scale "
         "\"margin\"", FAULT_ERROR);
    says(plain(), P(", \"cutoff\": 1.5, \"orientation\": \"higher is worse\"",
                    F),
         "model.cutoff 1.5 is outside what this model can answer",
         FAULT_ERROR);
    says(model_of(LINK_EXP, 1, 1),
         P(", \"orientation\": \"higher is worse\", \"scale\": {\"kind\": "
           "\"points\", \"pdo\": 20, \"at_score\": 600, \"at_odds\": 30}", F),
         "points stand on log-odds, and this model's output has none: use the "
         "scale \"margin\" or \"answer\"", FAULT_ERROR);
}

static void scores_go_there_and_back(void **state)
{
    static const struct {
        enum model_link link;
        double scale, low, high;
    } links[] = {
        {LINK_LOGISTIC, 1, -20, 20},    {LINK_LOGISTIC, 2.5, -8, 8},
        {LINK_IDENTITY, 1, -5, 5},      {LINK_EXP, 1, -5, 5},
        {LINK_SIGNED_SQUARE, 1, -4, 4}, {LINK_LOG1P_EXP, 1, -9, 60},
    };
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct pair x;
        bind(&x, model_of(links[i].link, links[i].scale, 1),
             P(", \"scale\": {\"kind\": \"answer\"}", F));
        check_ok(x.s, &x.e);
        for (int k = 0; k <= 20; k++) {
            double m = links[i].low +
                       (links[i].high - links[i].low) * k / 20.0;
            double answer;
            (void)model_answer(x.m, &m, &answer);
            check_close(project_score(x.p, m), answer, 1e-12, 1e-15);
            check_close(project_score_of(x.p, x.m, &m), answer, 0, 0);
            check_close(project_margin(x.p, project_score(x.p, m)), m, 1e-6,
                        1e-9);
        }
        done(&x);
    }
}

/* Points are decided as they are printed: 639.5 prints 640 and passes. */
static void points_are_decided_as_printed(void **state)
{
    (void)state;
    struct pair x;
    bind(&x, plain(),
         P(", \"orientation\": \"higher is worse\", \"cutoff\": 640, "
           "\"scale\": {\"kind\": \"points\", \"pdo\": 40, \"at_score\": 660, "
           "\"at_odds\": 12}", F));
    check_ok(x.s, &x.e);
    /* odds 12 : 1 for good are margin -ln 12 of a model of the bad */
    check_close(project_score(x.p, -log(12.0)), 660, 0, 0);
    check_close(project_score(x.p, -log(24.0)), 700, 0, 0);
    check_close(project_margin(x.p, 700), -log(24.0), 1e-14, 0);
    double edge = x.p->model.cutoff_margin;
    check_close(project_score(x.p, edge - 1e-9), 640, 0, 0);
    check_close(project_score(x.p, edge + 1e-9), 639, 0, 0);
    assert_true(project_approves(x.p, 640));
    assert_false(project_approves(x.p, 639));
    assert_false(project_approves(x.p, NAN));
    done(&x);
    bind(&x, plain(),
         P(", \"orientation\": \"higher is worse\", \"cutoff\": 0.25", F));
    check_ok(x.s, &x.e);
    check_close(x.p->model.cutoff_margin, log(0.25 / 0.75), 1e-14, 0);
    assert_true(project_approves(x.p, 0.25));
    assert_false(project_approves(x.p, 0.26));
    done(&x);
}

static void rows_reach_the_model(void **state)
{
    (void)state;
    struct pair x;
    struct input_map *map = NULL;
    const struct column_spec *column;
    double number0[] = {5, NAN}, number2[] = {1, 2};
    const char *text1[] = {"rent", NULL};
    const double *number[] = {number0, NULL, number2};
    const char *const *text[] = {NULL, text1, NULL};
    long long ordinal[] = {1, 2};
    long line[] = {2, 3};
    struct block b = {2, 1, ordinal, line, number, text};
    double row[3];
    bind(&x, plain(),
         P("", "\"features\": [{\"input\": \"spare\"}, {\"input\": \"home\", "
               "\"column\": \"housing\", \"missing\": [\"?\"]}, {\"input\": "
               "\"income\", \"low\": 0}]"));
    check_ok(x.s, &x.e);
    check_ok(input_map_new(x.p, x.m, &map, &x.e), &x.e);
    assert_int_equal(input_map_columns(map, &column), 3);
    assert_string_equal(column[0].name, "income");
    check_close(column[0].low, 0, 0, 0);
    assert_true(isnan(column[0].high));
    assert_string_equal(column[1].name, "housing");
    assert_int_equal(column[1].type, COLUMN_TEXT);
    assert_int_equal(column[1].missing_count, 1);
    input_map_row(map, &b, 0, row);
    check_close(row[0], 5, 0, 0);
    check_close(row[1], 1, 0, 0);
    check_close(row[2], 1, 0, 0);
    input_map_row(map, &b, 1, row);
    assert_true(isnan(row[0]) && isnan(row[1]));
    input_map_free(map);
    done(&x);
}

static struct model *load(const char *path)
{
    struct source *source = NULL;
    struct model *m = NULL;
    struct error e = {0};
    struct format_options options = {0};
    check_ok(source_open(path, 0, false, &source, &e), &e);
    check_ok(model_load(source_stream(source), &options, &m, &e), &e);
    source_free(source);
    return m;
}

static void first_project(const char *model, const char *table)
{
    struct model *m = load(model);
    struct buf text = BUF_INIT(1 << 20);
    struct pair x = {.m = m};
    struct input_map *map = NULL;
    check_ok(project_init(model, m, table, "candor.json", &text, &x.e), &x.e);
    assert_non_null(strstr(buf_text(&text), "// GAP: "));
    check_ok(project_parse(buf_text(&text), text.length, "candor.json", "",
                           &x.p, &x.faults, &x.e),
             &x.e);
    check_ok(project_bind(x.p, m, &x.faults, &x.e), &x.e);
    assert_true(fault_list_count(&x.faults, FAULT_BLOCK) > 0 ||
                !x.p->documents.notice);
    check_ok(input_map_new(x.p, m, &map, &x.e), &x.e);
    const struct column_spec *column;
    assert_int_equal(input_map_columns(map, &column), m->features);
    assert_null(x.p->institution.name);
    assert_false(x.p->model.has_cutoff);
    input_map_free(map);
    buf_free(&text);
    done(&x);
}

static void init_of_the_samples(void **state)
{
    (void)state;
    first_project("samples/credit/model.json", "samples/credit/decisions.csv");
    first_project("samples/credit/model-lightgbm.txt",
                  "samples/credit/test.csv");
    first_project("samples/claims/model.txt", "samples/claims/later.csv");
}

static void init_of_every_model(void **state)
{
    static const struct {
        const char *folder, *file;
    } models[] = {
        {"xgb_german_categories", "model.json"},
        {"xgb_student_softprob", "model.ubj"},
        {"xgb_spain_early_stop", "model.json"},
        {"xgb_solas_gamma", "model.json"},
        {"lgb_german_categories", "model.txt"},
        {"lgb_student_multiclassova", "model.txt"},
    };
    const char *data = shared_data();
    (void)state;
    if (data == NULL)
        skip();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char model[4096], table[4096];
        (void)snprintf(model, sizeof model, "%s/models/%s/%s", data,
                       models[i].folder, models[i].file);
        (void)snprintf(table, sizeof table, "%s/models/%s/rows.csv", data,
                       models[i].folder);
        first_project(model, table);
    }
}

/* The page that init writes, for a model and a table that show every kind. */
static void init_text(void **state)
{
    (void)state;
    static const char table[] = "build/init-table.csv";
    struct model *m = plain();
    struct buf text = BUF_INIT(1 << 16);
    struct error e = {0};
    FILE *f = fopen(table, "wb");
    assert_non_null(f);
    (void)fputs("loan_id,income,home,sex,paid\n1,5,own,f,0\n2,,rent,m,1\n", f);
    assert_int_equal(fclose(f), 0);
    check_ok(project_init("build/m.json", m, table, "build/candor.json", &text,
                          &e),
             &e);
    const char *const parts[] = {
        "    \"file\": \"m.json\",\n",
        "    // not read by the model: sex (may be a group for data.groups: "
        "sex)\n",
        "    // not read by the model: paid (two values: may be a label)\n",
        "    \"decisions\": {\"file\": \"init-table.csv\"},\n",
        "    \"columns\": {\"id\": \"loan_id\"}\n",
        "    // seen: 5 to 5, 1 missing\n    {\"input\": \"income\", "
        "\"format\": \"integer\"},\n",
        "    {\"input\": \"home\", \"format\": \"word\", \"words\": [\"own\", "
        "\"rent\"]},\n",
        "    // GAP: the table has no such column: give \"column\"\n    "
        "{\"input\": \"spare\", \"format\": \"integer\"}\n",
        "    // GAP: \"cutoff\", and \"scale\" when it is not a probability\n",
        "    \"languages\": [\"en-US\"],\n    \"notice\": true,\n    "
        "\"explanation\": true,\n    \"card\": true\n  }\n}\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strstr(buf_text(&text), parts[i]) == NULL)
            print_error("not there: %s\n%s", parts[i], buf_text(&text));
        assert_non_null(strstr(buf_text(&text), parts[i]));
    }
    check_fails(project_init("m", m, "-", "candor.json", &text, &e),
                &e, ST_ARGUMENT, "standard input cannot be a project's table");
    (void)remove(table);
    buf_free(&text);
    model_free(m);
}

static void the_sample_project_is_clean(void **state)
{
    (void)state;
    struct pair x = {.m = load("samples/credit/model.json")};
    if (!file_exists("samples/credit/candor.json"))
        skip();
    check_ok(project_read("samples/credit", &x.p, &x.faults, &x.e), &x.e);
    check_ok(project_bind(x.p, x.m, &x.faults, &x.e), &x.e);
    for (size_t i = 0; i < x.faults.count; i++)
        print_error("%s\n", x.faults.fault[i].error.text);
    assert_int_equal(fault_list_count(&x.faults, FAULT_BLOCK), 0);
    done(&x);
}

/* Features in a CSV are the same features as in JSON. */
static void sheets_read_like_json(void **state)
{
    (void)state;
    static const char sheet[] = "build/features-test.csv";
    struct pair x = {0};
    FILE *f = fopen(sheet, "wb");
    assert_non_null(f);
    (void)fputs("input,name,name.es-US,factor,low,words,missing,prohibited\n"
                "income,Income,Ingresos,f,0,,?|none,\n"
                "home,\"Home, owned\",,f,,own=owns it|rent=rents it,,\n"
                "spare,,Repuesto,,,,,age\n",
                f);
    assert_int_equal(fclose(f), 0);
    const char *text =
        "{\"model\": {\"file\": \"m\"}, \"features\": "
        "\"build/features-test.csv\", \"factors\": [{\"key\": \"f\"}], "
        "\"documents\": {\"languages\": [\"en-US\", \"es-US\"]}}";
    check_ok(project_parse(text, strlen(text), "candor.json", "", &x.p,
                           &x.faults, &x.e),
             &x.e);
    assert_int_equal(x.p->features, 3);
    const struct project_feature *p = x.p->feature;
    assert_string_equal(translated_text(&p[0].label, 0), "Income");
    assert_string_equal(translated_text(&p[0].label, 1), "Ingresos");
    assert_int_equal(p[0].missing_count, 2);
    assert_string_equal(p[0].missing[1], "none");
    assert_string_equal(p[1].name, "Home, owned");
    assert_string_equal(translated_text(&p[1].word_label[1], 0), "rents it");
    assert_null(p[2].name);
    assert_string_equal(translated_text(&p[2].label, 1), "Repuesto");
    assert_true(p[2].prohibited);
    assert_int_equal(p[1].place.line, 3);
    project_free(x.p);
    fault_list_free(&x.faults);

    f = fopen(sheet, "wb");
    assert_non_null(f);
    (void)fputs("input,lo\nincome,1\n,2\n", f);
    assert_int_equal(fclose(f), 0);
    x = (struct pair){0};
    x.s = project_parse(text, strlen(text), "candor.json", "", &x.p, &x.faults,
                        &x.e);
    struct buf out = BUF_INIT(4096);
    for (size_t i = 0; i < x.faults.count; i++)
        if (x.faults.fault[i].severity == FAULT_ERROR)
            error_render(&x.faults.fault[i].error, &out);
    assert_string_equal(
        buf_text(&out),
        "build/features-test.csv:1:7: error: unknown column \"lo\" (did you "
        "mean \"low\"?)\n"
        "     1 | input,lo\n"
        "       |       ^~\n"
        "build/features-test.csv:3:1: error: features[1].input is missing: the "
        "model's name for it\n"
        "     3 | ,2\n"
        "       | ^\n");
    buf_free(&out);
    fault_list_free(&x.faults);
    (void)remove(sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),
        cmocka_unit_test(scores_go_there_and_back),
        cmocka_unit_test(points_are_decided_as_printed),
        cmocka_unit_test(rows_reach_the_model),
        cmocka_unit_test(init_of_the_samples),
        cmocka_unit_test(init_of_every_model),
        cmocka_unit_test(init_text),
        cmocka_unit_test(the_sample_project_is_clean),
        cmocka_unit_test(sheets_read_like_json),
    };
    return cmocka_run_group_tests_name("project_bind", tests, NULL, NULL);
}
