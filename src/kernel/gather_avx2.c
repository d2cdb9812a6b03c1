#if defined(__x86_64__)
#include "kernel/gather_in.h"

#include <immintrin.h>
#include <string.h>

/* 32 comparisons at once, widened to the 16 bits of an index. */
static void index_rows(const struct gather_group *g, const uint8_t *tile,
                       size_t stride, size_t from, size_t n, uint16_t *index)
{
    memset(index, 0, n * sizeof *index);
    for (size_t k = 0; k < g->steps; k++) {
        const struct group_step *s = &g->step[k];
        const uint8_t *byte = tile + s->column * stride + from;
        const uint16_t *parent = index + s->parent * GATHER_ROWS;
        uint16_t *own = index + (k + 1) * GATHER_ROWS;
        __m256i below = _mm256_set1_epi8((char)(s->limit - 1));
        __m256i flip = _mm256_set1_epi8(s->when_left ? 0 : -1);
        __m256i bit = _mm256_set1_epi16((short)s->bit);

        for (size_t i = 0; i < n; i += 32) {
            __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(byte + i));
            __m256i left = _mm256_cmpeq_epi8(_mm256_min_epu8(x, below), x);
            __m256i sets = _mm256_xor_si256(left, flip);
            for (size_t half = 0; half < 2; half++) {
                __m128i part = half == 0 ? _mm256_castsi256_si128(sets)
                                         : _mm256_extracti128_si256(sets, 1);
                __m256i wide = _mm256_cvtepi8_epi16(part);
                __m256i up = _mm256_loadu_si256(
                    (const __m256i *)(const void *)(parent + i + 16 * half));
                _mm256_storeu_si256(
                    (__m256i *)(void *)(own + i + 16 * half),
                    _mm256_or_si256(up, _mm256_and_si256(wide, bit)));
            }
        }
    }
}

enum { FOUR = 4 };

static void add_four(const struct gather_group *g,
                     const struct gather_table *t, const uint16_t *index,
                     float *buffer)
{
    __m256 low[FOUR], high[FOUR];

    for (size_t r = 0; r < FOUR; r++)
        low[r] = high[r] = _mm256_setzero_ps();
    for (size_t b = 0; b < g->blocks; b++) {
        const uint16_t *at = index + t[b].place * GATHER_ROWS;
        for (size_t r = 0; r < FOUR; r++) {
            const float *line = t[b].line + (size_t)at[r] * GATHER_WIDTH;
            low[r] = _mm256_add_ps(low[r], _mm256_loadu_ps(line));
            high[r] = _mm256_add_ps(high[r], _mm256_loadu_ps(line + 8));
        }
    }
    for (size_t r = 0; r < FOUR; r++) {
        _mm256_storeu_ps(buffer + r * GATHER_WIDTH, low[r]);
        _mm256_storeu_ps(buffer + r * GATHER_WIDTH + 8, high[r]);
    }
}

static void add_lines(const struct gather_group *g,
                      const struct gather_table *t, const uint16_t *index,
                      size_t n, double *sum, size_t sum_stride, size_t from)
{
    for (size_t i = 0; i < n; i += GATHER_TOGETHER) {
        float buffer[GATHER_TOGETHER * GATHER_WIDTH];

        for (size_t r = 0; r < GATHER_TOGETHER; r += FOUR)
            add_four(g, t, index + i + r, buffer + r * GATHER_WIDTH);
        gather_hand_out(g, buffer, sum, sum_stride, from + i);
    }
}

const struct gather_kernel gather_avx2 = {index_rows, add_lines};
#endif
