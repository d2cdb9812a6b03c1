#include "kernel/lookup_in.h"

#if defined(__AVX2__)

#include <immintrin.h>

/* 32 rows a vector. A table is looked up in parts of 16 entries: an index that
 * belongs to another part has its top bit set, for which a byte shuffle gives
 * 0, so the parts' results add up. */

static inline __m256i load(const void *p)
{
    return _mm256_loadu_si256(p);
}

static inline void store(void *p, __m256i v)
{
    _mm256_storeu_si256(p, v);
}

static void op_run(const struct lookup_test *t, size_t tests,
                   const uint8_t *from, const uint8_t *tile, size_t stride,
                   size_t rows, uint8_t *to)
{
    for (size_t r = 0; r < rows; r += 64) {
        __m256i a = _mm256_setzero_si256(), b = a;
        if (from != NULL) {
            a = load(from + r);
            b = load(from + r + 32);
        }
        for (size_t i = 0; i < tests; i++) {
            const uint8_t *in = tile + t[i].column * stride + r;
            __m256i limit = _mm256_set1_epi8((char)t[i].limit);
            __m256i bit = _mm256_set1_epi8((char)t[i].bit);
            __m256i x = load(in), y = load(in + 32);
            x = _mm256_cmpeq_epi8(_mm256_max_epu8(x, limit), x);
            y = _mm256_cmpeq_epi8(_mm256_max_epu8(y, limit), y);
            a = _mm256_or_si256(a, _mm256_and_si256(x, bit));
            b = _mm256_or_si256(b, _mm256_and_si256(y, bit));
        }
        store(to + r, a);
        store(to + r + 32, b);
    }
}

static void steps(const struct lookup_chunk *c, uint8_t *slot,
                  const uint8_t *tile, size_t tile_stride, size_t blocks,
                  uint8_t *index)
{
    for (size_t i = 0; i < c->ops; i++) {
        const struct lookup_op *o = &c->op[i];
        op_run(c->test + o->first, o->count,
               o->from == LOOKUP_NONE ? NULL : slot + o->from * LOOKUP_STRIP,
               tile, tile_stride, blocks * LOOKUP_BLOCK,
               o->unit ? index + o->to * (size_t)LOOKUP_STRIDE
                       : slot + o->to * LOOKUP_STRIP);
    }
}

/* Keeps a sum in the written order: summed as a tree, the parts of an entry
 * would not fit the registers. */
static inline __m256i in_place(__m256i x)
{
    __asm__("" : "+x"(x));
    return x;
}

/* Adds the four digits of one entry for 32 rows. */
static inline void find(const uint8_t *table, __m256i index, size_t plane,
                        __m256i sum[4])
{
    const __m256i past = _mm256_set1_epi8(0x70);
#pragma GCC unroll 16
    for (size_t part = 0; part < plane; part += 16) {
        __m256i at = _mm256_adds_epu8(
            _mm256_xor_si256(index, _mm256_set1_epi8((char)part)), past);
#pragma GCC unroll 4
        for (size_t d = 0; d < LOOKUP_DIGITS; d++) {
            __m256i t = _mm256_broadcastsi128_si256(_mm_load_si128(
                (const __m128i *)(const void *)(table + d * plane + part)));
            sum[d] = in_place(
                _mm256_add_epi8(sum[d], _mm256_shuffle_epi8(t, at)));
        }
    }
}

/* Words of two digits' sums → sums of low + LOOKUP_BASE high. */
static inline void join(__m256i low, __m256i high, int32_t *out)
{
    const __m256i base = _mm256_set1_epi32(1 + (LOOKUP_BASE << 16));
    __m256i a = _mm256_madd_epi16(_mm256_unpacklo_epi16(low, high), base);
    __m256i b = _mm256_madd_epi16(_mm256_unpackhi_epi16(low, high), base);
    store(out, _mm256_add_epi32(load(out), a));
    store(out + 8, _mm256_add_epi32(load(out + 8), b));
}

