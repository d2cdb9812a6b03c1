/* Rows a second out of CSV and JSON Lines, and numbers read and printed, in one
 * thread's own time. One line a case: name, value, unit. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/num.h"
#include "table/table.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 50, ROWS = 40000, VALUES = 200000, ROUNDS = 5 };

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t step(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static double normal(uint64_t *seed)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)(step(seed) >> 11) * 0x1p-53;
    return sum;
}

static void put_cell(struct buf *b, uint64_t *seed, bool shortened, bool json)
{
    double x = normal(seed);
    if (step(seed) % 100 < 8)
        buf_puts(b, json ? "null" : "");
    else if (shortened)
        buf_printf(b, "%.6g", x);
    else
        buf_put_double(b, x);
}

static void make_table(struct buf *b, bool shortened, bool json)
{
    uint64_t seed = 88172645463325252u;
    for (int j = 0; j < COLUMNS && !json; j++)
        buf_printf(b, "%sf%02d", j == 0 ? "id," : ",", j);
    if (!json)
        buf_putc(b, '\n');
    for (int i = 0; i < ROWS; i++) {
        buf_printf(b, json ? "{\"id\":\"c%07d\"" : "c%07d", i);
        for (int j = 0; j < COLUMNS; j++) {
            if (json)
                buf_printf(b, ",\"f%02d\":", j);
            else
                buf_putc(b, ',');
            put_cell(b, &seed, shortened, json);
        }
        buf_puts(b, json ? "}\n" : "\n");
    }
}

static void stop(const struct error *e)
{
    (void)fprintf(stderr, "%s\n", e->text);
    exit(1);
}

static double read_once(const struct table_spec *spec, size_t *place)
{
    struct error e;
    struct table *t = NULL, *part = NULL;
    const struct block *b;
    struct table_form form = {.width = COLUMNS, .place = place};
    double start = now();
    if (table_open(spec, &t, &e) != ST_OK ||
        table_branch(t, 1024, &form, &part, &e) != ST_OK)
        stop(&e);
    size_t rows = 0;
    for (bool got = true; got; rows += got ? b->rows : 0)
        if (table_begin(part, 1024, &got, &e) != ST_OK ||
            (got && table_finish(part, &b, &e) != ST_OK))
            stop(&e);
    double took = now() - start;
    table_free(part);
    table_free(t);
    if (rows != ROWS)
        exit(1);
    return took;
}

static void time_table(const char *name, bool shortened, bool json)
{
    struct buf b = BUF_INIT((size_t)1 << 30);
    make_table(&b, shortened, json);
    char path[] = "/tmp/candor-bench-XXXXXX", names[COLUMNS][8];
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, b.data, b.length) != (ssize_t)b.length)
        exit(1);
    struct column_spec column[COLUMNS + 1] = {
        {.name = "id", .type = COLUMN_TEXT}};
    size_t place[COLUMNS + 1] = {SIZE_MAX};
    for (size_t j = 0; j < COLUMNS; j++) {
        (void)snprintf(names[j], sizeof names[j], "f%02zu", j);
        column[j + 1] = (struct column_spec){.name = names[j]};
        place[j + 1] = j;
    }
    struct table_spec spec = {.location = path, .column = column,
                              .columns = COLUMNS + 1, .block_rows = 1};
    spec.format = json ? TABLE_JSON_LINES : TABLE_CSV;
    double best = INFINITY;
    for (int i = 0; i < ROUNDS; i++) {
        double took = read_once(&spec, place);
        best = took < best ? took : best;
    }
    (void)unlink(path);
    (void)close(fd);
    (void)printf("%s %.0f rows/s\n%s %.3f GB/s\n", name, ROWS / best, name,
                 (double)b.length / best * 1e-9);
    buf_free(&b);
}

static void time_numbers(const char *name, int form)
{
    char (*text)[32] = mem_array(VALUES, sizeof *text);
    double *x = mem_array(VALUES, sizeof *x), sum = 0;
    size_t *length = mem_array(VALUES, sizeof *length), bytes = 0;
    uint64_t seed = 42;
    double in = INFINITY, whole = INFINITY, out = INFINITY, start;
    for (size_t i = 0; i < VALUES; i++) {
        x[i] = normal(&seed);
        length[i] = (size_t)snprintf(text[i], sizeof text[i],
                                     form == 0 ? "%.6g," : "%.17g,", x[i]) - 1;
        (void)num_parse(text[i], length[i], &x[i]);
    }
    char print[NUM_TEXT_MAX];
    for (int k = 0; k < ROUNDS; k++) {
        double y;
        start = now();
        for (size_t i = 0; i < VALUES; i++)
            sum += num_scan(text[i], text[i] + 32, &y) > 0 ? y : 0;
        in = fmin(in, now() - start);
        start = now();
        for (size_t i = 0; i < VALUES; i++)
            sum += num_parse(text[i], length[i], &y) ? y : 0;
        whole = fmin(whole, now() - start);
        start = now();
        bytes = 0;
        for (size_t i = 0; i < VALUES; i++)
            bytes += form == 2 ? num_shortest_float((float)x[i], print)
                               : num_shortest(x[i], print);
        out = fmin(out, now() - start);
    }
    const double ns = 1e9 / VALUES;
    (void)printf("%s scanned %.1f ns\n%s parsed %.1f ns\n%s printed %.1f ns "
                 "%.0f MB/s\n", name, in * ns, name, whole * ns, name, out * ns,
                 (double)bytes / out * 1e-6);
    if (!isfinite(sum))
        exit(1);
    mem_free(text);
    mem_free(x);
    mem_free(length);
}

int main(void)
{
    time_numbers("6-digits", 0);
    time_numbers("17-digits", 1);
    time_numbers("float32", 2);
    time_table("csv 6-digits", true, false);
    time_table("csv 17-digits", false, false);
    time_table("jsonl 6-digits", true, true);
    time_table("jsonl 17-digits", false, true);
    return 0;
}
