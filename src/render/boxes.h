/* render/boxes.h: what layout hands to the PDF painter. Pages of items in
 * reading order, each inside a structure element or an artifact; nothing else
 * can be drawn. Unit: points; origin: top left of the page; y grows downwards.
 * Layout owns all of it (one arena); painters only read. */
#ifndef CANDOR_RENDER_BOXES_H
#define CANDOR_RENDER_BOXES_H

#include "document/scene.h"
#include "document/tree.h"
#include "render/font.h"

/* X(NAME, type in the structure tree) — standard types of ISO 32000-1 14.8.4. */
#define ELEM_LIST(X)                                                           \
    X(DOCUMENT, "Document")                                                    \
    X(SECT, "Sect")                                                            \
    X(DIV, "Div")                                                              \
    X(H1, "H1")                                                                \
    X(H2, "H2")                                                                \
    X(H3, "H3")                                                                \
    X(P, "P")                                                                  \
    X(SPAN, "Span")                                                            \
    X(L, "L")                                                                  \
    X(LI, "LI")                                                                \
    X(LBL, "Lbl")                                                              \
    X(LBODY, "LBody")                                                          \
    X(TABLE, "Table")                                                          \
    X(THEAD, "THead")                                                          \
    X(TBODY, "TBody")                                                          \
    X(TR, "TR")                                                                \
    X(TH, "TH")                                                                \
    X(TD, "TD")                                                                \
    X(FIGURE, "Figure")                                                        \
    X(CAPTION, "Caption")                                                      \
    X(LINK, "Link")                                                            \
    X(NOTE, "Note")                                                            \
    X(TOC, "TOC")                                                              \
    X(TOCI, "TOCI")                                                            \
    X(BLOCK_QUOTE, "BlockQuote")                                               \
    X(REFERENCE, "Reference")

enum elem_kind {
#define X(name, type) ELEM_##name,
    ELEM_LIST(X)
#undef X
    ELEM_KINDS
};

enum list_numbering {
    LIST_NONE,      /* no label, or labels that are no numbers nor bullets */
    LIST_DISC,
    LIST_DECIMAL
};

/* A node of the structure tree. Its children, and its own items among them, are
 * read in the order in which their first items are painted; a child that paints
 * nothing (an empty cell) keeps its place among its siblings. */
struct struct_elem {
    enum elem_kind kind;
    uint32_t index;           /* 0 … elem_count-1, each once; root is 0 */
    struct struct_elem *parent, *first, *last, *next;
    enum cell_scope scope;    /* TH: never SCOPE_NONE */
    int columns, rows;        /* TH, TD: spanned; 0 means 1 */
    const char *id;           /* TH that a TD names; unique; NOTE: required */
    const char *const *headers; /* TD, TH: ids of its heads */
    size_t header_count;
    enum list_numbering numbering; /* L */
    const char *lang;         /* where it differs from its parent, or NULL */
    const char *alt;          /* FIGURE: never NULL; LINK: or NULL */
    const char *actual;       /* replaces the text of the element, or NULL */
    const char *title;        /* SECT, H: or NULL */
    double x, y, width, height; /* FIGURE: its box, on the page of its item */
};

enum artifact {
    ARTIFACT_HEADER,     /* running head */
    ARTIFACT_FOOTER,     /* running foot, page numbers */
    ARTIFACT_LAYOUT,     /* rules, repeated table heads, bars behind cells */
    ARTIFACT_BACKGROUND  /* panels */
};

enum item_kind { ITEM_TEXT, ITEM_RULE, ITEM_RECT, ITEM_SCENE };

/* One drawing. Items follow each other in reading order; a panel stands before
 * what lies on it. Neighbours of one element become one marked sequence. */
struct box_item {
    enum item_kind kind;
    enum scene_colour colour;
    const struct struct_elem *elem; /* NULL: an artifact */
    enum artifact artifact;
    /* TEXT: x at the left of the first part, y the baseline. RULE: from x, y to
     * x + width, y + height, stroked. RECT: filled. SCENE: top left. */
    double x, y, width, height;
    double thick;                /* RULE: stroke; RECT: radius of its corners */
    bool dashed;                 /* RULE */
    /* TEXT: parts in reading order, each following the last; the painter turns
     * right-to-left words. `gap` points are added after each part but the last.
     * Spaces between words are part of the parts: the text of the document is
     * what the parts say. */
    double size, gap;
    const struct shaped *const *parts;
    size_t part_count;
    const struct scene *scene;   /* SCENE: elem must be a FIGURE, or NULL */
    struct box_item *next;
};

/* A place to press. The element is the LINK whose text lies in the area; a link
 * over two lines has two areas. */
struct link_area {
    double x, y, width, height;
    const struct struct_elem *elem;
    const char *uri;         /* http, https, mailto, tel; or NULL */
    const char *target;      /* name of a destination, without #; or NULL */
    const char *contents;    /* what a reader hears; never NULL or "" */
    struct link_area *next;
};

struct page_box {
    struct box_item *first, *last;
    struct link_area *links, *last_link;
};

struct destination {
    const char *name; /* unique */
    size_t page;      /* from 0 */
    double x, y;      /* top of what is shown */
};

struct outline {
    const char *title;
    int level;        /* 0 at the top; at most one deeper than the one before */
    size_t page;
    double x, y;
    bool open;        /* its children are shown at first */
};

/* From this page on labels are prefix + number in a style. */
struct page_label {
    size_t page;
    char style;          /* 'D' 1 2 3, 'r' i ii iii, 'R', 'A', 'a'; 0: prefix only */
    const char *prefix;  /* or NULL */
    int start;           /* at least 1 */
};

struct pages {
    double width, height; /* of every page */
    struct page_box *pages;
    size_t page_count;
    const struct struct_elem *root; /* DOCUMENT */
    size_t elem_count;
    const uint32_t *palette;        /* 0xRRGGBB by enum scene_colour */
    const struct destination *destinations;
    size_t destination_count;
    const struct outline *outlines;
    size_t outline_count;
    const struct page_label *labels; /* ascending, the first at page 0 */
    size_t label_count;              /* 0: plain numbers from 1 */
};

#endif
