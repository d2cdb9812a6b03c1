/* shapley/blocks.h: a tree as places whose leaves are looked up together.
 *
 * A step compares one byte of a row and sets one bit of an index; a block is a
 * step, and the leaves whose conditions its index decides: those of one split,
 * and those further up that need no table of their own because a block below
 * knows their bits too. What a leaf adds for a row depends only on which
 * players' conditions hold, so a block costs one table a player.
 *
 * Bits. In a tree of at most BLOCK_PLAIN comparisons on a path, or where no more
 * bits than that are wanted, each comparison has its own bit. In a deeper one a
 * player that is split again on the path keeps one bit, "some condition of it
 * fails" (such an index is `joined`), and only the last split of two leaves has
 * a bit to itself; so a block has at most one bit more than it has players. Subtrees whose leaves are all equal count as one leaf, leaves of
 * value 0 add nothing. */
#ifndef CANDOR_SHAPLEY_BLOCKS_H
#define CANDOR_SHAPLEY_BLOCKS_H

#include "base/error.h"
#include "model/model.h"
#include "shapley/columns.h"

enum { BLOCK_PLAIN = 8, BLOCK_BITS = 14 };
#define BLOCK_NONE UINT32_MAX

/* index[step] = index[parent] | (left == when_left ? bit : 0) */
struct block_step {
    uint32_t parent; /* an earlier step, or BLOCK_NONE */
    uint32_t column;
    uint16_t bit, mask; /* mask: its own and all bits of its ancestors */
    uint8_t limit;
    bool when_left;
    bool joined;     /* a bit of the index is set by several steps */
};

/* One player's condition: it holds iff (index & mask) == want. */
struct block_slot {
    uint32_t player;
    uint16_t mask, want;
    double share; /* product of the cover shares of its edges on the path */
};

/* A leaf, or the sum of two of one split written as one of a shorter path:
 * value × [all slots hold]. */
struct block_term {
    double value;    /* tree weight and combine_scale included */
    uint32_t slots, first; /* its slots: slot[first …] */
    uint32_t next;   /* of the same block, or BLOCK_NONE */
};

struct block {
    uint32_t node;    /* the split */
    uint32_t step;    /* BLOCK_NONE: more than most_bits; it has no terms */
    uint32_t bits;    /* 1 + place of the highest bit of its index */
    uint32_t players; /* distinct: player[first_player …] */
    uint32_t first_player;
    uint32_t term;    /* first term */
    uint32_t host;    /* the block that carries its terms; itself */
};

struct tree_blocks {
    struct block_step *step;
    struct block *block;      /* in preorder */
    struct block_term *term;
    struct block_slot *slot;
    uint32_t *player;
    size_t steps, blocks, terms, slots, players;
    size_t leaves;            /* that some block takes */
    struct blocks_room *room; /* of the walk */
};

/* Zeroed to begin with; keeps its memory from tree to tree. */
void blocks_free(struct tree_blocks *b);

/* tree `i` of the model into b. player[features]: as explain_request.
 * most_bits: 1 … BLOCK_BITS. Blocks beyond it are listed with their node,
 * bits and players, for other engines. */
MUST_USE status blocks_of_tree(const struct model *m, size_t i,
                               const struct columns *c,
                               const uint32_t *player, size_t most_bits,
                               struct tree_blocks *b, struct error *e);

/* Not one beyond most_bits, and some leaf of it adds something. */
static inline bool block_has_table(const struct block *k)
{
    return k->step != BLOCK_NONE && k->term != BLOCK_NONE;
}

/* Is this child of the block's split a leaf of it: a leaf, or a subtree of
 * equal leaves? After blocks_of_tree. */
bool blocks_is_leaf(const struct tree_blocks *b, uint32_t node);

/* A constant that every leaf of the tree is taken less of, which changes no
 * contribution: where all leaves have one sign, as in a first tree that holds
 * the mean outcome, the leaf nearest zero, so that sums of floats do not lose
 * the contributions' digits to it; else 0. Before weight and scale. */
double blocks_shift(const struct tree *t);

/* The cover share of the left child, as the path-dependent game takes it. */
double blocks_left_share(const struct tree *t, const struct node *n);

#endif
