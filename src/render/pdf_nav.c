/* render/pdf_nav.c: links, destinations, bookmarks and page labels. */
#include "render/pdf_internal.h"

#include "base/text.h"

static HPDF_Destination new_destination(struct paint *w, size_t page, double x,
                                        double y)
{
    HPDF_Doc doc = w->file.doc;
    HPDF_Page target = w->page_objects[page];
    HPDF_Destination d = HPDF_Destination_New(doc->mmgr, target, doc->xref);
    if (d == NULL)
        return NULL;
    HPDF_Array_Clear(d);
    HPDF_Array_Add(d, target);
    HPDF_Array_AddName(d, "XYZ");
    HPDF_Array_AddReal(d, (HPDF_REAL)x);
    HPDF_Array_AddReal(d, (HPDF_REAL)(w->pages->height - y));
    HPDF_Array_Add(d, HPDF_Null_New(doc->mmgr));
    return d;
}

static HPDF_Rect rect_of(struct paint *w, const struct link_area *l)
{
    double top = w->pages->height - l->y;
    return (HPDF_Rect){(HPDF_REAL)l->x, (HPDF_REAL)(top - l->height),
                       (HPDF_REAL)(l->x + l->width), (HPDF_REAL)top};
}

/* Sets a key to a text string of any characters. */
static void add_text(struct paint *w, HPDF_Dict dict, const char *key,
                     const char *text)
{
    struct buf *b = &w->p->scratch;
    buf_clear(b);
    buf_putc(b, '\xFE');
    buf_putc(b, '\xFF');
    size_t n = strlen(text);
    for (size_t at = 0; at < n;) {
        uint32_t p = 0;
        size_t used = utf8_decode(text + at, n - at, &p);
        at += used == 0 ? 1 : used;
        if (used == 0)
            p = 0xFFFD;
        uint32_t units[2] = {p, 0};
        if (p >= 0x10000) {
            units[0] = 0xD800 + ((p - 0x10000) >> 10);
            units[1] = 0xDC00 + ((p - 0x10000) & 0x3FF);
        }
        for (int i = 0; i < (p >= 0x10000 ? 2 : 1); i++) {
            buf_putc(b, (char)(units[i] >> 8));
            buf_putc(b, (char)(units[i] & 255));
        }
    }
    HPDF_Binary s = HPDF_Binary_New(w->file.doc->mmgr, (HPDF_BYTE *)b->data,
                                    (HPDF_UINT)b->length);
    HPDF_Dict_Add(dict, key, s);
}

static status find_target(struct paint *w, const char *name, size_t *index,
                          struct error *e)
{
    const struct pages *p = w->pages;
    for (size_t i = 0; i < p->destination_count; i++)
        if (text_equal(p->destinations[i].name, name)) {
            *index = i;
            return p->destinations[i].page < p->page_count
                       ? ST_OK : error_bug(e, "a destination has no page");
        }
    return error_set(e, ST_BUG, "no destination is named \"%s\"", name);
}

static status new_annotation(struct paint *w, const struct link_area *l,
                             HPDF_Destination *known, HPDF_Annotation *out,
                             struct error *e)
{
    HPDF_Doc doc = w->file.doc;
    if (l->uri != NULL) {
        *out = HPDF_URILinkAnnot_New(doc->mmgr, doc->xref, rect_of(w, l),
                                     l->uri);
        return *out != NULL ? ST_OK : pdf_file_status(&w->file, e);
    }
    size_t i = 0;
    TRY(find_target(w, l->target == NULL ? "" : l->target, &i, e));
    const struct destination *d = &w->pages->destinations[i];
    if (known[i] == NULL)
        known[i] = new_destination(w, d->page, d->x, d->y);
    if (known[i] == NULL)
        return pdf_file_status(&w->file, e);
    *out = HPDF_LinkAnnot_New(doc->mmgr, doc->xref, rect_of(w, l), known[i]);
    return *out != NULL ? ST_OK : pdf_file_status(&w->file, e);
}

static status add_link(struct paint *w, const struct link_area *l, size_t page,
                       HPDF_Array annotations, HPDF_Destination *known,
                       struct error *e)
{
    static const HPDF_INT32 print_flag = 4;
    HPDF_Annotation a = NULL;
    if (l->contents == NULL || *l->contents == '\0' || l->elem == NULL)
        return error_bug(e, "a link has no contents or no element");
    TRY(new_annotation(w, l, known, &a, e));
    HPDF_Array border = HPDF_Array_New(w->file.doc->mmgr);
    for (int i = 0; border != NULL && i < 3; i++)
        HPDF_Array_AddNumber(border, 0);
    HPDF_Dict_Add(a, "Border", border);
    HPDF_Dict_AddNumber(a, "F", print_flag);
    add_text(w, a, "Contents", l->contents);
    HPDF_Array_Add(annotations, a);
    TRY(tree_link(w, l->elem, page, a, e));
    return pdf_file_status(&w->file, e);
}

status nav_links(struct paint *w, struct error *e)
{
    HPDF_Destination *known = arena_array(w->file.arena,
                                          w->pages->destination_count + 1,
                                          sizeof *known);
    if (known == NULL)
        return arena_error(w->file.arena, e);
    for (size_t i = 0; i < w->pages->page_count; i++) {
        const struct link_area *l = w->pages->pages[i].links;
        if (l == NULL)
            continue;
        HPDF_Array annotations = HPDF_Array_New(w->file.doc->mmgr);
        HPDF_Dict_Add(w->page_objects[i], "Annots", annotations);
        TRY(pdf_file_status(&w->file, e));
        for (; l != NULL; l = l->next)
            TRY(add_link(w, l, i, annotations, known, e));
    }
    return ST_OK;
}

enum { OUTLINE_DEPTH = 16 };

status nav_outlines(struct paint *w, struct error *e)
{
    HPDF_Outline last[OUTLINE_DEPTH] = {NULL};
    int before = -1;
    for (size_t i = 0; i < w->pages->outline_count; i++) {
        const struct outline *o = &w->pages->outlines[i];
        if (o->level < 0 || o->level > before + 1 ||
            o->level >= OUTLINE_DEPTH || o->page >= w->pages->page_count)
            return error_bug(e, "an outline skips a level or has no page");
        before = o->level;
        HPDF_Outline made = HPDF_CreateOutline(
            w->file.doc, o->level == 0 ? NULL : last[o->level - 1], "", NULL);
        if (made == NULL)
            return pdf_file_status(&w->file, e);
        add_text(w, made, "Title", o->title);
        HPDF_Outline_SetOpened(made, o->open ? HPDF_TRUE : HPDF_FALSE);
        HPDF_Dict_Add(made, "Dest", new_destination(w, o->page, o->x, o->y));
        last[o->level] = made;
        TRY(pdf_file_status(&w->file, e));
    }
    return ST_OK;
}

void nav_labels(struct paint *w, struct buf *b)
{
    const struct pages *p = w->pages;
    buf_puts(b, "/PageLabels<</Nums[");
    if (p->label_count == 0)
        buf_puts(b, "0<</S/D>>");
    for (size_t i = 0; i < p->label_count; i++) {
        const struct page_label *l = &p->labels[i];
        put_int(b, (long)l->page);
        buf_puts(b, "<<");
        if (l->style != 0)
            buf_printf(b, "/S/%c", l->style);
        if (l->prefix != NULL) {
            buf_puts(b, "/P");
            pdf_put_text(b, l->prefix);
        }
        if (l->start > 1)
            buf_printf(b, "/St %d", l->start);
        buf_puts(b, ">>");
    }
    buf_puts(b, "]>>");
}
