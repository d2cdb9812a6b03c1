/* measure/quality.h: what is wrong with a column or a table.
 *
 * Counts and quantiles do not depend on order (measure/tally.h); mean and
 * standard deviation are merged in row order. */
#ifndef CANDOR_MEASURE_QUALITY_H
#define CANDOR_MEASURE_QUALITY_H

#include "measure/estimate.h"
#include "measure/tally.h"

/* Outlier: beyond 3 interquartile ranges below the lower or above the upper
 * quartile (Tukey's outer fence). When the quartiles are equal there is no
 * fence and no outlier. */
#define QUALITY_FENCE 3.0

struct column_quality;
struct column_quality *column_quality_new(void); /* NULL: no memory */
void column_quality_free(struct column_quality *q);
MUST_USE status column_quality_add(struct column_quality *q, double x,
                                   struct error *e);
MUST_USE status column_quality_merge(struct column_quality *into,
                                     const struct column_quality *from,
                                     struct error *e);
struct tally *column_quality_tally(struct column_quality *q);

struct column_report {
    double n;               /* rows, missing included */
    double missing, infinite;
    struct estimate missing_share; /* Wilson */
    double distinct;        /* of present values; a lower bound when !exact */
    bool exact;             /* quantiles and outliers exact (measure/tally.h) */
    double low, high, mean, sd;     /* NaN when nothing is present */
    double p01, p05, q1, median, q3, p95, p99;
    double fence_low, fence_high;   /* NaN: no fence */
    double outliers;
    bool constant;          /* one distinct present value, none missing */
    bool empty;             /* nothing present */
};
void column_report_of(struct column_quality *q, struct column_report *out);

/* Category columns: counts by code. */
struct category_report {
    double n, missing, distinct;
    struct estimate missing_share;
    double unseen;          /* rows whose category the base never had */
    struct estimate unseen_share;   /* of present rows, Wilson */
    size_t most;            /* most frequent code; SIZE_MAX: none */
    double most_n;
    bool constant;
};
/* known[codes]: the model or base knows the code; NULL: all known. */
void category_report_of(const double *count, size_t codes, double missing,
                        const bool *known, struct category_report *out);

/* Repeated rows by a 64-bit hash of their cells (two different rows meet with
 * probability about rows² / 2^65: 3e-8 at a million). Above `cap` distinct rows
 * the set takes no more and says so; then `repeated` is a lower bound. Rows are
 * added in row order by one thread. 16–32 bytes a distinct row. */
struct row_set;
struct row_set *row_set_new(size_t cap); /* NULL: no memory; 0: 4,000,000 */
void row_set_free(struct row_set *s);
MUST_USE status row_set_add(struct row_set *s, uint64_t row_hash,
                            struct error *e);
double row_set_rows(const struct row_set *s);
double row_set_repeated(const struct row_set *s); /* rows equal to an earlier */
bool row_set_capped(const struct row_set *s);
/* Folds cells into a row's hash, starting from 0; NaN is one value, -0 is 0. */
uint64_t row_hash_number(uint64_t hash, double x);
uint64_t row_hash_text(uint64_t hash, const char *text, size_t length);

#endif
