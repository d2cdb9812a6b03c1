/* Contributions of the lead split: what the inputs weigh, and the reason
 * report. The table is read again; rows are explained by the pool, sums are
 * exact whatever thread adds them, and what depends on order is added here in
 * the order of rows. */
#include "batch/evaluate_explaining.h"
#include "batch/evaluate_recourse.h"
#include "model/evaluate.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 4096, BLOCK_DOUBLES = 1 << 20 };

/* Reference B where there is one; else by the model's own covers. */
static status choose(struct explaining *x, struct explainer **own,
                     struct error *e)
{
    const struct evaluating *v = x->v;
    const struct references *r = &v->bench->references;
    const struct estimator *path = estimator_find("path-dependent");
    char why[ESTIMATOR_WHY_MAX];
    *own = NULL;
    if (r->game[METHOD_B] >= 0) {
        x->of[ASK_WEIGHT] = r->explainer;
        x->weight_game = (size_t)r->game[METHOD_B];
    } else if (model_is_local(v->s->model) &&
               path->supports(v->s->model, why)) {
        struct explain_request request = {.model = v->s->model,
                                          .estimator = path,
                                          .mode = EXPLAIN_FLOAT};
        TRY(shapley_prepare(&request, own, e));
        x->of[ASK_WEIGHT] = *own;
    }
    const struct project *p = v->s->project;
    bool wants_b = text_equal(p->documents.method, "B");
    if (v->declined_rows > 0 && p->factors > 0 &&
        r->game[wants_b ? METHOD_B : METHOD_A] >= 0)
        x->of[ASK_REASONS] = r->explainer;
    return ST_OK;
}

static bool is_fast(const struct explainer *x)
{
    return x != NULL && shapley_mode(x) == EXPLAIN_FLOAT;
}

/* --- rows in order --- */

struct rereading {
    struct explaining *x;
    const struct sample *sample;
    size_t done, declined;          /* rows and declined ones so far */
    size_t skipped;                 /* without an answer, so far */
    size_t step[ASKS];              /* every so many-th is taken */
    struct global_reasons *groups;  /* NULL: not counted */
};

static size_t step_of(const struct explainer *x, double rows, double most)
{
    if (x == NULL || is_fast(x))
        return 1;
    double listed = shapley_listed(x);
    if (listed > 0)
        most = fmin(most, fmax(EVALUATE_LEAST, EVALUATE_LISTED / listed));
    return rows <= most ? 1 : (size_t)ceil(rows / most);
}

static bool declines(const struct evaluating *v, double score)
{
    return v->out->has_cutoff && !cutoff_selects(&v->out->cutoff, score);
}

static status pick(struct rereading *r, struct error *e)
{
    struct explaining *x = r->x;
    x->picks = 0;
    for (size_t i = 0; i < x->block->rows; i++) {
        const struct evaluating *v = x->v;
        if (r->skipped < v->no_answers &&
            v->no_answer[r->skipped] == r->done + r->skipped) {
            r->skipped++;
            continue;
        }
        size_t row = r->done++;
        if (row >= r->sample->n)
            return error_set(e, ST_DATA, "the table grew while it was read");
        bool no = declines(x->v, r->sample->score[row]);
        struct picked p = {.at = i, .row = row};
        p.weigh = x->of[ASK_WEIGHT] != NULL && row % r->step[ASK_WEIGHT] == 0;
        p.declined = no && x->of[ASK_REASONS] != NULL &&
                     r->declined % r->step[ASK_REASONS] == 0;
        r->declined += no;
        if (p.weigh || p.declined)
            x->picked[x->picks++] = p;
    }
    return ST_OK;
}

static status report(struct rereading *r, struct error *e)
{
    struct explaining *x = r->x;
    struct card_findings *out = x->v->out;
    uint16_t group[SAMPLE_GROUPS_MAX];
    for (size_t i = 0; i < x->picks; i++) {
        const struct told *t = &x->told[i];
        out->probe.explained += x->picked[i].weigh;
        if (!x->picked[i].declined)
            continue;
        struct reason_case c = {.a = t->factor[METHOD_A],
                                .a_count = t->count[METHOD_A],
                                .b = t->factor[METHOD_B],
                                .b_count = t->count[METHOD_B],
                                .printed_is_b = t->printed_is_b,
                                .shortfall = t->shortfall,
                                .covered = t->covered,
                                .residual = t->residual};
        TRY(reason_report_add(out->reasons.report, &c, e));
        out->reasons.recomputed += t->recomputed;
        for (size_t g = 0; g < x->v->groups; g++)
            group[g] = r->sample->group[g][x->picked[i].row];
        struct global_reason_row row = {{c.a, c.b}, {c.a_count, c.b_count},
                                        group};
        if (r->groups != NULL)
            TRY(global_reasons_add(r->groups, &row, e));
    }
    return ST_OK;
}

