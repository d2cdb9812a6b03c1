/* candor recourse: every row's smallest change, as lines; its counts at the
 * end. */
#include "batch/numbers.h"

#include "base/arena.h"
#include "batch/ask.h"
#include "batch/recourse_pen.h"
#include "batch/recourse_proofs.h"
#include "batch/recourse_tell.h"

#include <math.h>
#include <string.h>

/* A search may take long: few rows a task. */
enum { SHOWN = 20 }; /* rows that could not be searched, told one by one */
enum { SEARCH_TASK = 16, OUT_LINES = 0, OUT_FAILED, OUT_PROOFS, OUTS };

struct hand { /* one thread's */
    struct seeker *seeker;
    struct recourse_audit *audit;
    double *margin;
    unsigned long long met, failed;
};

struct searching {
    struct session *s;
    struct levers levers;
    struct seeking seeking;
    struct recourse_pen pen;
    struct lines_out lines;
    struct proof_file *proofs; /* NULL: not asked for */
    struct hand *hand; /* [threads] */
    size_t shown;
};

static void tell_failed(struct hand *h, const struct row_in *in,
                        const struct recourse_found *f, struct buf *out)
{
    h->failed++;
    buf_printf(out, "row %lld (id %s) not searched: %s", in->ordinal, in->id,
               f->why);
    buf_putc(out, '\0'); /* messages part here */
}

static status one_row(struct searching *c, struct hand *h,
                      const struct row_in *in, struct buf *out,
                      struct error *e)
{
    const struct session *s = c->s;
    const struct project *p = s->project;
    struct recourse_found found;
    const struct asked_rows ask = {.row = in->row, .n = 1,
                                   .ordinal = &in->ordinal, .id = &in->id};
    TRY(ask_margins(s->model, &ask, true, h->margin, e));
    if (isnan(h->margin[p->model.output]))
        return error_set(e, ST_DATA, ASK_NO_ANSWER);
    double score = project_score(p, h->margin[p->model.output]);
    bool wanted = project_approves(p, score) == c->pen.decline;
    h->met += !wanted;
    if (wanted) {
        TRY(seeker_row(h->seeker, in->row, &found, e));
        TRY(seeker_count(h->seeker, in->row, &found, NULL, NULL, h->audit, e));
        if (found.failed)
            tell_failed(h, in, &found, &out[OUT_FAILED]);
    }
    if (c->proofs != NULL)
        TRY(proof_file_row(c->levers.problem, in, wanted ? &found : NULL,
                           &out[OUT_PROOFS], e));
    return recourse_line(&c->pen, in, score, wanted ? &found : NULL,
                         s->request->csv, &out[OUT_LINES], e);
}

static status search_rows(void *context, size_t worker,
                          const struct rows_in *in, struct buf *out,
                          struct error *e)
{
    struct searching *c = context;
    for (size_t i = 0; i < in->rows; i++) {
        struct row_in one = {in->ordinal[i], in->id[i],
                             in->row + i * in->width};
        status st = one_row(c, &c->hand[worker], &one, out, e);
        if (st != ST_OK) {
            error_note(e, "working on row %lld (line %ld)", one.ordinal,
                       in->line[i]);
            return st;
        }
        buf_putc(&out[OUT_LINES], '\n');
    }
    return ST_OK;
}

static status take_rows(void *context, const struct buf *out, size_t rows,
                        struct error *e)
{
    struct searching *c = context;
    (void)rows;
    const char *text = buf_text(&out[OUT_FAILED]);
    const char *end = text + out[OUT_FAILED].length;
    for (; text < end && c->shown++ < SHOWN; text += strlen(text) + 1)
        host_say(c->s->host, SEVERITY_WARNING, "%s", text);
    if (c->proofs != NULL)
        TRY(proof_file_put(c->proofs, &out[OUT_PROOFS], e));
    return lines_put(&c->lines, buf_text(&out[OUT_LINES]),
                     out[OUT_LINES].length, e);
}

static status open_hands(struct searching *c, struct error *e)
{
    struct session *s = c->s;
    size_t threads = pool_threads(s->pool);
    c->hand = mem_array(threads, sizeof *c->hand);
    if (c->hand == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++) {
        struct hand *h = &c->hand[i];
        h->margin = mem_array(s->model->outputs, sizeof *h->margin);
        if (h->margin == NULL)
            return error_memory(e);
        TRY(seeker_new(&c->seeking, &h->seeker, e));
        TRY(seeking_audit(&c->seeking, 0, NULL, &h->audit, e));
    }
    return ST_OK;
}

