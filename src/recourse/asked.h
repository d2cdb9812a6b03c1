/* recourse/asked.h: looking for a plan by asking a model that is computed
 * elsewhere. Private.
 *
 * Nothing is known of such a model between the points that it was asked, so what
 * is found is found and not proven. Each round asks one batch of points: moves
 * of single levers, then moves added to the best points so far, then cheaper
 * neighbours of the best plan. A point is asked once. */
#ifndef CANDOR_RECOURSE_ASKED_H
#define CANDOR_RECOURSE_ASKED_H

#include "recourse/search.h"

/* The row's own margin of score 0; *met: it passes every cutoff already. */
MUST_USE status asked_row(struct trial *t, double *margin, bool *met,
                          struct error *e);
/* One plan, at most t->budget points; status FOUND or UNDECIDED; t->nodes says
 * how many were asked. Errors of the model are handed on. */
MUST_USE status asked_trial(struct trial *t, struct nearest *nearest,
                            struct error *e);

#endif
