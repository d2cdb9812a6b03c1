/* Operators that give the same elements another shape, or make constants.
 * Where the rows are in the new shape is the only question: a shape that would
 * put numbers of two rows together is refused. */
#include "formats/onnx.h"

#include "base/text.h"

#include <math.h>

/* The same elements in the same order under other dimensions. */
static status reshaped(struct onnx *x, const struct onnx_node *n,
                       const struct onnx_value *v, const long *dim,
                       size_t rank, int rows, struct error *e)
{
    struct onnx_value out = *v;
    size_t count = 0;
    if (rank > ONNX_RANK_MAX)
        return onnx_fault(n, e, ST_LIMIT, "more than %d dimensions",
                          ONNX_RANK_MAX);
    out.rank = rank;
    out.rows = rows;
    for (size_t i = 0; i < rank; i++)
        out.dim[i] = dim[i];
    TRY(onnx_count(out.dim, rank, &count, "a computed tensor", e));
    if (count != v->count)
        return onnx_fault(n, e, ST_FORMAT, "a shape of %zu elements for %zu",
                          count, v->count);
    return onnx_set(x, n, 0, &out, e);
}

struct target {
    double want[ONNX_RANK_MAX]; /* NaN: the number of rows */
    long dim[ONNX_RANK_MAX];
    size_t rank;
};

/* Fills dim as if axis `rows` counts the rows (-1: none does); false when the
 * other dimensions cannot be those of one row. */
static bool fits(const struct onnx_value *v, struct target *t, int rows)
{
    size_t known = 1;
    int open = ONNX_NONE;
    for (size_t i = 0; i < t->rank; i++) {
        long long d = 1;
        if ((int)i != rows && !onnx_whole(t->want[i], &d))
            return false;
        if (d == 0 && (int)i != rows && v->count > 0)
            d = i < v->rank && (int)i != v->rows ? v->dim[i] : -2;
        if (d < -1 || d > ONNX_ELEMENTS_MAX || (d == -1 && open != ONNX_NONE))
            return false;
        if (d == -1)
            open = (int)i;
        else if (d > 0 && known > ONNX_ELEMENTS_MAX / (size_t)d)
            return false;
        else
            known *= (size_t)d;
        t->dim[i] = (long)d;
    }
    if (open == ONNX_NONE)
        return known == v->count;
    if (known == 0 || v->count % known != 0)
        return false;
    t->dim[open] = (long)(v->count / known);
    return true;
}

static size_t before(const long *dim, int rows)
{
    size_t product = 1;
    for (int i = 0; i < rows; i++)
        product *= (size_t)dim[i];
    return product;
}

/* Candidates for the axis of the rows, the surest first. */
static bool place_rows(const struct onnx_value *v, struct target *t, int *rows)
{
    for (int round = 0; round < 4; round++)
        for (int i = 0; i < (int)t->rank; i++) {
            double w = t->want[i];
            bool may = round == 0   ? isnan(w)
                       : round == 1 ? w == 0.0 && i == v->rows
                       : round == 2 ? w == -1.0
                                    : w >= 1.0 && i == v->rows;
            if (may && fits(v, t, i) &&
                before(t->dim, i) == before(v->dim, v->rows)) {
                *rows = i;
                return true;
            }
        }
    return false;
}

static status lower_reshape(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v, *shape;
    const struct onnx_attribute *a = onnx_attribute(n, "shape");
    struct target t = {.rank = 0};
    int rows = ONNX_NONE;
    TRY(onnx_input(x, n, 0, &v, e));
    if (a != NULL && n->inputs < 2) {
        t.rank = a->int_count;
        for (size_t i = 0; i < t.rank && i < ONNX_RANK_MAX; i++)
            t.want[i] = (double)a->ints[i];
    } else {
        TRY(onnx_known(x, n, 1, &shape, e));
        t.rank = shape->count;
        for (size_t i = 0; i < t.rank && i < ONNX_RANK_MAX; i++)
            t.want[i] = shape->number[i];
    }
    if (t.rank > ONNX_RANK_MAX)
        return onnx_fault(n, e, ST_LIMIT, "more than %d dimensions",
                          ONNX_RANK_MAX);
    if (v->rows == ONNX_NONE ? !fits(v, &t, ONNX_NONE)
                             : !place_rows(v, &t, &rows))
        return onnx_fault(n, e, ST_UNSUPPORTED, "the new shape does not keep "
                          "each row's %zu numbers together", v->count);
    return reshaped(x, n, v, t.dim, t.rank, rows, e);
}

