/* recourse/region_in.h: what the files of the region share.
 *
 * A box gives every quantity a range; only those that the plan's levers move
 * have one that is more than a point. Leaves are oriented and scaled (sign ×
 * weight × combine_scale), so that the worst is the largest and a score passes
 * when its sum is at most `limit`. */
#ifndef CANDOR_RECOURSE_REGION_IN_H
#define CANDOR_RECOURSE_REGION_IN_H

#include "base/arena.h"
#include "recourse/region.h"

#include <math.h>
#include <string.h>

#define REGION_FAR   1e300  /* beyond every finite limit */
#define REGION_STEPS 0x1p52 /* grids end there */

enum region_kind {
    REGION_LEAF,
    REGION_LINE, /* a linear leaf, as the model has it */
    REGION_FLOAT,
    REGION_DOUBLE,
    REGION_OTHER
};

struct region_node {
    double value; /* threshold, or what the leaf adds */
    uint32_t quantity;
    uint32_t left, right; /* in region_score.node */
    uint32_t kind;
};

struct region_score {
    const struct model *model;
    const size_t *quantity; /* [features] */
    struct region_node
        *node;               /* of the trees of the output, one after another */
    const struct node **own; /* [nodes] as the model has them */
    uint32_t *root;          /* [trees] */
    size_t trees;            /* a network counts as one */
    const struct engine_score *network; /* with the opposite sign; NULL: trees */
    double sign, base, limit; /* limit: cutoff less guard and rounding */
    uint32_t *reads[RECOURSE_LEVERS_MAX]; /* trees that a lever can change */
    size_t readers[RECOURSE_LEVERS_MAX];
};

struct region {
    struct recourse_problem p;
    struct arena *arena;
    struct region_score *score;
    double unit[RECOURSE_LEVERS_MAX];
    int decimals[RECOURSE_LEVERS_MAX];
    uint32_t *formula;  /* in an order in which they can be computed */
    uint64_t *moved_by; /* [quantities] levers, formulas followed */
    uint64_t *rule_by;  /* [rules] levers that can break it */
};

struct region_scratch {
    struct arena *arena;
    double *from, *to;                   /* [quantities] */
    double *worst[RECOURSE_SCORES_MAX];  /* [trees] over the granted box */
    double *beyond[RECOURSE_SCORES_MAX]; /* over the nearest box refused */
    double *now[RECOURSE_SCORES_MAX];
    uint32_t *open[RECOURSE_SCORES_MAX]; /* trees where the two differ */
    size_t opens[RECOURSE_SCORES_MAX];
    double fixed[RECOURSE_SCORES_MAX]; /* sum of the others */
    uint8_t *mark;
    double *row, *margin; /* [features], [outputs] of the widest model */
    struct program_span *span; /* of programs: inputs, then their room */
    double *work; /* of networks, with ranges and coefficients of their inputs */
};

/* One plan being looked around. */
struct around {
    const struct region *g;
    struct region_scratch *s;
    const double *row, *after;
    const struct recourse_plan *plan;
    uint64_t moved; /* levers of the plan */
    bool still;     /* nothing can be said beyond the plan itself */
};

/* region_box.c: the ranges of all that lever of change i moves, for its values
 * low … high. False: it cannot be computed, or a rule could be broken. */
bool region_range(const struct around *a, size_t i, double low, double high);
double region_reread(const struct region *g, size_t lever, double value);

/* region_bound.c */
double region_tree(const struct region_scratch *s, const struct region_score *c,
                   uint32_t root);
MUST_USE status region_score_make(struct region *g, size_t which,
                                  struct error *e);

#endif
