#include "check.h"

#include "document/expr.h"
#include "document/template.h"
#include "facts/build.h"

#include <time.h>

static const char *const folders[] = {"templates"};
static const struct schema_row rows[] = {
    {"id", FACT_TEXT, NULL, ""},
    {"when", FACT_DATE, NULL, ""},
    {"name", FACT_TEXT, NULL, ""},
    {"owner", FACT_TEXT, NULL, ""},
    {"action", FACT_TEXT, NULL, ""},
    {"score", FACT_NUMBER, NULL, ""},
    {"auc", FACT_NUMBER, NULL, ""},
    {"loans", FACT_NUMBER, NULL, ""},
    {"reasons/reason[]/text", FACT_TEXT, NULL, ""},
    {"reasons/reason[]/points", FACT_NUMBER, NULL, ""},
    {"reasons/reason[]/line[]/text", FACT_TEXT, NULL, ""},
};

static const char catalogue[] =
    "{\"format.missing\":\"not provided\",\"format.yes\":\"y\",\"format.no\":\"n\","
    "\"format.not-applicable\":\"n/a\",\"format.months\":\"{count}\","
    "\"format.years\":\"{count}\",\"format.years-months\":\"{years}{months}\","
    "\"format.ordinal\":\"{count}\",\"page.count\":\"Page {page} of {pages}\","
    "\"table.continued\":\"continued\",\"t\":\"A title\",\"dear\":\"Dear {name},\","
    "\"loans\":\"{count, plural, one {# loan} other {# loans}} here\","
    "\"status.found\":\"Found\",\"status.none\":\"None\",\"plain\":\"Plain words\","
    "\"bars\":\"{count} bars, {first} first, {most-value} most\","
    "\"chart.column.label\":\"Name\",\"chart.column.value\":\"Points\"}";

struct room {
    struct arena *arena;
    struct language *language, *pseudo;
    const struct language *both[2];
    struct schema *schema;
    struct template_world world;
    struct fact *root;
};

static void make_facts(struct room *o, const struct language *l)
{
    struct facts_maker m;
    struct error e;
    facts_begin(&m, o->arena, l, o->schema);
    facts_text(&m, m.root, "id", "A-17");
    facts_date(&m, m.root, "when", (struct date){2026, 10, 14});
    facts_text(&m, m.root, "name", "Ann <b>&amp; \"Co\" {{ x }}\x01 z");
    facts_text(&m, m.root, "owner", "");
    facts_text(&m, m.root, "action", "found");
    facts_number(&m, m.root, "score", 612.5, AS_DECIMAL(1));
    struct fact *auc = facts_number(&m, m.root, "auc", 0.8123, AS_DECIMAL(2));
    facts_interval(&m, auc, 0.80, 0.83, "DeLong");
    facts_n(&m, auc, 11000);
    facts_number(&m, m.root, "loans", 1, AS_COUNT);
    struct fact *reasons = facts_group(&m, m.root, "reasons");
    static const char *const texts[] = {"first", "second", "third"};
    for (int i = 0; i < 3; i++) {
        struct fact *r = facts_item(&m, reasons, "reason");
        facts_text(&m, r, "text", texts[i]);
        facts_number(&m, r, "points", 10 - 8 * i, AS_SIGNED(0));
        for (int k = 0; k <= i; k++)
            facts_text(&m, facts_item(&m, r, "line"), "text", "line");
    }
    check_ok(facts_finish(&m, &e), &e);
    o->root = m.root;
}

static void open_room(struct room *o)
{
    struct error e;
    *o = (struct room){.arena = arena_new(1 << 26)};
    check_ok(language_read("en-US", catalogue, sizeof catalogue - 1, "c.json",
                           &o->language, &e), &e);
    check_ok(language_pseudo(o->language, &o->pseudo, &e), &e);
    check_ok(schema_new(rows, sizeof rows / sizeof *rows, &o->schema, &e), &e);
    o->both[0] = o->language;
    o->both[1] = o->pseudo;
    o->world = (struct template_world){folders, 1, o->schema, o->both, 2, NULL, 0};
    make_facts(o, o->language);
}

static void close_room(struct room *o)
{
    arena_free(o->arena);
    language_free(o->language);
    language_free(o->pseudo);
    schema_free(o->schema);
}

