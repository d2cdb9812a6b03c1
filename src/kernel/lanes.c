#include "kernel/lanes_in.h"

#include "kernel/simd.h"

#define NAME(x) lanes_scalar_##x
#define BYTES 16
#define TILE_OUTS 4
#define TILE_VECTORS 2
#include "kernel/lanes_body.h"

#if defined(__x86_64__)
#define BY_LEVEL(call, arguments)                                              \
    switch (simd_level()) {                                                    \
    case SIMD_AVX512:                                                          \
        lanes_avx512_##call arguments;                                         \
        return;                                                                \
    case SIMD_AVX2:                                                            \
        lanes_avx2_##call arguments;                                           \
        return;                                                                \
    case SIMD_SCALAR:                                                          \
        break;                                                                 \
    }                                                                          \
    lanes_scalar_##call arguments
#else
#define BY_LEVEL(call, arguments) lanes_scalar_##call arguments
#endif

void lanes_affine(const struct lanes_lists *l, const double *weight,
                  const double *bias)
{
    BY_LEVEL(affine, (l, weight, bias));
}

size_t lanes_affine_room(size_t ins, size_t lanes)
{
    return ins * lanes_wide(lanes);
}

void lanes_affine_single(const struct lanes_lists *l, const float *weight,
                         const float *bias, float *room)
{
    BY_LEVEL(affine_single, (l, weight, bias, room));
}

void lanes_relu(const double *x, double *out, size_t n)
{
    BY_LEVEL(relu, (x, out, n));
}

void lanes_round(const double *x, double *out, size_t n)
{
    BY_LEVEL(round, (x, out, n));
}

void lanes_scale(const double *x, double p, double q, double *out, size_t n)
{
    BY_LEVEL(scale, (x, p, q, out, n));
}

void lanes_scale_single(const double *x, float p, float q, double *out,
                        size_t n)
{
    BY_LEVEL(scale_single, (x, p, q, out, n));
}

void lanes_missing(const double *x, double *out, size_t n)
{
    BY_LEVEL(missing, (x, out, n));
}

void lanes_pair(enum lanes_pair f, const double *x, const double *y,
                double *out, size_t n)
{
    BY_LEVEL(pair, (f, x, y, out, n));
}

void lanes_pair_single(enum lanes_pair f, const double *x, const double *y,
                       double *out, size_t n)
{
    BY_LEVEL(pair_single, (f, x, y, out, n));
}

void lanes_choose(const double *x, const double *yes, const double *no,
                  const double *unsaid, double *out, size_t n)
{
    BY_LEVEL(choose, (x, yes, no, unsaid, out, n));
}
