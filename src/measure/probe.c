#include "measure/probe.h"

#include "kernel/random.h"
#include "kernel/sort.h"
#include "measure/probing.h"
#include "measure/ranking.h"

#include <math.h>

status probing_input(const struct probe_rows *rows, size_t input,
                     struct error *e)
{
    if (input >= rows->features)
        return error_bug(e, "no such input");
    if (rows->n >= UINT32_MAX)
        return error_set(e, ST_LIMIT, "%zu rows to ask the model about", rows->n);
    return ST_OK;
}

static status score_block(const struct scorer *m, const double *row, size_t n,
                          double *out, struct error *e)
{
    TRY(m->score(m->self, row, n, out, e));
    for (size_t i = 0; i < n; i++)
        if (!isfinite(out[i]))
            return error_set(e, ST_NUMERIC,
                             "the model's score of a probed row is not a finite "
                             "number");
    return ST_OK;
}

status probing_score(const struct scorer *m, const struct probe_rows *rows,
                     probing_change *change, void *self, double *out,
                     struct error *e)
{
    size_t wide = rows->features;
    double *buffer = mem_array(PROBE_BLOCK * wide + 1, sizeof *buffer);
    if (buffer == NULL)
        return error_memory(e);
    status s = ST_OK;
    for (size_t at = 0; at < rows->n && s == ST_OK; at += PROBE_BLOCK) {
        size_t n = rows->n - at < PROBE_BLOCK ? rows->n - at : PROBE_BLOCK;
        memcpy(buffer, rows->row + at * wide, n * wide * sizeof *buffer);
        for (size_t i = 0; i < n && change != NULL; i++)
            change(self, at + i, buffer + i * wide);
        s = score_block(m, buffer, n, out + at, e);
    }
    mem_free(buffer);
    return s;
}

status probing_column(const struct probe_rows *rows, size_t input,
                      double **values, size_t *count, struct error *e)
{
    TRY(probing_input(rows, input, e));
    double *v = mem_array(rows->n + 1, sizeof *v);
    if (v == NULL)
        return error_memory(e);
    *count = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (isfinite(rows->row[i * rows->features + input]))
            v[(*count)++] = rows->row[i * rows->features + input];
    if (!sort_values(v, *count)) {
        mem_free(v);
        return error_memory(e);
    }
    *values = v;
    return ST_OK;
}

status probe_grid(const struct probe_rows *rows, size_t input, size_t want,
                  double *grid, size_t *count, struct error *e)
{
    double *v = NULL;
    size_t n = 0;
    *count = 0;
    if (want < 2 || want > GRID_MAX)
        return error_set(e, ST_ARGUMENT, "%zu grid values; 2 … %d are possible",
                         want, GRID_MAX);
    TRY(probing_column(rows, input, &v, &n, e));
    for (size_t g = 0; g < want && n > 0; g++) {
        size_t k = (g * n + want - 2) / (want - 1); /* ceil(g n / (want - 1)) */
        double x = v[k > 0 ? k - 1 : 0];
        if (*count == 0 || x > grid[*count - 1])
            grid[(*count)++] = x;
    }
    mem_free(v);
    return ST_OK;
}

/* --- permutation importance --- */

struct shuffle {
    const struct probe_rows *rows;
    const size_t *input;
    size_t inputs;
    uint32_t *from;
};

static void shuffled(void *self, size_t index, double *row)
{
    const struct shuffle *s = self;
    const double *other = s->rows->row + (size_t)s->from[index] * s->rows->features;
    for (size_t k = 0; k < s->inputs; k++)
        row[s->input[k]] = other[s->input[k]];
}

/* The measure that shuffling makes worse: AUC, or minus RMSE. */
static status quality(const struct probe_rows *rows, const double *score,
                      double *out, const char **why, struct error *e)
{
    *why = NULL;
    if (rows->label != NULL) {
        struct ranking *r = NULL;
        TRY(ranking_new(score, rows->label, NULL, rows->n, &r, e));
        struct estimate x = ranking_auc(r);
        ranking_free(r);
        *out = x.value;
        *why = x.computable ? NULL : x.why_not;
        return ST_OK;
    }
    double sum = 0.0;
    if (rows->target == NULL || rows->n == 0)
        *why = rows->n == 0 ? "empty" : "no-outcomes";
    for (size_t i = 0; i < rows->n && *why == NULL; i++)
        sum += (score[i] - rows->target[i]) * (score[i] - rows->target[i]);
    *out = rows->n > 0 ? -sqrt(sum / (double)rows->n) : (double)NAN;
    return ST_OK;
}

static status repeat(const struct scorer *m, struct shuffle *s, double *score,
                     uint64_t seed, size_t number, double base,
                     struct moments *loss, struct error *e)
{
    struct random_stream *r = random_new(seed, s->input[0], number);
    if (r == NULL)
        return error_memory(e);
    random_permutation(r, s->from, (uint32_t)s->rows->n);
    random_free(r);
    const char *why = NULL;
    double now = 0.0;
    TRY(probing_score(m, s->rows, shuffled, s, score, e));
    TRY(quality(s->rows, score, &now, &why, e));
    moments_add(loss, base - now);
    return ST_OK;
}

static status repeats_of(const struct scorer *m, struct shuffle *s,
                         double *score, uint64_t seed, size_t repeats,
                         struct permutation *out, struct error *e)
{
    const char *why = NULL;
    double base = 0.0;
    struct moments loss = {0};
    TRY(probing_score(m, s->rows, NULL, NULL, score, e));
    TRY(quality(s->rows, score, &base, &why, e));
    if (why != NULL) {
        out->loss = estimate_missing((double)s->rows->n, why);
        out->base = (double)NAN;
        return ST_OK;
    }
    for (size_t k = 0; k < repeats; k++)
        TRY(repeat(m, s, score, seed, k, base, &loss, e));
    out->base = s->rows->label != NULL ? base : -base;
    out->loss = moments_mean(&loss);
    out->loss.method = "repeats";
    out->loss.n = (double)s->rows->n;
    return ST_OK;
}

status permutation_of(const struct scorer *m, const struct probe_rows *rows,
                      const size_t *input, size_t inputs, uint64_t seed,
                      size_t repeats, struct permutation *out, struct error *e)
{
    if (repeats < 1 || repeats > PROBE_REPEATS_MAX || inputs == 0)
        return error_set(e, ST_ARGUMENT, "%zu repeats; 1 … %d are possible",
                         repeats, PROBE_REPEATS_MAX);
    for (size_t k = 0; k < inputs; k++)
        TRY(probing_input(rows, input[k], e));
    double *score = mem_array(rows->n + 1, sizeof *score);
    struct shuffle s = {rows, input, inputs,
                        mem_array(rows->n + 1, sizeof *s.from)};
    status done = score != NULL && s.from != NULL
                      ? repeats_of(m, &s, score, seed, repeats, out, e)
                      : error_memory(e);
    mem_free(score);
    mem_free(s.from);
    return done;
}
