/* The definitions that estimators are held against: every coalition listed. */
#ifndef CANDOR_TESTS_COALITIONS_H
#define CANDOR_TESTS_COALITIONS_H

#include "shapley/estimators.h"

enum { COALITIONS_OUTPUTS = 3 };

/* v[outputs][2^players] of the estimator's own game. reference[count][features]
 * is read where it needs one. At most 16 players, COALITIONS_OUTPUTS outputs
 * and 64 features. */
void coalition_values(const struct estimator *s, const struct model *m,
                      const uint32_t *player, size_t players,
                      const double *row, const double *reference, size_t count,
                      double *v);
double coalition_shapley(const double *v, unsigned players, unsigned i);
/* Half the Shapley interaction index of i and j, i != j. */
double coalition_pair(const double *v, unsigned players, unsigned i,
                      unsigned j);

#endif
