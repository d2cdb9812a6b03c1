/* measure/probing.h: what the files of probe.h share. */
#ifndef CANDOR_MEASURE_PROBING_H
#define CANDOR_MEASURE_PROBING_H

#include "measure/probe.h"

/* Changes a copy of row `index` before it is scored; called in row order. */
typedef void probing_change(void *self, size_t index, double *row);

/* out[n] = scores of the changed rows; change NULL: as found. */
MUST_USE status probing_score(const struct scorer *m,
                              const struct probe_rows *rows,
                              probing_change *change, void *self, double *out,
                              struct error *e);
/* The present values of an input, ascending; free with mem_free. count 0 is no
 * failure. */
MUST_USE status probing_column(const struct probe_rows *rows, size_t input,
                               double **values, size_t *count, struct error *e);
MUST_USE status probing_input(const struct probe_rows *rows, size_t input,
                              struct error *e);

#endif
