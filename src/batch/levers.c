#include "batch/levers.h"

#include "base/arena.h"
#include "recourse/region.h"

#include <math.h>
#include <string.h>

static status category_codes(const struct session *s, const struct lever *from,
                             size_t feature, struct arena *a,
                             struct recourse_lever *to, struct error *e)
{
    double *code = arena_new_array(a, double, from->words);
    if (code == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < from->words; i++)
        code[i] = model_category_code(s->model, feature, from->word[i],
                                      strlen(from->word[i]));
    to->code = code;
    to->codes = from->words;
    return ST_OK;
}

static status put_lever(const struct session *s, const struct lever *from,
                        struct arena *a, struct recourse_lever *to,
                        struct error *e)
{
    const struct project_feature *f = &s->project->feature[from->feature];
    *to = (struct recourse_lever){
        .quantity = (size_t)f->model_feature,
        .direction = from->direction == LEVER_UP     ? RECOURSE_UP
                     : from->direction == LEVER_DOWN ? RECOURSE_DOWN
                                                     : RECOURSE_BOTH,
        .low = from->has_low ? from->low : -(double)INFINITY,
        .high = from->has_high ? from->high : (double)INFINITY,
        .step = from->step,
        .decimals = f->decimals,
        .integer = from->integer,
        .weight = from->cost,
        .scale = from->scale,
        .fixed = from->fixed_cost,
        .known_cost = -1,
        .missing_cost = -1};
    if (!from->category)
        return ST_OK;
    return category_codes(s, from, to->quantity, a, to, e);
}

static bool usable(const struct project *p, const struct lever *l)
{
    if (l->input == NULL || p->feature[l->feature].model_feature < 0)
        return false;
    return !l->loan_term || p->documents.show_loan_terms;
}

static status collect(const struct session *s, struct levers *l,
                      struct error *e)
{
    const struct project *p = s->project;
    size_t *of = arena_new_array(l->arena, size_t, p->levers + 1);
    l->lever = arena_new_array(l->arena, struct recourse_lever, p->levers + 1);
    if (of == NULL || l->lever == NULL)
        return arena_error(l->arena, e);
    for (size_t i = 0; i < p->levers; i++) {
        if (!usable(p, &p->lever[i]))
            continue;
        TRY(put_lever(s, &p->lever[i], l->arena, &l->lever[l->count], e));
        of[l->count++] = i;
    }
    l->lever_of = of;
    return ST_OK;
}

/* The score misses the cutoff: strictly on its other side. */
static void turn(struct recourse_score *score)
{
    bool most = score->accept == RECOURSE_AT_MOST;
    score->accept = most ? RECOURSE_AT_LEAST : RECOURSE_AT_MOST;
    score->cutoff = nextafter(score->cutoff,
                              most ? (double)INFINITY : -(double)INFINITY);
}

