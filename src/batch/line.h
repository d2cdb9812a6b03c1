/* batch/line.h: one line of numbers, as JSON or as CSV: the same fields in the
 * same order. */
#ifndef CANDOR_BATCH_LINE_H
#define CANDOR_BATCH_LINE_H

#include "syntax/json_write.h"

struct line {
    struct buf *out;
    bool csv, some;
    struct json_writer w; /* JSON only */
};

void line_begin(struct line *l, struct buf *out, bool csv);
MUST_USE status line_end(struct line *l, struct error *e); /* no line end */
void line_text(struct line *l, const char *key, const char *text);
/* Not finite: null, or an empty cell. */
void line_number(struct line *l, const char *key, double x);
void line_int(struct line *l, const char *key, long long x);
void line_flag(struct line *l, const char *key, bool yes); /* true, false */
/* Several outputs: an array, or one column each. */
void line_outputs(struct line *l, const char *key, const double *x, size_t n);

/* The header of the same columns; head_outputs numbers them from 0. */
void head_name(struct buf *head, const char *name);
void head_outputs(struct buf *head, const char *name, size_t n);

#endif
