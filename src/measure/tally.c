#include "measure/tally.h"

#include "base/arena.h"
#include "measure/quantile.h"

#include <math.h>

/* Bits of mantissa kept, in the order tried. With none there is a cell a
 * power of two and a sign: fewer than TALLY_CAP. */
static const int ladder[] = {52, 16, 12, 10, 8, 6, 4, 2, 0};

struct cell {
    uint64_t key; /* bits of the value, cut */
    double n;     /* 0: empty */
};

struct tally {
    struct cell *cell; /* open addressing, room a power of two */
    size_t room, used, rung;
    double n, missing, infinite;
    struct tally_value *sorted;
    size_t sorted_count;
};

struct tally *tally_new(void)
{
    return mem_array(1, sizeof(struct tally));
}

void tally_free(struct tally *t)
{
    if (t == NULL)
        return;
    mem_free(t->cell);
    mem_free(t->sorted);
    mem_free(t);
}

static uint64_t cut(uint64_t bits, size_t rung)
{
    return bits & ~((UINT64_C(1) << (52 - ladder[rung])) - 1);
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    x += 0.0; /* -0 is 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double value_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static struct cell *slot(struct cell *cell, size_t room, uint64_t key)
{
    /* Cut keys end in zeros, which a product keeps: fold the top in first. */
    uint64_t h = (key ^ (key >> 32)) * 0x9e3779b97f4a7c15U;
    size_t i = (size_t)(h >> 40) & (room - 1);
    while (cell[i].n > 0.0 && cell[i].key != key)
        i = (i + 1) & (room - 1);
    return &cell[i];
}

/* Moves all counts to a table of this room, cut at this rung. */
static bool rebuild(struct tally *t, size_t room, size_t rung)
{
    struct cell *next = mem_array(room, sizeof *next);
    if (next == NULL)
        return false;
    size_t used = 0;
    for (size_t i = 0; i < t->room; i++) {
        if (t->cell[i].n <= 0.0)
            continue;
        uint64_t key = cut(t->cell[i].key, rung);
        struct cell *c = slot(next, room, key);
        used += c->n > 0.0 ? 0 : 1;
        c->key = key;
        c->n += t->cell[i].n;
    }
    mem_free(t->cell);
    t->cell = next;
    t->room = room;
    t->used = used;
    t->rung = rung;
    return true;
}

static bool put(struct tally *t, uint64_t bits, double n)
{
    if (2 * (t->used + 1) > t->room &&
        !rebuild(t, t->room == 0 ? 16 : 2 * t->room, t->rung))
        return false;
    uint64_t key = cut(bits, t->rung);
    struct cell *c = slot(t->cell, t->room, key);
    t->used += c->n > 0.0 ? 0 : 1;
    c->key = key;
    c->n += n;
    /* The set only grows, so a rung left behind would never fit again: the
     * rung reached depends on the whole set alone. */
    while (t->used > TALLY_CAP)
        if (!rebuild(t, t->room, t->rung + 1))
            return false;
    return true;
}

static void forget_sorted(struct tally *t)
{
    mem_free(t->sorted);
    t->sorted = NULL;
    t->sorted_count = 0;
}

status tally_add(struct tally *t, double x, struct error *e)
{
    if (t->sorted != NULL)
        forget_sorted(t);
    if (isnan(x)) {
        t->missing += 1.0;
        return ST_OK;
    }
    if (isinf(x)) {
        t->infinite += 1.0;
        return ST_OK;
    }
    if (!put(t, bits_of(x), 1.0))
        return error_memory(e);
    t->n += 1.0;
    return ST_OK;
}

status tally_merge(struct tally *into, const struct tally *from,
                   struct error *e)
{
    forget_sorted(into);
    if (from->rung > into->rung && into->room > 0 &&
        !rebuild(into, into->room, from->rung))
        return error_memory(e);
    if (from->rung > into->rung)
        into->rung = from->rung;
    for (size_t i = 0; i < from->room; i++)
        if (from->cell[i].n > 0.0 && !put(into, from->cell[i].key, from->cell[i].n))
            return error_memory(e);
    into->n += from->n;
    into->missing += from->missing;
    into->infinite += from->infinite;
    return ST_OK;
}

static int by_value(const void *a, const void *b)
{
    double x = ((const struct tally_value *)a)->value;
    double y = ((const struct tally_value *)b)->value;
    return (x > y) - (x < y);
}

const struct tally_value *tally_values(struct tally *t, size_t *count)
{
    *count = 0;
    if (t->sorted == NULL) {
        if (t->used == 0)
            return NULL;
        t->sorted = mem_array(t->used, sizeof *t->sorted);
        if (t->sorted == NULL)
            return NULL;
        t->sorted_count = 0;
        for (size_t i = 0; i < t->room; i++)
            if (t->cell[i].n > 0.0)
                t->sorted[t->sorted_count++] = (struct tally_value){
                    value_of(t->cell[i].key) + 0.0, t->cell[i].n};
        qsort(t->sorted, t->sorted_count, sizeof *t->sorted, by_value);
    }
    *count = t->sorted_count;
    return t->sorted;
}

double tally_n(const struct tally *t)
{
    return t->n;
}

double tally_missing(const struct tally *t)
{
    return t->missing;
}

double tally_infinite(const struct tally *t)
{
    return t->infinite;
}

bool tally_exact(const struct tally *t)
{
    return t->rung == 0;
}

int tally_bits(const struct tally *t)
{
    return ladder[t->rung];
}

static double nth(const void *self, double k)
{
    const struct tally *t = self;
    double below = 0.0;
    size_t i = 0;
    while (i + 1 < t->sorted_count && below + t->sorted[i].n <= k)
        below += t->sorted[i++].n;
    return t->sorted[i].value;
}

double tally_quantile(struct tally *t, double q)
{
    size_t count = 0;
    if (tally_values(t, &count) == NULL)
        return (double)NAN;
    return quantile_of(nth, t, t->n, q);
}

size_t tally_edges(struct tally *t, size_t bins, double *edge)
{
    size_t count = 0;
    if (tally_values(t, &count) == NULL)
        return 0;
    return quantile_edges(nth, t, t->n, bins, edge);
}
