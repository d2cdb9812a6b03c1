/* Headings: their names, and the table of contents made of them. */
#include "render/layout_in.h"

#include <string.h>

#include "base/buf.h"

enum { MANY_SECTIONS = 8 }; /* then only sections are listed */

static void add_text(struct buf *b, const struct doc_node *n)
{
    if (n->kind == NODE_TEXT && n->text != NULL)
        buf_puts(b, n->text);
    if (n->kind == NODE_BR)
        buf_putc(b, ' ');
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        add_text(b, c);
}

const char *text_of(struct lay *l, const struct doc_node *n)
{
    if (n->kind == NODE_TEXT && n->text != NULL)
        return n->text;
    if (n->first != NULL && n->first == n->last)
        return text_of(l, n->first);
    struct buf b = BUF_INIT(1 << 20);
    add_text(&b, n);
    char *copy = l->failed == ST_OK ? arena_copy(l->a, buf_text(&b), b.length)
                                    : NULL;
    if (copy == NULL && l->failed == ST_OK)
        l->failed = arena_error(l->a, l->e);
    buf_free(&b);
    return copy == NULL ? "" : copy;
}

static void find_in(struct lay *l, const struct doc_node *n,
                    const struct doc_node **kicker)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == NODE_H1 || c->kind == NODE_H2) {
            struct heading *h = lay_array(l, struct heading, 1);
            if (h == NULL)
                return;
            h->node = c;
            h->order = l->heading_count++;
            h->kicker = *kicker == NULL ? NULL : text_of(l, *kicker);
            h->title = text_of(l, c);
            h->level = c->kind == NODE_H1 ? 1 : 2;
            h->name = c->id != NULL ? c->id
                                    : arena_format(l->a, "heading-%zu",
                                                   h->order + 1);
            if (l->last_heading != NULL)
                l->last_heading->next = h;
            else
                l->headings = h;
            l->last_heading = h;
        }
        if (c->kind == NODE_SECTION || c->kind == NODE_HEADER ||
            c->kind == NODE_DIV || c->kind == NODE_NAV)
            find_in(l, c, kicker);
        else if (doc_is_block(c->kind))
            *kicker = doc_has_class(c, "kicker") ? c : NULL;
    }
}

void find_headings(struct lay *l, const struct doc_node *n)
{
    const struct doc_node *kicker = NULL;
    find_in(l, n, &kicker);
}

struct heading *heading_of(struct lay *l, const struct doc_node *n)
{
    if (n->kind != NODE_H1 && n->kind != NODE_H2)
        return NULL;
    for (struct heading *h = l->headings; h != NULL; h = h->next)
        if (h->node == n) {
            l->headings_laid = h->order + 1;
            return h;
        }
    return NULL;
}

struct contents {
    struct struct_elem *toc;
    double kicker_width;
    double number_width;
};

static void lay_entry(struct lay *l, struct flow *f, const struct heading *h,
                      const struct contents *k)
{
    struct type_size t = style_size(l->v, SIZE_TABLE);
    struct struct_elem *item = elem_new(l, k->toc, ELEM_TOCI);
    struct struct_elem *link =
        elem_new(l, elem_new(l, item, ELEM_REFERENCE), ELEM_LINK);
    struct look *look = lay_array(l, struct look, 1);
    struct strip *s = strip_new(l);
    if (s == NULL || look == NULL)
        return;
    *look = (struct look){.size = t.size, .leading = t.leading,
                          .colour = h->level == 1 ? COLOUR_INK : COLOUR_MUTED,
                          .lang = l->lang, .elem = link,
                          .shape = l->shape_flags | SHAPE_TABULAR};
    double pad = h->level == 1 ? 3.0 : 0.5;
    double base = pad + baseline_of(l, t.size, t.leading);
    double x = f->x + (h->level == 1 ? 0.0 : 14.0);
    if (h->kicker != NULL) {
        struct look small = *look;
        small.size = style_size(l->v, SIZE_SMALL).size;
        small.colour = COLOUR_MUTED;
        strip_text(l, s, h->kicker, &small, x, base);
    }
    x += k->kicker_width;
    double width = f->x + f->width - k->number_width - x;
    struct doc_node plain = {.kind = NODE_TEXT, .text = h->title};
    double height = para_put(l, para_new(l, &plain, NULL, look), s, x, pad,
                             width);
    struct spot *spot = spot_new(l, SPOT_NUMBER);
    struct box_item *number = strip_put(l, s, ITEM_TEXT, link);
    if (number == NULL || spot == NULL)
        return;
    number->y = base;
    number->size = t.size;
    number->colour = look->colour;
    *spot = (struct spot){.kind = SPOT_NUMBER, .x = f->x + f->width,
                          .item = number, .look = look,
                          .heading = (struct heading *)(uintptr_t)h};
    strip_spot(s, spot);
    s->height = height + 2.0 * pad;
    s->cost_after = 2.0;
    put_link_area(l, s, link, h->name, h->title, f->x, 0.0, f->width, s->height);
    flow_add(f, s, 0.0);
}

void lay_contents(struct lay *l, struct flow *f, const struct doc_node *n,
                  struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    flow_gap(f, s.before);
    lay_children(l, f, n, parent, &s);
    if (!doc_has_class(n, "contents")) {
        flow_gap(f, s.after);
        return;
    }
    size_t from = l->headings_laid, sections = 0;
    struct contents k = {.number_width = 34.0};
    struct look small = {.size = style_size(l->v, SIZE_SMALL).size,
                         .lang = l->lang, .shape = l->shape_flags};
    for (const struct heading *h = l->headings; h != NULL; h = h->next) {
        if (h->order < from)
            continue;
        sections += h->level == 1;
        double w = h->kicker == NULL ? 0.0 : text_wide(l, h->kicker, &small);
        if (w > 0.0 && w + 16.0 > k.kicker_width)
            k.kicker_width = w + 16.0;
    }
    if (k.kicker_width > 0.4 * f->width)
        k.kicker_width = 0.4 * f->width;
    k.toc = elem_new(l, parent, ELEM_TOC);
    for (const struct heading *h = l->headings; h != NULL; h = h->next)
        if (h->order >= from && (h->level == 1 || sections < MANY_SECTIONS))
            lay_entry(l, f, h, &k);
    flow_gap(f, s.after);
}
