/* Interactions. In STRICT mode an estimator adds those of different players,
 * the main effect is what a player's contribution leaves of them. */
#include "shapley/interact.h"

#include <math.h>

#include "shapley/game.h"
#include "shapley/interact_engine.h"

size_t shapley_pairs(const struct explainer *x,
                     const struct explain_pair **pairs)
{
    *pairs = x->pairs != NULL ? x->pairs->pair : NULL;
    return x->pairs != NULL ? x->pairs->count : 0;
}

static void add_main(const struct pair_index *p, size_t players,
                     const double *phi, double *value)
{
    for (size_t i = 0; i < players; i++) {
        if (p->first[i] < p->first[i + 1])
            value[p->first[i]] = phi[i];
    }
    for (size_t k = 0; k < p->count; k++) {
        uint32_t i = p->pair[k].i, j = p->pair[k].j;

        if (i == j)
            continue;
        value[p->first[i]] -= value[k];
        value[p->first[j]] -= value[k];
    }
}

void interact_row(const struct explainer *x, const struct game *g,
                  struct game_scratch *s, const double *row, double *values)
{
    size_t outputs = x->model->outputs, width = x->players + 1;

    memset(values, 0, outputs * x->pairs->count * sizeof *values);
    memset(s->phi, 0, outputs * width * sizeof *s->phi);
    x->estimator->explain(g, s, row, s->phi);
    x->estimator->interact(g, s, row, values);
    for (size_t o = 0; o < outputs; o++)
        add_main(x->pairs, x->players, s->phi + o * width,
                 values + o * x->pairs->count);
}

static status check_pairs(const struct explainer *x, struct error *e)
{
    if (x->pairs == NULL)
        return error_bug(e, "interactions were not asked for at the start");
    return ST_OK;
}

status shapley_interactions(const struct explainer *x,
                            struct explain_scratch *s, const double *rows,
                            size_t n, double *values, struct error *e)
{
    TRY(check_pairs(x, e));
    if (x->pair_engine != NULL) {
        pair_engine_run(x, s, rows, n, values);
        return ST_OK;
    }
    size_t each = x->model->outputs * x->pairs->count;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < x->games; k++)
            interact_row(x, x->game[k], &s->game, rows + i * x->model->features,
                         values + (i * x->games + k) * each);
    }
    return ST_OK;
}

static void fill_matrix(const struct pair_index *p, const double *value,
                        double base, size_t side, float *matrix)
{
    memset(matrix, 0, side * side * sizeof *matrix);
    for (size_t k = 0; k < p->count; k++) {
        uint32_t i = p->pair[k].i, j = p->pair[k].j;

        matrix[i * side + j] = matrix[j * side + i] = (float)value[k];
    }
    matrix[side * side - 1] = (float)base;
}

static status check_dense(const struct explainer *x, struct error *e)
{
    size_t side = x->players + 1;

    if (side <= SHAPLEY_DENSE_MAX / sizeof(float) / side)
        return ST_OK;
    return error_set(e, ST_LIMIT,
                     "all interactions of %zu inputs are a table of %zu MB for "
                     "each row, at most %zu MB are written; ask for the "
                     "largest pairs, or join inputs in groups",
                     x->players, side * side * sizeof(float) / 1000000,
                     SHAPLEY_DENSE_MAX / 1000000);
}

status shapley_interactions_dense(const struct explainer *x,
                                  struct explain_scratch *s,
                                  const double *rows, size_t n, float *matrix,
                                  struct error *e)
{
    TRY(check_pairs(x, e));
    TRY(check_dense(x, e));
    if (x->pair_engine != NULL) {
        pair_engine_dense(x, s, rows, n, matrix);
        return ST_OK;
    }
    size_t outputs = x->model->outputs, side = x->players + 1;
    double *values =
        mem_array(outputs * x->pairs->count + 1, sizeof *values);
    if (values == NULL)
        return error_memory(e);
    for (size_t i = 0; i < n * x->games; i++) {
        const struct game *g = x->game[i % x->games];
        const double *row = rows + i / x->games * x->model->features;

        interact_row(x, g, &s->game, row, values);
        for (size_t o = 0; o < outputs; o++)
            fill_matrix(x->pairs, values + o * x->pairs->count,
                        shapley_base(x, i % x->games, o), side,
                        matrix + (i * outputs + o) * side * side);
    }
    mem_free(values);
    return ST_OK;
}

size_t pairs_largest(const struct explain_pair *pair, const double *value,
                     size_t n, bool main_too, size_t k, size_t *place)
{
    size_t count = 0;

    for (size_t i = 0; i < n && k > 0; i++) {
        double size = fabs(value[i]);

        if (!(size > 0) || (pair[i].i == pair[i].j && !main_too))
            continue;
        if (count == k && !(size > fabs(value[place[k - 1]])))
            continue;
        size_t at = count < k ? count++ : k - 1;
        for (; at > 0 && size > fabs(value[place[at - 1]]); at--)
            place[at] = place[at - 1];
        place[at] = i;
    }
    return count;
}
