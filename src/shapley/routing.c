#include "shapley/routing.h"

#include "base/arena.h"
#include "shapley/blocks.h"

/* Where a range of trees begins in the flat arrays, and its largest tree. */
struct extent {
    size_t first, end, node, largest;
};

static struct extent extent_of(const struct routing_request *r)
{
    const struct model *m = r->model;
    struct extent x = {r->first, m->trees, 0, 0};

    if (r->trees > 0 && r->trees < m->trees - r->first)
        x.end = r->first + r->trees;
    for (size_t i = 0; i < x.end; i++) {
        if (i < x.first)
            x.node += m->tree[i].node_count;
        else if (m->tree[i].node_count > x.largest)
            x.largest = m->tree[i].node_count;
    }
    return x;
}

/* The shares of path.c. */
static double left_share(const struct tree *t, const struct node *n)
{
    double left = t->node[n->left].cover, right = t->node[n->right].cover;
    double sum = left + right;

    return sum > 0 ? left / sum : 0.5;
}

static void fill(const struct routing_request *r, const struct tree *t,
                 size_t first, double scale, struct routing_node *out)
{
    double shift = r->shifted ? blocks_shift(t) : 0;

    for (size_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];
        struct routing_node *o = &out[i];

        *o = (struct routing_node){.left = n->left, .right = n->right};
        if (n->feature < 0) {
            o->left = o->right = -1;
            o->value = r->taken == NULL || r->taken[first + i]
                           ? (n->value - shift) * scale
                           : 0;
            continue;
        }
        o->column = r->column[first + i];
        o->limit = r->limit[first + i];
        o->player = r->player != NULL ? r->player[n->feature]
                                      : (uint32_t)n->feature;
        o->share = left_share(t, n);
    }
}

static status add_trees(const struct routing_request *r,
                        const struct extent *x, struct routing_builder *b,
                        struct routing_node *node, struct error *e)
{
    const struct model *m = r->model;
    size_t first = x->node;

    for (size_t i = x->first; i < x->end; i++) {
        const struct tree *t = &m->tree[i];

        fill(r, t, first, t->weight * m->combine_scale, node);
        TRY(routing_tree(b, node, t->node_count, t->output, e));
        first += t->node_count;
    }
    return ST_OK;
}

status routing_build(const struct routing_request *r, struct routing **out,
                     struct error *e)
{
    const struct model *m = r->model;
    size_t players = r->player != NULL ? r->players : m->features;

    *out = NULL;
    if (m->has_linear_leaves)
        return error_set(e, ST_UNSUPPORTED,
                         "path-dependent contributions are not possible: the "
                         "model has linear leaves");
    if (r->first > m->trees)
        return error_bug(e, "a range of trees outside the model");
    struct extent x = extent_of(r);
    struct routing_node *node = mem_array(x.largest + 1, sizeof *node);
    struct routing_builder *b =
        routing_builder_new(r->columns, players, m->outputs, r->most_nodes);
    status s = node == NULL || b == NULL ? error_memory(e)
                                         : add_trees(r, &x, b, node, e);
    if (s == ST_OK)
        s = routing_finish(b, out, e);
    routing_builder_free(b);
    mem_free(node);
    return s;
}
