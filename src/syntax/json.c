#include "syntax/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

status json_fault(const struct tokens *t, size_t at, size_t length,
                  struct error *e, status class, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct place p = reader_place(t, at);
    (void)error_at(e, class, &p, "%s", text);
    reader_excerpt(t, at, length, e);
    return class;
}

/* "x" or "byte 0x07", for messages about a character that should not be. */
static const char *show(char c, char text[16])
{
    unsigned char u = (unsigned char)c;
    if (u >= 0x20 && u < 0x7f)
        (void)snprintf(text, 16, "'%c'", c);
    else
        (void)snprintf(text, 16, "byte 0x%02x", u);
    return text;
}

status json_unexpected(const struct tokens *t, const char *wanted,
                       struct error *e)
{
    const struct window *w = &t->w;
    if (w->at == w->end)
        return json_fault(t, w->at, 1, e, ST_SYNTAX,
                          "the text ends where %s was expected", wanted);
    char found[16];
    return json_fault(t, w->at, 1, e, ST_SYNTAX, "%s where %s was expected",
                      show(w->data[w->at], found), wanted);
}

static status skip_comment(struct tokens *t, struct error *e)
{
    struct window *w = &t->w;
    w->mark = w->at;
    TRY(window_need(w, 2, e));
    if (w->data[w->at + 1] != '/')
        return json_unexpected(t, "a comment beginning with //", e);
    for (;;) {
        while (w->at < w->end && w->data[w->at] != '\n') {
            t->trailing += ((unsigned char)w->data[w->at] & 0xc0) == 0x80;
            w->at++;
        }
        w->mark = w->at;
        if (w->at < w->end || w->ended)
            return ST_OK;
        TRY(window_more(w, e));
    }
}

/* Stops at the next character of meaning, or at the end of the input. */
static status skip_blanks(struct tokens *t, struct error *e)
{
    struct window *w = &t->w;
    for (;;) {
        char c = w->data[w->at];
        if (c == ' ' || c == '\t' || c == '\r') {
            w->at++;
        } else if (c == '\n') {
            w->at++;
            t->line++;
            t->line_start = window_offset(w, w->at);
            t->trailing = 0;
        } else if (c == '/' && t->limits.comments) {
            TRY(skip_comment(t, e));
        } else if (c == '\0' && w->at == w->end && !w->ended) {
            w->mark = w->at;
            TRY(window_more(w, e));
        } else {
            w->mark = w->at;
            return ST_OK;
        }
    }
}

static const struct {
    const char *text;
    enum token_kind kind;
    double number;
    bool extension;
} literals[] = {{"true", TOKEN_TRUE, 0, false},
                {"false", TOKEN_FALSE, 0, false},
                {"null", TOKEN_NULL, 0, false},
                {"NaN", TOKEN_NUMBER, (double)NAN, true},
                {"Infinity", TOKEN_NUMBER, (double)INFINITY, true},
                {"-Infinity", TOKEN_NUMBER, -(double)INFINITY, true}};

static status read_literal(struct tokens *t, struct token *out,
                           struct error *e)
{
    struct window *w = &t->w;
    TRY(window_need(w, sizeof "-Infinity", e));
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t n = strlen(literals[i].text);
        if (strncmp(w->data + w->at, literals[i].text, n) != 0 ||
            !json_ends_value(w->data[w->at + n]))
            continue;
        if (literals[i].extension && !t->limits.infinities)
            return json_fault(t, w->at, n, e, ST_SYNTAX,
                              "%s is not a number of JSON", literals[i].text);
        out->kind = literals[i].kind;
        out->number = literals[i].number;
        out->is_integer = false;
        out->text = w->data + w->at;
        out->length = n;
        out->place = reader_place(t, w->at);
        w->at += n;
        return ST_OK;
    }
    return json_unexpected(t, "a value", e);
}

static status read_value(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    char c = w->data[w->at];
    t->expect = EXPECT_AFTER_VALUE;
    if (c == '{' || c == '[') {
        TRY(reader_push(t, c, e));
        out->kind = c == '{' ? TOKEN_BEGIN_OBJECT : TOKEN_BEGIN_ARRAY;
        out->text = "";
        out->length = 0;
        out->place = reader_place(t, w->at);
        w->at++;
        t->expect = c == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
        return ST_OK;
    }
    if (c == '"') {
        out->kind = TOKEN_STRING;
        return json_string_token(t, out, e);
    }
    if (c == '-') {
        TRY(window_need(w, 2, e));
        if (w->data[w->at + 1] == 'I')
            return read_literal(t, out, e);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return json_number_token(t, out, e);
    return read_literal(t, out, e);
}

static status read_key(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    if (w->data[w->at] != '"')
        return json_unexpected(t, "a key in quotes", e);
    out->kind = TOKEN_KEY;
    TRY(json_string_token(t, out, e));
    t->expect = EXPECT_VALUE;
    return ST_OK;
}

static status close_bracket(struct tokens *t, struct token *out,
                            struct error *e)
{
    struct window *w = &t->w;
    char open = t->frame[t->depth - 1].open;
    if (w->data[w->at] != (open == '{' ? '}' : ']'))
        return json_unexpected(t, open == '{' ? "a comma or }" : "a comma or ]", e);
    t->depth--;
    out->kind = open == '{' ? TOKEN_END_OBJECT : TOKEN_END_ARRAY;
    out->text = "";
    out->length = 0;
    out->place = reader_place(t, w->at);
    w->at++;
    t->expect = EXPECT_AFTER_VALUE;
    return ST_OK;
}

/* The colon is read just before the value it introduces, so that a key's text
 * stays in the window until then. */
static status pass_colon(struct tokens *t, struct error *e)
{
    if (t->w.data[t->w.at] != ':')
        return json_unexpected(t, "a colon", e);
    t->w.at++;
    return skip_blanks(t, e);
}

status json_next(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    TRY(skip_blanks(t, e));
    char c = w->data[w->at];
    switch (t->expect) {
    case EXPECT_VALUE:
        if (t->depth > 0 && t->last.kind == TOKEN_KEY)
            TRY(pass_colon(t, e));
        return read_value(t, out, e);
    case EXPECT_VALUE_OR_END:
        return c == ']' ? close_bracket(t, out, e) : read_value(t, out, e);
    case EXPECT_KEY_OR_END:
        return c == '}' ? close_bracket(t, out, e) : read_key(t, out, e);
    case EXPECT_AFTER_VALUE:
        break;
    }
    if (t->depth == 0) {
        if (w->at != w->end)
            return json_unexpected(t, "the end", e);
        *out = (struct token){.kind = TOKEN_END, .text = "",
                              .place = reader_place(t, w->at)};
        return ST_OK;
    }
    if (c != ',')
        return close_bracket(t, out, e);
    w->at++;
    TRY(skip_blanks(t, e));
    return t->frame[t->depth - 1].open == '{' ? read_key(t, out, e)
                                              : read_value(t, out, e);
}
