/* Contributions of a model that can only be asked: estimated for evenly spaced
 * rows of the lead split, each with its error. */
#include "batch/evaluate_explaining.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { METHOD_NAMES = 8 };

struct one_row {
    const char *method;
    double coalitions, residual;
};

struct weighing {
    struct evaluating *v;
    const struct estimating *plan;
    size_t game, rows, step;
    struct estimate_hand **hand; /* [threads] */
    double *phi, *half;          /* [rows][players] */
    double *group, *group_half;  /* [rows][factors] */
    struct one_row *told;        /* [rows] */
};

static status weigh_task(void *context, size_t worker, size_t index,
                         struct error *e)
{
    struct weighing *w = context;
    const struct keep *k = &w->v->probe;
    const struct estimate_players *p = w->plan->players;
    struct estimated x;
    TRY(estimate_row(w->hand[worker], w->game,
                     k->row + index * w->step * k->width, false, &x, e));
    double sum = x.base;
    for (size_t i = 0; i < p->count; i++) {
        w->phi[index * p->count + i] = x.phi[i];
        w->half[index * p->count + i] = (x.high[i] - x.low[i]) / 2;
        sum += x.phi[i];
    }
    for (size_t g = 0; g < p->groups; g++) {
        w->group[index * p->groups + g] = x.group[g];
        w->group_half[index * p->groups + g] =
            (x.group_high[g] - x.group_low[g]) / 2;
    }
    w->told[index] = (struct one_row){x.method, (double)x.evaluations,
                                      fabs(x.all - sum)};
    return ST_OK;
}

static double largest_of(const double *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most > 0 ? most : 1;
}

static status mean_half(const struct weighing *w, const double *half,
                        size_t players, double **out, struct error *e)
{
    *out = arena_new_array(w->v->arena, double, players + 1);
    if (*out == NULL)
        return arena_error(w->v->arena, e);
    for (size_t i = 0; i < players; i++) {
        double sum = 0;
        for (size_t r = 0; r < w->rows; r++)
            sum += half[r * players + i];
        (*out)[i] = sum / (double)w->rows;
    }
    return ST_OK;
}

static status add_factors(struct weighing *w, struct error *e)
{
    size_t factors = w->plan->players->groups;
    struct card_probe *out = &w->v->out->probe;
    struct global_spec spec = {.players = factors,
                               .largest = largest_of(w->group,
                                                     w->rows * factors)};
    struct global_rows rows = {.n = w->rows, .phi = w->group,
                               .phi_stride = factors};
    if (factors == 0)
        return ST_OK;
    TRY(global_new(&spec, &out->factor, e));
    TRY(global_add(out->factor, &rows, e));
    TRY(mean_half(w, w->group_half, factors, &out->factor_half, e));
    out->factor_order = arena_new_array(w->v->arena, size_t, factors + 1);
    if (out->factor_order == NULL)
        return arena_error(w->v->arena, e);
    global_order(out->factor, 0, out->factor_order);
    return ST_OK;
}

/* Rows as wide as the model, inputs that it does not read at 0. */
static status spread(const struct weighing *w, const double *by_player,
                     double **out, struct error *e)
{
    const struct estimate_players *p = w->plan->players;
    size_t features = w->v->s->model->features;
    double *x = mem_array(w->rows * features + 1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    for (size_t r = 0; r < w->rows; r++)
        for (size_t i = 0; i < p->count; i++)
            if (p->feature[i] >= 0)
                x[r * features + (size_t)p->feature[i]] =
                    by_player[r * p->count + i];
    *out = x;
    return ST_OK;
}

static status tally_inputs(struct weighing *w, const double *phi,
                           const double *row, struct error *e)
{
    struct evaluating *v = w->v;
    size_t features = v->s->model->features;
    struct global_player *player;
    TRY(portfolio_players(v->s->model, v->probe.row, v->probe.count, v->arena,
                          &player, e));
    struct global_spec spec = {.players = features, .player = player,
                               .largest = largest_of(phi, w->rows * features)};
    struct global_rows rows = {.n = w->rows, .phi = phi,
                               .phi_stride = features, .row = row,
                               .width = features};
    TRY(global_new(&spec, &v->out->probe.input, e));
    TRY(global_add(v->out->probe.input, &rows, e));
    v->out->probe.input_order = arena_new_array(v->arena, size_t, features + 1);
    if (v->out->probe.input_order == NULL)
        return arena_error(v->arena, e);
    global_order(v->out->probe.input, 0, v->out->probe.input_order);
    return ST_OK;
}

static status add_inputs(struct weighing *w, struct error *e)
{
    const struct keep *k = &w->v->probe;
    double *phi = NULL, *half = NULL;
    double *row = mem_array(w->rows * k->width + 1, sizeof *row);
    status st = row == NULL ? error_memory(e) : spread(w, w->phi, &phi, e);
    if (st == ST_OK)
        st = spread(w, w->half, &half, e);
    for (size_t r = 0; st == ST_OK && r < w->rows; r++)
        memcpy(row + r * k->width, k->row + r * w->step * k->width,
               k->width * sizeof *row);
    if (st == ST_OK)
        st = tally_inputs(w, phi, row, e);
    if (st == ST_OK)
        st = mean_half(w, half, k->width, &w->v->out->probe.input_half, e);
    mem_free(row);
    mem_free(phi);
    mem_free(half);
    return st;
}

/* "odd-process 93, pairs 7": by the order in which rows met them. */
static status name_methods(struct weighing *w, struct error *e)
{
    const char *name[METHOD_NAMES];
    size_t count[METHOD_NAMES] = {0}, n = 0;
    char text[256] = "";
    for (size_t r = 0; r < w->rows; r++) {
        size_t i = 0;
        while (i < n && strcmp(name[i], w->told[r].method) != 0)
            i++;
        if (i == n && n == METHOD_NAMES)
            continue;
        n += i == n;
        name[i] = w->told[r].method;
        count[i]++;
    }
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s%s %zu",
                       i > 0 ? ", " : "", name[i], count[i]);
    }
    w->v->out->probe.methods = arena_string(w->v->arena, text);
    return w->v->out->probe.methods == NULL ? arena_error(w->v->arena, e)
                                            : ST_OK;
}

