/* kernel/solve.h: small dense symmetric positive definite systems. */
#ifndef CANDOR_KERNEL_SOLVE_H
#define CANDOR_KERNEL_SOLVE_H

#include <stdbool.h>
#include <stddef.h>

enum { SOLVE_MAX = 64 };

/* a[n*n] row-major, symmetric positive definite → its inverse in place, by
 * Cholesky. False (a undefined) when it is not positive definite or n is 0 or
 * above SOLVE_MAX. */
bool solve_inverse(double *a, size_t n);
/* x = a^-1 b; a is overwritten. */
bool solve_linear(double *a, const double *b, double *x, size_t n);

#endif
