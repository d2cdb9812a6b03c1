/* render/pdf_font.c: which glyphs a document uses, what each of them says, and
 * the font objects. Type 0 fonts with two-byte codes; a code is the glyph's
 * place in its subset (ISO 32000-1 9.7). */
#include "render/pdf_internal.h"

#include <hb-ot.h>

static void read_names(struct face_use *u, const struct face *f)
{
    hb_codepoint_t p = HB_SET_VALUE_INVALID, id = 0;
    while (hb_set_next(f->chars, &p))
        if (hb_font_get_nominal_glyph(u->font, p, &id) &&
            id < u->glyph_count && u->reverse[id] == 0)
            u->reverse[id] = p;
    unsigned n = sizeof u->name;
    hb_ot_name_get_utf8(f->face, HB_OT_NAME_ID_POSTSCRIPT_NAME,
                        HB_LANGUAGE_INVALID, &n, u->name);
}

static status prepare(struct paint *w, size_t face, struct error *e)
{
    const struct face *f = &w->p->set->faces[face];
    unsigned n = hb_face_get_glyph_count(f->face);
    struct face_use u = {
        .glyph_count = n, .font = hb_font_create(f->face),
        .reverse = mem_array(n, sizeof *u.reverse),
        .says = mem_array(n, sizeof *u.says),
        .cid = mem_array(n, sizeof *u.cid),
        .advance = mem_array(n, sizeof *u.advance)};
    if (u.reverse == NULL || u.says == NULL || u.cid == NULL ||
        u.advance == NULL) {
        face_use_free(&u);
        return error_memory(e);
    }
    hb_font_set_scale(u.font, FONT_EM, FONT_EM);
    read_names(&u, f);
    w->p->faces[face] = u;
    return ST_OK;
}

void face_use_free(struct face_use *u)
{
    hb_face_destroy(u->plain);
    hb_font_destroy(u->font);
    mem_free(u->reverse);
    mem_free(u->says);
    mem_free(u->cid);
    mem_free(u->advance);
    mem_free(u->ids);
    for (int strength = 0; strength < 2; strength++)
        for (int i = 0; i < SUBSETS_KEPT; i++) {
            struct subset *s = &u->subsets[strength][i];
            mem_free(s->ids);
            mem_free(s->cids);
            mem_free(s->bytes);
        }
}

/* The text of a cluster that is no single character. */
static uint32_t cluster_says(struct paint *w, const struct shaped *s,
                             const struct glyph_run *run, uint32_t i)
{
    uint32_t start = s->glyphs[i].cluster, end = run->end;
    for (uint32_t k = run->first; k < run->first + run->count; k++)
        if (s->glyphs[k].cluster > start && s->glyphs[k].cluster < end)
            end = s->glyphs[k].cluster;
    const struct face_use *u = &w->p->faces[run->face];
    uint32_t reverse = u->reverse[s->glyphs[i].id];
    /* Later glyphs of a cluster only need some character; ActualText tells. */
    bool first = run->rtl ? i + 1 == run->first + run->count ||
                                s->glyphs[i + 1].cluster != start
                          : i == run->first ||
                                s->glyphs[i - 1].cluster != start;
    if (!first && reverse != 0)
        return reverse;
    long index = names_add(w->texts, s->text + start, end - start);
    return index < 0 ? 0 : TEXT_INDEX | (uint32_t)index;
}

uint32_t fonts_says(struct paint *w, const struct shaped *s,
                    const struct glyph_run *run, uint32_t i)
{
    uint32_t point = s->glyphs[i].point;
    if (point >= 0xA0 && point_is_space(point))
        return ' ';
    return point != 0 ? point : cluster_says(w, s, run, i);
}

static status add_glyph(struct face_use *u, uint32_t id, uint32_t says,
                        struct error *e)
{
    if (says == 0)
        return error_memory(e);
    if (u->id_count == u->id_room) {
        size_t room = u->id_room == 0 ? 128 : u->id_room * 2;
        uint32_t *wider = mem_grow(u->ids, u->id_room, room, sizeof *wider);
        if (wider == NULL)
            return error_memory(e);
        u->ids = wider;
        u->id_room = room;
    }
    u->ids[u->id_count++] = id;
    u->says[id] = says;
    if (u->advance[id] == 0)
        u->advance[id] = hb_font_get_glyph_h_advance(u->font, id);
    return ST_OK;
}

