#include "kernel/lookup_in.h"

#include <math.h>

/* Tables of one unit and target → one table over the unit's own index. */

struct item { /* a table of the caller in a unit */
    uint32_t target, home, table;
};

struct work {
    const struct lookup_step *step;
    const struct lookup_table *table;
    uint32_t *first, *next; /* tables of a step, by next */
    struct item *item;
    struct lookup_part *out;
    uint8_t map[LOOKUP_WIDE][1 << LOOKUP_WIDE];
    uint8_t bits[LOOKUP_WIDE]; /* what the home's own index may hold */
    uint8_t mask[LOOKUP_WIDE]; /* bits of the unit's index on its path */
    size_t merged_room, value_room;
};

/* index of the unit → the index the home's own tables go by */
static void map_home(struct work *w, const struct lookup_unit *u, uint32_t home,
                     unsigned n)
{
    uint8_t *map = w->map[n];
    size_t size = (size_t)1 << LOOKUP_WIDE;
    memset(map, 0, size);
    w->bits[n] = w->mask[n] = 0;
    for (uint32_t s = home; s != LOOKUP_ROOT; s = w->step[s].parent) {
        unsigned k = 0;
        while (u->step[k] != s)
            k++;
        for (size_t p = 0; p < size; p++) {
            bool left = (p >> k & 1) == 0;
            if (left == w->step[s].when_left)
                map[p] |= w->step[s].bit;
        }
        w->bits[n] |= w->step[s].bit;
        w->mask[n] |= (uint8_t)(1U << k);
    }
}

static int item_order(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return (x->table > y->table) - (x->table < y->table);
}

static status items_of(struct work *w, const struct lookup_plan *plan,
                       const struct lookup_unit *u, size_t *count,
                       struct error *e)
{
    unsigned n = 0;
    size_t items = 0;
    for (uint32_t h = u->home; h != LOOKUP_NONE; h = plan->next[h], n++) {
        map_home(w, u, h, n);
        for (uint32_t t = w->first[h]; t != LOOKUP_NONE; t = w->next[t]) {
            if (w->bits[n] >> w->table[t].bits != 0)
                return error_set(e, ST_ARGUMENT,
                                 "table %u: %u bits do not hold its step's "
                                 "index",
                                 (unsigned)t, (unsigned)w->table[t].bits);
            w->item[items++] = (struct item){w->table[t].target, n, t};
        }
    }
    qsort(w->item, items, sizeof *w->item, item_order);
    *count = items;
    return ST_OK;
}

static double largest(const double *value, size_t n)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++) {
        double a = fabs(value[i]);
        most = a > most || !(a <= HUGE_VAL) ? a : most; /* NaN stays */
        if (isnan(most))
            return most;
    }
    return most;
}

static status room(struct work *w, size_t entries, struct error *e)
{
    struct lookup_part *p = w->out;
    if (p->merged_count == w->merged_room) {
        size_t to = w->merged_room * 2 + 64;
        void *m = mem_grow(p->merged, w->merged_room, to, sizeof *p->merged);
        if (m == NULL)
            return error_memory(e);
        p->merged = m;
        w->merged_room = to;
    }
    if (p->values + entries > w->value_room) {
        size_t to = w->value_room * 2 + 8192;
        void *v = mem_grow(p->value, w->value_room, to, sizeof *p->value);
        if (v == NULL)
            return error_memory(e);
        p->value = v;
        w->value_room = to;
    }
    return ST_OK;
}

static void fractions(const double *sum, size_t n, double low, double range,
                      uint32_t *out)
{
    double scale = 4294967295.0 / range;
    bool tiny = !(scale <= 1e300); /* a range of denormals */
    for (size_t p = 0; p < n; p++) {
        double f = tiny ? (sum[p] - low) / range * 4294967295.0
                        : (sum[p] - low) * scale;
        out[p] = f >= 4294967295.0 ? UINT32_MAX : (uint32_t)(f + 0.5);
    }
}

/* The index that has `from`, bit by bit, in the places of the mask. */
static unsigned deposit(unsigned from, unsigned mask)
{
    unsigned to = 0;
    for (; mask != 0; mask &= mask - 1, from >>= 1)
        if ((from & 1) != 0)
            to |= mask & (~mask + 1);
    return to;
}

