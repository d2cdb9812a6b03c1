/* The candidates of one row. */
#include "recourse/axes.h"

#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts, drops repeats; how many are left. Mostly they are in order already. */
static size_t distinct_values(double *x, size_t n)
{
    size_t kept = 0;
    bool sorted = true;

    for (size_t i = 1; i < n && sorted; i++)
        sorted = x[i - 1] <= x[i];
    if (!sorted)
        qsort(x, n, sizeof *x, compare_doubles);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || x[i] != x[kept - 1])
            x[kept++] = x[i];
    }
    return kept;
}

static bool left_of(const struct cut *c, double x)
{
    return c->compare == COMPARE_AT_MOST_DOUBLE ? x <= c->at
                                                : (float)x < (float)c->at;
}

/* One value a cell; from a missing value no cell is nearer than another, so
 * both sides of each threshold are named. */
static size_t cell_values(const struct lever_grid *g, double own, double *out)
{
    size_t n = 0;

    for (size_t i = 0; i < g->cuts; i++) {
        const struct cut *c = &g->cut[i];
        bool up = !isnan(own) && left_of(c, own);
        if (up || isnan(own))
            out[n++] = fmax(c->above, g->first);
        if (!up)
            out[n++] = fmin(c->below, g->last);
    }
    for (int i = 0; g->zero_missing && i < 3; i++)
        out[n++] = g->zero[i];
    return n;
}

