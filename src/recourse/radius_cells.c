/* Cells of inputs, and how far they are. */
#include "kernel/sort.h"
#include "recourse/radius_in.h"

#define ZERO_REACH ((double)1e-35F)

/* The least double that goes right of the split. */
static double edge_of(const struct model *m, double threshold)
{
    if (m->compare != COMPARE_LESS_FLOAT)
        return nextafter(threshold, (double)INFINITY);
    float t = (float)threshold, below = nextafterf(t, -INFINITY);
    if (!(t > -INFINITY))
        return -(double)INFINITY;
    double middle = isinf(t) ? 0x1.ffffffp127
                    : isinf(below)
                        ? -0x1.ffffffp127
                        : (double)below + ((double)t - (double)below) / 2;
    return (float)middle >= t ? middle : nextafter(middle, (double)INFINITY);
}

/* Edges that a finite value can be on both sides of. */
static bool parts(double edge)
{
    return isfinite(edge);
}

typedef void take_edge(struct cells *c, struct dimension *d, double edge);

static void count_edge(struct cells *c, struct dimension *d, double edge)
{
    (void)c;
    d->edges += parts(edge) ? 1 : 0;
}

static void keep_edge(struct cells *c, struct dimension *d, double edge)
{
    (void)c;
    if (parts(edge))
        d->edge[d->edges++] = edge;
}

static void each_edge(struct cells *c, take_edge *take)
{
    const struct model *m = c->q->model;

    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        for (uint32_t k = 0; k < t->node_count && t->output == c->q->output;
             k++) {
            const struct node *n = &t->node[k];
            if (n->feature < 0 || c->dim_of[n->feature] < 0)
                continue;
            struct dimension *d = &c->dim[c->dim_of[n->feature]];
            take(c, d, edge_of(m, n->threshold));
            if (n->missing == MISSING_ZERO) {
                take(c, d, -ZERO_REACH);
                take(c, d, nextafter(ZERO_REACH, 1));
            }
        }
    }
}

static size_t distinct(double *x, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (kept == 0 || x[i] != x[kept - 1])
            x[kept++] = x[i];
    return kept;
}

/* Edges at or below x: the cell of x. */
static uint32_t cell_of(const struct dimension *d, double x)
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

static uint32_t cut_of(const struct cells *c, const struct node *n)
{
    const struct dimension *d = &c->dim[c->dim_of[n->feature]];
    double edge = edge_of(c->q->model, n->threshold);

    return edge == -(double)INFINITY ? 0
           : isinf(edge)             ? (uint32_t)d->edges + 1
                                     : cell_of(d, edge);
}

