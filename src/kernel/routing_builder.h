/* kernel/routing_builder.h: what the files that build programs share. Private. */
#ifndef CANDOR_KERNEL_ROUTING_BUILDER_H
#define CANDOR_KERNEL_ROUTING_BUILDER_H

#include "base/arena.h"
#include "kernel/routing_program.h"

struct grown {
    void *data;
    size_t count, room;
};

struct routing_builder {
    size_t columns, players, outputs;
    size_t cap, deep_cap;    /* most nodes, and of a deep tree */
    struct routing *p;       /* sums so far; its arrays are set at finish */
    struct grown byte, code, chunk, target, range;
    uint32_t *local;         /* [targets]: 1 + place in the open chunk */
    struct routing_rule rule[ROUTING_NODES_MAX + 1];
    double t[ROUTING_NODES_MAX + 1][ROUTING_NODES_MAX]; /* nodes in double */
    bool has_rule[ROUTING_NODES_MAX + 1];
    double *rounding;        /* [outputs] */
    double *truncation;      /* [targets] */
};

/* count more items after the last, zeroed; NULL: no memory. */
void *grown_add(struct grown *g, size_t count, size_t size);

/* What a node is once the leaves that carry nothing are folded. */
enum routing_shape { SHAPE_LEAF, SHAPE_ONE, SHAPE_TWO, SHAPE_THREE,
                     SHAPE_HIGH, SHAPE_PAIR, SHAPE_INNER };

struct routing_live {
    enum routing_shape shape;
    uint32_t parent;
    uint32_t first, second;  /* children, the larger shape first */
    bool swapped;            /* first is the right one */
    bool repeat;
    double share;            /* of first */
    double value;            /* leaf: its value; else H at t = 0 */
    double before;           /* repeat: product of the player's shares so far */
    uint32_t range, ranges;
    uint32_t slot, slots;    /* slots at or below */
    bool done;
};

struct routing_work {
    struct routing_builder *b;
    const struct routing_node *node;
    struct routing_live *live; /* [count] */
    uint32_t *queue;           /* [count] */
    size_t count, deepest;     /* most players on one path */
    uint32_t output, nodes;
};

/* Folds, orders and classifies; live[0].shape is LEAF when nothing is left. */
MUST_USE status routing_shape(struct routing_work *w, struct error *e);
/* Appends the runs of a shaped tree. */
MUST_USE status routing_emit(struct routing_work *w, struct error *e);
/* truncation[target] += what w->nodes nodes can miss, for any row. */
MUST_USE status routing_miss(const struct routing_work *w, double *truncation,
                             struct error *e);

#endif
