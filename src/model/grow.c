/* Trees: collected as the file numbers their nodes, checked, then laid out so
 * that a parent stands before its children, left before right. */
#include "model/state.h"

#include <math.h>

static status open_tree(const struct builder *b, const char *what,
                        struct error *e)
{
    if (!b->in_tree)
        return error_set(e, ST_BUG, "%s outside a tree", what);
    return ST_OK;
}

static status grow_trees(struct builder *b, struct error *e)
{
    size_t room = b->tree_room;
    TRY(builder_room(b, (void **)&b->memory->trees, &room, b->tree_count + 1,
                     sizeof *b->memory->trees, e));
    return builder_room(b, (void **)&b->reach, &b->tree_room,
                        b->tree_count + 1, sizeof *b->reach, e);
}

status builder_tree(struct builder *b, size_t output, double weight,
                    struct error *e)
{
    if (b->in_tree)
        return error_bug(e, "a tree begun inside a tree");
    if (b->tree_count >= MODEL_TREES_MAX)
        return error_set(e, ST_LIMIT, "more than %d trees", MODEL_TREES_MAX);
    TRY(grow_trees(b, e));
    b->memory->trees[b->tree_count] = (struct tree){.weight = 1.0};
    b->reach[b->tree_count] = (struct reach){.feature = -1};
    b->tree_count++;
    TRY(builder_retarget(b, b->tree_count - 1, output, e));
    TRY(builder_reweigh(b, b->tree_count - 1, weight, e));
    b->in_tree = true;
    b->scratch_count = 0;
    return ST_OK;
}

status builder_retarget(struct builder *b, size_t tree, size_t output,
                        struct error *e)
{
    if (tree >= b->tree_count)
        return error_set(e, ST_FORMAT,
                         "an output for tree %zu, but there are %zu trees",
                         tree, b->tree_count);
    if (output >= MODEL_OUTPUTS_MAX)
        return error_set(e, ST_FORMAT,
                         "tree %zu adds to output %zu (below %d are read)",
                         tree, output, MODEL_OUTPUTS_MAX);
    b->memory->trees[tree].output = (uint32_t)output;
    return ST_OK;
}

status builder_reweigh(struct builder *b, size_t tree, double weight,
                       struct error *e)
{
    if (tree >= b->tree_count)
        return error_set(e, ST_FORMAT,
                         "a weight for tree %zu, but there are %zu trees", tree,
                         b->tree_count);
    if (!isfinite(weight))
        return error_set(e, ST_FORMAT, "the weight of tree %zu is not finite",
                         tree);
    b->memory->trees[tree].weight = weight;
    return ST_OK;
}

size_t builder_trees(const struct builder *b)
{
    return b->tree_count;
}

static status node_fault(const struct builder *b, size_t node, struct error *e,
                         const char *what)
{
    return error_set(e, ST_FORMAT, "tree %zu, node %zu: %s", b->tree_count - 1,
                     node, what);
}

static status add_node(struct builder *b, const struct node *n, struct error *e)
{
    size_t at = b->scratch_count;
    if (!isfinite(n->cover) || n->cover < 0.0)
        return node_fault(b, at, e,
                          "its cover is not a finite number of at least 0");
    if (b->nodes >= MODEL_NODES_MAX)
        return error_set(e, ST_LIMIT, "more than %d nodes in all trees",
                         MODEL_NODES_MAX);
    TRY(builder_room(b, (void **)&b->scratch, &b->scratch_room, at + 1,
                     sizeof *b->scratch, e));
    b->scratch[at] = *n;
    b->scratch_count++;
    b->nodes++;
    return ST_OK;
}

static status note_feature(struct builder *b, long feature, size_t node,
                           struct error *e)
{
    if (feature < 0 || feature >= MODEL_FEATURES_MAX)
        return error_set(e, ST_FORMAT,
                         "tree %zu, node %zu reads input %ld (0 to %d are "
                         "read)", b->tree_count - 1, node, feature,
                         MODEL_FEATURES_MAX - 1);
    struct reach *r = &b->reach[b->tree_count - 1];
    if (feature > r->feature)
        *r = (struct reach){(int32_t)feature, (uint32_t)node};
    return ST_OK;
}

status builder_leaf(struct builder *b, double value, double cover,
                    struct error *e)
{
    TRY(open_tree(b, "a leaf", e));
    if (!isfinite(value))
        return node_fault(b, b->scratch_count, e,
                          "its leaf value is not finite");
    struct node n = {.feature = -1, .left = -1, .right = -1, .value = value,
                     .cover = cover};
    return add_node(b, &n, e);
}

static struct node *last_leaf(struct builder *b)
{
    if (!b->in_tree || b->scratch_count == 0)
        return NULL;
    struct node *n = &b->scratch[b->scratch_count - 1];
    return n->feature < 0 ? n : NULL;
}

status builder_linear_term(struct builder *b, long feature, double coefficient,
                           struct error *e)
{
    struct node *leaf = last_leaf(b);
    if (leaf == NULL)
        return error_bug(e, "a linear term without its leaf");
    size_t at = b->scratch_count - 1;
    TRY(note_feature(b, feature, at, e));
    if (!isfinite(coefficient))
        return node_fault(b, at, e, "a linear coefficient is not finite");
    if (b->term_count >= UINT32_MAX - 1)
        return error_set(e, ST_LIMIT, "too many linear terms");
    TRY(builder_room(b, (void **)&b->memory->terms, &b->term_room,
                     b->term_count + 1, sizeof *b->memory->terms, e));
    if (leaf->linear_count == 0)
        leaf->linear_first = (uint32_t)b->term_count;
    b->memory->terms[b->term_count++] =
        (struct linear_term){(int32_t)feature, coefficient};
    leaf->linear_count++;
    return ST_OK;
}

