/* recourse/recourse.h: the smallest change that would have changed the result,
 * and the proof of it.
 *
 * Quantities. Recourse reads rows of `quantities` doubles, NaN missing: first
 * the inputs of the first score's model (quantity f is its feature f), then
 * others that formulas, rules and further scores read. A lever moves one
 * quantity, or several at once (months of waiting, the indicators of a one-hot
 * group). A formula recomputes a quantity from two others; it keeps the row's
 * own value until one of the levers it depends on moves.
 *
 * A plan changes at most K levers to values that can be printed; its cost is the
 * sum over changed levers of what lever_cost says. Costs are rounded to 2^-24
 * each, so that sums are exact and equal costs are equal; a change costs at
 * least that, and cost never falls away from the own value. Among plans of equal
 * cost: fewer changes, then the earlier levers, then the earlier values decide.
 * The answer depends on nothing but the inputs: budgets count boxes, not time.
 *
 * Values stand on the print grid: multiples of `step`, or of 10^-decimals
 * without a step, each the double that reads back from its decimal text. A
 * lever whose quantities feed no formula and no rule has one candidate for each
 * interval between thresholds, the grid value nearest to the person's; the
 * others have their whole grid.
 *
 * A plan is accepted when every score passes its cutoff by its guard in double
 * precision, and native scores also by model_margin_native of the re-read row.
 *
 * Scores that are lines or ReLU networks are searched on the whole grid of each
 * lever that they read. A model that is computed elsewhere is asked node_budget
 * points at most for each plan: FOUND or UNDECIDED, never proven, no regions.
 *
 * Search: best-first over boxes of candidates with an admissible bound of each
 * score (groups of trees multiplied out, their best leaf that the box can still
 * reach); a Lagrangian bound of the cost joins when a search grows long. */
#ifndef CANDOR_RECOURSE_RECOURSE_H
#define CANDOR_RECOURSE_RECOURSE_H

#include "base/error.h"
#include "model/model.h"
#include "recourse/proof.h"

enum {
    RECOURSE_LEVERS_MAX = 64,
    RECOURSE_CHANGES_ANY = RECOURSE_LEVERS_MAX, /* no cap */
    RECOURSE_ALTERNATIVES_MAX = 3,
    RECOURSE_SCORES_MAX = 8,
    RECOURSE_RULES_MAX = 64,
    RECOURSE_FORMULAS_MAX = 64,
    RECOURSE_GRID_MAX = 1000,      /* default cap of a whole grid */
    RECOURSE_CHANGES_DEFAULT = 3,
    RECOURSE_WITHIN_MAX = 100      /* percent; a wider gap is only FOUND */
};
#define RECOURSE_NODES_DEFAULT 20000L
#define RECOURSE_ASKED_DEFAULT 2000L /* points, of a model asked elsewhere */
#define RECOURSE_NO_QUANTITY SIZE_MAX

enum recourse_direction { RECOURSE_BOTH, RECOURSE_UP, RECOURSE_DOWN };
enum recourse_accept { RECOURSE_AT_MOST, RECOURSE_AT_LEAST };

/* What a lever moves beside its own quantity. ADD: quantity = the row's value
 * + rate × (value − own), held within low … high; own is 0 for a lever without
 * a quantity (waiting). A row beyond a limit may stay there, but goes no
 * further; a missing value stays missing. INDICATE: quantity = 1 where the
 * lever's code is `code`, else 0. */
enum recourse_effect_kind { RECOURSE_ADD, RECOURSE_INDICATE };
struct recourse_effect {
    enum recourse_effect_kind kind;
    size_t quantity;
    double rate, low, high;        /* ADD; -INFINITY, INFINITY: no limit */
    double code;                   /* INDICATE */
};

/* Cost of a change.
 *   SCALE       weight × |change| / scale + fixed; a category counts 1 scale, an
 *               ordered one its places
 *   PERCENTILE  weight × |F(to) − F(from)| + fixed, F the share of `sample`
 *               (ascending) that is at most the value
 *   TABLE       weight × table(|change|) + fixed, linear between the points of
 *               `price`, flat before the first and after the last; a category:
 *               price[i].cost for code[i] */
