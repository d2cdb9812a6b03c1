/* batch/decide_points.h: reasons.method "points": a scorecard's own reason codes
 * in the place of contributions. */
#ifndef CANDOR_BATCH_DECIDE_POINTS_H
#define CANDOR_BATCH_DECIDE_POINTS_H

#include "batch/session.h"
#include "reasons/reasons.h"

/* ARGUMENT: the project asks for points and the model has no reason codes. */
MUST_USE status points_check(const struct session *s, struct error *e);

struct points; /* one a thread; NULL where the project does not ask for them */
MUST_USE status points_new(const struct session *s, struct points **out,
                           struct error *e);
void points_free(struct points *p); /* NULL is fine */
/* Puts the codes of the row into r, which was found by contributions. */
void points_take(struct points *p, const struct session *s, const double *row,
                 struct reasons *r);

#endif
