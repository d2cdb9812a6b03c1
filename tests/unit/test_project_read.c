/* candor.json: every message with its text, and what lands where. */
#include "check.h"

#include "base/buf.h"
#include "project/project.h"

static struct project *parse(const char *text, struct fault_list *faults,
                             struct error *e, status *s)
{
    struct project *p = NULL;
    *s = project_parse(text, strlen(text), "candor.json", "folder", &p, faults,
                       e);
    return p;
}

static struct project *good(const char *text, struct fault_list *faults)
{
    struct error e = {0};
    status s;
    struct project *p = parse(text, faults, &e, &s);
    check_ok(s, &e);
    return p;
}

/* A text that fails with this message among its faults. */
static void says(const char *text, const char *expected,
                 enum fault_severity severity)
{
    struct fault_list faults = {0};
    struct error e = {0};
    status s;
    struct project *p = parse(text, &faults, &e, &s);
    bool found = false;
    for (size_t i = 0; i < faults.count; i++)
        found = found || (faults.fault[i].severity == severity &&
                          strcmp(faults.fault[i].error.text, expected) == 0);
    if (!found) {
        print_error("expected  %s\n", expected);
        for (size_t i = 0; i < faults.count; i++)
            print_error("found (%d) %s\n", (int)faults.fault[i].severity,
                        faults.fault[i].error.text);
        if (s != ST_OK)
            print_error("error     %s\n", e.text);
    }
    assert_true(found);
    assert_true((s == ST_OK) == (severity != FAULT_ERROR));
    project_free(p);
    fault_list_free(&faults);
}

#define M "\"model\": {\"file\": \"m\"}"
#define DOCS "\"documents\": {\"notice\": true}"

static const struct {
    const char *text, *message;
} errors[] = {
#include "unit/project_errors.def"
};

static void every_error_has_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        says(errors[i].text, errors[i].message, FAULT_ERROR);
}

#define NOTICE "{" M ", " DOCS "}"
static const struct {
    const char *text, *message;
} blocks[] = {
    {NOTICE, "institution.name is missing: a notice names the creditor (12 CFR "
             "1002.9(a)(2))"},
    {NOTICE, "institution.address is missing: a notice gives the creditor's "
             "address (12 CFR 1002.9(a)(2))"},
    {NOTICE, "institution.creditor_class is missing: it selects the Federal "
             "agency (12 CFR 1002.9(b)(1))"},
    {NOTICE, "documents.packs is missing: a notice takes its legal text from a "
             "pack (\"us-ecoa-fcra\")"},
    {NOTICE, "data.decisions is missing: documents are made for its rows"},
    {NOTICE, "documents.date is missing: documents bear a date, and candor "
             "reads no clock"},
    {NOTICE, "data.reference.A is missing: reasons by method A need their "
             "named population (comment 9(b)(2)-5)"},
    {NOTICE, "model.cutoff is missing: without it nobody is approved or "
             "declined by score"},
    {NOTICE, "model.orientation is missing: whether a higher output is better "
             "for the person cannot be guessed"},
    {"{" M ", \"documents\": {\"notice\": true, \"variant\": \"right to "
     "reasons\"}}",
     "a notice of the right to reasons needs institution.contact's name, "
     "address and telephone (12 CFR 1002.9(a)(2)(ii))"},
    {"{" M ", \"documents\": {\"notice\": true, \"most_reasons\": 5}}",
     "documents.most_reasons is above 4: say why in documents.reasons_override "
     "(comment 9(b)(2)-1)"},
    {"{" M ", " DOCS ", \"bureaus\": [{\"key\": \"b\"}]}",
     "agency \"b\" needs name, address and telephone (15 USC 1681m(a)(3)(A))"},
    {"{" M ", " DOCS ", \"data\": {\"columns\": {\"bureau\": \"b\"}}}",
     "documents.score_disclosed is missing: say bureau, own or none (15 USC "
     "1681m(a)(2))"},
    {"{" M ", " DOCS ", \"factors\": [{\"key\": \"f\"}]}",
     "factor \"f\" has no reason text in en-US, and a notice needs one"},
    {"{" M ", \"factors\": [{\"key\": \"f\", \"reason\": \"You failed to "
     "achieve a qualifying score\"}]}",
     "the reason text of factor \"f\" in en-US is not specific: it says that a "
     "standard was missed, not which factor counted"},
    {"{" M ", \"rules\": [{\"key\": \"f\", \"op\": \"missing\", \"column\": "
     "\"c\", \"reason\": \"Other.\"}]}",
     "the reason text of rule \"f\" in en-US is not specific: it names no "
     "factor at all"},
    {"{" M ", \"factors\": [{\"key\": \"f\", \"reason\": \" \"}]}",
     "the reason text of factor \"f\" in en-US is not specific: it is empty"},
};

