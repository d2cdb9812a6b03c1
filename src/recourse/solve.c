#include "recourse/engine.h"

status recourse_scratch_new(const struct recourse *r,
                            struct recourse_scratch **out, struct error *e)
{
    struct recourse_scratch *s = mem_array(1, sizeof *s);

    *out = NULL;
    if (s == NULL)
        return error_memory(e);
    s->owner = r;
    s->row = arena_new((size_t)SCRATCH_MEMORY);
    s->boxes = arena_new((size_t)SCRATCH_MEMORY);
    s->value = mem_array(r->p.model->features, sizeof *s->value);
    s->margin = mem_array(r->p.model->outputs, sizeof *s->margin);
    if (s->row == NULL || s->boxes == NULL || s->value == NULL ||
        s->margin == NULL) {
        recourse_scratch_free(s);
        return error_memory(e);
    }
    *out = s;
    return ST_OK;
}

void recourse_scratch_free(struct recourse_scratch *s)
{
    if (s == NULL)
        return;
    arena_free(s->row);
    arena_free(s->boxes);
    mem_free(s->value);
    mem_free(s->margin);
    mem_free(s);
}

/* --- points ------------------------------------------------------------------- */

struct sums {
    double margin, native;
};

static struct sums sums_of(struct trial *t, const uint16_t *index)
{
    const struct recourse *r = t->r;
    struct recourse_scratch *s = t->s;
    struct sums out;

    memcpy(s->value, t->row, r->p.model->features * sizeof *s->value);
    for (size_t a = 0; a < t->g->axes; a++)
        s->value[r->p.lever[a].quantity] = t->g->axis[a].value[index[a]];
    model_margin(r->p.model, s->value, s->margin);
    out.margin = s->margin[r->p.output];
    model_margin_native(r->p.model, s->value, s->margin);
    out.native = s->margin[r->p.output];
    return out;
}

static bool passes(const struct recourse *r, double margin, double guard)
{
    return r->sign * margin <= r->cut - guard;
}

static bool better(const struct trial *t, const uint16_t *index, double cost,
                   uint32_t changes)
{
    const struct best_plan *p = &t->best;

    if (!p->found || cost != p->cost)
        return !p->found || cost < p->cost;
    if (changes != p->changes)
        return changes < p->changes;
    for (size_t a = 0; a < t->g->axes; a++) {
        bool moves = index[a] != t->g->axis[a].own;
        if (moves != (p->index[a] != t->g->axis[a].own))
            return moves;
    }
    for (size_t a = 0; a < t->g->axes; a++) {
        if (index[a] != p->index[a])
            return index[a] < p->index[a];
    }
    return false;
}

bool trial_point(struct trial *t, const uint16_t *index)
{
    double cost = 0;
    uint32_t changes = 0;

    for (size_t a = 0; a < t->g->axes; a++) {
        cost += t->g->axis[a].cost[index[a]];
        changes += index[a] != t->g->axis[a].own;
    }
    if (changes == 0 || changes > t->r->p.most_changes ||
        !better(t, index, cost, changes) || !orders_hold(t, index))
        return false;
    struct sums sums = sums_of(t, index);
    if (!passes(t->r, sums.margin, 0))
        return false;
    if (!passes(t->r, sums.margin, t->r->p.guard) ||
        !passes(t->r, sums.native, 0)) {
        if (!t->guarded || cost < t->guarded_cost)
            t->guarded_cost = cost;
        t->guarded = true;
        return false;
    }
    t->best.found = true;
    t->best.cost = cost;
    t->best.changes = changes;
    memcpy(t->best.index, index, t->g->axes * sizeof *index);
    return true;
}

/* --- results ------------------------------------------------------------------ */

static void write_plan(struct trial *t, struct recourse_plan *out)
{

    *out = (struct recourse_plan){.status = t->status,
                                  .lower = t->lower,
                                  .gap = INFINITY,
                                  .nodes = t->nodes};
    out->guard_changed =
        t->guarded && (!t->best.found || t->guarded_cost <= t->best.cost);
    if (!t->best.found)
        return;
    struct sums sums = sums_of(t, t->best.index);
    out->margin = sums.margin;
    out->native = sums.native;
    out->cost = t->best.cost;
    if (out->lower > 0)
        out->gap = (out->cost - out->lower) / out->lower;
    for (size_t a = 0; a < t->g->axes; a++) {
        const struct axis *x = &t->g->axis[a];
        uint16_t i = t->best.index[a];
        if (i != x->own)
            out->change[out->changes++] = (struct recourse_change){
                a, x->value[x->own], x->value[i],
                x->cost[i]};
    }
}

static void write_nearest(struct trial *t, const struct nearest *n,
                          struct recourse_result *out)
{
    uint16_t index[RECOURSE_LEVERS_MAX];

    out->nearest_lever = n->axis;
    if (n->axis < 0)
        return;
    for (size_t a = 0; a < t->g->axes; a++)
        index[a] = (uint16_t)t->g->axis[a].own;
    index[n->axis] = n->index;
    struct sums sums = sums_of(t, index);
    out->nearest_value = t->g->axis[n->axis].value[n->index];
    out->nearest_margin = sums.margin;
    out->nearest_enough = passes(t->r, sums.margin, t->r->p.guard) &&
                          passes(t->r, sums.native, 0);
}

static status run_trial(struct trial *t, struct nearest *nearest,
                        struct recourse_plan *plan, struct error *e)
{
    arena_reset(t->s->boxes);
    t->best = (struct best_plan){0};
    t->guarded = false;
    t->nodes = 0;
    TRY(greedy_start(t, nearest, e));
    TRY(trial_search(t, e));
    write_plan(t, plan);
    return ST_OK;
}

static status alternatives(struct trial *t, struct recourse_result *out,
                           struct error *e)
{
    const struct recourse_plan *last = &out->plan;
    struct nearest ignored;

    while (out->alternatives < t->r->p.alternatives && last->changes > 0) {
        for (size_t i = 0; i < last->changes; i++)
            t->open[last->change[i].lever] = false;
        struct recourse_plan *next = &out->alternative[out->alternatives++];
        TRY(run_trial(t, &ignored, next, e));
        last = next;
    }
    return ST_OK;
}

static status already_met(const struct recourse *r, struct recourse_scratch *s,
                          const double *row, struct recourse_result *out,
                          struct error *e)
{
    model_margin(r->p.model, row, s->margin);
    out->margin = s->margin[r->p.output];
    model_margin_native(r->p.model, row, s->margin);
    if (passes(r, out->margin, 0) && passes(r, s->margin[r->p.output], 0))
        return error_set(e, ST_DATA,
                         "the cutoff is met already: margin %.6g, cutoff %.6g",
                         out->margin, r->p.cutoff);
    return ST_OK;
}

status recourse_solve(const struct recourse *r, struct recourse_scratch *s,
                      const double *row, struct recourse_result *out,
                      struct error *e)
{
    struct game g;
    struct trial t = {.r = r, .g = &g, .row = row, .s = s};
    struct nearest nearest;

    *out = (struct recourse_result){.nearest_lever = -1};
    TRY(already_met(r, s, row, out, e));
    arena_reset(s->row);
    TRY(game_make(r, row, s->row, &g, e));
    for (size_t i = 0; i < r->p.levers; i++) {
        t.open[i] = !r->p.lever[i].frozen;
        out->missing[i] = t.open[i] && isnan(row[r->p.lever[i].quantity]);
        out->missing_count += out->missing[i];
    }
    TRY(run_trial(&t, &nearest, &out->plan, e));
    write_nearest(&t, &nearest, out);
    return alternatives(&t, out, e);
}
