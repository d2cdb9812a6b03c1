#include "check.h"

#include "batch/pool.h"

struct work {
    int done[5000];
    size_t fail_at;
};

static status mark(void *context, size_t worker, size_t index, struct error *e)
{
    struct work *w = context;
    (void)worker;
    if (index == w->fail_at)
        return error_set(e, ST_DATA, "task %zu", index);
    w->done[index]++;
    return ST_OK;
}

static void every_task_runs_once(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 5; threads++) {
        struct pool *p;
        struct error e;
        check_ok(pool_new(threads, &p, &e), &e);
        for (int round = 0; round < 50; round++) {
            struct work w = {.fail_at = SIZE_MAX};
            check_ok(pool_run(p, mark, &w, 5000, &e), &e);
            for (int i = 0; i < 5000; i++)
                assert_int_equal(w.done[i], 1);
        }
        struct work w = {.fail_at = 17};
        check_fails(pool_run(p, mark, &w, 5000, &e), &e, ST_DATA, "task 17");
        w.fail_at = SIZE_MAX;
        check_ok(pool_run(p, mark, &w, 0, &e), &e);
        pool_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_task_runs_once)};
    return cmocka_run_group_tests_name("batch/pool", tests, NULL, NULL);
}
