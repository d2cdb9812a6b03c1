/* One tree of an XGBoost model, once all its lists are read. Thresholds and
 * leaf values are float32 in the library, so they are rounded here. */
#include "base/num.h"
#include "formats/xgboost.h"

#include <math.h>

/* The library marks a pruned node by this input; nothing leads to it. */
enum { NODE_DELETED = 2147483647, CODES_MAX = 16777217 };

static const struct {
    const char *key;
    bool required;
} lists[TREE_LISTS] = {
    [LIST_LEFT] = {"left_children", true},
    [LIST_RIGHT] = {"right_children", true},
    [LIST_CONDITION] = {"split_conditions", true},
    [LIST_INDEX] = {"split_indices", true},
    [LIST_DEFAULT] = {"default_left", true},
    [LIST_COVER] = {"sum_hessian", true},
    [LIST_TYPE] = {"split_type", false},
    [LIST_CAT_NODE] = {"categories_nodes", false},
    [LIST_CAT_FIRST] = {"categories_segments", false},
    [LIST_CAT_SIZE] = {"categories_sizes", false},
    [LIST_CAT] = {"categories", false},
};

static status check_length(const struct xgboost *x, enum tree_list i,
                           size_t want, struct error *e)
{
    if (x->tree[i].count == want)
        return ST_OK;
    return tokens_fault(x->tokens, e, ST_FORMAT,
                        "tree %zu: %s has %zu entries, %zu were expected",
                        x->number, lists[i].key, x->tree[i].count, want);
}

static status check_lists(const struct xgboost *x, struct error *e)
{
    size_t nodes = x->tree[LIST_LEFT].count;
    size_t sets = x->tree[LIST_CAT_NODE].count;
    for (enum tree_list i = LIST_LEFT; i <= LIST_TYPE; i++) {
        if (!x->tree[i].given && lists[i].required)
            return tokens_fault(x->tokens, e, ST_FORMAT, "tree %zu has no %s",
                                x->number, lists[i].key);
        if (x->tree[i].count > 0 || lists[i].required)
            TRY(check_length(x, i, nodes, e));
    }
    TRY(check_length(x, LIST_CAT_FIRST, sets, e));
    return check_length(x, LIST_CAT_SIZE, sets, e);
}

static status whole(const struct xgboost *x, enum tree_list i, size_t at,
                    long low, long high, long *out, struct error *e)
{
    double v = x->tree[i].value[at];
    if (!(v >= (double)low && v <= (double)high) || v != rint(v)) {
        char text[NUM_TEXT_MAX];
        (void)num_shortest(v, text);
        return tokens_fault(x->tokens, e, ST_FORMAT,
                            "tree %zu: %s, entry %zu must be a whole number "
                            "from %ld to %ld, found %s", x->number,
                            lists[i].key, at, low, high, text);
    }
    *out = (long)v;
    return ST_OK;
}

static status bits_room(struct xgboost *x, size_t words, struct error *e)
{
    if (words > x->bits_room) {
        uint32_t *grown = mem_grow(x->bits, x->bits_room, words, sizeof *grown);
        if (grown == NULL)
            return error_memory(e);
        x->bits = grown;
        x->bits_room = words;
    }
    if (words > 0)
        memset(x->bits, 0, words * sizeof *x->bits);
    return ST_OK;
}

/* Set number `set` of the tree as bits; *words is how many hold it. */
static status read_set(struct xgboost *x, size_t set, size_t *words,
                       struct error *e)
{
    long codes = (long)x->tree[LIST_CAT].count;
    long first = 0, size = 0, top = -1, code = 0;
    TRY(whole(x, LIST_CAT_FIRST, set, 0, codes, &first, e));
    TRY(whole(x, LIST_CAT_SIZE, set, 0, codes - first, &size, e));
    for (long i = first; i < first + size; i++) {
        TRY(whole(x, LIST_CAT, (size_t)i, 0, CODES_MAX, &code, e));
        top = code > top ? code : top;
    }
    *words = (size_t)(top + 32) / 32;
    TRY(bits_room(x, *words, e));
    for (long i = first; i < first + size; i++) {
        size_t at = (size_t)x->tree[LIST_CAT].value[i];
        x->bits[at / 32] |= (uint32_t)1 << (at % 32);
    }
    return ST_OK;
}

