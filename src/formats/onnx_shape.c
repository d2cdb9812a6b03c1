/* Operators that only move elements: they cost no step. */
#include "formats/onnx.h"

#include <math.h>

static bool any_registers(const struct onnx_value *const *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i]->reg != NULL)
            return true;
    return false;
}

/* --- Concat ---------------------------------------------------------------- */

static status concat_shape(const struct onnx_node *n,
                           const struct onnx_value *const *v, size_t count,
                           size_t axis, struct onnx_value *shape,
                           struct error *e)
{
    *shape = *v[0];
    shape->dim[axis] = 0;
    for (size_t i = 0; i < count; i++) {
        if (v[i]->rank != shape->rank)
            return onnx_fault(n, e, ST_FORMAT,
                              "input %zu has %zu dimensions, the first %zu", i,
                              v[i]->rank, shape->rank);
        if (v[i]->rows != ONNX_NONE)
            shape->rows = v[i]->rows;
        for (size_t d = 0; d < shape->rank; d++)
            if (d != axis && v[i]->dim[d] != shape->dim[d])
                return onnx_fault(n, e, ST_FORMAT, "input %zu is %ld long "
                                  "along axis %zu, the first %ld", i,
                                  v[i]->dim[d], d, shape->dim[d]);
        shape->dim[axis] += v[i]->dim[axis];
        if (shape->dim[axis] > ONNX_ELEMENTS_MAX)
            return onnx_fault(n, e, ST_LIMIT, "too many elements");
    }
    if (shape->rows == (int)axis)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "rows would be put behind rows");
    return ST_OK;
}

/* Copies part i of the joined axis into place. */
static status concat_part(struct onnx *x, const struct onnx_node *n,
                          const struct onnx_value *v, size_t axis,
                          size_t before, struct onnx_value *out,
                          struct error *e)
{
    const reg *from = v->reg;
    size_t inner = 1;
    if (out->reg != NULL)
        TRY(onnx_registers(x, n, v, &from, e));
    if ((out->number != NULL && v->number == NULL) ||
        (out->text != NULL && v->text == NULL))
        return v->count == 0 ? ST_OK
                             : onnx_fault(n, e, ST_UNSUPPORTED,
                                          "words and numbers together");
    for (size_t d = axis + 1; d < v->rank; d++)
        inner *= (size_t)v->dim[d];
    size_t here = inner * (size_t)v->dim[axis];
    size_t there = inner * (size_t)out->dim[axis];
    for (size_t i = 0; i < v->count; i++) {
        size_t to = i / here * there + before * inner + i % here;
        if (out->reg != NULL)
            out->reg[to] = from[i];
        else if (out->text != NULL)
            out->text[to] = v->text[i];
        else
            out->number[to] = v->number[i];
    }
    return ST_OK;
}

static status lower_concat(struct onnx *x, const struct onnx_node *n,
                           struct error *e)
{
    const struct onnx_value **v = onnx_alloc(x, n->inputs + 1, sizeof *v);
    struct onnx_value shape, out;
    size_t axis = 0, before = 0, count = 0;
    if (v == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < n->inputs; i++) {
        TRY(onnx_input(x, n, i, &v[count], e));
        count += 1;
    }
    if (count == 0)
        return onnx_fault(n, e, ST_FORMAT, "it has no inputs");
    TRY(onnx_axis(n, onnx_int(n, "axis", 1), v[0]->rank, &axis, e));
    TRY(concat_shape(n, v, count, axis, &shape, e));
    bool registers = any_registers(v, count);
    bool text = !registers && v[0]->text != NULL;
    TRY(onnx_make(x, v[0]->type, shape.dim, shape.rank, shape.rows,
                  text ? ROOM_NONE : registers ? ROOM_REGISTERS : ROOM_NUMBERS,
                  &out, e));
    if (text && (out.text = onnx_alloc(x, out.count, sizeof *out.text)) == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < count; i++) {
        TRY(concat_part(x, n, v[i], axis, before, &out, e));
        before += (size_t)v[i]->dim[axis];
    }
    return onnx_set(x, n, 0, &out, e);
}

/* --- parts along one axis ------------------------------------------------- */

