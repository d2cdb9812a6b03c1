/* The bins of one characteristic, checked: words that stand in one bin only,
 * or intervals that adjoin. */
#include "base/hash.h"
#include "base/num.h"
#include "formats/table_card.h"

#include <math.h>

static long line_of(const struct table_card *c, size_t bin)
{
    return c->bin[bin].line;
}

static status take_special(struct table_card *c, const struct table_piece *p,
                           size_t *which, const char *what, struct error *e)
{
    if (*which != SIZE_MAX)
        return table_lines_fault(c->t, p->line, e, ST_FORMAT,
                                 "\"%.60s\" has a second bin for %s; the first "
                                 "is on line %ld", c->name, what,
                                 line_of(c, *which));
    *which = p->bin;
    return ST_OK;
}

/* Are there intervals? Then every word among them is a mistake. */
static status sort_out(struct table_card *c, struct error *e)
{
    const struct table_piece *word = NULL, *range = NULL;
    c->missing = c->other = SIZE_MAX;
    for (size_t i = 0; i < c->pieces; i++) {
        const struct table_piece *p = &c->piece[i];
        if (p->kind == PIECE_MISSING)
            TRY(take_special(c, p, &c->missing, "missing values", e));
        else if (p->kind == PIECE_ELSE)
            TRY(take_special(c, p, &c->other, "all others", e));
        else if (p->kind == PIECE_WORD && word == NULL)
            word = p;
        else if (p->kind == PIECE_RANGE && range == NULL)
            range = p;
    }
    if (word != NULL && range != NULL)
        return table_lines_fault(c->t, word->line, e, ST_FORMAT,
                                 "\"%.60s\" has intervals, and \"%.60s\" is "
                                 "none: write an interval as [0, 10), <= 5, "
                                 "> 5 or 5 - 10", c->name, word->word);
    c->words = range == NULL;
    return ST_OK;
}

static status take_words(struct table_card *c, struct error *e)
{
    struct names *names = names_new();
    if (names == NULL)
        return error_memory(e);
    status s = ST_OK;
    c->word = arena_new_array(c->arena, const char *, c->pieces + 1);
    c->word_bin = arena_new_array(c->arena, size_t, c->pieces + 1);
    if (c->word == NULL || c->word_bin == NULL)
        s = arena_error(c->arena, e);
    for (size_t i = 0; i < c->pieces && s == ST_OK; i++) {
        const struct table_piece *p = &c->piece[i];
        if (p->kind != PIECE_WORD && p->kind != PIECE_NUMBER)
            continue;
        long code = names_add(names, p->word, strlen(p->word));
        if (code < 0)
            s = error_memory(e);
        else if ((size_t)code < c->word_count)
            s = table_lines_fault(c->t, p->line, e, ST_FORMAT,
                                  "\"%.60s\" of \"%.60s\" stands in the bin on "
                                  "line %ld already", p->word, c->name,
                                  line_of(c, c->word_bin[code]));
        else {
            c->word[c->word_count] = p->word;
            c->word_bin[c->word_count++] = p->bin;
        }
    }
    names_free(names);
    return s;
}

/* --- intervals ---------------------------------------------------------------- */

