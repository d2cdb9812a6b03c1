/* kernel/random.h: seeded generators (GSL mt19937, Matsumoto & Nishimura 1998).
 * A stream is named by up to three numbers, so the work of (feature, repeat)
 * draws the same numbers on whichever thread it runs. */
#ifndef CANDOR_KERNEL_RANDOM_H
#define CANDOR_KERNEL_RANDOM_H

#include "base/error.h"

#include <stdint.h>

struct random_stream;

/* NULL: no memory. */
struct random_stream *random_new(uint64_t seed, uint64_t a, uint64_t b);
void random_free(struct random_stream *r);
double random_uniform(struct random_stream *r); /* [0, 1) */
double random_normal(struct random_stream *r);  /* mean 0, sd 1 */
uint32_t random_index(struct random_stream *r, uint32_t n); /* [0, n), n > 0 */
/* Fills order[n] with 0…n-1 shuffled (Fisher–Yates). */
void random_permutation(struct random_stream *r, uint32_t *order, uint32_t n);

#endif
