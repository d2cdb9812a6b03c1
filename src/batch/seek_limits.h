/* batch/seek_limits.h: the name of a set of limits, so that a page can say which
 * one a plan was found within. */
#ifndef CANDOR_BATCH_SEEK_LIMITS_H
#define CANDOR_BATCH_SEEK_LIMITS_H

#include "facts/recourse.h"

/* Twelve hex digits of the SHA-256 of everything that a plan must keep to:
 * levers with their ranges, steps and costs, formulas, rules, further scores and
 * their cutoffs, the number of changes. The first score's model, cutoff and
 * guard are not in it: pages name them beside. */
MUST_USE status limits_id(const struct recourse_problem *p,
                          char out[RECOURSE_LIMITS_ID], struct error *e);

#endif
