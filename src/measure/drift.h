/* measure/drift.h: population stability index
 *     PSI = Σ_b (a_b - e_b) ln(a_b / e_b)
 * of shares e (base) and a (now) over bins, each share at least DRIFT_FLOOR
 * (not rescaled). Bins of a numeric column: edges are the base's deciles (type
 * 7, equal ones kept once), bin = number of edges <= value; a column with at
 * most DRIFT_BINS distinct base values has a bin a value and one for other
 * values; missing has a bin of its own when either side has any. Categories: a
 * bin each for the most frequent DRIFT_CATEGORIES of the base (ties: lower
 * code), one for all others. */
#ifndef CANDOR_MEASURE_DRIFT_H
#define CANDOR_MEASURE_DRIFT_H

#include "base/arena.h"
#include "measure/estimate.h"
#include "measure/sample.h"
#include "measure/tally.h"

enum { DRIFT_BINS = 10, DRIFT_CATEGORIES = 40, DRIFT_BINS_MAX = 64 };
#define DRIFT_FLOOR 1e-4

enum drift_kind { DRIFT_EDGES, DRIFT_VALUES, DRIFT_CODES };

struct drift_bins { /* a plain value; copy at will */
    enum drift_kind kind;
    size_t count;                  /* edges, values or codes */
    double at[DRIFT_BINS_MAX];     /* ascending */
};
/* Bins in a count array: EDGES count + 1, VALUES and CODES count + 1 (the last:
 * other); then one more for missing. */
size_t drift_cells(const struct drift_bins *b);
size_t drift_cell(const struct drift_bins *b, double x); /* NaN: missing */

void drift_bins_of_tally(struct tally *base, struct drift_bins *out);
/* codes 0, 1, … with their base counts */
MUST_USE status drift_bins_of_codes(const double *count, size_t codes,
                                    struct drift_bins *out, struct error *e);
/* Adds a tally's values to counts[drift_cells]. A tally that had to cut values
 * counts each cell at its lower end. */
void drift_count_tally(const struct drift_bins *b, struct tally *t,
                       double *counts);

struct drift {
    struct estimate psi;   /* n = rows now; no interval */
    double base_n, now_n;
    double by_chance;      /* 95 % point of PSI when nothing changed:
                              (1/base + 1/now) χ²(bins - 1) (Yurdakul 2018) */
    size_t bins;           /* cells that either side uses */
};
struct drift drift_psi(const double *base, const double *now, size_t cells);

/* Score over periods. */
struct period_drift {
    uint16_t period;
    double n, events, unknown;
    struct estimate event_rate, mean_score, auc;
    struct drift drift;
    double share[DRIFT_BINS_MAX + 2]; /* of each score bin */
};
struct stability {
    struct drift_bins bins;
    double base_share[DRIFT_BINS_MAX + 2];
    size_t cells;
    struct drift overall;         /* whole sample against the base */
    struct period_drift *period;  /* ascending codes, those with rows */
    size_t periods;
    double undated;               /* rows with unknown period */
    size_t worst_auc, worst_psi;  /* index; SIZE_MAX when none computable */
};
/* base: another split, or `now` itself. Score bins as for numeric columns, the
 * edges from all of the base's rows exactly. */
MUST_USE status stability_of(const struct sample *base,
                             const struct sample *now, struct arena *a,
                             struct stability *out, struct error *e);

#endif
