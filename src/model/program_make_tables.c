/* The maker's steps that look something up: words, lines, intervals, tables,
 * forests, words of texts. */
#include "model/program_in.h"
#include "model/tokens.h"

#include <math.h>
#include <stdlib.h>

static status no_feature(const struct program_maker *k, size_t feature,
                         struct error *e)
{
    return feature < k->features
               ? ST_OK
               : error_bug(e, "a program has no such input");
}

status program_words(struct program_maker *k, size_t feature,
                     const char *const *words, size_t count, double otherwise,
                     reg *out, struct error *e)
{
    TRY(no_feature(k, feature, e));
    struct words_data *d = arena_new_one(k->arena, struct words_data);
    double *number = arena_new_array(k->arena, double, count + 1);
    if (d == NULL || number == NULL)
        return arena_error(k->arena, e);
    TRY(maker_constants(k, count, e));
    for (size_t i = 0; i < count; i++)
        TRY(program_word(k, words[i], &number[i], e));
    *d = (struct words_data){number, count, otherwise};
    reg in = (reg)feature;
    struct step s = {.kind = STEP_WORDS, .data = d};
    return maker_step(k, &s, &in, 1, 1, out, e);
}

status program_lines(struct program_maker *k, const double *x, const double *y,
                     size_t knots, enum program_beyond beyond,
                     double if_missing, reg in, reg *out, struct error *e)
{
    struct lines_data *d = arena_new_one(k->arena, struct lines_data);
    if (d == NULL)
        return arena_error(k->arena, e);
    if (knots < 2)
        return error_set(e, ST_FORMAT,
                         "a line needs at least two points, %zu are given",
                         knots);
    for (size_t i = 0; i < knots; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]) || (i > 0 && x[i] <= x[i - 1]))
            return error_set(e, ST_FORMAT,
                             "point %zu of a line is not finite or not beyond "
                             "the one before", i + 1);
    TRY(maker_constants(k, 2 * knots, e));
    TRY(maker_keep(k, x, knots, sizeof *x, &d->x, e));
    TRY(maker_keep(k, y, knots, sizeof *y, &d->y, e));
    d->knots = knots;
    d->beyond = beyond;
    d->if_missing = if_missing;
    struct step s = {.kind = STEP_LINES, .data = d};
    return maker_step(k, &s, &in, 1, 1, out, e);
}

status program_intervals(struct program_maker *k,
                         const struct program_interval *of, size_t n,
                         double otherwise, double if_missing, reg in, reg *out,
                         struct error *e)
{
    struct intervals_data *d = arena_new_one(k->arena, struct intervals_data);
    if (d == NULL)
        return arena_error(k->arena, e);
    for (size_t i = 0; i < n; i++)
        if (!(of[i].low <= of[i].high))
            return error_set(e, ST_FORMAT,
                             "interval %zu ends before it begins", i + 1);
    TRY(maker_constants(k, 3 * n, e));
    TRY(maker_keep(k, of, n, sizeof *of, &d->of, e));
    d->n = n;
    d->otherwise = otherwise;
    d->if_missing = if_missing;
    struct step s = {.kind = STEP_INTERVALS, .data = d};
    return maker_step(k, &s, &in, 1, 1, out, e);
}

struct ordering {
    const double *keys;
    size_t ins;
};

static int by_key(const void *a, const void *b, void *with)
{
    const struct ordering *o = with;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    for (size_t i = 0; i < o->ins; i++) {
        double p = o->keys[x * o->ins + i], q = o->keys[y * o->ins + i];
        if (p != q)
            return p < q ? -1 : 1;
    }
    return x < y ? -1 : x > y;
}

status program_table(struct program_maker *k, const double *keys, size_t rows,
                     size_t ins, const double *values, size_t outs,
                     double otherwise, double if_missing, const reg *in,
                     reg *out, struct error *e)
{
    struct table_data *d = arena_new_one(k->arena, struct table_data);
    uint32_t *order = arena_new_array(k->arena, uint32_t, rows + 1);
    if (d == NULL || order == NULL)
        return arena_error(k->arena, e);
    if (ins == 0 || outs == 0 || rows >= PROGRAM_CONSTANTS_MAX / (ins + outs))
        return error_set(e, ST_LIMIT, "a table of more than %d numbers",
                         PROGRAM_CONSTANTS_MAX);
    for (size_t i = 0; i < rows * ins; i++)
        if (isnan(keys[i]))
            return error_set(e, ST_FORMAT, "row %zu of a table has a missing "
                             "value to look up", i / ins + 1);
    TRY(maker_constants(k, rows * (ins + outs), e));
    TRY(maker_keep(k, keys, rows * ins, sizeof *keys, &d->keys, e));
    TRY(maker_keep(k, values, rows * outs, sizeof *values, &d->values, e));
    struct ordering with = {d->keys, ins};
    for (size_t i = 0; i < rows; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, rows, sizeof *order, by_key, &with);
    d->order = order;
    d->rows = rows;
    d->ins = ins;
    d->outs = outs;
    d->otherwise = otherwise;
    d->if_missing = if_missing;
    struct step s = {.kind = STEP_TABLE, .data = d};
    return maker_step(k, &s, in, ins, outs, out, e);
}

static status add_forest(struct program_maker *k, struct model *forest,
                         bool native, const reg *in, reg *out, reg *out2,
                         struct error *e)
{
    if (forest->kind != MODEL_FOREST)
        return error_bug(e, "a forest in a program is no forest");
    size_t outs = forest->outputs + (out2 != NULL ? forest->trees : 0);
    struct forest_data *d = arena_new_one(k->arena, struct forest_data);
    reg *all = mem_array(outs, sizeof *all);
    if (d == NULL || all == NULL) {
        mem_free(all);
        return d == NULL ? arena_error(k->arena, e) : error_memory(e);
    }
    *d = (struct forest_data){forest, native, out2 != NULL};
    struct step s = {.kind = STEP_FOREST, .data = d};
    status made = maker_step(k, &s, in, forest->features, outs, all, e);
    for (size_t i = 0; made == ST_OK && i < outs; i++) {
        if (i < forest->outputs)
            out[i] = all[i];
        else
            out2[i - forest->outputs] = all[i];
    }
    mem_free(all);
    return made;
}

status program_forest(struct program_maker *k, struct model *forest,
                      bool native, const reg *in, reg *out, reg *out2,
                      struct error *e)
{
    status s = add_forest(k, forest, native, in, out, out2, e);
    if (s != ST_OK)
        model_free(forest);
    return s;
}
