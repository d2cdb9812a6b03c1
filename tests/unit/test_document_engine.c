/* The template engine beyond its own examples: random expressions that both
 * evaluators must answer alike, the rest of the load errors, and values that
 * try to be markup. */
#include "check.h"

#include "document/expr.h"
#include "document/template.h"
#include "facts/build.h"
#include "render/render.h"
#include "support/random_model.h"

#include <libxml/HTMLparser.h>

static const struct schema_row rows[] = {
    {"id", FACT_TEXT, NULL, ""},
    {"when", FACT_DATE, NULL, ""},
    {"empty", FACT_TEXT, NULL, ""},
    {"score", FACT_NUMBER, NULL, ""},
    {"yes", FACT_BOOLEAN, NULL, ""},
    {"deep/er/value", FACT_NUMBER, NULL, ""},
    {"list[]/name", FACT_TEXT, NULL, ""},
    {"list[]/points", FACT_NUMBER, NULL, ""},
    {"list[]/part[]/name", FACT_TEXT, NULL, ""},
    {"list[]/part[]/points", FACT_NUMBER, NULL, ""},
};

static const char catalogue[] =
    "{\"format.missing\":\"not provided\",\"format.yes\":\"y\",\"format.no\":\"n\","
    "\"format.not-applicable\":\"n/a\",\"format.months\":\"{count}\","
    "\"format.years\":\"{count}\",\"format.years-months\":\"{years}{months}\","
    "\"format.ordinal\":\"{count}\",\"page.count\":\"Page {page} of {pages}\","
    "\"table.continued\":\"continued\",\"t\":\"About {id}\",\"plain\":\"Plain\","
    "\"bars\":\"{count} {first}\",\"one.a\":\"A\",\"chart.column.label\":\"Name\","
    "\"chart.column.value\":\"Points\"}";

static const char hostile[] =
    "</p><script>alert('1')</script> <!-- \"a\" & 'b' &amp; ]]> {{ id }} "
    "<?php ?> \xc2\xa0 \xf0\x9f\x98\x80";

struct room {
    struct arena *arena;
    struct language *language;
    const struct language *languages[1];
    struct schema *schema;
    struct template_world world;
    struct fact *root;
};

