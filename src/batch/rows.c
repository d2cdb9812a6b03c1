#include "batch/rows.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK_ROWS = 4096, TASK_ROWS = 64, LINE_MAX_BYTES = 64 << 20 };

status lines_open(const struct session *s, struct lines_out *out,
                  struct error *e)
{
    *out = (struct lines_out){s, NULL};
    const char *path = s->request->out;
    if (path == NULL || strcmp(path, "-") == 0)
        return ST_OK;
    return sink_open(path, SINK_PRIVATE, &out->sink, e);
}

status lines_put(struct lines_out *o, const char *bytes, size_t n,
                 struct error *e)
{
    if (o->sink != NULL)
        return sink_write(o->sink, bytes, n, e);
    return host_write(o->s->host, bytes, n, e);
}

status lines_close(struct lines_out *o, struct error *e)
{
    if (o->sink == NULL)
        return ST_OK;
    struct sink *sink = o->sink;
    o->sink = NULL;
    return sink_close(sink, e);
}

struct work {
    struct session *s;
    const struct block *block;
    size_t id_column; /* SIZE_MAX: none */
    row_line line;
    void *context;
    struct buf *out;  /* [tasks] */
    double *row;      /* [threads][features] */
    size_t rows;      /* of the block that are wanted under --limit */
};

static status one_row(struct work *w, size_t worker, size_t i, struct buf *out,
                      struct error *e)
{
    char number[32];
    struct row_in in = {.ordinal = w->block->ordinal[i]};
    (void)snprintf(number, sizeof number, "%lld", in.ordinal);
    const char *id = w->id_column == SIZE_MAX
                         ? NULL
                         : w->block->text[w->id_column][i];
    in.id = id != NULL ? id : number;
    if (!session_wants(w->s, in.id))
        return ST_OK;
    double *row = w->row + worker * w->s->model->features;
    input_map_row(w->s->map, w->block, i, row);
    in.row = row;
    TRY(w->line(w->context, worker, &in, out, e));
    buf_putc(out, '\n');
    return buf_status(out, e);
}

static status one_task(void *context, size_t worker, size_t index,
                       struct error *e)
{
    struct work *w = context;
    size_t from = index * TASK_ROWS, to = from + TASK_ROWS;
    if (to > w->rows)
        to = w->rows;
    for (size_t i = from; i < to; i++) {
        status st = one_row(w, worker, i, &w->out[index], e);
        if (st != ST_OK) {
            error_note(e, "working on row %lld (line %ld)",
                       w->block->ordinal[i], w->block->line[i]);
            return st;
        }
    }
    return ST_OK;
}

static status one_block(struct work *w, struct lines_out *out, struct error *e)
{
    size_t tasks = (w->rows + TASK_ROWS - 1) / TASK_ROWS;
    for (size_t i = 0; i < tasks; i++)
        buf_clear(&w->out[i]);
    TRY(pool_run(w->s->pool, one_task, w, tasks, e));
    for (size_t i = 0; i < tasks; i++)
        TRY(lines_put(out, buf_text(&w->out[i]), w->out[i].length, e));
    return ST_OK;
}

static void tell_bad_rows(const struct session *s, const struct table *t,
                          long long *bad)
{
    enum { SHOWN = 10 };
    size_t n = 0;
    const struct row_error *errors = table_errors(t, &n);
    for (size_t i = 0; i < n; i++)
        if ((*bad)++ < SHOWN)
            host_say(s->host, SEVERITY_WARNING,
                     "row %lld left out, line %ld column %ld: %s%s%s",
                     errors[i].row, errors[i].line, errors[i].column,
                     errors[i].name != NULL ? errors[i].name : "",
                     errors[i].name != NULL ? ": " : "", errors[i].text);
}

static status loop(struct work *w, struct table *t, struct lines_out *out,
                   long long *bad, struct error *e)
{
    unsigned long long done = 0, limit = w->s->request->limit;
    for (;;) {
        TRY(table_next(t, &w->block, e));
        tell_bad_rows(w->s, t, bad);
        if (w->block == NULL)
            return ST_OK;
        w->rows = w->block->rows;
        if (limit > 0 && done + w->rows > limit)
            w->rows = (size_t)(limit - done);
        TRY(one_block(w, out, e));
        done += w->rows;
        if (w->s->host->progress != NULL)
            w->s->host->progress(w->s->host->self, "rows", done, limit);
        if (limit > 0 && done >= limit)
            return ST_OK;
    }
}

static status run(struct work *w, const char *header, long long *bad,
                  struct error *e)
{
    const struct project *p = w->s->project;
    const char *name = p->column.id != NULL ? p->column.id
                                            : p->decisions.id_column;
    struct column_spec id = {.name = name, .type = COLUMN_TEXT};
    const struct column_spec *own;
    w->id_column = name == NULL ? SIZE_MAX : input_map_columns(w->s->map, &own);
    struct table *t = NULL;
    struct lines_out out = {NULL, NULL};
    TRY(session_decisions(w->s, &id, name != NULL, BLOCK_ROWS, &t, e));
    status st = lines_open(w->s, &out, e);
    if (st == ST_OK && header != NULL)
        st = lines_put(&out, header, strlen(header), e);
    if (st == ST_OK)
        st = loop(w, t, &out, bad, e);
    if (st == ST_OK)
        st = lines_close(&out, e);
    else
        sink_free(out.sink);
    table_free(t);
    return st;
}

int rows_run(struct session *s, const char *header, row_line line,
             void *context)
{
    enum { TASKS = BLOCK_ROWS / TASK_ROWS };
    struct error e = {.class = ST_OK};
    struct work w = {.s = s, .line = line, .context = context};
    struct buf out[TASKS];
    for (size_t i = 0; i < TASKS; i++)
        out[i] = BUF_INIT(LINE_MAX_BYTES);
    w.out = out;
    long long bad = 0;
    w.row = mem_array(pool_threads(s->pool) * s->model->features + 1,
                      sizeof *w.row);
    status st = w.row == NULL ? error_memory(&e) : run(&w, header, &bad, &e);
    for (size_t i = 0; i < TASKS; i++)
        buf_free(&out[i]);
    mem_free(w.row);
    if (st != ST_OK) {
        host_error(s->host, &e);
        return exit_of_data(&e);
    }
    if (bad > 0)
        host_say(s->host, SEVERITY_WARNING, "%lld rows could not be read", bad);
    long allowed = s->project->errors_allowed;
    return allowed >= 0 && bad > allowed ? EXIT_DATA : EXIT_DONE;
}
