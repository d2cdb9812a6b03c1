/* batch/rows.h: the loop of the number commands: decisions are read, turned
 * into rows of the model and worked on by the pool, a task of rows at a time;
 * what the tasks made is taken in the order of the table.
 *
 * The table is cut into tasks by its records alone, so neither the number of
 * threads nor the speed of any shows in what a task is. Rows that cannot be
 * read, and rows that --ids does not name, are left out of their task (the
 * first are told as warnings, all are counted); a task can be empty, then it is
 * not worked on. A table is parsed by the threads that work on it: one of them
 * at a time only finds where records end. */
#ifndef CANDOR_BATCH_ROWS_H
#define CANDOR_BATCH_ROWS_H

#include "base/buf.h"
#include "batch/session.h"
#include "io/sink.h"

enum {
    ROWS_TASK = 1024,           /* rows of a task, when the caller has no wish */
    ROWS_TASK_MOST = 65536,
    ROWS_CELLS_MOST = 1 << 19,  /* rows × inputs: wide tables get fewer rows */
    ROWS_OUTPUTS = 8            /* buffers of a task, at most */
};

/* Consecutive rows of the table; valid during the call. */
struct rows_in {
    size_t rows;                 /* at least 1 */
    size_t width;                /* of a row: the model's features, or more */
    const double *row;           /* [rows][width]; NaN: missing */
    const char *const *id;       /* [rows]; the row's number where there is no id */
    const long long *ordinal;    /* [rows], from 1, ascending */
    const long *line;            /* [rows] where it stands; 0: unknown */
};

/* Called by several threads at once, each with its own worker number below
 * pool_threads. Appends to out[0 … outputs-1], which begin empty. What it makes
 * must depend on `in` alone. */
typedef status (*rows_work)(void *context, size_t worker,
                            const struct rows_in *in, struct buf *out,
                            struct error *e);
/* Called once a task, in the table's order, by one thread at a time: writes, or
 * adds up (sums that are made here do not depend on threads). rows: how many
 * the task had. */
typedef status (*rows_take)(void *context, const struct buf *out, size_t rows,
                            struct error *e);

struct rows_job {
    rows_work work;
    rows_take take;        /* NULL: out[0] goes to --out or the host */
    void *context;
    const char *header;    /* take NULL: a first line, or NULL */
    size_t task_rows;      /* 0: ROWS_TASK */
    bool quantities;       /* rows of quantities (project/recourse.h): the
                            * model's features, then what recourse reads more */
    size_t outputs;        /* 0: 1 */
};

/* Exit status. When a task fails, what the tasks before it made was taken. */
int rows_run_tasks(struct session *s, const struct rows_job *job);

/* The same a row at a time. */
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
