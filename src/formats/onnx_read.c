/* ModelProto: what is needed of it, by the numbers of its fields. */
#include "formats/onnx.h"

#include "base/text.h"

enum { TEXT_MAX = 1 << 20 };

/* X: the message `inner` of a field is read into x (and into). */
typedef status part_reader(struct onnx *x, struct protobuf p, void *into,
                           struct error *e);

static status enter(struct onnx *x, const struct protobuf *p,
                    const struct protobuf_field *f, part_reader *read,
                    void *into, struct error *e)
{
    struct protobuf inner;
    TRY(protobuf_enter(p, f, &inner, e));
    return read(x, inner, into, e);
}

status onnx_text(struct onnx *x, const struct protobuf *p,
                 const struct protobuf_field *f, const char *what,
                 const char **out, struct error *e)
{
    TRY(protobuf_expect(p, f, PROTOBUF_BYTES, what, e));
    if (f->length > TEXT_MAX)
        return protobuf_fault(p, f->offset, e, ST_LIMIT,
                              "%s of %zu bytes is longer than %d", what,
                              f->length, TEXT_MAX);
    const char *bytes = (const char *)f->bytes;
    size_t bad = utf8_check(bytes, f->length);
    if (bad < f->length || memchr(bytes, 0, f->length) != NULL)
        return protobuf_fault(p, f->start, e, ST_FORMAT,
                              "%s is no UTF-8 text without zero characters",
                              what);
    *out = arena_copy(x->arena, bytes, f->length);
    return *out == NULL ? arena_error(x->arena, e) : ST_OK;
}

static status whole(const struct protobuf *p, const struct protobuf_field *f,
                    const char *what, long long *out, struct error *e)
{
    TRY(protobuf_expect(p, f, PROTOBUF_VARINT, what, e));
    *out = (long long)f->value;
    return ST_OK;
}

/* Calls `of` with each field of a message until it ends. */
#define EACH_FIELD(p, f)                                                       \
    bool more_ = true;                                                         \
    for (;;) {                                                                 \
        TRY(protobuf_next(&(p), &(f), &more_, e));                             \
        if (!more_)                                                            \
            break;

static status read_pair(struct onnx *x, struct protobuf p, void *into,
                        struct error *e)
{
    struct onnx_pair *pair = into;
    struct protobuf_field f;
    pair->key = pair->value = "";
    EACH_FIELD(p, f)
        if (f.number == 1)
            TRY(onnx_text(x, &p, &f, "a key of the metadata", &pair->key, e));
        if (f.number == 2)
            TRY(onnx_text(x, &p, &f, "a value of the metadata", &pair->value,
                          e));
    }
    return ST_OK;
}

static status read_opset(struct onnx *x, struct protobuf p, void *into,
                         struct error *e)
{
    struct onnx_opset *o = into;
    struct protobuf_field f;
    o->domain = "";
    EACH_FIELD(p, f)
        if (f.number == 1)
            TRY(onnx_text(x, &p, &f, "the domain of an operator set",
                          &o->domain, e));
        if (f.number == 2)
            TRY(whole(&p, &f, "the version of an operator set", &o->version,
                      e));
    }
    if (text_equal(o->domain, "ai.onnx"))
        o->domain = "";
    return ST_OK;
}

/* --- attributes ----------------------------------------------------------- */

/* Lists come packed or one a field: first counted, then filled. */
struct lists {
    size_t floats, ints, strings;
    double *f;
    long long *i;
    const char **s;
};

static status count_lists(struct protobuf p, struct lists *l, struct error *e)
{
    struct protobuf_field f;
    size_t n = 0;
    EACH_FIELD(p, f)
        if (f.number == 7) {
            TRY(protobuf_count(&p, &f, PROTOBUF_FIXED32, &n, e));
            l->floats += n;
        } else if (f.number == 8) {
            TRY(protobuf_count(&p, &f, PROTOBUF_VARINT, &n, e));
            l->ints += n;
        } else if (f.number == 9) {
            l->strings++;
        }
    }
    return ST_OK;
}