static status cuts_make(struct cells *c, struct error *e)
{
    const struct model *m = c->q->model;

    c->cut = arena_new_array(c->arena, uint32_t *, m->trees + 1);
    for (size_t i = 0; i < m->trees && c->cut != NULL; i++) {
        const struct tree *t = &m->tree[i];
        if (t->output != c->q->output)
            continue;
        c->cut[i] = arena_new_array(c->arena, uint32_t, t->node_count);
        if (c->cut[i] == NULL)
            return arena_error(c->arena, e);
        for (uint32_t k = 0; k < t->node_count; k++)
            if (t->node[k].feature >= 0 && c->dim_of[t->node[k].feature] >= 0)
                c->cut[i][k] = cut_of(c, &t->node[k]);
    }
    return c->cut == NULL ? arena_error(c->arena, e) : ST_OK;
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

static status dimensions_make(struct cells *c, struct error *e)
{
    const struct model *m = c->q->model;
    uint8_t *set = arena_new_array(c->arena, uint8_t, m->features + 1);

    c->dim_of = arena_new_array(c->arena, int32_t, m->features + 1);
    c->dim = arena_new_array(c->arena, struct dimension, m->features + 1);
    if (set == NULL || c->dim == NULL || c->dim_of == NULL)
        return arena_error(c->arena, e);
    for (size_t i = 0; i < m->trees; i++)
        for (uint32_t k = 0; k < m->tree[i].node_count; k++) {
            const struct node *n = &m->tree[i].node[k];
            if (n->feature >= 0)
                set[n->feature] |= n->categorical ? 2 : 1;
        }
    for (size_t f = 0; f < m->features; f++) {
        double scale = c->q->scale[f];
        c->dim_of[f] = -1;
        if (set[f] != 1 || !(scale > 0) || !isfinite(scale) ||
            !isfinite(c->row[f]))
            continue;
        c->dim_of[f] = (int32_t)c->dims;
        c->dim[c->dims++] =
            (struct dimension){.feature = f, .x = c->row[f], .scale = scale};
    }
    return ST_OK;
}

static status edges_make(struct cells *c, struct error *e)
{
    each_edge(c, count_edge);
    for (size_t i = 0; i < c->dims; i++) {
        struct dimension *d = &c->dim[i];
        d->edge = arena_new_array(c->arena, double, d->edges + 1);
        if (d->edge == NULL)
            return arena_error(c->arena, e);
        d->edges = 0;
    }
    each_edge(c, keep_edge);
    for (size_t i = 0; i < c->dims; i++) {
        struct dimension *d = &c->dim[i];
        if (!sort_values(d->edge, d->edges))
            return error_memory(e);
        d->edges = distinct(d->edge, d->edges);
        d->own = cell_of(d, d->x);
        d->zero_low = cell_of(d, -ZERO_REACH);
        d->zero_high = cell_of(d, ZERO_REACH);
    }
    return ST_OK;
}

static status distances_make(struct cells *c, struct error *e)
{
    size_t n = 0;

    for (size_t i = 0; i < c->dims; i++)
        n += c->dim[i].edges;
    c->distance = arena_new_array(c->arena, double, n + 1);
    if (c->distance == NULL)
        return arena_error(c->arena, e);
    n = 0;
    for (size_t i = 0; i < c->dims; i++) {
        const struct dimension *d = &c->dim[i];
        for (uint32_t k = 0; k <= d->edges; k++)
            if (k != d->own && isfinite(cell_distance(d, k)))
                c->distance[n++] = cell_distance(d, k);
    }
    if (!sort_values(c->distance, n))
        return error_memory(e);
    c->distances = distinct(c->distance, n);
    return ST_OK;
}

bool row_passes(const struct cells *c, const double *row, double *room)
{
    model_margin_native(c->q->model, row, room);
    double margin = room[c->q->output];
    return c->q->accept == RECOURSE_AT_MOST ? margin <= c->q->cutoff
                                            : margin >= c->q->cutoff;
}

/* Sums here run in another order than the exact bound of the native one: add
 * what doubles can lose. */
static double loose_guard(const struct radius_question *q)
{
    const struct model *m = q->model;
    double sum = fabs(m->base[q->output]);

    for (size_t i = 0; i < m->trees; i++) {
        double most = 0;
        if (m->tree[i].output != q->output)
            continue;
        for (uint32_t k = 0; k < m->tree[i].node_count; k++)
            if (m->tree[i].node[k].feature < 0)
                most = fmax(most, fabs(m->tree[i].node[k].value));
        sum += most * fabs(m->tree[i].weight * m->combine_scale);
    }
    return recourse_guard(m, q->output) +
           4 * (double)(m->trees + 4) * 0x1p-53 * sum;
}

status cells_make(struct cells *c, struct error *e)
{
    double *room = arena_new_array(c->arena, double, c->q->model->outputs);

    if (room == NULL)
        return arena_error(c->arena, e);
    c->passes = row_passes(c, c->row, room);
    bool up = (c->q->accept == RECOURSE_AT_MOST) == c->passes;
    c->sign = up ? 1 : -1;
    c->need = c->sign * c->q->cutoff;
    c->guard = loose_guard(c->q);
    TRY(dimensions_make(c, e));
    TRY(edges_make(c, e));
    TRY(cuts_make(c, e));
    return distances_make(c, e);
}
