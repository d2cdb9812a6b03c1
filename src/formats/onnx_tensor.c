/* TensorProto: numbers in lists of their own kind, or as raw bytes. */
#include "formats/onnx.h"

#include "base/text.h"

#include <math.h>

const char *onnx_type_word(int type)
{
    static const char *const word[] = {
        "unknown", "float", "uint8", "int8", "uint16", "int16", "int32",
        "int64", "string", "bool", "float16", "double", "uint32", "uint64",
        "complex64", "complex128", "bfloat16"};
    bool known = type > 0 && (size_t)type < sizeof word / sizeof *word;
    return known ? word[type] : "another type";
}

status onnx_count(const long *dim, size_t rank, size_t *out, const char *what,
                  struct error *e)
{
    size_t n = 1;
    for (size_t i = 0; i < rank; i++) {
        if (dim[i] < 0)
            return error_set(e, ST_FORMAT, "%s has an unknown dimension %zu",
                             what, i);
        size_t d = (size_t)dim[i];
        if (d != 0 && n > ONNX_ELEMENTS_MAX / d)
            return error_set(e, ST_LIMIT,
                             "%s has more than %d elements", what,
                             ONNX_ELEMENTS_MAX);
        n *= d;
    }
    *out = n;
    return ST_OK;
}

struct parts {
    struct onnx_value *v;
    const char *name;
    long long type;
    struct protobuf_field raw;
    bool has_raw, external;
    size_t filled;
};

static size_t raw_width(int type)
{
    switch (type) {
    case ONNX_UINT8: case ONNX_INT8: case ONNX_BOOL:
        return 1;
    case ONNX_UINT16: case ONNX_INT16: case ONNX_FLOAT16: case ONNX_BFLOAT16:
        return 2;
    case ONNX_FLOAT: case ONNX_INT32: case ONNX_UINT32:
        return 4;
    case ONNX_INT64: case ONNX_UINT64: case ONNX_DOUBLE:
        return 8;
    default:
        return 0;
    }
}

static double half(uint64_t bits)
{
    double sign = bits & 0x8000 ? -1.0 : 1.0;
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023);
    if (exponent == 0)
        return sign * fraction * 0x1p-24;
    if (exponent == 31)
        return fraction > 0 ? (double)NAN : sign * (double)INFINITY;
    return sign * ldexp(1024.0 + fraction, exponent - 25);
}

static double number_of(int type, uint64_t bits)
{
    switch (type) {
    case ONNX_FLOAT:
        return protobuf_float(bits);
    case ONNX_DOUBLE:
        return protobuf_double(bits);
    case ONNX_FLOAT16:
        return half(bits);
    case ONNX_BFLOAT16:
        return protobuf_float(bits << 16);
    case ONNX_INT8:
        return (double)(int8_t)bits;
    case ONNX_INT16:
        return (double)(int16_t)bits;
    case ONNX_INT32:
        return (double)(int32_t)bits;
    case ONNX_INT64:
        return (double)(int64_t)bits;
    default:
        return (double)bits;
    }
}

/* dims, data_type and what must be known before the numbers. */
static status head_field(struct onnx *x, const struct protobuf *p,
                         const struct protobuf_field *f, struct parts *t,
                         struct error *e)
{
    size_t n = 0, at = 0;
    uint64_t value = 0;
    switch (f->number) {
    case 1:
        TRY(protobuf_count(p, f, PROTOBUF_VARINT, &n, e));
        for (size_t i = 0; i < n; i++) {
            TRY(protobuf_element(p, f, PROTOBUF_VARINT, &at, &value, e));
            if (t->v->rank == ONNX_RANK_MAX)
                return protobuf_fault(p, f->offset, e, ST_LIMIT,
                                      "a tensor has more than %d dimensions",
                                      ONNX_RANK_MAX);
            if (value > ONNX_ELEMENTS_MAX)
                return protobuf_fault(p, f->offset, e, ST_LIMIT,
                                      "a dimension of %llu is beyond %d",
                                      (unsigned long long)value,
                                      ONNX_ELEMENTS_MAX);
            t->v->dim[t->v->rank++] = (long)value;
        }
        return ST_OK;
    case 2:
        TRY(protobuf_expect(p, f, PROTOBUF_VARINT, "a tensor's type", e));
        t->type = f->value > 100 ? 0 : (long long)f->value;
        return ST_OK;
    case 8:
        return onnx_text(x, p, f, "the name of a tensor", &t->name, e);
    case 9:
        TRY(protobuf_expect(p, f, PROTOBUF_BYTES, "raw data", e));
        t->raw = *f;
        t->has_raw = true;
        return ST_OK;
    case 13:
        t->external = true;
        return ST_OK;
    case 14:
        t->external = t->external || f->value == 1;
        return ST_OK;
    default:
        return ST_OK;
    }
}