static status make_lists(struct onnx *x, struct lists *l, struct error *e)
{
    l->f = arena_new_array(x->arena, double, l->floats);
    l->i = arena_new_array(x->arena, long long, l->ints);
    l->s = arena_new_array(x->arena, const char *, l->strings);
    if (l->f == NULL || l->i == NULL || l->s == NULL)
        return arena_error(x->arena, e);
    l->floats = l->ints = l->strings = 0;
    return ST_OK;
}

static status fill_list(struct onnx *x, const struct protobuf *p,
                        const struct protobuf_field *f, struct lists *l,
                        struct error *e)
{
    enum protobuf_wire element =
        f->number == 7 ? PROTOBUF_FIXED32 : PROTOBUF_VARINT;
    size_t n = 0, at = 0;
    uint64_t value = 0;
    if (f->number == 9)
        return onnx_text(x, p, f, "a text of an attribute",
                         &l->s[l->strings++], e);
    TRY(protobuf_count(p, f, element, &n, e));
    for (size_t i = 0; i < n; i++) {
        TRY(protobuf_element(p, f, element, &at, &value, e));
        if (f->number == 7)
            l->f[l->floats++] = protobuf_float(value);
        else
            l->i[l->ints++] = (long long)value;
    }
    return ST_OK;
}

static status attribute_tensor(struct onnx *x, const struct protobuf *p,
                               const struct protobuf_field *f,
                               struct onnx_attribute *a, struct error *e)
{
    struct protobuf inner;
    struct onnx_value *v = arena_new_one(x->arena, struct onnx_value);
    if (v == NULL)
        return arena_error(x->arena, e);
    TRY(protobuf_enter(p, f, &inner, e));
    TRY(onnx_tensor(x, inner, v, NULL, e));
    a->tensor = v;
    return ST_OK;
}

static status attribute_field(struct onnx *x, const struct protobuf *p,
                              const struct protobuf_field *f,
                              struct onnx_attribute *a, struct lists *l,
                              struct error *e)
{
    long long number = 0;
    switch (f->number) {
    case 1:
        return onnx_text(x, p, f, "the name of an attribute", &a->name, e);
    case 2:
        TRY(protobuf_expect(p, f, PROTOBUF_FIXED32, "an attribute's f", e));
        a->f = protobuf_float(f->value);
        return ST_OK;
    case 3:
        return whole(p, f, "an attribute's i", &a->i, e);
    case 4:
        return onnx_text(x, p, f, "an attribute's text", &a->s, e);
    case 5:
        return attribute_tensor(x, p, f, a, e);
    case 6: case 10: case 11: case 14: case 15: case 21: case 22: case 23:
        a->graph = true;
        return ST_OK;
    case 7: case 8: case 9:
        return fill_list(x, p, f, l, e);
    case 20:
        TRY(whole(p, f, "an attribute's type", &number, e));
        a->type = number < 0 || number > 100 ? 0 : (int)number;
        return ST_OK;
    default:
        return ST_OK;
    }
}

static status read_attribute(struct onnx *x, struct protobuf p, void *into,
                             struct error *e)
{
    struct onnx_attribute *a = into;
    struct lists l = {0};
    struct protobuf_field f;
    a->name = "";
    TRY(count_lists(p, &l, e));
    TRY(make_lists(x, &l, e));
    EACH_FIELD(p, f)
        TRY(attribute_field(x, &p, &f, a, &l, e));
    }
    a->floats = l.f;
    a->ints = l.i;
    a->strings = l.s;
    a->float_count = l.floats;
    a->int_count = l.ints;
    a->string_count = l.strings;
    return ST_OK;
}

/* --- nodes ---------------------------------------------------------------- */

struct node_lists {
    size_t inputs, outputs, attributes;
    struct onnx_attribute *attribute;
};

static status count_node(struct protobuf p, struct node_lists *l,
                         struct error *e)
{
    struct protobuf_field f;
    EACH_FIELD(p, f)
        l->inputs += f.number == 1;
        l->outputs += f.number == 2;
        l->attributes += f.number == 5;
    }
    return ST_OK;
}

