/* formats/table_lines.h: a model written as a small table: its lines, columns
 * found by the words of its header. Lines that begin with # are notes, of which
 * `# link: logit` counts as the line link, logit. */
#ifndef CANDOR_FORMATS_TABLE_LINES_H
#define CANDOR_FORMATS_TABLE_LINES_H

#include "base/arena.h"
#include "base/stream.h"

enum table_role { TABLE_NAME, TABLE_BIN, TABLE_POINTS, TABLE_COEFFICIENT,
                  TABLE_LEVEL, TABLE_REASON, TABLE_BASELINE, TABLE_COUNT,
                  TABLE_ROLES };

enum table_form { TABLE_NONE, TABLE_SCORECARD, TABLE_GLM };

struct table_line {
    const char *cell[TABLE_ROLES]; /* no blanks around; "" where empty */
    long line;
};

struct table_lines {
    struct arena *arena;
    const char *source;
    struct table_line *line;
    size_t count, room;
    bool has[TABLE_ROLES];
    const char *unread; /* header words of columns that say nothing here */
    bool comma;         /* numbers may have a decimal comma */
};

/* The form whose header the first line that is no note has; its delimiter. */
enum table_form table_lines_form(const char *bytes, size_t length,
                                 char *delimiter);

/* Reads the whole table. t must be zeroed. */
MUST_USE status table_lines_read(struct table_lines *t, struct stream in,
                                 enum table_form form, size_t memory_cap,
                                 struct error *e);
void table_lines_free(struct table_lines *t);

/* A number of a cell; false: it is none. */
bool table_lines_number(const struct table_lines *t, const char *cell,
                        double *out);
bool table_lines_empty(const char *cell); /* "", "NA", "-" */
/* Fills e with the class, the line and the text; returns the class. */
status table_lines_fault(const struct table_lines *t, long line,
                         struct error *e, status class, const char *format, ...)
    PRINTF(5, 6);
/* Does the text equal one of a list that ends with NULL, whatever its case? */
bool table_lines_among(const char *text, const char *const *list);

#endif
