/* model_info of a CatBoost model, and what its end settles: objective → link,
 * class names, scale and bias. */
#include "base/num.h"
#include "base/text.h"
#include "formats/catboost.h"

#include <ctype.h>
#include <math.h>

enum { PARAMETER_LONGEST = 200 };

/* What predict returns where it returns one number a class or one in all. */
static const struct objective {
    const char *name;
    enum model_link link;
} objectives[] = {
    {"Logloss", LINK_LOGISTIC},
    {"CrossEntropy", LINK_LOGISTIC},
    {"Focal", LINK_LOGISTIC},
    {"MultiClass", LINK_SOFTMAX},
    {"MultiClassOneVsAll", LINK_LOGISTIC_EACH},
    {"MultiLogloss", LINK_LOGISTIC_EACH},
    {"MultiCrossEntropy", LINK_LOGISTIC_EACH},
    {"Poisson", LINK_EXP},
    {"Tweedie", LINK_EXP},
    {"RMSE", LINK_IDENTITY},
    {"MAE", LINK_IDENTITY},
    {"Quantile", LINK_IDENTITY},
    {"MultiQuantile", LINK_IDENTITY},
    {"LogLinQuantile", LINK_IDENTITY},
    {"Huber", LINK_IDENTITY},
    {"Expectile", LINK_IDENTITY},
    {"MAPE", LINK_IDENTITY},
    {"Lq", LINK_IDENTITY},
    {"LogCosh", LINK_IDENTITY},
    {"MultiRMSE", LINK_IDENTITY},
    {"MultiRMSEWithMissingValues", LINK_IDENTITY},
    {"Cox", LINK_IDENTITY},
    {"YetiRank", LINK_IDENTITY},
    {"YetiRankPairwise", LINK_IDENTITY},
    {"PairLogit", LINK_IDENTITY},
    {"PairLogitPairwise", LINK_IDENTITY},
    {"QueryRMSE", LINK_IDENTITY},
    {"QuerySoftMax", LINK_IDENTITY},
    {"LambdaMart", LINK_IDENTITY},
    {"StochasticRank", LINK_IDENTITY},
    {"PythonUserDefinedPerObject", LINK_IDENTITY},
    {"PythonUserDefinedMultiTarget", LINK_IDENTITY}};

static status read_objective(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_text(c, "loss_function.type", &c->objective, e);
}

static const struct catboost_field loss_fields[] = {
    {"type", read_objective, 0}, {NULL, NULL, 0}};

static status read_loss(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_object(c, "loss_function", loss_fields, e);
}

