/* Numbers with a fixed number of decimals. The common range is done in whole
 * numbers of 128 bits, which hold a double times a power of ten exactly; the
 * rest is left to printf. */
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MANTISSA_BITS = 52, BIAS = 1075 };

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

/* mantissa / 2^shift × power, rounded half to even. */
static wide scale(uint64_t mantissa, int shift, wide power)
{
    wide product = mantissa * power;
    if (shift > 127)
        return 0; /* far below half */
    wide whole = product >> shift, rest = product - (whole << shift);
    wide half = (wide)1 << (shift - 1);
    return whole + (rest > half || (rest == half && (whole & 1) != 0));
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
        wide whole = exponent < 0
                         ? scale(mantissa, -exponent, powers[decimals])
                         : (wide)mantissa * powers[decimals] << exponent;
        size_t n = 0;
        if (signbit(value))
            text[n++] = '-';
        n += put_whole((uint64_t)(whole / powers[decimals]), text + n);
        if (decimals > 0)
            n += put_fraction((uint64_t)(whole % powers[decimals]), decimals,
                              text + n);
        return n;
    }
    (void)snprintf(text, (size_t)NUM_TEXT_MAX * 9, "%.*f", decimals, value);
    if (isfinite(value))
        mend_point(text);
    return strlen(text);
}
