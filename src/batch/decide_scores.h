/* batch/decide_scores.h: the deployed model's margins of a block of decisions. */
#ifndef CANDOR_BATCH_DECIDE_SCORES_H
#define CANDOR_BATCH_DECIDE_SCORES_H

#include "batch/session.h"
#include "reasons/decision.h"

/* margin[block rows][outputs] of the wanted ones among n rows from `from` on that a score decides about; see
 * decider_scores of batch/decide.h. */
MUST_USE status scores_ask(const struct session *s, struct decision_reader *r,
                           const struct block *block, const bool *wanted,
                           size_t from, size_t n, double *margin,
                           struct error *e);

#endif
