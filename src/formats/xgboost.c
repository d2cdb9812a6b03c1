/* XGBoost's two forms, JSON and UBJSON: one reader behind two rows. */
#include "formats/xgboost.h"

#include "formats/rows.h"

enum { STRING_MAX = 64 * 1024 * 1024, DEPTH_MAX = 64 };

typedef status opener(struct stream in, const struct token_limits *limits,
                      struct tokens **out, struct error *e);

static status read_all(struct xgboost *x, opener *open, struct stream in,
                       const struct format_options *options,
                       struct model **out, struct error *e)
{
    static const struct token_limits limits = {
        .depth = DEPTH_MAX, .string = STRING_MAX, .infinities = true};
    if (x->b == NULL || x->arena == NULL)
        return error_memory(e);
    TRY(open(in, &limits, &x->tokens, e));
    TRY(xgboost_read(x, e));
    return xgboost_end(x, options, out, e);
}

static status load(opener *open, const char *title, struct stream in,
                   const struct format_options *options, struct model **out,
                   struct error *e)
{
    struct format_options o = *options;
    o.format = title;
    struct xgboost *x = mem_array(1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    x->source = in.name;
    x->best_iteration = -1;
    x->cap.cap = o.memory_cap;
    x->b = builder_new(o.memory_cap);
    x->arena = arena_new(o.memory_cap);
    status s = read_all(x, open, in, &o, out, e);
    tokens_free(x->tokens);
    builder_free(x->b);
    arena_free(x->arena);
    columns_free(x->tree, TREE_LISTS);
    columns_free(x->file, FILE_LISTS);
    columns_free(&x->offsets, 1);
    columns_free(&x->values, 1);
    mem_free(x->bits);
    mem_free(x->renumber);
    mem_free(x);
    return s;
}

static status load_json(struct stream in, const struct format_options *options,
                        struct model **out, struct error *e)
{
    return load(tokens_open_json, format_xgboost_json.title, in, options, out,
                e);
}

static status load_ubjson(struct stream in,
                          const struct format_options *options,
                          struct model **out, struct error *e)
{
    return load(tokens_open_ubjson, format_xgboost_ubjson.title, in, options,
                out, e);
}

static size_t skip_blank(const char *bytes, size_t length)
{
    size_t at = 0;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < length && memchr(" \t\r\n", bytes[at], 4) != NULL)
        at++;
    return at;
}

static int sniff_json(const char *bytes, size_t length)
{
    size_t at = skip_blank(bytes, length);
    if (at >= length || bytes[at] != '{')
        return 0;
    at++;
    at += skip_blank(bytes + at, length - at);
    if (at >= length || (bytes[at] != '"' && bytes[at] != '}'))
        return 0;
    /* Some other JSON is told so by the reader, which knows what is missing. */
    return memmem(bytes, length, "\"learner\"", 9) != NULL ? 100 : 30;
}

static int sniff_ubjson(const char *bytes, size_t length)
{
    /* An object, then the length of its first key. */
    if (length < 3 || bytes[0] != '{' ||
        memchr("iUIlL$#", bytes[1], 7) == NULL)
        return 0;
    return memmem(bytes, length, "learner", 7) != NULL ? 100 : 30;
}

const struct format format_xgboost_json = {
    "xgboost-json", "XGBoost JSON", ".json", sniff_json, load_json};
const struct format format_xgboost_ubjson = {
    "xgboost-ubjson", "XGBoost UBJSON", ".ubj", sniff_ubjson, load_ubjson};