static status node_field(struct onnx *x, const struct protobuf *p,
                         const struct protobuf_field *f, struct onnx_node *n,
                         struct onnx_attribute *attribute, struct error *e)
{
    switch (f->number) {
    case 1:
        return onnx_text(x, p, f, "the name of an input",
                         &n->input[n->inputs++], e);
    case 2:
        return onnx_text(x, p, f, "the name of an output",
                         &n->output[n->outputs++], e);
    case 3:
        return onnx_text(x, p, f, "the name of a node", &n->name, e);
    case 4:
        return onnx_text(x, p, f, "the operator of a node", &n->op, e);
    case 5:
        return enter(x, p, f, read_attribute, &attribute[n->attributes++], e);
    case 7:
        TRY(onnx_text(x, p, f, "the domain of a node", &n->domain, e));
        if (text_equal(n->domain, "ai.onnx"))
            n->domain = "";
        return ST_OK;
    default:
        return ST_OK;
    }
}

static status read_node(struct onnx *x, struct protobuf p, void *into,
                        struct error *e)
{
    struct onnx_node *n = into;
    struct node_lists l = {0};
    struct protobuf_field f;
    *n = (struct onnx_node){.domain = "", .op = "", .name = "",
                            .offset = p.at};
    TRY(count_node(p, &l, e));
    n->input = arena_new_array(x->arena, const char *, l.inputs);
    n->output = arena_new_array(x->arena, const char *, l.outputs);
    l.attribute = arena_new_array(x->arena, struct onnx_attribute,
                                  l.attributes);
    if (n->input == NULL || n->output == NULL || l.attribute == NULL)
        return arena_error(x->arena, e);
    EACH_FIELD(p, f)
        TRY(node_field(x, &p, &f, n, l.attribute, e));
    }
    n->attribute = l.attribute;
    return ST_OK;
}

/* --- inputs and outputs --------------------------------------------------- */

static status read_dimension(struct onnx *x, struct protobuf p, void *into,
                             struct error *e)
{
    long *dim = into;
    long long value = -1;
    struct protobuf_field f;
    (void)x;
    *dim = -1;
    EACH_FIELD(p, f)
        if (f.number == 1) {
            TRY(whole(&p, &f, "a dimension", &value, e));
            *dim = value < 0 || value > ONNX_ELEMENTS_MAX ? -1 : (long)value;
        }
    }
    return ST_OK;
}

static status read_shape(struct onnx *x, struct protobuf p, void *into,
                         struct error *e)
{
    struct onnx_info *info = into;
    struct protobuf_field f;
    info->shaped = true;
    EACH_FIELD(p, f)
        if (f.number != 1)
            continue;
        if (info->shape.rank == ONNX_RANK_MAX)
            return protobuf_fault(&p, f.offset, e, ST_LIMIT,
                                  "a shape has more than %d dimensions",
                                  ONNX_RANK_MAX);
        TRY(enter(x, &p, &f, read_dimension,
                  &info->shape.dim[info->shape.rank++], e));
    }
    return ST_OK;
}

static status read_tensor_type(struct onnx *x, struct protobuf p, void *into,
                               struct error *e)
{
    struct onnx_info *info = into;
    long long type = 0;
    struct protobuf_field f;
    EACH_FIELD(p, f)
        if (f.number == 1) {
            TRY(whole(&p, &f, "the type of a tensor", &type, e));
            info->shape.type = type < 0 || type > 100 ? 0 : (int)type;
        } else if (f.number == 2) {
            TRY(enter(x, &p, &f, read_shape, info, e));
        }
    }
    return ST_OK;
}

static status read_type(struct onnx *x, struct protobuf p, void *into,
                        struct error *e)
{
    struct onnx_info *info = into;
    struct protobuf_field f;
    EACH_FIELD(p, f)
        if (f.number == 1)
            TRY(enter(x, &p, &f, read_tensor_type, info, e));
        else if (f.number == 4 || f.number == 5)
            info->map = true;
    }
    return ST_OK;
}

