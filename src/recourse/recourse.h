/* recourse/recourse.h: the smallest change that would have changed the result.
 *
 * A plan changes at most K levers to values that can be printed; its cost is
 *   Σ over changed levers of  weight × |change| / scale + fixed
 * (a category counts one scale a change). Costs are rounded to 2^-24 each, so
 * that sums are exact and equal costs are equal; a change costs at least that.
 * Among plans of equal cost: fewer changes, then the earlier levers, then the
 * earlier values decide. The answer depends on nothing but the inputs.
 *
 * Search: best-first over boxes of candidate values with an admissible bound of
 * the margin (each tree's best leaf that the box can still reach). Values stand
 * on the print grid: multiples of `step`, or of 10^-decimals without a step,
 * each the double that reads back from its decimal text. A lever outside all
 * order rules has one candidate for each interval between thresholds, the grid
 * value nearest to the applicant; a lever in an order rule has its whole grid.
 *
 * A plan is accepted when the margin in double precision passes the cutoff by
 * `guard` and model_margin_native of the re-read row passes the cutoff. */
#ifndef CANDOR_RECOURSE_RECOURSE_H
#define CANDOR_RECOURSE_RECOURSE_H

#include "base/error.h"
#include "model/model.h"

enum {
    RECOURSE_LEVERS_MAX = 64,
    RECOURSE_CHANGES_MAX = 16,
    RECOURSE_ALTERNATIVES_MAX = 2,
    RECOURSE_GRID_MAX = 1000,      /* default cap of a whole grid */
    RECOURSE_CHANGES_DEFAULT = 3,
    RECOURSE_WITHIN_MAX = 100      /* percent; a wider gap is only FOUND */
};
#define RECOURSE_NODES_DEFAULT 20000L

enum recourse_direction { RECOURSE_BOTH, RECOURSE_UP, RECOURSE_DOWN };
enum recourse_accept { RECOURSE_AT_MOST, RECOURSE_AT_LEAST };

struct recourse_lever {
    size_t feature;                /* index in the model */
    enum recourse_direction direction;
    double low, high;              /* of new values; -INFINITY, INFINITY: none */
    double step;                   /* 0: 10^-decimals */
    int decimals;                  /* of the printed value, 0…9; -1: those of
                                    * the step (an error without a step) */
    bool integer;                  /* whole numbers only */
    const double *code;            /* category: the codes it may take; NULL: number */
    size_t codes;
    double weight, scale, fixed;   /* weight, fixed >= 0, not both 0; scale > 0 */
    bool frozen;                   /* not to be moved in this problem */
};

/* value(a) <= value(b) in every plan. A rule that concerns no lever, or an
 * input the row does not have, is not asked. */
struct recourse_order {
    size_t feature_a, feature_b;
};

struct recourse_problem {
    const struct model *model;
    size_t output;
    enum recourse_accept accept;
    double cutoff;                 /* on the margin */
    double guard;                  /* >= 0; recourse_guard() is a sound one */
    const struct recourse_lever *lever;
    size_t levers;
    const struct recourse_order *order;
    size_t orders;
    size_t most_changes;           /* 0: RECOURSE_CHANGES_DEFAULT */
    long node_budget;              /* boxes for each status; 0: the default */
    size_t most_candidates;        /* of a whole grid; 0: RECOURSE_GRID_MAX */
    size_t alternatives;           /* wanted, at most RECOURSE_ALTERNATIVES_MAX */
    /* The printed form: value → the double that its text reads back to.
     * NULL: `decimals` digits after the point. Must not decrease in value and
     * must leave its own results alone. */
    double (*reread)(void *context, size_t lever, double value);
    void *reread_context;
};

/* The five words; RECOURSE_MET is not a status of a search: the row passes the
 * cutoff as it is, so there is nothing to look for. */
enum recourse_status {
    RECOURSE_PROVEN_SMALLEST,
    RECOURSE_WITHIN,
    RECOURSE_FOUND,
    RECOURSE_IMPOSSIBLE,
    RECOURSE_UNDECIDED
};
/* "proven smallest change", "within x% of smallest" (the caller's messages put
 * the figure), "found, not proven", "proven impossible within the listed
 * limits", "not decided in time". */
const char *recourse_status_word(enum recourse_status s);

struct recourse_change {
    size_t lever, feature;
    double from, to, cost;
};

struct recourse_plan {
    enum recourse_status status;
    size_t changes;                /* 0: no plan */
    struct recourse_change change[RECOURSE_CHANGES_MAX]; /* in lever order */
    double cost;
    double lower;                  /* proven: no plan costs less */
    double gap;                    /* (cost − lower) / lower; INFINITY: unknown */
    double margin;                 /* of the plan, double precision */
    double native;                 /* model_margin_native of the re-read row */
    long nodes;                    /* boxes looked at */
    bool guard_changed;            /* a plan at most as dear passed the cutoff
                                    * but not the guard or the native sum */
};

struct recourse_result {
    double margin;                 /* of the row */
    struct recourse_plan plan;
    /* Plans that use none of the levers of those before; each with its own
     * status; one without changes ends the list and says why there is none. */
    struct recourse_plan alternative[RECOURSE_ALTERNATIVES_MAX];
    size_t alternatives;
    /* The one lever that alone brings the margin nearest to the cutoff. */
    long nearest_lever;            /* -1: no lever moves the margin towards it */
    double nearest_value, nearest_margin;
    bool nearest_enough;           /* it passes alone */
    /* Levers that could not move because the row's value is missing. */
    bool missing[RECOURSE_LEVERS_MAX];
    size_t missing_count;
};

struct recourse;         /* checked problem; immutable, shared by all threads */
struct recourse_scratch; /* one a thread */

/* Copies the problem's arrays; the model and reread_context must outlive it.
 * ARGUMENT names the lever (by its feature) and what is wrong; UNSUPPORTED
 * names what the model has that cannot be searched ("linear leaves"). */
MUST_USE status recourse_prepare(const struct recourse_problem *p,
                                 struct recourse **out, struct error *e);
void recourse_free(struct recourse *r);

MUST_USE status recourse_scratch_new(const struct recourse *r,
                                     struct recourse_scratch **out,
                                     struct error *e);
void recourse_scratch_free(struct recourse_scratch *s);

/* DATA when the row passes the cutoff already ("the cutoff is met …").
 * LIMIT when a row's search would need more memory than the scratch may take. */
MUST_USE status recourse_solve(const struct recourse *r,
                               struct recourse_scratch *s, const double *row,
                               struct recourse_result *out, struct error *e);

/* Largest difference between the library's own sum and the exact one, over all
 * rows: XGBoost adds float32 in tree order, LightGBM doubles. */
double recourse_guard(const struct model *m, size_t output);

/* A cost as people read it: to a millionth, without the noise of adding binary
 * fractions (costs are kept to 2^-24). */
double recourse_cost_shown(double cost);

/* Cost of moving one lever from `from` to `to`, as the search counts it. */
double recourse_cost(const struct recourse_lever *lever, double from, double to);

#endif
