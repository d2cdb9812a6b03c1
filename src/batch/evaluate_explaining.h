/* batch/evaluate_explaining.h: what evaluate_explain.c (reads the lead split
 * again, keeps the order) and evaluate_hand.c (one thread's rows) share. */
#ifndef CANDOR_BATCH_EVALUATE_EXPLAINING_H
#define CANDOR_BATCH_EVALUATE_EXPLAINING_H

#include "batch/evaluate_in.h"
#include "batch/portfolio.h"

enum { EXPLAIN_TASK = 64, ASKS = 2 };

/* What inputs weigh is asked of one explainer, reasons of one that may be
 * another. */
enum ask { ASK_WEIGHT, ASK_REASONS };

struct picked { /* a row of the block at hand */
    size_t at;             /* in the block */
    size_t row;            /* in the lead sample */
    bool weigh, declined;
};

struct told { /* what reasons a declined row got, for the row-ordered report */
    size_t factor[METHODS][REASONS_RANKED], count[METHODS];
    bool printed_is_b;
    double shortfall, covered, residual;
    bool recomputed;
};

struct asked { /* one explainer in one thread */
    struct explain_scratch *scratch;
    double *phi;       /* [EXPLAIN_TASK][games][outputs][features + 1] */
    double *residual;  /* [EXPLAIN_TASK][games][outputs] */
    double *strict;    /* one row's */
};

struct hand {
    struct asked ask[ASKS];       /* of reasons: empty where it is the same */
    struct global *input, *factor;
    struct reasons *reasons;
    double *row;                  /* [EXPLAIN_TASK][features] */
    double *sum;                  /* [factors] */
    double *oriented[METHODS];
    double residual;              /* largest of the rows weighed */
    struct honesty honesty;
    double rounded, rounded_same;
};

struct explaining {
    struct evaluating *v;
    const struct explainer *of[ASKS]; /* NULL: not to be asked */
    size_t weight_game;
    struct hand *hand;                /* [threads] */
    const struct block *block;
    struct picked *picked;            /* [block rows] */
    struct told *told;                /* [block rows] by picked */
    size_t picks;
    const double *honest;             /* [honest_rows][features] */
    size_t honest_rows;
};

MUST_USE status hand_open(const struct explaining *x,
                          const struct global_spec *inputs,
                          const struct global_spec *factors, struct hand *h,
                          struct error *e);
void hand_close(struct hand *h);
/* Tasks of the pool: EXPLAIN_TASK picked rows; as many kept declined rows with
 * inputs as printed; as many rows explained in both ways. */
MUST_USE status hand_task(void *explaining, size_t worker, size_t index,
                          struct error *e);
MUST_USE status hand_rounded_task(void *explaining, size_t worker,
                                  size_t index, struct error *e);
/* n rows of h->row, explained for their reasons; then the reasons of row i of
 * them, in h->reasons. */
MUST_USE status hand_explain(const struct explaining *x, struct hand *h,
                             size_t n, struct error *e);
MUST_USE status hand_reasons(const struct explaining *x, struct hand *h,
                             size_t i, struct error *e);
MUST_USE status hand_honest_task(void *explaining, size_t worker,
                                 size_t index, struct error *e);

#endif
