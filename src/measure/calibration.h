/* measure/calibration.h: does a probability of p happen p of the time? Sums run
 * in row order, so the bits never change. Rows with unknown outcome are left
 * out. Needs probabilities; without them each figure is "not-probability". */
#ifndef CANDOR_MEASURE_CALIBRATION_H
#define CANDOR_MEASURE_CALIBRATION_H

#include "base/arena.h"
#include "measure/estimate.h"

#include <stdint.h>

enum { CALIBRATION_BINS_MAX = 50 };
#define CALIBRATION_CLIP 1e-15 /* p is kept in [clip, 1 - clip] under logs */

struct calibration_bin {
    double from, to;          /* edges; -inf and +inf at the ends */
    double lowest, highest;   /* of the probabilities that fell in */
    double n, events;
    double expected;          /* mean probability; NaN when n = 0 */
    struct estimate observed; /* events / n, Wilson */
};

struct calibration {
    double n, events;
    struct estimate log_loss; /* mean of -ln p(outcome); Student on rows */
    struct estimate brier;    /* mean (p - y)²; Student on rows */
    /* Logistic recalibration y ~ a + b logit p (Cox 1958), by Newton from
     * (0, 1); Wald intervals from the information matrix. Ideal 1 and 0. */
    struct estimate slope, intercept;
    /* a of y ~ a + logit p: calibration in the large. Ideal 0. */
    struct estimate in_the_large;
    struct estimate observed_minus_expected; /* mean (y - p), Student */
    /* Σ (n_b / n) |observed_b - expected_b| over the bins below (Naeini et al.
     * 2015 with bins of equal count). No closed-form interval. */
    struct estimate ece;
    struct calibration_bin *bin;
    size_t bins; /* bins that ties left: <= asked for */
};

/* Edges are the i/bins quantiles (linear interpolation, Hyndman & Fan type 7);
 * a probability belongs to bin "number of edges <= p", equal edges are kept
 * once. bins: 2 … CALIBRATION_BINS_MAX. probability may be NULL. */
MUST_USE status calibration_of(const double *probability, const uint8_t *label,
                               size_t n, size_t bins, struct arena *a,
                               struct calibration *out, struct error *e);

#endif
