#include "kernel/bins_in.h"

#if defined(__AVX2__)

#include <immintrin.h>

/* The search of bins_avx512.c for 8 floats or 4 doubles, the pivots of the
 * upper levels by a permutation, the others by gathers. */

static void transpose(const double *rows, size_t width, size_t n,
                      size_t sources, double *out)
{
    size_t r = 0;
    for (; sources == BINS_SOURCES && r + 4 <= n; r += 4)
        for (size_t s = 0; s < BINS_SOURCES; s += 4) {
            const double *in = rows + r * width + s;
            __m256d a = _mm256_loadu_pd(in), b = _mm256_loadu_pd(in + width);
            __m256d c = _mm256_loadu_pd(in + 2 * width);
            __m256d d = _mm256_loadu_pd(in + 3 * width);
            __m256d p = _mm256_unpacklo_pd(a, b), q = _mm256_unpackhi_pd(a, b);
            __m256d t = _mm256_unpacklo_pd(c, d), u = _mm256_unpackhi_pd(c, d);
            double *to = out + s * BINS_LANES + r;
            _mm256_storeu_pd(to, _mm256_permute2f128_pd(p, t, 0x20));
            _mm256_storeu_pd(to + BINS_LANES,
                             _mm256_permute2f128_pd(q, u, 0x20));
            _mm256_storeu_pd(to + 2 * BINS_LANES,
                             _mm256_permute2f128_pd(p, t, 0x31));
            _mm256_storeu_pd(to + 3 * BINS_LANES,
                             _mm256_permute2f128_pd(q, u, 0x31));
        }
    for (; r < n; r++)
        for (size_t s = 0; s < sources; s++)
            out[s * BINS_LANES + r] = rows[r * width + s];
}

static inline __m256 pivot_float(const float *t, __m256i j, int level)
{
    if (level <= 3)
        return _mm256_permutevar8x32_ps(_mm256_load_ps(t), j);
    return _mm256_i32gather_ps(t, j, 4);
}

static void floats(const struct bins_column *c, const struct bins_search *s,
                   const double *x, uint8_t *out)
{
    const __m256i missing = _mm256_set1_epi32(c->missing_left ? 0 : 255);
    for (size_t r = 0; r < BINS_LANES; r += 8) {
        __m256 v = _mm256_set_m128(_mm256_cvtpd_ps(_mm256_load_pd(x + r + 4)),
                                   _mm256_cvtpd_ps(_mm256_load_pd(x + r)));
        __m256i j = _mm256_setzero_si256();
#pragma GCC unroll 8
        for (int level = 0; level < BINS_LEVELS; level++) {
            if (level < s->skipped)
                continue;
            __m256 m = _mm256_cmp_ps(pivot_float(s->floats[level], j, level), v,
                                     _CMP_LE_OQ);
            j = _mm256_sub_epi32(_mm256_add_epi32(j, j),
                                 _mm256_castps_si256(m));
        }
        __m256 nan = _mm256_cmp_ps(v, v, _CMP_UNORD_Q);
        j = _mm256_blendv_epi8(j, missing, _mm256_castps_si256(nan));
        __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(j),
                                         _mm256_extracti128_si256(j, 1));
        _mm_storel_epi64((__m128i *)(void *)(out + r),
                         _mm_packus_epi16(words, words));
    }
}

static void doubles(const struct bins_column *c, const struct bins_search *s,
                    const double *x, uint8_t *out)
{
    const __m256i missing = _mm256_set1_epi64x(c->missing_left ? 0 : 255);
    const __m256d tiny = _mm256_set1_pd(BINS_ALMOST_ZERO);
    const __m256d sign = _mm256_set1_pd(-0.0);
    for (size_t r = 0; r < BINS_LANES; r += 4) {
        __m256d v = _mm256_load_pd(x + r);
        __m256d gone = _mm256_cmp_pd(v, v, _CMP_UNORD_Q);
        v = _mm256_andnot_pd(gone, v);
        if (c->missing == BINS_ZERO)
            gone = _mm256_cmp_pd(_mm256_andnot_pd(sign, v), tiny, _CMP_LE_OQ);
        else if (c->missing == BINS_NONE)
            gone = _mm256_setzero_pd();
        __m256i j = _mm256_setzero_si256();
        for (int level = s->skipped; level < BINS_LEVELS; level++) {
            __m256d m = _mm256_cmp_pd(
                _mm256_i64gather_pd(s->doubles[level], j, 8), v, _CMP_LT_OQ);
            j = _mm256_sub_epi64(_mm256_add_epi64(j, j),
                                 _mm256_castpd_si256(m));
        }
        j = _mm256_blendv_epi8(j, missing, _mm256_castpd_si256(gone));
        uint64_t byte[4];
        _mm256_storeu_si256((__m256i *)(void *)byte, j);
        for (size_t i = 0; i < 4; i++)
            out[r + i] = (uint8_t)byte[i];
    }
}

const struct bins_passes bins_avx2 = {transpose, floats, doubles};

#endif
