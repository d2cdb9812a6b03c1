#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "syntax/csv.h"

struct drip {
    const char *bytes;
    size_t length, at, step;
};

static long read_drip(void *self, void *out, size_t n, struct error *e)
{
    (void)e;
    struct drip *d = self;
    size_t left = d->length - d->at;
    n = n > d->step ? d->step : n;
    n = n > left ? left : n;
    memcpy(out, d->bytes + d->at, n);
    d->at += n;
    return (long)n;
}

/* Records as "LINE:field|field" and "!" before a bad one's reason. */
static status trace(const char *bytes, size_t length, size_t step,
                    const struct csv_options *options, struct buf *out,
                    struct error *e)
{
    struct drip d = {bytes, length, 0, step};
    struct stream in = {&d, read_drip, "t.csv"};
    struct csv *c = NULL;
    const struct csv_record *r = NULL;
    buf_clear(out);
    status s = csv_open(in, options, &c, e);
    while (s == ST_OK && (s = csv_next(c, &r, e)) == ST_OK && r != NULL) {
        buf_put_int(out, r->line);
        buf_putc(out, ':');
        for (size_t i = 0; i < r->fields; i++) {
            buf_put(out, r->field[i].text, r->field[i].length);
            buf_putc(out, i + 1 < r->fields ? '/' : '.');
        }
        if (r->bad >= 0) {
            struct place p = csv_place(c, (size_t)r->bad);
            buf_printf(out, "!%ld,%ld %s", p.line, p.column, r->why);
        }
    }
    csv_free(c);
    return s;
}

static void reads_records(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"a,b\n1,2\n", "1:a/b.2:1/2."},
        {"\xef\xbb\xbf" "a,b\r1,2\r3,4", "1:a/b.2:1/2.3:3/4."},
        {"a;b\r\n1,5;2\n3;4\r\n\r\n\n", "1:a/b.2:1,5/2.3:3/4."},
        {"a\tb\n,\t;\n", "1:a/b.2:,/;."},
        {"a|b\n1|2", "1:a/b.2:1/2."},
        {"\"a,x\",b\n\"1\r\n2\n3\",\"q\"\"q\"\n5,\"\"\n",
         "1:a,x/b.2:1\r\n2\n3/q\"q.5:5/."},
        {"a,b\n\n\n1,2\n", "1:a/b.4:1/2."},
        {"a\n1\n\n3\n\n\n", "1:a.2:1.3:.4:3."},
        {"a,b\n1,\n,2\n,", "1:a/b.2:1/.3:/2.4:/."},
        {"a,b\n5\",6\"\n", "1:a/b.2:5\"/6\"."},
        {"a,b\n\"1\"x,2\n3,4\n",
         "1:a/b.2:1/2.!2,4 text after a closing quote3:3/4."},
        {"a,b\n\xc3\xa9\xff,2\n3,4\n",
         "1:a/b.2:\xc3\xa9\xff/2.!2,2 bytes that are not UTF-83:3/4."},
        {"one", "1:one."},
        {"", ""},
        {"\n\n", ""},
        {"\"\"\"\"", "1:\"."},
    };
    struct buf out = BUF_INIT(100000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 12; step++) {
            struct error e;
            check_ok(trace(cases[i].text, strlen(cases[i].text), step, NULL,
                           &out, &e), &e);
            assert_string_equal(buf_text(&out), cases[i].expected);
        }
    struct error e;
    check_ok(trace("a,b\n1\0,2\n", 9, 2, NULL, &out, &e), &e);
    assert_non_null(memmem(out.data, out.length, "!2,2 a zero byte", 16));
    buf_free(&out);
}

static void refuses(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(100000);
    struct error e;
    for (size_t step = 1; step < 9; step++) {
        check_fails(trace("a,b\nx,\"1\n2,3\n4", 15, step, NULL, &out, &e), &e,
                    ST_SYNTAX, "never closed");
        assert_int_equal(e.line, 2);
        assert_int_equal(e.column, 3);
        assert_string_equal(e.excerpt, "x,\"1");
    }
    struct csv_options o = {.columns = 3};
    check_fails(trace("1,2,3\n1,2,3,4\n", 14, 9, &o, &out, &e), &e, ST_LIMIT,
                "more fields than the allowed 3");
    assert_int_equal(e.line, 2);
    o = (struct csv_options){.field = 5};
    check_fails(trace("a,b\n\"123456\",2\n", 15, 9, &o, &out, &e), &e, ST_LIMIT,
                "a field of more bytes than the allowed 5");
    o = (struct csv_options){.record = 1000000};
    size_t n = 5000000;
    char *big = test_malloc(n);
    memset(big, '\n', n);
    big[0] = '"';
    check_fails(trace(big, n, 65536, &o, &out, &e), &e, ST_LIMIT,
                "more bytes than the allowed 1000000");
    assert_int_equal(e.line, 1);
    test_free(big);
    check_fails(trace("\xff\xfe" "a\0", 4, 9, NULL, &out, &e), &e,
                ST_UNSUPPORTED, "UTF-16");
    buf_free(&out);
}

/* A quoted record across many windows is the same as in one. */
static void crosses_windows(void **state)
{
    (void)state;
    struct buf text = BUF_INIT((size_t)1 << 24), a = BUF_INIT((size_t)1 << 25),
               b = BUF_INIT((size_t)1 << 25);
    struct error e;
    buf_puts(&text, "id,t\n");
    for (int i = 0; i < 30000; i++)
        buf_printf(&text, "%d,\"line \"\"%d\"\"\n%.*s\"\n", i, i, i % 97,
                   "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
                   "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
    check_ok(trace(text.data, text.length, 1 << 24, NULL, &a, &e), &e);
    check_ok(trace(text.data, text.length, 1009, NULL, &b, &e), &e);
    assert_true(a.length > text.length / 2);
    assert_string_equal(buf_text(&a), buf_text(&b));
    assert_non_null(strstr(buf_text(&a), "59998:29998/line \"29998\"\n"));
    buf_free(&text);
    buf_free(&a);
    buf_free(&b);
}

static void survives_no_memory(void **state)
{
    (void)state;
    static const char text[] = "a,b\n\"1\"\"\",2\n";
    struct buf out = BUF_INIT(100000);
    struct error e;
    buf_puts(&out, "room for the trace, so that only the reader allocates it");
    size_t n = 1;
    for (;; n++) {
        (void)mem_fail_at(n);
        status s = trace(text, sizeof text - 1, 100, NULL, &out, &e);
        (void)mem_fail_at(0);
        if (s == ST_OK)
            break;
        assert_int_equal(s, ST_MEMORY);
        assert_true(n < 50);
    }
    assert_true(n > 3);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records), cmocka_unit_test(refuses),
        cmocka_unit_test(crosses_windows), cmocka_unit_test(survives_no_memory)};
    return cmocka_run_group_tests_name("syntax/csv", tests, NULL, NULL);
}