static const char head[] =
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:c=\"urn:candor:template\">\n"
    "<head><title><c:message key=\"t\"/></title><meta name=\"kind\" content=\"card\"/>"
    "<meta name=\"date\" content=\"{{ when/@value }}\"/></head>\n<body>\n";

static status compile(struct room *o, const char *body, struct template **t,
                      struct error *e)
{
    char text[16384];
    int n = snprintf(text, sizeof text, "%s%s\n</body></html>", head, body);
    return template_compile(&o->world, "sample", text, (size_t)n, "s.xhtml", t, e);
}

static void dump(const struct doc_node *n, struct buf *out)
{
    if (n->kind == NODE_TEXT) {
        buf_puts(out, n->text);
        return;
    }
    buf_printf(out, "<%s", doc_element(n->kind));
    if (n->classes != NULL)
        buf_printf(out, " %s", n->classes);
    if (n->href != NULL)
        buf_printf(out, " @%s", n->href);
    if (n->alt != NULL)
        buf_printf(out, " alt=%s", n->alt);
    buf_puts(out, ">");
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        dump(c, out);
    buf_puts(out, "</>");
}

static struct document *make(struct room *o, const char *body,
                             const struct language *l)
{
    struct template *t = NULL;
    struct document *d = NULL;
    struct error e;
    check_ok(compile(o, body, &t, &e), &e);
    struct template_inputs in = {.facts = o->root, .language = l};
    check_ok(template_run(t, &in, o->arena, &d, &e), &e);
    template_free(t);
    return d;
}

