#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "syntax/token.h"

/* Bytes handed out in small pieces, so that every token meets a window's end. */
struct drip {
    const char *bytes;
    size_t length, at, step;
};

static long read_drip(void *self, void *out, size_t n, struct error *e)
{
    (void)e;
    struct drip *d = self;
    size_t left = d->length - d->at;
    if (n > d->step)
        n = d->step;
    if (n > left)
        n = left;
    memcpy(out, d->bytes + d->at, n);
    d->at += n;
    return (long)n;
}

static const char marks[] = ".{}[]ks#tfn";

/* The tokens as one line: a mark each, with the text or number. */
static status trace(bool ubjson, const char *bytes, size_t length, size_t step,
                    const struct token_limits *limits, struct buf *out,
                    struct error *e)
{
    struct drip d = {bytes, length, 0, step};
    struct stream in = {&d, read_drip, "input"};
    struct tokens *t = NULL;
    buf_clear(out);
    status s = ubjson ? tokens_open_ubjson(in, limits, &t, e)
                      : tokens_open_json(in, limits, &t, e);
    struct token token = {0};
    do {
        if (s == ST_OK)
            s = tokens_next(t, &token, e);
        if (s != ST_OK)
            break;
        buf_putc(out, marks[token.kind]);
        if (token.kind == TOKEN_KEY || token.kind == TOKEN_STRING) {
            assert_int_equal(token.text[token.length], 0);
            buf_put(out, token.text, token.length);
        } else if (token.kind == TOKEN_NUMBER) {
            buf_put_double(out, token.number);
            buf_puts(out, token.is_integer ? "i" : "");
        }
    } while (token.kind != TOKEN_END);
    tokens_free(t);
    return s;
}

static void reads_json(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf {\"a\" : [1, -2.5e1,0.1, 1e400, 12345678901234567890],\n"
        "\"\\u00e9\\ud83d\\ude00\\n\":\"\xc3\xa9\", \"t\":true,\"f\":false,"
        "\"n\":null,\"o\":{},\"e\":[]} ";
    static const char expected[] =
        "{ka[#1i#-25#0.1#inf#1.2345678901234567e+19]k\xc3\xa9\xf0\x9f\x98\x80\ns\xc3\xa9"
        "kttkffknnko{}ke[]}.";
    struct buf out = BUF_INIT(100000);
    for (size_t step = 1; step < 200; step += 3) {
        struct error e;
        check_ok(trace(false, text, sizeof text - 1, step, NULL, &out, &e), &e);
        assert_string_equal(buf_text(&out), expected);
    }
    buf_free(&out);
}

static void refuses_json(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        long line, column;
        status class;
    } cases[] = {
        {"", "text ends where a value", 1, 1, ST_SYNTAX},
        {"[1,]", "']' where a value", 1, 4, ST_SYNTAX},
        {"[1 2]", "'2' where a comma or ]", 1, 4, ST_SYNTAX},
        {"{\"a\" 1}", "where a colon", 1, 6, ST_SYNTAX},
        {"{a:1}", "where a key in quotes", 1, 2, ST_SYNTAX},
        {"{\"a\":1,}", "where a key in quotes", 1, 8, ST_SYNTAX},
        {"[01]", "where a comma or a bracket", 1, 3, ST_SYNTAX},
        {"[1.]", "where a digit", 1, 4, ST_SYNTAX},
        {"[-]", "where a digit", 1, 3, ST_SYNTAX},
        {"[1e+]", "where a digit", 1, 5, ST_SYNTAX},
        {"[1}", "where a comma or ]", 1, 3, ST_SYNTAX},
        {"\n\n  [\"\xc3\xa9\xc3\xa9\", x]", "'x' where a value", 3, 10, ST_SYNTAX},
        {"\"abc", "never closed", 1, 1, ST_SYNTAX},
        {"\"a\nb\"", "line end inside", 1, 3, ST_SYNTAX},
        {"\"\\ud800\"", "escape", 1, 2, ST_SYNTAX},
        {"\"\\q\"", "escape", 1, 2, ST_SYNTAX},
        {"\"\xff\"", "not UTF-8", 1, 2, ST_SYNTAX},
        {"1 2", "where the end", 1, 3, ST_SYNTAX},
        {"[NaN]", "not a number of JSON", 1, 2, ST_SYNTAX},
        {"[truex]", "where a value", 1, 2, ST_SYNTAX},
        {"\xff\xfe[", "UTF-16", 1, 1, ST_UNSUPPORTED},
    };
    struct buf out = BUF_INIT(100000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 4; step++) {
            struct error e;
            check_fails(trace(false, cases[i].text, strlen(cases[i].text), step,
                              NULL, &out, &e),
                        &e, cases[i].class, cases[i].message);
            assert_int_equal(e.line, cases[i].line);
            assert_int_equal(e.column, cases[i].column);
        }
    buf_free(&out);
}

