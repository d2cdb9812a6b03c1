/* RegressionModel: PMML 4.4, chapter Regression. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

/* One table: what is summed, and its class. */
struct table {
    const struct xml_node *node;
    const char *class_name;
    double intercept;
    reg score;
};

/* The terms of a table while it is read. */
struct terms {
    reg *r;
    double *weight;
    size_t n;
};

static status numeric(struct pmml *p, struct pmml_scope *s,
                      const struct xml_node *n, struct terms *t,
                      struct error *e)
{
    const char *name = NULL;
    double exponent = 1.0;
    struct pmml_value v;
    TRY(pmml_text(p, n, "name", &name, e));
    TRY(pmml_number(p, n, "exponent", 1.0, &exponent, e));
    TRY(pmml_number(p, n, "coefficient", NAN, &t->weight[t->n], e));
    TRY(pmml_field(p, s, name, n, &v, e));
    TRY(pmml_as(p, PMML_NUMBER, n, &v, e));
    if (exponent != 1.0)
        TRY(program_map(p->k, MAP_POWER, exponent, 0.0, false, &v.r, 1, &v.r,
                        e));
    t->r[t->n++] = v.r;
    return ST_OK;
}

/* All terms of one field of words that stand next to each other, as one table;
 * a missing value adds nothing, as the standard says. */
static status categorical(struct pmml *p, struct pmml_scope *s,
                          const struct xml_node **at, struct terms *t,
                          struct error *e)
{
    const struct xml_node *n = *at;
    const char *name = NULL, *value = NULL;
    size_t rows = 0, room = 0;
    struct pmml_value v;
    TRY(pmml_text(p, n, "name", &name, e));
    for (const struct xml_node *c = n;
         c != NULL && text_equal(xml_value(c, "name"), name);
         c = xml_sibling(c, "CategoricalPredictor"))
        room++;
    double *key = arena_new_array(p->arena, double, room * 2);
    if (key == NULL)
        return arena_error(p->arena, e);
    TRY(pmml_field(p, s, name, n, &v, e));
    for (; rows < room; rows++) {
        TRY(pmml_text(p, n, "value", &value, e));
        TRY(pmml_literal(p, v.kind, value, n, &key[rows], e));
        TRY(pmml_number(p, n, "coefficient", NAN, &key[room + rows], e));
        for (size_t i = 0; i < rows; i++)
            if (key[i] == key[rows])
                return pmml_fault(p, n, e, ST_FORMAT,
                                  "the value \"%.60s\" of \"%.60s\" stands "
                                  "twice in this table", value, name);
        n = xml_sibling(n, "CategoricalPredictor");
    }
    *at = n;
    t->weight[t->n] = 1.0;
    return program_table(p->k, key, rows, 1, key + room, 1, 0.0, 0.0, &v.r,
                         &t->r[t->n++], e);
}

static status product(struct pmml *p, struct pmml_scope *s,
                      const struct xml_node *n, struct terms *t,
                      struct error *e)
{
    reg all = 0;
    size_t factors = 0;
    TRY(pmml_number(p, n, "coefficient", NAN, &t->weight[t->n], e));
    for (const struct xml_node *f = xml_child(n, "FieldRef"); f != NULL;
         f = xml_sibling(f, "FieldRef")) {
        struct pmml_value v;
        TRY(pmml_expression(p, s, f, &v, e));
        TRY(pmml_as(p, PMML_NUMBER, f, &v, e));
        if (factors++ == 0)
            all = v.r;
        else
            TRY(program_pair(p->k, PAIR_MULTIPLY, false, &all, &v.r, 1, &all,
                             e));
    }
    if (factors == 0)
        return pmml_fault(p, n, e, ST_FORMAT, "it has no FieldRef");
    t->r[t->n++] = all;
    return ST_OK;
}

static bool is_single(const struct xml_node *model)
{
    return text_equal(xml_value(model, "x-mathContext"), "float");
}

