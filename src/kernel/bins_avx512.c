#include "kernel/bins_in.h"

#if defined(__AVX512BW__) && defined(__AVX512DQ__)

#include <immintrin.h>

/* A binary search of 16 floats (8 doubles) at once over 255 places, those after
 * the last cut being NaN, which nothing is at or above. The pivots of each
 * level stand in their own table, found by a permutation of registers. */

static inline void eight(const double *in, size_t width, double *out)
{
    __m512d x[8], t[8];
    for (size_t i = 0; i < 8; i++)
        x[i] = _mm512_loadu_pd(in + i * width);
    for (size_t i = 0; i < 4; i++) {
        t[2 * i] = _mm512_unpacklo_pd(x[2 * i], x[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_pd(x[2 * i], x[2 * i + 1]);
    }
    /* Lane j of t[2 i + c] has source 2 j + c of the rows 2 i and 2 i + 1. */
    for (size_t c = 0; c < 2; c++) {
        __m512d a = _mm512_shuffle_f64x2(t[c], t[2 + c], 0x44);
        __m512d b = _mm512_shuffle_f64x2(t[4 + c], t[6 + c], 0x44);
        __m512d d = _mm512_shuffle_f64x2(t[c], t[2 + c], 0xee);
        __m512d f = _mm512_shuffle_f64x2(t[4 + c], t[6 + c], 0xee);
        _mm512_store_pd(out + (0 + c) * BINS_LANES,
                        _mm512_shuffle_f64x2(a, b, 0x88));
        _mm512_store_pd(out + (2 + c) * BINS_LANES,
                        _mm512_shuffle_f64x2(a, b, 0xdd));
        _mm512_store_pd(out + (4 + c) * BINS_LANES,
                        _mm512_shuffle_f64x2(d, f, 0x88));
        _mm512_store_pd(out + (6 + c) * BINS_LANES,
                        _mm512_shuffle_f64x2(d, f, 0xdd));
    }
}

static void transpose(const double *rows, size_t width, size_t n,
                      size_t sources, double *out)
{
    size_t r = 0;
    if (sources == BINS_SOURCES)
        for (; r + 8 <= n; r += 8)
            eight(rows + r * width, width, out + r);
    for (; r < n; r++)
        for (size_t s = 0; s < sources; s++)
            out[s * BINS_LANES + r] = rows[r * width + s];
}

static inline __m512 pivot_float(const float *t, __m512i j, int level)
{
    const __m512 *p = (const __m512 *)(const void *)t;
    if (level <= 4)
        return _mm512_permutexvar_ps(j, p[0]);
    __m512 a = _mm512_permutex2var_ps(p[0], j, p[1]);
    if (level == 5)
        return a;
    __m512 b = _mm512_permutex2var_ps(p[2], j, p[3]);
    __mmask16 m = _mm512_test_epi32_mask(j, _mm512_set1_epi32(32));
    a = _mm512_mask_blend_ps(m, a, b);
    if (level == 6)
        return a;
    __m512 c = _mm512_permutex2var_ps(p[4], j, p[5]);
    __m512 d = _mm512_permutex2var_ps(p[6], j, p[7]);
    c = _mm512_mask_blend_ps(m, c, d);
    return _mm512_mask_blend_ps(
        _mm512_test_epi32_mask(j, _mm512_set1_epi32(64)), a, c);
}

static void floats(const struct bins_column *c, const struct bins_search *s,
                   const double *x, uint8_t *out)
{
    const __m512i one = _mm512_set1_epi32(1);
    const __m128i missing = _mm_set1_epi8(c->missing_left ? 0 : (char)255);
    for (size_t r = 0; r < BINS_LANES; r += 16) {
        __m512 v = _mm512_insertf32x8(
            _mm512_castps256_ps512(_mm512_cvtpd_ps(_mm512_load_pd(x + r))),
            _mm512_cvtpd_ps(_mm512_load_pd(x + r + 8)), 1);
        __m512i j = _mm512_setzero_si512();
#pragma GCC unroll 8
        for (int level = 0; level < 8; level++) {
            if (level < s->skipped)
                continue;
            __mmask16 m = _mm512_cmp_ps_mask(
                pivot_float(s->floats[level], j, level), v, _CMP_LE_OQ);
            j = _mm512_add_epi32(j, j);
            j = _mm512_mask_add_epi32(j, m, j, one);
        }
        __mmask16 nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
        __m128i bytes = _mm_mask_blend_epi8(nan, _mm512_cvtepi32_epi8(j),
                                            missing);
        _mm_storeu_si128((__m128i *)(void *)(out + r), bytes);
    }
}

/* A blend of two halves for every bit of the index above the fourth. */
static inline __m512d pivot_double(const double *t, __m512i j, int level)
{
    const __m512d *p = (const __m512d *)(const void *)t;
    if (level <= 3)
        return _mm512_permutexvar_pd(j, p[0]);
    __m512d a[8];
    int n = 1 << (level - 4);
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        if (i < n)
            a[i] = _mm512_permutex2var_pd(p[2 * i], j, p[2 * i + 1]);
#pragma GCC unroll 3
    for (int bit = 4; bit < 7; bit++) {
        __mmask8 m =
            _mm512_test_epi64_mask(j, _mm512_set1_epi64(1LL << bit));
        int half = n >> (bit - 3);
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
            if (i < half)
                a[i] = _mm512_mask_blend_pd(m, a[2 * i], a[2 * i + 1]);
    }
    return a[0];
}

static void doubles(const struct bins_column *c, const struct bins_search *s,
                    const double *x, uint8_t *out)
{
    const __m512i one = _mm512_set1_epi64(1);
    const __m128i missing = _mm_set1_epi8(c->missing_left ? 0 : (char)255);
    const __m512d tiny = _mm512_set1_pd(BINS_ALMOST_ZERO);
    for (size_t r = 0; r < BINS_LANES; r += 8) {
        __m512d v = _mm512_load_pd(x + r);
        __mmask8 gone = _mm512_cmp_pd_mask(v, v, _CMP_UNORD_Q);
        v = _mm512_mask_mov_pd(v, gone, _mm512_setzero_pd());
        if (c->missing == BINS_ZERO)
            gone = _mm512_cmp_pd_mask(_mm512_abs_pd(v), tiny, _CMP_LE_OQ);
        else if (c->missing == BINS_NONE)
            gone = 0;
        __m512i j = _mm512_setzero_si512();
#pragma GCC unroll 8
        for (int level = 0; level < 8; level++) {
            if (level < s->skipped)
                continue;
            __mmask8 m = _mm512_cmp_pd_mask(
                pivot_double(s->doubles[level], j, level), v, _CMP_LT_OQ);
            j = _mm512_add_epi64(j, j);
            j = _mm512_mask_add_epi64(j, m, j, one);
        }
        __m128i bytes =
            _mm_mask_blend_epi8(gone, _mm512_cvtepi64_epi8(j), missing);
        _mm_storel_epi64((__m128i *)(void *)(out + r), bytes);
    }
}

const struct bins_passes bins_avx512 = {transpose, floats, doubles};

#endif