static void shows_the_caret(void **state)
{
    (void)state;
    static const char text[] = "{\n  \"keys\": [1, oops]\n}";
    struct buf out = BUF_INIT(100000);
    struct error e;
    check_fails(trace(false, text, sizeof text - 1, 100, NULL, &out, &e), &e,
                ST_SYNTAX, "'o'");
    buf_clear(&out);
    error_render(&e, &out);
    assert_string_equal(buf_text(&out),
                        "input:2:15: error: 'o' where a value was expected\n"
                        "     2 |   \"keys\": [1, oops]\n"
                        "       |               ^\n");
    buf_free(&out);
}

static void keeps_limits(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(100000);
    struct error e;
    size_t n = 1000000;
    char *deep = test_malloc(n);
    memset(deep, '[', n);
    check_fails(trace(false, deep, n, 65536, NULL, &out, &e), &e, ST_LIMIT,
                "more than 512 brackets");
    check_fails(trace(true, deep, n, 65536, NULL, &out, &e), &e, ST_LIMIT,
                "more than 512 brackets");
    memset(deep, 'a', n);
    deep[0] = '"';
    struct token_limits limits = {.string = 1000};
    check_fails(trace(false, deep, n, 65536, &limits, &out, &e), &e, ST_LIMIT,
                "more than 1000 bytes");
    limits = (struct token_limits){.bytes = 5000};
    check_fails(trace(false, deep, n, 1000, &limits, &out, &e), &e, ST_LIMIT,
                "allowed 5000 bytes");
    limits = (struct token_limits){.infinities = true};
    check_ok(trace(false, "[NaN,-Infinity,Infinity]", 24, 1, &limits, &out, &e),
             &e);
    assert_string_equal(buf_text(&out), "[#nan#-inf#inf].");
    test_free(deep);
    buf_free(&out);
}

static void reads_ubjson(void **state)
{
    (void)state;
    static const char bytes[] =
        "N{i\x01" "a[$d#L\0\0\0\0\0\0\0\x02\x3f\x80\0\0\x3d\xcc\xcc\xcd"
        "i\x01" "b[$l#i\x02\xff\xff\xff\xff\0\0\1\0"
        "i\x01" "c[$U#U\x02\x01\xff" "i\x01" "d[$L#I\0\1\0\0\0\0\0\0\0\7"
        "i\x01" "e[NTFZCxSi\x02hiI\x01\0D\x3f\xf0\0\0\0\0\0\0N]"
        "i\x01" "f{$i#i\x01i\x01g\x05" "i\x01h[#i\x02i\x01i\x02"
        "i\x01oHi\x03" "1.5}N";
    static const char expected[] =
        "{ka[#1#0.10000000149011612]kb[#-1i#256i]kc[#1i#255i]kd[#7i]"
        "ke[tfnsxshi#256i#1]kf{kg#5i}kh[#1i#2i]ko#1.5}.";
    struct buf out = BUF_INIT(100000);
    struct error e;
    for (size_t step = 1; step < 300; step += 7) {
        check_ok(trace(true, bytes, sizeof bytes - 1, step, NULL, &out, &e), &e);
        assert_string_equal(buf_text(&out), expected);
    }
    for (size_t cut = 1; cut < sizeof bytes - 2; cut++)
        if (trace(true, bytes, cut, 64, NULL, &out, &e) != ST_SYNTAX)
            fail_msg("cut after %zu bytes was not noticed", cut);
    check_fails(trace(true, "[$Z#L\x10\0\0\0\0\0\0\0", 13, 64, NULL, &out, &e),
                &e, ST_UNSUPPORTED, "'Z' as the type");
    check_fails(trace(true, "[#i\xff", 4, 64, NULL, &out, &e), &e, ST_SYNTAX,
                "negative");
    check_fails(trace(true, "TT", 2, 64, NULL, &out, &e), &e, ST_SYNTAX,
                "after the value's end");
    buf_free(&out);
}

