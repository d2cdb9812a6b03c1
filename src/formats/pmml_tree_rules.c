/* A TreeModel of the file → rules. */
#include "base/num.h"
#include "formats/pmml_tree.h"

#include <math.h>

struct reader {
    struct pmml *p;
    struct pmml_scope *s;
    struct pmml_rules *rules;
    const char *const *class_name;
    size_t classes; /* 0: regression */
    bool single;    /* scores are float32 */
    bool fits;
};

static void *room(struct pmml *p, size_t count, size_t size, struct error *e)
{
    void *a = arena_array(p->arena, count == 0 ? 1 : count, size);
    if (a == NULL)
        arena_error(p->arena, e);
    return a;
}

status pmml_rules_outcome(struct pmml_rules *r, const struct pmml_outcome *o,
                          uint32_t *at, struct error *e)
{
    if (r->outcomes == r->outcome_room) {
        size_t wanted = r->outcome_room == 0 ? 32 : 2 * r->outcome_room;
        struct pmml_outcome *grown = room(r->v->p, wanted, sizeof *grown, e);
        if (grown == NULL)
            return ST_MEMORY;
        if (r->outcomes > 0)
            memcpy(grown, r->outcome, r->outcomes * sizeof *grown);
        r->outcome = grown;
        r->outcome_room = wanted;
    }
    *at = (uint32_t)r->outcomes;
    r->outcome[r->outcomes++] = *o;
    return ST_OK;
}

static bool same_class(const char *a, const char *b)
{
    double x = 0.0, y = 0.0;
    if (strcmp(a, b) == 0)
        return true;
    return num_parse(a, strlen(a), &x) && num_parse(b, strlen(b), &y) && x == y;
}

static long class_of(const struct reader *r, const char *name)
{
    for (size_t i = 0; i < r->classes; i++)
        if (same_class(r->class_name[i], name))
            return (long)i;
    return -1;
}

/* --- scores -------------------------------------------------------------- */

struct distribution {
    double *records, *probability, *confidence;
    size_t probabilities, confidences, given;
};

static status read_distribution(struct reader *r, const struct xml_node *node,
                                struct distribution *d, struct error *e)
{
    size_t n = r->classes;
    d->records = room(r->p, 3 * n, sizeof(double), e);
    if (d->records == NULL)
        return ST_MEMORY;
    d->probability = d->records + n;
    d->confidence = d->probability + n;
    for (const struct xml_node *c = xml_child(node, "ScoreDistribution");
         c != NULL; c = xml_sibling(c, "ScoreDistribution")) {
        const char *name = NULL;
        TRY(pmml_text(r->p, c, "value", &name, e));
        long k = class_of(r, name);
        if (k < 0)
            return pmml_fault(r->p, c, e, ST_FORMAT,
                              "\"%.60s\" is no class of the target", name);
        d->given++;
        TRY(pmml_number(r->p, c, "recordCount", 0.0, &d->records[k], e));
        if (d->records[k] < 0.0)
            return pmml_fault(r->p, c, e, ST_FORMAT,
                              "a recordCount below 0");
        if (xml_value(c, "probability") != NULL)
            d->probabilities++;
        if (xml_value(c, "confidence") != NULL)
            d->confidences++;
        TRY(pmml_number(r->p, c, "probability", 0.0, &d->probability[k], e));
        TRY(pmml_number(r->p, c, "confidence", 0.0, &d->confidence[k], e));
    }
    return ST_OK;
}

static status shares(struct reader *r, const struct xml_node *node,
                     const struct distribution *d, double **out,
                     struct error *e)
{
    double all = 0.0;
    for (size_t i = 0; i < r->classes; i++)
        all += d->records[i];
    double *x = room(r->p, r->classes, sizeof *x, e);
    if (x == NULL)
        return ST_MEMORY;
    if (!(all > 0.0))
        return pmml_fault(r->p, node, e, ST_FORMAT,
                          "its score distribution counts no record");
    for (size_t i = 0; i < r->classes; i++)
        x[i] = d->records[i] / all;
    *out = x;
    return ST_OK;
}

