/* Trees over a box. */
#include "recourse/region_in.h"

/* Zero as the rule "zero is missing" takes it. */
#define ZERO_REACH ((double)1e-35F)

struct sides {
    bool left, right;
};

static struct sides other_sides(const struct region_score *c, uint32_t at,
                                double low, double high)
{
    const struct node *n = c->own[at];
    struct sides s;

    if (low == high || isnan(low)) {
        s.left = node_goes_left(c->model, n, low);
        s.right = !s.left;
        return s;
    }
    /* a set has no order, and inside a range over zero the missing rule may
     * send a row either way */
    if (n->categorical || (low <= ZERO_REACH && high >= -ZERO_REACH))
        return (struct sides){true, true};
    s.left = node_goes_left(c->model, n, low);
    s.right = !node_goes_left(c->model, n, high);
    return s;
}

double region_tree(const struct region_scratch *s, const struct region_score *c,
                   uint32_t at)
{
    for (;;) {
        const struct region_node *n = &c->node[at];
        struct sides go;
        if (n->kind == REGION_LEAF)
            return n->value;
        double low = s->from[n->quantity], high = s->to[n->quantity];
        if (n->kind == REGION_OTHER || isnan(low))
            go = other_sides(c, at, low, high);
        else if (n->kind == REGION_FLOAT)
            go = (struct sides){(double)(float)low < n->value,
                                (double)(float)high >= n->value};
        else
            go = (struct sides){low <= n->value, high > n->value};
        if (go.left && go.right) {
            double l = region_tree(s, c, n->left);
            double r = region_tree(s, c, n->right);
            return l > r ? l : r;
        }
        at = go.left ? n->left : n->right;
    }
}

/* --- preparing ------------------------------------------------------------ */

static void copy_tree(struct region_score *c, const struct tree *t,
                      uint32_t first)
{
    const struct model *m = c->model;

    for (uint32_t k = 0; k < t->node_count; k++) {
        const struct node *n = &t->node[k];
        struct region_node *to = &c->node[first + k];
        c->own[first + k] = n;
        if (n->feature < 0) {
            to->kind = REGION_LEAF;
            to->value = c->sign * (t->weight * n->value) * m->combine_scale;
            continue;
        }
        to->quantity = (uint32_t)c->quantity[n->feature];
        to->left = first + (uint32_t)n->left;
        to->right = first + (uint32_t)n->right;
        to->value = n->threshold;
        if (n->categorical || n->missing == MISSING_ZERO)
            to->kind = REGION_OTHER;
        else if (m->compare == COMPARE_LESS_FLOAT) {
            to->kind = REGION_FLOAT;
            to->value = (double)(float)n->threshold;
        } else
            to->kind = REGION_DOUBLE;
    }
}

/* How far a sum of worst leaves may be from the exact one, and a margin added
 * up in another order from that: nothing where all leaves are whole multiples
 * of 2^-32 and sums stay below 2^20. */
static double rounding(const struct region_score *c, size_t nodes)
{
    double reach = fabs(c->base), sum = reach;
    bool exact = rint(c->base * 0x1p32) == c->base * 0x1p32;
    size_t tree = 0;

    for (size_t k = 0; k < nodes; k++) {
        double v = c->node[k].value;
        if (tree < c->trees && c->root[tree] == k) {
            sum += reach;
            reach = 0;
            tree++;
        }
        if (c->node[k].kind != REGION_LEAF)
            continue;
        exact = exact && rint(v * 0x1p32) == v * 0x1p32;
        reach = fmax(reach, fabs(v));
    }
    sum += reach;
    if (exact && sum < 0x1p20)
        return 0;
    return 4 * (double)(c->trees + 4) * 0x1p-53 * sum;
}

static size_t count_nodes(const struct model *m, size_t output, size_t *trees)
{
    size_t n = 0;

    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != output)
            continue;
        n += m->tree[i].node_count;
        (*trees)++;
    }
    return n;
}

static uint64_t movers(const struct region *g, const struct region_score *c,
                       const struct tree *t)
{
    uint64_t by = 0;

    for (uint32_t k = 0; k < t->node_count; k++)
        if (t->node[k].feature >= 0)
            by |= g->moved_by[c->quantity[t->node[k].feature]];
    return by;
}

static status readers_make(struct region *g, struct region_score *c,
                           const uint64_t *by, struct error *e)
{
    for (size_t l = 0; l < g->p.levers; l++) {
        size_t n = 0;
        for (size_t t = 0; t < c->trees; t++)
            n += by[t] >> l & 1;
        c->reads[l] = arena_new_array(g->arena, uint32_t, n + 1);
        if (c->reads[l] == NULL)
            return arena_error(g->arena, e);
        for (size_t t = 0; t < c->trees; t++)
            if (by[t] >> l & 1)
                c->reads[l][c->readers[l]++] = (uint32_t)t;
    }
    return ST_OK;
}

static status quantities_make(struct region *g, struct region_score *c,
                              const struct recourse_score *from,
                              struct error *e)
{
    size_t *q = arena_new_array(g->arena, size_t, c->model->features + 1);

    if (q == NULL)
        return arena_error(g->arena, e);
    for (size_t f = 0; f < c->model->features; f++)
        q[f] = from->quantity != NULL ? from->quantity[f] : f;
    c->quantity = q;
    return ST_OK;
}

static void set_limit(struct region_score *c, const struct recourse_score *from,
                      size_t nodes)
{
    double guard = from->guard;

    if (from->native)
        guard = fmax(guard, recourse_guard(from->model, from->output));
    c->limit = c->sign * from->cutoff - guard - rounding(c, nodes);
}

status region_score_make(struct region *g, size_t which, struct error *e)
{
    const struct recourse_score *from = &g->p.score[which];
    struct region_score *c = &g->score[which];
    const struct model *m = from->model;
    uint32_t at = 0;
    size_t tree = 0;

    c->model = m;
    c->sign = from->accept == RECOURSE_AT_MOST ? 1 : -1;
    c->base = c->sign * m->base[from->output];
    TRY(quantities_make(g, c, from, e));
    size_t nodes = count_nodes(m, from->output, &c->trees);
    c->node = arena_new_array(g->arena, struct region_node, nodes + 1);
    c->own = arena_new_array(g->arena, const struct node *, nodes + 1);
    c->root = arena_new_array(g->arena, uint32_t, c->trees + 1);
    uint64_t *by = arena_new_array(g->arena, uint64_t, c->trees + 1);
    if (c->node == NULL || c->own == NULL || c->root == NULL || by == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != from->output)
            continue;
        copy_tree(c, &m->tree[i], at);
        by[tree] = movers(g, c, &m->tree[i]);
        c->root[tree++] = at;
        at += m->tree[i].node_count;
    }
    set_limit(c, from, nodes);
    return readers_make(g, c, by, e);
}
