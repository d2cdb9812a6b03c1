/* kernel/subset_in.h: the variants of subset.h, one set a level. Private. */
#ifndef CANDOR_KERNEL_SUBSET_IN_H
#define CANDOR_KERNEL_SUBSET_IN_H

#include "kernel/subset.h"

#define SUBSET_LEVEL(level)                                                    \
    void subset_##level##_values(const struct subset_rule *r, size_t k,        \
                                 const double *n, const double *share,         \
                                 double value, double *room, double *out);     \
    void subset_##level##_spread(double *restrict to,                          \
                                 const double *restrict from,                  \
                                 const uint16_t *restrict at, size_t count);   \
    void subset_##level##_index(                                               \
        uint16_t *restrict index, const uint16_t *restrict above,              \
        const uint8_t *restrict byte, uint8_t limit, uint16_t bit,             \
        bool when_left, size_t rows);

SUBSET_LEVEL(scalar)
SUBSET_LEVEL(avx2)
SUBSET_LEVEL(avx512)

#endif
