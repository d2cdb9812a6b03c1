/* Values of the graph, attributes of nodes, and what they are asked for. */
#include "formats/onnx.h"

#include "base/text.h"

#include <stdio.h>

status onnx_fault(const struct onnx_node *n, struct error *e, status class,
                  const char *format, ...)
{
    struct place place = {NULL, 0, 0, (long long)n->offset};
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_at(e, class, &place, "node \"%.80s\" (%s%s%s): %s",
                    n->name[0] != '\0' ? n->name
                    : n->outputs > 0   ? n->output[0]
                                       : "",
                    n->domain, n->domain[0] == '\0' ? "" : ".", n->op, text);
}

void *onnx_alloc(struct onnx *x, size_t count, size_t size)
{
    return arena_array(x->work, count, size);
}

bool onnx_single(int type)
{
    return type == ONNX_FLOAT || type == ONNX_FLOAT16 || type == ONNX_BFLOAT16;
}

/* --- attributes ----------------------------------------------------------- */

const struct onnx_attribute *onnx_attribute(const struct onnx_node *n,
                                            const char *name)
{
    for (size_t i = 0; i < n->attributes; i++)
        if (text_equal(n->attribute[i].name, name))
            return &n->attribute[i];
    return NULL;
}

long long onnx_int(const struct onnx_node *n, const char *name,
                   long long otherwise)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    return a == NULL ? otherwise : a->i;
}

double onnx_float(const struct onnx_node *n, const char *name,
                  double otherwise)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    return a == NULL ? otherwise : a->f;
}

const char *onnx_string(const struct onnx_node *n, const char *name,
                        const char *otherwise)
{
    const struct onnx_attribute *a = onnx_attribute(n, name);
    return a == NULL || a->s == NULL ? otherwise : a->s;
}

status onnx_axis(const struct onnx_node *n, long long axis, size_t rank,
                 size_t *out, struct error *e)
{
    long long r = (long long)rank;
    if (axis < -r || axis >= r)
        return onnx_fault(n, e, ST_FORMAT, "axis %lld of a tensor with %zu "
                          "dimensions", axis, rank);
    *out = (size_t)(axis < 0 ? axis + r : axis);
    return ST_OK;
}

/* --- values --------------------------------------------------------------- */

struct onnx_value *onnx_find(const struct onnx *x, const char *name)
{
    long at = names_find(x->names, name, strlen(name));
    if (at < 0 || (size_t)at >= x->value_room || x->value[at].type == 0)
        return NULL;
    return &x->value[at];
}

const struct onnx_value *onnx_optional(struct onnx *x,
                                       const struct onnx_node *n, size_t i)
{
    if (i >= n->inputs || n->input[i][0] == '\0')
        return NULL;
    return onnx_find(x, n->input[i]);
}

status onnx_input(struct onnx *x, const struct onnx_node *n, size_t i,
                  const struct onnx_value **out, struct error *e)
{
    *out = onnx_optional(x, n, i);
    if (*out != NULL)
        return ST_OK;
    return onnx_fault(n, e, ST_FORMAT, "input %zu%s%.60s is not there", i,
                      i < n->inputs ? ", " : "",
                      i < n->inputs ? n->input[i] : "");
}

status onnx_known(struct onnx *x, const struct onnx_node *n, size_t i,
                  const struct onnx_value **out, struct error *e)
{
    TRY(onnx_input(x, n, i, out, e));
    if ((*out)->number != NULL || (*out)->count == 0)
        return ST_OK;
    return onnx_fault(n, e, ST_UNSUPPORTED,
                      "input %zu, %.60s, must be known from the file; here it "
                      "depends on the row", i, n->input[i]);
}

