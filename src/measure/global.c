#include "measure/global_in.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 256 /* |quanta| of as many rows add up in 64 bits */ };

status global_layout(size_t columns, const size_t *codes,
                     size_t start[GLOBAL_COLUMNS], size_t *groups,
                     struct error *e)
{
    if (columns > GLOBAL_COLUMNS)
        return error_set(e, ST_LIMIT, "%zu group columns; at most %d are told "
                         "apart", columns, GLOBAL_COLUMNS);
    *groups = 1;
    for (size_t c = 0; c < columns; c++) {
        start[c] = *groups;
        if (codes[c] > GLOBAL_GROUPS - (*groups - 1))
            return error_set(e, ST_LIMIT,
                             "the group columns have more than %d groups; cut "
                             "them into bands", GLOBAL_GROUPS);
        *groups += codes[c];
    }
    return ST_OK;
}

/* --- making --- */

static status make_column(struct global *g, size_t p,
                          const struct global_player *from, struct error *e)
{
    struct global_column *c = &g->column[p];
    *c = (struct global_column){.kind = from->kind, .feature = from->feature,
                                .first = g->ranges};
    for (size_t k = 0; k <= GLOBAL_EDGES; k++)
        c->edge[k] = (double)NAN;
    if (from->kind == GLOBAL_NONE)
        return ST_OK;
    if (from->kind == GLOBAL_CATEGORY) {
        if (from->codes > GLOBAL_CODES)
            return error_set(e, ST_ARGUMENT, "%zu categories of player %zu "
                             "apart; at most %d", from->codes, p, GLOBAL_CODES);
        c->codes = from->codes;
        c->bins = from->codes + 2;
    } else {
        if (from->edges > GLOBAL_EDGES)
            return error_set(e, ST_ARGUMENT, "%zu edges of player %zu; at most "
                             "%d", from->edges, p, GLOBAL_EDGES);
        for (size_t k = 0; k < from->edges; k++) {
            if (isnan(from->edge[k]) ||
                (k > 0 && !(from->edge[k] > from->edge[k - 1])))
                return error_set(e, ST_ARGUMENT,
                                 "the edges of player %zu do not ascend", p);
            c->edge[k] = from->edge[k];
        }
        c->edges = from->edges;
        c->bins = from->edges + 2;
    }
    g->ranges += c->bins;
    return ST_OK;
}

static status make_columns(struct global *g, const struct global_spec *spec,
                           struct error *e)
{
    if (spec->player == NULL)
        return ST_OK;
    g->column = arena_new_array(g->arena, struct global_column,
                                g->players + 1);
    if (g->column == NULL)
        return arena_error(g->arena, e);
    for (size_t p = 0; p < g->players; p++)
        TRY(make_column(g, p, &spec->player[p], e));
    return ST_OK;
}

static status too_large(const struct global *g, struct error *e)
{
    return error_set(e, ST_LIMIT,
                     "%zu players, %zu bins and %zu pairs in %zu groups need "
                     "more than %d MiB; ask without groups, or for fewer pairs",
                     g->players, g->ranges, g->pairs, g->groups,
                     GLOBAL_BYTES_MAX >> 20);
}

static status make_sums(struct global *g, struct error *e)
{
    size_t sets = g->group_bins ? g->groups : 1;
    double bytes = (double)g->groups *
                       ((double)g->players * sizeof *g->cell +
                        (double)g->pairs * sizeof *g->pair) +
                   (double)sets * (double)g->ranges * sizeof *g->range;
    if (bytes > GLOBAL_BYTES_MAX)
        return too_large(g, e);
    g->n = arena_new_array(g->arena, int64_t, g->groups);
    g->paired = arena_new_array(g->arena, int64_t, g->groups);
    g->cell = arena_new_array(g->arena, struct global_cell,
                              g->groups * g->players + 1);
    g->range = arena_new_array(g->arena, struct global_range,
                               sets * g->ranges + 1);
    g->pair = arena_new_array(g->arena, struct global_cell,
                              g->groups * g->pairs + 1);
    if (g->n == NULL || g->paired == NULL || g->cell == NULL ||
        g->range == NULL || g->pair == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < sets * g->ranges; i++) {
        struct global_range *r = &g->range[i];
        r->low = (double)INFINITY;
        r->high = -(double)INFINITY;
        r->least = INT64_MAX;
        r->most = INT64_MIN;
    }
    return ST_OK;
}

static status make(struct global *g, const struct global_spec *spec,
                   struct error *e)
{
    int above;
    if (!(spec->largest >= 1e-200 && spec->largest <= 1e200))
        return error_set(e, ST_ARGUMENT, "%g as the largest contribution; "
                         "expected a number from 1e-200 to 1e200",
                         spec->largest);
    if (spec->pairs > GLOBAL_PAIRS)
        return error_set(e, ST_LIMIT, "%zu pairs; at most %d are tallied",
                         spec->pairs, GLOBAL_PAIRS);
    (void)frexp(spec->largest, &above);
    g->exponent = above - GLOBAL_QUANTUM_BITS;
    g->scale = ldexp(1.0, -g->exponent);
    g->limit = ldexp(1.0, above + GLOBAL_REACH_BITS);
    g->players = spec->players;
    g->pairs = spec->pairs;
    g->columns = spec->columns;
    g->group_bins = spec->group_bins;
    TRY(global_layout(spec->columns, spec->codes, g->start, &g->groups, e));
    for (size_t c = 0; c < spec->columns; c++)
        g->codes[c] = spec->codes[c];
    TRY(make_columns(g, spec, e));
    return make_sums(g, e);
}

