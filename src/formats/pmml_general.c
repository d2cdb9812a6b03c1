/* GeneralRegressionModel: PMML 4.4, chapter General Regression. Parameters stand
 * for products of factors and covariates (the PPMatrix); the ParamMatrix weighs
 * them, for all classes or for each. */
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

static const char *const types[] = {"regression", "generalLinear", "logLinear",
                                    "multinomialLogistic",
                                    "ordinalMultinomial",
                                    "generalizedLinear", NULL};
enum type { REGRESSION, GENERAL_LINEAR, LOG_LINEAR, MULTINOMIAL, ORDINAL,
            GENERALIZED };

struct parameter {
    reg r;
    bool present; /* some cell of the PPMatrix names it */
};

struct general {
    struct pmml *p;
    struct pmml_scope *s;
    const struct xml_node *model;
    enum type type;
    struct names *name;  /* of parameters */
    struct parameter *parameter;
    struct names *factor, *covariate;
    reg offset;
    bool has_offset;
};

static status list_names(struct general *g, const char *list,
                         const char *item, const char *attribute,
                         struct names *into, struct error *e)
{
    const struct xml_node *all = xml_child(g->model, list);
    for (const struct xml_node *n = all == NULL ? NULL : xml_child(all, item);
         n != NULL; n = xml_sibling(n, item)) {
        const char *name = NULL;
        TRY(pmml_text(g->p, n, attribute, &name, e));
        if (xml_child(n, "Matrix") != NULL ||
            xml_value(n, "contrastMatrixType") != NULL)
            return pmml_fault(g->p, n, e, ST_UNSUPPORTED,
                              "contrast matrices are not supported");
        if (names_add(into, name, strlen(name)) < 0)
            return error_memory(e);
    }
    return ST_OK;
}

/* One cell: an indicator of a factor's value, or a power of a covariate. */
static status read_cell(struct general *g, const struct xml_node *c, reg *out,
                        struct error *e)
{
    const char *name = NULL, *value = NULL;
    struct pmml_value v;
    double x = 1.0;
    TRY(pmml_text(g->p, c, "predictorName", &name, e));
    TRY(pmml_text(g->p, c, "value", &value, e));
    bool covariate = names_find(g->covariate, name, strlen(name)) >= 0;
    bool factor = names_find(g->factor, name, strlen(name)) >= 0;
    if (xml_value(c, "targetCategory") != NULL)
        return pmml_fault(g->p, c, e, ST_UNSUPPORTED,
                          "a PPCell for one targetCategory");
    TRY(pmml_field(g->p, g->s, name, c, &v, e));
    if (!covariate && !factor) /* neither list names it: by its kind */
        covariate = v.kind == PMML_NUMBER;
    if (!covariate) {
        TRY(pmml_literal(g->p, v.kind, value, c, &x, e));
        return program_map(g->p->k, MAP_EQUALS_P, x, 0.0, false, &v.r, 1, out,
                           e);
    }
    TRY(pmml_as(g->p, PMML_NUMBER, c, &v, e));
    TRY(pmml_literal(g->p, PMML_NUMBER, value, c, &x, e));
    *out = v.r;
    return x == 1.0 ? ST_OK
                    : program_map(g->p->k, MAP_POWER, x, 0.0, false, &v.r, 1,
                                  out, e);
}

static status read_products(struct general *g, struct error *e)
{
    const struct xml_node *matrix = xml_child(g->model, "PPMatrix");
    for (const struct xml_node *c =
             matrix == NULL ? NULL : xml_child(matrix, "PPCell");
         c != NULL; c = xml_sibling(c, "PPCell")) {
        const char *name = NULL;
        reg one;
        TRY(pmml_text(g->p, c, "parameterName", &name, e));
        long at = names_find(g->name, name, strlen(name));
        if (at < 0)
            return pmml_fault(g->p, c, e, ST_FORMAT,
                              "no Parameter is named \"%.60s\"", name);
        struct parameter *q = &g->parameter[at];
        TRY(read_cell(g, c, &one, e));
        if (q->present)
            TRY(program_pair(g->p->k, PAIR_MULTIPLY, false, &q->r, &one, 1,
                             &q->r, e));
        else
            q->r = one;
        q->present = true;
    }
    return ST_OK;
}

static bool of_class(const struct xml_node *cell, const char *class_name)
{
    const char *own = xml_value(cell, "targetCategory");
    return own == NULL || class_name == NULL || text_equal(own, class_name);
}

