/* Times contributions in memory: `shapley FOLDER`, which holds MODEL.json or
 * MODEL.txt, rows.f64 and background.f64 (doubles, row after row). Reads on
 * standard input, one a line, and answers each with one line:
 *   time QUESTION MODEL BACKGROUND SECONDS [ROWS]  -> rows a second, rows
 *   wall QUESTION MODEL BACKGROUND SECONDS THREADS -> the same by the clock
 *   make QUESTION MODEL BACKGROUND                 -> seconds, bytes prepared
 *   error QUESTION MODEL BACKGROUND ROWS FILE      -> largest error, bound
 * QUESTION is path, against (interventional) or pairs (dense interactions);
 * BACKGROUND is 0 or the number of reference rows. Times are processor time
 * but for wall; reading the model and preparing tables are left out of a rate,
 * making bytes of the rows and writing the values are in it. An error is
 * relative to the row's largest value; FILE holds a peer's values (doubles,
 * [rows][inputs], for pairs [rows][inputs][inputs]) or is "strict". The first
 * line says which kernels run. */
#include "formats/formats.h"
#include "io/source.h"
#include "kernel/simd.h"
#include "shapley/estimators.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(call)                                                            \
    do {                                                                       \
        if ((call) != ST_OK) {                                                 \
            fprintf(stderr, "shapley: %s\n", e.text);                          \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

enum { MODELS_MAX = 64, CASES_MAX = 128, THREADS_MAX = 16, ROWS_MAX = 100000,
       PAIR_ROWS_MAX = 20000 };

struct named_model {
    char name[64];
    struct model *model;
};

struct question {
    char what[16], model_name[64];
    size_t background;
    enum explain_mode mode;
    const struct model *model;
    struct explainer *explainer;
    struct explain_scratch *scratch[THREADS_MAX];
    size_t rows; /* of a pass; 0: not yet found */
};

struct hall {
    const char *folder;
    struct named_model model[MODELS_MAX];
    struct question question[CASES_MAX];
    size_t models, questions;
    double *rows, *background;
    size_t cells, background_cells;
    void *out;
    size_t out_bytes;
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "shapley: %s %s\n", what, name);
    exit(1);
}

static double now(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *room(size_t bytes)
{
    void *p = malloc(bytes);
    if (p == NULL)
        fail("no memory for", "a bench");
    return p;
}

/* A whole file of doubles. */
static double *read_cells(const char *path, size_t *cells)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        fail("cannot read", path);
    long bytes = ftell(f);
    *cells = bytes > 0 ? (size_t)bytes / sizeof(double) : 0;
    rewind(f);
    double *out = room(*cells * sizeof *out + 1);
    if (fread(out, sizeof *out, *cells, f) != *cells)
        fail("cannot read all of", path);
    (void)fclose(f);
    return out;
}

static double *folder_cells(const struct hall *h, const char *name,
                            size_t *cells)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", h->folder, name);
    return read_cells(path, cells);
}

static const struct model *get_model(struct hall *h, const char *name)
{
    static const char *const suffix[] = {".json", ".txt"};
    struct error e = {.class = ST_OK};
    char path[4096];
    for (size_t i = 0; i < h->models; i++)
        if (strcmp(h->model[i].name, name) == 0)
            return h->model[i].model;
    if (h->models == MODELS_MAX)
        fail("too many models before", name);
    struct named_model *m = &h->model[h->models];
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s%s", h->folder, name,
                       suffix[i]);
        FILE *f = fopen(path, "rb");
        if (f == NULL)
            continue;
        (void)fclose(f);
        struct source *source = NULL;
        CHECK(source_open(path, 0, false, &source, &e));
        CHECK(model_load(source_stream(source),
                         &(struct format_options){.trees = TREES_ALL},
                         &m->model, &e));
        source_free(source);
        (void)snprintf(m->name, sizeof m->name, "%s", name);
        h->models++;
        return m->model;
    }
    fail("no such model:", name);
    return NULL;
}

