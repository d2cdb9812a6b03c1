/* Sampling, ranking and asking; trees grow in isolation_grow.c. */
#include "recourse/isolation_in.h"

#include "kernel/random.h"
#include "kernel/sort.h"

#include <math.h>
#include <string.h>

double isolation_mean_path(size_t n)
{
    double sum = 0;

    if (n < 2)
        return 0;
    for (size_t k = n - 1; k > 0; k--)
        sum += 1.0 / (double)k;
    return 2 * sum - 2 * (double)(n - 1) / (double)n;
}

/* --- which rows ----------------------------------------------------------- */

static size_t place_of(const uint32_t *x, size_t n, uint32_t v)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x[middle] < v)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* k of n, each set as likely (Floyd; Bentley 1987), ascending. */
static void draw_rows(struct random_stream *r, uint32_t n, uint32_t k,
                      uint32_t *out)
{
    uint32_t got = 0;

    for (uint32_t j = n - k; j < n; j++) {
        uint32_t v = random_index(r, j + 1);
        size_t at = place_of(out, got, v);
        if (at < got && out[at] == v) {
            v = j;
            at = got;
        }
        memmove(out + at + 1, out + at, (got - at) * sizeof *out);
        out[at] = v;
        got++;
    }
}

static int compare_rows(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static size_t join_rows(const uint32_t *sample, size_t n, uint32_t *out)
{
    size_t kept = 0;

    memcpy(out, sample, n * sizeof *out);
    qsort(out, n, sizeof *out, compare_rows);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || out[i] != out[kept - 1])
            out[kept++] = out[i];
    return kept;
}

static status choose_rows(struct fit *f, struct error *e)
{
    size_t n = f->trees * f->sample;

    f->chosen = arena_new_array(f->arena, uint32_t, n);
    uint32_t *all = arena_new_array(f->arena, uint32_t, n);
    if (f->chosen == NULL || all == NULL)
        return arena_error(f->arena, e);
    for (size_t t = 0; t < f->trees; t++) {
        struct random_stream *r = random_new(f->seed, STREAM_ROWS, t);
        if (r == NULL)
            return error_memory(e);
        draw_rows(r, (uint32_t)f->table->rows, (uint32_t)f->sample,
                  f->chosen + t * f->sample);
        random_free(r);
    }
    f->kept = join_rows(f->chosen, n, all);
    for (size_t i = 0; i < n; i++)
        f->chosen[i] = (uint32_t)place_of(all, f->kept, f->chosen[i]);
    f->row = all;
    return ST_OK;
}

/* --- passes over the table ------------------------------------------------ */

typedef void take_row(struct fit *f, size_t row, const double *x);

static status pass(struct fit *f, take_row *take, struct error *e)
{
    const struct isolation_table *t = f->table;

    for (size_t at = 0; at < t->rows;) {
        size_t n = t->rows - at < f->block_rows ? t->rows - at : f->block_rows;
        TRY(t->read(t->context, at, n, f->block, e));
        for (size_t i = 0; i < n; i++)
            take(f, at + i, f->block + i * t->columns);
        at += n;
    }
    return ST_OK;
}

static void keep_row(struct fit *f, size_t row, const double *x)
{
    size_t columns = f->table->columns;

    if (f->filled >= f->kept || f->row[f->filled] != row)
        return;
    double *to = f->data + f->filled++ * columns;
    for (size_t c = 0; c < columns; c++)
        to[c] = isfinite(x[c]) ? x[c] : (double)NAN;
}

static void rank_row(struct fit *f, size_t row, const double *x)
{
    struct isolation *i = f->out;

    if (f->filled >= i->ranked ||
        row != (uint64_t)f->filled * f->table->rows / i->ranked)
        return;
    model_margin(i->model, x, &f->path[f->filled++]);
}

static status keep_rows(struct fit *f, struct error *e)
{
    size_t columns = f->table->columns, room = (size_t)ISOLATION_BLOCK;

    while (room > 1 && room * columns > (size_t)1 << 20)
        room /= 2;
    f->block_rows = room;
    f->block = arena_new_array(f->arena, double, room *columns);
    f->data = arena_new_array(f->arena, double, f->kept *columns);
    if (f->block == NULL || f->data == NULL)
        return arena_error(f->arena, e);
    return pass(f, keep_row, e);
}

