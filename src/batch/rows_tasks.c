/* Tasks of rows, side by side. They stand in a ring: one thread at a time cuts
 * the next off the table, any works on one that was cut, one at a time takes the
 * oldest when it is done. Every thread does whatever is next, so that one alone
 * does it all in turn. */
#include "batch/rows.h"

#include "base/arena.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { OUTPUT_MOST = 256 << 20, SHOWN = 10 };

enum state { FREE, CUT, DONE, FAILED };

struct slot {
    enum state state;
    struct table *table;    /* a branch */
    struct buf *out;        /* [outputs] */
    const char **id;        /* [task_rows] */
    /* of rows that are picked out or completed: */
    long long *ordinal;     /* [task_rows] */
    long *line;             /* [task_rows] */
    double *row;            /* [task_rows][width] */
    char (*number)[24];     /* [task_rows] ids that are numbers */
    size_t usable, worked;  /* rows that can be read; of them wanted */
    struct error error;     /* FAILED */
};

struct tasks {
    struct session *s;
    const struct rows_job *job;
    struct table *table;
    bool has_id;
    bool keep;              /* rows are picked out (--ids) or completed */
    struct table_form form;
    size_t task_rows, outputs, count;
    struct slot *slot;      /* [count] */
    struct lines_out lines;
    /* from here on under the lock */
    pthread_mutex_t lock;
    pthread_cond_t change;
    size_t cut, begun, taken; /* tasks so far */
    bool cutting, taking, ended, stopped;
    unsigned long long asked, most; /* records cut; under --limit, at most */
    unsigned long long usable;      /* rows of the tasks taken */
    long long bad;
    struct error error;     /* stopped */
};

/* The wanted ones, side by side, with all that they hold. */
static void keep_wanted(const struct tasks *t, struct slot *k,
                        struct rows_in *in)
{
    size_t f = t->form.width, n = 0;
    for (size_t i = 0; i < in->rows; i++) {
        if (!session_wants(t->s, in->id[i]))
            continue;
        k->ordinal[n] = in->ordinal[i];
        k->line[n] = in->line[i];
        k->id[n] = in->id[i];
        memcpy(k->row + n * f, in->row + i * f, f * sizeof *k->row);
        if (t->job->quantities)
            input_map_complete(t->s->map, k->row + n * f);
        n++;
    }
    in->ordinal = k->ordinal;
    in->line = k->line;
    in->row = k->row;
    in->rows = n;
}

static status work_on(struct tasks *t, struct slot *k, size_t worker,
                      struct error *e)
{
    const struct block *b;
    TRY(table_finish(k->table, &b, e));
    size_t own = 0;
    while (t->has_id && t->form.place[own] != SIZE_MAX)
        own++;
    for (size_t i = 0; i < b->rows; i++) {
        k->id[i] = t->has_id ? b->text[own][i] : NULL;
        if (k->id[i] != NULL)
            continue;
        (void)snprintf(k->number[i], sizeof *k->number, "%lld", b->ordinal[i]);
        k->id[i] = k->number[i];
    }
    struct rows_in in = {b->rows, t->form.width, table_rows(k->table), k->id,
                         b->ordinal, b->line};
    k->usable = b->rows;
    if (t->keep)
        keep_wanted(t, k, &in);
    k->worked = in.rows;
    for (size_t i = 0; i < t->outputs; i++)
        buf_clear(&k->out[i]);
    if (in.rows == 0)
        return ST_OK;
    TRY(t->job->work(t->job->context, worker, &in, k->out, e));
    for (size_t i = 0; i < t->outputs; i++)
        TRY(buf_status(&k->out[i], e));
    return ST_OK;
}

static void tell_bad_rows(struct tasks *t, const struct table *table)
{
    size_t n = 0;
    const struct row_error *errors = table_errors(table, &n);
    for (size_t i = 0; i < n; i++)
        if (t->bad++ < SHOWN)
            host_say(t->s->host, SEVERITY_WARNING,
                     "row %lld left out, line %ld column %ld: %s%s%s",
                     errors[i].row, errors[i].line, errors[i].column,
                     errors[i].name != NULL ? errors[i].name : "",
                     errors[i].name != NULL ? ": " : "", errors[i].text);
}

static status take_task(struct tasks *t, struct slot *k, struct error *e)
{
    tell_bad_rows(t, k->table);
    if (k->worked > 0 && t->job->take != NULL)
        TRY(t->job->take(t->job->context, k->out, k->worked, e));
    else if (k->worked > 0)
        TRY(lines_put(&t->lines, buf_text(k->out), k->out->length, e));
    const struct host *h = t->s->host;
    if (h->progress != NULL)
        h->progress(h->self, "rows", t->usable + k->usable,
                    t->s->request->limit);
    return ST_OK;
}

