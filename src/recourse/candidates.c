/* The candidates of one row. */
#include "recourse/engine.h"

/* Largest magnitude that the rule "zero is missing" takes: 1e-35 as a float. */
#define ZERO_MISSING 1.1e-35

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

size_t distinct_values(double *x, size_t n)
{
    size_t kept = 0;

    qsort(x, n, sizeof *x, compare_doubles);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || x[i] != x[kept - 1])
            x[kept++] = x[i];
    }
    return kept;
}

/* All candidates of a number, unsorted, own value not among them. */
static size_t gather(const struct recourse *r, size_t lever, double own,
                     double *out)
{
    const struct recourse_lever *l = &r->p.lever[lever];
    const struct lever_grid *g = &r->grid[lever];
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < g->whole_count; i++)
        out[n++] = g->whole[i];
    for (size_t i = 0; g->whole == NULL && i < g->thresholds; i++) {
        if (compares_below(r->p.model, own, g->threshold[i]))
            out[n++] = fmax(g->above[i], g->first);
        else
            out[n++] = fmin(g->below[i], g->last);
    }
    for (int i = 0; g->whole == NULL && g->zero_missing && i < 3; i++)
        out[n++] = g->zero[i];
    for (size_t i = 0; i < n; i++) {
        double v = out[i];
        if (!isfinite(v) || v == own || v < l->low || v > l->high ||
            (v > own && l->direction == RECOURSE_DOWN) ||
            (v < own && l->direction == RECOURSE_UP))
            continue;
        out[kept++] = v;
    }
    return distinct_values(out, kept);
}

static void place_own(struct axis *x, size_t n, double own)
{
    size_t at = 0;

    while (at < n && x->value[at] < own)
        at++;
    memmove(x->value + at + 1, x->value + at, (n - at) * sizeof *x->value);
    x->value[at] = own;
    x->own = at;
    x->count = n + 1;
}

static size_t gather_codes(const struct recourse_lever *l, double own,
                           double *out)
{
    size_t n = 0;

    for (size_t i = 0; i < l->codes; i++) {
        bool seen = l->code[i] == own;
        for (size_t k = 0; k < n && !seen; k++)
            seen = out[k] == l->code[i];
        if (!seen)
            out[n++] = l->code[i];
    }
    return n;
}

status axis_make(const struct recourse *r, size_t lever, double own,
                 struct arena *a, struct axis *out, struct error *e)
{
    const struct recourse_lever *l = &r->p.lever[lever];
    const struct lever_grid *g = &r->grid[lever];
    bool fixed = l->frozen || isnan(own);
    size_t room = fixed ? 1 : g->thresholds + g->whole_count + l->codes + 5;

    *out = (struct axis){.count = 1};
    out->value = arena_new_array(a, double, room);
    out->cost = arena_new_array(a, double, room);
    if (out->value == NULL || out->cost == NULL)
        return arena_error(a, e);
    out->value[0] = own;
    if (fixed)
        return ST_OK;
    if (l->code != NULL) {
        out->count = 1 + gather_codes(l, own, out->value + 1);
        out->set = true;
    } else {
        place_own(out, gather(r, lever, own, out->value), own);
        for (size_t i = 0; g->zero_missing && i < out->count; i++)
            out->set |= fabs(out->value[i]) <= ZERO_MISSING;
    }
    if (out->count > AXIS_MAX)
        return error_set(e, ST_LIMIT,
                         "lever \"%s\" has %zu candidate values, at most %d",
                         r->p.model->feature[l->quantity].name, out->count,
                         AXIS_MAX);
    for (size_t i = 0; i < out->count; i++)
        out->cost[i] = recourse_cost(l, own, out->value[i]);
    return ST_OK;
}
