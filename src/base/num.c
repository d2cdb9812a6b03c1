#include "base/num.h"

#include "base/num_powers.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The C locale as a value, so that a host process's setlocale cannot turn our
 * points into commas. Made once; never freed, like any constant. */
static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static bool is_word(const char *text, size_t length, const char *word)
{
    size_t i = 0;
    for (; i < length && word[i] != '\0'; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return i == length && word[i] == '\0';
}

static bool parse_word(const char *text, size_t length, double *value)
{
    double sign = 1;
    if (length > 0 && (*text == '-' || *text == '+')) {
        sign = *text == '-' ? -1 : 1;
        text++;
        length--;
    }
    if (is_word(text, length, "nan")) {
        *value = (double)NAN;
        return true;
    }
    if (is_word(text, length, "inf") || is_word(text, length, "infinity")) {
        *value = sign * (double)INFINITY;
        return true;
    }
    return false;
}

/* Long or extreme numbers: the C library's correctly rounded conversion. */
static bool parse_slow(const char *text, size_t length, double *value)
{
    enum { LONGEST = 1200 };
    char copy[LONGEST + 1];
    if (length > LONGEST)
        return false;
    (void)pthread_once(&c_locale_once, make_c_locale);
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *end = NULL;
    *value = strtod_l(copy, &end, c_locale);
    return end == copy + length;
}

/* A decimal that was read: 0.… and all: mantissa × 10^scale. */
struct decimal {
    uint64_t mantissa;
    int scale;
    bool negative;
    bool cut;   /* digits after the nineteenth were dropped */
};

static const uint64_t tens[9] = {1,      10,      100,      1000,     10000,
                                 100000, 1000000, 10000000, 100000000};

/* m × 2^0 × 10^q rounded to the nearest double, as bits; false when 128 bits of
 * the power do not settle it, or it is no normal number. After D. Lemire,
 * "Number parsing at a gigabyte per second" (2021), with the bounds carried
 * along: the product lies in [x, x + apart), and only where half a unit lies in
 * there as well is the rounding open. */
static bool nearest(uint64_t m, int q, uint64_t *bits)
{
    if (q < NUM_POWER_LEAST || q > 308)
        return false;
    struct num_power p = num_power_of(q);
    int lead = __builtin_clzll(m);
    uint64_t w = m << lead;
    num_wide x = (num_wide)w * p.high;
    int cut = (int)(x >> 127) + 74; /* bits below the 53 that stay */
    num_wide half = (num_wide)1 << (cut - 1);
    num_wide rest = x & (half * 2 - 1);
    bool up;
    if (rest > half) {
        up = true;
    } else if (rest + w < half) {
        up = false;
    } else {
        num_wide low = (num_wide)w * p.low;
        uint64_t below = (uint64_t)low;
        x += (uint64_t)(low >> 64);
        cut = (int)(x >> 127) + 74;
        half = (num_wide)1 << (cut - 1);
        rest = x & (half * 2 - 1);
        bool exact = num_power_exact(q);
        if (rest > half || (rest == half && below > 0))
            up = true;
        else if (rest == half && exact)
            up = (x >> cut & 1) != 0;
        else if (rest < half && (exact || rest + 1 < half))
            up = false;
        else
            return false;
    }
    int exponent = cut - lead - 63 + num_log2(q) + 1075;
    if (exponent < 1 || exponent > 2046)
        return false;
    *bits = ((uint64_t)(exponent - 1) << 52) + (uint64_t)(x >> cut) + up;
    return true;
}

/* False: the slow way is needed. */
static bool to_double(const struct decimal *d, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
                                    1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
                                    1e18, 1e19, 1e20, 1e21, 1e22};
    if (d->mantissa == 0 && !d->cut) {
        *value = d->negative ? -0.0 : 0.0;
        return true;
    }
    if (d->mantissa <= UINT64_C(1) << 53 && !d->cut && d->scale >= -22 &&
        d->scale <= 22) {
        /* both factors exact, one rounding (W. Clinger, 1990) */
        double x = (double)d->mantissa;
        x = d->scale < 0 ? x / powers[-d->scale] : x * powers[d->scale];
        *value = d->negative ? -x : x;
        return true;
    }
    uint64_t bits, above;
    if (!nearest(d->mantissa, d->scale, &bits))
        return false;
    /* with digits dropped, the number lies between this one and the next */
    if (d->cut && (!nearest(d->mantissa + 1, d->scale, &above) || above != bits))
        return false;
    bits |= (uint64_t)d->negative << 63;
    memcpy(value, &bits, sizeof bits);
    return true;
}