static void make_facts(struct room *o)
{
    static const char *const names[] = {"one", "two", "two", ""};
    struct facts_maker m;
    struct error e;
    facts_begin(&m, o->arena, o->language, o->schema);
    facts_text(&m, m.root, "id", hostile);
    facts_date(&m, m.root, "when", (struct date){2026, 10, 14});
    facts_missing(&m, m.root, "empty", "left out");
    facts_interval(&m, facts_number(&m, m.root, "score", -2.5, AS_DECIMAL(1)),
                   -3, -2, "test");
    facts_boolean(&m, m.root, "yes", true);
    facts_number(&m, facts_group(&m, facts_group(&m, m.root, "deep"), "er"),
                 "value", 1e21, AS_DECIMAL(-1));
    for (int i = 0; i < 4; i++) {
        struct fact *item = facts_item(&m, m.root, "list");
        facts_text(&m, item, "name", names[i]);
        struct fact *points =
            facts_number(&m, item, "points", 2 - i, AS_SIGNED(0));
        if (i == 2)
            facts_mark(&m, points, "few");
        for (int k = 0; k < i; k++) {
            struct fact *part = facts_item(&m, item, "part");
            facts_text(&m, part, "name", names[k]);
            facts_number(&m, part, "points", 0.1 * k, AS_DECIMAL(1));
        }
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
    check_ok(schema_new(rows, sizeof rows / sizeof *rows, &o->schema, &e), &e);
    o->languages[0] = o->language;
    o->world = (struct template_world){NULL, 0, o->schema, o->languages, 1,
                                       NULL, 0};
    make_facts(o);
}

static void close_room(struct room *o)
{
    arena_free(o->arena);
    language_free(o->language);
    schema_free(o->schema);
}

/* --- random expressions -------------------------------------------------- */

static const char *one_of(struct random *r, const char *const *words, size_t n)
{
    return words[random_below(r, n)];
}
#define ONE_OF(r, words) one_of(r, words, sizeof(words) / sizeof *(words))

static void put_expr(struct random *r, struct buf *b, int depth);

static void put_path(struct random *r, struct buf *b, int depth)
{
    static const char *const steps[] = {
        "list", "part", "name", "points", "id", "score", "deep", "er", "value",
        "*", "..", ".", "empty", "list", "part", "nothing", "yes"};
    bool named = false, rose = false; /* nothing stands above the root */
    static const char *const attributes[] = {
        "@value", "@low", "@high", "@n", "@missing", "@mark", "@origin"};
    if (random_chance(r, 0.2))
        buf_puts(b, "/facts/");
    for (size_t n = 1 + random_below(r, 3); n > 0; n--) {
        const char *step = ONE_OF(r, steps);
        if (strcmp(step, "..") == 0 && (!named || rose))
            step = ".";
        rose = rose || strcmp(step, "..") == 0;
        named = named || step[0] != '.';
        buf_puts(b, step);
        if (step[0] != '.' && depth > 0 && random_chance(r, 0.3)) {
            buf_putc(b, '[');
            put_expr(r, b, depth - 1);
            buf_putc(b, ']');
        }
        if (n > 1)
            buf_putc(b, '/');
    }
    if (random_chance(r, 0.3)) {
        buf_putc(b, '/');
        buf_puts(b, ONE_OF(r, attributes));
    }
}

static void put_call(struct random *r, struct buf *b, int depth)
{
    static const char *const one[] = {"not", "string", "number", "boolean"};
    static const char *const none[] = {"position()", "last()", "true()",
                                       "false()"};
    if (depth == 0 || random_chance(r, 0.3)) {
        buf_puts(b, ONE_OF(r, none));
        return;
    }
    bool count = random_chance(r, 0.3);
    buf_printf(b, "%s(", count ? "count" : ONE_OF(r, one));
    if (count)
        put_path(r, b, depth - 1);
    else
        put_expr(r, b, depth - 1);
    buf_putc(b, ')');
}

static void put_expr(struct random *r, struct buf *b, int depth)
{
    static const char *const atoms[] = {"'one'", "\"two\"", "''", "0", "1", "2",
                                        "0.5", "'-2.5'", "'true'", "' 1 '"};
    static const char *const operators[] = {" = ", " != ", " < ", " <= ", " > ",
                                            " >= ", " and ", " or "};
    double p = random_unit(r);
    if (depth > 0 && p < 0.35) {
        put_expr(r, b, depth - 1);
        buf_puts(b, ONE_OF(r, operators));
        put_expr(r, b, depth - 1);
    } else if (p < 0.7) {
        put_path(r, b, depth);
    } else if (p < 0.85) {
        put_call(r, b, depth);
    } else {
        buf_puts(b, ONE_OF(r, atoms));
    }
}

static bool same_value(const struct value *a, const struct value *b,
                       struct arena *scratch)
{
    bool same = a->kind == b->kind && value_truth(a) == value_truth(b) &&
                strcmp(value_text(a, scratch), value_text(b, scratch)) == 0;
    double x = value_number(a, scratch), y = value_number(b, scratch);
    same = same && (x == y || (isnan(x) && isnan(y)));
    if (a->kind != VALUE_NODES)
        return same;
    same = same && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->nodes[i].fact == b->nodes[i].fact &&
               a->nodes[i].attribute == b->nodes[i].attribute;
    return same;
}

static void native_and_libxml2_agree(void **state)
{
    (void)state;
    struct room o;
    struct random r = {7};
    struct mirror *mirror = NULL;
    size_t native = 0;
    open_room(&o);
    struct arena *scratch = arena_new(1 << 26);
    struct buf text = BUF_INIT(1 << 16);
    const struct fact *second = fact_child(o.root, "list")->next;
    for (int i = 0; i < 20000; i++) {
        struct expr *x = NULL;
        struct value a, b;
        struct error e;
        size_t at;
        arena_reset(scratch);
        buf_clear(&text);
        put_expr(&r, &text, 3);
        struct scope s = {o.root, i % 2 == 0 ? o.root : second, 2, 4, scratch,
                          &mirror};
        check_ok(expr_parse(scratch, buf_text(&text), text.length, &x, &at, &e),
                 &e);
        if (!x->native)
            continue;
        native++;
        check_ok(expr_value_native(x, &s, &a, &e), &e);
        check_ok(expr_value_mirror(x, &s, &b, &e), &e);
        if (!same_value(&a, &b, scratch))
            fail_msg("%s: \"%s\" and \"%s\"", buf_text(&text),
                     value_text(&a, scratch), value_text(&b, scratch));
    }
    assert_true(native > 10000);
    mirror_free(mirror);
    buf_free(&text);
    arena_free(scratch);
    close_room(&o);
}

/* --- load errors --------------------------------------------------------- */

static const char head[] =
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:c=\"urn:candor:template\">\n"
    "<head><title><c:message key=\"t\" arg.id=\"{{ id }}\"/></title>"
    "<meta name=\"kind\" content=\"card\"/><meta name=\"author\" content=\"{{ id }}\"/>"
    "<meta name=\"date\" content=\"{{ when/@value }}\"/></head>\n<body>\n";

static status compile(struct room *o, const char *body, struct template **t,
                      struct error *e)
{
    char text[32768];
    int n = snprintf(text, sizeof text, "%s%s\n</body></html>", head, body);
    return template_compile(&o->world, "sample", text, (size_t)n, "s.xhtml", t, e);
}

#define CHART "<c:chart kind=\"contributions\" data=\"list\" label=\"name\" " \
              "value=\"points\" alt=\"bars\" "
static const struct {
    const char *body, *says;
} faults[] = {
    {"<c:if><p>1</p></c:if>", "<c:if> needs test"},
    {"<c:for><p>1</p></c:for>", "<c:for> needs each"},
    {"<c:for each=\"list\" limit=\"0\"><p>1</p></c:for>", "limit is a number from 1"},
    {"<c:for each=\"list/@value\"><p>1</p></c:for>", "a group has no @value"},
    {"<c:choose/>", "<c:choose> needs a c:when"},
    {"<c:choose><p>1</p></c:choose>", "holds c:when and c:otherwise"},
    {"<c:choose><c:otherwise><p>1</p></c:otherwise></c:choose>", "needs a c:when"},
    {"<c:include/>", "<c:include> needs file"},
    {"<c:include file=\"none.xhtml\"/>", "no fragment \"none.xhtml\""},
    {"<p><c:message/></p>", "<c:message> needs key"},
    {"<p><c:message key=\"one.\" select=\"id\"/></p>", "select and of stand together"},
    {"<p><c:message key=\"one.\" select=\"id\" of=\" \"/></p>", "of lists the words"},
    {"<p><c:message key=\"one.\" select=\"id\" of=\"a b\"/></p>",
     "has no message \"one.b\""},
    {"<p><c:message key=\"plain\"><b/></c:message></p>", "holds c:arg only"},
    {"<p><c:message key=\"t\"><c:arg>1</c:arg></c:message></p>", "<c:arg> needs name"},
    {"<p><c:message key=\"t\" arg.id=\"1\"><c:arg name=\"id\">1</c:arg></c:message></p>",
     "argument \"id\" stands twice"},
    {"<p><c:number/></p>", "<c:number> needs value"},
    {"<p><c:number value=\"score/@value\" style=\"loud\"/></p>", "style is decimal"},
    {"<p><c:number value=\"score/@value\" decimals=\"16\"/></p>", "decimals is 0 to 15"},
    {"<p><c:number value=\"score/@value\" style=\"money\"/></p>", "stand together"},
    {"<p><c:legal/></p>", "<c:legal> needs pack and key"},
    {"<c:message key=\"plain\"/>", "gives text, which cannot stand directly in <body>"},
    {"<p><c:contents/></p>", "<c:contents> cannot stand inside <p>"},
    {"<p><c:chart/></p>", "<c:chart> cannot stand inside <p>"},
    {"<c:chart kind=\"importance\" label=\"name\" value=\"points\"/>", "needs data"},
    {"<c:chart kind=\"importance\" data=\"score\" label=\"name\" value=\"points\"/>",
     "is no list"},
    {CHART "as=\"poem\"/>", "as is figure, table or both"},
    {CHART "width=\"5\"/>", "width is 12, 6 or 4 columns"},
    {CHART "diagonal=\"maybe\"/>", "diagonal is yes or no"},
    {CHART "colour=\"red\"/>", "no attribute \"colour\""},
    {"<c:chart kind=\"contributions\" data=\"list\" label=\"name\" value=\"points\"/>",
     "no message \"chart.contributions.alt\""},
    {"<figure><p>1</p></figure>", "<figure> needs alt"},
    {"<table><tbody><tr><td colspan=\"0\">1</td></tr></tbody></table>",
     "colspan is 1 to 99"},
    {"<table><tbody><tr><th scope=\"all\">1</th></tr></tbody></table>",
     "scope is col or row"},
    {"<p><a>1</a></p>", "<a> needs an href"},
    {"<p><x:y xmlns:x=\"urn:other\"/></p>", "is in no namespace of templates"},
    {"<p>{{ sum(1) }}</p>", "takes a path"},
    {"<p>{{ substring() }}</p>", "does not take 0 arguments"},
    {"<p>{{ /other/id }}</p>", "the root is /facts"},
    {"<p>{{ id | 1 }}</p>", "joins paths only"},
    {"<p>{{ (1)[1] }}</p>", "follow a path only"},
    {"<p>{{ }}</p>", "expected"},
    {"<p>{{ id id }}</p>", "should end here"},
    {"<p>{{ concat('a' }}</p>", "',' or ')' is expected"},
    {"<p>{{ 'a }}</p>", "not closed"},
    {"<p>{{ list[1 }}</p>", "']' is expected"},
    {"<p>{{ (id }}</p>", "')' is expected"},
    {"<p>{{ mother::id }}</p>", "an axis of XPath is expected"},
    {"<p>{{ name(id }}</p>", "',' or ')' is expected"},
};

static void each_fault_is_told(void **state)
{
    (void)state;
    struct room o;
    open_room(&o);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct template *t = NULL;
        struct error e;
        status s = compile(&o, faults[i].body, &t, &e);
        if (s == ST_OK || strstr(e.text, faults[i].says) == NULL)
            fail_msg("%s: %s", faults[i].body, s == ST_OK ? "accepted" : e.text);
        assert_string_equal(e.source, "s.xhtml");
        assert_int_equal(e.line, 4);
        assert_true(e.excerpt[0] != '\0');
    }
    close_room(&o);
}

