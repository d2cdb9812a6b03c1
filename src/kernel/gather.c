#include "kernel/gather_in.h"

#include "kernel/simd.h"

/* Blocks of rows that pass one group's tables while these are near. */
enum { ALIGN = 64, STRIP = 16 };

struct gather *gather_new(void)
{
    return mem_array(1, sizeof(struct gather));
}

/* Gives the tree up, but not the memory of its tables. */
static void tree_free(struct gather *g)
{
    mem_free(g->step);
    mem_free(g->block_step);
    mem_free(g->at);
    mem_free(g->slot);
    mem_free(g->group);
    g->step = NULL;
    g->block_step = NULL;
    g->at = NULL;
    g->slot = NULL;
    g->group = NULL;
    g->steps = g->blocks = g->groups = 0;
}

void gather_free(struct gather *g)
{
    if (g == NULL)
        return;
    tree_free(g);
    mem_free(g->memory);
    mem_free(g);
}

static status steps_check(const struct gather_step *step, size_t steps,
                          struct error *e)
{
    if (steps > GATHER_STEPS)
        return error_set(e, ST_LIMIT, "a tree has %zu steps, at most %d", steps,
                         GATHER_STEPS);
    for (size_t i = 0; i < steps; i++) {
        unsigned bit = step[i].bit;
        if (step[i].parent != GATHER_ROOT && step[i].parent >= i)
            return error_set(e, ST_ARGUMENT, "step %zu has a later parent", i);
        if (bit == 0 || (bit & (bit - 1)) != 0 || bit >> GATHER_BITS != 0)
            return error_set(e, ST_ARGUMENT, "step %zu: bit %u", i, bit);
    }
    return ST_OK;
}

/* bits[step]: all that its index may hold. */
static void bits_find(const struct gather_step *step, size_t steps,
                      uint16_t *bits)
{
    for (size_t i = 0; i < steps; i++) {
        uint16_t above =
            step[i].parent == GATHER_ROOT ? 0 : bits[step[i].parent];
        bits[i] = above | step[i].bit;
    }
}

static status blocks_check(const struct gather_step *step, size_t steps,
                           const struct gather_block *block, size_t blocks,
                           struct error *e)
{
    uint16_t *bits = mem_array(steps, sizeof *bits);
    if (bits == NULL)
        return error_memory(e);
    status s = ST_OK;
    bits_find(step, steps, bits);
    for (size_t i = 0; i < blocks && s == ST_OK; i++) {
        const struct gather_block *b = &block[i];
        if (b->step >= steps || b->bits > GATHER_BITS ||
            b->count > GATHER_WIDTH || bits[b->step] >> b->bits != 0)
            s = error_set(e, ST_ARGUMENT,
                          "block %zu: its step, bits or players are not "
                          "possible",
                          i);
        for (size_t k = 0; k < b->count && s == ST_OK; k++)
            if (b->target[k] >= GATHER_TARGETS)
                s = error_set(e, ST_LIMIT, "block %zu: target %u", i,
                              (unsigned)b->target[k]);
    }
    mem_free(bits);
    return s;
}

static uint32_t slot_of(const struct gather_group *k, uint32_t target)
{
    for (uint32_t i = 0; i < k->used; i++)
        if (k->target[i] == target)
            return i;
    return GATHER_WIDTH;
}

/* A block joins the open group when its players fit into the slots left. */
static void group_add(struct gather *g, const struct gather_block *b, size_t i)
{
    struct gather_group *k = &g->group[g->groups == 0 ? 0 : g->groups - 1];
    uint32_t more = 0;
    for (uint32_t p = 0; p < b->count; p++)
        more += slot_of(k, b->target[p]) == GATHER_WIDTH;
    if (g->groups == 0 || k->used + more > GATHER_WIDTH) {
        k = &g->group[g->groups++];
        *k = (struct gather_group){.first = i};
    }
    k->count++;
    for (uint32_t p = 0; p < b->count; p++) {
        uint32_t s = slot_of(k, b->target[p]);
        if (s == GATHER_WIDTH)
            k->target[s = k->used++] = b->target[p];
        g->slot[i * GATHER_WIDTH + p] = (uint8_t)s;
    }
}

