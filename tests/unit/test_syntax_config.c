#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "syntax/config.h"
#include "syntax/json_write.h"

static status parse(const char *text, struct config **c, struct error *e)
{
    *c = NULL;
    return config_parse(text, strlen(text), "candor.json", c, e);
}

static void knows_places(void **state)
{
    (void)state;
    struct config *c;
    struct error e;
    check_ok(parse("// a comment, \xc3\xa9\n{\n  \"model\": { // here\n"
                   "    \"cutof\": 0.5, \"list\": [1, \"x\"]\n  }\n}\n", &c, &e),
             &e);
    const cJSON *model = cJSON_GetObjectItem(config_root(c), "model");
    const cJSON *cut = cJSON_GetObjectItem(model, "cutof");
    const cJSON *x = cJSON_GetArrayItem(cJSON_GetObjectItem(model, "list"), 1);
    struct place p = config_place(c, cut);
    assert_true(p.line == 4 && p.column == 14);
    p = config_key_place(c, cut);
    assert_true(p.line == 4 && p.column == 5);
    p = config_place(c, x);
    assert_true(p.line == 4 && p.column == 31);
    assert_true(config_key_fault(c, cut, &e, ST_ARGUMENT,
                                 "unknown key \"%s\"", "cutof") == ST_ARGUMENT);
    struct buf out = BUF_INIT(10000);
    error_render(&e, &out);
    assert_string_equal(buf_text(&out),
                        "candor.json:4:5: error: unknown key \"cutof\"\n"
                        "     4 |     \"cutof\": 0.5, \"list\": [1, \"x\"]\n"
                        "       |     ^~~~~~~\n");
    (void)config_fault(c, x, &e, ST_ARGUMENT, "not a number");
    assert_true(e.caret == 30 && e.caret_length == 3);
    buf_free(&out);
    config_free(c);
}

static void refuses(void **state)
{
    (void)state;
    struct config *c;
    struct error e;
    check_fails(parse("{\"a\":1,\n \"a\":2}", &c, &e), &e, ST_SYNTAX,
                "\"a\" stands twice");
    assert_true(e.line == 2 && e.column == 2);
    assert_null(c);
    check_fails(parse("{\"a\":1", &c, &e), &e, ST_SYNTAX, "text ends");
    check_fails(parse("{} /* x */", &c, &e), &e, ST_SYNTAX, "//");
    check_fails(parse("", &c, &e), &e, ST_SYNTAX, "text ends");
    char deep[200];
    memset(deep, '[', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    check_fails(parse(deep, &c, &e), &e, ST_LIMIT, "more than 64 brackets");
    char *big = test_malloc((size_t)CONFIG_BYTES_MAX + 2);
    memset(big, ' ', (size_t)CONFIG_BYTES_MAX + 1);
    big[(size_t)CONFIG_BYTES_MAX + 1] = '\0';
    check_fails(parse(big, &c, &e), &e, ST_LIMIT, "16 MB");
    test_free(big);
}

static void survives_no_memory(void **state)
{
    (void)state;
    struct config *c;
    struct error e;
    size_t n = 1;
    for (;; n++) {
        (void)mem_fail_at(n);
        status s = parse("{\"a\":{\"b\":[1,{\"c\":\"d\\n\"}]}}", &c, &e);
        (void)mem_fail_at(0);
        if (s == ST_OK)
            break;
        assert_int_equal(s, ST_MEMORY);
        assert_true(n < 200);
    }
    config_free(c);
    assert_true(n > 8);
}

static void writes_json(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(10000);
    struct error e;
    struct json_writer w = json_start(&out, 0);
    json_object(&w);
    json_put_string(&w, "a\"", "\xc3\xa9\n\x01\\");
    json_put_number(&w, "x", 0.1);
    json_put_int(&w, "n", -3);
    json_put_bool(&w, "b", true);
    json_put_string(&w, "null", NULL);
    json_key(&w, "list");
    json_array(&w);
    json_array(&w);
    json_array_end(&w);
    json_raw(&w, "{}", 2);
    json_array_end(&w);
    json_object_end(&w);
    check_ok(json_end(&w, &e), &e);
    assert_string_equal(buf_text(&out),
                        "{\"a\\\"\":\"\xc3\xa9\\n\\u0001\\\\\",\"x\":0.1,\"n\":-3,"
                        "\"b\":true,\"null\":null,\"list\":[[],{}]}");
    buf_clear(&out);
    w = json_start(&out, 2);
    json_object(&w);
    json_put_int(&w, "n", 1);
    json_key(&w, "l");
    json_array(&w);
    json_int(&w, 1);
    json_int(&w, 2);
    json_array_end(&w);
    json_object_end(&w);
    check_ok(json_end(&w, &e), &e);
    assert_string_equal(buf_text(&out), "{\n  \"n\": 1,\n  \"l\": [\n    1,\n"
                                        "    2\n  ]\n}");
    buf_free(&out);
}

static void writer_refuses(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(1000);
    struct error e;
    struct json_writer w = json_start(&out, 0);
    json_number(&w, (double)NAN);
    check_fails(json_end(&w, &e), &e, ST_NUMERIC, "finite");
    w = json_start(&out, 0);
    json_string(&w, "\xff");
    check_fails(json_end(&w, &e), &e, ST_DATA, "UTF-8");
    w = json_start(&out, 0);
    json_object(&w);
    check_fails(json_end(&w, &e), &e, ST_BUG, "order");
    w = json_start(&out, 0);
    json_object(&w);
    json_int(&w, 1);
    check_fails(json_end(&w, &e), &e, ST_BUG, "order");
    w = json_start(&out, 0);
    for (int i = 0; i < 70; i++)
        json_array(&w);
    check_fails(json_end(&w, &e), &e, ST_BUG, "too many");
    buf_clear(&out);
    w = json_start(&out, 0);
    json_array(&w);
    for (int i = 0; i < 2000; i++)
        json_int(&w, i);
    json_array_end(&w);
    check_fails(json_end(&w, &e), &e, ST_LIMIT, "1000 bytes");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_places), cmocka_unit_test(refuses),
        cmocka_unit_test(survives_no_memory), cmocka_unit_test(writes_json),
        cmocka_unit_test(writer_refuses)};
    return cmocka_run_group_tests_name("syntax/config", tests, NULL, NULL);
}
