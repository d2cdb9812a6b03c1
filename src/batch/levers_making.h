/* batch/levers_making.h: what the files that turn a project into a recourse
 * problem share. */
#ifndef CANDOR_BATCH_LEVERS_MAKING_H
#define CANDOR_BATCH_LEVERS_MAKING_H

#include "base/arena.h"
#include "batch/levers.h"
#include "batch/reference.h"

struct making {
    const struct session *s;
    const struct project *p;
    struct levers *l;
    bool decline;
    struct reference people; /* of costs by percentile; read when wanted */
};

/* levers_moves.c: l->lever, l->lever_of, l->count. */
MUST_USE status making_levers(struct making *k, struct error *e);
/* Code of a quantity's word, as rows hold it. */
double making_code(const struct making *k, size_t quantity, const char *word);

/* levers_rules.c */
MUST_USE status making_formulas(const struct making *k,
                                struct recourse_problem *out, struct error *e);
MUST_USE status making_rules(const struct making *k,
                             struct recourse_problem *out, struct error *e);

/* levers_scores.c: all scores; fits the isolation forest. */
MUST_USE status making_scores(const struct making *k,
                              struct recourse_problem *out, struct error *e);

#endif
