/* Batches over lanes. While lanes compute, the text of the next batch is made,
 * and a lane that has answered gets its next batch before its answer is read, so
 * that who computes never waits for us. */
#include "remote/inside.h"

#include <pthread.h>
#include <string.h>

enum { SLICE_NUMBERS = 16384 }; /* made between two looks at the lanes */

struct lanes {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    size_t count, free;
    size_t *stack; /* [free] */
};

struct lanes *lanes_new(size_t count)
{
    struct lanes *l = mem_array(1, sizeof *l);
    size_t *stack = mem_array(count, sizeof *stack);
    if (l == NULL || stack == NULL) {
        mem_free(l);
        mem_free(stack);
        return NULL;
    }
    (void)pthread_mutex_init(&l->lock, NULL);
    (void)pthread_cond_init(&l->freed, NULL);
    for (size_t i = 0; i < count; i++)
        stack[i] = count - 1 - i;
    l->stack = stack;
    l->count = l->free = count;
    return l;
}

void lanes_free(struct lanes *l)
{
    if (l == NULL)
        return;
    (void)pthread_mutex_destroy(&l->lock);
    (void)pthread_cond_destroy(&l->freed);
    mem_free(l->stack);
    mem_free(l);
}

/* At least one, at most `want`. */
static size_t take(struct lanes *l, size_t want, size_t *lane)
{
    size_t n = 0;
    (void)pthread_mutex_lock(&l->lock);
    while (l->free == 0)
        (void)pthread_cond_wait(&l->freed, &l->lock);
    while (n < want && l->free > 0)
        lane[n++] = l->stack[--l->free];
    (void)pthread_mutex_unlock(&l->lock);
    return n;
}

static void give(struct lanes *l, const size_t *lane, size_t n)
{
    (void)pthread_mutex_lock(&l->lock);
    for (size_t i = n; i-- > 0;)
        l->stack[l->free++] = lane[i];
    (void)pthread_cond_broadcast(&l->freed);
    (void)pthread_mutex_unlock(&l->lock);
}

struct lane {
    struct buf body, answer;
    size_t batch;
    bool busy;
};

struct drive {
    const struct lanes_kind *kind;
    void *self, *call;
    const struct asked *a;
    const char *who;
    size_t *width;
    double *out;
    size_t size, batches, next; /* rows a batch */
    const size_t *id;           /* [lanes] */
    size_t *running;            /* room for ids of busy lanes */
    struct lane *lane;
    size_t lanes;
    struct buf made;            /* text of batch `next` */
    bool is_made;
    struct buf answered;        /* being read */
    size_t failed;              /* the lowest batch that did; batches: none */
    status class;
    struct error error;         /* of it */
};

static size_t rows_of(const struct drive *d, size_t batch)
{
    size_t first = batch * d->size;
    return d->a->n - first < d->size ? d->a->n - first : d->size;
}

/* The lowest batch's failure stands, whichever comes first. */
static void fail(struct drive *d, size_t batch, status s, const struct error *e)
{
    if (batch >= d->failed)
        return;
    d->failed = batch;
    d->class = s;
    d->error = *e;
}

static bool goes_on(const struct drive *d)
{
    return d->failed == d->batches && d->next < d->batches;
}

static status pump(struct drive *d, bool wait, struct error *e)
{
    size_t n = 0;
    for (size_t i = 0; i < d->lanes; i++)
        if (d->lane[i].busy)
            d->running[n++] = d->id[i];
    if (n == 0)
        return ST_OK;
    return d->kind->pump(d->self, d->call, d->running, n, wait, e);
}

/* The next batch's text, a slice at a time so that bytes keep moving. */
static status make(struct drive *d, struct error *e)
{
    if (d->is_made)
        return ST_OK;
    size_t first = d->next * d->size, n = rows_of(d, d->next);
    size_t slice = SLICE_NUMBERS / d->a->spec->inputs + 1;
    buf_clear(&d->made);
    for (size_t from = 0; from < n; from += slice) {
        size_t to = n - from < slice ? n : from + slice;
        d->kind->body(d->a, first, n, from, to, &d->made);
        TRY(pump(d, false, e));
    }
    TRY(buf_status(&d->made, e));
    d->is_made = true;
    return ST_OK;
}

static status begin(struct drive *d, size_t i, struct error *e)
{
    struct lane *l = &d->lane[i];
    TRY(make(d, e));
    struct buf old = l->body;
    l->body = d->made;
    d->made = old;
    d->is_made = false;
    l->batch = d->next++;
    buf_clear(&l->answer);
    l->answer.cap = answer_cap(d->a->spec, rows_of(d, l->batch));
    status s = d->kind->begin(d->self, d->call, d->id[i], &l->body, &l->answer,
                              e);
    if (s != ST_OK)
        fail(d, l->batch, s, e);
    l->busy = s == ST_OK;
    return ST_OK;
}