/* The linear predictor of one class (NULL: of all). */
static status predictor(struct general *g, const char *class_name, reg *out,
                        struct error *e)
{
    const struct xml_node *matrix = xml_child(g->model, "ParamMatrix");
    size_t most = matrix == NULL ? 0 : xml_count(matrix, "PCell"), n = 0;
    double bias = 0.0;
    reg *r = arena_new_array(g->p->arena, reg, most + 2);
    double *weight = arena_new_array(g->p->arena, double, most + 2);
    if (r == NULL || weight == NULL)
        return arena_error(g->p->arena, e);
    for (const struct xml_node *c =
             matrix == NULL ? NULL : xml_child(matrix, "PCell");
         c != NULL; c = xml_sibling(c, "PCell")) {
        const char *name = NULL;
        double beta = 0.0;
        if (!of_class(c, class_name))
            continue;
        TRY(pmml_text(g->p, c, "parameterName", &name, e));
        TRY(pmml_number(g->p, c, "beta", NAN, &beta, e));
        long at = names_find(g->name, name, strlen(name));
        if (at < 0)
            return pmml_fault(g->p, c, e, ST_FORMAT,
                              "no Parameter is named \"%.60s\"", name);
        if (!g->parameter[at].present) {
            bias += beta; /* a parameter of no predictors is the constant 1 */
            continue;
        }
        r[n] = g->parameter[at].r;
        weight[n++] = beta;
    }
    if (g->has_offset) {
        r[n] = g->offset;
        weight[n++] = 1.0;
    }
    if (n == 0)
        return pmml_constant(g->p, bias, out, e);
    return program_affine(g->p->k, weight, &bias, false, r, n, 1, out, e);
}

static status read_offset(struct general *g, struct error *e)
{
    const char *name = xml_value(g->model, "offsetVariable");
    struct pmml_value v;
    double x = 0.0;
    g->has_offset = name != NULL;
    if ((g->type == REGRESSION || g->type == GENERAL_LINEAR) &&
        (name != NULL || xml_value(g->model, "offsetValue") != NULL))
        return pmml_fault(g->p, g->model, e, ST_UNSUPPORTED,
                          "an offset of a model that is no generalizedLinear");
    if (name != NULL) {
        TRY(pmml_field(g->p, g->s, name, g->model, &v, e));
        TRY(pmml_as(g->p, PMML_NUMBER, g->model, &v, e));
        g->offset = v.r;
        return ST_OK;
    }
    TRY(pmml_number(g->p, g->model, "offsetValue", 0.0, &x, e));
    g->has_offset = x != 0.0;
    return g->has_offset ? pmml_constant(g->p, x, &g->offset, e) : ST_OK;
}

static status read_link(struct general *g, const char *attribute,
                        enum model_link *link, double *scale, struct error *e)
{
    static const char *const words[] = {
        "identity", "log", "logit", "probit", "cloglog", "loglog", "cauchit",
        "logc", "negbin", "oddspower", "power", NULL};
    static const enum model_link links[] = {
        LINK_IDENTITY, LINK_EXP, LINK_LOGISTIC, LINK_PROBIT, LINK_CLOGLOG,
        LINK_LOGLOG, LINK_CAUCHIT, LINK_LOG_COMPLEMENT, LINK_NEGATIVE_BINOMIAL,
        LINK_ODDS_POWER, LINK_POWER};
    int choice = -1;
    TRY(pmml_choice(g->p, g->model, attribute, words, -1, &choice, e));
    if (choice < 0 && g->type == ORDINAL)
        return pmml_fault(g->p, g->model, e, ST_FORMAT, "it has no %s",
                          attribute);
    *link = links[choice < 0 ? 0 : choice];
    *scale = 1.0;
    if (*link == LINK_NEGATIVE_BINOMIAL)
        return pmml_number(g->p, g->model, "distParameter", NAN, scale, e);
    if (*link != LINK_ODDS_POWER && *link != LINK_POWER)
        return ST_OK;
    TRY(pmml_number(g->p, g->model, "linkParameter", NAN, scale, e));
    /* Of parameter 0 both are defined as limits. */
    if (*scale == 0.0) {
        *link = *link == LINK_POWER ? LINK_EXP : LINK_LOGISTIC;
        *scale = 1.0;
    }
    return ST_OK;
}