/* out: v with `length` elements along an axis, from `start` on by `step`. */
static status cut(struct onnx *x, const struct onnx_value *v, size_t axis,
                  long long start, long long step, size_t length,
                  struct onnx_value *out, struct error *e)
{
    long dim[ONNX_RANK_MAX];
    size_t stride[ONNX_RANK_MAX];
    memcpy(dim, v->dim, sizeof dim);
    dim[axis] = (long)length;
    onnx_strides(v, stride);
    TRY(onnx_make(x, v->type, dim, v->rank, v->rows, ROOM_NONE, out, e));
    size_t *index = onnx_alloc(x, out->count, sizeof *index);
    if (index == NULL)
        return arena_error(x->work, e);
    size_t inner = stride[axis], whole = inner * (size_t)v->dim[axis];
    for (size_t i = 0; i < out->count; i++) {
        size_t block = inner * length;
        long long at = start + step * (long long)(i % block / inner);
        index[i] = i / block * whole + (size_t)at * inner + i % inner;
    }
    return onnx_move(x, v, index, out, e);
}

static status lower_split(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    const struct onnx_value *v, *sizes = onnx_optional(x, n, 1);
    const struct onnx_attribute *a = onnx_attribute(n, "split");
    size_t axis = 0, from = 0;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_axis(n, onnx_int(n, "axis", 0), v->rank, &axis, e));
    if (v->rows == (int)axis)
        return onnx_fault(n, e, ST_UNSUPPORTED, "rows would be split");
    size_t length = (size_t)v->dim[axis];
    size_t each = n->outputs == 0 ? 0 : (length + n->outputs - 1) / n->outputs;
    for (size_t i = 0; i < n->outputs; i++) {
        long long size = (long long)(length - from < each ? length - from
                                                          : each);
        struct onnx_value out;
        if (a != NULL && i < a->int_count)
            size = a->ints[i];
        if (sizes != NULL && (sizes->number == NULL || i >= sizes->count ||
                              !onnx_whole(sizes->number[i], &size)))
            return onnx_fault(n, e, ST_FORMAT, "its parts have no lengths");
        if (size < 0 || (size_t)size > length - from)
            return onnx_fault(n, e, ST_FORMAT, "its parts are longer than the "
                              "tensor");
        TRY(cut(x, v, axis, (long long)from, 1, (size_t)size, &out, e));
        TRY(onnx_set(x, n, i, &out, e));
        from += (size_t)size;
    }
    return ST_OK;
}

/* The list in an attribute or, later, in an input. */
static status numbers_of(struct onnx *x, const struct onnx_node *n,
                         const char *name, size_t input, const double **out,
                         size_t *count, struct error *e)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    const struct onnx_value *v = onnx_optional(x, n, input);
    *out = NULL;
    *count = 0;
    if (v != NULL) {
        TRY(onnx_known(x, n, input, &v, e));
        *out = v->number;
        *count = v->count;
    } else if (a != NULL) {
        double *list = onnx_alloc(x, a->int_count, sizeof *list);
        if (list == NULL)
            return arena_error(x->work, e);
        for (size_t i = 0; i < a->int_count; i++)
            list[i] = (double)a->ints[i];
        *out = list;
        *count = a->int_count;
    }
    return ST_OK;
}

static long long bounded(double at, long long length, long long low,
                         long long high)
{
    double v = at < 0 ? at + (double)length : at;
    return v < (double)low ? low : v > (double)high ? high : (long long)v;
}

static status slice_axis(struct onnx *x, const struct onnx_node *n,
                         struct onnx_value *v, size_t axis, double start,
                         double end, double step, struct error *e)
{
    long long length = v->dim[axis], by = 0;
    struct onnx_value out;
    if (!onnx_whole(step, &by) || by == 0 || isnan(start) ||
        (isnan(end) && v->rows != (int)axis))
        return onnx_fault(n, e, ST_UNSUPPORTED, "a slice that depends on the "
                          "rows, or without a step");
    if (v->rows == (int)axis) {
        if (start == 0.0 && by == 1 && !(end < 2147483647.0 && end != 1.0))
            return ST_OK;
        return onnx_fault(n, e, ST_UNSUPPORTED, "some rows would be left out");
    }
    long long from = bounded(start, length, by > 0 ? 0 : 0,
                             by > 0 ? length : length - 1);
    long long to = bounded(end, length, by > 0 ? 0 : -1,
                           by > 0 ? length : length - 1);
    long long span = by > 0 ? to - from : from - to, most = by > 0 ? by : -by;
    size_t count = span > 0 ? (size_t)((span + most - 1) / most) : 0;
    TRY(cut(x, v, axis, from, by, count, &out, e));
    *v = out;
    return ST_OK;
}

