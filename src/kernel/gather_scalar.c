/* The twin: it says what a result is. */
#include "kernel/gather_in.h"

#include <string.h>

static void index_rows(const struct gather_group *g, const uint8_t *tile,
                       size_t stride, size_t from, size_t n, uint16_t *index)
{
    memset(index, 0, n * sizeof *index);
    for (size_t k = 0; k < g->steps; k++) {
        const struct group_step *s = &g->step[k];
        const uint8_t *byte = tile + s->column * stride + from;
        const uint16_t *parent = index + s->parent * GATHER_ROWS;
        uint16_t *own = index + (k + 1) * GATHER_ROWS;

        for (size_t i = 0; i < n; i++) {
            bool sets = (byte[i] < s->limit) == s->when_left;
            own[i] = (uint16_t)(parent[i] | (sets ? s->bit : 0));
        }
    }
}

static void add_lines(const struct gather_group *g,
                      const struct gather_table *t, const uint16_t *index,
                      size_t n, double *sum, size_t sum_stride, size_t from)
{
    for (size_t i = 0; i < n; i += GATHER_TOGETHER) {
        float buffer[GATHER_TOGETHER * GATHER_WIDTH] = {0};

        for (size_t b = 0; b < g->blocks; b++) {
            const uint16_t *at = index + t[b].place * GATHER_ROWS + i;
            for (size_t r = 0; r < GATHER_TOGETHER; r++) {
                const float *line = t[b].line + (size_t)at[r] * GATHER_WIDTH;
                float *to = buffer + r * GATHER_WIDTH;
                for (size_t s = 0; s < GATHER_WIDTH; s++)
                    to[s] += line[s];
            }
        }
        gather_hand_out(g, buffer, sum, sum_stride, from + i);
    }
}

const struct gather_kernel gather_scalar = {index_rows, add_lines};
