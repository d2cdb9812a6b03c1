/* batch/seek.h: one row's recourse and what is around it: searched, its plans'
 * ranges found, counted for an audit. Shared by the numbers, the documents and
 * the card. One seeker a thread. */
#ifndef CANDOR_BATCH_SEEK_H
#define CANDOR_BATCH_SEEK_H

#include "batch/levers.h"
#include "facts/recourse.h"
#include "measure/recourse_audit.h"
#include "reasons/reasons.h"

struct seeking { /* shared */
    const struct session *session;
    const struct levers *levers;
    struct recourse_limits limits;
    struct region *region;
    struct radius *radius;    /* NULL: no radius is wanted */
    bool *movable;            /* [project factors] a lever moves an input of it */
    struct arena *arena;
};

/* radius: also how small a change of any inputs flips the decision. levers must
 * have something to search with, and outlive it. */
MUST_USE status seeking_open(const struct session *s, const struct levers *l,
                             bool radius, struct seeking *out,
                             struct error *e);
void seeking_close(struct seeking *k); /* zeroed is fine */

struct seeker;
MUST_USE status seeker_new(const struct seeking *k, struct seeker **out,
                           struct error *e);
void seeker_free(struct seeker *s); /* NULL is fine */

/* row[quantities]; a recorded proof stays until the next row. What is wrong
 * with the row alone (a formula that cannot be computed, a search beyond its
 * memory) leaves out->failed and why; a row that has met the cutoff is such a
 * one. */
MUST_USE status seeker_row(struct seeker *s, const double *row,
                           struct recourse_found *out, struct error *e);

/* An audit of these levers; codes of `columns` group columns. */
MUST_USE status seeking_audit(const struct seeking *k, size_t columns,
                              const size_t *codes, struct recourse_audit **out,
                              struct error *e);
/* Counts what seeker_row found; reasons NULL: not asked. A search that failed
 * is not counted. group[columns]. */
MUST_USE status seeker_count(struct seeker *s, const double *row,
                             const struct recourse_found *f,
                             const struct reasons *reasons,
                             const uint16_t *group, struct recourse_audit *a,
                             struct error *e);

#endif
