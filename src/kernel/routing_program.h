/* kernel/routing_program.h: what a compiled program is. Private to the files
 * routing*.c.
 *
 * A tree becomes runs of one kind of record, so that a loop knows what comes
 * next. Each split above the last levels owns a slot, which holds the c of its
 * nodes on the way down and its H on the way up. Children are ordered so that
 * the first, `a`, is the higher one; share, yes and no are the first child's. */
#ifndef CANDOR_KERNEL_ROUTING_PROGRAM_H
#define CANDOR_KERNEL_ROUTING_PROGRAM_H

#include "kernel/routing.h"

enum routing_kind {
    ROUTING_DOWN,        /* c of both children */
    ROUTING_DOWN_FIRST,  /* c of the first: the second is a leaf or a ONE */
    ROUTING_DOWN_REPEAT,
    ROUTING_UP,          /* H from both children's, contribution */
    ROUTING_UP_LEAF,     /* the second child is a leaf */
    ROUTING_UP_ONE,      /* the second child is a ONE, done here */
    ROUTING_UP_REPEAT,
    ROUTING_UP_REPEAT_LEAF,
    ROUTING_PAIR_REPEAT, /* both are leaves */
    ROUTING_ONE,         /* without repeats: a split of two leaves */
    ROUTING_TWO,         /* over a split of two leaves and a leaf */
    ROUTING_THREE,       /* over two splits of two leaves */
    /* without repeats: a split over a TWO or THREE, and a LEAF, ONE, … */
    ROUTING_TWO_LEAF,
    ROUTING_TWO_ONE,
    ROUTING_TWO_TWO,
    ROUTING_THREE_LEAF,
    ROUTING_THREE_ONE,
    ROUTING_THREE_TWO,
    ROUTING_THREE_THREE,
    ROUTING_KINDS
};

struct routing_run {
    uint32_t kind, count; /* count records follow */
};

struct routing_split {
    uint32_t column;     /* byte offset in a block's tile */
    uint32_t target;     /* of the chunk */
    uint32_t limit;      /* the byte, four times */
    float yes, no;       /* o − share where byte < limit, and elsewhere; of two
                            leaves: times their difference */
    float share;         /* of two leaves: H at t = 0 */
};

struct routing_edge {    /* DOWN, UP */
    struct routing_split s;
    uint32_t slot, a, b;
    float leaf;          /* UP_LEAF: H of the second child */
};

struct routing_range {
    uint32_t column;     /* byte offset */
    uint32_t low, high;  /* low <= byte <= high; none where low > high; each
                            byte four times */
};

struct routing_edge_one { /* UP_ONE */
    struct routing_edge e;
    struct routing_split b;
};

/* DOWN_REPEAT, UP_REPEAT(_LEAF), PAIR_REPEAT (a, b unused; leaf of the second,
 * first_leaf of the first): followed by float[nodes][3], the factor where byte
 * < limit, elsewhere, and the contribution's weight. Lanes outside any of the
 * ranges take the share and contribute nothing. */
struct routing_repeat {
    struct routing_edge e;
    float first_leaf;
    uint32_t range, ranges;
};

struct routing_one {
    struct routing_split s;
    uint32_t slot;
};

struct routing_two {     /* TWO, and THREE with b */
    struct routing_split s, a, b;
    uint32_t slot;
    float difference;    /* at t = 0: first child − second */
    float base;          /* H at t = 0 */
    float leaf;          /* TWO: the second child */
};

struct routing_high {    /* TWO_LEAF … THREE_THREE */
    struct routing_split s;
    uint32_t slot;
    float difference, base;
    struct routing_two a, b; /* b.a alone: a ONE */
};

struct routing_code {    /* a tree */
    uint32_t nodes;      /* of the quadrature */
    uint32_t runs;
    size_t first;        /* byte of the first run */
};

struct routing_chunk {
    size_t tree, trees;
    size_t target, targets; /* into routing.target: local → global */
};

struct routing_rule {
    float t[ROUTING_NODES_MAX], weight[ROUTING_NODES_MAX];
};

struct routing {
    size_t columns, targets, trees, splits, chunks;
    size_t chunk_targets;   /* most of one chunk */
    size_t slots;           /* most of one tree */
    size_t most_nodes;
    double truncation, rounding;
    struct routing_rule *rule; /* [ROUTING_NODES_MAX + 1] */
    struct routing_code *code;
    struct routing_chunk *chunk;
    uint32_t *target;
    struct routing_range *range;
    unsigned char *byte;
    size_t memory;
};

/* Rows worked on together in one pass over a tree, at most. */
enum { ROUTING_WIDTH = 64 };

struct routing_block {
    const uint8_t *byte; /* [columns][ROUTING_LANES] */
    float *slot;
    float *phi;          /* [ROUTING_LANES / width][targets][width] */
    size_t targets;
    const struct routing_range *range;
    const struct routing_rule *rule;
};

/* Runs one tree over the 64 rows of a block. */
typedef void routing_tree_fn(const struct routing_block *x,
                             const struct routing_code *c,
                             const unsigned char *byte);
/* Adds a block's phi of one target to doubles: out[n] += phi. */
void routing_tree_scalar(const struct routing_block *x,
                         const struct routing_code *c,
                         const unsigned char *byte);
void routing_tree_avx2(const struct routing_block *x,
                       const struct routing_code *c,
                       const unsigned char *byte);
void routing_tree_avx512(const struct routing_block *x,
                         const struct routing_code *c,
                         const unsigned char *byte);
/* Rows a variant keeps side by side in phi. */
extern const size_t routing_width_scalar, routing_width_avx2,
    routing_width_avx512;

static inline size_t routing_repeat_bytes(size_t nodes)
{
    return sizeof(struct routing_repeat) + 3 * nodes * sizeof(float);
}

#endif