status fonts_collect(struct paint *w, const struct shaped *s, struct error *e)
{
    for (uint32_t r = 0; r < s->run_count; r++) {
        const struct glyph_run *run = &s->runs[r];
        struct face_use *u = &w->p->faces[run->face];
        if (u->font == NULL)
            TRY(prepare(w, run->face, e));
        u->in_use = true;
        for (uint32_t i = run->first; i < run->first + run->count; i++) {
            uint32_t id = s->glyphs[i].id;
            if (id >= u->glyph_count)
                return error_bug(e, "a glyph outside its font");
            if (u->says[id] == 0)
                TRY(add_glyph(u, id, fonts_says(w, s, run, i), e));
        }
    }
    return ST_OK;
}

bool fonts_needs_text(struct paint *w, const struct shaped *s,
                      const struct glyph_run *run)
{
    if (run->complex)
        return true;
    const struct face_use *u = &w->p->faces[run->face];
    for (uint32_t i = run->first; i < run->first + run->count; i++) {
        const struct glyph *g = &s->glyphs[i];
        if (g->point != u->says[g->id] &&
            fonts_says(w, s, run, i) != u->says[g->id])
            return true;
    }
    return false;
}

void fonts_forget(struct paint *w)
{
    for (size_t i = 0; i < w->p->set->face_count; i++) {
        struct face_use *u = &w->p->faces[i];
        for (size_t k = 0; k < u->id_count; k++)
            u->says[u->ids[k]] = 0;
        u->id_count = 0;
        u->in_use = false;
        u->subset = NULL;
        u->object = NULL;
    }
}

/* --- objects ------------------------------------------------------------- */

static status to_unicode(struct paint *w, const struct face_use *u,
                         struct pdf_raw *r, struct error *e)
{
    static const size_t block = 100; /* a CMap's own limit */
    struct buf *b = &w->p->scratch;
    const struct subset *s = u->subset;
    buf_clear(b);
    buf_puts(b, "/CIDInit /ProcSet findresource begin\n12 dict begin\n"
             "begincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) "
             "/Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n"
             "/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\n"
             "endcodespacerange\n");
    for (size_t i = 0; i < s->count; i++) {
        if (i % block == 0)
            buf_printf(b, "%zu beginbfchar\n",
                       s->count - i < block ? s->count - i : block);
        buf_putc(b, '<');
        put_unit(b, s->cids[i]);
        buf_putc(b, '>');
        uint32_t says = u->says[s->ids[i]];
        buf_putc(b, '<');
        if (says & TEXT_INDEX) {
            const char *text = names_at(w->texts, says & ~TEXT_INDEX);
            put_utf16(b, text, strlen(text));
        } else if (says < 0x10000) {
            put_unit(b, says);
        } else {
            put_unit(b, 0xD800 + ((says - 0x10000) >> 10));
            put_unit(b, 0xDC00 + ((says - 0x10000) & 0x3FF));
        }
        buf_puts(b, ">\n");
        if (i % block == block - 1 || i + 1 == s->count)
            buf_puts(b, "endbfchar\n");
    }
    buf_puts(b, "endcmap\nCMapName currentdict /CMap defineresource pop\n"
             "end\nend\n");
    TRY(buf_status(b, e));
    return pdf_raw_deflate(r, b->data, b->length, e);
}

static void put_units(struct buf *b, int value)
{
    put_num(b, value / (FONT_EM / 1000.0));
}

static int big_endian(const char *at)
{
    const unsigned char *u = (const unsigned char *)at;
    return (int16_t)(u[0] << 8 | u[1]);
}

static void put_box(struct buf *b, const struct face *f)
{
    hb_blob_t *head =
        hb_face_reference_table(f->face, HB_TAG('h', 'e', 'a', 'd'));
    unsigned n = 0;
    const char *bytes = hb_blob_get_data(head, &n);
    double em = hb_face_get_upem(f->face);
    buf_puts(b, "/FontBBox[");
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0)
            buf_putc(b, ' ');
        put_num(b, n < 44 ? 0 : big_endian(bytes + 36 + 2 * i) * 1000 / em);
    }
    buf_putc(b, ']');
    hb_blob_destroy(head);
}