static inline void half_block(const uint32_t *entry, size_t count,
                              const uint8_t *table, size_t plane,
                              const uint8_t *index, int32_t *sum)
{
    __m256i even[4], odd[4];
    for (int d = 0; d < LOOKUP_DIGITS; d++)
        even[d] = odd[d] = _mm256_setzero_si256();
    for (size_t i = 0; i < count; i += 3) {
        __m256i sums[4];
        sums[0] = sums[1] = sums[2] = sums[3] = _mm256_setzero_si256();
        for (size_t k = 0; k < 3; k++, table += LOOKUP_DIGITS * plane)
            find(table, load(index + entry[i + k]), plane, sums);
        for (int d = 0; d < LOOKUP_DIGITS; d++) {
            even[d] = _mm256_add_epi16(
                even[d],
                _mm256_and_si256(sums[d], _mm256_set1_epi16(255)));
            odd[d] = _mm256_add_epi16(odd[d], _mm256_srli_epi16(sums[d], 8));
        }
    }
    join(even[0], even[1], sum);
    join(odd[0], odd[1], sum + 16);
    join(even[2], even[3], sum + 64);
    join(odd[2], odd[3], sum + 80);
}

static void group(const struct lookup_chunk *c, const struct lookup_group *g,
                  const uint8_t *index, size_t blocks, int32_t *sum)
{
    const uint8_t *table = c->table + g->table * (size_t)LOOKUP_PIECE;
    const uint32_t *e = c->entry + g->first;
    for (size_t h = 0; h < 2 * blocks; h++) {
        int32_t *out = sum + 128 * (h / 2) + 32 * (h % 2);
        if (g->wide)
            half_block(e, g->count, table, 256, index + 32 * h, out);
        else
            half_block(e, g->count, table, 128, index + 32 * h, out);
    }
}

/* The sums of 32 rows in their order. */
static inline void in_order(const int32_t *sum, __m256i out[4])
{
    __m256i a = load(sum), b = load(sum + 8), c = load(sum + 16),
            d = load(sum + 24);
    __m256i p = _mm256_unpacklo_epi32(a, c), q = _mm256_unpackhi_epi32(a, c);
    __m256i r = _mm256_unpacklo_epi32(b, d), s = _mm256_unpackhi_epi32(b, d);
    /* Lane k of p, q, r, s holds rows 16 k + 0, 4, 8, 12 and on. */
    out[0] = _mm256_permute2x128_si256(p, q, 0x20);
    out[1] = _mm256_permute2x128_si256(r, s, 0x20);
    out[2] = _mm256_permute2x128_si256(p, q, 0x31);
    out[3] = _mm256_permute2x128_si256(r, s, 0x31);
}

static inline void scale(const struct lookup_target *t, __m128i low,
                         __m128i high, double *out)
{
    __m256d sum = _mm256_add_pd(
        _mm256_cvtepi32_pd(low),
        _mm256_mul_pd(_mm256_cvtepi32_pd(high),
                      _mm256_set1_pd((double)LOOKUP_HIGH)));
    sum = _mm256_mul_pd(sum, _mm256_set1_pd(t->unit));
    sum = _mm256_add_pd(sum, _mm256_set1_pd(t->base));
    _mm256_storeu_pd(out, _mm256_add_pd(_mm256_loadu_pd(out), sum));
}

static void finish(const struct lookup_target *t, const int32_t *sum,
                   size_t blocks, double *out)
{
    for (size_t h = 0; h < 2 * blocks; h++, out += 32) {
        const int32_t *in = sum + 128 * (h / 2) + 32 * (h % 2);
        __m256i low[4], high[4];
        in_order(in, low);
        in_order(in + 64, high);
        for (int i = 0; i < 4; i++) {
            scale(t, _mm256_castsi256_si128(low[i]),
                  _mm256_castsi256_si128(high[i]), out + 8 * i);
            scale(t, _mm256_extracti128_si256(low[i], 1),
                  _mm256_extracti128_si256(high[i], 1), out + 8 * i + 4);
        }
    }
}

const struct lookup_passes lookup_avx2 = {steps, group, finish};

#endif