/* The three steps below are called with the lock held, and give it back while
 * they work. */

static void take(struct tasks *t)
{
    struct slot *k = &t->slot[t->taken % t->count];
    struct error e = {.class = ST_OK};
    t->taking = true;
    bool failed = k->state == FAILED;
    (void)pthread_mutex_unlock(&t->lock);
    status st = failed ? k->error.class : take_task(t, k, &e);
    (void)pthread_mutex_lock(&t->lock);
    if (st != ST_OK) {
        t->stopped = true;
        t->error = failed ? k->error : e;
    }
    t->usable += k->usable;
    k->state = FREE;
    t->taking = false;
    t->taken++;
}

/* How many records the next task may have. Under a limit as many as could all
 * be usable; when all of those are through, as many again as were not. */
static size_t allowed(struct tasks *t)
{
    unsigned long long limit = t->s->request->limit;
    if (limit == 0)
        return t->task_rows;
    if (t->asked == t->most && t->taken == t->cut) {
        t->most += limit - t->usable;
        t->ended |= t->usable == limit;
    }
    unsigned long long n = t->most - t->asked;
    return n < t->task_rows ? (size_t)n : t->task_rows;
}

static void cut(struct tasks *t, size_t rows)
{
    struct slot *k = &t->slot[t->cut % t->count];
    bool got = false;
    t->cutting = true;
    (void)pthread_mutex_unlock(&t->lock);
    k->usable = k->worked = 0;
    k->error = (struct error){.class = ST_OK};
    long long before = table_rows_seen(t->table);
    status st = table_begin(k->table, rows, &got, &k->error);
    long long after = table_rows_seen(t->table);
    (void)pthread_mutex_lock(&t->lock);
    t->asked += (unsigned long long)(after - before);
    if (st != ST_OK)
        k->state = FAILED;
    else if (got)
        k->state = CUT;
    t->ended |= st != ST_OK || !got;
    t->cut += st != ST_OK || got;
    t->cutting = false;
}

static void work(struct tasks *t, size_t worker)
{
    struct slot *k = &t->slot[t->begun++ % t->count];
    if (k->state == FAILED) /* when it was cut */
        return;
    (void)pthread_mutex_unlock(&t->lock);
    status st = work_on(t, k, worker, &k->error);
    (void)pthread_mutex_lock(&t->lock);
    k->state = st == ST_OK ? DONE : FAILED;
}

/* One step; false: there is nothing to do at present. */
static bool step(struct tasks *t, size_t worker)
{
    const struct slot *oldest = &t->slot[t->taken % t->count];
    if (!t->taking && t->taken < t->cut &&
        (oldest->state == DONE || oldest->state == FAILED)) {
        take(t);
        return true;
    }
    size_t ready = t->cut - t->begun;
    if (!t->cutting && !t->ended && t->cut - t->taken < t->count &&
        ready < pool_threads(t->s->pool)) {
        size_t rows = allowed(t);
        if (rows > 0 && !t->ended) {
            cut(t, rows);
            return true;
        }
    }
    if (ready == 0)
        return false;
    work(t, worker);
    return true;
}

static status run_thread(void *context, size_t worker, size_t index,
                         struct error *e)
{
    struct tasks *t = context;
    (void)index;
    (void)e; /* kept in t: the oldest task's */
    (void)pthread_mutex_lock(&t->lock);
    while (!t->stopped && !(t->ended && !t->cutting && t->taken == t->cut)) {
        if (step(t, worker))
            (void)pthread_cond_broadcast(&t->change);
        else if (!t->ended || t->taken < t->cut)
            (void)pthread_cond_wait(&t->change, &t->lock);
    }
    (void)pthread_cond_broadcast(&t->change);
    (void)pthread_mutex_unlock(&t->lock);
    return ST_OK;
}

static status open_slot(struct tasks *t, struct slot *k, struct error *e)
{
    size_t n = t->task_rows;
    k->out = mem_array(t->outputs, sizeof *k->out);
    k->id = mem_array(n, sizeof *k->id);
    k->number = mem_array(n, sizeof *k->number);
    if (k->out == NULL || k->id == NULL || k->number == NULL)
        return error_memory(e);
    for (size_t i = 0; i < t->outputs; i++)
        k->out[i] = BUF_INIT(OUTPUT_MOST);
    if (t->keep) {
        k->ordinal = mem_array(n, sizeof *k->ordinal);
        k->line = mem_array(n, sizeof *k->line);
        k->row = mem_array(n * t->form.width + 1, sizeof *k->row);
        if (k->ordinal == NULL || k->line == NULL || k->row == NULL)
            return error_memory(e);
    }
    return table_branch(t->table, n, &t->form, &k->table, e);
}

