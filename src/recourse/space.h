/* recourse/space.h: what one person's levers can do. Private to the room.
 *
 * An axis is a lever with its candidates for one row; a box is an interval of
 * positions on each axis; an index is one position on each. Numbers stand in
 * order of value, the own value among them at `own`. Listed axes (unordered
 * categories, axes with a missing state) stand own first, then by cost, then as
 * listed. So cost never falls away from `own`, and the position of a box nearest
 * to `own` is its cheapest.
 *
 * A column is a quantity that moves. With one lever it is a value a position;
 * with several it is computed: a box gives it a range. */
#ifndef CANDOR_RECOURSE_SPACE_H
#define CANDOR_RECOURSE_SPACE_H

#include "base/arena.h"
#include "recourse/recourse.h"

#define COST_GRAIN 0x1p-24
enum { POSITIONS_MAX = 65535 };

struct axis {
    size_t count, own;       /* count 1: cannot move */
    bool listed;
    bool whole;              /* every grid value: a formula or rule needs it */
    double *value;           /* [count] of the lever; NaN: the missing state */
    double *cost;            /* [count] multiples of COST_GRAIN; 0 at own */
};

struct column {
    size_t quantity;
    uint64_t levers;         /* one bit an axis that moves it */
    size_t axis;             /* when it is one … */
    double *value;           /* … [axis count] its value; NULL: several */
    bool steady;             /* value, own aside, never turns back along
                              * the axis and is never missing */
    bool absent;             /* missing in the row, and stays so */
    const struct recourse_formula *formula; /* NULL: a lever's own, an effect */
};

struct space {
    const struct recourse *r;
    const double *row;       /* [quantities]; formulas that fill it computed */
    size_t axes;
    struct axis *axis;
    size_t columns;          /* in an order in which formulas can be computed */
    struct column *column;
    const int32_t *column_of; /* [quantities]; -1: stays as in the row */
    size_t rules;            /* those that an axis can touch */
    const size_t *rule;      /* [rules] indices in the problem */
    uint64_t *rule_axes;     /* [rules] axes that each can be broken or kept by */
    uint64_t moving;         /* axes of more than one position */
};

/* DATA: a formula that cannot be computed for the row. */
MUST_USE status space_make(const struct recourse *r, const double *row,
                           struct arena *a, struct space *out, struct error *e);

/* Range of a column over a box, sound; for single positions the exact value
 * twice. NaN, NaN: nothing in the box can be computed. *missing: the missing
 * state is in the range as well. */
void space_range(const struct space *s, size_t column, const uint16_t *low,
                 const uint16_t *high, double *from, double *to, bool *missing);

/* quantity[quantities] at one index. False: a formula cannot be computed. */
bool space_point(const struct space *s, const uint16_t *index,
                 double *quantity);

/* Could rule k of `rule` be kept somewhere in the box? Sound: true when not
 * known. At single positions exact. */
bool space_rule_possible(const struct space *s, size_t k, const uint16_t *low,
                         const uint16_t *high);

/* --- prepared for all rows -------------------------------------------------------- */

/* The parts of the levers' grids that do not depend on the row. */
struct grids;
MUST_USE status grids_make(const struct recourse *r, struct arena *a,
                           const struct grids **out, struct error *e);
/* Does x go left of a numeric split at `threshold` in this model? */
bool compares_below(const struct model *m, double x, double edge);

/* The problem with its arrays copied; what all files of the room see. */
struct recourse {
    struct recourse_problem p;
    struct arena *arena;
    const struct grids *grids;
    const uint64_t *moved_by;     /* [quantities] levers that move it, formulas
                                   * followed */
    const bool *whole;            /* [levers] */
    const size_t *formula_order;  /* [formulas]: operands come first */
    struct engine *engine;        /* what the search prepares: engine.h */
};

#endif
