/* Scorecard: as a forest with the card's own reason codes, one tree a
 * characteristic; as registers where inputs need steps first or a partial score
 * is a formula. An attribute whose predicate is unknown is passed over, as one
 * whose predicate is false; where none is true there is no score. */
#include "base/num.h"
#include "formats/pmml_forest.h"
#include "model/scorecard.h"

#include <math.h>

enum { CHARACTERISTICS_MAX = 10000, ATTRIBUTES_MAX = 100000 };

struct attribute {
    const struct xml_node *at, *test, *formula;
    double points;
    struct scorecard_code code;
};

struct characteristic {
    const struct xml_node *at;
    const char *name;
    struct attribute *attribute;
    size_t attributes;
    bool formulas;
};

struct card {
    struct pmml *p;
    double initial, baseline;
    enum reason_points points;
    bool reasons;
    struct characteristic *of;
    size_t count;
};

/* --- reading -------------------------------------------------------------- */

static status read_attribute(struct card *c, struct characteristic *of,
                             const struct xml_node *n, double baseline,
                             const char *code, struct error *e)
{
    struct attribute *a = &of->attribute[of->attributes++];
    const char *own = xml_value(n, "reasonCode");
    const struct xml_node *complex = xml_child(n, "ComplexPartialScore");
    a->at = n;
    a->code.code = own != NULL ? own : code;
    TRY(pmml_predicate_of(c->p, n, &a->test, e));
    a->code.baseline = baseline;
    if (xml_value(n, "baselineScore") != NULL)
        TRY(pmml_number(c->p, n, "baselineScore", 0.0, &a->code.baseline, e));
    c->reasons &= a->code.code != NULL && !isnan(a->code.baseline);
    if (complex == NULL)
        return pmml_number(c->p, n, "partialScore", (double)NAN, &a->points,
                           e);
    for (const struct xml_node *f = complex->child; f != NULL; f = f->next)
        if (pmml_is_expression(f))
            a->formula = f;
    if (a->formula == NULL)
        return pmml_fault(c->p, complex, e, ST_FORMAT,
                          "a partial score without an expression");
    of->formulas = true;
    return ST_OK;
}

static status read_characteristic(struct card *c, const struct xml_node *n,
                                  struct error *e)
{
    struct characteristic *of = &c->of[c->count++];
    size_t count = xml_count(n, "Attribute");
    double baseline = c->baseline;
    if (count == 0 || count > ATTRIBUTES_MAX)
        return pmml_fault(c->p, n, e, count == 0 ? ST_FORMAT : ST_LIMIT,
                          "%zu attributes (1 to %d are read)", count,
                          ATTRIBUTES_MAX);
    of->at = n;
    of->name = xml_value(n, "name");
    if (of->name == NULL)
        of->name = arena_format(c->p->arena, "characteristic %zu", c->count);
    of->attribute = arena_new_array(c->p->arena, struct attribute, count);
    if (of->name == NULL || of->attribute == NULL)
        return arena_error(c->p->arena, e);
    if (xml_value(n, "baselineScore") != NULL)
        TRY(pmml_number(c->p, n, "baselineScore", 0.0, &baseline, e));
    for (const struct xml_node *a = xml_child(n, "Attribute"); a != NULL;
         a = xml_sibling(a, "Attribute"))
        TRY(read_attribute(c, of, a, baseline, xml_value(n, "reasonCode"), e));
    return ST_OK;
}

static status read_head(struct card *c, const struct xml_node *model,
                        struct error *e)
{
    static const char *const algorithms[] = {"pointsAbove", "pointsBelow",
                                             NULL};
    static const char *const truths[] = {"false", "true", "0", "1", NULL};
    int algorithm = 0, use = 1;
    TRY(pmml_choice(c->p, model, "reasonCodeAlgorithm", algorithms, 1,
                    &algorithm, e));
    TRY(pmml_choice(c->p, model, "useReasonCodes", truths, 1, &use, e));
    c->points = algorithm == 0 ? POINTS_ABOVE : POINTS_BELOW;
    c->reasons = use % 2 == 1;
    c->baseline = (double)NAN;
    if (xml_value(model, "baselineScore") != NULL)
        TRY(pmml_number(c->p, model, "baselineScore", 0.0, &c->baseline, e));
    return pmml_number(c->p, model, "initialScore", 0.0, &c->initial, e);
}

