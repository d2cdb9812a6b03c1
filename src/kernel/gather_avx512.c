#include "kernel/gather_in.h"

#if defined(__AVX512BW__) && defined(__AVX512DQ__)

#include <immintrin.h>

static void steps(const struct gather *g, const uint8_t *tile, size_t stride,
                  uint16_t *index)
{
    for (size_t i = 0; i < g->steps; i++) {
        const struct gather_step *s = &g->step[i];
        __m512i in = _mm512_loadu_si512(tile + s->column * stride);
        __mmask64 set = _mm512_cmplt_epu8_mask(
            in, _mm512_set1_epi8((char)s->limit));
        set = s->when_left ? set : ~set;
        __m512i bit = _mm512_set1_epi16((short)s->bit);
        __m512i low = _mm512_setzero_si512(), high = low;
        if (s->parent != GATHER_ROOT) {
            const uint16_t *from = index + s->parent * (size_t)GATHER_BLOCK;
            low = _mm512_loadu_si512(from);
            high = _mm512_loadu_si512(from + 32);
        }
        uint16_t *to = index + i * GATHER_BLOCK;
        _mm512_storeu_si512(
            to, _mm512_or_si512(low, _mm512_maskz_mov_epi16(
                                         (__mmask32)set, bit)));
        _mm512_storeu_si512(
            to + 32,
            _mm512_or_si512(high, _mm512_maskz_mov_epi16(
                                      (__mmask32)(set >> 32), bit)));
    }
}

/* 16 rows of 16 slots → 16 slots of 16 rows. */
static inline void transpose(__m512 x[16])
{
    __m512 t[16];
    for (int i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_ps(x[2 * i], x[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(x[2 * i], x[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++) {
            __m512 a = t[4 * i + k], b = t[4 * i + 2 + k];
            x[4 * i + 2 * k] = _mm512_shuffle_ps(a, b, 0x44);
            x[4 * i + 2 * k + 1] = _mm512_shuffle_ps(a, b, 0xee);
        }
    /* Lane j of x[4 i + c] has slot 4 j + c of the rows 4 i to 4 i + 3. */
    for (int c = 0; c < 4; c++) {
        __m512 a = _mm512_shuffle_f32x4(x[c], x[4 + c], 0x44);
        __m512 b = _mm512_shuffle_f32x4(x[8 + c], x[12 + c], 0x44);
        __m512 d = _mm512_shuffle_f32x4(x[c], x[4 + c], 0xee);
        __m512 f = _mm512_shuffle_f32x4(x[8 + c], x[12 + c], 0xee);
        t[c] = _mm512_shuffle_f32x4(a, b, 0x88);
        t[4 + c] = _mm512_shuffle_f32x4(a, b, 0xdd);
        t[8 + c] = _mm512_shuffle_f32x4(d, f, 0x88);
        t[12 + c] = _mm512_shuffle_f32x4(d, f, 0xdd);
    }
    for (int i = 0; i < 16; i++)
        x[i] = t[i];
}

static inline void add_up(double *sum, __m512 x)
{
    __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(x));
    __m512d high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));
    _mm512_storeu_pd(sum, _mm512_add_pd(_mm512_loadu_pd(sum), low));
    _mm512_storeu_pd(sum + 8, _mm512_add_pd(_mm512_loadu_pd(sum + 8), high));
}

static void group(const struct gather *g, const struct gather_group *k,
                  const uint16_t *index, double *sum, size_t sum_stride)
{
    for (size_t r = 0; r < GATHER_BLOCK; r += 16) {
        __m512 x[16];
        for (int i = 0; i < 16; i++)
            x[i] = _mm512_setzero_ps();
        for (size_t b = k->first; b < k->first + k->count; b++) {
            const uint16_t *at =
                index + g->block_step[b] * (size_t)GATHER_BLOCK + r;
            const float *t = g->table + g->at[b];
            for (int i = 0; i < 16; i++)
                x[i] = _mm512_add_ps(
                    x[i], _mm512_loadu_ps(t + at[i] * (size_t)GATHER_WIDTH));
        }
        transpose(x);
        for (size_t s = 0; s < k->used; s++)
            add_up(sum + k->target[s] * sum_stride + r, x[s]);
    }
}

const struct gather_passes gather_avx512 = {steps, group};

#endif
