#include "kernel/lookup_in.h"

/* Trees' programs one after the other; tables in the order of their targets,
 * so that a pass over a chunk reads them once, from front to back. */

enum { PIECE = LOOKUP_PIECE };

struct item {
    uint32_t number, part, merged;
    enum lookup_kind kind;
    bool wide;
};

static int item_order(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->wide != y->wide)
        return x->wide ? 1 : -1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
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
                         const uint32_t *number, bool terms,
                         struct item *item)
{
    size_t n = 0;
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < part[i].merged_count; k++) {
            const struct lookup_merged *m = &part[i].merged[k];
            if (m->range > 0.0 && item != NULL)
                item[n] = (struct item){
                    number[m->target], (uint32_t)i, (uint32_t)k,
                    terms && !m->wide ? lookup_kind_of(m->halves, m->mask)
                                      : LOOKUP_ALL,
                    m->wide};
            n += m->range > 0.0;
        }
    return n;
}

/* Where the next table goes. */
struct cursor {
    const struct lookup_passes *passes;
    uint32_t piece, line;
    enum lookup_kind kind; /* of the last one */
};

/* Zero tables up to a multiple of those added together. */
static void run_end(struct lookup_chunk *c, struct cursor *at)
{
    if (c->groups == 0)
        return;
    struct lookup_group *g = &c->group[c->groups - 1];
    uint32_t lines = lookup_lines(at->passes->terms, g->wide, at->kind);
    for (; g->kind[at->kind] % at->passes->together != 0; g->count++) {
        c->entry[c->entries++] = 0;
        g->kind[at->kind]++;
        at->line += lines;
    }
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
                        size_t items, const struct lookup_passes *passes,
                        struct lookup_raw *raw)
{
    struct cursor at = {passes, 0, 0, LOOKUP_ALL};
    for (size_t i = 0; i < items; i++) {
        const struct item *m = &item[i];
        bool joins = group_takes(c, m);
        if (!joins || m->kind != at.kind)
            run_end(c, &at);
        at.kind = m->kind;
        if (!joins)
            c->group[c->groups++] = (struct lookup_group){
                .target = m->number, .first = (uint32_t)c->entries,
                .table = at.line, .wide = m->wide};
        const struct lookup_merged *k = &part[m->part].merged[m->merged];
        size_t unit = first_unit[m->part] + k->unit;
        c->entry[c->entries++] = (uint32_t)(unit * LOOKUP_STRIDE);
        c->group[c->groups - 1].count++;
        c->group[c->groups - 1].kind[m->kind]++;
        raw[i] = (struct lookup_raw){
            m->number, at.piece, at.line, m->kind, m->wide,
            k->halves, {k->mask[0], k->mask[1]}, {k->half[0], k->half[1]}};
        uint32_t pieces = m->wide ? 2 : 1;
        memcpy(c->table + (size_t)at.piece * PIECE,
               part[m->part].value + k->at, pieces * (size_t)PIECE);
        at.piece += pieces;
        at.line += lookup_lines(passes->terms, m->wide, m->kind);
    }
    run_end(c, &at);
    c->lines = at.line;
}

/* At most the groups that the items will come to, zero tables among them. */
static size_t groups_count(const struct item *item, size_t items)
{
    size_t groups = items / (LOOKUP_GROUP - LOOKUP_KINDS);
    for (size_t i = 0; i < items; i++)
        groups += i == 0 || item[i].number != item[i - 1].number ||
                  item[i].wide != item[i - 1].wide;
    return groups;
}

static status chunk_fill(struct lookup_part *part, size_t parts,
                         struct item *item, size_t items, size_t *first_unit,
                         const struct lookup_passes *passes,
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
    size_t entries = items + groups * (LOOKUP_KINDS + 2);
    if (pieces + groups * (LOOKUP_KINDS + 2) * 2 >=
            UINT32_MAX / (PIECE / LOOKUP_LINE) ||
        c->units > UINT32_MAX / LOOKUP_STRIDE)
        return error_set(e, ST_LIMIT, "a tree has too many tables");
    c->op = mem_array(ops, sizeof *c->op);
    c->test = mem_array(tests, sizeof *c->test);
    c->entry = mem_array(entries, sizeof *c->entry);
    c->group = mem_array(groups, sizeof *c->group);
    if (c->op == NULL || c->test == NULL || c->entry == NULL ||
        c->group == NULL)
        return error_memory(e);
    TRY(lookup_table_room(pieces * PIECE, c, e));
    c->bytes = ops * sizeof *c->op + tests * sizeof *c->test +
               entries * sizeof *c->entry + groups * sizeof *c->group;
    for (size_t i = 0; i < parts; i++)
        programs_join(c, &part[i], first_unit[i]);
    tables_join(c, part, first_unit, item, items, passes, raw);
    return ST_OK;
}

status lookup_chunk_make(struct lookup_part *part, size_t parts,
                         const uint32_t *number,
                         const struct lookup_passes *passes,
                         struct lookup_chunk *out, struct lookup_raw **raw,
                         size_t *raws, struct error *e)
{
    *out = (struct lookup_chunk){0};
    size_t items = items_list(part, parts, number, passes->terms, NULL);
    struct item *item = mem_array(items, sizeof *item);
    size_t *first_unit = mem_array(parts, sizeof *first_unit);
    struct lookup_raw *r = mem_array(items, sizeof *r);
    status s = ST_OK;
    if (item == NULL || first_unit == NULL || r == NULL)
        s = error_memory(e);
    if (s == ST_OK) {
        items_list(part, parts, number, passes->terms, item);
        qsort(item, items, sizeof *item, item_order);
        s = chunk_fill(part, parts, item, items, first_unit, passes, r, out,
                       e);
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