static status read_table(struct pmml *p, struct pmml_scope *s,
                         const struct xml_node *model, struct table *table,
                         struct error *e)
{
    const struct xml_node *n = table->node;
    size_t most = xml_count(n, NULL);
    struct terms t = {arena_new_array(p->arena, reg, most + 1),
                      arena_new_array(p->arena, double, most + 1), 0};
    if (t.r == NULL || t.weight == NULL)
        return arena_error(p->arena, e);
    TRY(pmml_number(p, n, "intercept", NAN, &table->intercept, e));
    for (const struct xml_node *c = n->child; c != NULL; c = c->next)
        if (xml_is(c, "NumericPredictor"))
            TRY(numeric(p, s, c, &t, e));
        else if (xml_is(c, "PredictorTerm"))
            TRY(product(p, s, c, &t, e));
        else if (!xml_is(c, "CategoricalPredictor"))
            return pmml_refuse(p, c, e);
    for (const struct xml_node *c = xml_child(n, "CategoricalPredictor");
         c != NULL;)
        TRY(categorical(p, s, &c, &t, e));
    if (t.n == 0)
        return pmml_constant(p, table->intercept, &table->score, e);
    return program_affine(p->k, t.weight, &table->intercept, is_single(model),
                          t.r, t.n, 1, &table->score, e);
}

static const char *const normals[] = {"none", "simplemax", "softmax", "logit",
                                      "probit", "cloglog", "exp", "loglog",
                                      "cauchit", NULL};
static const enum model_link normal_link[] = {
    [NORMAL_NONE] = LINK_IDENTITY, [NORMAL_SIMPLEMAX] = LINK_IDENTITY,
    [NORMAL_SOFTMAX] = LINK_LOGISTIC, [NORMAL_LOGIT] = LINK_LOGISTIC,
    [NORMAL_PROBIT] = LINK_PROBIT, [NORMAL_CLOGLOG] = LINK_CLOGLOG,
    [NORMAL_EXP] = LINK_EXP, [NORMAL_LOGLOG] = LINK_LOGLOG,
    [NORMAL_CAUCHIT] = LINK_CAUCHIT};

static status list_tables(struct pmml *p, const struct xml_node *model,
                          struct table **out, size_t *count, struct error *e)
{
    size_t n = xml_count(model, "RegressionTable"), i = 0;
    struct table *t = arena_new_array(p->arena, struct table, n + 1);
    if (t == NULL)
        return arena_error(p->arena, e);
    if (n == 0)
        return pmml_fault(p, model, e, ST_FORMAT, "it has no RegressionTable");
    for (const struct xml_node *c = xml_child(model, "RegressionTable");
         c != NULL; c = xml_sibling(c, "RegressionTable"), i++) {
        t[i].node = c;
        t[i].class_name = xml_value(c, "targetCategory");
    }
    *out = t;
    *count = n;
    return ST_OK;
}

static long class_of(const char *const *names, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (text_equal(names[i], word))
            return (long)i;
    return -1;
}

/* The classes: the target's, else the tables'. A table for each but, of two,
 * perhaps one. order[table] = class. */
static status match_classes(struct pmml *p, const struct xml_node *model,
                            const struct table *t, size_t tables,
                            const char *const **names, size_t *classes,
                            size_t *order, struct error *e)
{
    TRY(pmml_classes(p, model, names, classes, e));
    if (*classes == 0) {
        const char **own = arena_new_array(p->arena, const char *, tables);
        if (own == NULL)
            return arena_error(p->arena, e);
        for (size_t i = 0; i < tables; i++)
            TRY(pmml_text(p, t[i].node, "targetCategory", &own[i], e));
        *names = own;
        *classes = tables;
    }
    for (size_t i = 0; i < tables; i++) {
        const char *word = NULL;
        TRY(pmml_text(p, t[i].node, "targetCategory", &word, e));
        long at = class_of(*names, *classes, word);
        for (size_t k = 0; k < i && at >= 0; k++)
            at = order[k] == (size_t)at ? -1 : at;
        if (at < 0)
            return pmml_fault(p, t[i].node, e, ST_FORMAT,
                              "targetCategory \"%.60s\" is no class of the "
                              "target, or stands twice", word);
        order[i] = (size_t)at;
    }
    if (*classes < 2 || tables > *classes ||
        (tables < *classes && !(tables == 1 && *classes == 2)))
        return pmml_fault(p, model, e, ST_FORMAT,
                          "%zu tables for %zu classes", tables, *classes);
    return ST_OK;
}

struct classifier {
    const char *const *names;
    size_t classes, tables;
    const struct table *table;
    size_t *order;
    enum pmml_normal normal;
    bool ordinal, single;
};