static void an_address_of_a_value_is_checked_when_it_is_known(void **state)
{
    (void)state;
    struct room o;
    struct template *t = NULL;
    struct document *d = NULL;
    struct error e;
    open_room(&o);
    check_ok(compile(&o, "<p><a href=\"{{ id }}\">1</a></p>", &t, &e), &e);
    struct template_inputs in = {.facts = o.root, .language = o.language};
    check_fails(template_run(t, &in, o.arena, &d, &e), &e, ST_DATA,
                "no address a document may link to");
    assert_string_equal(e.source, "s.xhtml");
    template_free(t);
    close_room(&o);
}

static void heads_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } heads[] = {
        {"<body/>", "the root is <html"},
        {"<html xmlns=\"urn:other\"/>", "the root is <html"},
        {"<html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>", "one head"},
        {"<html xmlns=\"http://www.w3.org/1999/xhtml\"><head/><body/></html>",
         "head needs <title>"},
        {"<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><p/></head><body/></html>",
         "head holds title and meta only"},
        {"<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta name=\"robots\" "
         "content=\"1\"/></head><body/></html>", "meta names are"},
        {"<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta name=\"kind\" "
         "content=\"card\"/><meta name=\"kind\" content=\"card\"/></head><body/></html>",
         "stands twice"},
    };
    struct room o;
    open_room(&o);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct template *t = NULL;
        struct error e;
        status s = template_compile(&o.world, "x", heads[i].text,
                                    strlen(heads[i].text), "s.xhtml", &t, &e);
        if (s == ST_OK || strstr(e.text, heads[i].says) == NULL)
            fail_msg("%s: %s", heads[i].text, s == ST_OK ? "accepted" : e.text);
        assert_int_equal(e.line, 1);
    }
    close_room(&o);
}

