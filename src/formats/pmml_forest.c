/* The top model as a forest of the whole file: trees that add up, or whose
 * class shares are averaged, with a link and an affine change at the most. All
 * is planned before anything is told to the builder. */
#include "base/num.h"
#include "formats/pmml_forest.h"

#include <math.h>

static status no(bool *fits)
{
    *fits = false;
    return ST_OK;
}

/* --- terms ---------------------------------------------------------------- */

static status add_term(struct pmml_sum *f, const struct pmml_term *t,
                       struct error *e)
{
    if (f->terms == f->room) {
        size_t wanted = f->room == 0 ? 64 : 2 * f->room;
        struct pmml_term *grown =
            arena_new_array(f->p->arena, struct pmml_term, wanted);
        if (grown == NULL)
            return arena_error(f->p->arena, e);
        if (f->terms > 0)
            memcpy(grown, f->term, f->terms * sizeof *grown);
        f->term = grown;
        f->room = wanted;
    }
    f->term[f->terms++] = *t;
    return ST_OK;
}

static status add_tree(struct pmml_sum *f, const struct xml_node *model,
                       struct pmml_scope *s, const struct pmml_part *part,
                       bool *fits, struct error *e)
{
    struct pmml_term t = {.output = part->output, .factor = part->factor,
                          .vote = part->vote};
    if (pmml_is_class(model) != (f->classes > 0))
        return no(fits);
    TRY(pmml_tree_rules(&f->v, s, model, f->class_name, f->classes, &t.rules,
                        fits, e));
    if (!*fits)
        return ST_OK;
    TRY(pmml_plan_make(&t.rules, &t.plan, fits, e));
    if (t.plan.dropped && part->skips)
        *fits = false;
    return *fits ? add_term(f, &t, e) : ST_OK;
}

static bool can_add(const struct pmml_sum *f, const struct pmml_segmentation *g)
{
    if (f->classes > 0)
        return g->method == METHOD_AVERAGE ||
               g->method == METHOD_WEIGHTED_AVERAGE ||
               g->method == METHOD_MAJORITY ||
               g->method == METHOD_WEIGHTED_MAJORITY;
    return g->method == METHOD_AVERAGE || g->method == METHOD_SUM ||
           g->method == METHOD_WEIGHTED_AVERAGE ||
           g->method == METHOD_WEIGHTED_SUM;
}

static status add_segments(struct pmml_sum *f, const struct xml_node *model,
                           struct pmml_scope *s, const struct pmml_part *part,
                           bool *fits, struct error *e)
{
    struct pmml_segmentation g;
    double all = 0.0;
    TRY(pmml_segmentation(f->p, model, &g, e));
    if (!g.all_true || !can_add(f, &g))
        return no(fits);
    bool vote = g.method == METHOD_MAJORITY ||
                g.method == METHOD_WEIGHTED_MAJORITY;
    bool mean = g.method != METHOD_SUM && g.method != METHOD_WEIGHTED_SUM;
    for (size_t i = 0; i < g.segments; i++)
        all += pmml_weighs(g.method) ? g.segment[i].weight : 1.0;
    if (!(all > 0.0))
        return no(fits);
    f->single |= g.single;
    for (size_t i = 0; i < g.segments && *fits; i++) {
        struct pmml_part one = *part;
        double w = pmml_weighs(g.method) ? g.segment[i].weight : 1.0;
        one.factor = part->factor * (mean ? w / all : w);
        one.skips |= g.lost == LOST_SKIP || (vote && g.lost != LOST_RETURN);
        one.vote = vote;
        if (part->vote || (vote && !xml_is(g.segment[i].model, "TreeModel")))
            return no(fits);
        TRY(pmml_sum_add(f, g.segment[i].model, s, &one, fits, e));
    }
    /* A mean by itself is kept as one, so that it is divided once. */
    f->mean = g.method == METHOD_AVERAGE || g.method == METHOD_MAJORITY;
    f->means++;
    return ST_OK;
}

status pmml_sum_add(struct pmml_sum *f, const struct xml_node *model,
                    struct pmml_scope *outer, const struct pmml_part *part,
                    bool *fits, struct error *e)
{
    struct pmml_scope *s = f->p->top;
    struct pmml_target target;
    bool tree = xml_is(model, "TreeModel");
    if (!tree && !xml_is(model, "MiningModel"))
        return no(fits);
    if (model != f->p->model)
        TRY(pmml_scope_new(f->p, model, outer, &s, e));
    struct pmml_part own = *part;
    if (f->classes == 0) {
        TRY(pmml_target(f->p, model, &target, e));
        if (target.cast != 0 || !isinf(target.low) || !isinf(target.high))
            return no(fits);
        if (!target.trivial) {
            f->base[part->output] += part->factor * target.constant;
            own.factor = part->factor * target.factor;
            f->rescaled |= target.factor != 1.0;
        }
    }
    return tree ? add_tree(f, model, s, &own, fits, e)
                : add_segments(f, model, s, &own, fits, e);
}

