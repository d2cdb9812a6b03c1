/* measure/ranking.h: scores with known outcome in order, equal scores together;
 * what depends on order alone. All counts are exact integers, so no figure here
 * depends on the order of rows. */
#ifndef CANDOR_MEASURE_RANKING_H
#define CANDOR_MEASURE_RANKING_H

#include "measure/estimate.h"

#include <stdint.h>

struct ranking {
    size_t n, blocks;        /* rows with outcome; distinct scores */
    double events, others;
    double *score;           /* [blocks] ascending */
    uint32_t *event, *other; /* [blocks] counts at that score */
};

/* order: row indices ascending by score (kernel/sort.h), of these rows only;
 * NULL: made here for rows 0…count-1. Rows with unknown label are left out. */
MUST_USE status ranking_new(const double *score, const uint8_t *label,
                            const uint32_t *order, size_t count,
                            struct ranking **out, struct error *e);
void ranking_free(struct ranking *r);
/* The k-th smallest score: an order_statistic of measure/quantile.h. */
double ranking_nth(const void *ranking, double k);

/* Area under the ROC curve = P(score of event > of other) + ½ P(equal), with
 * DeLong's variance (divisors m-1, n-1). [0, 1]. One class: "one-class"; one
 * row of a class: value without interval ("too-few"). When the variance is 0
 * (perfect separation) low = high = value. */
struct estimate ranking_auc(const struct ranking *r);
/* DeLong's variance itself; NaN where there is none. */
double ranking_auc_variance(const struct ranking *r);
struct estimate ranking_gini(const struct ranking *r); /* 2 AUC - 1 */

/* Kolmogorov–Smirnov: the largest |F_event - F_other|; `at` is the lowest score
 * where "score >= at flagged" reaches it. "at-score" interval. */
struct estimate ranking_ks(const struct ranking *r, double *at);

/* Average precision Σ (R_i - R_{i-1}) P_i over distinct scores from the top
 * (equal scores enter together; no interpolation). [0, 1]. "logit" interval
 * with n = events. */
struct estimate ranking_average_precision(const struct ranking *r);

/* AUC of b minus AUC of a on the same rows (paired DeLong). */
MUST_USE status ranking_auc_change(const double *a, const double *b,
                                   const uint8_t *label, size_t n,
                                   struct estimate *out, struct error *e);

#endif