static void nesting_is_capped(void **state)
{
    (void)state;
    struct room o;
    struct template *t = NULL;
    struct error e;
    struct buf b = BUF_INIT(1 << 16);
    open_room(&o);
    for (int i = 0; i < TEMPLATE_DEPTH_MAX + 1; i++)
        buf_puts(&b, "<div>");
    for (int i = 0; i < TEMPLATE_DEPTH_MAX + 1; i++)
        buf_puts(&b, "</div>");
    check_fails(compile(&o, buf_text(&b), &t, &e), &e, ST_FORMAT, "deep");
    buf_clear(&b);
    buf_puts(&b, "<p>{{ ");
    for (int i = 0; i < 2 * EXPR_DEPTH_MAX; i++)
        buf_putc(&b, '(');
    buf_puts(&b, "1 }}</p>");
    assert_true(compile(&o, buf_text(&b), &t, &e) != ST_OK);
    assert_non_null(strstr(e.text, "too deeply"));
    buf_free(&b);
    close_room(&o);
}

/* --- values that try to be markup ---------------------------------------- */

static void put_texts(const xmlNode *n, struct buf *out)
{
    for (; n != NULL; n = n->next) {
        if (n->type == XML_TEXT_NODE)
            buf_puts(out, (const char *)n->content);
        assert_true(n->name == NULL ||
                    strcmp((const char *)n->name, "script") != 0);
        assert_int_not_equal(n->type, XML_COMMENT_NODE);
        put_texts(n->children, out);
    }
}

