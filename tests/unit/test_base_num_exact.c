/* Reading and writing numbers to the last bit, against the C library. */
#include "check.h"

#include "base/num.h"
#include "base/num_powers.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 600000 };

static uint64_t step(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Limbs of 32 bits, the lowest first: enough for 5^342 shifted up. */
enum { LIMBS = 64 };

static void times(uint32_t *x, uint32_t by)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        carry += (uint64_t)x[i] * by;
        x[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert_true(carry == 0);
}

/* Is bit i, counted from the lowest, set? */
static bool bit(const uint32_t *x, int i)
{
    return i >= 0 && (x[i / 32] >> (i % 32) & 1) != 0;
}

static int top_bit(const uint32_t *x)
{
    int i = LIMBS * 32 - 1;
    while (!bit(x, i))
        i--;
    return i;
}

static struct num_power top_of(const uint32_t *x, int top)
{
    struct num_power p = {0, 0};
    for (int i = 0; i < 64; i++) {
        p.high = p.high << 1 | bit(x, top - i);
        p.low = p.low << 1 | bit(x, top - 64 - i);
    }
    return p;
}

/* p in [1, 2): p × 5^n against 2^(top + 1): -1, 0, 1, by whole limbs. */
static int against_one(struct num_power p, int n, uint64_t add)
{
    uint32_t x[LIMBS] = {(uint32_t)p.low, (uint32_t)(p.low >> 32),
                         (uint32_t)p.high, (uint32_t)(p.high >> 32)};
    for (size_t i = 0; i < LIMBS && add > 0; i++) {
        uint64_t sum = x[i] + add;
        x[i] = (uint32_t)sum;
        add = sum >> 32;
    }
    for (int i = 0; i < n; i++)
        times(x, 5);
    uint32_t five[LIMBS] = {1};
    for (int i = 0; i < n; i++)
        times(five, 5);
    int one = 128 + top_bit(five); /* 2^128 × the power of two below 5^n */
    int top = top_bit(x);
    if (top != one)
        return top < one ? -1 : 1;
    for (int i = 0; i < one; i++)
        if (bit(x, i))
            return 1;
    return 0;
}

/* Upwards: the first 128 bits of the power itself. Downwards: the largest p of
 * 128 bits with p × 5^n ≤ a power of two. */
static void table_is_the_powers(void **state)
{
    (void)state;
    uint32_t five[LIMBS] = {1};
    for (int q = 0; q <= NUM_POWER_MOST; q++) {
        int top = top_bit(five);
        struct num_power p = top_of(five, top), t = num_power_of(q);
        assert_true(p.high == t.high && p.low == t.low);
        assert_int_equal(num_log2(q), top + q);
        bool cut = false;
        for (int i = 0; i <= top - 128; i++)
            cut |= bit(five, i);
        assert_int_equal(num_power_exact(q), !cut);
        times(five, 5);
    }
    for (int n = 1; n <= -NUM_POWER_LEAST; n += n < 40 ? 1 : 13) {
        struct num_power t = num_power_of(-n);
        assert_true(t.high >> 63 != 0);
        assert_true(against_one(t, n, 0) < 0);
        assert_true(against_one(t, n, 1) > 0);
    }
}

static void same_as_library(const char *text)
{
    double x = 1, wanted = strtod(text, NULL);
    size_t n = strlen(text);
    assert_true(num_parse(text, n, &x));
    if (memcmp(&x, &wanted, sizeof x) != 0)
        fail_msg("%s is read as %.17g, not %.17g", text, x, wanted);
    /* the same amid other text, and cut at its end */
    char room[1400];
    (void)snprintf(room, sizeof room, "%s,12345678", text);
    x = 1;
    assert_int_equal(num_scan(room, room + strlen(room), &x), n);
    assert_memory_equal(&x, &wanted, sizeof x);
    assert_int_equal(num_scan(room, room + n, &x), n);
    assert_memory_equal(&x, &wanted, sizeof x);
}

static void any_digits_and_exponent(void **state)
{
    (void)state;
    uint64_t seed = 0x9e3779b97f4a7c15u;
    char text[128];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t a = step(&seed), b = step(&seed);
        a >>= b % 64;
        int point = (int)(b >> 8 & 15), exponent = (int)(b >> 16) % 360 - 20;
        switch (i % 4) {
        case 0:
            (void)snprintf(text, sizeof text, "%llue%d", (unsigned long long)a,
                           (int)(b >> 16 & 1023) - 680);
            break;
        case 1:
            (void)snprintf(text, sizeof text, "-%llu.%0*llu",
                           (unsigned long long)(a >> 40), point + 1,
                           (unsigned long long)(b >> 30));
            break;
        case 2:
            (void)snprintf(text, sizeof text, "%llu%llu.%lluE%+d",
                           (unsigned long long)a, (unsigned long long)b,
                           (unsigned long long)a, exponent % 300);
            break;
        default:
            (void)snprintf(text, sizeof text, "0.%0*llu", point + 1,
                           (unsigned long long)a);
            break;
        }
        same_as_library(text);
    }
}

