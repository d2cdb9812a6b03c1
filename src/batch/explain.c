#include "batch/numbers.h"

#include "base/arena.h"
#include "batch/line.h"
#include "batch/reference.h"
#include "batch/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct explaining {
    struct session *s;
    struct explainer *explainer;
    struct explain_scratch **scratch; /* [threads] */
    double *phi, *residual, *margin;  /* [threads][…] */
    size_t *order;                    /* [threads][features], for --top */
};

static size_t order_by_size(const double *phi, size_t n, size_t most,
                            size_t *order)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (used == most && !(fabs(phi[i]) > fabs(phi[order[used - 1]])))
            continue;
        size_t at = used < most ? used++ : used - 1;
        while (at > 0 && fabs(phi[order[at - 1]]) < fabs(phi[i])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return used;
}

static void put_contributions(struct line *l, const struct explaining *x,
                              size_t worker, const double *phi)
{
    const struct model *m = x->s->model;
    size_t top = x->s->request->top, f = m->features;
    size_t *order = x->order + worker * f;
    size_t n = top > 0 ? order_by_size(phi, f, top < f ? top : f, order) : f;
    if (!l->csv) {
        json_object(&l->w);
        for (size_t i = 0; i < n; i++) {
            size_t at = top > 0 ? order[i] : i;
            json_put_number(&l->w, m->feature[at].name, phi[at]);
        }
        json_object_end(&l->w);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = top > 0 ? order[i] : i;
        if (top > 0)
            line_text(l, "", m->feature[at].name);
        line_number(l, "", phi[at]);
    }
}

static void put_all_contributions(struct line *l, const struct explaining *x,
                                  size_t worker, const double *phi)
{
    const struct model *m = x->s->model;
    size_t stride = m->features + 1;
    if (!l->csv)
        json_key(&l->w, "contributions");
    if (!l->csv && m->outputs > 1)
        json_array(&l->w);
    for (size_t k = 0; k < m->outputs; k++)
        put_contributions(l, x, worker, phi + k * stride);
    if (!l->csv && m->outputs > 1)
        json_array_end(&l->w);
}

static status explain_line(void *context, size_t worker,
                           const struct row_in *in, struct buf *out,
                           struct error *e)
{
    struct explaining *x = context;
    const struct session *s = x->s;
    size_t k = s->model->outputs, stride = s->model->features + 1;
    double *phi = x->phi + worker * k * stride;
    double *residual = x->residual + worker * k;
    double *margin = x->margin + 2 * worker * k, *base = margin + k;
    TRY(shapley_explain(x->explainer, x->scratch[worker], in->row, 1, phi,
                        residual, e));
    model_margin(s->model, in->row, margin);
    for (size_t i = 0; i < k; i++)
        base[i] = phi[i * stride + s->model->features];
    struct line l;
    line_begin(&l, out, s->request->csv);
    line_int(&l, "row", in->ordinal);
    line_text(&l, "id", in->id);
    line_text(&l, "estimator", shapley_estimator(x->explainer)->name);
    const char *reference = shapley_reference_name(x->explainer, 0);
    line_text(&l, "reference", reference[0] != '\0' ? reference : NULL);
    line_outputs(&l, "margin", margin, k);
    line_outputs(&l, "base", base, k);
    put_all_contributions(&l, x, worker, phi);
    line_outputs(&l, "residual", residual, k);
    /* exact estimators have no error of estimation */
    if (!l.csv) {
        json_key(&l.w, "error");
        json_null(&l.w);
    }
    return line_end(&l, e);
}

static void explain_head(const struct session *s, struct buf *head)
{
    const struct model *m = s->model;
    size_t top = s->request->top;
    static const char *const first[] = {"row", "id", "estimator", "reference"};
    for (size_t i = 0; i < 4; i++)
        head_name(head, first[i]);
    head_outputs(head, "margin", m->outputs);
    head_outputs(head, "base", m->outputs);
    char text[64];
    for (size_t k = 0; k < m->outputs; k++)
        for (size_t i = 0; i < (top > 0 && top < m->features ? top : m->features); i++) {
            if (top == 0) {
                head_name(head, m->feature[i].name);
                continue;
            }
            (void)snprintf(text, sizeof text, "input_%zu", i + 1);
            head_name(head, text);
            (void)snprintf(text, sizeof text, "contribution_%zu", i + 1);
            head_name(head, text);
        }
    head_outputs(head, "residual", m->outputs);
    buf_putc(head, '\n');
}