static size_t times(const char *text, const char *what)
{
    size_t n = 0;
    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

static void values_stay_text(void **state)
{
    (void)state;
    static const char body[] =
        "<h1 id=\"{{ id }}\">{{ id }}</h1><p><c:message key=\"t\" "
        "arg.id=\"{{ id }}\"/></p><p><a href=\"#{{ id }}\">{{ id }}</a></p>"
        "<p><c:message key=\"t\"><c:arg name=\"id\"><strong>{{ id }}</strong>"
        "</c:arg></c:message></p>"
        "<table><caption>{{ id }}</caption><thead><tr><th scope=\"col\">{{ id }}</th>"
        "</tr></thead><tbody><tr><td>{{ id }}</td></tr></tbody></table>";
    struct room o;
    struct template *t = NULL;
    struct document *d = NULL;
    struct error e;
    struct buf html = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
    open_room(&o);
    check_ok(compile(&o, body, &t, &e), &e);
    struct template_inputs in = {.facts = o.root, .language = o.language};
    check_ok(template_run(t, &in, o.arena, &d, &e), &e);
    check_ok(render_html(d, &html, &e), &e);
    htmlDocPtr page = htmlReadMemory(buf_text(&html), (int)html.length, "h",
                                     "UTF-8",
                                     HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    assert_non_null(page);
    put_texts(xmlDocGetRootElement(page), &text);
    xmlFreeDoc(page);
    /* the title, and seven places of the body, as given but for white space */
    assert_int_equal(times(buf_text(&text), "</p><script>alert('1')</script> <!-- "
                                            "\"a\" & 'b' &amp; ]]> {{ id }} "
                                            "<?php ?>"), 8);
    assert_null(strstr(buf_text(&html), "<script"));
    assert_null(strstr(buf_text(&html), "<!--"));
    template_free(t);
    buf_free(&html);
    buf_free(&text);
    close_room(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(native_and_libxml2_agree),
        cmocka_unit_test(each_fault_is_told),
        cmocka_unit_test(an_address_of_a_value_is_checked_when_it_is_known),
        cmocka_unit_test(heads_are_checked),
        cmocka_unit_test(nesting_is_capped),
        cmocka_unit_test(values_stay_text),
    };
    return cmocka_run_group_tests_name("template engine", tests, NULL, NULL);
}
