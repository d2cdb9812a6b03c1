/* TreeEnsemble, version 5: nodes and leaves in arrays of their own. */
#include "formats/onnx_trees.h"

#include <math.h>

struct arrays {
    const long long *feature, *yes, *no, *yes_leaf, *no_leaf, *missing, *root,
        *target;
    const double *mode, *split, *weight, *member;
    size_t nodes, leaves, roots, members;
};

static status ints(const struct onnx_node *n, const char *name, size_t count,
                   const long long **out, struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    if (a == NULL || a->int_count != count)
        return onnx_fault(n, e, ST_FORMAT, "%s has %zu entries for %zu", name,
                          a == NULL ? 0 : a->int_count, count);
    *out = a->ints;
    return ST_OK;
}

static status tensor(const struct onnx_node *n, const char *name,
                     const double **out, size_t *count, struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    if (a == NULL || a->tensor == NULL ||
        (a->tensor->number == NULL && a->tensor->count > 0))
        return onnx_fault(n, e, ST_FORMAT, "%s is no tensor of numbers", name);
    *out = a->tensor->number;
    *count = a->tensor->count;
    return ST_OK;
}

static status read_arrays(const struct onnx_node *n, struct arrays *a,
                          struct error *e)
{
    const struct onnx_attribute *root = onnx_attribute(n, "tree_roots");
    const struct onnx_attribute *missing =
        onnx_attribute(n, "nodes_missing_value_tracks_true");
    size_t splits = 0;
    a->roots = root == NULL ? 0 : root->int_count;
    a->root = root == NULL ? NULL : root->ints;
    TRY(tensor(n, "nodes_modes", &a->mode, &a->nodes, e));
    TRY(tensor(n, "nodes_splits", &a->split, &splits, e));
    TRY(tensor(n, "leaf_weights", &a->weight, &a->leaves, e));
    if (onnx_attribute(n, "membership_values") != NULL)
        TRY(tensor(n, "membership_values", &a->member, &a->members, e));
    if (splits != a->nodes || a->nodes == 0 || a->leaves == 0 ||
        a->roots == 0 || a->nodes > MODEL_NODES_MAX ||
        a->leaves > MODEL_NODES_MAX)
        return onnx_fault(n, e, ST_FORMAT, "%zu modes, %zu thresholds, %zu "
                          "leaves, %zu roots", a->nodes, splits, a->leaves,
                          a->roots);
    TRY(ints(n, "nodes_featureids", a->nodes, &a->feature, e));
    TRY(ints(n, "nodes_truenodeids", a->nodes, &a->yes, e));
    TRY(ints(n, "nodes_falsenodeids", a->nodes, &a->no, e));
    TRY(ints(n, "nodes_trueleafs", a->nodes, &a->yes_leaf, e));
    TRY(ints(n, "nodes_falseleafs", a->nodes, &a->no_leaf, e));
    TRY(ints(n, "leaf_targetids", a->leaves, &a->target, e));
    if (missing != NULL && missing->int_count > 0)
        TRY(ints(n, "nodes_missing_value_tracks_true", a->nodes, &a->missing,
                 e));
    return ST_OK;
}

/* A branch: a node, or behind all nodes a leaf. */
static status branch(const struct onnx_node *n, const struct arrays *a,
                     long long to, bool leaf, uint32_t *out, struct error *e)
{
    size_t most = leaf ? a->leaves : a->nodes;
    if (to < 0 || (size_t)to >= most)
        return onnx_fault(n, e, ST_FORMAT, "a branch leads to %s %lld of %zu",
                          leaf ? "leaf" : "node", to, most);
    *out = (uint32_t)((leaf ? a->nodes : 0) + (size_t)to);
    return ST_OK;
}

/* The next list of members, which NaN ends. */
static size_t members_at(const struct arrays *a, size_t from)
{
    size_t to = from;
    while (to < a->members && !isnan(a->member[to]))
        to++;
    return to - from;
}

static status fill_nodes(const struct onnx_node *n, const struct arrays *a,
                         struct onnx_trees *t, struct error *e)
{
    static const uint8_t modes[] = {MODE_LEQ, MODE_LT, MODE_GTE, MODE_GT,
                                    MODE_EQ, MODE_NEQ, MODE_MEMBER};
    size_t member = 0;
    for (size_t i = 0; i < a->nodes; i++) {
        struct onnx_tree_node *o = &t->of[i];
        long long mode = -1;
        if (!onnx_whole(a->mode[i], &mode) || mode < 0 || mode > 6)
            return onnx_fault(n, e, ST_UNSUPPORTED, "node %zu of the trees has "
                              "mode %g", i, a->mode[i]);
        if (a->feature[i] < 0 || a->feature[i] >= MODEL_FEATURES_MAX)
            return onnx_fault(n, e, ST_FORMAT, "node %zu of the trees reads "
                              "column %lld", i, a->feature[i]);
        o->mode = modes[mode];
        o->feature = (uint32_t)a->feature[i];
        o->value = a->split[i];
        o->missing_true = a->missing != NULL && a->missing[i] != 0;
        TRY(branch(n, a, a->yes[i], a->yes_leaf[i] != 0, &o->yes, e));
        TRY(branch(n, a, a->no[i], a->no_leaf[i] != 0, &o->no, e));
        if (o->mode != MODE_MEMBER)
            continue;
        if (member >= a->members)
            return onnx_fault(n, e, ST_FORMAT, "node %zu of the trees has no "
                              "list of members", i);
        o->members = members_at(a, member);
        o->member = a->member + member;
        member += o->members + 1;
    }
    return ST_OK;
}