/* Tables of the target, one or two paths' own. */
static void shape(const struct work *w, const struct item *item, size_t items,
                  bool wide, struct lookup_merged *m, unsigned home[2])
{
    unsigned homes = 0, seen = 0;
    uint8_t all = 0;
    for (size_t i = 0; i < items; i++) {
        unsigned h = item[i].home;
        if ((seen >> h & 1) != 0)
            continue;
        seen |= 1U << h;
        all |= w->mask[h];
        if (homes < 2)
            home[homes] = h;
        homes++;
    }
    m->halves = 1;
    m->mask[0] = all;
    m->mask[1] = 0;
    if (homes != 2 || wide ||
        __builtin_popcount(w->mask[home[0]]) >= LOOKUP_NARROW ||
        __builtin_popcount(w->mask[home[1]]) >= LOOKUP_NARROW)
        return;
    m->halves = 2;
    m->mask[0] = w->mask[home[0]];
    m->mask[1] = w->mask[home[1]];
}

/* One half; out: room for n. */
static void merge_half(const struct work *w, const struct item *item,
                       size_t items, const unsigned *home, unsigned mask,
                       size_t n, struct lookup_merged *m, double *range,
                       uint32_t *out)
{
    double sum[1 << LOOKUP_WIDE] = {0.0};
    for (size_t i = 0; i < items; i++) {
        const struct lookup_table *t = &w->table[item[i].table];
        const uint8_t *map = w->map[item[i].home];
        if (home != NULL && item[i].home != *home)
            continue;
        m->most += largest(t->value, (size_t)1 << t->bits);
        for (size_t p = 0; p < n; p++)
            sum[p] += t->value[map[deposit((unsigned)p, mask)]];
    }
    double low = sum[0], high = sum[0];
    for (size_t p = 1; p < n; p++) {
        low = sum[p] < low ? sum[p] : low;
        high = sum[p] > high ? sum[p] : high;
    }
    *range = high - low;
    m->low += low;
    m->range += *range;
    if (*range > 0.0)
        fractions(sum, n, low, *range, out);
    else
        memset(out, 0, n * sizeof *out);
}

static status merge(struct work *w, const struct item *item, size_t items,
                    uint32_t unit, bool wide, struct error *e)
{
    size_t n = (size_t)1 << (wide ? LOOKUP_WIDE : LOOKUP_NARROW);
    unsigned home[2] = {0, 0};
    struct lookup_merged m = {.unit = unit, .target = item[0].target,
                              .count = (uint32_t)items, .wide = wide};
    TRY(room(w, n, e));
    struct lookup_part *p = w->out;
    m.at = p->values;
    shape(w, item, items, wide, &m, home);
    for (unsigned h = 0; h < m.halves; h++)
        merge_half(w, item, items, m.halves == 2 ? &home[h] : NULL,
                   m.halves == 2 ? m.mask[h] : (unsigned)n - 1,
                   m.halves == 2 ? LOOKUP_HALF : n, &m, &m.half[h],
                   p->value + m.at + h * LOOKUP_HALF);
    if (!(m.most <= 1e300))
        return error_set(e, ST_NUMERIC,
                         "a table of target %u holds a value that is not a "
                         "number below 1e300",
                         (unsigned)m.target);
    p->merged[p->merged_count++] = m;
    if (m.range > 0.0)
        p->values += n;
    return ST_OK;
}

static status merge_units(struct work *w, const struct lookup_plan *plan,
                          struct error *e)
{
    for (size_t i = 0; i < plan->units; i++) {
        const struct lookup_unit *u = &plan->unit[i];
        size_t items = 0, to;
        TRY(items_of(w, plan, u, &items, e));
        for (size_t from = 0; from < items; from = to) {
            for (to = from + 1; to < items; to++)
                if (w->item[to].target != w->item[from].target)
                    break;
            TRY(merge(w, w->item + from, to - from, (uint32_t)i,
                      u->bits > LOOKUP_NARROW, e));
        }
    }
    return ST_OK;
}

status lookup_merge(const struct lookup_step *step, size_t steps,
                    const struct lookup_table *table, size_t tables,
                    const struct lookup_plan *plan, struct lookup_part *out,
                    struct error *e)
{
    struct work w = {.step = step, .table = table, .out = out};
    w.first = mem_array(steps, sizeof *w.first);
    w.next = mem_array(tables, sizeof *w.next);
    w.item = mem_array(tables, sizeof *w.item);
    status s = ST_OK;
    if (w.first == NULL || w.next == NULL || w.item == NULL) {
        s = error_memory(e);
    } else {
        for (size_t i = 0; i < steps; i++)
            w.first[i] = LOOKUP_NONE;
        for (size_t i = tables; i-- > 0;) {
            w.next[i] = w.first[table[i].step];
            w.first[table[i].step] = (uint32_t)i;
        }
        s = merge_units(&w, plan, e);
    }
    mem_free(w.first);
    mem_free(w.next);
    mem_free(w.item);
    return s;
}

void lookup_part_free(struct lookup_part *p)
{
    mem_free(p->op);
    mem_free(p->test);
    mem_free(p->merged);
    mem_free(p->value);
    *p = (struct lookup_part){0};
}
