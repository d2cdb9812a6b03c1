/* Many rows through a forest: tree by tree, several rows side by side, so that
 * the steps down one row's path are waited for while the others are taken. */
#include "model/forest.h"

#include "base/arena.h"
#include "base/num.h"
#include "model/evaluate.h"

#include <math.h>

enum { SIDE_BY_SIDE = 16, FEW_ROWS = 16 };

/* A node as a step: in a leaf both ways lead to itself. */
struct stride {
    double threshold;
    int32_t feature;
    int32_t way[2];    /* left, right */
    int32_t lost_way;  /* of NaN */
};

enum forest_sum forest_sum_of(const struct model *m, bool native)
{
    return !native               ? FOREST_SUM_DOUBLE
           : m->sum == SUM_FLOAT ? FOREST_SUM_NATIVE_FLOAT
                                 : FOREST_SUM_NATIVE;
}

/* XGBoost and LightGBM begin with the base; the others add it at the end. */
static bool base_first(const struct model *m, enum forest_sum s)
{
    return (s == FOREST_SUM_NATIVE_FLOAT && m->library == LIBRARY_XGBOOST) ||
           (s == FOREST_SUM_NATIVE && m->library == LIBRARY_LIGHTGBM);
}

void forest_begin(const struct model *m, enum forest_sum s, double *margin)
{
    bool first = base_first(m, s);
    for (size_t k = 0; k < m->outputs; k++)
        margin[k] = !first                       ? 0.0
                    : s == FOREST_SUM_NATIVE     ? m->base[k]
                                                 : num_float(m->base[k]);
}

static double end_float(const struct model *m, double margin, double base)
{
    float sum = (float)margin;
    if (m->combine == COMBINE_MEAN)
        sum /= (float)rint(1.0 / m->combine_scale);
    else
        sum *= (float)m->combine_scale;
    return (double)(sum + (float)base);
}

/* LightGBM has the trees' weights in their leaves; CatBoost scales the sum and
 * adds the bias. A mean is the sum over the whole number of iterations. */
static double end_double(const struct model *m, double margin, double base,
                         bool first)
{
    if (m->combine == COMBINE_MEAN)
        margin /= rint(1.0 / m->combine_scale);
    else if (!first)
        margin *= m->combine_scale;
    return margin + (first ? 0.0 : base);
}

void forest_end(const struct model *m, enum forest_sum s, double *margin)
{
    bool first = base_first(m, s);
    for (size_t k = 0; k < m->outputs; k++) {
        if (s == FOREST_SUM_DOUBLE)
            margin[k] = m->base[k] + m->combine_scale * margin[k];
        else if (s == FOREST_SUM_NATIVE)
            margin[k] = end_double(m, margin[k], m->base[k], first);
        else if (!first)
            margin[k] = end_float(m, margin[k], m->base[k]);
    }
}

/* False: the tree asks more of a value than a comparison. */
static bool make_strides(const struct model *m, const struct tree *t,
                         struct stride *to)
{
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];
        int32_t own = (int32_t)i;
        if (n->feature < 0) {
            if (n->linear_count > 0)
                return false;
            to[i] = (struct stride){0.0, 0, {own, own}, own};
            continue;
        }
        if (n->categorical || (m->compare == COMPARE_AT_MOST_DOUBLE &&
                               n->missing == MISSING_ZERO))
            return false;
        to[i] = (struct stride){
            .threshold = m->compare == COMPARE_AT_MOST_DOUBLE
                             ? n->threshold
                             : num_float(n->threshold),
            .feature = n->feature, .way = {n->left, n->right},
            .lost_way = node_goes_left(m, n, (double)NAN) ? n->left : n->right};
    }
    return true;
}

static inline int32_t step_down(const struct stride *n, const double *row,
                                enum model_compare compare)
{
    double x = row[n->feature];
    bool right = compare == COMPARE_LESS_FLOAT
                     ? !((double)(float)x < n->threshold)
                 : compare == COMPARE_AT_MOST_FLOAT
                     ? !((double)(float)x <= n->threshold)
                     : !(x <= n->threshold);
    int32_t to = n->way[right];
    return isnan(x) ? n->lost_way : to;
}

static inline __attribute__((always_inline)) void
walk(const struct stride *n, uint32_t depth, const double *rows,
     size_t features, size_t count, enum model_compare compare, int32_t *at)
{
    for (size_t r = 0; r < count; r++)
        at[r] = 0;
    for (uint32_t d = 0; d < depth; d++)
        for (size_t r = 0; r < count; r++)
            at[r] = step_down(&n[at[r]], rows + r * features, compare);
}

static void walk_some(const struct model *m, const struct stride *n,
                      uint32_t depth, const double *rows, size_t count,
                      int32_t *at)
{
    switch (m->compare) {
    case COMPARE_LESS_FLOAT:
        walk(n, depth, rows, m->features, count, COMPARE_LESS_FLOAT, at);
        break;
    case COMPARE_AT_MOST_FLOAT:
        walk(n, depth, rows, m->features, count, COMPARE_AT_MOST_FLOAT, at);
        break;
    case COMPARE_AT_MOST_DOUBLE:
        walk(n, depth, rows, m->features, count, COMPARE_AT_MOST_DOUBLE, at);
        break;
    }
}

static void tree_rows(const struct model *m, enum forest_sum s,
                      const struct tree *t, struct stride *room,
                      const double *rows, size_t n, double *margin)
{
    bool plain = make_strides(m, t, room);
    for (size_t i = 0; i < n; i += SIDE_BY_SIDE) {
        const double *row = rows + i * m->features;
        double *to = margin + i * m->outputs;
        size_t count = n - i < SIDE_BY_SIDE ? n - i : SIDE_BY_SIDE;
        int32_t at[SIDE_BY_SIDE];
        if (plain)
            walk_some(m, room, t->depth, row, count, at);
        for (size_t r = 0; r < count; r++) {
            const double *x = row + r * m->features;
            uint32_t leaf = plain ? (uint32_t)at[r] : tree_leaf(m, t, x);
            forest_add(m, s, t, leaf_value(m, &t->node[leaf], x),
                       to + r * m->outputs);
        }
    }
}

bool forest_block(const struct model *m, const double *rows, size_t n,
                  bool native, double *margin)
{
    enum forest_sum s = forest_sum_of(m, native);
    size_t most = 1;
    for (size_t i = 0; i < m->trees; i++)
        most = m->tree[i].node_count > most ? m->tree[i].node_count : most;
    struct stride *room = n < FEW_ROWS ? NULL : mem_array(most, sizeof *room);
    if (room == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        forest_begin(m, s, margin + i * m->outputs);
    for (size_t t = 0; t < m->trees; t++)
        tree_rows(m, s, &m->tree[t], room, rows, n, margin);
    for (size_t i = 0; i < n; i++) {
        forest_end(m, s, margin + i * m->outputs);
        (void)model_refuses(m, rows + i * m->features, margin + i * m->outputs);
    }
    mem_free(room);
    return true;
}
