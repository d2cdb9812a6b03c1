#include "base/num.h"

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

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

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

bool num_parse(const char *text, size_t length, double *value)
{
    size_t i = 0;
    bool negative = false;
    if (i < length && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    uint64_t mantissa = 0;
    int digits = 0, scale = 0, seen = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++, seen++)
        if (mantissa != 0 || text[i] != '0') {
            digits++;
            if (digits <= 19)
                mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
        }
    if (i < length && text[i] == '.') {
        i++;
        for (; i < length && text[i] >= '0' && text[i] <= '9'; i++, seen++) {
            scale--;
            if (mantissa != 0 || text[i] != '0') {
                digits++;
                if (digits <= 19)
                    mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
            }
        }
    }
    if (seen == 0)
        return parse_word(text, length, value);
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        bool minus = false;
        if (i < length && (text[i] == '-' || text[i] == '+'))
            minus = text[i++] == '-';
        if (i == length)
            return false;
        int exponent = 0;
        for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
            if (exponent < 100000)
                exponent = exponent * 10 + (text[i] - '0');
        scale += minus ? -exponent : exponent;
    }
    if (i != length)
        return false;
    /* Clinger's fast path: both factors exact, one rounding. */
    if (digits <= 19 && mantissa <= (UINT64_C(1) << 53) && scale >= -22 &&
        scale <= 22) {
        double x = (double)mantissa;
        x = scale < 0 ? x / powers[-scale] : x * powers[scale];
        *value = negative ? -x : x;
        return true;
    }
    return parse_slow(text, length, value);
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