/* Every double as printf writes it with 17 digits, and points half way between
 * two neighbours: exactly, a little below, a little above. */
static void half_way(void **state)
{
    (void)state;
    uint64_t seed = 0x2545f4914f6cdd1du;
    char text[1300], exact[1200];
    for (int i = 0; i < ROUNDS / 6; i++) {
        uint64_t bits = step(&seed) >> 1;
        double x;
        /* exponents where the halves have few enough digits are as frequent */
        if (i % 2 == 0)
            bits = (bits & ((UINT64_C(1) << 52) - 1)) |
                   (uint64_t)(1023 - 60 + (int)(bits >> 52 & 127)) << 52;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x))
            continue;
        (void)snprintf(text, sizeof text, "%.17g", x);
        same_as_library(text);
        uint64_t next = bits + 1;
        double y;
        memcpy(&y, &next, sizeof y);
        if (!isfinite(y) || fabs(x) < 1e-290 || fabs(x) > 1e290)
            continue;
        /* the half lies in a long double's 64 bits */
        long double half = ((long double)x + (long double)y) / 2;
        (void)snprintf(exact, sizeof exact, "%.1100Lg", half);
        same_as_library(exact);
        (void)snprintf(text, sizeof text, "%.21Lg", half);
        same_as_library(text);
        (void)snprintf(text, sizeof text, "%.30Lg", half);
        same_as_library(text);
    }
}

static void known_hard_ones(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2.2250738585072011e-308", "2.2250738585072012e-308",
        "2.2250738585072014e-308", "4.9e-324", "2.4703282292062327e-324",
        "2.4703282292062328e-324", "1.7976931348623157e308",
        "1.7976931348623158e308", "1.7976931348623159e308", "1e309", "1e-400",
        "9007199254740993", "9007199254740992.99999999999999999999",
        "9007199254740993.00000000000000000001", "0e999", "-0", "-0.0e-5",
        "18446744073709551615", "18446744073709551616", "9999999999999999999",
        "99999999999999999999", "1e22", "1e23", "8.5e22", "1e-22", "1e-23",
        "6929495644600919.5", "3704731104250211.5", "5e-324", "00000000000000001",
        "0.00000000000000000000000000000000000012345678901234567890123",
        "123456789012345678901234567890", "7.0420557077594588669468784357561207962098443483187940792729600000e59"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        same_as_library(texts[i]);
    double x;
    static const char *const none[] = {"", "-", "+", ".", "-.", "e5", " 1", "a",
                                       ",1", "1e", "1e+", "12e-,"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(num_scan(none[i], none[i] + strlen(none[i]), &x), 0);
    const char *tail = "1.5e3e4";
    assert_int_equal(num_scan(tail, tail + 7, &x), 5);
    assert_true(x == 1500);
}

/* How many digits a text has between its first and last that is no zero. */
static int digits_of(const char *text)
{
    int n = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (n == 0 && *text == '0'))
            continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        n++;
    }
    return n - zeros;
}

static bool reads_back(const char *text, double x, bool single)
{
    if (single)
        return strtof(text, NULL) == (float)x;
    return strtod(text, NULL) == x;
}

/* Does a decimal of fewer digits read back? The one next to x and its
 * neighbours are all that could. */
static bool shorter_exists(double x, int digits, bool single)
{
    char text[64];
    if (digits < 2)
        return false;
    (void)snprintf(text, sizeof text, "%.*e", digits - 2, fabs(x));
    if (reads_back(text, fabs(x), single))
        return true;
    char *e = strchr(text, 'e');
    long exponent = strtol(e + 1, NULL, 10);
    unsigned long long m = 0;
    for (const char *p = text; p < e; p++)
        if (*p != '.')
            m = m * 10 + (unsigned long long)(*p - '0');
    for (int way = -1; way <= 1; way += 2) {
        (void)snprintf(text, sizeof text, "%llue%ld",
                       way < 0 ? m - 1 : m + 1, exponent - (digits - 2));
        if (reads_back(text, fabs(x), single))
            return true;
    }
    return false;
}

