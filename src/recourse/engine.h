/* recourse/engine.h: what the files of this room share. Private.
 *
 * Inside, scores are oriented: score = sign × margin, and a plan is wanted with
 * score <= cut. An axis is a lever with its candidates for one row in order of
 * value, the row's own value among them at `own` (categories: own first). A box
 * is an interval of indices on each axis. */
#ifndef CANDOR_RECOURSE_ENGINE_H
#define CANDOR_RECOURSE_ENGINE_H

#include "base/arena.h"
#include "recourse/recourse.h"

#include <math.h>

#define COST_GRAIN 0x1p-24

enum { AXIS_MAX = 65535, SCRATCH_MEMORY = 512 << 20 };

/* Candidates of one lever that do not depend on the row. */
struct lever_grid {
    double unit;                 /* grid: whole multiples of it */
    int decimals;
    size_t thresholds;           /* distinct, ascending, as compared */
    const double *threshold;
    const double *above, *below; /* nearest grid values on either side; NaN */
    double first, last;          /* grid values nearest inside low and high */
    const double *whole;         /* in an order rule: every grid value */
    size_t whole_count;
    double zero[3];              /* −unit, 0, unit where zero is missing */
    bool zero_missing;           /* some split takes zero as missing */
    bool sets;                   /* some split asks for a set of codes */
};

/* value(a) <= value(b). */
struct order {
    size_t feature_a, feature_b;
};

/* What of a problem the search can take. */
struct single {
    const struct model *model;
    size_t output;
    enum recourse_accept accept;
    double cutoff, guard;
    const struct recourse_lever *lever;
    size_t levers;
    const struct order *order;
    size_t orders, most_changes, most_candidates, alternatives;
    long node_budget;
    double (*reread)(void *context, size_t lever, double value);
    void *reread_context;
};

struct recourse {
    struct single p;
    struct arena *arena;
    const struct lever_grid *grid; /* [levers] */
    const int32_t *lever_of;       /* [features]: -1 none */
    const uint32_t *tree;          /* trees of the output */
    size_t trees;
    const uint32_t *first_node;    /* [model trees + 1] */
    const uint32_t *rank;          /* [nodes]: index in the lever's thresholds */
    double sign, cut;
};

struct axis {
    size_t count, own;
    double *value, *cost;
    bool set;           /* reach of a leaf is a set, not an interval */
    /* Leaves of the trees that read the axis, one bit each: `from[i]` holds
     * those whose lower end is at most i, `to[i]` those whose upper end is at
     * least i; with sets, from[i] holds those that i reaches. */
    size_t words;
    uint32_t *at;       /* [words]: index in the game's words */
    uint64_t *from, *to; /* [count][words] */
};

/* What is left of a model when all but the levers is fixed. */
struct game {
    size_t axes;
    struct axis *axis;   /* one a lever; count 1: fixed */
    size_t trees, words;
    uint32_t *first_word; /* [trees + 1] */
    uint64_t *full;      /* [words]: bits that are leaves */
    double *value;       /* [words × 64]: scores, best in the top bit */
    double constant;
    double limit;        /* cut with room for the order of summation */
};

struct box {
    double cost;
    uint32_t forced;     /* axes whose own value is outside */
    uint32_t order;      /* of birth */
    uint16_t *low, *high; /* [axes] */
};

struct best_plan {
    bool found;
    double cost;
    uint32_t changes;
    uint16_t index[RECOURSE_LEVERS_MAX];
};

struct recourse_scratch {
    const struct recourse *owner;
    struct arena *row;    /* one row's game */
    struct arena *boxes;  /* one search */
    double *value, *margin;
};

/* grid.c */
bool compares_below(const struct model *m, double x, double threshold);
MUST_USE status grids_make(struct recourse *r, struct error *e);

/* candidates.c */
size_t distinct_values(double *x, size_t n); /* sorts; how many are left */
MUST_USE status axis_make(const struct recourse *r, size_t lever, double own,
                          struct arena *a, struct axis *out, struct error *e);

/* game.c */
MUST_USE status game_make(const struct recourse *r, const double *row,
                          struct arena *a, struct game *out, struct error *e);

/* bound.c: masks are [words]. */
void mask_narrow(const struct axis *x, uint64_t *mask, size_t low, size_t high);
double mask_score(const struct game *g, const uint64_t *mask);

/* search.c: `open[axes]` says which axes may move. */
struct trial {
    const struct recourse *r;
    const struct game *g;
    const double *row;
    struct recourse_scratch *s;
    bool open[RECOURSE_LEVERS_MAX];
    struct best_plan best;
    bool guarded;        /* something passed the cutoff alone */
    double guarded_cost; /* the cheapest of it */
    double lower;
    long nodes;
    enum recourse_status status;
};
/* Tries the point index[axes]; keeps it when it is valid and better. */
bool trial_point(struct trial *t, const uint16_t *index);
MUST_USE status trial_search(struct trial *t, struct error *e);

/* greedy.c */
struct nearest {
    long axis;
    uint16_t index;
    double score;
};
MUST_USE status greedy_start(struct trial *t, struct nearest *out,
                             struct error *e);
bool orders_hold(const struct trial *t, const uint16_t *index);

#endif
