#include "kernel/masks_in.h"

#include "kernel/simd.h"

static double sum_scalar(const struct masks_part *p,
                         const struct masks_term *term, size_t terms)
{
    double lane[MASKS_LANES] = {0};

    for (size_t v = p->first; v < p->end; v += MASKS_LANES) {
        for (size_t i = 0; i < MASKS_LANES; i++) {
            uint64_t m = masks_word(term, terms, v + i);
            lane[i] += p->value[p->offset[v + i] + masks_zeros(m)];
        }
    }
    return masks_wides(p, term, terms, masks_fold(lane));
}

static void and_scalar(uint64_t *out, const struct masks_term *term,
                       size_t terms, size_t words)
{
    for (size_t v = 0; v < words; v++)
        out[v] = masks_word(term, terms, v);
}

double masks_sum(const struct masks_part *p, const struct masks_term *term,
                 size_t terms)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        return masks_sum_avx512(p, term, terms);
    case SIMD_AVX2:
        return masks_sum_avx2(p, term, terms);
    case SIMD_SCALAR:
        break;
    }
#endif
    return sum_scalar(p, term, terms);
}

void masks_and(uint64_t *out, const struct masks_term *term, size_t terms,
               size_t words)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        masks_and_avx512(out, term, terms, words);
        return;
    case SIMD_AVX2:
        masks_and_avx2(out, term, terms, words);
        return;
    case SIMD_SCALAR:
        break;
    }
#endif
    and_scalar(out, term, terms, words);
}

static size_t meet_scalar(const struct masks_sides *side, size_t sides,
                          size_t n, size_t row, uint64_t full, size_t most,
                          uint64_t *out)
{
    size_t count = 0;

    for (size_t i = 0; i < n && count <= most; i++) {
        uint64_t m = full;
        for (size_t s = 0; s < sides; s++) {
            const struct masks_sides *x = &side[s];
            uint64_t both = 0;
            for (size_t k = 0; k < row; k++)
                both |= (uint64_t)(x->low_b[k] <= x->high[i] &&
                                   x->high_b[k] >= x->low[i])
                        << k;
            m &= both;
        }
        out[i] = m;
        count += (size_t)__builtin_popcountll(m);
    }
    return count;
}

size_t masks_meet(const struct masks_sides *side, size_t sides, size_t n,
                  size_t row, uint64_t full, size_t most, uint64_t *out)
{
#if defined(__x86_64__)
    switch (simd_level()) {
    case SIMD_AVX512:
        return masks_meet_avx512(side, sides, n, row, full, most, out);
    case SIMD_AVX2:
        return masks_meet_avx2(side, sides, n, row, full, most, out);
    case SIMD_SCALAR:
        break;
    }
#endif
    return meet_scalar(side, sides, n, row, full, most, out);
}
