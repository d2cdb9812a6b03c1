/* measure/importance.h: tallies over decisions that were explained: mean
 * absolute contribution of each input or factor, and the reason report.
 *
 * Blocks of rows are tallied apart and merged in row order. */
#ifndef CANDOR_MEASURE_IMPORTANCE_H
#define CANDOR_MEASURE_IMPORTANCE_H

#include "measure/estimate.h"

enum { REASONS_RANKED = 4, REPORT_FACTORS_MAX = 4096 };

/* --- mean |contribution| --- */
struct importance {
    size_t count;               /* inputs or factors */
    struct moments *absolute;   /* [count] of |contribution| */
    struct moments *plain;      /* [count] of contribution: sign of its mean */
};
MUST_USE status importance_new(size_t count, struct importance **out,
                               struct error *e);
void importance_free(struct importance *i);
void importance_add(struct importance *i, const double *contribution);
MUST_USE status importance_merge(struct importance *into,
                                 const struct importance *from,
                                 struct error *e);
struct estimate importance_of(const struct importance *i, size_t which);
/* order[count]: largest mean first, lower index on ties. */
void importance_order(const struct importance *i, size_t *order);

/* --- reason report --- */
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
