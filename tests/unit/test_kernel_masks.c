/* Every level gives the bits of the scalar twin, and that one what masks say. */
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
    s->part = (struct masks_part){.value = s->value, .offset = s->offset,
                                  .end = at, .wide = s->wide};
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits),
                                       cmocka_unit_test(monotone)};

    return cmocka_run_group_tests_name("kernel masks", tests, NULL, NULL);
}