static status read_card(struct pmml *p, const struct xml_node *model,
                        struct card *c, struct error *e)
{
    const struct xml_node *all = xml_child(model, "Characteristics");
    *c = (struct card){.p = p};
    if (all == NULL)
        return pmml_fault(p, model, e, ST_FORMAT, "it has no "
                          "<Characteristics>");
    size_t count = xml_count(all, "Characteristic");
    if (count == 0 || count > CHARACTERISTICS_MAX)
        return pmml_fault(p, all, e, count == 0 ? ST_FORMAT : ST_LIMIT,
                          "%zu characteristics (1 to %d are read)", count,
                          CHARACTERISTICS_MAX);
    c->of = arena_new_array(p->arena, struct characteristic, count);
    if (c->of == NULL)
        return arena_error(p->arena, e);
    TRY(read_head(c, model, e));
    for (const struct xml_node *n = xml_child(all, "Characteristic"); n != NULL;
         n = xml_sibling(n, "Characteristic"))
        TRY(read_characteristic(c, n, e));
    return ST_OK;
}

/* --- rules ---------------------------------------------------------------- */

static status attribute_rule(const struct card *c, struct pmml_scope *s,
                             const struct attribute *a, long number,
                             struct pmml_rules *rules,
                             const struct pmml_rule **out, bool *fits,
                             struct error *e)
{
    struct pmml_rule *rule = arena_new_one(c->p->arena, struct pmml_rule);
    double *value = arena_new_one(c->p->arena, double);
    if (rule == NULL || value == NULL)
        return arena_error(c->p->arena, e);
    *value = a->points;
    rule->at = a->at;
    rule->default_child = -1;
    *out = rule;
    struct pmml_outcome o = {.value = value, .winner = number};
    TRY(pmml_rules_outcome(rules, &o, &rule->outcome, e));
    return pmml_test(rules->v, s, a->test, &rule->test, fits, e);
}

/* A characteristic is a node that is always true, its attributes the children;
 * an end's winner is the attribute's number. */
static status card_rules(const struct card *c, struct pmml_variables *v,
                         struct pmml_scope *s,
                         const struct characteristic *of,
                         struct pmml_rules *rules, bool *fits,
                         struct error *e)
{
    uint32_t none = 0;
    struct pmml_rule *root = arena_new_one(c->p->arena, struct pmml_rule);
    struct pmml_test *always = arena_new_one(c->p->arena, struct pmml_test);
    const struct pmml_rule **child =
        arena_new_array(c->p->arena, const struct pmml_rule *, of->attributes);
    if (root == NULL || always == NULL || child == NULL)
        return arena_error(c->p->arena, e);
    *always = (struct pmml_test){.kind = TEST_TRUE, .atoms = 1};
    *root = (struct pmml_rule){.at = of->at, .test = always, .child = child,
                               .children = of->attributes,
                               .default_child = -1};
    *rules = (struct pmml_rules){.v = v, .root = root, .values = 1};
    TRY(pmml_rules_outcome(rules, &(struct pmml_outcome){.null = true,
                                                         .winner = -1},
                           &none, e));
    for (size_t i = 0; i < of->attributes; i++)
        TRY(attribute_rule(c, s, &of->attribute[i], (long)i, rules, &child[i],
                           fits, e));
    return ST_OK;
}

/* --- a forest ------------------------------------------------------------- */

struct planned {
    struct pmml_rules rules;
    struct pmml_plan plan;
};

/* Codes of a tree's ends, left before right: the order of its nodes. */
static void lay_codes(const struct planned *t, const struct characteristic *of,
                      int32_t at, struct scorecard_code *out, size_t *count)
{
    const struct pmml_split *n = &t->plan.node[at];
    if (n->left < 0) {
        long a = t->rules.outcome[n->outcome].winner;
        if (a >= 0)
            out[*count] = of->attribute[a].code;
        ++*count;
        return;
    }
    lay_codes(t, of, n->left, out, count);
    lay_codes(t, of, n->right, out, count);
}

static status tell_card(const struct card *c, const struct planned *t,
                        struct error *e)
{
    struct arena *a = c->p->arena;
    const char **name = arena_new_array(a, const char *, c->count);
    const struct scorecard_code **code =
        arena_new_array(a, const struct scorecard_code *, c->count);
    if (name == NULL || code == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < c->count; i++) {
        size_t laid = 0;
        struct scorecard_code *own =
            arena_new_array(a, struct scorecard_code, t[i].plan.count);
        if (own == NULL)
            return arena_error(a, e);
        lay_codes(&t[i], &c->of[i], 0, own, &laid);
        name[i] = c->of[i].name;
        code[i] = own;
    }
    struct scorecard s = {.initial = c->initial, .points = c->points,
                          .reasons = c->reasons, .characteristics = c->count,
                          .name = name, .code = c->reasons ? code : NULL};
    return builder_scorecard(c->p->b, &s, e);
}

