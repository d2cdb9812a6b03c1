/* batch/estimating.h: contributions that are estimated, where no exact
 * estimator takes the model: a plan of a run, and a row's estimates with their
 * error (shapley/estimate.h, shapley/mixed.h).
 *
 * Reference rows are drawn once a population, without replacement, by
 * estimate.seed: the first k of them are the draw of k, whatever k is. The error
 * of drawing them is part of every interval.
 *
 * A group is what a reason is about: a factor. Its value is the sum of its
 * players'; its interval and the order of groups follow from the covariances of
 * the players, which are those of their differences. */
#ifndef CANDOR_BATCH_ESTIMATING_H
#define CANDOR_BATCH_ESTIMATING_H

#include "batch/session.h"
#include "shapley/estimators.h"

enum {
    ESTIMATE_PER_PLAYER = 20,       /* coalitions, where the project says none */
    ESTIMATE_LOCAL_ROWS = 1 << 17   /* mixed rows of a local model for which
                                       every coalition is asked; fewer
                                       coalitions take more reference rows */
};

/* Who plays, and for which group. */
struct estimate_players {
    uint32_t *of;        /* [model features]; UINT32_MAX: the model reads it not */
    size_t count, groups;
    long *group;         /* [count] -1: none */
    long *feature;       /* [count] -1: several */
    bool whole;          /* every player is a group by itself, none without */
};
/* By estimate.players; groups are the project's factors. */
MUST_USE status estimate_players_open(const struct session *s,
                                      struct estimate_players *out,
                                      struct error *e);
void estimate_players_close(struct estimate_players *p);

struct estimate_population {
    const char *name;
    double *row;         /* [count][features] in the order drawn */
    size_t count, rows;  /* kept; asked at first */
    size_t population;
};

/* Immutable once open; shared by all threads. */
struct estimating {
    const struct model *model;
    const struct input_map *map; /* whose texts rows speak of */
    const struct estimate_players *players;
    struct estimate_population of[EXPLAIN_GAMES_MAX];
    size_t games, output;
    size_t evaluations, extra; /* coalitions a row; more to make an order
                                  certain */
    size_t first;        /* K: groups whose order is asked about */
    bool exact;          /* every coalition is asked */
    bool until_order, largest_first;
    double confidence;
    uint64_t seed;
};
/* Rows that a model would be listed for, where that is more than
 * estimate.exact_rows and so estimates take the place of exact contributions;
 * else 0. */
double estimating_spares(const struct session *s, const struct explainer *x);
void estimating_tell_spared(const struct session *s,
                            const struct explainer *x); /* a note */

/* The populations' rows are copied as far as they are drawn. */
MUST_USE status estimating_open(const struct session *s,
                                const struct estimate_players *players,
                                const struct explain_reference *reference,
                                size_t games, size_t first,
                                struct estimating *out, struct error *e);
void estimating_close(struct estimating *x); /* zeroed is fine */

/* Of one row against one population; on the margin. Borrowed from the hand
 * until its next row of the same game. */
struct estimated {
    size_t game;
    const double *phi, *se, *low, *high; /* [players] */
    const double *group, *group_low, *group_high; /* [groups] */
    double base, all;
    double apart;        /* sum over players of no group */
    const char *method;
    double held_out;     /* NaN: not measured */
    size_t evaluations;  /* coalitions */
    size_t rows, population;
    size_t certain;      /* of the first K groups, from the first on */
    bool exact;          /* no error but that of the reference rows */
};

struct estimate_bill {
    unsigned long long rows, coalitions; /* explained; asked */
    unsigned long long asked, equal;     /* mixed rows asked; equal to such */
};

struct estimate_hand; /* one a thread */
MUST_USE status estimate_hand_new(const struct estimating *x,
                                  struct estimate_hand **out, struct error *e);
void estimate_hand_free(struct estimate_hand *h); /* NULL is fine */
const struct estimate_bill *estimate_hand_bill(const struct estimate_hand *h);
/* ordered: the order of the first groups matters; where it stays open, up to
 * `extra` coalitions' worth of rows more are spent on it: on reference rows
 * where drawing them is what leaves it open, else on coalitions. */
MUST_USE status estimate_row(struct estimate_hand *h, size_t game,
                             const double *row, bool ordered,
                             struct estimated *out, struct error *e);

#endif
