/* syntax/csv_inside.h: a reader of CSV inside, for csv.c and csv_cut.c. */
#ifndef CANDOR_SYNTAX_CSV_INSIDE_H
#define CANDOR_SYNTAX_CSV_INSIDE_H

#include "base/buf.h"
#include "syntax/csv.h"
#include "syntax/window.h"

struct csv {
    struct window w;        /* w.mark: where the record begins */
    struct csv_options o;
    bool special[256];      /* ends a run of plain bytes */
    struct csv_field *field;
    size_t fields, room;
    struct buf doubled;     /* fields whose doubled quotes were halved */
    size_t doubled_bytes;
    bool quoted, high;      /* in this record */
    long line;              /* of the record */
    long next_line;
    long long number;
    size_t raw;             /* bytes of the record without its line end */
    struct csv_record record;
    bool single, held;      /* one column; a record waits behind blank lines */
    long blanks, blank_line;
    struct csv_field empty;
    bool at_blank;          /* the record given last is a blank line */
    bool borrowed;          /* the window's bytes are the caller's */
    status failed;
};

/* Which bytes end a run of plain ones. */
void csv_fill_special(struct csv *c);
/* Reads on; LIMIT is told of the record that begins at the mark. */
MUST_USE status csv_more(struct csv *c, struct error *e);

#endif
