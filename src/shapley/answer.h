/* shapley/answer.h: what both estimators of the answer scale keep. Private. */
#ifndef CANDOR_SHAPLEY_ANSWER_H
#define CANDOR_SHAPLEY_ANSWER_H

#include "shapley/game.h"
#include "shapley/patterns.h"

struct answer_state {
    const double *rows;      /* [count][features]: the reference, copied */
    size_t count;
    const double *margin;    /* [count][outputs] */
    const double *answer;    /* [count][outputs] */
    struct pattern_weights weights;
    uint32_t *used;          /* [used_count]: players that the model reads */
    size_t used_count;
};

/* In g->arena; sets base and state, weights up to `most`. */
MUST_USE status answer_prepare(struct game *g,
                               const struct explain_reference *r, size_t most,
                               struct answer_state **out, struct error *e);

#endif
