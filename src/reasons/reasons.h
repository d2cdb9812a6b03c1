/* reasons/reasons.h: contributions → principal reasons.
 *
 * Official comment 9(b)(2)-5 names two ways to choose: the factors on which
 * the applicant fell furthest below the average for that factor (A) among
 * applicants at or slightly above the cutoff, or (B) among all applicants. It
 * speaks of scorecards. For other models our reading is: with contributions
 * oriented so that higher is better for the person,
 *     shortfall(i) = mean contribution of factor i in population R
 *                    − the applicant's contribution of factor i.
 * Contributions here are interventional Shapley values with R itself as the
 * background: Σ phi = margin(applicant) − mean margin(R), so the population's
 * side of the subtraction is 0 by construction and shortfall(i) = −phi(i). The
 * shortfalls of all factors add up to the whole distance from R; for an
 * additive scorecard the formula is the comment's own. The twin records
 * "reference as background".
 *
 * A factor's contribution is the plain sum over the inputs it covers, made
 * before ranking. Ranks run from the largest shortfall, positives only, ties in
 * the declared order of factors; they are contiguous from 1, and nothing is
 * ever left out of them (comment 9(b)(2)-4).
 *
 * Estimated contributions come with intervals. A factor is adverse only where
 * its whole interval is; where none is so, estimate.uncertain "mark" lets those
 * be reasons whose estimate is. The order of the reasons is certain or is not:
 * a notice that cannot be certain says so, or is not made. */
#ifndef CANDOR_REASONS_REASONS_H
#define CANDOR_REASONS_REASONS_H

#include "project/project.h"

struct decision;

enum reasons_method { METHOD_A, METHOD_B, METHODS };

struct factor_shortfall {
    double contribution[METHODS]; /* oriented */
    double shortfall[METHODS];    /* − contribution */
    size_t rank[METHODS];         /* from 1; 0: not adverse */
    /* Estimates: interval of the shortfall; else the shortfall itself. */
    double low[METHODS], high[METHODS];
};

enum reason_kind { REASON_FACTOR, REASON_RULE };

struct reason {
    enum reason_kind kind;
    size_t index;          /* in project->factor or project->rule */
    size_t rank;           /* from 1, in the notice's order */
    double shortfall;      /* FACTOR: by the chosen method; RULE: 0 */
    const char *hmda_code; /* or NULL */
};

/* Whose result the reasons come from (E12): the score, the automatic rules, or
 * both in one decision; JUDGMENT: a person decided, so neither is told. */
enum failed_component { FAILED_NONE, FAILED_SCORE, FAILED_RULES, FAILED_BOTH,
                        FAILED_JUDGMENT };
const char *failed_component_word(enum failed_component f);

struct reasons {
    enum reasons_method method;       /* the project's choice */
    bool has[METHODS];                /* contributions given */
    struct factor_shortfall *factor;  /* [project factors] */
    size_t factors;
    size_t *ranked[METHODS];          /* factor indices by rank */
    size_t adverse[METHODS];          /* how many are ranked */
    double unmapped[METHODS];         /* oriented sum over inputs of no factor */
    double total[METHODS];            /* oriented sum over all inputs */
    /* Of the first four by A and by B: how many they share, and of how many
     * (the longer list, at most 4). Both lists empty: 0 of 0. */
    size_t overlap, compared;
    bool same_first;
    enum failed_component component;
    struct reason *reason;            /* the principal reasons, in order */
    size_t reasons;
    size_t rule_reasons;              /* of them; they stand first */
    size_t most;                      /* the cap that was used */
    size_t left_out;                  /* fired rules that the cap left out */
    bool estimated[METHODS];
    bool order_certain;               /* of the factor reasons, and that none
                                         behind them belongs among them */
    bool sign_open;                   /* intervals of some reasons hold 0 */
    bool by_points;                   /* reasons are a scorecard's own codes */
    const char *code_lost;            /* a code that no factor words, or NULL */
    double covered; /* shortfall of the factor reasons / Σ positive shortfall */
    struct arena *arena;
};

/* One a thread; reused for every decision. */
MUST_USE status reasons_new(const struct project *p, struct reasons **out,
                            struct error *e);
void reasons_free(struct reasons *r); /* NULL is fine */

/* phi[model features] on the margin → oriented. */
void reasons_orient(const struct project *p, const double *phi, size_t n,
                    double *oriented);

/* Contributions per model feature under A and under B, oriented; NULL where a
 * population is not at hand (the chosen method's absence leaves no factor
 * reasons). fired[project rules]: rules that fired, NULL for none. component:
 * what failed; factor reasons are made for SCORE and BOTH, rule reasons for
 * RULES and BOTH, rules first because each automatic-denial factor must itself
 * be told (comment 9(b)(2)-8). Cannot fail. */
void reasons_find(struct reasons *r, const struct project *p,
                  const double *phi_a, const double *phi_b, size_t inputs,
                  const bool *fired, enum failed_component component);

/* The same with estimates by factor. */
struct reasons_estimate {       /* against one population; oriented */
    const double *factor, *low, *high; /* [project factors] */
    double apart;               /* inputs of no factor together */
    size_t certain;             /* of the factors in the order of shortfall:
                                   how many places, from the first on, are */
};
void reasons_find_estimated(struct reasons *r, const struct project *p,
                            const struct reasons_estimate *a,
                            const struct reasons_estimate *b,
                            const bool *fired,
                            enum failed_component component);

/* reasons.method "points": after one of the above, the factor reasons become
 * what a scorecard's own codes say, in their order (model/scorecard.h). A code
 * is worded by the factor whose key or list of codes it is in; factors met
 * twice stand once, with their losses added. */
struct reasons_code {
    const char *code;
    double loss; /* on the margin */
};
void reasons_take_codes(struct reasons *r, const struct project *p,
                        const struct reasons_code *code, size_t codes);

/* The reason's text in a language; NULL: missing. */
const char *reason_text(const struct project *p, const struct reason *r,
                        size_t language);

/* Does a rule fire on a value? A missing value fires "missing" alone. */
bool rule_fires(const struct rule *rule, bool is_number, double number,
                const char *text);

#endif
