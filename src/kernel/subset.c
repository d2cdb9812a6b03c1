#include "kernel/subset_in.h"

#include "kernel/quadrature.h"
#include "kernel/simd.h"

#include <math.h>

#define NAME(x) subset_scalar_##x
#include "kernel/subset_body.h"

#if defined(__x86_64__)
#define BY_LEVEL(call, arguments)                                              \
    switch (simd_level()) {                                                    \
    case SIMD_AVX512:                                                          \
        subset_avx512_##call arguments;                                        \
        return;                                                                \
    case SIMD_AVX2:                                                            \
        subset_avx2_##call arguments;                                          \
        return;                                                                \
    case SIMD_SCALAR:                                                          \
        break;                                                                 \
    }                                                                          \
    subset_scalar_##call arguments
#else
#define BY_LEVEL(call, arguments) subset_scalar_##call arguments
#endif

status subset_rules(struct subset_rule rule[SUBSET_MAX + 1], struct error *e)
{
    memset(rule, 0, (SUBSET_MAX + 1) * sizeof *rule);
    for (size_t k = 1; k <= SUBSET_MAX; k++) {
        struct subset_rule *r = &rule[k];
        double weight[SUBSET_NODES];

        r->nodes = (k + 1) / 2;
        TRY(quadrature_legendre(r->nodes, r->t, weight, e));
        for (size_t q = 0; q < r->nodes; q++) {
            double up = 1, down = weight[q];
            for (size_t a = 0; a <= k; a++) {
                r->power[a][q] = up;
                r->against[a][q] = down;
                r->with[a][q] = down / r->t[q];
                up *= r->t[q];
                down *= 1 - r->t[q];
            }
        }
    }
    return ST_OK;
}

size_t subset_room(size_t k)
{
    return ((size_t)3 + (k + 1) / 2) << k;
}

void subset_values(const struct subset_rule *r, size_t k, const double *n,
                   const double *share, double value, double *room,
                   double *out)
{
    BY_LEVEL(values, (r, k, n, share, value, room, out));
}

void subset_spread(double *to, const double *from, const uint16_t *at,
                   size_t count)
{
    BY_LEVEL(spread, (to, from, at, count));
}

void subset_index(uint16_t *index, const uint16_t *above, const uint8_t *byte,
                  uint8_t limit, uint16_t bit, bool when_left, size_t rows)
{
    BY_LEVEL(index, (index, above, byte, limit, bit, when_left, rows));
}
