/* ns a row and tree of the gather kernel on complete trees, a level at a time.
 * kernel_gather [DEPTH [ROWS [COLUMNS]]] */
#include "bench/kernel_trees.h"

#include "kernel/gather.h"
#include "kernel/simd.h"

#include <stdio.h>

enum { ROUNDS = 5, COLUMNS = 50 };

static status complete(struct gather *g, uint32_t depth, uint64_t *seed)
{
    struct error e;
    size_t steps = ((size_t)1 << depth) - 1, first = steps / 2;
    size_t blocks = steps - first;
    struct gather_step *step = calloc(steps, sizeof *step);
    struct gather_block *block = calloc(blocks, sizeof *block);
    uint32_t *target = calloc(blocks * depth, sizeof *target);
    for (size_t i = 0; i < steps; i++) {
        uint32_t level = 0;
        for (size_t k = i + 1; k > 1; k /= 2)
            level++;
        step[i] = (struct gather_step){
            i == 0 ? GATHER_ROOT : (uint32_t)((i - 1) / 2),
            trees_random(seed) % COLUMNS, (uint16_t)(1U << level),
            (uint8_t)(1 + trees_random(seed) % 254), true};
    }
    for (size_t i = 0; i < blocks; i++) {
        uint32_t *t = target + i * depth, count = 0;
        for (uint32_t a = (uint32_t)(first + i); a != GATHER_ROOT;
             a = step[a].parent) {
            uint32_t k = 0;
            while (k < count && t[k] != step[a].column)
                k++;
            if (k == count)
                t[count++] = step[a].column;
        }
        block[i] = (struct gather_block){(uint32_t)(first + i), depth, count, t};
    }
    status s = gather_plan(g, step, steps, block, blocks, &e);
    for (size_t i = 0; s == ST_OK && i < blocks; i++)
        for (size_t p = 0; p < (size_t)GATHER_WIDTH << depth; p++)
            gather_table(g, i)[p] = 0.5F;
    free(step);
    free(block);
    free(target);
    return s;
}

int main(int count, char **word)
{
    uint32_t depth = count > 1 ? (uint32_t)strtoul(word[1], NULL, 10) : 10;
    size_t rows = count > 2 ? strtoul(word[2], NULL, 10) : 4096;
    size_t stride = rows + 64;
    uint64_t seed = 1;
    struct gather *g = gather_new();
    uint8_t *tile = calloc(COLUMNS, stride);
    double *sum = calloc(COLUMNS * stride, sizeof *sum);
    if (g == NULL || tile == NULL || sum == NULL ||
        complete(g, depth, &seed) != ST_OK)
        return 1;
    void *scratch = malloc(gather_scratch(g));
    for (size_t i = 0; i < COLUMNS * stride; i++)
        tile[i] = (uint8_t)trees_random(&seed);
    printf("depth %u, %zu rows: %.1f MB\n", (unsigned)depth, rows,
           (double)gather_bytes(g) / 1e6);
    for (int level = SIMD_AVX512; level >= SIMD_SCALAR; level--) {
        if (!simd_force((enum simd_level)level))
            continue;
        double best = 1e30;
        for (int k = 0; k < ROUNDS; k++) {
            double from = trees_now();
            gather_run(g, scratch, tile, stride, rows, sum, stride);
            double took = trees_now() - from;
            best = took < best ? took : best;
        }
        printf("%-7s %8.1f ns a row-tree\n", simd_word((enum simd_level)level),
               best * 1e9 / (double)rows);
    }
    free(scratch);
    free(sum);
    free(tile);
    gather_free(g);
    return 0;
}
