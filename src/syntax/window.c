#include "syntax/window.h"

#include "base/arena.h"

#include <string.h>

enum { FIRST_ROOM = 256 * 1024 };

status window_open(struct window *w, struct stream in, long long cap,
                   size_t longest, struct error *e)
{
    *w = (struct window){.in = in, .cap = cap, .longest = longest};
    w->room = FIRST_ROOM;
    w->data = mem_array(w->room + 1, 1);
    return w->data == NULL ? error_memory(e) : ST_OK;
}

void window_free(struct window *w)
{
    mem_free(w->data);
    w->data = NULL;
}

static status make_room(struct window *w, struct error *e)
{
    size_t keep = w->mark > WINDOW_HISTORY ? w->mark - WINDOW_HISTORY : 0;
    if (keep > 0) {
        memmove(w->data, w->data + keep, w->end - keep);
        w->base += (long long)keep;
        w->mark -= keep;
        w->at -= keep;
        w->end -= keep;
        w->data[w->end] = '\0';
    }
    if (w->end <= w->room / 2)
        return ST_OK;
    if (w->end - w->mark > w->longest) {
        struct place p = {w->in.name, 0, 0, window_offset(w, w->mark)};
        return error_at(e, ST_LIMIT, &p,
                        "one piece of more than %zu bytes begins here",
                        w->longest);
    }
    size_t room = w->room * 2;
    char *data = mem_grow(w->data, w->end + 1, room + 1, 1);
    if (data == NULL)
        return error_memory(e);
    w->data = data;
    w->room = room;
    return ST_OK;
}

status window_more(struct window *w, struct error *e)
{
    if (w->ended)
        return ST_OK;
    if (w->end == w->room || w->mark > w->room / 2)
        TRY(make_room(w, e));
    long n = w->in.read(w->in.self, w->data + w->end, w->room - w->end, e);
    if (n < 0)
        return e == NULL ? ST_SYSTEM : e->class;
    w->ended = n == 0;
    w->end += (size_t)n;
    w->data[w->end] = '\0';
    if (w->cap > 0 && window_offset(w, w->end) > w->cap) {
        struct place p = {w->in.name, 0, 0, w->cap};
        return error_at(e, ST_LIMIT, &p,
                        "the input is longer than the allowed %lld bytes",
                        w->cap);
    }
    return ST_OK;
}

status window_need(struct window *w, size_t n, struct error *e)
{
    while (!w->ended && w->end - w->at < n)
        TRY(window_more(w, e));
    return ST_OK;
}

status window_byte_order(struct window *w, struct error *e)
{
    TRY(window_need(w, 4, e));
    const unsigned char *p = (const unsigned char *)w->data + w->at;
    size_t n = w->end - w->at;
    if (n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) {
        w->at += 3;
        w->mark = w->at;
    } else if (n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) ||
                          (p[0] == 0xfe && p[1] == 0xff))) {
        struct place place = {w->in.name, 1, 1, 0};
        return error_at(e, ST_UNSUPPORTED, &place,
                        "the text is UTF-16; save it as UTF-8");
    }
    return ST_OK;
}
