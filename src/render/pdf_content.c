/* render/pdf_content.c: the items of a page as one content stream. Nothing is
 * drawn but between the begin and the end of a marked sequence. */
#include "render/pdf_internal.h"

static void begin_artifact(struct pen *pen, const struct box_item *it)
{
    static const char *const properties[] = {
        [ARTIFACT_HEADER] = "/Type/Pagination/Subtype/Header",
        [ARTIFACT_FOOTER] = "/Type/Pagination/Subtype/Footer",
        [ARTIFACT_LAYOUT] = "/Type/Layout",
        [ARTIFACT_BACKGROUND] = "/Type/Background"};
    struct buf *b = pen->out;
    buf_puts(b, "/Artifact<<");
    buf_puts(b, properties[it->artifact]);
    if (it->artifact == ARTIFACT_BACKGROUND) {
        const double box[4] = {it->x, pen->height - it->y - it->height,
                               it->x + it->width, pen->height - it->y};
        for (int i = 0; i < 4; i++) {
            buf_puts(b, i == 0 ? "/BBox[" : " ");
            put_num(b, box[i]);
        }
        buf_putc(b, ']');
    }
    buf_puts(b, ">>BDC\n");
}

static status begin(struct pen *pen, const struct box_item *it, size_t page,
                    struct error *e)
{
    if (it->elem == NULL) {
        begin_artifact(pen, it);
        return ST_OK;
    }
    uint32_t mcid = 0;
    TRY(tree_mark(pen->w, it->elem, page, &mcid, e));
    buf_putc(pen->out, '/');
    buf_puts(pen->out, elem_type(it->elem->kind));
    buf_puts(pen->out, "<</MCID ");
    put_int(pen->out, (long)mcid);
    buf_puts(pen->out, ">>BDC\n");
    return ST_OK;
}

static bool same_sequence(const struct box_item *a, const struct box_item *b)
{
    if (a == NULL || b == NULL || a->elem != b->elem)
        return false;
    return a->elem != NULL || (a->artifact == b->artifact &&
                               a->artifact != ARTIFACT_BACKGROUND);
}

static void put_rect(struct pen *pen, const struct box_item *it)
{
    struct buf *b = pen->out;
    double x = it->x, y = pen->height - it->y - it->height;
    double w = it->width, h = it->height, r = it->thick;
    if (r <= 0) {
        const double numbers[4] = {x, y, w, h};
        for (int i = 0; i < 4; i++) {
            put_num(b, numbers[i]);
            buf_putc(b, ' ');
        }
        buf_puts(b, "re f\n");
        return;
    }
    double k = r * 0.4477152502; /* quarter circle: handle from its corner */
    const double path[4][4][2] = { /* start of a side, its end, two handles */
        {{x + r, y}, {x + w - r, y}, {x + w - k, y}, {x + w, y + k}},
        {{x + w, y + r}, {x + w, y + h - r}, {x + w, y + h - k},
         {x + w - k, y + h}},
        {{x + w - r, y + h}, {x + r, y + h}, {x + k, y + h}, {x, y + h - k}},
        {{x, y + h - r}, {x, y + r}, {x, y + k}, {x + k, y}}};
    for (int side = 0; side < 4; side++) {
        const double *end = path[(side + 1) % 4][0];
        const double numbers[5][2] = {
            {path[side][0][0], path[side][0][1]},
            {path[side][1][0], path[side][1][1]},
            {path[side][2][0], path[side][2][1]},
            {path[side][3][0], path[side][3][1]}, {end[0], end[1]}};
        static const char *const ops[5] = {"m\n", "l\n", "", "", "c\n"};
        for (int i = side == 0 ? 0 : 1; i < 5; i++) {
            put_num(b, numbers[i][0]);
            buf_putc(b, ' ');
            put_num(b, numbers[i][1]);
            buf_putc(b, ' ');
            buf_puts(b, ops[i]);
        }
    }
    buf_puts(b, "h f\n");
}

static void put_rule(struct pen *pen, const struct box_item *it)
{
    struct buf *b = pen->out;
    pen_stroke(pen, it->colour, it->thick, it->dashed);
    put_num(b, it->x);
    buf_putc(b, ' ');
    put_num(b, pen->height - it->y);
    buf_puts(b, " m ");
    put_num(b, it->x + it->width);
    buf_putc(b, ' ');
    put_num(b, pen->height - it->y - it->height);
    buf_puts(b, " l S\n");
}

static status put_item(struct pen *pen, const struct box_item *it,
                       struct error *e)
{
    if (it->kind == ITEM_TEXT) {
        struct text_line l = {.x = it->x, .y = it->y, .size = it->size,
                              .gap = it->gap, .colour = it->colour};
        TRY(item_parts(pen->w, it, &l.parts, &l.part_count, e));
        pen_text(pen, &l);
        return ST_OK;
    }
    pen_end_text(pen);
    if (it->kind == ITEM_SCENE)
        return pen_scene(pen, it->scene, it->x, it->y, e);
    if (it->kind == ITEM_RECT) {
        pen_fill(pen, it->colour);
        put_rect(pen, it);
    } else {
        put_rule(pen, it);
    }
    return ST_OK;
}

static HPDF_STATUS write_filter(HPDF_Dict dict, HPDF_Stream stream)
{
    (void)dict;
    return HPDF_Stream_WriteStr(stream, "/Filter/FlateDecode\n");
}

static status store(struct paint *w, size_t page, struct error *e)
{
    struct buf *b = &w->p->content;
    const void *bytes = NULL;
    size_t n = 0;
    TRY(buf_status(b, e));
    TRY(pdf_deflate(&w->file, buf_text(b), b->length, &bytes, &n, e));
    HPDF_PageAttr attr = w->page_objects[page]->attr;
    attr->contents->filter = HPDF_STREAM_FILTER_NONE;
    attr->contents->write_fn = write_filter;
    HPDF_Stream_Write(attr->stream, bytes, (HPDF_UINT)n);
    return pdf_file_status(&w->file, e);
}

status content_paint(struct paint *w, size_t page, struct error *e)
{
    struct pen pen = {.w = w, .out = &w->p->content, .fill = -1, .stroke = -1,
                      .height = w->pages->height, .line_width = -1, .face = -1};
    const struct box_item *before = NULL;
    buf_clear(pen.out);
    buf_puts(pen.out, "1 j\n");
    for (const struct box_item *it = w->pages->pages[page].first; it != NULL;
         it = it->next) {
        if (!same_sequence(before, it)) {
            pen_end_text(&pen);
            if (before != NULL)
                buf_puts(pen.out, "EMC\n");
            TRY(begin(&pen, it, page, e));
        }
        TRY(put_item(&pen, it, e));
        before = it;
    }
    pen_end_text(&pen);
    if (before != NULL)
        buf_puts(pen.out, "EMC\n");
    return store(w, page, e);
}
