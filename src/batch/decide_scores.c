#include "batch/decide_scores.h"

#include "base/arena.h"
#include "batch/ask.h"

#include <string.h>

static bool is_scored(const struct session *s, struct decision_reader *r,
                      const struct block *block, size_t i, const char **id)
{
    const struct column_spec *own;
    struct decision decision = {0};
    struct row_error bad = {0};
    size_t first = input_map_columns(s->map, &own);
    bool usable = decision_read(r, block, i, first, &decision, &bad);
    *id = decision.id;
    return usable && decision.action != ACTION_INCOMPLETE;
}

struct asked_block {
    double *row, *margin;
    long long *ordinal;
    long *line;
    const char **id;
    size_t *at, n;
};

static status ask_block(const struct session *s, struct decision_reader *r,
                        const struct block *block, const bool *wanted,
                        size_t from, size_t rows, struct asked_block *a,
                        double *margin, struct error *e)
{
    const struct model *m = s->model;
    for (size_t i = from; i < from + rows; i++) {
        if (!wanted[i] || !is_scored(s, r, block, i, &a->id[a->n]))
            continue;
        input_map_row(s->map, block, i, a->row + a->n * m->features);
        a->ordinal[a->n] = block->ordinal[i];
        a->line[a->n] = block->line[i];
        a->at[a->n++] = i;
    }
    struct asked_rows ask = {.map = s->map, .row = a->row, .n = a->n,
                             .ordinal = a->ordinal, .line = a->line,
                             .id = a->id};
    TRY(ask_margins(m, &ask, true, a->margin, e));
    for (size_t i = 0; i < a->n; i++)
        memcpy(margin + a->at[i] * m->outputs, a->margin + i * m->outputs,
               m->outputs * sizeof *margin);
    return ST_OK;
}

status scores_ask(const struct session *s, struct decision_reader *r,
                  const struct block *block, const bool *wanted, size_t from,
                  size_t rows, double *margin, struct error *e)
{
    const struct model *m = s->model;
    struct asked_block a = {
        .row = mem_array(rows * m->features + 1, sizeof(double)),
        .margin = mem_array(rows * m->outputs + 1, sizeof(double)),
        .ordinal = mem_array(rows + 1, sizeof(long long)),
        .line = mem_array(rows + 1, sizeof(long)),
        .id = mem_array(rows + 1, sizeof(char *)),
        .at = mem_array(rows + 1, sizeof(size_t))};
    bool fine = a.row != NULL && a.margin != NULL && a.ordinal != NULL &&
                a.line != NULL && a.id != NULL && a.at != NULL;
    status st = fine ? ask_block(s, r, block, wanted, from, rows, &a, margin, e)
                     : error_memory(e);
    mem_free(a.row);
    mem_free(a.margin);
    mem_free(a.ordinal);
    mem_free(a.line);
    mem_free(a.id);
    mem_free(a.at);
    return st;
}
