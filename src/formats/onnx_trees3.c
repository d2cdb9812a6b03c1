/* TreeEnsembleClassifier and TreeEnsembleRegressor, versions 1 and 3. */
#include "formats/onnx_trees.h"

#include "base/text.h"

#include <stdlib.h>

/* (tree, node) as the file numbers them, and where the node stands. */
struct key {
    long long tree, node;
    uint32_t place;
};

struct lists {
    const long long *tree, *node, *feature, *yes, *no, *missing;
    const char *const *mode;
    const double *value;
    size_t count;
    struct key *key; /* sorted */
};

static int by_key(const void *a, const void *b)
{
    const struct key *p = a, *q = b;
    if (p->tree != q->tree)
        return p->tree < q->tree ? -1 : 1;
    return p->node < q->node ? -1 : p->node > q->node;
}

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

/* Numbers from a list of floats, or from a tensor of the same name. */
static status numbers(struct onnx *x, const struct onnx_node *n,
                      const char *name, const double **out, size_t *count,
                      struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    const char *longer = arena_format(x->work, "%s_as_tensor", name);
    if (longer == NULL)
        return arena_error(x->work, e);
    const struct onnx_attribute *t = onnx_attribute(n, longer);
    bool tensor = t != NULL && t->tensor != NULL && t->tensor->number != NULL;
    *out = tensor ? t->tensor->number : a == NULL ? NULL : a->floats;
    *count = tensor ? t->tensor->count : a == NULL ? 0 : a->float_count;
    return ST_OK;
}

static status read_lists(struct onnx *x, const struct onnx_node *n,
                         struct lists *l, struct error *e)
{
    const struct onnx_attribute *mode = onnx_attribute(n, "nodes_modes");
    const struct onnx_attribute *missing =
        onnx_attribute(n, "nodes_missing_value_tracks_true");
    size_t values = 0;
    l->count = mode == NULL ? 0 : mode->string_count;
    if (l->count == 0 || l->count > MODEL_NODES_MAX)
        return onnx_fault(n, e, ST_FORMAT, "it has no nodes, or too many");
    l->mode = mode->strings;
    TRY(ints(n, "nodes_treeids", l->count, &l->tree, e));
    TRY(ints(n, "nodes_nodeids", l->count, &l->node, e));
    TRY(ints(n, "nodes_featureids", l->count, &l->feature, e));
    TRY(ints(n, "nodes_truenodeids", l->count, &l->yes, e));
    TRY(ints(n, "nodes_falsenodeids", l->count, &l->no, e));
    TRY(numbers(x, n, "nodes_values", &l->value, &values, e));
    if (missing != NULL && missing->int_count > 0)
        TRY(ints(n, "nodes_missing_value_tracks_true", l->count, &l->missing,
                 e));
    if (values != l->count)
        return onnx_fault(n, e, ST_FORMAT, "nodes_values has %zu entries for "
                          "%zu", values, l->count);
    l->key = onnx_alloc(x, l->count, sizeof *l->key);
    if (l->key == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < l->count; i++)
        l->key[i] = (struct key){l->tree[i], l->node[i], (uint32_t)i};
    qsort(l->key, l->count, sizeof *l->key, by_key);
    for (size_t i = 1; i < l->count; i++)
        if (by_key(&l->key[i - 1], &l->key[i]) == 0)
            return onnx_fault(n, e, ST_FORMAT, "tree %lld has node %lld twice",
                              l->key[i].tree, l->key[i].node);
    return ST_OK;
}

static status find(const struct onnx_node *n, const struct lists *l,
                   long long tree, long long node, uint32_t *out,
                   struct error *e)
{
    struct key want = {tree, node, 0};
    const struct key *k = bsearch(&want, l->key, l->count, sizeof *l->key,
                                  by_key);
    if (k == NULL)
        return onnx_fault(n, e, ST_FORMAT, "tree %lld has no node %lld", tree,
                          node);
    *out = k->place;
    return ST_OK;
}

static bool mode_of(const char *word, uint8_t *out)
{
    static const char *const words[] = {
        [MODE_LEAF] = "LEAF",       [MODE_LEQ] = "BRANCH_LEQ",
        [MODE_LT] = "BRANCH_LT",    [MODE_GTE] = "BRANCH_GTE",
        [MODE_GT] = "BRANCH_GT",    [MODE_EQ] = "BRANCH_EQ",
        [MODE_NEQ] = "BRANCH_NEQ"};
    for (uint8_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(word, words[i])) {
            *out = i;
            return true;
        }
    return false;
}

