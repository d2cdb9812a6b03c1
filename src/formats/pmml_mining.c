/* MiningModel as registers: segments, their predicates, chains. */
#include "base/num.h"
#include "formats/pmml_mining.h"

#include <math.h>

enum { SEGMENTS_MAX = 100000 };

bool pmml_weighs(enum pmml_method m)
{
    return m == METHOD_WEIGHTED_MAJORITY || m == METHOD_WEIGHTED_AVERAGE ||
           m == METHOD_WEIGHTED_MEDIAN || m == METHOD_WEIGHTED_SUM;
}

bool pmml_is_class(const struct xml_node *model)
{
    const char *function = xml_value(model, "functionName");
    return function != NULL && strcmp(function, "classification") == 0;
}

static bool is_part(const struct xml_node *n)
{
    static const char *const parts[] = {"Extension", "VariableWeight", NULL};
    for (size_t i = 0; parts[i] != NULL; i++)
        if (xml_is(n, parts[i]))
            return true;
    return pmml_is_predicate(n);
}

static status read_segment(struct pmml *p, const struct xml_node *n,
                           struct pmml_segmentation *g, struct error *e)
{
    struct pmml_segment *s = &g->segment[g->segments++];
    s->at = n;
    TRY(pmml_predicate_of(p, n, &s->test, e));
    g->all_true &= xml_is(s->test, "True");
    for (const struct xml_node *c = n->child; c != NULL; c = c->next) {
        if (xml_is(c, "VariableWeight"))
            return pmml_refuse(p, c, e);
        if (!is_part(c))
            s->model = c;
    }
    if (s->model == NULL)
        return pmml_fault(p, n, e, ST_FORMAT, "a segment without a model");
    TRY(pmml_number(p, n, "weight", 1.0, &s->weight, e));
    if (s->weight < 0.0)
        return pmml_fault(p, n, e, ST_FORMAT, "a weight below 0");
    return ST_OK;
}

static status read_method(struct pmml *p, struct pmml_segmentation *g,
                          struct error *e)
{
    static const char *const methods[] = {
        "majorityVote", "weightedMajorityVote", "average", "weightedAverage",
        "median", "weightedMedian", "max", "sum", "weightedSum", "selectFirst",
        "selectAll", "modelChain", NULL};
    static const char *const lost[] = {"continue", "skipSegment",
                                       "returnMissing", NULL};
    int method = 0, treatment = 0;
    if (xml_value(g->at, "multipleModelMethod") == NULL)
        return pmml_fault(p, g->at, e, ST_FORMAT,
                          "it has no multipleModelMethod");
    TRY(pmml_choice(p, g->at, "multipleModelMethod", methods, 0, &method, e));
    TRY(pmml_choice(p, g->at, "missingPredictionTreatment", lost, 0,
                    &treatment, e));
    TRY(pmml_number(p, g->at, "missingThreshold", 1.0, &g->threshold, e));
    g->method = (enum pmml_method)method;
    g->lost = (enum pmml_lost)treatment;
    if (g->method == METHOD_ALL || g->method == METHOD_WEIGHTED_MEDIAN)
        return pmml_fault(p, g->at, e, ST_UNSUPPORTED,
                          "multipleModelMethod=\"%s\" is not supported",
                          methods[method]);
    return ST_OK;
}

status pmml_segmentation(struct pmml *p, const struct xml_node *model,
                         struct pmml_segmentation *out, struct error *e)
{
    const struct xml_node *at = xml_child(model, "Segmentation");
    const char *context = xml_value(model, "x-mathContext");
    for (const struct xml_node *c = model->child; c != NULL; c = c->next)
        if (xml_is(c, "Regression") || xml_is(c, "DecisionTree"))
            return pmml_refuse(p, c, e);
    if (at == NULL)
        return pmml_fault(p, model, e, ST_FORMAT, "it has no <Segmentation>");
    size_t count = xml_count(at, "Segment");
    if (count == 0 || count > SEGMENTS_MAX)
        return pmml_fault(p, at, e, count == 0 ? ST_FORMAT : ST_LIMIT,
                          "%zu segments (1 to %d are read)", count,
                          SEGMENTS_MAX);
    *out = (struct pmml_segmentation){.at = at, .all_true = true};
    out->single = context != NULL && strcmp(context, "float") == 0;
    out->segment = arena_new_array(p->arena, struct pmml_segment, count);
    if (out->segment == NULL)
        return arena_error(p->arena, e);
    TRY(read_method(p, out, e));
    for (const struct xml_node *c = xml_child(at, "Segment"); c != NULL;
         c = xml_sibling(c, "Segment"))
        TRY(read_segment(p, c, out, e));
    return ST_OK;
}

