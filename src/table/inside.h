/* table/inside.h: a table inside, shared by the files of this room. */
#ifndef CANDOR_TABLE_INSIDE_H
#define CANDOR_TABLE_INSIDE_H

#include "base/arena.h"
#include "base/buf.h"
#include "table/source.h"

#include <stdint.h>

enum { TABLE_ROWS_DEFAULT = 1024, TABLE_CELLS_MOST = 4 * 1024 * 1024 };

/* What a source's column is for, looked at cell by cell. */
struct table_use {
    size_t column;   /* of the spec; SIZE_MAX: none */
    bool quick;      /* a number that no word for missing looks like */
};

struct table {
    struct table_spec spec;
    struct column_spec *columns; /* spec.column, our own copy */
    const struct table_source *source;
    void *self;              /* the source's; a branch borrows it */
    void *reader;            /* reads what was cut; NULL: it cannot be cut */
    struct table *root;      /* of a branch; NULL: this is no branch */
    size_t *of;              /* [columns] the source's column */
    size_t source_columns;
    struct table_use *use;   /* [source_columns] the first that wants it */
    size_t *also;            /* [columns] the next one; SIZE_MAX: none */
    size_t rows_most;
    struct table_form form;  /* width 0: none */
    double *row;             /* [rows_most][form.width] */
    struct arena *text_arena; /* of this block */
    struct block block;
    long long *ordinal;
    long *line;
    double **number;         /* a placed column: into row */
    size_t *step;            /* [columns] between two rows' numbers */
    const char ***text;
    struct row_error *error;
    size_t errors, errors_room;
    long long seen;
    bool ended;
    bool parsed;             /* table_begin read the block already */
    char *bytes;             /* what was cut */
    size_t bytes_room;
    struct table_cut piece;
};

/* The row's cells into the block, or its error. */
MUST_USE status table_take_row(struct table *t, void *self,
                               const struct table_row *r, struct error *e);
/* The same of one cell that is read as text, without telling why it is false:
 * then the row is read again to say so. */
bool table_take_text(struct table *t, size_t c, const char *text,
                     size_t length);
/* A number of the block's next row; false when it is out of bounds. */
bool table_take_number(struct table *t, size_t c, double x);

/* One record without surprises, its line end passed over; NULL: not that way. */
const char *table_quick_csv(struct table *t, const char *p, const char *end,
                            char delimiter);

#endif
