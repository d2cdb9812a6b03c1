/* Strips → pages: breaks of least total cost, then everything to its place. */
#include "render/layout_in.h"

#include <math.h>
#include <string.h>

#define COST_PAGE 1000.0  /* a page more */
#define COST_EMPTY 300.0  /* times the empty share of a page, but the last */
#define COST_MEAGRE 40.0  /* a last page with nothing; a third full costs 0 */

struct run {
    struct strip **strips;
    size_t count;
    double limit;
};

struct best {
    double cost;
    size_t from; /* first strip of the page that ends here */
};

static double head_height(const struct strip *s)
{
    return s->head == NULL ? 0.0 : s->head->height;
}

/* best[j]: the cheapest pages for the strips before j. */
static void break_run(const struct run *r, struct best *best)
{
    best[0] = (struct best){0.0, 0};
    for (size_t j = 1; j <= r->count; j++) {
        double below = 0.0;
        best[j].cost = (double)INFINITY;
        for (size_t i = j; i-- > 0;) {
            const struct strip *s = r->strips[i];
            double height = head_height(s) + s->height + below;
            if (height > r->limit + 1e-6 && best[j].cost < (double)INFINITY)
                break;
            below += s->before + s->height;
            double cost = best[i].cost + COST_PAGE;
            if (j < r->count) {
                /* Space that vanishes at the top is no gain nor loss. */
                double empty =
                    (r->limit - height - (i > 0 ? s->before : 0.0)) / r->limit;
                cost += COST_EMPTY * empty + r->strips[j - 1]->cost_after;
            } else if (i > 0 && 3.0 * height < r->limit) {
                cost += COST_MEAGRE * (1.0 - 3.0 * height / r->limit);
            }
            if (height > r->limit + 1e-6)
                cost += 10.0 * STRIP_NEVER;
            if (cost < best[j].cost)
                best[j] = (struct best){cost, i};
        }
    }
}

struct placing {
    struct lay *l;
    struct pages *out;
    size_t page_room;
    struct destination *destinations;
    size_t destination_count, destination_room;
};

static struct page_box *page_new(struct placing *p)
{
    struct pages *out = p->out;
    if (out->page_count == p->page_room) {
        size_t room = p->page_room == 0 ? 4 : p->page_room * 2;
        struct page_box *more = lay_array(p->l, struct page_box, room);
        if (more == NULL)
            return NULL;
        if (out->page_count > 0)
            memcpy(more, out->pages, out->page_count * sizeof *more);
        out->pages = more;
        p->page_room = room;
    }
    return &out->pages[out->page_count++];
}

static void add_destination(struct placing *p, const char *name, double x,
                            double y)
{
    for (size_t i = 0; i < p->destination_count; i++)
        if (strcmp(p->destinations[i].name, name) == 0)
            return;
    if (p->destination_count == p->destination_room) {
        size_t room = p->destination_room == 0 ? 8 : p->destination_room * 2;
        struct destination *more = lay_array(p->l, struct destination, room);
        if (more == NULL)
            return;
        if (p->destination_count > 0)
            memcpy(more, p->destinations, p->destination_count * sizeof *more);
        p->destinations = more;
        p->destination_room = room;
    }
    p->destinations[p->destination_count++] =
        (struct destination){name, p->out->page_count - 1, x, y};
}

static void place_spot(struct placing *p, const struct spot *s, double y)
{
    if (s->kind == SPOT_FIGURE) {
        s->figure->x = s->x;
        s->figure->y = y;
    } else if (s->kind == SPOT_HEADING) {
        s->heading->page = p->out->page_count - 1;
        s->heading->x = s->x;
        s->heading->y = y;
        add_destination(p, s->name, s->x, y);
    } else if (s->kind == SPOT_NAME) {
        add_destination(p, s->name, s->x, y);
    }
}

static void place_strip(struct placing *p, struct page_box *page,
                        const struct strip *s, double y)
{
    for (struct box_item *i = s->first; i != NULL; i = i->next)
        i->y += y;
    if (s->first != NULL) {
        if (page->last != NULL)
            page->last->next = s->first;
        else
            page->first = s->first;
        page->last = s->last;
    }
    for (struct link_area *a = s->links; a != NULL; a = a->next)
        a->y += y;
    if (s->links != NULL) {
        if (page->last_link != NULL)
            page->last_link->next = s->links;
        else
            page->links = s->links;
        page->last_link = s->last_link;
    }
    for (const struct spot *k = s->spots; k != NULL; k = k->next)
        place_spot(p, k, y + k->y);
}

static void place_page(struct placing *p, const struct run *r, size_t from,
                       size_t to)
{
    struct page_box *page = page_new(p);
    double y = p->l->page.top;
    if (page == NULL)
        return;
    if (r->strips[from]->head != NULL) {
        struct strip *head = strip_copy(p->l, r->strips[from]->head);
        if (head == NULL)
            return;
        place_strip(p, page, head, y);
        y += head->height;
    }
    for (size_t i = from; i < to; i++) {
        y += i == from ? 0.0 : r->strips[i]->before;
        place_strip(p, page, r->strips[i], y);
        y += r->strips[i]->height;
    }
}

