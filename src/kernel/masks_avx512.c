#include "kernel/masks_in.h"

#if defined(__AVX512F__) && defined(__AVX512CD__) && defined(__AVX512BW__)

#include <immintrin.h>

static inline __m512i words_at(const struct masks_term *term, size_t terms,
                               size_t v)
{
    __m512i m = _mm512_set1_epi64(-1);

    for (size_t i = 0; i < terms; i++) {
        __m512i a = _mm512_loadu_si512(term[i].a + v);
        __m512i b = _mm512_loadu_si512(term[i].b + v);
        m = term[i].either ? _mm512_and_si512(m, _mm512_or_si512(a, b))
                           : _mm512_ternarylogic_epi64(m, a, b, 0x80);
    }
    return m;
}

double masks_sum_avx512(const struct masks_part *p,
                        const struct masks_term *term, size_t terms)
{
    __m512d sum = _mm512_setzero_pd();
    double lane[MASKS_LANES];

    for (size_t v = p->first; v < p->end; v += MASKS_LANES) {
        __m512i at =
            _mm512_add_epi64(_mm512_loadu_si512(p->offset + v),
                             _mm512_lzcnt_epi64(words_at(term, terms, v)));
        sum = _mm512_add_pd(sum, _mm512_i64gather_pd(at, p->value, 8));
    }
    _mm512_storeu_pd(lane, sum);
    return masks_wides(p, term, terms, masks_fold(lane));
}

void masks_and_avx512(uint64_t *out, const struct masks_term *term,
                      size_t terms, size_t words)
{
    for (size_t v = 0; v < words; v += MASKS_LANES)
        _mm512_storeu_si512(out + v, words_at(term, terms, v));
}

size_t masks_meet_avx512(const struct masks_sides *side, size_t sides, size_t n,
                         size_t row, uint64_t full, size_t most, uint64_t *out)
{
    size_t count = 0;

    for (size_t i = 0; i < n && count <= most; i++) {
        uint64_t m = full;
        for (size_t s = 0; s < sides; s++) {
            const struct masks_sides *x = &side[s];
            __m512i low = _mm512_set1_epi16((short)x->low[i]);
            __m512i high = _mm512_set1_epi16((short)x->high[i]);
            uint64_t both = 0;
            for (size_t k = 0; k < row; k += MASKS_ROW) {
                uint64_t in = _mm512_mask_cmpge_epu16_mask(
                    _mm512_cmple_epu16_mask(_mm512_loadu_si512(x->low_b + k),
                                            high),
                    _mm512_loadu_si512(x->high_b + k), low);
                both |= in << k;
            }
            m &= both;
        }
        out[i] = m;
        count += (size_t)__builtin_popcountll(m);
    }
    return count;
}

#endif
