/* Expressions but Apply: PMML 4.4, chapter Transformations. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

typedef status reader(struct pmml *p, struct pmml_scope *s,
                      const struct xml_node *n, const char *type,
                      struct pmml_value *out, struct error *e);

static status read_constant(struct pmml *p, struct pmml_scope *s,
                            const struct xml_node *n, const char *type,
                            struct pmml_value *out, struct error *e)
{
    const char *own = xml_value(n, "dataType");
    (void)s;
    (void)type;
    if (text_equal(xml_value(n, "missing"), "true")) {
        *out = (struct pmml_value){.kind = PMML_NUMBER, .constant = true,
                                   .number = NAN};
        return pmml_constant(p, NAN, &out->r, e);
    }
    return pmml_constant_value(p, n->text, own, n, out, e);
}

static status read_field(struct pmml *p, struct pmml_scope *s,
                         const struct xml_node *n, const char *type,
                         struct pmml_value *out, struct error *e)
{
    const char *name = NULL;
    (void)type;
    TRY(pmml_text(p, n, "field", &name, e));
    TRY(pmml_field(p, s, name, n, out, e));
    return pmml_fill(p, n, "mapMissingTo", out, e);
}

static status knots(struct pmml *p, const struct xml_node *n, size_t count,
                    double *x, double *y, struct error *e)
{
    size_t i = 0;
    for (const struct xml_node *k = xml_child(n, "LinearNorm"); k != NULL;
         k = xml_sibling(k, "LinearNorm"), i++) {
        TRY(pmml_number(p, k, "orig", NAN, &x[i], e));
        TRY(pmml_number(p, k, "norm", NAN, &y[i], e));
        if (i > 0 && !(x[i] > x[i - 1]))
            return pmml_fault(p, k, e, ST_FORMAT,
                              "orig must be above that of the line before");
    }
    return count >= 2 ? ST_OK
                      : pmml_fault(p, n, e, ST_FORMAT,
                                   "at least two LinearNorm are expected");
}

status pmml_knots(struct pmml *p, const struct xml_node *n, double **x,
                  double **y, size_t *count, struct error *e)
{
    *count = xml_count(n, "LinearNorm");
    *x = arena_new_array(p->arena, double, *count + 1);
    *y = arena_new_array(p->arena, double, *count + 1);
    if (*x == NULL || *y == NULL)
        return arena_error(p->arena, e);
    return knots(p, n, *count, *x, *y, e);
}

static status read_norm_continuous(struct pmml *p, struct pmml_scope *s,
                         const struct xml_node *n, const char *type,
                         struct pmml_value *out, struct error *e)
{
    static const char *const words[] = {"asIs", "asExtremeValues",
                                        "asMissingValues", NULL};
    double *x = NULL, *y = NULL, missing = NAN;
    size_t count = 0;
    int beyond = 0;
    const char *name = NULL;
    (void)type;
    TRY(pmml_text(p, n, "field", &name, e));
    TRY(pmml_field(p, s, name, n, out, e));
    TRY(pmml_as(p, PMML_NUMBER, n, out, e));
    TRY(pmml_knots(p, n, &x, &y, &count, e));
    TRY(pmml_choice(p, n, "outliers", words, 0, &beyond, e));
    if (xml_value(n, "mapMissingTo") != NULL)
        TRY(pmml_number(p, n, "mapMissingTo", NAN, &missing, e));
    out->single = out->constant = out->whole = false;
    return program_lines(p->k, x, y, count, (enum program_beyond)beyond,
                         missing, out->r, &out->r, e);
}

static status read_norm_discrete(struct pmml *p, struct pmml_scope *s,
                                 const struct xml_node *n, const char *type,
                                 struct pmml_value *out, struct error *e)
{
    const char *name = NULL, *value = NULL;
    struct pmml_value v;
    double x = 0.0;
    (void)type;
    TRY(pmml_text(p, n, "field", &name, e));
    TRY(pmml_text(p, n, "value", &value, e));
    if (!text_equal(xml_value(n, "method"), "indicator") &&
        xml_value(n, "method") != NULL)
        return pmml_fault(p, n, e, ST_UNSUPPORTED,
                          "method=\"%.40s\" is not supported",
                          xml_value(n, "method"));
    TRY(pmml_field(p, s, name, n, &v, e));
    TRY(pmml_literal(p, v.kind, value, n, &x, e));
    *out = (struct pmml_value){.kind = PMML_NUMBER};
    TRY(program_map(p->k, MAP_EQUALS_P, x, 0.0, false, &v.r, 1, &out->r, e));
    return pmml_fill(p, n, "mapMissingTo", out, e);
}

static status read_apply(struct pmml *p, struct pmml_scope *s,
                         const struct xml_node *n, const char *type,
                         struct pmml_value *out, struct error *e)
{
    (void)type;
    return pmml_apply(p, s, n, out, e);
}

static const struct {
    const char *name;
    reader *read;
} readers[] = {{"Constant", read_constant}, {"FieldRef", read_field},
               {"Apply", read_apply}, {"MapValues", pmml_map_values},
               {"Discretize", pmml_discretize},
               {"NormContinuous", read_norm_continuous},
               {"NormDiscrete", read_norm_discrete}};
enum { READERS = sizeof readers / sizeof *readers };

bool pmml_is_expression(const struct xml_node *n)
{
    for (size_t i = 0; i < READERS; i++)
        if (xml_is(n, readers[i].name))
            return true;
    return false;
}

status pmml_express(struct pmml *p, struct pmml_scope *s,
                    const struct xml_node *n, const char *type,
                    struct pmml_value *out, struct error *e)
{
    if (++p->expressions > PMML_EXPRESSIONS_MAX)
        return pmml_fault(p, n, e, ST_LIMIT, "more than %d expressions",
                          PMML_EXPRESSIONS_MAX);
    for (size_t i = 0; i < READERS; i++)
        if (xml_is(n, readers[i].name))
            return readers[i].read(p, s, n, type, out, e);
    return pmml_refuse(p, n, e);
}

status pmml_expression(struct pmml *p, struct pmml_scope *s,
                       const struct xml_node *n, struct pmml_value *out,
                       struct error *e)
{
    return pmml_express(p, s, n, NULL, out, e);
}

status pmml_derived(struct pmml *p, struct pmml_scope *s,
                    const struct xml_node *n, const struct xml_node *body,
                    struct pmml_value *out, struct error *e)
{
    const char *type = xml_value(n, "dataType");
    enum pmml_kind kind = PMML_NUMBER;
    bool single = false;
    TRY(pmml_express(p, s, body, type, out, e));
    if (type == NULL)
        return ST_OK;
    if (!pmml_kind_of(type, &kind, &single))
        return pmml_fault(p, n, e, ST_UNSUPPORTED,
                          "dataType=\"%.40s\" is not supported", type);
    TRY(pmml_as(p, kind, n, out, e));
    if (single && !out->single && out->kind == PMML_NUMBER) {
        TRY(pmml_map(p, MAP_FLOAT32, out->r, &out->r, e));
        out->constant = false;
    }
    out->single = single;
    out->whole = false;
    return ST_OK;
}