static status tell(struct weighing *w, struct error *e)
{
    const struct estimate_population *p = &w->plan->of[w->game];
    struct card_probe *out = &w->v->out->probe;
    for (size_t r = 0; r < w->rows; r++) {
        out->coalitions += w->told[r].coalitions / (double)w->rows;
        out->residual = fmax(out->residual, w->told[r].residual);
    }
    out->explained = (double)w->rows;
    out->estimated = true;
    out->estimator = "estimate";
    out->confidence = w->plan->confidence;
    out->reference = p->name;
    out->drawn = (double)p->rows;
    out->drawn_of = (double)p->population;
    TRY(name_methods(w, e));
    TRY(add_factors(w, e));
    return w->v->s->project->estimate.players == PLAYERS_INPUTS ||
                   w->plan->players->groups == 0
               ? add_inputs(w, e)
               : ST_OK;
}

static status open_weighing(struct weighing *w, struct error *e)
{
    const struct estimate_players *p = w->plan->players;
    size_t threads = pool_threads(w->v->s->pool);
    w->hand = mem_array(threads, sizeof *w->hand);
    w->phi = mem_array(w->rows * p->count + 1, sizeof(double));
    w->half = mem_array(w->rows * p->count + 1, sizeof(double));
    w->group = mem_array(w->rows * p->groups + 1, sizeof(double));
    w->group_half = mem_array(w->rows * p->groups + 1, sizeof(double));
    w->told = mem_array(w->rows, sizeof *w->told);
    if (w->hand == NULL || w->phi == NULL || w->half == NULL ||
        w->group == NULL || w->group_half == NULL || w->told == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++)
        TRY(estimate_hand_new(w->plan, &w->hand[i], e));
    return ST_OK;
}

static void add_bill(struct weighing *w)
{
    struct card_probe *out = &w->v->out->probe;
    for (size_t i = 0; i < pool_threads(w->v->s->pool); i++)
        out->rows_asked += (double)estimate_hand_bill(w->hand[i])->asked;
}

static void close_weighing(struct weighing *w)
{
    for (size_t i = 0; w->hand != NULL && i < pool_threads(w->v->s->pool); i++)
        estimate_hand_free(w->hand[i]);
    mem_free(w->hand);
    mem_free(w->phi);
    mem_free(w->half);
    mem_free(w->group);
    mem_free(w->group_half);
    mem_free(w->told);
}

status evaluate_estimates(struct evaluating *v, struct error *e)
{
    const struct references *r = &v->bench->references;
    size_t most = v->s->project->estimate.card_rows;
    long game = r->game[METHOD_B] >= 0 ? r->game[METHOD_B] : r->game[METHOD_A];
    if (!r->estimated || game < 0 || most == 0 || v->probe.count == 0)
        return ST_OK;
    struct weighing w = {.v = v, .plan = &r->estimating, .game = (size_t)game};
    w.step = (v->probe.count + most - 1) / most;
    w.rows = (v->probe.count + w.step - 1) / w.step;
    status st = open_weighing(&w, e);
    if (st == ST_OK)
        st = pool_run(v->s->pool, weigh_task, &w, w.rows, e);
    if (st == ST_OK)
        st = tell(&w, e);
    if (st == ST_OK)
        add_bill(&w);
    close_weighing(&w);
    if (st != ST_OK)
        error_note(e, "estimating contributions for the card");
    return st;
}
