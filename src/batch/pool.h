/* batch/pool.h: N threads that share a counted list of tasks. Results belong to
 * tasks, never to threads, so the number of threads cannot show in any output. */
#ifndef CANDOR_BATCH_POOL_H
#define CANDOR_BATCH_POOL_H

#include "base/error.h"

struct pool;

/* worker: 0 … threads-1, for per-thread scratch. A task that fails fills e;
 * tasks not yet begun are then skipped. */
typedef status (*pool_task)(void *context, size_t worker, size_t index,
                            struct error *e);

/* threads 0: one a processor. A pool of one runs in the caller's thread. */
MUST_USE status pool_new(unsigned threads, struct pool **out, struct error *e);
size_t pool_threads(const struct pool *p);
/* Runs task for 0 … count-1 and waits. The error given is that of the lowest
 * failed index that was run. */
MUST_USE status pool_run(struct pool *p, pool_task task, void *context,
                         size_t count, struct error *e);
void pool_free(struct pool *p); /* NULL is fine */

#endif
