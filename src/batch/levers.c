#include "batch/levers_making.h"

#include "recourse/region.h"

#include <math.h>
#include <string.h>

enum { LEVERS_BYTES_MAX = 256 << 20 };

static status put_names(const struct making *k, struct recourse_problem *out,
                        struct error *e)
{
    const struct project *p = k->p;
    const struct model *m = k->s->model;
    const char **name =
        arena_new_array(k->l->arena, const char *, p->recourse.width + 1);
    if (name == NULL)
        return arena_error(k->l->arena, e);
    for (size_t j = 0; j < m->features; j++)
        name[j] = m->feature[j].name;
    for (size_t i = p->features; i < p->quantities; i++)
        if (p->feature[i].at != SIZE_MAX)
            name[p->feature[i].at] = p->feature[i].input;
    out->quantity_name = name;
    out->quantities = p->recourse.width;
    return ST_OK;
}

static status make(struct making *k, const struct levers_options *options,
                   struct error *e)
{
    const struct project_recourse *r = &k->p->recourse;
    struct levers *l = k->l;
    struct recourse_problem *problem =
        arena_new_one(l->arena, struct recourse_problem);
    if (problem == NULL)
        return arena_error(l->arena, e);
    TRY(making_levers(k, e));
    if (l->count == 0)
        return ST_OK;
    TRY(put_names(k, problem, e));
    TRY(making_scores(k, problem, e));
    TRY(making_formulas(k, problem, e));
    TRY(making_rules(k, problem, e));
    problem->lever = l->lever;
    problem->levers = l->count;
    problem->most_changes = r->most_changes;
    problem->node_budget = r->node_budget;
    problem->alternatives = r->alternatives;
    problem->margin = k->decline ? 0 : r->margin_by;
    problem->prove = options->prove;
    l->problem = problem;
    return ST_OK;
}

status levers_describe(const struct session *s,
                       const struct levers_options *options,
                       struct levers *out, struct error *e)
{
    static const struct levers_options none = {.decline = false};
    memset(out, 0, sizeof *out);
    options = options == NULL ? &none : options;
    if (s->project->levers == 0 || !s->project->model.has_cutoff)
        return ST_OK;
    out->arena = arena_new(LEVERS_BYTES_MAX);
    if (out->arena == NULL)
        return error_memory(e);
    struct making k = {.s = s, .p = s->project, .l = out,
                       .decline = options->decline};
    status st = make(&k, options, e);
    reference_free(&k.people);
    if (st != ST_OK)
        levers_close(out);
    return st;
}

status levers_open(const struct session *s,
                   const struct levers_options *options, struct levers *out,
                   struct error *e)
{
    TRY(levers_describe(s, options, out, e));
    if (out->problem == NULL)
        return ST_OK;
    status st = recourse_prepare(out->problem, &out->recourse, e);
    if (st != ST_OK)
        levers_close(out);
    return st;
}

void levers_close(struct levers *l)
{
    recourse_free(l->recourse);
    isolation_free(l->ordinary);
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
    const struct recourse_score *score = l->problem->score;
    bool up = score->accept == RECOURSE_AT_LEAST;
    double worst =
        region_worst(s->model, score->output, row, side, n, !up);
    return up ? worst >= score->cutoff + score->guard
              : worst <= score->cutoff - score->guard;
}

/* Could a move of the quantity this way break the rule? */
static bool minds(const struct recourse_rule *r, size_t quantity, bool up)
{
    for (size_t i = 0; r->kind == RECOURSE_LINEAR && i < r->terms; i++)
        if (r->term[i].quantity == quantity && (r->term[i].coefficient > 0) == up)
            return true;
    return r->kind == RECOURSE_IF_THEN &&
           (r->when.quantity == quantity || r->then.quantity == quantity);
}

/* Nothing is said beyond a plan where formulas, rules, further scores or several
 * quantities of one lever could turn it. */
static bool free_beyond(const struct recourse_problem *p,
                        const struct recourse_change *c)
{
    const struct recourse_lever *l = &p->lever[c->lever];
    if (p->scores != 1 || p->formulas > 0 || l->effects > 0 || isnan(c->to) ||
        isnan(c->from))
        return false;
    for (size_t i = 0; i < p->rules; i++)
        if (minds(&p->rule[i], l->quantity, c->to > c->from))
            return false;
    return true;
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
                 free_beyond(l->problem, &plan->change[i]) &&
                 passes(s, l, row, side, plan->changes);
        if (!out[i])
            side[i] = point;
    }
}