/* The first table speaks, the other class has the rest; but softmax and
 * simplemax weigh both. */
static status of_two(struct pmml *p, const struct classifier *c,
                     struct pmml_result *out, struct error *e)
{
    enum model_link link = normal_link[c->normal];
    reg margin = c->table[0].score, both[2];
    bool second = c->order[0] == 1;
    if (c->normal == NORMAL_SIMPLEMAX || c->normal == NORMAL_SOFTMAX) {
        TRY(pmml_constant(p, 0.0, &both[1 - c->order[0]], e));
        both[c->order[0]] = margin;
        if (c->tables == 2)
            both[c->order[1]] = c->table[1].score;
        if (c->normal == NORMAL_SIMPLEMAX) {
            TRY(program_group(p->k, GROUP_SIMPLEMAX, c->single, both, 2, both,
                              e));
            return pmml_of_classes(p, c->names, 2, both, NULL, out, e);
        }
        TRY(program_pair(p->k, PAIR_SUBTRACT, c->single, &both[1], &both[0], 1,
                         &margin, e));
        second = true;
    }
    /* Plain numbers are cut to what probabilities can be. */
    if (c->normal == NORMAL_NONE)
        TRY(program_map(p->k, MAP_CLAMP, 0.0, 1.0, c->single, &margin, 1,
                        &margin, e));
    if (!second && pmml_mirrored(link)) {
        TRY(pmml_map(p, MAP_NEGATE, margin, &margin, e));
        link = pmml_other_link(link);
    } else if (!second) {
        TRY(pmml_link(p, link, 1.0, margin, &margin, e));
        TRY(program_map(p->k, MAP_SCALE, -1.0, 1.0, c->single, &margin, 1,
                        &margin, e));
        link = LINK_IDENTITY;
    }
    return pmml_of_event(p, c->names, margin, link, 1.0, out, e);
}

/* Ordinal targets: table i speaks of "class i or below". */
status pmml_cumulated(struct pmml *p, const reg *below, size_t classes,
                      reg *out, struct error *e)
{
    for (size_t i = 0; i < classes; i++) {
        if (i == 0)
            out[0] = below[0];
        else if (i + 1 < classes)
            TRY(program_pair(p->k, PAIR_SUBTRACT, false, &below[i],
                             &below[i - 1], 1, &out[i], e));
        else
            TRY(program_map(p->k, MAP_SCALE, -1.0, 1.0, false, &below[i - 1],
                            1, &out[i], e));
    }
    return ST_OK;
}

static status the_rest(struct pmml *p, reg *out, size_t classes,
                       struct error *e)
{
    reg sum;
    TRY(program_reduce(p->k, REDUCE_SUM, false, out, classes - 1, &sum, e));
    return program_map(p->k, MAP_SCALE, -1.0, 1.0, false, &sum, 1,
                       &out[classes - 1], e);
}

static status of_many(struct pmml *p, const struct classifier *c,
                      struct pmml_result *out, struct error *e)
{
    reg *y = arena_new_array(p->arena, reg, c->classes * 2);
    if (y == NULL)
        return arena_error(p->arena, e);
    reg *prob = y + c->classes;
    for (size_t i = 0; i < c->tables; i++)
        y[c->order[i]] = c->table[i].score;
    if (c->normal == NORMAL_SOFTMAX) {
        TRY(pmml_softmax(p, c->single, y, c->classes, prob, e));
        return pmml_of_classes(p, c->names, c->classes, prob, y, out, e);
    }
    if (c->normal == NORMAL_SIMPLEMAX)
        TRY(program_group(p->k, GROUP_SIMPLEMAX, c->single, y, c->classes,
                          prob, e));
    else
        for (size_t i = 0; i < c->classes; i++)
            TRY(pmml_link(p, normal_link[c->normal], 1.0, y[i], &prob[i], e));
    if (c->ordinal && c->normal >= NORMAL_LOGIT) {
        memcpy(y, prob, c->classes * sizeof *y);
        TRY(pmml_cumulated(p, y, c->classes, prob, e));
    } else if (c->normal == NORMAL_NONE) {
        TRY(the_rest(p, prob, c->classes, e));
    }
    return pmml_of_classes(p, c->names, c->classes, prob, NULL, out, e);
}

