/* batch/portfolio.h: explaining many rows in FLOAT mode honestly: what the
 * global tallies need to know before the first row, the stated bound held
 * against strict rows, and which reason orders the bound leaves open. */
#ifndef CANDOR_BATCH_PORTFOLIO_H
#define CANDOR_BATCH_PORTFOLIO_H

#include "base/arena.h"
#include "batch/session.h"
#include "measure/global.h"
#include "reasons/reasons.h"
#include "shapley/estimators.h"

enum { HONEST_ROWS = 1000 }; /* compared with strict, at most */

/* No contribution of a player to this output is larger, whatever the row and
 * the reference: Σ over its trees of scale × (largest − smallest leaf). Linear
 * leaves have no such bound: then 2^10 times the spread of their values over
 * the given rows is taken (n may be 0 elsewhere). Above 0. */
double model_reach(const struct model *m, size_t output, const double *rows,
                   size_t n);

/* Players = model features; edges at quantiles of the rows given (a reference
 * population, or evenly spaced rows of the table), so that bins of all threads
 * and runs are the same; without rows, at the quantiles of the thresholds that
 * the model compares with. All in the arena. */
MUST_USE status portfolio_players(const struct model *m, const double *rows,
                                  size_t n, struct arena *a,
                                  struct global_player **out, struct error *e);

/* --- the stated bound, measured --- */
/* The row's largest |phi| in a game, over all its outputs, as shapley_bound
 * wants it; phi as of shapley_explain for one row. */
double game_largest(const struct model *m, const struct explainer *x,
                    const double *phi, size_t game);
struct honesty {
    size_t rows;         /* compared; 0: nothing to compare (STRICT mode) */
    double largest;      /* |phi − strict|, over all players, games, outputs */
    double relative;     /* the same over the row's largest |phi| */
    double bound_used;   /* largest share of shapley_bound used, ≤ 1 */
    double residual;     /* largest |residual| of the float rows */
};
/* One row, given what FLOAT gave; phi, residual as of shapley_explain for one
 * row (residual may be NULL), strict[games × outputs × (players + 1)] scratch
 * that holds the strict values afterwards. BUG when the bound does not hold,
 * with the row's number. */
MUST_USE status honesty_row(const struct model *m, const struct explainer *x,
                            struct explain_scratch *s, const double *row,
                            const double *phi, const double *residual,
                            long long ordinal, double *strict,
                            struct honesty *h, struct error *e);
/* Rows explained in FLOAT mode and one by one in STRICT mode. */
MUST_USE status honesty_measure(const struct model *m, const struct explainer *x,
                                struct explain_scratch *s, const double *rows,
                                size_t n, struct honesty *h, struct error *e);
void honesty_merge(struct honesty *into, const struct honesty *from);

/* Could an error of at most bound[method] an input change the order or the set
 * of the first `most` factors by a method that has contributions? True where a
 * gap between neighbours among the first most + 1, or the distance of one of
 * them from 0, is within 2 × bound × inputs of the factor. Factors whose
 * inputs the model never reads are 0 in either mode and do not count. */
bool reasons_open(const struct reasons *r, const struct project *p,
                  const struct model *m, const double bound[METHODS],
                  size_t most);

#endif
