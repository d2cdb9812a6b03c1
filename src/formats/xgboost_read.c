/* The keys of an XGBoost model, one table an object. A key that no table has
 * is passed over, whatever stands behind it. */
#include "base/num.h"
#include "base/text.h"
#include "formats/xgboost_fields.h"

enum { PARAMETER_LONGEST = 400 };

static status read_strings(struct xgboost *x, int slot, struct error *e)
{
    struct strings *list = slot == 0 ? &x->names : &x->types;
    const char *key = slot == 0 ? "feature_names" : "feature_types";
    TRY(xgboost_expect(x, TOKEN_BEGIN_ARRAY, key, e));
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_ARRAY)
            return ST_OK;
        if (token.kind != TOKEN_STRING ||
            memchr(token.text, 0, token.length) != NULL)
            return tokens_fault(x->tokens, e, ST_FORMAT,
                                "%s, entry %zu must be text without zero "
                                "characters",
                                key, list->count);
        TRY(xgboost_add_string(x, list, token.text, token.length, e));
    }
}

static const char *const file_lists[FILE_LISTS] = {
    [LIST_TREE_INFO] = "tree_info",
    [LIST_BOUNDS] = "iteration_indptr",
    [LIST_WEIGHTS] = "weight_drop",
    [LIST_VERSION] = "version"};

static status read_list(struct xgboost *x, int slot, struct error *e)
{
    return xgboost_numbers(x, &x->file[slot], file_lists[slot], e);
}

/* --- trees ---------------------------------------------------------------- */

static const struct field tree_param[] = {
    {"size_leaf_vector", xgboost_text, TEXT_LEAF_SIZE}, {NULL, NULL, 0}};

static status vector_leaves(struct xgboost *x, struct error *e)
{
    return tokens_fault(x->tokens, e, ST_UNSUPPORTED,
                        "vector leaves, found at tree %zu, are not supported",
                        builder_trees(x->b));
}

static status read_tree_param(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    long size = 0;
    x->text[TEXT_LEAF_SIZE] = NULL;
    TRY(xgboost_object(x, "tree_param", tree_param, e));
    TRY(xgboost_count(x, TEXT_LEAF_SIZE, "size_leaf_vector", 0, INT32_MAX,
                      &size, e));
    return size > 1 ? vector_leaves(x, e) : ST_OK;
}

static status read_leaf_weights(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    struct token token;
    TRY(xgboost_expect(x, TOKEN_BEGIN_ARRAY, "leaf_weights", e));
    TRY(tokens_next(x->tokens, &token, e));
    return token.kind == TOKEN_END_ARRAY ? ST_OK : vector_leaves(x, e);
}

static status read_tree_list(struct xgboost *x, int slot, struct error *e);

static const struct field tree_fields[] = {
    {"left_children", read_tree_list, LIST_LEFT},
    {"right_children", read_tree_list, LIST_RIGHT},
    {"split_conditions", read_tree_list, LIST_CONDITION},
    {"split_indices", read_tree_list, LIST_INDEX},
    {"default_left", read_tree_list, LIST_DEFAULT},
    {"sum_hessian", read_tree_list, LIST_COVER},
    {"split_type", read_tree_list, LIST_TYPE},
    {"categories_nodes", read_tree_list, LIST_CAT_NODE},
    {"categories_segments", read_tree_list, LIST_CAT_FIRST},
    {"categories_sizes", read_tree_list, LIST_CAT_SIZE},
    {"categories", read_tree_list, LIST_CAT},
    {"tree_param", read_tree_param, 0},
    {"leaf_weights", read_leaf_weights, 0},
    {NULL, NULL, 0}};

static status read_tree_list(struct xgboost *x, int slot, struct error *e)
{
    return xgboost_numbers(x, &x->tree[slot], tree_fields[slot].key, e);
}

static status read_trees(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    x->trees = true;
    TRY(xgboost_expect(x, TOKEN_BEGIN_ARRAY, "trees", e));
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_ARRAY)
            return ST_OK;
        if (token.kind != TOKEN_BEGIN_OBJECT)
            return tokens_fault(x->tokens, e, ST_FORMAT,
                                "tree %zu must be an object, not %s",
                                builder_trees(x->b), token_word(token.kind));
        columns_clear(x->tree, TREE_LISTS);
        size_t tree = builder_trees(x->b);
        status s = xgboost_fields(x, tree_fields, e);
        if (s != ST_OK)
            error_note(e, "reading tree %zu", tree);
        TRY(s);
        TRY(xgboost_tree(x, e));
    }
}

/* --- categories ----------------------------------------------------------- */

static status read_words(struct xgboost *x, int slot, struct error *e)
{
    return xgboost_numbers(x, slot == 0 ? &x->offsets : &x->values,
                           slot == 0 ? "offsets" : "values", e);
}

static const struct field encoding[] = {
    {"offsets", read_words, 0}, {"values", read_words, 1}, {NULL, NULL, 0}};

static status read_encodings(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    TRY(xgboost_expect(x, TOKEN_BEGIN_ARRAY, "cats.enc", e));
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_ARRAY)
            return ST_OK;
        if (token.kind != TOKEN_BEGIN_OBJECT)
            return tokens_fault(x->tokens, e, ST_FORMAT,
                                "cats.enc, entry %zu must be an object",
                                x->encodings);
        columns_clear(&x->offsets, 1);
        columns_clear(&x->values, 1);
        TRY(xgboost_fields(x, encoding, e));
        TRY(xgboost_encoding(x, e));
        x->encodings++;
    }
}

