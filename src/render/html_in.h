/* render/html_in.h: shared by the files of the HTML painter only. */
#ifndef CANDOR_RENDER_HTML_IN_H
#define CANDOR_RENDER_HTML_IN_H

#include "base/buf.h"
#include "render/style.h"

struct html {
    struct buf *b;
    const struct document *d;
    size_t headings, figures;
    int level;                    /* of the last heading */
    const struct doc_node *label; /* last heading, names regions */
    bool in_head;                 /* of a table */
};

void html_node(struct html *h, const struct doc_node *n);
void html_children(struct html *h, const struct doc_node *n);
/* All text below n, for a name. */
void html_text_of(struct buf *b, const struct doc_node *n);
/* `<element` with class, id and lang, not yet closed by `>`. */
void html_open(struct html *h, const char *element, const struct doc_node *n,
               const char *more_class);
void html_close(struct html *h, const char *element);
/* The name that layout gives a heading without one, so that both agree. */
void html_heading_name(struct buf *b, const struct doc_node *n, size_t order);
/* A box that scrolls by itself, reachable by keyboard, named by a node or a
 * text. */
void html_open_scroll(struct html *h, const struct doc_node *name,
                      const char *text);
void html_table(struct html *h, const struct doc_node *n);
void html_cell(struct html *h, const struct doc_node *n);
void html_contents(struct html *h, const struct doc_node *n);

/* Text as content or inside double quotes: & < > " are never written bare. */
void html_text(struct buf *b, const char *text);
/* ` name="value"`, or nothing for a NULL value. */
void html_attribute(struct buf *b, const char *name, const char *value);
/* A scene as one <svg>, drawn with the classes of style_css.c. */
void svg_put(struct buf *b, const struct scene *s, const char *alt, size_t id);

#endif
