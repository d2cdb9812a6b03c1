#include "check.h"

#include "document/template.h"
#include "language/language.h"

#include <time.h>

static const char *const folders[] = {"templates"};

static const char needed[] =
    "\"format.missing\":\"x\",\"format.yes\":\"y\",\"format.no\":\"n\","
    "\"format.not-applicable\":\"n/a\",\"format.months\":\"{count, plural, one {# Monat} other {# Monate}}\","
    "\"format.years\":\"{count, plural, one {# Jahr} other {# Jahre}}\","
    "\"format.years-months\":\"{years} {months}\",\"format.ordinal\":\"{count}.\","
    "\"page.count\":\"{page}/{pages}\",\"table.continued\":\"w\"";

static struct language *make(const char *tag, const char *more, status *s,
                             struct error *e)
{
    char json[4096];
    int n = snprintf(json, sizeof json, "{%s%s}", needed, more);
    struct language *l = NULL;
    *s = language_read(tag, json, (size_t)n, "test.json", &l, e);
    return l;
}

static struct language *good(const char *tag, const char *more)
{
    struct error e;
    status s;
    struct language *l = make(tag, more, &s, &e);
    check_ok(s, &e);
    return l;
}

#define SAYS(call, expected)                                                   \
    do {                                                                       \
        struct buf out = BUF_INIT(65536);                                      \
        call;                                                                  \
        assert_string_equal(buf_text(&out), expected);                         \
        buf_free(&out);                                                        \
    } while (0)

static void numbers_follow_the_language(void **state)
{
    (void)state;
    struct language *en = good("en-US", ""), *de = good("de", "");
    struct language *fr = good("fr", ""), *es = good("es", "");
    struct language *in = good("en-IN", ""), *ar = good("ar-EG", "");
    SAYS(language_number(en, 1234567.891, 2, &out), "1,234,567.89");
    SAYS(language_number(de, 1234567.891, 2, &out), "1.234.567,89");
    SAYS(language_number(in, 1234567.891, 1, &out), "12,34,567.9");
    SAYS(language_number(es, 1234, 0, &out), "1234");
    SAYS(language_number(es, 12345, 0, &out), "12.345");
    SAYS(language_number(en, -0.004, 2, &out), "0.00");
    SAYS(language_number(en, -4.5, -1, &out), "−4.5");
    SAYS(language_number(en, 0.1, -1, &out), "0.1");
    SAYS(language_number(ar, 12, 0, &out), "١٢");
    SAYS(language_signed(en, 16, 0, &out), "+16");
    SAYS(language_signed(en, -31, 0, &out), "−31");
    SAYS(language_signed(en, 0.001, 1, &out), "0.0");
    SAYS(language_percent(en, 0.124, 1, &out), "12.4%");
    SAYS(language_percent(en, 0.07, -1, &out), "7%");
    SAYS(language_percent(de, 0.78, 0, &out), "78\u202f%");
    SAYS(language_percent(fr, -0.5, 0, &out), "−50\u202f%");
    SAYS(language_money(en, 12000, "USD", -1, &out), "$12,000");
    SAYS(language_money(en, 12.5, "USD", -1, &out), "$12.50");
    SAYS(language_money(en, -12.5, "USD", -1, &out), "−$12.50");
    SAYS(language_money(de, 1234.5, "EUR", -1, &out), "1.234,50\u00a0€");
    SAYS(language_range(en, 0.8, 0.83, 2, &out), "0.80–0.83");
    SAYS(language_range(en, -0.2, -0.1, 1, &out), "−0.2 – −0.1");
    language_free(en);
    language_free(de);
    language_free(fr);
    language_free(es);
    language_free(in);
    language_free(ar);
}

static void dates_durations_and_lists(void **state)
{
    (void)state;
    struct error e;
    struct language *en = NULL, *de = good("de", ""), *ja = good("ja", "");
    check_ok(language_open(folders, 1, "en-US", &en, &e), &e);
    struct date d = {2026, 10, 4};
    SAYS(language_date(en, d, &out), "October 4, 2026");
    SAYS(language_date(de, d, &out), "4. Oktober 2026");
    SAYS(language_date(ja, d, &out), "2026年10月4日");
    SAYS(language_months(en, 16, &out), "1 year 4 months");
    SAYS(language_months(en, 1, &out), "1 month");
    SAYS(language_months(en, 24, &out), "2 years");
    SAYS(language_years(en, 6, 0, &out), "6 years");
    SAYS(language_ordinal(en, 23, &out), "23rd");
    SAYS(language_ordinal(en, 11, &out), "11th");
    const char *items[] = {"a", "b", "c"};
    SAYS(check_ok(language_list(en, items, 3, false, &out, &e), &e), "a, b, and c");
    SAYS(check_ok(language_list(de, items, 3, true, &out, &e), &e), "a, b oder c");
    SAYS(check_ok(language_list(en, items, 1, true, &out, &e), &e), "a");
    language_free(en);
    language_free(de);
    language_free(ja);
}

static const char sample[] =
    ",\"a\":\"{n, plural, =0 {none} one {# loan} other {# loans}} of '{'{who}'}' it's\""
    ",\"b\":\"{dir, select, up {rose {x, number, percent}} other {did not}}\""
    ",\"c\":\"{n, plural, offset:1 one {you and # other} other {you and # others}}\""
    ",\"d\":\"{n, number}\"";

