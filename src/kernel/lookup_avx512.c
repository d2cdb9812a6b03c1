#include "kernel/lookup_in.h"

#if defined(__AVX512VBMI__) && defined(__AVX512BW__)

#include <immintrin.h>

/* 64 rows a vector of index bytes. A permutation of two registers looks 128
 * entries up for 64 rows at once. */

enum {
    PIECE_LINES = LOOKUP_PIECE / LOOKUP_LINE,
    ASK = LOOKUP_GROUP * PIECE_LINES * LOOKUP_STRIP / LOOKUP_ROWS /* a strip */
};

static inline void store(uint8_t *p, __m512i v)
{
    _mm512_storeu_si512((void *)p, v);
}

static inline __m512i load(const void *p)
{
    return _mm512_loadu_si512(p);
}

/* One op on V vectors of rows. */
#define OP(name_, v_)                                                          \
    static inline void name_(const struct lookup_test *t, size_t tests,        \
                             const uint8_t *from, const uint8_t *tile,         \
                             size_t stride, uint8_t *to)                       \
    {                                                                          \
        __m512i x[v_];                                                         \
        for (int v = 0; v < (v_); v++)                                         \
            x[v] = from == NULL ? _mm512_setzero_si512() : load(from + 64 * v);\
        for (size_t i = 0; i < tests; i++) {                                   \
            const uint8_t *in = tile + t[i].column * stride;                   \
            __m512i limit = _mm512_set1_epi8((char)t[i].limit);                \
            __m512i bit = _mm512_set1_epi8((char)t[i].bit);                    \
            for (int v = 0; v < (v_); v++) {                                   \
                __mmask64 m =                                                  \
                    _mm512_cmpge_epu8_mask(load(in + 64 * v), limit);          \
                x[v] = _mm512_mask_add_epi8(x[v], m, x[v], bit);               \
            }                                                                  \
        }                                                                      \
        for (int v = 0; v < (v_); v++)                                         \
            store(to + 64 * v, x[v]);                                          \
    }
OP(op_6, 6)
OP(op_1, 1)

static void steps(const struct lookup_chunk *c, uint8_t *slot,
                  const uint8_t *tile, size_t tile_stride, size_t blocks,
                  uint8_t *index)
{
    for (size_t i = 0; i < c->ops; i++) {
        const struct lookup_op *o = &c->op[i];
        const struct lookup_test *t = c->test + o->first;
        const uint8_t *from =
            o->from == LOOKUP_NONE ? NULL : slot + o->from * LOOKUP_STRIP;
        uint8_t *to = o->unit ? index + o->to * (size_t)LOOKUP_STRIDE
                              : slot + o->to * LOOKUP_STRIP;
        if (blocks == 6) {
            op_6(t, o->count, from, tile, tile_stride, to);
            continue;
        }
        for (size_t b = 0; b < blocks; b++)
            op_1(t, o->count, from == NULL ? NULL : from + 64 * b,
                 tile + 64 * b, tile_stride, to + 64 * b);
    }
}

/* The sums of a digit: of whole words, and of their upper bytes. */
struct digit {
    __m512i word, odd;
};

static inline __m512i find(const uint8_t *table, __m512i index, bool wide)
{
    __m512i low =
        _mm512_permutex2var_epi8(load(table), index, load(table + 64));
    if (!wide)
        return low;
    __m512i high = _mm512_permutex2var_epi8(load(table + 128), index,
                                            load(table + 192));
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
}

static inline void widen(struct digit *d, __m512i bytes)
{
    d->word = _mm512_add_epi16(d->word, bytes);
    d->odd = _mm512_add_epi16(d->odd, _mm512_srli_epi16(bytes, 8));
}

/* Sums of one digit over a group, for V vectors of rows. */
#define DIGIT(name_, v_, wide_)                                                \
    static inline void name_(const uint32_t *entry, size_t count,              \
                             const uint8_t *table, const uint8_t *index,       \
                             struct digit *out)                                \
    {                                                                          \
        const size_t next = LOOKUP_PIECE * ((wide_) ? 2 : 1);                  \
        struct digit d[v_];                                                    \
        for (int v = 0; v < (v_); v++)                                         \
            d[v].word = d[v].odd = _mm512_setzero_si512();                     \
        for (const uint32_t *end = entry + count; entry != end; entry += 2) {  \
            __m512i sum[v_];                                                   \
            for (int i = 0; i < 2; i++, table += next) {                       \
                const uint8_t *x = index + entry[i];                           \
                for (int v = 0; v < (v_); v++) {                               \
                    __m512i f = find(table, load(x + 64 * v), wide_);          \
                    sum[v] = i == 0 ? f : _mm512_add_epi8(sum[v], f);          \
                }                                                              \
            }                                                                  \
            for (int v = 0; v < (v_); v++)                                     \
                widen(&d[v], sum[v]);                                          \
        }                                                                      \
        for (int v = 0; v < (v_); v++)                                         \
            out[v] = d[v];                                                     \
    }
DIGIT(narrow_digit_6, 6, false)
DIGIT(narrow_digit_1, 1, false)
DIGIT(wide_digit_3, 3, true)
DIGIT(wide_digit_1, 1, true)

