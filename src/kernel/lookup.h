/* kernel/lookup.h: sums of small tables, one lookup for each row and table, with
 * the tables in registers. A tree's steps turn a row's bytes (kernel/bins.h)
 * into indices of at most LOOKUP_BITS bits; each table adds the entry at its
 * step's index to its target (a player, a pair of players, a player of another
 * game). Values are held in fixed point, so sums are integers: exact, in any
 * order, and the same bits on every level of kernel/simd.h. A lookup runs on the
 * level of the process when it was built.
 *
 * Fixed point. Tables of one target whose steps stand near each other (at most
 * 7 comparisons in all) are first added to one. Each target has one unit q for
 * all of its tables: the widest one's range / (2^27 - 3). A table merged of two
 * paths is two tables here, rounded apart, with a range of both. With low(t) the
 * smallest value of table t and k = round((value - low(t)) / q) the twin is
 *     sum[row] += B + q * (k of table 1 + k of table 2 + ...),
 * B the sum of low(t) over the target's tables, the sum of k an integer below
 * 2^53. Tables without a range cost nothing and are exact. */
#ifndef CANDOR_KERNEL_LOOKUP_H
#define CANDOR_KERNEL_LOOKUP_H

#include "base/error.h"

#include <stdint.h>

enum {
    LOOKUP_BITS = 8,           /* bits of an index, so comparisons on a path */
    LOOKUP_STEPS = 1 << 16,    /* most steps of one tree */
    LOOKUP_TARGETS = 1 << 20
};
#define LOOKUP_ROOT UINT32_MAX

/* index[step] = index[parent] | (left == when_left ? bit : 0), where left is
 * tile[column][row] < limit and the root's index is 0. */
struct lookup_step {
    uint32_t parent; /* an earlier step of this tree, or LOOKUP_ROOT */
    uint32_t column; /* of the tile */
    uint8_t limit;
    uint8_t bit;     /* 1, 2, 4, ... 128: one that no ancestor has */
    bool when_left;
};

/* value[1 << bits] by index[step]; bits <= LOOKUP_BITS must cover every bit
 * that the step or an ancestor sets. A path of d comparisons best uses the d
 * lowest bits and bits = d. Measured on one Zen 5 core, complete trees: 4 ns a
 * row and tree at depth 6, 18 at depth 7 (four times the tables of depth 6, as
 * siblings no longer share a lookup), 99 at depth 8. */
struct lookup_table {
    uint32_t step;
    uint32_t target;
    uint32_t bits;
    const double *value; /* finite; read during the call only */
};

struct lookup_builder;
struct lookup; /* immutable: any number of threads may run it */

/* NULL: no memory, or more than LOOKUP_TARGETS. */
struct lookup_builder *lookup_begin(size_t targets);
/* Adds one tree; several tables may have the same step and target. NUMERIC: a
 * value that is not finite; ARGUMENT: a shape against the contract; LIMIT,
 * MEMORY. */
MUST_USE status lookup_tree(struct lookup_builder *b,
                            const struct lookup_step *step, size_t steps,
                            const struct lookup_table *table, size_t tables,
                            struct error *e);
/* Packs for the level of this process and frees the builder, always. */
MUST_USE status lookup_end(struct lookup_builder *b, struct lookup **out,
                           struct error *e);
void lookup_drop(struct lookup_builder *b); /* gives up; NULL is fine */
void lookup_free(struct lookup *l);         /* NULL is fine */

size_t lookup_bytes(const struct lookup *l);   /* memory held */
/* At most what so many tables of this many bits will hold, programs of the
 * steps aside: for plans. Building holds no more than one chunk beside it. */
size_t lookup_bytes_of(size_t tables, uint32_t bits);
size_t lookup_scratch(const struct lookup *l); /* bytes a thread needs */
/* |sum added - the exact sum of the doubles| <= lookup_bound, for every row;
 * the addition to the caller's own sum excluded. */
double lookup_bound(const struct lookup *l, size_t target);
/* One standard deviation of that error, roundings taken as independent. */
double lookup_deviation(const struct lookup *l, size_t target);

/* tile[columns][stride] (stride a multiple of BINS_LANES), n rows →
 * sum[targets][sum_stride] plus the sums; sum_stride is a multiple of
 * BINS_LANES, and rows from n to the next such multiple are written too.
 * scratch needs no alignment. Targets without a table are left alone. */
void lookup_run(const struct lookup *l, void *scratch, const uint8_t *tile,
                size_t stride, size_t n, double *sum, size_t sum_stride);

#endif
