/* Nanoseconds a row and tree of kernel/gather.h for made-up complete trees:
 * kernel_gather [depth [rows [level]]]. Each level (or one), best of five. */
#include "kernel/gather.h"
#include "kernel/random.h"
#include "kernel/simd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 60, TARGETS = 50 };

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A complete tree: node i splits, its children are 2i + 1 and 2i + 2. */
static status plan(struct gather *g, uint32_t depth, struct random_stream *r,
                   size_t *blocks, struct error *e)
{
    size_t nodes = ((size_t)1 << depth) - 1, last = nodes / 2;
    struct gather_step *step = calloc(nodes, sizeof *step);
    struct gather_block *block = calloc(nodes, sizeof *block);
    uint32_t *target = calloc(nodes, depth * sizeof *target);
    uint32_t *player = calloc(nodes, sizeof *player);

    *blocks = nodes - last;
    for (size_t i = 0; i < nodes; i++) {
        uint32_t level = (uint32_t)(31 - __builtin_clz((uint32_t)(i + 1)));
        player[i] = random_index(r, TARGETS);
        step[i] = (struct gather_step){
            i == 0 ? GATHER_ROOT : (uint32_t)(i - 1) / 2,
            random_index(r, COLUMNS), (uint16_t)(1 << level),
            (uint8_t)(1 + random_index(r, 254)), true};
    }
    for (size_t b = 0; b < *blocks; b++) {
        struct gather_block *to = &block[b];
        *to = (struct gather_block){(uint32_t)(last + b), depth, 0,
                                    target + b * depth};
        for (size_t i = last + b;; i = (i - 1) / 2) {
            uint32_t k = 0;
            while (k < to->count && target[b * depth + k] != player[i])
                k++;
            target[b * depth + k] = player[i];
            to->count += k == to->count;
            if (i == 0)
                break;
        }
    }
    status s = gather_plan(g, step, nodes, block, *blocks, e);
    free(step);
    free(block);
    free(target);
    free(player);
    return s;
}

int main(int argc, char **argv)
{
    uint32_t depth = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 8;
    size_t rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 4096, blocks;
    size_t stride = (rows + 63) / 64 * 64;
    struct random_stream *r = random_new(1, 0, 0);
    struct gather *g = gather_new();
    struct error e = {0};

    if (depth < 1 || depth > GATHER_BITS || plan(g, depth, r, &blocks, &e) != ST_OK)
        return 1;
    uint8_t *tile = malloc(COLUMNS * stride);
    double *sum = calloc(TARGETS * stride, sizeof *sum);
    void *scratch = malloc(gather_scratch(g));
    for (size_t i = 0; i < COLUMNS * stride; i++)
        tile[i] = (uint8_t)random_index(r, 256);
    for (enum simd_level l = SIMD_SCALAR; l <= SIMD_AVX512; l++) {
        double best = 1e9;
        if ((argc > 3 && strcmp(argv[3], simd_word(l)) != 0) || !simd_force(l))
            continue;
        for (int k = 0; k < 5 + 200 * (argc > 3); k++) {
            double from = now();
            gather_run(g, scratch, tile, stride, rows, sum, stride);
            double took = now() - from;
            best = took < best ? took : best;
        }
        printf("%s: depth %lu, %zu blocks, %zu kB of tables: %.0f ns a row and tree\n",
               simd_word(l), (unsigned long)depth, blocks, gather_bytes(g) >> 10,
               best * 1e9 / (double)rows);
    }
    free(tile);
    free(sum);
    free(scratch);
    gather_free(g);
    random_free(r);
    return 0;
}
