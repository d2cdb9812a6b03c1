#include "render/html_in.h"

#include <string.h>

static const char *escaped(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void html_text(struct buf *b, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, "&<>\"");
        buf_put(b, text, n);
        text += n;
        if (*text == '\0')
            return;
        buf_puts(b, escaped(*text++));
    }
}

void html_attribute(struct buf *b, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_putc(b, ' ');
    buf_puts(b, name);
    buf_put(b, "=\"", 2);
    html_text(b, value);
    buf_putc(b, '"');
}
