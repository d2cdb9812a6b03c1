#include "base/error.h"

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const words[] = {
#define X(name, word, advice) word,
    STATUS_LIST(X)
#undef X
};

static const char *const advices[] = {
#define X(name, word, advice) advice,
    STATUS_LIST(X)
#undef X
};

const char *status_word(status s)
{
    return (size_t)s < sizeof words / sizeof *words ? words[s] : "bug";
}

const char *status_advice(status s)
{
    return (size_t)s < sizeof advices / sizeof *advices ? advices[s] : "";
}

static void fill(struct error *e, status class, const struct place *place)
{
    memset(e, 0, sizeof *e);
    e->class = class;
    e->offset = -1;
    if (place == NULL)
        return;
    if (place->source != NULL)
        (void)snprintf(e->source, sizeof e->source, "%s", place->source);
    e->line = place->line;
    e->column = place->column;
    e->offset = place->offset;
}

/* A message is always printable text: control bytes of hostile input that were
 * quoted in it must not reach a terminal. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

status error_set(struct error *e, status class, const char *format, ...)
{
    if (e == NULL)
        return class;
    fill(e, class, NULL);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    make_printable(e->text);
    return class;
}

status error_at(struct error *e, status class, const struct place *place,
                const char *format, ...)
{
    if (e == NULL)
        return class;
    fill(e, class, place);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    make_printable(e->text);
    return class;
}

status error_system(struct error *e, const char *format, ...)
{
    int saved = errno;
    status class = saved == ENOMEM ? ST_MEMORY : ST_SYSTEM;
    if (e == NULL)
        return class;
    fill(e, class, NULL);
    va_list args;
    va_start(args, format);
    int used = vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof e->text)
        (void)snprintf(e->text + used, sizeof e->text - (size_t)used, ": %s",
                       strerror(saved));
    make_printable(e->text);
    return class;
}

status error_memory(struct error *e)
{
    return error_set(e, ST_MEMORY, "out of memory");
}

void error_excerpt(struct error *e, const char *line, size_t line_length,
                   size_t caret, size_t length)
{
    enum { LEAD = 60 };
    if (e == NULL)
        return;
    size_t start = caret > LEAD ? caret - LEAD : 0;
    while (start > 0 && ((unsigned char)line[start] & 0xc0) == 0x80)
        start--;
    size_t room = sizeof e->excerpt - 1;
    size_t n = line_length > start ? line_length - start : 0;
    if (n > room)
        n = room;
    while (n > 0 && n < line_length - start &&
           ((unsigned char)line[start + n] & 0xc0) == 0x80)
        n--;
    memcpy(e->excerpt, line + start, n);
    e->excerpt[n] = '\0';
    make_printable(e->excerpt);
    e->caret = (int)(caret - start);
    if (length > n)
        length = n;
    e->caret_length = length == 0 ? 1 : (int)length;
}

void error_note(struct error *e, const char *format, ...)
{
    if (e == NULL || e->notes >= ERROR_NOTES_MAX)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(e->note[e->notes], sizeof e->note[0], format, args);
    va_end(args);
    make_printable(e->note[e->notes]);
    e->notes++;
}

static void render_excerpt(const struct error *e, struct buf *out)
{
    char gutter[32];
    int width = snprintf(gutter, sizeof gutter, "%6ld", e->line);
    buf_printf(out, "%s | %s\n%*s | ", gutter, e->excerpt, width, "");
    /* one blank for each character before the caret, not for each byte */
    for (int i = 0; i < e->caret && e->excerpt[i] != '\0'; i++)
        if (((unsigned char)e->excerpt[i] & 0xc0) != 0x80)
            buf_putc(out, ' ');
    buf_putc(out, '^');
    for (int i = 1; i < e->caret_length && e->caret + i <= (int)strlen(e->excerpt); i++)
        buf_putc(out, '~');
    buf_putc(out, '\n');
}

void error_render(const struct error *e, struct buf *out)
{
    if (e->source[0] != '\0') {
        buf_puts(out, e->source);
        if (e->line > 0)
            buf_printf(out, ":%ld", e->line);
        if (e->line > 0 && e->column > 0)
            buf_printf(out, ":%ld", e->column);
        if (e->line <= 0 && e->offset >= 0)
            buf_printf(out, ": byte %lld", e->offset);
        buf_puts(out, ": ");
    }
    buf_printf(out, "error: %s\n", e->text);
    if (e->excerpt[0] != '\0')
        render_excerpt(e, out);
    for (int i = 0; i < e->notes; i++)
        buf_printf(out, "  while %s\n", e->note[i]);
}