static struct explainer *prepare(struct hall *h, const struct question *q)
{
    struct error e = {.class = ST_OK};
    struct explainer *x = NULL;
    if (q->background > 0 && h->background == NULL)
        h->background = folder_cells(h, "background.f64",
                                     &h->background_cells);
    size_t features = q->model->features;
    if (q->background * features > h->background_cells)
        fail("background.f64 has too few rows for", q->what);
    const struct explain_reference r = {"background", h->background,
                                        q->background};
    const struct estimator *estimator = estimator_find(
        q->background > 0 ? "interventional" : "path-dependent");
    struct explain_request request = {
        .model = q->model,
        .estimator = estimator,
        .reference = &r,
        .references = q->background > 0,
        .mode = q->mode == EXPLAIN_FLOAT && estimator->has_float
                    ? EXPLAIN_FLOAT
                    : EXPLAIN_STRICT,
        .interactions = strcmp(q->what, "pairs") == 0,
        .memory = (size_t)4 << 30,
        .rows = ROWS_MAX,
    };
    CHECK(shapley_prepare(&request, &x, &e));
    return x;
}

static struct question *get_question(struct hall *h, const char *what,
                                     const char *model, size_t background,
                                     enum explain_mode mode)
{
    struct error e = {.class = ST_OK};
    for (size_t i = 0; i < h->questions; i++) {
        struct question *q = &h->question[i];
        if (strcmp(q->what, what) == 0 && strcmp(q->model_name, model) == 0 &&
            q->background == background && q->mode == mode)
            return q;
    }
    if (h->questions == CASES_MAX)
        fail("too many questions before", model);
    struct question *q = &h->question[h->questions++];
    (void)snprintf(q->what, sizeof q->what, "%s", what);
    (void)snprintf(q->model_name, sizeof q->model_name, "%s", model);
    q->background = background;
    q->mode = mode;
    q->model = get_model(h, model);
    if (q->model->outputs != 1)
        fail("one output is wanted of", model);
    q->explainer = prepare(h, q);
    for (size_t i = 0; i < THREADS_MAX; i++)
        CHECK(shapley_scratch_new(q->explainer, &q->scratch[i], &e));
    return q;
}

static bool of_pairs(const struct question *q)
{
    return strcmp(q->what, "pairs") == 0;
}

static size_t row_bytes(const struct question *q)
{
    size_t wide = shapley_players(q->explainer) + 1;
    return of_pairs(q) ? wide * wide * sizeof(float) : wide * sizeof(double);
}

/* Rows first … first + n − 1 to their place in the output. */
static void answer(struct hall *h, struct question *q, size_t thread,
                   size_t first, size_t n)
{
    struct error e = {.class = ST_OK};
    const double *rows = h->rows + first * q->model->features;
    char *out = (char *)h->out + first * row_bytes(q);
    if (of_pairs(q))
        CHECK(shapley_interactions_dense(q->explainer, q->scratch[thread],
                                         rows, n, (float *)(void *)out, &e));
    else
        CHECK(shapley_explain(q->explainer, q->scratch[thread], rows, n,
                              (double *)(void *)out, NULL, &e));
}

struct worker {
    struct hall *h;
    struct question *q;
    size_t thread, first, n;
};

static void *work(void *self)
{
    struct worker *w = self;
    answer(w->h, w->q, w->thread, w->first, w->n);
    return NULL;
}

static void pass(struct hall *h, struct question *q, size_t rows,
                 size_t threads)
{
    struct worker w[THREADS_MAX];
    pthread_t id[THREADS_MAX];
    size_t block = shapley_block(q->explainer);
    size_t share = (rows / threads + block - 1) / block * block;
    if (threads == 1) {
        answer(h, q, 0, 0, rows);
        return;
    }
    for (size_t i = 0; i < threads; i++) {
        size_t first = i * share < rows ? i * share : rows;
        size_t last = i + 1 < threads && first + share < rows ? first + share
                                                              : rows;
        w[i] = (struct worker){h, q, i, first, last - first};
        if (pthread_create(&id[i], NULL, work, &w[i]) != 0)
            fail("no thread for", q->model_name);
    }
    for (size_t i = 0; i < threads; i++)
        (void)pthread_join(id[i], NULL);
}

