#include "syntax/json_write.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

struct json_writer json_start(struct buf *out, int indent)
{
    return (struct json_writer){.out = out, .indent = indent};
}

static void fail(struct json_writer *w, const char *what)
{
    if (w->fault == NULL)
        w->fault = what;
}

static const char out_of_order[] = "a JSON writer was called out of order";
static const char too_deep[] = "JSON with too many open brackets";
static const char no_number[] = "a value is not a finite number";
static const char no_utf8[] = "a text for JSON is not UTF-8";

status json_end(struct json_writer *w, struct error *e)
{
    if (w->fault == NULL && (w->depth != 0 || w->keyed || !w->some[0]))
        w->fault = out_of_order;
    if (w->fault == no_number)
        return error_set(e, ST_NUMERIC, "%s", w->fault);
    if (w->fault == no_utf8)
        return error_set(e, ST_DATA, "%s", w->fault);
    if (w->fault != NULL)
        return error_set(e, ST_BUG, "%s", w->fault);
    return buf_status(w->out, e);
}

static void new_line(struct json_writer *w)
{
    if (w->indent <= 0)
        return;
    buf_putc(w->out, '\n');
    for (int i = 0; i < w->depth * w->indent; i++)
        buf_putc(w->out, ' ');
}

/* Whatever stands before a member: a comma, a line of its own. */
static void before_member(struct json_writer *w)
{
    if (w->some[w->depth])
        buf_putc(w->out, ',');
    if (w->depth > 0)
        new_line(w);
    w->some[w->depth] = true;
}

static bool before_value(struct json_writer *w)
{
    if (w->fault != NULL)
        return false;
    if (w->keyed) {
        w->keyed = false;
        return true;
    }
    if ((w->depth == 0 && w->some[0]) ||
        (w->depth > 0 && w->open[w->depth - 1] == '{')) {
        fail(w, out_of_order);
        return false;
    }
    before_member(w);
    return true;
}

static void begin(struct json_writer *w, char open)
{
    if (!before_value(w))
        return;
    if (w->depth == JSON_DEPTH_MAX) {
        fail(w, too_deep);
        return;
    }
    buf_putc(w->out, open);
    w->open[w->depth++] = open;
    w->some[w->depth] = false;
}

static void end(struct json_writer *w, char open, char close)
{
    if (w->fault != NULL)
        return;
    if (w->depth == 0 || w->open[w->depth - 1] != open || w->keyed) {
        fail(w, out_of_order);
        return;
    }
    bool some = w->some[w->depth--];
    if (some)
        new_line(w);
    buf_putc(w->out, close);
}

void json_object(struct json_writer *w)
{
    begin(w, '{');
}

void json_object_end(struct json_writer *w)
{
    end(w, '{', '}');
}

void json_array(struct json_writer *w)
{
    begin(w, '[');
}

void json_array_end(struct json_writer *w)
{
    end(w, '[', ']');
}

static void put_escape(struct buf *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c == 0 ? NULL : strchr(from, c);
    if (at != NULL) {
        buf_putc(out, '\\');
        buf_putc(out, to[at - from]);
    } else {
        buf_printf(out, "\\u%04x", c);
    }
}

static void put_quoted(struct json_writer *w, const char *text, size_t length)
{
    buf_putc(w->out, '"');
    size_t from = 0;
    bool high = false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        high |= c >= 0x80;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(w->out, text + from, i - from);
        put_escape(w->out, c);
        from = i + 1;
    }
    buf_put(w->out, text + from, length - from);
    buf_putc(w->out, '"');
    if (high && utf8_check(text, length) < length)
        fail(w, no_utf8);
}

void json_key(struct json_writer *w, const char *key)
{
    if (w->fault != NULL)
        return;
    if (w->depth == 0 || w->open[w->depth - 1] != '{' || w->keyed) {
        fail(w, out_of_order);
        return;
    }
    before_member(w);
    put_quoted(w, key, strlen(key));
    buf_puts(w->out, w->indent > 0 ? ": " : ":");
    w->keyed = true;
}

void json_text(struct json_writer *w, const char *text, size_t length)
{
    if (before_value(w))
        put_quoted(w, text, length);
}

void json_string(struct json_writer *w, const char *text)
{
    if (text == NULL)
        json_null(w);
    else
        json_text(w, text, strlen(text));
}

void json_number(struct json_writer *w, double x)
{
    if (!isfinite(x)) {
        fail(w, no_number);
        return;
    }
    if (before_value(w))
        buf_put_double(w->out, x);
}

void json_int(struct json_writer *w, long long x)
{
    if (before_value(w))
        buf_put_int(w->out, x);
}

void json_bool(struct json_writer *w, bool x)
{
    json_raw(w, x ? "true" : "false", x ? 4 : 5);
}

void json_null(struct json_writer *w)
{
    json_raw(w, "null", 4);
}

void json_raw(struct json_writer *w, const char *text, size_t length)
{
    if (before_value(w))
        buf_put(w->out, text, length);
}

void json_put_string(struct json_writer *w, const char *key, const char *text)
{
    json_key(w, key);
    json_string(w, text);
}

void json_put_number(struct json_writer *w, const char *key, double x)
{
    json_key(w, key);
    json_number(w, x);
}

void json_put_int(struct json_writer *w, const char *key, long long x)
{
    json_key(w, key);
    json_int(w, x);
}

void json_put_bool(struct json_writer *w, const char *key, bool x)
{
    json_key(w, key);
    json_bool(w, x);
}
