/* recourse/search.h: one search. Private. */
#ifndef CANDOR_RECOURSE_SEARCH_H
#define CANDOR_RECOURSE_SEARCH_H

#include "recourse/engine.h"

struct box {
    double cost;     /* of its cheapest corner */
    double bound;    /* no plan in it costs less; by price beyond cost */
    uint32_t forced; /* axes whose own value is outside */
    uint32_t order;  /* of birth */
    struct proof_node *hole; /* what the proof says of it; NULL: none wanted */
    uint16_t *low, *high;    /* [axes] */
};

struct best_plan {
    bool found;
    double cost, margin;
    double native; /* NAN: not asked */
    uint32_t changes;
    uint16_t index[RECOURSE_LEVERS_MAX];
};

/* One row's row-long state; one a thread. */
struct recourse_scratch {
    struct arena *row;                 /* the row's game and proof */
    struct arena *boxes;               /* one search */
    double *quantity, *value, *margin; /* [quantities], [features], [outputs] */
};

/* A plan that is looked for. */
struct trial {
    const struct recourse *r;
    const struct game *g;
    struct recourse_scratch *s;
    uint64_t open;   /* axes that may move */
    uint64_t one_of; /* one of these has to; 0: none */
    /* Sets of axes of which at least one has to stay. */
    uint64_t apart[RECOURSE_ALTERNATIVES_MAX];
    size_t aparts;
    size_t most_changes;
    long budget;
    double shift; /* score[0] passes by this much more */
    struct best_plan best;
    bool guarded;        /* something passed the cutoff alone */
    double guarded_cost; /* the cheapest of it */
    double lower;
    long nodes;
    enum recourse_status status;
    struct prover *prover; /* NULL: no proof wanted */
};

enum { VIEW_STILL = UINT8_MAX };
/* Bounds of a box with one axis at other positions. */
struct view {
    uint64_t *before, *after; /* [n + 1][words]: of those that move, axes before
                               * k and all that stay; from k on */
    const uint64_t *all;      /* [words]: all axes */
    size_t moving;
    uint8_t at[RECOURSE_LEVERS_MAX]; /* k → place in before; VIEW_STILL */
    struct masks_term *formula;      /* [formulas] */
    uint64_t *row; /* [2 × formulas][words]: where one is missing, in the
                    * view and with one axis elsewhere */
    uint16_t low[RECOURSE_LEVERS_MAX], high[RECOURSE_LEVERS_MAX];
    struct relax_bound *relaxed; /* instead of all of it, without masks */
};

struct search {
    struct trial *t;
    const struct game *g;
    const struct space *space;
    size_t n;                          /* axes that can move */
    uint8_t axis[RECOURSE_LEVERS_MAX]; /* k → axis */
    size_t formulas;                   /* readers that some of them move */
    uint16_t *formula;
    uint64_t *base;          /* [words]: what the fixed axes leave */
    uint64_t *own_row;       /* [levels][n][words]: see own_term */
    double *limit;           /* [parts] */
    struct view whole, own;  /* own: free axes at their own values */
    struct masks_term *term; /* [formulas + n + 2] */
    /* Of the last bound that missed: why. */
    enum proof_kind why;
    uint16_t which;
    double near[RECOURSE_LEVERS_MAX]; /* excess with k staying near */
    bool must[RECOURSE_LEVERS_MAX];   /* free, but unchanged misses … */
    struct proof_node reason[RECOURSE_LEVERS_MAX]; /* … and why */
    bool refused; /* the corner's bound passes, its sums do not */
    struct box *heap;
    size_t count, room;
    uint32_t births;
    struct pricer *pricer; /* NULL until the search grows long: … */
    long until_priced;     /* … so many boxes from now; 0: never */
    struct relax_bound *spare; /* without masks: for other boxes than a view's */
    double lambda;             /* the last box's price of the score */
};

static inline const struct axis *axis_at(const struct search *s, size_t k)
{
    return &s->space->axis[s->axis[k]];
}

static inline bool holds_own(const struct axis *x, const struct box *b,
                             size_t a)
{
    return b->low[a] <= x->own && x->own <= b->high[a];
}

/* The box's value nearest to the row's own: the cheapest. */
static inline uint16_t nearest_index(const struct axis *x, const struct box *b,
                                     size_t a)
{
    if (b->low[a] > x->own)
        return b->low[a];
    return b->high[a] < x->own ? b->high[a] : (uint16_t)x->own;
}

static inline bool is_free(const struct search *s, const struct box *b,
                           size_t k)
{
    return holds_own(axis_at(s, k), b, s->axis[k]);
}

/* views.c, bound.c */
MUST_USE status bounds_make(struct search *s, struct arena *a, struct error *e);
/* Terms of masks: a reader's axis at positions low … high; the same by place in
 * the search; axes first … end − 1 at their own values; a formula over a box
 * (false: nothing can be computed; `row` is used for the missing state). */
struct masks_term axis_term(const struct game *g, size_t reader, size_t low,
                            size_t high);
struct masks_term position_term(const struct search *s, size_t k, size_t low,
                                size_t high);
