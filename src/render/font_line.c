/* render/font_line.c: words shaped one by one, put together as a line. */
#include "render/font_internal.h"

/* Where the run against the paragraph that begins at `from` ends: after its
 * last part of that side, neutral parts between them included. */
static size_t run_end(const struct shaped *const *parts, size_t count,
                      size_t from)
{
    size_t end = from + 1;
    for (size_t i = end; i < count; i++) {
        if (!parts[i]->neutral && !parts[i]->rtl)
            break;
        if (!parts[i]->neutral)
            end = i + 1;
    }
    return end;
}

static status join(struct shaper *s, const struct shaped *const *parts,
                   size_t count, const struct shaped **out, struct error *e)
{
    size_t length = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        length += parts[i]->length;
    char *text = mem_array(length + 1, 1);
    if (text == NULL)
        return error_memory(e);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + at, parts[i]->text, parts[i]->length);
        at += parts[i]->length;
    }
    status st = shape(s, parts[0]->style, text, length, parts[0]->lang,
                      parts[0]->flags, out, e);
    mem_free(text);
    return st;
}

bool line_turns(const struct shaped *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i]->rtl || parts[i]->flags & SHAPE_RTL)
            return count > 1;
    return false;
}

status shape_line(struct shaper *s, const struct shaped *const *parts,
                  size_t count, const struct shaped **out, size_t *out_count,
                  struct error *e)
{
    size_t n = 0;
    for (size_t i = 0; i < count; n++) {
        size_t end = i + 1;
        if (parts[i]->flags & SHAPE_RTL)
            end = count;
        else if (!parts[i]->neutral && parts[i]->rtl)
            end = run_end(parts, count, i);
        if (end == i + 1)
            out[n] = parts[i];
        else
            TRY(join(s, parts + i, end - i, &out[n], e));
        i = end;
    }
    *out_count = n;
    return ST_OK;
}