status onnx_make(struct onnx *x, int type, const long *dim, size_t rank,
                 int rows, enum onnx_room room, struct onnx_value *out,
                 struct error *e)
{
    *out = (struct onnx_value){.type = type, .rank = rank, .rows = rows};
    if (rank > ONNX_RANK_MAX)
        return error_set(e, ST_LIMIT, "a tensor has %zu dimensions, at most %d "
                         "are read", rank, ONNX_RANK_MAX);
    for (size_t i = 0; i < rank; i++)
        out->dim[i] = (int)i == rows ? 1 : dim[i];
    TRY(onnx_count(out->dim, rank, &out->count, "a computed tensor", e));
    if (room == ROOM_REGISTERS) {
        if (out->count > PROGRAM_REGISTERS_MAX)
            return error_set(e, ST_LIMIT, "a computed tensor has %zu elements "
                             "a row, at most %d are read", out->count,
                             PROGRAM_REGISTERS_MAX);
        out->reg = onnx_alloc(x, out->count, sizeof *out->reg);
    }
    if (room == ROOM_NUMBERS)
        out->number = onnx_alloc(x, out->count, sizeof *out->number);
    if (room != ROOM_NONE && out->reg == NULL && out->number == NULL)
        return arena_error(x->work, e);
    return ST_OK;
}

status onnx_set(struct onnx *x, const struct onnx_node *n, size_t i,
                const struct onnx_value *v, struct error *e)
{
    if (i >= n->outputs || n->output[i][0] == '\0')
        return ST_OK;
    long at = names_add(x->names, n->output[i], strlen(n->output[i]));
    if (at < 0)
        return error_memory(e);
    if ((size_t)at < x->fixed)
        return onnx_fault(n, e, ST_FORMAT, "output \"%.60s\" is a value that "
                          "the file gives as well", n->output[i]);
    TRY(MEM_ROOM(x->value, x->value_room, (size_t)at + 1, e));
    x->value[at] = *v;
    return ST_OK;
}

bool onnx_whole(double number, long long *out)
{
    if (!(number >= -0x1p53 && number <= 0x1p53))
        return false;
    *out = (long long)number;
    return (double)*out == number;
}

void onnx_strides(const struct onnx_value *v, size_t stride[ONNX_RANK_MAX])
{
    size_t step = 1;
    for (size_t i = v->rank; i-- > 0;) {
        stride[i] = step;
        step *= (size_t)v->dim[i];
    }
}

status onnx_registers(struct onnx *x, const struct onnx_node *n,
                      const struct onnx_value *v, const reg **out,
                      struct error *e)
{
    if (v->reg != NULL) {
        *out = v->reg;
        return ST_OK;
    }
    if (v->number == NULL && v->count > 0)
        return onnx_fault(n, e, ST_UNSUPPORTED,
                          "words where numbers are computed");
    reg *r = onnx_alloc(x, v->count, sizeof *r);
    if (r == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < v->count; i++) {
        if (i > 0 && memcmp(&v->number[i], &v->number[i - 1],
                            sizeof(double)) == 0)
            r[i] = r[i - 1];
        else
            TRY(onnx_constant(x, v->number[i], &r[i], e));
    }
    *out = r;
    return ST_OK;
}

status onnx_move(struct onnx *x, const struct onnx_value *v,
                 const size_t *index, struct onnx_value *out, struct error *e)
{
    if (v->reg != NULL)
        out->reg = onnx_alloc(x, out->count, sizeof *out->reg);
    else if (v->text != NULL)
        out->text = onnx_alloc(x, out->count, sizeof *out->text);
    else
        out->number = onnx_alloc(x, out->count, sizeof *out->number);
    if (out->reg == NULL && out->text == NULL && out->number == NULL)
        return arena_error(x->work, e);
    for (size_t i = 0; i < out->count; i++) {
        if (index[i] >= v->count)
            return error_bug(e, "an element outside its tensor");
        if (out->reg != NULL)
            out->reg[i] = v->reg[index[i]];
        else if (out->text != NULL)
            out->text[i] = v->text[index[i]];
        else
            out->number[i] = v->number[index[i]];
    }
    return ST_OK;
}
