#include "batch/seek.h"

#include "base/arena.h"
#include "batch/portfolio.h"
#include "batch/seek_limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEEK_BYTES_MAX = 64 << 20 };

struct seeker {
    const struct seeking *k;
    struct recourse_scratch *search;
    struct region_scratch *around;
    double *after, *flip;  /* [quantities], [model features] */
    bool *touched;         /* [model features] by the plans of a row */
};

/* --- shared --- */

/* Whole numbers do not move by a little: noise is asked of the others. */
static bool is_whole(const struct project *p, size_t model_feature)
{
    long f = p->of_model[model_feature];
    enum format_style style = f < 0 ? PRINT_NUMBER : p->feature[f].style;
    return style == PRINT_INTEGER || style == PRINT_MONTHS ||
           style == PRINT_YES_NO || style == PRINT_WORD;
}

/* The half-width of the middle half of the thresholds that the model compares
 * an input with: a measure of the input that needs no table. */
static status scales(const struct session *s, struct seeking *k,
                     double **out, struct error *e)
{
    const struct model *m = s->model;
    struct global_player *player;
    double *scale = arena_new_array(k->arena, double, m->features + 1);
    if (scale == NULL)
        return arena_error(k->arena, e);
    *out = scale;
    TRY(portfolio_players(m, NULL, 0, k->arena, &player, e));
    for (size_t f = 0; f < m->features; f++) {
        const struct global_player *p = &player[f];
        if (p->kind != GLOBAL_NUMBER || p->edges == 0 ||
            is_whole(s->project, f))
            continue; /* 0: it stays */
        double low = p->edge[p->edges / 4], high = p->edge[3 * p->edges / 4];
        double width = (high - low) / 2;
        if (!(width > 0))
            width = fabs(low);
        scale[f] = width > 0 ? width : 1;
    }
    return ST_OK;
}

static status radius_open(const struct session *s, struct seeking *k,
                          struct error *e)
{
    const struct recourse_score *score = &k->limits.problem->score[0];
    struct radius_question q = {.model = score->model, .output = score->output,
                                .accept = score->accept,
                                .cutoff = score->cutoff};
    double *scale = NULL;
    TRY(scales(s, k, &scale, e));
    q.scale = scale;
    return radius_prepare(&q, &k->radius, e);
}

/* Does the lever move this quantity, by itself or through formulas? */
static bool moves(const struct recourse_problem *p, size_t lever,
                  size_t quantity, int depth)
{
    const struct recourse_lever *l = &p->lever[lever];
    if (l->frozen)
        return false;
    if (l->quantity == quantity)
        return true;
    for (size_t i = 0; i < l->effects; i++)
        if (l->effect[i].quantity == quantity)
            return true;
    for (size_t i = 0; depth > 0 && i < p->formulas; i++)
        if (p->formula[i].quantity == quantity)
            return moves(p, lever, p->formula[i].a, depth - 1) ||
                   moves(p, lever, p->formula[i].b, depth - 1);
    return false;
}

static status find_movable(struct seeking *k, struct error *e)
{
    const struct project *p = k->session->project;
    const struct recourse_problem *q = k->limits.problem;
    k->movable = arena_new_array(k->arena, bool, p->factors + 1);
    if (k->movable == NULL)
        return arena_error(k->arena, e);
    for (size_t f = 0; f < p->factors; f++)
        for (size_t i = 0; i < p->factor[f].features; i++) {
            long at = p->feature[p->factor[f].feature[i]].model_feature;
            for (size_t l = 0; at >= 0 && l < q->levers; l++)
                k->movable[f] |= moves(q, l, (size_t)at, RECOURSE_FORMULAS_MAX);
        }
    return ST_OK;
}

/* A model that is computed elsewhere has no region that could be proven: its
 * plans hold at their own values alone. */
static status region_open(const struct levers *l, struct seeking *k,
                          struct error *e)
{
    status st = region_prepare(l->problem, &k->region, e);
    if (st != ST_UNSUPPORTED)
        return st;
    *e = (struct error){.class = ST_OK};
    return ST_OK;
}

status seeking_open(const struct session *s, const struct levers *l,
                    bool radius, struct seeking *out, struct error *e)
{
    *out = (struct seeking){.session = s, .levers = l};
    out->limits.problem = l->problem;
    out->limits.lever_of = l->lever_of;
    out->arena = arena_new(SEEK_BYTES_MAX);
    status st = out->arena == NULL ? error_memory(e)
                                   : limits_id(l->problem, out->limits.id, e);
    if (st == ST_OK)
        st = region_open(l, out, e);
    if (st == ST_OK && radius)
        st = radius_open(s, out, e);
    if (st == ST_UNSUPPORTED) { /* only of sums of trees */
        *e = (struct error){.class = ST_OK};
        st = ST_OK;
    }
    if (st == ST_OK)
        st = find_movable(out, e);
    if (st != ST_OK)
        seeking_close(out);
    return st;
}

