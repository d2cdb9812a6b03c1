/* Ensembles of trees: operators of version 1 and 3, by (tree, node) pairs, and
 * of version 5, by places in arrays; both into one form. */
#include "formats/onnx_trees.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>

status onnx_trees_sum(struct onnx *x, size_t at, size_t output, reg r,
                      struct error *e)
{
    struct onnx_note *note = onnx_note(x, r);
    struct onnx_sum *s = onnx_alloc(x, 1, sizeof *s);
    struct onnx_term *t = onnx_alloc(x, 1, sizeof *t);
    if (note == NULL || s == NULL || t == NULL)
        return note == NULL ? error_memory(e) : arena_error(x->work, e);
    *t = (struct onnx_term){at, output, 1.0};
    *s = (struct onnx_sum){0.0, 1, t};
    *note = (struct onnx_note){.sum = s};
    return ST_OK;
}

/* The ensemble as a forest of its own, over in[]. */
static status forest_of(struct onnx *x, const struct onnx_trees *t,
                        struct model **out, struct error *e)
{
    struct builder *b = builder_new(x->memory_cap);
    double *zero = onnx_alloc(x, t->outputs, sizeof *zero);
    char name[32];
    if (b == NULL || zero == NULL) {
        builder_free(b);
        return error_memory(e);
    }
    builder_library(b, LIBRARY_ONNX, "ONNX", "");
    builder_compare(b, t->single ? COMPARE_AT_MOST_FLOAT
                                 : COMPARE_AT_MOST_DOUBLE);
    builder_sum(b, t->single ? SUM_FLOAT : SUM_DOUBLE);
    status s = builder_outputs(b, t->outputs, e);
    for (size_t i = 0; i < t->ins && s == ST_OK; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        s = builder_feature(b, name, FEATURE_NUMBER, e);
    }
    for (size_t k = 0; k < t->outputs && s == ST_OK; k++)
        s = onnx_forest_add(x, b, t, k, k, 1.0, false, e);
    if (s == ST_OK && builder_trees(b) == 0) {
        s = builder_tree(b, 0, 1.0, e);
        s = s == ST_OK ? builder_leaf(b, 0.0, 0.0, e) : s;
        s = s == ST_OK ? builder_tree_end(b, e) : s;
    }
    s = s == ST_OK ? builder_base(b, zero, t->outputs, e) : s;
    s = s == ST_OK ? builder_finish(b, 0, "", 0, out, e) : s;
    builder_free(b);
    return s;
}

static status by_program(struct onnx *x, const struct onnx_trees *t, reg *out,
                         struct error *e)
{
    struct model *forest = NULL;
    TRY(forest_of(x, t, &forest, e));
    return program_forest(x->k, forest, true, t->in, out, NULL, e);
}

/* The least or the most of all trees, each a forest of its own. */
static status extreme(struct onnx *x, const struct onnx_trees *t, reg *out,
                      struct error *e)
{
    size_t n = t->roots;
    reg *each = onnx_alloc(x, n * t->outputs, sizeof *each);
    reg *one = onnx_alloc(x, n, sizeof *one);
    if (each == NULL || one == NULL)
        return arena_error(x->work, e);
    for (size_t r = 0; r < n; r++) {
        struct onnx_trees tree = *t;
        tree.root = t->root + r;
        tree.roots = 1;
        tree.first = t->first == NULL ? NULL : t->first + r;
        TRY(by_program(x, &tree, each + r * t->outputs, e));
    }
    for (size_t k = 0; k < t->outputs; k++) {
        for (size_t r = 0; r < n; r++)
            one[r] = each[r * t->outputs + k];
        TRY(program_reduce(x->k,
                           t->aggregate == AGGREGATE_MIN ? REDUCE_MINIMUM
                                                         : REDUCE_MAXIMUM,
                           t->single, one, n, &out[k], e));
        struct onnx_note *note = onnx_note(x, out[k]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){0};
    }
    return ST_OK;
}

