/* The tree as one HTML file. */
#include "render/render.h"

#include "render/html_in.h"

#include <stdio.h>
#include <string.h>

enum { LONG_TABLE = 12, WIDE_TABLE = 3 };

struct html {
    struct buf *b;
    const struct document *d;
    size_t headings, figures;
    int level;                    /* of the last heading */
    const struct doc_node *label; /* last heading, names regions */
    bool in_head;                 /* of a table */
};

static void put_node(struct html *h, const struct doc_node *n);

static void put_children(struct html *h, const struct doc_node *n)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        put_node(h, c);
}

static void put_text_of(struct buf *b, const struct doc_node *n)
{
    if (n->kind == NODE_TEXT && n->text != NULL)
        html_text(b, n->text);
    if (n->kind == NODE_BR)
        buf_putc(b, ' ');
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        put_text_of(b, c);
}

static void open_tag(struct html *h, const char *element,
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

static void close_tag(struct html *h, const char *element)
{
    buf_put(h->b, "</", 2);
    buf_puts(h->b, element);
    buf_putc(h->b, '>');
}

static void put_plain(struct html *h, const struct doc_node *n)
{
    const char *element = doc_element(n->kind);
    open_tag(h, element, n, NULL);
    if (n->kind == NODE_A)
        html_attribute(h->b, "href", n->href);
    buf_putc(h->b, '>');
    put_children(h, n);
    close_tag(h, element);
    if (doc_is_block(n->kind))
        buf_putc(h->b, '\n');
}

/* The name that layout gives a heading without one, so that both agree. */
static void put_heading_name(struct buf *b, const struct doc_node *n,
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
        open_tag(h, skips ? "h2" : "h3", n, skips ? "as-h3" : NULL);
        buf_putc(h->b, '>');
        put_children(h, n);
        buf_puts(h->b, skips ? "</h2>\n" : "</h3>\n");
        return;
    }
    h->level = n->kind == NODE_H1 ? 1 : 2;
    h->headings++;
    const char *element = doc_element(n->kind);
    open_tag(h, element, n, NULL);
    if (n->id == NULL) {
        buf_puts(h->b, " id=\"");
        put_heading_name(h->b, n, h->headings);
        buf_putc(h->b, '"');
    }
    buf_putc(h->b, '>');
    put_children(h, n);
    close_tag(h, element);
    buf_putc(h->b, '\n');
}

/* A box that scrolls by itself, reachable by keyboard and named. */
static void open_scroll(struct html *h, const struct doc_node *name,
                        const char *text)
{
    buf_puts(h->b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                   "aria-label=\"");
    if (text != NULL)
        html_text(h->b, text);
    else if (name != NULL)
        put_text_of(h->b, name);
    else
        html_text(h->b, h->d->title == NULL ? "" : h->d->title);
    buf_puts(h->b, "\">");
}

/* --- tables ------------------------------------------------------------------ */

static size_t count_rows(const struct doc_node *n, size_t *columns)
{
    size_t rows = 0;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        if (c->kind == NODE_TR) {
            size_t across = 0;
            for (const struct doc_node *k = c->first; k != NULL; k = k->next)
                across += k->kind == NODE_TH || k->kind == NODE_TD;
            *columns = across > *columns ? across : *columns;
            rows++;
        } else if (c->kind == NODE_TBODY || c->kind == NODE_THEAD) {
            size_t inside = count_rows(c, columns);
            rows += c->kind == NODE_TBODY ? inside : 0;
        }
    }
    return rows;
}

static const struct doc_node *child_of(const struct doc_node *n,
                                       enum node_kind kind)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == kind)
            return c;
    return NULL;
}

static void put_cell(struct html *h, const struct doc_node *n)
{
    bool head = n->kind == NODE_TH && n->first != NULL;
    const char *element = head ? "th" : "td";
    open_tag(h, element, n, NULL);
    if (head)
        html_attribute(h->b, "scope",
                       n->scope == SCOPE_ROW || (n->scope == SCOPE_NONE &&
                                                 !h->in_head)
                           ? "row"
                           : "col");
    if (n->columns_spanned > 1) {
        buf_puts(h->b, " colspan=\"");
        buf_put_int(h->b, n->columns_spanned);
        buf_putc(h->b, '"');
    }
    buf_putc(h->b, '>');
    put_children(h, n);
    if (doc_has_class(n, "bar") && n->kind == NODE_TD) {
        double share = n->bar > 0.0 ? n->bar < 1.0 ? n->bar : 1.0 : 0.0;
        buf_puts(h->b, "<i style=\"width:");
        buf_put_int(h->b, (long long)(share * 1000.0 + 0.5) / 10);
        buf_putc(h->b, '.');
        buf_put_int(h->b, (long long)(share * 1000.0 + 0.5) % 10);
        buf_puts(h->b, "%\"></i>");
    }
    close_tag(h, element);
}

