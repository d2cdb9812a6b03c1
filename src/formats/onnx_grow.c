/* Trees grown anew from an ensemble's nodes, test by test, for the builder. An
 * equality parts what is above from what is below, so that what follows on both
 * sides is grown twice; what the way down has decided already is not asked
 * again, which keeps a chain of equalities from doubling. */
#include "formats/onnx_forest.h"

#include <math.h>

/* Where a test leads: a node, or the rest of its list of members. */
struct target {
    uint32_t node;
    size_t member;
};

static status grow(struct grove *g, struct target to, size_t depth,
                   uint32_t *out, struct error *e);

static status add(struct grove *g, const struct grove_node *n, uint32_t *out,
                  struct error *e)
{
    if (g->nodes >= g->most)
        return error_set(e, ST_LIMIT, "node \"%.80s\": comparisons for equality "
                         "make more than %zu nodes of its trees", g->t->node,
                         g->most);
    TRY(MEM_ROOM(g->node, g->node_room, g->nodes + 1, e));
    *out = (uint32_t)g->nodes;
    g->node[g->nodes++] = *n;
    return ST_OK;
}

static status leaf(struct grove *g, const struct onnx_tree_node *n,
                   uint32_t *out, struct error *e)
{
    struct grove_node made = {.leaf = true};
    for (const struct onnx_weight *w = n->weight; w != NULL; w = w->next)
        if (w->output == g->output)
            made.value += w->value;
    made.value *= g->scale;
    return add(g, &made, out, e);
}

/* A split and both of its sides, with what each knows of the input. */
static status side(struct grove *g, uint32_t at, bool left,
                   struct grove_range range, struct target to, size_t depth,
                   struct error *e)
{
    struct grove_range *r = &g->range[g->node[at].feature], old = *r;
    uint32_t child = 0;
    *r = range;
    status s = grow(g, to, depth + 1, &child, e);
    r = &g->range[g->node[at].feature];
    *r = old;
    if (left)
        g->node[at].left = child;
    else
        g->node[at].right = child;
    return s;
}

static status split(struct grove *g, uint32_t feature, double threshold,
                    bool missing_left, struct target left,
                    struct target right, size_t depth, uint32_t *out,
                    struct error *e)
{
    struct grove_node made = {.feature = feature, .value = threshold,
                              .missing_left = missing_left};
    struct grove_range r = g->range[feature], low = r, high = r;
    low.high = fmin(r.high, threshold);
    low.missing = r.missing && missing_left;
    high.low = fmax(r.low, threshold);
    high.missing = r.missing && !missing_left;
    TRY(add(g, &made, out, e));
    TRY(side(g, *out, true, low, left, depth, e));
    return side(g, *out, false, high, right, depth, e);
}

/* All present values go one way; missing ones perhaps another. */
static status same_way(struct grove *g, const struct grove_test *t, bool yes,
                       const struct target to[2], size_t depth, uint32_t *out,
                       struct error *e)
{
    if (t->missing == yes || !g->range[t->feature].missing)
        return grow(g, to[yes], depth, out, e);
    return split(g, t->feature, (double)INFINITY, false, to[yes], to[!yes],
                 depth, out, e);
}

/* x <= limit asks for to[yes], else for to[!yes]. */
static status at_most(struct grove *g, const struct grove_test *t,
                      double limit, bool yes, const struct target to[2],
                      size_t depth, uint32_t *out, struct error *e)
{
    const struct grove_range *r = &g->range[t->feature];
    if (r->high <= limit)
        return same_way(g, t, yes, to, depth, out, e);
    if (r->low >= limit)
        return same_way(g, t, !yes, to, depth, out, e);
    return split(g, t->feature, limit, t->missing == yes, to[yes], to[!yes],
                 depth, out, e);
}

/* low < x <= high asks for to[yes]: the upper end first, then the lower one in
 * the split below it. */
static status inside(struct grove *g, const struct grove_test *t, bool yes,
                     const struct target to[2], size_t depth, uint32_t *out,
                     struct error *e)
{
    struct grove_range *r = &g->range[t->feature], old = *r;
    struct grove_node made = {.feature = t->feature, .value = t->high,
                              .missing_left = t->missing == yes};
    if (old.high <= t->low || old.low >= t->high)
        return same_way(g, t, !yes, to, depth, out, e);
    if (old.high <= t->high)
        return at_most(g, t, t->low, !yes, to, depth, out, e);
    if (old.low >= t->low)
        return at_most(g, t, t->high, yes, to, depth, out, e);
    TRY(add(g, &made, out, e));
    uint32_t child = 0;
    r->high = t->high;
    r->missing = old.missing && made.missing_left;
    status s = at_most(g, t, t->low, !yes, to, depth + 1, &child, e);
    r = &g->range[t->feature];
    *r = old;
    g->node[*out].left = child;
    if (s != ST_OK)
        return s;
    struct grove_range above = old;
    above.low = t->high;
    above.missing = old.missing && !made.missing_left;
    return side(g, *out, false, above, to[!yes], depth, e);
}

