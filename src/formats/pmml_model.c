/* Any model element, its Targets and its Output. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

typedef status reader(struct pmml *p, const struct xml_node *model,
                      struct pmml_scope *s, struct pmml_result *out,
                      struct error *e);

static const struct {
    const char *name;
    reader *read;
} readers[] = {{"RegressionModel", pmml_regression},
               {"GeneralRegressionModel", pmml_general},
               {"NeuralNetwork", pmml_network},
               {"TreeModel", pmml_tree},
               {"MiningModel", pmml_mining},
               {"Scorecard", pmml_scorecard}};
enum { READERS = sizeof readers / sizeof *readers };

bool pmml_is_model(const struct xml_node *n)
{
    for (size_t i = 0; i < READERS; i++)
        if (xml_is(n, readers[i].name))
            return true;
    return false;
}

static const char *target_name(const struct xml_node *model)
{
    const struct xml_node *schema = xml_child(model, "MiningSchema");
    for (const struct xml_node *f =
             schema == NULL ? NULL : xml_child(schema, "MiningField");
         f != NULL; f = xml_sibling(f, "MiningField")) {
        const char *usage = xml_value(f, "usageType");
        if (text_equal(usage, "target") || text_equal(usage, "predicted"))
            return xml_value(f, "name");
    }
    return xml_value(model, "targetFieldName");
}

const struct pmml_data *pmml_target_field(const struct pmml *p,
                                          const struct xml_node *model)
{
    const char *name = target_name(model);
    if (name == NULL && model != p->model)
        name = target_name(p->model);
    long at = name == NULL ? -1 : names_find(p->index, name, strlen(name));
    return at < 0 ? NULL : &p->data[at];
}

status pmml_classes(const struct pmml *p, const struct xml_node *model,
                    const char *const **names, size_t *count, struct error *e)
{
    const struct pmml_data *d = pmml_target_field(p, model);
    (void)e;
    *count = d == NULL ? 0 : d->valid.count;
    *names = d == NULL ? NULL : d->valid.word;
    return ST_OK;
}

static status apply_target(struct pmml *p, const struct xml_node *model,
                           struct pmml_result *r, struct error *e)
{
    static const enum program_map casts[] = {MAP_COPY, MAP_ROUND, MAP_CEIL,
                                             MAP_FLOOR};
    struct pmml_target t;
    TRY(pmml_target(p, model, &t, e));
    if (r->classification || t.trivial || !r->has_value)
        return ST_OK;
    reg v = r->value.r;
    if (isfinite(t.low) || isfinite(t.high))
        TRY(program_map(p->k, MAP_CLAMP, t.low, t.high, false, &v, 1, &v, e));
    if (t.factor != 1.0 || t.constant != 0.0)
        TRY(program_map(p->k, MAP_SCALE, t.factor, t.constant, false, &v, 1,
                        &v, e));
    if (t.cast != 0)
        TRY(pmml_map(p, casts[t.cast], v, &v, e));
    struct pmml_scope *scope = r->scope;
    TRY(pmml_of_margin(p, v, LINK_IDENTITY, 1.0, r, e));
    r->scope = scope;
    return ST_OK;
}

status pmml_model(struct pmml *p, const struct xml_node *model,
                  struct pmml_scope *outer, struct pmml_result *out,
                  struct error *e)
{
    struct pmml_scope *s = NULL;
    reader *read = NULL;
    for (size_t i = 0; i < READERS && read == NULL; i++)
        if (xml_is(model, readers[i].name))
            read = readers[i].read;
    if (read == NULL)
        return pmml_refuse(p, model, e);
    if (text_equal(xml_value(model, "isScorable"), "false"))
        return pmml_fault(p, model, e, ST_UNSUPPORTED,
                          "the file says that this model is not to be used "
                          "for scores (isScorable)");
    TRY(pmml_scope_new(p, model, outer, &s, e));
    if (outer == NULL)
        p->top = s;
    TRY(read(p, model, s, out, e));
    out->scope = s;
    return apply_target(p, model, out, e);
}

/* One output field's value; *is false: none that candor reads. */
static status output_value(struct pmml *p, const struct xml_node *f,
                           struct pmml_result *r, bool *is,
                           struct pmml_value *out, struct error *e)
{
    const char *feature = xml_value(f, "feature");
    const char *value = xml_value(f, "value");
    *is = true;
    if (feature == NULL || text_equal(feature, "predictedValue")) {
        if (r->classification)
            TRY(pmml_winner(p, r, e));
        *out = r->value;
        *is = r->has_value;
        return ST_OK;
    }
    if (text_equal(feature, "probability") && r->classification) {
        *out = (struct pmml_value){.kind = PMML_NUMBER};
        if (value == NULL)
            return program_reduce(p->k, REDUCE_MAXIMUM, false, r->probability,
                                  r->classes, &out->r, e);
        for (size_t i = 0; i < r->classes; i++)
            if (text_equal(r->class_name[i], value)) {
                out->r = r->probability[i];
                return ST_OK;
            }
        return pmml_fault(p, f, e, ST_FORMAT, "no class is named \"%.60s\"",
                          value);
    }
    const struct xml_node *body = f->child;
    while (body != NULL && !pmml_is_expression(body))
        body = body->next;
    *is = body != NULL && (text_equal(feature, "transformedValue") ||
                           text_equal(feature, "decision"));
    return *is ? pmml_derived(p, r->scope, f, body, out, e) : ST_OK;
}

/* What a computed field cannot be computed from is only missed when used. */
static bool optional(const struct xml_node *f, status s)
{
    return s == ST_UNSUPPORTED || (s == ST_FORMAT && f->child != NULL);
}

status pmml_output_fields(struct pmml *p, const struct xml_node *model,
                          struct pmml_result *r, struct pmml_scope *into,
                          struct error *e)
{
    const struct xml_node *output = xml_child(model, "Output");
    for (const struct xml_node *f =
             output == NULL ? NULL : xml_child(output, "OutputField");
         f != NULL; f = xml_sibling(f, "OutputField")) {
        const char *name = NULL;
        struct pmml_value v;
        struct error own;
        bool is = false;
        size_t calls = p->calls;
        TRY(pmml_text(p, f, "name", &name, e));
        status s = output_value(p, f, r, &is, &v, &own);
        if (s != ST_OK && !optional(f, s)) {
            if (e != NULL)
                *e = own;
            return s;
        }
        p->calls = calls;
        if (s != ST_OK || !is)
            continue;
        TRY(pmml_scope_add(p, r->scope, name, &v, e));
        if (into != NULL && into != r->scope)
            TRY(pmml_scope_add(p, into, name, &v, e));
    }
    return ST_OK;
}
