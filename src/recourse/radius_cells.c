/* One row's cells, and how far they are. */
#include "kernel/sort.h"
#include "recourse/radius_in.h"

uint32_t cell_of(const struct dimension *d, double x)
{
    size_t low = 0, high = d->edges;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (d->edge[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

double cell_value(const struct dimension *d, uint32_t cell)
{
    if (cell == d->own)
        return d->x;
    return cell > d->own ? d->edge[cell - 1]
                         : nextafter(d->edge[cell], -(double)INFINITY);
}

double cell_distance(const struct dimension *d, uint32_t cell)
{
    return fabs(cell_value(d, cell) - d->x) / d->scale;
}

/* --- distances ------------------------------------------------------------ */

/* Among all runs of cells away from own, the nearest `nth` cell; INFINITY when
 * no run is that long: everything. */
static double nth_distance(const struct cells *c, size_t nth)
{
    double nearest = (double)INFINITY;

    for (size_t i = 0; i < c->dims; i++) {
        const struct dimension *d = &c->dim[i];
        if (d->own + nth <= d->edges)
            nearest =
                fmin(nearest, cell_distance(d, (uint32_t)(d->own + nth)));
        if (d->own >= nth)
            nearest =
                fmin(nearest, cell_distance(d, (uint32_t)(d->own - nth)));
    }
    return nearest;
}

/* Distances up to `most`, in any order; counts when `out` is NULL. */
static size_t gather(const struct cells *c, double most, double *out)
{
    size_t n = 0;

    for (size_t i = 0; i < c->dims; i++) {
        const struct dimension *d = &c->dim[i];
        for (uint32_t k = d->own; k < d->edges; k++) {
            double far = cell_distance(d, k + 1);
            if (!(far <= most && isfinite(far)))
                break;
            if (out != NULL)
                out[n] = far;
            n++;
        }
        for (uint32_t k = d->own; k > 0; k--) {
            double far = cell_distance(d, k - 1);
            if (!(far <= most && isfinite(far)))
                break;
            if (out != NULL)
                out[n] = far;
            n++;
        }
    }
    return n;
}

/* Most questions are answered near the row: only so many cells are sorted. */
status cells_reach(struct cells *c, size_t wanted, struct error *e)
{
    for (size_t nth = wanted; c->distances < wanted && !c->all; nth *= 2) {
        double most = nth_distance(c, nth);
        size_t n = gather(c, most, NULL);
        c->distance = arena_new_array(c->arena, double, n + 1);
        if (c->distance == NULL)
            return arena_error(c->arena, e);
        (void)gather(c, most, c->distance);
        if (!sort_values(c->distance, n))
            return error_memory(e);
        c->distances = 0;
        for (size_t i = 0; i < n; i++) {
            double far = c->distance[i];
            if (c->distances == 0 || far != c->distance[c->distances - 1])
                c->distance[c->distances++] = far;
        }
        c->all = isinf(most);
    }
    return ST_OK;
}

/* --- making --------------------------------------------------------------- */

bool row_passes(const struct cells *c, const double *row, double *room)
{
    model_margin_native(c->shared->q.model, row, room);
    double margin = room[c->shared->q.output];
    return c->shared->q.accept == RECOURSE_AT_MOST ? margin <= c->shared->q.cutoff
                                            : margin >= c->shared->q.cutoff;
}

status cells_make(struct cells *c, struct error *e)
{
    const struct radius *r = c->shared;
    const struct model *m = r->q.model;
    double *room = arena_new_array(c->arena, double, m->outputs);

    c->dim_of = arena_new_array(c->arena, int32_t, m->features + 1);
    c->dim = arena_new_array(c->arena, struct dimension, r->dims + 1);
    if (room == NULL || c->dim_of == NULL || c->dim == NULL)
        return arena_error(c->arena, e);
    c->passes = row_passes(c, c->row, room);
    bool up = (r->q.accept == RECOURSE_AT_MOST) == c->passes;
    c->sign = up ? 1 : -1;
    c->need = c->sign * r->q.cutoff;
    for (size_t f = 0; f < m->features; f++) {
        double x = c->row[f];
        c->dim_of[f] = -1;
        if (r->dim_of[f] < 0 || !isfinite(x))
            continue;
        struct dimension *d = &c->dim[c->dims];
        *d = r->dim[r->dim_of[f]];
        d->x = x;
        d->own = cell_of(d, x);
        c->dim_of[f] = (int32_t)c->dims++;
    }
    return ST_OK;
}
