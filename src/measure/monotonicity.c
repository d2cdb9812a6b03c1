#include "measure/probing.h"

#include <math.h>

struct sweep {
    const struct probe_rows *rows;
    size_t input, grids;
    const double *grid;
    int direction;
    double tolerance;
};

static void judge(const struct sweep *s, size_t row, const double *score,
                  struct monotonicity *out)
{
    bool bad = false;
    for (size_t g = 1; g < s->grids; g++) {
        double against = s->direction > 0 ? score[g - 1] - score[g]
                                          : score[g] - score[g - 1];
        out->steps += 1.0;
        if (!(against > s->tolerance))
            continue;
        bad = true;
        out->steps_against += 1.0;
        if (against > out->largest) {
            out->largest = against;
            out->largest_from = s->grid[g - 1];
            out->largest_to = s->grid[g];
            out->largest_row = row;
        }
    }
    out->rows += 1.0;
    out->violating += bad ? 1.0 : 0.0;
}

/* Each block holds whole sweeps: `grids` copies of one row after another. */
static status sweep_rows(const struct scorer *m, const struct sweep *s,
                         double *buffer, double *score,
                         struct monotonicity *out, struct error *e)
{
    size_t wide = s->rows->features, each = PROBE_BLOCK / s->grids;
    for (size_t at = 0; at < s->rows->n; at += each) {
        size_t n = s->rows->n - at < each ? s->rows->n - at : each;
        for (size_t k = 0; k < n * s->grids; k++) {
            double *row = buffer + k * wide;
            memcpy(row, s->rows->row + (at + k / s->grids) * wide,
                   wide * sizeof *row);
            row[s->input] = s->grid[k % s->grids];
        }
        TRY(m->score(m->self, buffer, n * s->grids, score, e));
        for (size_t i = 0; i < n; i++)
            judge(s, at + i, score + i * s->grids, out);
    }
    return ST_OK;
}

status monotonicity_of(const struct scorer *m, const struct probe_rows *rows,
                       size_t input, int direction, size_t grid,
                       double tolerance, struct monotonicity *out,
                       struct error *e)
{
    double value[GRID_MAX];
    *out = (struct monotonicity){.largest_from = (double)NAN,
                                 .largest_to = (double)NAN,
                                 .largest_row = SIZE_MAX};
    TRY(probing_input(rows, input, e));
    TRY(probe_grid(rows, input, grid, value, &out->grid, e));
    if (out->grid < 2) {
        out->share = estimate_missing(0.0, out->grid == 0 ? "empty" : "constant");
        return ST_OK;
    }
    struct sweep s = {rows, input, out->grid, value, direction, tolerance};
    double *buffer = mem_array(PROBE_BLOCK * rows->features, sizeof *buffer);
    double *score = mem_array(PROBE_BLOCK, sizeof *score);
    status done = buffer != NULL && score != NULL
                      ? sweep_rows(m, &s, buffer, score, out, e)
                      : error_memory(e);
    mem_free(buffer);
    mem_free(score);
    out->share = estimate_share(out->violating, out->rows);
    return done;
}
