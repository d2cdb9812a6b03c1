/* Copies of a command, one a lane. A line goes out, a line comes back. */
#include "remote/child.h"
#include "remote/inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct copy {
    struct child child;
    size_t deaths;       /* it ended by itself in the middle of a batch */
    const struct buf *body;
    struct buf *answer;
    size_t sent, looked; /* of the body; of the answer, for the line's end */
    long long late;      /* when this batch is */
    bool running, over;
    status class;
    struct error error;
};

struct command {
    const struct remote_spec *spec;
    struct remote_bill *bill;
    struct lanes *lanes;
    struct copy *copy; /* [copies] */
    size_t copies;
};

static status no_call(void *self, void **call, struct error *e)
{
    (void)e;
    *call = self;
    return ST_OK;
}

static void no_leave(void *self, void *call)
{
    (void)self;
    (void)call;
}

static status start_copy(struct command *m, struct copy *c, struct error *e)
{
    c->sent = c->looked = 0;
    buf_clear(c->answer);
    if (c->child.pid > 0)
        return ST_OK;
    if (c->deaths > 1)
        return error_set(e, ST_SYSTEM, "the model's command has ended twice in "
                         "the middle of its work and is not started again");
    return child_start(&c->child, m->spec->command, m->spec->folder, e);
}

static void over(struct copy *c, status s)
{
    c->running = false;
    c->over = true;
    c->class = s;
}

/* What it said aside last is worth more than any guess of ours. */
static void copy_fails(struct copy *c, status class, const char *what)
{
    char said[120];
    child_listen(&c->child);
    child_said(&c->child, said, sizeof said);
    c->error = (struct error){.class = ST_OK};
    over(c, error_set(&c->error, class, "the model's command %s%s%s%s", what,
                      said[0] != '\0' ? "; it said \"" : "", said,
                      said[0] != '\0' ? "\"" : ""));
    child_end(&c->child, false, NULL, 0);
}

static status copy_begin(void *self, void *call, size_t lane,
                         const struct buf *body, struct buf *answer,
                         struct error *e)
{
    struct command *m = self;
    struct copy *c = &m->copy[lane];
    (void)call;
    c->body = body;
    c->answer = answer;
    c->over = false;
    TRY(start_copy(m, c, e));
    c->running = true;
    c->late = now_ms() + (long long)(m->spec->seconds * 1000);
    bill_add(&m->bill->requests, 1);
    /* what stands there before a question is no answer to it */
    if (child_read(&c->child, answer) > 0)
        copy_fails(c, ST_DATA, "wrote more than one line for one batch");
    return ST_OK;
}

/* It is gone: asked once more by a new copy, the first time. */
static void copy_died(struct command *m, struct copy *c)
{
    char how[80] = "ended", what[200];
    child_end(&c->child, true, how, sizeof how);
    c->deaths++;
    if (c->deaths == 1) {
        c->error = (struct error){.class = ST_OK};
        c->late = now_ms() + (long long)(m->spec->seconds * 1000);
        status s = start_copy(m, c, &c->error);
        if (s != ST_OK)
            over(c, s);
        bill_add(&m->bill->restarts, 1);
        return;
    }
    (void)snprintf(what, sizeof what, "%s before it answered, twice", how);
    copy_fails(c, ST_SYSTEM, what);
}

static void copy_send(struct command *m, struct copy *c)
{
    while (c->sent < c->body->length) {
        long n = child_write(&c->child, c->body->data + c->sent,
                             c->body->length - c->sent);
        if (n < 0)
            copy_died(m, c);
        if (n <= 0)
            return;
        c->sent += (size_t)n;
    }
}

static void copy_line(struct copy *c)
{
    const char *from = c->answer->data + c->looked;
    const char *end = memchr(from, '\n', c->answer->length - c->looked);
    c->looked = c->answer->length;
    if (end == NULL)
        return;
    if (end + 1 != c->answer->data + c->answer->length) {
        copy_fails(c, ST_DATA, "wrote more than one line for one batch");
        return;
    }
    if (c->sent < c->body->length) {
        copy_fails(c, ST_DATA, "answered before it had read the whole batch");
        return;
    }
    over(c, ST_OK);
}

static void copy_receive(struct command *m, struct copy *c)
{
    while (c->running) {
        long n = child_read(&c->child, c->answer);
        if (n > 0) {
            copy_line(c);
            continue;
        }
        if (n == -1)
            copy_died(m, c);
        else if (n == -2)
            copy_fails(c, ST_LIMIT, "wrote an answer without end: more than a "
                       "batch can need");
        return;
    }
}