/* What the person who trained it set, as far as it is one value each. */
static status read_flat(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    TRY(catboost_expect(c, TOKEN_BEGIN_OBJECT, "flat_params", e));
    for (;;) {
        struct token token;
        char name[PARAMETER_LONGEST], number[NUM_TEXT_MAX];
        TRY(tokens_next(c->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        bool fits = token.length < sizeof name &&
                    memchr(token.text, '\0', token.length) == NULL;
        memcpy(name, token.text, fits ? token.length : 0);
        name[fits ? token.length : 0] = '\0';
        TRY(tokens_next(c->tokens, &token, e));
        const char *value = token.text;
        if (token.kind == TOKEN_NUMBER) {
            (void)num_shortest(token.number, number);
            value = number;
        } else if (token.kind == TOKEN_TRUE || token.kind == TOKEN_FALSE) {
            value = token.kind == TOKEN_TRUE ? "true" : "false";
        } else if (token.kind != TOKEN_STRING ||
                   token.length >= PARAMETER_LONGEST) {
            TRY(tokens_skip(c->tokens, e));
            continue;
        }
        if (fits)
            TRY(builder_parameter(c->b, name, value, e));
    }
}

static const struct catboost_field params_fields[] = {
    {"loss_function", read_loss, 0},
    {"flat_params", read_flat, 0},
    {NULL, NULL, 0}};

static status read_params(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_object(c, "params", params_fields, e);
}

static status read_classes(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    TRY(catboost_expect(c, TOKEN_BEGIN_ARRAY, "class_names", e));
    for (;;) {
        bool more = true;
        struct token token;
        char number[NUM_TEXT_MAX];
        TRY(catboost_entry(c, &token, &more, e));
        if (!more)
            return ST_OK;
        const char *text = token.text;
        size_t length = token.length;
        if (token.kind == TOKEN_NUMBER) {
            length = num_shortest(token.number, number);
            text = number;
        } else if (token.kind == TOKEN_TRUE || token.kind == TOKEN_FALSE) {
            text = token.kind == TOKEN_TRUE ? "true" : "false";
            length = strlen(text);
        } else if (token.kind != TOKEN_STRING) {
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "class_names must hold words or numbers");
        }
        if (c->classes == CATBOOST_OUTPUTS_MAX)
            return tokens_fault(c->tokens, e, ST_LIMIT, "more than %d classes",
                                CATBOOST_OUTPUTS_MAX);
        TRY(MEM_ROOM(c->class_name, c->classes_room, c->classes + 1, e));
        c->class_name[c->classes] = arena_copy(c->arena, text, length);
        if (c->class_name[c->classes++] == NULL)
            return arena_error(c->arena, e);
    }
}

static const struct catboost_field class_fields[] = {
    {"class_names", read_classes, 0}, {NULL, NULL, 0}};

static status read_class_params(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_object(c, "class_params", class_fields, e);
}

/* "… Branch: tags/v1.2.10 …" */
static status read_version(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    char *text = NULL;
    TRY(catboost_text(c, "catboost_version_info", &text, e));
    char *tag = strstr(text, "tags/v");
    if (tag == NULL)
        return ST_OK;
    tag += strlen("tags/v");
    tag[strspn(tag, "0123456789.")] = '\0';
    c->version = tag;
    return ST_OK;
}

static const struct catboost_field info_fields[] = {
    {"catboost_version_info", read_version, 0},
    {"class_params", read_class_params, 0},
    {"params", read_params, 0},
    {NULL, NULL, 0}};

status catboost_info(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_object(c, "model_info", info_fields, e);
}

static status put_link(struct catboost *c, struct error *e)
{
    const char *name = c->objective == NULL ? "PythonUserDefinedPerObject"
                                            : c->objective;
    size_t i = 0, count = sizeof objectives / sizeof *objectives;
    while (i < count && !text_equal(objectives[i].name, name))
        i++;
    if (i == count)
        return error_set(e, ST_UNSUPPORTED,
                         "%s: the CatBoost objective \"%.60s\" is not "
                         "supported", c->source, name);
    builder_link(c->b, objectives[i].link, 1.0);
    builder_objective(c->b, name);
    if (c->classes == c->outputs && c->outputs > 1)
        return builder_classes(c->b, c->class_name, c->classes, e);
    if (c->classes == 2 && c->outputs == 1)
        return builder_parameter(c->b, "positive_class", c->class_name[1], e);
    return ST_OK;
}

static status put_base(struct catboost *c, struct error *e)
{
    double *base = arena_new_array(c->arena, double, c->outputs);
    if (base == NULL)
        return arena_error(c->arena, e);
    if (c->bias.count > 1 && c->bias.count != c->outputs)
        return error_set(e, ST_FORMAT,
                         "%s: scale_and_bias has %zu biases for %zu outputs",
                         c->source, c->bias.count, c->outputs);
    for (size_t k = 0; k < c->outputs && c->bias.count > 0; k++)
        base[k] = c->bias.value[c->bias.count == 1 ? 0 : k];
    return builder_base(c->b, base, c->outputs, e);
}

status catboost_end(struct catboost *c, struct model **out, struct error *e)
{
    if (!c->features || !c->trees_given)
        return error_set(e, ST_FORMAT,
                         "%s has no %s: it is no CatBoost model in JSON",
                         c->source, c->features ? "oblivious_trees or trees"
                                                : "features_info");
    if (c->trees == 0)
        TRY(catboost_outputs(c, c->bias.count > 0 ? c->bias.count : 1, e));
    for (size_t t = 0; t < c->trees * c->outputs && c->scale != 1.0; t++)
        TRY(builder_reweigh(c->b, t, c->scale, e));
    builder_library(c->b, LIBRARY_CATBOOST, "CatBoost JSON",
                    c->version == NULL ? "" : c->version);
    builder_compare(c->b, COMPARE_AT_MOST_FLOAT);
    builder_sum(c->b, SUM_DOUBLE);
    TRY(put_link(c, e));
    TRY(put_base(c, e));
    return builder_finish(c->b, 0, "", 0, out, e);
}