static void gives(struct room *o, const char *body, const char *expected)
{
    struct buf out = BUF_INIT(1 << 20);
    struct document *d = make(o, body, o->language);
    for (const struct doc_node *c = d->body->first; c != NULL; c = c->next)
        dump(c, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static void elements_and_values(void **state)
{
    (void)state;
    struct room o;
    open_room(&o);
    gives(&o, "<p class=\"lead\">  {{ id }} ·\n {{ score }}  </p>",
          "<p lead>A-17 · 612.5</>");
    /* values are text, never markup, never a template again */
    gives(&o, "<p>{{ name }}</p>", "<p>Ann <b>&amp; \"Co\" {{ x }} z</>");
    gives(&o, "<p>{{ owner }}</p>", "<p><span mark>not provided</></>");
    gives(&o, "<p>{{ auc }} ({{ auc/@low }}–{{ auc/@high }}), {{ auc/@n }}</p>",
          "<p>0.81 (0.80–0.83), 11,000</>");
    gives(&o, "<p><strong> {{ id }} </strong> {{ id }} <br/> {{ id }}</p>",
          "<p><strong>A-17 </>A-17 <br></>A-17</>");
    gives(&o, "<p>{{ '{{' }} {{ count(reasons/reason) + 1 }}</p>", "<p>{{ 4</>");
    gives(&o, "<ul><c:for each=\"reasons/reason\" limit=\"2\"><li>{{ position() }} "
              "{{ text }} {{ /facts/id }} {{ ../../id }}</li></c:for></ul>",
          "<ul><li>1 first A-17 A-17</><li>2 second A-17 A-17</></>");
    gives(&o, "<ul><li>{{ id }}<p>{{ id }}</p>{{ id }} </li></ul>",
          "<ul><li>A-17<p>A-17</>A-17</></>");
    gives(&o, "<c:if test=\"score/@value &lt; 640\"><p>{{ id }}</p></c:if>"
              "<c:if test=\"owner/@missing\"><p>!</p></c:if>", "<p>A-17</><p>!</>");
    gives(&o, "<c:choose><c:when test=\"action = 'none'\"><p>1</p></c:when>"
              "<c:when test=\"contains(action, 'oun')\"><p>2</p></c:when>"
              "<c:otherwise><p>3</p></c:otherwise></c:choose>", "<p>2</>");
    gives(&o, "<p><c:number value=\"auc/@value\" style=\"percent\" decimals=\"1\"/> "
              "<c:date value=\"when/@value\"/></p>", "<p>81.2% October 14, 2026</>");
    gives(&o, "<p><a href=\"#{{ id }}\">{{ id }}</a></p>", "<p><a @#A-17>A-17</></>");
    close_room(&o);
}

static void messages_take_values_and_markup(void **state)
{
    (void)state;
    struct room o;
    open_room(&o);
    gives(&o, "<p><c:message key=\"loans\" arg.count=\"{{ loans }}\"/> "
              "<c:message key=\"loans\" arg.count=\"{{ auc/@n }}\"/></p>",
          "<p>1 loan here 11,000 loans here</>");
    gives(&o, "<p><c:message key=\"dear\"><c:arg name=\"name\"><strong>{{ id }}"
              "</strong></c:arg></c:message></p>", "<p>Dear <strong>A-17</>,</>");
    gives(&o, "<p><c:message key=\"dear\" arg.name=\"{{ owner }}\"/></p>",
          "<p>Dear <span mark>not provided</>,</>");
    gives(&o, "<p><c:message key=\"status.\" select=\"action/@value\" of=\"found "
              "none\"/></p>", "<p>Found</>");
    struct template *t = NULL;
    struct document *d = NULL;
    struct error e;
    check_ok(compile(&o, "<p><c:message key=\"status.\" select=\"id\" of=\"none\"/></p>",
                     &t, &e), &e);
    struct template_inputs in = {.facts = o.root, .language = o.language};
    check_fails(template_run(t, &in, o.arena, &d, &e), &e, ST_DATA, "A-17");
    assert_string_equal(e.source, "s.xhtml");
    template_free(t);
    close_room(&o);
}

static void load_errors_say_what_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *body, *fragment;
    } cases[] = {
        {"<p>{{ idd }}</p>", "did you mean \"id\""},
        {"<p>{{ reasons/reason[txt = 'a']/text }}</p>", "no fact \"txt\""},
        {"<p>{{ id </p>", "not closed"},
        {"<p>{{ id[ }}</p>", "fact's name is expected"},
        {"<p>{{ $x }}</p>", "no variables"},
        {"<p>{{ document('x') }}</p>", "no function document()"},
        {"<p>{{ id/@colour }}</p>", "have the attributes"},
        {"<p>{{ reasons/@value }}</p>", "a group has no"},
        {"<p>{{ ../id }}</p>", "nothing stands above"},
        {"<p>Hello {{ id }}</p>", "words belong to the language file"},
        {"<p>{{ 'Hello' }}</p>", "words belong to the language file"},
        {"<c:if test=\"score &lt; 3\"><p>1</p></c:if>", "/@value"},
        {"<c:if test=\"1 = 1\"><p>1</p></c:if>", "never be taken"},
        {"<c:choose><c:when test=\"id\"><p>1</p></c:when><c:when test=\"id\"/></c:choose>",
         "same test"},
        {"<c:choose><c:otherwise/><c:when test=\"id\"/></c:choose>", "after c:otherwise"},
        {"<c:for each=\"id\"><p>1</p></c:for>", "is no list"},
        {"<c:four/>", "did you mean <c:for>"},
        {"<blink/>", "no element <blink>"},
        {"<script/>", "no element <script>"},
        {"<p class=\"loud\">1</p>", "no class \"loud\""},
        {"<p onclick=\"x\">1</p>", "no attribute \"onclick\""},
        {"<p><div/></p>", "cannot stand inside <p>"},
        {"<div>12</div>", "text stands directly"},
        {"<p><c:message key=\"plane\"/></p>", "did you mean \"plain\""},
        {"<p><c:message key=\"dear\"/></p>", "needs arg.name"},
        {"<p><c:message key=\"plain\" arg.x=\"{{ id }}\"/></p>", "names no {x}"},
        {"<p><c:message key=\"loans\" arg.count=\"{{ id }}\"/></p>", "exactly one number"},
        {"<p><c:legal pack=\"x\" key=\"y\"/></p>", "no legal pack"},
        {"<c:include file=\"../x\"/>", "plain file name"},
        {"<p><a href=\"javascript:1\">1</a></p>", "an href begins with"},
        {"<c:chart kind=\"pie\" data=\"reasons/reason\"/>", "no chart of kind"},
        {"<c:chart kind=\"forest\" data=\"reasons/reason\" label=\"text\"/>", "needs value"},
        {"<p>&nbsp;</p>", "not well-formed"},
        {"<p>", "not well-formed"},
        {"<table><tbody><tr><th>1</th></tr></tbody></table>", "needs scope"},
        {"<p><?php 1 ?></p>", "only elements, text and comments"},
    };
    struct room o;
    open_room(&o);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template *t = NULL;
        struct error e;
        status s = compile(&o, cases[i].body, &t, &e);
        if (s == ST_OK || strstr(e.text, cases[i].fragment) == NULL)
            fail_msg("%s: %s", cases[i].body, s == ST_OK ? "accepted" : e.text);
        assert_string_equal(e.source, "s.xhtml");
        assert_true(e.line >= 4 || strstr(e.text, "well-formed") != NULL);
        assert_true(e.excerpt[0] != '\0');
    }
    struct template *t = NULL;
    struct error e;
    static const char bomb[] = "<!DOCTYPE x [<!ENTITY a \"b\">]><html/>";
    check_fails(template_compile(&o.world, "x", bomb, sizeof bomb - 1, "b", &t, &e),
                &e, ST_SYNTAX, "no document type");
    check_fails(template_load(&o.world, "nowhere", &t, &e), &e, ST_ARGUMENT,
                "no template");
    close_room(&o);
}