static status class_outcome(struct reader *r, const struct xml_node *node,
                            struct pmml_rule *rule, struct pmml_outcome *o,
                            struct error *e)
{
    struct distribution d = {0};
    double *value = NULL;
    const char *score = xml_value(node, "score");
    o->winner = score == NULL ? -1 : class_of(r, score);
    if (score != NULL && o->winner < 0)
        return pmml_fault(r->p, node, e, ST_FORMAT,
                          "its score \"%.60s\" is no class of the target",
                          score);
    TRY(read_distribution(r, node, &d, e));
    if (d.given == 0) {
        o->null = score == NULL;
        value = room(r->p, r->classes, sizeof *value, e);
        if (value == NULL)
            return ST_MEMORY;
        if (!o->null)
            value[o->winner] = 1.0;
        o->value = value;
        return ST_OK;
    }
    rule->counts = d.records;
    if (d.probabilities == d.given)
        value = d.probability;
    else
        TRY(shares(r, node, &d, &value, e));
    rule->confidence = d.confidences == d.given ? d.confidence : value;
    if (!o->counted) {
        o->counted = true;
        for (size_t i = 0; i < r->classes; i++)
            o->cover += d.records[i];
    }
    if (o->winner < 0) {
        o->winner = 0;
        for (size_t i = 1; i < r->classes; i++)
            if (value[i] > value[o->winner])
                o->winner = (long)i;
    }
    o->value = value;
    return ST_OK;
}

static status number_outcome(struct reader *r, const struct xml_node *node,
                             struct pmml_outcome *o, struct error *e)
{
    double *value = room(r->p, 1, sizeof *value, e);
    if (value == NULL)
        return ST_MEMORY;
    o->winner = -1;
    o->null = xml_value(node, "score") == NULL;
    if (!o->null)
        TRY(pmml_number(r->p, node, "score", (double)NAN, value, e));
    if (r->single)
        *value = num_float(*value);
    o->value = value;
    return ST_OK;
}

/* --- nodes --------------------------------------------------------------- */

static status read_node(struct reader *r, const struct xml_node *node,
                        const struct pmml_rule **out, struct error *e);

static status default_child(struct reader *r, const struct xml_node *node,
                            struct pmml_rule *rule, struct error *e)
{
    const char *wanted = xml_value(node, "defaultChild");
    rule->default_child = -1;
    if (wanted == NULL)
        return ST_OK;
    for (size_t i = 0; i < rule->children; i++) {
        const char *id = xml_value(rule->child[i]->at, "id");
        if (id != NULL && strcmp(id, wanted) == 0) {
            rule->default_child = (long)i;
            return ST_OK;
        }
    }
    return pmml_fault(r->p, node, e, ST_FORMAT,
                      "its defaultChild \"%.60s\" is none of its nodes",
                      wanted);
}

static status read_children(struct reader *r, const struct xml_node *node,
                            struct pmml_rule *rule, struct error *e)
{
    const struct pmml_rule **child =
        room(r->p, xml_count(node, "Node"), sizeof(void *), e);
    if (child == NULL)
        return ST_MEMORY;
    rule->child = child;
    for (const struct xml_node *c = node->child; c != NULL; c = c->next) {
        if (xml_is(c, "Node"))
            TRY(read_node(r, c, &child[rule->children++], e));
        else if (xml_is(c, "Regression") || xml_is(c, "DecisionTree"))
            return pmml_refuse(r->p, c, e);
    }
    return default_child(r, node, rule, e);
}

static status read_node(struct reader *r, const struct xml_node *node,
                        const struct pmml_rule **out, struct error *e)
{
    struct pmml_rule *rule = room(r->p, 1, sizeof *rule, e);
    const struct xml_node *test = NULL;
    struct pmml_outcome o = {0};
    if (rule == NULL)
        return ST_MEMORY;
    *out = rule;
    rule->at = node;
    TRY(pmml_predicate_of(r->p, node, &test, e));
    TRY(pmml_test(r->rules->v, r->s, test, &rule->test, &r->fits, e));
    o.counted = xml_value(node, "recordCount") != NULL;
    TRY(pmml_number(r->p, node, "recordCount", 0.0, &o.cover, e));
    if (o.cover < 0.0)
        return pmml_fault(r->p, node, e, ST_FORMAT, "a recordCount below 0");
    if (r->classes > 0)
        TRY(class_outcome(r, node, rule, &o, e));
    else
        TRY(number_outcome(r, node, &o, e));
    TRY(pmml_rules_outcome(r->rules, &o, &rule->outcome, e));
    return read_children(r, node, rule, e);
}

/* Aggregating strategies are told by records: without them nothing is told. */
static status check_records(const struct reader *r, const struct pmml_rule *rule,
                            struct error *e)
{
    const struct pmml_outcome *o = &r->rules->outcome[rule->outcome];
    if (!o->counted && (rule->children == 0 ||
                        r->rules->strategy == MISSING_VALUE_WEIGHTED))
        return pmml_fault(r->p, rule->at, e, ST_FORMAT,
                          "it has no recordCount, which the tree's "
                          "missingValueStrategy goes by");
    for (size_t i = 0; i < rule->children; i++)
        TRY(check_records(r, rule->child[i], e));
    return ST_OK;
}

