/* A point as a plan: rules, formulas, and what the models themselves say. */
#include "recourse/search.h"

static double margin_of(struct trial *t, const struct engine_score *s,
                        const size_t *quantity, bool native)
{
    struct recourse_scratch *x = t->s;

    for (size_t f = 0; f < s->model->features; f++)
        x->value[f] = x->quantity[quantity == NULL ? f : quantity[f]];
    if (native)
        model_margin_native(s->model, x->value, x->margin);
    else
        model_margin(s->model, x->value, x->margin);
    return x->margin[s->output];
}

enum verdict { FAILS, FAILS_NATIVELY, WITHOUT_GUARD, PASSES };

/* The point in scratch->quantity against every cutoff; sums are the first
 * score's, NAN where a score before failed. */
static enum verdict judge(struct trial *t, double *margin, double *native)
{
    const struct engine *g = t->r->engine;
    enum verdict v = PASSES;

    *margin = *native = NAN;
    for (size_t i = 0; i < g->scores; i++) {
        const struct engine_score *s = &g->score[i];
        double most = s->cut - (i == 0 ? t->shift : 0);
        double sum = margin_of(t, s, t->r->p.score[i].quantity, false);
        *margin = i == 0 ? sum : *margin;
        if (!(s->sign * sum <= most))
            return FAILS;
        if (!(s->sign * sum <= most - s->guard))
            v = WITHOUT_GUARD;
    }
    for (size_t i = 0; i < g->scores; i++) {
        const struct engine_score *s = &g->score[i];
        double most = s->cut - (i == 0 ? t->shift : 0);
        if (!s->native)
            continue;
        double sum = margin_of(t, s, t->r->p.score[i].quantity, true);
        *native = i == 0 ? sum : *native;
        if (!(s->sign * sum <= most))
            return FAILS_NATIVELY;
    }
    return v;
}

void trial_point_sums(struct trial *t, const uint16_t *index, double *margin,
                      double *native)
{
    const struct engine_score *s = &t->r->engine->score[0];

    *margin = *native = NAN;
    if (!space_point(&t->g->space, index, t->s->quantity))
        return;
    *margin = margin_of(t, s, t->r->p.score[0].quantity, false);
    *native = margin_of(t, s, t->r->p.score[0].quantity, true);
}

bool trial_passes(struct trial *t, const uint16_t *index, bool guards,
                  double *margin)
{
    double native;

    *margin = NAN;
    if (!space_point(&t->g->space, index, t->s->quantity))
        return false;
    return judge(t, margin, &native) >= (guards ? PASSES : WITHOUT_GUARD);
}

/* Equal cost: fewer changes, then earlier levers, then values nearer to the
 * own one, then lower ones. */
static bool better(const struct trial *t, const uint16_t *index, double cost,
                   uint32_t changes)
{
    const struct best_plan *p = &t->best;
    const struct space *s = &t->g->space;

    if (!p->found || cost != p->cost)
        return !p->found || cost < p->cost;
    if (changes != p->changes)
        return changes < p->changes;
    for (size_t a = 0; a < s->axes; a++) {
        bool moves = index[a] != s->axis[a].own;
        if (moves != (p->index[a] != s->axis[a].own))
            return moves;
    }
    for (size_t a = 0; a < s->axes; a++) {
        size_t own = s->axis[a].own;
        if (index[a] == p->index[a])
            continue;
        if ((index[a] > own) != (p->index[a] > own))
            return index[a] < own;
        return index[a] > own ? index[a] < p->index[a] : index[a] > p->index[a];
    }
    return false;
}

bool trial_allows(const struct trial *t, const uint16_t *index)
{
    const struct space *s = &t->g->space;

    uint64_t moved = 0;

    for (size_t a = 0; a < s->axes; a++)
        moved |= (uint64_t)(index[a] != s->axis[a].own) << a;
    if (t->one_of != 0 && (moved & t->one_of) == 0)
        return false;
    for (size_t k = 0; k < t->aparts; k++) {
        if ((moved & t->apart[k]) == t->apart[k])
            return false;
    }
    for (size_t k = 0; k < s->rules; k++) {
        if (!space_rule_possible(s, k, index, index))
            return false;
    }
    return true;
}

static double priced(const struct trial *t, const uint16_t *index,
                     uint32_t *changes)
{
    const struct space *s = &t->g->space;
    double cost = 0;

    *changes = 0;
    for (size_t a = 0; a < s->axes; a++) {
        cost += s->axis[a].cost[index[a]];
        *changes += index[a] != s->axis[a].own;
    }
    return cost;
}

enum point trial_keep(struct trial *t, const uint16_t *index, double margin,
                      double native)
{
    uint32_t changes;
    double cost = priced(t, index, &changes);

    if (!better(t, index, cost, changes))
        return POINT_NO_BETTER;
    t->best.found = true;
    t->best.cost = cost;
    t->best.changes = changes;
    t->best.margin = margin;
    t->best.native = native;
    memcpy(t->best.index, index, t->g->space.axes * sizeof *index);
    return POINT_TAKEN;
}

enum point trial_point(struct trial *t, const uint16_t *index)
{
    const struct space *s = &t->g->space;
    double margin, native;
    uint32_t changes;
    double cost = priced(t, index, &changes);

    if (changes == 0 || changes > t->most_changes)
        return POINT_REFUSED;
    if (!better(t, index, cost, changes))
        return POINT_NO_BETTER;
    if (!trial_allows(t, index))
        return POINT_BROKEN;
    if (!space_point(s, index, t->s->quantity))
        return POINT_BROKEN;
    enum verdict v = judge(t, &margin, &native);
    if (v == FAILS)
        return POINT_REFUSED;
    if (v != PASSES) {
        if (!t->guarded || cost < t->guarded_cost)
            t->guarded_cost = cost;
        t->guarded = true;
        return POINT_REFUSED;
    }
    return trial_keep(t, index, margin, native);
}
