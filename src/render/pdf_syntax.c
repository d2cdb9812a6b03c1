/* render/pdf_syntax.c: PDF's own forms of numbers, names and strings. */
#include "render/pdf_internal.h"

#include "base/text.h"

#include <math.h>

void put_int(struct buf *b, long x)
{
    char digits[24];
    size_t at = sizeof digits;
    unsigned long u = x < 0 ? 0UL - (unsigned long)x : (unsigned long)x;
    do
        digits[--at] = (char)('0' + u % 10);
    while ((u /= 10) > 0);
    if (x < 0)
        digits[--at] = '-';
    buf_put(b, digits + at, sizeof digits - at);
}

void put_num(struct buf *b, double x)
{
    long milli = lrint(x * 1000);
    if (milli < 0) {
        buf_putc(b, '-');
        milli = -milli;
    }
    long whole = milli / 1000, part = milli % 1000;
    if (whole > 0 || part == 0)
        put_int(b, whole);
    if (part == 0)
        return;
    char text[4] = {'.', (char)('0' + part / 100),
                    (char)('0' + part / 10 % 10), (char)('0' + part % 10)};
    size_t n = 4;
    while (text[n - 1] == '0')
        n--;
    buf_put(b, text, n);
}

void put_ref(struct buf *b, const char *key, uint32_t number)
{
    buf_puts(b, key);
    buf_putc(b, ' ');
    put_int(b, (long)number);
    buf_puts(b, " 0 R");
}

static const char hex[] = "0123456789ABCDEF";

void put_unit(struct buf *b, uint32_t unit)
{
    char text[4] = {hex[unit >> 12 & 15], hex[unit >> 8 & 15],
                    hex[unit >> 4 & 15], hex[unit & 15]};
    buf_put(b, text, 4);
}

void put_utf16(struct buf *b, const char *utf8, size_t n)
{
    for (size_t at = 0; at < n;) {
        uint32_t p = 0;
        size_t used = utf8_decode(utf8 + at, n - at, &p);
        if (used == 0) {
            used = 1;
            p = 0xFFFD;
        }
        at += used;
        if (p >= 0x10000) {
            put_unit(b, 0xD800 + ((p - 0x10000) >> 10));
            put_unit(b, 0xDC00 + ((p - 0x10000) & 0x3FF));
        } else {
            put_unit(b, p);
        }
    }
}

void put_literal(struct buf *b, const char *bytes, size_t n)
{
    buf_putc(b, '(');
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (c == '(' || c == ')' || c == '\\')
            buf_putc(b, '\\');
        if (c == '\r')
            buf_puts(b, "\\r");
        else
            buf_putc(b, c);
    }
    buf_putc(b, ')');
}

void pdf_put_text(struct buf *b, const char *utf8)
{
    size_t n = strlen(utf8);
    for (size_t i = 0; i < n; i++)
        if (utf8[i] < ' ' || utf8[i] > '~') {
            buf_puts(b, "<FEFF");
            put_utf16(b, utf8, n);
            buf_putc(b, '>');
            return;
        }
    put_literal(b, utf8, n);
}

void put_name(struct buf *b, const char *name)
{
    buf_putc(b, '/');
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        if (c > '!' && c <= '~' && strchr("#%()/<>[]{}", c) == NULL) {
            buf_putc(b, (char)c);
        } else {
            char escaped[3] = {'#', hex[c >> 4], hex[c & 15]};
            buf_put(b, escaped, 3);
        }
    }
}

void put_xml(struct buf *b, const char *utf8)
{
    for (; *utf8 != '\0'; utf8++) {
        unsigned char c = (unsigned char)*utf8;
        if (c == '&')
            buf_puts(b, "&amp;");
        else if (c == '<')
            buf_puts(b, "&lt;");
        else if (c == '>')
            buf_puts(b, "&gt;");
        else if (c >= ' ' || c == '\t' || c == '\n')
            buf_putc(b, (char)c);
        else
            buf_putc(b, ' ');
    }
}
