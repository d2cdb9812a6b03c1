/* The tree as one HTML file. */
#include "render/render.h"

#include "render/html_in.h"

#include <string.h>

void html_children(struct html *h, const struct doc_node *n)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        html_node(h, c);
}

void html_text_of(struct buf *b, const struct doc_node *n)
{
    if (n->kind == NODE_TEXT && n->text != NULL)
        html_text(b, n->text);
    if (n->kind == NODE_BR)
        buf_putc(b, ' ');
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        html_text_of(b, c);
}

void html_open(struct html *h, const char *element,
                     const struct doc_node *n, const char *more_class)
{
    struct buf *b = h->b;
    buf_putc(b, '<');
    buf_puts(b, element);
    if (n->classes != NULL || more_class != NULL) {
        buf_puts(b, " class=\"");
        if (n->classes != NULL)
            html_text(b, n->classes);
        if (n->classes != NULL && more_class != NULL)
            buf_putc(b, ' ');
        if (more_class != NULL)
            buf_puts(b, more_class);
        buf_putc(b, '"');
    }
    html_attribute(b, "id", n->id);
    html_attribute(b, "lang", n->lang);
}

void html_close(struct html *h, const char *element)
{
    buf_put(h->b, "</", 2);
    buf_puts(h->b, element);
    buf_putc(h->b, '>');
}

static void put_plain(struct html *h, const struct doc_node *n)
{
    const char *element = doc_element(n->kind);
    html_open(h, element, n, NULL);
    if (n->kind == NODE_A)
        html_attribute(h->b, "href", n->href);
    if (n->kind == NODE_SPAN && doc_has_class(n, "sign"))
        buf_puts(h->b, " aria-hidden=\"true\"");
    buf_putc(h->b, '>');
    html_children(h, n);
    html_close(h, element);
    if (doc_is_block(n->kind))
        buf_putc(h->b, '\n');
}

void html_heading_name(struct buf *b, const struct doc_node *n,
                             size_t order)
{
    if (n->id != NULL) {
        html_text(b, n->id);
        return;
    }
    buf_puts(b, "heading-");
    buf_put_int(b, (long long)order);
}

static void put_heading(struct html *h, const struct doc_node *n)
{
    h->label = n;
    if (n->kind == NODE_H3) {
        bool skips = h->level < 2;
        html_open(h, skips ? "h2" : "h3", n, skips ? "as-h3" : NULL);
        buf_putc(h->b, '>');
        html_children(h, n);
        buf_puts(h->b, skips ? "</h2>\n" : "</h3>\n");
        return;
    }
    h->level = n->kind == NODE_H1 ? 1 : 2;
    h->headings++;
    const char *element = doc_element(n->kind);
    html_open(h, element, n, NULL);
    if (n->id == NULL) {
        buf_puts(h->b, " id=\"");
        html_heading_name(h->b, n, h->headings);
        buf_putc(h->b, '"');
    }
    buf_putc(h->b, '>');
    html_children(h, n);
    html_close(h, element);
    buf_putc(h->b, '\n');
}

void html_open_scroll(struct html *h, const struct doc_node *name,
                        const char *text)
{
    buf_puts(h->b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                   "aria-label=\"");
    if (text != NULL)
        html_text(h->b, text);
    else if (name != NULL)
        html_text_of(h->b, name);
    else
        html_text(h->b, h->d->title == NULL ? "" : h->d->title);
    buf_puts(h->b, "\">");
}

/* --- figures, contents, letterhead --------------------------------------------- */

static void put_figure(struct html *h, const struct doc_node *n)
{
    html_open(h, "figure", n, NULL);
    buf_putc(h->b, '>');
    if (n->scene != NULL) {
        html_open_scroll(h, NULL, n->alt == NULL ? "" : n->alt);
        svg_put(h->b, n->scene, n->alt, ++h->figures);
        buf_puts(h->b, "</div>");
    }
    html_children(h, n);
    html_close(h, "figure");
    buf_putc(h->b, '\n');
}

