#include "batch/levers_making.h"

#include <stdio.h>
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

static struct place rule_place(const struct project_recourse *r, size_t i)
{
    if (i < r->orders)
        return r->order[i].place;
    i -= r->orders;
    if (i < r->linears)
        return r->linear[i].place;
    i -= r->linears;
    return i < r->if_thens ? r->if_then[i].place : PLACE_NONE;
}

/* The search names a lever or a rule; the project knows where that stands. */
static void put_place(const struct project *p, const struct levers *l,
                      struct error *e)
{
    char head[ERROR_TEXT_MAX];
    struct place at = PLACE_NONE;
    for (size_t i = 0; i < l->count; i++) {
        (void)snprintf(head, sizeof head, "lever \"%s\" ", l->lever[i].name);
        if (strncmp(e->text, head, strlen(head)) == 0)
            at = p->lever[l->lever_of[i]].place;
    }
    for (size_t i = 0; i < l->problem->rules; i++) {
        if (l->problem->rule[i].name != NULL)
            (void)snprintf(head, sizeof head, "rule \"%s\" ",
                           l->problem->rule[i].name);
        else
            (void)snprintf(head, sizeof head, "rule %zu ", i + 1);
        if (strncmp(e->text, head, strlen(head)) == 0)
            at = rule_place(&p->recourse, i);
    }
    if (at.line == 0)
        return;
    memcpy(head, e->text, sizeof head);
    (void)error_at(e, e->class, &at, "%s", head);
}

status levers_open(const struct session *s,
                   const struct levers_options *options, struct levers *out,
                   struct error *e)
{
    TRY(levers_describe(s, options, out, e));
    if (out->problem == NULL)
        return ST_OK;
    status st = recourse_prepare(out->problem, &out->recourse, e);
    if (st == ST_ARGUMENT || st == ST_LIMIT)
        put_place(s->project, out, e);
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
