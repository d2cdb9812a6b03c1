/* kernel/sort.h: order of doubles by radix, O(n), stable, so the order of equal
 * values is the order of rows. -0 sorts with 0. NaN must not be there. */
#ifndef CANDOR_KERNEL_SORT_H
#define CANDOR_KERNEL_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* order[n]: row indices, ascending by x. Needs 24 bytes a row while it runs.
 * False: no memory. n < 2^32. */
bool sort_order(const double *x, size_t n, uint32_t *order);
/* In place. */
bool sort_values(double *x, size_t n);

#endif
