/* ns a row and tree of the lookup kernel on complete trees, a level at a time.
 * kernel_lookup [DEPTH [TREES [ROWS [COLUMNS]]]] */
#include "bench/kernel_trees.h"

#include "kernel/simd.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 5 };

static struct lookup *forest(uint32_t depth, size_t trees, uint32_t columns,
                             double *tables, double *seconds)
{
    struct lookup_builder *b = lookup_begin(columns);
    struct error e;
    uint64_t seed = 1;
    *tables = *seconds = 0.0;
    for (size_t i = 0; i < trees; i++) {
        struct trees t;
        trees_make(&t, depth, columns, &seed);
        double from = trees_now();
        if (lookup_tree(b, t.step, t.steps, t.table, t.tables, &e) != ST_OK)
            return NULL;
        *seconds += trees_now() - from;
        *tables += (double)t.tables / (double)trees;
        trees_free(&t);
    }
    struct lookup *l;
    double from = trees_now();
    status s = lookup_end(b, &l, &e);
    *seconds += trees_now() - from;
    return s == ST_OK ? l : NULL;
}

int main(int count, char **word)
{
    size_t arg[4] = {6, 500, 8192, 50};
    for (int i = 1; i < count && i < 5; i++)
        arg[i - 1] = strtoul(word[i], NULL, 10);
    size_t trees = arg[1], rows = arg[2], columns = arg[3];
    size_t stride = rows + 64;
    double tables, seconds;
    struct lookup *l = forest((uint32_t)arg[0], trees, (uint32_t)columns,
                              &tables, &seconds);
    uint8_t *tile = calloc(columns, stride);
    double *sum = calloc(columns * stride, sizeof *sum);
    if (l == NULL || tile == NULL || sum == NULL)
        return 1;
    void *scratch = malloc(lookup_scratch(l));
    uint64_t seed = 2;
    for (size_t i = 0; i < columns * stride; i++)
        tile[i] = (uint8_t)trees_random(&seed);
    int least = getenv("KERNEL_BEST") != NULL ? SIMD_AVX512 : SIMD_SCALAR;
    printf("depth %zu, %zu trees, %.1f tables a tree, %zu rows: %.1f MB built "
           "in %.1f ms\n",
           arg[0], trees, tables, rows, (double)lookup_bytes(l) / 1e6,
           seconds * 1e3);
    for (int level = SIMD_AVX512; level >= least; level--) {
        if (!simd_force((enum simd_level)level))
            continue;
        double best = 1e30;
        size_t n = level == SIMD_SCALAR ? rows / 8 : rows;
        for (int k = 0; k < (level == SIMD_SCALAR ? 1 : ROUNDS); k++) {
            double from = trees_now();
            lookup_run(l, scratch, tile, stride, n, sum, stride);
            double took = trees_now() - from;
            best = took < best ? took : best;
        }
        printf("%-7s %8.3f ns a row-tree\n", simd_word((enum simd_level)level),
               best * 1e9 / (double)n / (double)trees);
    }
    free(scratch);
    free(sum);
    free(tile);
    lookup_free(l);
    return 0;
}
