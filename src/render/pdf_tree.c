/* render/pdf_tree.c: the structure tree takes what is painted
 * (ISO 32000-1 14.7 and 14.8). */
#include "render/pdf_tree.h"

const char *elem_type(enum elem_kind k)
{
    static const char *const types[ELEM_KINDS] = {
#define X(name, type) type,
        ELEM_LIST(X)
#undef X
    };
    return types[k];
}

/* Depth first without recursion: trees may be deep. */
static const struct struct_elem *after(const struct struct_elem *root,
                                       const struct struct_elem *el)
{
    if (el->first != NULL)
        return el->first;
    while (el != root && el->next == NULL)
        el = el->parent;
    return el == root ? NULL : el->next;
}

static status check_elem(const struct struct_elem *el, struct error *e)
{
    if (el->kind == ELEM_FIGURE && (el->alt == NULL || *el->alt == '\0'))
        return error_bug(e, "a figure has no alternative text");
    if (el->kind == ELEM_TH && el->scope == SCOPE_NONE)
        return error_bug(e, "a table head has no scope");
    if (el->kind == ELEM_NOTE && el->id == NULL)
        return error_bug(e, "a note has no id");
    return ST_OK;
}

status tree_begin(struct paint *w, struct error *e)
{
    const struct pages *p = w->pages;
    struct arena *a = w->file.arena;
    struct tree_work *t = arena_new_one(a, struct tree_work);
    if (t == NULL)
        return arena_error(a, e);
    w->tree = t;
    t->count = p->elem_count;
    t->elems = arena_new_array(a, struct elem_work, t->count + 1);
    t->pages = arena_new_array(a, struct page_marks, p->page_count + 1);
    if (t->elems == NULL || t->pages == NULL)
        return arena_error(a, e);
    if (p->root == NULL || p->root->kind != ELEM_DOCUMENT)
        return error_bug(e, "the root of a structure is a Document");
    TRY(pdf_raw_new(&w->file, &t->root, e));
    for (const struct struct_elem *el = p->root; el != NULL;
         el = after(p->root, el)) {
        if (el->index >= t->count || t->elems[el->index].elem != NULL)
            return error_bug(e, "an element's index is taken or too large");
        struct elem_work *ew = &t->elems[el->index];
        *ew = (struct elem_work){.elem = el, .waiting = el->first,
                                 .page = SIZE_MAX, .placed = el == p->root};
        TRY(check_elem(el, e));
        TRY(pdf_raw_new(&w->file, &ew->object, e));
    }
    return ST_OK;
}

static status add_kid(struct paint *w, struct elem_work *ew, enum kid_kind kind,
                      size_t page, uint32_t value, struct error *e)
{
    struct kid *k = arena_new_one(w->file.arena, struct kid);
    if (k == NULL)
        return arena_error(w->file.arena, e);
    *k = (struct kid){.kind = kind, .page = page, .value = value};
    if (ew->last == NULL)
        ew->first = k;
    else
        ew->last->next = k;
    ew->last = k;
    return ST_OK;
}

/* Puts the children of `ew` up to `last` in their places. */
status place_children(struct paint *w, struct elem_work *ew,
                             const struct struct_elem *last, struct error *e)
{
    while (ew->waiting != NULL) {
        const struct struct_elem *child = ew->waiting;
        struct elem_work *cw = &w->tree->elems[child->index];
        cw->placed = true;
        TRY(add_kid(w, ew, KID_ELEM, 0, cw->object->number, e));
        ew->waiting = child->next;
        if (child == last)
            break;
    }
    return ST_OK;
}

/* An element is in its parent once it, or a later one, has been painted. */
static status place(struct paint *w, const struct struct_elem *el,
                    struct error *e)
{
    for (; el->parent != NULL && !w->tree->elems[el->index].placed;
         el = el->parent)
        TRY(place_children(w, &w->tree->elems[el->parent->index], el, e));
    return ST_OK;
}

static bool holds_text(enum elem_kind k)
{
    switch (k) {
    case ELEM_DOCUMENT:
    case ELEM_SECT:
    case ELEM_L:
    case ELEM_LI:
    case ELEM_TABLE:
    case ELEM_THEAD:
    case ELEM_TBODY:
    case ELEM_TR:
    case ELEM_TOC:
        return false;
    default:
        return true;
    }
}

static status find_work(struct paint *w, const struct struct_elem *el,
                        struct elem_work **out, struct error *e)
{
    if (el->index >= w->tree->count || w->tree->elems[el->index].elem != el)
        return error_bug(e, "an item's element is not in the tree");
    *out = &w->tree->elems[el->index];
    return ST_OK;
}

status tree_mark(struct paint *w, const struct struct_elem *el, size_t page,
                 uint32_t *mcid, struct error *e)
{
    struct elem_work *ew = NULL;
    struct page_marks *m = &w->tree->pages[page];
    TRY(find_work(w, el, &ew, e));
    if (!holds_text(el->kind))
        return error_bug(e, "content stands directly in a grouping element");
    TRY(place(w, el, e));
    if (m->count == m->room) {
        uint32_t room = m->room == 0 ? 64 : m->room * 2;
        const struct struct_elem **wider = arena_array(
            w->file.arena, room, sizeof *wider);
        if (wider == NULL)
            return arena_error(w->file.arena, e);
        if (m->count > 0)
            memcpy(wider, m->elems, m->count * sizeof *wider);
        m->elems = wider;
        m->room = room;
    }
    *mcid = m->count;
    m->elems[m->count++] = el;
    if (ew->page == SIZE_MAX)
        ew->page = page;
    return add_kid(w, ew, KID_MARK, page, *mcid, e);
}

status tree_link(struct paint *w, const struct struct_elem *el, size_t page,
                 HPDF_Annotation annotation, struct error *e)
{
    struct tree_work *t = w->tree;
    struct elem_work *ew = NULL;
    TRY(find_work(w, el, &ew, e));
    if (el->kind != ELEM_LINK)
        return error_bug(e, "the element of a link is no Link");
    TRY(place(w, el, e));
    if (t->link_count == t->link_room) {
        size_t room = t->link_room == 0 ? 32 : t->link_room * 2;
        const struct struct_elem **wider = arena_array(
            w->file.arena, room, sizeof *wider);
        if (wider == NULL)
            return arena_error(w->file.arena, e);
        if (t->link_count > 0)
            memcpy(wider, t->links, t->link_count * sizeof *wider);
        t->links = wider;
        t->link_room = room;
    }
    HPDF_Dict_AddNumber(annotation, "StructParent",
                        (HPDF_INT32)(w->pages->page_count + t->link_count));
    t->links[t->link_count++] = el;
    if (ew->page == SIZE_MAX)
        ew->page = page;
    return add_kid(w, ew, KID_LINK, page, pdf_number(annotation), e);
}
