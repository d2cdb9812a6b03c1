#include "measure/sample.h"

#include "base/arena.h"

#include <math.h>

status sample_new(const struct sample_shape *shape, struct sample **out,
                  struct error *e)
{
    if (shape->groups > SAMPLE_GROUPS_MAX)
        return error_set(e, ST_LIMIT, "%zu group columns; at most %d are measured",
                         shape->groups, SAMPLE_GROUPS_MAX);
    struct sample *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return error_memory(e);
    s->shape = *shape;
    *out = s;
    return ST_OK;
}

void sample_free(struct sample *s)
{
    if (s == NULL)
        return;
    mem_free(s->score);
    mem_free(s->probability);
    mem_free(s->label);
    mem_free(s->period);
    for (size_t g = 0; g < SAMPLE_GROUPS_MAX; g++)
        mem_free(s->group[g]);
    mem_free(s);
}

static bool grow(struct sample *s, size_t room)
{
    void *p;
#define GROW(column)                                                           \
    do {                                                                       \
        p = mem_grow(s->column, s->room, room, sizeof *s->column);             \
        if (p == NULL)                                                         \
            return false;                                                      \
        s->column = p;                                                         \
    } while (0)
    GROW(score);
    GROW(label);
    if (s->shape.probability)
        GROW(probability);
    if (s->shape.period)
        GROW(period);
    for (size_t g = 0; g < s->shape.groups; g++)
        GROW(group[g]);
#undef GROW
    s->room = room;
    return true;
}

static status need(struct sample *s, size_t rows, struct error *e)
{
    if (rows > SAMPLE_ROWS_MAX)
        return error_set(e, ST_LIMIT, "more than %d rows in one table to measure",
                         SAMPLE_ROWS_MAX);
    if (rows <= s->room)
        return ST_OK;
    /* A quarter more, not twice: the columns are the bulk of the memory. */
    size_t room = s->room + s->room / 4;
    if (room < 1024)
        room = 1024;
    return grow(s, room < rows ? rows : room) ? ST_OK : error_memory(e);
}

status sample_resize(struct sample *s, size_t n, struct error *e)
{
    TRY(need(s, n, e));
    for (size_t i = s->n; i < n; i++) {
        s->score[i] = 0.0;
        s->label[i] = LABEL_UNKNOWN;
        if (s->shape.probability)
            s->probability[i] = 0.0;
        if (s->shape.period)
            s->period[i] = CODE_UNKNOWN;
        for (size_t g = 0; g < s->shape.groups; g++)
            s->group[g][i] = CODE_UNKNOWN;
    }
    s->n = n;
    return ST_OK;
}

static status check(const struct sample *s, size_t i, const struct sample_row *r,
                    struct error *e)
{
    if (!isfinite(r->score))
        return error_set(e, ST_DATA, "row %zu: the score is not a finite number",
                         i + 1);
    if (s->shape.probability && !(r->probability >= 0.0 && r->probability <= 1.0))
        return error_set(e, ST_DATA, "row %zu: the probability %g is not in 0 … 1",
                         i + 1, r->probability);
    if (r->label > 1 && r->label != LABEL_UNKNOWN)
        return error_set(e, ST_DATA, "row %zu: the outcome is %u, not 0 or 1",
                         i + 1, (unsigned)r->label);
    if (s->shape.period && r->period >= CODES_MAX && r->period != CODE_UNKNOWN)
        return error_set(e, ST_LIMIT, "row %zu: more than %d periods", i + 1,
                         CODES_MAX);
    for (size_t g = 0; g < s->shape.groups; g++)
        if (r->group[g] >= CODES_MAX && r->group[g] != CODE_UNKNOWN)
            return error_set(e, ST_LIMIT,
                             "row %zu: more than %d values in a group column",
                             i + 1, CODES_MAX);
    return ST_OK;
}

status sample_put(struct sample *s, size_t i, const struct sample_row *r,
                  struct error *e)
{
    if (i >= s->n)
        return error_bug(e, "sample row out of range");
    TRY(check(s, i, r, e));
    s->score[i] = r->score;
    s->label[i] = r->label;
    if (s->shape.probability)
        s->probability[i] = r->probability;
    if (s->shape.period)
        s->period[i] = r->period;
    for (size_t g = 0; g < s->shape.groups; g++)
        s->group[g][i] = r->group[g];
    return ST_OK;
}

status sample_add(struct sample *s, const struct sample_row *row,
                  struct error *e)
{
    TRY(check(s, s->n, row, e));
    TRY(sample_resize(s, s->n + 1, e));
    return sample_put(s, s->n - 1, row, e);
}

status sample_merge(struct sample *into, const struct sample *from,
                    struct error *e)
{
    size_t at = into->n, n = from->n;
    if (into->shape.probability != from->shape.probability ||
        into->shape.period != from->shape.period ||
        into->shape.groups != from->shape.groups)
        return error_bug(e, "samples of different shape");
    if (n == 0)
        return ST_OK;
    TRY(need(into, at + n, e));
    memcpy(into->score + at, from->score, n * sizeof *from->score);
    memcpy(into->label + at, from->label, n * sizeof *from->label);
    if (from->shape.probability)
        memcpy(into->probability + at, from->probability,
               n * sizeof *from->probability);
    if (from->shape.period)
        memcpy(into->period + at, from->period, n * sizeof *from->period);
    for (size_t g = 0; g < from->shape.groups; g++)
        memcpy(into->group[g] + at, from->group[g], n * sizeof *from->group[g]);
    into->n = at + n;
    return ST_OK;
}
