/* Rows of CSV without surprises: numbers and plain words, read in one pass where
 * they stand. Whatever else there is, the reader of every case gets. */
#include "table/inside.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

struct quick_row {
    const char *end;
    char delimiter;
};

static bool ends_cell(const struct quick_row *q, const char *p)
{
    return *p == q->delimiter || *p == '\n' || *p == '\r' ||
           (*p == '\0' && p == q->end);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Marks the bytes of x that equal c; the lowest mark is always a true one. */
static uint64_t equal_bytes(uint64_t x, char c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    x ^= ones * (unsigned char)c;
    return (x - ones) & ~x & (ones << 7);
}

/* The end of a plain cell; *high: a byte of it has its top bit set. */
static const char *end_of_cell(const struct quick_row *q, const char *p,
                               bool *high)
{
    for (uint64_t x;; p += sizeof x) {
        memcpy(&x, p, sizeof x); /* TABLE_PAD lies behind the end */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        x = __builtin_bswap64(x);
#endif
        uint64_t marks = equal_bytes(x, q->delimiter) | equal_bytes(x, '\n') |
                         equal_bytes(x, '\r') | equal_bytes(x, '\0');
        uint64_t tops = x & UINT64_C(0x8080808080808080);
        if (marks == 0) {
            *high |= tops != 0;
            continue;
        }
        unsigned n = (unsigned)__builtin_ctzll(marks);
        *high |= (tops & ((UINT64_C(1) << n) - 1)) != 0;
        return p + n / 8;
    }
}

/* A cell in quotes without quotes, line ends or bytes above ASCII inside. */
static const char *end_of_quoted(const struct quick_row *q, const char *p)
{
    for (p++; *p != '"'; p++)
        if (*p == '\n' || *p == '\r' || *p == '\0' || (*p & 0x80) != 0)
            return NULL;
    return ends_cell(q, p + 1) ? p + 1 : NULL;
}

static bool take(struct table *t, size_t c, const char *text, size_t length)
{
    for (; c != SIZE_MAX; c = t->also[c])
        if (!table_take_text(t, c, text, length))
            return false;
    return true;
}

/* The cell at p, of a use; its end, or NULL. */
static const char *any_cell(struct table *t, const struct quick_row *q,
                            const struct table_use *use, const char *p)
{
    if (*p == '"') {
        const char *end = end_of_quoted(q, p);
        return end != NULL &&
                       take(t, use->column, p + 1, (size_t)(end - p) - 2)
                   ? end : NULL;
    }
    bool high = false;
    const char *end = end_of_cell(q, p, &high), *last = end, *first = p;
    if (!ends_cell(q, end) ||
        (high && utf8_check(p, (size_t)(end - p)) < (size_t)(end - p)))
        return NULL;
    if (use->column == SIZE_MAX)
        return end;
    while (first < last && is_blank(*first))
        first++;
    while (first < last && is_blank(last[-1]))
        last--;
    return take(t, use->column, first, (size_t)(last - first)) ? end : NULL;
}

static const char *one_cell(struct table *t, const struct quick_row *q,
                            const struct table_use *use, const char *p)
{
    if (!use->quick)
        return any_cell(t, q, use, p);
    double x = (double)NAN;
    size_t n = 0;
    if (*p != q->delimiter) {
        n = num_scan(p, q->end + sizeof(uint64_t), &x);
        if (!ends_cell(q, p + n) || (n == 0 && p != q->end && *p == '\0'))
            return any_cell(t, q, use, p);
        if (n == 0)
            x = (double)NAN;
    }
    return table_take_number(t, use->column, x) ? p + n : NULL;
}

const char *table_quick_csv(struct table *t, const char *p, const char *end,
                            char delimiter)
{
    struct quick_row q = {end, delimiter};
    if (*p == '\n' || *p == '\r')
        return NULL; /* a blank line */
    for (size_t i = 0; i < t->source_columns; i++) {
        p = one_cell(t, &q, &t->use[i], p);
        if (p == NULL || (*p == delimiter) != (i + 1 < t->source_columns))
            return NULL;
        p += *p == delimiter;
    }
    if (p < end && *p == '\r')
        p++;
    if (p < end && *p == '\n' )
        p++;
    return p;
}
