/* The pull reader of XML: events and places, what is refused, bombs. */
#include "base/arena.h"
#include "check.h"
#include "syntax/xml.h"

#include <sys/resource.h>
#include <time.h>

static struct memory_stream memory;

static struct xml_reader *open_text(const char *text, size_t length,
                                    const struct xml_limits *limits)
{
    struct xml_reader *x = NULL;
    struct error e = {0};
    memory = (struct memory_stream){text, length, 0};
    check_ok(xml_open(stream_of_memory(&memory, "x.xml"), limits, &x, &e), &e);
    return x;
}

static status read_all(const char *text, size_t length,
                       const struct xml_limits *limits, struct error *e)
{
    struct xml_reader *x = open_text(text, length, limits);
    struct xml_event v = {.kind = XML_OPEN};
    status s = ST_OK;
    while (s == ST_OK && v.kind != XML_END)
        s = xml_next(x, &v, e);
    if (s != ST_OK) /* an error stays */
        assert_int_equal(xml_next(x, &v, e), s);
    xml_free(x);
    return s;
}

static void events(void **state)
{
    static const char text[] =
        "<?xml version='1.0'?>\n<!-- no -->\n<p:a xmlns:p='urn:p' p:k='1'\n"
        "  l='&lt;&#233; &amp;&#38;&amp;#38;&quot;'>\n"
        "  <b/>x &amp; <![CDATA[<y>]]></p:a>\n";
    struct xml_reader *x = open_text(text, strlen(text), NULL);
    struct xml_event v;
    struct error e;
    char said[64] = "";
    (void)state;
    check_ok(xml_next(x, &v, &e), &e);
    assert_int_equal(v.kind, XML_OPEN);
    assert_string_equal(v.name, "a");
    assert_string_equal(v.space, "urn:p");
    assert_int_equal(v.attributes, 2);
    assert_string_equal(v.attribute[0].name, "k");
    assert_string_equal(v.attribute[1].value, "<\xC3\xA9 &&&#38;\"");
    assert_int_equal(v.place.line, 4);
    check_ok(xml_next(x, &v, &e), &e);
    assert_int_equal(v.kind, XML_OPEN);
    assert_string_equal(v.name, "b");
    assert_int_equal(v.place.line, 5);
    check_ok(xml_next(x, &v, &e), &e);
    assert_int_equal(v.kind, XML_CLOSE);
    for (;;) {
        check_ok(xml_next(x, &v, &e), &e);
        if (v.kind != XML_TEXT)
            break;
        (void)snprintf(said + strlen(said), sizeof said - strlen(said), "%.*s",
                       (int)v.length, v.text);
    }
    assert_string_equal(said, "x & <y>");
    assert_int_equal(v.kind, XML_CLOSE);
    assert_string_equal(v.name, "a");
    for (int i = 0; i < 2; i++) {
        check_ok(xml_next(x, &v, &e), &e);
        assert_int_equal(v.kind, XML_END);
    }
    xml_free(x);
}

static void trees(void **state)
{
    static const char text[] = "<a><drop><b>no</b></drop><b k='v'> one <c/> two "
                               "</b><b/></a>";
    struct memory_stream m = {text, strlen(text), 0};
    struct arena *arena = arena_new(1 << 20);
    const struct xml_node *root = NULL;
    struct error e;
    (void)state;
    check_ok(xml_tree(stream_of_memory(&m, "x"), NULL, "drop", arena, &root,
                      &e), &e);
    assert_int_equal(xml_count(root, NULL), 2);
    const struct xml_node *b = xml_child(root, "b");
    assert_string_equal(b->text, "one  two");
    assert_string_equal(xml_value(b, "k"), "v");
    assert_null(xml_value(b, "q"));
    assert_true(xml_is(b->child, "c") && b->child->parent == b);
    assert_non_null(xml_sibling(b, "b"));
    assert_null(xml_sibling(xml_sibling(b, "b"), NULL));
    arena_free(arena);
}

static void faults(void **state)
{
    static const struct {
        const char *text;
        status class;
        const char *said;
        long line;
    } cases[] = {
        {"<a>\n<b>\n</a>", ST_SYNTAX, "mismatch", 3},
        {"<a>\n<b></b>", ST_SYNTAX, "", 2},
        {"", ST_SYNTAX, "", 1},
        {"<a/><a/>", ST_SYNTAX, "", 1},
        {"<a k='1' k='2'/>", ST_SYNTAX, "redefined", 1},
        {"<a>&nbsp;</a>", ST_SYNTAX, "nbsp", 1},
        {"<a>\xFF</a>", ST_SYNTAX, "", 1},
        {"<a>&#0;</a>", ST_SYNTAX, "", 1},
        {"\n<!DOCTYPE a>\n<a/>", ST_UNSUPPORTED, "document type", 2},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", ST_UNSUPPORTED,
         "document type", 1},
        {"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
         ST_UNSUPPORTED, "document type", 1},
        {"<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1/x'> %p;]><a/>",
         ST_UNSUPPORTED, "document type", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        check_fails(read_all(cases[i].text, strlen(cases[i].text), NULL, &e),
                    &e, cases[i].class, cases[i].said);
        assert_int_equal(e.line, cases[i].line);
        assert_string_equal(e.source, "x.xml");
    }
}

