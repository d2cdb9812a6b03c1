/* batch/setup.h: init, inspect and the help topics. Exit statuses. */
#ifndef CANDOR_BATCH_SETUP_H
#define CANDOR_BATCH_SETUP_H

#include "batch/request.h"

int setup_init(const struct host *host, const char *model, const char *table,
               const char *out, bool overwrite);
int setup_inspect(const struct host *host, const char *model, bool json);
/* NULL lists the topics. */
int setup_help(const struct host *host, const char *topic);

#endif
