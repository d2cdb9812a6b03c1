/* syntax/csv.h: a pull reader of CSV records (RFC 4180 and what the world makes
 * of it): byte-order mark, CR, LF or CRLF (also mixed), quoted fields with
 * delimiters, line ends and doubled quotes inside. A quote that does not begin
 * a field is a character. Blank lines are passed over; in a table of one column
 * those between records are records with an empty field. */
#ifndef CANDOR_SYNTAX_CSV_H
#define CANDOR_SYNTAX_CSV_H

#include "base/stream.h"

struct csv_options {
    char delimiter;  /* 0: found among , ; tab | in the first records */
    size_t columns;  /* 0: at most 100,000 */
    size_t field;    /* 0: at most 16 MB */
    size_t record;   /* 0: at most 64 MB */
};

struct csv_field {
    const char *text; /* not terminated */
    size_t length;
    size_t at;        /* bytes from the record's start, its quote included */
    bool quoted;
};

struct csv_record {
    const struct csv_field *field;
    size_t fields;         /* at least 1 */
    long line;             /* where it begins, from 1 */
    long long number;      /* from 1, the header included */
    /* What makes the record unusable, and the byte from its start; -1 and NULL:
     * it is clean. A zero byte, bytes that are not UTF-8, text after a closing
     * quote. Reading goes on with the next record. */
    long long bad;
    const char *why;
};

struct csv;

/* options NULL: all defaults. UTF-16 is UNSUPPORTED. */
MUST_USE status csv_open(struct stream in, const struct csv_options *options,
                         struct csv **out, struct error *e);
void csv_free(struct csv *c); /* NULL is fine */
/* The next record, valid until the next call; NULL at the end. SYNTAX: a quote
 * never closed (with the line where it opened); LIMIT: a cap, with the line. After an error the reader has ended. */
MUST_USE status csv_next(struct csv *c, const struct csv_record **out,
                         struct error *e);
char csv_delimiter(const struct csv *c);
/* Whole records at once, for readers elsewhere: at most `rows` records, blank
 * lines not counted, as they stand in the input; length 0 at the end. Valid until
 * the next call. A record of more than 4 MB begins a cut, and a cut ends with the
 * record that fills 4 MB. A quote never closed lies in the last cut. Not for tables
 * of one column, whose blank lines mean something (csv_single). */
struct csv_cut {
    const char *bytes;
    size_t length, rows;
    long line;         /* of the first record */
    long long offset;  /* of the first byte */
};
MUST_USE status csv_cut(struct csv *c, size_t rows, struct csv_cut *out,
                        struct error *e);
bool csv_single(const struct csv *c); /* after the first record */
/* Takes back the first record, to be read again; before any other. */
void csv_back(struct csv *c);

enum { CSV_PAD = 16 }; /* zeros behind bytes to be fed */
/* A reader of cuts, with the delimiter and the caps of `like`. */
MUST_USE status csv_branch(const struct csv *like, struct csv **out,
                           struct error *e);
/* bytes stays the caller's and unchanged; CSV_PAD zeros lie behind it. */
void csv_feed(struct csv *branch, const char *bytes, size_t length, long line,
              long long offset);
/* What the branch has not read yet; NULL at the end of what was fed. */
const char *csv_rest(const struct csv *branch, const char **end);
/* Passes over the next record, one line, which ends before `to`: its line. */
long csv_pass(struct csv *branch, const char *to);

/* Line and column (characters) of a byte of the record given last. */
struct place csv_place(const struct csv *c, size_t at);
/* Fills e with class, text, and the excerpt and caret at a byte of the record
 * given last, `length` bytes long; returns the class. */
status csv_fault(const struct csv *c, size_t at, size_t length,
                 struct error *e, status class, const char *format, ...)
    PRINTF(6, 7);

#endif
