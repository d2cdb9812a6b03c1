#include "kernel/lookup_in.h"

#if defined(__AVX2__)

#include <immintrin.h>

enum { HIGH = 64 * 64 };

/* 32 rows a vector. Indices are kept with bits 4 to 6 turned. A table is the sum
 * of its terms of 16 entries: an index without all bits of a term gets its top
 * bit set, for which a byte shuffle gives 0. */

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
                   size_t rows, __m256i turn, uint8_t *to)
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
        store(to + r, _mm256_xor_si256(a, turn));
        store(to + r + 32, _mm256_xor_si256(b, turn));
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
               _mm256_set1_epi8(o->unit ? 0x70 : 0),
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

/* The index, out of the shuffle's reach unless it has all bits of `term`. */
static inline __m256i within(__m256i turned, unsigned term, bool wide)
{
    if (term == 0)
        return wide ? _mm256_and_si256(turned, _mm256_set1_epi8(0x0f)) : turned;
    if (term == 4 && !wide) /* nothing above it to carry into */
        return _mm256_add_epi8(turned, _mm256_set1_epi8(0x40));
    __m256i x = _mm256_and_si256(
        turned, _mm256_set1_epi8((char)(term << 4 | 0x0f)));
    return _mm256_adds_epu8(x, _mm256_set1_epi8(0x70));
}

/* A digit of a term, for both halves of a vector. */
static inline __m256i line(const uint8_t *table, size_t d)
{
    return _mm256_broadcastsi128_si256(
        _mm_load_si128((const __m128i *)(const void *)(table + 16 * d)));
}

/* The sums of a digit for 64 rows: of whole words, and of their upper bytes. */
struct digits {
    __m256i word[LOOKUP_DIGITS][2], odd[LOOKUP_DIGITS][2];
};

static inline void widen(struct digits *to, size_t d, const __m256i bytes[2])
{
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) {
        to->word[d][v] = _mm256_add_epi16(to->word[d][v], bytes[v]);
        to->odd[d][v] = _mm256_add_epi16(to->odd[d][v],
                                         _mm256_srli_epi16(bytes[v], 8));
    }
}

/* Adds an entry of the given terms to the sums of its digits, or begins them:
 * the lower two go on, the upper two are the entry's own. A line of a table
 * comes in once for both vectors of rows: loads are what is scarce. */
static inline __attribute__((always_inline)) void
entry_add(const uint8_t *table, const __m256i x[2], const uint8_t *term,
          size_t terms, bool wide, bool begins, __m256i sum[LOOKUP_DIGITS][2])
{
#pragma GCC unroll 8
    for (size_t t = 0; t < terms; t += 2, table += 2 * LOOKUP_LINE) {
        __m256i a[2], b[2];
        for (int v = 0; v < 2; v++) {
            a[v] = within(x[v], term[t], wide);
            b[v] = within(x[v], term[t + 1], wide);
        }
#pragma GCC unroll 4
        for (size_t d = 0; d < LOOKUP_DIGITS; d++) {
            __m256i one = line(table, d), more = line(table + LOOKUP_LINE, d);
#pragma GCC unroll 2
            for (int v = 0; v < 2; v++) {
                __m256i two = _mm256_add_epi8(_mm256_shuffle_epi8(one, a[v]),
                                              _mm256_shuffle_epi8(more, b[v]));
                sum[d][v] = in_place(t == 0 && (begins || d >= 2)
                                 ? two
                                 : _mm256_add_epi8(sum[d][v], two));
            }
        }
    }
}

static inline void load_turned(const uint8_t *index, bool wide, __m256i x[2])
{
    const __m256i turn = _mm256_set1_epi8(wide ? (char)0x80 : 0);
    x[0] = _mm256_xor_si256(load(index), turn);
    x[1] = _mm256_xor_si256(load(index + 32), turn);
}

