/* Trees within a box of cells: their leaves, and products of trees. */
#include "recourse/radius_in.h"

#include <stdlib.h>

enum { WORK_MAX = 30000000, PAIR_MAX = 1024 };

struct walk {
    struct field *f;
    const struct tree *tree;
    const uint32_t *cut;  /* of its nodes */
    uint32_t *low, *high; /* [dims] of the path */
    uint8_t *seen;        /* [dims] split in the box */
    struct group *out;    /* NULL: counting */
    uint32_t leaves;
};

static void at_leaf(struct walk *w, double value)
{
    struct group *g = w->out;
    const struct cells *c = w->f->c;
    size_t at = w->leaves++;

    if (g == NULL)
        return;
    g->value[at] =
        c->sign * (w->tree->weight * value) * c->shared->q.model->combine_scale;
    for (uint32_t k = 0; k < g->dims; k++) {
        g->low[at * g->dims + k] = w->low[g->dim[k]];
        g->high[at * g->dims + k] = w->high[g->dim[k]];
    }
}

static void walk_node(struct walk *w, uint32_t at);

static void walk_part(struct walk *w, uint32_t child, int32_t dim, uint32_t low,
                      uint32_t high)
{
    uint32_t *from = &w->low[dim], *to = &w->high[dim];
    uint32_t old_low = *from, old_high = *to;

    if (low > *from)
        *from = low;
    if (high < *to)
        *to = high;
    if (*from <= *to) {
        if (*from > old_low || *to < old_high)
            w->seen[dim] = 1;
        walk_node(w, child);
    }
    *from = old_low;
    *to = old_high;
}

static void walk_node(struct walk *w, uint32_t at)
{
    const struct cells *c = w->f->c;
    const struct node *n = &w->tree->node[at];

    if (n->feature < 0) {
        at_leaf(w, n->value);
        return;
    }
    int32_t k = c->dim_of[n->feature];
    uint32_t left = (uint32_t)n->left, right = (uint32_t)n->right;
    if (k < 0) {
        bool goes = node_goes_left(c->shared->q.model, n, c->row[n->feature]);
        walk_node(w, goes ? left : right);
        return;
    }
    const struct dimension *d = &c->dim[k];
    uint32_t cut = w->cut[at], end = (uint32_t)d->edges;
    if (n->missing != MISSING_ZERO) {
        if (cut > 0)
            walk_part(w, left, k, 0, cut - 1);
        if (cut <= end)
            walk_part(w, right, k, cut, end);
        return;
    }
    uint32_t z0 = d->zero_low, z1 = d->zero_high;
    walk_part(w, n->default_left ? left : right, k, z0, z1);
    if (z0 > 0 && cut > 0)
        walk_part(w, left, k, 0, (cut < z0 ? cut : z0) - 1);
    if (cut < z0)
        walk_part(w, right, k, cut, z0 - 1);
    if (cut > z1 + 1)
        walk_part(w, left, k, z1 + 1, cut - 1);
    if (z1 < end && cut <= end)
        walk_part(w, right, k, cut > z1 + 1 ? cut : z1 + 1, end);
}

static status group_room(struct field *f, struct group *g, uint32_t leaves,
                         struct error *e)
{
    size_t n = (size_t)leaves * g->dims + 1;

    g->leaves = leaves;
    g->low = arena_new_array(f->arena, uint32_t, n);
    g->high = arena_new_array(f->arena, uint32_t, n);
    g->value = arena_new_array(f->arena, double, leaves + 1);
    if (g->low == NULL || g->high == NULL || g->value == NULL)
        return arena_error(f->arena, e);
    return ST_OK;
}

static status tree_group(struct field *f, struct walk *w, struct error *e)
{
    size_t dims = f->c->dims;
    struct group g = {0};

    memset(w->seen, 0, dims);
    w->out = NULL;
    w->leaves = 0;
    walk_node(w, 0);
    g.dim = arena_new_array(f->arena, uint32_t, dims + 1);
    if (g.dim == NULL)
        return arena_error(f->arena, e);
    for (size_t k = 0; k < dims; k++)
        if (w->seen[k])
            g.dim[g.dims++] = (uint32_t)k;
    TRY(group_room(f, &g, w->leaves, e));
    w->out = &g;
    w->leaves = 0;
    walk_node(w, 0);
    if (g.leaves == 1)
        f->constant += g.value[0];
    else
        f->group[f->groups++] = g;
    return ST_OK;
}

/* --- products ------------------------------------------------------------- */

static uint32_t union_of(const struct group *a, const struct group *b,
                         uint32_t *out)
{
    uint32_t i = 0, k = 0, n = 0;

    while (i < a->dims || k < b->dims) {
        uint32_t x = i < a->dims ? a->dim[i] : UINT32_MAX;
        uint32_t y = k < b->dims ? b->dim[k] : UINT32_MAX;
        out[n++] = x < y ? x : y;
        i += x <= y ? 1 : 0;
        k += y <= x ? 1 : 0;
    }
    return n;
}

