/* Boosted trees as chains write them: sums of trees first, one a class, then a
 * RegressionModel that gives each its line and all of them the link. */
#include "base/num.h"
#include "formats/pmml_forest.h"

#include <math.h>

/* The segment whose predicted value goes by this name; -1: none. */
static long segment_named(const struct pmml_segmentation *g, const char *name)
{
    for (size_t i = 0; i + 1 < g->segments; i++) {
        const struct xml_node *output = xml_child(g->segment[i].model,
                                                  "Output");
        if (output == NULL)
            continue;
        for (const struct xml_node *f = xml_child(output, "OutputField");
             f != NULL; f = xml_sibling(f, "OutputField")) {
            const char *own = xml_value(f, "name");
            const char *feature = xml_value(f, "feature");
            if (own == NULL || strcmp(own, name) != 0)
                continue;
            bool value = feature == NULL ||
                         strcmp(feature, "predictedValue") == 0;
            bool bare = f->child == NULL;
            return value && bare ? (long)i : -1;
        }
    }
    return -1;
}

struct link_shape {
    enum model_link link;
    size_t outputs;
    bool is;
};

/* What a normalisation of that many lines is as a link. Two classes by a
 * logistic link are one output: the log-odds of the second class. */
static struct link_shape shape_of(enum pmml_normal normal, size_t lines,
                                  bool classes)
{
    struct link_shape none = {LINK_IDENTITY, 0, false};
    if (!classes) {
        if (lines != 1)
            return none;
        return normal == NORMAL_NONE ? (struct link_shape){LINK_IDENTITY, 1,
                                                           true}
               : normal == NORMAL_EXP ? (struct link_shape){LINK_EXP, 1, true}
               : normal == NORMAL_LOGIT || normal == NORMAL_SOFTMAX
                   ? (struct link_shape){LINK_LOGISTIC, 1, true}
                   : none;
    }
    if (lines == 2 && (normal == NORMAL_LOGIT || normal == NORMAL_SOFTMAX))
        return (struct link_shape){LINK_LOGISTIC, 1, true};
    if (lines > 2 && normal == NORMAL_SOFTMAX)
        return (struct link_shape){LINK_SOFTMAX, lines, true};
    return none;
}

struct chain {
    struct pmml *p;
    const struct pmml_segmentation *g;
    const struct pmml_line *line;
    size_t lines;
    enum pmml_normal normal;
};

static status add_line(const struct chain *c, struct pmml_sum *f,
                       const struct pmml_line *line, size_t output,
                       double sign, bool *fits, struct error *e)
{
    f->base[output] += sign * line->intercept;
    if (line->field == NULL)
        return ST_OK;
    long at = segment_named(c->g, line->field);
    if (at < 0) {
        *fits = false;
        return ST_OK;
    }
    struct pmml_part part = {.output = output,
                             .factor = sign * line->coefficient};
    f->rescaled |= part.factor != 1.0;
    return pmml_sum_add(f, c->g->segment[at].model, c->p->top, &part, fits, e);
}

/* Two classes: softmax of two lines is their difference through the logistic
 * function; "logit" takes one line alone, the other class being the rest. */
static status add_pair(const struct chain *c, struct pmml_sum *f, bool *fits,
                       struct error *e)
{
    const struct pmml_line *a = &c->line[0], *b = &c->line[1];
    if (c->normal == NORMAL_SOFTMAX) {
        TRY(add_line(c, f, b, 0, 1.0, fits, e));
        return *fits ? add_line(c, f, a, 0, -1.0, fits, e) : ST_OK;
    }
    if ((a->field == NULL) == (b->field == NULL)) {
        *fits = false;
        return ST_OK;
    }
    return b->field != NULL ? add_line(c, f, b, 0, 1.0, fits, e)
                            : add_line(c, f, a, 0, -1.0, fits, e);
}

/* The output speaks of the other class: the log-odds change their sign. */
static void turn_over(struct pmml_sum *f)
{
    f->base[0] = -f->base[0];
    for (size_t i = 0; i < f->terms; i++)
        f->term[i].factor = -f->term[i].factor;
}

static status add_lines(struct chain *c, struct pmml_sum *f, bool pair,
                        bool *fits, struct error *e)
{
    if (pair)
        return add_pair(c, f, fits, e);
    for (size_t k = 0; k < c->lines && *fits; k++)
        TRY(add_line(c, f, &c->line[k], k, 1.0, fits, e));
    return ST_OK;
}

static status class_names(const struct chain *c, const char ***out,
                          struct error *e)
{
    const char **names = arena_new_array(c->p->arena, const char *, c->lines);
    if (names == NULL)
        return arena_error(c->p->arena, e);
    for (size_t k = 0; k < c->lines; k++)
        names[k] = c->line[k].class_name;
    *out = names;
    return ST_OK;
}

/* The last model and the chain itself change nothing afterwards. */
static status untouched(struct pmml *p, const struct xml_node *last, bool *is,
                        struct error *e)
{
    struct pmml_target target;
    TRY(pmml_target(p, last, &target, e));
    *is &= target.trivial;
    TRY(pmml_target(p, p->model, &target, e));
    *is &= target.trivial;
    return ST_OK;
}

status pmml_chain_forest(struct pmml *p, const struct pmml_segmentation *g,
                         bool *done, struct error *e)
{
    struct chain c = {.p = p, .g = g};
    bool is = false, fits = true;
    const char **names = NULL;
    const struct xml_node *last = g->segment[g->segments - 1].model;
    if (!g->all_true || g->segments < 2 || !xml_is(last, "RegressionModel"))
        return ST_OK;
    TRY(pmml_regression_lines(p, last, &is, &c.normal, &c.line, &c.lines, e));
    if (!is)
        return ST_OK;
    TRY(untouched(p, last, &is, e));
    bool classes = c.lines > 0 && c.line[0].class_name != NULL;
    struct link_shape shape = shape_of(c.normal, c.lines, classes);
    if (!is || !shape.is)
        return ST_OK;
    struct pmml_sum f;
    TRY(class_names(&c, &names, e));
    TRY(pmml_sum_start(&f, p, NULL, 0, shape.outputs, e));
    f.link = shape.link;
    f.chained = true;
    bool pair = classes && shape.outputs == 1;
    f.event = 1;
    TRY(add_lines(&c, &f, pair, &fits, e));
    if (!fits || f.terms == 0)
        return ST_OK;
    if (pair)
        TRY(pmml_event(p, names, &f.event, e));
    if (f.event == 0)
        turn_over(&f);
    f.class_name = classes ? names : NULL;
    *done = true;
    return pmml_sum_emit(&f, e);
}
