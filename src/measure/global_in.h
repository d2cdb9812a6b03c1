/* measure/global_in.h: what the files of global.h share. */
#ifndef CANDOR_MEASURE_GLOBAL_IN_H
#define CANDOR_MEASURE_GLOBAL_IN_H

#include "base/arena.h"
#include "measure/global.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 wide_bits;

enum { GLOBAL_QUANTUM_BITS = 40, GLOBAL_REACH_BITS = 9 };

struct global_cell { /* of a player or a pair, whole quanta */
    wide sum, absolute, square;
};

struct global_range {
    wide sum, square;
    int64_t n, least, most;
    double low, high;
};

struct global_column { /* a player's bins */
    enum global_kind kind;
    size_t feature, edges, codes;
    double edge[GLOBAL_EDGES + 1]; /* behind the edges NaN: below nothing */
    size_t first, bins;            /* in a group's bins */
};

struct global {
    struct arena *arena;
    size_t players, columns, groups, pairs, ranges;
    size_t start[GLOBAL_COLUMNS];  /* first group of each column, from 1 */
    size_t codes[GLOBAL_COLUMNS];
    bool group_bins;
    int exponent;                  /* the quantum is 2^exponent */
    double scale, limit;           /* quanta in 1; largest that is taken */
    struct global_column *column;  /* [players]; NULL: no bins */
    int64_t *n, *paired;           /* [groups] rows added */
    struct global_cell *cell;      /* [groups][players] */
    struct global_range *range;    /* [groups or 1][ranges] */
    struct global_cell *pair;      /* [groups][pairs] */
};

/* First groups of the columns; LIMIT when there are too many groups. */
MUST_USE status global_layout(size_t columns, const size_t *codes,
                              size_t start[GLOBAL_COLUMNS], size_t *groups,
                              struct error *e);

#endif
