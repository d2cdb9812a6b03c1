/* model/monotone.h: does each tree keep the direction its training declared?
 * Sound, never complete: what is reported is a real pair of leaves, both of
 * them reached by two rows that differ in this input alone. */
#ifndef CANDOR_MODEL_MONOTONE_H
#define CANDOR_MODEL_MONOTONE_H

#include "model/model.h"

/* direction[features] in -1, 0, 1 from the parameter monotone_constraints, in
 * column order; false where there is none or it cannot be read. */
bool monotone_declared(const struct model *m, int *direction);
/* The first tree that turns against the direction, and by how much. */
bool monotone_broken(const struct model *m, size_t feature, int direction,
                     long *tree, double *by);

#endif
