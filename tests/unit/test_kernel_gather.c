#include "check.h"

#include "base/arena.h"
#include "kernel/gather.h"
#include "kernel/simd.h"

enum { COLUMNS = 30, STRIDE = 1152, STEPS = 200, BLOCKS = 60 };

static uint32_t random_next(uint64_t *s)
{
    *s = *s * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*s >> 33);
}

struct tree {
    struct gather_step step[STEPS];
    struct gather_block block[BLOCKS];
    uint32_t target[BLOCKS][GATHER_WIDTH];
    uint8_t depth[STEPS];
};

/* A random tree of paths up to GATHER_BITS steps; blocks at random steps. */
static void tree_make(struct tree *t, unsigned deepest, uint64_t *seed)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        uint32_t p = i == 0 ? GATHER_ROOT : random_next(seed) % i;
        if (p != GATHER_ROOT && t->depth[p] == deepest)
            p = t->step[p].parent;
        t->depth[i] =
            (uint8_t)(p == GATHER_ROOT ? 1 : t->depth[p] + 1);
        t->step[i] = (struct gather_step){
            p, random_next(seed) % COLUMNS,
            (uint16_t)(1U << (t->depth[i] - 1)), (uint8_t)random_next(seed),
            (random_next(seed) & 1) != 0};
    }
    for (uint32_t i = 0; i < BLOCKS; i++) {
        uint32_t s = random_next(seed) % STEPS, count = 0;
        for (uint32_t a = s; a != GATHER_ROOT; a = t->step[a].parent) {
            uint32_t k = 0;
            while (k < count && t->target[i][k] != t->step[a].column)
                k++;
            if (k == count)
                t->target[i][count++] = t->step[a].column;
        }
        t->block[i] =
            (struct gather_block){s, t->depth[s], count, t->target[i]};
    }
}

static void tables_fill(struct gather *g, const struct tree *t, uint64_t *seed)
{
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t p = 0; p < (size_t)1 << t->block[i].bits; p++)
            for (size_t k = 0; k < t->block[i].count; k++)
                gather_table(g, i)[p * GATHER_WIDTH + gather_slot(g, i)[k]] =
                    (float)random_next(seed) / 2147483648.0F - 0.5F;
}

static void add_plain(struct gather *g, const struct tree *t,
                      const uint8_t *tile, size_t r, double *sum)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t at = 0;
        for (uint32_t a = t->block[i].step; a != GATHER_ROOT;
             a = t->step[a].parent) {
            const struct gather_step *s = &t->step[a];
            bool left = tile[s->column * (size_t)STRIDE + r] < s->limit;
            if (left == s->when_left)
                at |= s->bit;
        }
        for (size_t k = 0; k < t->block[i].count; k++)
            sum[t->target[i][k] * (size_t)STRIDE + r] += (double)
                gather_table(g, i)[at * GATHER_WIDTH + gather_slot(g, i)[k]];
    }
}

static void against_plain(struct gather *g, unsigned deepest, size_t n,
                          uint64_t *seed)
{
    enum { CELLS = COLUMNS * STRIDE };
    struct error e;
    struct tree *t = calloc(1, sizeof *t);
    uint8_t *tile = malloc(CELLS);
    double *plain = calloc(CELLS, sizeof *plain);
    double *twin = calloc(CELLS, sizeof *twin);
    double *other = calloc(CELLS, sizeof *other);
    tree_make(t, deepest, seed);
    check_ok(gather_plan(g, t->step, STEPS, t->block, BLOCKS, &e), &e);
    tables_fill(g, t, seed);
    for (size_t i = 0; i < CELLS; i++)
        tile[i] = (uint8_t)random_next(seed);
    for (size_t r = 0; r < n; r++)
        add_plain(g, t, tile, r, plain);
    void *scratch = malloc(gather_scratch(g));
    enum simd_level best = simd_level();
    assert_true(simd_force(SIMD_SCALAR));
    gather_run(g, scratch, tile, STRIDE, n, twin, STRIDE);
    for (size_t k = 0; k < COLUMNS; k++)
        for (size_t r = 0; r < n; r++)
            check_close(twin[k * STRIDE + r], plain[k * STRIDE + r], 0.0, 1e-5);
    for (int level = SIMD_AVX2; level <= SIMD_AVX512; level++) {
        if (!simd_force((enum simd_level)level))
            continue;
        memset(other, 0, CELLS * sizeof *other);
        gather_run(g, scratch, tile, STRIDE, n, other, STRIDE);
        for (size_t k = 0; k < COLUMNS; k++)
            assert_memory_equal(other + k * STRIDE, twin + k * STRIDE,
                                n * sizeof *other);
    }
    simd_force(best);
    free(scratch);
    free(t);
    free(tile);
    free(plain);
    free(twin);
    free(other);
}

static void every_depth(void **state)
{
    (void)state;
    uint64_t seed = 21;
    struct gather *g = gather_new();
    for (unsigned deepest = 1; deepest <= GATHER_BITS; deepest++)
        against_plain(g, deepest, 100, &seed);
    gather_free(g);
}

static void ragged_rows(void **state)
{
    (void)state;
    uint64_t seed = 22;
    struct gather *g = gather_new();
    for (size_t n = 0; n <= 70; n++)
        against_plain(g, 5, n, &seed);
    against_plain(g, 9, 1023, &seed);
    against_plain(g, 9, 1025, &seed);
    gather_free(g);
    gather_free(NULL);
}

static void bad_shapes(void **state)
{
    (void)state;
    struct error e;
    struct gather *g = gather_new();
    struct gather_step s[2] = {{GATHER_ROOT, 0, 1, 9, true},
                               {0, 1, 2, 9, false}};
    uint32_t target[2] = {0, 1};
    struct gather_block b = {1, 2, 2, target};
    check_ok(gather_plan(g, s, 2, &b, 1, &e), &e);
    b.bits = 1;
    check_fails(gather_plan(g, s, 2, &b, 1, &e), &e, ST_ARGUMENT, "block 0");
    b = (struct gather_block){1, 2, 17, target};
    check_fails(gather_plan(g, s, 2, &b, 1, &e), &e, ST_ARGUMENT, "players");
    b = (struct gather_block){1, 2, 2, target};
    s[1].bit = 1;
    check_ok(gather_plan(g, s, 2, &b, 1, &e), &e); /* joined */
    s[1].bit = 3;
    check_fails(gather_plan(g, s, 2, &b, 1, &e), &e, ST_ARGUMENT, "bit 3");
    s[1].bit = 2;
    s[1].parent = 1;
    check_fails(gather_plan(g, s, 2, &b, 1, &e), &e, ST_ARGUMENT, "parent");
    gather_free(g);
}

static void memory_fails(void **state)
{
    (void)state;
    struct error e;
    struct gather_step s = {GATHER_ROOT, 0, 1, 9, true};
    uint32_t target = 0;
    struct gather_block b = {0, 1, 1, &target};
    for (size_t at = 1;; at++) {
        struct gather *g = gather_new();
        mem_fail_at(at);
        status got = gather_plan(g, &s, 1, &b, 1, &e);
        mem_fail_at(0);
        gather_free(g);
        if (got == ST_OK)
            break;
        assert_int_equal(got, ST_MEMORY);
        assert_true(at < 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_depth),
        cmocka_unit_test(ragged_rows),
        cmocka_unit_test(bad_shapes),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