static char *repeated(const char *head, const char *part, size_t times,
                      size_t *length)
{
    size_t h = strlen(head), n = strlen(part);
    char *text = malloc(h + n * times + 1);
    assert_non_null(text);
    memcpy(text, head, h + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + h + i * n, part, n);
    text[*length = h + n * times] = '\0';
    return text;
}

/* Each within its cap, in a second and without much memory. */
static void bombs(void **state)
{
    static const struct {
        const char *head, *part;
        size_t times;
        const char *said;
    } cases[] = {
        {"", "<a>", 1000000, "elements within elements"},
        {"<a ", "k", 20000000, ""},
        {"<", "a", 20000000, ""},
        {"<a k='", "v", 50000000, ""},
        {"<a>", "v", 30000000, NULL},
        {"<a>", "<b/>", 5000000, NULL},
        {"<a>", "<!-- c -->", 3000000, NULL},
        {"<a ", "k='v' ", 5000000, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e = {0};
        struct rusage before, after;
        struct timespec t0, t1;
        size_t length = 0;
        char *text = repeated(cases[i].head, cases[i].part, cases[i].times,
                              &length);
        (void)getrusage(RUSAGE_SELF, &before);
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t0);
        status s = read_all(text, length, NULL, &e);
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t1);
        (void)getrusage(RUSAGE_SELF, &after);
        free(text);
        double took = (double)(t1.tv_sec - t0.tv_sec) +
                      1e-9 * (double)(t1.tv_nsec - t0.tv_nsec);
        long grown = after.ru_maxrss - before.ru_maxrss;
        print_message("# bomb %zu: %.2f s, %ld KB more, %s\n", i, took, grown,
                      e.text);
        assert_int_not_equal(s, ST_OK); /* none of them ends well-formed */
        if (cases[i].said != NULL)
            check_fails(s, &e, e.class, cases[i].said);
        /* Sanitizers slow everything down and keep what is freed. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        assert_true(took < 1.0);
        assert_true(grown < 100 * 1024);
#endif
    }
}

static void limits(void **state)
{
    struct xml_limits l = {.attributes = 1};
    struct error e = {0};
    (void)state;
    check_fails(read_all("<a k='' l=''/>", 14, &l, &e), &e, ST_LIMIT,
                "attributes");
    l = (struct xml_limits){.depth = 1};
    check_fails(read_all("<a><b/></a>", 11, &l, &e), &e, ST_LIMIT, "more than 1");
    l = (struct xml_limits){.name = 2};
    check_fails(read_all("<abc/>", 6, &l, &e), &e, ST_LIMIT, "name");
    l = (struct xml_limits){.text = 2};
    check_fails(read_all("<a k='abc'/>", 12, &l, &e), &e, ST_LIMIT,
                "attribute");
    check_fails(read_all("<a>abc</a>", 10, &l, &e), &e, ST_LIMIT, "text");
    l = (struct xml_limits){.bytes = 5};
    check_fails(read_all("<a>abc</a>", 10, &l, &e), &e, ST_LIMIT, "in all");
}

static long broken(void *self, void *out, size_t n, struct error *e)
{
    (void)self;
    (void)out;
    (void)n;
    (void)error_set(e, ST_SYSTEM, "the disk is gone");
    return -1;
}

static void broken_stream(void **state)
{
    struct stream in = {NULL, broken, "x"};
    struct xml_reader *x = NULL;
    struct xml_event v;
    struct error e = {0};
    (void)state;
    check_ok(xml_open(in, NULL, &x, &e), &e);
    check_fails(xml_next(x, &v, &e), &e, ST_SYSTEM, "the disk is gone");
    xml_free(x);
}

/* Memory that fails at any moment is an error and leaves nothing behind. */
static void memory_fails(void **state)
{
    static const char text[] = "<a><b k='v'>t</b></a>";
    size_t failed = 0;
    (void)state;
    for (size_t n = 1; n < 60; n++) {
        struct memory_stream m = {text, strlen(text), 0};
        const struct xml_node *root = NULL;
        struct error e = {0};
        struct arena *a = arena_new(1 << 20);
        (void)mem_fail_at(n);
        status s = xml_tree(stream_of_memory(&m, "x"), NULL, NULL, a, &root,
                            &e);
        (void)mem_fail_at(0);
        failed += s == ST_MEMORY;
        assert_true(s == ST_OK || s == ST_MEMORY);
        arena_free(a);
    }
    assert_true(failed > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events), cmocka_unit_test(trees),
        cmocka_unit_test(faults), cmocka_unit_test(bombs),
        cmocka_unit_test(limits), cmocka_unit_test(broken_stream),
        cmocka_unit_test(memory_fails)};
    return cmocka_run_group_tests_name("syntax xml", tests, NULL, NULL);
}
