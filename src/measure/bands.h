/* measure/bands.h: the band table of scorecards, and score histograms. */
#ifndef CANDOR_MEASURE_BANDS_H
#define CANDOR_MEASURE_BANDS_H

#include "base/arena.h"
#include "measure/ranking.h"

enum { BANDS_MAX = 50, HISTOGRAM_BINS_MAX = 60 };

struct band { /* ordered from the highest score (most events) down */
    double from, to;          /* score in [from, to); ±inf at the ends */
    double lowest, highest;   /* scores that fell in; NaN when n = 0 */
    double n, events;
    double share;             /* n / all */
    struct estimate rate;     /* events / n, Wilson */
    double cumulative_n, cumulative_events;      /* this band and all above */
    double cumulative_share;                     /* of rows */
    double captured;          /* cumulative_events / all events: gains */
    struct estimate lift;     /* rate / overall rate; interval = that of rate,
                                 the overall rate taken as known */
    double cumulative_lift;   /* captured / cumulative_share */
    double odds;              /* others : events; NaN when no events */
};

struct band_table {
    struct band *band;
    size_t bands;
    bool given;               /* edges were given */
};

/* edges NULL: the i/bands quantiles of the scores (type 7), equal ones kept
 * once; else `edges` ascending, finite, 1 … BANDS_MAX - 1 of them. */
MUST_USE status bands_of(const struct ranking *r, const double *edges,
                         size_t edges_or_bands, struct arena *a,
                         struct band_table *out, struct error *e);

/* Equal-width bins of a round step (1, 2, 5 × 10^k) over the range of scores;
 * share of each class's own total, so both outlines have area one. */
struct histogram {
    double from, step;
    size_t bins;              /* 1 … HISTOGRAM_BINS_MAX; 0 when empty */
    double *event, *other;    /* [bins] counts */
};
MUST_USE status histogram_of(const struct ranking *r, size_t most_bins,
                             struct arena *a, struct histogram *out,
                             struct error *e);

#endif
