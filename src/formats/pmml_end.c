/* The top model's result → the outputs of candor's model. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

static bool is_final(const struct xml_node *f)
{
    return !text_equal(xml_value(f, "isFinalResult"), "false");
}

static bool is_own(const struct xml_node *f)
{
    const char *feature = xml_value(f, "feature");
    return feature == NULL || text_equal(feature, "predictedValue") ||
           text_equal(feature, "probability");
}

static bool is_computed(const struct xml_node *f)
{
    const char *feature = xml_value(f, "feature");
    const char *type = xml_value(f, "dataType");
    return (text_equal(feature, "transformedValue") ||
            text_equal(feature, "decision")) &&
           !text_equal(type, "string") && f->child != NULL;
}

static bool reads(const struct xml_node *n, const char *name)
{
    if (xml_is(n, "FieldRef") && text_equal(xml_value(n, "field"), name))
        return true;
    for (n = n->child; n != NULL; n = n->next)
        if (reads(n, name))
            return true;
    return false;
}

/* R writes what gbm answers as a field computed from a regression's own value
 * (its trees lack the constant): the one such field is the answer. */
static bool corrects(const struct pmml *p, const struct xml_node *computed,
                     const struct xml_node *own)
{
    const char *name = xml_value(own, "name");
    return text_equal(xml_value(p->model, "functionName"), "regression") &&
           name != NULL && reads(computed, name);
}

/* The Output field that is the answer: the last computed one that is final, when
 * no final one is the model's own prediction or probability, or when it is the
 * only one and made of a regression's own value. */
static const struct xml_node *answer_field(const struct pmml *p)
{
    const struct xml_node *output = xml_child(p->model, "Output");
    const struct xml_node *computed = NULL, *own = NULL;
    size_t count = 0;
    for (const struct xml_node *f =
             output == NULL ? NULL : xml_child(output, "OutputField");
         f != NULL; f = xml_sibling(f, "OutputField")) {
        if (!is_final(f))
            continue;
        if (is_own(f))
            own = f;
        if (!is_computed(f))
            continue;
        computed = f;
        count++;
    }
    if (computed == NULL || own == NULL)
        return computed;
    return count == 1 && corrects(p, computed, own) ? computed : NULL;
}

bool pmml_transformed(const struct pmml *p)
{
    return answer_field(p) != NULL;
}

/* The class of the one probability that the Output asks for, or NULL. */
static const char *asked_class(const struct pmml *p)
{
    const struct xml_node *output = xml_child(p->model, "Output");
    const char *found = NULL;
    for (const struct xml_node *f =
             output == NULL ? NULL : xml_child(output, "OutputField");
         f != NULL; f = xml_sibling(f, "OutputField")) {
        const char *value = xml_value(f, "value");
        if (!text_equal(xml_value(f, "feature"), "probability") ||
            value == NULL)
            continue;
        if (found != NULL && !text_equal(found, value))
            return NULL;
        found = value;
    }
    return found;
}

size_t pmml_event_of(const struct pmml *p, const char *const *names)
{
    const char *asked = asked_class(p);
    return asked != NULL && text_equal(asked, names[0]) ? 0 : 1;
}

status pmml_event(struct pmml *p, const char *const *names, size_t *event,
                  struct error *e)
{
    const struct pmml_data *target = pmml_target_field(p, p->model);
    char text[200];
    *event = pmml_event_of(p, names);
    (void)snprintf(text, sizeof text, "%.80s = %.80s",
                   target == NULL ? "target" : target->name, names[*event]);
    return builder_parameter(p->b, "event", text, e);
}

/* Adds what makes a row invalid: 0, or NaN. */
static status poisoned(struct pmml *p, reg *outputs, size_t n, struct error *e)
{
    if (p->poisons == 0)
        return ST_OK;
    reg *sum = arena_new_array(p->arena, reg, p->poisons + 1);
    if (sum == NULL)
        return arena_error(p->arena, e);
    memcpy(sum + 1, p->poison, p->poisons * sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        sum[0] = outputs[i];
        TRY(program_reduce(p->k, REDUCE_SUM, false, sum, p->poisons + 1,
                           &outputs[i], e));
    }
    return ST_OK;
}

static status finish(struct pmml *p, reg *outputs, size_t n,
                     enum model_link link, double scale, struct error *e)
{
    struct program *program = NULL;
    TRY(poisoned(p, outputs, n, e));
    TRY(builder_outputs(p->b, n, e));
    builder_link(p->b, link, scale);
    TRY(program_finish(p->k, outputs, n, &program, e));
    return builder_program(p->b, program, e);
}

static status of_two(struct pmml *p, const struct pmml_result *r,
                     struct error *e)
{
    size_t event = 1;
    reg margin = r->margin;
    enum model_link link = r->link;
    TRY(pmml_event(p, r->class_name, &event, e));
    if (event == 0) {
        if (pmml_mirrored(link)) {
            TRY(pmml_map(p, MAP_NEGATE, margin, &margin, e));
            link = pmml_other_link(link);
        } else {
            margin = r->probability[0];
            link = LINK_IDENTITY;
        }
    }
    return finish(p, &margin, 1, link, r->link_scale, e);
}

static status of_many(struct pmml *p, const struct pmml_result *r,
                      struct error *e)
{
    reg *out = arena_new_array(p->arena, reg, r->classes);
    bool softmax = r->score != NULL;
    if (out == NULL)
        return arena_error(p->arena, e);
    memcpy(out, softmax ? r->score : r->probability, r->classes * sizeof *out);
    TRY(finish(p, out, r->classes, softmax ? LINK_SOFTMAX : LINK_IDENTITY, 1.0,
               e));
    return builder_classes(p->b, r->class_name, r->classes, e);
}

static status of_field(struct pmml *p, const struct xml_node *f,
                       struct pmml_result *r, struct error *e)
{
    struct pmml_value v;
    const char *name = NULL;
    TRY(pmml_text(p, f, "name", &name, e));
    TRY(pmml_output_fields(p, p->model, r, NULL, e));
    TRY(pmml_field(p, r->scope, name, f, &v, e));
    if (v.kind == PMML_WORD)
        return pmml_fault(p, f, e, ST_UNSUPPORTED,
                          "the model's answer is a word");
    TRY(builder_parameter(p->b, "answer", name, e));
    return finish(p, &v.r, 1, LINK_IDENTITY, 1.0, e);
}

status pmml_outputs(struct pmml *p, struct pmml_result *r, struct error *e)
{
    const struct xml_node *f = answer_field(p);
    if (f != NULL)
        return of_field(p, f, r, e);
    if (!r->classification)
        return finish(p, &r->margin, 1, r->link, r->link_scale, e);
    return r->classes == 2 ? of_two(p, r, e) : of_many(p, r, e);
}