static status prepare(const struct session *s, struct levers *l, bool decline,
                      struct error *e)
{
    const struct project *p = s->project;
    struct recourse_rule *rule =
        arena_new_array(l->arena, struct recourse_rule, p->recourse.orders + 1);
    struct recourse_term *term =
        arena_new_array(l->arena, struct recourse_term, 2 * p->recourse.orders + 1);
    struct recourse_score *score =
        arena_new_array(l->arena, struct recourse_score, 1);
    struct recourse_problem *problem =
        arena_new_array(l->arena, struct recourse_problem, 1);
    if (rule == NULL || term == NULL || score == NULL || problem == NULL)
        return arena_error(l->arena, e);
    size_t rules = 0;
    for (size_t i = 0; i < p->recourse.orders; i++) {
        long a = p->feature[p->recourse.order[i].feature_a].model_feature;
        long b = p->feature[p->recourse.order[i].feature_b].model_feature;
        if (a < 0 || b < 0)
            continue;
        term[2 * rules] = (struct recourse_term){(size_t)a, 1};
        term[2 * rules + 1] = (struct recourse_term){(size_t)b, -1};
        rule[rules] = (struct recourse_rule){.kind = RECOURSE_LINEAR,
                                             .term = &term[2 * rules],
                                             .terms = 2};
        rules++;
    }
    l->cutoff_margin = p->model.cutoff_margin;
    l->guard = recourse_guard(s->model, p->model.output);
    *score = (struct recourse_score){.model = s->model,
                                   .output = p->model.output,
                                   .accept = p->model.higher_is_better
                                                 ? RECOURSE_AT_LEAST
                                                 : RECOURSE_AT_MOST,
                                   .cutoff = l->cutoff_margin,
                                   .guard = l->guard,
                                   .native = true};
    if (decline)
        turn(score);
    l->cutoff_margin = score->cutoff;
    for (size_t i = 0; decline && i < l->count; i++)
        l->lever[i].direction = RECOURSE_BOTH;
    *problem = (struct recourse_problem){
        .score = score,
        .scores = 1,
        .quantities = s->model->features,
        .lever = l->lever,
        .levers = l->count,
        .rule = rule,
        .rules = rules,
        .most_changes = p->recourse.most_changes,
        .node_budget = p->recourse.node_budget,
        .alternatives = p->recourse.alternatives};
    l->problem = problem;
    return recourse_prepare(problem, &l->recourse, e);
}

static status open_levers(const struct session *s, bool decline,
                          struct levers *out, struct error *e)
{
    memset(out, 0, sizeof *out);
    const struct project *p = s->project;
    if (p->levers == 0 || !p->model.has_cutoff)
        return ST_OK;
    out->arena = arena_new((size_t)64 << 20);
    if (out->arena == NULL)
        return error_memory(e);
    status st = collect(s, out, e);
    if (st == ST_OK && out->count > 0)
        st = prepare(s, out, decline, e);
    if (st != ST_OK)
        levers_close(out);
    return st;
}

status levers_open(const struct session *s, struct levers *out,
                   struct error *e)
{
    return open_levers(s, false, out, e);
}

status levers_open_decline(const struct session *s, struct levers *out,
                           struct error *e)
{
    return open_levers(s, true, out, e);
}

void levers_close(struct levers *l)
{
    recourse_free(l->recourse);
    arena_free(l->arena);
    memset(l, 0, sizeof *l);
}

static struct region_side beyond(const struct levers *l,
                                 const struct recourse_change *c, bool wanted)
{
    const struct recourse_lever *lever = &l->lever[c->lever];
    struct region_side side = {lever->quantity, c->to, c->to};
    if (!wanted || lever->code != NULL)
        return side;
    if (c->to < c->from)
        side.from = isinf(lever->low) ? -1e300 : lever->low;
    else
        side.to = isinf(lever->high) ? 1e300 : lever->high;
    return side;
}

static bool passes(const struct session *s, const struct levers *l,
                   const double *row, const struct region_side *side, size_t n)
{
    bool up = s->project->model.higher_is_better;
    double worst = region_worst(s->model, s->project->model.output, row, side,
                                n, !up);
    return up ? worst >= l->cutoff_margin + l->guard
              : worst <= l->cutoff_margin - l->guard;
}

/* Stretches are granted one after the other, so that those granted hold all at
 * once. */
void levers_beyond(const struct session *s, const struct levers *l,
                   const double *row, const struct recourse_plan *plan,
                   bool out[RECOURSE_LEVERS_MAX])
{
    struct region_side side[RECOURSE_LEVERS_MAX];
    for (size_t i = 0; i < plan->changes; i++) {
        out[i] = false;
        side[i] = beyond(l, &plan->change[i], false);
    }
    for (size_t i = 0; i < plan->changes; i++) {
        struct region_side point = side[i];
        side[i] = beyond(l, &plan->change[i], true);
        out[i] = side[i].from < side[i].to &&
                 passes(s, l, row, side, plan->changes);
        if (!out[i])
            side[i] = point;
    }
}
