/* render/layout_in.h: what the files of layout share; nobody else includes it.
 *
 * A failure sticks in lay.failed: constructors then return NULL, everything
 * that is given a NULL does nothing, and layout_document tells at the end. */
#ifndef CANDOR_RENDER_LAYOUT_IN_H
#define CANDOR_RENDER_LAYOUT_IN_H

#include "render/boxes.h"
#include "render/style.h"

/* Costs of ending a page, added up over a document (see layout_page.c). */
#define STRIP_FREE 0.0
#define STRIP_NEVER 1e6

/* A heading with its place, for outline and contents. */
struct heading {
    const struct doc_node *node;
    size_t order;      /* in the document, from 0 */
    const char *kicker; /* the line above it, or NULL */
    const char *name;  /* destination */
    const char *title; /* its text */
    int level;         /* 1 or 2 */
    size_t page;
    double x, y;
    struct heading *next;
};

/* Something that needs to know where it came to stand. */
struct look;
enum spot_kind { SPOT_NAME, SPOT_HEADING, SPOT_FIGURE, SPOT_NUMBER };
struct spot {
    enum spot_kind kind;
    double x, y;                /* y from the top of its strip */
    const char *name;           /* NAME: destination */
    struct heading *heading;    /* HEADING; NUMBER: whose page to print */
    struct struct_elem *figure; /* FIGURE */
    struct box_item *item;      /* NUMBER: the text to fill, its right edge x */
    const struct look *look;    /* NUMBER */
    struct spot *next;
};

struct strip {
    double before, height, cost_after;
    bool page_before;           /* must begin a page */
    struct box_item *first, *last; /* x on the page, y from the strip's top */
    struct link_area *links, *last_link;
    struct spot *spots, *last_spot;
    const struct strip *head;   /* repeated when a page begins here */
    struct strip *next;
};

/* A column being filled, from the top. */
struct flow {
    double x, width;
    struct strip *first, *last;
    double gap;         /* below the last block */
    bool tight;         /* the next block's space above does not count */
    bool page_pending;
    struct spot *spots; /* waiting for the next strip */
};

struct lay {
    const struct document *d;
    struct shaper *sh;
    struct arena *a;
    struct error *e;
    status failed;
    enum style_variant v;
    struct style_page page;
    enum scene_colour ground; /* under what is being laid out */
    const char *lang;
    unsigned shape_flags;
    bool rtl;
    uint32_t elem_count;
    int level;          /* of the last H1 or H2 */
    size_t heading_count, headings_laid, tables;
    struct heading *headings, *last_heading;
    struct struct_elem *root;
};

void *lay_new(struct lay *l, size_t count, size_t size); /* NULL: failed */
#define lay_array(l, type, count) ((type *)lay_new(l, count, sizeof(type)))

struct struct_elem *elem_new(struct lay *l, struct struct_elem *parent,
                             enum elem_kind kind);
struct strip *strip_new(struct lay *l);
struct box_item *strip_put(struct lay *l, struct strip *s, enum item_kind kind,
                          const struct struct_elem *elem);
void strip_rule(struct lay *l, struct strip *s, double x, double y, double width,
              double thick, enum scene_colour c);
struct box_item *strip_rect(struct lay *l, struct strip *s, double x, double y,
                          double width, double height, enum scene_colour c);
struct spot *spot_new(struct lay *l, enum spot_kind kind);
void strip_spot(struct strip *s, struct spot *spot);

/* Adds a strip below; `before` is the block's own space above. */
void flow_add(struct flow *f, struct strip *s, double before);
/* Space under what was added last. */
void flow_gap(struct flow *f, double after);
/* Moves all of `from` into one strip, y0 down. Returns its height. */
double flow_into(struct flow *from, struct strip *to, double y0);
double flow_height(const struct flow *f);
/* All strips of `from` go to the end of `to`, the first `before` below. */
void flow_join(struct flow *to, struct flow *from, double before);
/* No page ends inside. */
void flow_keep(struct flow *f);
/* Cuts what is taller than `limit`; see layout_cut.c. */
void flow_cut(struct lay *l, struct flow *f, double limit);