static status read_info(struct onnx *x, struct protobuf p, void *into,
                        struct error *e)
{
    struct onnx_info *info = into;
    struct protobuf_field f;
    *info = (struct onnx_info){.name = ""};
    EACH_FIELD(p, f)
        if (f.number == 1)
            TRY(onnx_text(x, &p, &f, "the name of a value", &info->name, e));
        else if (f.number == 2)
            TRY(enter(x, &p, &f, read_type, info, e));
    }
    return ST_OK;
}

/* --- the graph and the model ---------------------------------------------- */

static status add_value(struct onnx *x, const char *name,
                        const struct onnx_value *v, struct error *e)
{
    long at = names_add(x->names, name, strlen(name));
    if (at < 0)
        return error_memory(e);
    TRY(MEM_ROOM(x->value, x->value_room, (size_t)at + 1, e));
    x->value[at] = *v;
    return ST_OK;
}

static status read_initializer(struct onnx *x, struct protobuf p, void *into,
                               struct error *e)
{
    struct onnx_value v = {0};
    const char *name = "";
    (void)into;
    TRY(onnx_tensor(x, p, &v, &name, e));
    return add_value(x, name, &v, e);
}

static status graph_field(struct onnx *x, const struct protobuf *p,
                          const struct protobuf_field *f, struct error *e)
{
    switch (f->number) {
    case 1:
        if (x->nodes >= ONNX_NODES_MAX)
            return protobuf_fault(p, f->offset, e, ST_LIMIT,
                                  "the graph has more than %d nodes",
                                  ONNX_NODES_MAX);
        TRY(MEM_ROOM(x->node, x->node_room, x->nodes + 1, e));
        return enter(x, p, f, read_node, &x->node[x->nodes++], e);
    case 2:
        return onnx_text(x, p, f, "the name of the graph", &x->graph_name, e);
    case 5:
        return enter(x, p, f, read_initializer, NULL, e);
    case 11:
        TRY(MEM_ROOM(x->input, x->input_room, x->inputs + 1, e));
        return enter(x, p, f, read_info, &x->input[x->inputs++], e);
    case 12:
        TRY(MEM_ROOM(x->output, x->output_room, x->outputs + 1, e));
        return enter(x, p, f, read_info, &x->output[x->outputs++], e);
    case 15:
        return protobuf_fault(p, f->offset, e, ST_UNSUPPORTED,
                              "the graph has a sparse initializer, which is "
                              "not supported");
    default:
        return ST_OK;
    }
}

static status read_graph(struct onnx *x, struct protobuf p, void *into,
                         struct error *e)
{
    struct protobuf_field f;
    (void)into;
    EACH_FIELD(p, f)
        TRY(graph_field(x, &p, &f, e));
    }
    return ST_OK;
}

static status model_field(struct onnx *x, const struct protobuf *p,
                          const struct protobuf_field *f, struct error *e)
{
    switch (f->number) {
    case 1:
        return whole(p, f, "ir_version", &x->ir_version, e);
    case 2:
        return onnx_text(x, p, f, "producer_name", &x->producer, e);
    case 3:
        return onnx_text(x, p, f, "producer_version", &x->producer_version, e);
    case 7:
        return enter(x, p, f, read_graph, NULL, e);
    case 8:
        TRY(MEM_ROOM(x->opset, x->opset_room, x->opsets + 1, e));
        return enter(x, p, f, read_opset, &x->opset[x->opsets++], e);
    case 14:
        TRY(MEM_ROOM(x->meta, x->meta_room, x->metas + 1, e));
        return enter(x, p, f, read_pair, &x->meta[x->metas++], e);
    default:
        return ST_OK;
    }
}

status onnx_read(struct onnx *x, const void *bytes, size_t length,
                 struct error *e)
{
    struct protobuf p = protobuf_open(bytes, length, x->source);
    struct protobuf_field f;
    EACH_FIELD(p, f)
        TRY(model_field(x, &p, &f, e));
    }
    if (x->nodes == 0 || x->outputs == 0)
        return protobuf_fault(&p, 0, e, ST_FORMAT,
                              "there is no graph with nodes and outputs");
    return ST_OK;
}
