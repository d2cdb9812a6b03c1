/* table/table.h: rows in blocks of columns, from CSV, JSON Lines or SQLite.
 *
 * Only the columns asked for are kept. A cell that cannot be read as asked is
 * a row error: its row is left out of the block and reported with line and
 * column; reading goes on. Memory is one block, whatever the table's length.
 * Blanks around a cell that is not quoted are passed over. In a NUMBER column
 * "nan" in any case is missing; an infinity is a row error. A row has at most
 * one row error: its first. */
#ifndef CANDOR_TABLE_TABLE_H
#define CANDOR_TABLE_TABLE_H

#include "base/error.h"

enum column_type {
    COLUMN_NUMBER, /* TRUE/FALSE read as 1/0 */
    COLUMN_TEXT,   /* categories, ids, free text: UTF-8, NULL when missing */
    COLUMN_DATE    /* YYYY-MM-DD, checked, kept as text */
};

struct column_spec {
    const char *name;      /* header name, or "1", "2", … without a header */
    enum column_type type;
    bool required;         /* a missing value is a row error */
    /* Words that mean missing here, beside the empty cell and the table's. */
    const char *const *missing;
    size_t missing_count;
    double low, high;      /* NUMBER: outside is a row error; NaN: no bound;
                              both 0: no bounds */
};

enum table_format { TABLE_BY_NAME, TABLE_CSV, TABLE_JSON_LINES, TABLE_SQLITE };

struct table_spec {
    const char *location;  /* FILE, "-", or sqlite:FILE?TABLE */
    enum table_format format; /* BY_NAME: .jsonl/.ndjson, sqlite:, else CSV */
    char delimiter;        /* 0: found among , ; tab | in the first records */
    bool no_header;
    const char *const *missing; /* NULL: "", NA, N/A, NaN, null */
    size_t missing_count;
    const struct column_spec *column;
    size_t columns;
    size_t block_rows;     /* 0: 1,024 */
    bool hash;             /* compute sha256 of the bytes while reading */
};

struct block {
    size_t rows;
    long long first;            /* ordinal of row 0 in the table, from 1; rows
                                   with errors are counted too */
    const long long *ordinal;   /* [rows] */
    const long *line;           /* [rows] where the record starts; 0 unknown */
    const double *const *number;      /* [columns][rows] of NUMBER columns */
    const char *const *const *text;   /* [columns][rows] of the others */
};

/* Cells straight into rows of numbers, as a model wants them. */
struct table_form {
    size_t width;
    const size_t *place;  /* [columns] index in the row; SIZE_MAX: stays a column */
    /* The number of a word in a placed column of text; a missing one is NaN. */
    double (*code)(const void *self, size_t column, const char *text,
                   size_t length);
    const void *self;
};

struct row_error {
    long long row;
    long line, column;          /* column: character in the line, 0 unknown */
    const char *name;           /* the table's column, or NULL */
    char text[200];             /* what was found, what was expected */
};

struct table;

/* The array of column specs is copied, the names in it are not: they must
 * outlive the table. Opens and reads the header: a column that is asked for and not there is an
 * error with the nearest name. */
MUST_USE status table_open(const struct table_spec *spec, struct table **out,
                           struct error *e);
/* The next block, valid until the next call; *out is NULL at the end. A block
 * whose rows all had errors has 0 rows. */
MUST_USE status table_next(struct table *t, const struct block **out,
                           struct error *e);
/* Row errors met by the last table_next, valid until the next. */
const struct row_error *table_errors(const struct table *t, size_t *count);
long long table_rows_seen(const struct table *t);
const char *table_sha256(const struct table *t); /* after the end; else NULL */
void table_free(struct table *t); /* NULL is fine */

/* Reading by several threads. A branch of a table holds a block of its own.
 * table_begin takes the next `rows` records for it: one thread at a time, whatever
 * the branch, and not mixed with table_next of the table itself. table_finish then
 * parses them, in any thread, as many branches at once as there are. What is in a
 * block depends on `rows` and the table alone. table_errors and table_free work
 * on a branch too; the table must outlive it. rows_most: the largest `rows`; form
 * NULL: columns; it is copied, its array is not. */
MUST_USE status table_branch(struct table *t, size_t rows_most,
                             const struct table_form *form,
                             struct table **out, struct error *e);
/* *got false: the table has ended. */
MUST_USE status table_begin(struct table *branch, size_t rows, bool *got,
                            struct error *e);
MUST_USE status table_finish(struct table *branch, const struct block **out,
                             struct error *e);

/* The placed columns of a branch's block: [rows][form's width]; they are here
 * and nowhere else. What no column fills is NaN. */
const double *table_rows(const struct table *branch);

/* All header names of a table and a first look at each column, for `init`. */
struct column_look {
    const char *name;
    bool all_numbers, all_integers, all_dates;
    size_t missing, distinct; /* distinct: counted up to 64 */
    double low, high;
    const char *words[64];    /* distinct words met, in order of appearance */
};
struct table_look;
MUST_USE status table_look(const struct table_spec *spec, size_t rows,
                           struct table_look **out, struct error *e);
const struct column_look *table_look_columns(const struct table_look *l,
                                             size_t *count, long long *rows);
void table_look_free(struct table_look *l);

#endif
