/* Bounds of all scores over a box. */
#include "recourse/relax.h"

status relax_bound_new(const struct relax *x, struct arena *a,
                       struct relax_bound *out, struct error *e)
{
    size_t axes = x->space->axes, positions = x->first[axes];

    *out = (struct relax_bound){0};
    out->constant = arena_new_array(a, double, x->parts);
    out->least = arena_new_array(a, double, x->parts * (axes + 1));
    out->g = arena_new_array(a, double, x->parts * positions + 1);
    return out->constant != NULL && out->least != NULL && out->g != NULL
               ? ST_OK
               : arena_error(a, e);
}

/* --- ranges of columns ------------------------------------------------------ */

static void ranges(const struct relax *x, struct relax_bound *b)
{
    const struct space *s = x->space;

    b->none = false;
    for (size_t c = 0; c < s->columns; c++) {
        double *r = &x->range[2 * c];
        space_range(s, c, b->low, b->high, &r[0], &r[1], &x->missing[c]);
        b->none |= isnan(r[0]) && !x->missing[c];
    }
}

/* --- trees that several axes move ------------------------------------------- */

struct joint {
    const struct relax *x;
    const struct model *model;
    const size_t *quantity;
    double scale;
};

static const double *range_of(const struct joint *j, int32_t feature,
                              double fixed[2], bool *missing)
{
    size_t q = j->quantity == NULL ? (size_t)feature
                                   : j->quantity[feature];
    int32_t c = j->x->space->column_of[q];

    if (c >= 0) {
        *missing = j->x->missing[c];
        return &j->x->range[2 * c];
    }
    fixed[0] = fixed[1] = j->x->space->row[q];
    *missing = isnan(fixed[0]);
    return fixed;
}

static void sides_of(const struct joint *j, const struct node *n, bool *left,
                     bool *right)
{
    double fixed[2];
    bool missing;
    const double *r = range_of(j, n->feature, fixed, &missing);

    *left = *right = false;
    if (missing) {
        bool to_left = node_goes_left(j->model, n, NAN);
        *left = to_left;
        *right = !to_left;
    }
    if (isnan(r[0]))
        return;
    if (r[0] != r[1] && (n->categorical || n->missing == MISSING_ZERO)) {
        *left = *right = true;
        return;
    }
    *left |= node_goes_left(j->model, n, r[0]);
    *right |= !node_goes_left(j->model, n, r[1]);
}

static double least_line(const struct joint *j, const struct node *n)
{
    double sum = n->linear_constant * j->scale;
    bool any_missing = false, any_value = true;

    for (uint32_t i = 0; i < n->linear_count; i++) {
        const struct linear_term *t = &j->model->linear[n->linear_first + i];
        double fixed[2], c = t->coefficient * j->scale;
        bool missing;
        const double *r = range_of(j, t->feature, fixed, &missing);
        any_missing |= missing;
        any_value &= !isnan(r[0]);
        sum += isnan(r[0]) ? 0 : c * r[c < 0];
    }
    double least = any_value ? sum : (double)INFINITY;
    if (any_missing && n->value * j->scale < least)
        least = n->value * j->scale;
    return least;
}

static double least_leaf(const struct joint *j, const struct tree *t,
                         int32_t at)
{
    const struct node *n = &t->node[at];
    bool left, right;

    if (n->feature < 0)
        return n->linear_count > 0 ? least_line(j, n) : n->value * j->scale;
    sides_of(j, n, &left, &right);
    double a = left ? least_leaf(j, t, n->left) : (double)INFINITY;
    double b = right ? least_leaf(j, t, n->right) : (double)INFINITY;
    return fmin(a, b);
}

static double joint_least(const struct relax *x, const struct relax_score *s,
                          size_t part)
{
    const struct model *m = s->of->model;
    struct joint j = {.x = x, .model = m,
                      .quantity = x->space->r->p.score[part].quantity};
    double sum = 0;

    for (size_t i = 0; i < s->joint; i++) {
        const struct tree *t = &m->tree[s->joint_tree[i]];
        j.scale = s->of->sign * t->weight * m->combine_scale;
        sum += least_leaf(&j, t, 0);
    }
    return sum;
}

/* --- networks ---------------------------------------------------------------- */