static status lower_flatten(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    long long at = onnx_int(n, "axis", 1);
    size_t front = 1, back = 1;
    TRY(onnx_input(x, n, 0, &v, e));
    if (at < 0)
        at += (long long)v->rank;
    if (at < 0 || at > (long long)v->rank)
        return onnx_fault(n, e, ST_FORMAT, "axis %lld of %zu dimensions", at,
                          v->rank);
    for (size_t i = 0; i < v->rank; i++)
        *((long long)i < at ? &front : &back) *= (size_t)v->dim[i];
    bool ahead = v->rows != ONNX_NONE && v->rows < (int)at;
    if (v->rows != ONNX_NONE && (ahead ? front : back) != 1)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "numbers of several rows would be put together");
    long dim[2] = {(long)front, (long)back};
    return reshaped(x, n, v, dim, 2,
                    v->rows == ONNX_NONE ? ONNX_NONE : ahead ? 0 : 1, e);
}

/* A bit for each axis named by the attribute or by input 1. */
static status axes_of(struct onnx *x, const struct onnx_node *n, size_t rank,
                      bool *given, unsigned *bits, struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, "axes");
    const struct onnx_value *v = onnx_optional(x, n, 1);
    size_t count = a == NULL ? 0 : a->int_count, axis = 0;
    if (v != NULL) {
        TRY(onnx_known(x, n, 1, &v, e));
        count = v->count;
    }
    *given = a != NULL || v != NULL;
    *bits = 0;
    for (size_t i = 0; i < count; i++) {
        long long k = 0;
        if (v == NULL)
            k = a->ints[i];
        else if (!onnx_whole(v->number[i], &k))
            return onnx_fault(n, e, ST_FORMAT, "an axis that is no number");
        TRY(onnx_axis(n, k, rank, &axis, e));
        *bits |= 1u << axis;
    }
    return ST_OK;
}

static status lower_squeeze(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v;
    bool given = false;
    unsigned bits = 0;
    long dim[ONNX_RANK_MAX];
    size_t rank = 0;
    int rows = ONNX_NONE;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(axes_of(x, n, v->rank, &given, &bits, e));
    for (size_t i = 0; i < v->rank; i++) {
        bool drop = given ? bits >> i & 1 : v->dim[i] == 1;
        if (drop && v->rows == (int)i) {
            if (given)
                return onnx_fault(n, e, ST_UNSUPPORTED,
                                  "the axis of the rows would be dropped");
            drop = false;
        }
        if (v->rows == (int)i)
            rows = (int)rank;
        if (!drop)
            dim[rank++] = v->dim[i];
    }
    return reshaped(x, n, v, dim, rank, rows, e);
}

static status lower_unsqueeze(struct onnx *x, const struct onnx_node *n,
                              struct error *e)
{
    const struct onnx_value *v;
    const struct onnx_attribute *a = onnx_attribute(n, "axes");
    bool given = false;
    unsigned bits = 0;
    long dim[ONNX_RANK_MAX];
    size_t from = 0;
    int rows = ONNX_NONE;
    TRY(onnx_input(x, n, 0, &v, e));
    const struct onnx_value *list = onnx_optional(x, n, 1);
    size_t added = list != NULL ? list->count : a != NULL ? a->int_count : 0;
    if (added > ONNX_RANK_MAX || v->rank + added > ONNX_RANK_MAX)
        return onnx_fault(n, e, ST_LIMIT, "more than %d dimensions",
                          ONNX_RANK_MAX);
    TRY(axes_of(x, n, v->rank + added, &given, &bits, e));
    for (size_t i = 0; i < v->rank + added; i++) {
        if (bits >> i & 1) {
            dim[i] = 1;
            continue;
        }
        if (from == v->rank)
            return onnx_fault(n, e, ST_FORMAT, "an axis is named twice");
        if (v->rows == (int)from)
            rows = (int)i;
        dim[i] = v->dim[from++];
    }
    return reshaped(x, n, v, dim, v->rank + added, rows, e);
}

static status lower_shape(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    TRY(onnx_input(x, n, 0, &v, e));
    long long rank = (long long)v->rank, from = onnx_int(n, "start", 0);
    long long to = onnx_int(n, "end", rank);
    from = from < 0 ? from + rank : from;
    to = to < 0 ? to + rank : to > rank ? rank : to;
    from = from < 0 ? 0 : from > to ? to : from;
    if (to < from)
        from = to = 0;
    long length = (long)(to - from);
    TRY(onnx_make(x, ONNX_INT64, &length, 1, ONNX_NONE, ROOM_NUMBERS, &out, e));
    for (size_t i = 0; i < out.count; i++) {
        size_t axis = (size_t)from + i;
        out.number[i] = v->rows == (int)axis ? (double)NAN
                                             : (double)v->dim[axis];
    }
    return onnx_set(x, n, 0, &out, e);
}

