/* Numbers to text. The common range is done in whole numbers of 128 bits, which
 * hold a double times a power of ten exactly; the rest is left to printf. */
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MANTISSA_BITS = 52, BIAS = 1075, DIGITS_MAX = 17 };

static const uint64_t powers[20] = {1ULL,
                                    10ULL,
                                    100ULL,
                                    1000ULL,
                                    10000ULL,
                                    100000ULL,
                                    1000000ULL,
                                    10000000ULL,
                                    100000000ULL,
                                    1000000000ULL,
                                    10000000000ULL,
                                    100000000000ULL,
                                    1000000000000ULL,
                                    10000000000000ULL,
                                    100000000000000ULL,
                                    1000000000000000ULL,
                                    10000000000000000ULL,
                                    100000000000000000ULL,
                                    1000000000000000000ULL,
                                    10000000000000000000ULL};

/* printf's point follows the process's locale; ours is always a point. */
static void mend_point(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        if ((*p >= '0' && *p <= '9') || *p == '-' || *p == '+' || *p == 'e' ||
            *p == '.')
            continue;
        *p = '.';
        size_t extra = strspn(p + 1, "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89"
                                     "\x8a\x8b\x8c\x8d\x8e\x8f\xa0\xab\xac");
        memmove(p + 1, p + 1 + extra, strlen(p + 1 + extra) + 1);
        return;
    }
}

static size_t put_whole(uint64_t x, char *text)
{
    char back[24];
    size_t n = 0;
    do {
        back[n++] = (char)('0' + x % 10);
        x /= 10;
    } while (x != 0);
    for (size_t i = 0; i < n; i++)
        text[i] = back[n - 1 - i];
    text[n] = '\0';
    return n;
}

