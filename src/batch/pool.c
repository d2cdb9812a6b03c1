#include "batch/pool.h"

#include "base/arena.h"

#include <pthread.h>
#include <unistd.h>

struct worker {
    struct pool *pool;
    size_t index;
    pthread_t thread;
};

struct pool {
    size_t threads, started;
    struct worker *worker;
    pthread_mutex_t lock;
    pthread_cond_t begin, done;
    bool locks_made, quit;
    unsigned long round; /* of work; a worker joins each round once */
    size_t busy;
    /* the round's work */
    pool_task task;
    void *context;
    size_t count, next;
    bool failed;
    size_t failed_index;
    struct error error;
};

static void note_failure(struct pool *p, size_t index, const struct error *e)
{
    if (p->failed && p->failed_index < index)
        return;
    p->failed = true;
    p->failed_index = index;
    p->error = *e;
}

/* Takes tasks until none is left; called with the lock held. */
static void take_tasks(struct pool *p, size_t worker)
{
    while (p->next < p->count && !p->failed) {
        size_t index = p->next++;
        pool_task task = p->task;
        void *context = p->context;
        (void)pthread_mutex_unlock(&p->lock);
        struct error e = {.class = ST_OK};
        status s = task(context, worker, index, &e);
        (void)pthread_mutex_lock(&p->lock);
        if (s != ST_OK)
            note_failure(p, index, &e);
    }
}

static void *work(void *self)
{
    struct worker *w = self;
    struct pool *p = w->pool;
    unsigned long seen = 0;
    (void)pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->quit && p->round == seen)
            (void)pthread_cond_wait(&p->begin, &p->lock);
        if (p->quit)
            break;
        seen = p->round;
        take_tasks(p, w->index);
        if (--p->busy == 0)
            (void)pthread_cond_signal(&p->done);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

static status start(struct pool *p, struct error *e)
{
    for (; p->started + 1 < p->threads; p->started++) {
        struct worker *w = &p->worker[p->started];
        w->pool = p;
        w->index = p->started + 1;
        if (pthread_create(&w->thread, NULL, work, w) != 0)
            return error_set(e, ST_SYSTEM, "could not start thread %zu of %zu",
                             p->started + 2, p->threads);
    }
    return ST_OK;
}

status pool_new(unsigned threads, struct pool **out, struct error *e)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = threads > 0 ? threads : processors > 0 ? (size_t)processors : 1;
    struct pool *p = mem_array(1, sizeof *p);
    if (p == NULL)
        return error_memory(e);
    p->threads = n;
    p->worker = mem_array(n, sizeof *p->worker);
    p->locks_made = p->worker != NULL &&
                    pthread_mutex_init(&p->lock, NULL) == 0 &&
                    pthread_cond_init(&p->begin, NULL) == 0 &&
                    pthread_cond_init(&p->done, NULL) == 0;
    if (!p->locks_made) {
        pool_free(p);
        return error_memory(e);
    }
    status s = start(p, e);
    if (s != ST_OK) {
        pool_free(p);
        return s;
    }
    *out = p;
    return ST_OK;
}

size_t pool_threads(const struct pool *p)
{
    return p->threads;
}

status pool_run(struct pool *p, pool_task task, void *context, size_t count,
                struct error *e)
{
    (void)pthread_mutex_lock(&p->lock);
    p->task = task;
    p->context = context;
    p->count = count;
    p->next = 0;
    p->failed = false;
    p->busy = p->started;
    p->round++;
    (void)pthread_cond_broadcast(&p->begin);
    take_tasks(p, 0);
    while (p->busy > 0)
        (void)pthread_cond_wait(&p->done, &p->lock);
    bool failed = p->failed;
    if (failed && e != NULL)
        *e = p->error;
    status s = failed ? p->error.class : ST_OK;
    (void)pthread_mutex_unlock(&p->lock);
    return s;
}

void pool_free(struct pool *p)
{
    if (p == NULL)
        return;
    if (p->locks_made) {
        (void)pthread_mutex_lock(&p->lock);
        p->quit = true;
        (void)pthread_cond_broadcast(&p->begin);
        (void)pthread_mutex_unlock(&p->lock);
        for (size_t i = 0; i < p->started; i++)
            (void)pthread_join(p->worker[i].thread, NULL);
        (void)pthread_mutex_destroy(&p->lock);
        (void)pthread_cond_destroy(&p->begin);
        (void)pthread_cond_destroy(&p->done);
    }
    mem_free(p->worker);
    mem_free(p);
}
