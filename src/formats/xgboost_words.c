/* Names, kinds and category words of an XGBoost model's inputs. */
#include "base/text.h"
#include "base/num.h"
#include "formats/xgboost.h"

#include <math.h>

static status word_fault(const struct xgboost *x, struct error *e,
                         const char *what)
{
    return tokens_fault(x->tokens, e, ST_FORMAT,
                        "the category words of input %zu: %s", x->encodings,
                        what);
}

static status new_words(struct xgboost *x, struct words **out, struct error *e)
{
    if (x->words_count == x->words_room) {
        size_t room = x->words_room == 0 ? 16 : x->words_room * 2;
        struct words *grown = arena_new_array(x->arena, struct words, room);
        if (grown == NULL)
            return arena_error(x->arena, e);
        if (x->words_count > 0)
            memcpy(grown, x->words, x->words_count * sizeof *grown);
        x->words = grown;
        x->words_room = room;
    }
    *out = &x->words[x->words_count++];
    **out = (struct words){.feature = x->encodings};
    return ST_OK;
}

/* Whole-number categories: each is its own word. */
static status number_words(struct xgboost *x, struct strings *list,
                           struct error *e)
{
    char text[NUM_TEXT_MAX];
    for (size_t i = 0; i < x->values.count; i++) {
        size_t n = num_shortest(x->values.value[i], text);
        TRY(xgboost_add_string(x, list, text, n, e));
    }
    return ST_OK;
}

/* Bytes of all words in a row, and where each begins and the last ends. Bytes
 * may be signed. */
static status byte_words(struct xgboost *x, struct strings *list,
                         struct error *e)
{
    const double *bound = x->offsets.value, *value = x->values.value;
    size_t words = x->offsets.count - 1, total = x->values.count;
    char *bytes = arena_alloc(x->arena, total + 1);
    if (bytes == NULL)
        return arena_error(x->arena, e);
    for (size_t i = 0; i < total; i++) {
        if (!(value[i] >= -128.0 && value[i] <= 255.0) || value[i] == 0.0 ||
            value[i] != rint(value[i]))
            return word_fault(x, e, "values must be bytes other than 0");
        bytes[i] = (char)(unsigned char)((int)value[i] & 0xFF);
    }
    for (size_t i = 0; i < words; i++) {
        if (!(bound[i] >= 0.0 && bound[i] <= bound[i + 1] &&
              bound[i + 1] <= (double)total) || bound[i] != rint(bound[i]) ||
            bound[i + 1] != rint(bound[i + 1]))
            return word_fault(x, e, "offsets must rise and stay inside values");
        size_t from = (size_t)bound[i], n = (size_t)bound[i + 1] - from;
        if (utf8_check(bytes + from, n) != n)
            return word_fault(x, e, "a word is not UTF-8");
        TRY(xgboost_add_string(x, list, bytes + from, n, e));
    }
    return ST_OK;
}

status xgboost_encoding(struct xgboost *x, struct error *e)
{
    struct words *words = NULL;
    if (x->values.count == 0 && x->offsets.count <= 1)
        return ST_OK;
    TRY(new_words(x, &words, e));
    if (x->offsets.given && x->offsets.count > 0)
        return byte_words(x, &words->list, e);
    return number_words(x, &words->list, e);
}

static const struct {
    const char *name;
    enum feature_kind kind;
} kinds[] = {{"float", FEATURE_NUMBER}, {"q", FEATURE_NUMBER},
             {"int", FEATURE_INTEGER},  {"i", FEATURE_INDICATOR},
             {"c", FEATURE_CATEGORY}};

static status kind_of(const struct xgboost *x, size_t feature,
                      enum feature_kind *out, struct error *e)
{
    *out = FEATURE_NUMBER;
    if (feature >= x->types.count)
        return ST_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_equal(kinds[i].name, x->types.text[feature])) {
            *out = kinds[i].kind;
            return ST_OK;
        }
    return error_set(e, ST_UNSUPPORTED,
                     "%s: input %zu is of type \"%.40s\"; known are float, q, "
                     "int, i and c", x->source, feature,
                     x->types.text[feature]);
}

status xgboost_inputs(struct xgboost *x, struct error *e)
{
    long count = 0;
    TRY(xgboost_count(x, TEXT_FEATURES, "num_feature", 0, MODEL_FEATURES_MAX,
                      &count, e));
    if (count == 0)
        count = (long)x->names.count;
    if (x->names.count != 0 && x->names.count != (size_t)count)
        return error_set(e, ST_FORMAT,
                         "%s: feature_names has %zu entries, %ld were expected",
                         x->source, x->names.count, count);
    if (x->types.count != 0 && x->types.count != (size_t)count)
        return error_set(e, ST_FORMAT,
                         "%s: feature_types has %zu entries, %ld were expected",
                         x->source, x->types.count, count);
    for (size_t f = 0; f < (size_t)count; f++) {
        char own[32];
        enum feature_kind kind;
        (void)snprintf(own, sizeof own, "f%zu", f);
        TRY(kind_of(x, f, &kind, e));
        TRY(builder_feature(x->b, x->names.count ? x->names.text[f] : own, kind,
                            e));
    }
    for (size_t i = 0; i < x->words_count; i++)
        TRY(builder_words(x->b, x->words[i].feature, x->words[i].list.text,
                          x->words[i].list.count, e));
    return ST_OK;
}