static status classify(struct pmml *p, const struct xml_node *model,
                       const struct table *t, size_t tables,
                       enum pmml_normal normal, struct pmml_result *out,
                       struct error *e)
{
    const struct pmml_data *target = pmml_target_field(p, model);
    struct classifier c = {
        .table = t, .tables = tables, .normal = normal,
        .single = is_single(model),
        .ordinal = target != NULL &&
                   text_equal(xml_value(target->node, "optype"), "ordinal")};
    c.order = arena_new_array(p->arena, size_t, tables);
    if (c.order == NULL)
        return arena_error(p->arena, e);
    TRY(match_classes(p, model, t, tables, &c.names, &c.classes, c.order, e));
    return c.classes == 2 ? of_two(p, &c, out, e) : of_many(p, &c, out, e);
}

status pmml_regression(struct pmml *p, const struct xml_node *model,
                       struct pmml_scope *s, struct pmml_result *out,
                       struct error *e)
{
    static const char *const functions[] = {"regression", "classification",
                                            NULL};
    struct table *t = NULL;
    size_t tables = 0;
    int function = 0, normal = NORMAL_NONE;
    TRY(pmml_choice(p, model, "functionName", functions, 0, &function, e));
    TRY(pmml_choice(p, model, "normalizationMethod", normals, NORMAL_NONE,
                    &normal, e));
    TRY(list_tables(p, model, &t, &tables, e));
    if (function == 0 && tables > 1)
        return pmml_fault(p, t[1].node, e, ST_FORMAT,
                          "a regression has one table");
    for (size_t i = 0; i < tables; i++)
        TRY(read_table(p, s, model, &t[i], e));
    if (function == 1)
        return classify(p, model, t, tables, (enum pmml_normal)normal, out, e);
    if (normal == NORMAL_SIMPLEMAX)
        return pmml_fault(p, model, e, ST_FORMAT,
                          "simplemax is no normalizationMethod of a regression");
    return pmml_of_margin(p, t[0].score, normal_link[normal], 1.0, out, e);
}

static status one_line(struct pmml *p, const struct xml_node *n,
                       struct pmml_line *out, bool *is, struct error *e)
{
    const struct xml_node *c = n->child;
    double exponent = 1.0;
    out->class_name = xml_value(n, "targetCategory");
    TRY(pmml_number(p, n, "intercept", NAN, &out->intercept, e));
    if (c == NULL)
        return ST_OK;
    *is = xml_is(c, "NumericPredictor") && c->next == NULL;
    if (!*is)
        return ST_OK;
    TRY(pmml_number(p, c, "exponent", 1.0, &exponent, e));
    TRY(pmml_number(p, c, "coefficient", NAN, &out->coefficient, e));
    *is = exponent == 1.0;
    return pmml_text(p, c, "name", &out->field, e);
}

/* Lines stand in the order of the classes, so that whoever uses them need not
 * match names. */
status pmml_regression_lines(struct pmml *p, const struct xml_node *model,
                             bool *is, enum pmml_normal *normal,
                             const struct pmml_line **line, size_t *lines,
                             struct error *e)
{
    struct table *t = NULL;
    const char *const *names = NULL;
    size_t tables = 0, classes = 0;
    int choice = NORMAL_NONE;
    bool classification =
        text_equal(xml_value(model, "functionName"), "classification");
    *is = xml_is(model, "RegressionModel") &&
          xml_child(model, "LocalTransformations") == NULL;
    if (!*is)
        return ST_OK;
    TRY(pmml_choice(p, model, "normalizationMethod", normals, NORMAL_NONE,
                    &choice, e));
    TRY(list_tables(p, model, &t, &tables, e));
    size_t *order = arena_new_array(p->arena, size_t, tables);
    if (order == NULL)
        return arena_error(p->arena, e);
    if (classification)
        TRY(match_classes(p, model, t, tables, &names, &classes, order, e));
    else
        classes = 1;
    struct pmml_line *of = arena_new_array(p->arena, struct pmml_line, classes);
    if (of == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < classes; i++)
        of[i].class_name = names == NULL ? NULL : names[i];
    for (size_t i = 0; i < tables && *is; i++)
        TRY(one_line(p, t[i].node, &of[order[i]], is, e));
    *normal = (enum pmml_normal)choice;
    *line = of;
    *lines = classes;
    return ST_OK;
}
