/* measure/global.h: contributions of a whole table in bounded memory: for all
 * rows and for each group, how much each player weighs, how its contribution
 * goes with its value, which pairs weigh most, which reasons are given.
 *
 * A player is an input, or a group of inputs that the caller explains as one.
 * One tally serves one output by one game.
 *
 * Sums are of whole multiples of a quantum (2^-40 of `largest`, rounded up to
 * a power of two), kept in 128 bits: adding and merging are exact. A tally
 * therefore depends on the set of rows alone: not on their order, on blocks,
 * on threads or on the order of merging. Each contribution is known to half a
 * quantum, 4.5e-13 of `largest`.
 *
 * Intervals are of the mean over rows taken as a sample of more such rows:
 * mean ± t(n − 1) s/√n, the normal interval wherever n is large (estimate.h,
 * "student"). Memory: 48 bytes a player and group, 96 a bin and group where
 * groups have bins, 32 a pair and group. */
#ifndef CANDOR_MEASURE_GLOBAL_H
#define CANDOR_MEASURE_GLOBAL_H

#include "measure/estimate.h"

#include <stdint.h>

enum {
    GLOBAL_EDGES = 31,        /* of a numeric player: 32 bins of its value */
    GLOBAL_CODES = 64,        /* categories counted apart, the rest together */
    GLOBAL_COLUMNS = 8,       /* of groups */
    GLOBAL_GROUPS = 1024,     /* groups of all columns together */
    GLOBAL_PAIRS = 65536,
    GLOBAL_BYTES_MAX = 512 << 20, /* one tally */
    GLOBAL_RANKS = 4,         /* reasons counted by rank */
    GLOBAL_METHODS = 2
};

enum global_kind {
    GLOBAL_NUMBER,   /* bins between edges */
    GLOBAL_CATEGORY, /* a bin a code */
    GLOBAL_NONE      /* no value of its own (several inputs): no bins */
};

struct global_player {
    enum global_kind kind;
    size_t feature;      /* column of the rows */
    const double *edge;  /* NUMBER: [edges] ascending, distinct */
    size_t edges;        /* at most GLOBAL_EDGES */
    size_t codes;        /* CATEGORY: codes 0 … codes - 1 have their own bin,
                            at most GLOBAL_CODES */
};

struct global_spec {
    size_t players;
    const struct global_player *player; /* [players]; NULL: no bins at all */
    /* No |contribution| is more than 512 times this; a bound such as
     * model_reach (batch/portfolio.h) serves. Above 0, finite. */
    double largest;
    size_t columns;               /* of groups; 0: all rows only */
    size_t codes[GLOBAL_COLUMNS]; /* groups of each column */
    bool group_bins;              /* bins for each group too */
    size_t pairs;                 /* whose interactions are tallied; 0: none */
};

struct global;

/* The spec is copied. LIMIT names the cap that is passed, ARGUMENT what is
 * wrong with the spec. */
MUST_USE status global_new(const struct global_spec *spec, struct global **out,
                           struct error *e);
void global_free(struct global *g); /* NULL is fine */

/* n rows: contribution of player p to row i is phi[i * phi_stride + p], its
 * value row[i * width + feature] (row may be NULL where there are no bins),
 * group[i * columns + c] the row's group in column c (code below codes[c];
 * any other: in no group of it). NUMERIC names the player whose contribution
 * is no number or out of reach. */
struct global_rows {
    size_t n;
    const double *phi;
    size_t phi_stride;
    const double *row;
    size_t width;
    const uint16_t *group; /* NULL where there are no columns */
};
MUST_USE status global_add(struct global *g, const struct global_rows *rows,
                           struct error *e);
/* The same rows' interactions, pairs[i * stride + k]. */
MUST_USE status global_add_pairs(struct global *g, const double *pairs,
                                 size_t stride, const uint16_t *group,
                                 size_t n, struct error *e);
/* Exact; the two were made of equal specs. */
MUST_USE status global_merge(struct global *into, const struct global *from,
                             struct error *e);

/* --- what was found. group: 0 all rows, else global_group(column, code) --- */
size_t global_groups(const struct global *g); /* with 0 */
size_t global_group(const struct global *g, size_t column, size_t code);
double global_n(const struct global *g, size_t group);
struct estimate global_absolute(const struct global *g, size_t group,
                                size_t player); /* mean |phi| */
struct estimate global_mean(const struct global *g, size_t group,
                            size_t player);     /* mean phi */
/* order[players] by mean |phi|, largest first, lower index on ties. */
void global_order(const struct global *g, size_t group, size_t *order);

/* Bins in this order: numeric below the first edge … at or above the last
 * (value in [edge[i - 1], edge[i])); categories by code, then all other codes;
 * last, missing values (NaN). Empty ones are kept (n = 0). */
struct global_bin {
    double n;
    double low, high;    /* least and greatest value met; NaN when n = 0 or
                            missing */
    double mean, sd;     /* of the contribution; NaN below one, two rows */
    double least, most;  /* contributions met */
    bool missing, other; /* the two last kinds */
};
size_t global_bins(const struct global *g, size_t player); /* 0: none */
struct global_bin global_bin(const struct global *g, size_t group,
                             size_t player, size_t bin);
struct estimate global_bin_mean(const struct global *g, size_t group,
                                size_t player, size_t bin);

struct estimate global_pair(const struct global *g, size_t group,
                            size_t pair);       /* mean |phi_ij| */
struct estimate global_pair_mean(const struct global *g, size_t group,
                                 size_t pair);
/* The `most` pairs of largest mean |phi_ij|, lower index on ties; returns how
 * many (fewer where there are fewer pairs). */
size_t global_pair_order(const struct global *g, size_t group, size_t most,
                         size_t *order);

/* --- the reason report by group: counts alone --- */
struct global_reasons;

/* columns, codes: as in global_spec. */
MUST_USE status global_reasons_new(size_t factors, size_t columns,
                                   const size_t *codes,
                                   struct global_reasons **out,
                                   struct error *e);
void global_reasons_free(struct global_reasons *r);
/* One decision: factors by rank, principal first, by each method (count 0:
 * none, or the method is not at hand); the first GLOBAL_RANKS count.
 * group[columns] or NULL. */
struct global_reason_row {
    const size_t *factor[GLOBAL_METHODS];
    size_t count[GLOBAL_METHODS];
    const uint16_t *group;
};
MUST_USE status global_reasons_add(struct global_reasons *r,
                                   const struct global_reason_row *row,
                                   struct error *e);
MUST_USE status global_reasons_merge(struct global_reasons *into,
                                     const struct global_reasons *from,
                                     struct error *e);
/* Decisions added; how many gave a reason by the method. */
double global_reasons_n(const struct global_reasons *r, size_t group);
double global_reasons_given(const struct global_reasons *r, size_t group,
                            size_t method);
size_t global_reasons_group(const struct global_reasons *r, size_t column,
                            size_t code);
/* Share of the group's decisions where the factor stood at rank 0 … 3, or at
 * any of them (Wilson). */
struct estimate global_reason_share(const struct global_reasons *r,
                                    size_t group, size_t method, size_t factor,
                                    size_t rank);
struct estimate global_reason_any(const struct global_reasons *r, size_t group,
                                  size_t method, size_t factor);
/* Share of decisions with a reason by both methods whose first is the same,
 * and whose first four are the same set. */
struct estimate global_reason_same_first(const struct global_reasons *r,
                                         size_t group);
struct estimate global_reason_same_set(const struct global_reasons *r,
                                       size_t group);

#endif
