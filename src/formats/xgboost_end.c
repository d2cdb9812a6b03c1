/* What can only be settled at the end of an XGBoost file: objective, number of
 * outputs, base score on the margin's scale, weights, the trees to keep. */
#include "base/num.h"
#include "base/text.h"
#include "formats/xgboost.h"

#include <math.h>

/* How the base score, kept on the answer's scale, becomes a margin. */
enum base_form { BASE_AS_IS, BASE_LOGIT, BASE_LOG, BASE_STEPS };

static const struct objective {
    const char *name;
    enum model_link link;
    enum base_form base;
} objectives[] = {
    {"reg:squarederror", LINK_IDENTITY, BASE_AS_IS},
    {"reg:linear", LINK_IDENTITY, BASE_AS_IS},
    {"reg:squaredlogerror", LINK_IDENTITY, BASE_AS_IS},
    {"reg:pseudohubererror", LINK_IDENTITY, BASE_AS_IS},
    {"reg:absoluteerror", LINK_IDENTITY, BASE_AS_IS},
    {"reg:quantileerror", LINK_IDENTITY, BASE_AS_IS},
    {"reg:expectileerror", LINK_SOFTPLUS_STEPS, BASE_STEPS},
    {"reg:logistic", LINK_LOGISTIC, BASE_LOGIT},
    {"reg:gamma", LINK_EXP, BASE_LOG},
    {"reg:tweedie", LINK_EXP, BASE_LOG},
    {"count:poisson", LINK_EXP, BASE_LOG},
    {"binary:logistic", LINK_LOGISTIC, BASE_LOGIT},
    {"binary:logitraw", LINK_IDENTITY, BASE_AS_IS},
    {"binary:hinge", LINK_STEP, BASE_AS_IS},
    {"multi:softmax", LINK_ARGMAX, BASE_AS_IS},
    {"multi:softprob", LINK_SOFTMAX, BASE_AS_IS},
    {"rank:ndcg", LINK_IDENTITY, BASE_AS_IS},
    {"rank:map", LINK_IDENTITY, BASE_AS_IS},
    {"rank:pairwise", LINK_IDENTITY, BASE_AS_IS},
    {"survival:cox", LINK_EXP, BASE_LOG},
    {"survival:aft", LINK_EXP, BASE_LOG},
};

static status missing(const struct xgboost *x, const char *what,
                      struct error *e)
{
    return error_set(e, ST_FORMAT, "%s: the model has no %s", x->source, what);
}

status xgboost_count(const struct xgboost *x, enum file_text which,
                     const char *key, long low, long high, long *out,
                     struct error *e)
{
    const char *text = x->text[which];
    long long value = low;
    if (text != NULL && (!num_parse_int(text, strlen(text), &value) ||
                         value < low || value > high))
        return error_set(e, ST_FORMAT,
                         "%s: %s must be a whole number from %ld to %ld, found "
                         "\"%.40s\"", x->source, key, low, high, text);
    *out = (long)value;
    return ST_OK;
}

static status find_objective(const struct xgboost *x,
                             const struct objective **out, struct error *e)
{
    const char *name = x->text[TEXT_OBJECTIVE];
    if (name == NULL)
        return missing(x, "objective name", e);
    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i++)
        if (text_equal(objectives[i].name, name)) {
            *out = &objectives[i];
            return ST_OK;
        }
    return error_set(e, ST_UNSUPPORTED,
                     "%s: the XGBoost objective \"%.60s\" is not supported",
                     x->source, name);
}

/* Float arithmetic in the library's own order. */
static float margin_of(enum base_form form, float score)
{
    switch (form) {
    case BASE_LOGIT:
        return 0.0F - logf(1.0F / score - 1.0F); /* never −0 */
    case BASE_LOG:
        return logf(score);
    case BASE_AS_IS:
    case BASE_STEPS:
        break;
    }
    return score;
}

/* Each expectile after the first is kept as what softplus turns into its
 * distance from the one before, less the library's 1e-6. */
static void step_margins(double *base, size_t outputs)
{
    const float least = 1e-6F;
    for (size_t k = outputs; k-- > 1;) {
        float step = (float)base[k] - (float)base[k - 1] - least;
        step = step < least ? least : step;
        base[k] = (double)(step + logf(-expm1f(-step)));
    }
}