static void close_search(struct searching *c)
{
    for (size_t i = 0; c->hand != NULL && i < pool_threads(c->s->pool); i++) {
        seeker_free(c->hand[i].seeker);
        recourse_audit_free(c->hand[i].audit);
        mem_free(c->hand[i].margin);
    }
    mem_free(c->hand);
    seeking_close(&c->seeking);
    levers_close(&c->levers);
    sink_free(c->lines.sink);
    proof_file_free(c->proofs);
}

static status open_search(struct searching *c, struct error *e)
{
    struct session *s = c->s;
    const struct project *p = s->project;
    if (!p->model.has_cutoff)
        return error_set(e, ST_ARGUMENT, "recourse needs model.cutoff");
    if (s->request->proofs != NULL && c->pen.decline)
        return error_set(e, ST_ARGUMENT,
                         "--proofs are of --target approve alone");
    struct levers_options options = {.decline = c->pen.decline,
                                     .prove = s->request->proofs != NULL};
    TRY(levers_open(s, &options, &c->levers, e));
    if (c->levers.recourse == NULL)
        return error_set(e, ST_ARGUMENT,
                         "recourse needs levers that the model reads");
    TRY(seeking_open(s, &c->levers, p->recourse.radius, &c->seeking, e));
    c->pen.seeking = &c->seeking;
    TRY(open_hands(c, e));
    return s->request->proofs == NULL
               ? ST_OK
               : proof_file_open(s, &c->levers, &c->proofs, e);
}

static status open_lines(struct searching *c, struct error *e)
{
    TRY(lines_open(c->s, &c->lines, e));
    if (!c->s->request->csv)
        return ST_OK;
    struct buf head = BUF_INIT(65536);
    recourse_head(&head);
    status st = lines_put(&c->lines, buf_text(&head), head.length, e);
    buf_free(&head);
    return st;
}

/* The threads' counts into one, and told. */
static status conclude(struct searching *c, unsigned long long *failed,
                       struct error *e)
{
    struct recourse_told t = {.decline = c->pen.decline};
    for (size_t i = 0; i < pool_threads(c->s->pool); i++) {
        t.met += c->hand[i].met;
        t.failed += c->hand[i].failed;
        if (i > 0)
            TRY(recourse_audit_merge(c->hand[0].audit, c->hand[i].audit, e));
    }
    t.audit = c->hand[0].audit;
    *failed = t.failed;
    recourse_tell(c->s, &t);
    struct proof_file *proofs = c->proofs;
    c->proofs = NULL;
    TRY(lines_close(&c->lines, e));
    return proofs == NULL ? ST_OK : proof_file_close(proofs, e);
}

static int run(struct searching *c, struct error *e)
{
    struct rows_job job = {.work = search_rows, .take = take_rows,
                           .context = c, .task_rows = SEARCH_TASK,
                           .outputs = OUTS, .quantities = true};
    status st = open_search(c, e);
    if (st == ST_UNSUPPORTED) {
        host_error(c->s->host, e);
        return EXIT_MODEL;
    }
    if (st == ST_OK)
        st = open_lines(c, e);
    int code = EXIT_DONE;
    unsigned long long failed = 0;
    if (st == ST_OK)
        code = rows_run_tasks(c->s, &job);
    if (st == ST_OK && (code == EXIT_DONE || code == EXIT_DATA)) {
        st = conclude(c, &failed, e);
        long most = c->s->project->errors_allowed;
        if (code == EXIT_DONE && most >= 0 && failed > (unsigned long)most)
            code = EXIT_DATA;
    }
    if (st == ST_OK)
        return code;
    host_error(c->s->host, e);
    return exit_of_data(e);
}

int numbers_recourse(const struct host *host, const struct request *request)
{
    struct session s;
    int code = session_open(host, request, false, &s);
    if (code != EXIT_DONE)
        return code;
    struct error e = {.class = ST_OK};
    struct searching c = {.s = &s};
    c.pen.decline = text_equal(request->target, "decline");
    code = run(&c, &e);
    close_search(&c);
    session_close(&s);
    return code;
}
