/* Synthetic forests for the kernels' own benches and tests: complete trees of
 * one depth over random columns, tables of random values for the distinct
 * columns of each bottom path. */
#ifndef CANDOR_TESTS_KERNEL_TREES_H
#define CANDOR_TESTS_KERNEL_TREES_H

#include "kernel/lookup.h"

#include <stdlib.h>
#include <time.h>

static inline uint32_t trees_random(uint64_t *s)
{
    *s = *s * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*s >> 33);
}

struct trees {
    struct lookup_step *step;
    struct lookup_table *table;
    double *value;
    size_t steps, tables;
    uint32_t depth, bits;
};

/* A complete tree in heap order; tables of 1 << bits for the 2^(depth-1)
 * bottom steps. */
static inline void trees_make(struct trees *t, uint32_t depth, uint32_t columns,
                              uint64_t *seed)
{
    size_t steps = ((size_t)1 << depth) - 1, first = steps / 2;
    size_t size = (size_t)1 << depth;
    t->depth = t->bits = depth;
    t->steps = steps;
    t->tables = 0;
    t->step = calloc(steps, sizeof *t->step);
    t->table = calloc((steps - first) * depth, sizeof *t->table);
    t->value = calloc((steps - first) * depth * size, sizeof *t->value);
    for (size_t i = 0; i < steps; i++) {
        uint32_t level = 0;
        for (size_t k = i + 1; k > 1; k /= 2)
            level++;
        t->step[i] = (struct lookup_step){
            i == 0 ? LOOKUP_ROOT : (uint32_t)((i - 1) / 2),
            trees_random(seed) % columns,
            (uint8_t)(1 + trees_random(seed) % 254), (uint8_t)(1U << level),
            (trees_random(seed) & 1) != 0};
    }
    double *v = t->value;
    for (size_t i = first; i < steps; i++)
        for (uint32_t a = (uint32_t)i;; a = t->step[a].parent) {
            bool seen = false;
            for (uint32_t b = (uint32_t)i; b != a; b = t->step[b].parent)
                seen = seen || t->step[b].column == t->step[a].column;
            if (!seen) {
                t->table[t->tables++] = (struct lookup_table){
                    (uint32_t)i, t->step[a].column, depth, v};
                for (size_t p = 0; p < size; p++)
                    *v++ = (double)trees_random(seed) / 2147483648.0 - 0.5;
            }
            if (t->step[a].parent == LOOKUP_ROOT)
                break;
        }
}

static inline void trees_free(struct trees *t)
{
    free(t->step);
    free(t->table);
    free(t->value);
}

static inline double trees_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