static status too_many(const struct protobuf *p, const struct parts *t,
                       size_t offset, struct error *e)
{
    return protobuf_fault(p, offset, e, ST_FORMAT,
                          "tensor \"%.60s\" holds more numbers than the %zu of "
                          "its shape", t->name, t->v->count);
}

static status typed_field(struct onnx *x, const struct protobuf *p,
                          const struct protobuf_field *f, struct parts *t,
                          struct error *e)
{
    static const struct {
        uint32_t number;
        enum protobuf_wire wire;
    } lists[] = {{4, PROTOBUF_FIXED32}, {5, PROTOBUF_VARINT},
                 {7, PROTOBUF_VARINT},  {10, PROTOBUF_FIXED64},
                 {11, PROTOBUF_VARINT}};
    size_t n = 0, at = 0;
    uint64_t value = 0;
    if (f->number == 6) {
        if (t->v->text == NULL || t->filled >= t->v->count)
            return too_many(p, t, f->offset, e);
        return onnx_text(x, p, f, "a text of a tensor",
                         &t->v->text[t->filled++], e);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (lists[i].number != f->number)
            continue;
        TRY(protobuf_count(p, f, lists[i].wire, &n, e));
        if (t->v->number == NULL || n > t->v->count - t->filled)
            return too_many(p, t, f->offset, e);
        for (size_t k = 0; k < n; k++) {
            TRY(protobuf_element(p, f, lists[i].wire, &at, &value, e));
            t->v->number[t->filled++] = number_of(t->v->type, value);
        }
    }
    return ST_OK;
}

static status read_raw(const struct protobuf *p, struct parts *t,
                       struct error *e)
{
    size_t width = raw_width(t->v->type);
    if (width == 0 || t->v->number == NULL ||
        t->raw.length / width != t->v->count || t->raw.length % width != 0)
        return protobuf_fault(p, t->raw.offset, e, ST_FORMAT,
                              "tensor \"%.60s\" of %zu numbers (%s) has %zu "
                              "bytes", t->name, t->v->count,
                              onnx_type_word(t->v->type), t->raw.length);
    for (size_t i = 0; i < t->v->count; i++) {
        uint64_t bits = 0;
        for (size_t k = 0; k < width; k++)
            bits |= (uint64_t)t->raw.bytes[i * width + k] << (8 * k);
        t->v->number[i] = number_of(t->v->type, bits);
    }
    t->filled = t->v->count;
    return ST_OK;
}

/* Numbers take memory only after the file has shown that it holds as many. */
static status make_room(struct onnx *x, const struct protobuf *p,
                        struct parts *t, struct error *e)
{
    struct onnx_value *v = t->v;
    v->type = (int)t->type;
    v->rows = ONNX_NONE;
    if (t->external)
        return protobuf_fault(p, p->at, e, ST_UNSUPPORTED,
                              "tensor \"%.60s\" lies in another file (external "
                              "data): save the model as one file", t->name);
    if (v->type != ONNX_STRING && raw_width(v->type) == 0)
        return protobuf_fault(p, p->at, e, ST_UNSUPPORTED,
                              "tensor \"%.60s\" is of %s, which is not "
                              "supported", t->name, onnx_type_word(v->type));
    status s = onnx_count(v->dim, v->rank, &v->count, "a tensor", e);
    if (s != ST_OK)
        return s;
    if (v->count > p->end - p->at)
        return protobuf_fault(p, p->at, e, ST_FORMAT,
                              "tensor \"%.60s\" has a shape of %zu elements, "
                              "and %zu bytes", t->name, v->count,
                              p->end - p->at);
    if (v->type == ONNX_STRING)
        v->text = arena_new_array(x->arena, const char *, v->count);
    else
        v->number = arena_new_array(x->arena, double, v->count);
    if (v->text == NULL && v->number == NULL)
        return arena_error(x->arena, e);
    return ST_OK;
}

status onnx_tensor(struct onnx *x, struct protobuf p, struct onnx_value *out,
                   const char **name, struct error *e)
{
    struct parts t = {.v = out, .name = ""};
    struct protobuf head = p, body = p;
    struct protobuf_field f;
    bool more = true;
    *out = (struct onnx_value){0};
    for (;;) {
        TRY(protobuf_next(&head, &f, &more, e));
        if (!more)
            break;
        TRY(head_field(x, &head, &f, &t, e));
    }
    TRY(make_room(x, &p, &t, e));
    if (t.has_raw)
        TRY(read_raw(&p, &t, e));
    for (more = !t.has_raw; more;) {
        TRY(protobuf_next(&body, &f, &more, e));
        if (more)
            TRY(typed_field(x, &body, &f, &t, e));
    }
    if (t.filled != out->count)
        return protobuf_fault(&p, p.at, e, ST_FORMAT,
                              "tensor \"%.60s\" has %zu numbers for the %zu of "
                              "its shape", t.name, t.filled, out->count);
    if (name != NULL)
        *name = t.name;
    return ST_OK;
}
