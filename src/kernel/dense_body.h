/* kernel/dense_body.h: the body of each variant of kernel/dense_in.h; NAME and
 * the compiler's flags make the difference. Lanes are independent columns. */
#include <math.h>

void NAME(subtract)(double *restrict row, const double *restrict u,
                    size_t stride, const double *restrict factor, size_t lines,
                    size_t n)
{
    size_t l = 0;

    for (; l + 4 <= lines; l += 4) {
        const double *u0 = u + l * stride, *u1 = u0 + stride;
        const double *u2 = u1 + stride, *u3 = u2 + stride;
        double f0 = -factor[l], f1 = -factor[l + 1];
        double f2 = -factor[l + 2], f3 = -factor[l + 3];

        for (size_t j = 0; j < n; j++) {
            double x = fma(f0, u0[j], row[j]);

            x = fma(f1, u1[j], x);
            x = fma(f2, u2[j], x);
            row[j] = fma(f3, u3[j], x);
        }
    }
    for (; l < lines; l++) {
        const double *u0 = u + l * stride;
        double f0 = -factor[l];

        for (size_t j = 0; j < n; j++)
            row[j] = fma(f0, u0[j], row[j]);
    }
}

void NAME(add)(double *restrict sum, const double *restrict u, size_t stride,
               const uint32_t *restrict which, const double *restrict factor,
               size_t lines, size_t n)
{
    size_t l = 0;

    for (; l + 4 <= lines; l += 4) {
        const double *u0 = u + which[l] * stride;
        const double *u1 = u + which[l + 1] * stride;
        const double *u2 = u + which[l + 2] * stride;
        const double *u3 = u + which[l + 3] * stride;
        double f0 = factor[which[l]], f1 = factor[which[l + 1]];
        double f2 = factor[which[l + 2]], f3 = factor[which[l + 3]];

        for (size_t j = 0; j < n; j++) {
            double x = fma(f0, u0[j], sum[j]);

            x = fma(f1, u1[j], x);
            x = fma(f2, u2[j], x);
            sum[j] = fma(f3, u3[j], x);
        }
    }
    for (; l < lines; l++) {
        const double *u0 = u + which[l] * stride;

        for (size_t j = 0; j < n; j++)
            sum[j] = fma(factor[which[l]], u0[j], sum[j]);
    }
}
