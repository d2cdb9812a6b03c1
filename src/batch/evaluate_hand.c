/* One thread's rows: explained, weighed, their reasons found. Where the bound
 * of the fast kernels leaves an order of reasons open, that row is explained
 * again in STRICT mode. */
#include "batch/evaluate_explaining.h"

#include <math.h>
#include <string.h>

static size_t wide_of(const struct explaining *x, enum ask k)
{
    const struct model *m = x->v->s->model;
    return shapley_games(x->of[k]) * m->outputs * (m->features + 1);
}

static status open_asked(const struct explaining *x, enum ask k,
                         struct asked *out, struct error *e)
{
    size_t wide = wide_of(x, k);
    size_t ends = shapley_games(x->of[k]) * x->v->s->model->outputs;
    out->phi = mem_array(EXPLAIN_TASK * wide, sizeof *out->phi);
    out->residual = mem_array(EXPLAIN_TASK * ends, sizeof *out->residual);
    out->strict = mem_array(wide, sizeof *out->strict);
    if (out->phi == NULL || out->residual == NULL || out->strict == NULL)
        return error_memory(e);
    return shapley_scratch_new(x->of[k], &out->scratch, e);
}

status hand_open(const struct explaining *x, const struct global_spec *inputs,
                 const struct global_spec *factors, struct hand *h,
                 struct error *e)
{
    const struct project *p = x->v->s->project;
    size_t features = x->v->s->model->features;
    h->row = mem_array(EXPLAIN_TASK * features + 1, sizeof *h->row);
    h->sum = mem_array(p->factors + 1, sizeof *h->sum);
    if (h->row == NULL || h->sum == NULL)
        return error_memory(e);
    for (int k = 0; k < METHODS; k++) {
        h->oriented[k] = mem_array(features + 1, sizeof(double));
        if (h->oriented[k] == NULL)
            return error_memory(e);
    }
    TRY(reasons_new(p, &h->reasons, e));
    if (x->of[ASK_WEIGHT] != NULL) {
        TRY(open_asked(x, ASK_WEIGHT, &h->ask[ASK_WEIGHT], e));
        TRY(global_new(inputs, &h->input, e));
        TRY(global_new(factors, &h->factor, e));
    }
    if (x->of[ASK_REASONS] != NULL && x->of[ASK_REASONS] != x->of[ASK_WEIGHT])
        TRY(open_asked(x, ASK_REASONS, &h->ask[ASK_REASONS], e));
    return ST_OK;
}

void hand_close(struct hand *h)
{
    for (int k = 0; k < ASKS; k++) {
        shapley_scratch_free(h->ask[k].scratch);
        mem_free(h->ask[k].phi);
        mem_free(h->ask[k].residual);
        mem_free(h->ask[k].strict);
    }
    global_free(h->input);
    global_free(h->factor);
    reasons_free(h->reasons);
    mem_free(h->row);
    mem_free(h->sum);
    for (int k = 0; k < METHODS; k++)
        mem_free(h->oriented[k]);
    memset(h, 0, sizeof *h);
}

/* The explainer of reasons may be that of weights. */
static struct asked *asked_of(const struct explaining *x, struct hand *h,
                              enum ask k)
{
    return x->of[k] == x->of[ASK_WEIGHT] ? &h->ask[ASK_WEIGHT] : &h->ask[k];
}

static const double *phi_of(const struct explaining *x, const double *phi,
                            enum ask k, size_t i, size_t game)
{
    const struct model *m = x->v->s->model;
    return phi + i * wide_of(x, k) +
           (game * m->outputs + x->v->s->project->model.output) *
               (m->features + 1);
}

static double residual_of(const struct explaining *x, const struct asked *a,
                          enum ask k, size_t i, size_t game)
{
    size_t outputs = x->v->s->model->outputs;
    return a->residual[(i * shapley_games(x->of[k]) + game) * outputs +
                       x->v->s->project->model.output];
}

/* --- weights --- */

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

static status weigh_row(const struct explaining *x, struct hand *h, size_t i,
                        struct error *e)
{
    const struct asked *a = &h->ask[ASK_WEIGHT];
    size_t features = x->v->s->model->features;
    const double *phi = phi_of(x, a->phi, ASK_WEIGHT, i, x->weight_game);
    struct global_rows rows = {.n = 1, .phi = phi, .phi_stride = features,
                               .row = h->row + i * features,
                               .width = features};
    TRY(global_add(h->input, &rows, e));
    sum_factors(x->v, phi, h->sum);
    rows = (struct global_rows){.n = 1, .phi = h->sum,
                                .phi_stride = x->v->s->project->factors};
    h->residual = fmax(h->residual, fabs(residual_of(x, a, ASK_WEIGHT, i,
                                                     x->weight_game)));
    return global_add(h->factor, &rows, e);
}