/* Adds `count` entries for 64 rows. */
static inline __attribute__((always_inline)) const uint8_t *
add(const uint32_t *entry, size_t count, const uint8_t *table,
    const uint8_t *index, const uint8_t *term, size_t terms, bool wide,
    struct digits *to)
{
    for (size_t i = 0; i < count; i += 2, table += 2 * terms * LOOKUP_LINE) {
        __m256i sum[LOOKUP_DIGITS][2], x[2];
        load_turned(index + entry[i], wide, x);
        entry_add(table, x, term, terms, wide, true, sum);
        widen(to, 2, sum[2]);
        widen(to, 3, sum[3]);
        load_turned(index + entry[i + 1], wide, x);
        entry_add(table + terms * LOOKUP_LINE, x, term, terms, wide, false,
                  sum);
#pragma GCC unroll 4
        for (size_t d = 0; d < LOOKUP_DIGITS; d++)
            widen(to, d, sum[d]);
    }
    return table;
}

/* Words of two digits' sums → sums of low + base high. */
static inline void join(__m256i low, __m256i high, int base_of, int32_t *out)
{
    const __m256i base = _mm256_set1_epi32(1 + (base_of << 16));
    __m256i a = _mm256_madd_epi16(_mm256_unpacklo_epi16(low, high), base);
    __m256i b = _mm256_madd_epi16(_mm256_unpackhi_epi16(low, high), base);
    store(out, _mm256_add_epi32(load(out), a));
    store(out + 8, _mm256_add_epi32(load(out + 8), b));
}

static inline void join_all(const struct digits *s, int32_t *sum)
{
    for (int v = 0; v < 2; v++, sum += 32) {
        __m256i even[LOOKUP_DIGITS];
        for (int d = 0; d < LOOKUP_DIGITS; d++)
            even[d] = _mm256_sub_epi16(s->word[d][v],
                                       _mm256_slli_epi16(s->odd[d][v], 8));
        join(even[0], even[1], 64, sum);
        join(s->odd[0][v], s->odd[1][v], 64, sum + 16);
        join(even[2], even[3], 128, sum + 64);
        join(s->odd[2][v], s->odd[3][v], 128, sum + 80);
    }
}

static inline void begin(struct digits *s)
{
    for (int d = 0; d < LOOKUP_DIGITS; d++)
        for (int v = 0; v < 2; v++)
            s->word[d][v] = s->odd[d][v] = _mm256_setzero_si256();
}

static const uint8_t every_term[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                       8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t without_5[4] = {0, 1, 4, 5};

static void narrow(const struct lookup_group *g, const uint32_t *e,
                   const uint8_t *table, const uint8_t *index, int32_t *sum)
{
    struct digits s;
    begin(&s);
    const uint32_t *n = g->kind;
    table = add(e, n[LOOKUP_TWO_PATHS], table, index, every_term, 6, false, &s);
    e += n[LOOKUP_TWO_PATHS];
    table = add(e, n[LOOKUP_NO_6], table, index, every_term, 4, false, &s);
    e += n[LOOKUP_NO_6];
    table = add(e, n[LOOKUP_NO_5], table, index, without_5, 4, false, &s);
    e += n[LOOKUP_NO_5];
    add(e, n[LOOKUP_ALL], table, index, every_term, 8, false, &s);
    join_all(&s, sum);
}

static void wide(const struct lookup_group *g, const uint32_t *e,
                 const uint8_t *table, const uint8_t *index, int32_t *sum)
{
    struct digits s;
    begin(&s);
    add(e, g->count, table, index, every_term, 16, true, &s);
    join_all(&s, sum);
}

static void group(const struct lookup_chunk *c, const struct lookup_group *g,
                  const uint8_t *index, size_t blocks, int32_t *sum)
{
    const uint8_t *table = c->table + g->table * (size_t)LOOKUP_LINE;
    const uint32_t *e = c->entry + g->first;
    size_t next = g->table;
    for (int k = 0; k < LOOKUP_KINDS; k++)
        next += g->kind[k] * (size_t)lookup_lines(true, g->wide,
                                                  (enum lookup_kind)k);
    for (size_t b = 0; b < blocks; b++) {
        lookup_ask(c, next + 2 * b, 2);
        (g->wide ? wide : narrow)(g, e, table, index + LOOKUP_BLOCK * b,
                                  sum + 2 * LOOKUP_BLOCK * b);
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
                      _mm256_set1_pd((double)HIGH)));
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

const struct lookup_passes lookup_avx2 = {true, 2, steps, group, finish};

#endif
