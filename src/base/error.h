/* base/error.h: how every fallible function reports. Any room may include it.
 *
 * A function that can fail returns `status` (must be used) and takes a
 * `struct error *` as its last argument, which it fills on failure and leaves
 * alone on success. The class says what the user can do about it. The library
 * never prints and never exits. */
#ifndef CANDOR_BASE_ERROR_H
#define CANDOR_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(text_, first_) __attribute__((format(printf, text_, first_)))

/* X(name, word, what the user can do) — the one list of classes. */
#define STATUS_LIST(X)                                                         \
    X(OK, "ok", "nothing")                                                     \
    X(SYSTEM, "system", "look at the file, disk or permission named")          \
    X(MEMORY, "memory", "give the process more memory")                        \
    X(LIMIT, "limit", "make the input smaller than the cap named")             \
    X(ARGUMENT, "argument", "correct the option or project key named")         \
    X(UNSUPPORTED, "unsupported", "use a form that candor reads")              \
    X(SYNTAX, "syntax", "correct the text at the place named")                 \
    X(FORMAT, "format", "correct the content at the place named")              \
    X(DATA, "data", "correct the row or table named")                          \
    X(NUMERIC, "numeric", "look at the values named")                          \
    X(BUG, "bug", "report it with the input that showed it")

enum status {
#define X(name, word, advice) ST_##name,
    STATUS_LIST(X)
#undef X
};
typedef enum status status;

/* Where in an input something stands. Lines and columns count from 1, 0 is
 * unknown; the offset counts bytes from 0, -1 is unknown. */
struct place {
    const char *source; /* file or other name; NULL unknown */
    long line, column;
    long long offset;
};

#define PLACE_NONE ((struct place){NULL, 0, 0, -1})

enum {
    ERROR_TEXT_MAX = 640,
    ERROR_SOURCE_MAX = 512,
    ERROR_EXCERPT_MAX = 160,
    ERROR_NOTES_MAX = 4
};

struct error {
    status class;
    char source[ERROR_SOURCE_MAX];
    long line, column;
    long long offset;
    char text[ERROR_TEXT_MAX];         /* what is wrong, what was expected */
    char excerpt[ERROR_EXCERPT_MAX];   /* the input's own line, or "" */
    int caret, caret_length;           /* 0-based column in the excerpt */
    int notes;                         /* "while …", innermost first */
    char note[ERROR_NOTES_MAX][160];
};

struct buf;

/* Each of these returns its class, so that a caller can write
 * `return error_set(e, ST_FORMAT, "…");`. e may be NULL. */
status error_set(struct error *e, status class, const char *format, ...)
    PRINTF(3, 4);
status error_at(struct error *e, status class, const struct place *place,
                const char *format, ...) PRINTF(4, 5);
/* The same with errno's text added: "cannot open x: No such file". */
status error_system(struct error *e, const char *format, ...) PRINTF(2, 3);
status error_memory(struct error *e);
#define error_bug(e, what)                                                     \
    error_set(e, ST_BUG, "%s:%d: %s", __FILE__, __LINE__, what)

/* Adds the input line that holds the fault, with a caret below it. `line` need
 * not be terminated; `caret` and `length` count bytes in it. */
void error_excerpt(struct error *e, const char *line, size_t line_length,
                   size_t caret, size_t length);
/* Adds "while NOTE" on the way up: "reading tree 3". */
void error_note(struct error *e, const char *format, ...) PRINTF(2, 3);
/* Renders as product.md shows: place, class, text, excerpt with caret, notes.
 * Ends with a line end. */
void error_render(const struct error *e, struct buf *out);

const char *status_word(status s);
const char *status_advice(status s);

#define TRY(call)                                                              \
    do {                                                                       \
        status try_status_ = (call);                                           \
        if (try_status_ != ST_OK)                                              \
            return try_status_;                                                \
    } while (0)

#endif