/* Every letter outside brackets must be data. */
static bool only_data_outside(const char *text)
{
    int depth = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (strncmp(p, "⟦", 3) == 0)
            depth++;
        else if (strncmp(p, "⟧", 3) == 0)
            depth--;
        else if (depth == 0 && ((*p >= 'a' && *p <= 'z')))
            return false;
    }
    return depth == 0;
}

static void no_sentence_stands_in_code(void **state)
{
    (void)state;
    struct room o;
    open_room(&o);
    make_facts(&o, o.pseudo);
    struct document *d = make(&o,
        "<h1><c:message key=\"plain\"/></h1><p>{{ id }} {{ score }} {{ owner }} "
        "<c:message key=\"loans\" arg.count=\"{{ loans }}\"/></p>", o.pseudo);
    struct buf out = BUF_INIT(1 << 16);
    for (const struct doc_node *b = d->body->first; b != NULL; b = b->next)
        for (const struct doc_node *c = b->first; c != NULL; c = c->next)
            buf_puts(&out, c->kind == NODE_TEXT ? c->text : c->first->text);
    assert_true(only_data_outside(buf_text(&out)));
    assert_true(only_data_outside(d->title));
    assert_true(only_data_outside(d->foot_page));
    assert_true(only_data_outside(d->continued));
    assert_non_null(strstr(d->foot_page, "{0}"));
    assert_string_equal(d->lang, "qps");
    buf_free(&out);
    close_room(&o);
}

static void charts_come_with_words_and_tables(void **state)
{
    (void)state;
    struct room o;
    open_room(&o);
    gives(&o, "<c:chart kind=\"contributions\" data=\"reasons/reason\" label=\"text\" "
              "value=\"points\" alt=\"bars\" as=\"both\"/>",
          "<figure alt=3 bars, first first, +10 most></>"
          "<table><thead><tr><th>Name</><th num>Points</></></><tbody>"
          "<tr><th>first</><td num>+10</></><tr><th>second</><td num>+2</></>"
          "<tr><th>third</><td num>−6</></></></>");
    close_room(&o);
}

