#include "check.h"

#include "bench/kernel_trees.h"
#include "base/arena.h"
#include "kernel/simd.h"

enum { COLUMNS = 24, TARGETS = COLUMNS + 2, TREES = 12, ROWS = 2049,
       STRIDE = 2176 };

static uint32_t index_of(const struct lookup_step *step, uint32_t s,
                         const uint8_t *tile, size_t stride, size_t r)
{
    if (s == LOOKUP_ROOT)
        return 0;
    bool left = tile[step[s].column * stride + r] < step[s].limit;
    return index_of(step, step[s].parent, tile, stride, r) |
           (left == step[s].when_left ? step[s].bit : 0U);
}

static void add_plain(const struct trees *t, const uint8_t *tile, size_t n,
                      double *sum)
{
    for (size_t i = 0; i < t->tables; i++)
        for (size_t r = 0; r < n; r++)
            sum[t->table[i].target * STRIDE + r] +=
                t->table[i].value[index_of(t->step, t->table[i].step, tile,
                                           STRIDE, r)];
}

static struct lookup *built(const struct trees *t, size_t trees)
{
    struct error e;
    struct lookup *l = NULL;
    struct lookup_builder *b = lookup_begin(TARGETS);
    assert_non_null(b);
    for (size_t i = 0; i < trees; i++)
        check_ok(lookup_tree(b, t[i].step, t[i].steps, t[i].table, t[i].tables,
                             &e),
                 &e);
    check_ok(lookup_end(b, &l, &e), &e);
    return l;
}

static uint8_t *random_tile(uint64_t seed)
{
    uint8_t *tile = malloc((size_t)COLUMNS * STRIDE);
    assert_non_null(tile);
    for (size_t i = 0; i < (size_t)COLUMNS * STRIDE; i++)
        tile[i] = (uint8_t)trees_random(&seed);
    return tile;
}

/* Every level gives the twin's bits, and the twin is within its bound. */
static void against_plain(const struct trees *t, size_t trees, size_t n)
{
    enum simd_level best = simd_level();
    assert_true(simd_force(SIMD_SCALAR));
    struct lookup *l = built(t, trees);
    uint8_t *tile = random_tile(n + 1);
    size_t cells = (size_t)TARGETS * STRIDE;
    double *plain = calloc(cells, sizeof *plain);
    double *twin = calloc(cells, sizeof *twin);
    double *other = calloc(cells, sizeof *other);
    void *scratch = malloc(lookup_scratch(l));
    for (size_t i = 0; i < trees; i++)
        add_plain(&t[i], tile, n, plain);
    lookup_run(l, scratch, tile, STRIDE, n, twin, STRIDE);
    for (size_t k = 0; k < TARGETS; k++)
        for (size_t r = 0; r < n; r++) {
            double off = fabs(twin[k * STRIDE + r] - plain[k * STRIDE + r]);
            assert_true(off <= lookup_bound(l, k));
        }
    for (int level = SIMD_AVX2; level <= SIMD_AVX512; level++) {
        if (!simd_force((enum simd_level)level))
            continue;
        lookup_free(l);
        l = built(t, trees);
        memset(other, 0, cells * sizeof *other);
        lookup_run(l, scratch, tile, STRIDE, n, other, STRIDE);
        for (size_t k = 0; k < TARGETS; k++)
            assert_memory_equal(other + k * STRIDE, twin + k * STRIDE,
                                n * sizeof *other);
    }
    simd_force(best);
    free(scratch);
    free(plain);
    free(twin);
    free(other);
    free(tile);
    lookup_free(l);
}

static void every_depth(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (uint32_t depth = 1; depth <= 8; depth++) {
        struct trees t[TREES];
        for (size_t i = 0; i < TREES; i++)
            trees_make(&t[i], depth, COLUMNS, &seed);
        against_plain(t, TREES, 130);
        against_plain(t, depth == 6 ? TREES : 2, ROWS);
        for (size_t i = 0; i < TREES; i++)
            trees_free(&t[i]);
    }
}

static void ragged_rows(void **state)
{
    (void)state;
    uint64_t seed = 6;
    struct trees t[2];
    trees_make(&t[0], 4, COLUMNS, &seed);
    trees_make(&t[1], 8, COLUMNS, &seed);
    for (size_t n = 0; n <= 70; n++)
        against_plain(t, 2, n);
    for (size_t n = 1150; n < 1155; n++)
        against_plain(t, 2, n);
    against_plain(t, 2, 2047);
    trees_free(&t[0]);
    trees_free(&t[1]);
}

/* Paths of different lengths, several tables of one step and target, tables
 * of inner steps, another target beyond the players. */
static void lopsided(void **state)
{
    (void)state;
    uint64_t seed = 8;
    for (size_t round = 0; round < 40; round++) {
        struct trees t;
        trees_make(&t, 6, COLUMNS, &seed);
        size_t kept = 0;
        for (size_t i = 0; i < t.tables; i++) {
            if (trees_random(&seed) % 3 == 0)
                continue;
            struct lookup_table *k = &t.table[kept++];
            *k = t.table[i];
            if (trees_random(&seed) % 4 == 0 && t.step[k->step].parent != 0)
                k->step = t.step[k->step].parent;
            if (trees_random(&seed) % 8 == 0)
                k->target = COLUMNS;
        }
        t.tables = kept;
        against_plain(&t, 1, 200);
        trees_free(&t);
    }
}

