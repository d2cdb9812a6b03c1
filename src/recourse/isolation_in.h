/* recourse/isolation_in.h: what the two files of the isolation forest share. */
#ifndef CANDOR_RECOURSE_ISOLATION_IN_H
#define CANDOR_RECOURSE_ISOLATION_IN_H

#include "base/arena.h"
#include "recourse/isolation.h"

#include <stdlib.h>

enum { STREAM_ROWS = 1, STREAM_CUTS = 2 };

struct isolation {
    struct model *model;
    double *point; /* [points] ascending path sums */
    size_t points, ranked;
};

struct fit {
    const struct isolation_table *table;
    size_t trees, sample;
    uint64_t seed;
    struct arena *arena;
    uint32_t *chosen;    /* [trees × sample] places in data */
    const uint32_t *row; /* [kept] rows of the table, ascending */
    size_t kept, filled;
    double *data; /* [kept][columns], NaN missing */
    double *block;
    size_t block_rows;
    double *path; /* [ranked] */
    struct isolation *out;
};

MUST_USE status isolation_grow(struct fit *f, struct model **out,
                               struct error *e);

#endif