static void check_shortest(double x, bool single)
{
    char text[NUM_TEXT_MAX], near[64], again[NUM_TEXT_MAX];
    size_t n = single ? num_shortest_float((float)x, text)
                      : num_shortest(x, text);
    assert_int_equal(n, strlen(text));
    if (!reads_back(text, x, single))
        fail_msg("%.17g is written %s", x, text);
    int digits = digits_of(text);
    if (shorter_exists(x, digits, single))
        fail_msg("%.17g is written %s, which is not the shortest", x, text);
    if (x == 0)
        return;
    /* of all as short, the nearest: as printf rounds, where that reads back */
    (void)snprintf(near, sizeof near, "%.*e", digits - 1, x);
    if (reads_back(near, x, single) && strtod(near, NULL) != strtod(text, NULL))
        fail_msg("%.17g is written %s, farther than %s", x, text, near);
    double back = 0;
    assert_true(num_parse(text, n, &back));
    assert_int_equal(num_shortest(back, again), n);
    if (!single)
        assert_string_equal(again, text);
}

static void shortest_is_shortest(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t bits = step(&seed);
        double x;
        if (i % 3 == 1) /* around a power of two, where steps change */
            bits = (bits & 0xfff0000000000000u) + (bits & 3) - 1;
        memcpy(&x, &bits, sizeof x);
        if (i % 3 == 2) /* a decimal of few digits */
            x = (double)(int64_t)(bits >> 40) / (double)(1u << (bits & 31)) /
                (bits & 32 ? 1e3 : 1e1);
        if (isfinite(x))
            check_shortest(x, false);
    }
    for (int e = -1074; e < 1024; e++)
        for (int k = -1; k <= 1; k++)
            check_shortest(nextafter(ldexp(1, e), k == 0 ? ldexp(1, e)
                                                         : k * HUGE_VAL),
                           false);
    for (int e = -323; e < 309; e++) {
        char text[16];
        (void)snprintf(text, sizeof text, "1e%d", e);
        check_shortest(strtod(text, NULL), false);
    }
}

static void shortest_float_is_shortest(void **state)
{
    (void)state;
    uint64_t seed = 1234567;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t bits = (uint32_t)(step(&seed) >> 20);
        if (i % 4 == 1)
            bits = (bits & 0xff800000u) + (bits & 3) - 1;
        float x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x))
            check_shortest((double)x, true);
    }
    char text[NUM_TEXT_MAX];
    (void)num_shortest_float(0.1f, text);
    assert_string_equal(text, "0.1");
    (void)num_shortest_float(16777216.0f, text);
    assert_string_equal(text, "16777216");
    (void)num_shortest_float(-3.4028235e38f, text);
    assert_string_equal(text, "-3.4028235e+38");
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0, "0"}, {-0.0, "-0"}, {0.3, "0.3"}, {1e-4, "0.0001"},
                 {1.5e-4, "0.00015"}, {9.5e-5, "9.5e-05"}, {100, "100"},
                 {-12.5, "-12.5"}, {999999999999999, "999999999999999"},
                 {1e15, "1e+15"}, {1234567890123456, "1234567890123456"},
                 {12345678901234568, "12345678901234568"},
                 {1234567890123450, "1.23456789012345e+15"},
                 {1e100, "1e+100"}, {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {-(double)INFINITY, "-inf"}, {(double)INFINITY, "inf"}};
    char text[NUM_TEXT_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = num_shortest(cases[i].x, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
    }
    assert_int_equal(num_shortest((double)NAN, text), 3);
    assert_string_equal(text, "nan");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_the_powers),
        cmocka_unit_test(any_digits_and_exponent), cmocka_unit_test(half_way),
        cmocka_unit_test(known_hard_ones), cmocka_unit_test(forms),
        cmocka_unit_test(shortest_is_shortest),
        cmocka_unit_test(shortest_float_is_shortest)};
    return cmocka_run_group_tests_name("base/num exact", tests, NULL, NULL);
}
