/* What a LightGBM file says in words: its objective, its inputs and, through
 * pandas, the categories of each. */
#include "base/num.h"
#include "base/text.h"
#include "formats/lightgbm.h"
#include "syntax/token.h"

#include <math.h>

static const struct {
    const char *name;
    enum model_link link;
    bool scaled; /* by sigmoid:s */
} objectives[] = {
    {"regression", LINK_IDENTITY, false},
    {"regression_l1", LINK_IDENTITY, false},
    {"huber", LINK_IDENTITY, false},
    {"fair", LINK_IDENTITY, false},
    {"quantile", LINK_IDENTITY, false},
    {"mape", LINK_IDENTITY, false},
    {"poisson", LINK_EXP, false},
    {"gamma", LINK_EXP, false},
    {"tweedie", LINK_EXP, false},
    {"binary", LINK_LOGISTIC, true},
    {"multiclass", LINK_SOFTMAX, false},
    {"multiclassova", LINK_LOGISTIC_EACH, true},
    {"cross_entropy", LINK_LOGISTIC, false},
    {"cross_entropy_lambda", LINK_LOG1P_EXP, false},
    {"lambdarank", LINK_IDENTITY, false},
    {"rank_xendcg", LINK_IDENTITY, false},
    {"custom", LINK_IDENTITY, false},
    {"none", LINK_IDENTITY, false},
};

/* The value of "key:value" among the words of a line; false: none. */
static bool word_option(const char *words, const char *key, double *value)
{
    size_t length = strlen(key);
    for (const char *at = words; *at != '\0';) {
        at += strspn(at, " ");
        size_t n = strcspn(at, " ");
        if (n > length && memcmp(at, key, length) == 0)
            return num_parse(at + length, n - length, value);
        at += n;
    }
    return false;
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at != '\0';) {
        at += strspn(at, " ");
        size_t n = strcspn(at, " ");
        if (n == length && memcmp(at, word, n) == 0)
            return true;
        at += n;
    }
    return false;
}

status lightgbm_objective(struct lightgbm *g, struct error *e)
{
    /* A function of the user's own leaves no line: the raw output is it. */
    const char *line = g->objective == NULL ? "custom" : g->objective;
    size_t n = strcspn(line, " "), i = 0;
    size_t count = sizeof objectives / sizeof *objectives;
    while (i < count && (strlen(objectives[i].name) != n ||
                         memcmp(objectives[i].name, line, n) != 0))
        i++;
    if (i == count)
        return lines_fault(&g->lines, e, ST_UNSUPPORTED,
                           "the LightGBM objective \"%.*s\" is not supported",
                           n > 60 ? 60 : (int)n, line);
    double scale = 1.0;
    if (objectives[i].scaled && word_option(line, "sigmoid:", &scale) &&
        (!isfinite(scale) || scale <= 0.0))
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "the objective's sigmoid must be above 0");
    enum model_link link = objectives[i].link;
    if (link == LINK_IDENTITY && has_word(line, "sqrt"))
        link = LINK_SIGNED_SQUARE;
    builder_link(g->b, link, scale);
    builder_objective(g->b, line);
    return ST_OK;
}

/* The next word of a blank-separated list, in place. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " ");
    size_t n = strcspn(word, " ");
    if (n == 0)
        return NULL;
    *rest = word + n + (word[n] != '\0');
    word[n] = '\0';
    return word;
}

/* "[low:high]" is a number; "1:5:2", a list of codes, is a category. */
static enum feature_kind kind_of(const char *info)
{
    if (info == NULL || info[0] == '[' || text_equal(info, "none"))
        return FEATURE_NUMBER;
    return FEATURE_CATEGORY;
}

status lightgbm_inputs(struct lightgbm *g, struct error *e)
{
    if (g->names == NULL)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "the header ends without feature_names");
    char *names = g->names;
    char *infos = g->infos == NULL ? names + strlen(names) : g->infos;
    size_t count = 0;
    for (char *name = NULL; (name = next_word(&names)) != NULL; count++)
        TRY(builder_feature(g->b, name, kind_of(next_word(&infos)), e));
    if (g->inputs != 0 && g->inputs != count)
        return lines_fault(&g->lines, e, ST_FORMAT,
                           "feature_names has %zu entries, %zu were expected",
                           count, g->inputs);
    g->inputs = count;
    return ST_OK;
}

