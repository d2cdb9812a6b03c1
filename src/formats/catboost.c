/* CatBoost's JSON. Splits are `(float)x > (float)border`, to the right if true;
 * a row's margin is scale × Σ leaves + bias. */
#include "formats/catboost.h"

#include "formats/rows.h"

enum { STRING_MAX = 64 * 1024 * 1024, DEPTH_MAX = 600 };

static status read_scale(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    TRY(catboost_expect(c, TOKEN_BEGIN_ARRAY, "scale_and_bias", e));
    TRY(catboost_number(c, "the scale of scale_and_bias", &c->scale, e));
    TRY(catboost_numbers(c, &c->bias, "the bias of scale_and_bias", e));
    return catboost_expect(c, TOKEN_END_ARRAY, "the end of scale_and_bias", e);
}

static const struct catboost_field file_fields[] = {
    {"features_info", catboost_features, 0},
    {"model_info", catboost_info, 0},
    {"oblivious_trees", catboost_symmetric, 0},
    {"trees", catboost_grown, 0},
    {"scale_and_bias", read_scale, 0},
    {NULL, NULL, 0}};

static status read_all(struct catboost *c, struct stream in,
                       const struct format_options *options,
                       struct model **out, struct error *e)
{
    static const struct token_limits limits = {.depth = DEPTH_MAX,
                                               .string = STRING_MAX};
    if (c->b == NULL || c->arena == NULL)
        return error_memory(e);
    if (options->trees == TREES_BEST_ITERATION)
        return error_set(e, ST_ARGUMENT,
                         "%s names no best iteration: CatBoost cuts the model "
                         "itself (use_best_model); use all trees", in.name);
    TRY(tokens_open_json(in, &limits, &c->tokens, e));
    TRY(catboost_object(c, "the file", file_fields, e));
    TRY(catboost_expect(c, TOKEN_END, "what follows the model", e));
    return catboost_end(c, out, e);
}

static status catboost_load(struct stream in,
                            const struct format_options *options,
                            struct model **out, struct error *e)
{
    struct catboost *c = mem_array(1, sizeof *c);
    if (c == NULL)
        return error_memory(e);
    c->source = in.name;
    c->scale = 1.0;
    c->cap.cap = options->memory_cap;
    c->b = builder_new(options->memory_cap);
    c->arena = arena_new(options->memory_cap);
    status s = read_all(c, in, options, out, e);
    tokens_free(c->tokens);
    builder_free(c->b);
    arena_free(c->arena);
    columns_free(&c->leaf_values, 1);
    columns_free(&c->leaf_weights, 1);
    columns_free(&c->bias, 1);
    columns_free(&c->cover, 1);
    mem_free(c->input);
    mem_free(c->word);
    mem_free(c->value);
    mem_free(c->place[0].input);
    mem_free(c->place[1].input);
    mem_free(c->split);
    mem_free(c->node);
    mem_free(c->class_name);
    mem_free(c);
    return s;
}

static int catboost_sniff(const char *bytes, size_t length)
{
    static const char *const keys[] = {"\"features_info\"", "\"model_info\"",
                                       "\"oblivious_trees\"", "\"ctr_data\""};
    size_t at = 0;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < length && memchr(" \t\r\n", bytes[at], 4) != NULL)
        at++;
    if (at >= length || bytes[at] != '{')
        return 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (memmem(bytes, length, keys[i], strlen(keys[i])) != NULL)
            return 90;
    return 0;
}

const struct format format_catboost = {
    "catboost", "CatBoost JSON", ".json", catboost_sniff, catboost_load};
