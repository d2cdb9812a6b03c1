/* Times everything a card measures over a made table: `measure [rows]`. Prints
 * one line a step, seconds and peak memory. */
#include "kernel/random.h"
#include "measure/drift.h"
#include "measure/fairness.h"
#include "measure/performance.h"
#include "measure/quality.h"

#include <math.h>
#include <sys/resource.h>
#include <time.h>

#define CHECK(call)                                                            \
    do {                                                                       \
        if ((call) != ST_OK) {                                                 \
            fprintf(stderr, "%s\n", e.text);                                   \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

enum { COLUMNS = 23, PERIODS = 12 };

static double clock_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void step(const char *what, double *since)
{
    struct rusage u;
    double now = clock_now();
    (void)getrusage(RUSAGE_SELF, &u);
    printf("%-28s %7.3f s   peak %5.1f MB\n", what, now - *since,
           (double)u.ru_maxrss / 1024.0);
    *since = clock_now();
}

static struct sample *make(size_t n)
{
    struct error e;
    struct sample *s = NULL;
    struct random_stream *r = random_new(1, 0, 0);
    struct sample_shape shape = {true, true, 2};
    CHECK(sample_new(&shape, &s, &e));
    for (size_t i = 0; i < n; i++) {
        double p = 1.0 / (1.0 + exp(2.0 - 1.5 * random_normal(r)));
        struct sample_row row = {p, p, random_uniform(r) < p ? 1 : 0,
                                 (uint16_t)(i * PERIODS / n),
                                 {(uint16_t)random_index(r, 7),
                                  (uint16_t)random_index(r, 3)}};
        CHECK(sample_add(s, &row, &e));
    }
    random_free(r);
    return s;
}

static void columns(size_t n)
{
    struct error e;
    struct column_quality *q[COLUMNS];
    struct row_set *rows = row_set_new(0);
    struct random_stream *r = random_new(2, 0, 0);
    for (int c = 0; c < COLUMNS; c++)
        q[c] = column_quality_new();
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = 0;
        double u = random_uniform(r);
        for (int c = 0; c < COLUMNS; c++) {
            /* A third whole numbers, the rest continuous, all distinct. */
            double x = c % 3 == 0 ? floor(u * 100.0 + c)
                                  : u * (1.0 + c) * 1000.0 + (double)i * 1e-3;
            CHECK(column_quality_add(q[c], x, &e));
            hash = row_hash_number(hash, x);
        }
        CHECK(row_set_add(rows, hash, &e));
    }
    for (int c = 0; c < COLUMNS; c++) {
        struct column_report report;
        struct drift_bins b;
        column_report_of(q[c], &report);
        drift_bins_of_tally(column_quality_tally(q[c]), &b);
        column_quality_free(q[c]);
    }
    random_free(r);
    row_set_free(rows);
}

int main(int argc, char **argv)
{
    struct error e;
    size_t n = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 1000000;
    double since = clock_now(), start;
    struct arena *a = arena_new((size_t)1 << 26);
    struct sample *s = make(n);
    step("make rows", &since);
    start = since;
    struct cutoff cut = {0.2, false, false};
    struct performance_options o = {.cutoff = &cut};
    struct performance p;
    CHECK(performance_of(s, &o, a, &p, &e));
    step("performance", &since);
    for (size_t g = 0; g < 3; g++) {
        struct fairness f;
        struct fairness_options w = {.cutoff = &cut, .column = g % 2,
                                     .second = g == 2 ? 1 : -1,
                                     .codes = g == 1 ? 3 : 7, .second_codes = 3,
                                     .reference = -1};
        CHECK(fairness_of(s, &w, a, &f, &e));
    }
    step("two groups, intersection", &since);
    struct stability t;
    CHECK(stability_of(s, s, a, &t, &e));
    step("stability, 12 periods", &since);
    columns(n);
    step("quality of 23 columns", &since);
    printf("%-28s %7.3f s\n", "all measures", clock_now() - start);
    sample_free(s);
    arena_free(a);
    return 0;
}
