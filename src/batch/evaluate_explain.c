/* Contributions of kept rows: what the inputs weigh, and the reason report.
 * Rows are explained by the pool into their own places and added in their order. */
#include "batch/evaluate_in.h"

#include "facts/inputs.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 128, TASK = 8 };

struct explaining {
    struct evaluating *v;
    const struct explainer *of[METHODS];     /* NULL: none */
    struct explain_scratch **scratch[METHODS]; /* [threads] */
    const double *row;         /* [rows][features] */
    size_t rows;
    double *phi[METHODS];      /* [CHUNK][outputs][features + 1] */
    double *residual[METHODS]; /* [CHUNK][outputs] */
};

static status explain_task(void *context, size_t worker, size_t index,
                           struct error *e)
{
    struct explaining *x = context;
    const struct model *m = x->v->s->model;
    size_t from = index * TASK, n = x->rows - from;
    if (n > TASK)
        n = TASK;
    for (int k = 0; k < METHODS; k++)
        if (x->of[k] != NULL)
            TRY(shapley_explain(
                x->of[k], x->scratch[k][worker], x->row + from * m->features, n,
                x->phi[k] + from * m->outputs * (m->features + 1),
                x->residual[k] + from * m->outputs, e));
    return ST_OK;
}

static status run_chunk(struct explaining *x, const double *row, size_t n,
                        struct error *e)
{
    x->row = row;
    x->rows = n;
    return pool_run(x->v->s->pool, explain_task, x, (n + TASK - 1) / TASK, e);
}

static status open_explaining(struct explaining *x, struct error *e)
{
    const struct model *m = x->v->s->model;
    size_t threads = pool_threads(x->v->s->pool);
    for (int k = 0; k < METHODS; k++) {
        if (x->of[k] == NULL)
            continue;
        x->phi[k] = mem_array(CHUNK * m->outputs * (m->features + 1),
                              sizeof(double));
        x->residual[k] = mem_array(CHUNK * m->outputs, sizeof(double));
        x->scratch[k] = mem_array(threads, sizeof *x->scratch[k]);
        if (x->phi[k] == NULL || x->residual[k] == NULL ||
            x->scratch[k] == NULL)
            return error_memory(e);
        for (size_t i = 0; i < threads; i++)
            TRY(shapley_scratch_new(x->of[k], &x->scratch[k][i], e));
    }
    return ST_OK;
}

static void close_explaining(struct explaining *x)
{
    size_t threads = pool_threads(x->v->s->pool);
    for (int k = 0; k < METHODS; k++) {
        for (size_t i = 0; x->scratch[k] != NULL && i < threads; i++)
            shapley_scratch_free(x->scratch[k][i]);
        mem_free(x->scratch[k]);
        mem_free(x->phi[k]);
        mem_free(x->residual[k]);
    }
}

static const double *phi_of(const struct explaining *x, int k, size_t i)
{
    const struct model *m = x->v->s->model;
    size_t wide = m->features + 1;
    return x->phi[k] +
           (i * m->outputs + x->v->s->project->model.output) * wide;
}

static double residual_of(const struct explaining *x, int k, size_t i)
{
    return x->residual[k][i * x->v->s->model->outputs +
                          x->v->s->project->model.output];
}

/* --- mean contributions --- */

static void sum_factors(const struct evaluating *v, const double *phi,
                        double *sum)
{
    const struct project *p = v->s->project;
    for (size_t f = 0; f < p->factors; f++) {
        sum[f] = 0;
        for (size_t i = 0; i < p->factor[f].features; i++) {
            long at = p->feature[p->factor[f].feature[i]].model_feature;
            if (at >= 0)
                sum[f] += phi[at];
        }
    }
}

static status tally_importance(struct explaining *x, struct error *e)
{
    struct evaluating *v = x->v;
    struct card_probe *out = &v->out->probe;
    const struct keep *kept = &v->probe;
    double *sum = mem_array(v->s->project->factors + 1, sizeof *sum);
    if (sum == NULL)
        return error_memory(e);
    size_t step = (kept->count + EVALUATE_EXPLAINED - 1) / EVALUATE_EXPLAINED;
    size_t wide = v->s->model->features;
    double *chunk = mem_array(CHUNK * wide + 1, sizeof *chunk);
    status st = chunk == NULL ? error_memory(e) : ST_OK;
    for (size_t at = 0; st == ST_OK && at < kept->count;) {
        size_t n = 0;
        for (; n < CHUNK && at < kept->count; n++, at += step)
            memcpy(chunk + n * wide, kept->row + at * wide,
                   wide * sizeof *chunk);
        st = run_chunk(x, chunk, n, e);
        for (size_t i = 0; st == ST_OK && i < n; i++) {
            const double *phi = phi_of(x, METHOD_B, i);
            importance_add(out->input, phi);
            sum_factors(v, phi, sum);
            importance_add(out->factor, sum);
            out->residual = fmax(out->residual,
                                 fabs(residual_of(x, METHOD_B, i)));
        }
        out->explained += (double)n;
    }
    mem_free(chunk);
    mem_free(sum);
    return st;
}

