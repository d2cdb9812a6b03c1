/* batch/decide_estimate.h: one decision's contributions as estimates. */
#ifndef CANDOR_BATCH_DECIDE_ESTIMATE_H
#define CANDOR_BATCH_DECIDE_ESTIMATE_H

#include "batch/reference.h"
#include "facts/decision.h"

struct estimates; /* one a thread; NULL where nothing is estimated */
MUST_USE status estimates_new(const struct session *s,
                              const struct references *r,
                              struct estimates **out, struct error *e);
void estimates_free(struct estimates *x); /* NULL is fine */
const struct estimate_bill *estimates_bill(const struct estimates *x);

/* Estimates row[features] against each population that is there, finds the
 * reasons, and links what documents print: valid until the next row. The order
 * of reasons is made certain only where the decision owes reasons. */
MUST_USE status estimates_row(struct estimates *x, const double *row,
                              struct decision_findings *facts,
                              struct reasons *reasons,
                              struct decision *decision, struct error *e);
/* The same for the reasons alone. */
MUST_USE status estimates_reasons(struct estimates *x, const double *row,
                                  struct reasons *reasons, struct error *e);

#endif