static void close_slots(struct tasks *t)
{
    for (size_t i = 0; t->slot != NULL && i < t->count; i++) {
        struct slot *k = &t->slot[i];
        for (size_t j = 0; k->out != NULL && j < t->outputs; j++)
            buf_free(&k->out[j]);
        mem_free(k->out);
        mem_free(k->id);
        mem_free(k->ordinal);
        mem_free(k->line);
        mem_free(k->row);
        mem_free(k->number);
        table_free(k->table);
    }
    mem_free(t->slot);
}

static status open_tasks(struct tasks *t, struct error *e)
{
    const struct project *p = t->s->project;
    const char *name = p->column.id != NULL ? p->column.id
                                            : p->decisions.id_column;
    const struct column_spec *further;
    size_t n = input_map_further(t->s->map, &further);
    n = t->job->quantities ? n : 0;
    t->has_id = name != NULL;
    t->keep = t->s->ids_given || t->job->quantities;
    TRY(input_map_form(t->s->map, t->job->quantities, t->has_id, &t->form, e));
    struct column_spec *extra = mem_array(n + 1, sizeof *extra);
    if (extra == NULL)
        return error_memory(e);
    memcpy(extra, further, n * sizeof *extra);
    extra[n] = (struct column_spec){.name = name, .type = COLUMN_TEXT};
    status st = session_decisions(t->s, extra, n + t->has_id, 1, &t->table, e);
    mem_free(extra);
    TRY(st);
    t->slot = mem_array(t->count, sizeof *t->slot);
    if (t->slot == NULL)
        return error_memory(e);
    for (size_t i = 0; i < t->count; i++)
        TRY(open_slot(t, &t->slot[i], e));
    return ST_OK;
}

static status run_all(struct tasks *t, struct error *e)
{
    bool lines = t->job->take == NULL;
    TRY(lines ? lines_open(t->s, &t->lines, e) : ST_OK);
    const char *header = t->job->header;
    status st = ST_OK;
    if (lines && header != NULL)
        st = lines_put(&t->lines, header, strlen(header), e);
    if (st == ST_OK)
        st = pool_run(t->s->pool, run_thread, t, pool_threads(t->s->pool), e);
    if (st == ST_OK && t->stopped) {
        st = t->error.class;
        *e = t->error;
    }
    if (st == ST_OK)
        return lines_close(&t->lines, e);
    sink_free(t->lines.sink);
    return st;
}

static size_t rows_of_task(const struct session *s, const struct rows_job *job)
{
    size_t n = job->task_rows == 0 ? ROWS_TASK : job->task_rows;
    size_t width = job->quantities ? s->project->recourse.width
                                   : s->model->features;
    size_t most = ROWS_CELLS_MOST / (width + 1);
    n = n > ROWS_TASK_MOST ? ROWS_TASK_MOST : n;
    n = n > most ? most : n;
    return n == 0 ? 1 : n;
}

static status run(struct tasks *t, struct error *e)
{
    if (t->outputs > ROWS_OUTPUTS)
        return error_bug(e, "a task with too many buffers");
    bool lock = pthread_mutex_init(&t->lock, NULL) == 0;
    bool change = lock && pthread_cond_init(&t->change, NULL) == 0;
    status st = change ? open_tasks(t, e) : error_memory(e);
    if (st == ST_OK)
        st = run_all(t, e);
    close_slots(t);
    table_free(t->table);
    mem_free((void *)(uintptr_t)t->form.place);
    if (change)
        (void)pthread_cond_destroy(&t->change);
    if (lock)
        (void)pthread_mutex_destroy(&t->lock);
    return st;
}

int rows_run_tasks(struct session *s, const struct rows_job *job)
{
    struct error e = {.class = ST_OK};
    struct tasks t = {.s = s, .job = job, .most = s->request->limit};
    t.outputs = job->outputs == 0 ? 1 : job->outputs;
    t.task_rows = rows_of_task(s, job);
    t.count = 2 * pool_threads(s->pool) + 2;
    t.lines = (struct lines_out){s, NULL};
    if (run(&t, &e) != ST_OK) {
        host_error(s->host, &e);
        return exit_of_data(&e);
    }
    if (t.bad > 0)
        host_say(s->host, SEVERITY_WARNING, "%lld row%s could not be read",
                 t.bad, t.bad == 1 ? "" : "s");
    session_tell_ids(s);
    long errors = s->project->errors_allowed;
    return errors >= 0 && t.bad > errors ? EXIT_DATA : EXIT_DONE;
}
