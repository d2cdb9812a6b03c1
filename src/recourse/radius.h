/* recourse/radius.h: how small a change of any inputs flips a decision.
 *
 * The radius is the smallest r such that moving every named input by at most
 * r × its scale can turn a pass into a fail, or the other way. It says how near
 * the decision is to turning by measurement noise; nobody is told to move
 * there.
 *
 * A decision is what the library's own sum says: model_margin_native against
 * the cutoff. Every region between thresholds has one answer, so the radius is
 * the distance of a region. `lower` is certified: no row nearer than it flips
 * (but for the rounding of the distance itself).
 * `upper` was found: `flip` is a row that far away which the native sum refuses
 * (or accepts). `proven` when the two are within a stated share of each other.
 *
 * Method: bisection over the distances at which a new threshold is met; at
 * each, depth-first branch and bound over boxes with a bound from trees
 * multiplied out while they stay small (Chen et al. 2019 merge trees likewise;
 * Devos, Meert and Davis 2021 search such boxes best-first). Budgets count
 * boxes: the same input gives the same answer on any machine. */
#ifndef CANDOR_RECOURSE_RADIUS_H
#define CANDOR_RECOURSE_RADIUS_H

#include "recourse/recourse.h"

#define RADIUS_NODES_DEFAULT 200000L
#define RADIUS_WITHIN        1e-3 /* relative width at which it is proven */

struct radius_question {
    const struct model *model;
    size_t output;
    enum recourse_accept accept;
    double cutoff; /* on the margin */
    /* [features] > 0: moved by at most r × scale; else it stays. Missing and
     * infinite values stay, and so do inputs whose splits list categories. */
    const double *scale;
    long node_budget; /* boxes for each row; 0: the default */
};

struct radius; /* what all rows share; immutable, for all threads */

/* Copies the scales; the model must outlive it. ARGUMENT: no such output, no
 * finite cutoff. UNSUPPORTED: linear leaves. */
MUST_USE status radius_prepare(const struct radius_question *q,
                               struct radius **out, struct error *e);
void radius_free(struct radius *r);

struct radius_result {
    bool passes;         /* the decision of the row itself */
    bool never;          /* proven: no movement of these inputs flips it;
                          * lower = upper = INFINITY */
    double lower, upper; /* upper INFINITY: no flip found */
    bool proven;
    long nodes;
};

/* flip[features]: the flipping row found, or the row itself when there is none.
 * LIMIT: the row's thresholds need too much memory. */
MUST_USE status radius_find(const struct radius *r, const double *row,
                            double *flip, struct radius_result *out,
                            struct error *e);

#endif