static status read_head(struct reader *r, const struct xml_node *model,
                        struct error *e)
{
    static const char *const strategies[] = {
        "none", "lastPrediction", "nullPrediction", "defaultChild",
        "weightedConfidence", "aggregateNodes", NULL};
    static const char *const none[] = {"returnNullPrediction",
                                       "returnLastPrediction", NULL};
    int strategy = 0, last = 0;
    TRY(pmml_choice(r->p, model, "missingValueStrategy", strategies, 0,
                    &strategy, e));
    TRY(pmml_choice(r->p, model, "noTrueChildStrategy", none, 0, &last, e));
    r->rules->strategy = (enum pmml_strategy)strategy;
    r->rules->last_when_none = last == 1;
    const char *context = xml_value(model, "x-mathContext");
    r->single = context != NULL && strcmp(context, "float") == 0;
    return ST_OK;
}

status pmml_tree_rules(struct pmml_variables *v, struct pmml_scope *s,
                       const struct xml_node *model,
                       const char *const *classes, size_t count,
                       struct pmml_rules *out, bool *fits, struct error *e)
{
    struct reader r = {.p = v->p, .s = s, .rules = out, .class_name = classes,
                       .classes = count, .fits = true};
    uint32_t at = 0;
    *out = (struct pmml_rules){.v = v, .values = count == 0 ? 1 : count};
    TRY(read_head(&r, model, e));
    const struct xml_node *root = xml_child(model, "Node");
    if (root == NULL)
        return pmml_fault(v->p, model, e, ST_FORMAT, "it has no <Node>");
    TRY(pmml_rules_outcome(out, &(struct pmml_outcome){.null = true}, &at, e));
    TRY(read_node(&r, root, &out->root, e));
    if (out->strategy == MISSING_VALUE_WEIGHTED ||
        out->strategy == MISSING_VALUE_AGGREGATE)
        TRY(check_records(&r, out->root, e));
    *fits &= r.fits;
    return ST_OK;
}

/* --- classes ------------------------------------------------------------- */

static status add_class(struct pmml *p, struct names *seen, const char *name,
                        struct error *e)
{
    (void)p;
    return names_add(seen, name, strlen(name)) < 0 ? error_memory(e) : ST_OK;
}

static status gather_classes(struct pmml *p, const struct xml_node *node,
                             struct names *seen, struct error *e)
{
    for (const struct xml_node *c = xml_child(node, "ScoreDistribution");
         c != NULL; c = xml_sibling(c, "ScoreDistribution"))
        if (xml_value(c, "value") != NULL)
            TRY(add_class(p, seen, xml_value(c, "value"), e));
    if (xml_value(node, "score") != NULL)
        TRY(add_class(p, seen, xml_value(node, "score"), e));
    for (const struct xml_node *c = xml_child(node, "Node"); c != NULL;
         c = xml_sibling(c, "Node"))
        TRY(gather_classes(p, c, seen, e));
    return ST_OK;
}

static status take_names(struct pmml *p, const struct names *seen,
                         const char *const **names, size_t *count,
                         struct error *e)
{
    const char **out = room(p, names_count(seen), sizeof *out, e);
    if (out == NULL)
        return ST_MEMORY;
    for (size_t i = 0; i < names_count(seen); i++) {
        out[i] = arena_string(p->arena, names_at(seen, i));
        if (out[i] == NULL)
            return arena_error(p->arena, e);
    }
    *names = out;
    *count = names_count(seen);
    return ST_OK;
}

status pmml_tree_classes(struct pmml *p, const struct xml_node *model,
                         const char *const **names, size_t *count,
                         struct error *e)
{
    const struct xml_node *root = xml_child(model, "Node");
    if (root == NULL)
        return pmml_fault(p, model, e, ST_FORMAT, "it has no <Node>");
    struct names *seen = names_new();
    if (seen == NULL)
        return error_memory(e);
    status s = gather_classes(p, root, seen, e);
    if (s == ST_OK)
        s = take_names(p, seen, names, count, e);
    names_free(seen);
    if (s == ST_OK && *count == 0)
        return pmml_fault(p, model, e, ST_FORMAT,
                          "a classification tree without a class");
    return s;
}
