/* Programs that are no networks: sums of parts (model/program.h). A part that
 * one axis moves is a number a position; others are bounded by intervals. */
#include "recourse/relax.h"

status relax_parts_prepare(struct engine_score *s, struct arena *a,
                           const char *no_network, struct error *e)
{
    const struct program *p = s->model->program;
    struct relax_parts *x = arena_new_one(a, struct relax_parts);
    const char *why;

    if (x == NULL)
        return arena_error(a, e);
    if (!program_range_possible(p, &why))
        return error_set(e, ST_UNSUPPORTED,
                         "no search for changes: %s, and the model is no "
                         "network of affine layers and ReLU: %s",
                         why, no_network);
    TRY(program_parts(p, s->output, a, &x->part, &x->count, &x->constant, e));
    x->room = program_range_room(p);
    s->parts = x;
    return ST_OK;
}

/* --- one row ---------------------------------------------------------------- */

static const struct column *column_at(const struct relax *x,
                                      const struct relax_score *s, size_t f)
{
    int32_t c = x->space->column_of[s->quantity == NULL ? f : s->quantity[f]];

    return c < 0 ? NULL : &x->space->column[c];
}

static uint64_t part_levers(const struct relax *x, const struct relax_score *s,
                            const struct program_part *part)
{
    uint64_t levers = 0;

    for (size_t i = 0; i < part->features; i++) {
        const struct column *c = column_at(x, s, part->feature[i]);
        levers |= c == NULL ? 0 : c->levers;
    }
    return levers;
}

/* The row's own values, count times. */
static double *own_rows(const struct relax *x, const struct relax_score *s,
                        size_t count, struct arena *a)
{
    size_t features = s->of->model->features;
    double *row = arena_new_array(a, double, count * features + 1);

    for (size_t i = 0; row != NULL && i < count; i++)
        for (size_t f = 0; f < features; f++)
            row[i * features + f] =
                x->space->row[s->quantity == NULL ? f : s->quantity[f]];
    return row;
}

static status along_axis(const struct relax *x, struct relax_score *s,
                         const struct program_part *part, size_t axis,
                         struct arena *a, struct error *e)
{
    size_t count = x->space->axis[axis].count;
    size_t features = s->of->model->features;
    double *row = own_rows(x, s, count, a), most = 0;
    double *value = arena_new_array(a, double, count);
    struct model_rows rows = {.value = row, .n = count};

    if (row == NULL || value == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < part->features; i++) {
        const struct column *c = column_at(x, s, part->feature[i]);
        for (size_t p = 0; c != NULL && p < count; p++)
            row[p * features + part->feature[i]] = c->value[p];
    }
    TRY(program_part_values(s->of->model->program, s->of->output, part->id,
                            &rows, value, e));
    for (size_t p = 0; p < count; p++) {
        double v = s->of->sign * value[p];
        s->table[x->first[axis] + p] += isnan(v) ? (double)INFINITY : v;
        most = isnan(v) ? most : fmax(most, fabs(v));
    }
    s->room += most;
    return ST_OK;
}

status relax_parts_row(struct relax *x, struct relax_score *s, struct arena *a,
                       struct error *e)
{
    const struct relax_parts *p = s->of->parts;
    double *own = own_rows(x, s, 1, a), value;
    struct model_rows rows = {.value = own, .n = 1};

    s->joint_part = arena_new_array(a, uint32_t, p->count + 1);
    if (own == NULL || s->joint_part == NULL)
        return arena_error(a, e);
    s->fixed = s->of->sign * p->constant;
    s->room = fabs(s->fixed) + fabs(s->of->cut);
    for (size_t i = 0; i < p->count; i++) {
        uint64_t levers = part_levers(x, s, &p->part[i]);
        if ((levers & (levers - 1)) != 0) {
            s->joint_part[s->joint++] = (uint32_t)i;
            continue;
        }
        if (levers != 0) {
            TRY(along_axis(x, s, &p->part[i],
                           (size_t)__builtin_ctzll(levers), a, e));
            continue;
        }
        TRY(program_part_values(s->of->model->program, s->of->output,
                                p->part[i].id, &rows, &value, e));
        s->fixed += s->of->sign * value; /* NaN: it never passes */
        s->room += fabs(value);
    }
    /* single precision may round each step of a part's sum */
    s->room *= (double)(p->count + 16) * 0x1p-21;
    return ST_OK;
}

/* --- over a box --------------------------------------------------------------- */

double relax_parts_worst(const struct engine_score *s,
                         const struct program_span *input,
                         struct program_span *room, double sign,
                         const uint32_t *part, size_t parts, bool *missing)
{
    const struct relax_parts *p = s->parts;
    double sum = 0;

    *missing = false;
    for (size_t i = 0; i < parts; i++) {
        struct program_span v;
        program_part_range(s->model->program, s->output,
                           p->part[part == NULL ? i : part[i]].id, input, room,
                           &v);
        *missing |= v.missing;
        if (!(v.low <= v.high))
            return -INFINITY; /* missing everywhere in the box */
        sum += sign < 0 ? -v.low : v.high;
    }
    return sum;
}

double relax_parts_least(const struct relax *x, const struct relax_score *s)
{
    size_t features = s->of->model->features;
    bool missing;

    if (s->joint == 0)
        return 0;
    for (size_t f = 0; f < features; f++) {
        const struct column *c = column_at(x, s, f);
        double own = x->space->row[s->quantity == NULL ? f : s->quantity[f]];
        if (c == NULL) {
            x->span[f] = (struct program_span){own, own, isnan(own)};
            if (isnan(own))
                x->span[f].low = INFINITY, x->span[f].high = -INFINITY;
            continue;
        }
        const double *r = &x->range[2 * (size_t)(c - x->space->column)];
        bool none = isnan(r[0]);
        x->span[f] = (struct program_span){
            none ? (double)INFINITY : r[0], none ? -(double)INFINITY : r[1],
            x->missing[c - x->space->column]};
    }
    /* the least of sign × v is minus the most of −sign × v */
    return -relax_parts_worst(s->of, x->span, x->span + features,
                              -s->of->sign, s->joint_part, s->joint, &missing);
}
