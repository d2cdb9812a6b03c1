/* Rows through the explainer, a task at a time: rows that repeat are explained
 * once, and sampled rows are held against the strict values. */
#include "batch/explain.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

enum {
    SAMPLE_FIRST = 16,
    SAMPLE_EVERY = 2003, /* prime: no period of a table meets it */
    SAMPLE_ROWS = 1000
};

static uint64_t hash_row(const double *row, size_t n)
{
    uint64_t h[4] = {1, 2, 3, 4}, bits;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, &row[i], sizeof bits);
        h[i & 3] = (h[i & 3] ^ bits) * 0x9E3779B97F4A7C15ULL;
        h[i & 3] ^= h[i & 3] >> 29;
    }
    uint64_t all = h[0] ^ h[1] * 3 ^ h[2] * 5 ^ h[3] * 7;
    all *= 0xD6E8FEB86659FD93ULL;
    return all ^ all >> 32;
}

/* at[i]: the place of row i among the distinct ones, which are numbered in
 * order. Returns how many there are. */
static size_t find_repeats(const struct explaining *x, struct explain_worker *w,
                           const struct rows_in *in)
{
    size_t features = x->s->model->features, bytes = features * sizeof(double);
    size_t mask = x->slots - 1, distinct = 0;
    memset(w->slot, 0, x->slots * sizeof *w->slot);
    for (size_t i = 0; i < in->rows; i++) {
        const double *row = in->row + i * features;
        size_t k = (size_t)hash_row(row, features) & mask;
        while (w->slot[k] != 0 &&
               memcmp(in->row + (w->slot[k] - 1) * features, row, bytes) != 0)
            k = (k + 1) & mask;
        if (w->slot[k] == 0) {
            w->slot[k] = (uint32_t)i + 1;
            w->at[i] = (uint32_t)distinct++;
        } else {
            w->at[i] = w->at[w->slot[k] - 1];
        }
    }
    return distinct;
}

/* The distinct rows side by side; the rows themselves when none repeats. */
static const double *distinct_rows(const struct explaining *x,
                                   struct explain_worker *w,
                                   const struct rows_in *in, size_t distinct)
{
    size_t features = x->s->model->features;
    if (distinct == in->rows)
        return in->row;
    for (size_t i = 0, next = 0; i < in->rows; i++)
        if (w->at[i] == next)
            memcpy(w->row + next++ * features, in->row + i * features,
                   features * sizeof *w->row);
    return w->row;
}

static double largest(const double *phi, size_t outputs, size_t players)
{
    double most = 0;
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < players; i++) {
            double size = fabs(phi[o * (players + 1) + i]);
            most = size > most ? size : most;
        }
    return most;
}

double explain_bound(const struct explaining *x, size_t game,
                     const double *phi)
{
    return shapley_bound(x->explainer, game,
                         largest(phi, x->outputs, x->players));
}

static void add_tally(struct explain_tally *to, const struct explain_tally *t)
{
    to->rows += t->rows;
    to->repeated += t->repeated;
    to->strict += t->strict;
    to->checked += t->checked;
    if (t->error > to->error ||
        (t->error == to->error && t->bound > to->bound)) {
        to->error = t->error;
        to->bound = t->bound;
    }
    to->share = fmax(to->share, t->share);
}

static status check_row(struct explaining *x, struct explain_worker *w,
                        const struct rows_in *in, size_t i,
                        struct explain_tally *t, struct error *e)
{
    const double *phi = w->phi + w->at[i] * x->values;
    size_t each = x->outputs * (x->players + 1);
    TRY(shapley_explain_strict(x->explainer, w->scratch,
                               in->row + i * x->s->model->features,
                               w->one_phi, w->one_residual, e));
    t->checked++;
    for (size_t g = 0; g < x->games; g++) {
        double error = 0, bound = explain_bound(x, g, phi + g * each);
        for (size_t k = g * each; k < (g + 1) * each; k++)
            error = fmax(error, fabs(phi[k] - w->one_phi[k]));
        if (!(error <= bound))
            return error_set(e, ST_NUMERIC,
                             "row %lld: a contribution is %g away from its "
                             "strict value; the stated bound is %g. Take "
                             "--precision strict, and report this",
                             in->ordinal[i], error, bound);
        struct explain_tally one = {.error = error, .bound = bound};
        one.share = bound > 0 ? error / bound : 0;
        add_tally(t, &one);
    }
    return ST_OK;
}

/* By ordinal alone, so that no thread or task shows; where ids choose the rows,
 * the first of each task. */
