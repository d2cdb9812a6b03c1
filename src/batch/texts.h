/* batch/texts.h: what the words or sentences of a text did in one decision
 * (project_feature.text_players). A piece is outside of a coalition when it is
 * left out of the text, or `text_instead` stands in its place; the other inputs
 * stay as the person has them, so there is no reference and no error of drawing
 * one. Where the model adds up single words (program_text) values are exact in
 * closed form: a word's coefficient for each of its places, or its share where
 * only its presence counts. Otherwise every version of a short text is asked, or
 * values are estimated with their intervals. */
#ifndef CANDOR_BATCH_TEXTS_H
#define CANDOR_BATCH_TEXTS_H

#include "batch/estimating.h"
#include "facts/decision.h"

enum {
    TEXT_PIECES_MAX = 1024,     /* words; more: sentences; more: refused */
    TEXT_BYTES_MAX = 1 << 18,   /* of one text */
    TEXT_VERSIONS_LOCAL = 1 << 14 /* that a local model is asked in any case */
};

struct texts; /* one a thread; NULL where no text is shown */
MUST_USE status texts_new(const struct session *s, struct texts **out,
                          struct error *e);
void texts_free(struct texts *x); /* NULL is fine */
/* Adds what was asked, equal ones and coalitions; NULL is fine. */
void texts_bill(const struct texts *x, struct estimate_bill *to);

/* Fills facts->text, valid until the next row. A text beyond the limits: *why
 * (borrowed) says so and nothing is filled; else NULL. */
MUST_USE status texts_row(struct texts *x, const double *row,
                          struct decision_findings *facts, const char **why,
                          struct error *e);

#endif
