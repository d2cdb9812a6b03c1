/* batch/evaluate_recourse.h: the recourse audit of a card: declined rows of the
 * lead split, chosen by the hash of their ids, searched as documents would. */
#ifndef CANDOR_BATCH_EVALUATE_RECOURSE_H
#define CANDOR_BATCH_EVALUATE_RECOURSE_H

#include "batch/evaluate_in.h"

struct explaining;
struct hand;

/* Is the audit wanted, and can this model be searched? */
bool evaluate_audits(const struct evaluating *v);
/* Searches the chosen rows. x: hands that explain; NULL, or one that has no
 * reasons to tell: reasons are not counted. */
MUST_USE status evaluate_recourse(struct evaluating *v, struct explaining *x,
                                  struct error *e);

#endif