static status fill_nodes(const struct onnx_node *n, const struct lists *l,
                         struct onnx_trees *t, struct error *e)
{
    for (size_t i = 0; i < l->count; i++) {
        struct onnx_tree_node *o = &t->of[i];
        if (!mode_of(l->mode[i], &o->mode))
            return onnx_fault(n, e, ST_UNSUPPORTED, "node %lld of tree %lld "
                              "has mode %.40s", l->node[i], l->tree[i],
                              l->mode[i]);
        if (o->mode == MODE_LEAF)
            continue;
        if (l->feature[i] < 0 || l->feature[i] >= MODEL_FEATURES_MAX)
            return onnx_fault(n, e, ST_FORMAT, "node %lld of tree %lld reads "
                              "column %lld", l->node[i], l->tree[i],
                              l->feature[i]);
        o->feature = (uint32_t)l->feature[i];
        o->value = l->value[i];
        o->missing_true = l->missing != NULL && l->missing[i] != 0;
        TRY(find(n, l, l->tree[i], l->yes[i], &o->yes, e));
        TRY(find(n, l, l->tree[i], l->no[i], &o->no, e));
    }
    return ST_OK;
}

/* The node that no other leads to, for each tree in order of appearance. */
static status find_roots(struct onnx *x, const struct onnx_node *n,
                         const struct lists *l, struct onnx_trees *t,
                         struct error *e)
{
    uint8_t *child = onnx_alloc(x, l->count, 1);
    t->root = onnx_alloc(x, l->count, sizeof *t->root);
    t->first = onnx_alloc(x, l->count + 1, sizeof *t->first);
    if (child == NULL || t->root == NULL || t->first == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < l->count; i++)
        if (t->of[i].mode != MODE_LEAF)
            child[t->of[i].yes] = child[t->of[i].no] = 1;
    bool together = true;
    for (size_t i = 0; i < l->count; i++) {
        bool begins = i == 0 || l->tree[i] != l->tree[i - 1];
        together = together && (i == 0 || l->tree[i] >= l->tree[i - 1]);
        if (begins)
            t->first[t->roots] = (uint32_t)i;
        if (child[i] != 0)
            continue;
        t->root[t->roots++] = (uint32_t)i;
    }
    t->first[t->roots] = (uint32_t)l->count;
    size_t trees = 1;
    for (size_t i = 1; i < l->count; i++)
        trees += l->key[i].tree != l->key[i - 1].tree;
    if (trees != t->roots)
        return onnx_fault(n, e, ST_FORMAT, "%zu nodes begin %zu trees",
                          t->roots, trees);
    if (!together)
        t->first = NULL;
    return ST_OK;
}

/* class_* or target_*: what leaves add. */
static status read_weights(struct onnx *x, const struct onnx_node *n,
                           const char *stem, const struct lists *l,
                           struct onnx_trees *t, bool *positive, bool *one,
                           struct error *e)
{
    char name[4][32];
    static const char *const ends[] = {"_treeids", "_nodeids", "_ids",
                                       "_weights"};
    const long long *tree = NULL, *node = NULL, *id = NULL;
    const double *weight = NULL;
    size_t count = 0;
    for (size_t i = 0; i < 4; i++)
        (void)snprintf(name[i], sizeof name[i], "%s%s", stem, ends[i]);
    TRY(numbers(x, n, name[3], &weight, &count, e));
    TRY(ints(n, name[0], count, &tree, e));
    TRY(ints(n, name[1], count, &node, e));
    TRY(ints(n, name[2], count, &id, e));
    struct onnx_weight *w = onnx_alloc(x, count, sizeof *w);
    if (w == NULL)
        return arena_error(x->work, e);
    *positive = *one = true;
    for (size_t i = count; i-- > 0;) {
        uint32_t at = 0;
        TRY(find(n, l, tree[i], node[i], &at, e));
        if (id[i] < 0 || (size_t)id[i] >= t->outputs)
            return onnx_fault(n, e, ST_FORMAT, "%s names score %lld of %zu",
                              name[2], id[i], t->outputs);
        *positive = *positive && weight[i] >= 0.0;
        *one = *one && id[i] == id[0];
        w[i] = (struct onnx_weight){(uint32_t)id[i], weight[i], NULL};
        w[i].next = (struct onnx_weight *)(uintptr_t)t->of[at].weight;
        t->of[at].weight = &w[i];
    }
    return ST_OK;
}

static status read_base(struct onnx *x, const struct onnx_node *n,
                        size_t outputs, double *base, struct error *e)
{
    const double *list;
    size_t count = 0;
    TRY(numbers(x, n, "base_values", &list, &count, e));
    if (count != 0 && count != 1 && count != outputs)
        return onnx_fault(n, e, ST_FORMAT, "%zu base values for %zu scores",
                          count, outputs);
    for (size_t i = 0; i < outputs; i++)
        base[i] = count == 0 ? 0.0 : list[count == 1 ? 0 : i];
    return ST_OK;
}

static status read_ensemble(struct onnx *x, const struct onnx_node *n,
                            const char *stem, size_t outputs,
                            struct onnx_trees **out, bool *positive, bool *one,
                            struct error *e)
{
    struct lists l = {0};
    const struct onnx_value *v;
    struct onnx_trees *t = NULL;
    TRY(onnx_trees_open(x, n, &t, &v, e));
    TRY(read_lists(x, n, &l, e));
    t->outputs = outputs;
    t->nodes = l.count;
    t->of = onnx_alloc(x, l.count, sizeof *t->of);
    if (t->of == NULL)
        return arena_error(x->work, e);
    TRY(fill_nodes(n, &l, t, e));
    TRY(find_roots(x, n, &l, t, e));
    TRY(read_weights(x, n, stem, &l, t, positive, one, e));
    TRY(onnx_trees_check(x, n, t, e));
    *out = t;
    return ST_OK;
}

