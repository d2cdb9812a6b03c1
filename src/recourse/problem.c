/* Preparing a problem: checked, copied, and what holds for all rows. */
#include "recourse/engine.h"
#include "model/evaluate.h"
#include "recourse/grids.h"

static const char *const words[] = {
    [RECOURSE_PROVEN_SMALLEST] = "proven smallest change",
    [RECOURSE_WITHIN] = "within x% of smallest",
    [RECOURSE_FOUND] = "found, not proven",
    [RECOURSE_IMPOSSIBLE] = "proven impossible within the listed limits",
    [RECOURSE_UNDECIDED] = "not decided in time",
};

const char *recourse_status_word(enum recourse_status s)
{
    return words[s];
}

static void *copy(struct arena *a, const void *from, size_t n, size_t size,
                  bool *good)
{
    void *to = arena_array(a, n + 1, size);

    if (to == NULL)
        *good = false;
    else if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

#define COPY(owner, field, count)                                              \
    ((owner)->field = copy(a, (owner)->field, (count),                         \
                           sizeof *(owner)->field, &good))

static bool copy_lever(struct arena *a, struct recourse_lever *l)
{
    bool good = true;

    COPY(l, effect, l->effects);
    if (l->code != NULL)
        COPY(l, code, l->codes);
    COPY(l, sample, l->samples);
    COPY(l, price, l->prices);
    if (l->name != NULL)
        good &= (l->name = arena_string(a, l->name)) != NULL;
    return good;
}

static bool copy_rule(struct arena *a, struct recourse_rule *r)
{
    bool good = true;

    COPY(r, term, r->terms);
    COPY(r, lever, r->levers);
    if (r->name != NULL)
        good &= (r->name = arena_string(a, r->name)) != NULL;
    return good;
}

static bool copy_names(struct arena *a, struct recourse_problem *p)
{
    const char **name = arena_new_array(a, const char *, p->quantities + 1);

    for (size_t i = 0; name != NULL && i < p->quantities; i++) {
        name[i] = p->quantity_name[i];
        if (name[i] != NULL && (name[i] = arena_string(a, name[i])) == NULL)
            return false;
    }
    p->quantity_name = name;
    return name != NULL;
}

static bool asks(const struct recourse_problem *p)
{
    bool any = false;

    for (size_t i = 0; i < p->scores; i++)
        any |= !model_is_local(p->score[i].model);
    return any;
}

static status copy_problem(struct recourse *r, const struct recourse_problem *p,
                           struct error *e)
{
    struct arena *a = r->arena;
    struct recourse_problem *q = &r->p;
    bool good = true;

    *q = *p;
    struct recourse_lever *lever =
        copy(a, p->lever, p->levers, sizeof *lever, &good);
    struct recourse_rule *rule =
        copy(a, p->rule, p->rules, sizeof *rule, &good);
    struct recourse_score *score =
        copy(a, p->score, p->scores, sizeof *score, &good);
    COPY(q, formula, p->formulas);
    for (size_t i = 0; good && i < p->levers; i++)
        good = copy_lever(a, &lever[i]);
    for (size_t i = 0; good && i < p->rules; i++)
        good = copy_rule(a, &rule[i]);
    for (size_t i = 0; good && i < p->scores; i++) {
        if (score[i].quantity != NULL)
            COPY(&score[i], quantity, score[i].model->features);
        if (score[i].name != NULL)
            good &= (score[i].name = arena_string(a, score[i].name)) != NULL;
    }
    if (good && p->quantity_name != NULL)
        good = copy_names(a, q);
    if (!good)
        return arena_error(a, e);
    q->lever = lever;
    q->rule = rule;
    q->score = score;
    if (p->most_changes == 0)
        q->most_changes = RECOURSE_CHANGES_DEFAULT;
    if (p->node_budget <= 0)
        q->node_budget =
            asks(q) ? RECOURSE_ASKED_DEFAULT : RECOURSE_NODES_DEFAULT;
    if (p->most_candidates == 0)
        q->most_candidates = RECOURSE_GRID_MAX;
    return ST_OK;
}

/* --- who moves what -------------------------------------------------------------- */

/* Quantities that some score follows by their value. */
static void mark_scores(const struct recourse *r, bool *needed)
{
    for (size_t i = 0; i < r->p.scores; i++) {
        const struct recourse_score *s = &r->p.score[i];
        for (size_t f = 0; f < s->model->features; f++)
            needed[s->quantity == NULL ? f : s->quantity[f]] |=
                model_reads_value(s->model, f);
    }
}

static void mark_whole(const struct recourse *r, const bool *read, bool *whole)
{
    const struct recourse_problem *p = &r->p;

    for (size_t i = 0; i < p->levers; i++)
        whole[i] = p->lever[i].effects > 0;
    for (size_t q = 0; q < p->quantities; q++) {
        bool needed = read[q];
        for (size_t k = 0; k < p->formulas; k++)
            needed |= p->formula[k].a == q || p->formula[k].b == q;
        for (size_t k = 0; k < p->rules; k++) {
            const struct recourse_rule *u = &p->rule[k];
            for (size_t t = 0; u->kind == RECOURSE_LINEAR && t < u->terms; t++)
                needed |= u->term[t].quantity == q;
            needed |= u->kind == RECOURSE_IF_THEN &&
                      (u->when.quantity == q || u->then.quantity == q);
        }
        for (size_t i = 0; needed && i < p->levers; i++)
            whole[i] |= (r->moved_by[q] >> i & 1) != 0;
    }
}

static status who_moves(struct recourse *r, struct error *e)
{
    const struct recourse_problem *p = &r->p;
    uint64_t *by = arena_new_array(r->arena, uint64_t, p->quantities + 1);
    bool *whole = arena_new_array(r->arena, bool, p->levers + 1);
    size_t *order = arena_new_array(r->arena, size_t, RECOURSE_FORMULAS_MAX);
    bool *read = arena_new_array(r->arena, bool, p->quantities + 1);
    size_t at;

    if (by == NULL || whole == NULL || order == NULL || read == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < p->levers; i++) {
        const struct recourse_lever *l = &p->lever[i];
        if (l->quantity != RECOURSE_NO_QUANTITY)
            by[l->quantity] |= (uint64_t)1 << i;
        for (size_t k = 0; k < l->effects; k++)
            by[l->effect[k].quantity] |= (uint64_t)1 << i;
    }
    if (!formulas_order(p, order, &at))
        return error_bug(e, "a circle of formulas was not seen");
    for (size_t k = 0; k < p->formulas; k++) {
        const struct recourse_formula *f = &p->formula[order[k]];
        by[f->quantity] = by[f->a] | by[f->b];
    }
    r->moved_by = by;
    r->formula_order = order;
    mark_scores(r, read);
    mark_whole(r, read, whole);
    r->whole = whole;
    return ST_OK;
}

static status prepare(struct recourse *r, const struct recourse_problem *p,
                      struct error *e)
{
    r->arena = arena_new((size_t)SCRATCH_MEMORY);
    if (r->arena == NULL)
        return error_memory(e);
    TRY(copy_problem(r, p, e));
    TRY(who_moves(r, e));
    TRY(grids_make(r, r->arena, &r->grids, e));
    return engine_prepare(r, e);
}

status recourse_prepare(const struct recourse_problem *p, struct recourse **out,
                        struct error *e)
{
    *out = NULL;
    TRY(problem_check(p, e));
    struct recourse *r = mem_array(1, sizeof *r);
    if (r == NULL)
        return error_memory(e);
    status s = prepare(r, p, e);
    if (s != ST_OK) {
        recourse_free(r);
        return s;
    }
    *out = r;
    return ST_OK;
}

void recourse_free(struct recourse *r)
{
    if (r == NULL)
        return;
    arena_free(r->arena);
    mem_free(r);
}

/* --- the row after a plan ---------------------------------------------------------- */

void lever_moves(const struct recourse_lever *l, const double *row, double own,
                 double value, double *quantity)
{
    if (l->quantity != RECOURSE_NO_QUANTITY)
        quantity[l->quantity] = value;
    for (size_t k = 0; k < l->effects; k++) {
        const struct recourse_effect *x = &l->effect[k];
        quantity[x->quantity] =
            x->kind == RECOURSE_INDICATE
                ? (double)(value == x->code)
                : effect_value(x, row[x->quantity], value - own);
    }
}

double effect_value(const struct recourse_effect *x, double at, double change)
{
    double v = at + x->rate * change;

    /* A row beyond a limit may stay there, but goes no further. */
    return isnan(v) ? v : fmin(fmax(v, fmin(x->low, at)), fmax(x->high, at));
}

void recourse_apply(const struct recourse *r, const double *row,
                    const struct recourse_plan *plan, double *out)
{
    uint64_t moved = 0;

    memcpy(out, row, r->p.quantities * sizeof *out);
    for (size_t i = 0; i < plan->changes; i++) {
        const struct recourse_change *c = &plan->change[i];
        moved |= (uint64_t)1 << c->lever;
        lever_moves(&r->p.lever[c->lever], row, c->from, c->to, out);
    }
    for (size_t k = 0; k < r->p.formulas; k++) {
        const struct recourse_formula *f = &r->p.formula[r->formula_order[k]];
        if ((r->moved_by[f->quantity] & moved) != 0 ||
            (isnan(out[f->quantity]) && formula_fills(&r->p, f)))
            out[f->quantity] = formula_value(f, out[f->a], out[f->b]);
    }
}
