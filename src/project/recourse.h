/* project/recourse.h: what a person can change, and within which limits; the
 * part of project/project.h that only recourse reads.
 *
 * Quantities. Levers, rules and formulas speak of quantities by name: first the
 * project's features (feature i is quantity i, by its input), then what the model
 * does not read. Those too stand in project->feature, from [features] to
 * [quantities), so that one way of naming and printing serves all:
 *   COLUMN   a plain number in a column of the tables (a lever's `column`,
 *            recourse.columns); its name is the column's
 *   CODE     the place of the word that a one-hot lever stands on, found from its
 *            indicators; its name is the lever's key
 *   MONTHS   what a waiting lever moves; in no row
 *   DERIVED  the result of a formula that no model input is
 * A row of quantities holds the inputs of the model, then these (but MONTHS). */
#ifndef CANDOR_PROJECT_RECOURSE_H
#define CANDOR_PROJECT_RECOURSE_H

#include "project/basics.h"

struct project_table;

enum {
    LEVERS_MAX = 64,
    LEVER_GRID_MAX = 1000,        /* values, where a formula or rule needs all */
    LEVER_PARTS_MAX = 1000,       /* words, indicators, costs, terms of a sum */
    RECOURSE_LIST_MAX = 64,       /* rules of each kind, formulas, columns */
    SECOND_SCORES_MAX = 5         /* beside the decision, band, plausibility */
};

enum lever_direction { LEVER_BOTH, LEVER_UP, LEVER_DOWN };
enum cost_by { COST_BY_SCALE, COST_BY_PERCENTILE, COST_BY_TABLE };

struct cost_point {
    double change;                /* > 0, ascending; a word's: not used */
    const char *word;             /* NULL: a change */
    double cost;                  /* >= 0, ascending with change */
};

struct indicator {                /* of a one-hot group */
    const char *word;
    const char *input;            /* NULL: this word has all indicators at 0 */
    size_t quantity;
};

struct waiting {                  /* input += rate × months, within low … high */
    const char *input;
    double rate;
    double low, high;             /* NaN: no limit */
    size_t quantity;
    struct place place;
};

struct lever {
    const char *key;
    /* One of: an input of the model; a column; a one-hot group; waiting. */
    const char *input, *column;
    const struct indicator *indicator;
    size_t indicators;
    const struct waiting *waiting;
    size_t waitings;
    size_t feature;               /* its quantity: index in project->feature */
    enum lever_direction direction;
    bool has_low, has_high;
    double low, high;
    double step;                  /* 0: 10^-decimals of the quantity */
    enum cost_by cost_by;
    double cost;                  /* weight: of one `scale` of change, …  */
    double scale;                 /* > 0 */
    double fixed_cost;            /* for changing at all */
    const struct cost_point *cost_point;
    size_t cost_points;
    double known_cost, missing_cost; /* NaN: not allowed */
    bool integer, category, ordered;
    const char *const *word;      /* category: allowed words, in order */
    size_t words;
    bool loan_term;               /* printed only when the project allows it */
    /* of a lever without an input: how its quantity is called and printed */
    struct translated label;
    const char *name, *unit;
    int style, decimals;          /* enum format_style; -1: unsaid */
    struct place place;
};

struct order_rule {               /* value(lower) <= value(upper) in every plan */
    const char *name;
    const char *lower, *upper;
    size_t feature_a, feature_b;  /* their quantities */
    struct place place;
};

struct rule_term {
    const char *input;
    double times;
    size_t quantity;
    struct place place;
};
struct linear_rule {              /* Σ times × input <= most */
    const char *name;
    const struct rule_term *term;
    size_t terms;
    double most;
    struct place place;
};

struct condition {                /* low <= input <= high, or input is word */
    size_t quantity;
    const char *input, *word;
    bool has_low, has_high;
    double low, high;             /* NaN: no limit */
};
struct if_rule {
    const char *name;
    struct condition when, then;
    struct place place;
};

struct one_of_rule {              /* at most one of these levers changes */
    const char *name;
    const char *const *lever;
    size_t levers;
    const size_t *index;          /* [levers] in project->lever */
    struct place place;
};

/* input = times × (a ∘ b), rounded to decimals where that is >= 0. */
enum derived_operator { DERIVED_SUM, DERIVED_DIFFERENCE, DERIVED_PRODUCT,
                        DERIVED_RATIO, DERIVED_OPERATORS };
struct derived {
    const char *input;
    const char *const *operand[DERIVED_OPERATORS]; /* two names in one of them */
    size_t operands[DERIVED_OPERATORS];
    enum derived_operator op;
    double times;
    int decimals;                 /* -1: not rounded */
    size_t quantity, a, b;
    struct place place;
};

struct project_plausibility {
    const char *reference;        /* key of data.reference or data.evaluation */
    struct project_table *table;  /* the table that is meant; NULL: no limit */
    double share;                 /* of people at least as unusual */
    size_t trees;
    long seed;
    bool declared;
};

struct second_score {
    const char *name;
    struct project_model model;   /* file … scale; link and cutoff_margin bound */
    struct model *read;           /* by project_bind */
    const size_t *quantity;       /* [features of the model]; SIZE_MAX: not read */
    struct place place;
};

struct project_recourse {
    size_t most_changes;          /* K */
    long node_budget;             /* boxes for each plan */
    struct order_rule *order;
    size_t orders;
    struct linear_rule *linear;
    size_t linears;
    struct if_rule *if_then;
    size_t if_thens;
    struct one_of_rule *at_most_one;
    size_t at_most_ones;
    struct derived *derived;      /* in the file's order */
    size_t deriveds;
    const char *const *column;    /* number columns that formulas and rules read */
    size_t columns;
    double margin;                /* beyond the cutoff, on the scale; 0: none */
    double margin_by;             /* the same on the model's margin; by bind */
    size_t alternatives;
    struct project_plausibility plausibility;
    struct second_score *score;
    size_t scores;
    bool has_band_low, has_band_high;
    double band_low, band_high;   /* on the scale, both included */
    double band_margin_low, band_margin_high; /* by bind; low <= high; NaN: none */
    const char *valid_until;      /* ISO date printed with plans, or NULL */
    bool radius;                  /* the robustness radius is asked for */
    size_t audit_rows;            /* of the card's audit; 0: no audit */
    size_t width;                 /* of a row of quantities; by bind */
};

#endif
