/* batch/recourse_pen.h: one row's recourse as a line of JSON or CSV. The same
 * fields in both; nested ones are JSON text in a cell. */
#ifndef CANDOR_BATCH_RECOURSE_PEN_H
#define CANDOR_BATCH_RECOURSE_PEN_H

#include "batch/rows.h"
#include "batch/seek.h"

struct recourse_pen {
    const struct seeking *seeking;
    bool decline; /* of approved decisions: what would have made them fail */
};

/* The header of CSV, with its line end. */
void recourse_head(struct buf *head);
/* found NULL: the row is not one to search (its decision is the target's
 * already). score: of the row. The line has no line end. */
MUST_USE status recourse_line(const struct recourse_pen *p,
                              const struct row_in *in, double score,
                              const struct recourse_found *found, bool csv,
                              struct buf *out, struct error *e);

#endif