static void read_answer(struct drive *d, size_t batch)
{
    struct error e = {.class = ST_OK};
    const struct answers to = {
        .a = d->a, .who = d->who, .first = batch * d->size,
        .rows = rows_of(d, batch), .width = d->width,
        .out = d->out + batch * d->size * d->a->spec->outputs};
    status s = d->kind->read(d->self, buf_text(&d->answered),
                             d->answered.length, &to, &e);
    if (s != ST_OK)
        fail(d, batch, s, &e);
}

static void says_when(const struct drive *d, size_t batch, struct error *e)
{
    size_t n = rows_of(d, batch);
    if (n > 1)
        error_note(e, "asking %s about %zu rows at once, from row %zu on",
                   d->who, n, d->a->row[batch * d->size] + 1);
}

static status look(struct drive *d, size_t i, struct error *e)
{
    struct lane *l = &d->lane[i];
    struct error failure = {.class = ST_OK};
    status s = ST_OK;
    if (!l->busy || !d->kind->ended(d->self, d->call, d->id[i], &s, &failure))
        return ST_OK;
    size_t batch = l->batch;
    l->busy = false;
    if (s != ST_OK) {
        says_when(d, batch, &failure);
        fail(d, batch, s, &failure);
        return ST_OK;
    }
    struct buf old = d->answered;
    d->answered = l->answer;
    l->answer = old;
    if (goes_on(d))
        TRY(begin(d, i, e));
    read_answer(d, batch);
    return ST_OK;
}

static bool any_busy(const struct drive *d)
{
    for (size_t i = 0; i < d->lanes; i++)
        if (d->lane[i].busy)
            return true;
    return false;
}

static status run(struct drive *d, struct error *e)
{
    for (size_t i = 0; i < d->lanes && goes_on(d); i++)
        TRY(begin(d, i, e));
    while (any_busy(d)) {
        if (goes_on(d))
            TRY(make(d, e));
        TRY(pump(d, true, e));
        for (size_t i = 0; i < d->lanes; i++)
            TRY(look(d, i, e));
        for (size_t i = 0; i < d->lanes && goes_on(d); i++)
            if (!d->lane[i].busy)
                TRY(begin(d, i, e));
    }
    if (d->failed == d->batches)
        return ST_OK;
    if (e != NULL)
        *e = d->error;
    return d->class;
}

static status drive_on(struct drive *d, struct lanes *lanes, size_t *id,
                       struct error *e)
{
    size_t want = d->batches < lanes->count ? d->batches : lanes->count;
    d->lanes = take(lanes, want, id);
    status s = d->kind->enter(d->self, &d->call, e);
    if (s == ST_OK) {
        s = run(d, e);
        for (size_t i = 0; i < d->lanes; i++)
            if (d->lane[i].busy)
                d->kind->drop(d->self, d->call, d->id[i]);
        d->kind->leave(d->self, d->call);
    }
    give(lanes, id, d->lanes);
    return s;
}

status drive(const struct lanes_kind *kind, void *self, struct lanes *lanes,
             const struct asked *a, const char *who, size_t *width, double *out,
             struct error *e)
{
    size_t size = a->spec->batch_rows, room = lanes->count;
    struct drive d = {.kind = kind, .self = self, .a = a, .who = who,
                      .width = width, .out = out, .size = size,
                      .batches = (a->n + size - 1) / size,
                      .made = BUF_INIT(REMOTE_BODY_BYTES_MAX),
                      .answered = BUF_INIT(REMOTE_BODY_BYTES_MAX)};
    d.failed = d.batches;
    size_t *id = mem_array(2 * room, sizeof *id);
    d.lane = mem_array(room, sizeof *d.lane);
    status s = id == NULL || d.lane == NULL ? error_memory(e) : ST_OK;
    for (size_t i = 0; s == ST_OK && i < room; i++)
        d.lane[i].body = d.lane[i].answer = BUF_INIT(REMOTE_BODY_BYTES_MAX);
    if (s == ST_OK && a->n > 0) {
        d.id = id;
        d.running = id + room;
        s = drive_on(&d, lanes, id, e);
    }
    for (size_t i = 0; d.lane != NULL && i < room; i++) {
        buf_free(&d.lane[i].body);
        buf_free(&d.lane[i].answer);
    }
    buf_free(&d.made);
    buf_free(&d.answered);
    mem_free(d.lane);
    mem_free(id);
    return s;
}
