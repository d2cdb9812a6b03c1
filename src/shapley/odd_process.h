/* shapley/odd_process.h: a Gaussian process on the odd part of a game. Private.
 *
 * With t_i = ±1 for players in and outside S, the odd part of a game is a sum of
 * parities over odd sets A, and one over A moves the Shapley value of each of its
 * members by 2 / |A| of its coefficient. Prior: coefficients are independent
 * with variances s² c_|A|, c_1 = 1 and c_d = c_3 ρ^(d − 3), so that
 *     K(S, S') = s² ((1 − b)(n − 2h) +
 *                    b ((1+ρ)^(n−h) (1−ρ)^h − (1−ρ)^(n−h) (1+ρ)^h) / 2ρ),
 * b = c_3 / ρ², h the players in which S and S' differ: all odd degrees in closed
 * form. As every player has the same weight, K is one for all games that are
 * asked the same coalitions: factors are shared, a game costs products only.
 * c_3 and ρ are averaged over a grid by marginal likelihood (s² profiled), with
 * a weak prior.
 *
 * The coalitions are chosen for it: out of candidates drawn by leverage shares,
 * one after the other that which takes most from Σ var φ_i. */
#ifndef CANDOR_SHAPLEY_ODD_PROCESS_H
#define CANDOR_SHAPLEY_ODD_PROCESS_H

#include "shapley/estimate_in.h"

enum { ODD_SHARES = 9, ODD_DECAYS = 5, ODD_GRID = ODD_SHARES * ODD_DECAYS };

/* Of one point of the grid: K and the covariance of φ_i with o(S) by the players that differ
 * from N, prior covariances of the values. s² = 1. */
struct odd_kernel {
    size_t n;
    double third, decay; /* c_3 and ρ² */
    double *same;      /* [n + 1] K by h */
    double *cross;     /* [n] by −1s among the others: cov(φ_i, o(S)) / t_i */
    double own, mixed; /* var φ_i, cov(φ_i, φ_j) */
};
/* share: variance of all parities of degree 3 over that of degree 1; decay: of
 * degree 5 over degree 3. */
MUST_USE status odd_kernel_make(struct arena *a, size_t players, double share,
                                double decay, struct odd_kernel *out,
                                struct error *e);
static inline size_t odd_differ(const uint64_t *a, const uint64_t *b,
                                size_t words)
{
    size_t h = 0;

    for (size_t w = 0; w < words; w++)
        h += (size_t)__builtin_popcountll(a[w] ^ b[w]);
    return h;
}

/* The plan: pairs ordered greedily for the process. */
MUST_USE status odd_design_make(struct arena *a, size_t players, size_t pairs,
                                uint64_t seed, struct pair_plan *out,
                                struct error *e);

struct odd_process; /* what games with the same coalitions share */
struct odd_process *odd_process_new(void); /* NULL: no memory */
void odd_process_free(struct odd_process *o); /* NULL is fine */
/* A plan of that many players and at least so many pairs, whose beginning is the
 * plan of that many; kept until one of other players, more pairs or another seed
 * is asked for. */
MUST_USE status odd_process_plan(struct odd_process *o, size_t players,
                                 size_t pairs, uint64_t seed,
                                 const struct pair_plan **out, struct error *e);
/* v->plan must be the process's own. */
MUST_USE status odd_process_fit(struct odd_process *o, struct arena *a,
                                const struct pair_values *v, struct fit *f,
                                struct error *e);

#endif
