/* batch/evaluate.h: the evaluation tables of a project, scored and measured:
 * everything that the model card says about its model's work.
 *
 * Each table is read once, block by block: rows are scored by the pool, columns
 * tallied by the pool, one task a column, so that nothing depends on the number
 * of threads. A scored row costs at most 40 bytes; probes ask the model again
 * about at most EVALUATE_PROBED rows of the lead split, evenly spaced. The lead
 * split is read a second time for the contributions of its rows: by then it is
 * known where bins of its inputs part and whom the cutoff declines. */
#ifndef CANDOR_BATCH_EVALUATE_H
#define CANDOR_BATCH_EVALUATE_H

#include "batch/decide.h"
#include "facts/card.h"

enum {
    EVALUATE_PROBED = 4000,   /* rows that probes ask about */
    EVALUATE_PROBED_REMOTE = 500, /* … of a model elsewhere */
    EVALUATE_EXPLAINED = 2000, /* rows explained where no kernel is fast */
    EVALUATE_LISTED = 100000000, /* rows of a listed program for all of them, */
    EVALUATE_LEAST = 20,         /* but so many are explained in any case */
    EVALUATE_DECLINED = 2000, /* declined rows, likewise */
    EVALUATE_HONEST = 256,    /* rows on which the fast kernels are checked */
    EVALUATE_MONOTONE = 1000, /* rows asked along a grid */
    EVALUATE_REPEATS = 4,     /* shuffles of an input */
    EVALUATE_ASKED = 40,      /* inputs shuffled: the leading ones */
    EVALUATE_EFFECTS = 10,    /* inputs drawn and stressed */
    EVALUATE_SEED = 7
};

struct evaluation {
    struct arena *arena;      /* holds what the findings point to */
    struct card_findings findings;
};

/* Without evaluation tables: findings of the model and the project alone. */
MUST_USE status evaluate(const struct session *s, const struct bench *bench,
                         struct evaluation *out, struct error *e);
void evaluate_free(struct evaluation *v);

#endif
