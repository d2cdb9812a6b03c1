#include "kernel/lookup_in.h"

#include "kernel/simd.h"

#include <float.h>
#include <math.h>

struct tally { /* of a used target, while building */
    double base, widest, most;
    size_t merged, tables, since; /* since: entries since a flush */
};

struct lookup_builder {
    struct lookup *out;
    struct tally *tally;
    size_t tally_room, chunk_room;
    struct lookup_part *part; /* of the chunk being filled */
    size_t parts, part_room, units;
    struct lookup_raw **raw;  /* [chunk] */
    size_t *raws;
};

struct lookup_builder *lookup_begin(size_t targets)
{
    if (targets > LOOKUP_TARGETS)
        return NULL;
    struct lookup_builder *b = mem_array(1, sizeof *b);
    struct lookup *l = mem_array(1, sizeof *l);
    uint32_t *number = mem_array(targets, sizeof *number);
    if (b == NULL || l == NULL || number == NULL) {
        mem_free(b);
        mem_free(l);
        mem_free(number);
        return NULL;
    }
    for (size_t i = 0; i < targets; i++)
        number[i] = LOOKUP_NONE;
    l->number = number;
    l->targets = targets;
    l->passes = lookup_passes_here();
    b->out = l;
    return b;
}

/* Room for one more: item arrays double. */
static bool grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    void *p = mem_grow(*array, *room, *room * 2 + 16, size);
    if (p == NULL)
        return false;
    *array = p;
    *room = *room * 2 + 16;
    return true;
}

static status targets_count(struct lookup_builder *b,
                            const struct lookup_part *p, struct error *e)
{
    struct lookup *l = b->out;
    for (size_t i = 0; i < p->merged_count; i++) {
        const struct lookup_merged *m = &p->merged[i];
        if (l->number[m->target] == LOOKUP_NONE) {
            if (!grow((void **)&b->tally, l->used_count, &b->tally_room,
                      sizeof *b->tally))
                return error_memory(e);
            l->number[m->target] = (uint32_t)l->used_count++;
        }
        struct tally *t = &b->tally[l->number[m->target]];
        t->base += m->low;
        t->most += m->most;
        t->tables += m->count;
        t->merged += (size_t)(m->half[0] > 0.0) + (size_t)(m->half[1] > 0.0);
        t->widest = m->range > t->widest ? m->range : t->widest;
    }
    return ST_OK;
}

/* Before a target's sum could leave 31 bits, sums are handed out. */
static void chunk_flush(struct lookup_builder *b, struct lookup_chunk *c)
{
    for (size_t i = 0; i < c->groups; i++)
        if (b->tally[c->group[i].target].since + c->group[i].count >
            LOOKUP_FLUSH)
            c->flush = true;
    for (size_t i = 0; i < b->out->used_count && c->flush; i++)
        b->tally[i].since = 0;
    for (size_t i = 0; i < c->groups; i++)
        b->tally[c->group[i].target].since += c->group[i].count;
}

static status chunk_close(struct lookup_builder *b, struct error *e)
{
    struct lookup *l = b->out;
    size_t room = b->chunk_room;
    if (l->chunks == room) {
        size_t to = room * 2 + 16;
        void *c = mem_grow(l->chunk, room, to, sizeof *l->chunk);
        if (c != NULL)
            l->chunk = c;
        void *r = mem_grow(b->raw, room, to, sizeof *b->raw);
        if (r != NULL)
            b->raw = r;
        void *n = mem_grow(b->raws, room, to, sizeof *b->raws);
        if (n != NULL)
            b->raws = n;
        if (c == NULL || r == NULL || n == NULL)
            return error_memory(e);
        b->chunk_room = to;
    }
    struct lookup_chunk *c = &l->chunk[l->chunks];
    TRY(lookup_chunk_make(b->part, b->parts, l->number, l->passes, c,
                          &b->raw[l->chunks], &b->raws[l->chunks], e));
    l->chunks++;
    for (size_t i = 0; i < b->parts; i++)
        lookup_part_free(&b->part[i]);
    b->parts = b->units = 0;
    chunk_flush(b, c);
    l->most_units = c->units > l->most_units ? c->units : l->most_units;
    l->most_slots = c->slots > l->most_slots ? c->slots : l->most_slots;
    return ST_OK;
}