static void skips(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[[1],{\"b\":2}],\"c\":3,\"d\":4}";
    struct memory_stream m = {text, sizeof text - 1, 0};
    struct tokens *t = NULL;
    struct token token;
    struct error e;
    check_ok(tokens_open_json(stream_of_memory(&m, "x"), NULL, &t, &e), &e);
    check_ok(tokens_next(t, &token, &e), &e);
    for (const char *key = "acd"; *key != '\0'; key++) {
        check_ok(tokens_next(t, &token, &e), &e);
        assert_int_equal(token.kind, TOKEN_KEY);
        assert_int_equal(token.text[0], *key);
        check_ok(tokens_skip(t, &e), &e);
    }
    check_ok(tokens_next(t, &token, &e), &e);
    assert_int_equal(token.kind, TOKEN_END_OBJECT);
    tokens_free(t);
}

/* A model in both of its forms must give the same tokens. */
static void reads_real_models(void **state)
{
    (void)state;
    const char *data = shared_data();
    static const char *const models[] = {"xgb_boston_d4", "xgb_german_categories",
                                         "xgb_taiwan_d6"};
    if (data == NULL)
        skip();
    for (size_t i = 0; i < 3; i++) {
        char path[4096];
        struct buf a = BUF_INIT((size_t)1 << 28), b = BUF_INIT((size_t)1 << 28);
        struct error e;
        size_t n = 0, m = 0;
        (void)snprintf(path, sizeof path, "%s/models/%s/model.json", data,
                       models[i]);
        char *json = slurp(path, &n);
        (void)snprintf(path, sizeof path, "%s/models/%s/model.ubj", data,
                       models[i]);
        char *ubj = slurp(path, &m);
        if (json == NULL || ubj == NULL)
            skip();
        check_ok(trace(false, json, n, 65536, NULL, &a, &e), &e);
        check_ok(trace(true, ubj, m, 65536, NULL, &b, &e), &e);
        size_t keys = 0, other = 0;
        for (const char *p = buf_text(&a); (p = strstr(p, "ksplit_")) != NULL; p++)
            keys++;
        for (const char *p = buf_text(&b); (p = strstr(p, "ksplit_")) != NULL; p++)
            other++;
        assert_true(keys > 10);
        assert_int_equal(keys, other);
        free(json);
        free(ubj);
        buf_free(&a);
        buf_free(&b);
    }
}

/* Every allocation of a reading fails once: a class comes back, no crash. */
static void survives_no_memory(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[\"\\u0041b\",{\"c\":[[[[1]]]]}]}";
    struct buf out = BUF_INIT(100000);
    struct error e;
    buf_puts(&out, "room for the trace, so that only the reader allocates");
    size_t n = 1;
    for (;; n++) {
        (void)mem_fail_at(n);
        status s = trace(false, text, sizeof text - 1, 5, NULL, &out, &e);
        (void)mem_fail_at(0);
        if (s == ST_OK)
            break;
        assert_int_equal(s, ST_MEMORY);
        assert_true(n < 100);
    }
    assert_true(n > 3);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_json),       cmocka_unit_test(refuses_json),
        cmocka_unit_test(shows_the_caret),  cmocka_unit_test(keeps_limits),
        cmocka_unit_test(reads_ubjson),     cmocka_unit_test(skips),
        cmocka_unit_test(reads_real_models),
        cmocka_unit_test(survives_no_memory)};
    return cmocka_run_group_tests_name("syntax/token", tests, NULL, NULL);
}
