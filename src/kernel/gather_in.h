/* kernel/gather_in.h: what the variants of gather share. Private. */
#ifndef CANDOR_KERNEL_GATHER_IN_H
#define CANDOR_KERNEL_GATHER_IN_H

#include "kernel/gather.h"

enum {
    GATHER_ROWS = 512,       /* rows of a pass; a multiple of BINS_LANES */
    GATHER_TOGETHER = 16,    /* rows whose lines add up side by side */
    GATHER_GROUP_BLOCKS = 64 /* most blocks of a group */
};

/* A step of one group: parent 0 is the root, whose index is 0; this step's own
 * index is at its place in the group's list plus 1. */
struct group_step {
    uint32_t parent, column;
    uint16_t bit;
    uint8_t limit;
    bool when_left;
};

/* Blocks whose players together fit one line. */
struct gather_group {
    const struct group_step *step;
    size_t steps;
    size_t first, blocks;          /* of place and table */
    uint32_t target[GATHER_WIDTH]; /* by slot */
    size_t targets;
};

struct gather_table {
    float *line;    /* [1 << bits][GATHER_WIDTH] */
    uint32_t place; /* of its index: 1 + the group's step, 0 the root */
};

struct gather_kernel {
    /* index[place][GATHER_ROWS] of the group for rows from … of the tile. */
    void (*index)(const struct gather_group *g, const uint8_t *tile,
                  size_t stride, size_t from, size_t n, uint16_t *index);
    /* Adds the sums of the group's lines to sum[target][from …]; n is a
     * multiple of GATHER_TOGETHER. */
    void (*lines)(const struct gather_group *g, const struct gather_table *t,
                  const uint16_t *index, size_t n, double *sum,
                  size_t sum_stride, size_t from);
};

extern const struct gather_kernel gather_scalar;
#if defined(__x86_64__)
extern const struct gather_kernel gather_avx2, gather_avx512;
#endif

/* buffer[GATHER_TOGETHER][GATHER_WIDTH] → the targets' sums of these rows. */
static inline void gather_hand_out(const struct gather_group *g,
                                   const float *buffer, double *sum,
                                   size_t sum_stride, size_t from)
{
    for (size_t s = 0; s < g->targets; s++) {
        double *to = sum + g->target[s] * sum_stride + from;
        for (size_t r = 0; r < GATHER_TOGETHER; r++)
            to[r] += (double)buffer[r * GATHER_WIDTH + s];
    }
}

#endif
