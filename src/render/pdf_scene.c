/* render/pdf_scene.c: figures as paths; the same marks as the SVG painter. */
#include "render/pdf_internal.h"

#include <math.h>

static void put_point(struct pen *pen, double x, double y, const char *op)
{
    put_num(pen->out, x);
    buf_putc(pen->out, ' ');
    put_num(pen->out, pen->height - y);
    buf_puts(pen->out, op);
}

static void put_colour(struct pen *pen, uint32_t rgb, const char *op)
{
    for (int shift = 16; shift >= 0; shift -= 8) {
        put_num(pen->out, (rgb >> shift & 255) / 255.0);
        buf_putc(pen->out, ' ');
    }
    buf_puts(pen->out, op);
}

void pen_fill(struct pen *pen, enum scene_colour c)
{
    uint32_t rgb = pen->w->pages->palette[c];
    if (pen->fill == (long)rgb)
        return;
    pen->fill = (long)rgb;
    put_colour(pen, rgb, "rg\n");
}

void pen_stroke(struct pen *pen, enum scene_colour c, double width,
                bool dashed)
{
    uint32_t rgb = pen->w->pages->palette[c];
    if (pen->stroke != (long)rgb)
        put_colour(pen, rgb, "RG\n");
    pen->stroke = (long)rgb;
    if (pen->line_width < width || pen->line_width > width) {
        put_num(pen->out, width);
        buf_puts(pen->out, " w\n");
    }
    pen->line_width = width;
    if (pen->dashed != dashed)
        buf_puts(pen->out, dashed ? "[3 2.4]0 d\n" : "[]0 d\n");
    pen->dashed = dashed;
}

static void put_lines(struct pen *pen, const struct mark *m, double x, double y)
{
    for (size_t i = 0; i < m->point_count; i++)
        put_point(pen, x + m->points[2 * i], y + m->points[2 * i + 1],
                  i == 0 ? " m\n" : " l\n");
}

static void put_circle(struct pen *pen, double x, double y, double r)
{
    static const double turns[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    static const double k = 0.5522847498; /* 4/3 (√2 - 1) */
    put_point(pen, x + r, y, " m\n");
    for (int i = 0; i < 4; i++) {
        const double *a = turns[i], *b = turns[(i + 1) % 4];
        put_point(pen, x + r * (a[0] + k * b[0]), y + r * (a[1] + k * b[1]),
                  " ");
        put_point(pen, x + r * (b[0] + k * a[0]), y + r * (b[1] + k * a[1]),
                  " ");
        put_point(pen, x + r * b[0], y + r * b[1], " c\n");
    }
    buf_puts(pen->out, "h\n");
}

static void put_shape(struct pen *pen, const struct mark *m, double x, double y)
{
    double r = m->radius;
    switch (m->kind) {
    case MARK_LINE:
        put_point(pen, x + m->x, y + m->y, " m\n");
        put_point(pen, x + m->x2, y + m->y2, " l\n");
        break;
    case MARK_PATH:
        put_lines(pen, m, x, y);
        break;
    case MARK_AREA:
        put_lines(pen, m, x, y);
        buf_puts(pen->out, "h\n");
        break;
    case MARK_RECT:
        put_point(pen, x + fmin(m->x, m->x2), y + fmax(m->y, m->y2), " ");
        put_num(pen->out, fabs(m->x2 - m->x));
        buf_putc(pen->out, ' ');
        put_num(pen->out, fabs(m->y2 - m->y));
        buf_puts(pen->out, " re\n");
        break;
    case MARK_DOT:
        put_circle(pen, x + m->x, y + m->y, r);
        break;
    case MARK_DIAMOND:
        put_point(pen, x + m->x, y + m->y - r, " m\n");
        put_point(pen, x + m->x + r, y + m->y, " l\n");
        put_point(pen, x + m->x, y + m->y + r, " l\n");
        put_point(pen, x + m->x - r, y + m->y, " l\nh\n");
        break;
    case MARK_TEXT:
        break;
    }
}

static status shape_mark(struct paint *w, const struct mark *m,
                         const struct shaped **out, struct error *e)
{
    return shape(w->p->shaper, m->bold ? FONT_BOLD : FONT_REGULAR, m->text,
                 strlen(m->text), w->document->lang, 0, out, e);
}

static status put_label(struct pen *pen, const struct mark *m, double x,
                        double y, struct error *e)
{
    const struct shaped *s = NULL;
    TRY(shape_mark(pen->w, m, &s, e));
    double width = (s->width - s->trail) * m->size / FONT_EM;
    double back = m->anchor == ANCHOR_END      ? width
                  : m->anchor == ANCHOR_MIDDLE ? width / 2
                                               : 0;
    pen_text(pen, &(struct text_line){
        .x = x + m->x - (m->rotated ? 0 : back),
        .y = y + m->y + (m->rotated ? back : 0),
        .size = m->size,
        .colour = m->fill == COLOUR_NONE ? COLOUR_INK : m->fill,
        .parts = &s, .part_count = 1, .upwards = m->rotated});
    return ST_OK;
}

static void put_mark(struct pen *pen, const struct mark *m, double x, double y)
{
    bool open = m->kind == MARK_LINE || m->kind == MARK_PATH;
    enum scene_colour fill = open ? COLOUR_NONE : m->fill, stroke = m->stroke;
    double width = m->stroke_width;
    if (m->hollow) {
        stroke = stroke != COLOUR_NONE ? stroke : fill;
        width = width > 0 ? width : 1;
        fill = COLOUR_GROUND;
    }
    bool strokes = stroke != COLOUR_NONE && width > 0;
    if (fill == COLOUR_NONE && !strokes)
        return;
    pen_end_text(pen);
    if (fill != COLOUR_NONE)
        pen_fill(pen, fill);
    if (strokes)
        pen_stroke(pen, stroke, width, m->dashed);
    put_shape(pen, m, x, y);
    buf_puts(pen->out, fill == COLOUR_NONE ? "S\n" : strokes ? "B\n" : "f\n");
}

status pen_scene(struct pen *pen, const struct scene *s, double x, double y,
                 struct error *e)
{
    for (const struct mark *m = s->first; m != NULL; m = m->next) {
        if (m->kind == MARK_TEXT && m->text != NULL)
            TRY(put_label(pen, m, x, y, e));
        else if (m->kind != MARK_TEXT)
            put_mark(pen, m, x, y);
    }
    pen_end_text(pen);
    return ST_OK;
}

status scene_collect(struct paint *w, const struct scene *s, struct error *e)
{
    for (const struct mark *m = s->first; m != NULL; m = m->next)
        if (m->kind == MARK_TEXT && m->text != NULL) {
            const struct shaped *shaped = NULL;
            TRY(shape_mark(w, m, &shaped, e));
            TRY(fonts_collect(w, shaped, e));
        }
    return ST_OK;
}
