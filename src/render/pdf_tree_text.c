/* render/pdf_tree_text.c: the structure tree as objects, with its parent tree
 * and its ids (ISO 32000-1 14.7 and 14.8). */
#include "render/pdf_tree.h"

static void put_kid(struct paint *w, struct buf *b, const struct elem_work *ew,
                    const struct kid *k)
{
    uint32_t page = k->kind == KID_ELEM ? 0
                                        : pdf_number(w->page_objects[k->page]);
    if (k->kind == KID_ELEM)
        put_ref(b, "", k->value);
    else if (k->kind == KID_LINK)
        buf_printf(b, "<</Type/OBJR/Pg %u 0 R/Obj %u 0 R>>", (unsigned)page,
                   (unsigned)k->value);
    else if (k->page == ew->page)
        put_int(b, (long)k->value);
    else
        buf_printf(b, "<</Type/MCR/Pg %u 0 R/MCID %u>>", (unsigned)page,
                   (unsigned)k->value);
}

static void put_kids(struct paint *w, struct buf *b, const struct elem_work *ew)
{
    if (ew->first == NULL)
        return;
    bool many = ew->first != ew->last;
    buf_puts(b, many ? "/K[" : "/K ");
    for (const struct kid *k = ew->first; k != NULL; k = k->next) {
        if (k != ew->first)
            buf_putc(b, ' ');
        put_kid(w, b, ew, k);
    }
    if (many)
        buf_putc(b, ']');
}

static void put_table_attributes(struct buf *b, const struct struct_elem *el)
{
    bool head = el->kind == ELEM_TH;
    if (!head && el->columns <= 1 && el->rows <= 1 && el->header_count == 0)
        return;
    buf_puts(b, "/A<</O/Table");
    if (head)
        buf_puts(b, el->scope == SCOPE_ROW ? "/Scope/Row" : "/Scope/Column");
    if (el->columns > 1)
        buf_printf(b, "/ColSpan %d", el->columns);
    if (el->rows > 1)
        buf_printf(b, "/RowSpan %d", el->rows);
    if (el->header_count > 0) {
        buf_puts(b, "/Headers[");
        for (size_t i = 0; i < el->header_count; i++)
            pdf_put_text(b, el->headers[i]);
        buf_putc(b, ']');
    }
    buf_puts(b, ">>");
}

static void put_attributes(struct paint *w, struct buf *b,
                           const struct struct_elem *el)
{
    static const char *const numbering[] = {"None", "Disc", "Decimal"};
    if (el->kind == ELEM_TH || el->kind == ELEM_TD)
        put_table_attributes(b, el);
    if (el->kind == ELEM_L)
        buf_printf(b, "/A<</O/List/ListNumbering/%s>>",
                   numbering[el->numbering]);
    if (el->kind == ELEM_FIGURE) {
        double bottom = w->pages->height - el->y - el->height;
        const double box[4] = {el->x, bottom, el->x + el->width,
                               bottom + el->height};
        buf_puts(b, "/A<</O/Layout/Placement/Block/BBox[");
        for (int i = 0; i < 4; i++) {
            if (i > 0)
                buf_putc(b, ' ');
            put_num(b, box[i]);
        }
        buf_puts(b, "]>>");
    }
}

static void put_string(struct buf *b, const char *key, const char *text)
{
    if (text == NULL)
        return;
    buf_puts(b, key);
    pdf_put_text(b, text);
}

static void write_elem(struct paint *w, const struct elem_work *ew)
{
    const struct struct_elem *el = ew->elem;
    struct buf *b = pdf_raw_open(ew->object);
    buf_puts(b, "/S/");
    buf_puts(b, elem_type(el->kind));
    put_ref(b, "/P", el->parent == NULL
            ? w->tree->root->number
            : w->tree->elems[el->parent->index].object->number);
    if (ew->page != SIZE_MAX)
        put_ref(b, "/Pg", pdf_number(w->page_objects[ew->page]));
    put_string(b, "/ID", el->id);
    put_string(b, "/Lang", el->lang);
    put_string(b, "/T", el->title);
    put_string(b, "/Alt", el->alt);
    put_string(b, "/ActualText", el->actual);
    put_attributes(w, b, el);
    put_kids(w, b, ew);
    pdf_raw_close(ew->object);
}