static int by_low(const void *a, const void *b)
{
    const struct table_piece *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* "20 - 29" before "30 - 39" or ">= 30": 29.5 years are 29, as people count. */
static void join_whole(struct table_piece *range, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (range[i].dash && range[i].high == floor(range[i].high) &&
            range[i + 1].low == range[i].high + 1.0)
            range[i].high = nextafter(range[i + 1].low, -(double)INFINITY);
}

static void add_leaf(struct table_card *c, double low, double high, size_t bin)
{
    c->leaf[c->leaves++] = (struct card_leaf){low, high, bin};
}

static status gap(const struct table_card *c, long line, double from, double to,
                  struct error *e)
{
    char low[NUM_TEXT_MAX], high[NUM_TEXT_MAX];
    (void)num_shortest(from, low);
    (void)num_shortest(to, high);
    return table_lines_fault(c->t, line, e, ST_FORMAT,
                             "no bin of \"%.60s\" holds values from %s to %s: "
                             "let the intervals adjoin (-inf and inf at the "
                             "ends), or add a bin called else", c->name, low,
                             high);
}

/* The intervals and what lies between them, from −∞ to ∞. */
static status lay_ranges(struct table_card *c, const struct table_piece *range,
                         size_t n, struct error *e)
{
    double next = -(double)INFINITY;
    bool ended = false;
    for (size_t i = 0; i < n; i++) {
        const struct table_piece *p = &range[i];
        if (i > 0 && (ended || p->low < next))
            return table_lines_fault(c->t, p->line, e, ST_FORMAT,
                                     "the bin \"%.60s\" of \"%.60s\" overlaps "
                                     "that on line %ld", p->word, c->name,
                                     range[i - 1].line);
        if (p->low > next) {
            if (c->other == SIZE_MAX)
                return gap(c, p->line, next, p->low, e);
            add_leaf(c, next, nextafter(p->low, -(double)INFINITY), c->other);
        }
        add_leaf(c, p->low, p->high, p->bin);
        ended = p->high == (double)INFINITY;
        next = nextafter(p->high, (double)INFINITY);
    }
    if (ended)
        return ST_OK;
    if (c->other == SIZE_MAX)
        return gap(c, range[n - 1].line, range[n - 1].high, (double)INFINITY,
                   e);
    add_leaf(c, next, (double)INFINITY, c->other);
    return ST_OK;
}

/* A single number has its own bin, whatever interval it lies in: special
 * values of the trade. */
static status cut_number(struct table_card *c, const struct table_piece *p,
                         struct error *e)
{
    size_t i = 0;
    while (c->leaf[i].high < p->low)
        i++;
    struct card_leaf old = c->leaf[i], part[3];
    size_t n = 0;
    if (old.low == old.high && old.bin != c->other)
        return table_lines_fault(c->t, p->line, e, ST_FORMAT,
                                 "%.60s of \"%.60s\" stands in the bin on line "
                                 "%ld already", p->word, c->name,
                                 line_of(c, old.bin));
    if (old.low < p->low)
        part[n++] = (struct card_leaf){
            old.low, nextafter(p->low, -(double)INFINITY), old.bin};
    part[n++] = (struct card_leaf){p->low, p->low, p->bin};
    if (old.high > p->low)
        part[n++] = (struct card_leaf){nextafter(p->low, (double)INFINITY),
                                       old.high, old.bin};
    memmove(c->leaf + i + n, c->leaf + i + 1,
            (c->leaves - i - 1) * sizeof *c->leaf);
    memcpy(c->leaf + i, part, n * sizeof *part);
    c->leaves += n - 1;
    return ST_OK;
}

enum { NUMBERS_MOST = 2000 };

static status take_ranges(struct table_card *c, struct error *e)
{
    struct table_piece *range =
        arena_new_array(c->arena, struct table_piece, c->pieces);
    size_t n = 0, numbers = 0;
    c->leaf = arena_new_array(c->arena, struct card_leaf, 4 * c->pieces + 2);
    if (range == NULL || c->leaf == NULL)
        return arena_error(c->arena, e);
    for (size_t i = 0; i < c->pieces; i++) {
        numbers += c->piece[i].kind == PIECE_NUMBER;
        if (c->piece[i].kind == PIECE_RANGE)
            range[n++] = c->piece[i];
    }
    if (numbers > NUMBERS_MOST)
        return table_lines_fault(c->t, c->piece[0].line, e, ST_LIMIT,
                                 "\"%.60s\" has %zu single numbers among its "
                                 "intervals, at most %d are read", c->name,
                                 numbers, NUMBERS_MOST);
    qsort(range, n, sizeof *range, by_low);
    join_whole(range, n);
    TRY(lay_ranges(c, range, n, e));
    for (size_t i = 0; i < c->pieces; i++)
        if (c->piece[i].kind == PIECE_NUMBER)
            TRY(cut_number(c, &c->piece[i], e));
    return ST_OK;
}

status table_card_bins(struct table_card *c, struct error *e)
{
    TRY(sort_out(c, e));
    return c->words ? take_words(c, e) : take_ranges(c, e);
}
