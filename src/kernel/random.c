#include "kernel/random.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

struct random_stream; /* is a gsl_rng */

static uint64_t mix(uint64_t x) /* splitmix64's finalizer, Steele et al. 2014 */
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

static gsl_rng *inner(struct random_stream *r)
{
    return (gsl_rng *)(void *)r;
}

struct random_stream *random_new(uint64_t seed, uint64_t a, uint64_t b)
{
    gsl_rng *g = gsl_rng_alloc(gsl_rng_mt19937);
    if (g != NULL) /* the generator keeps 32 bits of its seed */
        gsl_rng_set(g, (unsigned long)(mix(mix(mix(seed) ^ a) ^ b) >> 32));
    return (struct random_stream *)(void *)g;
}

void random_free(struct random_stream *r)
{
    if (r != NULL)
        gsl_rng_free(inner(r));
}

double random_uniform(struct random_stream *r)
{
    return gsl_rng_uniform(inner(r));
}

double random_normal(struct random_stream *r)
{
    return gsl_ran_ugaussian(inner(r));
}

uint32_t random_index(struct random_stream *r, uint32_t n)
{
    return (uint32_t)gsl_rng_uniform_int(inner(r), n);
}

void random_permutation(struct random_stream *r, uint32_t *order, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = random_index(r, i), last = order[i - 1];
        order[i - 1] = order[j];
        order[j] = last;
    }
}
