#include "recourse/asked.h"

enum { FEW_CHANGES = 3, FEW_NODES = 2000 };

static size_t most_features(const struct recourse *r, bool outputs)
{
    size_t most = 1;

    for (size_t i = 0; i < r->p.scores; i++) {
        const struct model *m = r->p.score[i].model;
        size_t n = outputs ? m->outputs : m->features;
        most = n > most ? n : most;
    }
    return most;
}

status recourse_scratch_new(const struct recourse *r,
                            struct recourse_scratch **out, struct error *e)
{
    struct recourse_scratch *s = mem_array(1, sizeof *s);

    *out = NULL;
    if (s == NULL)
        return error_memory(e);
    s->row = arena_new((size_t)SCRATCH_MEMORY);
    s->boxes = arena_new((size_t)SCRATCH_MEMORY);
    s->quantity = mem_array(r->p.quantities + 1, sizeof *s->quantity);
    s->value = mem_array(most_features(r, false), sizeof *s->value);
    s->margin = mem_array(most_features(r, true), sizeof *s->margin);
    if (s->row == NULL || s->boxes == NULL || s->quantity == NULL ||
        s->value == NULL || s->margin == NULL) {
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
    mem_free(s->quantity);
    mem_free(s->value);
    mem_free(s->margin);
    mem_free(s);
}

/* --- one plan ------------------------------------------------------------- */

static void write_plan(struct trial *t, struct recourse_plan *out)
{
    const struct space *s = &t->g->space;

    *out = (struct recourse_plan){.status = t->status,
                                  .lower = t->lower,
                                  .gap = INFINITY,
                                  .nodes = t->nodes};
    out->guard_changed =
        t->guarded && (!t->best.found || t->guarded_cost <= t->best.cost);
    if (!t->best.found)
        return;
    out->margin = t->best.margin;
    out->native = t->best.native;
    if (isnan(out->native) && !t->r->engine->asked)
        trial_point_sums(t, t->best.index, &out->margin, &out->native);
    out->cost = t->best.cost;
    if (out->lower > 0)
        out->gap = (out->cost - out->lower) / out->lower;
    for (size_t a = 0; a < s->axes; a++) {
        const struct axis *x = &s->axis[a];
        uint16_t i = t->best.index[a];
        if (i != x->own)
            out->change[out->changes++] = (struct recourse_change){
                a, x->value[x->own], x->value[i], x->cost[i]};
    }
}

/* With few changes first: a strong plan at once. */
static status few_first(struct trial *t, struct error *e)
{
    size_t most = t->most_changes;
    long budget = t->budget;
    struct prover *prover = t->prover;

    t->prover = NULL;
    for (size_t k = 2; k <= FEW_CHANGES && most > FEW_CHANGES; k++) {
        struct search s;
        t->most_changes = k;
        t->budget = t->nodes + (budget < FEW_NODES ? budget : FEW_NODES) / 8;
        TRY(search_start(&s, t, e));
        TRY(trial_search(t, &s, e));
    }
    t->most_changes = most;
    t->budget = budget;
    t->prover = prover;
    return ST_OK;
}

static status run_trial(struct trial *t, struct nearest *nearest,
                        struct recourse_plan *plan,
                        struct recourse_proof *proof, struct error *e)
{
    struct search s;

    if (t->r->engine->asked) {
        TRY(asked_trial(t, nearest, e));
        write_plan(t, plan);
        return ST_OK;
    }
    arena_reset(t->s->boxes);
    t->best = (struct best_plan){0};
    t->guarded = false;
    t->nodes = 0;
    TRY(search_start(&s, t, e));
    TRY(greedy_start(&s, nearest, e));
    TRY(few_first(t, e));
    TRY(trial_search(t, &s, e));
    write_plan(t, plan);
    if (t->prover == NULL)
        return ST_OK;
    proof->claim = t->lower;
    return prove_finish(&s, proof, e);
}

/* --- what else is asked --------------------------------------------------- */

static void write_nearest(struct trial *t, const struct nearest *n,
                          struct recourse_result *out)
{
    const struct space *s = &t->g->space;
    uint16_t index[RECOURSE_LEVERS_MAX];