static void gaps_block_documents_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        says(blocks[i].text, blocks[i].message, FAULT_BLOCK);
    says("{" M ", \"documents\": {\"notice\": true, \"most_reasons\": 5, "
         "\"reasons_override\": \"x\"}}",
         "documents.most_reasons is above 4 by a declared override",
         FAULT_WARN);
    says("{" M ", \"documents\": {\"explanation\": true, \"method\": \"B\"}}",
         "data.reference.A is missing: without it the two methods cannot be "
         "compared",
         FAULT_WARN);
    says("{" M ", \"documents\": {\"card\": true}}",
         "data.evaluation is missing: the card measures its tables",
         FAULT_MARK);
}

static void generic_texts_in_every_language(void **state)
{
    static const struct {
        const char *language, *text;
        bool fine;
    } cases[] = {
        {"en-US", "Based on our internal standards", false},
        {"en-US", "You did not meet our criteria", false},
        {"en-US", "OTHER", false},
        {"en-US", "Other obligations against income", true},
        {"en-US", "Income", true},
        {"es-US", "No cumple nuestras normas", false},
        {"es-US", "Otro", false},
        {"es-US", "Ingresos insuficientes", true},
        {"fr-CA", "Selon nos critères", false},
        {"fr", "Revenu insuffisant", true},
        {"de", "Unsere Kriterien sind nicht erfüllt", false},
        {"it", "Punteggio minimo non raggiunto", false},
        {"nl", "Onze criteria", false},
        {"pl", "Nasze kryteria", false},
        {"pt-BR", "Nossos critérios", false},
        {"en-US", "Nuestras normas", true}, /* another language's row */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[600];
        struct fault_list faults = {0};
        (void)snprintf(text, sizeof text,
                       "{" M ", \"documents\": {\"languages\": [\"%s\"]}, "
                       "\"factors\": [{\"key\": \"f\", \"reason\": \"%s\"}]}",
                       cases[i].language, cases[i].text);
        struct project *p = good(text, &faults);
        if ((fault_list_count(&faults, FAULT_BLOCK) == 0) != cases[i].fine)
            print_error("%s: %s\n", cases[i].language, cases[i].text);
        assert_true((fault_list_count(&faults, FAULT_BLOCK) == 0) ==
                    cases[i].fine);
        project_free(p);
        fault_list_free(&faults);
    }
}

static void a_message_shows_line_and_caret(void **state)
{
    (void)state;
    struct fault_list faults = {0};
    struct error e = {0};
    struct buf out = BUF_INIT(4096);
    status s;
    struct project *p = parse("{\n  \"model\": {\n    \"file\": \"m\",\n"
                              "    \"cutof\": 0.32,\n    \"id\": 7\n  }\n}\n",
                              &faults, &e, &s);
    assert_null(p);
    assert_int_equal(faults.count, 2);
    error_render(&faults.fault[0].error, &out);
    error_render(&faults.fault[1].error, &out);
    assert_string_equal(
        buf_text(&out),
        "candor.json:4:5: error: unknown key \"cutof\" in model (did you mean "
        "\"cutoff\"?)\n"
        "     4 |     \"cutof\": 0.32,\n"
        "       |     ^~~~~~~\n"
        "candor.json:5:11: error: model.id must be a text, not a number\n"
        "     5 |     \"id\": 7\n"
        "       |           ^\n");
    assert_string_equal(e.text, faults.fault[0].error.text);
    buf_free(&out);
    fault_list_free(&faults);
}

