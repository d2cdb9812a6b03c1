/* Every level gives the bits of the scalar twin, and that one what masks say.
 */
#include "check.h"

#include "kernel/masks.h"
#include "kernel/simd.h"
#include "support/random_model.h"

enum { WORDS = 64, TERMS = 4, WIDES = 5, LEAVES = WORDS * 64 };

struct scene {
    uint64_t row[2 * TERMS][WORDS], offset[WORDS];
    double value[LEAVES + 64];
    struct masks_term term[TERMS];
    struct masks_wide wide[WIDES];
    struct masks_part part;
    size_t terms;
};

static uint64_t dense(struct random *r)
{
    uint64_t m = 0;

    for (int i = 0; i < 64; i++)
        m |= (uint64_t)random_chance(r, 0.8) << i;
    return m;
}

static void draw(struct random *r, struct scene *s)
{
    size_t blocks = random_below(r, 6), at = blocks * MASKS_LANES;

    s->terms = 1 + random_below(r, TERMS);
    for (size_t i = 0; i < LEAVES + 64; i++)
        s->value[i] = (double)random_below(r, 100000) / 7 - 5000;
    for (size_t v = 0; v < WORDS; v++) {
        s->offset[v] = v * 64;
        for (size_t i = 0; i < 2 * TERMS; i++)
            s->row[i][v] = random_chance(r, 0.1) ? 1 : dense(r) | 1;
    }
    for (size_t i = 0; i < s->terms; i++)
        s->term[i] = (struct masks_term){s->row[2 * i], s->row[2 * i + 1],
                                         random_chance(r, 0.3)};
    s->part = (struct masks_part){
        .value = s->value, .offset = s->offset, .end = at, .wide = s->wide};
    if (blocks > 0)
        s->part.first = random_below(r, blocks) * MASKS_LANES;
    for (; s->part.wides < random_below(r, WIDES); s->part.wides++) {
        uint32_t words = (uint32_t)(2 + random_below(r, 3));
        s->wide[s->part.wides] = (struct masks_wide){(uint32_t)at, words};
        if (random_chance(r, 0.5)) /* the first word is used up */
            s->row[0][at] = s->row[1][at] = 0;
        at += words;
    }
}

static uint64_t word(const struct scene *s, size_t v)
{
    uint64_t m = ~(uint64_t)0;

    for (size_t i = 0; i < s->terms; i++)
        m &= s->term[i].either ? s->term[i].a[v] | s->term[i].b[v]
                               : s->term[i].a[v] & s->term[i].b[v];
    return m;
}

/* The smallest index that is left, bit by bit. */
static double expected(const struct scene *s)
{
    double sum = 0;

    for (size_t v = s->part.first; v < s->part.end; v++) {
        size_t bit = 0;
        while ((word(s, v) << bit >> 63) == 0)
            bit++;
        sum += s->value[v * 64 + bit];
    }
    for (size_t i = 0; i < s->part.wides; i++) {
        size_t v = s->wide[i].word, bit = 0;
        while (word(s, v) == 0)
            v++;
        while ((word(s, v) << bit >> 63) == 0)
            bit++;
        sum += s->value[v * 64 + bit];
    }
    return sum;
}

static void same_bits(void **state)
{
    static struct scene s;
    struct random r = {11};
    enum simd_level best = simd_level();

    (void)state;
    for (int i = 0; i < 3000; i++) {
        uint64_t out[3][WORDS];
        double sum[3];
        int n = 0;
        draw(&r, &s);
        for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
            if (!simd_force((enum simd_level)level))
                continue;
            sum[n] = masks_sum(&s.part, s.term, s.terms);
            masks_and(out[n], s.term, s.terms, WORDS);
            assert_memory_equal(&sum[n], &sum[0], sizeof *sum);
            assert_memory_equal(out[n], out[0], sizeof *out);
            n++;
        }
        check_close(sum[0], expected(&s), 1e-12, 1e-9);
        for (size_t v = 0; v < WORDS; v++)
            assert_true(out[0][v] == word(&s, v));
    }
    assert_true(simd_force(best));
}

/* Fewer bits never give a smaller sum, not even by rounding. */
static void monotone(void **state)
{
    static struct scene s;
    struct random r = {12};

    (void)state;
    for (int i = 0; i < 3000; i++) {
        draw(&r, &s);
        for (size_t k = 0; k < LEAVES + 64; k++)
            s.value[k] = (double)k / 7 - 5000;
        s.term[0].either = false;
        double before = masks_sum(&s.part, s.term, s.terms);
        for (size_t v = 0; v < WORDS; v++) {
            if (s.row[0][v] != 0 && random_chance(&r, 0.7))
                s.row[0][v] = (s.row[0][v] & dense(&r)) | 1;
        }
        assert_true(masks_sum(&s.part, s.term, s.terms) >= before);
    }
}

static void meetings(void **state)
{
    struct random r = {13};
    enum simd_level best = simd_level();

    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint16_t low[3][64], high[3][64], low_b[3][64], high_b[3][64];
        struct masks_sides side[3];
        size_t sides = 1 + random_below(&r, 3), n = 1 + random_below(&r, 64);
        size_t m = 1 + random_below(&r, 64), row = m > 32 ? 64 : 32, want = 0;
        uint64_t out[3][64] = {{0}}, full = ~(uint64_t)0 >> (64 - m);
        int levels = 0;
        for (size_t s = 0; s < sides; s++) {
            for (size_t k = 0; k < 64; k++) {
                low[s][k] = (uint16_t)random_below(&r, 65536);
                high[s][k] = (uint16_t)(low[s][k] +
                                        random_below(&r, 65536u - low[s][k]));
                low_b[s][k] =
                    (uint16_t)(k < m ? random_below(&r, 65536) : 65535);
                high_b[s][k] =
                    (uint16_t)(k < m
                                   ? low_b[s][k] +
                                         random_below(&r, 65536u - low_b[s][k])
                                   : 0);
            }
            side[s] =
                (struct masks_sides){low[s], high[s], low_b[s], high_b[s]};
        }
        for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
            if (!simd_force((enum simd_level)level))
                continue;
            size_t count =
                masks_meet(side, sides, n, row, full, 5000, out[levels]);
            want = levels == 0 ? count : want;
            assert_int_equal(count, want);
            assert_memory_equal(out[levels], out[0], sizeof out[0]);
            assert_true(want < 20 || masks_meet(side, sides, n, row, full, 10,
                                                out[levels]) > 10);
            memcpy(out[levels++], out[0], sizeof out[0]);
        }
        for (size_t k = 0; k < n; k++) {
            for (size_t j = 0; j < m; j++) {
                bool in = true;
                for (size_t s = 0; s < sides; s++)
                    in &=
                        low_b[s][j] <= high[s][k] && high_b[s][j] >= low[s][k];
                assert_int_equal(out[0][k] >> j & 1, in);
            }
        }
    }
    assert_true(simd_force(best));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits),
                                       cmocka_unit_test(monotone),
                                       cmocka_unit_test(meetings)};

    return cmocka_run_group_tests_name("kernel masks", tests, NULL, NULL);
}