/* The category columns in order: as the parameters list them. */
static status category_columns(const struct lightgbm *g, size_t *column,
                               size_t *count, struct error *e)
{
    const char *at = g->categorical == NULL ? "" : g->categorical;
    *count = 0;
    while (*at != '\0') {
        size_t n = strcspn(at, ",");
        long long index = -1;
        if (!num_parse_int(at, n, &index) || index < 0 ||
            (size_t)index >= g->inputs || *count >= g->inputs)
            return lines_fault(&g->lines, e, ST_UNSUPPORTED,
                               "categorical_feature must list input numbers to "
                               "match category words, not \"%.60s\"", at);
        column[(*count)++] = (size_t)index;
        at += n + (at[n] == ',');
    }
    for (size_t i = 1; i < *count; i++)
        for (size_t j = i; j > 0 && column[j] < column[j - 1]; j--) {
            size_t low = column[j];
            column[j] = column[j - 1];
            column[j - 1] = low;
        }
    return ST_OK;
}

struct words {
    struct arena *arena;
    const char **word;
    size_t count, room;
};

static status add_word(struct words *w, const struct token *token,
                       struct error *e)
{
    char text[NUM_TEXT_MAX];
    const char *word = token->text;
    size_t length = token->length;
    if (token->kind == TOKEN_NUMBER) {
        length = num_shortest(token->number, text);
        word = text;
    } else if (token->kind == TOKEN_TRUE || token->kind == TOKEN_FALSE) {
        word = token->kind == TOKEN_TRUE ? "True" : "False";
        length = strlen(word);
    }
    if (w->count == w->room) {
        size_t room = w->room == 0 ? 16 : w->room * 2;
        const char **grown = arena_new_array(w->arena, const char *, room);
        if (grown == NULL)
            return arena_error(w->arena, e);
        if (w->count > 0)
            memcpy(grown, w->word, w->count * sizeof *grown);
        w->word = grown;
        w->room = room;
    }
    w->word[w->count] = arena_copy(w->arena, word, length);
    if (w->word[w->count] == NULL)
        return arena_error(w->arena, e);
    w->count++;
    return ST_OK;
}

/* One column's list, after its opening bracket. */
static status read_column(struct tokens *t, struct words *w, struct error *e)
{
    struct token token;
    w->count = 0;
    for (;;) {
        TRY(tokens_next(t, &token, e));
        if (token.kind == TOKEN_END_ARRAY)
            return ST_OK;
        if (token.kind != TOKEN_STRING && token.kind != TOKEN_NUMBER &&
            token.kind != TOKEN_TRUE && token.kind != TOKEN_FALSE)
            return tokens_fault(t, e, ST_FORMAT,
                                "pandas_categorical: a word or number was "
                                "expected, not %s", token_word(token.kind));
        TRY(add_word(w, &token, e));
    }
}

static status read_columns(struct lightgbm *g, struct tokens *t,
                           const size_t *column, size_t columns,
                           struct error *e)
{
    static const char shape[] = "pandas_categorical must be a list of lists";
    struct token token;
    struct words w = {.arena = g->arena};
    size_t at = 0;
    TRY(tokens_next(t, &token, e));
    if (token.kind == TOKEN_NULL)
        return ST_OK;
    if (token.kind != TOKEN_BEGIN_ARRAY)
        return tokens_fault(t, e, ST_FORMAT, "%s", shape);
    for (;;) {
        TRY(tokens_next(t, &token, e));
        if (token.kind == TOKEN_END_ARRAY)
            break;
        if (token.kind != TOKEN_BEGIN_ARRAY)
            return tokens_fault(t, e, ST_FORMAT, "%s", shape);
        TRY(read_column(t, &w, e));
        if (at < columns)
            TRY(builder_words(g->b, column[at], w.word, w.count, e));
        at++;
    }
    if (at != 0 && at != columns)
        return lines_fault(&g->lines, e, ST_UNSUPPORTED,
                           "pandas_categorical has words for %zu inputs, but "
                           "categorical_feature lists %zu: which belong to "
                           "which cannot be told", at, columns);
    return ST_OK;
}

status lightgbm_categories(struct lightgbm *g, const char *json, size_t length,
                           struct error *e)
{
    size_t count = 0;
    size_t *column = arena_new_array(g->arena, size_t, g->inputs);
    if (column == NULL)
        return arena_error(g->arena, e);
    TRY(category_columns(g, column, &count, e));
    struct memory_stream memory = {json, length, 0};
    struct token_limits limits = {.string = LINE_MAX_BYTES, .infinities = true};
    struct tokens *t = NULL;
    TRY(tokens_open_json(stream_of_memory(&memory, g->lines.in.name), &limits,
                         &t, e));
    status s = read_columns(g, t, column, count, e);
    tokens_free(t);
    if (s != ST_OK && e != NULL)
        e->line = g->lines.number;
    return s;
}