static void values_land(void **state)
{
    (void)state;
    size_t length;
    char *text = slurp("tests/fuzz/corpus/project/whole.json", &length);
    struct fault_list faults = {0};
    assert_non_null(text);
    struct project *p = good(text, &faults);
    free(text);
    assert_string_equal(p->institution.contact_address[0], "1 Quay");
    assert_string_equal(p->model.file, "folder/m.json");
    assert_int_equal(p->model.decides, DECIDES_AT_LEAST);
    assert_false(p->model.higher_is_better);
    check_close(p->model.scale.factor, 20 / log(2.0), 1e-15, 0);
    assert_int_equal(p->model.scale.decimals, 0);
    assert_int_equal(p->reference_a.minimum_rows, 30);
    assert_int_equal(p->reference_b.minimum_rows, 10);
    assert_int_equal(p->train_evaluation, 0);
    assert_int_equal(p->main_evaluation, 0);
    assert_int_equal(p->languages, 2);
    assert_string_equal(p->feature[0].name, "Income");
    assert_string_equal(translated_text(&p->feature[0].label, 1), "Ingresos");
    assert_null(translated_text(&p->factor[0].reason, 1));
    assert_int_equal(p->factor[0].features, 2);
    assert_int_equal(p->factor[0].feature[1], 2);
    assert_string_equal(p->factor[0].hmda_code, "3");
    assert_int_equal(p->feature[1].words, 2);
    assert_string_equal(translated_text(&p->feature[1].word_label[1], 0),
                        "rents");
    assert_int_equal(p->feature[1].style, PRINT_WORD);
    assert_true(p->lever[1].category);
    assert_int_equal(p->recourse.order[0].feature_b, 2);
    assert_true(p->documents.letter_size);
    assert_int_equal(p->documents.packs, 1);
    assert_string_equal(project_card(p, "cover.status")->s.text, "draft");
    assert_null(project_card(p, "cover.tier")->s.text);
    assert_int_equal(project_card_list(p, "limits.risks")->items, 2);
    assert_string_equal(project_card_list(p, "limits.risks")->item[1].by, "C");
    project_free(p);
    fault_list_free(&faults);
}

static void many_faults_are_capped(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(1 << 20);
    struct fault_list faults = {0};
    struct error e = {0};
    status s;
    buf_puts(&text, "{\"model\": {\"file\": \"m\"}");
    for (int i = 0; i < 150; i++)
        buf_printf(&text, ", \"unknown%d\": 1", i);
    buf_puts(&text, "}");
    assert_null(parse(buf_text(&text), &faults, &e, &s));
    assert_int_equal(faults.count, FAULTS_MAX);
    assert_int_equal(faults.beyond, 50);
    fault_list_free(&faults);

    /* more gaps than are told: an error after them is told all the same, and
     * without one the project is good for its numbers */
    for (int wrong = 0; wrong < 2; wrong++) {
        buf_clear(&text);
        buf_puts(&text, "{\"model\": {\"file\": \"m\"}, \"documents\": "
                        "{\"notice\": true}, \"bureaus\": [");
        for (int i = 0; i < 150; i++)
            buf_printf(&text, "%s{\"key\": \"b%d\"}", i > 0 ? ", " : "", i);
        buf_printf(&text, "]%s}", wrong ? ", \"recourse\": {\"order\": [{"
                                          "\"lower\": \"a\", "
                                          "\"upper\": \"b\"}]}" : "");
        struct project *p = parse(buf_text(&text), &faults, &e, &s);
        assert_int_equal(s == ST_OK, !wrong);
        assert_true(faults.beyond > 0);
        assert_int_equal(fault_list_count(&faults, FAULT_ERROR) > 0, wrong);
        project_free(p);
        fault_list_free(&faults);
    }
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_text),
        cmocka_unit_test(gaps_block_documents_alone),
        cmocka_unit_test(generic_texts_in_every_language),
        cmocka_unit_test(a_message_shows_line_and_caret),
        cmocka_unit_test(values_land),
        cmocka_unit_test(many_faults_are_capped),
    };
    return cmocka_run_group_tests_name("project_read", tests, NULL, NULL);
}