/* Reference B where there is one; else by the model's own covers. */
static status choose(struct evaluating *v, const struct explainer **out,
                     struct explainer **own, struct error *e)
{
    char why[ESTIMATOR_WHY_MAX];
    const struct estimator *path = estimator_find("path-dependent");
    *out = v->bench->references.explainer[METHOD_B];
    *own = NULL;
    if (*out != NULL || !path->supports(v->s->model, why))
        return ST_OK;
    struct explain_request request = {.model = v->s->model, .estimator = path};
    TRY(shapley_prepare(&request, own, e));
    *out = *own;
    return ST_OK;
}

status evaluate_contributions(struct evaluating *v, struct error *e)
{
    struct card_probe *out = &v->out->probe;
    const struct model *m = v->s->model;
    size_t factors = v->s->project->factors;
    struct explaining x = {.v = v};
    struct explainer *own = NULL;
    out->of = (double)v->probe.seen;
    out->probed = (double)v->probe.count;
    TRY(choose(v, &x.of[METHOD_B], &own, e));
    if (x.of[METHOD_B] == NULL || v->probe.count == 0)
        return ST_OK;
    out->estimator = shapley_estimator(x.of[METHOD_B])->name;
    out->reference = own != NULL ? NULL
                                 : v->bench->info[METHOD_B].name;
    out->input_order = arena_new_array(v->arena, size_t, m->features + 1);
    out->factor_order = arena_new_array(v->arena, size_t, factors + 1);
    status st = out->input_order == NULL || out->factor_order == NULL
                    ? arena_error(v->arena, e)
                    : importance_new(m->features, &out->input, e);
    if (st == ST_OK)
        st = importance_new(factors, &out->factor, e);
    if (st == ST_OK)
        st = open_explaining(&x, e);
    if (st == ST_OK)
        st = tally_importance(&x, e);
    if (st == ST_OK) {
        importance_order(out->input, out->input_order);
        importance_order(out->factor, out->factor_order);
    }
    close_explaining(&x);
    shapley_free(own);
    return st;
}

/* --- reason report --- */

struct reporting {
    struct explaining x;
    struct reasons *reasons;
    double *oriented[METHODS];
    double *rounded;                         /* [CHUNK][features] */
    size_t first[CHUNK][REASONS_RANKED];     /* leading factors as found */
    size_t count[CHUNK];
};

static size_t leading(const struct reasons *r)
{
    size_t n = r->adverse[r->method];
    return n < REASONS_RANKED ? n : REASONS_RANKED;
}

/* Inputs as documents print them, where the project says how. */
static void round_row(const struct evaluating *v, double *row)
{
    const struct project *p = v->s->project;
    for (size_t i = 0; i < p->features; i++) {
        const struct project_feature *f = &p->feature[i];
        bool whole = f->style == PRINT_INTEGER || f->style == PRINT_MONTHS;
        int decimals = whole ? 0 : f->decimals;
        if (f->style == PRINT_PERCENT && decimals < 2)
            decimals = 2; /* of the share: whole per cents */
        if (f->model_feature < 0 || decimals < 0 || f->style == PRINT_MONEY ||
            v->s->model->feature[f->model_feature].kind == FEATURE_CATEGORY)
            continue;
        double unit = pow(10.0, decimals);
        double *x = &row[f->model_feature];
        *x = round(*x * unit) / unit;
    }
}

static void find(struct reporting *r, size_t i)
{
    const struct session *s = r->x.v->s;
    size_t n = s->model->features;
    const double *given[METHODS] = {NULL, NULL};
    for (int k = 0; k < METHODS; k++) {
        if (r->x.of[k] == NULL)
            continue;
        reasons_orient(s->project, phi_of(&r->x, k, i), n, r->oriented[k]);
        given[k] = r->oriented[k];
    }
    reasons_find(r->reasons, s->project, given[METHOD_A], given[METHOD_B], n,
                 NULL, FAILED_SCORE);
}