/* fraction / 10^decimals behind the point, with its leading zeros. */
static size_t put_fraction(uint64_t fraction, int decimals, char *text)
{
    text[0] = '.';
    for (int i = decimals; i > 0; i--) {
        text[i] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    text[decimals + 1] = '\0';
    return (size_t)decimals + 1;
}

/* x = mantissa × 2^exponent. */
static uint64_t taken_apart(double x, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int e = (int)(bits >> MANTISSA_BITS & 0x7ff);
    uint64_t m = bits & ((UINT64_C(1) << MANTISSA_BITS) - 1);
    *exponent = (e == 0 ? 1 : e) - BIAS;
    return e == 0 ? m : m | UINT64_C(1) << MANTISSA_BITS;
}

/* A value of at least 2^-64, below 2^63 and not whole, times 10^decimals. */
struct scaled {
    wide whole, rest; /* rounded half to even; rest: what was cut, × 2^shift */
    int shift;
    bool up;          /* rounded up */
};

static struct scaled scale(uint64_t mantissa, int shift, wide power)
{
    wide product = mantissa * power;
    struct scaled s = {.shift = shift};
    if (shift > 127)
        return s; /* far below half */
    s.whole = product >> shift;
    s.rest = product - (s.whole << shift);
    wide half = (wide)1 << (shift - 1);
    s.up = s.rest > half || (s.rest == half && (s.whole & 1) != 0);
    s.whole += s.up;
    return s;
}

static wide ten_to(int n)
{
    return n < 20 ? (wide)powers[n] : (wide)powers[19] * powers[n - 19];
}

/* How many places lie between the point and the last of `digits` digits. */
static int places(double x, int digits)
{
    static const double tenths[] = {0.1, 0.01, 0.001};
    int whole = 0;
    for (uint64_t n = (uint64_t)x; n != 0; n /= 10)
        whole++;
    if (whole == 0)
        while (whole > -3 && x < tenths[-whole])
            whole--;
    return digits - whole;
}

/* Does whole / 10^places read back as mantissa / 2^shift? It does when they
 * are no farther apart than half a step of the mantissa. */
static bool reads_back(const struct scaled *s, uint64_t mantissa, wide power)
{
    wide step = (wide)1 << s->shift;
    wide apart = s->up ? step - s->rest : s->rest;
    return apart * 2 < power || (apart * 2 == power && (mantissa & 1) == 0);
}

/* False: not in the range where all of this is exact. */
static bool shortest_fast(double x, char *text, size_t *length)
{
    int exponent;
    double size = fabs(x);
    uint64_t mantissa = taken_apart(size, &exponent);
    bool edge = mantissa == UINT64_C(1) << MANTISSA_BITS; /* uneven steps */
    if (!(size >= 1e-4 && size < 1e15) || exponent >= 0 || edge)
        return false;
    struct scaled s = {.whole = 0};
    int decimals = 0;
    for (int digits = 15; digits <= DIGITS_MAX; digits++) {
        decimals = places(size, digits);
        s = scale(mantissa, -exponent, ten_to(decimals));
        if (digits < DIGITS_MAX && reads_back(&s, mantissa, ten_to(decimals)))
            break;
    }
    uint64_t q = (uint64_t)s.whole;
    for (; decimals > 0 && q % 10 == 0; decimals--)
        q /= 10;
    size_t n = 0;
    if (x < 0)
        text[n++] = '-';
    uint64_t unit = decimals < 20 ? powers[decimals] : 0;
    n += put_whole(unit == 0 ? 0 : q / unit, text + n);
    if (decimals > 0)
        n += put_fraction(unit == 0 ? q : q % unit, decimals, text + n);
    *length = n;
    return true;
}

size_t num_shortest(double value, char text[NUM_TEXT_MAX])
{
    if (isnan(value))
        return (size_t)snprintf(text, NUM_TEXT_MAX, "nan");
    if (isinf(value))
        return (size_t)snprintf(text, NUM_TEXT_MAX, value < 0 ? "-inf" : "inf");
    if (value == floor(value) && fabs(value) < 1e15) {
        size_t sign = signbit(value) ? 1 : 0;
        text[0] = '-';
        return sign + put_whole((uint64_t)fabs(value), text + sign);
    }
    size_t length;
    if (shortest_fast(value, text, &length))
        return length;
    for (int digits = 15; digits <= DIGITS_MAX; digits++) {
        (void)snprintf(text, NUM_TEXT_MAX, "%.*g", digits, value);
        mend_point(text);
        double back = 0;
        if (digits == DIGITS_MAX ||
            (num_parse(text, strlen(text), &back) && back == value))
            break;
    }
    return strlen(text);
}

int num_decimals(double value)
{
    char text[NUM_TEXT_MAX];
    if (!isfinite(value))
        return 0;
    (void)num_shortest(value, text);
    const char *point = strchr(text, '.'), *e = strchr(text, 'e');
    long decimals = point == NULL ? 0 : (long)strspn(point + 1, "0123456789");
    long long exponent = 0;
    if (e != NULL)
        (void)num_parse_int(e + 1, strlen(e + 1), &exponent);
    decimals -= (long)exponent;
    return decimals < 0 ? 0 : (int)decimals;
}

size_t num_fixed(double value, int decimals, char text[NUM_TEXT_MAX * 9])
{
    if (decimals >= 0 && decimals <= 15 && fabs(value) < 1e15) {
        int exponent;
        uint64_t mantissa = taken_apart(fabs(value), &exponent);
        struct scaled s = {.whole = (wide)mantissa * powers[decimals]};
        if (exponent < 0)
            s = scale(mantissa, -exponent, powers[decimals]);
        else
            s.whole <<= exponent;
        size_t n = 0;
        if (signbit(value))
            text[n++] = '-';
        n += put_whole((uint64_t)(s.whole / powers[decimals]), text + n);
        if (decimals > 0)
            n += put_fraction((uint64_t)(s.whole % powers[decimals]), decimals,
                              text + n);
        return n;
    }
    (void)snprintf(text, (size_t)NUM_TEXT_MAX * 9, "%.*f", decimals, value);
    if (isfinite(value))
        mend_point(text);
    return strlen(text);
}
