/* The steps that reading any object or list of a CatBoost model is made of. */
#include "base/num.h"
#include "formats/catboost.h"

#include <math.h>

status catboost_expect(struct catboost *c, enum token_kind kind,
                       const char *what, struct error *e)
{
    struct token token;
    TRY(tokens_next(c->tokens, &token, e));
    if (token.kind != kind)
        return tokens_fault(c->tokens, e, ST_FORMAT, "%s must be %s, not %s",
                            what, token_word(kind), token_word(token.kind));
    return ST_OK;
}

static status read_field(struct catboost *c,
                         const struct catboost_field *fields,
                         const struct token *token, uint32_t *seen,
                         struct error *e)
{
    for (int i = 0; fields[i].key != NULL; i++) {
        if (strlen(fields[i].key) != token->length ||
            memcmp(fields[i].key, token->text, token->length) != 0)
            continue;
        if ((*seen >> i & 1) != 0)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "the key \"%s\" stands twice in one object",
                                fields[i].key);
        *seen |= (uint32_t)1 << i;
        return fields[i].read(c, fields[i].slot, e);
    }
    return tokens_skip(c->tokens, e);
}

status catboost_fields(struct catboost *c, const struct catboost_field *fields,
                       struct error *e)
{
    uint32_t seen = 0;
    for (;;) {
        struct token token;
        TRY(tokens_next(c->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        TRY(read_field(c, fields, &token, &seen, e));
    }
}

status catboost_object(struct catboost *c, const char *what,
                       const struct catboost_field *fields, struct error *e)
{
    TRY(catboost_expect(c, TOKEN_BEGIN_OBJECT, what, e));
    return catboost_fields(c, fields, e);
}

status catboost_number(struct catboost *c, const char *what, double *out,
                       struct error *e)
{
    struct token token;
    TRY(tokens_next(c->tokens, &token, e));
    if (token.kind != TOKEN_NUMBER)
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "%s must be a number, not %s", what,
                            token_word(token.kind));
    *out = token.number;
    return ST_OK;
}

status catboost_whole(struct catboost *c, const char *what, long low, long high,
                      long *out, struct error *e)
{
    double value = 0.0;
    TRY(catboost_number(c, what, &value, e));
    if (!(value >= (double)low && value <= (double)high) ||
        value != rint(value))
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "%s must be a whole number from %ld to %ld", what,
                            low, high);
    *out = (long)value;
    return ST_OK;
}

status catboost_text(struct catboost *c, const char *what, char **out,
                     struct error *e)
{
    struct token token;
    char number[NUM_TEXT_MAX];
    TRY(tokens_next(c->tokens, &token, e));
    const char *text = token.text;
    size_t length = token.length;
    if (token.kind == TOKEN_NUMBER) {
        length = num_shortest(token.number, number);
        text = number;
    } else if (token.kind == TOKEN_TRUE || token.kind == TOKEN_FALSE) {
        text = token.kind == TOKEN_TRUE ? "true" : "false";
        length = strlen(text);
    } else if (token.kind != TOKEN_STRING ||
               memchr(text, '\0', length) != NULL) {
        return tokens_fault(c->tokens, e, ST_FORMAT,
                            "%s must be text without zero characters or a "
                            "number, not %s", what, token_word(token.kind));
    }
    *out = arena_copy(c->arena, text, length);
    return *out == NULL ? arena_error(c->arena, e) : ST_OK;
}

status catboost_entry(struct catboost *c, struct token *token, bool *more,
                      struct error *e)
{
    TRY(tokens_next(c->tokens, token, e));
    *more = token->kind != TOKEN_END_ARRAY;
    return ST_OK;
}

status catboost_numbers(struct catboost *c, struct column *out,
                        const char *what, struct error *e)
{
    struct token token;
    TRY(tokens_next(c->tokens, &token, e));
    bool more = true, list = token.kind == TOKEN_BEGIN_ARRAY;
    out->given = true;
    if (list)
        TRY(catboost_entry(c, &token, &more, e));
    while (more) {
        if (token.kind != TOKEN_NUMBER)
            return tokens_fault(c->tokens, e, ST_FORMAT,
                                "%s must hold numbers, not %s", what,
                                token_word(token.kind));
        TRY(column_add(out, token.number, &c->cap, e));
        if (!list)
            return ST_OK;
        TRY(catboost_entry(c, &token, &more, e));
    }
    return ST_OK;
}
