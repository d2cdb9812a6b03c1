/* batch/rows.h: the loop of the number commands: blocks of decisions, rows
 * turned into lines by the pool, lines written in order. */
#ifndef CANDOR_BATCH_ROWS_H
#define CANDOR_BATCH_ROWS_H

#include "base/buf.h"
#include "batch/session.h"
#include "io/sink.h"

struct row_in {
    long long ordinal;
    const char *id;      /* the row's number as text where there is no id */
    const double *row;   /* [model features] */
};

/* Appends the row's line, without its line end, to out. */
typedef status (*row_line)(void *context, size_t worker,
                           const struct row_in *in, struct buf *out,
                           struct error *e);

/* Exit status. header: a first line, or NULL. */
int rows_run(struct session *s, const char *header, row_line line,
             void *context);

/* Where the lines go: --out or the host. */
struct lines_out {
    const struct session *s;
    struct sink *sink; /* NULL: the host */
};
MUST_USE status lines_open(const struct session *s, struct lines_out *out,
                           struct error *e);
MUST_USE status lines_put(struct lines_out *o, const char *bytes, size_t n,
                          struct error *e);
MUST_USE status lines_close(struct lines_out *o, struct error *e);

#endif
