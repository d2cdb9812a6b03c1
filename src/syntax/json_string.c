#include "syntax/reader.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>

static void count_trailing(struct tokens *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        t->trailing += ((unsigned char)t->w.data[i] & 0xc0) == 0x80;
}

static bool hex4(const char *p, uint32_t *out)
{
    uint32_t x = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (uint32_t)((c | 0x20) - 'a') + 10;
        else
            return false;
        x = x << 4 | digit;
    }
    *out = x;
    return true;
}

/* One escape at p (its backslash), inside a text that ends at `end` with a
 * quote. Returns bytes used, 0 when it is wrong. */
static size_t unescape(const char *p, const char *end, char out[4], size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    *n = 1;
    if (p[1] != 'u') {
        const char *at = p[1] == '\0' ? NULL : strchr(from, p[1]);
        if (at == NULL)
            return 0;
        out[0] = to[at - from];
        return 2;
    }
    uint32_t point, low;
    if (end - p < 6 || !hex4(p + 2, &point))
        return 0;
    size_t used = 6;
    if (point >= 0xd800 && point <= 0xdbff) {
        if (end - p < 12 || p[6] != '\\' || p[7] != 'u' || !hex4(p + 8, &low) ||
            low < 0xdc00 || low > 0xdfff)
            return 0;
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        used = 12;
    } else if (point >= 0xdc00 && point <= 0xdfff) {
        return 0;
    }
    *n = utf8_encode(point, out);
    return used;
}

static status unescape_all(struct tokens *t, size_t from, size_t to,
                           struct token *out, struct error *e)
{
    const char *data = t->w.data;
    buf_clear(&t->scratch);
    while (from < to) {
        const char *back = memchr(data + from, '\\', to - from);
        size_t plain = back == NULL ? to - from : (size_t)(back - data) - from;
        buf_put(&t->scratch, data + from, plain);
        from += plain;
        if (from == to)
            break;
        char piece[4];
        size_t n, used = unescape(data + from, data + to, piece, &n);
        if (used == 0)
            return json_fault(t, from, 2, e, ST_SYNTAX,
                              "an escape that JSON does not know");
        buf_put(&t->scratch, piece, n);
        from += used;
    }
    TRY(buf_status(&t->scratch, e));
    out->text = buf_text(&t->scratch);
    out->length = t->scratch.length;
    return ST_OK;
}

/* Moves the cursor to the closing quote; tells what lies between. */
static status scan_string(struct tokens *t, bool *escapes, bool *high,
                          struct error *e)
{
    struct window *w = &t->w;
    for (w->at = w->mark + 1;;) {
        unsigned char c = (unsigned char)w->data[w->at];
        if (c >= 0x20 && c != '"' && c != '\\') {
            *high |= c >= 0x80;
            w->at++;
        } else if (c == '"') {
            return ST_OK;
        } else if (w->at == w->end ||
                   (c == '\\' && w->at + 1 == w->end)) {
            if (w->ended)
                return json_fault(t, w->mark, 1, e, ST_SYNTAX,
                                  "a string that is never closed");
            TRY(window_more(w, e));
        } else if (c == '\\') {
            *escapes = true;
            /* what is escaped is checked later; a line end is not passed */
            w->at += (unsigned char)w->data[w->at + 1] < 0x20 ? 1 : 2;
        } else {
            return json_fault(t, w->at, 1, e, ST_SYNTAX,
                              c == '\n' || c == '\r'
                                  ? "a line end inside a string"
                                  : "a control character inside a string");
        }
    }
}

status json_string_token(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    bool escapes = false, high = false;
    TRY(scan_string(t, &escapes, &high, e));
    size_t from = w->mark + 1, to = w->at;
    if (to - from > t->limits.string)
        return json_fault(t, w->mark, 1, e, ST_LIMIT,
                          "a string of more than %zu bytes", t->limits.string);
    if (high) {
        size_t bad = from + utf8_check(w->data + from, to - from);
        if (bad < to)
            return json_fault(t, bad, 1, e, ST_SYNTAX,
                              "bytes that are not UTF-8");
    }
    if (escapes) {
        TRY(unescape_all(t, from, to, out, e));
    } else {
        out->text = w->data + from;
        out->length = to - from;
        reader_terminate(t);
    }
    out->place = reader_place(t, w->mark);
    if (high)
        count_trailing(t, from, to);
    w->at++;
    return ST_OK;
}
