/* render/pdf.c: the order in which a file comes to be. */
#include "render/pdf_internal.h"

#include "base/text.h"

enum {
    DOCUMENT_MAX = 512 << 20, /* bytes of one file, and of its work */
    FAST = 1, /* libdeflate levels */
    SMALL = 6,
    ONCE = 9
};

static void *hpdf_alloc(HPDF_UINT n)
{
    return mem_array(n, 1);
}

static void hpdf_free(void *p)
{
    mem_free(p);
}

static bool squeeze_profile(struct pdf_painter *p)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(ONCE);
    if (c == NULL)
        return false;
    size_t room = libdeflate_zlib_compress_bound(c, p->set->icc_length);
    p->icc = mem_array(room, 1);
    if (p->icc != NULL)
        p->icc_length = libdeflate_zlib_compress(c, p->set->icc,
                                                 p->set->icc_length, p->icc,
                                                 room);
    libdeflate_free_compressor(c);
    return p->icc != NULL;
}

struct pdf_painter *pdf_painter_new(struct shaper *shaper)
{
    struct pdf_painter *p = mem_array(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->shaper = shaper;
    p->set = shaper_fonts(shaper);
    p->bodies = BUF_INIT(DOCUMENT_MAX);
    p->content = BUF_INIT(DOCUMENT_MAX);
    p->scratch = BUF_INIT(DOCUMENT_MAX);
    p->arena = arena_new(DOCUMENT_MAX);
    p->faces = mem_array(p->set->face_count, sizeof *p->faces);
    p->compressors[0] = libdeflate_alloc_compressor(FAST);
    p->compressors[1] = libdeflate_alloc_compressor(SMALL);
    p->doc = HPDF_NewEx(NULL, hpdf_alloc, hpdf_free, 0, NULL);
    if (p->arena == NULL || p->faces == NULL || p->compressors[0] == NULL ||
        p->compressors[1] == NULL || p->doc == NULL || !squeeze_profile(p)) {
        pdf_painter_free(p);
        return NULL;
    }
    return p;
}

void pdf_painter_free(struct pdf_painter *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; p->faces != NULL && i < p->set->face_count; i++)
        face_use_free(&p->faces[i]);
    mem_free(p->faces);
    mem_free(p->icc);
    if (p->doc != NULL)
        HPDF_Free(p->doc);
    for (int i = 0; i < 2; i++)
        if (p->compressors[i] != NULL)
            libdeflate_free_compressor(p->compressors[i]);
    arena_free(p->arena);
    buf_free(&p->bodies);
    buf_free(&p->content);
    buf_free(&p->scratch);
    mem_free(p);
}

status item_parts(struct paint *w, const struct box_item *it,
                  const struct shaped *const **parts, size_t *count,
                  struct error *e)
{
    *parts = it->parts;
    *count = it->part_count;
    if (!line_turns(it->parts, it->part_count))
        return ST_OK;
    const struct shaped **turned = arena_array(w->file.arena, it->part_count,
                                               sizeof *turned);
    if (turned == NULL)
        return arena_error(w->file.arena, e);
    *parts = turned;
    return shape_line(w->p->shaper, it->parts, it->part_count, turned, count,
                      e);
}

static status collect_item(struct paint *w, const struct box_item *it,
                           struct error *e)
{
    if (it->kind == ITEM_SCENE) {
        if (it->elem != NULL && it->elem->kind != ELEM_FIGURE)
            return error_bug(e, "a scene stands outside a figure");
        return scene_collect(w, it->scene, e);
    }
    if (it->kind != ITEM_TEXT)
        return ST_OK;
    const struct shaped *const *parts = NULL;
    size_t count = 0;
    TRY(item_parts(w, it, &parts, &count, e));
    for (size_t i = 0; i < count; i++)
        TRY(fonts_collect(w, parts[i], e));
    return ST_OK;
}

static status collect(struct paint *w, struct error *e)
{
    for (size_t i = 0; i < w->pages->page_count; i++)
        for (const struct box_item *it = w->pages->pages[i].first; it != NULL;
             it = it->next)
            TRY(collect_item(w, it, e));
    return ST_OK;
}

