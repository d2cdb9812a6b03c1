/* Planned trees into a forest, and TreeModel as registers. */
#include "base/num.h"
#include "formats/pmml_tree.h"

#include <math.h>

/* The double whose float32 is at most `cut`, and no larger one: an input that
 * is rounded first, compared by a forest that does not round. */
static double widened(double cut)
{
    float next = nextafterf((float)cut, INFINITY);
    double above = isinf(next) ? 0x1p128 : (double)next;
    double middle = cut + (above - cut) / 2.0;
    while (num_float(middle) > cut)
        middle = nextafter(middle, -(double)INFINITY);
    return middle;
}

static status emit_node(struct builder *b, const struct pmml_rules *r,
                        const struct pmml_split *n, const double *value,
                        bool covers, bool float_cuts, struct error *e)
{
    double cover = covers ? n->cover : 0.0;
    if (n->left < 0)
        return builder_leaf(b, value[n->outcome], cover, e);
    const struct pmml_variable *v = &r->v->of[n->variable];
    if (v->words)
        return builder_category_split(b, (long)n->variable, n->bits,
                                      (v->codes + 31) / 32, false, n->left,
                                      n->right, n->missing_left, MISSING_NAN,
                                      cover, e);
    double cut = n->cut;
    if (v->single && !float_cuts && isfinite(cut))
        cut = widened(cut);
    return builder_split(b, (long)n->variable, cut, n->left, n->right,
                         n->missing_left, MISSING_NAN, cover, e);
}

status pmml_plan_emit(struct builder *b, const struct pmml_rules *r,
                      const struct pmml_plan *plan, size_t output,
                      double weight, const double *value, bool float_cuts,
                      struct error *e)
{
    bool covers = plan->node[0].has_cover;
    TRY(builder_tree(b, output, weight, e));
    for (size_t i = 0; i < plan->count; i++)
        TRY(emit_node(b, r, &plan->node[i], value, covers, float_cuts, e));
    return builder_tree_end(b, e);
}

/* --- inside a program ---------------------------------------------------- */

struct inner {
    struct pmml *p;
    const struct pmml_rules *rules;
    const struct pmml_plan *plan;
    const double *value; /* [outcomes][outs] */
    size_t outs;
};

/* One more output tells where there is no answer. */
static status inner_trees(const struct inner *in, struct builder *b,
                          struct error *e)
{
    size_t outcomes = in->rules->outcomes, outs = in->outs;
    size_t all = outs + (in->plan->null ? 1 : 0);
    double *one = arena_new_array(in->p->arena, double, outcomes);
    double *base = arena_new_array(in->p->arena, double, all);
    if (one == NULL || base == NULL)
        return arena_error(in->p->arena, e);
    TRY(builder_outputs(b, all, e));
    for (size_t k = 0; k < all; k++) {
        for (size_t i = 0; i < outcomes; i++)
            one[i] = k == outs ? (double)in->rules->outcome[i].null
                     : in->rules->outcome[i].null ? 0.0
                                                  : in->value[i * outs + k];
        TRY(pmml_plan_emit(b, in->rules, in->plan, k, 1.0, one, false, e));
    }
    return builder_base(b, base, all, e);
}

static status inner_forest(const struct inner *in, struct model **out,
                           struct error *e)
{
    struct builder *b = builder_new(SIZE_MAX / 4);
    if (b == NULL)
        return error_memory(e);
    builder_library(b, LIBRARY_PMML, "PMML", "");
    status s = ST_OK;
    for (size_t i = 0; i < in->rules->v->count && s == ST_OK; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu", i);
        s = builder_feature(b, name, FEATURE_NUMBER, e);
    }
    if (s == ST_OK)
        s = inner_trees(in, b, e);
    if (s == ST_OK)
        s = builder_finish(b, 0, "", 0, out, e);
    builder_free(b);
    return s;
}

static status inner_constant(const struct inner *in, reg *out, struct error *e)
{
    uint32_t outcome = in->plan->node[0].outcome;
    bool null = in->rules->outcome[outcome].null;
    for (size_t k = 0; k < in->outs; k++)
        TRY(pmml_constant(in->p,
                          null ? (double)NAN
                               : in->value[outcome * in->outs + k],
                          &out[k], e));
    return ST_OK;
}

