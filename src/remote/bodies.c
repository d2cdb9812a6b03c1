/* Rows as the text that is sent. */
#include "base/num.h"
#include "remote/inside.h"

#include <string.h>

const char *asked_text(const struct asked *a, size_t i, size_t f)
{
    double x = a->rows->value[a->row[i] * a->spec->inputs + f];
    const struct remote_input *in = &a->spec->input[f];
    if (isnan(x))
        return NULL;
    return in->kind == FEATURE_TEXT ? a->rows->text[(size_t)x]
                                    : in->words[(size_t)x];
}

static bool is_text(const struct remote_input *in)
{
    return in->kind == FEATURE_CATEGORY || in->kind == FEATURE_TEXT;
}

static void put_text(struct buf *out, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    buf_putc(out, '"');
    for (size_t n; *text != '\0'; text += n) {
        n = 0;
        while ((unsigned char)text[n] >= 0x20 && text[n] != '"' &&
               text[n] != '\\' && text[n] != 0x7f)
            n++;
        buf_put(out, text, n);
        unsigned char c = (unsigned char)text[n];
        if (c == '\0')
            continue;
        char escaped[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        buf_put(out, escaped, sizeof escaped);
        n++;
    }
    buf_putc(out, '"');
}

/* `real`: a whole number keeps a fraction, so that who reads the text takes a
 * column of numbers for one whatever its values are. */
static size_t number_text(double x, bool real, char *p)
{
    size_t n = num_shortest(x, p);
    if (real && strcspn(p, ".eE") == n) {
        p[n++] = '.';
        p[n++] = '0';
    }
    return n;
}

static void put_value(const struct asked *a, size_t i, size_t f, bool real,
                      struct buf *out)
{
    const struct remote_input *in = &a->spec->input[f];
    if (is_text(in)) {
        const char *text = asked_text(a, i, f);
        if (text == NULL)
            buf_puts(out, "null");
        else
            put_text(out, text);
        return;
    }
    double x = asked_value(a, i, f);
    char *p = buf_reserve(out, NUM_TEXT_MAX + 2);
    if (p == NULL)
        return;
    if (isnan(x)) {
        memcpy(p, "null", 4);
        out->length += 4;
        return;
    }
    out->length += number_text(x, real && in->kind == FEATURE_NUMBER, p);
}

static void put_rows(const struct asked *a, size_t first, size_t from,
                     size_t to, struct buf *out, bool real)
{
    for (size_t i = from; i < to; i++) {
        buf_put(out, i == 0 ? "[" : ",[", i == 0 ? 1 : 2);
        for (size_t f = 0; f < a->spec->inputs; f++) {
            if (f > 0)
                buf_putc(out, ',');
            put_value(a, first + i, f, real, out);
        }
        buf_putc(out, ']');
    }
}

void body_of_command(const struct asked *a, size_t first, size_t n,
                     size_t from, size_t to, struct buf *out)
{
    if (from == 0)
        buf_puts(out, "{\"inputs\":[");
    put_rows(a, first, from, to, out, false);
    if (to == n)
        buf_puts(out, "]}\n");
}

void body_of_mlflow(const struct asked *a, size_t first, size_t n, size_t from,
                    size_t to, struct buf *out)
{
    if (from == 0) {
        buf_puts(out, "{\"dataframe_split\":{\"columns\":[");
        for (size_t f = 0; f < a->spec->inputs; f++) {
            buf_puts(out, f > 0 ? "," : "");
            put_text(out, a->spec->input[f].name);
        }
        buf_puts(out, "],\"data\":[");
    }
    put_rows(a, first, from, to, out, true);
    if (to == n)
        buf_puts(out, "]}}");
}

static void inference_end(const struct remote_spec *spec, struct buf *out)
{
    buf_puts(out, "]");
    if (spec->output_name != NULL) {
        buf_puts(out, ",\"outputs\":[{\"name\":");
        put_text(out, spec->output_name);
        buf_puts(out, "}]");
    }
    buf_puts(out, "}");
}

static const char *tensor_type(const struct remote_input *in)
{
    if (is_text(in))
        return "BYTES";
    return in->kind == FEATURE_NUMBER ? "FP64" : "INT64";
}

/* One tensor an input: made of one piece, in the last slice. */
static void column_tensors(const struct asked *a, size_t first, size_t n,
                           struct buf *out)
{
    const struct remote_spec *spec = a->spec;
    buf_puts(out, "{\"parameters\":{\"content_type\":\"pd\"},\"inputs\":[");
    for (size_t f = 0; f < spec->inputs; f++) {
        const struct remote_input *in = &spec->input[f];
        buf_puts(out, f > 0 ? ",{\"name\":" : "{\"name\":");
        put_text(out, in->name);
        buf_printf(out, ",\"shape\":[%zu,1],\"datatype\":\"%s\"", n,
                   tensor_type(in));
        if (is_text(in))
            buf_puts(out, ",\"parameters\":{\"content_type\":\"str\"}");
        buf_puts(out, ",\"data\":[");
        for (size_t i = 0; i < n; i++) {
            if (i > 0)
                buf_putc(out, ',');
            put_value(a, first + i, f, true, out);
        }
        buf_puts(out, "]}");
    }
    inference_end(spec, out);
}

void body_of_inference(const struct asked *a, size_t first, size_t n,
                       size_t from, size_t to, struct buf *out)
{
    const struct remote_spec *spec = a->spec;
    if (spec->column_tensors) {
        if (to == n)
            column_tensors(a, first, n, out);
        return;
    }
    if (from == 0) {
        buf_puts(out, "{\"inputs\":[{\"name\":");
        put_text(out, spec->input_name != NULL ? spec->input_name : "input");
        buf_printf(out, ",\"shape\":[%zu,%zu],\"datatype\":\"FP64\",\"data\":[",
                   n, spec->inputs);
    }
    for (size_t i = from; i < to; i++)
        for (size_t f = 0; f < spec->inputs; f++) {
            if (i + f > 0)
                buf_putc(out, ',');
            put_value(a, first + i, f, false, out);
        }
    if (to == n) {
        buf_puts(out, "]}");
        inference_end(spec, out);
    }
}
