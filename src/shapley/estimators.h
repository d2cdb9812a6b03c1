/* shapley/estimators.h: contributions of the inputs to the margins.
 *
 * An estimator is one row of one table (estimators.c). All are on the margin
 * scale (log-odds, raw score, log mean) unless the row's title says so, for
 * every output and every reference at once.
 *
 *   path-dependent   v(S): splits on players outside S are averaged by the
 *                    model's own covers (Lundberg et al. 2018)
 *   interventional   v(S): mean over the named reference rows z of the model
 *                    at (row on S, z elsewhere); exact for any number of rows
 *
 * Covers are taken as the producing library takes them: shares are normalised
 * to the sum of the two children; both zero: one half each.
 *
 * A game is one reference (an estimator without has one game). A player is one
 * feature, or a group of features that join a coalition together: that is
 * another game than the sum of its members' values.
 *
 * Layout: phi[n][games][outputs][players + 1], the last entry the base value
 * v(∅) (base margin included); residual[n][games][outputs] = v(all) − base −
 * Σ phi, with the margin of model_margin. It is kept, never spread over phi.
 *
 * Models that are programs (model/program.h) are explained against a reference
 * where each part of an output reads at most 14 players, in STRICT mode, without
 * interactions; those that are asked elsewhere are not explained here
 * (shapley/estimate.h).
 *
 * Modes. STRICT: double, one order of operations; error below 1e-12 of the
 * row's largest contribution for trees of usual depth. FLOAT: the kernels of
 * kernel/, the same bits on every machine and for any n and thread; error
 * below shapley_bound, which is a statement that callers hold against STRICT
 * on a sample of rows. */
#ifndef CANDOR_SHAPLEY_ESTIMATORS_H
#define CANDOR_SHAPLEY_ESTIMATORS_H

#include "base/error.h"
#include "model/model.h"

enum { ESTIMATOR_WHY_MAX = 200, EXPLAIN_GAMES_MAX = 16 };

enum explain_mode { EXPLAIN_STRICT, EXPLAIN_FLOAT };

/* Rows to compare with. The explainer copies what it needs. */
struct explain_reference {
    const char *name;    /* as documents call it; never NULL */
    const double *rows;  /* [count][model features] */
    size_t count;        /* at least 1 */
};

struct explain_request {
    const struct model *model;       /* outlives the explainer */
    const struct estimator *estimator;
    const struct explain_reference *reference; /* [games] */
    size_t references;               /* 0 unless the estimator needs them */
    const uint32_t *player;          /* [features] its player, below players;
                                        NULL: each feature its own */
    size_t players;
    enum explain_mode mode;
    bool interactions;               /* prepare for pairs too */
    size_t memory;                   /* bytes prepared at once; 0: 1 GiB */
    size_t rows;                     /* to be explained; 0: not known; few may
                                        be explained in STRICT mode */
};

struct explainer;        /* prepared; immutable, shared by all threads */
struct explain_scratch;  /* one a thread */
struct game;             /* one reference prepared in STRICT mode */
struct game_scratch;

struct estimator {
    const char *name, *title;
    bool needs_reference, exact;
    bool on_answer;              /* v(S) and residual on the answer scale */
    bool has_float;              /* FLOAT is another way than STRICT */
    bool has_interactions;
    /* False: `why` says what the model has that cannot be explained, each input
     * its own player. With groups, ask shapley_supports. */
    bool (*supports)(const struct model *m, char why[ESTIMATOR_WHY_MAX]);
    /* One game in STRICT mode. r: its reference or NULL. What it makes lives
     * in the game's arena. */
    status (*prepare)(struct game *g, const struct explain_reference *r,
                      struct error *e);
    /* Adds the contributions of one row to phi[outputs][players + 1], whose
     * last entries hold the base already. */
    void (*explain)(const struct game *g, struct game_scratch *s,
                    const double *row, double *phi);
    /* Adds to pairs[outputs][pairs of shapley_pairs], i < j only: main effects
     * are what the contributions leave. NULL: none. */
    void (*interact)(const struct game *g, struct game_scratch *s,
                     const double *row, double *pairs);
};

