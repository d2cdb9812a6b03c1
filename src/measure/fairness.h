/* measure/fairness.h: groups and intersections of two group columns. Nobody's
 * group is guessed: rows of unknown group are counted and left out of the
 * table. Selected is the favourable side of the cutoff. No verdicts. */
#ifndef CANDOR_MEASURE_FAIRNESS_H
#define CANDOR_MEASURE_FAIRNESS_H

#include "base/arena.h"
#include "measure/estimate.h"
#include "measure/sample.h"

enum { FAIRNESS_SMALL_N = 30, FAIRNESS_CELLS_MAX = 4096 };

struct fairness_options {
    const struct cutoff *cutoff; /* NULL: only what needs none */
    size_t column;               /* group column of the sample */
    long second;                 /* another for intersections; -1: none */
    size_t codes, second_codes;  /* codes are 0 … codes-1 */
    long reference;              /* code (first × second_codes + second);
                                    -1: the largest group, lowest code on ties */
    size_t small_n;              /* 0: FAIRNESS_SMALL_N */
    bool higher_is_better;       /* scores: for the person; sides of scoring rate */
};

struct fairness_row {
    size_t code, second;         /* second is 0 without a second column */
    bool is_reference, is_best, small;
    double n, known, events;     /* rows; with outcome; events */
    double selected;
    struct estimate share;       /* n / rows of known group */
    struct estimate base_rate;   /* events / known, Wilson */
    struct estimate selection;   /* selected / n, Wilson */
    /* rate over the reference's / over the best group's; Katz. */
    struct estimate ratio_reference, ratio_best;
    struct estimate difference;  /* selection minus the reference's; Newcombe */
    /* Score's mean minus the reference's over the pooled standard deviation;
     * positive = more of the event. Hedges & Olkin's interval. */
    struct estimate mean_difference;
    double mean_score, sd_score;
    struct estimate tpr, fpr, ppv; /* of flagged, as in measure/confusion.h */
    struct estimate auc;         /* DeLong within the group */
    struct estimate calibration; /* mean (outcome - probability); Student */
    /* New York City, 6 RCNY 5-300: share whose score is on the better side of
     * the whole sample's median, strictly. */
    double above_median, at_median;
    struct estimate scoring, scoring_ratio; /* Wilson; to the best, Katz */
};

struct fairness {
    struct fairness_row *row;    /* ascending code, those with rows */
    size_t rows;
    size_t reference, best, best_scoring; /* index in row; SIZE_MAX: none */
    double n, unknown;           /* rows of known, of unknown group */
    double median;               /* of all rows' scores, unknown group too */
    double median_ties;          /* rows exactly at it */
};

/* The best group is the one of the largest rate among those with n >= small_n
 * (among all when none is that large); lowest code on ties. */
MUST_USE status fairness_of(const struct sample *s,
                            const struct fairness_options *o, struct arena *a,
                            struct fairness *out, struct error *e);

#endif
