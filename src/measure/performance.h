/* measure/performance.h: section "Performance" of a card for one split, in one
 * call. Everything that lives in `out` belongs to the arena. */
#ifndef CANDOR_MEASURE_PERFORMANCE_H
#define CANDOR_MEASURE_PERFORMANCE_H

#include "measure/bands.h"
#include "measure/calibration.h"
#include "measure/confusion.h"
#include "measure/curve.h"

struct performance {
    double n, events, unknown;    /* rows; of them with event; without outcome */
    struct estimate event_rate;
    struct estimate auc, gini, ks, average_precision;
    double auc_variance;          /* DeLong */
    double ks_at;                 /* score */
    struct calibration calibration;
    bool has_cutoff;
    struct cutoff cutoff;
    struct confusion confusion;   /* zeroed without a cutoff */
    struct curve curve;
    struct band_table bands;
    struct histogram histogram;
};

struct performance_options {
    const struct cutoff *cutoff;  /* NULL: none */
    const double *band_edges;     /* NULL: quantiles */
    size_t band_edges_count;      /* edges, or bands when no edges (0: 10) */
    size_t calibration_bins;      /* 0: 10 */
};

MUST_USE status performance_of(const struct sample *s,
                               const struct performance_options *o,
                               struct arena *a, struct performance *out,
                               struct error *e);

#endif