static status part_make(const struct lookup_step *step, size_t steps,
                        const struct lookup_table *table, size_t tables,
                        struct lookup_part *out, struct error *e)
{
    uint8_t *has = mem_array(steps, 1);
    if (has == NULL)
        return error_memory(e);
    for (size_t i = 0; i < tables; i++)
        has[table[i].step] = 1;
    struct lookup_plan plan;
    status s = lookup_plan_make(step, steps, has, &plan, e);
    mem_free(has);
    if (s != ST_OK)
        return s;
    s = lookup_program(step, steps, &plan, out, e);
    if (s == ST_OK)
        s = lookup_merge(step, steps, table, tables, &plan, out, e);
    lookup_plan_free(&plan);
    if (s != ST_OK)
        lookup_part_free(out);
    return s;
}

static status shape_check(const struct lookup_builder *b, size_t steps,
                          const struct lookup_table *table, size_t tables,
                          struct error *e)
{
    if (steps > LOOKUP_STEPS || tables >= LOOKUP_NONE)
        return error_set(e, ST_LIMIT, "a tree has %zu steps, at most %d", steps,
                         LOOKUP_STEPS);
    for (size_t i = 0; i < tables; i++)
        if (table[i].step >= steps || table[i].target >= b->out->targets ||
            table[i].bits > LOOKUP_BITS)
            return error_set(e, ST_ARGUMENT,
                             "table %zu names a step, target or size that is "
                             "not there",
                             i);
    return ST_OK;
}

status lookup_tree(struct lookup_builder *b, const struct lookup_step *step,
                   size_t steps, const struct lookup_table *table,
                   size_t tables, struct error *e)
{
    TRY(shape_check(b, steps, table, tables, e));
    if (tables == 0)
        return ST_OK;
    struct lookup_part p = {0};
    TRY(part_make(step, steps, table, tables, &p, e));
    if (b->parts > 0 && b->units + p.units > LOOKUP_UNITS) {
        status s = chunk_close(b, e);
        if (s != ST_OK) {
            lookup_part_free(&p);
            return s;
        }
    }
    if (!grow((void **)&b->part, b->parts, &b->part_room, sizeof *b->part)) {
        lookup_part_free(&p);
        return error_memory(e);
    }
    b->part[b->parts++] = p;
    b->units += p.units;
    return targets_count(b, &p, e);
}

static void target_scale(struct lookup_target *out, const struct tally *t)
{
    /* Two halves may both be rounded up. */
    double unit = t->widest / (double)(LOOKUP_MOST - 2);
    unit = unit < DBL_MIN ? DBL_MIN : unit;
    double n = (double)t->merged;
    out->base = t->base;
    out->unit = unit;
    /* An entry is rounded to the unit, after its fraction was to 2^-32 of a
     * range of at most LOOKUP_MOST units; the rest is double arithmetic. */
    out->bound = n * unit * 0.52 +
                 (double)(t->tables + 4) * DBL_EPSILON * t->most;
    out->deviation = unit * sqrt(n / 12.0);
}

static status pack(struct lookup_builder *b, struct error *e)
{
    struct lookup *l = b->out;
    if (b->parts > 0)
        TRY(chunk_close(b, e));
    l->used = mem_array(l->used_count, sizeof *l->used);
    if (l->used == NULL)
        return error_memory(e);
    for (size_t i = 0; i < l->targets; i++)
        if (l->number[i] != LOOKUP_NONE) {
            struct lookup_target *t = &l->used[l->number[i]];
            t->target = (uint32_t)i;
            target_scale(t, &b->tally[l->number[i]]);
        }
    for (size_t i = 0; i < l->chunks; i++) {
        TRY(lookup_pack(&l->chunk[i], b->raw[i], b->raws[i], l->used,
                        l->passes->terms, e));
        l->bytes += l->chunk[i].bytes;
    }
    l->bytes += sizeof *l + l->targets * sizeof *l->number +
                l->used_count * sizeof *l->used + l->chunks * sizeof *l->chunk;
    return ST_OK;
}

status lookup_end(struct lookup_builder *b, struct lookup **out,
                  struct error *e)
{
    status s = pack(b, e);
    *out = NULL;
    if (s == ST_OK) {
        *out = b->out;
        b->out = NULL;
    }
    lookup_drop(b);
    return s;
}

void lookup_drop(struct lookup_builder *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->parts; i++)
        lookup_part_free(&b->part[i]);
    for (size_t i = 0; b->raw != NULL && i < b->chunk_room; i++)
        mem_free(b->raw[i]);
    lookup_free(b->out);
    mem_free(b->raw);
    mem_free(b->raws);
    mem_free(b->part);
    mem_free(b->tally);
    mem_free(b);
}
