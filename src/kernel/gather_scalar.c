#include "kernel/gather_in.h"

static void steps(const struct gather *g, const uint8_t *tile, size_t stride,
                  uint16_t *index)
{
    for (size_t i = 0; i < g->steps; i++) {
        const struct gather_step *s = &g->step[i];
        const uint8_t *in = tile + s->column * stride;
        const uint16_t *from =
            s->parent == GATHER_ROOT ? NULL : index + s->parent * GATHER_BLOCK;
        uint16_t *to = index + i * GATHER_BLOCK;
        for (size_t r = 0; r < GATHER_BLOCK; r++) {
            bool set = (in[r] < s->limit) == s->when_left;
            to[r] = (uint16_t)((from == NULL ? 0 : from[r]) |
                               (set ? s->bit : 0));
        }
    }
}

static void group(const struct gather *g, const struct gather_group *k,
                  const uint16_t *index, double *sum, size_t sum_stride)
{
    for (size_t r = 0; r < GATHER_BLOCK; r++) {
        float line[GATHER_WIDTH] = {0.0F};
        for (size_t b = k->first; b < k->first + k->count; b++) {
            size_t at = index[g->block_step[b] * (size_t)GATHER_BLOCK + r];
            const float *t = g->table + g->at[b] + at * GATHER_WIDTH;
            for (size_t s = 0; s < GATHER_WIDTH; s++)
                line[s] += t[s];
        }
        for (size_t s = 0; s < k->used; s++)
            sum[k->target[s] * sum_stride + r] += (double)line[s];
    }
}

const struct gather_passes gather_scalar = {steps, group};