/* "[0.1,0.2]", "[0.1]" or "0.1"; one value stands for all outputs. */
static status read_base(const struct xgboost *x, double *base, size_t outputs,
                        struct error *e)
{
    const char *text = x->text[TEXT_BASE_SCORE];
    const char *at = text == NULL ? "0.5" : text;
    size_t count = 0, length = strlen(at);
    if (at[0] == '[' && at[length - 1] == ']') {
        at++;
        length -= 2;
    }
    const char *end = at + length;
    while (at < end) {
        size_t n = strcspn(at, ",]");
        double value = 0.0;
        if (!num_parse(at, n, &value) || count >= outputs)
            return error_set(e, ST_FORMAT,
                             "%s: base_score \"%.80s\" must be one number or a "
                             "list of %zu", x->source, text, outputs);
        base[count++] = value;
        at += n + 1;
    }
    if (count == 1)
        for (; count < outputs; count++)
            base[count] = base[0];
    if (count != outputs)
        return error_set(e, ST_FORMAT,
                         "%s: base_score has %zu values for %zu outputs",
                         x->source, count, outputs);
    return ST_OK;
}

static status put_base(struct xgboost *x, enum base_form form, size_t outputs,
                       struct error *e)
{
    double *base = arena_new_array(x->arena, double, outputs);
    if (base == NULL)
        return arena_error(x->arena, e);
    TRY(read_base(x, base, outputs, e));
    for (size_t k = 0; k < outputs; k++)
        base[k] = (double)margin_of(form, (float)base[k]);
    if (form == BASE_STEPS)
        step_margins(base, outputs);
    return builder_base(x->b, base, outputs, e);
}

static status count_outputs(const struct xgboost *x, size_t *out,
                            struct error *e)
{
    long classes = 0, targets = 0;
    TRY(xgboost_count(x, TEXT_CLASSES, "num_class", 0, MODEL_OUTPUTS_MAX,
                      &classes, e));
    TRY(xgboost_count(x, TEXT_TARGETS, "num_target", 0, MODEL_OUTPUTS_MAX,
                      &targets, e));
    if (classes > 1 && targets > 1)
        return error_set(e, ST_UNSUPPORTED,
                         "%s: %ld classes for %ld targets at once are not "
                         "supported", x->source, classes, targets);
    long outputs = classes > targets ? classes : targets;
    *out = outputs < 1 ? 1 : (size_t)outputs;
    return ST_OK;
}

/* Which output each tree adds to, and with what weight. */
static status place_trees(struct xgboost *x, size_t outputs, struct error *e)
{
    const struct column *info = &x->file[LIST_TREE_INFO];
    const struct column *weight = &x->file[LIST_WEIGHTS];
    size_t trees = builder_trees(x->b);
    if (info->count != trees && (info->count != 0 || outputs > 1))
        return error_set(e, ST_FORMAT,
                         "%s: tree_info has %zu entries, %zu were expected",
                         x->source, info->count, trees);
    if (weight->count != trees && weight->count != 0)
        return error_set(e, ST_FORMAT,
                         "%s: weight_drop has %zu entries, %zu were expected",
                         x->source, weight->count, trees);
    bool dart = text_equal(x->text[TEXT_BOOSTER], "dart");
    if (dart && weight->count != trees)
        return missing(x, "weight_drop, though its booster is dart", e);
    for (size_t t = 0; t < info->count; t++) {
        double output = info->value[t];
        if (!(output >= 0.0 && output < (double)outputs))
            return error_set(e, ST_FORMAT,
                             "%s: tree_info, entry %zu must be from 0 to %zu",
                             x->source, t, outputs - 1);
        TRY(builder_retarget(x->b, t, (size_t)output, e));
    }
    for (size_t t = 0; t < weight->count; t++)
        TRY(builder_reweigh(x->b, t, num_float(weight->value[t]), e));
    return ST_OK;
}

