#include "base/num.h"
#include "recourse/engine.h"

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

double recourse_cost(const struct recourse_lever *lever, double from, double to)
{
    if (from == to)
        return 0;
    double by = lever->code != NULL ? 1 : fabs(to - from) / lever->scale;
    double cost = lever->weight * by + lever->fixed;
    if (cost < 0x1p22)
        cost = nearbyint(cost / COST_GRAIN) * COST_GRAIN;
    return cost < COST_GRAIN ? COST_GRAIN : cost;
}

double recourse_guard(const struct model *m, size_t output)
{
    double unit = m->library == LIBRARY_XGBOOST ? 0x1p-24 : 0x1p-53;
    double high = m->base[output], low = high, error = unit * fabs(high);

    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        double scale = t->weight * m->combine_scale;
        double most = -INFINITY, least = INFINITY;
        if (t->output != output)
            continue;
        for (uint32_t k = 0; k < t->node_count; k++) {
            if (t->node[k].feature >= 0)
                continue;
            most = fmax(most, t->node[k].value * scale);
            least = fmin(least, t->node[k].value * scale);
        }
        high += most;
        low += least;
        /* One rounding of the running sum; a weighted leaf has its own. */
        error += unit * fmax(fabs(high), fabs(low));
        if (scale != 1)
            error += unit * fmax(fabs(most), fabs(least));
    }
    return error;
}

/* --- preparing ---------------------------------------------------------------- */

/* Digits after the point that write x exactly; -1: more than 9. */
static int decimals_of(double x)
{
    char text[NUM_TEXT_MAX * 9];
    double back;

    for (int d = 0; d <= 9; d++) {
        size_t n = num_fixed(x, d, text);
        if (num_parse(text, n, &back) && back == x)
            return d;
    }
    return -1;
}

static const char *lever_fault(const struct recourse_lever *l)
{
    if (!(l->weight >= 0) || !(l->fixed >= 0) || !(l->weight + l->fixed > 0) ||
        !isfinite(l->weight + l->fixed))
        return "has a cost that is negative, or none at all";
    if (!(l->scale > 0) || !isfinite(l->scale))
        return "needs a scale above 0";
    if (isnan(l->low) || isnan(l->high) || l->low > l->high)
        return "has a lowest value above its highest";
    if (!(l->step >= 0) || !isfinite(l->step))
        return "has a negative step";
    if (l->decimals < -1 || l->decimals > 9)
        return "needs 0 to 9 decimals";
    if (l->integer && (l->step != floor(l->step)))
        return "takes whole numbers, so its step must be one";
    if (l->code == NULL && l->step == 0 && l->decimals < 0 && !l->integer)
        return "needs a step or a number of decimals";
    return NULL;
}

static status check_lever(const struct single *p, size_t i,
                          struct lever_grid *g, struct error *e)
{
    const struct recourse_lever *l = &p->lever[i];

    if (l->quantity >= p->model->features)
        return error_set(e, ST_ARGUMENT,
                         "lever %zu names input %zu, but the model has %zu",
                         i + 1, l->quantity, p->model->features);
    const char *name = p->model->feature[l->quantity].name;
    const char *fault = lever_fault(l);
    for (size_t k = 0; k < i && fault == NULL; k++) {
        if (p->lever[k].quantity == l->quantity)
            fault = "is named twice";
    }
    g->unit = l->step > 0 ? l->step : l->integer ? 1.0 : 0.0;
    g->decimals = l->decimals;
    if (l->decimals < 0)
        g->decimals = g->unit > 0 ? decimals_of(g->unit) : 0;
    if (fault == NULL && g->decimals < 0)
        fault = "has a step with more than 9 decimals";
    if (fault == NULL && l->integer)
        g->decimals = l->decimals < 0 ? 0 : l->decimals;
    if (fault != NULL)
        return error_set(e, ST_ARGUMENT, "lever \"%s\" %s", name, fault);
    if (g->unit == 0) {
        char text[NUM_TEXT_MAX];
        int n = snprintf(text, sizeof text, "1e-%d", g->decimals);
        if (!num_parse(text, (size_t)n, &g->unit))
            return error_bug(e, "a power of ten cannot be read");
    }
    return ST_OK;
}

