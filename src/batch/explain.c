/* candor explain: what is asked is set up once, then one of the forms runs. */
#include "batch/explain.h"

#include "base/arena.h"
#include "batch/portfolio.h"

#include <string.h>

#define TASK_BYTES ((size_t)48 << 20)
#define WIDE 1e-3 /* of a model's reach; usual bounds are below 1e-5 */
#define PAIR_BYTES_MAX ((size_t)1 << 20)

enum { TASK_ROWS = 2048, TASK_ROWS_MOST = 16384, WAITING = 8 };

/* Rows of a task: what the kernels like, within what memory allows. */
static void size_tasks(struct explaining *x)
{
    const struct request *r = x->s->request;
    size_t values = x->values + x->games * x->outputs * x->pairs +
                    2 * x->s->model->features;
    size_t room = TASK_BYTES, block = shapley_block(x->explainer);
    size_t asked = (size_t)r->memory / 4 / pool_threads(x->s->pool);
    if (r->memory > 0) {
        /* blocks of the table that wait: numbers, and text of the same size */
        values += WAITING * 2 * x->s->model->features;
        room = asked < room ? asked : room;
    }
    size_t rows = TASK_ROWS / block * block;
    rows = rows < block ? block : rows;
    rows = rows > TASK_ROWS_MOST ? TASK_ROWS_MOST : rows;
    size_t most = room / (values * sizeof(double));
    if (rows > most)
        rows = most > block ? most / block * block : most;
    x->task_rows = rows == 0 ? 1 : rows;
    for (x->slots = 2; x->slots < 2 * x->task_rows;)
        x->slots *= 2;
}

static status open_worker(const struct explaining *x, struct explain_worker *w,
                          struct error *e)
{
    size_t n = x->task_rows, features = x->s->model->features;
    size_t each = x->games * x->outputs;
    size_t order = x->players > x->pairs ? x->players : x->pairs;
    w->phi = mem_array(n * x->values, sizeof *w->phi);
    w->residual = mem_array(n * each, sizeof *w->residual);
    w->pairs = mem_array(n * each * x->pairs + 1, sizeof *w->pairs);
    w->row = mem_array(n * features + 1, sizeof *w->row);
    w->at = mem_array(n, sizeof *w->at);
    w->slot = mem_array(x->slots, sizeof *w->slot);
    w->strict = mem_array(n, sizeof *w->strict);
    w->one_phi = mem_array(x->values, sizeof *w->one_phi);
    w->one_residual = mem_array(each, sizeof *w->one_residual);
    w->margin = mem_array(2 * x->outputs, sizeof *w->margin);
    w->order = mem_array(order + 1, sizeof *w->order);
    w->shortfall = mem_array(features + x->s->project->factors + 1,
                             sizeof *w->shortfall);
    if (w->phi == NULL || w->residual == NULL || w->pairs == NULL ||
        w->row == NULL || w->at == NULL || w->slot == NULL ||
        w->strict == NULL || w->one_phi == NULL || w->one_residual == NULL ||
        w->margin == NULL || w->order == NULL || w->shortfall == NULL)
        return error_memory(e);
    return shapley_scratch_new(x->explainer, &w->scratch, e);
}

static void close_worker(struct explain_worker *w)
{
    shapley_scratch_free(w->scratch);
    mem_free(w->phi);
    mem_free(w->residual);
    mem_free(w->pairs);
    mem_free(w->row);
    mem_free(w->at);
    mem_free(w->slot);
    mem_free(w->strict);
    mem_free(w->one_phi);
    mem_free(w->one_residual);
    mem_free(w->margin);
    mem_free(w->order);
    mem_free(w->shortfall);
}

/* All pairs of a row are one line or one stretch of an array. */
static status check_pairs(const struct explaining *x, struct error *e)
{
    const struct request *r = x->s->request;
    size_t bytes = x->games * x->outputs * x->pairs * sizeof(double);
    if (r->interactions != SIZE_MAX || bytes <= PAIR_BYTES_MAX)
        return ST_OK;
    return error_set(e, ST_LIMIT,
                     "%zu pairs of inputs meet in this model, %zu MB a row: "
                     "give --interactions K for the K largest pairs of each "
                     "row, or --groups for fewer players", x->pairs,
                     bytes >> 20);
}

