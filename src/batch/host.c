#include "batch/request.h"

#include "base/buf.h"

void host_error(const struct host *h, const struct error *e)
{
    struct buf text = BUF_INIT(8192);
    error_render(e, &text);
    h->message(h->self, SEVERITY_ERROR, buf_text(&text));
    buf_free(&text);
}

void host_say(const struct host *h, enum severity severity, const char *format,
              ...)
{
    static const char *const lead[] = {"error: ", "warning: ", ""};
    struct buf text = BUF_INIT(16384);
    buf_puts(&text, "candor: ");
    buf_puts(&text, lead[severity]);
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    buf_putc(&text, '\n');
    h->message(h->self, severity, buf_text(&text));
    buf_free(&text);
}

status host_write(const struct host *h, const char *bytes, size_t n,
                  struct error *e)
{
    if (n == 0 || h->write(h->self, bytes, n))
        return ST_OK;
    return error_set(e, ST_SYSTEM, "standard output could not be written");
}
