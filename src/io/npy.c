#include "io/npy.h"

#include "base/arena.h"
#include "io/sink.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct npy {
    struct sink *sink;
    enum npy_type type;
    size_t axis[NPY_AXES], axes;
    size_t row_bytes;
    unsigned long long rows;
};

static const struct {
    const char *word; /* numpy's name of the type */
    size_t bytes;
} types[] = {{"<f4", 4}, {"<f8", 8}, {"<i8", 8}};

/* The magic, the version, the length of what follows, then a Python literal
 * padded with blanks up to a line end. */
static void make_header(const struct npy *n, char out[NPY_HEADER])
{
    char shape[96];
    int used = snprintf(shape, sizeof shape, "%llu,", n->rows);
    for (size_t i = 0; i < n->axes; i++)
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%s%zu%s",
                         " ", n->axis[i], i + 1 < n->axes ? "," : "");
    enum { LEAD = 10 };
    memset(out, ' ', NPY_HEADER);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (char)(NPY_HEADER - LEAD);
    out[9] = 0;
    char text[NPY_HEADER];
    int length = snprintf(text, sizeof text,
                          "{'descr': '%s', 'fortran_order': False, "
                          "'shape': (%s), }", types[n->type].word, shape);
    memcpy(out + LEAD, text, (size_t)length);
    out[NPY_HEADER - 1] = '\n';
}

/* The widest header fits: 20 digits for the rows and 3 × 9 for the others. */
enum { AXIS_MOST = 999999999 };

static status start(struct npy *n, const char *path, unsigned mode,
                    const size_t *axis, size_t axes, struct error *e)
{
    n->row_bytes = types[n->type].bytes;
    n->axes = axes;
    for (size_t i = 0; i < axes; i++) {
        n->axis[i] = axis[i];
        if (axis[i] > AXIS_MOST || n->row_bytes > SIZE_MAX / 2 / (axis[i] + 1))
            return error_set(e, ST_LIMIT,
                             "%s: an array of %zu numbers a row is too wide",
                             path, axis[i]);
        n->row_bytes *= axis[i];
    }
    TRY(sink_open(path, mode, &n->sink, e));
    char header[NPY_HEADER];
    make_header(n, header);
    /* what cannot be filled in later is refused now */
    TRY(sink_patch(n->sink, 0, header, 0, e));
    return sink_write(n->sink, header, sizeof header, e);
}

status npy_open(const char *path, unsigned mode, enum npy_type type,
                const size_t *axis, size_t axes, struct npy **out,
                struct error *e)
{
    if (axes > NPY_AXES)
        return error_bug(e, "an array with too many axes");
    struct npy *n = mem_array(1, sizeof *n);
    if (n == NULL)
        return error_memory(e);
    n->type = type;
    status s = start(n, path, mode, axis, axes, e);
    if (s != ST_OK) {
        npy_free(n);
        return s;
    }
    *out = n;
    return ST_OK;
}

status npy_put(struct npy *n, const void *rows, size_t count, struct error *e)
{
    if (count == 0)
        return ST_OK;
    n->rows += count;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return sink_write(n->sink, rows, count * n->row_bytes, e);
#else
    const unsigned char *p = rows;
    size_t bytes = types[n->type].bytes, left = count * n->row_bytes;
    unsigned char turned[4096];
    while (left > 0) {
        size_t piece = left < sizeof turned ? left : sizeof turned;
        for (size_t i = 0; i < piece; i++)
            turned[i] = p[i / bytes * bytes + bytes - 1 - i % bytes];
        TRY(sink_write(n->sink, turned, piece, e));
        p += piece;
        left -= piece;
    }
    return ST_OK;
#endif
}

status npy_close(struct npy *n, struct error *e)
{
    char header[NPY_HEADER];
    make_header(n, header);
    status s = sink_patch(n->sink, 0, header, sizeof header, e);
    if (s == ST_OK) {
        struct sink *sink = n->sink;
        n->sink = NULL;
        s = sink_close(sink, e);
    }
    npy_free(n);
    return s;
}

void npy_free(struct npy *n)
{
    if (n == NULL)
        return;
    sink_free(n->sink);
    mem_free(n);
}
