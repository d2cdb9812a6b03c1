/* recourse/isolation.h: how ordinary a row is among the people of a table.
 *
 * Isolation forest (Liu, Ting and Zhou 2008): each tree parts a small sample of
 * the rows by random cuts until they stand alone or the depth is ceil(log2
 * sample); unusual rows stand alone early. The result is a model whose margin
 * is the sum of a row's path lengths over the trees, a leaf of n sampled rows
 * counting its depth + c(n); so a limit on plans is one more recourse_score
 * (accept AT_LEAST, cutoff isolation_cutoff(), guard 0, native false). The
 * paper's anomaly score is 2^(−margin / (trees × c(sample))).
 *
 * A cut takes a column at random among those with two different known values in
 * its node, and a point between their smallest and largest, uniformly. A
 * missing value goes with the larger part of the known ones (left when equal),
 * so that missing alone makes nobody unusual; an infinite one counts as
 * missing. Path lengths are kept to 2^-32, so that their sums are exact in any
 * order. Same table, seed and settings: the same bytes. */
#ifndef CANDOR_RECOURSE_ISOLATION_H
#define CANDOR_RECOURSE_ISOLATION_H

#include "model/model.h"

enum {
    ISOLATION_TREES = 100,
    ISOLATION_SAMPLE = 256,
    ISOLATION_TREES_MAX = 1000,
    ISOLATION_SAMPLE_MAX = 4096,
    ISOLATION_COLUMNS_MAX = 2000,
    ISOLATION_POINTS = 4096,   /* of the kept table of quantiles */
    ISOLATION_RANKED = 262144, /* rows ranked; larger tables: evenly spaced */
    ISOLATION_BLOCK = 1024     /* rows asked for at once, at most */
};
#define ISOLATION_MEMORY   ((size_t)512 << 20) /* of sampled rows */
#define ISOLATION_ROWS_MAX 4000000000ULL

struct isolation_table {
    size_t rows, columns;
    const char *const *name; /* [columns], different */
    /* Fills out[count][columns], NaN missing; every column a number. Two
     * passes, each from first = 0 over all rows in order. */
    status (*read)(void *context, size_t first, size_t count, double *out,
                   struct error *e);
    void *context;
};

struct isolation_settings {
    size_t trees, sample; /* 0: the defaults; sample at most the rows */
    uint64_t seed;
};

struct isolation;

/* ARGUMENT: what cannot be (no rows, no cut anywhere, a count above its
 * maximum). LIMIT: the sampled rows need more than ISOLATION_MEMORY. */
MUST_USE status isolation_fit(const struct isolation_table *t,
                              const struct isolation_settings *s,
                              struct isolation **out, struct error *e);
void isolation_free(struct isolation *i); /* and its model */

/* Feature f is column f; one output, linked by nothing. */
const struct model *isolation_model(const struct isolation *i);

/* Share of the table's people at least as unusual as this row: their path
 * lengths sum to its own or less. Never above the true share by the kept
 * table, and below it by at most 1 / ISOLATION_POINTS. row[columns]. */
double isolation_share(const struct isolation *i, const double *row);
/* The smallest margin at which isolation_share is at least `share`: what a row
 * must reach to be at least as ordinary as that share. 0 <= share <= 1. */
double isolation_cutoff(const struct isolation *i, double share);
size_t isolation_ranked(const struct isolation *i); /* rows behind the shares */

/* c(n): the mean path length of a failed search in a binary search tree of n
 * keys, 2 H(n − 1) − 2 (n − 1) / n with the harmonic number added up; 0
 * below 2. */
double isolation_mean_path(size_t n);

#endif