static void put_elem_ref(struct paint *w, struct buf *b,
                         const struct struct_elem *el)
{
    put_ref(b, "", w->tree->elems[el->index].object->number);
}

static status write_parents(struct paint *w, uint32_t *number, struct error *e)
{
    struct pdf_raw *r = NULL;
    TRY(pdf_raw_new(&w->file, &r, e));
    struct buf *b = pdf_raw_open(r);
    buf_puts(b, "/Nums[");
    for (size_t i = 0; i < w->pages->page_count; i++) {
        const struct page_marks *m = &w->tree->pages[i];
        put_int(b, (long)i);
        buf_putc(b, '[');
        for (uint32_t k = 0; k < m->count; k++)
            put_elem_ref(w, b, m->elems[k]);
        buf_puts(b, "]\n");
    }
    for (size_t i = 0; i < w->tree->link_count; i++) {
        put_int(b, (long)(w->pages->page_count + i));
        put_elem_ref(w, b, w->tree->links[i]);
        buf_putc(b, '\n');
    }
    buf_putc(b, ']');
    pdf_raw_close(r);
    *number = r->number;
    return ST_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct struct_elem *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

/* Ids are ASCII words made by layout; a name tree is sorted by bytes. */
static status write_ids(struct paint *w, uint32_t *number, struct error *e)
{
    const struct struct_elem **named = arena_array(
        w->file.arena, w->tree->count + 1, sizeof *named);
    size_t n = 0;
    if (named == NULL)
        return arena_error(w->file.arena, e);
    for (size_t i = 0; i < w->tree->count; i++) {
        const struct struct_elem *el = w->tree->elems[i].elem;
        if (el != NULL && el->id != NULL)
            named[n++] = el;
    }
    *number = 0;
    if (n == 0)
        return ST_OK;
    qsort(named, n, sizeof *named, by_name);
    struct pdf_raw *r = NULL;
    TRY(pdf_raw_new(&w->file, &r, e));
    struct buf *b = pdf_raw_open(r);
    buf_puts(b, "/Names[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(named[i - 1]->id, named[i]->id) == 0)
            return error_bug(e, "two elements have one id");
        pdf_put_text(b, named[i]->id);
        put_elem_ref(w, b, named[i]);
        buf_putc(b, '\n');
    }
    buf_putc(b, ']');
    pdf_raw_close(r);
    *number = r->number;
    return ST_OK;
}

status tree_end(struct paint *w, struct pdf_raw **root, struct error *e)
{
    struct tree_work *t = w->tree;
    uint32_t parents = 0, ids = 0;
    for (size_t i = 0; i < t->count; i++)
        if (t->elems[i].elem != NULL)
            TRY(place_children(w, &t->elems[i], NULL, e));
    for (size_t i = 0; i < t->count; i++)
        if (t->elems[i].elem != NULL)
            write_elem(w, &t->elems[i]);
    TRY(write_parents(w, &parents, e));
    TRY(write_ids(w, &ids, e));
    struct buf *b = pdf_raw_open(t->root);
    buf_puts(b, "/Type/StructTreeRoot");
    put_ref(b, "/K", t->elems[w->pages->root->index].object->number);
    put_ref(b, "/ParentTree", parents);
    buf_printf(b, "/ParentTreeNextKey %zu",
               w->pages->page_count + t->link_count);
    if (ids != 0)
        put_ref(b, "/IDTree", ids);
    pdf_raw_close(t->root);
    *root = t->root;
    return ST_OK;
}