static status all_blocks(struct rereading *r, struct table *t, struct error *e)
{
    struct explaining *x = r->x;
    const struct host *host = x->v->s->host;
    for (;;) {
        TRY(table_next(t, &x->block, e));
        if (x->block == NULL)
            break;
        TRY(pick(r, e));
        TRY(pool_run(x->v->s->pool, hand_task, x,
                     (x->picks + EXPLAIN_TASK - 1) / EXPLAIN_TASK, e));
        TRY(report(r, e));
        if (host->progress != NULL)
            host->progress(host->self, "rows explained", r->done,
                           r->sample->n);
    }
    return r->done == r->sample->n
               ? ST_OK
               : error_set(e, ST_DATA, "the table shrank while it was read");
}

static status read_again(struct rereading *r, struct error *e)
{
    struct explaining *x = r->x;
    const struct evaluating *v = x->v;
    struct table *t = NULL;
    x->picked = mem_array(BLOCK_ROWS, sizeof *x->picked);
    x->told = mem_array(BLOCK_ROWS, sizeof *x->told);
    if (x->picked == NULL || x->told == NULL)
        return error_memory(e);
    const struct project_table *lead =
        &v->s->project->evaluation[v->out->lead];
    size_t rows = BLOCK_DOUBLES / (v->s->model->features + 1);
    rows = rows < EXPLAIN_TASK ? EXPLAIN_TASK : rows;
    TRY(session_table(v->s, &lead->spec, NULL, 0,
                      rows < BLOCK_ROWS ? rows : BLOCK_ROWS, &t, e));
    status st = all_blocks(r, t, e);
    table_free(t);
    if (st != ST_OK)
        error_note(e, "explaining the evaluation table %s",
                   lead->name != NULL ? lead->name : lead->key);
    return st;
}

/* --- tallies --- */

static status open_hands(struct explaining *x, struct error *e)
{
    const struct evaluating *v = x->v;
    const struct model *m = v->s->model;
    struct global_player *player;
    TRY(portfolio_players(m, v->probe.row, v->probe.count, v->arena, &player,
                          e));
    struct global_spec inputs = {
        .players = m->features, .player = player,
        .largest = model_reach(m, v->s->project->model.output, v->probe.row,
                               v->probe.count)};
    struct global_spec factors = {.players = v->s->project->factors,
                                  .largest = inputs.largest};
    size_t threads = pool_threads(v->s->pool);
    x->hand = mem_array(threads, sizeof *x->hand);
    if (x->hand == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++)
        TRY(hand_open(x, &inputs, &factors, &x->hand[i], e));
    return ST_OK;
}

static void close_hands(struct explaining *x)
{
    size_t threads = pool_threads(x->v->s->pool);
    for (size_t i = 0; x->hand != NULL && i < threads; i++)
        hand_close(&x->hand[i]);
    mem_free(x->hand);
    mem_free(x->picked);
    mem_free(x->told);
}

static status order_inputs(struct evaluating *v, struct error *e)
{
    struct card_probe *out = &v->out->probe;
    out->input_order =
        arena_new_array(v->arena, size_t, v->s->model->features + 1);
    out->factor_order =
        arena_new_array(v->arena, size_t, v->s->project->factors + 1);
    if (out->input_order == NULL || out->factor_order == NULL)
        return arena_error(v->arena, e);
    global_order(out->input, 0, out->input_order);
    global_order(out->factor, 0, out->factor_order);
    return ST_OK;
}

/* The threads' tallies into one, which the card keeps. */
static status gather(struct explaining *x, struct error *e)
{
    struct card_probe *out = &x->v->out->probe;
    struct card_reasons *reasons = &x->v->out->reasons;
    struct honesty honesty = {0};
    for (size_t i = 0; i < pool_threads(x->v->s->pool); i++) {
        struct hand *h = &x->hand[i];
        honesty_merge(&honesty, &h->honesty);
        out->residual = fmax(out->residual, h->residual);
        if (reasons->made) {
            reasons->rounded += h->rounded;
            reasons->rounded_same += h->rounded_same;
        }
        if (i > 0 && h->input != NULL) {
            TRY(global_merge(x->hand[0].input, h->input, e));
            TRY(global_merge(x->hand[0].factor, h->factor, e));
        }
    }
    out->checked = (double)honesty.rows;
    out->difference = honesty.largest;
    out->relative = honesty.relative;
    out->bound_share = honesty.bound_used;
    if (x->of[ASK_WEIGHT] == NULL)
        return ST_OK;
    out->input = x->hand[0].input;
    out->factor = x->hand[0].factor;
    x->hand[0].input = x->hand[0].factor = NULL;
    return order_inputs(x->v, e);
}