static void say(const struct language *l, const char *key,
                const struct message_arg *args, size_t n, const char *expected)
{
    struct error e;
    struct buf out = BUF_INIT(4096);
    long at = language_find(l, key);
    assert_true(at >= 0);
    check_ok(language_say(l, (size_t)at, args, n, &out, &e), &e);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static void messages_choose_by_number_and_word(void **state)
{
    (void)state;
    struct language *l = good("en-US", sample);
    struct message_arg a[] = {{"n", NULL, 0}, {"who", "Ann", NAN}};
    say(l, "a", a, 2, "none of {Ann} it's");
    a[0].number = 1;
    say(l, "a", a, 2, "1 loan of {Ann} it's");
    a[0] = (struct message_arg){"n", "2,500", 2500};
    say(l, "a", a, 2, "2,500 loans of {Ann} it's");
    struct message_arg b[] = {{"dir", "up", NAN}, {"x", NULL, 0.25}};
    say(l, "b", b, 2, "rose 25%");
    b[0].text = "elsewhere";
    say(l, "b", b, 2, "did not");
    struct message_arg c = {"n", NULL, 2};
    say(l, "c", &c, 1, "you and 1 other");
    struct message_arg d = {"n", NULL, 12345.5};
    say(l, "d", &d, 1, "12,345.5");
    struct error e;
    struct buf out = BUF_INIT(100);
    struct message_arg bad = {"n", "not provided", NAN};
    say(l, "c", &bad, 1, "you and not provided others");
    bad.text = NULL;
    check_fails(language_say(l, (size_t)language_find(l, "c"), &bad, 1, &out, &e),
                &e, ST_DATA, "not a number");
    check_fails(language_say(l, (size_t)language_find(l, "a"), a, 1, &out, &e),
                &e, ST_BUG, "{who}");
    buf_free(&out);
    language_free(l);
}

static void bad_catalogues_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *more, *fragment;
        status class;
    } cases[] = {
        {",\"a\":\"x {\"", "name is expected", ST_SYNTAX},
        {",\"a\":\"x }\"", "without '{'", ST_SYNTAX},
        {",\"a\":\"{n, plural, one {x}}\"", "\"other\" is missing", ST_SYNTAX},
        {",\"a\":\"{n, plural, one {x} other {y\"", "end of a branch", ST_SYNTAX},
        {",\"a\":\"{n, dance}\"", "type is", ST_SYNTAX},
        {",\"a\":\"x\",\"a\":\"y\"", "twice", ST_SYNTAX},
        {",\"A b\":\"x\"", "may hold only", ST_SYNTAX},
        {",\"a\":3", "a text is expected", ST_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error e;
        status s;
        struct language *l = make("en", cases[i].more, &s, &e);
        check_fails(s, &e, cases[i].class, cases[i].fragment);
        assert_null(l);
        assert_int_equal(e.line, 1);
    }
    struct error e;
    struct language *l = NULL;
    check_fails(language_read("en", "{}", 2, "x.json", &l, &e), &e, ST_FORMAT,
                "format.missing");
    status s;
    (void)make("no such tag", "", &s, &e);
    check_fails(s, &e, ST_UNSUPPORTED, "no language tag");
    check_fails(language_open(folders, 1, "xx", &l, &e), &e, ST_ARGUMENT,
                "languages/xx.json");
    check_fails(language_open(folders, 1, "../x", &l, &e), &e, ST_ARGUMENT,
                "no language tag");
}

static void pseudo_brackets_every_message(void **state)
{
    (void)state;
    struct error e;
    struct language *en = good("en-US", sample), *p = NULL;
    check_ok(language_pseudo(en, &p, &e), &e);
    assert_string_equal(language_tag(p), "qps");
    assert_int_equal(language_count(p), language_count(en));
    struct message_arg a[] = {{"n", NULL, 1}, {"who", "Ann", NAN}};
    say(p, "a", a, 2, "⟦1 łóáñ óƒ {Ann} íţ'š~~~~⟧");
    language_free(p);
    language_free(en);
}

static void plain_messages_are_fast(void **state)
{
    (void)state;
    struct language *l = good("en-US", ",\"a\":\"Dear {who}, hello\"");
    struct message_arg a = {"who", "Ann", NAN};
    struct buf out = BUF_INIT(4096);
    struct error e;
    struct timespec t0, t1;
    enum { N = 200000 };
    clock_gettime(CLOCK_MONOTONIC, &t0);
    size_t at = (size_t)language_find(l, "a");
    for (int i = 0; i < N; i++) {
        buf_clear(&out);
        check_ok(language_say(l, at, &a, 1, &out, &e), &e);
    }
    clock_gettime(CLOCK_MONOTONIC, &t1);
    double s = (double)(t1.tv_sec - t0.tv_sec) +
               1e-9 * (double)(t1.tv_nsec - t0.tv_nsec);
    print_message("# %.1f million messages a second\n", N / s / 1e6);
    assert_string_equal(buf_text(&out), "Dear Ann, hello");
    buf_free(&out);
    language_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_the_language),
        cmocka_unit_test(dates_durations_and_lists),
        cmocka_unit_test(messages_choose_by_number_and_word),
        cmocka_unit_test(bad_catalogues_say_where),
        cmocka_unit_test(pseudo_brackets_every_message),
        cmocka_unit_test(plain_messages_are_fast),
    };
    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
