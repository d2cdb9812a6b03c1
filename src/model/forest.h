/* model/forest.h: how a forest's trees are added up, for one row and for many.
 * Private to the room. */
#ifndef CANDOR_MODEL_FOREST_H
#define CANDOR_MODEL_FOREST_H

#include "model/model.h"

/* A row's margins from start to end: in double, or as the library does it. */
enum forest_sum { FOREST_SUM_DOUBLE, FOREST_SUM_NATIVE, FOREST_SUM_NATIVE_FLOAT };

enum forest_sum forest_sum_of(const struct model *m, bool native);
void forest_begin(const struct model *m, enum forest_sum s, double *margin);
void forest_end(const struct model *m, enum forest_sum s, double *margin);

/* value: what the tree's leaf adds, its weight excluded. */
static inline void forest_add(const struct model *m, enum forest_sum s,
                              const struct tree *t, double value,
                              double *margin)
{
    if (s == FOREST_SUM_NATIVE_FLOAT) {
        float add = (float)value * (float)t->weight;
        margin[t->output] = (double)((float)margin[t->output] + add);
    } else if (s == FOREST_SUM_NATIVE && m->library == LIBRARY_LIGHTGBM) {
        margin[t->output] += value; /* its leaves hold the trees' weights */
    } else {
        margin[t->output] += t->weight * value;
    }
}

/* rows[n][features] → margin[n][outputs], the bits that model_margin and
 * model_margin_native give row by row. False: no memory, nothing is written. */
bool forest_block(const struct model *m, const double *rows, size_t n,
                  bool native, double *margin);

#endif
