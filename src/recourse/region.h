/* recourse/region.h: does a plan still pass when a changed value goes further?
 *
 * "55% or less" may be printed only when every value from the plan's to the
 * lever's own limit passes, all other changes of the plan being anywhere in
 * their own stretches too. The test is sound, not complete: the margin over
 * the box is bounded by the worst leaf of each tree that the box can reach. For
 * models monotone in these inputs the bound is the exact worst case. */
#ifndef CANDOR_RECOURSE_REGION_H
#define CANDOR_RECOURSE_REGION_H

#include "model/model.h"

struct region_side {
    size_t feature;
    double from, to; /* from <= to, both reached */
};

/* The worst margin (largest when `most`, else smallest) of one output over the
 * box, all features without a side staying at the row's values. NaN for models
 * with linear leaves. */
double region_worst(const struct model *m, size_t output, const double *row,
                    const struct region_side *side, size_t sides, bool most);

#endif
