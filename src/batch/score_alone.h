/* batch/score_alone.h: `candor score` where the table holds the scores. */
#ifndef CANDOR_BATCH_SCORE_ALONE_H
#define CANDOR_BATCH_SCORE_ALONE_H

#include "batch/session.h"

/* The lines of numbers_score, after `header` (NULL: none): the table's own score
 * of each row, the margin that it stands for, the decision. A row without a score
 * is an error of that row. Exit status. */
int score_alone(struct session *s, const char *header);

#endif
