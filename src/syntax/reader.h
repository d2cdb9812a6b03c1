/* syntax/reader.h: what json.c, ubjson.c and token.c share. */
#ifndef CANDOR_SYNTAX_READER_H
#define CANDOR_SYNTAX_READER_H

#include "base/buf.h"
#include "syntax/token.h"
#include "syntax/window.h"

struct frame {
    char open;        /* '{' or '[' */
    char type;        /* UBJSON: the type of all members, 0: each its own */
    bool keyed;       /* UBJSON: a key was given, its value comes next */
    long long left;   /* UBJSON: members to come; -1: a closing marker ends it */
};

enum expect {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END, /* just after [ */
    EXPECT_KEY_OR_END,   /* just after { */
    EXPECT_AFTER_VALUE   /* comma, closing bracket, or the end */
};

struct tokens {
    struct window w;
    struct token_limits limits;
    status (*next)(struct tokens *t, struct token *out, struct error *e);
    struct frame *frame;
    size_t depth, frames;
    enum expect expect;   /* JSON */
    long line;            /* JSON: of the cursor */
    long long line_start; /* offset of its first byte */
    long long trailing;   /* bytes of the line that continue a character */
    bool started;         /* UBJSON: the one value was begun */
    size_t hole;          /* where a byte gave way to a 0; SIZE_MAX: nowhere */
    char hole_byte;
    struct buf scratch;   /* strings with escapes */
    struct token last;
    status failed;
};

MUST_USE status reader_push(struct tokens *t, char open, struct error *e);
/* Ends the text at the cursor with a 0 until the next call. */
void reader_terminate(struct tokens *t);
MUST_USE status json_next(struct tokens *t, struct token *out, struct error *e);
MUST_USE status ubjson_next(struct tokens *t, struct token *out,
                            struct error *e);
/* The string or number that begins at the mark, into out. */
MUST_USE status json_string_token(struct tokens *t, struct token *out,
                                  struct error *e);
MUST_USE status json_number_token(struct tokens *t, struct token *out,
                                  struct error *e);
/* May this byte follow a number or a word? */
bool json_ends_value(char c);
/* What stands at the cursor, where something else was wanted. */
MUST_USE status json_unexpected(const struct tokens *t, const char *wanted,
                                struct error *e);
/* JSON: fills e with an excerpt and a caret at a byte of the window. */
status json_fault(const struct tokens *t, size_t at, size_t length,
                  struct error *e, status class, const char *format, ...)
    PRINTF(6, 7);
/* Adds the line around data[at] and its caret, as far as the window has it. */
void reader_excerpt(const struct tokens *t, size_t at, size_t length,
                    struct error *e);
struct place reader_place(const struct tokens *t, size_t at);

#endif
