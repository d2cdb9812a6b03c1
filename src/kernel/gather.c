#include "kernel/gather_in.h"

#include "base/arena.h"
#include "kernel/bins.h"
#include "kernel/simd.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct gather {
    struct arena *arena;         /* all of the plan but the lines */
    const struct gather_block *block;
    size_t blocks, most_steps;
    struct gather_group *group;
    size_t groups;
    struct gather_table *table;  /* [blocks] */
    uint8_t (*slot)[GATHER_WIDTH];
    float *room, *line;          /* room holds the lines, aligned at line */
    size_t room_floats, lines;
};

#define PLAN_BYTES ((size_t)1 << 30)

struct gather *gather_new(void)
{
    return mem_array(1, sizeof(struct gather));
}

void gather_free(struct gather *g)
{
    if (g == NULL)
        return;
    arena_free(g->arena);
    mem_free(g->room);
    mem_free(g);
}

static status check(const struct gather_step *step, size_t steps,
                    const struct gather_block *block, size_t blocks,
                    struct error *e)
{
    if (steps > GATHER_STEPS || blocks > GATHER_STEPS)
        return error_set(e, ST_LIMIT, "a tree of %zu comparisons, at most %d",
                         steps, GATHER_STEPS);
    for (size_t i = 0; i < steps; i++)
        if ((step[i].parent != GATHER_ROOT && step[i].parent >= i) ||
            step[i].limit == 0 || step[i].bit == 0 || step[i].bit >= 1 << GATHER_BITS ||
            (step[i].bit & (step[i].bit - 1)) != 0)
            return error_set(e, ST_ARGUMENT, "step %zu has a wrong parent, "
                             "limit or bit", i);
    for (size_t i = 0; i < blocks; i++)
        if (block[i].step >= steps || block[i].bits > GATHER_BITS ||
            block[i].count > GATHER_WIDTH)
            return error_set(e, ST_ARGUMENT, "block %zu has a wrong step, "
                             "%lu bits and %lu players", i,
                             (unsigned long)block[i].bits,
                             (unsigned long)block[i].count);
    return ST_OK;
}

/* Slots for the block's players in the group, or false: they do not fit. */
static bool join(struct gather_group *g, const struct gather_block *b,
                 uint8_t slot[GATHER_WIDTH])
{
    size_t targets = g->targets;

    if (g->blocks == GATHER_GROUP_BLOCKS)
        return false;
    for (uint32_t i = 0; i < b->count; i++) {
        size_t s = 0;
        while (s < targets && g->target[s] != b->target[i])
            s++;
        if (s == GATHER_WIDTH)
            return false;
        if (s == targets)
            g->target[targets++] = b->target[i];
        slot[i] = (uint8_t)s;
    }
    g->targets = targets;
    g->blocks++;
    return true;
}

static void form_groups(struct gather *g)
{
    for (size_t i = 0; i < g->blocks; i++) {
        if (g->groups > 0 &&
            join(&g->group[g->groups - 1], &g->block[i], g->slot[i]))
            continue;
        struct gather_group *open = &g->group[g->groups++];
        open->first = i;
        (void)join(open, &g->block[i], g->slot[i]);
    }
}

/* The steps above the group's blocks, parents first. mark[steps]: 0 before and
 * after; 1 + the place in the list while it is made. */
static status group_steps(struct gather *g, struct gather_group *to,
                          const struct gather_step *step, uint32_t *mark,
                          uint32_t *list, struct error *e)
{
    size_t count = 0, last = 0;

    for (size_t i = to->first; i < to->first + to->blocks; i++)
        for (uint32_t s = g->block[i].step; s != GATHER_ROOT && mark[s] == 0;
             s = step[s].parent) {
            mark[s] = 1;
            count++;
            last = s > last ? s : last;
        }
    struct group_step *own = arena_new_array(g->arena, struct group_step, count);
    if (own == NULL && count > 0)
        return arena_error(g->arena, e);
    for (size_t s = 0, k = 0; k < count && s <= last; s++) {
        if (mark[s] == 0)
            continue;
        list[k] = (uint32_t)s;
        mark[s] = (uint32_t)++k;
        own[k - 1] = (struct group_step){
            step[s].parent == GATHER_ROOT ? 0 : mark[step[s].parent],
            step[s].column, step[s].bit, step[s].limit, step[s].when_left};
    }
    for (size_t i = to->first; i < to->first + to->blocks; i++)
        g->table[i].place = mark[g->block[i].step];
    for (size_t k = 0; k < count; k++)
        mark[list[k]] = 0;
    to->step = own;
    to->steps = count;
    if (count > g->most_steps)
        g->most_steps = count;
    return ST_OK;
}

