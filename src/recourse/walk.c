#include "recourse/walk.h"

static size_t set_words(const struct axis *x)
{
    return (x->count + 63) / 64;
}

static status add_leaf(struct walk *w, const struct node *n, struct error *e)
{
    struct tree_leaves *t = w->out;
    struct leaf *f = &t->leaf[t->leaves];
    size_t reaches = 0;

    f->score = n->value * w->scale;
    f->order = (uint32_t)t->leaves++;
    for (size_t i = 0; i < w->g->axes; i++)
        reaches += w->touched[i] > 0;
    f->reaches = 0;
    f->reach = arena_new_array(w->a, struct reach, reaches);
    if (f->reach == NULL)
        return arena_error(w->a, e);
    for (size_t i = 0; i < w->g->axes; i++) {
        if (w->touched[i] == 0)
            continue;
        struct reach *r = &f->reach[f->reaches++];
        *r = (struct reach){(uint16_t)i, w->low[i], w->high[i], NULL};
        if (!w->g->axis[i].set)
            continue;
        size_t bytes = set_words(&w->g->axis[i]) * sizeof(uint64_t);
        r->alive = arena_alloc(w->a, bytes);
        if (r->alive == NULL)
            return arena_error(w->a, e);
        memcpy(r->alive, w->alive[i], bytes);
    }
    return ST_OK;
}

static status walk_node(struct walk *w, uint32_t at, struct error *e);

static status walk_child(struct walk *w, int32_t child, size_t axis,
                         struct error *e)
{
    w->touched[axis]++;
    status s = walk_node(w, (uint32_t)child, e);
    w->touched[axis]--;
    return s;
}

static status walk_interval(struct walk *w, uint32_t at, size_t axis,
                            struct error *e)
{
    const struct node *n = &w->tree->node[at];
    uint16_t low = w->low[axis], high = w->high[axis];
    uint16_t right = w->split[axis][w->rank[at]]; /* first to go right */

    if (high < right)
        return walk_node(w, (uint32_t)n->left, e);
    if (low >= right)
        return walk_node(w, (uint32_t)n->right, e);
    w->used[axis][right] = true;
    w->high[axis] = (uint16_t)(right - 1);
    status s = walk_child(w, n->left, axis, e);
    w->high[axis] = high;
    if (s != ST_OK)
        return s;
    w->low[axis] = right;
    s = walk_child(w, n->right, axis, e);
    w->low[axis] = low;
    return s;
}

static status walk_set(struct walk *w, uint32_t at, size_t axis,
                       struct error *e)
{
    const struct node *n = &w->tree->node[at];
    const struct axis *x = &w->g->axis[axis];
    size_t words = set_words(x), lefts = 0, rights = 0;
    uint64_t *alive = w->alive[axis];
    uint64_t *left = arena_new_array(w->a, uint64_t, 2 * words);

    if (left == NULL)
        return arena_error(w->a, e);
    uint64_t *right = left + words;
    for (size_t i = 0; i < x->count; i++) {
        uint64_t bit = (uint64_t)1 << i % 64;
        if ((alive[i / 64] & bit) == 0)
            continue;
        if (node_goes_left(w->r->p.model, n, x->value[i])) {
            left[i / 64] |= bit;
            lefts++;
        } else {
            right[i / 64] |= bit;
            rights++;
        }
    }
    if (rights == 0)
        return walk_node(w, (uint32_t)n->left, e);
    if (lefts == 0)
        return walk_node(w, (uint32_t)n->right, e);
    w->alive[axis] = left;
    status s = walk_child(w, n->left, axis, e);
    w->alive[axis] = right;
    if (s == ST_OK)
        s = walk_child(w, n->right, axis, e);
    w->alive[axis] = alive;
    return s;
}

static status walk_node(struct walk *w, uint32_t at, struct error *e)
{
    for (;;) {
        const struct node *n = &w->tree->node[at];
        if (n->feature < 0)
            return add_leaf(w, n, e);
        int32_t axis = w->r->lever_of[n->feature];
        if (axis < 0 || w->g->axis[axis].count == 1) {
            at = (uint32_t)(node_goes_left(w->r->p.model, n,
                                           w->row[n->feature])
                                ? n->left
                                : n->right);
            continue;
        }
        return w->g->axis[axis].set ? walk_set(w, at, (size_t)axis, e)
                                    : walk_interval(w, at, (size_t)axis, e);
    }
}

status walk_start(struct walk *w, struct error *e)
{
    struct game *g = w->g;

    w->split = arena_new_array(w->a, uint16_t *, g->axes + 1);
    w->used = arena_new_array(w->a, bool *, g->axes + 1);
    if (w->split == NULL || w->used == NULL)
        return arena_error(w->a, e);
    for (size_t i = 0; i < g->axes; i++) {
        const struct axis *x = &g->axis[i];
        const struct lever_grid *grid = &w->r->grid[i];
        w->high[i] = (uint16_t)(x->count - 1);
        w->split[i] = arena_new_array(w->a, uint16_t, grid->thresholds + 1);
        w->used[i] = arena_new_array(w->a, bool, x->count + 1);
        w->alive[i] = arena_new_array(w->a, uint64_t, set_words(x));
        if (w->split[i] == NULL || w->used[i] == NULL || w->alive[i] == NULL)
            return arena_error(w->a, e);
        for (size_t k = 0; k < x->count; k++)
            w->alive[i][k / 64] |= (uint64_t)1 << k % 64;
        size_t k = 0;
        for (size_t t = 0; !x->set && t < grid->thresholds; t++) {
            while (k < x->count && compares_below(w->r->p.model, x->value[k],
                                                  grid->threshold[t]))
                k++;
            w->split[i][t] = (uint16_t)k;
        }
    }
    return ST_OK;
}

status walk_tree(struct walk *w, struct error *e)
{
    return walk_node(w, 0, e);
}
