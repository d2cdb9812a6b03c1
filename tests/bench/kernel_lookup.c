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

/* Best ns a row and tree of the present level. */
static double best_of(const struct lookup *l, const uint8_t *tile,
                      size_t stride, size_t n, double *sum, size_t trees)
{
    void *scratch = malloc(lookup_scratch(l));
    double best = 1e30;
    for (int k = 0; scratch != NULL && k < ROUNDS; k++) {
        double from = trees_now();
        lookup_run(l, scratch, tile, stride, n, sum, stride);
        double took = trees_now() - from;
        best = took < best ? took : best;
    }
    free(scratch);
    return best * 1e9 / (double)n / (double)trees;
}

int main(int count, char **word)
{
    size_t arg[4] = {6, 500, 8192, 50};
    for (int i = 1; i < count && i < 5; i++)
        arg[i - 1] = strtoul(word[i], NULL, 10);
    size_t trees = arg[1], rows = arg[2], columns = arg[3];
    size_t stride = rows + 64;
    uint8_t *tile = calloc(columns, stride);
    double *sum = calloc(columns * stride, sizeof *sum);
    if (tile == NULL || sum == NULL)
        return 1;
    uint64_t seed = 2;
    for (size_t i = 0; i < columns * stride; i++)
        tile[i] = (uint8_t)trees_random(&seed);
    int least = getenv("KERNEL_BEST") != NULL ? SIMD_AVX512 : SIMD_SCALAR;
    for (int level = SIMD_AVX512; level >= least; level--) {
        if (!simd_force((enum simd_level)level))
            continue;
        double tables, seconds;
        struct lookup *l = forest((uint32_t)arg[0], trees, (uint32_t)columns,
                                  &tables, &seconds);
        if (l == NULL)
            return 1;
        printf("%-7s %8.3f ns a row-tree; depth %zu, %zu trees, %.1f tables a "
               "tree: %.1f MB built in %.1f ms\n",
               simd_word((enum simd_level)level),
               best_of(l, tile, stride,
                       level == SIMD_SCALAR ? rows / 8 : rows, sum, trees),
               arg[0], trees, tables, (double)lookup_bytes(l) / 1e6,
               seconds * 1e3);
        lookup_free(l);
    }
    free(sum);
    free(tile);
    return 0;
}
