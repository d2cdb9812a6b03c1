/* Explainers for tests: one game, each feature a player. */
#ifndef CANDOR_TESTS_EXPLAIN_H
#define CANDOR_TESTS_EXPLAIN_H

#include "shapley/estimators.h"

/* r is used where the estimator needs a reference; memory 0: the default. */
status explain_one(const struct estimator *s, const struct model *m,
                   const struct explain_reference *r, enum explain_mode mode,
                   size_t memory, struct explainer **out, struct error *e);

#endif