static size_t rows_held(const struct hall *h, const struct question *q)
{
    size_t held = h->cells / q->model->features;
    size_t most = of_pairs(q) ? PAIR_ROWS_MAX : ROWS_MAX;
    return held < most ? held : most;
}

static void make_room(struct hall *h, const struct question *q, size_t rows)
{
    size_t bytes = rows * row_bytes(q);
    if (bytes <= h->out_bytes)
        return;
    free(h->out);
    h->out = room(bytes);
    h->out_bytes = bytes;
    memset(h->out, 0, bytes); /* its pages are there before the clock runs */
}

/* Rows of a pass: blocks, more of them until one pass takes a quarter of the
 * time, or all rows. */
static size_t find_rows(struct hall *h, struct question *q, double seconds)
{
    size_t held = rows_held(h, q), rows = shapley_block(q->explainer);
    for (;;) {
        rows = rows < held ? rows : held;
        make_room(h, q, rows);
        double start = now(CLOCK_PROCESS_CPUTIME_ID);
        pass(h, q, rows, 1);
        if (rows == held ||
            now(CLOCK_PROCESS_CPUTIME_ID) - start >= seconds / 4)
            return rows;
        rows *= 2;
    }
}

static void time_rows(struct hall *h, struct question *q, double seconds,
                      size_t rows, size_t threads, bool wall)
{
    clockid_t clock = wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    if (rows == 0 && q->rows == 0)
        q->rows = find_rows(h, q, seconds);
    rows = rows > 0 ? rows : q->rows;
    if (rows > rows_held(h, q))
        fail("rows.f64 has too few rows for", q->model_name);
    make_room(h, q, rows);
    pass(h, q, rows < 4096 ? rows : 4096, threads);
    size_t done = 0;
    double start = now(clock), spent = 0.0;
    while (spent < seconds) {
        pass(h, q, rows, threads);
        done += rows;
        spent = now(clock) - start;
    }
    printf("%.6g %zu\n", (double)done / spent, rows);
}

static void time_making(struct hall *h, const char *what, const char *model,
                        size_t background)
{
    struct question q = {.background = background, .mode = EXPLAIN_FLOAT};
    (void)snprintf(q.what, sizeof q.what, "%s", what);
    q.model = get_model(h, model);
    if (background > 0 && h->background == NULL)
        h->background = folder_cells(h, "background.f64",
                                     &h->background_cells);
    double start = now(CLOCK_PROCESS_CPUTIME_ID);
    struct explainer *x = prepare(h, &q);
    double spent = now(CLOCK_PROCESS_CPUTIME_ID) - start;
    printf("%.6g %zu\n", spent, shapley_memory(x));
    shapley_free(x);
}

/* [rows][inputs], for pairs [rows][inputs][inputs], in doubles. */
static double *values_of(struct hall *h, struct question *q, size_t rows)
{
    size_t wide = shapley_players(q->explainer);
    size_t across = of_pairs(q) ? wide : 1;
    double *out = room(rows * across * wide * sizeof *out);
    make_room(h, q, rows);
    pass(h, q, rows, 1);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < across; j++)
            for (size_t k = 0; k < wide; k++) {
                double *to = &out[(i * across + j) * wide + k];
                if (of_pairs(q))
                    *to = (double)((const float *)h->out)
                        [(i * (wide + 1) + j) * (wide + 1) + k];
                else
                    *to = ((const double *)h->out)[i * (wide + 1) + k];
            }
    return out;
}

