/* shapley/routing.h: a model's trees → a program of kernel/routing.h, the float
 * twin of the path-dependent estimator (path.c, strict). */
#ifndef CANDOR_SHAPLEY_ROUTING_H
#define CANDOR_SHAPLEY_ROUTING_H

#include "kernel/routing.h"
#include "model/model.h"

/* Arrays "of all nodes" are flat over all trees of the model in order: node j
 * of tree i stands at (nodes of the trees before i) + j, whatever the range. */
struct routing_request {
    const struct model *model;   /* without linear leaves */
    size_t first, trees;         /* the range of trees; trees 0: all from first */
    const uint32_t *player;      /* [features] < players; NULL: themselves */
    size_t players;              /* ignored when player is NULL */
    const uint32_t *column;      /* [all nodes], splits: column of the tile */
    const uint8_t *limit;        /* [all nodes], splits: left iff byte < limit */
    size_t columns;
    const bool *taken;           /* [all nodes], leaves: false counts as 0, and
                                    what is below 0 only is pruned; NULL: all.
                                    Leaves are additive: the programs of a set
                                    and of its complement add up to the whole */
    bool shifted;                /* leaves less blocks_shift of their tree */
    size_t most_nodes;           /* of the quadrature; 0: the default */
};

/* Targets are output × players + player. Covers as estimators.h says. Leaves
 * with the tree's weight and the model's combine_scale. UNSUPPORTED: linear
 * leaves. */
MUST_USE status routing_build(const struct routing_request *r,
                              struct routing **out, struct error *e);

#endif
