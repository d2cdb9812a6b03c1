/* The steps that reading any object or list of an XGBoost model is made of. */
#include "formats/xgboost_fields.h"

#include "base/num.h"

status xgboost_expect(struct xgboost *x, enum token_kind kind, const char *what,
                      struct error *e)
{
    struct token token;
    TRY(tokens_next(x->tokens, &token, e));
    if (token.kind != kind)
        return tokens_fault(x->tokens, e, ST_FORMAT, "%s must be %s, not %s",
                            what, token_word(kind), token_word(token.kind));
    return ST_OK;
}

bool xgboost_key_is(const struct token *token, const char *key)
{
    return strlen(key) == token->length &&
           memcmp(key, token->text, token->length) == 0;
}

static status read_field(struct xgboost *x, const struct field *fields,
                         const struct token *token, uint32_t *seen,
                         struct error *e)
{
    for (int i = 0; fields[i].key != NULL; i++) {
        if (!xgboost_key_is(token, fields[i].key))
            continue;
        if ((*seen >> i & 1) != 0)
            return tokens_fault(x->tokens, e, ST_FORMAT,
                                "the key \"%s\" stands twice in one object",
                                fields[i].key);
        *seen |= (uint32_t)1 << i;
        return fields[i].read(x, fields[i].slot, e);
    }
    return tokens_skip(x->tokens, e);
}

/* The fields of an object whose opening brace is read already. */
status xgboost_fields(struct xgboost *x, const struct field *fields,
                      struct error *e)
{
    uint32_t seen = 0;
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_OBJECT)
            return ST_OK;
        TRY(read_field(x, fields, &token, &seen, e));
    }
}

status xgboost_object(struct xgboost *x, const char *what,
                      const struct field *fields, struct error *e)
{
    TRY(xgboost_expect(x, TOKEN_BEGIN_OBJECT, what, e));
    return xgboost_fields(x, fields, e);
}

/* Numbers (older files: true and false) into a column. */
status xgboost_numbers(struct xgboost *x, struct column *c, const char *key,
                       struct error *e)
{
    TRY(xgboost_expect(x, TOKEN_BEGIN_ARRAY, key, e));
    c->given = true;
    for (;;) {
        struct token token;
        TRY(tokens_next(x->tokens, &token, e));
        if (token.kind == TOKEN_END_ARRAY)
            return ST_OK;
        double value = token.number;
        if (token.kind == TOKEN_TRUE || token.kind == TOKEN_FALSE)
            value = token.kind == TOKEN_TRUE ? 1.0 : 0.0;
        else if (token.kind != TOKEN_NUMBER)
            return tokens_fault(x->tokens, e, ST_FORMAT,
                                "%s, entry %zu must be a number, not %s", key,
                                c->count, token_word(token.kind));
        TRY(column_add(c, value, &x->cap, e));
    }
}

status xgboost_add_string(struct xgboost *x, struct strings *list,
                          const char *text, size_t length, struct error *e)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 16 : list->room * 2;
        const char **grown = arena_new_array(x->arena, const char *, room);
        if (grown == NULL)
            return arena_error(x->arena, e);
        if (list->count > 0)
            memcpy(grown, list->text, list->count * sizeof *grown);
        list->text = grown;
        list->room = room;
    }
    list->text[list->count] = arena_copy(x->arena, text, length);
    if (list->text[list->count] == NULL)
        return arena_error(x->arena, e);
    list->count++;
    return ST_OK;
}

status xgboost_text(struct xgboost *x, int slot, struct error *e)
{
    struct token token;
    char number[NUM_TEXT_MAX];
    TRY(tokens_next(x->tokens, &token, e));
    const char *text = token.text;
    size_t length = token.length;
    if (token.kind == TOKEN_NUMBER) {
        length = num_shortest(token.number, number);
        text = number;
    } else if (token.kind != TOKEN_STRING) {
        return tokens_fault(x->tokens, e, ST_FORMAT,
                            "text or a number was expected here, not %s",
                            token_word(token.kind));
    }
    x->text[slot] = arena_copy(x->arena, text, length);
    return x->text[slot] == NULL ? arena_error(x->arena, e) : ST_OK;
}
