#include "kernel/gather_in.h"

#if defined(__AVX2__)

#include <immintrin.h>

static void steps(const struct gather *g, const uint8_t *tile, size_t stride,
                  uint16_t *index)
{
    for (size_t i = 0; i < g->steps; i++) {
        const struct gather_step *s = &g->step[i];
        const uint8_t *in = tile + s->column * stride;
        const uint16_t *from =
            s->parent == GATHER_ROOT ? NULL : index + s->parent * GATHER_BLOCK;
        uint16_t *to = index + i * GATHER_BLOCK;
        __m256i limit = _mm256_set1_epi16(s->limit);
        __m256i bit = _mm256_set1_epi16((short)s->bit);
        for (size_t r = 0; r < GATHER_BLOCK; r += 16) {
            __m256i x = _mm256_cvtepu8_epi16(
                _mm_loadu_si128((const __m128i *)(const void *)(in + r)));
            __m256i left = _mm256_cmpgt_epi16(limit, x);
            __m256i set = s->when_left ? _mm256_and_si256(left, bit)
                                       : _mm256_andnot_si256(left, bit);
            if (from != NULL)
                set = _mm256_or_si256(
                    set, _mm256_loadu_si256(
                             (const __m256i *)(const void *)(from + r)));
            _mm256_storeu_si256((__m256i *)(void *)(to + r), set);
        }
    }
}

static void group(const struct gather *g, const struct gather_group *k,
                  const uint16_t *index, double *sum, size_t sum_stride)
{
    float line[GATHER_BLOCK][GATHER_WIDTH];
    for (size_t r = 0; r < GATHER_BLOCK; r++) {
        __m256 low = _mm256_setzero_ps(), high = low;
        for (size_t b = k->first; b < k->first + k->count; b++) {
            size_t at = index[g->block_step[b] * (size_t)GATHER_BLOCK + r];
            const float *t = g->table + g->at[b] + at * GATHER_WIDTH;
            low = _mm256_add_ps(low, _mm256_loadu_ps(t));
            high = _mm256_add_ps(high, _mm256_loadu_ps(t + 8));
        }
        _mm256_storeu_ps(line[r], low);
        _mm256_storeu_ps(line[r] + 8, high);
    }
    for (size_t s = 0; s < k->used; s++) {
        double *out = sum + k->target[s] * sum_stride;
        for (size_t r = 0; r < GATHER_BLOCK; r++)
            out[r] += (double)line[r][s];
    }
}

const struct gather_passes gather_avx2 = {steps, group};

#endif