/* Where the digits that begin at p end; nothing at or behind `end` is looked
 * at. Adds them to the mantissa as if there were no end to its bits. */
static const char *run(const char *p, const char *end, uint64_t *mantissa)
{
    uint64_t m = *mantissa;
    while (end - p >= 8) {
        uint64_t piece;
        unsigned k = num_eight(p, &piece);
        m = m * tens[k] + piece;
        p += k;
        if (k < 8) {
            *mantissa = m;
            return p;
        }
    }
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        m = m * 10 + (uint64_t)(*p - '0');
    *mantissa = m;
    return p;
}

/* More than nineteen digits, zeros in front not counted: the first nineteen. */
static void read_long(const char *p, const char *end, struct decimal *d)
{
    int digits = 0, scale = 0;
    bool behind = false;
    d->mantissa = 0;
    d->cut = false;
    for (; p < end && (*p == '.' || (*p >= '0' && *p <= '9')); p++) {
        if (*p == '.') {
            behind = true;
            continue;
        }
        digits += digits > 0 || *p != '0';
        if (digits <= 19) {
            d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
            scale -= behind;
        } else {
            d->cut |= *p != '0';
            scale += !behind;
        }
    }
    d->scale = scale;
}

/* Where the exponent's digits end; NULL: there are none. */
static const char *read_exponent(const char *p, const char *end, int *scale)
{
    bool minus = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *first = p;
    int exponent = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (exponent < 100000)
            exponent = exponent * 10 + (*p - '0');
    *scale += minus ? -exponent : exponent;
    return p == first ? NULL : p;
}

/* As far as it is a decimal number; NULL: it begins with none. */
static const char *read_decimal(const char *p, const char *end,
                                struct decimal *d)
{
    d->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *first = p;
    d->mantissa = 0;
    d->cut = false;
    p = run(p, end, &d->mantissa);
    ptrdiff_t digits = p - first;
    d->scale = 0;
    if (p < end && *p == '.') {
        const char *point = p++;
        p = run(p, end, &d->mantissa);
        d->scale = (int)(point + 1 - p);
        digits += p - point - 1;
    }
    if (digits == 0)
        return NULL;
    if (digits > 19)
        read_long(first, p, d);
    if (p < end && (*p | 0x20) == 'e')
        p = read_exponent(p + 1, end, &d->scale);
    return p;
}

bool num_parse(const char *text, size_t length, double *value)
{
    struct decimal d;
    const char *end = read_decimal(text, text + length, &d);
    if (end == NULL)
        return parse_word(text, length, value);
    return end == text + length &&
           (to_double(&d, value) || parse_slow(text, length, value));
}

size_t num_scan(const char *text, const char *end, double *value)
{
    struct decimal d;
    const char *to = read_decimal(text, end, &d);
    if (to == NULL)
        return 0;
    size_t length = (size_t)(to - text);
    if (!to_double(&d, value) && !parse_slow(text, length, value))
        return 0;
    return length;
}

bool num_parse_int(const char *text, size_t length, long long *value)
{
    size_t i = 0;
    bool negative = false;
    if (i < length && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    if (i == length)
        return false;
    unsigned long long x = 0;
    const unsigned long long most = 1ULL << 63;
    for (; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        unsigned digit = (unsigned)(text[i] - '0');
        if (x > (most - digit) / 10)
            return false;
        x = x * 10 + digit;
    }
    if (!negative && x >= most)
        return false;
    *value = negative ? (long long)(0ULL - x) : (long long)x;
    return true;
}
