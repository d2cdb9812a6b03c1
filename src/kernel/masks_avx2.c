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

/* low <= x and high >= y, of 16 numbers without a sign. */
static inline __m256i within(__m256i low, __m256i high, __m256i x, __m256i y)
{
    return _mm256_and_si256(
        _mm256_cmpeq_epi16(_mm256_min_epu16(low, x), low),
        _mm256_cmpeq_epi16(_mm256_max_epu16(high, y), high));
}

static inline __m256i sixteen(const uint16_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

size_t masks_meet_avx2(const struct masks_sides *side, size_t sides, size_t n,
                       size_t row, uint64_t full, size_t most, uint64_t *out)
{
    size_t count = 0;

    for (size_t i = 0; i < n && count <= most; i++) {
        uint64_t m = full;
        for (size_t s = 0; s < sides; s++) {
            const struct masks_sides *x = &side[s];
            __m256i low = _mm256_set1_epi16((short)x->low[i]);
            __m256i high = _mm256_set1_epi16((short)x->high[i]);
            uint64_t both = 0;
            for (size_t k = 0; k < row; k += MASKS_ROW) {
                __m256i a = within(sixteen(x->low_b + k),
                                   sixteen(x->high_b + k), high, low);
                __m256i b = within(sixteen(x->low_b + k + 16),
                                   sixteen(x->high_b + k + 16), high, low);
                /* Packing swaps the middle quarters. */
                __m256i bytes =
                    _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);
                both |= (uint64_t)(uint32_t)_mm256_movemask_epi8(bytes) << k;
            }
            m &= both;
        }
        out[i] = m;
        count += (size_t)__builtin_popcountll(m);
    }
    return count;
}

#endif
