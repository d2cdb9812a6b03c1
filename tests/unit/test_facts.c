#include "check.h"

#include "document/template.h"
#include "facts/build.h"

static const char *const folders[] = {"templates"};
static const struct schema_row rows[] = {
    {"performance/split[]/name", FACT_TEXT, NULL, "name"},
    {"performance/split[]/auc", FACT_NUMBER, NULL, "area"},
    {"rate", FACT_NUMBER, NULL, "share"},
    {"amount", FACT_NUMBER, "USD", "asked"},
    {"when", FACT_DATE, NULL, "date"},
    {"yes", FACT_BOOLEAN, NULL, "yes"},
    {"owner", FACT_TEXT, NULL, "owner"},
    {"reason[]/text", FACT_TEXT, NULL, "text"},
};

struct world {
    struct arena *arena;
    struct language *language;
    struct schema *schema;
};

static struct world open_world(void)
{
    struct world w = {arena_new(1 << 22), NULL, NULL};
    struct error e;
    check_ok(language_open(folders, 1, "en-US", &w.language, &e), &e);
    check_ok(schema_new(rows, sizeof rows / sizeof *rows, &w.schema, &e), &e);
    return w;
}

static void close_world(struct world *w)
{
    arena_free(w->arena);
    language_free(w->language);
    schema_free(w->schema);
}

static void values_print_and_twin(void **state)
{
    (void)state;
    struct world w = open_world();
    struct error e;
    struct facts_maker m;
    facts_begin(&m, w.arena, w.language, w.schema);
    struct fact *perf = facts_group(&m, m.root, "performance");
    assert_ptr_equal(facts_group(&m, m.root, "performance"), perf);
    struct fact *split = facts_item(&m, perf, "split");
    facts_text(&m, split, "name", "test");
    struct fact *auc = facts_number(&m, split, "auc", 0.8123, AS_DECIMAL(2));
    facts_interval(&m, auc, 0.801, 0.829, "DeLong");
    facts_n(&m, auc, 11000);
    facts_number(&m, m.root, "rate", 0.124, AS_PERCENT(1));
    struct fact *amount = facts_number(&m, m.root, "amount", 12000, AS_MONEY("USD"));
    facts_interval(&m, amount, 10000, 14000.5, NULL);
    facts_date(&m, m.root, "when", (struct date){2026, 10, 14});
    facts_boolean(&m, m.root, "yes", true);
    facts_text(&m, m.root, "owner", "  ");
    check_ok(facts_finish(&m, &e), &e);
    assert_string_equal(auc->printed, "0.81");
    assert_string_equal(auc->printed_high, "0.83");
    assert_string_equal(auc->printed_n, "11,000");
    assert_string_equal(amount->printed, "$12,000");
    assert_string_equal(amount->printed_high, "$14,000.50");
    assert_string_equal(fact_child(m.root, "when")->printed, "October 14, 2026");
    assert_string_equal(fact_child(m.root, "owner")->printed, "not provided");
    struct facts_tally t = facts_count(m.root);
    assert_int_equal(t.computed, 4);
    assert_int_equal(t.declared, 2);
    assert_int_equal(t.missing, 1);
    struct buf out = BUF_INIT(65536);
    check_ok(facts_twin(m.root, w.schema, &out, &e), &e);
    /* one item is a list still */
    assert_non_null(strstr(buf_text(&out), "\"split\":["));
    assert_non_null(strstr(buf_text(&out), "0.8123"));
    assert_non_null(strstr(buf_text(&out), "\"missing_reason\":\"not provided\""));
    assert_non_null(strstr(buf_text(&out), "\"method\":\"DeLong\""));
    buf_clear(&out);
    fact_path(auc, &out);
    assert_string_equal(buf_text(&out), "performance/split/auc");
    buf_free(&out);
    close_world(&w);
}

static void what_the_schema_does_not_know_is_refused(void **state)
{
    (void)state;
    struct world w = open_world();
    struct error e;
    struct facts_maker m;
    facts_begin(&m, w.arena, w.language, w.schema);
    struct fact *f = facts_number(&m, m.root, "rates", 1, AS_COUNT);
    facts_interval(&m, f, 0, 1, NULL);
    check_fails(facts_finish(&m, &e), &e, ST_BUG, "\"rates\": not in the schema");
    facts_begin(&m, w.arena, w.language, w.schema);
    facts_text(&m, m.root, "rate", "0.2");
    check_fails(facts_finish(&m, &e), &e, ST_BUG, "another kind");
    facts_begin(&m, w.arena, w.language, w.schema);
    facts_number(&m, m.root, "rate", 1, AS_COUNT);
    facts_number(&m, m.root, "rate", 2, AS_COUNT);
    check_fails(facts_finish(&m, &e), &e, ST_BUG, "given twice");
    facts_begin(&m, w.arena, w.language, w.schema);
    facts_group(&m, m.root, "reason");
    check_fails(facts_finish(&m, &e), &e, ST_BUG, "as a list");
    facts_begin(&m, w.arena, w.language, w.schema);
    struct fact *none = facts_number(&m, m.root, "rate", NAN, AS_COUNT);
    check_ok(facts_finish(&m, &e), &e);
    assert_int_equal(none->kind, FACT_MISSING);
    close_world(&w);
}

static void contradicting_rows_are_refused(void **state)
{
    (void)state;
    static const struct schema_row below[] = {
        {"a", FACT_TEXT, NULL, ""}, {"a/b", FACT_TEXT, NULL, ""}};
    static const struct schema_row twice[] = {
        {"a", FACT_TEXT, NULL, ""}, {"a", FACT_DATE, NULL, ""}};
    static const struct schema_row list[] = {
        {"a[]/b", FACT_TEXT, NULL, ""}, {"a/c", FACT_DATE, NULL, ""}};
    struct schema *s = NULL;
    struct error e;
    check_fails(schema_new(below, 2, &s, &e), &e, ST_BUG, "goes on below");
    check_fails(schema_new(twice, 2, &s, &e), &e, ST_BUG, "twice");
    check_fails(schema_new(list, 2, &s, &e), &e, ST_BUG, "list");
    check_ok(schema_builtin(&s, &e), &e);
    assert_true(schema_count(s) > 0);
    schema_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_print_and_twin),
        cmocka_unit_test(what_the_schema_does_not_know_is_refused),
        cmocka_unit_test(contradicting_rows_are_refused),
    };
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