static status lower_slice(struct onnx *x, const struct onnx_node *n,
                          struct error *e)
{
    const struct onnx_value *in;
    const double *start, *end, *axes, *step;
    size_t starts, ends, axis_count, steps;
    TRY(onnx_input(x, n, 0, &in, e));
    TRY(numbers_of(x, n, "starts", 1, &start, &starts, e));
    TRY(numbers_of(x, n, "ends", 2, &end, &ends, e));
    TRY(numbers_of(x, n, "axes", 3, &axes, &axis_count, e));
    TRY(numbers_of(x, n, "steps", 4, &step, &steps, e));
    if (starts != ends || (axes != NULL && axis_count != starts) ||
        (step != NULL && steps != starts))
        return onnx_fault(n, e, ST_FORMAT, "starts, ends, axes and steps are "
                          "not of one length");
    struct onnx_value v = *in;
    for (size_t i = 0; i < starts; i++) {
        size_t axis = i;
        long long at = (long long)i;
        if (axes != NULL && !onnx_whole(axes[i], &at))
            return onnx_fault(n, e, ST_FORMAT, "an axis that is no number");
        TRY(onnx_axis(n, at, v.rank, &axis, e));
        TRY(slice_axis(x, n, &v, axis, start[i], end[i],
                       step == NULL ? 1.0 : step[i], e));
    }
    return onnx_set(x, n, 0, &v, e);
}

/* --- Gather --------------------------------------------------------------- */

/* Known data, an index that depends on the row: a table, as embeddings are. */
static status look_up(struct onnx *x, const struct onnx_node *n,
                      const struct onnx_value *data,
                      const struct onnx_value *index, struct error *e)
{
    long dim[ONNX_RANK_MAX];
    struct onnx_value out;
    size_t rows = (size_t)data->dim[0];
    size_t width = rows == 0 ? 0 : data->count / rows;
    size_t rank = index->rank + data->rank - 1;
    if (data->number == NULL || width == 0 || rank > ONNX_RANK_MAX)
        return onnx_fault(n, e, ST_UNSUPPORTED, "a table of words, or of none");
    for (size_t i = 0; i < index->rank; i++)
        dim[i] = index->dim[i];
    for (size_t i = 1; i < data->rank; i++)
        dim[index->rank + i - 1] = data->dim[i];
    TRY(onnx_make(x, data->type, dim, rank, index->rows, ROOM_REGISTERS, &out,
                  e));
    double *key = onnx_alloc(x, rows, sizeof *key);
    if (key == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < rows; i++)
        key[i] = (double)i;
    for (size_t i = 0; i < index->count; i++) {
        if (width == 1)
            TRY(onnx_table(x, key, data->number, rows, (double)NAN,
                           (double)NAN, index->reg[i], &out.reg[i], e));
        else
            TRY(program_table(x->k, key, rows, 1, data->number, width,
                              (double)NAN, (double)NAN, &index->reg[i],
                              out.reg + i * width, e));
    }
    for (size_t i = 0; i < out.count && width > 1; i++) {
        struct onnx_note *note = onnx_note(x, out.reg[i]);
        if (note == NULL)
            return error_memory(e);
        *note = (struct onnx_note){0};
    }
    return onnx_set(x, n, 0, &out, e);
}

static status pick(struct onnx *x, const struct onnx_node *n,
                   const struct onnx_value *v, const struct onnx_value *index,
                   size_t axis, struct onnx_value *out, struct error *e)
{
    long dim[ONNX_RANK_MAX];
    size_t stride[ONNX_RANK_MAX], rank = 0, picks = index->count;
    int rows = v->rows;
    if (v->rows == (int)axis || v->rank + index->rank > ONNX_RANK_MAX + 1)
        return onnx_fault(n, e, ST_UNSUPPORTED, "single rows would be taken");
    if (rows > (int)axis)
        rows += (int)index->rank - 1;
    for (size_t i = 0; i < v->rank; i++) {
        for (size_t k = 0; i == axis && k < index->rank; k++)
            dim[rank++] = index->dim[k];
        if (i != axis)
            dim[rank++] = v->dim[i];
    }
    TRY(onnx_make(x, v->type, dim, rank, rows, ROOM_NONE, out, e));
    size_t *at = onnx_alloc(x, out->count, sizeof *at);
    if (at == NULL)
        return arena_error(x->work, e);
    onnx_strides(v, stride);
    size_t inner = stride[axis];
    for (size_t i = 0; i < out->count; i++) {
        long long k = 0;
        if (!onnx_whole(index->number[i / inner % picks], &k) ||
            k < -v->dim[axis] || k >= v->dim[axis])
            return onnx_fault(n, e, ST_FORMAT, "an index outside the tensor");
        size_t place = (size_t)(k < 0 ? k + v->dim[axis] : k);
        at[i] = i / (inner * picks) * inner * (size_t)v->dim[axis] +
                place * inner + i % inner;
    }
    return onnx_move(x, v, at, out, e);
}

