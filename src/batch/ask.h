/* batch/ask.h: margins of a table's rows, whatever kind of model answers. What
 * is asked elsewhere is asked in blocks; an answer that fails is told with the
 * row, line and id that it belongs to. */
#ifndef CANDOR_BATCH_ASK_H
#define CANDOR_BATCH_ASK_H

#include "batch/session.h"

/* Rows of models elsewhere that one call asks: a server's rate begins there. */
enum { ASK_ROWS = 4096 };

/* What a margin that is no number means. */
#define ASK_NO_ANSWER "the model has no answer for this row: an input that it "  \
                      "needs is missing, or has a value that it does not know"

struct asked_rows {
    const struct input_map *map; /* whose texts the rows speak of; NULL: none */
    const double *row;         /* [n][model features] */
    size_t n;
    const long long *ordinal;  /* [n]; NULL: not of a table */
    const long *line;          /* [n]; NULL: unknown */
    const char *const *id;     /* [n]; NULL: none */
};

/* margin[n][outputs]. native: with the producing library's own arithmetic. Any
 * thread. A forest's or program's rows cost no more than model_margin. */
MUST_USE status ask_margins(const struct model *m,
                            const struct asked_rows *rows, bool native,
                            double *margin, struct error *e);

/* True: somebody else computes it, so that blocks are worth gathering. */
bool ask_is_remote(const struct model *m);

#endif