struct inputs {
    double *low, *high, *most, *coefficient;
    bool never;   /* an input without a value: the output is missing */
    bool endless; /* an input without limits: nothing can be said */
};

static void widen(struct inputs *in, size_t i, double v)
{
    if (isnan(v))
        return;
    in->low[i] = fmin(in->low[i], v);
    in->high[i] = fmax(in->high[i], v);
}

static void input_range(const struct relax *x, const struct relax_bound *b,
                        const struct relax_input *n, struct inputs *in,
                        size_t i)
{
    in->low[i] = INFINITY;
    in->high[i] = -INFINITY;
    if (n->from == RELAX_FIXED) {
        widen(in, i, n->fixed);
    } else if (n->from == RELAX_AXIS) {
        for (size_t p = b->low[n->axis]; p <= b->high[n->axis]; p++)
            widen(in, i, n->value[p]);
    } else {
        const double *r = &x->range[2 * n->column];
        if (!isnan(r[0])) {
            widen(in, i, n->scale * r[0] + n->offset);
            widen(in, i, n->scale * r[1] + n->offset);
        }
        if (x->missing[n->column])
            widen(in, i, n->missing);
    }
    if (!(in->low[i] <= in->high[i])) {
        in->never = true;
        in->low[i] = in->high[i] = 0;
    }
    in->endless |= !isfinite(in->low[i]) || !isfinite(in->high[i]);
    in->most[i] = fmax(fabs(in->low[i]), fabs(in->high[i]));
}

static void network_bound(const struct relax *x, const struct relax_score *s,
                          struct relax_bound *b, size_t part)
{
    const struct relax_network *n = s->of->network;
    size_t count = n->net.inputs;
    struct inputs in = {.low = x->work + relax_network_work(n)};
    double *g = b->g + part * x->first[x->space->axes];
    double constant;

    in.high = in.low + count;
    in.most = in.high + count;
    in.coefficient = in.most + count;
    for (size_t i = 0; i < count; i++)
        input_range(x, b, &s->input[i], &in, i);
    if (in.never || in.endless) {
        b->constant[part] = in.never ? (double)INFINITY : -(double)INFINITY;
        return;
    }
    relax_network_bound(s->of, in.low, in.high, x->work, &constant,
                        in.coefficient);
    for (size_t i = 0; i < count; i++) {
        const struct relax_input *from = &s->input[i];
        double c = in.coefficient[i];
        if (from->from != RELAX_AXIS) {
            constant += c == 0 ? 0 : c * (c < 0 ? in.high[i] : in.low[i]);
            continue;
        }
        double *to = g + x->first[from->axis];
        for (size_t p = b->low[from->axis]; p <= b->high[from->axis]; p++)
            to[p] += isnan(from->value[p]) ? (double)INFINITY
                                           : c * from->value[p];
    }
    b->constant[part] +=
        constant - relax_network_room(s->of, in.most, x->work);
}

/* --- all --------------------------------------------------------------------- */

static void own_numbers(const struct relax *x, const struct relax_score *s,
                        struct relax_bound *b, size_t part)
{
    size_t axes = x->space->axes;
    double *g = b->g + part * x->first[axes];

    for (size_t a = 0; a < axes; a++) {
        size_t from = x->first[a] + b->low[a];
        size_t n = (size_t)(b->high[a] - b->low[a]) + 1;
        memcpy(g + from, s->table + from, n * sizeof *g);
    }
    b->constant[part] =
        s->fixed + (s->of->parts != NULL ? relax_parts_least(x, s)
                                         : joint_least(x, s, part));
}

static void least_numbers(const struct relax *x, struct relax_bound *b,
                          size_t part)
{
    size_t axes = x->space->axes;
    const double *g = b->g + part * x->first[axes];

    for (size_t a = 0; a < axes; a++) {
        double least = INFINITY;
        for (size_t p = b->low[a]; p <= b->high[a]; p++)
            least = fmin(least, g[x->first[a] + p]);
        b->least[part * axes + a] = least;
    }
}

void relax_bound_box(const struct relax *x, struct relax_bound *b)
{
    ranges(x, b);
    for (size_t i = 0; i < x->parts; i++) {
        const struct relax_score *s = &x->score[i];
        own_numbers(x, s, b, i);
        if (s->of->network != NULL)
            network_bound(x, s, b, i);
        least_numbers(x, b, i);
    }
}