status onnx_trees_lower(struct onnx *x, struct onnx_trees *t, reg *out,
                        struct error *e)
{
    size_t at = x->tree_sets;
    if (t->aggregate == AGGREGATE_MIN || t->aggregate == AGGREGATE_MAX)
        return extreme(x, t, out, e);
    TRY(MEM_ROOM(x->trees, x->tree_room, at + 1, e));
    x->trees[x->tree_sets++] = t;
    if (!x->dry)
        TRY(by_program(x, t, out, e));
    for (size_t k = 0; k < t->outputs && x->dry; k++)
        TRY(program_map(x->k, MAP_IS_MISSING, 0, 0, false, t->in, 1, &out[k],
                        e));
    for (size_t k = 0; k < t->outputs; k++)
        TRY(onnx_trees_sum(x, at, k, out[k], e));
    if (t->aggregate != AGGREGATE_AVERAGE || t->roots == 0)
        return ST_OK;
    const double p = 1.0 / (double)t->roots, q = 0.0;
    for (size_t k = 0; k < t->outputs; k++) {
        reg sum = out[k];
        TRY(onnx_scale(x, &p, &q, t->single, &sum, 1, &out[k], e));
    }
    return ST_OK;
}

/* base[i] added to out[i]. */
status onnx_trees_base(struct onnx *x, const double *base, size_t n,
                       bool single, reg *out, struct error *e)
{
    const double one = 1.0;
    for (size_t i = 0; i < n; i++) {
        reg sum = out[i];
        if (base[i] != 0.0)
            TRY(onnx_scale(x, &one, &base[i], single, &sum, 1, &out[i], e));
    }
    return ST_OK;
}

status onnx_trees_open(struct onnx *x, const struct onnx_node *n,
                       struct onnx_trees **out, const struct onnx_value **in,
                       struct error *e)
{
    const struct onnx_value *v;
    struct onnx_trees *t = onnx_alloc(x, 1, sizeof *t);
    if (t == NULL)
        return arena_error(x->work, e);
    TRY(onnx_input(x, n, 0, &v, e));
    if (v->rank == 0 || v->rank > 2 || v->rows != 0 || v->count == 0)
        return onnx_fault(n, e, ST_UNSUPPORTED, "its input is no table");
    TRY(onnx_registers(x, n, v, &t->in, e));
    t->node = n->name;
    t->ins = v->count;
    t->single = v->type != ONNX_DOUBLE;
    *in = v;
    *out = t;
    return ST_OK;
}

/* Every node has one parent at most, a root none: no way leads in a circle. */
status onnx_trees_check(struct onnx *x, const struct onnx_node *n,
                        const struct onnx_trees *t, struct error *e)
{
    uint8_t *seen = onnx_alloc(x, t->nodes, 1);
    if (seen == NULL)
        return arena_error(x->work, e);
    for (size_t r = 0; r < t->roots; r++)
        if (seen[t->root[r]]++ != 0)
            return onnx_fault(n, e, ST_FORMAT, "two trees begin at node %u",
                              t->root[r]);
    for (size_t i = 0; i < t->nodes; i++) {
        const struct onnx_tree_node *o = &t->of[i];
        if (o->mode == MODE_LEAF)
            continue;
        if (o->feature >= t->ins)
            return onnx_fault(n, e, ST_FORMAT, "node %zu of the trees reads "
                              "column %u of %zu", i, o->feature, t->ins);
        if (isnan(o->value) && o->mode != MODE_MEMBER)
            return onnx_fault(n, e, ST_FORMAT, "node %zu of the trees compares "
                              "with no number", i);
        if (seen[o->yes]++ != 0 || (o->no != o->yes && seen[o->no]++ != 0))
            return onnx_fault(n, e, ST_FORMAT, "the branches of node %zu of "
                              "the trees are those of another node too", i);
    }
    return ST_OK;
}