/* The classes: the target's, else those of the ParamMatrix and the reference. */
static status find_classes(struct general *g, const char *const **names,
                           size_t *count, struct error *e)
{
    TRY(pmml_classes(g->p, g->model, names, count, e));
    if (*count > 0)
        return ST_OK;
    const struct xml_node *matrix = xml_child(g->model, "ParamMatrix");
    const char *reference = xml_value(g->model, "targetReferenceCategory");
    size_t most = matrix == NULL ? 0 : xml_count(matrix, "PCell"), n = 0;
    const char **own = arena_new_array(g->p->arena, const char *, most + 2);
    if (own == NULL)
        return arena_error(g->p->arena, e);
    if (reference != NULL)
        own[n++] = reference;
    for (const struct xml_node *c =
             matrix == NULL ? NULL : xml_child(matrix, "PCell");
         c != NULL && n < 1000; c = xml_sibling(c, "PCell")) {
        const char *word = xml_value(c, "targetCategory");
        size_t i = 0;
        while (i < n && !text_equal(own[i], word))
            i++;
        if (word != NULL && i == n)
            own[n++] = word;
    }
    *names = own;
    *count = n;
    return ST_OK;
}

static bool weighed(const struct general *g, const char *class_name)
{
    const struct xml_node *matrix = xml_child(g->model, "ParamMatrix");
    for (const struct xml_node *c =
             matrix == NULL ? NULL : xml_child(matrix, "PCell");
         c != NULL; c = xml_sibling(c, "PCell"))
        if (text_equal(xml_value(c, "targetCategory"), class_name))
            return true;
    return false;
}

/* Which of the classes has no line of its own: the file says, else the last one
 * that the ParamMatrix does not name. */
static status reference_class(const struct general *g,
                              const char *const *names, size_t n, size_t *out,
                              struct error *e)
{
    const char *given = xml_value(g->model, "targetReferenceCategory");
    bool some = false;
    for (size_t i = 0; i < n; i++)
        some = some || weighed(g, names[i]);
    if (given == NULL && !some) {
        *out = 0; /* no cell names a class: two classes, the second's odds */
        return ST_OK;
    }
    *out = n;
    for (size_t i = 0; i < n; i++)
        if (given != NULL ? text_equal(given, names[i])
                          : !weighed(g, names[i]))
            *out = i;
    return *out < n ? ST_OK
                    : pmml_fault(g->p, g->model, e, ST_FORMAT,
                                 "it has no reference category");
}

static status classify_two(struct general *g, const char *const *names,
                           size_t reference, enum model_link link,
                           double scale, struct pmml_result *out,
                           struct error *e)
{
    reg margin;
    TRY(predictor(g, names[1 - reference], &margin, e));
    if (reference == 0)
        return pmml_of_event(g->p, names, margin, link, scale, out, e);
    if (pmml_mirrored(link)) {
        TRY(pmml_map(g->p, MAP_NEGATE, margin, &margin, e));
        return pmml_of_event(g->p, names, margin, pmml_other_link(link), scale,
                             out, e);
    }
    TRY(pmml_link(g->p, link, scale, margin, &margin, e));
    TRY(program_map(g->p->k, MAP_SCALE, -1.0, 1.0, false, &margin, 1, &margin,
                    e));
    return pmml_of_event(g->p, names, margin, LINK_IDENTITY, 1.0, out, e);
}

static status multinomial(struct general *g, const char *const *names,
                          size_t n, size_t reference, struct pmml_result *out,
                          struct error *e)
{
    reg *y = arena_new_array(g->p->arena, reg, n * 2);
    if (y == NULL)
        return arena_error(g->p->arena, e);
    for (size_t i = 0; i < n; i++)
        if (i == reference)
            TRY(pmml_constant(g->p, 0.0, &y[i], e));
        else
            TRY(predictor(g, names[i], &y[i], e));
    TRY(pmml_softmax(g->p, false, y, n, y + n, e));
    return pmml_of_classes(g->p, names, n, y + n, y, out, e);
}

static status ordinal(struct general *g, const char *const *names, size_t n,
                      struct pmml_result *out, struct error *e)
{
    enum model_link link;
    double scale = 1.0;
    reg *y = arena_new_array(g->p->arena, reg, n * 2);
    if (y == NULL)
        return arena_error(g->p->arena, e);
    TRY(read_link(g, "cumulativeLink", &link, &scale, e));
    for (size_t i = 0; i + 1 < n; i++) {
        TRY(predictor(g, names[i], &y[i], e));
        TRY(pmml_link(g->p, link, scale, y[i], &y[i], e));
    }
    TRY(pmml_cumulated(g->p, y, n, y + n, e));
    return pmml_of_classes(g->p, names, n, y + n, NULL, out, e);
}

