/* shapley/reference.h: the reference rows sorted into each tree. Private. */
#ifndef CANDOR_SHAPLEY_REFERENCE_H
#define CANDOR_SHAPLEY_REFERENCE_H

#include "shapley/game.h"
#include "shapley/linear_leaves.h"
#include "shapley/patterns.h"

struct reference_state {
    struct pattern_weights weights;
    const uint32_t *player;    /* [features] */
    uint32_t *slot;            /* [nodes]: slot of the split's player */
    int32_t *unit;             /* [nodes]: unit of a leaf or leaf pair, -1 */
    struct pattern_unit *units;
    size_t unit_count;
    int32_t *linear;           /* [nodes]: linear unit of a leaf, -1 */
    struct linear_unit *linears;
    size_t linear_count, linear_terms; /* units; most terms of one */
    int32_t *list;             /* [nodes]: list of a leaf, -1; only with */
    struct pattern_unit *lists;/* interactions */
    size_t list_count;
};

/* Builds the state in g->arena and sets base, scratch size and g->state. */
MUST_USE status reference_prepare(struct game *g,
                                  const struct explain_reference *r,
                                  struct error *e);

/* A leaf with one value: neither a split nor linear. */
static inline bool one_value(const struct tree *t, int32_t node)
{
    return t->node[node].feature < 0 && t->node[node].linear_count == 0;
}

/* reference_room.c. The most slots for which all tables fit half of the cap. */
MUST_USE status reference_table_slots(const struct game *g, size_t *slots,
                                      struct error *e);
/* Room for what only some models and some questions need. */
MUST_USE status reference_special(struct game *g, struct reference_state *s,
                                  size_t nodes, struct error *e);
void reference_scratch(struct game *g, const struct reference_state *s,
                       size_t words);

/* interact_reference.c. words: of one set. */
size_t reference_interact_words(const struct game *g, size_t words);
void reference_interact(const struct game *g, struct game_scratch *s,
                        const double *row, double *pairs);

#endif
