/* A strip taller than a page (a cell with two thousand words) is cut where no
 * line of text is hurt, so that nothing is ever lost below the page. */
#include "render/layout_in.h"

static void extent(const struct box_item *i, double *top, double *bottom)
{
    if (i->kind == ITEM_TEXT) {
        *top = i->y - i->size;
        /* The same for all of a line, whatever the sizes in it. */
        *bottom = i->y + 4.0;
    } else {
        *top = i->y;
        *bottom = i->y + i->height;
    }
}

static bool goes_on(const struct box_item *i, double limit)
{
    double top, bottom;
    extent(i, &top, &bottom);
    if (i->kind == ITEM_RECT)
        return top >= limit;
    return bottom > limit + 1e-6;
}

/* Side by side, columns need not agree on where a line ends: each keeps what
 * ends above the limit, and the rest begins at the highest of what is left. */
static double place_to_cut(const struct strip *s, double limit)
{
    double at = limit;
    for (const struct box_item *i = s->first; i != NULL; i = i->next) {
        double top, bottom;
        extent(i, &top, &bottom);
        if (goes_on(i, limit) && top < at)
            at = top;
    }
    return at > 0.02 * limit ? at : limit;
}

static void append(struct strip *s, struct box_item *i)
{
    i->next = NULL;
    if (s->last != NULL)
        s->last->next = i;
    else
        s->first = i;
    s->last = i;
}

static void part_items(struct lay *l, struct strip *s, struct strip *rest,
                       double at, double limit)
{
    struct box_item *i = s->first;
    s->first = s->last = NULL;
    while (i != NULL) {
        struct box_item *next = i->next;
        double top, bottom;
        extent(i, &top, &bottom);
        if (goes_on(i, limit)) {
            i->y -= at;
            append(rest, i);
        } else if (i->kind == ITEM_RECT && bottom > at) {
            struct box_item *below = strip_put(l, rest, ITEM_RECT, i->elem);
            if (below == NULL)
                return;
            *below = *i;
            below->next = NULL;
            below->y = 0.0;
            below->height = bottom - at;
            i->height = at - top;
            append(s, i);
        } else {
            append(s, i);
        }
        i = next;
    }
}

static void part_rest(struct strip *s, struct strip *rest, double at)
{
    struct spot *p = s->spots;
    s->spots = s->last_spot = NULL;
    while (p != NULL) {
        struct spot *next = p->next;
        bool below = p->y >= at - 1e-6;
        p->y -= below ? at : 0.0;
        strip_spot(below ? rest : s, p);
        p = next;
    }
    struct link_area *a = s->links;
    s->links = s->last_link = NULL;
    while (a != NULL) {
        struct link_area *next = a->next;
        bool below = a->y + a->height / 2.0 >= at;
        struct strip *to = below ? rest : s;
        a->y -= below ? at : 0.0;
        a->next = NULL;
        if (to->last_link != NULL)
            to->last_link->next = a;
        else
            to->links = a;
        to->last_link = a;
        a = next;
    }
}

void flow_cut(struct lay *l, struct flow *f, double limit)
{
    for (struct strip *s = f->first; s != NULL && l->failed == ST_OK;
         s = s->next) {
        if (s->head != NULL && s->head->height > 0.4 * limit)
            s->head = NULL;
        double room = limit - (s->head == NULL ? 0.0 : s->head->height);
        if (s->height <= room + 1e-6)
            continue;
        struct strip *rest = strip_new(l);
        if (rest == NULL)
            return;
        double at = place_to_cut(s, room);
        *rest = (struct strip){.height = s->height - at,
                               .cost_after = s->cost_after,
                               .head = s->head,
                               .next = s->next};
        part_items(l, s, rest, at, room);
        part_rest(s, rest, at);
        s->height = room;
        s->cost_after = STRIP_FREE;
        s->next = rest;
        if (f->last == s)
            f->last = rest;
    }
}
