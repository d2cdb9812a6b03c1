/* features_info of a CatBoost model: inputs by column, the words behind the
 * hashes of categories, and how each input takes a missing value. */
#include "base/text.h"
#include "formats/catboost.h"

enum { WORDS_MAX = 1000000, NUMBERS = 0, CATEGORIES = 1 };

static struct catboost_input *last_input(struct catboost *c)
{
    return &c->input[c->inputs - 1];
}

static status read_flat(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_whole(c, "flat_feature_index", 0, MODEL_FEATURES_MAX - 1,
                          &last_input(c)->flat, e);
}

static status read_place(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    return catboost_whole(c, "feature_index", 0, MODEL_FEATURES_MAX - 1,
                          &last_input(c)->place, e);
}

/* slot 0: feature_id, which only counts where feature_name is empty. */
static status read_name(struct catboost *c, int slot, struct error *e)
{
    char *text = NULL;
    TRY(catboost_text(c, slot == 0 ? "feature_id" : "feature_name", &text, e));
    struct catboost_input *input = last_input(c);
    if (text[0] != '\0' && (slot == 1 || input->name == NULL))
        input->name = text;
    return ST_OK;
}

static status read_nan(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    char *text = NULL;
    TRY(catboost_text(c, "nan_value_treatment", &text, e));
    if (!text_equal(text, "AsTrue") && !text_equal(text, "AsFalse") &&
        !text_equal(text, "AsIs"))
        return tokens_fault(c->tokens, e, ST_UNSUPPORTED,
                            "nan_value_treatment is AsIs, AsFalse or AsTrue, "
                            "not \"%.40s\"", text);
    last_input(c)->nan_right = text_equal(text, "AsTrue");
    return ST_OK;
}

static status read_values(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    bool more = true;
    struct token token;
    last_input(c)->first = c->value_count;
    TRY(catboost_expect(c, TOKEN_BEGIN_ARRAY, "values", e));
    for (;;) {
        TRY(catboost_entry(c, &token, &more, e));
        if (!more)
            break;
        if (token.kind != TOKEN_NUMBER || !token.is_integer ||
            token.integer < INT32_MIN || token.integer > UINT32_MAX)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "values must hold hashes of 32 bits");
        if (c->value_count == WORDS_MAX)
            return tokens_fault(c->tokens, e, ST_LIMIT,
                                "more than %d category values", WORDS_MAX);
        TRY(MEM_ROOM(c->value, c->value_room, c->value_count + 1, e));
        c->value[c->value_count++] = (uint32_t)token.integer;
    }
    last_input(c)->values = c->value_count - last_input(c)->first;
    return ST_OK;
}

static const struct catboost_field feature_fields[] = {
    {"flat_feature_index", read_flat, 0},
    {"feature_index", read_place, 0},
    {"feature_id", read_name, 0},
    {"feature_name", read_name, 1},
    {"nan_value_treatment", read_nan, 0},
    {"values", read_values, 0},
    {NULL, NULL, 0}};

static status read_list(struct catboost *c, int slot, struct error *e)
{
    bool more = true;
    struct token token;
    TRY(catboost_expect(c, TOKEN_BEGIN_ARRAY, "a list of features", e));
    for (;;) {
        TRY(catboost_entry(c, &token, &more, e));
        if (!more)
            return ST_OK;
        if (token.kind != TOKEN_BEGIN_OBJECT)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "a feature must be an object, not %s",
                                token_word(token.kind));
        if (c->inputs == MODEL_FEATURES_MAX)
            return tokens_fault(c->tokens, e, ST_LIMIT, "more than %d features",
                                MODEL_FEATURES_MAX);
        TRY(MEM_ROOM(c->input, c->inputs_room, c->inputs + 1, e));
        c->input[c->inputs++] = (struct catboost_input){
            .flat = -1, .place = -1, .category = slot == CATEGORIES};
        TRY(catboost_fields(c, feature_fields, e));
        if (last_input(c)->flat < 0 || last_input(c)->place < 0)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "a feature without flat_feature_index or "
                                "feature_index");
    }
}

/* --- words ------------------------------------------------------------------ */

static status read_hash(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    long hash = 0;
    TRY(catboost_whole(c, "hash", 0, UINT32_MAX, &hash, e));
    c->word[c->words - 1].hash = (uint32_t)hash;
    return ST_OK;
}

static status read_word(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    char *text = NULL;
    TRY(catboost_text(c, "value", &text, e));
    c->word[c->words - 1].word = text;
    return ST_OK;
}

static const struct catboost_field word_fields[] = {
    {"hash", read_hash, 0}, {"value", read_word, 0}, {NULL, NULL, 0}};