static double positive_shortfall(const struct reasons *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->adverse[r->method]; i++)
        sum += r->factor[r->ranked[r->method][i]].shortfall[r->method];
    return sum;
}

static status report_row(struct reporting *r, size_t i, struct error *e)
{
    const struct reasons *found = r->reasons;
    find(r, i);
    double total = positive_shortfall(found), residual = 0;
    for (int k = 0; k < METHODS; k++)
        if (r->x.of[k] != NULL)
            residual = fmax(residual, fabs(residual_of(&r->x, k, i)));
    struct reason_case c = {.a = found->ranked[METHOD_A],
                            .a_count = found->adverse[METHOD_A],
                            .b = found->ranked[METHOD_B],
                            .b_count = found->adverse[METHOD_B],
                            .printed_is_b = found->method == METHOD_B,
                            .shortfall = total,
                            .covered = found->covered * total,
                            .residual = residual};
    r->count[i] = leading(found);
    for (size_t k = 0; k < r->count[i]; k++)
        r->first[i][k] = found->ranked[found->method][k];
    return reason_report_add(r->x.v->out->reasons.report, &c, e);
}

static bool same_set(const struct reporting *r, size_t i)
{
    const struct reasons *found = r->reasons;
    size_t n = leading(found), same = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < r->count[i]; b++)
            same += found->ranked[found->method][a] == r->first[i][b];
    return n == r->count[i] && same == n;
}

/* The same rows with inputs as printed: are the reasons the same set? */
static status ask_rounded(struct reporting *r, const double *row, size_t n,
                          struct error *e)
{
    struct card_reasons *out = &r->x.v->out->reasons;
    size_t wide = r->x.v->s->model->features;
    memcpy(r->rounded, row, n * wide * sizeof *row);
    for (size_t i = 0; i < n; i++)
        round_row(r->x.v, r->rounded + i * wide);
    TRY(run_chunk(&r->x, r->rounded, n, e));
    for (size_t i = 0; i < n; i++) {
        find(r, i);
        out->rounded += 1;
        out->rounded_same += same_set(r, i);
    }
    return ST_OK;
}

static status report_all(struct reporting *r, struct error *e)
{
    const struct keep *kept = &r->x.v->declined;
    for (size_t at = 0; at < kept->count; at += CHUNK) {
        size_t n = kept->count - at < CHUNK ? kept->count - at : CHUNK;
        TRY(run_chunk(&r->x, kept->row + at * kept->width, n, e));
        for (size_t i = 0; i < n; i++)
            TRY(report_row(r, i, e));
        TRY(ask_rounded(r, kept->row + at * kept->width, n, e));
    }
    return ST_OK;
}

status evaluate_reasons(struct evaluating *v, struct error *e)
{
    const struct project *p = v->s->project;
    struct card_reasons *out = &v->out->reasons;
    struct reporting r = {.x = {.v = v}};
    out->declined = v->declined_rows;
    out->rounded = (double)NAN;
    for (int k = 0; k < METHODS; k++)
        r.x.of[k] = v->bench->references.explainer[k];
    bool wants_b = p->documents.method != NULL &&
                   strcmp(p->documents.method, "B") == 0;
    if (v->declined.count == 0 || p->factors == 0 ||
        r.x.of[wants_b ? METHOD_B : METHOD_A] == NULL)
        return ST_OK;
    out->made = true;
    out->rounded = 0;
    r.rounded = mem_array(CHUNK * v->s->model->features + 1,
                          sizeof *r.rounded);
    status st = r.rounded == NULL ? error_memory(e)
                                  : reasons_new(p, &r.reasons, e);
    for (int k = 0; k < METHODS && st == ST_OK; k++) {
        r.oriented[k] = mem_array(v->s->model->features + 1, sizeof(double));
        if (r.oriented[k] == NULL)
            st = error_memory(e);
    }
    if (st == ST_OK)
        st = reason_report_new(p->factors, &out->report, e);
    if (st == ST_OK)
        st = open_explaining(&r.x, e);
    if (st == ST_OK)
        st = report_all(&r, e);
    close_explaining(&r.x);
    mem_free(r.rounded);
    reasons_free(r.reasons);
    for (int k = 0; k < METHODS; k++)
        mem_free(r.oriented[k]);
    return st;
}
