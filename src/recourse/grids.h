/* recourse/grids.h: printable values of the levers, whatever the row. Private. */
#ifndef CANDOR_RECOURSE_GRIDS_H
#define CANDOR_RECOURSE_GRIDS_H

#include "recourse/space.h"

#include <math.h>
#include <string.h>

/* A threshold that some score asks of the lever's quantity, with the grid
 * values nearest to it on either side; NaN where there is none. */
struct cut {
    double at;
    enum model_compare compare;
    double above, below;
};

/* A value that a lever may take, and the share of its sample at most that. */
struct grid_share {
    double at, share;
};

struct lever_grid {
    double unit;                 /* grid: whole multiples of it */
    int decimals;
    size_t cuts;                 /* distinct, ascending */
    struct cut *cut;
    double first, last;          /* grid values nearest inside low and high */
    const double *whole;         /* every grid value of low … high */
    size_t whole_count;
    double zero[3];              /* −unit, 0, unit where zero is missing */
    bool zero_missing;           /* some split takes zero as missing */
    const struct grid_share *share; /* PERCENTILE: of every value that it may
                                     * take in any row, ascending */
    size_t shares;
};

struct grids {
    struct lever_grid *lever;    /* [levers] */
};

/* The name of a lever, a quantity, a rule or a formula in messages. */
const char *lever_name(const struct recourse_problem *p, size_t lever);
const char *quantity_name(const struct recourse_problem *p, size_t quantity);

/* checks.c: everything that recourse.h promises of a problem, but grids. */
MUST_USE status problem_check(const struct recourse_problem *p,
                              struct error *e);
/* checks_parts.c: what levers, formulas and rules do to each other. */
MUST_USE status parts_check(const struct recourse_problem *p, struct error *e);
/* Some score reads the quantity as a category. */
bool takes_words(const struct recourse_problem *p, size_t quantity);
/* Digits after the point that a lever's values are printed with, and its unit. */
MUST_USE status lever_unit(const struct recourse_problem *p, size_t lever,
                           double *unit, int *decimals, struct error *e);

/* cost.c: the share of a lever's sample that is at most x, and what a change
 * between two such shares costs. */
double lever_share(const struct recourse_lever *l, double x);
double lever_share_cost(const struct recourse_lever *l, double from, double to);

/* formulas.c */
/* The order in which formulas can be computed; false: they run in a circle
 * through *at. order[formulas]. */
bool formulas_order(const struct recourse_problem *p, size_t *order,
                    size_t *at);
/* What a lever at `value` makes of the quantities that it moves. */
void lever_moves(const struct recourse_lever *l, const double *row, double own,
                 double value, double *quantity);
double effect_value(const struct recourse_effect *x, double at, double change);
/* Is a missing value computed from the row? An input of the decision's model
 * stays missing, as it was when the model decided. */
bool formula_fills(const struct recourse_problem *p,
                   const struct recourse_formula *f);
/* NaN where it cannot be computed. */
double formula_value(const struct recourse_formula *f, double a, double b);
/* Range of the value over ranges of its operands; NaN, NaN: none. */
void formula_range(const struct recourse_formula *f, const double a[2],
                   const double b[2], double out[2]);

#endif
