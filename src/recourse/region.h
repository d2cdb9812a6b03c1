/* recourse/region.h: what around a plan still passes.
 *
 * A stretch is a printed range of a changed value: every value in it, on the
 * print grid or between, passes every score of the problem while all other
 * changes of the plan are anywhere in their own stretches. Sound, not complete:
 * a score over a box is bounded by the worst leaf of each tree that the box can
 * reach. On models monotone in the changed inputs that bound is the exact worst
 * case, and the stretch the longest there is for its turn.
 *
 * A range passes with room for rounding: the larger of the score's guard and,
 * for native scores, recourse_guard(), so that the library's own sum passes
 * everywhere in it too. Rules of the problem hold everywhere in it. */
#ifndef CANDOR_RECOURSE_REGION_H
#define CANDOR_RECOURSE_REGION_H

#include "recourse/recourse.h"

struct region;         /* prepared problem; immutable, shared by all threads */
struct region_scratch; /* one a thread */

/* Copies what it needs of the problem; models and reread_context must outlive
 * it. The problem must be one that recourse_prepare takes. */
MUST_USE status region_prepare(const struct recourse_problem *p,
                               struct region **out, struct error *e);
void region_free(struct region *g);
MUST_USE status region_scratch_new(const struct region *g,
                                   struct region_scratch **out,
                                   struct error *e);
void region_scratch_free(struct region_scratch *s);

/* low <= the plan's value <= high; both printed values that read back to
 * themselves. or_less: low is the lever's own limit, or -INFINITY where it has
 * none ("4,000 or less"); or_more the same upwards. Categories, missing states
 * and what cannot be bounded (a formula that could divide by zero) keep the
 * plan's value alone: low = high. */
struct region_stretch {
    double low, high;
    bool or_less, or_more;
};

/* `after`: the row after the plan, as recourse_apply gives it. Ranges first
 * grow away from the own values, one change after the other in the plan's
 * order, then back towards them; never past the own value. out[plan->changes].
 */
void region_around(const struct region *g, struct region_scratch *s,
                   const double *row, const double *after,
                   const struct recourse_plan *plan,
                   struct region_stretch out[RECOURSE_LEVERS_MAX]);

/* How much the plan could lose. */
struct region_slack {
    /* Beyond the cutoff, on the margin's scale, double precision; negative
     * where the score misses it. */
    double score[RECOURSE_SCORES_MAX];
    /* [changes] The printed value nearest to the own one from which on, to the
     * plan's value, this change alone could fall short: on a smallest plan of
     * the search the plan's value, or another of its own cell. */
    double nearest[RECOURSE_LEVERS_MAX];
};
void region_slack(const struct region *g, struct region_scratch *s,
                  const double *row, const double *after,
                  const struct recourse_plan *plan, struct region_slack *out);

#endif
