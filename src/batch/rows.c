#include "batch/rows.h"

#include "base/arena.h"

#include <string.h>

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

struct one_line {
    row_line line;
    void *context;
};

static status each_line(void *context, size_t worker, const struct rows_in *in,
                        struct buf *out, struct error *e)
{
    const struct one_line *o = context;
    for (size_t i = 0; i < in->rows; i++) {
        struct row_in one = {in->ordinal[i], in->id[i],
                             in->row + i * in->width};
        status st = o->line(o->context, worker, &one, out, e);
        if (st != ST_OK) {
            error_note(e, "working on row %lld (line %ld)", one.ordinal,
                       in->line[i]);
            return st;
        }
        buf_putc(out, '\n');
    }
    return ST_OK;
}

int rows_run(struct session *s, const char *header, row_line line,
             void *context)
{
    enum { LINES_TASK = 64 }; /* a row may take long */
    struct one_line o = {line, context};
    struct rows_job job = {.work = each_line, .context = &o, .header = header,
                           .task_rows = LINES_TASK};
    return rows_run_tasks(s, &job);
}
