#include "render/layout_in.h"

void *lay_new(struct lay *l, size_t count, size_t size)
{
    if (l->failed != ST_OK)
        return NULL;
    void *p = arena_array(l->a, count, size);
    if (p == NULL)
        l->failed = arena_error(l->a, l->e);
    return p;
}

struct struct_elem *elem_new(struct lay *l, struct struct_elem *parent,
                             enum elem_kind kind)
{
    struct struct_elem *n = lay_array(l, struct struct_elem, 1);
    if (n == NULL)
        return NULL;
    n->kind = kind;
    n->index = l->elem_count++;
    n->parent = parent;
    if (parent == NULL)
        return n;
    if (parent->last != NULL)
        parent->last->next = n;
    else
        parent->first = n;
    parent->last = n;
    return n;
}

struct strip *strip_new(struct lay *l)
{
    return lay_array(l, struct strip, 1);
}

static void strip_item(struct strip *s, struct box_item *i)
{
    if (s->last != NULL)
        s->last->next = i;
    else
        s->first = i;
    s->last = i;
}

struct box_item *strip_put(struct lay *l, struct strip *s, enum item_kind kind,
                          const struct struct_elem *elem)
{
    struct box_item *i = s == NULL ? NULL : lay_array(l, struct box_item, 1);
    if (i == NULL)
        return NULL;
    i->kind = kind;
    i->elem = elem;
    i->artifact = ARTIFACT_LAYOUT;
    strip_item(s, i);
    return i;
}

void strip_rule(struct lay *l, struct strip *s, double x, double y, double width,
              double thick, enum scene_colour c)
{
    struct box_item *i = strip_put(l, s, ITEM_RULE, NULL);
    if (i == NULL)
        return;
    i->x = x;
    i->y = y;
    i->width = width;
    i->thick = thick;
    i->colour = c;
}

struct box_item *strip_rect(struct lay *l, struct strip *s, double x, double y,
                          double width, double height, enum scene_colour c)
{
    struct box_item *i = strip_put(l, s, ITEM_RECT, NULL);
    if (i == NULL)
        return NULL;
    i->x = x;
    i->y = y;
    i->width = width;
    i->height = height;
    i->colour = c;
    return i;
}

struct spot *spot_new(struct lay *l, enum spot_kind kind)
{
    struct spot *s = lay_array(l, struct spot, 1);
    if (s != NULL)
        s->kind = kind;
    return s;
}

void strip_spot(struct strip *s, struct spot *spot)
{
    if (s == NULL || spot == NULL)
        return;
    spot->next = NULL;
    if (s->last_spot != NULL)
        s->last_spot->next = spot;
    else
        s->spots = spot;
    s->last_spot = spot;
}

static void flow_append(struct flow *f, struct strip *s)
{
    if (f->last != NULL)
        f->last->next = s;
    else
        f->first = s;
    f->last = s;
}

void flow_add(struct flow *f, struct strip *s, double before)
{
    if (s == NULL)
        return;
    s->before = f->tight || before < f->gap ? f->gap : before;
    s->page_before = f->page_pending;
    f->page_pending = false;
    f->gap = 0.0;
    f->tight = false;
    while (f->spots != NULL) {
        struct spot *next = f->spots->next;
        strip_spot(s, f->spots);
        f->spots = next;
    }
    flow_append(f, s);
}

void flow_gap(struct flow *f, double after)
{
    if (after > f->gap)
        f->gap = after;
}

double flow_height(const struct flow *f)
{
    double height = 0.0;
    for (const struct strip *s = f->first; s != NULL; s = s->next)
        height += (s == f->first ? 0.0 : s->before) + s->height;
    return height;
}

static void take_items(struct strip *from, struct strip *to, double dy)
{
    for (struct box_item *i = from->first; i != NULL;) {
        struct box_item *next = i->next;
        i->y += dy;
        i->next = NULL;
        strip_item(to, i);
        i = next;
    }
    for (struct link_area *a = from->links; a != NULL; a = a->next)
        a->y += dy;
    if (from->links != NULL) {
        if (to->last_link != NULL)
            to->last_link->next = from->links;
        else
            to->links = from->links;
        to->last_link = from->last_link;
    }
    for (struct spot *p = from->spots; p != NULL;) {
        struct spot *next = p->next;
        p->y += dy;
        strip_spot(to, p);
        p = next;
    }
}

double flow_into(struct flow *from, struct strip *to, double y0)
{
    double y = y0;
    if (to == NULL)
        return 0.0;
    for (struct strip *s = from->first; s != NULL; s = s->next) {
        y += s == from->first ? 0.0 : s->before;
        take_items(s, to, y);
        y += s->height;
    }
    for (struct spot *p = from->spots; p != NULL;) {
        struct spot *next = p->next;
        p->y = y0;
        strip_spot(to, p);
        p = next;
    }
    return y - y0;
}

void flow_join(struct flow *to, struct flow *from, double before)
{
    struct strip *first = from->first;
    if (first == NULL) {
        return;
    }
    struct strip *rest = first->next;
    bool page = first->page_before;
    first->next = NULL;
    flow_add(to, first, before > first->before ? before : first->before);
    first->page_before = first->page_before || page;
    if (rest != NULL) {
        to->last->next = rest;
        to->last = from->last;
    }
    to->gap = from->gap;
    to->tight = from->tight;
    to->page_pending = from->page_pending;
    to->spots = from->spots;
}

void flow_keep(struct flow *f)
{
    for (struct strip *s = f->first; s != NULL && s->next != NULL; s = s->next)
        s->cost_after = STRIP_NEVER;
}

void strip_front(struct strip *s, struct strip *t)
{
    if (s == NULL || t == NULL || t->last == NULL)
        return;
    t->last->next = s->first;
    s->first = t->first;
    if (s->last == NULL)
        s->last = t->last;
}

struct strip *strip_copy(struct lay *l, const struct strip *s)
{
    struct strip *copy = s == NULL ? NULL : strip_new(l);
    if (copy == NULL)
        return NULL;
    copy->height = s->height;
    for (const struct box_item *i = s->first; i != NULL; i = i->next) {
        struct box_item *k = strip_put(l, copy, i->kind, NULL);
        if (k == NULL)
            return NULL;
        *k = *i;
        k->elem = NULL;
        k->artifact = ARTIFACT_LAYOUT;
        k->next = NULL;
    }
    return copy;
}

void put_link_area(struct lay *l, struct strip *s, struct struct_elem *elem,
                   const char *target, const char *contents, double x, double y,
                   double width, double height)
{
    struct link_area *a = s == NULL ? NULL : lay_array(l, struct link_area, 1);
    if (a == NULL)
        return;
    *a = (struct link_area){.x = x, .y = y, .width = width, .height = height,
                            .elem = elem, .target = target,
                            .contents = contents};
    if (s->last_link != NULL)
        s->last_link->next = a;
    else
        s->links = a;
    s->last_link = a;
}