static status lower_gather(struct onnx *x, const struct onnx_node *n,
                           struct error *e)
{
    const struct onnx_value *v, *index;
    struct onnx_value out;
    size_t axis = 0;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_input(x, n, 1, &index, e));
    TRY(onnx_axis(n, onnx_int(n, "axis", 0), v->rank, &axis, e));
    if (index->reg != NULL && v->reg == NULL && axis == 0)
        return look_up(x, n, v, index, e);
    TRY(onnx_known(x, n, 1, &index, e));
    TRY(pick(x, n, v, index, axis, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

/* The same along the last axis, whose index is one flat list. */
status onnx_extract(struct onnx *x, const struct onnx_node *n,
                            struct error *e)
{
    const struct onnx_value *v, *index;
    struct onnx_value out, flat;
    TRY(onnx_input(x, n, 0, &v, e));
    TRY(onnx_known(x, n, 1, &index, e));
    if (v->rank == 0)
        return onnx_fault(n, e, ST_FORMAT, "its input is no list");
    flat = *index;
    flat.rank = 1;
    flat.dim[0] = (long)index->count;
    flat.rows = ONNX_NONE;
    TRY(pick(x, n, v, &flat, v->rank - 1, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_transpose(struct onnx *x, const struct onnx_node *n,
                              struct error *e)
{
    const struct onnx_value *v;
    const struct onnx_attribute *a = onnx_attribute(n, "perm");
    size_t from[ONNX_RANK_MAX], stride[ONNX_RANK_MAX], seen = 0;
    struct onnx_value out;
    long dim[ONNX_RANK_MAX];
    int rows = ONNX_NONE;
    TRY(onnx_input(x, n, 0, &v, e));
    if (a != NULL && a->int_count != v->rank)
        return onnx_fault(n, e, ST_FORMAT, "perm is not as long as the shape");
    for (size_t i = 0; i < v->rank; i++) {
        long long k = a == NULL ? (long long)(v->rank - 1 - i) : a->ints[i];
        TRY(onnx_axis(n, k, v->rank, &from[i], e));
        seen |= (size_t)1 << from[i];
        dim[i] = v->dim[from[i]];
        rows = v->rows == (int)from[i] ? (int)i : rows;
    }
    if (seen != ((size_t)1 << v->rank) - 1)
        return onnx_fault(n, e, ST_FORMAT, "perm names an axis twice");
    TRY(onnx_make(x, v->type, dim, v->rank, rows, ROOM_NONE, &out, e));
    size_t *index = onnx_alloc(x, out.count, sizeof *index);
    if (index == NULL)
        return arena_error(x->work, e);
    onnx_strides(v, stride);
    for (size_t i = 0; i < out.count; i++) {
        size_t left = i;
        for (size_t d = v->rank; d-- > 0;) {
            index[i] += left % (size_t)out.dim[d] * stride[from[d]];
            left /= (size_t)out.dim[d];
        }
    }
    TRY(onnx_move(x, v, index, &out, e));
    return onnx_set(x, n, 0, &out, e);
}

static status lower_same(struct onnx *x, const struct onnx_node *n,
                         struct error *e)
{
    const struct onnx_value *v;
    TRY(onnx_input(x, n, 0, &v, e));
    return onnx_set(x, n, 0, v, e);
}

const struct onnx_row onnx_shape_rows[] = {
    {"Concat", lower_concat},       {"Split", lower_split},
    {"Slice", lower_slice},         {"Gather", lower_gather},
    {"Transpose", lower_transpose}, {"Identity", lower_same},
    {"Dropout", lower_same},        {NULL, NULL}};