/* --- paragraphs (layout_para.c, layout_lines.c) --- */

enum look_line { LINE_NONE, LINE_SOLID, LINE_DASHED, LINE_DOUBLE };

struct look {
    double size, leading;
    enum scene_colour colour;
    enum font_style face;
    unsigned shape;     /* flags */
    bool nowrap, status;
    enum look_line line; /* under it, for marked text */
    const char *lang;
    struct struct_elem *elem;
    const struct doc_node *link;
};

enum align { ALIGN_START, ALIGN_END };

struct atom {
    const struct shaped *s; /* NULL: empty room of `width` */
    const struct look *look;
    double width, space;    /* space: its trailing white space */
    double penalty;         /* of a line end after it */
};

struct para {
    struct atom *atoms;
    size_t count, room;
    double size, leading;
    enum align align;
    bool balanced;          /* lines about equally long: headings */
    struct para *next;
    /* while collecting */
    uint32_t before;        /* last code point, 0 at the start */
};

struct look look_of(const struct lay *l, const struct style *s,
                    struct struct_elem *elem);
/* The inline nodes from `first` up to `end` (NULL: all that follow). */
struct para *para_new(struct lay *l, const struct doc_node *first,
                      const struct doc_node *end, const struct look *look);
/* Widest piece, and width in one line. */
void para_widths(const struct para *p, double *least, double *most);
/* Adds its lines to the flow, one strip a line, widows and orphans kept. */
void para_set(struct lay *l, struct para *p, struct flow *f, double before);
/* Adds its lines to a strip from y0; returns the height. */
double para_put(struct lay *l, struct para *p, struct strip *s, double x,
                double y0, double width);
/* A single line of plain text at a baseline. NULL elem: an artifact. */
struct box_item *strip_text(struct lay *l, struct strip *s, const char *text,
                          const struct look *look, double x, double y);
/* As wide as strip_text will be. */
double text_wide(struct lay *l, const char *text, const struct look *look);
double baseline_of(const struct lay *l, double size, double leading);
/* Same atoms, but pieces wider than `width` may be parted (layout_wide.c). */
const struct para *para_fit(struct lay *l, const struct para *p, double width);

/* --- blocks --- */

void lay_children(struct lay *l, struct flow *f, const struct doc_node *n,
                  struct struct_elem *elem, const struct style *s);
void lay_block(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent);
/* n's id or heading names the place where the next strip of f will stand. */
void mark_place(struct lay *l, struct flow *f, const struct doc_node *n);
void lay_list(struct lay *l, struct flow *f, const struct doc_node *n,
              struct struct_elem *parent);
void lay_terms(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent);
void lay_table(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent);
void lay_figure(struct lay *l, struct flow *f, const struct doc_node *n,
                struct struct_elem *parent);
void lay_columns(struct lay *l, struct flow *f, const struct doc_node *n,
                 struct struct_elem *parent);
void lay_panel(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent);
void lay_header(struct lay *l, struct flow *f, const struct doc_node *n,
                struct struct_elem *parent);
void lay_address(struct lay *l, struct flow *f, const struct doc_node *n,
                 struct struct_elem *parent);
void lay_contents(struct lay *l, struct flow *f, const struct doc_node *n,
                  struct struct_elem *parent);

/* Puts t's items before those of s; t is used up. */
void strip_front(struct strip *s, struct strip *t);
/* A copy that is an artifact, for repeated heads. */
struct strip *strip_copy(struct lay *l, const struct strip *s);
void put_link_area(struct lay *l, struct strip *s, struct struct_elem *elem,
                   const char *target, const char *contents, double x, double y,
                   double width, double height);
/* The text of a node and all below it, spaces between blocks. */
const char *text_of(struct lay *l, const struct doc_node *n);

/* Names every heading before anything is laid out. */
void find_headings(struct lay *l, const struct doc_node *n);
struct heading *heading_of(struct lay *l, const struct doc_node *n);

/* Spreads the strips over pages; fills `out`. */
void paginate(struct lay *l, struct flow *f, struct pages *out);

#endif