static void scales(void **state)
{
    (void)state;
    static const double factor[] = {1e30, 1e-30, 0.0, 1e-310, -1e290};
    uint64_t seed = 9;
    struct trees t[2];
    for (size_t f = 0; f < sizeof factor / sizeof *factor; f++) {
        trees_make(&t[0], 5, COLUMNS, &seed);
        trees_make(&t[1], 6, COLUMNS, &seed);
        for (size_t i = 0; i < t[0].tables * 32; i++)
            t[0].value[i] *= factor[f];
        against_plain(t, 2, 100);
        against_plain(t, 1, 100);
        trees_free(&t[0]);
        trees_free(&t[1]);
    }
}

static void equal_values_are_exact(void **state)
{
    (void)state;
    uint64_t seed = 10;
    struct trees t;
    trees_make(&t, 6, COLUMNS, &seed);
    for (size_t i = 0; i < t.tables * 64; i++)
        t.value[i] = 0.125;
    struct lookup *l = built(&t, 1);
    uint8_t *tile = random_tile(3);
    double *sum = calloc((size_t)TARGETS * STRIDE, sizeof *sum);
    void *scratch = malloc(lookup_scratch(l));
    lookup_run(l, scratch, tile, STRIDE, 70, sum, STRIDE);
    double expected[TARGETS] = {0.0};
    for (size_t i = 0; i < t.tables; i++)
        expected[t.table[i].target] += 0.125;
    for (size_t k = 0; k < TARGETS; k++)
        for (size_t r = 0; r < 70; r++)
            assert_true(sum[k * STRIDE + r] == expected[k]);
    free(scratch);
    free(sum);
    free(tile);
    lookup_free(l);
    trees_free(&t);
}

static void nothing_to_add(void **state)
{
    (void)state;
    struct lookup *l = built(NULL, 0);
    uint8_t tile[64] = {0};
    double sum[64] = {1.5};
    void *scratch = malloc(lookup_scratch(l));
    lookup_run(l, scratch, tile, 64, 64, sum, 64);
    assert_true(sum[0] == 1.5 && lookup_bound(l, 0) == 0.0);
    free(scratch);
    lookup_free(l);
}

static void bad_shapes(void **state)
{
    (void)state;
    struct error e;
    struct lookup_builder *b = lookup_begin(2);
    struct lookup_step s[2] = {{LOOKUP_ROOT, 0, 9, 1, true},
                               {0, 1, 9, 2, false}};
    double v[4] = {0, 1, 2, 3};
    struct lookup_table t = {1, 1, 2, v};
    check_ok(lookup_tree(b, s, 2, &t, 1, &e), &e);
    t.bits = 1;
    check_fails(lookup_tree(b, s, 2, &t, 1, &e), &e, ST_ARGUMENT, "bits");
    t = (struct lookup_table){1, 2, 2, v};
    check_fails(lookup_tree(b, s, 2, &t, 1, &e), &e, ST_ARGUMENT, "target");
    t = (struct lookup_table){1, 1, 2, v};
    s[1].bit = 1;
    check_fails(lookup_tree(b, s, 2, &t, 1, &e), &e, ST_ARGUMENT, "bit 1");
    s[1].bit = 2;
    s[1].parent = 1;
    check_fails(lookup_tree(b, s, 2, &t, 1, &e), &e, ST_ARGUMENT, "parent");
    s[1].parent = 0;
    v[2] = (double)NAN;
    check_fails(lookup_tree(b, s, 2, &t, 1, &e), &e, ST_NUMERIC, "target 1");
    lookup_drop(b);
    lookup_drop(NULL);
    assert_null(lookup_begin(LOOKUP_TARGETS + 1));
}

/* No memory at any place: an error and nothing lost. */
static void memory_fails(void **state)
{
    (void)state;
    uint64_t seed = 11;
    struct trees t;
    trees_make(&t, 6, COLUMNS, &seed);
    for (size_t at = 1;; at++) {
        struct error e;
        struct lookup *l = NULL;
        mem_fail_at(at);
        struct lookup_builder *b = lookup_begin(TARGETS);
        status s = ST_MEMORY;
        if (b != NULL) {
            s = lookup_tree(b, t.step, t.steps, t.table, t.tables, &e);
            if (s == ST_OK)
                s = lookup_end(b, &l, &e);
            else
                lookup_drop(b);
        }
        mem_fail_at(0);
        lookup_free(l);
        if (s == ST_OK)
            break;
        assert_int_equal(s, ST_MEMORY);
        assert_true(at < 100);
    }
    trees_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_depth),
        cmocka_unit_test(ragged_rows),
        cmocka_unit_test(lopsided),
        cmocka_unit_test(scales),
        cmocka_unit_test(equal_values_are_exact),
        cmocka_unit_test(nothing_to_add),
        cmocka_unit_test(bad_shapes),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