static status check_order(const struct single *p,
                          const struct order *o, struct error *e)
{
    size_t end[2] = {o->feature_a, o->feature_b};

    for (int k = 0; k < 2; k++) {
        if (end[k] >= p->model->features)
            return error_set(e, ST_ARGUMENT,
                             "an order rule names input %zu, but the model "
                             "has %zu",
                             end[k], p->model->features);
        for (size_t i = 0; i < p->levers; i++) {
            if (p->lever[i].quantity == end[k] && p->lever[i].code != NULL)
                return error_set(e, ST_ARGUMENT,
                                 "lever \"%s\" is a category and cannot stand "
                                 "in an order rule",
                                 p->model->feature[end[k]].name);
        }
    }
    return ST_OK;
}

static status check_problem(const struct single *p, struct error *e)
{
    if (p->model->has_linear_leaves)
        return error_set(e, ST_UNSUPPORTED,
                         "no search for changes: the model has linear leaves");
    if (p->output >= p->model->outputs)
        return error_set(e, ST_ARGUMENT,
                         "output %zu does not exist: the model has %zu",
                         p->output, p->model->outputs);
    if (!isfinite(p->cutoff) || !(p->guard >= 0) || !isfinite(p->guard))
        return error_set(e, ST_ARGUMENT,
                         "the cutoff and its guard must be finite numbers");
    if (p->levers > RECOURSE_LEVERS_MAX)
        return error_set(e, ST_LIMIT, "%zu levers, at most %d can be searched",
                         p->levers, RECOURSE_LEVERS_MAX);
    if (p->most_changes > RECOURSE_LEVERS_MAX ||
        p->alternatives > RECOURSE_ALTERNATIVES_MAX)
        return error_set(e, ST_LIMIT,
                         "at most %d changes and %d alternatives can be asked",
                         RECOURSE_LEVERS_MAX, RECOURSE_ALTERNATIVES_MAX);
    return ST_OK;
}

static void *copy(struct arena *a, const void *from, size_t n, size_t size)
{
    void *to = arena_array(a, n + 1, size);

    if (to != NULL && n > 0)
        memcpy(to, from, n * size);
    return to;
}

static status copy_problem(struct recourse *r, const struct single *p,
                           struct error *e)
{
    struct recourse_lever *lever =
        copy(r->arena, p->lever, p->levers, sizeof *lever);

    r->p = *p;
    r->p.lever = lever;
    r->p.order = copy(r->arena, p->order, p->orders, sizeof *p->order);
    if (lever == NULL || r->p.order == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < p->levers; i++) {
        if (lever[i].code == NULL)
            continue;
        lever[i].code = copy(r->arena, lever[i].code, lever[i].codes,
                             sizeof *lever[i].code);
        if (lever[i].code == NULL)
            return arena_error(r->arena, e);
    }
    if (p->most_changes == 0)
        r->p.most_changes = RECOURSE_CHANGES_DEFAULT;
    if (p->node_budget <= 0)
        r->p.node_budget = RECOURSE_NODES_DEFAULT;
    if (p->most_candidates == 0)
        r->p.most_candidates = RECOURSE_GRID_MAX;
    r->sign = p->accept == RECOURSE_AT_MOST ? 1 : -1;
    r->cut = r->sign * p->cutoff;
    return ST_OK;
}

static status index_model(struct recourse *r, struct error *e)
{
    const struct model *m = r->p.model;
    int32_t *lever_of = arena_new_array(r->arena, int32_t, m->features + 1);
    uint32_t *tree = arena_new_array(r->arena, uint32_t, m->trees + 1);
    uint32_t *first = arena_new_array(r->arena, uint32_t, m->trees + 1);

    if (lever_of == NULL || tree == NULL || first == NULL)
        return arena_error(r->arena, e);
    for (size_t f = 0; f < m->features; f++)
        lever_of[f] = -1;
    for (size_t i = 0; i < r->p.levers; i++)
        lever_of[r->p.lever[i].quantity] = (int32_t)i;
    for (size_t i = 0; i < m->trees; i++) {
        first[i + 1] = first[i] + m->tree[i].node_count;
        if (m->tree[i].output == r->p.output)
            tree[r->trees++] = (uint32_t)i;
    }
    r->lever_of = lever_of;
    r->tree = tree;
    r->first_node = first;
    return ST_OK;
}

