/* Shortest decimals. The interval of all numbers that read back to a double is
 * scaled by a power of ten so that one or two whole numbers lie in it; which,
 * is told by three products rounded to odd. After R. Giulietti, "The Schubfach
 * way to render doubles" (2020). */
#include "base/num.h"
#include "base/num_powers.h"

#include <math.h>
#include <string.h>

enum { WHOLE_MOST = 15 }; /* powers of ten from which on 1e15 is written so */

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324"
    "25262728293031323334353637383940414243444546474849"
    "50515253545556575859606162636465666768697071727374"
    "75767778798081828384858687888990919293949596979899";

struct short_form {
    uint64_t digits;
    int exponent; /* value: digits × 10^exponent */
};

/* floor(log10(2^q)), or of 3/4 × 2^q; |q| < 1100. */
static int log10_of(int q, bool three_quarters)
{
    return (q * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

/* x × g / 2^128 for the power g = 10^q; what was cut off leaves the last bit
 * set, so that a comparison with an even number comes out right. */
static uint64_t odd_product(int q, uint64_t x)
{
    struct num_power g = num_power_of(q);
    num_wide low = (num_wide)g.low * x;
    if (!num_power_exact(q))
        low += x; /* g is to be no less than the power */
    num_wide sum = (num_wide)g.high * x + (uint64_t)(low >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

/* The same with the first 64 bits of the power, x of 32 bits at most. */
static uint64_t odd_product_float(int q, uint64_t x)
{
    uint64_t g = num_power_of(q).high;
    if (q < 0 || q > 27)
        g++;
    num_wide product = (num_wide)g * x;
    return (uint64_t)(product >> 64) | ((uint64_t)product >> 32 > 1);
}

/* c × 2^q; `edge`: the step below is half the one above. */
static struct short_form shortest(uint64_t c, int q, bool edge,
                                  uint64_t (*product)(int, uint64_t))
{
    int k = log10_of(q, edge);
    int shift = q + num_log2(-k) + 1;
    uint64_t lower = product(-k, (4 * c - 2 + edge) << shift);
    uint64_t middle = product(-k, 4 * c << shift);
    uint64_t upper = product(-k, (4 * c + 2) << shift);
    /* the ends read back only to an even c; all three count in quarters */
    lower += c & 1;
    upper -= c & 1;
    uint64_t s = middle / 4;
    if (s >= 10) {
        uint64_t ten = s / 10;
        bool down = lower <= 40 * ten, up = 40 * ten + 40 <= upper;
        if (down != up)
            return (struct short_form){ten + up, k + 1};
    }
    bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    if (down == up)
        up = middle > 4 * s + 2 || (middle == 4 * s + 2 && (s & 1) != 0);
    return (struct short_form){s + up, k};
}

static struct short_form without_zeros(struct short_form f)
{
    while (f.digits % 10000 == 0 && f.digits != 0) {
        f.digits /= 10000;
        f.exponent += 4;
    }
    while (f.digits % 10 == 0 && f.digits != 0) {
        f.digits /= 10;
        f.exponent++;
    }
    return f;
}

static int count_digits(uint64_t x)
{
    static const uint64_t tens[] = {0,
                                    10,
                                    100,
                                    1000,
                                    10000,
                                    100000,
                                    1000000,
                                    10000000,
                                    100000000,
                                    1000000000,
                                    10000000000,
                                    100000000000,
                                    1000000000000,
                                    10000000000000,
                                    100000000000000,
                                    1000000000000000,
                                    10000000000000000,
                                    100000000000000000,
                                    1000000000000000000,
                                    10000000000000000000U};
    int bits = 64 - __builtin_clzll(x | 1);
    int guess = bits * 1233 >> 12; /* floor of bits × log10(2) */
    return guess + (x >= tens[guess]);
}

/* Exactly n digits, zeros in front included. */
static void put_digits(uint64_t x, int n, char *text)
{
    while (n >= 8) { /* eight at a time in 32 bits */
        uint32_t low = (uint32_t)(x % 100000000);
        x /= 100000000;
        n -= 8;
        uint32_t a = low / 10000, b = low % 10000;
        memcpy(text + n, pairs + 2 * (a / 100), 2);
        memcpy(text + n + 2, pairs + 2 * (a % 100), 2);
        memcpy(text + n + 4, pairs + 2 * (b / 100), 2);
        memcpy(text + n + 6, pairs + 2 * (b % 100), 2);
    }
    uint32_t rest = (uint32_t)x;
    for (; n >= 2; n -= 2, rest /= 100)
        memcpy(text + n - 2, pairs + 2 * (rest % 100), 2);
    if (n == 1)
        text[0] = (char)('0' + rest % 10);
}

static size_t put_exponent(int exponent, char *text)
{
    unsigned size = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent;
    size_t n = 0;
    text[n++] = 'e';
    text[n++] = exponent < 0 ? '-' : '+';
    if (size >= 100)
        text[n++] = (char)('0' + size / 100);
    memcpy(text + n, pairs + 2 * (size % 100), 2);
    return n + 2;
}

/* With an exponent below 1e-4, and from 1e15 on unless all digits before the
 * point have a meaning. */
static size_t put_form(struct short_form f, char *text)
{
    int digits = count_digits(f.digits), top = digits + f.exponent - 1;
    int most = digits > WHOLE_MOST ? digits : WHOLE_MOST;
    if (top < -4 || top >= most) {
        put_digits(f.digits, digits, text + 1);
        text[0] = text[1];
        text[1] = '.';
        size_t n = digits == 1 ? 1 : (size_t)digits + 1;
        return n + put_exponent(top, text + n);
    }
    if (f.exponent >= 0) {
        put_digits(f.digits, digits, text);
        memset(text + digits, '0', (size_t)f.exponent);
        return (size_t)(digits + f.exponent);
    }
    if (top < 0) {
        memcpy(text, "0.0000", 6);
        put_digits(f.digits, digits, text + 1 - top);
        return (size_t)(digits + 1 - top);
    }
    put_digits(f.digits, digits, text + 1);
    memmove(text, text + 1, (size_t)top + 1);
    text[top + 1] = '.';
    return (size_t)digits + 1;
}

static size_t put_special(double value, char *text)
{
    const char *word = isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    size_t n = strlen(word);
    memcpy(text, word, n + 1);
    return n;
}

static size_t put_zero(bool negative, char *text)
{
    memcpy(text, negative ? "-0" : "0", negative ? 3 : 2);
    return negative ? 2 : 1;
}

size_t num_shortest(double value, char text[NUM_TEXT_MAX])
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int e = (int)(bits >> 52 & 0x7ff);
    if (e == 0x7ff)
        return put_special(value, text);
    if (e == 0 && fraction == 0)
        return put_zero(bits != 0, text);
    text[0] = '-';
    size_t n = bits >> 63;
    uint64_t c = e == 0 ? fraction : fraction | UINT64_C(1) << 52;
    int q = (e == 0 ? 1 : e) - 1075;
    struct short_form f;
    if (q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0 &&
        c >> -q < UINT64_C(1000000000000000))
        f = (struct short_form){c >> -q, 0}; /* a whole number */
    else
        f = without_zeros(
            shortest(c, q, fraction == 0 && e > 1, odd_product));
    n += put_form(f, text + n);
    text[n] = '\0';
    return n;
}

size_t num_shortest_float(float value, char text[NUM_TEXT_MAX])
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t fraction = bits & ((UINT32_C(1) << 23) - 1);
    int e = (int)(bits >> 23 & 0xff);
    if (e == 0xff)
        return put_special((double)value, text);
    if (e == 0 && fraction == 0)
        return put_zero(bits != 0, text);
    text[0] = '-';
    size_t n = bits >> 31;
    uint64_t c = e == 0 ? fraction : fraction | UINT32_C(1) << 23;
    int q = (e == 0 ? 1 : e) - 150;
    n += put_form(without_zeros(shortest(c, q, fraction == 0 && e > 1,
                                         odd_product_float)),
                  text + n);
    text[n] = '\0';
    return n;
}
