/* kernel/subset.h: Shapley values of one leaf for every pattern of a row, from
 * how a reference stands to the leaf, by sums over subsets.
 *
 * A leaf of value 1 has k conditions. n(B): weight of the reference rows whose
 * failing set is B (or, path-dependent, the product of cover shares: conditions
 * that fail by chance, each by itself). A row satisfies the set S, A is the
 * rest, a = |A|. With Gauss–Legendre nodes t_q, weights w_q, ceil(k / 2) of
 * them (exact: the integrand has degree k − 1), and
 *   Z_q(S) = Σ_{B ⊆ S} n(B) t_q^|B|
 * the integral forms of b! a! / (a + b + 1)! (see shapley/patterns.h) give
 *   i ∈ S:  Σ_q w_q (1 − t_q)^a / t_q (Z_q(S) − Z_q(S ∖ i))
 *   i ∈ A: −Σ_q w_q (1 − t_q)^(a − 1) Z_q(S)
 * Both parts of the first are sums over q that do not depend on i, so a value
 * costs one subtraction. All doubles; every level gives the same bits. */
#ifndef CANDOR_KERNEL_SUBSET_H
#define CANDOR_KERNEL_SUBSET_H

#include "base/error.h"

#include <stdint.h>

enum { SUBSET_MAX = 14, SUBSET_NODES = (SUBSET_MAX + 1) / 2 };

struct subset_rule {
    size_t nodes;
    double t[SUBSET_NODES];
    /* by a = |A|: for Z(S), Z(S ∖ i) and the failing side */
    double with[SUBSET_MAX + 1][SUBSET_NODES];
    double against[SUBSET_MAX + 1][SUBSET_NODES];
    double power[SUBSET_MAX + 1][SUBSET_NODES]; /* t^b */
};

/* rule[0 … SUBSET_MAX] by k; rule[0] is empty. */
MUST_USE status subset_rules(struct subset_rule rule[SUBSET_MAX + 1],
                             struct error *e);

/* Doubles of room that subset_values needs for k conditions. */
size_t subset_room(size_t k);

/* out[k][2^k] by satisfied set, times `value`. One of n[2^k] (by failing set)
 * and share[k] (chance that a condition holds) is NULL. */
void subset_values(const struct subset_rule *r, size_t k, const double *n,
                   const double *share, double value, double *room,
                   double *out);

/* to[i] += from[at[i]], count of them. */
void subset_spread(double *to, const double *from, const uint16_t *at,
                   size_t count);

/* index[row] = above[row] | ((byte[row] < limit) == when_left ? bit : 0);
 * above NULL: 0. */
void subset_index(uint16_t *index, const uint16_t *above, const uint8_t *byte,
                  uint8_t limit, uint16_t bit, bool when_left, size_t rows);

#endif
