#include "formats/lines.h"

void lines_start(struct lines *l, struct stream in)
{
    l->in = in;
    l->line = BUF_INIT(LINE_MAX_BYTES);
    l->number = 0;
    l->offset = 0;
    l->at = l->have = 0;
    l->read = 0;
    l->ended = l->skip_lf = false;
}

void lines_free(struct lines *l)
{
    buf_free(&l->line);
}

static status refill(struct lines *l, struct error *e)
{
    long n = l->in.read(l->in.self, l->window, sizeof l->window, e);
    if (n < 0)
        return e == NULL ? ST_SYSTEM : e->class;
    l->at = 0;
    l->have = (size_t)n;
    l->read += n;
    l->ended = n == 0;
    return ST_OK;
}

/* Bytes of the window that belong to the line; sets *end after its end. */
static size_t take(struct lines *l, bool *end)
{
    size_t from = l->at, i = from;
    while (i < l->have && l->window[i] != '\n' && l->window[i] != '\r')
        i++;
    *end = i < l->have;
    l->at = *end ? i + 1 : i;
    if (*end)
        l->skip_lf = l->window[i] == '\r';
    return i - from;
}

status lines_next(struct lines *l, bool *more, struct error *e)
{
    bool any = false, end = false;
    buf_clear(&l->line);
    while (!end) {
        if (l->at == l->have) {
            TRY(refill(l, e));
            if (l->ended)
                break;
        }
        if (l->skip_lf && l->window[l->at] == '\n')
            l->at++;
        l->skip_lf = false;
        if (l->at == l->have)
            continue;
        if (!any)
            l->offset = l->read - (long long)(l->have - l->at);
        any = true;
        size_t from = l->at, n = take(l, &end);
        buf_put(&l->line, l->window + from, n);
    }
    *more = any;
    l->number += any;
    if (l->line.failed == ST_LIMIT)
        return lines_fault(l, e, ST_LIMIT, "a line longer than %d bytes",
                           LINE_MAX_BYTES);
    return buf_status(&l->line, e);
}

status lines_fault(const struct lines *l, struct error *e, status class,
                   const char *format, ...)
{
    struct place place = {l->in.name, l->number, 0, l->offset};
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)error_at(e, class, &place, "%s", text);
    if (l->line.length > 0)
        error_excerpt(e, buf_text(&l->line), l->line.length, 0, 0);
    return class;
}