/* Paths of hundreds of inputs are beyond float32: the bound says so. */
static bool is_too_wide(const struct explaining *x)
{
    const struct model *m = x->s->model;
    for (size_t o = 0; o < m->outputs; o++) {
        double reach = model_reach(m, o, NULL, 0);
        for (size_t g = 0; g < shapley_games(x->explainer); g++)
            if (!(shapley_bound(x->explainer, g, reach) <= reach * WIDE))
                return true;
    }
    return false;
}

static status prepare(struct explaining *x, struct error *e)
{
    struct explain_request *r = &x->set.request;
    TRY(shapley_prepare(r, &x->explainer, e));
    if (shapley_mode(x->explainer) == EXPLAIN_STRICT || !is_too_wide(x))
        return ST_OK;
    host_say(x->s->host, SEVERITY_NOTE,
             "float can state no useful bound for this model: strict is used");
    shapley_free(x->explainer);
    x->explainer = NULL;
    r->mode = EXPLAIN_STRICT;
    return shapley_prepare(r, &x->explainer, e);
}

status explain_open(struct session *s, struct explaining *x, struct error *e)
{
    memset(x, 0, sizeof *x);
    x->s = s;
    TRY(explain_set(s, &x->set, e));
    TRY(prepare(x, e));
    /* the explainer has what it needs of them; bins are cut at the first's */
    for (size_t i = s->request->global ? 1 : 0; i < x->set.games; i++)
        reference_free(&x->set.population[i]);
    x->games = shapley_games(x->explainer);
    x->outputs = s->model->outputs;
    x->players = shapley_players(x->explainer);
    x->values = x->games * x->outputs * (x->players + 1);
    x->pairs = s->request->interactions > 0
                   ? shapley_pairs(x->explainer, &x->pair)
                   : 0;
    x->real = shapley_mode(x->explainer) == EXPLAIN_FLOAT;
    TRY(check_pairs(x, e));
    size_tasks(x);
    size_t threads = pool_threads(s->pool);
    x->worker = mem_array(threads, sizeof *x->worker);
    if (x->worker == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++)
        TRY(open_worker(x, &x->worker[i], e));
    return ST_OK;
}

void explain_close(struct explaining *x)
{
    size_t threads = pool_threads(x->s->pool);
    for (size_t i = 0; x->worker != NULL && i < threads; i++)
        close_worker(&x->worker[i]);
    mem_free(x->worker);
    shapley_free(x->explainer);
    explain_unset(&x->set);
}

/* Lines can hold estimates where exact values cost too much, unless the exact
 * estimator was named; arrays and summaries cannot. */
static bool is_spared(const struct explaining *x)
{
    const struct request *r = x->s->request;
    if (r->estimator != NULL || r->reasons > 0 || r->npy || r->global ||
        r->interactions > 0 || estimating_spares(x->s, x->explainer) == 0)
        return false;
    estimating_tell_spared(x->s, x->explainer);
    return true;
}

static int explain(struct session *s)
{
    const struct request *r = s->request;
    struct explaining x;
    struct error e = {.class = ST_OK};
    int code;
    status st = explain_open(s, &x, &e);
    if (st != ST_OK) {
        host_error(s->host, &e);
        code = st == ST_UNSUPPORTED ? EXIT_MODEL : exit_of_data(&e);
    } else if (is_spared(&x)) {
        explain_close(&x);
        return explain_estimates(s);
    } else {
        code = r->reasons > 0 ? explain_reasons(&x)
               : r->npy       ? explain_arrays(&x)
               : r->global    ? explain_global(&x)
                              : explain_lines(&x);
    }
    explain_close(&x);
    return code;
}

int numbers_explain(const struct host *host, const struct request *request)
{
    struct session s;
    int code = session_open(host, request, false, &s);
    if (code != EXIT_DONE)
        return code;
    code = explain_is_estimated(&s) ? explain_estimates(&s)
           : request->plan          ? explain_plan(&s)
                                    : explain(&s);
    session_close(&s);
    return code;
}