static double *strict_pairs(struct hall *h, struct question *q, size_t rows)
{
    struct error e = {.class = ST_OK};
    size_t wide = shapley_players(q->explainer);
    const struct explain_pair *pair = NULL;
    size_t pairs = shapley_pairs(q->explainer, &pair);
    double *list = room(rows * pairs * sizeof *list + 1);
    double *out = room(rows * wide * wide * sizeof *out);
    memset(out, 0, rows * wide * wide * sizeof *out);
    CHECK(shapley_interactions(q->explainer, q->scratch[0], h->rows, rows,
                               list, &e));
    for (size_t i = 0; i < rows; i++)
        for (size_t p = 0; p < pairs; p++) {
            double *matrix = out + i * wide * wide;
            double value = list[i * pairs + p];
            matrix[pair[p].i * wide + pair[p].j] = value;
            matrix[pair[p].j * wide + pair[p].i] = value;
        }
    free(list);
    return out;
}

static void find_error(struct hall *h, struct question *q, size_t rows,
                       const char *file)
{
    size_t wide = shapley_players(q->explainer);
    size_t cells = of_pairs(q) ? wide * wide : wide, held = rows * cells;
    if (rows > rows_held(h, q))
        fail("rows.f64 has too few rows for", q->model_name);
    double *ours = values_of(h, q, rows), *theirs = NULL;
    if (strcmp(file, "strict") == 0) {
        struct question *s = get_question(h, q->what, q->model_name,
                                          q->background, EXPLAIN_STRICT);
        theirs = of_pairs(s) ? strict_pairs(h, s, rows)
                             : values_of(h, s, rows);
    } else {
        theirs = read_cells(file, &held);
    }
    if (held != rows * cells)
        fail("another number of values in", file);
    double worst = 0.0, bound = 0.0;
    for (size_t i = 0; i < rows; i++) {
        double largest = 0.0, error = 0.0;
        for (size_t k = i * cells; k < (i + 1) * cells; k++) {
            largest = fmax(largest, fabs(theirs[k]));
            error = fmax(error, fabs(ours[k] - theirs[k]));
        }
        if (!(largest > 0.0))
            continue;
        worst = fmax(worst, error / largest);
        bound = fmax(bound,
                     shapley_bound(q->explainer, 0, largest) / largest);
    }
    printf("%.3g %.3g\n", worst, bound);
    free(ours);
    free(theirs);
}

static void obey(struct hall *h, char *line)
{
    char verb[16], what[16], model[64], last[4096] = "";
    size_t background = 0;
    double number = 0.0;
    int n = sscanf(line, "%15s %15s %63s %zu %lf %4095s", verb, what, model,
                   &background, &number, last);
    if (n < 4)
        fail("not understood:", line);
    if (strcmp(verb, "make") == 0) {
        time_making(h, what, model, background);
        return;
    }
    struct question *q = get_question(h, what, model, background,
                                      EXPLAIN_FLOAT);
    size_t extra = n == 6 ? (size_t)strtoul(last, NULL, 10) : 0;
    if (strcmp(verb, "time") == 0 && n >= 5)
        time_rows(h, q, number, extra, 1, false);
    else if (strcmp(verb, "wall") == 0 && extra > 0 && extra <= THREADS_MAX)
        time_rows(h, q, number, 0, extra, true);
    else if (strcmp(verb, "error") == 0 && n == 6)
        find_error(h, q, (size_t)number, last);
    else
        fail("not understood:", line);
}

int main(int argc, char **argv)
{
    static struct hall h;
    struct error e = {.class = ST_OK};
    char line[8192];
    if (argc != 2)
        fail("usage: shapley FOLDER", "");
    CHECK(simd_check(&e));
    h.folder = argv[1];
    h.rows = folder_cells(&h, "rows.f64", &h.cells);
    printf("%s\n", simd_word(simd_level()));
    (void)fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        obey(&h, line);
        (void)fflush(stdout);
    }
    return 0;
}