/* Every page has the same fonts: one dictionary serves them all. */
static status add_pages(struct paint *w, HPDF_Dict fonts, struct error *e)
{
    size_t n = w->pages->page_count;
    w->page_objects = arena_new_array(w->file.arena, HPDF_Page, n + 1);
    if (w->page_objects == NULL)
        return arena_error(w->file.arena, e);
    for (size_t i = 0; i < n; i++) {
        HPDF_Page page = HPDF_AddPage(w->file.doc);
        if (page == NULL)
            return pdf_file_status(&w->file, e);
        w->page_objects[i] = page;
        HPDF_Page_SetWidth(page, (HPDF_REAL)w->pages->width);
        HPDF_Page_SetHeight(page, (HPDF_REAL)w->pages->height);
        HPDF_Dict_AddName(page, "Tabs", "S");
        HPDF_Dict_AddNumber(page, "StructParents", (HPDF_INT32)i);
        HPDF_Dict resources = HPDF_Dict_New(w->file.doc->mmgr);
        HPDF_Dict_Add(page, "Resources", resources);
        TRY(pdf_file_status(&w->file, e));
        HPDF_Dict_Add(resources, "Font", fonts);
    }
    return pdf_file_status(&w->file, e);
}

static status finish(struct paint *w, struct error *e)
{
    struct pdf_raw *root = NULL, *catalog = NULL;
    struct buf keys = BUF_INIT(DOCUMENT_MAX);
    TRY(nav_links(w, e));
    TRY(nav_outlines(w, e));
    TRY(tree_end(w, &root, e));
    status st = meta_write(w, &keys, e);
    if (st == ST_OK)
        st = pdf_raw_on(&w->file, w->file.doc->catalog, &catalog, e);
    if (st == ST_OK) {
        nav_labels(w, &keys);
        put_ref(&keys, "/StructTreeRoot", root->number);
        buf_puts(&keys, "/MarkInfo<</Marked true>>"
                 "/ViewerPreferences<</DisplayDocTitle true>>/Lang");
        pdf_put_text(&keys, w->document->lang);
        st = buf_status(&keys, e);
    }
    if (st == ST_OK) {
        struct buf *b = pdf_raw_open(catalog);
        buf_put(b, keys.data, keys.length);
        pdf_raw_close(catalog);
        if (w->pages->outline_count > 0)
            HPDF_Dict_AddName(w->file.doc->catalog, "PageMode", "UseOutlines");
    }
    buf_free(&keys);
    return st != ST_OK ? st : pdf_file_save(&w->file, e);
}

static status paint_all(struct paint *w, struct error *e)
{
    HPDF_Dict fonts = NULL;
    if (w->pages->page_count == 0)
        return error_bug(e, "a document without pages");
    if (w->document->lang == NULL || w->document->title == NULL ||
        *w->document->title == '\0')
        return error_bug(e, "a document without language or title");
    TRY(pdf_file_begin(&w->file, w->p->doc, e));
    TRY(collect(w, e));
    TRY(fonts_embed(w, &fonts, e));
    TRY(add_pages(w, fonts, e));
    TRY(tree_begin(w, e));
    for (size_t i = 0; i < w->pages->page_count; i++)
        TRY(content_paint(w, i, e));
    return finish(w, e);
}

status pdf_paint(struct pdf_painter *p, const struct pages *pages,
                 const struct document *document, bool small, struct buf *out,
                 struct error *e)
{
    struct paint w = {.p = p, .pages = pages, .document = document,
                      .small = small};
    w.file = (struct pdf_file){.arena = p->arena, .bodies = &p->bodies,
                               .out = out, .compressor = p->compressors[small]};
    arena_reset(p->arena);
    buf_clear(&p->bodies);
    w.texts = names_new();
    status st = w.texts == NULL ? error_memory(e) : paint_all(&w, e);
    pdf_file_end(&w.file);
    fonts_forget(&w);
    names_free(w.texts);
    return st;
}
