/* shapley/reference.h: the reference rows sorted into each tree. Private. */
#ifndef CANDOR_SHAPLEY_REFERENCE_H
#define CANDOR_SHAPLEY_REFERENCE_H

#include "shapley/game.h"
#include "shapley/patterns.h"

struct reference_state {
    struct pattern_weights weights;
    const uint32_t *player;    /* [features] */
    uint32_t *slot;            /* [nodes]: slot of the split's player */
    int32_t *unit;             /* [nodes]: unit of a leaf or leaf pair, -1 */
    struct pattern_unit *units;
    size_t unit_count;
};

/* Builds the state in g->arena and sets base, scratch size and g->state. */
MUST_USE status reference_prepare(struct game *g,
                                  const struct explain_reference *r,
                                  struct error *e);

#endif
