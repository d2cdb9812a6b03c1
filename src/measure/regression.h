/* measure/regression.h: models that predict an amount. Sums in row order. */
#ifndef CANDOR_MEASURE_REGRESSION_H
#define CANDOR_MEASURE_REGRESSION_H

#include "base/arena.h"
#include "measure/estimate.h"

struct regression_bin {
    double from, to;           /* edges of the prediction */
    double n, predicted;       /* mean prediction */
    struct estimate observed;  /* mean outcome, Student */
};

struct regression {
    double n;
    struct estimate rmse;      /* root of the Student interval of mean e² */
    struct estimate mae;       /* Student */
    struct estimate bias;      /* mean (predicted - actual), Student */
    struct estimate r2;        /* 1 - Σe² / Σ(y - ȳ)²; delta; ≤ 1 */
    struct estimate mean_predicted, mean_actual;
    struct regression_bin *bin;
    size_t bins;               /* by quantiles of the prediction, as bands are */
};

/* All values finite, else DATA naming the row. */
MUST_USE status regression_of(const double *predicted, const double *actual,
                              size_t n, size_t bins, struct arena *a,
                              struct regression *out, struct error *e);

#endif
