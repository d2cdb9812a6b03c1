/* measure/curve.h: points of ROC, PR, KS and gains curves for charts. Each
 * point is a real operating point (flag everything with score >= threshold);
 * thinning keeps the first, the last, the one at the cutoff and the one where
 * KS is reached, and of the others the ones evenly spread over the length of
 * the curve, by rule and never by chance. */
#ifndef CANDOR_MEASURE_CURVE_H
#define CANDOR_MEASURE_CURVE_H

#include "base/arena.h"
#include "measure/ranking.h"
#include "measure/sample.h"

enum { CURVE_POINTS_MAX = 200 };

struct curve_point {
    double threshold;     /* score; +inf for the point where nothing is flagged */
    double tpr, fpr;      /* shares of events / of others flagged; also the two
                             lines of the KS chart at this threshold */
    double precision;     /* of the flagged; NaN when nothing is flagged */
    double flagged;       /* share of all rows flagged: x of gains (y = tpr) */
};

struct curve {
    struct curve_point *point; /* from nothing flagged to everything flagged */
    size_t points;             /* 0 when one class only */
    size_t at_cutoff;          /* index; SIZE_MAX without a cutoff */
    size_t at_ks;              /* index of the KS point */
    bool thinned;              /* points were left out */
};

/* c may be NULL. */
MUST_USE status curve_of(const struct ranking *r, const struct cutoff *c,
                         struct arena *a, struct curve *out, struct error *e);

#endif
