/* kernel/bins.h: rows of doubles → one byte a row and column, so that every
 * split of a forest becomes `byte < limit` (left) on unsigned bytes: numeric,
 * categorical, either library's comparison and every way of missing alike.
 *
 * A column is one feature under one treatment of missing values with at most
 * BINS_CUTS of the thresholds that the forest compares it with; a feature with
 * more has several columns. The byte is the number of thresholds that the value
 * does not go left of, so the k-th threshold (from 0) has limit k + 1. Missing
 * values are 0 (left of everything) or 255 (right). A categorical column has
 * one set: byte 0 goes left, 255 right, limit 1. */
#ifndef CANDOR_KERNEL_BINS_H
#define CANDOR_KERNEL_BINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BINS_CUTS = 254,
    BINS_LANES = 64 /* a tile's rows are padded to a multiple of this */
};

enum bins_compare {
    BINS_LESS_FLOAT, /* left if (float)x < (float)cut */
    BINS_AT_MOST,    /* left if x <= cut */
    BINS_SET         /* left if the code's membership equals set_goes_left */
};

enum bins_missing {
    BINS_NAN,  /* NaN is missing */
    BINS_ZERO, /* NaN and |x| <= 1e-35f are missing */
    BINS_NONE  /* NaN is 0.0 */
};

struct bins_column {
    uint32_t source;       /* column of the rows */
    uint8_t compare, missing;
    bool missing_left;
    bool set_goes_left;
    uint32_t count;        /* thresholds, or 32-bit words of the set */
    const double *cut;     /* [count] ascending, distinct as compared */
    const uint32_t *set;
};

/* rows[n][width] → tile[columns][stride], stride >= n a multiple of
 * BINS_LANES; bytes of rows beyond n are 0. Exactly what the model's own
 * comparison says for every double, infinities, -0 and denormals included. */
void bins_fill(const struct bins_column *column, size_t columns,
               const double *rows, size_t width, size_t n, uint8_t *tile,
               size_t stride);

#endif
