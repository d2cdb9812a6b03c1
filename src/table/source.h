/* table/source.h: what a kind of table gives to table.c. One file a kind, one
 * row in sources.c. */
#ifndef CANDOR_TABLE_SOURCE_H
#define CANDOR_TABLE_SOURCE_H

#include "table/table.h"

struct table_cell {
    const char *text;     /* not terminated; valid until the next row */
    size_t length;
    bool missing;         /* null, or not in the record */
    bool quoted;          /* blanks around it belong to it */
    bool is_number;       /* number holds it exactly; text is empty */
    double number;
    const char *fault;    /* "an object", … : no cell at all; else NULL */
};

struct table_row {
    bool got;             /* false: the table has ended */
    long line;
    char fault[160];      /* "" when the row can be used */
    struct place place;   /* of the fault */
};

struct table;
struct table_cut;

struct table_source {
    const char *name;
    /* Reads as far as the column names. On failure nothing is left. */
    status (*open)(const struct table_spec *spec, void **self,
                   struct error *e);
    const char *const *(*names)(void *self, size_t *count);
    status (*next)(void *self, struct table_row *row, struct error *e);
    /* Of the row given last. */
    void (*cell)(void *self, size_t column, struct table_cell *out);
    struct place (*place)(void *self, size_t column);
    const char *(*sha256)(void *self); /* after the end */
    /* For reading by several threads; all NULL, or branch says that this table
     * cannot be cut: *out NULL. A branch is a self for next, cell, place, close
     * that reads what it is fed, TABLE_PAD zeros behind it. */
    status (*branch)(void *self, void **out, struct error *e);
    /* At most `rows` rows; length 0: the end. */
    status (*cut)(void *self, size_t rows, struct table_cut *out,
                  struct error *e);
    void (*feed)(void *branch, const struct table_cut *piece);
    /* The next row's cells straight into the block; false: not this way, then
     * `next` gives the same row. May be NULL. */
    bool (*quick)(void *branch, struct table *t, long *line);
    void (*close)(void *self);
};

/* Records cut off, as they stand. */
struct table_cut {
    const char *bytes;    /* valid until the next cut */
    size_t length, rows;
    long line;
    long long offset;
};
enum { TABLE_PAD = 16 };  /* zeros behind bytes to be fed */

extern const struct table_source table_csv, table_json_lines, table_sqlite;

/* The row for a spec: by its format, else by the location's form. */
const struct table_source *table_source_for(const struct table_spec *spec);

/* Column names that stand twice are refused by name; empty ones may. */
MUST_USE status table_check_names(const char *const *names, size_t count,
                                  const char *source, struct error *e);

/* The words that mean missing in this table, and in this column too. */
bool table_is_missing(const struct table_spec *spec,
                      const struct column_spec *column, const char *text,
                      size_t length);
/* TRUE, FALSE, T, F in any case → 1, 0; else a decimal number. */
bool table_number(const char *text, size_t length, double *value);

#endif
