/* shapley/explainer.h: what the estimators of this room share. Private. */
#ifndef CANDOR_SHAPLEY_EXPLAINER_H
#define CANDOR_SHAPLEY_EXPLAINER_H

#include "base/arena.h"
#include "shapley/estimators.h"

struct explainer {
    const struct estimator *estimator;
    const struct model *model;
    char *reference_name;
    size_t reference_count;
    size_t cap;            /* bytes the estimator may prepare */
    struct arena *arena;   /* holds everything below and the state */
    double *base;          /* [outputs] */
    double *tree_scale;    /* [trees]: weight × combine_scale */
    uint32_t *first_node;  /* [trees + 1]: a tree's nodes in flat arrays */
    size_t path_features;  /* most distinct features on one path */
    size_t scratch_doubles, scratch_words;
    const void *state;     /* the estimator's own */
};

struct explain_scratch {
    double *real;          /* [scratch_doubles] */
    uint64_t *word;        /* [scratch_words] */
    struct feature_path *path; /* [features], at rest */
};

/* Where a feature stands on the path from the root to the present node. */
struct feature_path {
    double share;          /* product of its cover shares so far */
    bool follows;          /* the row satisfies all its splits so far */
    bool seen;
};

extern const struct estimator path_dependent_estimator;
extern const struct estimator interventional_estimator;

/* Distinct features on the longest path of a tree; counts[features] is zero
 * before and after. */
size_t tree_path_features(const struct tree *t, uint16_t *counts);

#endif
