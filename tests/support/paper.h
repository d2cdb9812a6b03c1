/* tests/support/paper.h: box lists made by hand, for tests of the painter. */
#ifndef CANDOR_TESTS_PAPER_H
#define CANDOR_TESTS_PAPER_H

#include "render/pdf.h"

struct paper {
    struct arena *arena;
    struct font_set *fonts;
    struct shaper *shaper;
    struct pages pages;
    struct document document;
    struct struct_elem *root;
    size_t elem_count;
    double y;    /* where the next line goes */
    size_t page; /* being filled */
};

/* NULL fonts: loads fonts/MANIFEST. Fails the test on errors. */
void paper_open(struct paper *p, struct font_set *fonts, size_t pages);
void paper_close(struct paper *p);
struct struct_elem *paper_elem(struct paper *p, struct struct_elem *parent,
                               enum elem_kind kind);
/* A line at the present place, its words one part each; moves down. */
status paper_line(struct paper *p, struct struct_elem *elem,
                  enum font_style style, double size, double x,
                  const char *text, const char *lang, struct error *e);
struct box_item *paper_item(struct paper *p, enum item_kind kind,
                            struct struct_elem *elem);
void paper_link(struct paper *p, struct struct_elem *elem, double x, double y,
                const char *uri, const char *target, const char *contents);
/* Two pages of a letter with head, list, table, figure, links and foot. */
void paper_letter(struct paper *p, const char *name);
/* Paints with a painter of its own. The buffer is freed by the caller. */
status paper_paint(struct paper *p, struct buf *out, struct error *e);

#endif
