/* Broadcasting: dimensions are compared from the last on, and a dimension of 1
 * is repeated. The rows meet only the rows. */
#include "formats/onnx.h"

status onnx_common(const struct onnx_node *n,
                   const struct onnx_value *const *v, size_t count,
                   struct onnx_value *shape, struct error *e)
{
    *shape = (struct onnx_value){.rows = ONNX_NONE};
    for (size_t i = 0; i < count; i++)
        shape->rank = v[i]->rank > shape->rank ? v[i]->rank : shape->rank;
    for (size_t d = 0; d < shape->rank; d++)
        shape->dim[d] = 1;
    for (size_t i = 0; i < count; i++) {
        size_t shift = shape->rank - v[i]->rank;
        if (v[i]->rows != ONNX_NONE) {
            int rows = v[i]->rows + (int)shift;
            if (shape->rows != ONNX_NONE && shape->rows != rows)
                return onnx_fault(n, e, ST_UNSUPPORTED,
                                  "numbers of different rows would meet");
            shape->rows = rows;
        }
        for (size_t d = 0; d < v[i]->rank; d++) {
            long *to = &shape->dim[d + shift], from = v[i]->dim[d];
            if (*to != 1 && from != 1 && *to != from)
                return onnx_fault(n, e, ST_FORMAT, "%ld numbers meet %ld along "
                                  "one axis", *to, from);
            *to = *to != 1 ? *to : from;
        }
    }
    if (shape->rows != ONNX_NONE && shape->dim[shape->rows] != 1)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "a constant has a value for each of the rows");
    return onnx_count(shape->dim, shape->rank, &shape->count,
                      "a computed tensor", e);
}

status onnx_spread(struct onnx *x, const struct onnx_value *v,
                   const struct onnx_value *shape, size_t **index,
                   struct error *e)
{
    size_t stride[ONNX_RANK_MAX], shift = shape->rank - v->rank;
    size_t *at = onnx_alloc(x, shape->count, sizeof *at);
    if (at == NULL)
        return arena_error(x->work, e);
    *index = at;
    onnx_strides(v, stride);
    if (v->count == 1)
        return ST_OK;
    for (size_t i = 0; i < shape->count; i++) {
        size_t left = i;
        for (size_t d = shape->rank; d-- > 0;) {
            size_t here = left % (size_t)shape->dim[d];
            left /= (size_t)shape->dim[d];
            if (d >= shift && v->dim[d - shift] != 1)
                at[i] += here * stride[d - shift];
        }
    }
    return ST_OK;
}

status onnx_stretch(struct onnx *x, const struct onnx_node *n,
                    const struct onnx_value *v, const struct onnx_value *shape,
                    bool known, struct onnx_value *out, struct error *e)
{
    struct onnx_value in = *v;
    size_t *index = NULL;
    if (!(known && v->number != NULL)) {
        const reg *registers = NULL;
        TRY(onnx_registers(x, n, v, &registers, e));
        reg *copy = onnx_alloc(x, v->count, sizeof *copy);
        if (copy == NULL)
            return arena_error(x->work, e);
        for (size_t i = 0; i < v->count; i++)
            copy[i] = registers[i];
        in.reg = copy;
        in.number = NULL;
    }
    TRY(onnx_make(x, v->type, shape->dim, shape->rank, shape->rows, ROOM_NONE,
                  out, e));
    TRY(onnx_spread(x, v, shape, &index, e));
    return onnx_move(x, &in, index, out, e);
}