/* All candidates of a number, ascending, own value not among them. */
static size_t number_values(const struct recourse *r, size_t lever, double own,
                            double *out)
{
    const struct recourse_lever *l = &r->p.lever[lever];
    const struct lever_grid *g = &r->grids->lever[lever];
    size_t n = 0, kept = 0;

    if (r->whole[lever]) {
        n = g->whole_count;
        memcpy(out, g->whole, n * sizeof *out);
    } else {
        n = cell_values(g, own, out);
    }
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

/* Codes other than the own one, each once, those that its direction allows. */
static size_t code_values(const struct recourse_lever *l, double own,
                          double *out)
{
    size_t n = 0, at = l->codes;

    for (size_t i = 0; i < l->codes; i++)
        at = l->code[i] == own ? i : at;
    for (size_t i = 0; i < l->codes; i++) {
        bool seen = i == at || l->code[i] == own;
        for (size_t k = 0; k < n && !seen; k++)
            seen = out[k] == l->code[i];
        if (l->ordered && !isnan(own))
            seen |= (i > at && l->direction == RECOURSE_DOWN) ||
                    (i < at && l->direction == RECOURSE_UP) || at == l->codes;
        if (!seen)
            out[n++] = l->code[i];
    }
    return n;
}

/* Of a one-hot group: the code whose indicator is 1, or the one without an
 * indicator where all are 0; NaN: neither. */
static double indicated(const struct recourse_lever *l, const double *row)
{
    double code = NAN;
    size_t ones = 0, zeros = 0;

    for (size_t k = 0; k < l->effects; k++) {
        double v = row[l->effect[k].quantity];
        if (v == 1)
            code = l->effect[k].code;
        ones += v == 1;
        zeros += v == 0;
    }
    if (ones + zeros != l->effects || ones > 1)
        return NAN;
    for (size_t i = 0; ones == 0 && i < l->codes && isnan(code); i++) {
        bool has = false;
        for (size_t k = 0; k < l->effects; k++)
            has |= l->effect[k].code == l->code[i];
        code = has ? code : l->code[i];
    }
    return code;
}

double lever_own(const struct recourse_lever *l, const double *row)
{
    if (l->quantity != RECOURSE_NO_QUANTITY)
        return row[l->quantity];
    return l->code != NULL ? indicated(l, row) : 0;
}

/* Do the indicators of a category say what its own input says? */
static bool is_consistent(const struct recourse_lever *l, const double *row,
                          double own)
{
    for (size_t k = 0; k < l->effects; k++) {
        const struct recourse_effect *x = &l->effect[k];
        if (x->kind == RECOURSE_INDICATE &&
            row[x->quantity] != (double)(own == x->code))
            return false;
    }
    return true;
}

static bool cannot_move(const struct recourse_lever *l, const double *row,
                        double own)
{
    if (l->frozen || isinf(own))
        return true;
    if (isnan(own))
        return l->quantity == RECOURSE_NO_QUANTITY || !(l->known_cost >= 0);
    return !is_consistent(l, row, own);
}

/* Costs of all candidates; numbers beside own ascend. */
static void fill_costs(const struct recourse_lever *l,
                       const struct lever_grid *g, double own, struct axis *x)
{
    bool shared = g->shares > 0 && !isnan(own);
    double from = shared ? lever_share(l, own) : 0;
    size_t k = 0;

    for (size_t i = 0; i < x->count; i++) {
        double v = x->value[i];
        if (!shared || v == own || isnan(v)) {
            x->cost[i] = recourse_cost(l, own, v);
            continue;
        }
        while (g->share[k].at < v)
            k++;
        x->cost[i] = lever_share_cost(l, from, g->share[k].share);
    }
}

struct listed {
    double value, cost;
    size_t place;
};

static int by_cost(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;

    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Own first, then by cost, then as they stood. */
static status list_axis(struct axis *x, struct arena *a, struct error *e)
{
    struct listed *list = arena_new_array(a, struct listed, x->count);

    if (list == NULL)
        return arena_error(a, e);
    x->listed = true;
    x->own = 0;
    for (size_t i = 1; i < x->count; i++)
        list[i] = (struct listed){x->value[i], x->cost[i], i};
    qsort(list + 1, x->count - 1, sizeof *list, by_cost);
    for (size_t i = 1; i < x->count; i++) {
        x->value[i] = list[i].value;
        x->cost[i] = list[i].cost;
    }
    return ST_OK;
}

/* value[0] is own, the others in order: own takes its place among them. */
static void order_axis(const struct recourse_lever *l, struct axis *x)
{
    double own = x->value[0];
    size_t at = 0;

    if (l->code != NULL) {
        size_t place = 0;
        while (place < l->codes && l->code[place] != own)
            place++;
        for (size_t k = 0; k < place && at + 1 < x->count; k++)
            at += l->code[k] == x->value[at + 1];
    } else {
        while (at + 1 < x->count && x->value[at + 1] < own)
            at++;
    }
    memmove(x->value, x->value + 1, at * sizeof *x->value);
    x->value[at] = own;
    x->own = at;
}

status axis_make(const struct recourse *r, size_t lever, const double *row,
                 struct arena *a, struct axis *out, struct error *e)
{
    const struct recourse_lever *l = &r->p.lever[lever];
    const struct lever_grid *g = &r->grids->lever[lever];
    double own = lever_own(l, row);
    bool fixed = cannot_move(l, row, own);
    size_t room = fixed ? 1 : 2 * g->cuts + g->whole_count + l->codes + 6;

    *out = (struct axis){.count = 1, .whole = r->whole[lever]};
    out->value = arena_new_array(a, double, room);
    out->cost = arena_new_array(a, double, room);
    if (out->value == NULL || out->cost == NULL)
        return arena_error(a, e);
    out->value[0] = own;
    if (fixed)
        return ST_OK;
    out->count += l->code != NULL ? code_values(l, own, out->value + 1)
                                  : number_values(r, lever, own, out->value + 1);
    bool listed = isnan(own) || (l->code != NULL &&
                                 (!l->ordered || l->cost == RECOURSE_TABLE));
    if (l->missing_cost >= 0 && !isnan(own)) {
        out->value[out->count++] = NAN;
        listed = true;
    }
    if (out->count > POSITIONS_MAX)
        return error_set(e, ST_LIMIT,
                         "lever \"%s\" has %zu candidate values, at most %d",
                         lever_name(&r->p, lever), out->count, POSITIONS_MAX);
    if (!listed)
        order_axis(l, out);
    fill_costs(l, g, own, out);
    return listed ? list_axis(out, a, e) : ST_OK;
}

