#include "document/scene.h"

struct scene *scene_new(struct arena *a, double width, double height)
{
    struct scene *s = arena_new_one(a, struct scene);
    if (s != NULL) {
        s->width = width;
        s->height = height;
    }
    return s;
}

struct mark *scene_add(struct arena *a, struct scene *s, enum mark_kind kind)
{
    struct mark *m = arena_new_one(a, struct mark);
    if (m == NULL)
        return NULL;
    m->kind = kind;
    if (s->last == NULL)
        s->first = m;
    else
        s->last->next = m;
    s->last = m;
    return m;
}