static status lower_constant(struct onnx *x, const struct onnx_node *n,
                             struct error *e)
{
    struct onnx_value out;
    if (n->attributes != 1)
        return onnx_fault(n, e, ST_FORMAT, "it must have one value");
    const struct onnx_attribute *a = &n->attribute[0];
    if (a->tensor != NULL)
        return onnx_set(x, n, 0, a->tensor, e);
    bool one = text_equal(a->name, "value_float") ||
               text_equal(a->name, "value_int");
    bool whole = text_equal(a->name, "value_int") ||
                 text_equal(a->name, "value_ints");
    long length = one ? 1 : (long)(whole ? a->int_count : a->float_count);
    if (strncmp(a->name, "value_", 6) != 0 ||
        text_equal(a->name, "value_string") ||
        text_equal(a->name, "value_strings"))
        return onnx_fault(n, e, ST_UNSUPPORTED, "a value of this kind");
    TRY(onnx_make(x, whole ? ONNX_INT64 : ONNX_FLOAT, &length, one ? 0 : 1,
                  ONNX_NONE, ROOM_NUMBERS, &out, e));
    for (size_t i = 0; i < out.count; i++)
        out.number[i] = one ? (whole ? (double)a->i : a->f)
                        : whole ? (double)a->ints[i] : a->floats[i];
    return onnx_set(x, n, 0, &out, e);
}

/* Dimensions from known numbers; NaN is the axis of the rows. */
static status dimensions(struct onnx *x, const struct onnx_node *n,
                         size_t input, long dim[ONNX_RANK_MAX], size_t *rank,
                         int *rows, struct error *e)
{
    const struct onnx_value *shape;
    TRY(onnx_known(x, n, input, &shape, e));
    if (shape->count > ONNX_RANK_MAX)
        return onnx_fault(n, e, ST_LIMIT, "more than %d dimensions",
                          ONNX_RANK_MAX);
    *rank = shape->count;
    *rows = ONNX_NONE;
    for (size_t i = 0; i < shape->count; i++) {
        long long d = 1;
        if (isnan(shape->number[i]) && *rows == ONNX_NONE)
            *rows = (int)i;
        else if (!onnx_whole(shape->number[i], &d) || d < 0 ||
                 d > ONNX_ELEMENTS_MAX)
            return onnx_fault(n, e, ST_FORMAT, "a dimension that is none");
        dim[i] = (long)d;
    }
    return ST_OK;
}

static status lower_fill(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, "value");
    struct onnx_value out;
    long dim[ONNX_RANK_MAX];
    size_t rank = 0;
    int rows = ONNX_NONE;
    bool given = a != NULL && a->tensor != NULL && a->tensor->count == 1 &&
                 a->tensor->number != NULL;
    TRY(dimensions(x, n, 0, dim, &rank, &rows, e));
    TRY(onnx_make(x, given ? a->tensor->type : ONNX_FLOAT, dim, rank, rows,
                  ROOM_NUMBERS, &out, e));
    for (size_t i = 0; i < out.count; i++)
        out.number[i] = given ? a->tensor->number[0] : 0.0;
    return onnx_set(x, n, 0, &out, e);
}

static status lower_expand(struct onnx *x, const struct onnx_node *n,
                           struct error *e)
{
    const struct onnx_value *v;
    struct onnx_value out;
    long dim[ONNX_RANK_MAX];
    size_t rank = 0, stride[ONNX_RANK_MAX];
    int rows = ONNX_NONE;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(dimensions(x, n, 1, dim, &rank, &rows, e));
    if (rank < v->rank)
        return onnx_fault(n, e, ST_UNSUPPORTED, "fewer dimensions than before");
    size_t shift = rank - v->rank;
    if (v->rows != ONNX_NONE)
        rows = v->rows + (int)shift;
    for (size_t i = shift; i < rank; i++) {
        long d = v->dim[i - shift];
        if (d != 1 && dim[i] != 1 && d != dim[i])
            return onnx_fault(n, e, ST_FORMAT, "%ld numbers where %ld go", d,
                              dim[i]);
        dim[i] = d != 1 ? d : dim[i];
    }
    TRY(onnx_make(x, v->type, dim, rank, rows, ROOM_NONE, &out, e));
    size_t *index = onnx_alloc(x, out.count, sizeof *index);
    if (index == NULL)
        return arena_error(x->work, e);
    onnx_strides(v, stride);
    for (size_t i = 0; i < out.count; i++) {
        size_t left = i;
        for (size_t d = rank; d-- > 0;) {
            size_t at = left % (size_t)out.dim[d];
            left /= (size_t)out.dim[d];
            if (d >= shift && v->dim[d - shift] != 1)
                index[i] += at * stride[d - shift];
        }
    }
    TRY(onnx_move(x, v, index, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

const struct onnx_row onnx_reshape_rows[] = {
    {"Reshape", lower_reshape},     {"Flatten", lower_flatten},
    {"Squeeze", lower_squeeze},     {"Unsqueeze", lower_unsqueeze},
    {"Shape", lower_shape},         {"Constant", lower_constant},
    {"ConstantOfShape", lower_fill}, {"Expand", lower_expand},
    {NULL, NULL}};
