#include "recourse/price.h"

static double *cell_costs(struct search *s, const struct reader *r,
                          struct arena *a)
{
    const struct axis *x = &s->space->axis[r->axis];
    double *cost = arena_new_array(a, double, r->cells);

    for (size_t c = 0; cost != NULL && c < r->cells; c++)
        cost[c] = INFINITY;
    for (size_t i = 0; cost != NULL && i < x->count; i++) {
        size_t c = r->cell == NULL ? i : r->cell[i];
        cost[c] = fmin(cost[c], x->cost[i]);
    }
    return cost;
}

static size_t own_cell(const struct search *s, const struct reader *r)
{
    size_t own = s->space->axis[r->axis].own;

    return r->cell == NULL ? own : r->cell[own];
}

static uint16_t clamp(uint16_t x, uint16_t low, uint16_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* --- making --------------------------------------------------------------- */

static bool priced(const struct search *s, const struct reader *r)
{
    if (r->kind != READER_INTERVAL)
        return false;
    for (size_t k = 0; k < s->n; k++) {
        if (s->axis[k] == r->axis)
            return true;
    }
    return false;
}

/* The group's slots; *end: the next free place in gain. */
static void add_slots(struct search *s, struct pricer *p, size_t group)
{
    const struct group *g = &s->g->group[group];

    for (uint32_t j = 0; j < g->readers; j++) {
        const struct reader *r = &s->g->reader[g->reader[j]];
        if (p->cost[g->reader[j]] == NULL)
            continue;
        struct price_slot *x = &p->slot[p->slots++];
        *x = (struct price_slot){.slot = (uint16_t)j,
                                 .reader = g->reader[j],
                                 .own = (uint16_t)own_cell(s, r),
                                 .at = p->room};
        x->first = x->last = x->own;
        for (uint32_t i = 0; i < g->leaves; i++) {
            const struct reach *y = &g->reach[i * g->readers + j];
            uint16_t near = clamp(x->own, y->low, y->high);
            x->first = near < x->first ? near : x->first;
            x->last = near > x->last ? near : x->last;
        }
        p->room += r->cells;
    }
}

static status add_near(struct search *s, struct pricer *p, size_t group,
                       struct arena *a, struct error *e)
{
    const struct group *g = &s->g->group[group];
    size_t n = p->first[group + 1] - p->first[group];

    p->near[group] = arena_new_array(a, uint16_t, g->leaves * n + 1);
    if (p->near[group] == NULL)
        return arena_error(a, e);
    for (uint32_t i = 0; i < g->leaves; i++) {
        for (size_t j = 0; j < n; j++) {
            const struct price_slot *x = &p->slot[p->first[group] + j];
            const struct reach *y = &g->reach[i * g->readers + x->slot];
            p->near[group][i * n + j] = clamp(x->own, y->low, y->high);
        }
    }
    return ST_OK;
}

static status make(struct search *s, struct pricer *p, struct arena *a,
                   struct error *e)
{
    const struct game *g = s->g;
    size_t slots = 0;

    for (size_t i = 0; i < g->groups; i++)
        slots += g->group[i].readers;
    p->slot = arena_new_array(a, struct price_slot, slots + 1);
    p->first = arena_new_array(a, size_t, g->groups + 1);
    p->near = arena_new_array(a, uint16_t *, g->groups + 1);
    p->cost = arena_new_array(a, double *, g->readers + 1);
    p->set.mu = arena_new_array(a, double, g->parts);
    if (p->slot == NULL || p->first == NULL || p->near == NULL ||
        p->cost == NULL || p->set.mu == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < g->readers; i++) {
        if (!priced(s, &g->reader[i]))
            continue;
        p->cost[i] = cell_costs(s, &g->reader[i], a);
        if (p->cost[i] == NULL)
            return arena_error(a, e);
    }
    for (size_t i = 0; i < g->groups; i++) {
        add_slots(s, p, i);
        p->first[i + 1] = p->slots;
        TRY(add_near(s, p, i, a, e));
    }
    p->gain = arena_new_array(a, double, p->room + 1);
    p->set.share = arena_new_array(a, double, p->room + 1);
    return p->gain == NULL || p->set.share == NULL ? arena_error(a, e) : ST_OK;
}

/* --- ascent --------------------------------------------------------------- */

struct ascent {
    struct search *s;
    struct pricer *p;
    double *share, *mu, *slope; /* now; slope [parts] */
    double *total;              /* [most cells] of a step's gains */
    uint32_t *pick;             /* [groups]: the leaf each takes */
};

static bool is_step(const struct price_slot *x, size_t c)
{
    return c != x->own && c >= x->first && c <= x->last;
}

/* Does the group's leaf lie at the step or beyond? */
static bool uses(const struct price_slot *x, uint16_t near, size_t c)
{
    return c > x->own ? near >= c : near <= c;
}

static void add_up(const struct ascent *a)
{
    const struct pricer *p = a->p;

    for (size_t i = 0; i < p->slots; i++) {
        const struct price_slot *x = &p->slot[i];
        double *share = a->share + x->at;
        const double *gain = p->gain + x->at;
        size_t cells = a->s->g->reader[x->reader].cells;
        share[x->own] = 0;
        for (size_t c = x->own + 1u; c < cells; c++)
            share[c] = share[c - 1] + gain[c];
        for (size_t c = x->own; c-- > 0;)
            share[c] = share[c + 1] + gain[c];
    }
}

/* A little less than what the step costs, so that rounding of sums of gains
 * never takes them beyond it. */
static double step_cost(const double *cost, size_t own, size_t c)
{
    double step = cost[c] - cost[c > own ? c - 1 : c + 1];

    return fmax(0, step * (1 - 1e-9) - 1e-12 * cost[c]);
}

/* Gains of each step scaled to sum to what the step costs. */
static void normalise(const struct ascent *a)
{
    const struct pricer *p = a->p;

    for (size_t r = 0; r < a->s->g->readers; r++) {
        size_t cells = a->s->g->reader[r].cells;
        if (p->cost[r] == NULL)
            continue;
        memset(a->total, 0, cells * sizeof *a->total);
        for (size_t i = 0; i < p->slots; i++) {
            const struct price_slot *x = &p->slot[i];
            for (size_t c = x->first; x->reader == r && c <= x->last; c++)
                a->total[c] += p->gain[x->at + c];
        }
        for (size_t i = 0; i < p->slots; i++) {
            const struct price_slot *x = &p->slot[i];
            for (size_t c = x->first; x->reader == r && c <= x->last; c++) {
                if (c == x->own || !(a->total[c] > 0))
                    continue;
                p->gain[x->at + c] *=
                    step_cost(p->cost[r], x->own, c) / a->total[c];
            }
        }
    }
}

/* Every group's cheapest leaf; the bound and its slope in μ. */
static double pick_leaves(const struct ascent *a)
{
    const struct game *g = a->s->g;
    const struct pricer *p = a->p;
    double bound = 0;

    for (size_t s = 0; s < g->parts; s++) {
        a->slope[s] = g->constant[s] - a->s->limit[s];
        bound += a->mu[s] * a->slope[s];
    }
    for (size_t i = 0; i < g->groups; i++) {
        const struct group *x = &g->group[i];
        size_t first = p->first[i], n = p->first[i + 1] - first;
        double best = INFINITY;
        for (uint32_t k = 0; k < x->leaves; k++) {
            uint64_t open = a->s->base[x->first_word + k / WORD_LEAVES];
            double v = a->mu[x->score] * x->value[k];
            if ((open << k % WORD_LEAVES >> 63) == 0)
                continue;
            for (size_t j = 0; j < n && v < best; j++)
                v += a->share[p->slot[first + j].at + p->near[i][k * n + j]];
            if (v < best) {
                best = v;
                a->pick[i] = k;
            }
        }
        bound += best;
        a->slope[x->score] += x->value[a->pick[i]];
    }
    return bound;
}

static void keep(const struct ascent *a, double bound)
{
    struct price_set *set = &a->p->set;

    set->bound = bound;
    memcpy(set->mu, a->mu, a->s->g->parts * sizeof *a->mu);
    memcpy(set->share, a->share, a->p->room * sizeof *a->share);
}

/* Steps that a group's leaf makes become dearer to it, the others cheaper. */
static void move_gains(const struct ascent *a, double rate)
{
    const struct pricer *p = a->p;

    for (size_t i = 0; i < a->s->g->groups; i++) {
        size_t first = p->first[i], n = p->first[i + 1] - first;
        for (size_t j = 0; j < n; j++) {
            const struct price_slot *x = &p->slot[first + j];
            uint16_t near = p->near[i][a->pick[i] * n + j];
            for (size_t c = x->first; c <= x->last; c++) {
                if (is_step(x, c) && uses(x, near, c))
                    p->gain[x->at + c] *= 1 + rate;
            }
        }
    }
}

static void move_mu(const struct ascent *a, double bound, double damping)
{
    const struct best_plan *best = &a->s->t->best;
    double target = best->found ? best->cost : 1.5 * fabs(bound) + 1;
    double square = 0;

    for (size_t s = 0; s < a->s->g->parts; s++)
        square += a->slope[s] * a->slope[s];
    double step = square > 0 ? damping * fmax(target - bound, 0) / square : 0;
    for (size_t s = 0; s < a->s->g->parts; s++)
        a->mu[s] = fmax(0, a->mu[s] + step * a->slope[s]);
}

static void ascend(struct ascent *a)
{
    struct pricer *p = a->p;

    for (size_t i = 0; i < p->slots; i++) {
        const struct price_slot *x = &p->slot[i];
        for (size_t c = x->first; c <= x->last; c++)
            p->gain[x->at + c] = is_step(x, c) ? 1 : 0;
    }
    for (int i = 0; i < PRICE_ROUNDS; i++) {
        double fade = 1 - (double)i / PRICE_ROUNDS;
        normalise(a);
        add_up(a);
        double bound = pick_leaves(a);
        if (bound > p->set.bound)
            keep(a, bound);
        move_gains(a, 0.8 * fade + 0.01);
        move_mu(a, bound, 0.8 * fade + 0.02);
    }
}

status price_start(struct search *s, struct error *e)
{
    struct arena *a = s->t->s->boxes;
    struct pricer *p = arena_new_one(a, struct pricer);
    size_t cells = 1;

    if (p == NULL)
        return arena_error(a, e);
    TRY(make(s, p, a, e));
    for (size_t i = 0; i < s->g->readers; i++)
        cells = s->g->reader[i].cells > cells ? s->g->reader[i].cells : cells;
    struct ascent x = {.s = s, .p = p};
    x.share = arena_new_array(a, double, p->room + 1);
    x.mu = arena_new_array(a, double, 2 * s->g->parts);
    x.total = arena_new_array(a, double, cells);
    x.pick = arena_new_array(a, uint32_t, s->g->groups + 1);
    if (x.share == NULL || x.mu == NULL || x.total == NULL || x.pick == NULL)
        return arena_error(a, e);
    x.slope = x.mu + s->g->parts;
    ascend(&x);
    if (p->set.bound > 0)
        s->pricer = p;
    return ST_OK;
}
