/* render/layout_table.h: a table between its three steps: read (layout_cells.c),
 * columns sized (layout_sizes.c), rows set (layout_table.c). */
#ifndef CANDOR_RENDER_LAYOUT_TABLE_H
#define CANDOR_RENDER_LAYOUT_TABLE_H

#include "render/layout_in.h"

struct cell {
    const struct doc_node *node;
    struct struct_elem *elem;
    struct para *paras;
    double least, most;     /* width of the content */
    double tail;            /* width after the decimal mark, < 0: no number */
    char unit;              /* first letter of a number's unit; 0: none */
    size_t column, span;
    bool num, bar;
    struct cell *next;
};

struct row {
    const struct doc_node *node;
    struct cell *cells;
    bool head;
    struct row *next;
};

struct column {
    double least, most, width, x;
    double tail; /* widest part after the decimal mark */
    double text; /* of a column with bars: what its words take */
    bool num, bar;
};

struct table {
    const struct doc_node *node;
    struct row *rows, *last;
    size_t row_count, head_count, column_count;
    struct column *columns;
    bool facts, plain;
    const struct doc_node *caption;
};

/* All cells with their paragraphs and elements; NULL: failed or empty. */
struct table *table_read(struct lay *l, const struct doc_node *n,
                         struct struct_elem *elem);
/* Width and place of each column; together `width`. */
void table_size(struct lay *l, struct table *t, double x, double width);

#endif
