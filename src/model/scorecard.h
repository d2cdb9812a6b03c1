/* model/scorecard.h: points by characteristic, and how its reason codes are
 * found (PMML 4.4, Scorecard; ECOA comment 9(b)(2)-5). The trees of such a model
 * are the characteristics in order, one a tree, each reading one input (or, in
 * PMML, several): what tree i adds is that characteristic's partial score. */
#ifndef CANDOR_MODEL_SCORECARD_H
#define CANDOR_MODEL_SCORECARD_H

#include "model/model.h"

enum reason_points {
    POINTS_ABOVE, /* loss = partial score − baseline */
    POINTS_BELOW  /* loss = baseline − partial score */
};

struct scorecard_code {
    const char *code; /* reason code of the bin, else of the characteristic */
    double baseline;  /* of the bin, else of the characteristic, else of all */
};

struct scorecard {
    double initial;                 /* points that everybody has */
    enum reason_points points;
    bool reasons;                   /* the file asks for reason codes */
    size_t characteristics;         /* = trees */
    const char *const *name;        /* [characteristics] */
    /* [characteristics][leaves of that tree in the order of its nodes]; NULL
     * where the card has no codes */
    const struct scorecard_code *const *code;
};

struct scorecard_reason {
    size_t characteristic;
    const char *code;
    double loss;    /* points lost against the baseline; never negative here */
    double partial; /* points received */
};

/* The card's own ranking: largest loss first, ties in the card's order, equal
 * codes once, losses of 0 or less last and left out when `lost_only`. Fills at
 * most `most` reasons; returns how many. */
size_t scorecard_reasons(const struct model *m, const double *row,
                         bool lost_only, struct scorecard_reason *out,
                         size_t most);

#endif