void seeking_close(struct seeking *k)
{
    region_free(k->region);
    radius_free(k->radius);
    arena_free(k->arena);
    memset(k, 0, sizeof *k);
}

/* --- one thread --- */

status seeker_new(const struct seeking *k, struct seeker **out,
                  struct error *e)
{
    struct seeker *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return error_memory(e);
    const struct recourse_problem *p = k->limits.problem;
    size_t features = k->session->model->features;
    s->k = k;
    s->after = mem_array(p->quantities + 1, sizeof *s->after);
    s->flip = mem_array(features + 1, sizeof *s->flip);
    s->touched = mem_array(features + 1, sizeof *s->touched);
    status st = s->after == NULL || s->flip == NULL || s->touched == NULL
                    ? error_memory(e)
                    : recourse_scratch_new(k->levers->recourse, &s->search, e);
    if (st == ST_OK && k->region != NULL)
        st = region_scratch_new(k->region, &s->around, e);
    if (st != ST_OK) {
        seeker_free(s);
        return st;
    }
    *out = s;
    return ST_OK;
}

void seeker_free(struct seeker *s)
{
    if (s == NULL)
        return;
    recourse_scratch_free(s->search);
    region_scratch_free(s->around);
    mem_free(s->after);
    mem_free(s->flip);
    mem_free(s->touched);
    mem_free(s);
}

/* --- around plans --- */

static void stretch(struct seeker *s, const double *row,
                    const struct recourse_plan *plan,
                    struct recourse_stretches *out)
{
    if (s->k->region == NULL) {
        for (size_t i = 0; i < plan->changes; i++)
            out->of[i] = (struct region_stretch){
                .low = plan->change[i].to, .high = plan->change[i].to};
        return;
    }
    recourse_apply(s->k->levers->recourse, row, plan, s->after);
    region_around(s->k->region, s->around, row, s->after, plan, out->of);
}

/* Does `plan` do all that `other` does, and more beside? Then it is no other way
 * for a person: the smaller one is enough. */
static bool contains(const struct recourse_plan *plan,
                     const struct recourse_plan *other)
{
    size_t met = 0;
    for (size_t i = 0; i < other->changes; i++)
        for (size_t k = 0; k < plan->changes; k++)
            met += plan->change[k].lever == other->change[i].lever &&
                   plan->change[k].cost >= other->change[i].cost;
    return other->changes > 0 && met == other->changes;
}

static bool is_another(const struct recourse_result *r, size_t k)
{
    const struct recourse_plan *plan = &r->alternative[k];
    bool fresh = plan->changes > 0 && !contains(plan, &r->plan);
    for (size_t i = 0; i < k; i++)
        fresh = fresh && !contains(plan, &r->alternative[i]);
    return fresh;
}

static void look_around(struct seeker *s, const double *row,
                        struct recourse_found *f)
{
    struct recourse_result *r = &f->result;
    f->has_slack = r->plan.changes > 0 && s->k->region != NULL;
    if (r->plan.changes > 0)
        stretch(s, row, &r->plan, &f->plan);
    if (f->has_slack) {
        region_slack(s->k->region, s->around, row, s->after, &r->plan,
                     &f->slack);
    }
    for (size_t i = 0; i < r->alternatives; i++) {
        f->another[i] = is_another(r, i);
        if (r->alternative[i].changes > 0)
            stretch(s, row, &r->alternative[i], &f->alternative[i]);
    }
    if (r->safer_asked && r->safer.changes > 0)
        stretch(s, row, &r->safer, &f->safer);
}

/* A row whose regions need too much memory has no radius. */
static status find_radius(struct seeker *s, const double *row,
                          struct recourse_found *out, struct error *e)
{
    status st = radius_find(s->k->radius, row, s->flip, &out->radius, e);
    out->has_radius = st == ST_OK;
    if (st == ST_LIMIT)
        *e = (struct error){.class = ST_OK};
    return st == ST_LIMIT ? ST_OK : st;
}

status seeker_row(struct seeker *s, const double *row,
                  struct recourse_found *out, struct error *e)
{
    memset(out, 0, sizeof *out);
    out->limits = &s->k->limits;
    out->result.nearest_lever = -1;
    status st = recourse_solve(s->k->levers->recourse, s->search, row,
                               &out->result, e);
    if (st == ST_DATA || st == ST_LIMIT) {
        memset(&out->result, 0, sizeof out->result);
        out->result.plan.status = RECOURSE_UNDECIDED;
        out->result.nearest_lever = -1;
        out->failed = true;
        (void)snprintf(out->why, sizeof out->why, "%.*s",
                       (int)sizeof out->why - 1, e->text);
        *e = (struct error){.class = ST_OK};
        return ST_OK;
    }
    TRY(st);
    look_around(s, row, out);
    return s->k->radius == NULL ? ST_OK : find_radius(s, row, out, e);
}