static void descriptor(struct paint *w, size_t face, struct pdf_raw *r,
                       uint32_t file)
{
    const struct face_use *u = &w->p->faces[face];
    const struct face *f = &w->p->set->faces[face];
    hb_font_extents_t x = {0};
    hb_position_t cap = 0;
    hb_font_get_h_extents(u->font, &x);
    if (!hb_ot_metrics_get_position(u->font, HB_OT_METRICS_TAG_CAP_HEIGHT,
                                    &cap))
        cap = x.ascender;
    bool italic = strstr(f->row->role, "italic") != NULL;
    struct buf *b = pdf_raw_open(r);
    buf_printf(b, "/Type/FontDescriptor/FontName/%s+%s/Flags %d",
               u->subset->tag, u->name, italic ? 4 | 64 : 4);
    put_box(b, f);
    buf_printf(b, "/ItalicAngle %d/StemV %d/Ascent ", italic ? -12 : 0,
               f->bold ? 140 : 80);
    put_units(b, x.ascender);
    buf_puts(b, "/Descent ");
    put_units(b, x.descender);
    buf_puts(b, "/CapHeight ");
    put_units(b, cap);
    put_ref(b, "/FontFile2", file);
    pdf_raw_close(r);
}

/* Widths in runs of neighbouring codes: a [w w w] b [w …]. */
static void put_widths(struct buf *b, const struct face_use *u)
{
    const struct subset *s = u->subset;
    buf_puts(b, "/W[");
    for (size_t i = 0; i < s->count; i++) {
        if (i == 0 || s->cids[i] != s->cids[i - 1] + 1) {
            buf_puts(b, i == 0 ? "" : "]");
            put_int(b, s->cids[i]);
            buf_putc(b, '[');
        } else {
            buf_putc(b, ' ');
        }
        put_units(b, u->advance[s->ids[i]]);
    }
    buf_puts(b, s->count > 0 ? "]]" : "]");
}

static status font_objects(struct paint *w, size_t face, struct error *e)
{
    enum { FONT, CID_FONT, DESCRIPTOR, FILE_, UNICODE, OBJECTS };
    struct pdf_raw *r[OBJECTS];
    struct face_use *u = &w->p->faces[face];
    for (int i = 0; i < OBJECTS; i++)
        TRY(pdf_raw_new(&w->file, &r[i], e));
    struct buf *b = pdf_raw_open(r[FONT]);
    buf_printf(b, "/Type/Font/Subtype/Type0/BaseFont/%s+%s/Encoding/Identity-H"
               "/DescendantFonts[%u 0 R]", u->subset->tag, u->name,
               (unsigned)r[CID_FONT]->number);
    put_ref(b, "/ToUnicode", r[UNICODE]->number);
    pdf_raw_close(r[FONT]);
    pdf_raw_open(r[CID_FONT]);
    buf_printf(b, "/Type/Font/Subtype/CIDFontType2/BaseFont/%s+%s"
               "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
               "/Supplement 0>>/CIDToGIDMap/Identity/DW 0", u->subset->tag,
               u->name);
    put_ref(b, "/FontDescriptor", r[DESCRIPTOR]->number);
    put_widths(b, u);
    pdf_raw_close(r[CID_FONT]);
    descriptor(w, face, r[DESCRIPTOR], r[FILE_]->number);
    pdf_raw_open(r[FILE_]);
    buf_printf(b, "/Length1 %zu", u->subset->plain_length);
    pdf_raw_close(r[FILE_]);
    pdf_raw_stream(r[FILE_], u->subset->bytes, u->subset->length, true);
    u->object = r[FONT];
    return to_unicode(w, u, r[UNICODE], e);
}

status fonts_embed(struct paint *w, HPDF_Dict *resources, struct error *e)
{
    struct pdf_raw *fonts = NULL;
    for (size_t i = 0; i < w->p->set->face_count; i++)
        if (w->p->faces[i].in_use) {
            TRY(face_subset(w, i, e));
            TRY(font_objects(w, i, e));
        }
    TRY(pdf_raw_new(&w->file, &fonts, e));
    struct buf *b = pdf_raw_open(fonts);
    for (size_t i = 0; i < w->p->set->face_count; i++)
        if (w->p->faces[i].in_use) {
            buf_printf(b, "/F%zu", i);
            put_ref(b, "", w->p->faces[i].object->number);
        }
    pdf_raw_close(fonts);
    *resources = fonts->dict;
    return ST_OK;
}