status pmml_sum_start(struct pmml_sum *f, struct pmml *p,
                      const char *const *class_name, size_t classes,
                      size_t outputs, struct error *e)
{
    *f = (struct pmml_sum){.p = p, .class_name = class_name,
                           .classes = classes, .outputs = outputs,
                           .link = LINK_IDENTITY};
    TRY(pmml_inputs_of(p, &f->v, e));
    f->base = arena_new_array(p->arena, double, outputs);
    return f->base == NULL ? arena_error(p->arena, e) : ST_OK;
}

/* --- into the builder ----------------------------------------------------- */

/* One comparison for all: in float32 only where every number is one. */
bool pmml_all_single(const struct pmml_variables *v)
{
    bool some = false;
    for (size_t i = 0; i < v->count; i++) {
        if (!v->of[i].used || v->of[i].words)
            continue;
        if (!v->of[i].single)
            return false;
        some = true;
    }
    return some;
}

/* What each outcome adds to class k (or, regression, to the only output). */
static void fill_values(const struct pmml_term *t, size_t k, double factor,
                        double *value)
{
    for (size_t i = 0; i < t->rules.outcomes; i++) {
        const struct pmml_outcome *o = &t->rules.outcome[i];
        double x = o->null ? 0.0
                   : t->vote ? (double)(o->winner == (long)k) : o->value[k];
        value[i] = factor * x;
    }
}

static status emit_term(struct pmml_sum *f, const struct pmml_term *t,
                        bool mean, bool floats, struct error *e)
{
    double *value = arena_new_array(f->p->arena, double, t->rules.outcomes);
    double factor = mean ? 1.0 : t->factor;
    if (value == NULL)
        return arena_error(f->p->arena, e);
    if (f->classes == 0) {
        fill_values(t, 0, factor, value);
        return pmml_plan_emit(f->p->b, &t->rules, &t->plan, t->output, 1.0,
                              value, floats, e);
    }
    for (size_t k = 0; k < f->outputs; k++) {
        fill_values(t, f->outputs == 1 ? f->event : k, factor, value);
        TRY(pmml_plan_emit(f->p->b, &t->rules, &t->plan, k, 1.0, value, floats,
                           e));
    }
    return ST_OK;
}

void pmml_tell_required(struct builder *b, const struct pmml_variables *v)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->of[i].missing_refused || v->of[i].unseen_refused)
            builder_required(b, i, v->of[i].missing_refused,
                             v->of[i].unseen_refused);
}

status pmml_sum_emit(struct pmml_sum *f, struct error *e)
{
    struct builder *b = f->p->b;
    bool mean = f->mean && f->means == 1 && !f->rescaled && !f->chained;
    bool floats = pmml_all_single(&f->v);
    TRY(builder_outputs(b, f->outputs, e));
    TRY(builder_base(b, f->base, f->outputs, e));
    builder_compare(b, floats ? COMPARE_AT_MOST_FLOAT
                              : COMPARE_AT_MOST_DOUBLE);
    builder_sum(b, f->single && !mean && !f->rescaled ? SUM_FLOAT
                                                      : SUM_DOUBLE);
    builder_link(b, f->link, 1.0);
    if (mean)
        builder_combine(b, COMBINE_MEAN, 1.0);
    if (f->outputs > 1 && f->class_name != NULL)
        TRY(builder_classes(b, f->class_name, f->outputs, e));
    for (size_t i = 0; i < f->terms; i++)
        TRY(emit_term(f, &f->term[i], mean, floats, e));
    pmml_tell_required(b, &f->v);
    return ST_OK;
}

/* --- the shapes ----------------------------------------------------------- */

static status plain_model(struct pmml *p, bool *done, struct error *e)
{
    const char *const *names = NULL;
    size_t classes = 0;
    struct pmml_sum f;
    struct pmml_part part = {.factor = 1.0};
    bool fits = true;
    if (pmml_is_class(p->model)) {
        TRY(pmml_classes(p, p->model, &names, &classes, e));
        if (classes < 2)
            return ST_OK;
    }
    TRY(pmml_sum_start(&f, p, names, classes,
                       classes < 3 ? 1 : classes, e));
    TRY(pmml_sum_add(&f, p->model, p->global, &part, &fits, e));
    if (!fits || f.terms == 0)
        return ST_OK;
    if (classes == 2)
        TRY(pmml_event(p, names, &f.event, e));
    *done = true;
    return pmml_sum_emit(&f, e);
}

status pmml_forest(struct pmml *p, bool *done, struct error *e)
{
    *done = false;
    if (pmml_transformed(p))
        return ST_OK;
    TRY(pmml_scope_new(p, p->model, NULL, &p->top, e));
    if (xml_is(p->model, "Scorecard"))
        return pmml_scorecard_forest(p, done, e);
    if (xml_is(p->model, "TreeModel"))
        return plain_model(p, done, e);
    if (!xml_is(p->model, "MiningModel"))
        return ST_OK;
    struct pmml_segmentation g;
    TRY(pmml_segmentation(p, p->model, &g, e));
    return g.method == METHOD_CHAIN ? pmml_chain_forest(p, &g, done, e)
                                    : plain_model(p, done, e);
}
