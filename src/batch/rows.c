#include "batch/rows.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { TASKS = 16, LINE_MAX_BYTES = 256 << 20 };

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
    const struct rows_job *job;
    const struct block *block;
    size_t id_column; /* SIZE_MAX: none */
    size_t task_rows, outputs;
    struct buf *out;  /* [tasks of a block][outputs] */
    size_t *worked;   /* [tasks of a block] rows */
    struct place_of_task {
        double *row;        /* [task_rows][features] */
        const char **id;    /* [task_rows] */
        long long *ordinal; /* [task_rows] */
        long *line;         /* [task_rows] */
        char (*number)[24]; /* [task_rows] ids that are numbers */
    } *place;         /* [threads] */
    size_t rows;      /* of the block that are wanted under --limit */
};

/* The wanted ones of the block's rows from … to-1, side by side. */
static size_t gather(const struct work *w, struct place_of_task *p, size_t from,
                     size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const char *id = w->id_column == SIZE_MAX
                             ? NULL
                             : w->block->text[w->id_column][i];
        p->ordinal[n] = w->block->ordinal[i];
        p->line[n] = w->block->line[i];
        if (id == NULL)
            (void)snprintf(p->number[n], sizeof *p->number, "%lld",
                           p->ordinal[n]);
        p->id[n] = id != NULL ? id : p->number[n];
        if (!session_wants(w->s, p->id[n]))
            continue;
        input_map_row(w->s->map, w->block, i,
                      p->row + n * w->s->model->features);
        n++;
    }
    return n;
}

static status one_task(void *context, size_t worker, size_t index,
                       struct error *e)
{
    struct work *w = context;
    struct place_of_task *p = &w->place[worker];
    size_t from = index * w->task_rows, to = from + w->task_rows;
    if (to > w->rows)
        to = w->rows;
    struct buf *out = w->out + index * w->outputs;
    struct rows_in in = {.row = p->row, .id = p->id, .ordinal = p->ordinal,
                         .line = p->line};
    in.rows = w->worked[index] = gather(w, p, from, to);
    if (in.rows == 0)
        return ST_OK;
    TRY(w->job->work(w->job->context, worker, &in, out, e));
    for (size_t i = 0; i < w->outputs; i++)
        TRY(buf_status(&out[i], e));
    return ST_OK;
}

static status one_block(struct work *w, struct lines_out *out, struct error *e)
{
    size_t tasks = (w->rows + w->task_rows - 1) / w->task_rows;
    for (size_t i = 0; i < tasks * w->outputs; i++)
        buf_clear(&w->out[i]);
    TRY(pool_run(w->s->pool, one_task, w, tasks, e));
    for (size_t i = 0; i < tasks; i++) {
        const struct buf *made = w->out + i * w->outputs;
        if (w->job->take != NULL)
            TRY(w->job->take(w->job->context, made, w->worked[i], e));
        else
            TRY(lines_put(out, buf_text(made), made->length, e));
    }
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

static status run(struct work *w, long long *bad, struct error *e)
{
    const struct project *p = w->s->project;
    const char *name = p->column.id != NULL ? p->column.id
                                            : p->decisions.id_column;
    struct column_spec id = {.name = name, .type = COLUMN_TEXT};
    const struct column_spec *own;
    w->id_column = name == NULL ? SIZE_MAX : input_map_columns(w->s->map, &own);
    struct table *t = NULL;
    struct lines_out out = {NULL, NULL};
    bool lines = w->job->take == NULL;
    TRY(session_decisions(w->s, &id, name != NULL, w->task_rows * TASKS, &t, e));
    status st = lines ? lines_open(w->s, &out, e) : ST_OK;
    if (st == ST_OK && lines && w->job->header != NULL)
        st = lines_put(&out, w->job->header, strlen(w->job->header), e);
    if (st == ST_OK)
        st = loop(w, t, &out, bad, e);
    if (st == ST_OK)
        st = lines_close(&out, e);
    else
        sink_free(out.sink);
    table_free(t);
    return st;
}

static status make_places(struct work *w, struct error *e)
{
    size_t threads = pool_threads(w->s->pool), n = w->task_rows;
    w->out = mem_array(TASKS * w->outputs, sizeof *w->out);
    w->worked = mem_array(TASKS, sizeof *w->worked);
    w->place = mem_array(threads, sizeof *w->place);
    if (w->out == NULL || w->worked == NULL || w->place == NULL)
        return error_memory(e);
    for (size_t i = 0; i < TASKS * w->outputs; i++)
        w->out[i] = BUF_INIT(LINE_MAX_BYTES);
    for (size_t i = 0; i < threads; i++) {
        struct place_of_task *p = &w->place[i];
        p->row = mem_array(n * w->s->model->features + 1, sizeof *p->row);
        p->id = mem_array(n, sizeof *p->id);
        p->ordinal = mem_array(n, sizeof *p->ordinal);
        p->line = mem_array(n, sizeof *p->line);
        p->number = mem_array(n, sizeof *p->number);
        if (p->row == NULL || p->id == NULL || p->ordinal == NULL ||
            p->line == NULL || p->number == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static void free_places(struct work *w)
{
    for (size_t i = 0; w->out != NULL && i < TASKS * w->outputs; i++)
        buf_free(&w->out[i]);
    for (size_t i = 0; w->place != NULL && i < pool_threads(w->s->pool); i++) {
        mem_free(w->place[i].row);
        mem_free(w->place[i].id);
        mem_free(w->place[i].ordinal);
        mem_free(w->place[i].line);
        mem_free(w->place[i].number);
    }
    mem_free(w->out);
    mem_free(w->worked);
    mem_free(w->place);
}

static size_t rows_of_task(const struct session *s, size_t wanted)
{
    size_t n = wanted == 0 ? ROWS_TASK : wanted;
    size_t most = ROWS_CELLS_MOST / (s->model->features + 1);
    n = n > ROWS_TASK_MOST ? ROWS_TASK_MOST : n;
    n = n > most ? most : n;
    return n == 0 ? 1 : n;
}

int rows_run_tasks(struct session *s, const struct rows_job *job)
{
    struct error e = {.class = ST_OK};
    struct work w = {.s = s, .job = job};
    w.outputs = job->outputs == 0 ? 1 : job->outputs;
    w.task_rows = rows_of_task(s, job->task_rows);
    long long bad = 0;
    status st = w.outputs > ROWS_OUTPUTS
                    ? error_bug(&e, "a task with too many buffers")
                    : make_places(&w, &e);
    if (st == ST_OK)
        st = run(&w, &bad, &e);
    free_places(&w);
    if (st != ST_OK) {
        host_error(s->host, &e);
        return exit_of_data(&e);
    }
    if (bad > 0)
        host_say(s->host, SEVERITY_WARNING, "%lld rows could not be read", bad);
    long allowed = s->project->errors_allowed;
    return allowed >= 0 && bad > allowed ? EXIT_DATA : EXIT_DONE;
}

struct one_line {
    size_t features;
    row_line line;
    void *context;
};

static status each_line(void *context, size_t worker, const struct rows_in *in,
                        struct buf *out, struct error *e)
{
    const struct one_line *o = context;
    for (size_t i = 0; i < in->rows; i++) {
        struct row_in one = {in->ordinal[i], in->id[i],
                             in->row + i * o->features};
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
    struct one_line o = {s->model->features, line, context};
    struct rows_job job = {.work = each_line, .context = &o, .header = header,
                           .task_rows = LINES_TASK};
    return rows_run_tasks(s, &job);
}
