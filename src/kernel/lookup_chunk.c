#include "kernel/lookup_in.h"

/* Trees' programs one after the other; tables in the order of their targets,
 * so that a pass over a chunk reads them once, from front to back. */

enum { PIECE = LOOKUP_PIECE, ALIGN = 64 };

struct item {
    uint32_t number, part, merged;
    bool wide;
};

static int item_order(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->wide != y->wide)
        return x->wide ? 1 : -1;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    return (x->merged > y->merged) - (x->merged < y->merged);
}

static void programs_join(struct lookup_chunk *c, const struct lookup_part *p,
                          size_t first_unit)
{
    for (size_t i = 0; i < p->tests; i++)
        c->test[c->tests + i] = p->test[i];
    for (size_t i = 0; i < p->ops; i++) {
        struct lookup_op o = p->op[i];
        o.first += (uint32_t)c->tests;
        if (o.unit)
            o.to += (uint32_t)first_unit;
        c->op[c->ops++] = o;
    }
    c->tests += p->tests;
    if (p->slots > c->slots)
        c->slots = p->slots;
}

static size_t items_list(const struct lookup_part *part, size_t parts,
                         const uint32_t *number, struct item *item)
{
    size_t n = 0;
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < part[i].merged_count; k++) {
            const struct lookup_merged *m = &part[i].merged[k];
            if (m->range > 0.0 && item != NULL)
                item[n] = (struct item){number[m->target], (uint32_t)i,
                                        (uint32_t)k, m->wide};
            n += m->range > 0.0;
        }
    return n;
}

/* Zero tables up to a multiple of 3; returns the next free piece. */
static uint32_t group_end(struct lookup_chunk *c, uint32_t at)
{
    if (c->groups == 0)
        return at;
    struct lookup_group *g = &c->group[c->groups - 1];
    for (; g->count % 3 != 0; g->count++) {
        c->entry[c->entries++] = 0;
        at += g->wide ? 2 : 1;
    }
    return at;
}

static bool group_takes(const struct lookup_chunk *c, const struct item *m)
{
    if (c->groups == 0)
        return false;
    const struct lookup_group *g = &c->group[c->groups - 1];
    return g->target == m->number && g->wide == m->wide &&
           g->count < LOOKUP_GROUP;
}

static void tables_join(struct lookup_chunk *c, const struct lookup_part *part,
                        const size_t *first_unit, const struct item *item,
                        size_t items, struct lookup_raw *raw)
{
    uint32_t at = 0;
    for (size_t i = 0; i < items; i++) {
        const struct item *m = &item[i];
        if (!group_takes(c, m)) {
            at = group_end(c, at);
            c->group[c->groups++] = (struct lookup_group){
                m->number, (uint32_t)c->entries, 0, at, m->wide};
        }
        const struct lookup_merged *merged = &part[m->part].merged[m->merged];
        size_t unit = first_unit[m->part] + merged->unit;
        c->entry[c->entries++] = (uint32_t)(unit * LOOKUP_STRIDE);
        c->group[c->groups - 1].count++;
        raw[i] = (struct lookup_raw){m->number, at, m->wide, merged->range};
        uint32_t pieces = m->wide ? 2 : 1;
        memcpy(c->table + (size_t)at * PIECE,
               part[m->part].value + merged->at, pieces * (size_t)PIECE);
        at += pieces;
    }
    group_end(c, at);
}

/* Groups that the items will come to, and room for their zero tables. */
static size_t groups_count(const struct item *item, size_t items)
{
    size_t groups = items / LOOKUP_GROUP;
    for (size_t i = 0; i < items; i++)
        groups += i == 0 || item[i].number != item[i - 1].number ||
                  item[i].wide != item[i - 1].wide;
    return groups;
}

static status chunk_fill(struct lookup_part *part, size_t parts,
                         struct item *item, size_t items, size_t *first_unit,
                         struct lookup_raw *raw, struct lookup_chunk *c,
                         struct error *e)
{
    size_t ops = 0, tests = 0, pieces = 0;
    for (size_t i = 0; i < parts; i++) {
        first_unit[i] = c->units;
        c->units += part[i].units;
        ops += part[i].ops;
        tests += part[i].tests;
    }
    for (size_t i = 0; i < items; i++)
        pieces += item[i].wide ? 2 : 1;
    size_t groups = groups_count(item, items);
    pieces += 4 * groups;
    if (pieces >= UINT32_MAX || c->units > UINT32_MAX / LOOKUP_STRIDE)
        return error_set(e, ST_LIMIT, "a tree has too many tables");
    size_t table_bytes = pieces * PIECE + ALIGN;
    c->op = mem_array(ops, sizeof *c->op);
    c->test = mem_array(tests, sizeof *c->test);
    c->entry = mem_array(items + 2 * groups, sizeof *c->entry);
    c->group = mem_array(groups, sizeof *c->group);
    c->table_memory = mem_array(table_bytes, 1);
    if (c->op == NULL || c->test == NULL || c->entry == NULL ||
        c->group == NULL || c->table_memory == NULL)
        return error_memory(e);
    c->table = (uint8_t *)c->table_memory;
    c->table += (ALIGN - (uintptr_t)c->table % ALIGN) % ALIGN;
    c->bytes = ops * sizeof *c->op + tests * sizeof *c->test +
               (items + 2 * groups) * sizeof *c->entry +
               groups * sizeof *c->group + table_bytes;
    for (size_t i = 0; i < parts; i++)
        programs_join(c, &part[i], first_unit[i]);
    tables_join(c, part, first_unit, item, items, raw);
    return ST_OK;
}

status lookup_chunk_make(struct lookup_part *part, size_t parts,
                         const uint32_t *number, struct lookup_chunk *out,
                         struct lookup_raw **raw, size_t *raws,
                         struct error *e)
{
    *out = (struct lookup_chunk){0};
    size_t items = items_list(part, parts, number, NULL);
    struct item *item = mem_array(items, sizeof *item);
    size_t *first_unit = mem_array(parts, sizeof *first_unit);
    struct lookup_raw *r = mem_array(items, sizeof *r);
    status s = ST_OK;
    if (item == NULL || first_unit == NULL || r == NULL)
        s = error_memory(e);
    if (s == ST_OK) {
        items_list(part, parts, number, item);
        qsort(item, items, sizeof *item, item_order);
        s = chunk_fill(part, parts, item, items, first_unit, r, out, e);
    }
    if (s == ST_OK) {
        *raw = r;
        *raws = items;
        r = NULL;
    } else {
        lookup_chunk_free(out);
    }
    mem_free(item);
    mem_free(first_unit);
    mem_free(r);
    return s;
}

void lookup_chunk_free(struct lookup_chunk *c)
{
    mem_free(c->op);
    mem_free(c->test);
    mem_free(c->entry);
    mem_free(c->group);
    mem_free(c->table_memory);
    *c = (struct lookup_chunk){0};
}

void lookup_digits(uint8_t *table, bool wide, double scale)
{
    size_t n = wide ? 256 : 128;
    uint32_t value[256];
    memcpy(value, table, n * sizeof *value);
    for (size_t p = 0; p < n; p++) {
        double k = (double)value[p] * scale + 0.5;
        uint32_t x = k >= LOOKUP_MOST ? LOOKUP_MOST : (uint32_t)k;
        for (size_t d = 0; d < LOOKUP_DIGITS; d++) {
            table[d * n + p] = (uint8_t)(x % LOOKUP_BASE);
            x /= LOOKUP_BASE;
        }
    }
}