static status table_room(struct gather *g, size_t floats, struct error *e)
{
    size_t need = floats + ALIGN / sizeof(float);
    if (need > g->room) {
        mem_free(g->memory);
        g->room = 0;
        g->memory = mem_array(need, sizeof(float));
        if (g->memory == NULL)
            return error_memory(e);
        g->room = need;
    } else {
        memset(g->memory, 0, need * sizeof(float));
    }
    size_t off = (uintptr_t)g->memory % ALIGN;
    g->table = (float *)g->memory + (ALIGN - off) % ALIGN / sizeof(float);
    return ST_OK;
}

static status tree_take(struct gather *g, const struct gather_step *step,
                        size_t steps, const struct gather_block *block,
                        size_t blocks, struct error *e)
{
    g->step = mem_array(steps, sizeof *g->step);
    g->block_step = mem_array(blocks, sizeof *g->block_step);
    g->at = mem_array(blocks, sizeof *g->at);
    g->slot = mem_array(blocks * GATHER_WIDTH, sizeof *g->slot);
    g->group = mem_array(blocks, sizeof *g->group);
    if (g->step == NULL || g->block_step == NULL || g->at == NULL ||
        g->slot == NULL || g->group == NULL)
        return error_memory(e);
    for (size_t i = 0; i < steps; i++)
        g->step[i] = step[i];
    size_t floats = 0;
    for (size_t i = 0; i < blocks; i++) {
        g->block_step[i] = block[i].step;
        g->at[i] = floats;
        floats += (size_t)GATHER_WIDTH << block[i].bits;
        group_add(g, &block[i], i);
    }
    g->steps = steps;
    g->blocks = blocks;
    return table_room(g, floats, e);
}

status gather_plan(struct gather *g, const struct gather_step *step,
                   size_t steps, const struct gather_block *block,
                   size_t blocks, struct error *e)
{
    tree_free(g);
    TRY(steps_check(step, steps, e));
    TRY(blocks_check(step, steps, block, blocks, e));
    status s = tree_take(g, step, steps, block, blocks, e);
    if (s != ST_OK)
        tree_free(g);
    g->bytes = sizeof *g + g->room * sizeof(float) +
               g->steps * sizeof *g->step +
               g->blocks * (sizeof *g->block_step + sizeof *g->at +
                            GATHER_WIDTH + sizeof *g->group);
    return s;
}

float *gather_table(struct gather *g, size_t block)
{
    return g->table + g->at[block];
}

const uint8_t *gather_slot(const struct gather *g, size_t block)
{
    return g->slot + block * GATHER_WIDTH;
}

size_t gather_bytes(const struct gather *g)
{
    return g->bytes;
}

static const struct gather_passes *passes(void)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        return &gather_avx512;
    case SIMD_AVX2:
        return &gather_avx2;
    case SIMD_SCALAR:
        break;
    }
#endif
    return &gather_scalar;
}

size_t gather_scratch(const struct gather *g)
{
    return ALIGN + STRIP * g->steps * GATHER_BLOCK * sizeof(uint16_t);
}

void gather_run(const struct gather *g, void *scratch, const uint8_t *tile,
                size_t stride, size_t n, double *sum, size_t sum_stride)
{
    const struct gather_passes *p = passes();
    uint8_t *at = scratch;
    at += (ALIGN - (uintptr_t)at % ALIGN) % ALIGN;
    uint16_t *index = (uint16_t *)(void *)at;
    size_t blocks = (n + GATHER_BLOCK - 1) / GATHER_BLOCK;
    for (size_t first = 0; first < blocks; first += STRIP) {
        size_t some = blocks - first < STRIP ? blocks - first : STRIP;
        size_t r = first * GATHER_BLOCK;
        for (size_t b = 0; b < some; b++)
            p->steps(g, tile + r + b * GATHER_BLOCK, stride,
                     index + b * g->steps * GATHER_BLOCK);
        for (size_t k = 0; k < g->groups; k++)
            for (size_t b = 0; b < some; b++)
                p->group(g, &g->group[k], index + b * g->steps * GATHER_BLOCK,
                         sum + r + b * GATHER_BLOCK, sum_stride);
    }
}