static void side_of(const struct group *g, uint32_t leaf, const uint32_t *dim,
                    uint32_t dims, const struct field *f, uint32_t *low,
                    uint32_t *high)
{
    uint32_t k = 0;

    for (uint32_t i = 0; i < dims; i++) {
        bool has = k < g->dims && g->dim[k] == dim[i];
        low[i] = has ? g->low[(size_t)leaf * g->dims + k] : f->low[dim[i]];
        high[i] = has ? g->high[(size_t)leaf * g->dims + k] : f->high[dim[i]];
        k += has ? 1 : 0;
    }
}

enum { JOINT_DIMS = 64 };

/* Joint leaves; with `out` they are kept. 0: too many. */
static uint32_t multiply(const struct field *f, const struct group *a,
                         const struct group *b, struct group *out,
                         const uint32_t *dim, uint32_t dims)
{
    uint32_t al[JOINT_DIMS], ah[JOINT_DIMS], bl[JOINT_DIMS], bh[JOINT_DIMS];
    uint32_t n = 0;

    for (uint32_t i = 0; i < a->leaves; i++) {
        side_of(a, i, dim, dims, f, al, ah);
        for (uint32_t k = 0; k < b->leaves; k++) {
            bool meets = true;
            side_of(b, k, dim, dims, f, bl, bh);
            for (uint32_t d = 0; d < dims && meets; d++) {
                bl[d] = bl[d] > al[d] ? bl[d] : al[d];
                bh[d] = bh[d] < ah[d] ? bh[d] : ah[d];
                meets = bl[d] <= bh[d];
            }
            if (!meets)
                continue;
            if (out != NULL) {
                memcpy(out->low + (size_t)n * dims, bl, dims * sizeof *bl);
                memcpy(out->high + (size_t)n * dims, bh, dims * sizeof *bh);
                out->value[n] = a->value[i] + b->value[k];
            }
            if (++n > RADIUS_JOINT)
                return 0;
        }
    }
    return n;
}

bool group_join(struct field *f, struct group *a, const struct group *b,
                long *work)
{
    uint32_t dim[2 * JOINT_DIMS], dims, n;
    struct group g = {0};

    if (a->dims + b->dims > JOINT_DIMS)
        return false;
    dims = union_of(a, b, dim);
    *work -= (long)a->leaves * b->leaves * (dims + 1);
    n = multiply(f, a, b, NULL, dim, dims);
    if (n == 0)
        return false;
    g.dims = dims;
    g.dim = arena_new_array(f->arena, uint32_t, dims + 1);
    if (g.dim == NULL || group_room(f, &g, n, NULL) != ST_OK)
        return false;
    memcpy(g.dim, dim, dims * sizeof *dim);
    multiply(f, a, b, &g, dim, dims);
    *a = g;
    return true;
}

/* Inputs of b that a does not read. */
static uint32_t strangers(const struct group *a, const struct group *b)
{
    uint32_t i = 0, n = 0;

    for (uint32_t k = 0; k < b->dims; k++) {
        while (i < a->dims && a->dim[i] < b->dim[k])
            i++;
        n += i < a->dims && a->dim[i] == b->dim[k] ? 0 : 1;
    }
    return n;
}

/* First those that read the same inputs, then one more, then two. */
static void join_all(struct field *f)
{
    long work = WORK_MAX;

    for (uint32_t more = 0; more <= 2; more++) {
        for (size_t i = 0; i < f->groups; i++) {
            struct group *a = &f->group[i];
            for (size_t k = i + 1; k < f->groups && work > 0; k++) {
                struct group *b = &f->group[k];
                work -= b->dims + 1;
                if (b->leaves == 0 || a->leaves == 0 ||
                    (size_t)a->leaves * b->leaves > PAIR_MAX)
                    continue;
                uint32_t n = strangers(a, b), m = strangers(b, a);
                if ((n < m ? n : m) > more || n + m > 2 * more + 1)
                    continue;
                if (group_join(f, a, b, &work))
                    b->leaves = 0;
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < f->groups; i++)
        if (f->group[i].leaves > 0)
            f->group[kept++] = f->group[i];
    f->groups = kept;
}

status field_make(struct field *f, struct error *e)
{
    const struct model *m = f->c->shared->q.model;
    size_t dims = f->c->dims;
    struct walk w = {.f = f};

    f->constant = f->c->sign * m->base[f->c->shared->q.output];
    f->groups = 0;
    f->group = arena_new_array(f->arena, struct group, m->trees + 1);
    w.low = arena_new_array(f->arena, uint32_t, dims + 1);
    w.high = arena_new_array(f->arena, uint32_t, dims + 1);
    w.seen = arena_new_array(f->arena, uint8_t, dims + 1);
    if (f->group == NULL || w.low == NULL || w.high == NULL || w.seen == NULL)
        return arena_error(f->arena, e);
    memcpy(w.low, f->low, dims * sizeof *w.low);
    memcpy(w.high, f->high, dims * sizeof *w.high);
    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != f->c->shared->q.output)
            continue;
        w.tree = &m->tree[i];
        w.cut = f->c->shared->cut[i];
        TRY(tree_group(f, &w, e));
    }
    join_all(f);
    return field_masks(f, e);
}
