/* Tables in memory: the twin against plain sums in double, every level against
 * the twin bit for bit. */
#include "check.h"

#include "kernel/bins.h"
#include "kernel/gather.h"
#include "kernel/random.h"
#include "kernel/simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 30, STRIDE = 2112, TARGETS = 40, STEPS = 60, BLOCKS = 25 };

struct forest {
    struct gather_step step[STEPS];
    struct gather_block block[BLOCKS];
    uint32_t target[BLOCKS][GATHER_WIDTH];
    uint32_t depth[STEPS];
    struct gather *g;
    uint8_t *tile;
};

static uint32_t below(struct random_stream *r, uint32_t n)
{
    return random_index(r, n);
}

static void fill_tables(struct forest *f, struct random_stream *r)
{
    for (size_t b = 0; b < BLOCKS; b++) {
        float *t = gather_table(f->g, b);
        const uint8_t *slot = gather_slot(f->g, b);
        for (size_t i = 0; i < (size_t)1 << f->block[b].bits; i++)
            for (size_t k = 0; k < f->block[b].count; k++)
                t[i * GATHER_WIDTH + slot[k]] = (float)random_normal(r);
    }
}

static void make(struct forest *f, struct random_stream *r, uint32_t deepest)
{
    struct error e = {0};

    memset(f, 0, sizeof *f);
    for (uint32_t s = 0; s < STEPS; s++) {
        uint32_t up = s == 0 ? GATHER_ROOT : below(r, s);
        while (up != GATHER_ROOT && f->depth[up] + 1 >= deepest)
            up = f->step[up].parent;
        f->depth[s] = up == GATHER_ROOT ? 0 : f->depth[up] + 1;
        f->step[s] = (struct gather_step){
            up, below(r, COLUMNS), (uint16_t)(1 << f->depth[s]),
            (uint8_t)(1 + below(r, 254)), random_uniform(r) < 0.5};
    }
    for (size_t b = 0; b < BLOCKS; b++) {
        uint32_t s = below(r, STEPS), first = below(r, TARGETS);
        f->block[b] = (struct gather_block){
            s, f->depth[s] + 1, 1 + below(r, GATHER_WIDTH), f->target[b]};
        for (uint32_t k = 0; k < f->block[b].count; k++)
            f->target[b][k] = (first + k) % TARGETS;
    }
    f->tile = aligned_alloc(64, (size_t)COLUMNS * STRIDE);
    for (size_t i = 0; i < (size_t)COLUMNS * STRIDE; i++)
        f->tile[i] = (uint8_t)below(r, 256);
    f->g = gather_new();
    check_ok(gather_plan(f->g, f->step, STEPS, f->block, BLOCKS, &e), &e);
    fill_tables(f, r);
}

static size_t pattern(const struct forest *f, uint32_t s, size_t row)
{
    size_t index = 0;

    for (; s != GATHER_ROOT; s = f->step[s].parent) {
        bool left = f->tile[f->step[s].column * STRIDE + row] < f->step[s].limit;
        if (left == f->step[s].when_left)
            index |= f->step[s].bit;
    }
    return index;
}

static void run(const struct forest *f, size_t n, double *sum)
{
    void *scratch = malloc(gather_scratch(f->g));

    for (size_t i = 0; i < (size_t)TARGETS * STRIDE; i++)
        sum[i] = 0.25;
    gather_run(f->g, scratch, f->tile, STRIDE, n, sum, STRIDE);
    free(scratch);
}

static void check_row(const struct forest *f, const double *sum, size_t row)
{
    double want[TARGETS], size[TARGETS];

    for (size_t t = 0; t < TARGETS; t++)
        want[t] = 0.25, size[t] = 1;
    for (size_t b = 0; b < BLOCKS; b++) {
        const float *line = gather_table(f->g, b) +
                            pattern(f, f->block[b].step, row) * GATHER_WIDTH;
        for (size_t k = 0; k < f->block[b].count; k++) {
            double x = (double)line[gather_slot(f->g, b)[k]];
            want[f->target[b][k]] += x;
            size[f->target[b][k]] += fabs(x);
        }
    }
    /* float sums of at most BLOCKS terms */
    for (size_t t = 0; t < TARGETS; t++)
        check_close(sum[t * STRIDE + row], want[t], 0,
                    BLOCKS * 6e-8 * size[t]);
}

static void every_level(void **state)
{
    static const size_t rows[] = {1, 2, 15, 16, 17, 63, 64, 65, 70, 511, 512,
                                  513, 2047, 2048, 2049};
    struct random_stream *r = random_new(7, 0, 0);
    double *twin = malloc(TARGETS * STRIDE * sizeof *twin);
    double *sum = malloc(TARGETS * STRIDE * sizeof *sum);
    enum simd_level best = simd_level();

    (void)state;
    for (uint32_t deepest = 1; deepest <= GATHER_BITS; deepest++) {
        struct forest f;
        make(&f, r, deepest);
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            assert_true(simd_force(SIMD_SCALAR));
            run(&f, rows[k], twin);
            for (size_t i = 0; i < rows[k]; i += 1 + rows[k] / 7)
                check_row(&f, twin, i);
            for (enum simd_level l = SIMD_AVX2; l <= SIMD_AVX512; l++) {
                if (!simd_force(l))
                    continue;
                run(&f, rows[k], sum);
                for (size_t t = 0; t < TARGETS; t++)
                    assert_memory_equal(sum + t * STRIDE, twin + t * STRIDE,
                                        rows[k] * sizeof *sum);
            }
        }
        gather_free(f.g);
        free(f.tile);
    }
    assert_true(simd_force(best));
    free(twin);
    free(sum);
    random_free(r);
}

static void refusals(void **state)
{
    struct gather_step s = {GATHER_ROOT, 0, 1, 1, true};
    uint32_t target[GATHER_WIDTH + 1] = {0};
    struct gather_block b = {0, 1, 1, target};
    struct gather *g = gather_new();
    struct error e = {0};

    (void)state;
    check_ok(gather_plan(g, &s, 1, &b, 1, &e), &e);
    b.count = GATHER_WIDTH + 1;
    check_fails(gather_plan(g, &s, 1, &b, 1, &e), &e, ST_ARGUMENT, "players");
    b.count = 1;
    b.step = 1;
    check_fails(gather_plan(g, &s, 1, &b, 1, &e), &e, ST_ARGUMENT, "step");
    b.step = 0;
    s.limit = 0;
    check_fails(gather_plan(g, &s, 1, &b, 1, &e), &e, ST_ARGUMENT, "limit");
    s.limit = 1;
    s.bit = 3;
    check_fails(gather_plan(g, &s, 1, &b, 1, &e), &e, ST_ARGUMENT, "bit");
    check_ok(gather_plan(g, NULL, 0, NULL, 0, &e), &e);
    gather_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level),
        cmocka_unit_test(refusals),
    };

    return cmocka_run_group_tests_name("kernel gather", tests, NULL, NULL);
}
