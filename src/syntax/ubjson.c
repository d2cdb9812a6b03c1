#include "syntax/reader.h"

#include "base/num.h"
#include "base/text.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *show(char c, char text[16])
{
    unsigned char u = (unsigned char)c;
    (void)snprintf(text, 16, u > 0x20 && u < 0x7f ? "'%c'" : "byte 0x%02x", u);
    return text;
}

/* Makes n bytes at the cursor readable, or says that the input is cut short. */
static status need(struct tokens *t, size_t n, const char *what,
                   struct error *e)
{
    TRY(window_need(&t->w, n, e));
    if (t->w.end - t->w.at < n)
        return json_fault(t, t->w.at, 1, e, ST_SYNTAX,
                          "the input ends inside %s", what);
    return ST_OK;
}

static uint64_t big_endian(const char *p, size_t n)
{
    uint64_t x = 0;
    for (size_t i = 0; i < n; i++)
        x = x << 8 | (unsigned char)p[i];
    return x;
}

/* Bytes of a fixed-size number, 0 for another marker. */
static size_t number_size(char marker)
{
    switch (marker) {
    case 'i':
    case 'U':
        return 1;
    case 'I':
        return 2;
    case 'l':
    case 'd':
        return 4;
    case 'L':
    case 'D':
        return 8;
    default:
        return 0;
    }
}

static void take_number(const char *p, char marker, struct token *out)
{
    uint64_t bits = big_endian(p, number_size(marker));
    out->is_integer = true;
    switch (marker) {
    case 'i':
        out->integer = (int8_t)bits;
        break;
    case 'U':
        out->integer = (long long)bits;
        break;
    case 'I':
        out->integer = (int16_t)bits;
        break;
    case 'l':
        out->integer = (int32_t)bits;
        break;
    case 'L':
        out->integer = (int64_t)bits;
        break;
    default:
        out->is_integer = false;
        out->integer = 0;
        if (marker == 'd') {
            uint32_t half = (uint32_t)bits;
            float single;
            memcpy(&single, &half, sizeof single);
            out->number = (double)single;
        } else {
            memcpy(&out->number, &bits, sizeof out->number);
        }
        return;
    }
    out->number = (double)out->integer;
}

/* An integer with its marker: a length or a count. */
static status read_length(struct tokens *t, const char *what, long long *out,
                          struct error *e)
{
    TRY(need(t, 1, what, e));
    char marker = t->w.data[t->w.at];
    size_t n = number_size(marker);
    if (n == 0 || marker == 'd' || marker == 'D') {
        char found[16];
        return json_fault(t, t->w.at, 1, e, ST_SYNTAX,
                          "%s where an integer was expected as %s",
                          show(marker, found), what);
    }
    TRY(need(t, 1 + n, what, e));
    struct token token;
    take_number(t->w.data + t->w.at + 1, marker, &token);
    if (token.integer < 0)
        return json_fault(t, t->w.at, 1, e, ST_SYNTAX, "%s is negative: %lld",
                          what, token.integer);
    t->w.at += 1 + n;
    *out = token.integer;
    return ST_OK;
}

/* Length and bytes of a string or key; the text stays in the window. */
static status read_text(struct tokens *t, const char *what, struct token *out,
                        struct error *e)
{
    long long length = 0;
    TRY(read_length(t, "the length of a text", &length, e));
    if (length > (long long)t->limits.string)
        return json_fault(t, t->w.mark, 1, e, ST_LIMIT,
                          "%s of %lld bytes is longer than the allowed %zu",
                          what, length, t->limits.string);
    size_t n = (size_t)length;
    TRY(need(t, n, what, e));
    size_t bad = utf8_check(t->w.data + t->w.at, n);
    if (bad < n)
        return json_fault(t, t->w.at + bad, 1, e, ST_SYNTAX,
                          "%s holds bytes that are not UTF-8", what);
    out->text = t->w.data + t->w.at;
    out->length = n;
    t->w.at += n;
    reader_terminate(t);
    return ST_OK;
}

static status read_character(struct tokens *t, struct token *out,
                             struct error *e)
{
    TRY(need(t, 1, "a character", e));
    out->kind = TOKEN_STRING;
    out->text = t->w.data + t->w.at;
    out->length = 1;
    if ((unsigned char)*out->text >= 0x80)
        return json_fault(t, t->w.at, 1, e, ST_SYNTAX,
                          "a character beyond ASCII");
    t->w.at++;
    reader_terminate(t);
    return ST_OK;
}

static status read_high_precision(struct tokens *t, struct token *out,
                                  struct error *e)
{
    TRY(read_text(t, "a number", out, e));
    out->kind = TOKEN_NUMBER;
    if (!num_parse(out->text, out->length, &out->number))
        return json_fault(t, t->w.mark, 1, e, ST_SYNTAX,
                          "a high-precision number that is no number");
    out->is_integer = num_parse_int(out->text, out->length, &out->integer);
    return ST_OK;
}

