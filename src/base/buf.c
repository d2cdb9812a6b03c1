#include "base/buf.h"

#include "base/arena.h"
#include "base/num.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void buf_free(struct buf *b)
{
    mem_free(b->data);
    *b = BUF_INIT(b->cap);
}

void buf_clear(struct buf *b)
{
    b->length = 0;
    b->failed = ST_OK;
    if (b->data != NULL)
        b->data[0] = '\0';
}

char *buf_reserve(struct buf *b, size_t n)
{
    if (b->failed != ST_OK)
        return NULL;
    if (n > b->cap || b->length > b->cap - n) {
        b->failed = ST_LIMIT;
        return NULL;
    }
    size_t need = b->length + n + 1;
    if (need > b->room) {
        size_t room = b->room < 64 ? 64 : b->room + b->room / 2;
        if (room < need)
            room = need;
        char *data = mem_grow(b->data, room, room, 1);
        if (data == NULL) {
            b->failed = ST_MEMORY;
            return NULL;
        }
        b->data = data;
        b->room = room;
        b->data[b->length] = '\0';
    }
    return b->data + b->length;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    char *to = buf_reserve(b, n);
    if (to == NULL)
        return;
    memcpy(to, bytes, n);
    b->length += n;
    b->data[b->length] = '\0';
}

void buf_putc(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_puts(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *to = n < 0 ? NULL : buf_reserve(b, (size_t)n);
    if (to != NULL) {
        (void)vsnprintf(to, (size_t)n + 1, format, again);
        b->length += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

void buf_put_double(struct buf *b, double x)
{
    char text[NUM_TEXT_MAX];
    buf_put(b, text, num_shortest(x, text));
}

void buf_put_int(struct buf *b, long long x)
{
    char text[24];
    char *p = text + sizeof text;
    unsigned long long rest = x < 0 ? 0ULL - (unsigned long long)x
                                    : (unsigned long long)x;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (x < 0)
        *--p = '-';
    buf_put(b, p, (size_t)(text + sizeof text - p));
}

const char *buf_text(const struct buf *b)
{
    return b->data == NULL ? "" : b->data;
}

status buf_status(const struct buf *b, struct error *e)
{
    if (b->failed == ST_LIMIT)
        return error_set(e, ST_LIMIT, "output of more than %zu bytes", b->cap);
    if (b->failed != ST_OK)
        return error_memory(e);
    return ST_OK;
}
