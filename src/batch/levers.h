/* batch/levers.h: the project's levers as a recourse problem, ready for every
 * row. */
#ifndef CANDOR_BATCH_LEVERS_H
#define CANDOR_BATCH_LEVERS_H

#include "batch/session.h"
#include "recourse/recourse.h"

struct levers {
    struct recourse *recourse; /* NULL: no levers, or no cutoff */
    const size_t *lever_of;    /* [recourse levers] → project lever */
    size_t count;
    struct recourse_lever *lever;
    double cutoff_margin, guard;
    /* What was prepared, for those who look around plans (recourse/region.h);
     * names of quantities by number. */
    const struct recourse_problem *problem;
    struct arena *arena;
};

/* Without levers or cutoff: an empty one. The model that cannot be searched
 * (linear leaves) is an error. */
MUST_USE status levers_open(const struct session *s, struct levers *out,
                            struct error *e);
/* For audit only: of an approved decision, what would have made it fail. Levers
 * move both ways within their limits, and the cutoff is to be missed. */
MUST_USE status levers_open_decline(const struct session *s, struct levers *out,
                                    struct error *e);
void levers_close(struct levers *l);

/* For each change of a plan: do values beyond it, up to the lever's limit, pass
 * as well (so that "or less" is true)? */
void levers_beyond(const struct session *s, const struct levers *l,
                   const double *row, const struct recourse_plan *plan,
                   bool out[RECOURSE_LEVERS_MAX]);

#endif