size_t estimator_count(void);
const struct estimator *estimator_at(size_t i);
const struct estimator *estimator_find(const char *name); /* NULL: none */

/* supports() for these players (NULL: each feature its own). */
bool shapley_supports(const struct estimator *estimator, const struct model *m,
                      const uint32_t *player, char why[ESTIMATOR_WHY_MAX]);

/* Where pattern tables would exceed `memory` they are made for one run of
 * trees after the other within each call (a leaner exact form in STRICT mode);
 * LIMIT when even that is too large. UNSUPPORTED with the reason of
 * supports(); ARGUMENT names the reference that is missing or empty. */
MUST_USE status shapley_prepare(const struct explain_request *r,
                                struct explainer **out, struct error *e);
void shapley_free(struct explainer *x); /* NULL is fine */

MUST_USE status shapley_scratch_new(const struct explainer *x,
                                    struct explain_scratch **out,
                                    struct error *e);
void shapley_scratch_free(struct explain_scratch *s);

/* rows[n][features] → phi, residual (NULL: not wanted). The same row gives the
 * same bits in any thread and at any n; multiples of shapley_block rows are
 * fastest. Fails only where tables are made anew in each call. */
MUST_USE status shapley_explain(const struct explainer *x,
                                struct explain_scratch *s, const double *rows,
                                size_t n, double *phi, double *residual,
                                struct error *e);
/* One row in STRICT mode, whatever the explainer's own is: the same bits as a
 * STRICT explainer of the same request gives. A FLOAT explainer prepares what
 * this needs at the first such row, and may fail then: MEMORY, LIMIT. */
MUST_USE status shapley_explain_strict(const struct explainer *x,
                                       struct explain_scratch *s,
                                       const double *row, double *phi,
                                       double *residual, struct error *e);

/* Absolute error that FLOAT states for a row whose largest |phi| in that game
 * is `largest`; 0 in STRICT mode. */
double shapley_bound(const struct explainer *x, size_t game, double largest);

/* Pairs of players that meet on some path, i <= j, in ascending order; (i, i)
 * is the main effect, present for every player that the model uses. All other
 * pairs are zero. Interaction (i, j) is half the Shapley interaction index
 * (Fujimoto et al. 2006), so that Σ_j over both orders = phi_i. Empty unless
 * interactions were asked for. */
struct explain_pair {
    uint32_t i, j;
};
size_t shapley_pairs(const struct explainer *x,
                     const struct explain_pair **pairs);
/* values[n][games][outputs][pairs]. */
MUST_USE status shapley_interactions(const struct explainer *x,
                                     struct explain_scratch *s,
                                     const double *rows, size_t n,
                                     double *values, struct error *e);
/* matrix[n][games][outputs][players + 1][players + 1], symmetric; the last
 * row and column are zero but for the base value in the corner. LIMIT where
 * one matrix exceeds SHAPLEY_DENSE_MAX bytes: pairs_largest of
 * shapley/interact.h is the way out. */
#define SHAPLEY_DENSE_MAX ((size_t)32000000)
MUST_USE status shapley_interactions_dense(const struct explainer *x,
                                           struct explain_scratch *s,
                                           const double *rows, size_t n,
                                           float *matrix, struct error *e);

const struct estimator *shapley_estimator(const struct explainer *x);
enum explain_mode shapley_mode(const struct explainer *x);
size_t shapley_games(const struct explainer *x);
size_t shapley_players(const struct explainer *x);
size_t shapley_block(const struct explainer *x); /* rows a call likes best */
/* "" for an estimator without reference. */
const char *shapley_reference_name(const struct explainer *x, size_t game);
size_t shapley_reference_count(const struct explainer *x, size_t game);
double shapley_base(const struct explainer *x, size_t game, size_t output);
size_t shapley_memory(const struct explainer *x); /* bytes prepared */
/* Rows that a program is run on to explain one row, at most, all games
 * together; 0: nothing is listed. */
double shapley_listed(const struct explainer *x);

#endif
