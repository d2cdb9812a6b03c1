/* reasons/leading.h: the first reasons of one method alone, for millions of
 * rows: the sums, the order and the ties of reasons_find, without the rest. */
#ifndef CANDOR_REASONS_LEADING_H
#define CANDOR_REASONS_LEADING_H

#include <stdbool.h>
#include <stddef.h>

/* Sums phi[inputs] (margin scale) into shortfall[factors]; factor_of[input] is
 * its factor, -1 none. higher_is_better: of the margin, for the person. */
void leading_shortfalls(const long *factor_of, size_t inputs,
                        const double *phi, bool higher_is_better,
                        double *shortfall, size_t factors);
/* The k largest positive ones, largest first, ties in the declared order.
 * Returns how many. */
size_t leading_factors(const double *shortfall, size_t factors, size_t k,
                       size_t *factor);
/* Could errors change what leading_factors gave (its result and count)?
 * parts[factor]: how many inputs that the model reads it sums; each of their
 * values is known to `bound`. Looks at neighbours in the order, at what stands
 * next behind it, and at the sign where fewer than k are adverse. */
bool leading_doubtful(const double *shortfall, size_t factors, size_t k,
                      const size_t *factor, size_t count, const size_t *parts,
                      double bound);

#endif