/* NaN where the last register of `got` is 1. */
static status blank(struct pmml *p, const reg *got, size_t outs, reg *out,
                    struct error *e)
{
    reg nan = 0;
    TRY(pmml_constant(p, (double)NAN, &nan, e));
    for (size_t k = 0; k < outs; k++)
        TRY(program_choose(p->k, &got[outs], &nan, &got[k], &nan, 1, &out[k],
                           e));
    return ST_OK;
}

status pmml_plan_registers(struct pmml *p, const struct pmml_rules *r,
                           const struct pmml_plan *plan, const double *value,
                           size_t outs, reg *out, struct error *e)
{
    struct inner in = {p, r, plan, value, outs};
    struct model *forest = NULL;
    if (plan->node[0].left < 0)
        return inner_constant(&in, out, e);
    reg *from = arena_new_array(p->arena, reg, r->v->count);
    reg *got = arena_new_array(p->arena, reg, outs + 1);
    if (from == NULL || got == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < r->v->count; i++)
        from[i] = r->v->of[i].r;
    TRY(inner_forest(&in, &forest, e));
    TRY(program_forest(p->k, forest, false, from, got, NULL, e));
    if (plan->null)
        return blank(p, got, outs, out, e);
    memcpy(out, got, outs * sizeof *out);
    return ST_OK;
}

/* --- a TreeModel by itself ------------------------------------------------ */

/* What each outcome says: [outcomes][outs]. */
static status outcome_values(struct pmml *p, const struct pmml_rules *r,
                             bool votes, double **out, struct error *e)
{
    size_t outs = r->values;
    double *value = arena_new_array(p->arena, double, r->outcomes * outs);
    *out = value;
    if (value == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < r->outcomes; i++) {
        const struct pmml_outcome *o = &r->outcome[i];
        for (size_t k = 0; k < outs && !o->null; k++)
            value[i * outs + k] = votes ? (double)(o->winner == (long)k)
                                        : o->value[k];
    }
    return ST_OK;
}

status pmml_tree_registers(struct pmml *p, struct pmml_scope *s,
                           const struct xml_node *model,
                           const char *const *classes, size_t count,
                           bool votes, reg *out, struct error *e)
{
    struct pmml_rules rules;
    struct pmml_plan plan;
    double *value = NULL;
    for (int attempt = 0; attempt < 3; attempt++) {
        struct pmml_variables v = {.p = p, .opaque = attempt == 1,
                                   .steps = attempt == 2};
        bool fits = true;
        TRY(pmml_tree_rules(&v, s, model, classes, count, &rules, &fits, e));
        if (!v.steps)
            TRY(pmml_plan_make(&rules, &plan, &fits, e));
        if (!fits)
            continue;
        TRY(outcome_values(p, &rules, votes, &value, e));
        return v.steps ? pmml_tree_steps(p, &rules, value, rules.values, votes,
                                         out, e)
                       : pmml_plan_registers(p, &rules, &plan, value,
                                             rules.values, out, e);
    }
    return error_bug(e, "a tree of steps that does not fit");
}

static status tree_classes(struct pmml *p, const struct xml_node *model,
                           const char *const **names, size_t *count,
                           struct error *e)
{
    const char *function = xml_value(model, "functionName");
    *count = 0;
    if (function == NULL || strcmp(function, "classification") != 0)
        return ST_OK;
    TRY(pmml_classes(p, model, names, count, e));
    return *count > 0 ? ST_OK : pmml_tree_classes(p, model, names, count, e);
}

/* Shares of records are often 0 or 1, so two classes are told by the share of
 * the second, not by its log-odds. */
status pmml_of_shares(struct pmml *p, const char *const *names, size_t count,
                      const reg *share, struct pmml_result *out,
                      struct error *e)
{
    if (count == 2)
        return pmml_of_event(p, names, share[1], LINK_IDENTITY, 1.0, out, e);
    return pmml_of_classes(p, names, count, share, NULL, out, e);
}

status pmml_tree(struct pmml *p, const struct xml_node *model,
                 struct pmml_scope *s, struct pmml_result *out,
                 struct error *e)
{
    const char *const *names = NULL;
    size_t count = 0;
    TRY(tree_classes(p, model, &names, &count, e));
    reg *got = arena_new_array(p->arena, reg, count + 1);
    if (got == NULL)
        return arena_error(p->arena, e);
    TRY(pmml_tree_registers(p, s, model, names, count, false, got, e));
    if (count == 0)
        return pmml_of_margin(p, got[0], LINK_IDENTITY, 1.0, out, e);
    return pmml_of_shares(p, names, count, got, out, e);
}