static status aggregate_of(const struct onnx_node *n, struct onnx_trees *t,
                           struct error *e)
{
    static const char *const words[] = {"SUM", "AVERAGE", "MIN", "MAX"};
    const char *word = onnx_string(n, "aggregate_function", "SUM");
    for (size_t i = 0; i < 4; i++)
        if (text_equal(word, words[i])) {
            t->aggregate = (enum onnx_aggregate)i;
            return ST_OK;
        }
    return onnx_fault(n, e, ST_UNSUPPORTED, "aggregate_function %.40s", word);
}

static status scores_of(struct onnx *x, struct onnx_trees *t,
                        const double *base, struct onnx_value *out,
                        struct error *e)
{
    long dim[2] = {1, (long)t->outputs};
    TRY(onnx_make(x, t->single ? ONNX_FLOAT : ONNX_DOUBLE, dim, 2, 0,
                  ROOM_REGISTERS, out, e));
    TRY(onnx_trees_lower(x, t, out->reg, e));
    return onnx_trees_base(x, base, t->outputs, t->single, out->reg, e);
}

static status lower_regressor(struct onnx *x, const struct onnx_node *n,
                              struct error *e)
{
    long long targets = onnx_int(n, "n_targets", 1);
    struct onnx_trees *t = NULL;
    struct onnx_value out;
    bool positive, one;
    if (targets < 1 || targets > MODEL_OUTPUTS_MAX)
        return onnx_fault(n, e, ST_FORMAT, "%lld targets", targets);
    double *base = onnx_alloc(x, (size_t)targets, sizeof *base);
    if (base == NULL)
        return arena_error(x->work, e);
    TRY(read_ensemble(x, n, "target", (size_t)targets, &t, &positive, &one,
                      e));
    TRY(aggregate_of(n, t, e));
    TRY(read_base(x, n, t->outputs, base, e));
    TRY(scores_of(x, t, base, &out, e));
    TRY(onnx_post(x, n, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

/* One score for two classes: that of the second; the first is the rest. */
static status pair_of(struct onnx *x, const struct onnx_node *n, bool positive,
                      struct onnx_value *scores, struct error *e)
{
    const double minus = -1.0;
    const char *post = onnx_string(n, "post_transform", "NONE");
    bool softmax = text_equal(post, "SOFTMAX");
    double q = positive || text_equal(post, "LOGISTIC") ? 1.0 : 0.0;
    struct onnx_value out;
    long dim[2] = {1, 2};
    if (!softmax)
        TRY(onnx_post(x, n, scores, e));
    TRY(onnx_make(x, scores->type, dim, 2, 0, ROOM_REGISTERS, &out, e));
    out.reg[1] = scores->reg[0];
    TRY(onnx_scale(x, &minus, &q, onnx_single(scores->type), scores->reg, 1,
                   out.reg, e));
    *scores = out;
    return ST_OK;
}

static status lower_classifier(struct onnx *x, const struct onnx_node *n,
                               struct error *e)
{
    struct onnx_trees *t = NULL;
    struct onnx_value out;
    size_t classes = 0;
    bool positive = false, one = false;
    TRY(onnx_labels(x, n, "classlabels_int64s", &classes, e));
    if (classes < 1 || classes > MODEL_OUTPUTS_MAX)
        return onnx_fault(n, e, ST_FORMAT, "%zu classes", classes);
    x->classifier = true;
    TRY(read_ensemble(x, n, "class", classes, &t, &positive, &one, e));
    bool single = classes == 2 && one;
    double *base = onnx_alloc(x, classes, sizeof *base);
    if (base == NULL)
        return arena_error(x->work, e);
    if (single) {
        for (size_t i = 0; i < t->nodes; i++)
            for (const struct onnx_weight *w = t->of[i].weight; w != NULL;
                 w = w->next)
                ((struct onnx_weight *)(uintptr_t)w)->output = 0;
        t->outputs = 1;
    }
    TRY(read_base(x, n, single && onnx_attribute(n, "base_values") != NULL &&
                            onnx_attribute(n, "base_values")->float_count == 2
                            ? 2 : t->outputs, base, e));
    if (single && base[1] != 0.0)
        base[0] = base[1]; /* two values for one score: the second's */
    TRY(scores_of(x, t, base, &out, e));
    TRY(single ? pair_of(x, n, positive, &out, e) : onnx_post(x, n, &out, e));
    return onnx_set(x, n, 1, &out, e);
}

const struct onnx_row onnx_tree_rows[] = {
    {"TreeEnsembleRegressor", lower_regressor},
    {"TreeEnsembleClassifier", lower_classifier},
    {"TreeEnsemble", onnx_lower_ensemble5},
    {NULL, NULL}};
