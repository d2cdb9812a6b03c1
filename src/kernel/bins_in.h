/* kernel/bins_in.h: what the variants of bins share. */
#ifndef CANDOR_KERNEL_BINS_IN_H
#define CANDOR_KERNEL_BINS_IN_H

#include "kernel/bins.h"

enum { BINS_SOURCES = 8 /* columns of the rows turned at a time */ };
#define BINS_ALMOST_ZERO ((double)1e-35F)

struct bins_passes {
    /* rows[n][width], n <= 64, of which the first `sources` → out[s][64] */
    void (*transpose)(const double *rows, size_t width, size_t n,
                      size_t sources, double *out);
    /* 64 values → 64 bytes for a column that compares floats, doubles. */
    void (*floats)(const struct bins_column *c, const double *x, uint8_t *out);
    void (*doubles)(const struct bins_column *c, const double *x, uint8_t *out);
};

void bins_scalar(const struct bins_column *c, const double *x, uint8_t *out);

#endif
