/* Printable values of the levers, whatever the row: on either side of each
 * threshold, or the whole grid. */
#include "base/num.h"
#include "recourse/engine.h"

/* Beyond this many steps from zero every double is its own decimal. */
#define GRID_STEPS 0x1p50
/* A printed form that never passes an edge ends the search here. */
#define GRID_FAR 0x1p52

bool compares_below(const struct model *m, double x, double threshold)
{
    return m->compare == COMPARE_LESS_FLOAT ? (float)x < (float)threshold
                                            : x <= threshold;
}

static double reread(const struct recourse *r, size_t lever, double value)
{
    char text[NUM_TEXT_MAX * 9];
    double back;

    if (r->p.reread != NULL)
        return r->p.reread(r->p.reread_context, lever, value);
    size_t n = num_fixed(value, r->grid[lever].decimals, text);
    if (!num_parse(text, n, &back))
        return value;
    return back == 0 ? 0.0 : back; /* never −0 */
}

struct ruler {
    const struct recourse *r;
    size_t lever;
    double unit;
};

static double ruler_value(const struct ruler *u, double k)
{
    return reread(u->r, u->lever, k * u->unit);
}

/* Is grid value k on the upper side of the edge? */
struct edge {
    double at;
    bool closed;    /* upper side: value >= at (else the model's comparison) */
    bool inclusive; /* with closed: false means value > at */
};

