/* render/pdf_text.c: lines of glyphs as text operators. Positions come from the
 * shaper; what differs from the fonts' own widths is corrected in TJ arrays. */
#include "render/pdf_internal.h"

#include <math.h>

/* One line on its way out. Positions in FONT_EM units from its start. */
struct setter {
    struct pen *pen;
    int64_t pen_at;  /* where shaping has come to */
    int64_t file_at; /* where a reader of the file has come to */
    bool open;       /* inside [ ( */
    bool string;
    int32_t rise;
};

static void close_string(struct setter *t)
{
    if (t->string)
        buf_putc(t->pen->out, ')');
    t->string = false;
}

static void close_array(struct setter *t)
{
    close_string(t);
    if (t->open)
        buf_puts(t->pen->out, "]TJ\n");
    t->open = false;
}

/* Two bytes of a string, with its escapes (ISO 32000-1 7.3.4.2). */
static void put_code(struct setter *t, uint16_t cid)
{
    char text[5], *to = text;
    const char bytes[2] = {(char)(cid >> 8), (char)(cid & 255)};
    if (!t->string)
        *to++ = '(';
    t->string = true;
    for (int i = 0; i < 2; i++) {
        char c = bytes[i];
        if (c == '(' || c == ')' || c == '\\' || c == '\r')
            *to++ = '\\';
        *to++ = c == '\r' ? 'r' : c;
    }
    buf_put(t->pen->out, text, (size_t)(to - text));
}

static void put_glyph(struct setter *t, const struct face_use *u,
                      const struct glyph *g, int64_t at)
{
    static const int64_t unit = FONT_EM / 1000;
    struct buf *b = t->pen->out;
    if (g->dy != t->rise) {
        close_array(t);
        put_num(b, g->dy * t->pen->size / FONT_EM);
        buf_puts(b, " Ts\n");
        t->rise = g->dy;
    }
    if (!t->open)
        buf_putc(b, '[');
    t->open = true;
    int64_t off = t->file_at - at;
    if (off >= unit / 2 || off <= -unit / 2) {
        int64_t steps = (off + (off > 0 ? unit / 2 : -unit / 2)) / unit;
        close_string(t);
        put_int(b, (long)steps);
        t->file_at -= steps * unit;
    }
    put_code(t, u->cid[g->id]);
    t->file_at += u->advance[g->id];
}

static void put_face(struct setter *t, int face)
{
    struct pen *pen = t->pen;
    if (pen->face == face)
        return;
    close_array(t);
    buf_putc(pen->out, '/');
    buf_putc(pen->out, 'F');
    put_int(pen->out, face);
    buf_putc(pen->out, ' ');
    put_num(pen->out, pen->size);
    buf_puts(pen->out, " Tf\n");
    pen->face = face;
}

/* Right-to-left runs are written in reading order too, each glyph set back to
 * the left of the one before: what the file says in order is the text. */
static void put_run(struct setter *t, const struct shaped *s,
                    const struct glyph_run *run)
{
    const struct face_use *u = &t->pen->w->p->faces[run->face];
    const struct glyph *g = s->glyphs + run->first;
    int64_t start = t->pen_at, width = 0;
    bool replaced = fonts_needs_text(t->pen->w, s, run);
    put_face(t, run->face);
    if (replaced) {
        close_array(t);
        buf_puts(t->pen->out, "/Span<</ActualText<FEFF");
        put_utf16(t->pen->out, s->text + run->start, run->end - run->start);
        buf_puts(t->pen->out, ">>>BDC\n");
    }
    for (uint32_t i = 0; i < run->count; i++)
        width += g[i].advance;
    int64_t at = run->rtl ? start + width : start;
    for (uint32_t i = 0; i < run->count; i++) {
        const struct glyph *next = run->rtl ? &g[run->count - 1 - i] : &g[i];
        if (run->rtl)
            at -= next->advance;
        put_glyph(t, u, next, at + next->dx);
        if (!run->rtl)
            at += next->advance;
    }
    t->pen_at = start + width;
    if (replaced) {
        close_array(t);
        buf_puts(t->pen->out, "EMC\n");
    }
}

static double milli(double x)
{
    return rint(x * 1000) / 1000;
}

static void begin_line(struct pen *pen, const struct text_line *l)
{
    struct buf *b = pen->out;
    double x = milli(l->x), y = milli(pen->height - l->y);
    if (pen->size < l->size || pen->size > l->size)
        pen->face = -1;
    pen->size = l->size;
    if (!pen->in_text) {
        buf_puts(b, "BT\n");
        pen->line_x = pen->line_y = 0;
        pen->in_text = true;
    }
    if (l->upwards) {
        buf_puts(b, "0 1 -1 0 ");
        put_num(b, x);
        buf_putc(b, ' ');
        put_num(b, y);
        buf_puts(b, " Tm\n");
        return;
    }
    put_num(b, x - pen->line_x);
    buf_putc(b, ' ');
    put_num(b, y - pen->line_y);
    buf_puts(b, " Td\n");
    pen->line_x = x;
    pen->line_y = y;
}

void pen_end_text(struct pen *pen)
{
    if (pen->in_text)
        buf_puts(pen->out, "ET\n");
    pen->in_text = false;
}

void pen_text(struct pen *pen, const struct text_line *l)
{
    struct setter t = {.pen = pen};
    pen_fill(pen, l->colour);
    begin_line(pen, l);
    for (size_t i = 0; i < l->part_count; i++) {
        const struct shaped *s = l->parts[i];
        for (uint32_t r = 0; r < s->run_count; r++)
            put_run(&t, s, &s->runs[r]);
        if (i + 1 < l->part_count)
            t.pen_at += llrint(l->gap * FONT_EM / l->size);
    }
    close_array(&t);
    if (t.rise != 0)
        buf_puts(pen->out, "0 Ts\n");
    /* A turned line leaves its matrix behind: the next begins anew. */
    if (l->upwards)
        pen_end_text(pen);
}