static status words(struct grove *g, const struct onnx_tree_node *n,
                    const struct grove_test *t, const struct target to[2],
                    size_t depth, uint32_t *out, struct error *e)
{
    const struct names *list = g->x->words[t->feature];
    size_t count = names_count(list), width = (count + 31) / 32;
    struct grove_node made = {.words = true, .feature = t->feature,
                              .set_left = true, .bits = g->bit_count,
                              .bit_words = width};
    bool any = false;
    TRY(MEM_ROOM(g->bits, g->bit_room, g->bit_count + width, e));
    for (size_t i = 0; i < width; i++)
        g->bits[g->bit_count + i] = 0;
    for (size_t c = 0; c < count; c++) {
        double number = 0.0;
        TRY(program_word(g->x->k, names_at(list, c), &number, e));
        if (grove_word(g, n, number) == t->no)
            continue;
        any = true;
        g->bits[g->bit_count + c / 32] |= (uint32_t)1 << c % 32;
    }
    if (!any)
        return grow(g, to[t->no], depth, out, e);
    g->bit_count += width;
    TRY(add(g, &made, out, e));
    struct grove_range r = g->range[t->feature];
    TRY(side(g, *out, true, r, to[!t->no], depth, e));
    return side(g, *out, false, r, to[t->no], depth, e);
}

static status ask(struct grove *g, const struct onnx_tree_node *n,
                  const struct target to[2], size_t depth, uint32_t *out,
                  struct error *e)
{
    struct grove_test t;
    grove_test(g, n, &t);
    switch (t.kind) {
    case TEST_NEVER: case TEST_ALWAYS:
        return same_way(g, &t, (t.kind == TEST_ALWAYS) != t.no, to, depth, out,
                        e);
    case TEST_AT_MOST:
        return at_most(g, &t, t.high, !t.no, to, depth, out, e);
    case TEST_INSIDE:
        return inside(g, &t, !t.no, to, depth, out, e);
    default:
        return words(g, n, &t, to, depth, out, e);
    }
}

static status grow(struct grove *g, struct target at, size_t depth,
                   uint32_t *out, struct error *e)
{
    const struct onnx_tree_node *n = &g->t->of[at.node];
    struct target to[2] = {{n->no, 0}, {n->yes, 0}};
    if (depth > MODEL_DEPTH_MAX)
        return error_set(e, ST_LIMIT, "node \"%.80s\": a tree is more than %d "
                         "deep", g->t->node, MODEL_DEPTH_MAX);
    if (n->mode == MODE_LEAF)
        return leaf(g, n, out, e);
    bool word = g->direct && g->x->words[g->x->note[g->t->in[n->feature]]
                                             .feature] != NULL;
    if (n->mode != MODE_MEMBER || word)
        return ask(g, n, to, depth, out, e);
    if (at.member >= n->members)
        return grow(g, to[0], depth, out, e);
    struct onnx_tree_node one = *n;
    one.mode = MODE_EQ;
    one.value = n->member[at.member];
    to[0] = (struct target){at.node, at.member + 1};
    return ask(g, &one, to, depth, out, e);
}

static status give(struct grove *g, struct builder *b, size_t to,
                   struct error *e)
{
    TRY(builder_tree(b, to, 1.0, e));
    for (size_t i = 0; i < g->nodes; i++) {
        const struct grove_node *n = &g->node[i];
        if (n->leaf)
            TRY(builder_leaf(b, n->value, 0.0, e));
        else if (n->words)
            TRY(builder_category_split(
                b, (long)n->feature, g->bits + n->bits, n->bit_words,
                n->set_left, (long)n->left, (long)n->right, false, MISSING_NAN,
                0.0, e));
        else
            TRY(builder_split(b, (long)n->feature, n->value, (long)n->left,
                              (long)n->right, n->missing_left, MISSING_NAN,
                              0.0, e));
    }
    return builder_tree_end(b, e);
}

/* Whether a tree has something to say of the output. */
static bool speaks(const struct onnx_trees *t, uint32_t from, uint32_t to,
                   size_t output)
{
    for (uint32_t i = from; i < to; i++)
        for (const struct onnx_weight *w = t->of[i].weight; w != NULL;
             w = w->next)
            if (w->output == output && w->value != 0.0)
                return true;
    return false;
}

static status each_tree(struct grove *g, struct builder *b, size_t to,
                        struct error *e)
{
    const struct onnx_trees *t = g->t;
    for (size_t r = 0; r < t->roots; r++) {
        struct target root = {t->root[r], 0};
        uint32_t first = 0;
        g->nodes = g->bit_count = 0;
        for (size_t f = 0; f < g->features; f++)
            g->range[f] = (struct grove_range){-(double)INFINITY,
                                               (double)INFINITY, true};
        if (t->first != NULL &&
            !speaks(t, t->first[r], t->first[r + 1], g->output))
            continue;
        status s = grow(g, root, 0, &first, e);
        if (s == ST_OK)
            s = give(g, b, to, e);
        if (s != ST_OK) {
            error_note(e, "growing tree %zu", r);
            return s;
        }
    }
    return ST_OK;
}

status onnx_forest_add(struct onnx *x, struct builder *b,
                       const struct onnx_trees *t, size_t output, size_t to,
                       double scale, bool direct, struct error *e)
{
    struct grove g = {.x = x, .t = t, .direct = direct, .output = output,
                      .scale = scale, .most = 65536 + 16 * t->nodes};
    g.features = direct ? x->features : t->ins;
    g.range = mem_array(g.features, sizeof *g.range);
    status s = g.range == NULL ? error_memory(e) : each_tree(&g, b, to, e);
    mem_free(g.range);
    mem_free(g.node);
    mem_free(g.bits);
    return s;
}