struct masks_term own_term(const struct search *s, size_t first, size_t end);
bool formula_term(const struct search *s, const struct reader *r,
                  const uint16_t *low, const uint16_t *high, uint64_t *row,
                  struct masks_term *out);

/* views.c: the view of a box; `own` puts free axes at their own values. Axes of
 * one position stay, so that excess_with may not be asked of them, unless
 * `all`. view_begin is enough for view_excess, one_leaf and prices, view_end
 * for excess_with. */
void view_begin(struct search *s, struct view *v, const struct box *b, bool own,
                bool all);
void view_end(struct search *s, struct view *v);
/* How far the worst score's bound is beyond its limit (0 or less: none is),
 * INFINITY when a formula cannot be computed; sets why and which. */
double view_excess(struct search *s, const struct view *v);
double excess_with(struct search *s, const struct view *v, size_t k, size_t low,
                   size_t high);
/* Sum of one score at an index, groups in order; with masks alone. */
double point_score(struct search *s, const uint16_t *index, size_t part);
/* At an index: as excess_with. */
double point_excess(struct search *s, const uint16_t *index);
/* One leaf left in every group. */
bool one_leaf(struct search *s, const struct view *v);

/* trial.c */
enum point {
    POINT_TAKEN,
    POINT_NO_BETTER, /* valid or not, it would not come first */
    POINT_BROKEN,    /* a rule or a formula */
    POINT_REFUSED    /* a cutoff, guard or native sum */
};
/* Tries the point index[axes]; keeps it when it is valid and better. */
enum point trial_point(struct trial *t, const uint16_t *index);
/* Keeps a point that passes, and that trial_allows, when it is better. */
enum point trial_keep(struct trial *t, const uint16_t *index, double margin,
                      double native);
/* Rules, and one that has to move. */
bool trial_allows(const struct trial *t, const uint16_t *index);
void trial_point_sums(struct trial *t, const uint16_t *index, double *margin,
                      double *native);
/* The point passes every cutoff (by its guard), and natively; *margin of the
 * first score, NAN where a formula cannot be computed. */
bool trial_passes(struct trial *t, const uint16_t *index, bool guards,
                  double *margin);

/* narrow.c */
void price_box(const struct search *s, struct box *b);
/* It cannot (see promising), which is the leaf. */
bool unwanted(struct search *s, struct box *b);
/* Can anything in the box come before the best plan so far? */
bool promising(const struct search *s, const struct box *b);
/* Shrinks the box without losing a plan; false: nothing in it is wanted. */
bool narrow(struct search *s, struct box *b);
/* Candidates too dear, too many changes, rules: false when nothing is left. */
bool narrow_plainly(struct search *s, struct box *b);

/* narrow_rules.c: shrink the box; false: nothing in it is left. *changed: some
 * rule took something off. */
bool narrow_rules(struct search *s, struct box *b, bool *changed);
/* One of some axes has to move: with one left that can, it does. */
bool narrow_one_of(struct search *s, struct box *b);
/* Not all of some axes may move: with one left, it stays. */
bool narrow_apart(struct search *s, struct box *b, uint64_t set);

/* search.c */
MUST_USE status search_start(struct search *s, struct trial *t,
                             struct error *e);
MUST_USE status trial_search(struct trial *t, struct search *s,
                             struct error *e);

/* greedy.c */
struct nearest {
    long axis;
    uint16_t index;
    double score;
    bool judged, enough; /* by who looked for it: no further question … */
    double margin;       /* … and its margin */
};
MUST_USE status greedy_start(struct search *s, struct nearest *out,
                             struct error *e);

/* prove.c: the box calls change the box, and record it when it has a hole. */
struct proof_block;
struct prover {
    struct arena *a;
    struct proof_node *root;
    struct proof_block *block; /* all nodes */
    bool full;                 /* out of memory: no proof */
};
MUST_USE status prover_start(struct prover *p, struct arena *a,
                             struct error *e);
/* The box is refuted. */
void prove_leaf(struct search *s, struct box *b, enum proof_kind kind,
                size_t which);
/* Takes positions below `low` (above `high`) off axis a, each part refuted. */
void prove_low(struct search *s, struct box *b, size_t a, size_t low,
               enum proof_kind kind, size_t which);
void prove_high(struct search *s, struct box *b, size_t a, size_t high,
                enum proof_kind kind, size_t which);
/* Takes the part of axis k beyond own (up or down) off: it uses up the last
 * change, and with all other free axes at their own values a score misses. */
/* Axes that are free stay: as many as may move do. */
void prove_stay(struct search *s, struct box *b);
void prove_alone(struct search *s, struct box *b, size_t k, bool up);
/* More free axes have to move than may: nothing is left. */
void prove_musts(struct search *s, struct box *b);
/* Three parts of free axis k (each NULL without a proof). */
struct proof_parts {
    struct proof_node *own, *below, *above;
};
struct proof_parts prove_three(struct search *s, struct box *b, size_t k);
/* Two halves of an axis on one side of own: up to `middle`, and beyond. */
struct proof_parts prove_two(struct search *s, struct box *b, size_t k,
                             size_t middle);
/* Whatever no leaf was set for costs the claim or more. */
MUST_USE status prove_finish(const struct search *s, struct recourse_proof *out,
                             struct error *e);

#endif
