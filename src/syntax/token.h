/* syntax/token.h: one pull reader over JSON (RFC 8259) and UBJSON (draft 12).
 * It knows no models. Memory is one window and the longest string, whatever
 * the input's length; nothing recurses. Duplicate keys are the caller's
 * concern. Not thread-safe: one reader a thread. */
#ifndef CANDOR_SYNTAX_TOKEN_H
#define CANDOR_SYNTAX_TOKEN_H

#include "base/stream.h"

enum token_kind {
    TOKEN_END, /* the input ended after one whole value; given again if asked */
    TOKEN_BEGIN_OBJECT,
    TOKEN_END_OBJECT,
    TOKEN_BEGIN_ARRAY,
    TOKEN_END_ARRAY,
    TOKEN_KEY,
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NULL
};

struct token {
    enum token_kind kind;
    /* KEY, STRING: the text unescaped, valid UTF-8, 0-terminated (but it may
     * hold a 0 itself: see length). JSON NUMBER: the digits as written, not
     * terminated. Valid until the next call with the same reader. */
    const char *text;
    size_t length;
    double number;      /* NUMBER; a UBJSON float32 is the double of that float */
    bool is_integer;    /* NUMBER without fraction or exponent that fits: */
    long long integer;
    struct place place; /* where the token begins; UBJSON: offset only */
};

struct token_limits {
    size_t depth;          /* 0: 512 open brackets */
    size_t string;         /* 0: 64 MB in one string or number */
    long long bytes;       /* 0: no cap on the whole input */
    bool infinities;       /* JSON: NaN, Infinity, -Infinity are numbers */
    bool comments;         /* JSON: // to the line's end is blank space */
};

struct tokens;

/* limits NULL: all defaults. A UTF-8 byte-order mark before JSON is passed
 * over; UTF-16 is UNSUPPORTED. */
MUST_USE status tokens_open_json(struct stream in,
                                 const struct token_limits *limits,
                                 struct tokens **out, struct error *e);
MUST_USE status tokens_open_ubjson(struct stream in,
                                   const struct token_limits *limits,
                                   struct tokens **out, struct error *e);
void tokens_free(struct tokens *t); /* NULL is fine */
/* Begins a JSON reader anew on another stream, keeping its memory and limits:
 * for many small texts. line: what its first line is called in places. */
void tokens_restart(struct tokens *t, struct stream in, long line);

/* SYNTAX with line, column, byte, excerpt and caret; LIMIT names the cap. After
 * an error every further call gives that class again. */
MUST_USE status tokens_next(struct tokens *t, struct token *out,
                            struct error *e);
/* After a BEGIN token: everything to its END. After a KEY: the value that
 * follows. After a scalar: nothing. */
MUST_USE status tokens_skip(struct tokens *t, struct error *e);

/* For callers: fills e with a class, the place of the last token, its excerpt
 * (JSON) and the text; returns the class. */
status tokens_fault(const struct tokens *t, struct error *e, status class,
                    const char *format, ...) PRINTF(4, 5);
/* Open brackets now. */
size_t tokens_depth(const struct tokens *t);
/* "a key", "a number"… for messages. */
const char *token_word(enum token_kind kind);

#endif