/* --- audits --- */

status seeking_audit(const struct seeking *k, size_t columns,
                     const size_t *codes, struct recourse_audit **out,
                     struct error *e)
{
    const struct project *p = k->session->project;
    struct audit_spec spec = {.levers = p->levers, .inputs = p->features,
                              .factors = p->factors, .columns = columns};
    for (size_t c = 0; c < columns && c < AUDIT_COLUMNS; c++)
        spec.codes[c] = codes[c];
    return recourse_audit_new(&spec, out, e);
}

/* A plan's own changes against what the project declares as better. */
static status count_moves(struct seeker *s, const struct recourse_plan *plan,
                          struct recourse_audit *a, struct error *e)
{
    const struct project *p = s->k->session->project;
    const struct recourse_limits *l = &s->k->limits;
    for (size_t i = 0; i < plan->changes; i++) {
        const struct recourse_change *c = &plan->change[i];
        const struct lever *lever = &p->lever[l->lever_of[c->lever]];
        if (lever->input == NULL || l->problem->lever[c->lever].code != NULL)
            continue;
        enum direction better = p->feature[lever->feature].expected;
        bool wrong = (better == DIRECTION_HIGHER_BETTER && c->to < c->from) ||
                     (better == DIRECTION_LOWER_BETTER && c->to > c->from);
        TRY(recourse_audit_move(a, lever->feature, wrong, e));
    }
    return ST_OK;
}

static bool same_value(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a >= b && a <= b);
}

static void touch(struct seeker *s, const double *row,
                  const struct recourse_plan *plan)
{
    size_t features = s->k->session->model->features;
    if (plan->changes == 0)
        return;
    recourse_apply(s->k->levers->recourse, row, plan, s->after);
    for (size_t f = 0; f < features; f++)
        s->touched[f] |= !same_value(row[f], s->after[f]);
}

static bool factor_touched(const struct seeker *s, size_t factor)
{
    const struct project *p = s->k->session->project;
    const struct factor *f = &p->factor[factor];
    for (size_t i = 0; i < f->features; i++) {
        long at = p->feature[f->feature[i]].model_feature;
        if (at >= 0 && s->touched[at])
            return true;
    }
    return false;
}

static enum audit_answer answer_of(const struct recourse_plan *plan)
{
    static const enum audit_answer as[] = {AUDIT_PROVEN, AUDIT_WITHIN,
                                           AUDIT_FOUND, AUDIT_IMPOSSIBLE,
                                           AUDIT_UNDECIDED};
    return as[plan->status];
}

static status count_reasons(struct seeker *s, const double *row,
                            const struct recourse_found *f,
                            const struct reasons *reasons,
                            struct recourse_audit *a, struct error *e)
{
    const struct recourse_result *r = &f->result;
    memset(s->touched, 0,
           s->k->session->model->features * sizeof *s->touched);
    touch(s, row, &r->plan);
    for (size_t i = 0; i < r->alternatives; i++)
        if (f->another[i])
            touch(s, row, &r->alternative[i]);
    bool first = true;
    for (size_t i = 0; i < reasons->reasons; i++) {
        const struct reason *x = &reasons->reason[i];
        if (x->kind != REASON_FACTOR)
            continue;
        struct audit_reason c = {.factor = x->index, .first = first,
                                 .movable = s->k->movable[x->index],
                                 .used = factor_touched(s, x->index),
                                 .answer = answer_of(&r->plan)};
        TRY(recourse_audit_reason(a, &c, e));
        first = false;
    }
    return ST_OK;
}

status seeker_count(struct seeker *s, const double *row,
                    const struct recourse_found *f,
                    const struct reasons *reasons, const uint16_t *group,
                    struct recourse_audit *a, struct error *e)
{
    const struct recourse_result *r = &f->result;
    size_t lever[RECOURSE_LEVERS_MAX];
    if (f->failed)
        return ST_OK;
    for (size_t i = 0; i < r->plan.changes; i++)
        lever[i] = s->k->limits.lever_of[r->plan.change[i].lever];
    struct audit_case c = {
        .answer = answer_of(&r->plan), .cost = r->plan.cost,
        .changes = r->plan.changes, .lever = lever,
        .boxes = r->plan.nodes > 0 ? (unsigned long long)r->plan.nodes : 0,
        .guard_changed = r->plan.guard_changed, .group = group};
    TRY(recourse_audit_add(a, &c, e));
    TRY(count_moves(s, &r->plan, a, e));
    for (size_t i = 0; i < r->alternatives; i++)
        if (f->another[i])
            TRY(count_moves(s, &r->alternative[i], a, e));
    return reasons == NULL ? ST_OK
                           : count_reasons(s, row, f, reasons, a, e);
}
