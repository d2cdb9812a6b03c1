#include "kernel/masks_in.h"

#if defined(__AVX2__)

#include <immintrin.h>

static inline __m256i load(const uint64_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline __m256i words_at(const struct masks_term *term, size_t terms,
                               size_t v)
{
    __m256i m = _mm256_set1_epi64x(-1);

    for (size_t i = 0; i < terms; i++) {
        __m256i a = load(term[i].a + v), b = load(term[i].b + v);
        m = _mm256_and_si256(m, term[i].either ? _mm256_or_si256(a, b)
                                               : _mm256_and_si256(a, b));
    }
    return m;
}

double masks_sum_avx2(const struct masks_part *p, const struct masks_term *term,
                      size_t terms)
{
    double lane[MASKS_LANES] = {0};

    for (size_t v = p->first; v < p->end; v += MASKS_LANES) {
        uint64_t m[MASKS_LANES];
        _mm256_storeu_si256((__m256i *)(void *)m, words_at(term, terms, v));
        _mm256_storeu_si256((__m256i *)(void *)(m + 4),
                            words_at(term, terms, v + 4));
        for (size_t i = 0; i < MASKS_LANES; i++)
            lane[i] += p->value[p->offset[v + i] + masks_zeros(m[i])];
    }
    return masks_wides(p, term, terms, masks_fold(lane));
}

void masks_and_avx2(uint64_t *out, const struct masks_term *term, size_t terms,
                    size_t words)
{
    for (size_t v = 0; v < words; v += 4)
        _mm256_storeu_si256((__m256i *)(void *)(out + v),
                            words_at(term, terms, v));
}

#endif
