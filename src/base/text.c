#include "base/text.h"

#include <string.h>

size_t utf8_decode(const char *text, size_t length, uint32_t *point)
{
    const unsigned char *s = (const unsigned char *)text;
    if (length == 0)
        return 0;
    if (s[0] < 0x80) {
        *point = s[0];
        return 1;
    }
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || length < n)
        return 0;
    uint32_t c = s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *point = c;
    return n;
}

size_t utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[n] | c);
    return n;
}

size_t utf8_check(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t point;
        size_t n = utf8_decode(text + at, length - at, &point);
        if (n == 0)
            return at;
        at += n;
    }
    return length;
}

bool text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool text_equal_fold(const char *a, size_t a_length, const char *b)
{
    size_t i = 0;
    for (; i < a_length && b[i] != '\0'; i++)
        if (fold(a[i]) != fold(b[i]))
            return false;
    return i == a_length && b[i] == '\0';
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

enum { WORD_MAX = 64 };

/* Edit distance with transpositions of neighbours (optimal string alignment). */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = last[j - 1] + (fold(a[i - 1]) != fold(b[j - 1]));
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

const char *text_nearest(const char *word, const char *const *candidates,
                         size_t count)
{
    size_t n = strlen(word);
    if (n == 0 || n > WORD_MAX)
        return NULL;
    const char *best = NULL;
    size_t least = n / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t m = strlen(candidates[i]);
        if (m > WORD_MAX)
            continue;
        size_t d = distance(word, n, candidates[i], m);
        if (d <= least && (best == NULL || d < least)) {
            best = candidates[i];
            least = d;
        }
    }
    return best;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool date_valid(struct date d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 &&
           d.day >= 1 && d.day <= month_days(d.year, d.month);
}

bool date_parse(const char *text, size_t length, struct date *out)
{
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return false;
    int part[3] = {0, 0, 0}, at = 0;
    for (size_t i = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            at++;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        part[at] = part[at] * 10 + (text[i] - '0');
    }
    *out = (struct date){part[0], part[1], part[2]};
    return date_valid(*out);
}

/* Days from the civil date, after H. Hinnant's era arithmetic. */
long date_days(struct date d)
{
    long y = d.month <= 2 ? d.year - 1 : d.year;
    long era = y / 400, of_era = y - era * 400;
    long of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

struct date date_from_days(long days)
{
    long z = days + 719468;
    long era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    long y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * y + y / 4 - y / 100);
    long m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);
    return (struct date){(int)(y + era * 400 + (month <= 2)), month,
                         (int)(of_year - (153 * m + 2) / 5 + 1)};
}

struct date date_add_months(struct date d, int months)
{
    int total = d.year * 12 + d.month - 1 + months;
    d.year = total / 12;
    d.month = total % 12 + 1;
    int most = month_days(d.year, d.month);
    if (d.day > most)
        d.day = most;
    return d;
}

static void put_digits(char *to, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        to[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void date_print(struct date d, char out[11])
{
    put_digits(out, d.year, 4);
    out[4] = '-';
    put_digits(out + 5, d.month, 2);
    out[7] = '-';
    put_digits(out + 8, d.day, 2);
    out[10] = '\0';
}