/* --- reasons --- */

/* Finds the reasons of row i's contributions in phi. */
static void find(const struct explaining *x, struct hand *h, const double *phi,
                 size_t i)
{
    const struct session *s = x->v->s;
    size_t n = s->model->features;
    const double *given[METHODS] = {NULL, NULL};
    for (int k = 0; k < METHODS; k++) {
        long game = x->v->bench->references.game[k];
        if (game < 0)
            continue;
        reasons_orient(s->project,
                       phi_of(x, phi, ASK_REASONS, i, (size_t)game), n,
                       h->oriented[k]);
        given[k] = h->oriented[k];
    }
    reasons_find(h->reasons, s->project, given[METHOD_A], given[METHOD_B], n,
                 NULL, FAILED_SCORE);
}

static bool is_open(const struct explaining *x, const struct hand *h,
                    const double *phi)
{
    const struct session *s = x->v->s;
    const struct explainer *of = x->of[ASK_REASONS];
    double bound[METHODS] = {0, 0};
    for (int k = 0; k < METHODS; k++) {
        long game = x->v->bench->references.game[k];
        if (game >= 0)
            bound[k] = shapley_bound(
                of, (size_t)game, game_largest(s->model, of, phi, (size_t)game));
    }
    return reasons_open(h->reasons, s->project, s->model, bound,
                        REASONS_RANKED);
}

/* Row i's reasons as STRICT contributions give them. */
static status find_surely(const struct explaining *x, struct hand *h,
                          const double *row, size_t i, bool *asked,
                          struct error *e)
{
    struct asked *a = asked_of(x, h, ASK_REASONS);
    find(x, h, a->phi, i);
    *asked = shapley_mode(x->of[ASK_REASONS]) != EXPLAIN_STRICT &&
             is_open(x, h, a->phi + i * wide_of(x, ASK_REASONS));
    if (!*asked)
        return ST_OK;
    TRY(shapley_explain_strict(x->of[ASK_REASONS], a->scratch, row, a->strict,
                               NULL, e));
    find(x, h, a->strict, 0);
    return ST_OK;
}

static double positive_shortfall(const struct reasons *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->adverse[r->method]; i++)
        sum += r->factor[r->ranked[r->method][i]].shortfall[r->method];
    return sum;
}

static status tell_row(const struct explaining *x, struct hand *h, size_t i,
                       struct told *t, struct error *e)
{
    const struct reasons *found = h->reasons;
    const struct asked *a = asked_of(x, h, ASK_REASONS);
    memset(t, 0, sizeof *t);
    TRY(find_surely(x, h, h->row + i * x->v->s->model->features, i,
                    &t->recomputed, e));
    double total = positive_shortfall(found);
    for (int k = 0; k < METHODS; k++) {
        long game = x->v->bench->references.game[k];
        size_t n = found->adverse[k];
        t->count[k] = n < REASONS_RANKED ? n : REASONS_RANKED;
        for (size_t j = 0; j < t->count[k]; j++)
            t->factor[k][j] = found->ranked[k][j];
        if (game >= 0)
            t->residual = fmax(t->residual,
                               fabs(residual_of(x, a, ASK_REASONS, i,
                                                (size_t)game)));
    }
    t->printed_is_b = found->method == METHOD_B;
    t->shortfall = total;
    t->covered = found->covered * total;
    return ST_OK;
}

/* --- tasks --- */

/* In FLOAT mode all n rows at once; in STRICT mode only those wanted. */
static status explain_rows(const struct explaining *x, struct hand *h,
                           enum ask k, const bool *wanted, size_t n,
                           struct error *e)
{
    struct asked *a = asked_of(x, h, k);
    size_t features = x->v->s->model->features;
    size_t ends = shapley_games(x->of[k]) * x->v->s->model->outputs;
    if (shapley_mode(x->of[k]) == EXPLAIN_FLOAT)
        return shapley_explain(x->of[k], a->scratch, h->row, n, a->phi,
                               a->residual, e);
    for (size_t i = 0; i < n; i++)
        if (wanted[i])
            TRY(shapley_explain(x->of[k], a->scratch, h->row + i * features, 1,
                                a->phi + i * wide_of(x, k),
                                a->residual + i * ends, e));
    return ST_OK;
}

