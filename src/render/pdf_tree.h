/* render/pdf_tree.h: the structure tree while a document is painted. */
#ifndef CANDOR_RENDER_PDF_TREE_H
#define CANDOR_RENDER_PDF_TREE_H

#include "render/pdf_internal.h"

enum kid_kind { KID_MARK, KID_ELEM, KID_LINK };

struct kid {
    enum kid_kind kind;
    size_t page;
    uint32_t value; /* mark's number, or an object's */
    struct kid *next;
};

struct elem_work {
    const struct struct_elem *elem;
    struct pdf_raw *object;
    struct kid *first, *last;
    const struct struct_elem *waiting; /* first child not yet in its place */
    bool placed;
    size_t page; /* of its first mark; SIZE_MAX none */
};

struct page_marks {
    const struct struct_elem **elems; /* by mark */
    uint32_t count, room;
};

struct tree_work {
    struct elem_work *elems;
    size_t count;
    struct pdf_raw *root;
    struct page_marks *pages;
    const struct struct_elem **links; /* by parent tree key after the pages */
    size_t link_count, link_room;
};

/* Puts the children of an element up to `last` (NULL: all) in their places. */
status place_children(struct paint *w, struct elem_work *ew,
                      const struct struct_elem *last, struct error *e);

#endif