/* Node → number without the pruned ones, UINT32_MAX for those. */
static status renumber(struct xgboost *x, struct error *e)
{
    size_t nodes = x->tree[LIST_LEFT].count, next = 0;
    if (nodes > x->renumber_room) {
        uint32_t *grown =
            mem_grow(x->renumber, x->renumber_room, nodes, sizeof *grown);
        if (grown == NULL)
            return error_memory(e);
        x->renumber = grown;
        x->renumber_room = nodes;
    }
    for (size_t i = 0; i < nodes; i++) {
        bool deleted = x->tree[LIST_INDEX].value[i] == (double)NODE_DELETED;
        x->renumber[i] = deleted && i > 0 ? UINT32_MAX : (uint32_t)next++;
    }
    return ST_OK;
}

static status child_of(const struct xgboost *x, enum tree_list i, size_t node,
                       long *out, struct error *e)
{
    TRY(whole(x, i, node, 0, (long)x->tree[LIST_LEFT].count - 1, out, e));
    if (x->renumber[*out] == UINT32_MAX)
        return tokens_fault(x->tokens, e, ST_FORMAT,
                            "tree %zu, node %zu leads to node %ld, which is "
                            "marked as pruned", x->number, node, *out);
    *out = (long)x->renumber[*out];
    return ST_OK;
}

/* A cover is a float32 in the library. JSON has its shortest decimal, UBJSON
 * the float: taken as that decimal, both give the same bytes everywhere. */
static double cover_of(const struct xgboost *x, size_t node)
{
    double value = x->tree[LIST_COVER].value[node], decimal = 0.0;
    char text[NUM_TEXT_MAX];
    if (!isfinite(value) || value != num_float(value))
        return value;
    size_t n = num_shortest_float((float)value, text);
    return num_parse(text, n, &decimal) ? decimal : value;
}

static status put_split(struct xgboost *x, size_t node, size_t *set,
                        struct error *e)
{
    const struct column *c = x->tree;
    long feature = 0, left = 0, right = 0, to_left = 0, type = 0, owner = -1;
    TRY(whole(x, LIST_INDEX, node, 0, MODEL_FEATURES_MAX - 1, &feature, e));
    TRY(child_of(x, LIST_LEFT, node, &left, e));
    TRY(child_of(x, LIST_RIGHT, node, &right, e));
    TRY(whole(x, LIST_DEFAULT, node, 0, 1, &to_left, e));
    if (c[LIST_TYPE].count > 0)
        TRY(whole(x, LIST_TYPE, node, 0, 1, &type, e));
    double cover = cover_of(x, node);
    if (type == 0)
        return builder_split(x->b, feature,
                             num_float(c[LIST_CONDITION].value[node]), left,
                             right, to_left != 0, MISSING_NAN, cover, e);
    size_t words = 0;
    if (*set < c[LIST_CAT_NODE].count)
        TRY(whole(x, LIST_CAT_NODE, *set, 0, INT32_MAX, &owner, e));
    if (owner != (long)node)
        return tokens_fault(x->tokens, e, ST_FORMAT,
                            "tree %zu, node %zu splits by category, but the "
                            "next set belongs to node %ld", x->number,
                            node, owner);
    TRY(read_set(x, (*set)++, &words, e));
    return builder_category_split(x->b, feature, x->bits, words, false, left,
                                  right, to_left != 0, MISSING_NAN, cover, e);
}

static status put_nodes(struct xgboost *x, struct error *e)
{
    const struct column *c = x->tree;
    size_t set = 0;
    TRY(builder_tree(x->b, 0, 1.0, e));
    for (size_t i = 0; i < c[LIST_LEFT].count; i++) {
        if (x->renumber[i] == UINT32_MAX)
            continue;
        if (c[LIST_LEFT].value[i] == -1.0)
            TRY(builder_leaf(x->b, num_float(c[LIST_CONDITION].value[i]),
                             cover_of(x, i), e));
        else
            TRY(put_split(x, i, &set, e));
    }
    return builder_tree_end(x->b, e);
}

status xgboost_tree(struct xgboost *x, struct error *e)
{
    struct error fault = {0};
    x->number = builder_trees(x->b);
    TRY(check_lists(x, e));
    TRY(renumber(x, e));
    status s = put_nodes(x, &fault);
    if (s == ST_OK)
        return ST_OK;
    /* The builder knows the node; only the reader knows the place. */
    return tokens_fault(x->tokens, e, s, "%s", fault.text);
}