    out->nearest_lever = n->axis;
    if (n->axis < 0)
        return;
    if (n->judged) {
        out->nearest_value = s->axis[n->axis].value[n->index];
        out->nearest_enough = n->enough;
        out->nearest_margin = n->margin;
        return;
    }
    for (size_t a = 0; a < s->axes; a++)
        index[a] = (uint16_t)s->axis[a].own;
    index[n->axis] = n->index;
    out->nearest_value = s->axis[n->axis].value[n->index];
    out->nearest_enough = trial_passes(t, index, true, &out->nearest_margin);
}

static uint64_t levers_of(const struct recourse_plan *p)
{
    uint64_t set = 0;

    for (size_t i = 0; i < p->changes; i++)
        set |= (uint64_t)1 << p->change[i].lever;
    return set;
}

/* Disjoint lever sets first, then one lever at least that was not used. */
static status alternatives(struct trial *t, struct recourse_result *out,
                           struct error *e)
{
    uint64_t all = t->open, used = levers_of(&out->plan);
    const struct recourse_plan *last = &out->plan;
    bool disjoint = true;
    struct nearest ignored;

    while (out->alternatives < t->r->p.alternatives && last->changes > 0) {
        struct recourse_plan *next = &out->alternative[out->alternatives];
        t->open = disjoint ? all & ~used : all;
        t->one_of = disjoint ? 0 : all & ~used;
        if (!disjoint && t->one_of == 0)
            break;
        t->aparts = 0;
        t->apart[t->aparts++] = levers_of(&out->plan);
        for (size_t i = 0; i < out->alternatives; i++)
            t->apart[t->aparts++] = levers_of(&out->alternative[i]);
        TRY(run_trial(t, &ignored, next, NULL, e));
        if (disjoint && next->changes == 0) {
            disjoint = false; /* the same place in the list, asked again */
            if ((all & ~used) != 0)
                continue;
        }
        out->disjoint[out->alternatives++] = disjoint;
        used |= levers_of(next);
        last = next;
    }
    t->open = all;
    t->one_of = 0;
    t->aparts = 0;
    return ST_OK;
}

static status safer(struct trial *t, struct recourse_result *out,
                    struct error *e)
{
    struct nearest ignored;

    if (!(t->r->p.margin > 0))
        return ST_OK;
    out->safer_asked = true;
    t->shift = t->r->p.margin;
    TRY(run_trial(t, &ignored, &out->safer, NULL, e));
    t->shift = 0;
    return ST_OK;
}

static status already_met(struct trial *t, struct recourse_result *out,
                          struct error *e)
{
    const struct recourse_problem *p = &t->r->p;
    uint16_t own[RECOURSE_LEVERS_MAX];

    bool met;

    for (size_t a = 0; a < t->g->space.axes; a++)
        own[a] = (uint16_t)t->g->space.axis[a].own;
    if (t->r->engine->asked)
        TRY(asked_row(t, &out->margin, &met, e));
    else
        met = trial_passes(t, own, false, &out->margin);
    if (met)
        return error_set(e, ST_DATA,
                         "the cutoff is met already: margin %.6g, cutoff %.6g",
                         out->margin, p->score[0].cutoff);
    return ST_OK;
}

static status first_plan(struct trial *t, struct recourse_result *out,
                         struct error *e)
{
    struct nearest nearest;
    struct prover prover;

    if (t->r->p.prove) {
        TRY(prover_start(&prover, t->s->row, e));
        t->prover = &prover;
    }
    TRY(run_trial(t, &nearest, &out->plan, &out->proof, e));
    t->prover = NULL;
    write_nearest(t, &nearest, out);
    return ST_OK;
}

status recourse_solve(const struct recourse *r, struct recourse_scratch *s,
                      const double *row, struct recourse_result *out,
                      struct error *e)
{
    struct game g;
    struct trial t = {.r = r,
                      .g = &g,
                      .s = s,
                      .most_changes = r->p.most_changes,
                      .budget = r->p.node_budget};

    *out = (struct recourse_result){.nearest_lever = -1};
    arena_reset(s->row);
    TRY(space_make(r, row, s->row, &g.space, e));
    TRY(already_met(&t, out, e));
    for (size_t i = 0; i < r->p.levers; i++) {
        const struct recourse_lever *l = &r->p.lever[i];
        if (l->frozen)
            continue;
        t.open |= (uint64_t)1 << i;
        out->missing[i] = l->quantity != RECOURSE_NO_QUANTITY &&
                          isnan(row[l->quantity]) && g.space.axis[i].count == 1;
        out->missing_count += out->missing[i];
    }
    if (!r->engine->asked)
        TRY(game_make(r, s->row, &g, e));
    TRY(first_plan(&t, out, e));
    TRY(alternatives(&t, out, e));
    return safer(&t, out, e);
}
