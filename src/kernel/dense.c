#include "kernel/dense.h"

#include "kernel/dense_in.h"
#include "kernel/simd.h"

#include <math.h>
#include <string.h>

#define NAME(x) dense_scalar_##x
#include "kernel/dense_body.h"

/* Lines that are applied to a row at once, and columns of it. */
enum { LINES = 8 };

typedef void subtract_line(double *row, const double *u, size_t stride,
                           const double *factor, size_t lines, size_t n);

static subtract_line *variant(void)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        return dense_avx512_subtract;
    case SIMD_AVX2:
        return dense_avx2_subtract;
    case SIMD_SCALAR:
        break;
    }
#endif
    return dense_scalar_subtract;
}

void dense_subtract(double *row, const double *u, size_t stride,
                    const double *factor, size_t lines, size_t n)
{
    variant()(row, u, stride, factor, lines, n);
}

void dense_add(double *sum, const double *u, size_t stride,
               const uint32_t *which, const double *factor, size_t lines,
               size_t n)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        dense_avx512_add(sum, u, stride, which, factor, lines, n);
        return;
    case SIMD_AVX2:
        dense_avx2_add(sum, u, stride, which, factor, lines, n);
        return;
    case SIMD_SCALAR:
        break;
    }
#endif
    dense_scalar_add(sum, u, stride, which, factor, lines, n);
}

bool dense_factor(double *a, size_t n, size_t stride)
{
    subtract_line *subtract = variant();
    double factor[LINES];

    for (size_t k = 0; k < n; k += LINES) {
        size_t end = k + LINES < n ? k + LINES : n;

        for (size_t i = k; i < n; i++) {
            double *row = a + i * stride;
            size_t lines = i < end ? i - k : end - k;
            double root;

            for (size_t l = 0; l < lines; l++)
                factor[l] = a[(k + l) * stride + i];
            subtract(row + i, a + k * stride + i, stride, factor, lines, n - i);
            if (i >= end)
                continue;
            if (!(row[i] > 0) || !isfinite(row[i]))
                return false;
            root = sqrt(row[i]);
            for (size_t j = i; j < n; j++)
                row[j] /= root;
        }
    }
    return true;
}

/* b is lower triangular with zeros above when `triangular`: columns beyond the
 * row's own stay zero. */
static void forward(const double *u, size_t n, size_t stride, double *b,
                    size_t columns, size_t b_stride, bool triangular)
{
    subtract_line *subtract = variant();
    double factor[LINES];

    for (size_t k = 0; k < n; k += LINES) {
        size_t end = k + LINES < n ? k + LINES : n;

        for (size_t i = k; i < n; i++) {
            double *row = b + i * b_stride;
            size_t lines = i < end ? i - k : end - k;
            size_t used = triangular ? (i < end ? i + 1 : end) : columns;

            for (size_t l = 0; l < lines; l++)
                factor[l] = u[(k + l) * stride + i];
            subtract(row, b + k * b_stride, b_stride, factor, lines, used);
            if (i >= end)
                continue;
            for (size_t j = 0; j < used; j++)
                row[j] /= u[i * stride + i];
        }
    }
}

void dense_forward(const double *u, size_t n, size_t stride, double *b,
                   size_t columns, size_t b_stride)
{
    forward(u, n, stride, b, columns, b_stride, false);
}

void dense_backward(const double *u, size_t n, size_t stride, double *b,
                    size_t columns, size_t b_stride)
{
    subtract_line *subtract = variant();

    for (size_t i = n; i-- > 0;) {
        double *row = b + i * b_stride;

        subtract(row, row + b_stride, b_stride, u + i * stride + i + 1,
                 n - i - 1, columns);
        for (size_t j = 0; j < columns; j++)
            row[j] /= u[i * stride + i];
    }
}

void dense_inverse_factor(const double *u, size_t n, size_t stride, double *w)
{
    memset(w, 0, n * n * sizeof *w);
    for (size_t i = 0; i < n; i++)
        w[i * n + i] = 1;
    forward(u, n, stride, w, n, n, true);
}

void dense_gram(const double *a, size_t a_stride, const double *b,
                size_t b_stride, size_t k, size_t rows, size_t columns,
                double *c, size_t c_stride)
{
    subtract_line *subtract = variant();
    double factor[LINES];

    for (size_t from = 0; from < k; from += LINES) {
        size_t lines = k - from < LINES ? k - from : LINES;

        for (size_t i = 0; i < rows; i++) {
            for (size_t l = 0; l < lines; l++)
                factor[l] = -a[(from + l) * a_stride + i];
            subtract(c + i * c_stride, b + from * b_stride, b_stride, factor,
                     lines, columns);
        }
    }
}
