/* Cells of inputs, whatever the row. */
#include "kernel/sort.h"
#include "recourse/radius_in.h"

#define ZERO_REACH ((double)1e-35F)

/* The least double that goes right of the split. */
static double edge_of(const struct model *m, const struct node *n)
{
    if (m->compare == COMPARE_AT_MOST_DOUBLE)
        return nextafter(n->threshold, (double)INFINITY);
    float t = node_float_edge(m, n), below = nextafterf(t, -INFINITY);
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

typedef void take_edge(struct radius *r, struct dimension *d, double edge);

static void count_edge(struct radius *r, struct dimension *d, double edge)
{
    (void)r;
    d->edges += parts(edge) ? 1 : 0;
}

static void keep_edge(struct radius *r, struct dimension *d, double edge)
{
    (void)r;
    if (parts(edge))
        d->edge[d->edges++] = edge;
}

static void each_edge(struct radius *r, take_edge *take)
{
    const struct model *m = r->q.model;

    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        for (uint32_t k = 0; k < t->node_count && t->output == r->q.output;
             k++) {
            const struct node *n = &t->node[k];
            if (n->feature < 0 || r->dim_of[n->feature] < 0)
                continue;
            struct dimension *d = &r->dim[r->dim_of[n->feature]];
            take(r, d, edge_of(m, n));
            if (n->missing == MISSING_ZERO) {
                take(r, d, -ZERO_REACH);
                take(r, d, nextafter(ZERO_REACH, 1));
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

static uint32_t cut_of(const struct radius *r, const struct node *n)
{
    const struct dimension *d = &r->dim[r->dim_of[n->feature]];
    double edge = edge_of(r->q.model, n);

    return edge == -(double)INFINITY ? 0
           : isinf(edge)             ? (uint32_t)d->edges + 1
                                     : cell_of(d, edge);
}

static status cuts_make(struct radius *r, struct error *e)
{
    const struct model *m = r->q.model;

    r->cut = arena_new_array(r->arena, uint32_t *, m->trees + 1);
    for (size_t i = 0; i < m->trees && r->cut != NULL; i++) {
        const struct tree *t = &m->tree[i];
        if (t->output != r->q.output)
            continue;
        r->cut[i] = arena_new_array(r->arena, uint32_t, t->node_count);
        if (r->cut[i] == NULL)
            return arena_error(r->arena, e);
        for (uint32_t k = 0; k < t->node_count; k++)
            if (t->node[k].feature >= 0 && r->dim_of[t->node[k].feature] >= 0)
                r->cut[i][k] = cut_of(r, &t->node[k]);
    }
    return r->cut == NULL ? arena_error(r->arena, e) : ST_OK;
}

static status dimensions_make(struct radius *r, struct error *e)
{
    const struct model *m = r->q.model;
    uint8_t *set = arena_new_array(r->arena, uint8_t, m->features + 1);

    r->dim_of = arena_new_array(r->arena, int32_t, m->features + 1);
    r->dim = arena_new_array(r->arena, struct dimension, m->features + 1);
    if (set == NULL || r->dim == NULL || r->dim_of == NULL)
        return arena_error(r->arena, e);
    for (size_t i = 0; i < m->trees; i++)
        for (uint32_t k = 0; k < m->tree[i].node_count; k++) {
            const struct node *n = &m->tree[i].node[k];
            if (n->feature >= 0)
                set[n->feature] |= n->categorical ? 2 : 1;
        }
    for (size_t f = 0; f < m->features; f++) {
        double scale = r->q.scale[f];
        r->dim_of[f] = -1;
        if (set[f] != 1 || !(scale > 0) || !isfinite(scale))
            continue;
        r->dim_of[f] = (int32_t)r->dims;
        r->dim[r->dims++] = (struct dimension){.feature = f, .scale = scale};
    }
    return ST_OK;
}

static status edges_make(struct radius *r, struct error *e)
{
    each_edge(r, count_edge);
    for (size_t i = 0; i < r->dims; i++) {
        struct dimension *d = &r->dim[i];
        d->edge = arena_new_array(r->arena, double, d->edges + 1);
        if (d->edge == NULL)
            return arena_error(r->arena, e);
        d->edges = 0;
    }
    each_edge(r, keep_edge);
    for (size_t i = 0; i < r->dims; i++) {
        struct dimension *d = &r->dim[i];
        if (!sort_values(d->edge, d->edges))
            return error_memory(e);
        d->edges = distinct(d->edge, d->edges);
        d->zero_low = cell_of(d, -ZERO_REACH);
        d->zero_high = cell_of(d, ZERO_REACH);
    }
    return ST_OK;
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

static status prepare(struct radius *r, struct error *e)
{
    size_t features = r->q.model->features;

    r->arena = arena_new(RADIUS_MEMORY);
    if (r->arena == NULL)
        return error_memory(e);
    double *scale = arena_new_array(r->arena, double, features + 1);
    if (scale == NULL)
        return arena_error(r->arena, e);
    memcpy(scale, r->q.scale, features * sizeof *scale);
    r->q.scale = scale;
    if (r->q.node_budget <= 0)
        r->q.node_budget = RADIUS_NODES_DEFAULT;
    r->guard = loose_guard(&r->q);
    TRY(dimensions_make(r, e));
    TRY(edges_make(r, e));
    return cuts_make(r, e);
}

status radius_prepare(const struct radius_question *q, struct radius **out,
                      struct error *e)
{
    *out = NULL;
    if (q->model->has_linear_leaves)
        return error_set(e, ST_UNSUPPORTED,
                         "no radius: the model has linear leaves");
    if (q->output >= q->model->outputs || !isfinite(q->cutoff))
        return error_set(e, ST_ARGUMENT,
                         "a radius needs an output of the model and a finite "
                         "cutoff");
    struct radius *r = mem_array(1, sizeof *r);
    if (r == NULL)
        return error_memory(e);
    r->q = *q;
    status s = prepare(r, e);
    if (s != ST_OK) {
        radius_free(r);
        return s;
    }
    *out = r;
    return ST_OK;
}

void radius_free(struct radius *r)
{
    if (r == NULL)
        return;
    arena_free(r->arena);
    mem_free(r);
}
