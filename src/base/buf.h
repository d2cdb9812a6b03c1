/* base/buf.h: growing bytes with a cap. A failure sticks: appends after it do
 * nothing, and buf_status tells once at the end. Always 0-terminated. */
#ifndef CANDOR_BASE_BUF_H
#define CANDOR_BASE_BUF_H

#include "base/error.h"

struct buf {
    char *data; /* never NULL after the first append; see buf_text */
    size_t length, room, cap;
    status failed;
};

#define BUF_INIT(cap_) ((struct buf){NULL, 0, 0, (cap_), ST_OK})

void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory, forgets a failure */
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list args);
/* Numbers without locale: see base/num.h for the forms. */
void buf_put_double(struct buf *b, double x);
void buf_put_int(struct buf *b, long long x);
/* At least n bytes of room after length; NULL on failure. */
char *buf_reserve(struct buf *b, size_t n);
const char *buf_text(const struct buf *b); /* "" when nothing was put */
MUST_USE status buf_status(const struct buf *b, struct error *e);

#endif
