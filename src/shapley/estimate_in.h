/* shapley/estimate_in.h: what the estimators of shapley/estimate.h share.
 * Private.
 *
 * Coalitions are asked in pairs S, N∖S. Of v only the odd part
 * o(S) = (v(S) − v(N∖S)) / 2 moves Shapley values. Observation 0 is the pair
 * N, ∅; each further one is a pair whose S has at most half of the players. */
#ifndef CANDOR_SHAPLEY_ESTIMATE_IN_H
#define CANDOR_SHAPLEY_ESTIMATE_IN_H

#include "base/arena.h"
#include "shapley/estimate.h"

/* The order in which pairs are asked: every beginning of it shares its pairs
 * evenly over the sizes 1 … n/2 (half for n/2 when n is even; leverage scores of
 * Musco & Witter 2025), without replacement, a size listed fully when its share
 * covers it. */
struct pair_plan {
    size_t players, words, pairs;
    uint64_t seed;
    uint64_t *set;   /* [pairs + 1][words]; 0: all players */
    uint16_t *size;  /* [pairs + 1] */
};

/* Pairs of n players beside N, ∅: 2^(n−1) − 1, SIZE_MAX from 63 players on. */
size_t pair_plan_all(size_t players);
/* Fails only for memory. `pairs` is at most pair_plan_all. */
MUST_USE status pair_plan_make(struct arena *a, size_t players, size_t pairs,
                               uint64_t seed, struct pair_plan *out,
                               struct error *e);
/* How many pairs of size k there are, as a double: ∞ is fine. */
double pair_plan_of_size(size_t players, size_t k);

static inline bool set_has(const uint64_t *set, size_t i)
{
    return (set[i / 64] >> (i % 64) & 1) != 0;
}

struct pair_values {
    const struct pair_plan *plan;
    size_t n;            /* players */
    size_t known;        /* observations so far, the first included */
    size_t room;         /* of the arrays, observations */
    size_t samples;
    double *each;        /* [room][samples] odd parts */
    double *odd, *even;  /* [room] means over the samples */
    double *none;        /* [samples] v(∅) */
    double base, all;
    double correction;   /* (1 − samples / population) / samples: a variance
                            over samples times this is that of their mean */
};

/* A method's answer. Every one is, given the pairs known, a linear map of the
 * odd parts or close to one: the map carries the reference sample's error. */
struct fit {
    double *value;       /* [n] */
    double *map;         /* [n][known]; NULL: the values need no map */
    double *covariance;  /* [n][n], of the method itself; zero: exact */
    double freedom;      /* degrees of freedom of that covariance */
    double held_out;     /* mean squared error on held-out pairs; NaN */
};

/* shapley/estimate_ask.c. Opens with v(∅) and v(everybody) asked; room for so
 * many of the plan's pairs. */
MUST_USE status pair_values_open(struct arena *a, const struct asked_game *g,
                                 const struct pair_plan *plan, size_t pairs,
                                 struct pair_values *out, struct error *e);
/* Asks on until `known` observations are there. DATA: a value that is not
 * finite. */
MUST_USE status pair_values_ask(struct pair_values *v,
                                const struct asked_game *g, size_t known,
                                struct error *e);

/* Each takes its room from the arena. Fails for memory only. */
MUST_USE status estimate_pairs_all(struct arena *a, const struct pair_values *v,
                               struct fit *f, struct error *e);
MUST_USE status estimate_pairs_fit(struct arena *a, const struct pair_values *v,
                               struct fit *f, struct error *e);

/* shapley/estimate_error.c: variances of values and of differences, the
 * method's own and those of the reference sample, with the degrees of freedom
 * of their sum (Welch 1938, Satterthwaite 1946). */
struct spread {
    size_t n;
    const double *own;       /* [n][n] covariance of the method */
    double own_freedom;
    const double *sample;    /* [n][n] of the reference sample; NULL: none */
    const double *apart;     /* [samples][n] what each row gives, less the mean */
    size_t samples;
    double sample_freedom;
};
MUST_USE status spread_of(struct arena *a, const struct pair_values *v,
                          const struct fit *f, struct spread *out,
                          struct error *e);
/* Of value i (j == i) or of the difference i − j. */
double spread_variance(const struct spread *s, size_t i, size_t j,
                       double *freedom);
/* Of the first `first` places by value, how many are certain, from the first on:
 * place i must lie before place i + 1, the last of them before all later ones,
 * and the probabilities of the opposite add up to at most `wrong` (Boole). */
size_t certain_places(const struct spread *s, const double *value, size_t first,
                      bool largest_first, double wrong);

#endif
