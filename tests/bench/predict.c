/* Rows a second of one core for a model file of any format: `predict FILE
 * [ROWS [TABLE MARGINS]]`. Rows are drawn: codes of words, else normal numbers
 * about 1,000; or they are TABLE's doubles, and MARGINS takes what they give. */
#include "base/arena.h"
#include "formats/formats.h"
#include "kernel/random.h"
#include "model/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 100000, ROUNDS = 5 };

static double clock_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int stop(const struct error *e)
{
    fprintf(stderr, "predict: %s\n", e->text);
    return 1;
}

static long from_file(void *self, void *out, size_t n, struct error *e)
{
    (void)e;
    return (long)fread(out, 1, n, self);
}

static double *draw(const struct model *m, size_t n)
{
    struct random_stream *r = random_new(1, 0, 0);
    double *row = mem_array(n * m->features, sizeof *row);
    for (size_t i = 0; r != NULL && row != NULL && i < n * m->features; i++) {
        const struct model_feature *f = &m->feature[i % m->features];
        row[i] = f->word_count > 0
                     ? (double)random_index(r, (uint32_t)f->word_count)
                     : 1000.0 * random_normal(r);
    }
    random_free(r);
    return row;
}

/* The whole file, or false. */
static bool move(const char *path, bool writes, double *at, size_t n)
{
    FILE *file = fopen(path, writes ? "wb" : "rb");
    if (file == NULL)
        return false;
    size_t moved = writes ? fwrite(at, sizeof *at, n, file)
                          : fread(at, sizeof *at, n, file);
    return fclose(file) == 0 && moved == n;
}

int main(int count, char **word)
{
    struct error e = {0};
    struct model *m = NULL;
    struct format_options options = {.trees = TREES_ALL};
    size_t n = count > 2 ? strtoul(word[2], NULL, 10) : ROWS;
    FILE *file = count > 1 ? fopen(word[1], "rb") : NULL;
    if (file == NULL || n == 0) {
        fprintf(stderr, "predict FILE [ROWS]\n");
        return 2;
    }
    struct stream in = {file, from_file, word[1]};
    double began = clock_now();
    if (model_load(in, &options, &m, &e) != ST_OK)
        return stop(&e);
    double loaded = clock_now() - began, best = 0.0;
    double *row = draw(m, n);
    double *margin = mem_array(n * m->outputs, sizeof *margin);
    struct model_rows rows = {.value = row, .n = n};
    if (row == NULL || margin == NULL)
        return 1;
    if (count > 4 && !move(word[3], false, row, n * m->features))
        return 1;
    for (int i = 0; i < ROUNDS; i++) {
        began = clock_now();
        if (model_evaluate(m, &rows, true, margin, &e) != ST_OK)
            return stop(&e);
        double rate = (double)n / (clock_now() - began);
        best = rate > best ? rate : best;
    }
    if (count > 4 && !move(word[4], true, margin, n * m->outputs))
        return 1;
    printf("%.6g %.4g\n", best, loaded);
    mem_free(row);
    mem_free(margin);
    model_free(m);
    (void)fclose(file);
    return 0;
}
