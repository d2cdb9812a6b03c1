/* syntax/window.h: a sliding window over a stream, for the readers of this
 * room. data[end] is always 0, so that a scan may run without a bound. */
#ifndef CANDOR_SYNTAX_WINDOW_H
#define CANDOR_SYNTAX_WINDOW_H

#include "base/stream.h"

enum { WINDOW_HISTORY = 256 }; /* bytes kept before the mark, for excerpts */

struct window {
    struct stream in;
    char *data;
    size_t mark;      /* what lies from here on must stay */
    size_t at, end, room;
    long long base;   /* of data[0] in the input */
    long long cap;    /* of the whole input; 0: none */
    size_t longest;   /* of what lies from the mark on */
    bool ended;
};

MUST_USE status window_open(struct window *w, struct stream in, long long cap,
                            size_t longest, struct error *e);
void window_free(struct window *w);
/* Reads at least one more byte or sets ended; mark and at move with the data.
 * LIMIT when the part from the mark on is longer than `longest`. */
MUST_USE status window_more(struct window *w, struct error *e);
/* The same until n bytes lie from `at` on, or the input has ended. */
MUST_USE status window_need(struct window *w, size_t n, struct error *e);
/* Passes over a UTF-8 byte-order mark; UNSUPPORTED for UTF-16 and UTF-32. */
MUST_USE status window_byte_order(struct window *w, struct error *e);

static inline long long window_offset(const struct window *w, size_t at)
{
    return w->base + (long long)at;
}

#endif
