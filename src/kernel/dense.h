/* kernel/dense.h: dense symmetric positive definite systems of any size. Rows
 * are `stride` doubles apart. One order of operations, the same bits at every
 * level of kernel/simd.h (fma throughout). */
#ifndef CANDOR_KERNEL_DENSE_H
#define CANDOR_KERNEL_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Upper triangle of a[n][stride] → U with a = Uᵀ U (Cholesky); what lies below
 * the diagonal is neither read nor written. False (a undefined): it is not
 * positive definite. */
bool dense_factor(double *a, size_t n, size_t stride);
/* b[n][columns] → U⁻ᵀ b and U⁻¹ b, in place. */
void dense_forward(const double *u, size_t n, size_t stride, double *b,
                   size_t columns, size_t b_stride);
void dense_backward(const double *u, size_t n, size_t stride, double *b,
                    size_t columns, size_t b_stride);
/* w[n][n] ← U⁻ᵀ, lower triangular, zero above. */
void dense_inverse_factor(const double *u, size_t n, size_t stride, double *w);
/* row[n] −= Σ over lines, in order, of factor[l] × u[l][·]. */
void dense_subtract(double *row, const double *u, size_t stride,
                    const double *factor, size_t lines, size_t n);
/* sum[n] += Σ over lines, in order, of factor[which[l]] × u[which[l]][·]. */
void dense_add(double *sum, const double *u, size_t stride,
               const uint32_t *which, const double *factor, size_t lines,
               size_t n);
/* c[rows][columns] += a[k][rows]ᵀ b[k][columns], summed in order of k. */
void dense_gram(const double *a, size_t a_stride, const double *b,
                size_t b_stride, size_t k, size_t rows, size_t columns,
                double *c, size_t c_stride);

#endif