/* How many trees the best iteration and those before it have. */
static status best_trees(const struct xgboost *x, size_t outputs, size_t *keep,
                         struct error *e)
{
    const struct column *bounds = &x->file[LIST_BOUNDS];
    size_t trees = builder_trees(x->b), wanted = (size_t)x->best_iteration + 1;
    long parallel = 1;
    TRY(xgboost_count(x, TEXT_PARALLEL, "num_parallel_tree", 1, MODEL_TREES_MAX,
                      &parallel, e));
    *keep = wanted * (size_t)parallel * outputs;
    if (bounds->count > 0) {
        double end = wanted < bounds->count ? bounds->value[wanted] : -1.0;
        *keep = end >= 1.0 && end <= (double)trees ? (size_t)end : SIZE_MAX;
    }
    if (*keep > trees)
        return error_set(e, ST_FORMAT,
                         "%s: the best iteration is %ld, but the %zu trees end "
                         "before it", x->source, x->best_iteration, trees);
    return ST_OK;
}

static status put_best(struct xgboost *x, size_t outputs, enum trees_used trees,
                       size_t *keep, struct error *e)
{
    if (x->best_iteration < 0 && trees == TREES_ALL)
        return ST_OK;
    if (x->best_iteration < 0)
        return error_set(e, ST_ARGUMENT,
                         "%s names no best iteration: use all trees",
                         x->source);
    status s = best_trees(x, outputs, keep, trees == TREES_ALL ? NULL : e);
    if (s != ST_OK && trees == TREES_ALL)
        *keep = 0; /* an attribute that fits no tree is no reason to refuse */
    else if (s != ST_OK)
        return s;
    builder_best_iteration(x->b, x->best_iteration, *keep);
    if (trees == TREES_ALL)
        *keep = 0;
    return ST_OK;
}

static status name_library(struct xgboost *x, const char *format,
                           struct error *e)
{
    static const char *const unknown = "";
    const struct column *v = &x->file[LIST_VERSION];
    const char *version = unknown;
    if (v->count == 3)
        version = arena_format(x->arena, "%.0f.%.0f.%.0f", v->value[0],
                               v->value[1], v->value[2]);
    if (version == NULL)
        return arena_error(x->arena, e);
    builder_library(x->b, LIBRARY_XGBOOST, format, version);
    return ST_OK;
}

static status check_parts(const struct xgboost *x, struct error *e)
{
    const char *booster = x->text[TEXT_BOOSTER];
    if (!x->learner)
        return missing(x, "learner: it is no XGBoost model", e);
    if (text_equal(booster, "gblinear"))
        return error_set(e, ST_UNSUPPORTED,
                         "%s: the linear booster (gblinear) is not supported",
                         x->source);
    if (booster != NULL && !text_equal(booster, "gbtree") &&
        !text_equal(booster, "dart"))
        return error_set(e, ST_UNSUPPORTED,
                         "%s: the booster \"%.40s\" is not supported",
                         x->source, booster);
    return x->trees ? ST_OK : missing(x, "trees", e);
}

status xgboost_end(struct xgboost *x, const struct format_options *options,
                   struct model **out, struct error *e)
{
    const struct objective *objective = NULL;
    size_t outputs = 1, keep = 0;
    TRY(check_parts(x, e));
    TRY(find_objective(x, &objective, e));
    TRY(count_outputs(x, &outputs, e));
    TRY(name_library(x, options->format, e));
    builder_objective(x->b, objective->name);
    builder_link(x->b, objective->link, 1.0);
    if (x->text[TEXT_BOOSTER] != NULL)
        TRY(builder_parameter(x->b, "booster", x->text[TEXT_BOOSTER], e));
    if (x->text[TEXT_PARALLEL] != NULL)
        TRY(builder_parameter(x->b, "num_parallel_tree", x->text[TEXT_PARALLEL],
                              e));
    if (x->text[TEXT_BASE_SCORE] != NULL)
        TRY(builder_parameter(x->b, "base_score", x->text[TEXT_BASE_SCORE],
                              e));
    TRY(builder_outputs(x->b, outputs, e));
    TRY(xgboost_inputs(x, e));
    TRY(place_trees(x, outputs, e));
    TRY(put_base(x, objective->base, outputs, e));
    TRY(put_best(x, outputs, options->trees, &keep, e));
    return builder_finish(x->b, keep, "", 0, out, e);
}
