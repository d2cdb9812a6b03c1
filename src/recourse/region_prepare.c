/* What the region keeps of a problem. */
#include "base/num.h"
#include "model/evaluate.h"
#include "recourse/region_in.h"
#include "recourse/relax.h"

#include <stdio.h>

enum { REGION_MEMORY = 1 << 30 };

static void *keep(struct region *g, const void *from, size_t n, size_t size,
                  bool *failed)
{
    void *to = arena_array(g->arena, n + 1, size);

    if (to == NULL)
        *failed = true;
    else if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

#define KEEP(pointer, n)                                                       \
    ((pointer) = keep(g, (pointer), (n), sizeof *(pointer), &failed))

static status copy_levers(struct region *g, struct error *e)
{
    bool failed = false;
    struct recourse_lever *l =
        keep(g, g->p.lever, g->p.levers, sizeof *l, &failed);

    for (size_t i = 0; i < g->p.levers && !failed; i++)
        KEEP(l[i].effect, l[i].effects);
    if (failed)
        return arena_error(g->arena, e);
    g->p.lever = l;
    return ST_OK;
}

static status copy_rules(struct region *g, struct error *e)
{
    bool failed = false;
    struct recourse_rule *r =
        keep(g, g->p.rule, g->p.rules, sizeof *r, &failed);

    for (size_t i = 0; i < g->p.rules && !failed; i++)
        KEEP(r[i].term, r[i].kind == RECOURSE_LINEAR ? r[i].terms : 0);
    KEEP(g->p.formula, g->p.formulas);
    KEEP(g->p.score, g->p.scores);
    if (failed)
        return arena_error(g->arena, e);
    g->p.rule = r;
    return ST_OK;
}

/* --- grids ---------------------------------------------------------------- */

/* Digits behind the point that write the step exactly; 9 at most. */
static int decimals_of(double x)
{
    char text[NUM_TEXT_MAX * 9];
    double back;

    for (int d = 0; d < 9; d++) {
        size_t n = num_fixed(x, d, text);
        if (num_parse(text, n, &back) && back == x)
            return d;
    }
    return 9;
}

static void set_grid(struct region *g, size_t lever)
{
    const struct recourse_lever *l = &g->p.lever[lever];
    char text[NUM_TEXT_MAX];
    double unit = l->step > 0 ? l->step : l->integer ? 1 : 0;

    g->decimals[lever] = l->decimals;
    if (l->decimals < 0)
        g->decimals[lever] = unit > 0 ? decimals_of(unit) : 0;
    if (unit == 0) {
        int n = snprintf(text, sizeof text, "1e-%d", g->decimals[lever]);
        if (!num_parse(text, (size_t)n, &unit))
            unit = 1;
    }
    g->unit[lever] = unit;
}

/* --- who moves what ------------------------------------------------------- */

static status movers_make(struct region *g, struct error *e)
{
    size_t n = g->p.quantities, done = 0;
    bool placed[RECOURSE_FORMULAS_MAX] = {false};

    g->moved_by = arena_new_array(g->arena, uint64_t, n + 1);
    g->formula = arena_new_array(g->arena, uint32_t, g->p.formulas + 1);
    uint8_t *waits = arena_new_array(g->arena, uint8_t, n + 1);
    if (g->moved_by == NULL || g->formula == NULL || waits == NULL)
        return arena_error(g->arena, e);
    for (size_t l = 0; l < g->p.levers; l++) {
        const struct recourse_lever *v = &g->p.lever[l];
        if (v->quantity != RECOURSE_NO_QUANTITY)
            g->moved_by[v->quantity] |= (uint64_t)1 << l;
        for (size_t k = 0; k < v->effects; k++)
            g->moved_by[v->effect[k].quantity] |= (uint64_t)1 << l;
    }
    for (size_t k = 0; k < g->p.formulas; k++)
        waits[g->p.formula[k].quantity] = 1;
    for (size_t k = 0; k < g->p.formulas;) {
        const struct recourse_formula *f = &g->p.formula[k];
        if (placed[k] || waits[f->a] || waits[f->b]) {
            k++;
            continue;
        }
        placed[k] = true;
        waits[f->quantity] = 0;
        g->moved_by[f->quantity] |= g->moved_by[f->a] | g->moved_by[f->b];
        g->formula[done++] = (uint32_t)k;
        k = 0;
    }
    if (done < g->p.formulas)
        return error_set(e, ST_ARGUMENT, "formulas that need each other");
    return ST_OK;
}

static status breakers_make(struct region *g, struct error *e)
{
    g->rule_by = arena_new_array(g->arena, uint64_t, g->p.rules + 1);
    if (g->rule_by == NULL)
        return arena_error(g->arena, e);
    for (size_t k = 0; k < g->p.rules; k++) {
        const struct recourse_rule *r = &g->p.rule[k];
        if (r->kind == RECOURSE_LINEAR)
            for (size_t i = 0; i < r->terms; i++)
                g->rule_by[k] |= g->moved_by[r->term[i].quantity];
        else if (r->kind == RECOURSE_IF_THEN)
            g->rule_by[k] |=
                g->moved_by[r->when.quantity] | g->moved_by[r->then.quantity];
    }
    return ST_OK;
}

/* --- the calls ------------------------------------------------------------ */

static status check(const struct recourse_problem *p, struct error *e)
{
    if (p->scores == 0 || p->scores > RECOURSE_SCORES_MAX ||
        p->levers > RECOURSE_LEVERS_MAX || p->rules > RECOURSE_RULES_MAX ||
        p->formulas > RECOURSE_FORMULAS_MAX)
        return error_set(e, ST_LIMIT,
                         "a region takes 1 to %d scores, %d levers, %d rules "
                         "and %d formulas",
                         RECOURSE_SCORES_MAX, RECOURSE_LEVERS_MAX,
                         RECOURSE_RULES_MAX, RECOURSE_FORMULAS_MAX);
    for (size_t i = 0; i < p->scores; i++)
        if (!model_is_local(p->score[i].model))
            return error_set(e, ST_UNSUPPORTED,
                             "no region: the model is computed elsewhere");
    return ST_OK;
}

static status prepare(struct region *g, struct error *e)
{
    g->arena = arena_new(REGION_MEMORY);
    if (g->arena == NULL)
        return error_memory(e);
    TRY(copy_levers(g, e));
    TRY(copy_rules(g, e));
    TRY(movers_make(g, e));
    TRY(breakers_make(g, e));
    for (size_t l = 0; l < g->p.levers; l++)
        set_grid(g, l);
    g->score = arena_new_array(g->arena, struct region_score, g->p.scores);
    if (g->score == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < g->p.scores; i++)
        TRY(region_score_make(g, i, e));
    return ST_OK;
}

status region_prepare(const struct recourse_problem *p, struct region **out,
                      struct error *e)
{
    *out = NULL;
    TRY(check(p, e));
    struct region *g = mem_array(1, sizeof *g);
    if (g == NULL)
        return error_memory(e);
    g->p = *p;
    status s = prepare(g, e);
    if (s != ST_OK) {
        region_free(g);
        return s;
    }
    *out = g;
    return ST_OK;
}

void region_free(struct region *g)
{
    if (g == NULL)
        return;
    arena_free(g->arena);
    mem_free(g);
}

static bool scratch_arrays(const struct region *g, struct region_scratch *s)
{
    size_t most = 0, work = 1, span = 1, features = 1, outputs = 1;

    s->from = arena_new_array(s->arena, double, g->p.quantities + 1);
    s->to = arena_new_array(s->arena, double, g->p.quantities + 1);
    for (size_t i = 0; i < g->p.scores; i++) {
        size_t n = g->score[i].trees + 1;
        const struct model *m = g->score[i].model;
        most = n > most ? n : most;
        features = m->features > features ? m->features : features;
        outputs = m->outputs > outputs ? m->outputs : outputs;
        if (g->score[i].network != NULL) {
            const struct relax_network *net = g->score[i].network->network;
            const struct relax_parts *p = g->score[i].network->parts;
            size_t own = net == NULL ? 0 : relax_network_work(net) +
                                               4 * net->widest;
            size_t spans = g->score[i].model->features +
                           (p == NULL ? 0 : p->room);
            work = own > work ? own : work;
            span = spans > span ? spans : span;
        }
        s->worst[i] = arena_new_array(s->arena, double, n);
        s->beyond[i] = arena_new_array(s->arena, double, n);
        s->now[i] = arena_new_array(s->arena, double, n);
        s->open[i] = arena_new_array(s->arena, uint32_t, n);
        if (s->worst[i] == NULL || s->beyond[i] == NULL || s->now[i] == NULL ||
            s->open[i] == NULL)
            return false;
    }
    s->mark = arena_new_array(s->arena, uint8_t, most + 1);
    s->work = arena_new_array(s->arena, double, work);
    s->span = arena_new_array(s->arena, struct program_span, span);
    s->row = arena_new_array(s->arena, double, features);
    s->margin = arena_new_array(s->arena, double, outputs);
    return s->span != NULL && s->work != NULL && s->from != NULL &&
           s->to != NULL && s->mark != NULL && s->row != NULL &&
           s->margin != NULL;
}

status region_scratch_new(const struct region *g, struct region_scratch **out,
                          struct error *e)
{
    *out = NULL;
    struct region_scratch *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return error_memory(e);
    s->arena = arena_new(REGION_MEMORY);
    if (s->arena == NULL || !scratch_arrays(g, s)) {
        status st =
            s->arena == NULL ? error_memory(e) : arena_error(s->arena, e);
        region_scratch_free(s);
        return st;
    }
    *out = s;
    return ST_OK;
}

void region_scratch_free(struct region_scratch *s)
{
    if (s == NULL)
        return;
    arena_free(s->arena);
    mem_free(s);
}
