/* Small recourse problems of every kind, and every point of them.
 *
 * What a plan does, costs and must keep is written here from the contract alone
 * (recourse/recourse.h): only models are asked, nothing of the room. */
#ifndef CANDOR_TESTS_SMALL_RECOURSE_H
#define CANDOR_TESTS_SMALL_RECOURSE_H

#include "recourse/recourse.h"
#include "support/random_model.h"

enum {
    SMALL_LEVERS = 8,
    SMALL_QUANTITIES = 20,
    SMALL_SCORES = 3,
    SMALL_VALUES = 48
};

struct small {
    struct recourse_problem p; /* points into what follows: do not copy */
    struct recourse_score score[SMALL_SCORES];
    size_t map[SMALL_SCORES][SMALL_QUANTITIES];
    struct model *model[SMALL_SCORES];
    struct recourse_lever lever[SMALL_LEVERS];
    struct recourse_effect effect[SMALL_LEVERS][4];
    double code[SMALL_LEVERS][6], sample[SMALL_LEVERS][8];
    struct recourse_price price[SMALL_LEVERS][6];
    struct recourse_formula formula[3];
    struct recourse_rule rule[3];
    struct recourse_term term[3][3];
    size_t member[3][SMALL_LEVERS];
    double row[SMALL_QUANTITIES];
};

/* What a draw may hold. */
struct small_kinds {
    size_t least_levers, most_levers, most_changes;
    double category, missing, effect, cost; /* chances, of a lever */
    double linear;                          /* chance of a leaf being linear */
    double network, curved;                 /* of a score being a network, and
                                             * one with tanh */
    size_t formulas, rules, scores;         /* at most */
    bool fine;                              /* thresholds an ulp apart */
    bool sums;                              /* neither weights nor means */
};

/* A problem and a row that misses a cutoff; false: drawn in vain, free it. */
bool small_draw(struct random *r, const struct small_kinds *k, struct small *c);
void small_free(struct small *c);
/* The same problem with arrays of its own; models are shared. */
void small_copy(const struct small *c, struct small *out);

/* Another form of a model of plain sums, the same function but for rounding:
 * every tree twice at half its leaves; in two trees, a quarter and the rest;
 * in the opposite order; with a tree of zeros; with feature f at place[f]. */
enum model_form {
    FORM_TWICE,
    FORM_PARTS,
    FORM_BACKWARDS,
    FORM_ZERO,
    FORM_RENUMBERED
};
struct model *model_in_form(const struct model *m, enum model_form form,
                            const size_t *place);

/* Values that a lever may take in the row: own first; the count. */
size_t small_values(const struct small *c, size_t lever, double *value);
double small_cost(const struct small *c, size_t lever, double to);
/* value[levers] → quantities; false: a formula cannot be computed. */
bool small_point(const struct small *c, const double *value, double *quantity);
/* Rules that can be touched, and the count of changes. */
bool small_rules_hold(const struct small *c, const double *value,
                      const double *quantity);
/* Every score; without the guard and the native sum when `loose`. */
bool small_passes(const struct small *c, const double *quantity, bool loose);

struct small_best {
    bool found;
    double cost;
    size_t changes;
    uint64_t levers; /* of the first in the fixed order */
    double guarded;  /* cheapest that only passes loosely */
    long points;
};
struct small_best small_every_point(const struct small *c);

/* The row's result; fails the test on an error. */
void small_solve(const struct recourse_problem *p, const double *row,
                 struct recourse_result *out);
/* The plan is what it says and keeps everything. */
void small_check_plan(const struct small *c, const struct recourse_plan *plan);
/* Cost of the plan, INFINITY for none. */
double small_plan_cost(const struct recourse_plan *plan);

#endif
