/* batch/levers.h: the project's levers, formulas, rules and further scores as a
 * recourse problem, ready for every row of quantities (project/recourse.h;
 * rows_job.quantities). Quantity q of the problem is place q in such a row. */
#ifndef CANDOR_BATCH_LEVERS_H
#define CANDOR_BATCH_LEVERS_H

#include "batch/session.h"
#include "recourse/isolation.h"
#include "recourse/recourse.h"

struct levers {
    struct recourse *recourse; /* NULL: no levers, or no cutoff */
    const size_t *lever_of;    /* [recourse levers] → project lever */
    size_t count;
    struct recourse_lever *lever;
    double cutoff_margin, guard; /* of the first score */
    /* What was prepared, for those who look around plans (recourse/region.h). */
    const struct recourse_problem *problem;
    struct isolation *ordinary; /* with recourse.plausibility */
    struct arena *arena;
};

struct levers_options {
    /* For audit only: of an approved decision, what would have made it fail. The
     * cutoff is to be missed; levers move both ways within their limits, terms
     * of the loan among them; margin, band and further scores do not bind. */
    bool decline;
    bool prove; /* proofs are recorded */
};

/* Without levers or cutoff: an empty one. UNSUPPORTED: a model that cannot be
 * searched. Reads the tables that costs by percentile and plausibility need.
 * options NULL: none of them. */
MUST_USE status levers_open(const struct session *s,
                            const struct levers_options *options,
                            struct levers *out, struct error *e);
/* The problem alone; recourse stays NULL. */
MUST_USE status levers_describe(const struct session *s,
                                const struct levers_options *options,
                                struct levers *out, struct error *e);
void levers_close(struct levers *l); /* zeroed is fine */

#endif