static const struct field cats[] = {{"enc", read_encodings, 0},
                                    {NULL, NULL, 0}};

static status read_cats(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    return xgboost_object(x, "cats", cats, e);
}

/* --- booster -------------------------------------------------------------- */

static const struct field model_param[] = {
    {"num_parallel_tree", xgboost_text, TEXT_PARALLEL}, {NULL, NULL, 0}};

static status read_model_param(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    return xgboost_object(x, "gbtree_model_param", model_param, e);
}

static status read_linear(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    return tokens_fault(x->tokens, e, ST_UNSUPPORTED,
                        "the linear booster (gblinear) is not supported");
}

static const struct field tree_model[] = {
    {"cats", read_cats, 0},
    {"gbtree_model_param", read_model_param, 0},
    {"iteration_indptr", read_list, LIST_BOUNDS},
    {"tree_info", read_list, LIST_TREE_INFO},
    {"trees", read_trees, 0},
    {"weight_drop", read_list, LIST_WEIGHTS},
    {"weights", read_linear, 0},
    {NULL, NULL, 0}};

static status read_model(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    if (x->trees)
        return tokens_fault(x->tokens, e, ST_FORMAT,
                            "the file holds two tree models");
    return xgboost_object(x, "model", tree_model, e);
}

static const struct field inner_booster[] = {{"model", read_model, 0},
                                             {NULL, NULL, 0}};

static status read_inner(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    return xgboost_object(x, "gbtree", inner_booster, e);
}

static const struct field booster[] = {{"name", xgboost_text, TEXT_BOOSTER},
                                       {"model", read_model, 0},
                                       {"gbtree", read_inner, 0},
                                       {"weight_drop", read_list, LIST_WEIGHTS},
                                       {NULL, NULL, 0}};

static status read_booster(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    return xgboost_object(x, "gradient_booster", booster, e);
}

/* --- learner -------------------------------------------------------------- */

static const struct field learner_param[] = {
    {"base_score", xgboost_text, TEXT_BASE_SCORE},
    {"num_class", xgboost_text, TEXT_CLASSES},
    {"num_feature", xgboost_text, TEXT_FEATURES},
    {"num_target", xgboost_text, TEXT_TARGETS},
    {NULL, NULL, 0}};

static status read_learner_param(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    return xgboost_object(x, "learner_model_param", learner_param, e);
}

/* A key and its text, if short, become a parameter to print. */
static status read_parameter(struct xgboost *x, const struct token *key,
                             struct error *e)
{
    struct token value;
    char *name = arena_copy(x->arena, key->text, key->length);
    if (name == NULL)
        return arena_error(x->arena, e);
    TRY(tokens_next(x->tokens, &value, e));
    if (value.kind == TOKEN_BEGIN_OBJECT || value.kind == TOKEN_BEGIN_ARRAY)
        return tokens_skip(x->tokens, e);
    if (value.kind != TOKEN_STRING || value.length > PARAMETER_LONGEST)
        return ST_OK;
    long long number = -1;
    if (text_equal(name, "best_iteration")) {
        if (!num_parse_int(value.text, value.length, &number) || number < 0 ||
            number > MODEL_TREES_MAX)
            return tokens_fault(x->tokens, e, ST_FORMAT,
                                "best_iteration must be a whole number from 0");
        x->best_iteration = (long)number;
    }
    return builder_parameter(x->b, name, value.text, e);
}

static status read_parameters(struct xgboost *x, struct error *e)
{
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        TRY(read_parameter(x, &token, e));
    }
}

static status read_attributes(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    TRY(xgboost_expect(x, TOKEN_BEGIN_OBJECT, "attributes", e));
    return read_parameters(x, e);
}

/* The name, and objects of parameters whose own names vary. */
static status read_objective(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    TRY(xgboost_expect(x, TOKEN_BEGIN_OBJECT, "objective", e));
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        if (xgboost_key_is(&token, "name")) {
            TRY(xgboost_text(x, TEXT_OBJECTIVE, e));
            continue;
        }
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_BEGIN_OBJECT)
            TRY(read_parameters(x, e));
        else
            TRY(tokens_skip(x->tokens, e));
    }
}

static const struct field learner[] = {
    {"attributes", read_attributes, 0},
    {"feature_names", read_strings, 0},
    {"feature_types", read_strings, 1},
    {"gradient_booster", read_booster, 0},
    {"learner_model_param", read_learner_param, 0},
    {"objective", read_objective, 0},
    {NULL, NULL, 0}};

static status read_learner(struct xgboost *x, int slot, struct error *e)
{
    (void)slot;
    x->learner = true;
    return xgboost_object(x, "learner", learner, e);
}

static const struct field root[] = {{"learner", read_learner, 0},
                                    {"version", read_list, LIST_VERSION},
                                    {NULL, NULL, 0}};

status xgboost_read(struct xgboost *x, struct error *e)
{
    struct token token;
    TRY(xgboost_object(x, "the model", root, e));
    TRY(tokens_next(x->tokens, &token, e));
    if (token.kind != TOKEN_END)
        return tokens_fault(x->tokens, e, ST_SYNTAX,
                            "the file goes on after the model's end");
    return ST_OK;
}