/* Native evaluation and libxml2 must agree on every native expression. */
static void native_agrees_with_libxml2(void **state)
{
    (void)state;
    static const char *const atoms[] = {
        "id", "score/@value", "score", "owner", "owner/@missing", "auc/@n",
        "reasons/reason", "reasons/reason/text", "reasons/reason/points/@value",
        "reasons/reason[2]/text", "reasons/reason[text = 'third']/line",
        "reasons/reason[last()]/points/@value", "reasons/*", "reasons/reason/..",
        "reasons/reason[line[2]]/text", "reasons/reason[position() > 1]/text",
        "/facts/id", ".", "count(reasons/reason)", "'first'", "2", "0.5",
        "position()", "last()", "string(score)", "number(loans)", "true()",
        "not(owner)", "reasons/reason[points/@value > 0]/text", "string(reasons)"};
    static const char *const operators[] = {"=", "!=", "<", "<=", ">", ">=", "and",
                                            "or"};
    enum { ATOMS = sizeof atoms / sizeof *atoms,
           OPERATORS = sizeof operators / sizeof *operators };
    struct room o;
    open_room(&o);
    struct mirror *mirror = NULL;
    struct arena *scratch = arena_new(1 << 28);
    size_t tried = 0;
    for (size_t i = 0; i < ATOMS; i++)
        for (size_t k = 0; k < ATOMS; k++)
            for (size_t p = 0; p <= OPERATORS; p++) {
                char text[256];
                struct expr *x = NULL;
                struct value a, b;
                struct error e;
                size_t at;
                if (p == OPERATORS && k > 0)
                    continue;
                (void)snprintf(text, sizeof text, p == OPERATORS ? "%s" : "%s %s %s",
                               atoms[i], p < OPERATORS ? operators[p] : "", atoms[k]);
                struct scope s = {o.root, o.root, 2, 5, scratch, &mirror};
                check_ok(expr_parse(scratch, text, strlen(text), &x, &at, &e), &e);
                assert_true(x->native);
                check_ok(expr_value_native(x, &s, &a, &e), &e);
                check_ok(expr_value_mirror(x, &s, &b, &e), &e);
                bool same = a.kind == b.kind && value_truth(&a) == value_truth(&b) &&
                            strcmp(value_text(&a, scratch), value_text(&b, scratch)) == 0 &&
                            a.count == b.count;
                for (size_t n = 0; same && n < a.count; n++)
                    same = a.nodes[n].fact == b.nodes[n].fact &&
                           a.nodes[n].attribute == b.nodes[n].attribute;
                if (!same)
                    fail_msg("%s: \"%s\" and \"%s\"", text, value_text(&a, scratch),
                             value_text(&b, scratch));
                tried++;
            }
    assert_true(tried > 7000);
    mirror_free(mirror);
    arena_free(scratch);
    close_room(&o);
}

static void a_notice_runs_fast(void **state)
{
    (void)state;
    static const char body[] =
        "<header><p>{{ id }}</p><p class=\"small\">{{ name }}</p></header>"
        "<h1><c:message key=\"plain\"/></h1>"
        "<p><c:message key=\"dear\" arg.name=\"{{ name }}\"/></p>"
        "<p><c:message key=\"loans\" arg.count=\"{{ loans }}\"/> <c:message key=\"plain\"/></p>"
        "<h2><c:message key=\"plain\"/></h2><ol class=\"ranked\">"
        "<c:for each=\"reasons/reason\"><li>{{ text }} {{ points }}</li></c:for></ol>"
        "<c:if test=\"action = 'found'\"><h2><c:message key=\"plain\"/></h2>"
        "<p><c:message key=\"plain\"/> <c:message key=\"plain\"/></p>"
        "<div class=\"panel\"><p>{{ id }}</p><p>{{ score }} {{ when }}</p></div></c:if>"
        "<c:if test=\"not(owner/@missing)\"><p>{{ owner }}</p></c:if>"
        "<p><c:message key=\"plain\"/></p><p class=\"law\"><strong><c:message "
        "key=\"plain\"/></strong> <c:message key=\"plain\"/></p>";
    struct room o;
    struct template *t = NULL;
    struct error e;
    struct timespec t0, t1;
    enum { N = 2000 };
    open_room(&o);
    check_ok(compile(&o, body, &t, &e), &e);
    struct template_inputs in = {.facts = o.root, .language = o.language};
    struct arena *a = arena_new(1 << 24);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    for (int i = 0; i < N; i++) {
        struct document *d = NULL;
        arena_reset(a);
        check_ok(template_run(t, &in, a, &d, &e), &e);
    }
    clock_gettime(CLOCK_MONOTONIC, &t1);
    print_message("# %.1f us a notice\n",
                  ((double)(t1.tv_sec - t0.tv_sec) * 1e9 +
                   (double)(t1.tv_nsec - t0.tv_nsec)) / N / 1e3);
    arena_free(a);
    template_free(t);
    close_room(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_and_values),
        cmocka_unit_test(messages_take_values_and_markup),
        cmocka_unit_test(load_errors_say_what_and_where),
        cmocka_unit_test(no_sentence_stands_in_code),
        cmocka_unit_test(charts_come_with_words_and_tables),
        cmocka_unit_test(native_agrees_with_libxml2),
        cmocka_unit_test(a_notice_runs_fast),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
