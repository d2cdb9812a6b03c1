/* batch/estimating_in.h: what the files of estimating.h share. */
#ifndef CANDOR_BATCH_ESTIMATING_IN_H
#define CANDOR_BATCH_ESTIMATING_IN_H

#include "batch/estimating.h"
#include "shapley/estimate.h"

/* A game whose answers are kept: a coalition is asked once, however often an
 * estimate is made anew from what is known. */
struct estimate_memo {
    const struct asked_game *inner;
    size_t words, samples; /* of a set; of an answer */
    size_t count, room;
    uint64_t *set;         /* [room][words] */
    double *value;         /* [room][samples] */
    uint32_t *slot;        /* [slots] place + 1; 0: free */
    size_t slots;
};
/* Forgets what it knew. A zeroed memo is fine. */
MUST_USE status memo_open(struct estimate_memo *m,
                          const struct asked_game *inner, struct error *e);
void memo_close(struct estimate_memo *m);
struct asked_game memo_game(struct estimate_memo *m);

/* One game over the reference rows of two: what the first knows is not asked
 * again, the second is asked for its rows alone. */
struct estimate_joined {
    struct asked_game game;
    struct estimate_memo *first;
    const struct asked_game *second;
    double *value; /* [room] */
    size_t room;
};
/* Keeps its room; a zeroed one is fine. */
void joined_open(struct estimate_joined *j, struct estimate_memo *first,
                 const struct asked_game *second);
void joined_close(struct estimate_joined *j);

#endif
