/* measure/probe.h: what is learnt by asking the model again: permutation
 * importance, dependence and accumulated local effects, monotonicity, missing
 * and noise stress. The rows are a sample the caller chose (rule stated by the
 * caller); the model is a callback. Nothing here knows what a model is.
 *
 * Random numbers: kernel/random.h, stream (seed, feature, repeat), so each
 * result is the same alone or among others, on any thread. */
#ifndef CANDOR_MEASURE_PROBE_H
#define CANDOR_MEASURE_PROBE_H

#include "base/arena.h"
#include "measure/estimate.h"
#include "measure/sample.h"

struct scorer {
    void *self;
    /* out[i] = score of row[i * features …], higher = more of the event. */
    status (*score)(void *self, const double *row, size_t rows, double *out,
                    struct error *e);
};

struct probe_rows {
    const double *row;      /* [n * features]; NaN = missing */
    size_t n, features;     /* n < 2^32 */
    const uint8_t *label;   /* [n], may be NULL: then losses are no AUC */
    const double *target;   /* [n], may be NULL: regression, RMSE */
};

enum { PROBE_BLOCK = 256, GRID_MAX = 40, PROBE_REPEATS_MAX = 64 };

/* AUC drop (label) or RMSE rise (target) when the inputs of a set — one input,
 * or all of a factor — are shuffled together among the rows (Breiman 2001;
 * Fisher, Rudin & Dominici 2019). Positive = the input matters. */
struct permutation {
    struct estimate loss;   /* "repeats" */
    double base;            /* AUC or RMSE with nothing shuffled */
};
MUST_USE status permutation_of(const struct scorer *m,
                               const struct probe_rows *rows,
                               const size_t *input, size_t inputs,
                               uint64_t seed, size_t repeats,
                               struct permutation *out, struct error *e);

/* Effect of one input. */
struct effect_point {
    double at;              /* value (category code, or grid value) */
    double value, low, high;/* 95 % */
    double n;               /* ALE: rows of the interval that ends here (point
                               0: of the first); dependence: rows for which
                               this value is the nearest, lower on ties */
    bool thin;              /* fewer than 30 rows there */
};
struct effect {
    struct effect_point *point;
    size_t points;          /* 0: constant or all missing */
    double rug[9];          /* deciles of the present values */
    double present, missing;
    double range;           /* largest minus smallest value */
};
/* ALE (Apley & Zhu 2020, eq. 15–16): edges from probe_grid, `bins` intervals
 * (1 … GRID_MAX - 1; one with fewer than two rows joins its neighbour), centred
 * to mean 0 over the rows by the mean of the interval's two ends. The band is
 * the exact variance of that linear combination of interval means, counts taken
 * as fixed, normal. Rows whose input is missing take no part. */
MUST_USE status effect_ale(const struct scorer *m, const struct probe_rows *rows,
                           size_t input, size_t bins, struct arena *a,
                           struct effect *out, struct error *e);
/* Mean score with the input set to each value of `at` (Friedman 2001), all else
 * as found (missing ones included). Student interval over rows. For categories,
 * or beside ALE. at: <= GRID_MAX values, NaN allowed (missing). */
MUST_USE status effect_dependence(const struct scorer *m,
                                  const struct probe_rows *rows, size_t input,
                                  const double *at, size_t values,
                                  struct arena *a, struct effect *out,
                                  struct error *e);

/* Does the score move one way along a grid of quantiles, all else as found?
 * direction +1: the score may not fall as the input rises; -1: not rise. */
struct monotonicity {
    double rows, violating;      /* rows asked; rows with any step against */
    struct estimate share;       /* Wilson */
    double steps, steps_against;
    double largest;              /* largest step against, on the score's scale */
    double largest_from, largest_to; /* the input's two values there */
    size_t largest_row;          /* SIZE_MAX: none */
    size_t grid;                 /* values tried; < 2: nothing to check */
};
/* A step counts when it is against by more than `tolerance`. */
MUST_USE status monotonicity_of(const struct scorer *m,
                                const struct probe_rows *rows, size_t input,
                                int direction, size_t grid, double tolerance,
                                struct monotonicity *out, struct error *e);

/* One input made missing in every row, or moved by noise. */
struct stress {
    struct estimate base;        /* AUC as found ("no-outcomes": no labels) */
    struct estimate auc;         /* under stress */
    struct estimate change;      /* paired DeLong */
    struct estimate moved;       /* mean |score change|, Student */
    struct estimate flipped;     /* share that crosses the cutoff, Wilson */
    double touched;              /* rows whose input changed */
};
/* cutoff NULL: `flipped` is "no-cutoff". */
MUST_USE status stress_missing(const struct scorer *m,
                               const struct probe_rows *rows, size_t input,
                               const struct cutoff *c, struct stress *out,
                               struct error *e);
/* Adds normal noise of `scale` × the input's own standard deviation to present
 * values, kept within the smallest and largest seen; columns of whole numbers
 * stay whole. */
MUST_USE status stress_noise(const struct scorer *m,
                             const struct probe_rows *rows, size_t input,
                             double scale, uint64_t seed,
                             const struct cutoff *c, struct stress *out,
                             struct error *e);

/* Ascending distinct quantiles of a column's present values from the smallest
 * to the largest, at most `want` (2 … GRID_MAX). Each is one of the values (the
 * smallest one that has at least that share at or below it), so nothing is ever
 * asked about an input nobody had. count 0: nothing present. */
MUST_USE status probe_grid(const struct probe_rows *rows, size_t input,
                           size_t want, double *grid, size_t *count,
                           struct error *e);

#endif
