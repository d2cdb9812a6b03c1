#include "shapley/tables.h"

#include "base/arena.h"

struct table_maker {
    struct subset_rule rule[SUBSET_MAX + 1];
    uint16_t *holds;  /* [1 << BLOCK_BITS]: satisfied set by index */
    double *weight;   /* [1 << SUBSET_MAX] by failing set */
    double *room;     /* of subset_values */
    double *value;    /* [SUBSET_MAX][1 << SUBSET_MAX] */
};

status table_maker_new(struct table_maker **out, struct error *e)
{
    struct table_maker *t = mem_array(1, sizeof *t);
    size_t sets = (size_t)1 << SUBSET_MAX;

    *out = NULL;
    if (t == NULL)
        return error_memory(e);
    t->holds = mem_array((size_t)1 << BLOCK_BITS, sizeof *t->holds);
    t->weight = mem_array(sets, sizeof *t->weight);
    t->room = mem_array(subset_room(SUBSET_MAX), sizeof *t->room);
    t->value = mem_array(sets * SUBSET_MAX, sizeof *t->value);
    status s = ST_OK;
    if (t->holds == NULL || t->weight == NULL || t->room == NULL ||
        t->value == NULL)
        s = error_memory(e);
    if (s == ST_OK)
        s = subset_rules(t->rule, e);
    if (s != ST_OK) {
        table_maker_free(t);
        return s;
    }
    *out = t;
    return ST_OK;
}

void table_maker_free(struct table_maker *t)
{
    if (t == NULL)
        return;
    mem_free(t->holds);
    mem_free(t->weight);
    mem_free(t->room);
    mem_free(t->value);
    mem_free(t);
}

/* A bit of the index has, in either state, a set of slots that it breaks. */
void table_satisfied(const struct block_slot *slot, size_t slots, size_t bits,
                     uint16_t *holds)
{
    holds[0] = (uint16_t)(((size_t)1 << slots) - 1);
    for (size_t b = 0; b < bits; b++) {
        uint16_t broken[2] = {0, 0};
        size_t half = (size_t)1 << b;

        for (size_t s = 0; s < slots; s++) {
            if (slot[s].mask >> b & 1)
                broken[~slot[s].want >> b & 1] |= (uint16_t)(1U << s);
        }
        for (size_t i = 0; i < half; i++) {
            holds[half + i] = (uint16_t)(holds[i] & ~broken[1]);
            holds[i] = (uint16_t)(holds[i] & ~broken[0]);
        }
    }
}

static void fill_term(struct table_maker *t, const struct block_term *m,
                      const struct block_slot *slot, size_t bits,
                      const uint32_t *counts, size_t rows, double *table)
{
    size_t k = m->slots, sets = (size_t)1 << k, size = (size_t)1 << bits;
    double share[SUBSET_MAX], value = m->value;

    table_satisfied(slot, k, bits, t->holds);
    if (counts == NULL) {
        for (size_t s = 0; s < k; s++)
            share[s] = slot[s].share;
    } else {
        memset(t->weight, 0, sets * sizeof *t->weight);
        for (size_t i = 0; i < size; i++)
            t->weight[(sets - 1) ^ t->holds[i]] += (double)counts[i];
        value /= (double)rows;
    }
    subset_values(&t->rule[k], k, counts != NULL ? t->weight : NULL,
                  counts != NULL ? NULL : share, value, t->room, t->value);
    for (size_t s = 0; s < k; s++)
        subset_spread(table + s * size, t->value + s * sets, t->holds, size);
}

void table_fill(struct table_maker *t, const struct tree_blocks *b,
                size_t block, const uint32_t *counts, size_t rows,
                double *table)
{
    const struct block *k = &b->block[block];

    memset(table, 0, ((size_t)k->players << k->bits) * sizeof *table);
    for (uint32_t i = k->term; i != BLOCK_NONE; i = b->term[i].next)
        fill_term(t, &b->term[i], b->slot + b->term[i].first, k->bits, counts,
                  rows, table);
}

void table_indices(const struct tree_blocks *b, const uint8_t *tile,
                   size_t tile_stride, size_t rows, uint16_t *index,
                   size_t stride)
{
    for (size_t i = 0; i < b->steps; i++) {
        const struct block_step *s = &b->step[i];

        subset_index(index + i * stride,
                     s->parent == BLOCK_NONE ? NULL
                                             : index + s->parent * stride,
                     tile + s->column * tile_stride, s->limit, s->bit,
                     s->when_left, rows);
    }
}

void table_count(uint32_t *counts, const uint16_t *index, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        counts[index[i]]++;
}
