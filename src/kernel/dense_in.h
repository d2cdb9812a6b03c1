/* kernel/dense_in.h: the variants of kernel/dense.h. Private. */
#ifndef CANDOR_KERNEL_DENSE_IN_H
#define CANDOR_KERNEL_DENSE_IN_H

#include <stddef.h>
#include <stdint.h>

/* row[from … n) −= Σ over lines l < lines, in order, of factor[l] × u[l][·];
 * u's lines are stride apart. */
#define DENSE_VARIANT(level)                                                   \
    void dense_##level##_subtract(double *row, const double *u, size_t stride, \
                                  const double *factor, size_t lines,          \
                                  size_t n)

/* sum[n] += Σ over lines, in order, of factor[which] × u[which][·]. */
#define DENSE_VARIANT_ADD(level)                                               \
    void dense_##level##_add(double *sum, const double *u, size_t stride,      \
                             const uint32_t *which, const double *factor,      \
                             size_t lines, size_t n)

DENSE_VARIANT(scalar);
DENSE_VARIANT(avx2);
DENSE_VARIANT(avx512);
DENSE_VARIANT_ADD(scalar);
DENSE_VARIANT_ADD(avx2);
DENSE_VARIANT_ADD(avx512);

#endif
