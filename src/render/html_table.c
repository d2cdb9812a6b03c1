#include "render/html_in.h"

enum { LONG_TABLE = 12, WIDE_TABLE = 3 };

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

void html_cell(struct html *h, const struct doc_node *n)
{
    bool head = n->kind == NODE_TH && n->first != NULL;
    const char *element = head ? "th" : "td";
    html_open(h, element, n, NULL);
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
    html_children(h, n);
    if (doc_has_class(n, "bar") && n->kind == NODE_TD) {
        double share = n->bar > 0.0 ? n->bar < 1.0 ? n->bar : 1.0 : 0.0;
        buf_puts(h->b, "<i style=\"width:");
        buf_put_int(h->b, (long long)(share * 1000.0 + 0.5) / 10);
        buf_putc(h->b, '.');
        buf_put_int(h->b, (long long)(share * 1000.0 + 0.5) % 10);
        buf_puts(h->b, "%\"></i>");
    }
    html_close(h, element);
}

void html_table(struct html *h, const struct doc_node *n)
{
    size_t columns = 0, rows = count_rows(n, &columns);
    if (rows == 0 && child_of(n, NODE_THEAD) == NULL)
        return;
    bool wide = columns >= WIDE_TABLE && !doc_has_class(n, "facts");
    const struct doc_node *caption = child_of(n, NODE_CAPTION);
    if (wide)
        html_open_scroll(h, caption != NULL ? caption : h->label, NULL);
    html_open(h, "table", n, rows > LONG_TABLE ? "long" : NULL);
    buf_putc(h->b, '>');
    if (caption != NULL)
        html_node(h, caption);
    bool loose = child_of(n, NODE_TR) != NULL;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_THEAD)
            html_node(h, c);
    if (loose)
        buf_puts(h->b, "<tbody>");
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_TBODY || c->kind == NODE_TR)
            html_node(h, c);
    buf_puts(h->b, loose ? "</tbody></table>" : "</table>");
    buf_puts(h->b, wide ? "</div>\n" : "\n");
}
