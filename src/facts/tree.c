#include "facts/tree.h"

#include "base/buf.h"

#include <string.h>

struct fact *fact_child(const struct fact *f, const char *name)
{
    for (struct fact *c = f->first; c != NULL; c = c->next)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* 0 when the name stands alone among its parent's children. */
static size_t place_among(const struct fact *f)
{
    size_t at = 0, same = 0;
    for (const struct fact *c = f->parent->first; c != NULL; c = c->next) {
        if (strcmp(c->name, f->name) != 0)
            continue;
        same++;
        if (c == f)
            at = same;
    }
    return same > 1 ? at : 0;
}

void fact_path(const struct fact *f, struct buf *out)
{
    if (f->parent == NULL)
        return;
    fact_path(f->parent, out);
    if (f->parent->parent != NULL)
        buf_putc(out, '/');
    buf_puts(out, f->name);
    size_t at = place_among(f);
    if (at > 0)
        buf_printf(out, "[%zu]", at);
}
