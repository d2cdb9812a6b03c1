/* shapley/enumerate.h: the margins of one row and one reference row for every
 * coalition of the players in which they differ. Private.
 *
 * Each leaf that the pair can reach counts for the coalitions S with B ⊆ S and
 * A ∩ S = ∅ (patterns.h): either it is added to each of them, or, where A is
 * small, its expansion Σ over C ⊆ A of (−1)^|C| 1[B ∪ C ⊆ S] is added to the
 * coefficients of B ∪ C and all coefficients are summed over subsets at the
 * end. The work grows with the leaves and 2^players, not with their product. */
#ifndef CANDOR_SHAPLEY_ENUMERATE_H
#define CANDOR_SHAPLEY_ENUMERATE_H

#include "shapley/game.h"

enum { ENUMERATE_MAX = 14 };

struct coalitions {
    const struct game *game;
    const uint32_t *used;   /* [used_count] players of the model */
    size_t used_count;      /* at most ENUMERATE_MAX */
    double *value;          /* [2^players][outputs]: the result */
    double *coefficient;    /* [2^players][outputs] */
    double *linear;         /* [2 × ENUMERATE_MAX] */
    int8_t *bit;            /* [players]: place in a coalition, -1: the same */
    /* Of the pair at hand. */
    const double *row, *reference;
    uint32_t player[ENUMERATE_MAX];
    size_t players;
};

/* Doubles and words of scratch for so many used players. */
size_t coalitions_doubles(const struct game *g, size_t used);
size_t coalitions_words(const struct game *g);
void coalitions_open(struct coalitions *c, const struct game *g,
                     const uint32_t *used, size_t used_count,
                     struct game_scratch *s);
/* Sets player, players and value: margins, base included. */
void coalitions_margins(struct coalitions *c, const double *row,
                        const double *reference);

#endif
