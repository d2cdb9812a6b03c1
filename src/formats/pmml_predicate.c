/* Predicates: 1, 0, or missing where they cannot be told. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

static const char *const operators[] = {
    "equal", "notEqual", "lessThan", "lessOrEqual", "greaterThan",
    "greaterOrEqual", "isMissing", "isNotMissing", NULL};
enum operator { OP_EQUAL, OP_NOT_EQUAL, OP_LESS, OP_AT_MOST, OP_MORE,
                OP_AT_LEAST, OP_MISSING, OP_PRESENT };

static status compare(struct pmml *p, const struct xml_node *n,
                      const struct pmml_value *v, enum operator op,
                      const char *text, reg *out, struct error *e)
{
    double x = 0.0;
    reg limit;
    TRY(pmml_literal(p, v->kind, text, n, &x, e));
    /* A literal is of the field's type. */
    x = v->single && v->kind == PMML_NUMBER ? num_float(x) : x;
    if (op == OP_EQUAL || op == OP_NOT_EQUAL) {
        TRY(program_map(p->k, MAP_EQUALS_P, x, 0.0, false, &v->r, 1, out, e));
        return op == OP_EQUAL ? ST_OK : pmml_map(p, MAP_NOT, *out, out, e);
    }
    if (v->kind == PMML_WORD)
        return pmml_fault(p, n, e, ST_UNSUPPORTED,
                          "words are compared by their order");
    enum program_pair f = op == OP_LESS || op == OP_MORE ? PAIR_LESS
                                                         : PAIR_AT_MOST;
    bool swapped = op == OP_MORE || op == OP_AT_LEAST;
    TRY(pmml_constant(p, x, &limit, e));
    return program_pair(p->k, f, false, swapped ? &limit : &v->r,
                        swapped ? &v->r : &limit, 1, out, e);
}

static status simple(struct pmml *p, struct pmml_scope *s,
                     const struct xml_node *n, reg *out, struct error *e)
{
    const char *name = NULL, *op_name = NULL, *text = NULL;
    struct pmml_value v;
    int op = 0;
    TRY(pmml_text(p, n, "field", &name, e));
    TRY(pmml_text(p, n, "operator", &op_name, e));
    TRY(pmml_choice(p, n, "operator", operators, 0, &op, e));
    TRY(pmml_field(p, s, name, n, &v, e));
    if (op == OP_MISSING || op == OP_PRESENT)
        return pmml_map(p, op == OP_MISSING ? MAP_IS_MISSING : MAP_IS_PRESENT,
                        v.r, out, e);
    TRY(pmml_text(p, n, "value", &text, e));
    return compare(p, n, &v, (enum operator)op, text, out, e);
}

static status set(struct pmml *p, struct pmml_scope *s,
                  const struct xml_node *n, reg *out, struct error *e)
{
    static const char *const words[] = {"isIn", "isNotIn", NULL};
    const struct xml_node *array = xml_child(n, "Array");
    const char *name = NULL, *op = NULL;
    const char *const *text = NULL;
    struct pmml_value v;
    size_t count = 0, rows = 0;
    int outside = 0;
    TRY(pmml_text(p, n, "field", &name, e));
    TRY(pmml_text(p, n, "booleanOperator", &op, e));
    TRY(pmml_choice(p, n, "booleanOperator", words, 0, &outside, e));
    if (array == NULL)
        return pmml_fault(p, n, e, ST_FORMAT, "it has no Array");
    TRY(pmml_array(p, array, &text, &count, e));
    TRY(pmml_field(p, s, name, n, &v, e));
    double *key = arena_new_array(p->arena, double, count + 1);
    double *value = arena_new_array(p->arena, double, count + 1);
    if (key == NULL || value == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < count; i++) {
        TRY(pmml_literal(p, v.kind, text[i], array, &key[rows], e));
        if (v.single && v.kind == PMML_NUMBER)
            key[rows] = num_float(key[rows]);
        value[rows++] = outside ? 0.0 : 1.0;
    }
    return program_table(p->k, key, rows, 1, value, 1, outside ? 1.0 : 0.0,
                         NAN, &v.r, out, e);
}

static status compound(struct pmml *p, struct pmml_scope *s,
                       const struct xml_node *n, reg *out, struct error *e)
{
    static const char *const words[] = {"and", "or", "xor", "surrogate", NULL};
    static const enum program_pair pairs[] = {PAIR_AND, PAIR_OR, PAIR_XOR,
                                              PAIR_FIRST_PRESENT};
    const char *given = NULL;
    int op = 0;
    size_t parts = 0;
    TRY(pmml_text(p, n, "booleanOperator", &given, e));
    TRY(pmml_choice(p, n, "booleanOperator", words, 0, &op, e));
    for (const struct xml_node *c = n->child; c != NULL; c = c->next) {
        reg one;
        if (!pmml_is_predicate(c))
            return pmml_refuse(p, c, e);
        TRY(pmml_predicate(p, s, c, &one, e));
        if (parts++ == 0)
            *out = one;
        else
            TRY(program_pair(p->k, pairs[op], false, out, &one, 1, out, e));
    }
    return parts > 0 ? ST_OK
                     : pmml_fault(p, n, e, ST_FORMAT, "it has no predicates");
}

static status always(struct pmml *p, struct pmml_scope *s,
                     const struct xml_node *n, reg *out, struct error *e)
{
    (void)s;
    return pmml_constant(p, xml_is(n, "True") ? 1.0 : 0.0, out, e);
}

typedef status reader(struct pmml *p, struct pmml_scope *s,
                      const struct xml_node *n, reg *out, struct error *e);

static const struct {
    const char *name;
    reader *read;
} readers[] = {{"SimplePredicate", simple}, {"SimpleSetPredicate", set},
               {"CompoundPredicate", compound}, {"True", always},
               {"False", always}};
enum { READERS = sizeof readers / sizeof *readers };

bool pmml_is_predicate(const struct xml_node *n)
{
    for (size_t i = 0; i < READERS; i++)
        if (xml_is(n, readers[i].name))
            return true;
    return false;
}

status pmml_predicate(struct pmml *p, struct pmml_scope *s,
                      const struct xml_node *n, reg *out, struct error *e)
{
    if (++p->expressions > PMML_EXPRESSIONS_MAX)
        return pmml_fault(p, n, e, ST_LIMIT, "more than %d expressions",
                          PMML_EXPRESSIONS_MAX);
    for (size_t i = 0; i < READERS; i++)
        if (xml_is(n, readers[i].name))
            return readers[i].read(p, s, n, out, e);
    return pmml_refuse(p, n, e);
}
