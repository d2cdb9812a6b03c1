/* shapley/group.h: contributions of inputs → contributions of factors. */
#ifndef CANDOR_SHAPLEY_GROUP_H
#define CANDOR_SHAPLEY_GROUP_H

#include <stddef.h>

/* group_of[features]: the factor of each feature, or -1 for none. Writes the
 * plain sums, in feature order, to out[groups]; returns the sum over features
 * of no factor, so that nothing is lost. */
double shapley_group(const double *phi, size_t features, const long *group_of,
                     size_t groups, double *out);

#endif
