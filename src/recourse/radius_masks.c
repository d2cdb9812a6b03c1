/* Bit masks of groups: which leaves a box of cells can still reach. */
#include "recourse/radius_in.h"

#include <stdlib.h>

struct ranked {
    double value;
    uint32_t leaf;
};

static int best_first(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;

    if (a->value != b->value)
        return a->value > b->value ? -1 : 1;
    return (a->leaf > b->leaf) - (a->leaf < b->leaf);
}

static status sort_leaves(struct field *f, struct group *g, struct error *e)
{
    size_t bytes = g->dims * sizeof *g->low;
    struct ranked *p = arena_new_array(f->arena, struct ranked, g->leaves);
    uint32_t *low =
        arena_new_array(f->arena, uint32_t, (size_t)g->leaves * g->dims + 1);
    uint32_t *high =
        arena_new_array(f->arena, uint32_t, (size_t)g->leaves * g->dims + 1);

    if (p == NULL || low == NULL || high == NULL)
        return arena_error(f->arena, e);
    for (uint32_t i = 0; i < g->leaves; i++)
        p[i] = (struct ranked){g->value[i], i};
    qsort(p, g->leaves, sizeof *p, best_first);
    for (uint32_t i = 0; i < g->leaves; i++) {
        size_t to = (size_t)i * g->dims, from = (size_t)p[i].leaf * g->dims;
        memcpy(low + to, g->low + from, bytes);
        memcpy(high + to, g->high + from, bytes);
        g->value[i] = p[i].value;
    }
    g->low = low;
    g->high = high;
    return ST_OK;
}

static status group_masks(struct field *f, struct group *g, struct error *e)
{
    g->words = (g->leaves + 63) / 64;
    g->begun = arena_new_array(f->arena, uint64_t *, g->dims + 1);
    g->open = arena_new_array(f->arena, uint64_t *, g->dims + 1);
    if (g->begun == NULL || g->open == NULL)
        return arena_error(f->arena, e);
    for (uint32_t k = 0; k < g->dims; k++) {
        uint32_t first = f->low[g->dim[k]], last = f->high[g->dim[k]];
        size_t cells = (size_t)last - first + 1;
        uint64_t *p = arena_new_array(f->arena, uint64_t, cells * g->words);
        uint64_t *q = arena_new_array(f->arena, uint64_t, cells * g->words);
        if (p == NULL || q == NULL)
            return arena_error(f->arena, e);
        for (uint32_t i = 0; i < g->leaves; i++) {
            size_t at = (size_t)i * g->dims + k;
            uint64_t bit = (uint64_t)1 << (i % 64);
            p[(g->low[at] - first) * g->words + i / 64] |= bit;
            q[(g->high[at] - first) * g->words + i / 64] |= bit;
        }
        for (size_t c = g->words; c < cells * g->words; c++)
            p[c] |= p[c - g->words];
        for (size_t c = cells * g->words - g->words; c-- > 0;)
            q[c] |= q[c + g->words];
        g->begun[k] = p;
        g->open[k] = q;
    }
    return ST_OK;
}

static status readers_make(struct field *f, struct error *e)
{
    size_t dims = f->c->dims;

    f->reader = arena_new_array(f->arena, struct reader *, dims + 1);
    f->readers = arena_new_array(f->arena, size_t, dims + 1);
    if (f->reader == NULL || f->readers == NULL)
        return arena_error(f->arena, e);
    for (size_t i = 0; i < f->groups; i++)
        for (uint32_t k = 0; k < f->group[i].dims; k++)
            f->readers[f->group[i].dim[k]]++;
    for (size_t d = 0; d < dims; d++) {
        f->reader[d] =
            arena_new_array(f->arena, struct reader, f->readers[d] + 1);
        if (f->reader[d] == NULL)
            return arena_error(f->arena, e);
        f->readers[d] = 0;
    }
    for (size_t i = 0; i < f->groups; i++)
        for (uint32_t k = 0; k < f->group[i].dims; k++) {
            uint32_t d = f->group[i].dim[k];
            f->reader[d][f->readers[d]++] = (struct reader){(uint32_t)i, k};
        }
    return ST_OK;
}

status field_masks(struct field *f, struct error *e)
{
    f->words = 0;
    for (size_t i = 0; i < f->groups; i++) {
        struct group *g = &f->group[i];
        TRY(sort_leaves(f, g, e));
        TRY(group_masks(f, g, e));
        g->first_word = (uint32_t)f->words;
        f->words += g->words;
    }
    return readers_make(f, e);
}
