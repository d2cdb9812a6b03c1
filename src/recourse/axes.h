/* recourse/axes.h: what makes a space. Private to it. */
#ifndef CANDOR_RECOURSE_AXES_H
#define CANDOR_RECOURSE_AXES_H

#include "recourse/grids.h"

/* A lever's own value in a row; NaN: missing, or a one-hot group that says
 * nothing. */
double lever_own(const struct recourse_lever *l, const double *row);
MUST_USE status axis_make(const struct recourse *r, size_t lever,
                          const double *row, struct arena *a, struct axis *out,
                          struct error *e);

/* Sets rules, rule, rule_axes of a space whose axes and columns stand. */
MUST_USE status rules_make(const struct recourse *r, struct arena *a,
                           struct space *s, struct error *e);

#endif