/* --- votes ---------------------------------------------------------------- */

struct classes {
    const char *const *name;
    size_t count;
};

static bool same_class(const char *a, const char *b)
{
    double x = 0.0, y = 0.0;
    if (strcmp(a, b) == 0)
        return true;
    return num_parse(a, strlen(a), &x) && num_parse(b, strlen(b), &y) && x == y;
}

static long class_of(const struct classes *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (same_class(c->name[i], name))
            return (long)i;
    return -1;
}

/* A tree votes for its node's score, whatever is most probable there. */
static status tree_vote(struct pmml *p, const struct xml_node *model,
                        struct pmml_scope *outer, const struct classes *c,
                        reg *vote, struct error *e)
{
    struct pmml_scope *s = NULL;
    TRY(pmml_scope_new(p, model, outer, &s, e));
    return pmml_tree_registers(p, s, model, c->name, c->count, true, vote, e);
}

/* 1 for the first of the greatest probabilities. */
static status model_vote(struct pmml *p, const struct pmml_result *r,
                         const struct classes *c, const reg *probability,
                         reg *vote, struct error *e)
{
    reg best = 0;
    (void)r;
    TRY(program_reduce(p->k, REDUCE_ARGMAX, false, probability, c->count,
                       &best, e));
    for (size_t k = 0; k < c->count; k++)
        TRY(program_map(p->k, MAP_EQUALS_P, (double)k, 0.0, false, &best, 1,
                        &vote[k], e));
    return ST_OK;
}

/* Probabilities in the ensemble's order; a class that it does not know: an
 * error, one that the segment does not know: 0. */
static status reorder(struct pmml *p, const struct pmml_segment *s,
                      const struct pmml_result *r, const struct classes *c,
                      reg *out, struct error *e)
{
    reg zero = 0;
    TRY(pmml_constant(p, 0.0, &zero, e));
    for (size_t k = 0; k < c->count; k++)
        out[k] = zero;
    if (!r->classification)
        return pmml_fault(p, s->model, e, ST_FORMAT,
                          "a segment that is no classification in an ensemble "
                          "that is one");
    for (size_t i = 0; i < r->classes; i++) {
        long k = class_of(c, r->class_name[i]);
        if (k < 0)
            return pmml_fault(p, s->model, e, ST_FORMAT,
                              "its class \"%.60s\" is none of the ensemble's",
                              r->class_name[i]);
        out[k] = r->probability[i];
    }
    return ST_OK;
}

/* --- segments ------------------------------------------------------------- */

static bool votes(enum pmml_method m)
{
    return m == METHOD_MAJORITY || m == METHOD_WEIGHTED_MAJORITY;
}

/* 1 where the segment's predicate is true, 0 where false or unknown. */
static status active_segments(struct pmml *p, struct pmml_scope *s,
                              const struct pmml_segmentation *g, reg **out,
                              struct error *e)
{
    *out = NULL;
    if (g->all_true)
        return ST_OK;
    if ((*out = arena_new_array(p->arena, reg, g->segments)) == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < g->segments; i++) {
        reg truth = 0;
        TRY(pmml_predicate(p, s, g->segment[i].test, &truth, e));
        TRY(program_map(p->k, MAP_FILL, 0.0, 0.0, false, &truth, 1,
                        &(*out)[i], e));
    }
    return ST_OK;
}

static status segment_classes(struct pmml *p, struct pmml_scope *s,
                              const struct pmml_segmentation *g,
                              const struct pmml_segment *one,
                              const struct classes *c, reg *out,
                              struct error *e)
{
    struct pmml_result r = {0};
    if (votes(g->method) && xml_is(one->model, "TreeModel"))
        return tree_vote(p, one->model, s, c, out, e);
    TRY(pmml_model(p, one->model, s, &r, e));
    TRY(reorder(p, one, &r, c, out, e));
    if (!votes(g->method))
        return ST_OK;
    reg *vote = arena_new_array(p->arena, reg, c->count);
    if (vote == NULL)
        return arena_error(p->arena, e);
    TRY(model_vote(p, &r, c, out, vote, e));
    memcpy(out, vote, c->count * sizeof *vote);
    return ST_OK;
}