/* [ and {: their optional type and count. */
static status read_container(struct tokens *t, char open, struct token *out,
                             struct error *e)
{
    struct window *w = &t->w;
    TRY(reader_push(t, open, e));
    struct frame *f = &t->frame[t->depth - 1];
    out->kind = open == '{' ? TOKEN_BEGIN_OBJECT : TOKEN_BEGIN_ARRAY;
    TRY(need(t, 1, "a container", e));
    if (w->data[w->at] == '$') {
        TRY(need(t, 3, "the type of a container", e));
        f->type = w->data[w->at + 1];
        /* Types without bytes would let nine bytes stand for 10^18 values. */
        if (strchr("iUIlLdDCSH[{", f->type) == NULL || f->type == '\0') {
            char found[16];
            return json_fault(t, w->at + 1, 1, e, ST_UNSUPPORTED,
                              "%s as the type of a container",
                              show(f->type, found));
        }
        w->at += 2;
        if (w->data[w->at] != '#')
            return json_fault(t, w->at, 1, e, ST_SYNTAX,
                              "a container with a type but without a count");
    }
    if (w->data[w->at] == '#') {
        w->at++;
        TRY(read_length(t, "the count of a container", &f->left, e));
    }
    return ST_OK;
}

static status read_value(struct tokens *t, char marker, struct token *out,
                         struct error *e)
{
    struct window *w = &t->w;
    size_t n = number_size(marker);
    if (n > 0) {
        TRY(need(t, n, "a number", e));
        out->kind = TOKEN_NUMBER;
        take_number(w->data + w->at, marker, out);
        w->at += n;
        return ST_OK;
    }
    switch (marker) {
    case 'Z':
        out->kind = TOKEN_NULL;
        return ST_OK;
    case 'T':
        out->kind = TOKEN_TRUE;
        return ST_OK;
    case 'F':
        out->kind = TOKEN_FALSE;
        return ST_OK;
    case 'C':
        return read_character(t, out, e);
    case 'S':
        out->kind = TOKEN_STRING;
        return read_text(t, "a string", out, e);
    case 'H':
        return read_high_precision(t, out, e);
    case '[':
    case '{':
        return read_container(t, marker, out, e);
    default:
        break;
    }
    char found[16];
    return json_fault(t, w->mark, 1, e, ST_SYNTAX,
                      "%s where the marker of a value was expected",
                      show(marker, found));
}

/* Passes over no-ops; *marker is the next byte, which stays unread. */
static status peek(struct tokens *t, const char *what, char *marker,
                   struct error *e)
{
    do {
        TRY(need(t, 1, what, e));
        *marker = t->w.data[t->w.at];
        t->w.at++;
    } while (*marker == 'N');
    t->w.at--;
    t->w.mark = t->w.at;
    return ST_OK;
}

static status read_end(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    while (w->at == w->end || w->data[w->at] == 'N') {
        if (w->at < w->end) {
            w->mark = ++w->at;
            continue;
        }
        if (w->ended) {
            out->kind = TOKEN_END;
            return ST_OK;
        }
        w->mark = w->at;
        TRY(window_more(w, e));
    }
    return json_fault(t, w->at, 1, e, ST_SYNTAX,
                      "bytes follow after the value's end");
}

/* A member of the innermost container, or its end. */
static status read_member(struct tokens *t, struct token *out, struct error *e)
{
    struct frame *f = &t->frame[t->depth - 1];
    const char *what = f->open == '{' ? "an object" : "an array";
    char marker = f->type;
    if (!f->keyed && f->left == 0) {
        out->kind = f->open == '{' ? TOKEN_END_OBJECT : TOKEN_END_ARRAY;
        t->depth--;
        return ST_OK;
    }
    bool key = f->open == '{' && !f->keyed;
    if (key || f->type == 0)
        TRY(peek(t, what, &marker, e));
    out->place = reader_place(t, t->w.at);
    if (!f->keyed && f->left < 0 && marker == (f->open == '{' ? '}' : ']')) {
        t->w.at++;
        out->kind = f->open == '{' ? TOKEN_END_OBJECT : TOKEN_END_ARRAY;
        t->depth--;
        return ST_OK;
    }
    if (key) {
        f->keyed = true;
        out->kind = TOKEN_KEY;
        return read_text(t, "a key", out, e);
    }
    f->keyed = false;
    if (f->left > 0)
        f->left--;
    if (f->type == 0)
        t->w.at++;
    return read_value(t, marker, out, e);
}

status ubjson_next(struct tokens *t, struct token *out, struct error *e)
{
    t->w.mark = t->w.at;
    *out = (struct token){.text = "", .place = reader_place(t, t->w.at)};
    if (t->depth > 0)
        return read_member(t, out, e);
    if (t->started)
        return read_end(t, out, e);
    t->started = true;
    char marker;
    TRY(peek(t, "the first value", &marker, e));
    out->place = reader_place(t, t->w.at);
    t->w.at++;
    return read_value(t, marker, out, e);
}
