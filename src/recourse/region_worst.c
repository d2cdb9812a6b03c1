#include "recourse/region.h"

#include <math.h>

struct box {
    const struct model *model;
    const double *row;
    const struct region_side *side;
    size_t sides;
    bool most;
};

static const struct region_side *side_of(const struct box *b, int32_t feature)
{
    for (size_t i = 0; i < b->sides; i++)
        if (b->side[i].feature == (size_t)feature)
            return &b->side[i];
    return NULL;
}

static double better(const struct box *b, double x, double y)
{
    return (x > y) == b->most ? x : y;
}

static double worst_below(const struct box *b, const struct tree *t,
                          uint32_t at)
{
    const struct node *n = &t->node[at];
    if (n->feature < 0)
        return n->value;
    const struct region_side *s = side_of(b, n->feature);
    double low = s != NULL ? s->from : b->row[n->feature];
    double high = s != NULL ? s->to : b->row[n->feature];
    bool left = node_goes_left(b->model, n, low);
    bool right = !node_goes_left(b->model, n, high);
    /* inside a stretch over zero the missing rule may send a row either way,
     * and sets of categories have no order */
    bool torn = low < high && (n->categorical || (n->missing == MISSING_ZERO &&
                                                  low <= 1e-35 && high >= -1e-35));
    if (torn)
        left = right = true;
    else if (low == high || isnan(low))
        right = !left;
    if (!right)
        return worst_below(b, t, (uint32_t)n->left);
    if (!left)
        return worst_below(b, t, (uint32_t)n->right);
    return better(b, worst_below(b, t, (uint32_t)n->left),
                  worst_below(b, t, (uint32_t)n->right));
}

double region_worst(const struct model *m, size_t output, const double *row,
                    const struct region_side *side, size_t sides, bool most)
{
    if (m->has_linear_leaves)
        return (double)NAN;
    struct box b = {m, row, side, sides, most};
    double sum = 0;
    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != output)
            continue;
        /* a negative weight turns a tree's worst leaf into its best */
        b.most = (m->tree[i].weight >= 0) == most;
        sum += m->tree[i].weight * worst_below(&b, &m->tree[i], 0);
    }
    return m->base[output] + m->combine_scale * sum;
}