static bool upper(const struct ruler *u, const struct edge *g, double k)
{
    double v = ruler_value(u, k);

    if (!g->closed)
        return !compares_below(u->r->p.model, v, g->at);
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
static void threshold_sides(const struct recourse *r, size_t lever, double t,
                            double *above, double *below)
{
    struct ruler u = {r, lever, r->grid[lever].unit};
    struct edge g = {t, false, false};

    if (fabs(t) < GRID_STEPS * u.unit) {
        double k = first_upper(&u, &g);
        *above = ruler_value(&u, k);
        *below = ruler_value(&u, k - 1);
        if (compares_below(r->p.model, *above, t))
            *above = NAN;
        if (!compares_below(r->p.model, *below, t))
            *below = NAN;
        return;
    }
    bool narrow = r->p.model->compare == COMPARE_LESS_FLOAT;
    *above = narrow ? (double)(float)t : nextafter(t, INFINITY);
    *below = narrow ? float_step(t, -INFINITY) : t;
    if (!isfinite(*above))
        *above = NAN;
    if (!isfinite(*below))
        *below = NAN;
}

static double as_compared(const struct model *m, double t)
{
    t = m->compare == COMPARE_LESS_FLOAT ? num_float(t) : t;
    return t == 0 ? 0.0 : t;
}

/* Counts, then (with `out`) gathers the thresholds of every lever. */
static void visit_thresholds(const struct recourse *r, struct lever_grid *grid,
                             double *const *out, size_t *count)
{
    const struct model *m = r->p.model;

    memset(count, 0, r->p.levers * sizeof *count);
    for (size_t i = 0; i < r->trees; i++) {
        const struct tree *t = &m->tree[r->tree[i]];
        for (uint32_t k = 0; k < t->node_count; k++) {
            const struct node *n = &t->node[k];
            int32_t l = n->feature < 0 ? -1 : r->lever_of[n->feature];
            if (l < 0)
                continue;
            if (n->categorical) {
                grid[l].sets = true;
                continue;
            }
            grid[l].zero_missing |= n->missing == MISSING_ZERO;
            if (out != NULL)
                out[l][count[l]] = as_compared(m, n->threshold);
            count[l]++;
        }
    }
}

static status thresholds_make(struct recourse *r, struct lever_grid *grid,
                              struct error *e)
{
    size_t count[RECOURSE_LEVERS_MAX];
    double *list[RECOURSE_LEVERS_MAX];

    visit_thresholds(r, grid, NULL, count);
    for (size_t l = 0; l < r->p.levers; l++) {
        list[l] = arena_new_array(r->arena, double, count[l] + 1);
        if (list[l] == NULL)
            return arena_error(r->arena, e);
    }
    visit_thresholds(r, grid, list, count);
    for (size_t l = 0; l < r->p.levers; l++) {
        grid[l].threshold = list[l];
        grid[l].thresholds = distinct_values(list[l], count[l]);
    }
    return ST_OK;
}

static size_t find_threshold(const struct lever_grid *g, double t)
{
    size_t low = 0, high = g->thresholds;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (g->threshold[middle] < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void ranks_make(struct recourse *r, uint32_t *rank)
{
    const struct model *m = r->p.model;

    for (size_t i = 0; i < r->trees; i++) {
        const struct tree *t = &m->tree[r->tree[i]];
        for (uint32_t k = 0; k < t->node_count; k++) {
            const struct node *n = &t->node[k];
            int32_t l = n->feature < 0 ? -1 : r->lever_of[n->feature];
            if (l >= 0 && !n->categorical)
                rank[r->first_node[r->tree[i]] + k] = (uint32_t)find_threshold(
                    &r->grid[l], as_compared(m, n->threshold));
        }
    }
}

static bool in_order_rule(const struct recourse *r, size_t feature)
{
    for (size_t i = 0; i < r->p.orders; i++) {
        if (r->p.order[i].feature_a == feature ||
            r->p.order[i].feature_b == feature)
            return true;
    }
    return false;
}

static status whole_grid(struct recourse *r, size_t lever,
                         struct lever_grid *g, struct error *e)
{
    const struct recourse_lever *l = &r->p.lever[lever];
    const char *name = r->p.model->feature[l->quantity].name;
    struct ruler u = {r, lever, g->unit};
    struct edge low = {l->low, true, true}, high = {l->high, true, false};

    if (!isfinite(l->low) || !isfinite(l->high))
        return error_set(e, ST_ARGUMENT,
                         "lever \"%s\" stands in an order rule and needs a "
                         "lowest and a highest value",
                         name);
    if (!((l->high - l->low) / g->unit <= (double)r->p.most_candidates))
        return error_set(e, ST_LIMIT,
                         "lever \"%s\" stands in an order rule and has %.0f "
                         "values on its grid, at most %zu; give a larger step",
                         name, (l->high - l->low) / g->unit,
                         r->p.most_candidates);
    double from = first_upper(&u, &low), to = first_upper(&u, &high);
    size_t n = to > from ? (size_t)(to - from) : 0;
    double *value = arena_new_array(r->arena, double, n + 1);
    if (value == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < n; i++)
        value[i] = ruler_value(&u, from + (double)i);
    g->whole = value;
    g->whole_count = n;
    return ST_OK;
}

static status sides_make(struct recourse *r, size_t lever,
                         struct lever_grid *g, struct error *e)
{
    const struct recourse_lever *l = &r->p.lever[lever];
    struct ruler u = {r, lever, g->unit};
    double *above = arena_new_array(r->arena, double, g->thresholds + 1);
    double *below = arena_new_array(r->arena, double, g->thresholds + 1);
    struct edge low = {l->low, true, true}, high = {l->high, true, false};

    if (above == NULL || below == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < g->thresholds; i++)
        threshold_sides(r, lever, g->threshold[i], &above[i], &below[i]);
    g->above = above;
    g->below = below;
    g->first = fabs(l->low) < GRID_STEPS * g->unit
                   ? ruler_value(&u, first_upper(&u, &low))
                   : l->low;
    g->last = fabs(l->high) < GRID_STEPS * g->unit
                  ? ruler_value(&u, first_upper(&u, &high) - 1)
                  : l->high;
    for (int i = 0; i < 3; i++)
        g->zero[i] = ruler_value(&u, i - 1);
    return ST_OK;
}

status grids_make(struct recourse *r, struct error *e)
{
    const struct model *m = r->p.model;
    struct lever_grid *grid =
        arena_new_array(r->arena, struct lever_grid, r->p.levers + 1);
    uint32_t *rank =
        arena_new_array(r->arena, uint32_t, r->first_node[m->trees] + 1);

    if (grid == NULL || rank == NULL)
        return arena_error(r->arena, e);
    memcpy(grid, r->grid, r->p.levers * sizeof *grid);
    r->grid = grid;
    TRY(thresholds_make(r, grid, e));
    for (size_t l = 0; l < r->p.levers; l++) {
        const struct recourse_lever *v = &r->p.lever[l];
        if (v->code != NULL || v->frozen)
            continue;
        if (grid[l].sets)
            return error_set(e, ST_ARGUMENT,
                             "lever \"%s\" is a category for the model; name "
                             "the categories it may take",
                             m->feature[v->quantity].name);
        if (in_order_rule(r, v->quantity))
            TRY(whole_grid(r, l, &grid[l], e));
        else
            TRY(sides_make(r, l, &grid[l], e));
    }
    r->rank = rank;
    ranks_make(r, rank);
    return ST_OK;
}
