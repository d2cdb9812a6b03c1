/* batch/numbers.h: score, explain and recourse: numbers only, as JSON Lines or
 * CSV, rows in the table's order whatever the number of threads. */
#ifndef CANDOR_BATCH_NUMBERS_H
#define CANDOR_BATCH_NUMBERS_H

#include "batch/request.h"

/* Exit statuses. */
int numbers_score(const struct host *host, const struct request *request);
int numbers_explain(const struct host *host, const struct request *request);
int numbers_recourse(const struct host *host, const struct request *request);

#endif
