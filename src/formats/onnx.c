/* The ONNX reader: one file, read whole, into a forest or a program. */
#include "formats/onnx.h"

#include "base/buf.h"
#include "formats/rows.h"

/* The first fields of ModelProto: ir_version, then texts, or the graph. */
static int sniff(const char *bytes, size_t length)
{
    struct protobuf p = protobuf_open(bytes, length, NULL);
    struct protobuf_field f;
    bool more = true;
    if (length < 4 || bytes[0] != 0x08 ||
        protobuf_next(&p, &f, &more, NULL) != ST_OK || f.value == 0 ||
        f.value > 100)
        return 0;
    /* What follows is one of the message's fields; its bytes may go on behind
     * the part that is seen here. */
    unsigned char tag = p.at < length ? (unsigned char)bytes[p.at] : 0;
    switch (tag) {
    case 0x12: case 0x1a: case 0x22: case 0x32: case 0x3a: case 0x42:
        return 90;
    case 0x28: case 0x72:
        return 80;
    default:
        return 0;
    }
}

static status slurp(struct stream in, size_t cap, struct buf *out,
                    struct error *e)
{
    char part[1 << 16];
    struct error own;
    if (e == NULL)
        e = &own;
    for (;;) {
        long got = in.read(in.self, part, sizeof part, e);
        if (got < 0)
            return e->class;
        if (got == 0)
            return ST_OK;
        if (out->length + (size_t)got > cap)
            return error_set(e, ST_LIMIT, "the file has more than the %zu bytes "
                             "that the memory cap leaves for it", cap);
        buf_put(out, part, (size_t)got);
        TRY(buf_status(out, e));
    }
}

static void close_reader(struct onnx *x)
{
    onnx_lower_free(x);
    names_free(x->names);
    mem_free(x->value);
    mem_free(x->opset);
    mem_free(x->meta);
    mem_free(x->node);
    mem_free(x->input);
    mem_free(x->output);
    arena_free(x->arena);
}

static status read_all(struct onnx *x, const struct buf *file,
                       struct model **out, struct error *e)
{
    size_t output = 0;
    x->arena = arena_new(x->memory_cap);
    x->names = names_new();
    if (x->arena == NULL || x->names == NULL)
        return error_memory(e);
    TRY(onnx_read(x, file->data, file->length, e));
    TRY(onnx_lower(x, &output, e));
    return onnx_end(x, output, out, e);
}

static status load(struct stream in, const struct format_options *options,
                   struct model **out, struct error *e)
{
    struct onnx x = {.memory_cap = options->memory_cap, .source = in.name,
                     .producer = "", .producer_version = "",
                     .graph_name = ""};
    struct buf file = BUF_INIT(options->memory_cap);
    if (options->trees == TREES_BEST_ITERATION)
        return error_set(e, ST_ARGUMENT, "an ONNX file names no best iteration: "
                         "use all trees");
    status s = slurp(in, options->memory_cap / 2, &file, e);
    if (s == ST_OK)
        s = read_all(&x, &file, out, e);
    close_reader(&x);
    buf_free(&file);
    return s;
}

const struct format format_onnx = {"onnx", "ONNX", ".onnx", sniff, load};
