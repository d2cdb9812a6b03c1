/* Explainers for tests: one game, each feature a player. */
#ifndef CANDOR_TESTS_EXPLAIN_H
#define CANDOR_TESTS_EXPLAIN_H

#include "shapley/estimators.h"

/* r is used where the estimator needs a reference; memory 0: the default. */
status explain_one(const struct estimator *s, const struct model *m,
                   const struct explain_reference *r, enum explain_mode mode,
                   size_t memory, struct explainer **out, struct error *e);

/* STRICT contributions of n rows of a model with one output, malloc'ed
 * [n][features + 1]; their residuals are checked. */
double *explain_rows(const struct estimator *s, const struct model *m,
                     const double *rows, size_t n, const double *reference,
                     size_t k);
/* Does the estimator refuse so many inputs? Listing coalitions ends at 14. */
bool explain_too_many(const struct estimator *s, size_t inputs);

#endif