static status emit_card(const struct card *c, struct pmml_variables *v,
                        const struct planned *t, struct error *e)
{
    struct builder *b = c->p->b;
    bool floats = pmml_all_single(v);
    TRY(builder_outputs(b, 1, e));
    TRY(builder_base(b, &c->initial, 1, e));
    builder_compare(b, floats ? COMPARE_AT_MOST_FLOAT
                              : COMPARE_AT_MOST_DOUBLE);
    builder_link(b, LINK_IDENTITY, 1.0);
    for (size_t i = 0; i < c->count; i++) {
        double *value = arena_new_array(c->p->arena, double,
                                        t[i].rules.outcomes);
        if (value == NULL)
            return arena_error(c->p->arena, e);
        for (size_t o = 1; o < t[i].rules.outcomes; o++)
            value[o] = *t[i].rules.outcome[o].value;
        TRY(pmml_plan_emit(b, &t[i].rules, &t[i].plan, 0, 1.0, value, floats,
                           e));
    }
    pmml_tell_required(b, v);
    return tell_card(c, t, e);
}

status pmml_scorecard_forest(struct pmml *p, bool *done, struct error *e)
{
    struct card c;
    struct pmml_target target;
    struct pmml_variables v;
    bool fits = true;
    TRY(read_card(p, p->model, &c, e));
    TRY(pmml_target(p, p->model, &target, e));
    if (!target.trivial)
        return ST_OK;
    TRY(pmml_inputs_of(p, &v, e));
    struct planned *t = arena_new_array(p->arena, struct planned, c.count);
    if (t == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < c.count; i++) {
        if (c.of[i].formulas)
            return ST_OK;
        TRY(card_rules(&c, &v, p->top, &c.of[i], &t[i].rules, &fits, e));
        if (!fits)
            return ST_OK;
        TRY(pmml_plan_make(&t[i].rules, &t[i].plan, &fits, e));
        if (!fits)
            return ST_OK;
    }
    *done = true;
    return emit_card(&c, &v, t, e);
}

/* --- registers ------------------------------------------------------------ */

/* From the last attribute to the first: its points where it is true. */
static status chosen_points(const struct card *c, struct pmml_scope *s,
                            const struct characteristic *of, reg *out,
                            struct error *e)
{
    reg rest = 0;
    TRY(pmml_constant(c->p, (double)NAN, &rest, e));
    for (size_t i = of->attributes; i-- > 0;) {
        const struct attribute *a = &of->attribute[i];
        struct pmml_value v = {0};
        reg truth = 0;
        TRY(pmml_predicate(c->p, s, a->test, &truth, e));
        if (a->formula != NULL) {
            TRY(pmml_expression(c->p, s, a->formula, &v, e));
            TRY(pmml_as(c->p, PMML_NUMBER, a->at, &v, e));
        } else {
            TRY(pmml_constant(c->p, a->points, &v.r, e));
        }
        TRY(program_choose(c->p->k, &truth, &v.r, &rest, &rest, 1, &rest, e));
    }
    *out = rest;
    return ST_OK;
}

static status planned_points(const struct card *c, struct pmml_scope *s,
                             const struct characteristic *of, reg *out,
                             bool *fits, struct error *e)
{
    struct pmml_variables *v = arena_new_one(c->p->arena,
                                             struct pmml_variables);
    struct planned t;
    if (v == NULL)
        return arena_error(c->p->arena, e);
    *v = (struct pmml_variables){.p = c->p};
    TRY(card_rules(c, v, s, of, &t.rules, fits, e));
    TRY(pmml_plan_make(&t.rules, &t.plan, fits, e));
    if (!*fits)
        return ST_OK;
    double *value = arena_new_array(c->p->arena, double, t.rules.outcomes);
    if (value == NULL)
        return arena_error(c->p->arena, e);
    for (size_t o = 1; o < t.rules.outcomes; o++)
        value[o] = *t.rules.outcome[o].value;
    return pmml_plan_registers(c->p, &t.rules, &t.plan, value, 1, out, e);
}

status pmml_scorecard(struct pmml *p, const struct xml_node *model,
                      struct pmml_scope *s, struct pmml_result *out,
                      struct error *e)
{
    struct card c;
    TRY(read_card(p, model, &c, e));
    reg *part = arena_new_array(p->arena, reg, c.count + 1), sum = 0;
    if (part == NULL)
        return arena_error(p->arena, e);
    TRY(pmml_constant(p, c.initial, &part[0], e));
    for (size_t i = 0; i < c.count; i++) {
        bool fits = !c.of[i].formulas;
        if (fits)
            TRY(planned_points(&c, s, &c.of[i], &part[i + 1], &fits, e));
        if (!fits)
            TRY(chosen_points(&c, s, &c.of[i], &part[i + 1], e));
    }
    TRY(program_reduce(p->k, REDUCE_SUM, false, part, c.count + 1, &sum, e));
    return pmml_of_margin(p, sum, LINK_IDENTITY, 1.0, out, e);
}
