/* batch/run.h: run, check and verify. Exit statuses. */
#ifndef CANDOR_BATCH_RUN_H
#define CANDOR_BATCH_RUN_H

#include "batch/request.h"

int run_project(const struct host *host, const struct request *request);
/* Every gate, no output. */
int check_project(const struct host *host, const struct request *request);
int verify_run(const struct host *host, const char *folder, bool json);

#endif
