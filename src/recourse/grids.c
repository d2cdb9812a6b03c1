/* Printable values of the levers: on either side of each threshold, or the
 * whole grid. */
#include "recourse/grids.h"

#include "base/num.h"

#include <stdlib.h>

/* Beyond this many steps from zero every double is its own decimal. */
#define GRID_STEPS 0x1p50
/* A printed form that never passes an edge ends the search here. */
#define GRID_FAR 0x1p52

static bool below(enum model_compare how, double x, double edge)
{
    return how == COMPARE_AT_MOST_DOUBLE ? x <= edge : (float)x < (float)edge;
}

bool compares_below(const struct model *m, double x, double edge)
{
    return below(m->compare, x, edge);
}

struct ruler {
    const struct recourse *r;
    size_t lever;
    double unit;
    int decimals;
};

static double ruler_value(const struct ruler *u, double k)
{
    const struct recourse_problem *p = &u->r->p;
    char text[NUM_TEXT_MAX * 9];
    double back, value = k * u->unit;

    if (p->reread != NULL)
        return p->reread(p->reread_context, u->lever, value);
    size_t n = num_fixed(value, u->decimals, text);
    if (!num_parse(text, n, &back))
        return value;
    return back == 0 ? 0.0 : back; /* never −0 */
}

/* Is grid value k on the upper side of the edge? */
struct edge {
    double at;
    bool closed;    /* upper side: value >= at (else the model's comparison) */
    bool inclusive; /* with closed: false means value > at */
    enum model_compare how;
};

static bool upper(const struct ruler *u, const struct edge *g, double k)
{
    double v = ruler_value(u, k);

    if (!g->closed)
        return !below(g->how, v, g->at);
    return g->inclusive ? v >= g->at : v > g->at;
}

/* Smallest k on the upper side; galloping, since float32 comparison may put
 * the edge many fine steps away. */
