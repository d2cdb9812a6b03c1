/* shapley/estimate.h: Shapley values of a game that can only be asked, with
 * their error.
 *
 * v(S) is the mean over `samples` reference rows (or one text) of the model at
 * the row on S and the reference elsewhere. A set of players is a mask of bits,
 * player i in bit i % 64 of word i / 64.
 *
 * Methods are rows of one table (estimates.c):
 *   enumeration     every coalition; no error of its own; <= 14 players
 *   pairs           complementary pairs, leverage shares, weighted least squares
 *                   (Musco & Witter, ICLR 2025); error by residuals left out
 *   odd-process     Gaussian process on the odd part of the game, which chooses
 *                   its coalitions (odd_process.h); error by its posterior
 *   tree-proxy      boosted trees on the coalitions asked, explained exactly,
 *                   what they leave estimated by odd-process (after "regression
 *                   MSR", arXiv 2506.11849)
 *   chosen          of the last two the one nearer to pairs of the row's own
 *                   evaluations that are held out; recorded. Every coalition
 *                   allowed and at most 14 players: enumeration
 *
 * An interval is for one value at the stated confidence: estimate ± t × se,
 * where se² = the method's own variance + that of the reference sample (rows
 * drawn without replacement from a population of `population` rows). The order
 * test is over all comparisons at once: place i of the first K against i + 1, the
 * last of them against all later ones; the probabilities that one of them lies
 * the other way round add up to at most 1 − confidence, shared evenly over the
 * rounds of asking, so that looking again and again stays valid. */
#ifndef CANDOR_SHAPLEY_ESTIMATE_H
#define CANDOR_SHAPLEY_ESTIMATE_H

#include "base/error.h"
#include "model/model.h"

enum { ESTIMATE_PLAYERS_MAX = 1024, ENUMERATED_PLAYERS_MAX = 14,
       ESTIMATE_PAIRS_MAX = 2000 };

struct asked_game {
    void *self;
    size_t players;
    size_t samples;    /* reference rows, at least 1 */
    size_t population; /* rows that they were drawn from; samples: all of them */
    /* set[n][(players + 63) / 64] → value[n][samples] */
    status (*ask)(void *self, const uint64_t *set, size_t n, double *value,
                  struct error *e);
};

struct estimate_request {
    const struct estimation *method; /* NULL: chosen */
    size_t evaluations;   /* coalitions that may be asked, at least 2 players */
    bool until_order;     /* stop as soon as the first `first` are in certain
                             order; else ask all */
    bool largest_first;   /* order by value descending; false: ascending */
    size_t first;         /* K; 0: no order is asked for */
    double confidence;    /* 0.95; in (0.5, 1) */
    uint64_t seed;        /* the same seed, the same coalitions */
};

struct estimated_game {
    size_t players;
    double base, all;       /* v(∅), v(everybody) */
    double base_se;         /* of the reference sample */
    double *value, *se;     /* [players]; Σ value = all − base */
    double *low, *high;     /* [players] at the confidence */
    double *difference_se;  /* [players][players], of value i − value j */
    size_t evaluations;     /* coalitions asked, ∅ and everybody included */
    const struct estimation *method; /* that gave the values */
    double held_out;        /* its mean squared error on held-out pairs, NaN:
                               not measured */
    size_t certain;         /* of the first K places, how many are certain, from
                               the first on; K: all */
    bool exact;             /* every coalition was asked */
    bool sample_limits;     /* asking ended, or would not have helped: the order
                               is left open by the reference sample alone; more
                               reference rows would be needed */
};

struct estimation {
    const char *name, *title;
    size_t least_players, most_players;
};

size_t estimation_count(void);
const struct estimation *estimation_at(size_t i);
const struct estimation *estimation_find(const char *name); /* NULL: none */

struct estimate_scratch; /* one a thread; grows to the largest game met */
struct estimate_scratch *estimate_scratch_new(void); /* NULL: no memory */
void estimate_scratch_free(struct estimate_scratch *s);

/* What *out points to lives in the scratch until the next call. ARGUMENT: too
 * few evaluations, too many players (says what would do); errors of ask are
 * handed on. */
MUST_USE status estimate_game(const struct asked_game *g,
                              const struct estimate_request *r,
                              struct estimate_scratch *s,
                              struct estimated_game *out, struct error *e);

#endif
