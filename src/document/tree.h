/* document/tree.h: the one tree every output walks. Built by the template
 * engine, read by render. All strings are UTF-8 in the tree's arena. */
#ifndef CANDOR_DOCUMENT_TREE_H
#define CANDOR_DOCUMENT_TREE_H

#include "base/arena.h"
#include "document/scene.h"

/* X(NAME, html element, block?) — an element of a template becomes the node of
 * its name; any other element is an error when the template is loaded. */
#define NODE_LIST(X)                                                           \
    X(BODY, "body", true)                                                      \
    X(HEADER, "header", true)   /* letterhead or cover block, in the flow */   \
    X(SECTION, "section", true) /* class: page starts a page; keep = unbroken */ \
    X(DIV, "div", true)         /* class: panel, columns, column, tiles, tile, address, keep */ \
    X(H1, "h1", true)                                                          \
    X(H2, "h2", true)                                                          \
    X(H3, "h3", true)                                                          \
    X(P, "p", true)             /* class: lead small muted law figure-note kicker right sender */ \
    X(UL, "ul", true)                                                          \
    X(OL, "ol", true)           /* class: ranked = numbers in accent, hairlines */ \
    X(LI, "li", true)                                                          \
    X(DL, "dl", true)                                                          \
    X(DT, "dt", true)                                                          \
    X(DD, "dd", true)                                                          \
    X(TABLE, "table", true)     /* class: plain = no head rule; facts = label/value */ \
    X(CAPTION, "caption", true)                                                \
    X(THEAD, "thead", true)                                                    \
    X(TBODY, "tbody", true)                                                    \
    X(TR, "tr", true)                                                          \
    X(TH, "th", true)           /* scope; class: num */                        \
    X(TD, "td", true)           /* class: num bar */                           \
    X(FIGURE, "figure", true)   /* holds a scene; alt; caption as children */  \
    X(FIGCAPTION, "figcaption", true)                                          \
    X(NAV, "nav", true)         /* class: contents → table of contents, filled by render */ \
    X(HR, "hr", true)                                                          \
    X(STRONG, "strong", false)                                                 \
    X(EM, "em", false)                                                         \
    X(SMALL, "small", false)                                                   \
    X(SPAN, "span", false)      /* class: muted mark accent status num nowrap for against; of marked
                                   text: help hurt open strong; sign, spoken:
                                   spoken in place of the sign behind it */ \
    X(A, "a", false)            /* href: #id or http(s)/mailto/tel */          \
    X(BR, "br", false)                                                         \
    X(TEXT, "", false)

enum node_kind {
#define X(name, element, block) NODE_##name,
    NODE_LIST(X)
#undef X
    NODE_KINDS
};

enum cell_scope { SCOPE_NONE, SCOPE_COLUMN, SCOPE_ROW };

struct doc_node {
    enum node_kind kind;
    const char *text;       /* TEXT: content, white space collapsed */
    const char *classes;    /* space-separated words, or NULL */
    const char *id, *href, *lang; /* or NULL */
    const char *alt;        /* FIGURE: never NULL */
    enum cell_scope scope;  /* TH */
    int columns_spanned;    /* TH, TD: at least 1 */
    double bar;             /* TD class bar: share of the column, 0…1 */
    const struct scene *scene; /* FIGURE */
    struct doc_node *parent, *first, *last, *next;
};

struct document {
    struct arena *arena;
    const char *lang;       /* BCP 47 */
    const char *title;      /* shown by viewers, in metadata */
    const char *author;     /* institution */
    const char *subject;    /* or NULL */
    const char *date;       /* ISO; creation and modification date */
    const char *kind;       /* "notice", "explanation", "card": page furniture */
    bool letter_size;       /* US Letter; else A4 */
    bool large_print;
    struct doc_node *body;
    /* Page furniture: one line at the left of every page's foot; the right has
     * the page count, "Page {0} of {1}" in the document's language. */
    const char *foot_left;
    const char *foot_page;  /* with {0} and {1} */
    const char *continued;  /* "continued", for tables that go on */
    /* The machine-readable twin, attached to the PDF as source; or NULL. */
    const char *twin_name;
    const char *twin;
    size_t twin_length;
};

bool doc_has_class(const struct doc_node *n, const char *word);
const char *doc_element(enum node_kind k);
bool doc_is_block(enum node_kind k);
/* -1: no such element. */
int doc_kind_of(const char *element);
struct doc_node *doc_append(struct arena *a, struct doc_node *parent,
                            enum node_kind kind); /* NULL: no memory */

#endif
