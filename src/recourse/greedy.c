/* A first plan by looking one lever at a time, and what one lever can do. */
#include "recourse/search.h"

enum { IMPROVE_ROUNDS = 4 };

struct probe {
    struct search *s;
    uint16_t index[RECOURSE_LEVERS_MAX];
    double rest; /* cost of the other changes */
    bool lowest; /* the best score is wanted, not only a plan */
    struct nearest best;
};

/* The view of the point, one axis to be varied. */
static void look(struct probe *p)
{
    struct box b = {.low = p->index, .high = p->index};
    const struct space *s = p->s->space;

    view_begin(p->s, &p->s->whole, &b, false, true);
    view_end(p->s, &p->s->whole);
    p->rest = 0;
    for (size_t a = 0; a < s->axes; a++)
        p->rest += s->axis[a].cost[p->index[a]];
}

static void at_point(struct probe *p, size_t k, size_t i, double excess)
{
    struct search *s = p->s;
    const struct axis *x = axis_at(s, k);
    size_t a = s->axis[k];
    uint16_t kept = p->index[a];

    p->index[a] = (uint16_t)i;
    bool allowed = trial_allows(s->t, p->index);
    if (allowed && !(excess > 0))
        (void)trial_point(s->t, p->index);
    if (allowed && p->lowest &&
        (excess < p->best.score ||
         (excess == p->best.score && p->best.axis == (long)a &&
          x->cost[i] < x->cost[p->best.index])))
        p->best = (struct nearest){
            .axis = (long)a, .index = (uint16_t)i, .score = excess};
    p->index[a] = kept;
}

/* Every position of [low, high] (one side of own, `rest` without this axis)
 * that may matter, those nearer to own first. */
static void descend(struct probe *p, size_t k, size_t low, size_t high)
{
    struct search *s = p->s;
    const struct axis *x = axis_at(s, k);
    size_t near = low > x->own ? low : high;
    double excess = excess_with(s, &s->whole, k, low, high);
    bool cheaper =
        !s->t->best.found || p->rest + x->cost[near] < s->t->best.cost;

    if (!(p->lowest && excess < p->best.score) && (excess > 0 || !cheaper))
        return;
    if (low == high) {
        at_point(p, k, low, excess);
        return;
    }
    size_t middle = (low + high) / 2;
    if (low > x->own) {
        descend(p, k, low, middle);
        descend(p, k, middle + 1, high);
    } else {
        descend(p, k, middle + 1, high);
        descend(p, k, low, middle);
    }
}

static void both_sides(struct probe *p, size_t k)
{
    const struct axis *x = axis_at(p->s, k);

    if (x->own > 0)
        descend(p, k, 0, x->own - 1);
    if (x->own + 1 < x->count)
        descend(p, k, x->own + 1, x->count - 1);
}

/* The best single move from the point; tries every plan that it meets. */
static void best_move(struct probe *p)
{
    look(p);
    for (size_t k = 0; k < p->s->n; k++) {
        if (p->index[p->s->axis[k]] == axis_at(p->s, k)->own)
            both_sides(p, k);
    }
}

/* Takes each change of the best plan back in turn, and looks for a cheaper one
 * in its place. */
static void improve(struct probe *p)
{
    struct search *s = p->s;
    double before = INFINITY;

    p->lowest = false;
    for (int i = 0; i < IMPROVE_ROUNDS && s->t->best.cost < before; i++) {
        before = s->t->best.cost;
        for (size_t k = 0; k < s->n; k++) {
            size_t a = s->axis[k], own = axis_at(s, k)->own;
            if (s->t->best.index[a] == own)
                continue;
            memcpy(p->index, s->t->best.index, sizeof p->index);
            p->index[a] = (uint16_t)own;
            best_move(p);
        }
    }
}

status greedy_start(struct search *s, struct nearest *out, struct error *e)
{
    struct probe p = {.s = s, .lowest = true, .best = {.axis = -1, .score = INFINITY}};

    (void)e;
    for (size_t a = 0; a < s->space->axes; a++)
        p.index[a] = (uint16_t)s->space->axis[a].own;
    p.best.score = point_excess(s, p.index);
    best_move(&p);
    *out = p.best;
    for (size_t k = 1; k < s->t->most_changes && !s->t->best.found; k++) {
        if (p.best.axis < 0)
            return ST_OK;
        p.index[p.best.axis] = p.best.index;
        p.best.axis = -1;
        best_move(&p);
    }
    if (s->t->best.found)
        improve(&p);
    return ST_OK;
}
