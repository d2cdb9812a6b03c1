#include "measure/split.h"

#include "base/arena.h"
#include "kernel/sort.h"

void split_free(struct split *s)
{
    mem_free(s->row);
    mem_free(s->start);
    *s = (struct split){0, NULL, NULL, 0.0};
}

static void distribute(struct split *s, const uint16_t *code, size_t n,
                       const uint32_t *order, size_t *next)
{
    for (size_t i = 0; i < n; i++)
        if (code[i] < s->codes)
            s->start[code[i] + 1]++;
    for (size_t c = 0; c < s->codes; c++) {
        s->start[c + 1] += s->start[c];
        next[c] = s->start[c];
    }
    for (size_t k = 0; k < n; k++)
        if (code[order[k]] < s->codes)
            s->row[next[code[order[k]]]++] = order[k];
    s->unknown = (double)(n - s->start[s->codes]);
}

status split_new(const double *score, const uint16_t *code, size_t n,
                 size_t codes, struct split *out, struct error *e)
{
    *out = (struct split){.codes = codes};
    uint32_t *order = mem_array(n + 1, sizeof *order);
    size_t *next = mem_array(codes + 1, sizeof *next);
    out->row = mem_array(n + 1, sizeof *out->row);
    out->start = mem_array(codes + 1, sizeof *out->start);
    bool ok = order != NULL && next != NULL && out->row != NULL &&
              out->start != NULL && sort_order(score, n, order);
    if (ok)
        distribute(out, code, n, order, next);
    else
        split_free(out);
    mem_free(order);
    mem_free(next);
    return ok ? ST_OK : error_memory(e);
}