static status check_sample(struct explaining *x, struct explain_worker *w,
                           const struct rows_in *in, struct explain_tally *t,
                           struct error *e)
{
    long long most = (long long)SAMPLE_EVERY * (SAMPLE_ROWS - SAMPLE_FIRST);
    if (x->s->ids_given)
        return in->ordinal[0] <= most ? check_row(x, w, in, 0, t, e) : ST_OK;
    for (size_t i = 0; i < in->rows && in->ordinal[i] <= most; i++)
        if (in->ordinal[i] <= SAMPLE_FIRST ||
            in->ordinal[i] % SAMPLE_EVERY == 1)
            TRY(check_row(x, w, in, i, t, e));
    return ST_OK;
}

struct running {
    struct explaining *x;
    const struct explain_form *form;
};

status explain_task(struct explaining *x, size_t worker,
                    const struct rows_in *in, struct explained *r,
                    struct error *e)
{
    struct explain_worker *w = &x->worker[worker];
    size_t distinct = find_repeats(x, w, in);
    const double *rows = distinct_rows(x, w, in, distinct);
    struct explain_tally t = {.rows = in->rows,
                              .repeated = in->rows - distinct};
    TRY(shapley_explain(x->explainer, w->scratch, rows, distinct, w->phi,
                        w->residual, e));
    if (x->pairs > 0)
        TRY(shapley_interactions(x->explainer, w->scratch, rows, distinct,
                                 w->pairs, e));
    memset(w->strict, 0, distinct * sizeof *w->strict);
    if (x->real)
        TRY(check_sample(x, w, in, &t, e));
    add_tally(&w->tally, &t);
    *r = (struct explained){in, w->at, w->phi, w->residual, w->pairs};
    return ST_OK;
}

void explain_add_up(struct explaining *x)
{
    for (size_t i = 0; i < pool_threads(x->s->pool); i++)
        add_tally(&x->tally, &x->worker[i].tally);
}

static status work(void *context, size_t worker, const struct rows_in *in,
                   struct buf *out, struct error *e)
{
    const struct running *run = context;
    struct explained r;
    TRY(explain_task(run->x, worker, in, &r, e));
    return run->form->put(run->x, worker, &r, out, e);
}

static status take(void *context, const struct buf *out, size_t rows,
                   struct error *e)
{
    const struct running *run = context;
    return run->form->take(run->form->take_context, out, rows, e);
}

int explain_run(struct explaining *x, const struct explain_form *form)
{
    struct running run = {x, form};
    struct rows_job job = {.work = work,
                           .take = form->take != NULL ? take : NULL,
                           .context = &run,
                           .header = form->header,
                           .task_rows = x->task_rows,
                           .outputs = form->outputs};
    int code = rows_run_tasks(x->s, &job);
    explain_add_up(x);
    return code;
}

void explain_margin(const struct explaining *x, size_t worker,
                    const struct explained *r, size_t i, double *margin)
{
    const struct model *m = x->s->model;
    (void)worker;
    if (!x->real || x->set.estimator->on_answer) {
        model_margin(m, r->in->row + i * m->features, margin);
        return;
    }
    const double *phi = r->phi + r->at[i] * x->values;
    for (size_t o = 0; o < x->outputs; o++) {
        double sum = phi[o * (x->players + 1) + x->players];
        for (size_t k = 0; k < x->players; k++)
            sum += phi[o * (x->players + 1) + k];
        margin[o] = sum + r->residual[r->at[i] * x->games * x->outputs + o];
    }
}

void explain_tell(const struct explaining *x)
{
    const struct explain_tally *t = &x->tally;
    const struct host *host = x->s->host;
    if (!x->real)
        return;
    host_say(host, SEVERITY_NOTE,
             "%llu rows explained in float; held against strict on %llu of "
             "them: largest error %.2g, stated at most %.2g%s", t->rows,
             t->checked, t->error, t->bound,
             x->s->request->reasons > 0 ? "" : " (--precision strict: exact)");
    if (x->s->request->reasons > 0)
        host_say(host, SEVERITY_NOTE,
                 "%llu rows whose reasons were nearer to each other than the "
                 "bound were decided in strict", t->strict);
}

int explain_written(struct explaining *x, explain_put put,
                    const struct buf *head, status prepared, struct error *e)
{
    if (prepared == ST_OK)
        prepared = buf_status(head, e);
    if (prepared != ST_OK) {
        host_error(x->s->host, e);
        return exit_of_data(e);
    }
    struct explain_form form = {
        .put = put,
        .outputs = 1,
        .header = x->s->request->csv ? buf_text(head) : NULL};
    int code = explain_run(x, &form);
    if (code == EXIT_DONE)
        explain_tell(x);
    return code;
}