static status read_words(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    bool more = true;
    struct token token;
    TRY(tokens_next(c->tokens, &token, e));
    if (token.kind == TOKEN_NULL)
        return ST_OK;
    if (token.kind != TOKEN_BEGIN_ARRAY)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "cat_features_hash must be a list");
    for (;;) {
        TRY(catboost_entry(c, &token, &more, e));
        if (!more)
            return ST_OK;
        if (token.kind != TOKEN_BEGIN_OBJECT || c->words == WORDS_MAX)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "cat_features_hash must hold at most %d "
                                "objects", WORDS_MAX);
        TRY(MEM_ROOM(c->word, c->words_room, c->words + 1, e));
        c->word[c->words++] = (struct catboost_word){0, NULL};
        TRY(catboost_fields(c, word_fields, e));
        if (c->word[c->words - 1].word == NULL)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "a hash of cat_features_hash has no value");
    }
}

static int by_hash(const void *a, const void *b)
{
    uint32_t x = ((const struct catboost_word *)a)->hash;
    uint32_t y = ((const struct catboost_word *)b)->hash;
    return x < y ? -1 : x > y;
}

static const char *word_of(const struct catboost *c, uint32_t hash)
{
    struct catboost_word key = {hash, NULL};
    const struct catboost_word *found =
        c->words == 0 ? NULL : bsearch(&key, c->word, c->words,
                                       sizeof *c->word, by_hash);
    return found == NULL ? NULL : found->word;
}

long catboost_code(const struct catboost *c, const struct catboost_input *input,
                   uint32_t hash)
{
    for (size_t i = 0; i < input->values; i++)
        if (c->value[input->first + i] == hash)
            return word_of(c, hash) == NULL ? -1 : (long)i;
    return -1;
}

/* --- into the builder --------------------------------------------------------- */

static int by_column(const void *a, const void *b)
{
    long x = ((const struct catboost_input *)a)->flat;
    long y = ((const struct catboost_input *)b)->flat;
    return x < y ? -1 : x > y;
}

/* Words in the order of the input's own hashes; with one of them unknown the
 * input has none, and a split by that hash is refused. */
static status put_words(struct catboost *c, size_t at, struct error *e)
{
    const struct catboost_input *input = &c->input[at];
    if (input->values == 0)
        return ST_OK;
    const char **words = mem_array(input->values, sizeof *words);
    if (words == NULL)
        return error_memory(e);
    size_t known = 0;
    for (size_t i = 0; i < input->values; i++) {
        words[i] = word_of(c, c->value[input->first + i]);
        known += words[i] != NULL;
    }
    status s = ST_OK;
    if (known == input->values)
        s = builder_words(c->b, at, words, known, e);
    mem_free(words);
    return s;
}

static status put_input(struct catboost *c, size_t at, struct error *e)
{
    struct catboost_input *input = &c->input[at];
    struct catboost_places *p = &c->place[input->category];
    if (input->flat != (long)at)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "the column %zu has no feature, or more than one",
                            at);
    if (input->name == NULL)
        input->name = arena_format(c->arena, "%zu", at);
    if (input->name == NULL)
        return arena_error(c->arena, e);
    while (p->count <= (size_t)input->place) {
        TRY(MEM_ROOM(p->input, p->room, p->count + 1, e));
        p->input[p->count++] = -1;
    }
    if (p->input[input->place] >= 0)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "feature_index %ld stands twice", input->place);
    p->input[input->place] = (long)at;
    TRY(builder_feature(c->b, input->name, input->category ? FEATURE_CATEGORY
                                                           : FEATURE_NUMBER,
                        e));
    return put_words(c, at, e);
}

/* slot 0: text, 1: embeddings. */
static status refuse_list(struct catboost *c, int slot, struct error *e)
{
    bool more = true;
    struct token token;
    TRY(catboost_expect(c, TOKEN_BEGIN_ARRAY, "a list of features", e));
    TRY(catboost_entry(c, &token, &more, e));
    if (!more)
        return ST_OK;
    return tokens_fault(c->tokens, e, ST_UNSUPPORTED,
                        "%s features of CatBoost are not supported",
                        slot == 0 ? "text" : "embedding");
}

static const struct catboost_field info_fields[] = {
    {"cat_features_hash", read_words, 0},
    {"float_features", read_list, NUMBERS},
    {"categorical_features", read_list, CATEGORIES},
    {"text_features", refuse_list, 0},
    {"embedding_features", refuse_list, 1},
    {NULL, NULL, 0}};

status catboost_features(struct catboost *c, int slot, struct error *e)
{
    (void)slot;
    TRY(catboost_object(c, "features_info", info_fields, e));
    if (c->inputs > 0)
        qsort(c->input, c->inputs, sizeof *c->input, by_column);
    if (c->words > 0)
        qsort(c->word, c->words, sizeof *c->word, by_hash);
    for (size_t i = 0; i < c->inputs; i++)
        TRY(put_input(c, i, e));
    c->features = true;
    return ST_OK;
}