/* Order statistics at every 1/points, so that as many rows or more stand at or
 * below each as its place says. */
static status rank_rows(struct fit *f, struct error *e)
{
    struct isolation *i = f->out;

    i->ranked =
        f->table->rows < ISOLATION_RANKED ? f->table->rows : ISOLATION_RANKED;
    i->points = i->ranked < ISOLATION_POINTS ? i->ranked : ISOLATION_POINTS;
    i->point = mem_array(i->points, sizeof *i->point);
    f->path = arena_new_array(f->arena, double, i->ranked);
    if (i->point == NULL)
        return error_memory(e);
    if (f->path == NULL)
        return arena_error(f->arena, e);
    f->filled = 0;
    TRY(pass(f, rank_row, e));
    if (!sort_values(f->path, i->ranked))
        return error_memory(e);
    for (size_t k = 1; k <= i->points; k++)
        i->point[k - 1] =
            f->path[(k * i->ranked + i->points - 1) / i->points - 1];
    return ST_OK;
}

/* --- the calls ------------------------------------------------------------ */

static status check_table(const struct isolation_table *t,
                          const struct isolation_settings *s, struct error *e)
{
    if (t->rows == 0 || t->columns == 0)
        return error_set(e, ST_ARGUMENT,
                         "an isolation forest needs rows and numeric columns");
    if (t->rows > ISOLATION_ROWS_MAX)
        return error_set(e, ST_LIMIT, "%zu rows, at most %llu can be sampled",
                         t->rows, ISOLATION_ROWS_MAX);
    if (t->columns > ISOLATION_COLUMNS_MAX)
        return error_set(e, ST_LIMIT, "%zu columns, at most %d", t->columns,
                         ISOLATION_COLUMNS_MAX);
    if (s->trees > ISOLATION_TREES_MAX)
        return error_set(e, ST_ARGUMENT, "%zu trees, at most %d", s->trees,
                         ISOLATION_TREES_MAX);
    if (s->sample == 1 || s->sample > ISOLATION_SAMPLE_MAX)
        return error_set(e, ST_ARGUMENT,
                         "a sample of %zu rows, expected 2 to %d", s->sample,
                         ISOLATION_SAMPLE_MAX);
    return ST_OK;
}

static status fit(struct fit *f, struct error *e)
{
    f->arena = arena_new(ISOLATION_MEMORY);
    if (f->arena == NULL)
        return error_memory(e);
    TRY(choose_rows(f, e));
    TRY(keep_rows(f, e));
    TRY(isolation_grow(f, &f->out->model, e));
    return rank_rows(f, e);
}

status isolation_fit(const struct isolation_table *t,
                     const struct isolation_settings *s, struct isolation **out,
                     struct error *e)
{
    struct fit f = {.table = t, .seed = s->seed};

    *out = NULL;
    TRY(check_table(t, s, e));
    f.trees = s->trees > 0 ? s->trees : ISOLATION_TREES;
    f.sample = s->sample > 0 ? s->sample : ISOLATION_SAMPLE;
    if (f.sample > t->rows)
        f.sample = t->rows;
    f.out = mem_array(1, sizeof *f.out);
    if (f.out == NULL)
        return error_memory(e);
    status st = fit(&f, e);
    arena_free(f.arena);
    if (st != ST_OK) {
        isolation_free(f.out);
        return st;
    }
    *out = f.out;
    return ST_OK;
}

void isolation_free(struct isolation *i)
{
    if (i == NULL)
        return;
    model_free(i->model);
    mem_free(i->point);
    mem_free(i);
}

const struct model *isolation_model(const struct isolation *i)
{
    return i->model;
}

size_t isolation_ranked(const struct isolation *i)
{
    return i->ranked;
}

double isolation_share(const struct isolation *i, const double *row)
{
    double path;
    size_t low = 0, high = i->points;

    model_margin(i->model, row, &path);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (i->point[middle] <= path)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)low / (double)i->points;
}

double isolation_cutoff(const struct isolation *i, double share)
{
    size_t k = 0;

    if (!(share > 0))
        return 0; /* no path is shorter */
    while (k + 1 < i->points && (double)(k + 1) / (double)i->points < share)
        k++;
    return i->point[k];
}
