/* kernel/lanes_in.h: the variants of kernel/lanes.h. Private. */
#ifndef CANDOR_KERNEL_LANES_IN_H
#define CANDOR_KERNEL_LANES_IN_H

#include "kernel/lanes.h"

#define LANES_VARIANT(level)                                                   \
    void lanes_##level##_affine(const struct lanes_lists *l,                   \
                                const double *weight, const double *bias);     \
    void lanes_##level##_affine_single(const struct lanes_lists *l,            \
                                       const float *weight, const float *bias, \
                                       float *room);                           \
    void lanes_##level##_relu(const double *x, double *out, size_t n);         \
    void lanes_##level##_round(const double *x, double *out, size_t n);        \
    void lanes_##level##_scale(const double *x, double p, double q,            \
                               double *out, size_t n);                         \
    void lanes_##level##_scale_single(const double *x, float p, float q,       \
                                      double *out, size_t n);                  \
    void lanes_##level##_missing(const double *x, double *out, size_t n);      \
    void lanes_##level##_pair(enum lanes_pair f, const double *x,              \
                              const double *y, double *out, size_t n);         \
    void lanes_##level##_pair_single(enum lanes_pair f, const double *x,       \
                                     const double *y, double *out, size_t n);  \
    void lanes_##level##_choose(const double *x, const double *yes,            \
                                const double *no, const double *unsaid,        \
                                double *out, size_t n)

LANES_VARIANT(scalar);
LANES_VARIANT(avx2);
LANES_VARIANT(avx512);

/* Floats of a line of room: whole vectors of the widest level. */
static inline size_t lanes_wide(size_t lanes)
{
    return (lanes + 15) / 16 * 16;
}

#endif
