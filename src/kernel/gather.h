/* kernel/gather.h: tables of 2^9 to 2^14 patterns, one tree at a time. A block
 * is a place of the tree (a step) whose pattern of comparisons names one line
 * of GATHER_WIDTH floats, the contributions of the players on its path; a row
 * costs one vector load a block. Blocks near each other in the tree share their
 * slots (a group), so a group's lines add up in a register, and only its sum is
 * handed out to the targets.
 *
 * Exactness: floats are added in the order of the blocks of a group, then
 * groups are added to double sums in order; every level does the same. */
#ifndef CANDOR_KERNEL_GATHER_H
#define CANDOR_KERNEL_GATHER_H

#include "base/error.h"

#include <stdint.h>

enum {
    GATHER_WIDTH = 16,      /* players of a block at most */
    GATHER_BITS = 14,
    GATHER_STEPS = 1 << 20, /* most steps of one tree */
    GATHER_TARGETS = 1 << 20
};
#define GATHER_ROOT UINT32_MAX

/* As struct lookup_step, with 14 bits. */
struct gather_step {
    uint32_t parent; /* an earlier step, or GATHER_ROOT */
    uint32_t column;
    uint16_t bit;    /* 1, 2, 4, ... 1 << 13: a new one, or an ancestor's */
    uint8_t limit;   /* at least 1 */
    bool when_left;
};

struct gather_block {
    uint32_t step;
    uint32_t bits;          /* its table has 1 << bits lines */
    uint32_t count;         /* players, at most GATHER_WIDTH */
    const uint32_t *target; /* [count], distinct */
};

struct gather; /* a tree's plan and tables; used for one tree after another */

struct gather *gather_new(void); /* NULL: no memory */
void gather_free(struct gather *g);
/* Takes one tree (what it held before is gone) and makes room for its tables,
 * all zero. Blocks in depth-first order of the tree group best. ARGUMENT: a
 * shape against the contract; LIMIT, MEMORY (g holds no tree then). */
MUST_USE status gather_plan(struct gather *g, const struct gather_step *step,
                            size_t steps, const struct gather_block *block,
                            size_t blocks, struct error *e);
/* The block's table, [1 << bits][GATHER_WIDTH], for the caller to fill:
 * table[pattern * GATHER_WIDTH + gather_slot(g, block)[player]]. */
float *gather_table(struct gather *g, size_t block);
const uint8_t *gather_slot(const struct gather *g, size_t block);
size_t gather_bytes(const struct gather *g);
size_t gather_scratch(const struct gather *g); /* bytes a thread needs */

/* As lookup_run: sum[targets][sum_stride] plus the sums of this tree. Several
 * threads may run one plan. */
void gather_run(const struct gather *g, void *scratch, const uint8_t *tile,
                size_t stride, size_t n, double *sum, size_t sum_stride);

#endif
