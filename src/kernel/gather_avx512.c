#if defined(__x86_64__)
#include "kernel/gather_in.h"

#include <immintrin.h>
#include <string.h>

static void index_rows(const struct gather_group *g, const uint8_t *tile,
                       size_t stride, size_t from, size_t n, uint16_t *index)
{
    memset(index, 0, n * sizeof *index);
    for (size_t k = 0; k < g->steps; k++) {
        const struct group_step *s = &g->step[k];
        const uint8_t *byte = tile + s->column * stride + from;
        const uint16_t *parent = index + s->parent * GATHER_ROWS;
        uint16_t *own = index + (k + 1) * GATHER_ROWS;
        __m512i limit = _mm512_set1_epi8((char)s->limit);
        __m512i bit = _mm512_set1_epi16((short)s->bit);
        __mmask64 flip = s->when_left ? 0 : ~(__mmask64)0;

        for (size_t i = 0; i < n; i += 64) {
            __mmask64 sets =
                _mm512_cmplt_epu8_mask(_mm512_loadu_si512(byte + i), limit) ^
                flip;
            __m512i low = _mm512_loadu_si512(parent + i);
            __m512i high = _mm512_loadu_si512(parent + i + 32);
            low = _mm512_or_si512(
                low, _mm512_maskz_mov_epi16((__mmask32)sets, bit));
            high = _mm512_or_si512(
                high, _mm512_maskz_mov_epi16((__mmask32)(sets >> 32), bit));
            _mm512_storeu_si512(own + i, low);
            _mm512_storeu_si512(own + i + 32, high);
        }
    }
}

/* a[row] of 16 slots → a[slot] of 16 rows. */
static inline void transpose(__m512 a[GATHER_TOGETHER])
{
    __m512 b[GATHER_TOGETHER];

    for (size_t i = 0; i < 16; i += 2) {
        b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
        b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
    }
    for (size_t i = 0; i < 16; i += 4) {
        a[i] = _mm512_shuffle_ps(b[i], b[i + 2], 0x44);
        a[i + 1] = _mm512_shuffle_ps(b[i], b[i + 2], 0xee);
        a[i + 2] = _mm512_shuffle_ps(b[i + 1], b[i + 3], 0x44);
        a[i + 3] = _mm512_shuffle_ps(b[i + 1], b[i + 3], 0xee);
    }
    for (size_t i = 0; i < 4; i++) {
        b[i] = _mm512_shuffle_f32x4(a[i], a[i + 4], 0x88);
        b[i + 4] = _mm512_shuffle_f32x4(a[i], a[i + 4], 0xdd);
        b[i + 8] = _mm512_shuffle_f32x4(a[i + 8], a[i + 12], 0x88);
        b[i + 12] = _mm512_shuffle_f32x4(a[i + 8], a[i + 12], 0xdd);
    }
    for (size_t i = 0; i < 8; i++) {
        a[i] = _mm512_shuffle_f32x4(b[i], b[i + 8], 0x88);
        a[i + 8] = _mm512_shuffle_f32x4(b[i], b[i + 8], 0xdd);
    }
}

static inline void add_to(double *to, __m512 x)
{
    __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(x));
    __m512d high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1));

    _mm512_storeu_pd(to, _mm512_add_pd(_mm512_loadu_pd(to), low));
    _mm512_storeu_pd(to + 8, _mm512_add_pd(_mm512_loadu_pd(to + 8), high));
}

static void add_lines(const struct gather_group *g,
                      const struct gather_table *t, const uint16_t *index,
                      size_t n, double *sum, size_t sum_stride, size_t from)
{
    for (size_t i = 0; i < n; i += GATHER_TOGETHER) {
        __m512 a[GATHER_TOGETHER];

        for (size_t r = 0; r < GATHER_TOGETHER; r++)
            a[r] = _mm512_setzero_ps();
        for (size_t b = 0; b < g->blocks; b++) {
            const uint16_t *at = index + t[b].place * GATHER_ROWS + i;
            const float *line = t[b].line;
            for (size_t r = 0; r < GATHER_TOGETHER; r++)
                a[r] = _mm512_add_ps(
                    a[r],
                    _mm512_loadu_ps(line + (size_t)at[r] * GATHER_WIDTH));
        }
        transpose(a);
        for (size_t s = 0; s < g->targets; s++)
            add_to(sum + g->target[s] * sum_stride + from + i, a[s]);
    }
}

const struct gather_kernel gather_avx512 = {index_rows, add_lines};
#endif