static void put_table(struct html *h, const struct doc_node *n)
{
    size_t columns = 0, rows = count_rows(n, &columns);
    if (rows == 0 && child_of(n, NODE_THEAD) == NULL)
        return;
    bool wide = columns >= WIDE_TABLE && !doc_has_class(n, "facts");
    const struct doc_node *caption = child_of(n, NODE_CAPTION);
    if (wide)
        open_scroll(h, caption != NULL ? caption : h->label, NULL);
    open_tag(h, "table", n, rows > LONG_TABLE ? "long" : NULL);
    buf_putc(h->b, '>');
    if (caption != NULL)
        put_node(h, caption);
    bool loose = child_of(n, NODE_TR) != NULL;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_THEAD)
            put_node(h, c);
    if (loose)
        buf_puts(h->b, "<tbody>");
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_TBODY || c->kind == NODE_TR)
            put_node(h, c);
    buf_puts(h->b, loose ? "</tbody></table>" : "</table>");
    buf_puts(h->b, wide ? "</div>\n" : "\n");
}

/* --- figures, contents, letterhead --------------------------------------------- */

static void put_figure(struct html *h, const struct doc_node *n)
{
    open_tag(h, "figure", n, NULL);
    buf_putc(h->b, '>');
    if (n->scene != NULL) {
        open_scroll(h, NULL, n->alt == NULL ? "" : n->alt);
        svg_put(h->b, n->scene, n->alt, ++h->figures);
        buf_puts(h->b, "</div>");
    }
    put_children(h, n);
    close_tag(h, "figure");
    buf_putc(h->b, '\n');
}

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
    if (sub && (l->sections >= 8 || !l->in_item))
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
    put_heading_name(b, c, l->order);
    buf_puts(b, "\">");
    if (l->kicker != NULL) {
        buf_puts(b, "<span class=\"k\">");
        put_text_of(b, l->kicker);
        buf_puts(b, "</span> ");
    }
    put_text_of(b, c);
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

static void put_contents(struct html *h, const struct doc_node *n)
{
    open_tag(h, "nav", n, NULL);
    const struct doc_node *name = n->first != NULL ? n->first : h->label;
    if (name != NULL) {
        buf_puts(h->b, " aria-label=\"");
        put_text_of(h->b, name);
        buf_putc(h->b, '"');
    }
    buf_putc(h->b, '>');
    put_children(h, n);
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

static void put_header(struct html *h, const struct doc_node *n)
{
    bool sides = false;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        sides = sides || doc_has_class(c, "right");
    open_tag(h, "header", n, sides ? "sides" : NULL);
    buf_puts(h->b, sides ? "><div>" : ">");
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (!doc_has_class(c, "right"))
            put_node(h, c);
    if (sides) {
        buf_puts(h->b, "</div><div>");
        for (const struct doc_node *c = n->first; c != NULL; c = c->next)
            if (doc_has_class(c, "right"))
                put_node(h, c);
        buf_puts(h->b, "</div>");
    }
    buf_puts(h->b, "</header>\n");
}

static void put_node(struct html *h, const struct doc_node *n)
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
        put_table(h, n);
        break;
    case NODE_THEAD:
        h->in_head = true;
        put_plain(h, n);
        h->in_head = false;
        break;
    case NODE_TH:
    case NODE_TD:
        put_cell(h, n);
        break;
    case NODE_FIGURE:
        put_figure(h, n);
        break;
    case NODE_NAV:
        put_contents(h, n);
        break;
    case NODE_HEADER:
        put_header(h, n);
        break;
    case NODE_BODY:
        put_children(h, n);
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
        put_node(&h, n);
    buf_puts(out, "</main>\n");
    if (d->foot_left != NULL && d->foot_left[0] != '\0') {
        buf_puts(out, "<footer><p>");
        html_text(out, d->foot_left);
        buf_puts(out, "</p></footer>\n");
    }
    buf_puts(out, "</body>\n</html>\n");
    return buf_status(out, e);
}
