/* ns a value of the byte columns, a level at a time: 50 columns of 250 cuts.
 * kernel_bins [ROWS [CUTS]] */
#include "bench/kernel_trees.h"

#include "kernel/bins.h"
#include "kernel/simd.h"

#include <stdio.h>

enum { ROUNDS = 7, COLUMNS = 50 };

int main(int count, char **word)
{
    size_t rows = count > 1 ? strtoul(word[1], NULL, 10) : 8192;
    uint32_t cuts = count > 2 ? (uint32_t)strtoul(word[2], NULL, 10) : 250;
    size_t stride = rows / 64 * 64 + 64;
    double cut[BINS_CUTS];
    struct bins_column column[COLUMNS];
    double *in = malloc(rows * COLUMNS * sizeof *in);
    uint8_t *tile = malloc(COLUMNS * stride);
    if (cuts > BINS_CUTS || in == NULL || tile == NULL)
        return 1;
    uint64_t seed = 3;
    for (uint32_t i = 0; i < cuts; i++)
        cut[i] = (double)i;
    for (size_t i = 0; i < rows * COLUMNS; i++)
        in[i] = (double)(trees_random(&seed) % 1000) * (double)cuts / 1000.0;
    for (int level = SIMD_AVX512; level >= SIMD_SCALAR; level--) {
        if (!simd_force((enum simd_level)level))
            continue;
        for (int kind = BINS_LESS_FLOAT; kind <= BINS_AT_MOST; kind++) {
            for (uint32_t i = 0; i < COLUMNS; i++)
                column[i] = (struct bins_column){
                    .source = i, .compare = (uint8_t)kind, .count = cuts,
                    .cut = cut};
            double best = 1e30;
            for (int k = 0; k < ROUNDS; k++) {
                double from = trees_now();
                bins_fill(column, COLUMNS, in, COLUMNS, rows, tile, stride);
                double took = trees_now() - from;
                best = took < best ? took : best;
            }
            printf("%-7s %-8s %6.2f ns a value\n",
                   simd_word((enum simd_level)level),
                   kind == BINS_LESS_FLOAT ? "floats" : "doubles",
                   best * 1e9 / (double)(rows * COLUMNS));
        }
    }
    free(in);
    free(tile);
    return 0;
}