static void put_header(struct html *h, const struct doc_node *n)
{
    bool sides = false;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        sides = sides || doc_has_class(c, "right");
    html_open(h, "header", n, sides ? "sides" : NULL);
    buf_puts(h->b, sides ? "><div>" : ">");
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (!doc_has_class(c, "right"))
            html_node(h, c);
    if (sides) {
        buf_puts(h->b, "</div><div>");
        for (const struct doc_node *c = n->first; c != NULL; c = c->next)
            if (doc_has_class(c, "right"))
                html_node(h, c);
        buf_puts(h->b, "</div>");
    }
    buf_puts(h->b, "</header>\n");
}

void html_node(struct html *h, const struct doc_node *n)
{
    switch (n->kind) {
    case NODE_TEXT:
        if (n->text != NULL)
            html_text(h->b, n->text);
        break;
    case NODE_BR:
        buf_puts(h->b, "<br>");
        break;
    case NODE_HR:
        buf_puts(h->b, "<hr>\n");
        break;
    case NODE_H1:
    case NODE_H2:
    case NODE_H3:
        put_heading(h, n);
        break;
    case NODE_TABLE:
        html_table(h, n);
        break;
    case NODE_THEAD:
        h->in_head = true;
        put_plain(h, n);
        h->in_head = false;
        break;
    case NODE_TH:
    case NODE_TD:
        html_cell(h, n);
        break;
    case NODE_FIGURE:
        put_figure(h, n);
        break;
    case NODE_NAV:
        html_contents(h, n);
        break;
    case NODE_HEADER:
        put_header(h, n);
        break;
    case NODE_BODY:
        html_children(h, n);
        break;
    default:
        put_plain(h, n);
        break;
    }
}

static void put_head(struct html *h)
{
    struct buf *b = h->b;
    const struct document *d = h->d;
    buf_puts(b, "<!DOCTYPE html>\n<html");
    html_attribute(b, "lang", d->lang);
    static const char right[] = "ar he fa ur yi ps ug";
    for (const char *p = right; d->lang != NULL; p += 3) {
        if (strncmp(p, d->lang, 2) == 0)
            buf_puts(b, " dir=\"rtl\"");
        if (p[2] == '\0')
            break;
    }
    buf_puts(b, ">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    html_text(b, d->title == NULL ? "" : d->title);
    buf_puts(b, "</title>\n<meta name=\"viewport\" "
                "content=\"width=device-width, initial-scale=1\">\n");
    if (d->author != NULL) {
        buf_puts(b, "<meta name=\"author\"");
        html_attribute(b, "content", d->author);
        buf_puts(b, ">\n");
    }
    if (d->subject != NULL) {
        buf_puts(b, "<meta name=\"description\"");
        html_attribute(b, "content", d->subject);
        buf_puts(b, ">\n");
    }
    buf_puts(b, "<style>");
    const char *const *parts;
    size_t count = style_css(style_variant_of(d), &parts);
    for (size_t i = 0; i < count; i++)
        buf_puts(b, parts[i]);
    buf_puts(b, "</style>\n</head>\n<body>\n");
}

status render_html(const struct document *d, struct buf *out, struct error *e)
{
    struct html h = {.b = out, .d = d};
    (void)buf_reserve(out, 24 * 1024);
    put_head(&h);
    const struct doc_node *n = d->body == NULL ? NULL : d->body->first;
    if (n != NULL && n->kind == NODE_HEADER) {
        put_header(&h, n);
        n = n->next;
    }
    buf_puts(out, "<main>\n");
    for (; n != NULL; n = n->next)
        html_node(&h, n);
    buf_puts(out, "</main>\n");
    if (d->foot_left != NULL && d->foot_left[0] != '\0') {
        buf_puts(out, "<footer><p>");
        html_text(out, d->foot_left);
        buf_puts(out, "</p></footer>\n");
    }
    buf_puts(out, "</body>\n</html>\n");
    return buf_status(out, e);
}
