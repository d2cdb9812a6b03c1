/* model/evaluate.h: margins of rows, whatever kind of model it is. */
#ifndef CANDOR_MODEL_EVALUATE_H
#define CANDOR_MODEL_EVALUATE_H

#include "base/error.h"
#include "model/model.h"

/* Texts belong to the caller and last as long as the call. */
struct model_rows {
    const double *value;     /* [n][features]; a text: its index in text */
    size_t n;
    const char *const *text; /* [texts] UTF-8; NULL where the model has none */
    size_t texts;
};

/* A FOREST or PROGRAM: computed here, cannot fail but for memory. */
bool model_is_local(const struct model *m);

/* A row that the model has no answer for (feature.missing_refused …): true, and
 * margin[outputs] is NaN. Other rows: false, and nothing is written. */
bool model_refuses(const struct model *m, const double *row, double *margin);

/* rows → margin[n][outputs], the arithmetic of model_margin, or with `native`
 * that of the producing library. The same row gives the same bits at any n and
 * in any thread. An error of a REMOTE model names the row by its place in the
 * call, from 1, and no row of that call counts. Its margins are the link's inverse
 * of the answers: log-odds over link_scale of a probability, the logarithm of
 * class probabilities (they must add up to 1 within 0.001) or of a positive number.
 * A probability of 0 or 1 counts as 2^-53 or 1 - 2^-53, a margin of -36.7 or 36.7:
 * whoever answers it has rounded; one outside 0 … 1 is refused. SCORES: UNSUPPORTED. Whole
 * blocks (ten thousands of rows for a server) are much faster than rows. */
MUST_USE status model_evaluate(const struct model *m,
                               const struct model_rows *rows, bool native,
                               double *margin, struct error *e);

#endif