static void copy_late(struct command *m, struct copy *c)
{
    char what[120];
    if (!c->running || now_ms() < c->late)
        return;
    (void)snprintf(what, sizeof what, "gave no answer within %g seconds",
                   m->spec->seconds);
    copy_fails(c, ST_SYSTEM, what);
}

static int patience(const struct command *m, const size_t *lane, size_t lanes)
{
    long long now = now_ms(), least = 60000;
    for (size_t i = 0; i < lanes; i++) {
        long long left = m->copy[lane[i]].late - now;
        least = left < least ? left : least;
    }
    return least < 0 ? 0 : (int)least + 1;
}

static status copies_pump(void *self, void *call, const size_t *lane,
                          size_t lanes, bool wait, struct error *e)
{
    struct command *m = self;
    struct pollfd p[3 * REMOTE_LANES_MAX];
    (void)call;
    for (size_t i = 0; i < lanes; i++) {
        const struct copy *c = &m->copy[lane[i]];
        bool on = c->running;
        p[3 * i] = (struct pollfd){
            on && c->sent < c->body->length ? c->child.in : -1, POLLOUT, 0};
        p[3 * i + 1] = (struct pollfd){on ? c->child.out : -1, POLLIN, 0};
        p[3 * i + 2] = (struct pollfd){on ? c->child.aside : -1, POLLIN, 0};
    }
    int n = poll(p, (nfds_t)(3 * lanes), wait ? patience(m, lane, lanes) : 0);
    if (n < 0 && errno != EINTR)
        return error_system(e, "cannot wait for the model's command");
    for (size_t i = 0; i < lanes; i++) {
        struct copy *c = &m->copy[lane[i]];
        if (n > 0 && p[3 * i + 2].revents != 0)
            child_listen(&c->child);
        if (n > 0 && c->running && p[3 * i + 1].revents != 0)
            copy_receive(m, c);
        if (n > 0 && c->running && p[3 * i].revents != 0)
            copy_send(m, c);
        copy_late(m, c);
    }
    return ST_OK;
}

static bool copy_ended(void *self, void *call, size_t lane, status *s,
                       struct error *e)
{
    struct copy *c = &((struct command *)self)->copy[lane];
    (void)call;
    if (!c->over)
        return false;
    c->over = false;
    *s = c->class;
    if (c->class != ST_OK)
        *e = c->error;
    return true;
}

static status copy_read(void *self, const char *bytes, size_t length,
                        const struct answers *to, struct error *e)
{
    (void)self;
    return answer_of_command(bytes, length, to, e);
}

/* Its answer must not be found by the next call. */
static void copy_drop(void *self, void *call, size_t lane)
{
    struct copy *c = &((struct command *)self)->copy[lane];
    (void)call;
    child_end(&c->child, false, NULL, 0);
    c->running = c->over = false;
}

static const struct lanes_kind copies = {
    .enter = no_call, .leave = no_leave, .body = body_of_command,
    .begin = copy_begin, .pump = copies_pump, .ended = copy_ended,
    .drop = copy_drop, .read = copy_read};

static status command_ask(void *self, const struct asked *a, size_t *width,
                          double *out, struct error *e)
{
    struct command *m = self;
    return drive(&copies, m, m->lanes, a, "the command", width, out, e);
}

static void command_close(void *self)
{
    struct command *m = self;
    if (m == NULL)
        return;
    for (size_t i = 0; m->copy != NULL && i < m->copies; i++)
        child_end(&m->copy[i].child, true, NULL, 0);
    lanes_free(m->lanes);
    mem_free(m->copy);
    mem_free(m);
}

status command_open(const struct remote_spec *spec, struct remote_bill *bill,
                    struct backend *out, struct error *e)
{
    struct command *m = mem_array(1, sizeof *m);
    if (m == NULL)
        return error_memory(e);
    m->spec = spec;
    m->bill = bill;
    m->copies = spec->copies;
    m->copy = mem_array(m->copies, sizeof *m->copy);
    m->lanes = lanes_new(m->copies);
    if (m->copy == NULL || m->lanes == NULL) {
        command_close(m);
        return error_memory(e);
    }
    *out = (struct backend){
        .self = m, .ask = command_ask, .close = command_close};
    plain_line(spec->command[0], strlen(spec->command[0]), out->where,
               sizeof out->where);
    return ST_OK;
}