static status explain_both(const struct explaining *x, struct hand *h,
                           const struct picked *p, size_t n, struct error *e)
{
    bool shared = x->of[ASK_REASONS] == x->of[ASK_WEIGHT];
    bool weigh[EXPLAIN_TASK] = {false}, reasons[EXPLAIN_TASK] = {false};
    bool some = false;
    for (size_t i = 0; i < n; i++) {
        weigh[i] = p[i].weigh || (shared && p[i].declined);
        reasons[i] = p[i].declined;
        some = some || reasons[i];
    }
    if (x->of[ASK_WEIGHT] != NULL)
        TRY(explain_rows(x, h, ASK_WEIGHT, weigh, n, e));
    if (shared || !some)
        return ST_OK;
    return explain_rows(x, h, ASK_REASONS, reasons, n, e);
}

status hand_task(void *explaining, size_t worker, size_t index,
                 struct error *e)
{
    struct explaining *x = explaining;
    struct hand *h = &x->hand[worker];
    size_t from = index * EXPLAIN_TASK, n = x->picks - from;
    n = n < EXPLAIN_TASK ? n : EXPLAIN_TASK;
    const struct picked *p = x->picked + from;
    for (size_t i = 0; i < n; i++)
        input_map_row(x->v->s->map, x->block, p[i].at,
                      h->row + i * x->v->s->model->features);
    TRY(explain_both(x, h, p, n, e));
    for (size_t i = 0; i < n; i++) {
        if (p[i].weigh && x->of[ASK_WEIGHT] != NULL)
            TRY(weigh_row(x, h, i, e));
        if (p[i].declined)
            TRY(tell_row(x, h, i, &x->told[from + i], e));
    }
    return ST_OK;
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
            v->s->model->feature[f->model_feature].kind == FEATURE_CATEGORY ||
            v->s->model->feature[f->model_feature].kind == FEATURE_TEXT)
            continue;
        double unit = pow(10.0, decimals);
        double *x = &row[f->model_feature];
        *x = round(*x * unit) / unit;
    }
}

struct leading {
    size_t factor[REASONS_RANKED], n;
};

static struct leading leading_of(const struct reasons *r)
{
    struct leading l = {.n = r->adverse[r->method]};
    l.n = l.n < REASONS_RANKED ? l.n : REASONS_RANKED;
    for (size_t k = 0; k < l.n; k++)
        l.factor[k] = r->ranked[r->method][k];
    return l;
}

static bool same_set(const struct leading *a, const struct leading *b)
{
    size_t same = 0;
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            same += a->factor[i] == b->factor[j];
    return a->n == b->n && same == a->n;
}

status hand_explain(const struct explaining *x, struct hand *h, size_t n,
                    struct error *e)
{
    bool all[EXPLAIN_TASK];
    memset(all, true, sizeof all);
    return explain_rows(x, h, ASK_REASONS, all, n, e);
}

status hand_reasons(const struct explaining *x, struct hand *h, size_t i,
                    struct error *e)
{
    bool asked;
    return find_surely(x, h, h->row + i * x->v->s->model->features, i, &asked,
                       e);
}

status hand_rounded_task(void *explaining, size_t worker, size_t index,
                         struct error *e)
{
    struct explaining *x = explaining;
    struct hand *h = &x->hand[worker];
    const struct keep *kept = &x->v->declined;
    struct leading as_is[EXPLAIN_TASK];
    bool asked;
    size_t from = index * EXPLAIN_TASK, n = kept->count - from;
    n = n < EXPLAIN_TASK ? n : EXPLAIN_TASK;
    memcpy(h->row, kept->row + from * kept->width,
           n * kept->width * sizeof *h->row);
    TRY(hand_explain(x, h, n, e));
    for (size_t i = 0; i < n; i++) {
        TRY(find_surely(x, h, h->row + i * kept->width, i, &asked, e));
        as_is[i] = leading_of(h->reasons);
        round_row(x->v, h->row + i * kept->width);
    }
    TRY(hand_explain(x, h, n, e));
    for (size_t i = 0; i < n; i++) {
        TRY(find_surely(x, h, h->row + i * kept->width, i, &asked, e));
        struct leading rounded = leading_of(h->reasons);
        h->rounded += 1;
        h->rounded_same += same_set(&as_is[i], &rounded);
    }
    return ST_OK;
}

status hand_honest_task(void *explaining, size_t worker, size_t index,
                        struct error *e)
{
    struct explaining *x = explaining;
    struct hand *h = &x->hand[worker];
    size_t features = x->v->s->model->features;
    size_t from = index * EXPLAIN_TASK, n = x->honest_rows - from;
    n = n < EXPLAIN_TASK ? n : EXPLAIN_TASK;
    for (int k = 0; k < ASKS; k++)
        if (x->of[k] != NULL && (k == 0 || x->of[k] != x->of[0]))
            TRY(honesty_measure(x->v->s->model, x->of[k],
                                asked_of(x, h, (enum ask)k)->scratch,
                                x->honest + from * features, n, &h->honesty,
                                e));
    return ST_OK;
}
