/* shapley/steps.h: interventional values of models that are programs
 * (model/program.h). Private.
 *
 * An output is a sum of parts, and values of sums add up: each part is a game of
 * the players that it reads, listed in full (at most ENUMERATE_MAX of them)
 * against each distinct reference row, of which only the players count whose
 * values differ. A part of one player needs no list: value at the row less the
 * mean over the reference. On the answer scale, and where the outputs share their
 * one part, all outputs are listed together. */
#ifndef CANDOR_SHAPLEY_STEPS_H
#define CANDOR_SHAPLEY_STEPS_H

#include "shapley/game.h"

/* Of models that are no forests. False: it is computed elsewhere, reads a text,
 * or some part reads too many players (NULL: each feature its own); `why` names
 * how many. */
bool steps_supports(const struct model *m, const uint32_t *player,
                    bool on_answer, char why[ESTIMATOR_WHY_MAX]);
MUST_USE status steps_prepare(struct game *g, const struct explain_reference *r,
                              bool on_answer, struct error *e);
/* Rows that a program is run on to explain one row, at most. */
double steps_listed(const struct game *g);
/* As estimator->explain; can fail for memory. */
MUST_USE status steps_explain(const struct game *g, struct game_scratch *s,
                              const double *row, double *phi, struct error *e);

#endif
