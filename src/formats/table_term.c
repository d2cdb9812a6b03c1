/* Terms of a regression as people, R, Python and SAS write them. */
#include "base/num.h"
#include "base/text.h"
#include "formats/table_glm.h"

#include <math.h>

struct slice {
    const char *text;
    size_t length;
};

static struct slice cut(const char *text, size_t length)
{
    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length >= 2 && (text[0] == '`' || text[0] == '"' || text[0] == '\'') &&
        text[length - 1] == text[0] &&
        memchr(text + 1, text[0], length - 2) == NULL) {
        text++;
        length -= 2;
    }
    return (struct slice){text, length};
}

static bool begins(struct slice s, const char *with)
{
    size_t n = strlen(with);
    return s.length >= n && memcmp(s.text, with, n) == 0;
}

static status bad(const struct table_glm *g, long line, struct slice s,
                  const char *what, struct error *e)
{
    return table_lines_fault(&g->t, line, e, ST_FORMAT, "\"%.*s\": %s",
                             s.length > 80 ? 80 : (int)s.length, s.text, what);
}

static status find_input(struct table_glm *g, long line, struct slice name,
                         enum glm_input_kind kind, size_t *out, struct error *e)
{
    if (name.length == 0)
        return bad(g, line, name, "the name of an input is missing", e);
    long at = names_add(g->names, name.text, name.length);
    if (at < 0)
        return error_memory(e);
    *out = (size_t)at;
    TRY(MEM_ROOM(g->input, g->input_room, *out + 1, e));
    struct glm_input *input = &g->input[at];
    if (kind != GLM_UNKNOWN && input->kind != GLM_UNKNOWN &&
        input->kind != kind)
        return bad(g, line, name, "is a number in one term and words or a "
                   "text in another", e);
    if (kind != GLM_UNKNOWN)
        input->kind = kind;
    return ST_OK;
}

static status level(struct table_glm *g, long line, struct slice name,
                    struct slice word, struct glm_factor *f, struct error *e)
{
    f->function = GLM_LEVEL;
    if (word.length == 0)
        return bad(g, line, name, "a level without a word", e);
    TRY(find_input(g, line, name, GLM_WORDS, &f->input, e));
    struct glm_input *input = &g->input[f->input];
    if (input->words == NULL)
        input->words = names_new();
    long at = input->words == NULL
                  ? -1
                  : names_add(input->words, word.text, word.length);
    if (at < 0)
        return error_memory(e);
    f->level = (size_t)at;
    f->word = names_at(input->words, f->level);
    return ST_OK;
}

/* token(column, word) and has(column, word). */
static status token(struct table_glm *g, long line, struct slice inside,
                    struct glm_factor *f, struct error *e)
{
    const char *comma = memchr(inside.text, ',', inside.length);
    if (comma == NULL)
        return bad(g, line, inside, "a column and a word were expected, as in "
                   "token(letter, late)", e);
    size_t n = (size_t)(comma - inside.text);
    struct slice word = cut(comma + 1, inside.length - n - 1);
    if (word.length == 0)
        return bad(g, line, inside, "the word is missing", e);
    f->word = arena_copy(g->t.arena, word.text, word.length);
    if (f->word == NULL)
        return arena_error(g->t.arena, e);
    return find_input(g, line, cut(inside.text, n), GLM_TEXT, &f->input, e);
}

/* x^2, x**2, x^-1 */
static status power(struct table_glm *g, long line, struct slice s,
                    struct glm_factor *f, struct error *e)
{
    size_t at = 0, gap = 1;
    while (at < s.length && s.text[at] != '^' &&
           !(s.text[at] == '*' && at + 1 < s.length && s.text[at + 1] == '*'))
        at++;
    f->function = GLM_VALUE;
    if (at < s.length) {
        gap = s.text[at] == '^' ? 1 : 2;
        struct slice p = cut(s.text + at + gap, s.length - at - gap);
        f->function = GLM_POWER;
        if (!num_parse(p.text, p.length, &f->power) || !isfinite(f->power))
            return bad(g, line, s, "a power must be a number", e);
        if (f->power == 1.0)
            f->function = GLM_VALUE;
    }
    struct slice name = cut(s.text, at);
    if (memchr(name.text, '*', name.length) != NULL ||
        memchr(name.text, '(', name.length) != NULL)
        return bad(g, line, s, "this formula is not read: write powers as "
                   "x^2, products as a:b, functions as log(x)", e);
    return find_input(g, line, name, GLM_NUMBER, &f->input, e);
}

static const struct {
    const char *name;
    enum glm_function function;
} functions[] = {{"I", GLM_VALUE},        {"log", GLM_LOG},
                 {"ln", GLM_LOG},         {"np.log", GLM_LOG},
                 {"log10", GLM_LOG10},    {"np.log10", GLM_LOG10},
                 {"log1p", GLM_LOG1P},    {"np.log1p", GLM_LOG1P},
                 {"exp", GLM_EXP},        {"np.exp", GLM_EXP},
                 {"sqrt", GLM_SQRT},      {"np.sqrt", GLM_SQRT},
                 {"missing", GLM_MISSING}, {"is.na", GLM_MISSING},
                 {"token", GLM_COUNT},    {"has", GLM_HAS},
                 {"C", GLM_LEVEL},        {"factor", GLM_LEVEL}};

