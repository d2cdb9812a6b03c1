/* kernel/routing.h: path-dependent Shapley values of many rows by soft routing,
 * rows in lanes, float arithmetic, any depth. The mathematics is that of
 * shapley/path.c (strict, double): at Gauss–Legendre node t_q a split whose
 * left child has cover share z passes c f to the left and c (1 − f) to the
 * right, f = z + (o − z) t_q, o = 1 where the row goes left; upwards
 * H = H_right + (H_left − H_right) f, and the split's player receives
 * (o − z) Σ_q c_q (H_left − H_right)_q. A later split of a player that is on
 * the path already takes f = (p z (1 − t) + o t) / (p (1 − t) + t) and the
 * weight p / (p (1 − t) + t)² in lanes that satisfy all its splits so far (p:
 * product of their shares), f = z and no contribution elsewhere. Where no
 * player repeats, the last levels need only the moments Σ_q c_q t_q^j.
 *
 * A row is read as bytes (kernel/bins.h): left iff tile[column][row] < limit.
 *
 * Accuracy. A tree whose paths hold at most k players takes
 * min(ceil(k / 2), most_nodes) nodes; ceil(k / 2) are exact. What fewer leave
 * out is bounded by routing_truncation. That is proven for every row and far
 * too wide, since it lets all leaves of all trees err together: measured over
 * forests of up to 24 players a path, the default misses less than 4e-6 of the
 * row's largest value. Rounding is that of float within a chunk of at most
 * ROUTING_CHUNK_TREES trees (measured: below 1e-6 of the row's largest), chunks
 * are summed in double. All levels (simd.h) give the same bits, and a row's
 * values do not depend on n, on the other rows or on the place of the row. */
#ifndef CANDOR_KERNEL_ROUTING_H
#define CANDOR_KERNEL_ROUTING_H

#include "base/error.h"

#include <stdint.h>

enum {
    ROUTING_NODES = 4,      /* by default, and one more in a deep tree */
    ROUTING_DEEP = 16,      /* deep: more players than this on one path */
    ROUTING_NODES_MAX = 16, /* exact up to 32 players on one path */
    ROUTING_CHUNK_TREES = 64,
    ROUTING_LANES = 64,     /* rows worked on together */
    ROUTING_ROWS = 2048     /* rows a call that keep a chunk in cache: advice */
};

/* One tree as the kernel takes it: node 0 is the root, children follow their
 * parents. */
struct routing_node {
    int32_t left, right; /* -1: a leaf */
    uint32_t column;     /* split: of the tile */
    uint8_t limit;       /* split: left iff byte < limit */
    uint32_t player;     /* splits of one player on a path are repeats */
    double share;        /* split: cover share of the left child, 0 … 1 */
    double value;        /* leaf, tree weight included */
};

struct routing;          /* a program: immutable, shared by all threads */
struct routing_scratch;  /* one a thread */
struct routing_builder;

/* players: per output; a tree of output o adds to target o × players + player.
 * most_nodes: 1 … ROUTING_NODES_MAX, 0: the default. NULL: no memory. */
struct routing_builder *routing_builder_new(size_t columns, size_t players,
                                            size_t outputs, size_t most_nodes);
void routing_builder_free(struct routing_builder *b); /* NULL is fine */
/* LIMIT: beyond 2^31 bytes of program; BUG: a node outside the contract. */
MUST_USE status routing_tree(struct routing_builder *b,
                             const struct routing_node *node, size_t count,
                             uint32_t output, struct error *e);
/* Empties the builder. */
MUST_USE status routing_finish(struct routing_builder *b, struct routing **out,
                               struct error *e);
void routing_free(struct routing *p); /* NULL is fine */

struct routing_scratch *routing_scratch_new(const struct routing *p);
void routing_scratch_free(struct routing_scratch *s);

/* Adds the contributions of n rows: tile[columns][stride] as bins_fill leaves
 * it (n <= stride), sum[targets][sum_stride], n <= sum_stride. */
void routing_run(const struct routing *p, struct routing_scratch *s,
                 const uint8_t *tile, size_t stride, size_t n, double *sum,
                 size_t sum_stride);

size_t routing_targets(const struct routing *p);
size_t routing_trees(const struct routing *p);  /* that have a split left */
size_t routing_splits(const struct routing *p); /* worked on for each row */
size_t routing_bytes(const struct routing *p);
size_t routing_most_nodes(const struct routing *p); /* of any tree */
/* Proven: no value of any row differs by more than this from exact quadrature,
 * were the arithmetic exact. 0 when every tree has its exact rule. */
double routing_truncation(const struct routing *p);
/* Truncation plus rounding: ROUTING_ROUNDING × Σ trees (greatest leaf − least
 * leaf) of one output. The constant is measured, not proven: twelve times the
 * worst seen over random trees, sixty times that of forests. */
#define ROUTING_ROUNDING 1e-6
double routing_bound(const struct routing *p);

#endif
