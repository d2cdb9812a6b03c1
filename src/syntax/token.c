#include "syntax/reader.h"

#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_DEFAULT = 512 };
#define STRING_DEFAULT ((size_t)64 << 20)

static status open_reader(struct stream in, const struct token_limits *limits,
                          struct tokens **out, struct error *e)
{
    struct tokens *t = mem_array(1, sizeof *t);
    if (t == NULL)
        return error_memory(e);
    if (limits != NULL)
        t->limits = *limits;
    if (t->limits.depth == 0)
        t->limits.depth = DEPTH_DEFAULT;
    if (t->limits.string == 0)
        t->limits.string = STRING_DEFAULT;
    t->scratch = BUF_INIT(t->limits.string);
    t->line = 1;
    t->hole = SIZE_MAX;
    status s = window_open(&t->w, in, t->limits.bytes, t->limits.string, e);
    if (s != ST_OK) {
        tokens_free(t);
        return s;
    }
    *out = t;
    return ST_OK;
}

status tokens_open_json(struct stream in, const struct token_limits *limits,
                        struct tokens **out, struct error *e)
{
    struct tokens *t = NULL;
    TRY(open_reader(in, limits, &t, e));
    t->next = json_next;
    t->expect = EXPECT_VALUE;
    status s = window_byte_order(&t->w, e);
    if (s != ST_OK) {
        tokens_free(t);
        return s;
    }
    t->line_start = window_offset(&t->w, t->w.at);
    *out = t;
    return ST_OK;
}

status tokens_open_ubjson(struct stream in, const struct token_limits *limits,
                          struct tokens **out, struct error *e)
{
    TRY(open_reader(in, limits, out, e));
    (*out)->next = ubjson_next;
    return ST_OK;
}

void tokens_free(struct tokens *t)
{
    if (t == NULL)
        return;
    window_free(&t->w);
    buf_free(&t->scratch);
    mem_free(t->frame);
    mem_free(t);
}

void tokens_restart(struct tokens *t, struct stream in, long line)
{
    struct window *w = &t->w;
    w->in = in;
    w->mark = w->at = w->end = 0;
    w->base = 0;
    w->ended = false;
    w->data[0] = '\0';
    t->depth = 0;
    t->expect = EXPECT_VALUE;
    t->line = line;
    t->line_start = t->trailing = 0;
    t->hole = SIZE_MAX;
    t->failed = ST_OK;
    t->last = (struct token){.kind = TOKEN_END, .text = ""};
}

status tokens_next(struct tokens *t, struct token *out, struct error *e)
{
    if (t->failed != ST_OK)
        return error_set(e, t->failed, "reading went on after an error");
    if (t->hole != SIZE_MAX) {
        t->w.data[t->hole] = t->hole_byte;
        t->hole = SIZE_MAX;
    }
    status s = t->next(t, out, e);
    t->failed = s;
    if (s == ST_OK)
        t->last = *out;
    return s;
}

status tokens_skip(struct tokens *t, struct error *e)
{
    struct token token = t->last;
    if (token.kind == TOKEN_KEY)
        TRY(tokens_next(t, &token, e));
    if (token.kind != TOKEN_BEGIN_ARRAY && token.kind != TOKEN_BEGIN_OBJECT)
        return ST_OK;
    size_t depth = t->depth - 1;
    while (t->depth > depth)
        TRY(tokens_next(t, &token, e));
    return ST_OK;
}

status reader_push(struct tokens *t, char open, struct error *e)
{
    if (t->depth >= t->limits.depth)
        return json_fault(t, t->w.mark, 1, e, ST_LIMIT,
                          "more than %zu brackets are open here",
                          t->limits.depth);
    if (t->depth == t->frames) {
        size_t frames = t->frames == 0 ? 16 : t->frames * 2;
        struct frame *f = mem_grow(t->frame, t->frames, frames, sizeof *f);
        if (f == NULL)
            return error_memory(e);
        t->frame = f;
        t->frames = frames;
    }
    t->frame[t->depth++] = (struct frame){open, 0, false, -1};
    return ST_OK;
}

void reader_terminate(struct tokens *t)
{
    t->hole = t->w.at;
    t->hole_byte = t->w.data[t->w.at];
    t->w.data[t->w.at] = '\0';
}

struct place reader_place(const struct tokens *t, size_t at)
{
    long long offset = window_offset(&t->w, at);
    if (t->next != json_next)
        return (struct place){t->w.in.name, 0, 0, offset};
    return (struct place){t->w.in.name, t->line,
                          (long)(offset - t->line_start - t->trailing + 1),
                          offset};
}

void reader_excerpt(const struct tokens *t, size_t at, size_t length,
                    struct error *e)
{
    if (e == NULL || t->next != json_next || at > t->w.end)
        return;
    const char *data = t->w.data;
    size_t start = at, end = at;
    while (start > 0 && data[start - 1] != '\n' && at - start < WINDOW_HISTORY &&
           window_offset(&t->w, start) > t->line_start)
        start--;
    while (start < at && ((unsigned char)data[start] & 0xc0) == 0x80)
        start++;
    while (end < t->w.end && data[end] != '\n' && data[end] != '\r' &&
           end - at < WINDOW_HISTORY)
        end++;
    char line[2 * WINDOW_HISTORY];
    memcpy(line, data + start, end - start);
    if (t->hole != SIZE_MAX && t->hole >= start && t->hole < end)
        line[t->hole - start] = t->hole_byte;
    error_excerpt(e, line, end - start, at - start, length);
}

status tokens_fault(const struct tokens *t, struct error *e, status class,
                    const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)error_at(e, class, &t->last.place, "%s", text);
    long long at = t->last.place.offset - t->w.base;
    if (at >= 0 && t->last.place.offset >= t->line_start)
        reader_excerpt(t, (size_t)at, t->last.length, e);
    return class;
}

size_t tokens_depth(const struct tokens *t)
{
    return t->depth;
}

const char *token_word(enum token_kind kind)
{
    static const char *const words[] = {
        "the end",       "an object", "the end of an object",
        "an array",      "the end of an array",
        "a key",         "a string",  "a number",
        "true",          "false",     "null"};
    return words[kind];
}
