/* shapley/columns.h: the byte columns that a model's splits need, and each
 * split as `byte < limit`. Thresholds of one feature that treat missing values
 * alike share a column (several where there are more than BINS_CUTS); equal
 * category sets share one. Together they say exactly what node_goes_left says,
 * for every double. */
#ifndef CANDOR_SHAPLEY_COLUMNS_H
#define CANDOR_SHAPLEY_COLUMNS_H

#include "base/arena.h"
#include "kernel/bins.h"
#include "model/model.h"

struct columns {
    size_t count;
    struct bins_column *column; /* [count], by feature ascending */
    const uint32_t *first_node; /* [trees + 1]: node j of tree i stands at
                                   first_node[i] + j */
    const uint32_t *of;         /* [all nodes] column of a split; 0 in leaves */
    const uint8_t *limit;       /* [all nodes] left iff byte < limit */
};

/* Lives in the arena; sets point into the model. */
MUST_USE status columns_build(const struct model *m, struct arena *a,
                              struct columns *out, struct error *e);
/* Bytes of the arrays that columns_build leaves, at most. */
size_t columns_bytes(const struct model *m);

#endif
