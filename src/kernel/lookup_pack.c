#include "kernel/lookup_in.h"

/* Entries → digits, in the layout of a level. */

enum { ALIGN = 64, LOW = 16, HIGHS = 16 };

/* Bits of a kind's terms, above the low four. */
static const uint8_t term[LOOKUP_KINDS][8] = {
    [LOOKUP_TWO_PATHS] = {0, 1, 2, 3, 4, 5},
    [LOOKUP_NO_6] = {0, 1, 2, 3},
    [LOOKUP_NO_5] = {0, 1, 4, 5},
    [LOOKUP_ALL] = {0, 1, 2, 3, 4, 5, 6, 7},
};
static const uint8_t terms_of[LOOKUP_KINDS] = {
    [LOOKUP_TWO_PATHS] = 6, [LOOKUP_NO_6] = 4,
    [LOOKUP_NO_5] = 4, [LOOKUP_ALL] = 8,
};

uint32_t lookup_lines(bool terms, bool wide, enum lookup_kind kind)
{
    if (wide)
        return 2 * LOOKUP_PIECE / LOOKUP_LINE;
    return terms ? terms_of[kind] : LOOKUP_PIECE / LOOKUP_LINE;
}

enum lookup_kind lookup_kind_of(uint8_t halves, const uint8_t mask[2])
{
    bool five = false, six = false;
    for (unsigned h = 0; h < halves; h++) {
        bool a = (mask[h] & 0x20) != 0, b = (mask[h] & 0x40) != 0;
        if (a && b)
            return LOOKUP_ALL;
        five |= a;
        six |= b;
    }
    return five && six ? LOOKUP_TWO_PATHS : six ? LOOKUP_NO_5 : LOOKUP_NO_6;
}

status lookup_table_room(size_t bytes, struct lookup_chunk *c, struct error *e)
{
    c->table_memory = mem_array(bytes + ALIGN, 1);
    if (c->table_memory == NULL)
        return error_memory(e);
    c->table = (uint8_t *)c->table_memory;
    c->table += (ALIGN - (uintptr_t)c->table % ALIGN) % ALIGN;
    return ST_OK;
}

static uint32_t entry_of(uint32_t fraction, double scale)
{
    double k = (double)fraction * scale + 0.5;
    return k >= LOOKUP_MOST ? LOOKUP_MOST : (uint32_t)k;
}

/* The index without the bits that the mask lacks, closed up. */
static unsigned extract(unsigned from, unsigned mask)
{
    unsigned to = 0;
    for (unsigned bit = 0; mask != 0; mask &= mask - 1, bit++)
        if ((from & mask & (~mask + 1)) != 0)
            to |= 1U << bit;
    return to;
}

/* One half's entries over the whole index. */
static void half_entries(const struct lookup_raw *r, unsigned half,
                         const uint32_t *fraction, size_t n, double unit,
                         uint32_t *entry)
{
    double scale = r->half[half] / 4294967295.0 / unit;
    for (size_t p = 0; p < n; p++)
        entry[p] = r->halves == 1
                       ? entry_of(fraction[p], scale)
                       : entry_of(fraction[half * LOOKUP_HALF +
                                           extract((unsigned)p,
                                                   r->mask[half])],
                                  scale);
}

static void planes(uint32_t entry[2][256], unsigned halves, size_t n,
                   uint8_t *to)
{
    for (size_t p = 0; p < n; p++) {
        uint32_t x = entry[0][p] + (halves > 1 ? entry[1][p] : 0);
        for (size_t d = 0; d < LOOKUP_DIGITS; d++) {
            to[d * n + p] = (uint8_t)(x % LOOKUP_BASE);
            x /= LOOKUP_BASE;
        }
    }
}

static unsigned digit(uint32_t x, unsigned d)
{
    static const uint32_t from[] = {0, 6, 12, 19}, bits[] = {6, 6, 7, 8};
    return x >> from[d] & ((1U << bits[d]) - 1);
}

/* The differences of a digit's sums that its terms are. */
static void terms(uint32_t entry[2][256], const struct lookup_raw *r, size_t n,
                  uint8_t *to)
{
    uint8_t of[HIGHS][LOW];
    size_t count = r->wide ? HIGHS : terms_of[r->kind];
    for (unsigned d = 0; d < LOOKUP_DIGITS; d++) {
        for (size_t p = 0; p < n; p++) {
            unsigned sum = digit(entry[0][p], d);
            if (r->halves > 1)
                sum += digit(entry[1][p], d);
            of[p / LOW][p % LOW] = (uint8_t)sum;
        }
        for (size_t bit = 1; bit < n / LOW; bit *= 2)
            for (size_t h = 0; h < n / LOW; h++)
                for (size_t p = 0; p < LOW && (h & bit) != 0; p++)
                    of[h][p] = (uint8_t)(of[h][p] - of[h ^ bit][p]);
        for (size_t t = 0; t < count; t++)
            memcpy(to + (t * LOOKUP_DIGITS + d) * LOW,
                   of[r->wide ? t : term[r->kind][t]], LOW);
    }
}

status lookup_pack(struct lookup_chunk *c, const struct lookup_raw *raw,
                   size_t raws, const struct lookup_target *used,
                   bool as_terms, struct error *e)
{
    const uint8_t *from = c->table;
    void *memory = c->table_memory;
    uint32_t entry[2][256], fraction[256];
    status s = lookup_table_room(c->lines * LOOKUP_LINE, c, e);
    if (s != ST_OK) {
        mem_free(memory);
        return s;
    }
    for (size_t i = 0; i < raws; i++) {
        const struct lookup_raw *r = &raw[i];
        size_t n = r->wide ? 256 : 128;
        uint8_t *to = c->table + r->line * (size_t)LOOKUP_LINE;
        memcpy(fraction, from + r->table * (size_t)LOOKUP_PIECE,
               n * sizeof *fraction);
        for (unsigned h = 0; h < r->halves; h++)
            half_entries(r, h, fraction, n, used[r->number].unit, entry[h]);
        if (as_terms)
            terms(entry, r, n, to);
        else
            planes(entry, r->halves, n, to);
    }
    mem_free(memory);
    c->bytes += c->lines * LOOKUP_LINE + ALIGN;
    return ST_OK;
}
