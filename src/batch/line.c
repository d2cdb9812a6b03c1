#include "batch/line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void line_begin(struct line *l, struct buf *out, bool csv)
{
    l->out = out;
    l->csv = csv;
    l->some = false;
    if (csv)
        return;
    l->w = json_start(out, 0);
    json_object(&l->w);
}

status line_end(struct line *l, struct error *e)
{
    if (l->csv)
        return buf_status(l->out, e);
    json_object_end(&l->w);
    return json_end(&l->w, e);
}

static void comma(struct line *l)
{
    if (l->some)
        buf_putc(l->out, ',');
    l->some = true;
}

static void csv_text(struct buf *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        buf_puts(out, text);
        return;
    }
    buf_putc(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_putc(out, '"');
        buf_putc(out, *text);
    }
    buf_putc(out, '"');
}

void line_text(struct line *l, const char *key, const char *text)
{
    if (!l->csv) {
        json_put_string(&l->w, key, text);
        return;
    }
    comma(l);
    csv_text(l->out, text == NULL ? "" : text);
}

/* NaN: null, or an empty cell. */
void line_number(struct line *l, const char *key, double x)
{
    if (l->csv) {
        comma(l);
        if (isfinite(x))
            buf_put_double(l->out, x);
        return;
    }
    json_key(&l->w, key);
    if (isfinite(x))
        json_number(&l->w, x);
    else
        json_null(&l->w);
}

void line_int(struct line *l, const char *key, long long x)
{
    if (!l->csv) {
        json_put_int(&l->w, key, x);
        return;
    }
    comma(l);
    buf_put_int(l->out, x);
}

void line_flag(struct line *l, const char *key, bool yes)
{
    if (!l->csv) {
        json_put_bool(&l->w, key, yes);
        return;
    }
    comma(l);
    buf_puts(l->out, yes ? "true" : "false");
}

/* Several outputs: an array, or columns key_0, key_1, … */
void line_outputs(struct line *l, const char *key, const double *x,
                        size_t n)
{
    if (n == 1) {
        line_number(l, key, x[0]);
        return;
    }
    if (l->csv) {
        for (size_t i = 0; i < n; i++)
            line_number(l, key, x[i]);
        return;
    }
    json_key(&l->w, key);
    json_array(&l->w);
    for (size_t i = 0; i < n; i++)
        json_number(&l->w, x[i]);
    json_array_end(&l->w);
}

void head_name(struct buf *h, const char *name)
{
    if (h->length > 0)
        buf_putc(h, ',');
    csv_text(h, name);
}

void head_outputs(struct buf *h, const char *name, size_t n)
{
    char text[64];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(text, sizeof text, n == 1 ? "%s" : "%s_%zu", name, i);
        head_name(h, text);
    }
}
