#include "shapley/interact_engine_in.h"

#include "base/arena.h"

/* AHEAD: pairs whose sums are fetched before they are needed; a stretch whose
 * rows are no power of two keeps them out of each other's way in the caches. */
enum { WRITE_ROWS = 32, AHEAD = 12 };

struct pair_scratch {
    uint8_t *tile, *room;
    double *sum;        /* [targets][rows] */
    float *line;        /* [WRITE_ROWS][pairs + 1] */
    double *strict;     /* [outputs][pairs] */
};

size_t pair_engine_memory(const struct pair_engine *g)
{
    return arena_used(g->arena) + lookup_bytes(g->lookup);
}

size_t pair_engine_trees(const struct pair_engine *g)
{
    return g->taken_trees;
}

status pair_scratch_new(const struct explainer *x, struct pair_scratch **out,
                        struct error *e)
{
    const struct pair_engine *g = x->pair_engine;
    struct pair_scratch *s = mem_array(1, sizeof *s);
    size_t pairs = x->pairs->count;

    *out = NULL;
    if (s == NULL)
        return error_memory(e);
    s->tile = mem_array(g->columns.count + 1, g->rows);
    s->room = mem_array(lookup_scratch(g->lookup) + 1, 1);
    s->sum = mem_array(g->targets + 1, g->rows * sizeof *s->sum);
    s->line = mem_array(WRITE_ROWS * (pairs + 1), sizeof *s->line);
    s->strict = mem_array(x->model->outputs * pairs + 1, sizeof *s->strict);
    if (s->tile == NULL || s->room == NULL || s->sum == NULL ||
        s->line == NULL || s->strict == NULL) {
        pair_scratch_free(s);
        return error_memory(e);
    }
    *out = s;
    return ST_OK;
}

void pair_scratch_free(struct pair_scratch *s)
{
    if (s == NULL)
        return;
    mem_free(s->tile);
    mem_free(s->room);
    mem_free(s->sum);
    mem_free(s->line);
    mem_free(s->strict);
    mem_free(s);
}

/* Trees that no table took. */
static void add_strict(const struct explainer *x, struct explain_scratch *s,
                       const double *rows, size_t n)
{
    const struct pair_engine *g = x->pair_engine;
    size_t each = x->model->outputs * x->pairs->count;

    s->game.skip = g->taken;
    for (size_t i = 0; i < n * x->games; i++) {
        size_t row = i / x->games, game = i % x->games;
        double *sum = s->pairs->sum + game * each * g->rows + row;

        interact_row(x, x->game[game], &s->game,
                     rows + row * x->model->features, s->pairs->strict);
        for (size_t k = 0; k < each; k++)
            sum[k * g->rows] += s->pairs->strict[k];
    }
    s->game.skip = NULL;
}

static void sum_stretch(const struct explainer *x, struct explain_scratch *s,
                        const double *rows, size_t n)
{
    const struct pair_engine *g = x->pair_engine;
    struct pair_scratch *p = s->pairs;

    memset(p->sum, 0, g->targets * g->rows * sizeof *p->sum);
    bins_fill(g->columns.column, g->columns.count, rows, x->model->features, n,
              p->tile, g->rows);
    lookup_run(g->lookup, p->room, p->tile, g->rows, n, p->sum, g->rows);
    if (!g->all)
        add_strict(x, s, rows, n);
}

void pair_engine_run(const struct explainer *x, struct explain_scratch *s,
                     const double *rows, size_t n, double *values)
{
    const struct pair_engine *g = x->pair_engine;

    for (size_t from = 0; from < n; from += g->rows) {
        size_t some = n - from < g->rows ? n - from : g->rows;

        sum_stretch(x, s, rows + from * x->model->features, some);
        for (size_t i = 0; i < some; i++) {
            double *out = values + (from + i) * g->targets;
            for (size_t k = 0; k < g->targets; k++)
                out[k] = s->pairs->sum[k * g->rows + i];
        }
    }
}

/* Rows `from` … of one game and output: first each row's pairs in a line, so
 * that the matrix is written from beginning to end. */
static void write_matrices(const struct explainer *x,
                           const struct pair_scratch *s, size_t block,
                           size_t from, size_t n, float *matrix)
{
    const struct pair_engine *g = x->pair_engine;
    size_t pairs = x->pairs->count, side = x->players + 1;
    size_t cells = side * side, blocks = x->games * x->model->outputs;
    size_t outputs = x->model->outputs;
    double base = shapley_base(x, block / outputs, block % outputs);

    for (size_t k = 0; k < pairs; k++) {
        const double *sum = s->sum + (block * pairs + k) * g->rows + from;
        for (size_t r = 0; r < n; r += 8)
            __builtin_prefetch(sum + AHEAD * g->rows + r);
        for (size_t r = 0; r < n; r++)
            s->line[r * (pairs + 1) + k] = (float)sum[r];
    }
    for (size_t r = 0; r < n; r++) {
        const float *line = s->line + r * (pairs + 1);
        float *out = matrix + ((from + r) * blocks + block) * cells;
        for (size_t i = 0; i < cells; i++)
            out[i] = line[g->cell[i]];
        out[cells - 1] = (float)base;
    }
}

void pair_engine_dense(const struct explainer *x, struct explain_scratch *s,
                       const double *rows, size_t n, float *matrix)
{
    const struct pair_engine *g = x->pair_engine;
    size_t side = x->players + 1, blocks = x->games * x->model->outputs;

    for (size_t from = 0; from < n; from += g->rows) {
        size_t some = n - from < g->rows ? n - from : g->rows;
        float *out = matrix + from * blocks * side * side;

        sum_stretch(x, s, rows + from * x->model->features, some);
        for (size_t i = 0; i < some; i += WRITE_ROWS) {
            size_t few = some - i < WRITE_ROWS ? some - i : WRITE_ROWS;
            for (size_t b = 0; b < blocks; b++)
                write_matrices(x, s->pairs, b, i, few, out);
        }
    }
}