/* name(inside)rest */
static status called(struct table_glm *g, long line, struct slice s,
                     size_t open, size_t close, struct glm_factor *f,
                     struct error *e)
{
    size_t i = 0, count = sizeof functions / sizeof *functions;
    struct slice inside = cut(s.text + open + 1, close - open - 1);
    struct slice rest = cut(s.text + close + 1, s.length - close - 1);
    while (i < count && (strlen(functions[i].name) != open ||
                         memcmp(functions[i].name, s.text, open) != 0))
        i++;
    if (i == count)
        return bad(g, line, s, "this function is not known: log, log10, log1p, "
                   "exp, sqrt, I(x^2), missing, token and has are; a column "
                   "with brackets in its name stands in `backticks`", e);
    f->function = functions[i].function;
    if (f->function == GLM_LEVEL) {
        if (begins(rest, "[T.") && rest.text[rest.length - 1] == ']')
            rest = cut(rest.text + 3, rest.length - 4);
        else if (begins(rest, "[") && rest.text[rest.length - 1] == ']')
            rest = cut(rest.text + 1, rest.length - 2);
        else if (begins(rest, "="))
            rest = cut(rest.text + 1, rest.length - 1);
        return level(g, line, inside, rest, f, e);
    }
    bool truth = f->function == GLM_MISSING && begins(rest, "TRUE") &&
                 rest.length == 4;
    if (rest.length > 0 && !truth)
        return bad(g, line, s, "something stands behind the bracket", e);
    if (f->function == GLM_COUNT || f->function == GLM_HAS)
        return token(g, line, inside, f, e);
    if (f->function == GLM_VALUE)
        return power(g, line, inside, f, e);
    enum glm_input_kind kind =
        f->function == GLM_MISSING ? GLM_UNKNOWN : GLM_NUMBER;
    TRY(find_input(g, line, inside, kind, &f->input, e));
    if (f->function == GLM_MISSING)
        g->input[f->input].has_missing = true;
    return ST_OK;
}

static status one_factor(struct table_glm *g, long line, struct slice s,
                         struct glm_factor *f, struct error *e)
{
    *f = (struct glm_factor){.function = GLM_VALUE, .power = 1.0};
    if (s.length > 0 && s.text[0] == '`') { /* `a name`=level */
        const char *end = memchr(s.text + 1, '`', s.length - 1);
        size_t n = end == NULL ? 0 : (size_t)(end - s.text) - 1;
        if (end != NULL && end[1] == '=' && n + 3 <= s.length)
            return level(g, line, (struct slice){s.text + 1, n},
                         cut(end + 2, s.length - n - 3), f, e);
    }
    size_t equal = 0, open = 0, square = 0;
    while (equal < s.length && s.text[equal] != '=')
        equal++;
    while (open < s.length && s.text[open] != '(')
        open++;
    while (square < s.length && s.text[square] != '[')
        square++;
    size_t close = s.length;
    while (close > open && s.text[close - 1] != ')')
        close--;
    if (open < equal && open < square && open < s.length && close > open)
        return called(g, line, s, open, close - 1, f, e);
    if (equal < square && equal < s.length)
        return level(g, line, cut(s.text, equal),
                     cut(s.text + equal + 1, s.length - equal - 1), f, e);
    if (square < s.length && s.text[s.length - 1] == ']') {
        struct slice word = cut(s.text + square + 1, s.length - square - 2);
        if (begins(word, "T."))
            word = cut(word.text + 2, word.length - 2);
        return level(g, line, cut(s.text, square), word, f, e);
    }
    return power(g, line, s, f, e);
}

/* Length up to the next : that is outside of brackets and quotes. */
static size_t factor_end(const char *text)
{
    size_t n = 0;
    int depth = 0;
    bool quoted = false;
    for (; text[n] != '\0'; n++) {
        quoted ^= text[n] == '`';
        depth += text[n] == '(' || text[n] == '[';
        depth -= text[n] == ')' || text[n] == ']';
        if (text[n] == ':' && depth <= 0 && !quoted)
            break;
    }
    return n;
}

status table_term(struct table_glm *g, const struct table_line *line,
                  struct glm_term *out, struct error *e)
{
    const char *text = line->cell[TABLE_NAME];
    const char *word = line->cell[TABLE_LEVEL];
    struct slice whole = cut(text, strlen(text));
    out->factors = 0;
    out->line = line->line;
    if (word[0] != '\0') {
        out->factors = 1;
        out->factor[0] = (struct glm_factor){.power = 1.0};
        return level(g, line->line, whole, cut(word, strlen(word)),
                     &out->factor[0], e);
    }
    if (whole.text != text) { /* quoted or in backticks: a name as it is */
        out->factors = 1;
        out->factor[0] = (struct glm_factor){.power = 1.0};
        return find_input(g, line->line, whole, GLM_NUMBER,
                          &out->factor[0].input, e);
    }
    for (;;) {
        size_t n = factor_end(text);
        if (out->factors == FACTORS_MOST)
            return bad(g, line->line, whole, "an interaction of too many "
                       "inputs", e);
        struct slice s = {text, n};
        while (s.length > 0 && s.text[0] == ' ') {
            s.text++;
            s.length--;
        }
        while (s.length > 0 && s.text[s.length - 1] == ' ')
            s.length--;
        TRY(one_factor(g, line->line, s, &out->factor[out->factors++], e));
        if (text[n] == '\0')
            return ST_OK;
        text += n + 1;
    }
}
