/* measure/quantile.h: quantiles by linear interpolation between order
 * statistics at 0-based position q (n - 1) (Hyndman & Fan 1996, type 7), the
 * rule of every quantile of this room, and bins made of them. */
#ifndef CANDOR_MEASURE_QUANTILE_H
#define CANDOR_MEASURE_QUANTILE_H

#include <stddef.h>

/* The k-th smallest value, k = 0 … n - 1, of whatever self holds. */
typedef double order_statistic(const void *self, double k);

/* NaN when n is 0; q in [0, 1]. */
double quantile_of(order_statistic *at, const void *self, double n, double q);
/* The i/bins quantiles, i = 1 … bins - 1, ascending. Equal ones are kept once,
 * and one at the smallest value is dropped, because no value lies below it.
 * Returns how many; edge[] has room for bins - 1. */
size_t quantile_edges(order_statistic *at, const void *self, double n,
                      size_t bins, double *edge);
/* Number of edges <= x: the bin of x. */
size_t quantile_bin(const double *edge, size_t edges, double x);
/* order_statistic of an ascending array of doubles. */
double quantile_array(const void *sorted, double k);

#endif