void builder_linear_constant(struct builder *b, double constant)
{
    struct node *leaf = last_leaf(b);
    if (leaf != NULL)
        leaf->linear_constant = constant;
}

static status add_split(struct builder *b, struct node *n, long feature,
                        long left, long right, struct error *e)
{
    size_t at = b->scratch_count;
    TRY(note_feature(b, feature, at, e));
    if (left < 0 || right < 0 || left > INT32_MAX || right > INT32_MAX)
        return node_fault(b, at, e, "a child's number is out of range");
    n->feature = (int32_t)feature;
    n->left = (int32_t)left;
    n->right = (int32_t)right;
    return add_node(b, n, e);
}

status builder_split(struct builder *b, long feature, double threshold,
                     long left, long right, bool default_left,
                     enum node_missing missing, double cover, struct error *e)
{
    TRY(open_tree(b, "a split", e));
    if (isnan(threshold))
        return node_fault(b, b->scratch_count, e,
                          "its threshold is not a number");
    struct node n = {.threshold = threshold, .cover = cover,
                     .default_left = default_left,
                     .missing = (uint8_t)missing};
    return add_split(b, &n, feature, left, right, e);
}

status builder_category_split(struct builder *b, long feature,
                              const uint32_t *bits, size_t words,
                              bool set_goes_left, long left, long right,
                              bool default_left, enum node_missing missing,
                              double cover, struct error *e)
{
    TRY(open_tree(b, "a split", e));
    if (words > UINT32_MAX - 1 - b->bits_count)
        return error_set(e, ST_LIMIT, "too many category sets");
    TRY(builder_room(b, (void **)&b->memory->bits, &b->bits_room,
                     b->bits_count + words, sizeof *b->memory->bits, e));
    struct node n = {.categorical = true, .set_goes_left = set_goes_left,
                     .cover = cover, .default_left = default_left,
                     .missing = (uint8_t)missing,
                     .set_first = (uint32_t)b->bits_count,
                     .set_words = (uint32_t)words};
    if (words > 0)
        memcpy(b->memory->bits + b->bits_count, bits, words * sizeof *bits);
    b->bits_count += words;
    return add_split(b, &n, feature, left, right, e);
}

/* Puts one reached node into its place and its children on the stack. */
static status lay_node(struct builder *b, struct node *out, size_t *laid,
                       struct visit v, size_t *waiting, struct error *e)
{
    struct node n = b->scratch[v.node];
    if (b->place[v.node] != 0)
        return error_set(e, ST_FORMAT,
                         "tree %zu, node %u: it is reached twice, the second "
                         "time from node %u", b->tree_count - 1, v.node,
                         v.parent);
    if (v.depth > MODEL_DEPTH_MAX)
        return error_set(e, ST_LIMIT,
                         "tree %zu, node %u: deeper than %d splits",
                         b->tree_count - 1, v.node, MODEL_DEPTH_MAX);
    struct tree *t = &b->memory->trees[b->tree_count - 1];
    int32_t at = (int32_t)(*laid)++;
    b->place[v.node] = (uint32_t)at + 1;
    if (v.depth > 0 && v.left)
        out[b->place[v.parent] - 1].left = at;
    else if (v.depth > 0)
        out[b->place[v.parent] - 1].right = at;
    t->depth = v.depth > t->depth ? v.depth : t->depth;
    if (n.feature < 0) {
        t->leaf_count++;
        t->linear |= n.linear_count > 0;
        if (!isfinite(n.linear_constant))
            return node_fault(b, v.node, e,
                              "its linear constant is not finite");
    } else {
        size_t worse = (size_t)(n.left > n.right ? n.left : n.right);
        if (worse >= b->scratch_count)
            return error_set(e, ST_FORMAT,
                             "tree %zu, node %u: child %zu is outside the tree "
                             "of %zu nodes", b->tree_count - 1, v.node, worse,
                             b->scratch_count);
        /* Left comes off first; at most one waits for each level and side. */
        b->stack[(*waiting)++] =
            (struct visit){(uint32_t)n.right, v.node, v.depth + 1, false};
        b->stack[(*waiting)++] =
            (struct visit){(uint32_t)n.left, v.node, v.depth + 1, true};
    }
    out[at] = n;
    return ST_OK;
}

static status lay_tree(struct builder *b, struct node *out, struct error *e)
{
    size_t waiting = 1, laid = 0;
    b->stack[0] = (struct visit){0, 0, 0, false};
    while (waiting > 0) {
        struct visit v = b->stack[--waiting];
        TRY(lay_node(b, out, &laid, v, &waiting, e));
    }
    for (size_t i = 0; laid < b->scratch_count; i++)
        if (b->place[i] == 0)
            return node_fault(b, i, e, "no other node leads to it");
    return ST_OK;
}

status builder_tree_end(struct builder *b, struct error *e)
{
    TRY(open_tree(b, "the end of a tree", e));
    struct tree *t = &b->memory->trees[b->tree_count - 1];
    size_t count = b->scratch_count;
    if (count == 0)
        return error_set(e, ST_FORMAT, "tree %zu has no nodes",
                         b->tree_count - 1);
    struct node *out = arena_new_array(b->memory->arena, struct node, count);
    if (out == NULL)
        return arena_error(b->memory->arena, e);
    mem_free(b->place);
    mem_free(b->stack);
    b->place = mem_array(count, sizeof *b->place);
    b->stack = mem_array(2 * (MODEL_DEPTH_MAX + 2), sizeof *b->stack);
    if (b->place == NULL || b->stack == NULL)
        return error_memory(e);
    TRY(lay_tree(b, out, e));
    t->node = out;
    t->node_count = (uint32_t)count;
    b->in_tree = false;
    return ST_OK;
}
