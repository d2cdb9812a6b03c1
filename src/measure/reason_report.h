/* measure/reason_report.h: the reasons that notices print, over declined
 * decisions. Bits depend on the order: add in row order, or merge blocks in it.
 * measure/global.h counts reasons by group. */
#ifndef CANDOR_MEASURE_REASON_REPORT_H
#define CANDOR_MEASURE_REASON_REPORT_H

#include "measure/estimate.h"

enum { REASONS_RANKED = 4, REPORT_FACTORS_MAX = 4096 };

struct reason_case { /* one declined decision */
    const size_t *a;    /* factors by method A, principal reason first */
    size_t a_count;     /* may exceed four: the first four count */
    const size_t *b;
    size_t b_count;
    bool printed_is_b;  /* which method the notice printed */
    double shortfall;   /* total of adverse factors of the printed method, > 0 */
    double covered;     /* of the reasons printed */
    double residual;    /* |Σ contributions - (score - base)| of this row */
};
struct reason_report {
    size_t factors;
    double *rank;       /* [factors * REASONS_RANKED] printed counts */
    double declines, without_adverse; /* no factor by the printed method */
    double compared;    /* declines with a reason by both methods */
    double same_first, same_set; /* first equal; sets of first four equal */
    struct moments overlap;      /* |A4 ∩ B4| / max(|A4|, |B4|) */
    struct moments coverage;     /* covered / shortfall, in [0, 1] */
    double residual_max;         /* NaN once any residual was NaN */
};
MUST_USE status reason_report_new(size_t factors, struct reason_report **out,
                                  struct error *e);
void reason_report_free(struct reason_report *r);
MUST_USE status reason_report_add(struct reason_report *r,
                                  const struct reason_case *c,
                                  struct error *e);
MUST_USE status reason_report_merge(struct reason_report *into,
                                    const struct reason_report *from,
                                    struct error *e);
/* Share of declines where the factor was printed at rank 0…3 (Wilson). */
struct estimate reason_share(const struct reason_report *r, size_t factor,
                             size_t rank);
struct estimate reason_share_any(const struct reason_report *r, size_t factor);
struct estimate reason_agreement_first(const struct reason_report *r);
struct estimate reason_agreement_set(const struct reason_report *r);
struct estimate reason_overlap(const struct reason_report *r);  /* Student */
struct estimate reason_coverage(const struct reason_report *r); /* Student */

#endif