enum recourse_cost_kind { RECOURSE_SCALE, RECOURSE_PERCENTILE, RECOURSE_TABLE };
struct recourse_price {
    double change, cost;           /* both ascending, change > 0, cost >= 0 */
};

struct recourse_lever {
    const char *name;              /* for messages; NULL: the quantity's name */
    size_t quantity;               /* RECOURSE_NO_QUANTITY: effects alone */
    const struct recourse_effect *effect;
    size_t effects;
    enum recourse_direction direction;
    double low, high;              /* of new values; -INFINITY, INFINITY: none */
    double step;                   /* 0: 10^-decimals */
    int decimals;                  /* of the printed value, 0…9; -1: those of
                                    * the step (an error without a step) */
    bool integer;                  /* whole numbers only */
    const double *code;            /* category: the codes it may take; NULL: a
                                    * number */
    size_t codes;
    bool ordered;                  /* codes are in order: direction applies, and
                                    * cost counts places */
    enum recourse_cost_kind cost;
    double weight, scale, fixed;   /* weight, fixed >= 0, not both 0; scale > 0 */
    const double *sample;          /* PERCENTILE */
    size_t samples;
    const struct recourse_price *price; /* TABLE; a category: [codes] */
    size_t prices;
    /* Missing as a state. < 0: not allowed. A missing value may become known for
     * known_cost (in place of the cost of a change), a known one missing for
     * missing_cost. Without known_cost a lever whose value is missing cannot
     * move in that row. */
    double known_cost, missing_cost;
    bool frozen;                   /* not to be moved in this problem */
};

/* quantity = factor × (a ∘ b), rounded to `decimals` when that is >= 0. No
 * circles. A plan that divides by zero, or whose operand is missing, is none. */
enum recourse_operator {
    RECOURSE_SUM, RECOURSE_DIFFERENCE, RECOURSE_PRODUCT, RECOURSE_RATIO
};
struct recourse_formula {
    size_t quantity;
    enum recourse_operator op;
    size_t a, b;
    double factor;
    int decimals;
};

/* LINEAR       Σ coefficient × quantity <= most (an order rule a <= b is
 *              a − b <= 0); not asked of a row where a quantity is missing
 * IF_THEN      when low <= a <= high then b in its own low … high
 * AT_MOST_ONE  of the listed levers may change
 * A rule that no lever can touch is not asked. A rule that the row itself breaks
 * binds plans all the same. */
enum recourse_rule_kind {
    RECOURSE_LINEAR, RECOURSE_IF_THEN, RECOURSE_AT_MOST_ONE
};
struct recourse_term {
    size_t quantity;
    double coefficient;
};
struct recourse_range {
    size_t quantity;
    double low, high;              /* both included */
};
struct recourse_rule {
    const char *name;
    enum recourse_rule_kind kind;
    const struct recourse_term *term;
    size_t terms;
    double most;
    struct recourse_range when, then;
    const size_t *lever;
    size_t levers;
};

/* A limit on a sum of trees. A band is two of them. */
struct recourse_score {
    const char *name;              /* for messages; NULL: "score" */
    const struct model *model;
    const size_t *quantity;        /* [features]; NULL: feature f is quantity f */
    size_t output;
    enum recourse_accept accept;
    double cutoff;                 /* on the margin */
    double guard;                  /* >= 0; recourse_guard() is a sound one */
    bool native;                   /* model_margin_native must pass as well */
};

struct recourse_problem {
    const struct recourse_score *score; /* [0]: the decision's own */
    size_t scores;                 /* >= 1 */
    size_t quantities;             /* >= features of score[0].model */
    const char *const *quantity_name; /* [quantities], for messages; or NULL */
    const struct recourse_lever *lever;
    size_t levers;
    const struct recourse_formula *formula;
    size_t formulas;
    const struct recourse_rule *rule;
    size_t rules;
    size_t most_changes;           /* 0: the default; RECOURSE_CHANGES_ANY */
    long node_budget;              /* boxes (or points asked) for each plan; 0:
                                    * the default */
    size_t most_candidates;        /* of a whole grid; 0: RECOURSE_GRID_MAX */
    size_t alternatives;           /* wanted, at most RECOURSE_ALTERNATIVES_MAX */
    double margin;                 /* > 0: also a plan that passes score[0] by
                                    * that much, on the margin's scale */
    bool prove;                    /* record the proof of the first plan */
    /* The printed form: value → the double that its text reads back to.
     * NULL: `decimals` digits after the point. Must not decrease in value and
     * must leave its own results alone. */
    double (*reread)(void *context, size_t lever, double value);
    void *reread_context;
};

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
    size_t lever;
    double from, to, cost;         /* lever values; waiting: 0 and months */
};