/* Words of two digits' sums → sums of digit 0 + LOOKUP_BASE digit 1. */
static inline void join(const struct digit *low, const struct digit *high,
                        int32_t *out)
{
    const __m512i base = _mm512_set1_epi32(1 + (LOOKUP_BASE << 16));
    __m512i even = _mm512_sub_epi16(low->word, _mm512_slli_epi16(low->odd, 8));
    __m512i more =
        _mm512_sub_epi16(high->word, _mm512_slli_epi16(high->odd, 8));
    __m512i part[4] = {_mm512_unpacklo_epi16(even, more),
                       _mm512_unpackhi_epi16(even, more),
                       _mm512_unpacklo_epi16(low->odd, high->odd),
                       _mm512_unpackhi_epi16(low->odd, high->odd)};
    for (int i = 0; i < 4; i++) {
        __m512i s = _mm512_madd_epi16(part[i], base);
        int32_t *o = out + 16 * i;
        _mm512_storeu_si512(o, _mm512_add_epi32(load(o), s));
    }
}

#define GROUP(name_, v_, digit_)                                               \
    static void name_(const uint32_t *entry, size_t count,                     \
                      const uint8_t *table, size_t plane,                      \
                      const uint8_t *index, int32_t *sum)                      \
    {                                                                          \
        for (size_t half = 0; half < 2; half++, table += 2 * plane) {          \
            struct digit low[v_], high[v_];                                    \
            digit_(entry, count, table, index, low);                           \
            digit_(entry, count, table + plane, index, high);                  \
            for (size_t v = 0; v < (v_); v++)                                  \
                join(&low[v], &high[v], sum + 128 * v + 64 * half);            \
        }                                                                      \
    }
GROUP(narrow_6, 6, narrow_digit_6)
GROUP(narrow_1, 1, narrow_digit_1)
GROUP(wide_3, 3, wide_digit_3)
GROUP(wide_1, 1, wide_digit_1)

static void group(const struct lookup_chunk *c, const struct lookup_group *g,
                  const uint8_t *index, size_t blocks, int32_t *sum)
{
    const uint8_t *table = c->table + g->table * (size_t)LOOKUP_LINE;
    const uint32_t *e = c->entry + g->first;
    size_t b = 0, next = g->table + g->count * (size_t)PIECE_LINES;
    if (!g->wide)
        for (; b + 6 <= blocks; b += 6) {
            lookup_ask(c, next + b / 6 * ASK, ASK);
            narrow_6(e, g->count, table, 128, index + 64 * b, sum + 128 * b);
        }
    else
        for (; b + 3 <= blocks; b += 3)
            wide_3(e, g->count, table, 256, index + 64 * b, sum + 128 * b);
    for (; b < blocks; b++)
        (g->wide ? wide_1 : narrow_1)(e, g->count, table, g->wide ? 256 : 128,
                                      index + 64 * b, sum + 128 * b);
}

/* The sums of 64 rows in their order: join leaves even and odd rows apart,
 * each in halves of the 128-bit lanes. */
static inline void in_order(const int32_t *sum, __m512i out[4])
{
    __m512i a = load(sum), b = load(sum + 16), c = load(sum + 32),
            d = load(sum + 48);
    __m512i p = _mm512_unpacklo_epi32(a, c), q = _mm512_unpackhi_epi32(a, c);
    __m512i r = _mm512_unpacklo_epi32(b, d), s = _mm512_unpackhi_epi32(b, d);
    /* Lane k of p, q, r, s holds rows 16 k + 0, 4, 8, 12 and on. */
    __m512i pq0 = _mm512_shuffle_i32x4(p, q, 0x44);
    __m512i pq1 = _mm512_shuffle_i32x4(p, q, 0xee);
    __m512i rs0 = _mm512_shuffle_i32x4(r, s, 0x44);
    __m512i rs1 = _mm512_shuffle_i32x4(r, s, 0xee);
    out[0] = _mm512_shuffle_i32x4(pq0, rs0, 0x88);
    out[1] = _mm512_shuffle_i32x4(pq0, rs0, 0xdd);
    out[2] = _mm512_shuffle_i32x4(pq1, rs1, 0x88);
    out[3] = _mm512_shuffle_i32x4(pq1, rs1, 0xdd);
}

static inline void scale(const struct lookup_target *t, __m256i low,
                         __m256i high, double *out)
{
    __m512d sum = _mm512_add_pd(
        _mm512_cvtepi32_pd(low),
        _mm512_mul_pd(_mm512_cvtepi32_pd(high),
                      _mm512_set1_pd((double)LOOKUP_HIGH)));
    sum = _mm512_mul_pd(sum, _mm512_set1_pd(t->unit));
    sum = _mm512_add_pd(sum, _mm512_set1_pd(t->base));
    _mm512_storeu_pd(out, _mm512_add_pd(_mm512_loadu_pd(out), sum));
}

static void finish(const struct lookup_target *t, const int32_t *sum,
                   size_t blocks, double *out)
{
    for (size_t b = 0; b < blocks; b++, sum += 128, out += 64) {
        __m512i low[4], high[4];
        in_order(sum, low);
        in_order(sum + 64, high);
        for (int i = 0; i < 4; i++) {
            scale(t, _mm512_castsi512_si256(low[i]),
                  _mm512_castsi512_si256(high[i]), out + 16 * i);
            scale(t, _mm512_extracti64x4_epi64(low[i], 1),
                  _mm512_extracti64x4_epi64(high[i], 1), out + 16 * i + 8);
        }
    }
}

const struct lookup_passes lookup_avx512 = {false, 2, steps, group, finish};

#endif
