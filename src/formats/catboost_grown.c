/* Trees that grew leaf by leaf or level by level without being symmetric: nested
 * objects. They are read into a list without recursion; a child stands behind
 * its parent there. */
#include "base/text.h"
#include "formats/catboost.h"

enum { NESTED_MAX = MODEL_DEPTH_MAX };

static status new_node(struct catboost *c, struct error *e)
{
    if (c->nodes >= MODEL_NODES_MAX)
        return tokens_fault(c->tokens, e, ST_LIMIT, "too many nodes");
    TRY(MEM_ROOM(c->node, c->nodes_room, c->nodes + 1, e));
    c->node[c->nodes++] = (struct catboost_node){-1, -1, -1, SIZE_MAX, 0.0};
    return ST_OK;
}

static status read_value(struct catboost *c, struct catboost_node *n,
                         struct error *e)
{
    size_t first = c->leaf_values.count;
    if (n->value != SIZE_MAX)
        return tokens_fault(c->tokens, e, ST_FORMAT, "a leaf has two values");
    n->value = first;
    TRY(catboost_numbers(c, &c->leaf_values, "value", e));
    return catboost_outputs(c, c->leaf_values.count - first, e);
}

static status enter_child(struct catboost *c, size_t parent, bool right,
                          struct error *e)
{
    struct catboost_node *n = &c->node[parent];
    if ((right ? n->right : n->left) >= 0)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "a node has two children called %s",
                            right ? "right" : "left");
    TRY(catboost_expect(c, TOKEN_BEGIN_OBJECT, right ? "right" : "left", e));
    if (right)
        n->right = (long)c->nodes;
    else
        n->left = (long)c->nodes;
    return new_node(c, e);
}

/* One key of node `at` that is no child. */
static status read_key(struct catboost *c, size_t at, const char *key,
                       struct error *e)
{
    struct catboost_node *n = &c->node[at];
    if (text_equal(key, "value"))
        return read_value(c, n, e);
    if (text_equal(key, "weight"))
        return catboost_number(c, "weight", &n->weight, e);
    if (!text_equal(key, "split"))
        return tokens_skip(c->tokens, e);
    if (n->split >= 0)
        return tokens_fault(c->tokens, e, ST_FORMAT, "a node has two splits");
    TRY(catboost_expect(c, TOKEN_BEGIN_OBJECT, "split", e));
    n->split = (long)c->splits;
    return catboost_split(c, e);
}

static status read_nodes(struct catboost *c, struct error *e)
{
    size_t open[NESTED_MAX], depth = 1;
    open[0] = 0;
    TRY(new_node(c, e));
    while (depth > 0) {
        struct token token;
        TRY(tokens_next(c->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT) {
            depth--;
            continue;
        }
        bool left = text_equal(token.text, "left");
        if (!left && !text_equal(token.text, "right")) {
            TRY(read_key(c, open[depth - 1], token.text, e));
            continue;
        }
        if (depth == NESTED_MAX)
            return tokens_fault(c->tokens, e, ST_LIMIT,
                                "tree %zu is deeper than %d", c->trees,
                                NESTED_MAX);
        TRY(enter_child(c, open[depth - 1], !left, e));
        open[depth++] = c->nodes - 1;
    }
    return ST_OK;
}

/* Every node is a leaf or a split with two children; covers add up. */
static status check_nodes(struct catboost *c, struct error *e)
{
    for (size_t i = c->nodes; i-- > 0;) {
        struct catboost_node *n = &c->node[i];
        bool leaf = n->split < 0;
        if (leaf ? n->value == SIZE_MAX || n->left >= 0 || n->right >= 0
                 : n->value != SIZE_MAX || n->left < 0 || n->right < 0)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "tree %zu: node %zu is neither a leaf with a "
                                "value nor a split with left and right",
                                c->trees, i);
        if (!leaf)
            n->weight = c->node[n->left].weight + c->node[n->right].weight;
    }
    return ST_OK;
}

static status put_output(struct catboost *c, size_t output, struct error *e)
{
    TRY(builder_tree(c->b, output, 1.0, e));
    for (size_t i = 0; i < c->nodes; i++) {
        const struct catboost_node *n = &c->node[i];
        if (n->split >= 0)
            TRY(catboost_put_split(c, &c->split[n->split], n->left, n->right,
                                   n->weight, e));
        else
            TRY(builder_leaf(c->b, c->leaf_values.value[n->value + output],
                             n->weight, e));
    }
    return builder_tree_end(c->b, e);
}

static status read_tree(struct catboost *c, struct error *e)
{
    c->splits = c->nodes = 0;
    columns_clear(&c->leaf_values, 1);
    TRY(read_nodes(c, e));
    TRY(check_nodes(c, e));
    for (size_t k = 0; k < c->outputs; k++) {
        struct error fault = {0};
        status s = put_output(c, k, &fault);
        if (s != ST_OK)
            return tokens_fault(c->tokens, e, s, "%s", fault.text);
    }
    return ST_OK;
}

status catboost_grown(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_each_tree(c, "trees", read_tree, e);
}
