/* shapley/interact.h: what is done with interactions once they are computed. */
#ifndef CANDOR_SHAPLEY_INTERACT_H
#define CANDOR_SHAPLEY_INTERACT_H

#include "shapley/estimators.h"

/* The places of the k pairs of largest |value| among the n pairs of one output
 * of one row, largest first; equal sizes in the order of the pairs. main_too:
 * main effects (i, i) count as pairs. Zeros are never listed. Returns how many
 * there are, at most k. */
size_t pairs_largest(const struct explain_pair *pair, const double *value,
                     size_t n, bool main_too, size_t k, size_t *place);

#endif
