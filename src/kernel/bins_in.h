/* kernel/bins_in.h: what the variants of bins share. */
#ifndef CANDOR_KERNEL_BINS_IN_H
#define CANDOR_KERNEL_BINS_IN_H

#include "kernel/bins.h"

enum {
    BINS_SOURCES = 8, /* columns of the rows turned at a time */
    BINS_STRIP = 512, /* rows for which a column's search is set up once */
    BINS_LEVELS = 8
};
#define BINS_ALMOST_ZERO ((double)1e-35F)

/* A binary search in 255 places, the cuts and then NaN. Level k halves steps of
 * 128 >> k: its pivot number j is place j * (256 >> k) + (128 >> k) - 1. Levels
 * that can only go down are skipped. */
struct bins_search {
    int skipped;
    union {
        _Alignas(64) float floats[BINS_LEVELS][128];
        _Alignas(64) double doubles[BINS_LEVELS][128];
    };
};

struct bins_passes {
    /* rows[n][width], n <= 64, of which the first `sources` → out[s][64];
     * out is aligned to 64 bytes. */
    void (*transpose)(const double *rows, size_t width, size_t n,
                      size_t sources, double *out);
    /* 64 values → 64 bytes for a column that compares floats, doubles. */
    void (*floats)(const struct bins_column *c, const struct bins_search *s,
                   const double *x, uint8_t *out);
    void (*doubles)(const struct bins_column *c, const struct bins_search *s,
                    const double *x, uint8_t *out);
};

#if defined(__x86_64__)
extern const struct bins_passes bins_avx2, bins_avx512;
#endif

#endif
