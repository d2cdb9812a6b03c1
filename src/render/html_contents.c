/* The table of contents: what layout prints with page numbers, as links. */
#include "render/html_in.h"

enum { MANY_SECTIONS = 8 }; /* then only sections are listed */

struct listing {
    struct html *h;
    size_t order, sections;
    bool in_item, in_sub;
    const struct doc_node *kicker;
};

static bool holds_headings(const struct doc_node *n)
{
    return n->kind == NODE_SECTION || n->kind == NODE_HEADER ||
           n->kind == NODE_DIV || n->kind == NODE_NAV;
}

static void count_sections(struct listing *l, const struct doc_node *n)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == NODE_H1 || c->kind == NODE_H2)
            if (++l->order > l->h->headings && c->kind == NODE_H1)
                l->sections++;
        if (holds_headings(c))
            count_sections(l, c);
    }
}

static void list_heading(struct listing *l, const struct doc_node *c)
{
    struct buf *b = l->h->b;
    bool sub = c->kind == NODE_H2 && l->sections > 0;
    if (sub && (l->sections >= MANY_SECTIONS || !l->in_item))
        return;
    if (sub) {
        buf_puts(b, l->in_sub ? "</li><li>" : "<ol><li>");
        l->in_sub = true;
    } else {
        buf_puts(b, l->in_sub ? "</li></ol></li><li>"
                    : l->in_item ? "</li><li>"
                                 : "<li>");
        l->in_sub = false;
        l->in_item = true;
    }
    buf_puts(b, "<a href=\"#");
    html_heading_name(b, c, l->order);
    buf_puts(b, "\">");
    if (l->kicker != NULL) {
        buf_puts(b, "<span class=\"k\">");
        html_text_of(b, l->kicker);
        buf_puts(b, "</span> ");
    }
    html_text_of(b, c);
    buf_puts(b, "</a>");
}

static void list_in(struct listing *l, const struct doc_node *n)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == NODE_H1 || c->kind == NODE_H2)
            if (++l->order > l->h->headings)
                list_heading(l, c);
        if (holds_headings(c))
            list_in(l, c);
        else if (doc_is_block(c->kind))
            l->kicker = doc_has_class(c, "kicker") ? c : NULL;
    }
}

void html_contents(struct html *h, const struct doc_node *n)
{
    html_open(h, "nav", n, NULL);
    const struct doc_node *name = n->first != NULL ? n->first : h->label;
    if (name != NULL) {
        buf_puts(h->b, " aria-label=\"");
        html_text_of(h->b, name);
        buf_putc(h->b, '"');
    }
    buf_putc(h->b, '>');
    html_children(h, n);
    struct listing count = {.h = h}, l = {.h = h};
    count_sections(&count, h->d->body);
    l.sections = count.sections;
    if (doc_has_class(n, "contents") && count.order > h->headings) {
        buf_puts(h->b, "<ol>");
        list_in(&l, h->d->body);
        buf_puts(h->b, l.in_sub ? "</li></ol></li></ol>"
                       : l.in_item ? "</li></ol>"
                                   : "</ol>");
    }
    buf_puts(h->b, "</nav>\n");
}
