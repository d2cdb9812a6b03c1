#include "formats/column.h"

#include "base/arena.h"

status column_add(struct column *c, double x, struct column_cap *cap,
                  struct error *e)
{
    if (c->count == c->room) {
        size_t room = c->room == 0 ? 64 : c->room * 2;
        size_t more = (room - c->room) * sizeof *c->value;
        if (more > cap->cap - cap->held)
            return error_set(e, ST_LIMIT,
                             "the model needs more memory than the cap of %zu "
                             "bytes allows", cap->cap);
        double *grown = mem_grow(c->value, c->room, room, sizeof *grown);
        if (grown == NULL)
            return error_memory(e);
        cap->held += more;
        c->value = grown;
        c->room = room;
    }
    c->value[c->count++] = x;
    return ST_OK;
}

void columns_clear(struct column *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        c[i].count = 0;
        c[i].given = false;
    }
}

void columns_free(struct column *c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mem_free(c[i].value);
}