struct recourse_plan {
    enum recourse_status status;
    size_t changes;                /* 0: no plan */
    struct recourse_change change[RECOURSE_LEVERS_MAX]; /* in lever order */
    double cost;
    double lower;                  /* proven: no plan costs less; INFINITY when
                                    * there is none */
    double gap;                    /* (cost − lower) / lower; INFINITY: unknown */
    double margin;                 /* of the plan, score[0], double precision */
    double native;                 /* model_margin_native of the re-read row */
    long nodes;                    /* boxes looked at */
    bool guard_changed;            /* a plan at most as dear passed the cutoff
                                    * but not the guard or the native sum */
};

struct recourse_result {
    double margin;                 /* of the row */
    struct recourse_plan plan;
    /* First plans that use none of the levers of those before; when there is no
     * such plan, plans that use at least one lever not used before and leave at
     * least one lever of each plan before where it is. Each has its own status;
     * one without changes ends the list and says why. */
    struct recourse_plan alternative[RECOURSE_ALTERNATIVES_MAX];
    bool disjoint[RECOURSE_ALTERNATIVES_MAX];
    size_t alternatives;
    struct recourse_plan safer;    /* with problem.margin: what that costs more */
    bool safer_asked;
    /* The one lever that alone brings the margin nearest to the cutoff. */
    long nearest_lever;            /* -1: no lever moves the margin towards it */
    double nearest_value, nearest_margin;
    bool nearest_enough;           /* it passes alone */
    /* Levers that could not move because the row's value is missing. */
    bool missing[RECOURSE_LEVERS_MAX];
    size_t missing_count;
    struct recourse_proof proof;   /* until the scratch's next row; with `prove` */
};

struct recourse;         /* checked problem; immutable, shared by all threads */
struct recourse_scratch; /* one a thread */

/* Copies the problem's arrays; models and reread_context must outlive it.
 * ARGUMENT names the lever, rule or formula and what is wrong (a circle of
 * formulas, a quantity that two levers move, rules that no value can keep);
 * UNSUPPORTED names what a model has that cannot be searched. */
MUST_USE status recourse_prepare(const struct recourse_problem *p,
                                 struct recourse **out, struct error *e);
void recourse_free(struct recourse *r);

MUST_USE status recourse_scratch_new(const struct recourse *r,
                                     struct recourse_scratch **out,
                                     struct error *e);
void recourse_scratch_free(struct recourse_scratch *s);

/* row[quantities]. DATA when the row passes every cutoff already ("the cutoff is
 * met …"), or a formula cannot be computed for it (which, and why).
 * LIMIT when a row's search would need more memory than the scratch may take. */
MUST_USE status recourse_solve(const struct recourse *r,
                               struct recourse_scratch *s, const double *row,
                               struct recourse_result *out, struct error *e);

/* The row after a plan: every quantity that the plan's levers move, formulas
 * recomputed. out[quantities]. */
void recourse_apply(const struct recourse *r, const double *row,
                    const struct recourse_plan *plan, double *out);

/* Largest difference between the library's own sum and the exact one, over all
 * rows: XGBoost adds float32 in tree order, LightGBM doubles; 0 where every
 * order gives the same (points), and of what is no forest. */
double recourse_guard(const struct model *m, size_t output);

/* A cost as people read it: to a millionth, without the noise of adding binary
 * fractions (costs are kept to 2^-24). */
double recourse_cost_shown(double cost);

/* Cost of moving one lever from `from` to `to`, as the search counts it; NaN is
 * the missing state. */
double recourse_cost(const struct recourse_lever *lever, double from, double to);

#endif
