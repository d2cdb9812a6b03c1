#include "check.h"

#include "base/num.h"
#include "base/text.h"

static void parses(void **state)
{
    (void)state;
    double x;
    assert_true(num_parse("0.1", 3, &x));
    assert_true(x == 0.1);
    assert_true(num_parse("-1e-400", 7, &x));
    assert_true(x == 0 && signbit(x));
    assert_true(num_parse("1.7976931348623157e308", 22, &x));
    assert_true(x == 1.7976931348623157e308);
    assert_true(num_parse("9007199254740993", 16, &x));
    assert_true(x == 9007199254740992.0);
    assert_true(num_parse("NaN", 3, &x) && isnan(x));
    assert_true(num_parse("-Inf", 4, &x) && x < 0 && isinf(x));
    assert_false(num_parse("", 0, &x));
    assert_false(num_parse("1e", 2, &x));
    assert_false(num_parse("1,5", 3, &x));
    assert_false(num_parse(".", 1, &x));
    assert_false(num_parse("0x10", 4, &x));
    long long n;
    assert_true(num_parse_int("-9223372036854775808", 20, &n) && n == INT64_MIN);
    assert_false(num_parse_int("9223372036854775808", 19, &n));
}

/* Our own digits are printf's, of which we trust the rounding. */
static void fixed_rounds_as_printf(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        double x = ldexp((double)(seed >> 11), -(int)(seed % 97));
        x = seed & 1 ? -x : x;
        if (i % 3 == 0) /* ties */
            x = (double)(seed % 20001) * 0.5 - 5000;
        char text[NUM_TEXT_MAX * 9], wanted[NUM_TEXT_MAX * 9];
        int decimals = (int)(seed >> 7 & 15);
        size_t n = num_fixed(x, decimals, text);
        (void)snprintf(wanted, sizeof wanted, "%.*f", decimals, x);
        assert_string_equal(text, wanted);
        assert_int_equal(n, strlen(wanted));
    }
    assert_int_equal(num_decimals(0.25), 2);
    assert_int_equal(num_decimals(-1e-7), 7);
    assert_int_equal(num_decimals(1.5e300), 0);
    assert_int_equal(num_decimals(12), 0);
}

static void dates_go_round(void **state)
{
    (void)state;
    for (long day = -800000; day < 2900000; day += 97) {
        struct date d = date_from_days(day);
        if (d.year < 1 || d.year > 9999)
            continue;
        assert_true(date_valid(d));
        assert_int_equal(date_days(d), day);
    }
    struct date d;
    assert_true(date_parse("2024-02-29", 10, &d));
    assert_false(date_parse("2023-02-29", 10, &d));
    assert_int_equal(date_days((struct date){1970, 1, 1}), 0);
    d = date_add_months((struct date){2026, 1, 31}, 25);
    assert_true(d.year == 2028 && d.month == 2 && d.day == 29);
}

static void suggests_the_nearest(void **state)
{
    (void)state;
    const char *keys[] = {"cutoff", "scale", "orientation"};
    assert_string_equal(text_nearest("cutof", keys, 3), "cutoff");
    assert_string_equal(text_nearest("sacle", keys, 3), "scale");
    assert_null(text_nearest("zebra", keys, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(fixed_rounds_as_printf),
        cmocka_unit_test(dates_go_round), cmocka_unit_test(suggests_the_nearest)};
    return cmocka_run_group_tests_name("base/num", tests, NULL, NULL);
}
