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
    void (*close)(void *self);
};

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