static status make_lines(struct gather *g, struct error *e)
{
    size_t floats = 16, at = 0;

    for (size_t i = 0; i < g->blocks; i++)
        floats += (size_t)GATHER_WIDTH << g->block[i].bits;
    if (floats > g->room_floats) {
        mem_free(g->room);
        g->room_floats = 0;
        g->room = mem_array(floats, sizeof *g->room);
        if (g->room == NULL)
            return error_memory(e);
        g->room_floats = floats;
    } else {
        memset(g->room, 0, floats * sizeof *g->room);
    }
    g->lines = floats;
    g->line = (float *)(((uintptr_t)g->room + 63) & ~(uintptr_t)63);
    for (size_t i = 0; i < g->blocks; i++) {
        g->table[i].line = g->line + at;
        at += (size_t)GATHER_WIDTH << g->block[i].bits;
    }
    return ST_OK;
}

static status plan(struct gather *g, const struct gather_step *step,
                   size_t steps, const struct gather_block *block,
                   size_t blocks, struct error *e)
{
    uint32_t *mark = arena_new_array(g->arena, uint32_t, steps + 1);
    uint32_t *list = arena_new_array(g->arena, uint32_t, steps + 1);
    struct gather_block *own =
        arena_new_array(g->arena, struct gather_block, blocks + 1);

    g->group = arena_new_array(g->arena, struct gather_group, blocks + 1);
    g->table = arena_new_array(g->arena, struct gather_table, blocks + 1);
    g->slot = arena_array(g->arena, blocks + 1, sizeof *g->slot);
    if (mark == NULL || list == NULL || own == NULL || g->group == NULL ||
        g->table == NULL || g->slot == NULL)
        return arena_error(g->arena, e);
    if (blocks > 0)
        memcpy(own, block, blocks * sizeof *own);
    g->block = own;
    g->blocks = blocks;
    form_groups(g);
    for (size_t i = 0; i < g->groups; i++)
        TRY(group_steps(g, &g->group[i], step, mark, list, e));
    return make_lines(g, e);
}

status gather_plan(struct gather *g, const struct gather_step *step,
                   size_t steps, const struct gather_block *block,
                   size_t blocks, struct error *e)
{
    g->blocks = g->groups = g->most_steps = g->lines = 0;
    TRY(check(step, steps, block, blocks, e));
    if (g->arena != NULL)
        arena_reset(g->arena);
    else if ((g->arena = arena_new(PLAN_BYTES)) == NULL)
        return error_memory(e);
    status s = plan(g, step, steps, block, blocks, e);
    if (s != ST_OK)
        g->blocks = g->groups = 0;
    return s;
}

float *gather_table(struct gather *g, size_t block)
{
    return g->table[block].line;
}

const uint8_t *gather_slot(const struct gather *g, size_t block)
{
    return g->slot[block];
}

size_t gather_bytes(const struct gather *g)
{
    return (g->arena != NULL ? arena_used(g->arena) : 0) +
           g->room_floats * sizeof *g->room;
}

size_t gather_scratch(const struct gather *g)
{
    return (g->most_steps + 1) * GATHER_ROWS * sizeof(uint16_t) + 64;
}

static const struct gather_kernel *kernel(void)
{
#if defined(__x86_64__)
    if (simd_level() == SIMD_AVX512)
        return &gather_avx512;
    if (simd_level() == SIMD_AVX2)
        return &gather_avx2;
#endif
    return &gather_scalar;
}

/* Group by group, so that its tables stay in cache for all rows. */
void gather_run(const struct gather *g, void *scratch, const uint8_t *tile,
                size_t stride, size_t n, double *sum, size_t sum_stride)
{
    const struct gather_kernel *k = kernel();
    uint16_t *index = (uint16_t *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    size_t rows = (n + BINS_LANES - 1) / BINS_LANES * BINS_LANES;

    for (size_t i = 0; i < g->groups; i++) {
        const struct gather_group *group = &g->group[i];

        for (size_t from = 0; from < rows; from += GATHER_ROWS) {
            size_t m = rows - from < GATHER_ROWS ? rows - from : GATHER_ROWS;

            k->index(group, tile, stride, from, m, index);
            k->lines(group, g->table + group->first, index, m, sum, sum_stride,
                     from);
        }
    }
}