status global_new(const struct global_spec *spec, struct global **out,
                  struct error *e)
{
    struct arena *a = arena_new((size_t)GLOBAL_BYTES_MAX + (64 << 20));
    struct global *g = a == NULL ? NULL : arena_new_one(a, struct global);
    if (g == NULL) {
        arena_free(a);
        return error_memory(e);
    }
    g->arena = a;
    status st = make(g, spec, e);
    if (st != ST_OK) {
        arena_free(a);
        return st;
    }
    *out = g;
    return ST_OK;
}

void global_free(struct global *g)
{
    if (g != NULL)
        arena_free(g->arena);
}

/* --- adding --- */

/* The nearest whole number, ties to even; |x| below 2^51. */
static inline int64_t whole(double x)
{
    const double shift = 0x1.8p52;
    double moved = x + shift;
    int64_t bits, zero;
    memcpy(&bits, &moved, sizeof bits);
    memcpy(&zero, &shift, sizeof zero);
    return bits - zero;
}

static inline size_t bin_of(const struct global_column *c, double x)
{
    if (isnan(x))
        return c->bins - 1;
    if (c->kind == GLOBAL_CATEGORY)
        return x >= 0.0 && x < (double)c->codes ? (size_t)x : c->codes;
    size_t at = 0;
    for (size_t step = (GLOBAL_EDGES + 1) / 2; step > 0; step /= 2)
        at += c->edge[at + step - 1] <= x ? step : 0;
    return at;
}

static inline void add_cell(struct global_cell *c, int64_t q)
{
    c->sum += q;
    c->absolute += q < 0 ? -q : q;
    c->square += (wide)q * q;
}

static inline void add_range(struct global_range *r, int64_t q, double x)
{
    r->n++;
    r->sum += q;
    r->square += (wide)q * q;
    r->least = q < r->least ? q : r->least;
    r->most = q > r->most ? q : r->most;
    r->low = x < r->low ? x : r->low;
    r->high = x > r->high ? x : r->high;
}

static status out_of_reach(const struct global *g, size_t p, double x,
                           struct error *e)
{
    return error_set(e, ST_NUMERIC,
                     "a contribution of %g at place %zu; expected a number of "
                     "at most %g", x, p, g->limit);
}

/* The row's group in column k, or 0. */
static inline size_t group_of(const struct global *g, const uint16_t *group,
                              size_t i, size_t k)
{
    size_t code = group[i * g->columns + k];
    return code < g->codes[k] ? g->start[k] + code : 0;
}

static void add_to_groups(struct global *g, const struct global_rows *r,
                          size_t i, size_t p, int64_t q, size_t bin, double x)
{
    for (size_t k = 0; k < g->columns; k++) {
        size_t at = group_of(g, r->group, i, k);
        if (at == 0)
            continue;
        add_cell(&g->cell[at * g->players + p], q);
        if (g->group_bins && bin != SIZE_MAX)
            add_range(&g->range[at * g->ranges + bin], q, x);
    }
}

static status add_player(struct global *g, const struct global_rows *r,
                         size_t from, size_t to, size_t p, struct error *e)
{
    const struct global_column *c = g->column == NULL ? NULL : &g->column[p];
    bool binned = c != NULL && c->bins > 0 && r->row != NULL;
    bool grouped = g->columns > 0 && r->group != NULL;
    int64_t sum = 0, absolute = 0;
    wide square = 0;
    for (size_t i = from; i < to; i++) {
        double phi = r->phi[i * r->phi_stride + p];
        if (!(fabs(phi) <= g->limit))
            return out_of_reach(g, p, phi, e);
        int64_t q = whole(phi * g->scale);
        sum += q;
        absolute += q < 0 ? -q : q;
        square += (wide)q * q;
        /* + 0.0: of -0 and 0 the order of rows shall not choose */
        double x = binned ? r->row[i * r->width + c->feature] + 0.0 : 0.0;
        size_t bin = binned ? c->first + bin_of(c, x) : SIZE_MAX;
        if (binned)
            add_range(&g->range[bin], q, x);
        if (grouped)
            add_to_groups(g, r, i, p, q, bin, x);
    }
    struct global_cell *all = &g->cell[p];
    all->sum += sum;
    all->absolute += absolute;
    all->square += square;
    return ST_OK;
}

static void count_rows(const struct global *g, int64_t *count,
                       const uint16_t *group, size_t n)
{
    count[0] += (int64_t)n;
    for (size_t i = 0; group != NULL && i < n; i++)
        for (size_t k = 0; k < g->columns; k++) {
            size_t at = group_of(g, group, i, k);
            count[at] += at > 0;
        }
}

status global_add(struct global *g, const struct global_rows *rows,
                  struct error *e)
{
    for (size_t from = 0; from < rows->n; from += BLOCK) {
        size_t to = from + BLOCK < rows->n ? from + BLOCK : rows->n;
        for (size_t p = 0; p < g->players; p++)
            TRY(add_player(g, rows, from, to, p, e));
    }
    count_rows(g, g->n, rows->group, rows->n);
    return ST_OK;
}

status global_add_pairs(struct global *g, const double *pairs, size_t stride,
                        const uint16_t *group, size_t n, struct error *e)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < g->pairs; k++) {
            double x = pairs[i * stride + k];
            if (!(fabs(x) <= g->limit))
                return out_of_reach(g, k, x, e);
            int64_t q = whole(x * g->scale);
            add_cell(&g->pair[k], q);
            for (size_t c = 0; group != NULL && c < g->columns; c++) {
                size_t at = group_of(g, group, i, c);
                if (at > 0)
                    add_cell(&g->pair[at * g->pairs + k], q);
            }
        }
    count_rows(g, g->paired, group, n);
    return ST_OK;
}