/* The population: "A", "B", or any table with the project's columns. */
static status load_population(struct session *s, const char *name,
                              struct project_table *other,
                              struct reference *out, struct error *e)
{
    const struct project *p = s->project;
    bool a = strcmp(name, "A") == 0, b = strcmp(name, "B") == 0;
    const struct project_table *t = a ? &p->reference_a : &p->reference_b;
    if (!a && !b) {
        *other = p->decisions;
        other->name = name;
        other->key = "reference";
        other->spec.location = name;
        other->spec.format = TABLE_BY_NAME;
        t = other;
    }
    if (t->spec.location == NULL)
        return error_set(e, ST_ARGUMENT,
                         "the project names no reference population %s: set "
                         "data.reference, or give a table", name);
    TRY(reference_load(s, t, a && p->model.has_cutoff, out, e));
    if (out->count == 0)
        return error_set(e, ST_DATA, "the reference population %s is empty",
                         t->name);
    return ST_OK;
}

static status prepare_explainer(struct session *s, struct explaining *x,
                                struct error *e)
{
    const char *name = s->request->estimator;
    const char *population = s->request->reference;
    if (population == NULL && s->project->reference_a.spec.location != NULL &&
        (name == NULL || strcmp(name, "interventional") == 0))
        population = "A";
    if (name == NULL)
        name = population != NULL ? "interventional" : "path-dependent";
    const struct estimator *estimator = estimator_find(name);
    if (estimator == NULL)
        return error_set(e, ST_ARGUMENT,
                         "there is no estimator \"%s\"; candor help estimators "
                         "lists them", name);
    if (estimator->needs_reference && population == NULL)
        return error_set(e, ST_ARGUMENT,
                         "%s compares with a reference population: give "
                         "--reference A, B or a table", name);
    struct reference r = {0};
    struct project_table other;
    status st = ST_OK;
    if (estimator->needs_reference)
        st = load_population(s, population, &other, &r, e);
    if (st == ST_OK) {
        struct explain_reference rows = {r.table == NULL          ? ""
                                         : r.table->name != NULL ? r.table->name
                                                                 : population,
                                         r.rows, r.count};
        struct explain_request request = {
            .model = s->model,
            .estimator = estimator,
            .reference = &rows,
            .references = estimator->needs_reference};
        st = shapley_prepare(&request, &x->explainer, e);
    }
    reference_free(&r);
    return st;
}

static status prepare_scratch(struct explaining *x, struct error *e)
{
    size_t threads = pool_threads(x->s->pool), k = x->s->model->outputs;
    size_t f = x->s->model->features;
    x->scratch = mem_array(threads, sizeof *x->scratch);
    x->phi = mem_array(threads * k * (f + 1), sizeof *x->phi);
    x->residual = mem_array(threads * k, sizeof *x->residual);
    x->margin = mem_array(2 * threads * k, sizeof *x->margin);
    x->order = mem_array(threads * f, sizeof *x->order);
    if (x->scratch == NULL || x->phi == NULL || x->residual == NULL ||
        x->margin == NULL || x->order == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++)
        TRY(shapley_scratch_new(x->explainer, &x->scratch[i], e));
    return ST_OK;
}

static void free_explaining(struct explaining *x)
{
    size_t threads = pool_threads(x->s->pool);
    for (size_t i = 0; x->scratch != NULL && i < threads; i++)
        shapley_scratch_free(x->scratch[i]);
    mem_free(x->scratch);
    mem_free(x->phi);
    mem_free(x->residual);
    mem_free(x->margin);
    mem_free(x->order);
    shapley_free(x->explainer);
}

int numbers_explain(const struct host *host, const struct request *request)
{
    struct session s;
    int code = session_open(host, request, &s);
    if (code != EXIT_DONE)
        return code;
    struct explaining x = {.s = &s};
    struct error e = {.class = ST_OK};
    status st = prepare_explainer(&s, &x, &e);
    if (st == ST_OK)
        st = prepare_scratch(&x, &e);
    struct buf head = BUF_INIT(16 << 20);
    explain_head(&s, &head);
    if (st == ST_OK) {
        code = rows_run(&s, request->csv ? buf_text(&head) : NULL, explain_line,
                        &x);
    } else {
        host_error(host, &e);
        code = st == ST_UNSUPPORTED ? EXIT_MODEL : exit_of_data(&e);
    }
    buf_free(&head);
    free_explaining(&x);
    session_close(&s);
    return code;
}