static void place_run(struct placing *p, const struct run *r)
{
    struct best *best = lay_array(p->l, struct best, r->count + 1);
    size_t *ends = lay_array(p->l, size_t, r->count + 1);
    if (ends == NULL)
        return;
    break_run(r, best);
    size_t pages = 0;
    for (size_t j = r->count; j > 0; j = best[j].from)
        ends[pages++] = j;
    for (size_t i = pages, from = 0; i-- > 0; from = ends[i])
        place_page(p, r, from, ends[i]);
}

/* --- what needs the page numbers --------------------------------------------- */

static const char *foot_text(struct lay *l, const char *pattern, size_t page,
                             size_t count)
{
    char text[256];
    size_t n = 0;
    for (const char *p = pattern; *p != '\0' && n + 24 < sizeof text; p++) {
        if (p[0] == '{' && (p[1] == '0' || p[1] == '1') && p[2] == '}') {
            n += (size_t)snprintf(text + n, sizeof text - n, "%zu",
                                  p[1] == '0' ? page : count);
            p += 2;
        } else {
            text[n++] = *p;
        }
    }
    const char *copy = arena_copy(l->a, text, n);
    if (copy == NULL && l->failed == ST_OK)
        l->failed = arena_error(l->a, l->e);
    return copy == NULL ? "" : copy;
}

static void put_foot(struct lay *l, struct pages *out, size_t index)
{
    struct page_box *page = &out->pages[index];
    struct type_size t = style_size(l->v, SIZE_FOOT);
    struct look look = {.size = t.size, .leading = t.leading,
                        .colour = COLOUR_MUTED, .face = FONT_REGULAR,
                        .shape = l->shape_flags, .lang = l->d->lang};
    struct strip *s = strip_new(l);
    double left = l->page.left, width = l->page.body_width;
    double right = left + width, base = l->page.foot_base;
    strip_rule(l, s, left, l->page.foot_rule, width,
             style_length(LENGTH_HAIRLINE), COLOUR_RULE);
    double number = 0.0;
    if (l->d->foot_page != NULL) {
        const char *text =
            foot_text(l, l->d->foot_page, index + 1, out->page_count);
        number = text_wide(l, text, &look);
        strip_text(l, s, text, &look, l->rtl ? left : right - number, base);
    }
    if (l->d->foot_left != NULL) {
        struct doc_node text = {.kind = NODE_TEXT, .text = l->d->foot_left};
        struct para *p = para_new(l, &text, NULL, &look);
        double room = width - number - 12.0;
        para_put(l, p, s, l->rtl ? right - room : left,
                 base - baseline_of(l, t.size, t.leading), room);
    }
    if (s == NULL || l->failed != ST_OK)
        return;
    for (struct box_item *i = s->first; i != NULL; i = i->next)
        i->artifact = ARTIFACT_FOOTER;
    if (page->last != NULL)
        page->last->next = s->first;
    else
        page->first = s->first;
    page->last = s->last;
}

static void fill_numbers(struct lay *l, const struct flow *f)
{
    for (const struct strip *s = f->first; s != NULL; s = s->next)
        for (const struct spot *k = s->spots; k != NULL; k = k->next) {
            if (k->kind != SPOT_NUMBER || l->failed != ST_OK)
                continue;
            struct strip *one = strip_new(l);
            const char *text = foot_text(l, "{0}", k->heading->page + 1, 0);
            struct box_item *i = strip_text(l, one, text, k->look, 0.0, 0.0);
            if (i == NULL)
                return;
            k->item->parts = i->parts;
            k->item->part_count = 1;
            k->item->width = i->width;
            k->item->x = k->x - i->width;
        }
}

static void put_outlines(struct lay *l, struct pages *out)
{
    struct outline *o = lay_array(l, struct outline, l->heading_count);
    bool below = false;
    if (o == NULL)
        return;
    out->outlines = o;
    for (const struct heading *h = l->headings; h != NULL; h = h->next) {
        below = below || h->level == 1;
        o[out->outline_count++] = (struct outline){
            .title = h->title,
            .level = h->level == 1 || !below ? 0 : 1,
            .page = h->page,
            .x = h->x,
            .y = h->y,
        };
    }
}

void paginate(struct lay *l, struct flow *f, struct pages *out)
{
    struct placing p = {.l = l, .out = out};
    flow_cut(l, f, l->page.body_height);
    size_t count = 0;
    for (const struct strip *s = f->first; s != NULL; s = s->next)
        count++;
    struct strip **all = lay_array(l, struct strip *, count);
    if (all == NULL)
        return;
    count = 0;
    for (struct strip *s = f->first; s != NULL; s = s->next)
        all[count++] = s;
    for (size_t from = 0; from < count && l->failed == ST_OK;) {
        size_t to = from + 1;
        while (to < count && !all[to]->page_before)
            to++;
        struct run r = {all + from, to - from, l->page.body_height};
        place_run(&p, &r);
        from = to;
    }
    if (out->page_count == 0)
        (void)page_new(&p);
    fill_numbers(l, f);
    for (size_t i = 0; i < out->page_count && l->failed == ST_OK; i++)
        put_foot(l, out, i);
    put_outlines(l, out);
    out->destinations = p.destinations;
    out->destination_count = p.destination_count;
}