/* Evenly spaced rows of those kept, explained in both ways. */
static status be_honest(struct explaining *x, struct error *e)
{
    const struct keep *kept = &x->v->probe;
    if (!is_fast(x->of[ASK_WEIGHT]) && !is_fast(x->of[ASK_REASONS]))
        return ST_OK;
    size_t step = (kept->count + EVALUATE_HONEST - 1) / EVALUATE_HONEST, n = 0;
    double *row = mem_array(EVALUATE_HONEST * kept->width + 1, sizeof *row);
    if (row == NULL)
        return error_memory(e);
    for (size_t i = 0; i < kept->count; i += step)
        memcpy(row + n++ * kept->width, kept->row + i * kept->width,
               kept->width * sizeof *row);
    x->honest = row;
    x->honest_rows = n;
    status st = pool_run(x->v->s->pool, hand_honest_task, x,
                         (n + EXPLAIN_TASK - 1) / EXPLAIN_TASK, e);
    mem_free(row);
    return st;
}

/* Reasons by group, where their groups are few enough. */
static status open_reasons(struct explaining *x, struct error *e)
{
    struct evaluating *v = x->v;
    struct card_reasons *out = &v->out->reasons;
    size_t codes[GLOBAL_COLUMNS], all = 0;
    if (x->of[ASK_REASONS] == NULL)
        return ST_OK;
    out->made = true;
    out->rounded = 0;
    TRY(reason_report_new(v->s->project->factors, &out->report, e));
    for (size_t g = 0; g < v->groups; g++)
        all += codes[g] = evaluate_codes(v, g);
    if (all == 0 || all > GLOBAL_GROUPS)
        return ST_OK;
    return global_reasons_new(v->s->project->factors, v->groups, codes,
                              &out->groups, e);
}

static status explain_all(struct explaining *x, struct error *e)
{
    struct evaluating *v = x->v;
    const struct sample *sample = v->lead != NULL ? v->lead : v->base;
    double rows = (double)sample->n;
    struct rereading r = {
        .x = x, .sample = sample,
        .step = {step_of(x->of[ASK_WEIGHT], rows, EVALUATE_EXPLAINED),
                 step_of(x->of[ASK_REASONS], v->declined_rows,
                         EVALUATE_DECLINED)}};
    TRY(open_reasons(x, e));
    r.groups = v->out->reasons.groups;
    TRY(open_hands(x, e));
    TRY(be_honest(x, e));
    TRY(read_again(&r, e));
    if (x->of[ASK_REASONS] != NULL)
        TRY(pool_run(v->s->pool, hand_rounded_task, x,
                     (v->declined.count + EXPLAIN_TASK - 1) / EXPLAIN_TASK,
                     e));
    TRY(evaluate_recourse(v, x, e));
    return gather(x, e);
}

status evaluate_contributions(struct evaluating *v, struct error *e)
{
    struct card_probe *out = &v->out->probe;
    struct explaining x = {.v = v};
    struct explainer *own = NULL;
    out->of = (double)v->probe.seen;
    out->probed = (double)v->probe.count;
    v->out->reasons.declined = v->declined_rows;
    v->out->reasons.rounded = (double)NAN;
    TRY(choose(&x, &own, e));
    status st = ST_OK;
    if (v->probe.count > 0 &&
        (x.of[ASK_WEIGHT] != NULL || x.of[ASK_REASONS] != NULL)) {
        st = explain_all(&x, e);
        close_hands(&x);
    } else {
        st = evaluate_recourse(v, NULL, e);
        if (st == ST_OK)
            st = evaluate_estimates(v, e);
    }
    if (st == ST_OK && out->input != NULL && !out->estimated) {
        out->estimator = shapley_estimator(x.of[ASK_WEIGHT])->name;
        out->reference = own != NULL ? NULL : v->bench->info[METHOD_B].name;
        out->fast = is_fast(x.of[ASK_WEIGHT]);
    }
    shapley_free(own);
    return st;
}