static status fill_leaves(struct onnx *x, const struct onnx_node *n,
                          const struct arrays *a, struct onnx_trees *t,
                          struct error *e)
{
    struct onnx_weight *w = onnx_alloc(x, a->leaves, sizeof *w);
    if (w == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < a->leaves; i++) {
        if (a->target[i] < 0 || (size_t)a->target[i] >= t->outputs)
            return onnx_fault(n, e, ST_FORMAT, "leaf %zu adds to target %lld "
                              "of %zu", i, a->target[i], t->outputs);
        w[i] = (struct onnx_weight){(uint32_t)a->target[i], a->weight[i],
                                    NULL};
        t->of[a->nodes + i].weight = &w[i];
    }
    return ST_OK;
}

static status fill_roots(struct onnx *x, const struct onnx_node *n,
                         const struct arrays *a, struct onnx_trees *t,
                         struct error *e)
{
    t->root = onnx_alloc(x, a->roots, sizeof *t->root);
    if (t->root == NULL)
        return arena_error(x->work, e);
    t->roots = a->roots;
    for (size_t i = 0; i < a->roots; i++)
        TRY(branch(n, a, a->root[i], false, &t->root[i], e));
    return ST_OK;
}

/* A node both of whose branches are one leaf is that leaf. */
static void single_leaves(const struct arrays *a, struct onnx_trees *t)
{
    for (size_t i = 0; i < a->nodes; i++) {
        struct onnx_tree_node *o = &t->of[i];
        if (o->yes != o->no || o->yes < a->nodes)
            continue;
        o->mode = MODE_LEAF;
        o->weight = t->of[o->yes].weight;
    }
}

static status post_of(struct onnx *x, const struct onnx_node *n,
                      struct onnx_value *out, struct error *e)
{
    reg *in = onnx_alloc(x, out->count, sizeof *in);
    bool single = onnx_single(out->type);
    if (in == NULL)
        return arena_error(x->work, e);
    memcpy(in, out->reg, out->count * sizeof *in);
    switch (onnx_int(n, "post_transform", 0)) {
    case 0:
        return ST_OK;
    case 1:
        return onnx_softmax(x, false, single, in, out->count, out->reg, e);
    case 2:
        return onnx_map(x, MAP_LOGISTIC, 0, 0, single, in, out->count,
                        out->reg, e);
    default:
        return onnx_fault(n, e, ST_UNSUPPORTED, "post_transform %lld",
                          onnx_int(n, "post_transform", 0));
    }
}

status onnx_lower_ensemble5(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    static const enum onnx_aggregate aggregates[] = {
        AGGREGATE_AVERAGE, AGGREGATE_SUM, AGGREGATE_MIN, AGGREGATE_MAX};
    long long targets = onnx_int(n, "n_targets", 1);
    long long aggregate = onnx_int(n, "aggregate_function", 1);
    struct arrays a = {0};
    struct onnx_trees *t = NULL;
    const struct onnx_value *v;
    struct onnx_value out;
    if (targets < 1 || targets > MODEL_OUTPUTS_MAX || aggregate < 0 ||
        aggregate > 3)
        return onnx_fault(n, e, ST_FORMAT, "%lld targets, aggregate %lld",
                          targets, aggregate);
    TRY(onnx_trees_open(x, n, &t, &v, e));
    TRY(read_arrays(n, &a, e));
    t->outputs = (size_t)targets;
    t->aggregate = aggregates[aggregate];
    t->nodes = a.nodes + a.leaves;
    t->of = onnx_alloc(x, t->nodes, sizeof *t->of);
    if (t->of == NULL)
        return arena_error(x->work, e);
    TRY(fill_nodes(n, &a, t, e));
    TRY(fill_leaves(x, n, &a, t, e));
    TRY(fill_roots(x, n, &a, t, e));
    single_leaves(&a, t);
    TRY(onnx_trees_check(x, n, t, e));
    long dim[2] = {1, (long)targets};
    TRY(onnx_make(x, v->type == ONNX_DOUBLE ? ONNX_DOUBLE : ONNX_FLOAT, dim, 2,
                  0, ROOM_REGISTERS, &out, e));
    TRY(onnx_trees_lower(x, t, out.reg, e));
    TRY(post_of(x, n, &out, e));
    return onnx_set(x, n, 0, &out, e);
}