static status prepare(struct recourse *r, const struct single *p,
                      struct error *e)
{
    r->arena = arena_new((size_t)SCRATCH_MEMORY);
    if (r->arena == NULL)
        return error_memory(e);
    struct lever_grid *grid =
        arena_new_array(r->arena, struct lever_grid, p->levers + 1);
    if (grid == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < p->levers; i++)
        TRY(check_lever(p, i, &grid[i], e));
    for (size_t i = 0; i < p->orders; i++)
        TRY(check_order(p, &p->order[i], e));
    r->grid = grid;
    TRY(copy_problem(r, p, e));
    TRY(index_model(r, e));
    return grids_make(r, e);
}

/* Rules beside order rules, formulas and further scores are for a search that
 * this one is not. */
static const char *beyond(const struct recourse_problem *p)
{
    if (p->scores != 1 || p->score->quantity != NULL)
        return "more than one score";
    if (p->formulas > 0)
        return "formulas";
    if (p->margin > 0)
        return "a margin";
    if (p->prove)
        return "proofs";
    for (size_t i = 0; i < p->levers; i++) {
        const struct recourse_lever *l = &p->lever[i];
        if (l->effects > 0 || l->ordered || l->cost != RECOURSE_SCALE ||
            l->quantity == RECOURSE_NO_QUANTITY)
            return "levers with effects, orders or tables";
    }
    for (size_t i = 0; i < p->rules; i++) {
        const struct recourse_rule *r = &p->rule[i];
        if (r->kind != RECOURSE_LINEAR || r->terms != 2 || r->most != 0 ||
            r->term[0].coefficient != 1 || r->term[1].coefficient != -1)
            return "rules that are not of order";
    }
    return NULL;
}

status recourse_prepare(const struct recourse_problem *p, struct recourse **out,
                        struct error *e)
{
    struct order order[RECOURSE_RULES_MAX];
    struct single one = {.lever = p->lever, .levers = p->levers, .order = order,
                         .most_changes = p->most_changes,
                         .node_budget = p->node_budget,
                         .most_candidates = p->most_candidates,
                         .alternatives = p->alternatives,
                         .reread = p->reread,
                         .reread_context = p->reread_context};

    *out = NULL;
    if (p->scores == 0)
        return error_set(e, ST_ARGUMENT, "a search needs a score");
    if (p->rules > RECOURSE_RULES_MAX)
        return error_set(e, ST_LIMIT, "%zu rules, at most %d can be kept",
                         p->rules, RECOURSE_RULES_MAX);
    if (beyond(p) != NULL)
        return error_set(e, ST_UNSUPPORTED, "no search with %s", beyond(p));
    one.model = p->score->model;
    one.output = p->score->output;
    one.accept = p->score->accept;
    one.cutoff = p->score->cutoff;
    one.guard = p->score->guard;
    for (; one.orders < p->rules; one.orders++)
        order[one.orders] =
            (struct order){p->rule[one.orders].term[0].quantity,
                           p->rule[one.orders].term[1].quantity};
    TRY(check_problem(&one, e));
    struct recourse *r = mem_array(1, sizeof *r);
    if (r == NULL)
        return error_memory(e);
    status s = prepare(r, &one, e);
    if (s != ST_OK) {
        recourse_free(r);
        return s;
    }
    *out = r;
    return ST_OK;
}

void recourse_apply(const struct recourse *r, const double *row,
                    const struct recourse_plan *plan, double *out)
{
    memcpy(out, row, r->p.model->features * sizeof *out);
    for (size_t i = 0; i < plan->changes; i++)
        out[r->p.lever[plan->change[i].lever].quantity] = plan->change[i].to;
}

void recourse_free(struct recourse *r)
{
    if (r == NULL)
        return;
    arena_free(r->arena);
    mem_free(r);
}

double recourse_cost_shown(double cost)
{
    return round(cost * 1e6) / 1e6;
}
