/* batch/texts_in.h: what the files of texts.h share. */
#ifndef CANDOR_BATCH_TEXTS_IN_H
#define CANDOR_BATCH_TEXTS_IN_H

#include "batch/texts.h"
#include "model/program.h"
#include "shapley/mixed.h"

/* One text input that is shown. */
struct text_input {
    const struct project_feature *of;
    size_t feature;            /* the model's */
    struct program_text added; /* whole: closed form */
    struct text_piece *piece;
    struct decision_text_piece *found;
    size_t room, found_room;
    double *weight;            /* [pieces] of one word's places */
    size_t weight_room;
};

/* Words or sentences, in x->piece; false: more than `most`. */
MUST_USE status text_cut(struct text_input *x, const char *text,
                         bool sentences, size_t most, size_t *pieces,
                         bool *fits, struct error *e);
/* True: leaving any of them out makes no new word of what stood beside it. */
bool text_parted(const struct text_input *x, const char *text, size_t pieces,
                 const char *instead);
/* Margins that each piece adds, in x->found[].value. */
MUST_USE status text_add_up(struct text_input *x, const char *text,
                            size_t pieces, struct error *e);

#endif
