/* measure/split.h: rows apart by a code, each part in ascending score, so that
 * one sort by score serves every group and period. */
#ifndef CANDOR_MEASURE_SPLIT_H
#define CANDOR_MEASURE_SPLIT_H

#include "base/error.h"

#include <stdint.h>

struct split {
    size_t codes;
    uint32_t *row;  /* the rows of code c: row[start[c]] … row[start[c + 1] - 1] */
    size_t *start;  /* [codes + 1] */
    double unknown; /* rows whose code is not below codes */
};

/* Parts ascend by score; code[] by row. */
MUST_USE status split_new(const double *score, const uint16_t *code, size_t n,
                          size_t codes, struct split *out, struct error *e);
void split_free(struct split *s);

#endif