/* The classes an ensemble speaks of: its target's, else those of a first look
 * at its trees. */
static status ensemble_classes(struct pmml *p, const struct xml_node *model,
                               const struct pmml_segmentation *g,
                               struct classes *c, struct error *e)
{
    TRY(pmml_classes(p, model, &c->name, &c->count, e));
    for (size_t i = 0; i < g->segments && c->count == 0; i++) {
        const struct xml_node *m = g->segment[i].model;
        if (xml_is(m, "TreeModel"))
            TRY(pmml_tree_classes(p, m, &c->name, &c->count, e));
        else
            TRY(pmml_classes(p, m, &c->name, &c->count, e));
    }
    if (c->count < 2)
        return pmml_fault(p, model, e, ST_FORMAT,
                          "a classification of %zu classes", c->count);
    return ST_OK;
}

static status join_class_segments(struct pmml *p, const struct xml_node *model,
                                  struct pmml_scope *s,
                                  const struct pmml_segmentation *g,
                                  const reg *active, struct pmml_result *out,
                                  struct error *e)
{
    struct classes c = {NULL, 0};
    TRY(ensemble_classes(p, model, g, &c, e));
    reg **value = arena_new_array(p->arena, reg *, g->segments);
    reg *joined = arena_new_array(p->arena, reg, c.count);
    if (value == NULL || joined == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < g->segments; i++) {
        value[i] = arena_new_array(p->arena, reg, c.count);
        if (value[i] == NULL)
            return arena_error(p->arena, e);
        TRY(segment_classes(p, s, g, &g->segment[i], &c, value[i], e));
    }
    TRY(pmml_join_classes(p, g, (const reg *const *)value, c.count, active,
                          joined, e));
    return pmml_of_shares(p, c.name, c.count, joined, out, e);
}

static status join_number_segments(struct pmml *p, struct pmml_scope *s,
                                   const struct pmml_segmentation *g,
                                   const reg *active, struct pmml_result *out,
                                   struct error *e)
{
    reg *value = arena_new_array(p->arena, reg, g->segments), joined = 0;
    if (value == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < g->segments; i++) {
        struct pmml_result r = {0};
        TRY(pmml_model(p, g->segment[i].model, s, &r, e));
        if (r.classification || r.value.kind == PMML_WORD)
            return pmml_fault(p, g->segment[i].model, e, ST_FORMAT,
                              "a classification in an ensemble of numbers");
        value[i] = r.value.r;
    }
    TRY(pmml_join_numbers(p, g, value, active, &joined, e));
    return pmml_of_margin(p, joined, LINK_IDENTITY, 1.0, out, e);
}

/* --- chains --------------------------------------------------------------- */

static status run_chain(struct pmml *p, struct pmml_scope *s,
                        const struct pmml_segmentation *g,
                        struct pmml_result *out, struct error *e)
{
    if (!g->all_true)
        for (size_t i = 0; i < g->segments; i++)
            if (!xml_is(g->segment[i].test, "True"))
                return pmml_fault(p, g->segment[i].test, e, ST_UNSUPPORTED,
                                  "a modelChain whose segments have "
                                  "predicates is not supported");
    for (size_t i = 0; i < g->segments; i++) {
        const struct xml_node *model = g->segment[i].model;
        TRY(pmml_model(p, model, s, out, e));
        TRY(pmml_output_fields(p, model, out, s, e));
    }
    return ST_OK;
}

status pmml_mining(struct pmml *p, const struct xml_node *model,
                   struct pmml_scope *s, struct pmml_result *out,
                   struct error *e)
{
    struct pmml_segmentation g;
    reg *active = NULL;
    TRY(pmml_segmentation(p, model, &g, e));
    if (g.method == METHOD_CHAIN)
        return run_chain(p, s, &g, out, e);
    TRY(active_segments(p, s, &g, &active, e));
    if (pmml_is_class(model))
        return join_class_segments(p, model, s, &g, active, out, e);
    return join_number_segments(p, s, &g, active, out, e);
}
