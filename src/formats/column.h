/* formats/column.h: one list of numbers of a tree, read before the tree can be
 * made of it. */
#ifndef CANDOR_FORMATS_COLUMN_H
#define CANDOR_FORMATS_COLUMN_H

#include "base/error.h"

struct column {
    double *value;
    size_t count, room;
    bool given;
    long line; /* where it stands, when the format has lines */
};

/* Bytes that all columns of a file may take together, and take. */
struct column_cap {
    size_t cap, held;
};

MUST_USE status column_add(struct column *c, double x, struct column_cap *cap,
                           struct error *e);
void columns_clear(struct column *c, size_t count); /* keeps the memory */
void columns_free(struct column *c, size_t count);

#endif
