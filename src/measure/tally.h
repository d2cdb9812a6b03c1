/* measure/tally.h: the distribution of one numeric column in bounded memory:
 * counts of values, exact up to TALLY_CAP distinct ones; beyond that values are
 * cut to fewer bits of their mantissa (16, 12, 10, 8 … 0) until they fit, the
 * largest number of bits that fits being kept. The bits kept and every count
 * depend only on the set of values, not on their order, so tallies merge in any
 * order to the same bits. With b bits a value is known to 2^-b of itself (8
 * bits: 0.4 %), an exponential histogram as in Masson et al. 2019. */
#ifndef CANDOR_MEASURE_TALLY_H
#define CANDOR_MEASURE_TALLY_H

#include "base/error.h"

#include <stdint.h>

enum { TALLY_CAP = 8192 };

struct tally;

struct tally *tally_new(void); /* NULL: no memory */
void tally_free(struct tally *t);
/* NaN counts as missing; infinities as `infinite`, outside the rest. */
MUST_USE status tally_add(struct tally *t, double x, struct error *e);
MUST_USE status tally_merge(struct tally *into, const struct tally *from,
                            struct error *e);

struct tally_value {
    double value; /* lower end of its cell (towards zero); itself when exact */
    double n;
};
/* Ascending; valid until the next change. NULL when there is no memory or no
 * value (count 0). */
const struct tally_value *tally_values(struct tally *t, size_t *count);
double tally_n(const struct tally *t);        /* finite values */
double tally_missing(const struct tally *t);
double tally_infinite(const struct tally *t);
bool tally_exact(const struct tally *t);
int tally_bits(const struct tally *t);        /* 52 when exact */
/* Quantile q in [0, 1], linear interpolation (type 7); NaN when empty. */
double tally_quantile(struct tally *t, double q);
/* Edges of bins of equal count (measure/quantile.h); edge[bins - 1]. */
size_t tally_edges(struct tally *t, size_t bins, double *edge);

#endif