static status classify(struct general *g, struct pmml_result *out,
                       struct error *e)
{
    const char *const *names = NULL;
    size_t n = 0, reference = 0;
    enum model_link link = LINK_LOGISTIC;
    double scale = 1.0;
    TRY(find_classes(g, &names, &n, e));
    if (n < 2)
        return pmml_fault(g->p, g->model, e, ST_FORMAT,
                          "a classification of %zu classes", n);
    if (g->type == ORDINAL)
        return ordinal(g, names, n, out, e);
    TRY(reference_class(g, names, n, &reference, e));
    if (g->type == GENERALIZED)
        TRY(read_link(g, "linkFunction", &link, &scale, e));
    else if (g->type != MULTINOMIAL)
        return pmml_fault(g->p, g->model, e, ST_UNSUPPORTED,
                          "a classification of this modelType");
    if (n == 2)
        return classify_two(g, names, reference, link, scale, out, e);
    if (g->type == GENERALIZED)
        return pmml_fault(g->p, g->model, e, ST_UNSUPPORTED,
                          "generalizedLinear with more than two classes");
    return multinomial(g, names, n, reference, out, e);
}

/* A binomial's mean is of a number of trials. */
static status trials(struct general *g, struct pmml_result *r, struct error *e)
{
    const char *name = xml_value(g->model, "trialsVariable");
    double x = 1.0;
    struct pmml_value v;
    reg out;
    TRY(pmml_number(g->p, g->model, "trialsValue", 1.0, &x, e));
    if (name == NULL && x == 1.0)
        return ST_OK;
    if (name != NULL)
        TRY(pmml_field(g->p, g->s, name, g->model, &v, e));
    else
        TRY(pmml_constant(g->p, x, &v.r, e));
    TRY(program_pair(g->p->k, PAIR_MULTIPLY, false, &r->value.r, &v.r, 1, &out,
                     e));
    return pmml_of_margin(g->p, out, LINK_IDENTITY, 1.0, r, e);
}

static status regress(struct general *g, struct pmml_result *out,
                      struct error *e)
{
    enum model_link link = LINK_IDENTITY;
    double scale = 1.0;
    reg margin;
    if (g->type == MULTINOMIAL || g->type == ORDINAL)
        return pmml_fault(g->p, g->model, e, ST_FORMAT,
                          "a regression of this modelType");
    if (g->type == LOG_LINEAR)
        link = LINK_EXP;
    if (g->type == GENERALIZED)
        TRY(read_link(g, "linkFunction", &link, &scale, e));
    TRY(predictor(g, NULL, &margin, e));
    TRY(pmml_of_margin(g->p, margin, link, scale, out, e));
    return trials(g, out, e);
}

static status read_all(struct general *g, bool classification,
                       struct pmml_result *out, struct error *e)
{
    if (g->name == NULL || g->factor == NULL || g->covariate == NULL)
        return error_memory(e);
    TRY(list_names(g, "ParameterList", "Parameter", "name", g->name, e));
    TRY(list_names(g, "FactorList", "Predictor", "name", g->factor, e));
    TRY(list_names(g, "CovariateList", "Predictor", "name", g->covariate, e));
    g->parameter = arena_new_array(g->p->arena, struct parameter,
                                   names_count(g->name) + 1);
    if (g->parameter == NULL)
        return arena_error(g->p->arena, e);
    TRY(read_offset(g, e));
    TRY(read_products(g, e));
    return classification ? classify(g, out, e) : regress(g, out, e);
}

status pmml_general(struct pmml *p, const struct xml_node *model,
                    struct pmml_scope *s, struct pmml_result *out,
                    struct error *e)
{
    static const char *const functions[] = {"regression", "classification",
                                            NULL};
    struct general g = {.p = p, .s = s, .model = model};
    const char *type = NULL;
    int function = 0, choice = 0;
    TRY(pmml_text(p, model, "modelType", &type, e));
    TRY(pmml_choice(p, model, "modelType", types, 0, &choice, e));
    TRY(pmml_choice(p, model, "functionName", functions, 0, &function, e));
    g.type = (enum type)choice;
    g.name = names_new();
    g.factor = names_new();
    g.covariate = names_new();
    status st = read_all(&g, function == 1, out, e);
    names_free(g.name);
    names_free(g.factor);
    names_free(g.covariate);
    return st;
}