static double first_upper(const struct ruler *u, const struct edge *g)
{
    double k = ceil(g->at / u->unit), step = 1, low, high;

    if (upper(u, g, k)) {
        high = k;
        low = k - step;
        while (low > -GRID_FAR && upper(u, g, low)) {
            high = low;
            step *= 2;
            low -= step;
        }
    } else {
        low = k;
        high = k + step;
        while (high < GRID_FAR && !upper(u, g, high)) {
            low = high;
            step *= 2;
            high += step;
        }
    }
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (upper(u, g, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

static double float_step(double x, double toward)
{
    return (double)nextafterf((float)x, (float)toward);
}

/* Nearest grid values on both sides of a threshold. */
static void cut_sides(const struct ruler *u, struct cut *c)
{
    struct edge g = {c->at, false, false, c->compare};
    bool narrow = c->compare != COMPARE_AT_MOST_DOUBLE;

    if (fabs(c->at) < GRID_STEPS * u->unit) {
        double k = first_upper(u, &g);
        c->above = ruler_value(u, k);
        c->below = ruler_value(u, k - 1);
        if (below(c->compare, c->above, c->at))
            c->above = NAN;
        if (!below(c->compare, c->below, c->at))
            c->below = NAN;
        return;
    }
    c->above = narrow ? (double)(float)c->at : nextafter(c->at, INFINITY);
    c->below = narrow ? float_step(c->at, -(double)INFINITY) : c->at;
    if (!isfinite(c->above))
        c->above = NAN;
    if (!isfinite(c->below))
        c->below = NAN;
}

/* --- thresholds of all scores ------------------------------------------------------- */

static bool zero_missing_of(const struct node *n)
{
    return n->missing == MISSING_ZERO;
}

/* Calls for every split of a lever's quantity; `out` NULL: counts. */
static status visit(const struct recourse *r, struct lever_grid *grid,
                    const int32_t *lever_of, struct cut *const *out,
                    size_t *count, struct error *e)
{
    memset(count, 0, r->p.levers * sizeof *count);
    for (size_t s = 0; s < r->p.scores; s++) {
        const struct recourse_score *x = &r->p.score[s];
        const struct model *m = x->model;
        for (size_t i = 0; i < m->trees; i++) {
            const struct tree *t = &m->tree[i];
            for (uint32_t k = 0; t->output == x->output && k < t->node_count;
                 k++) {
                const struct node *n = &t->node[k];
                if (n->feature < 0)
                    continue;
                size_t f = (size_t)n->feature;
                int32_t l = lever_of[x->quantity ? x->quantity[f] : f];
                if (l < 0)
                    continue;
                if (n->categorical)
                    return error_set(e, ST_ARGUMENT,
                                     "lever \"%s\" is a category for the "
                                     "model; name the categories it may take",
                                     lever_name(&r->p, (size_t)l));
                grid[l].zero_missing |= zero_missing_of(n);
                double at = node_edge(m, n);
                enum model_compare how =
                    m->compare == COMPARE_AT_MOST_DOUBLE
                        ? COMPARE_AT_MOST_DOUBLE : COMPARE_LESS_FLOAT;
                if (out != NULL)
                    out[l][count[l]] = (struct cut){.at = at == 0 ? 0.0 : at,
                                                    .compare = how};
                count[l]++;
            }
        }
    }
    return ST_OK;
}

static int by_threshold(const void *a, const void *b)
{
    const struct cut *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (int)x->compare - (int)y->compare;
}

static status thresholds(const struct recourse *r, struct arena *a,
                         struct lever_grid *grid, struct error *e)
{
    size_t count[RECOURSE_LEVERS_MAX];
    struct cut *list[RECOURSE_LEVERS_MAX];
    int32_t *lever_of = arena_new_array(a, int32_t, r->p.quantities + 1);

    if (lever_of == NULL)
        return arena_error(a, e);
    for (size_t q = 0; q < r->p.quantities; q++)
        lever_of[q] = -1;
    for (size_t l = 0; l < r->p.levers; l++) {
        const struct recourse_lever *v = &r->p.lever[l];
        if (v->quantity != RECOURSE_NO_QUANTITY && v->code == NULL &&
            !v->frozen)
            lever_of[v->quantity] = (int32_t)l;
    }
    TRY(visit(r, grid, lever_of, NULL, count, e));
    for (size_t l = 0; l < r->p.levers; l++) {
        list[l] = arena_new_array(a, struct cut, count[l] + 1);
        if (list[l] == NULL)
            return arena_error(a, e);
    }
    TRY(visit(r, grid, lever_of, list, count, e));
    for (size_t l = 0; l < r->p.levers; l++) {
        size_t kept = 0;
        qsort(list[l], count[l], sizeof *list[l], by_threshold);
        for (size_t i = 0; i < count[l]; i++)
            if (kept == 0 || by_threshold(&list[l][kept - 1], &list[l][i]) != 0)
                list[l][kept++] = list[l][i];
        grid[l].cut = list[l];
        grid[l].cuts = kept;
    }
    return ST_OK;
}

/* --- grids ------------------------------------------------------------------------------ */

static status no_value(const struct ruler *u, struct error *e)
{
    const struct recourse_lever *l = &u->r->p.lever[u->lever];

    return error_set(e, ST_ARGUMENT,
                     "lever \"%s\" has no value on its grid between %.9g and "
                     "%.9g; give a wider range or a smaller step",
                     lever_name(&u->r->p, u->lever), l->low, l->high);
}

static status whole_grid(const struct ruler *u, struct arena *a,
                         struct lever_grid *g, struct error *e)
{
    const struct recourse_problem *p = &u->r->p;
    const struct recourse_lever *l = &p->lever[u->lever];
    const char *name = lever_name(p, u->lever);
    struct edge low = {.at = l->low, .closed = true, .inclusive = true};
    struct edge high = {.at = l->high, .closed = true};

    if (!isfinite(l->low) || !isfinite(l->high))
        return error_set(e, ST_ARGUMENT,
                         "lever \"%s\" stands in a rule or a formula, or the "
                         "model reads its value itself, so that it needs a "
                         "lowest and a highest value",
                         name);
    if (!((l->high - l->low) / u->unit <= (double)p->most_candidates))
        return error_set(e, ST_LIMIT,
                         "lever \"%s\" stands in a rule or a formula, or the "
                         "model reads its value itself: it has %.0f values on "
                         "its grid, at most %zu; give a larger step, or low "
                         "and high",
                         name, (l->high - l->low) / u->unit,
                         p->most_candidates);
    double from = first_upper(u, &low), to = first_upper(u, &high);
    size_t n = to > from ? (size_t)(to - from) : 0;
    if (n == 0)
        return no_value(u, e);
    double *value = arena_new_array(a, double, n + 1);
    if (value == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < n; i++)
        value[i] = ruler_value(u, from + (double)i);
    g->whole = value;
    g->whole_count = n;
    return ST_OK;
}

static status sides(const struct ruler *u, struct lever_grid *g,
                    struct error *e)
{
    const struct recourse_lever *l = &u->r->p.lever[u->lever];
    struct edge low = {.at = l->low, .closed = true, .inclusive = true};
    struct edge high = {.at = l->high, .closed = true};

    for (size_t i = 0; i < g->cuts; i++)
        cut_sides(u, &g->cut[i]);
    g->first = fabs(l->low) < GRID_STEPS * u->unit
                   ? ruler_value(u, first_upper(u, &low))
                   : l->low;
    g->last = fabs(l->high) < GRID_STEPS * u->unit
                  ? ruler_value(u, first_upper(u, &high) - 1)
                  : l->high;
    for (int i = 0; i < 3; i++)
        g->zero[i] = ruler_value(u, i - 1);
    return g->first <= g->last ? ST_OK : no_value(u, e);
}

static int by_place(const void *a, const void *b)
{
    const struct grid_share *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* Candidates are few against rows, and a sample is long: it is searched once
 * for each of them here, not once a row. */
static status shares(const struct recourse_lever *l, struct arena *a,
                     struct lever_grid *g, struct error *e)
{
    size_t n = 0, kept = 0;
    struct grid_share *s = arena_new_array(
        a, struct grid_share, g->whole_count + 2 * g->cuts + 5);

    if (s == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < g->whole_count; i++)
        s[n++].at = g->whole[i];
    for (size_t i = 0; g->whole_count == 0 && i < g->cuts; i++) {
        s[n++].at = fmax(g->cut[i].above, g->first);
        s[n++].at = fmin(g->cut[i].below, g->last);
    }
    for (int i = 0; g->whole_count == 0 && i < 3; i++)
        s[n++].at = g->zero[i];
    qsort(s, n, sizeof *s, by_place);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || s[i].at != s[kept - 1].at)
            s[kept++] = (struct grid_share){s[i].at, lever_share(l, s[i].at)};
    }
    g->share = s;
    g->shares = kept;
    return ST_OK;
}

status grids_make(const struct recourse *r, struct arena *a,
                  const struct grids **out, struct error *e)
{
    struct grids *g = arena_new_array(a, struct grids, 1);

    *out = g;
    if (g == NULL)
        return arena_error(a, e);
    g->lever = arena_new_array(a, struct lever_grid, r->p.levers + 1);
    if (g->lever == NULL)
        return arena_error(a, e);
    TRY(thresholds(r, a, g->lever, e));
    for (size_t l = 0; l < r->p.levers; l++) {
        struct lever_grid *own = &g->lever[l];
        struct ruler u = {.r = r, .lever = l};
        if (r->p.lever[l].code != NULL || r->p.lever[l].frozen)
            continue;
        TRY(lever_unit(&r->p, l, &own->unit, &own->decimals, e));
        u.unit = own->unit;
        u.decimals = own->decimals;
        if (r->whole[l])
            TRY(whole_grid(&u, a, own, e));
        else
            TRY(sides(&u, own, e));
        if (r->p.lever[l].cost == RECOURSE_PERCENTILE)
            TRY(shares(&r->p.lever[l], a, own, e));
    }
    return ST_OK;
}
