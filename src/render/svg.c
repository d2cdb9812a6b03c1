/* A scene as SVG. Colours are classes, so that dark mode and print are the
 * sheet's business; coordinates keep two decimals. */
#include "render/html_in.h"

#include "base/num.h"

#include <math.h>

#define PIXELS_OF_POINT (16.0 / 10.5) /* on a screen, at the usual text size */
#define LEAST_PIXELS 11.0             /* of the smallest label */

static void put_number(struct buf *b, double x)
{
    double hundredths = nearbyint(x * 100.0);
    if (!(fabs(hundredths) < 1e12))
        hundredths = 0.0;
    long long n = (long long)hundredths;
    if (n < 0) {
        buf_putc(b, '-');
        n = -n;
    }
    buf_put_int(b, n / 100);
    int rest = (int)(n % 100);
    if (rest == 0)
        return;
    char digits[3] = {'.', (char)('0' + rest / 10), (char)('0' + rest % 10)};
    buf_put(b, digits, rest % 10 == 0 ? 2 : 3);
}

static void put_value(struct buf *b, const char *name, double x)
{
    buf_putc(b, ' ');
    buf_puts(b, name);
    buf_put(b, "=\"", 2);
    put_number(b, x);
    buf_putc(b, '"');
}

static void put_paint(struct buf *b, const struct mark *m)
{
    bool line = m->kind == MARK_LINE || m->kind == MARK_PATH;
    enum scene_colour fill = line || m->hollow ? COLOUR_NONE : m->fill;
    enum scene_colour stroke = m->stroke_width > 0.0 ? m->stroke : COLOUR_NONE;
    if (m->hollow) {
        fill = COLOUR_GROUND;
        stroke = m->stroke != COLOUR_NONE ? m->stroke : m->fill;
    }
    buf_puts(b, " class=\"F-");
    buf_puts(b, style_colour_name(fill));
    buf_puts(b, " S-");
    buf_puts(b, style_colour_name(stroke));
    if (m->dashed)
        buf_puts(b, " d");
    buf_putc(b, '"');
    if (stroke != COLOUR_NONE)
        put_value(b, "stroke-width",
                  m->stroke_width > 0.0 ? m->stroke_width : 1.0);
    buf_put(b, "/>", 2);
}

static void put_points(struct buf *b, const struct mark *m)
{
    buf_puts(b, m->kind == MARK_AREA ? "<polygon points=\""
                                     : "<polyline points=\"");
    for (size_t i = 0; i < m->point_count; i++) {
        if (i > 0)
            buf_putc(b, ' ');
        put_number(b, m->points[2 * i]);
        buf_putc(b, ',');
        put_number(b, m->points[2 * i + 1]);
    }
    buf_putc(b, '"');
    put_paint(b, m);
}

static void put_diamond(struct buf *b, const struct mark *m)
{
    const double xy[8] = {m->x, m->y - m->radius, m->x + m->radius, m->y,
                          m->x, m->y + m->radius, m->x - m->radius, m->y};
    struct mark area = *m;
    area.kind = MARK_AREA;
    area.points = xy;
    area.point_count = 4;
    put_points(b, &area);
}

static void put_text(struct buf *b, const struct mark *m)
{
    if (m->text == NULL)
        return;
    buf_puts(b, "<text");
    put_value(b, "x", m->x);
    put_value(b, "y", m->y);
    put_value(b, "font-size", m->size);
    buf_puts(b, " class=\"F-");
    buf_puts(b, style_colour_name(m->fill == COLOUR_NONE ? COLOUR_INK
                                                         : m->fill));
    if (m->bold)
        buf_puts(b, " b");
    if (m->anchor != ANCHOR_START)
        buf_puts(b, m->anchor == ANCHOR_MIDDLE ? " m" : " e");
    buf_putc(b, '"');
    if (m->rotated) {
        buf_puts(b, " transform=\"rotate(-90 ");
        put_number(b, m->x);
        buf_putc(b, ' ');
        put_number(b, m->y);
        buf_puts(b, ")\"");
    }
    buf_putc(b, '>');
    html_text(b, m->text);
    buf_puts(b, "</text>");
}

static void put_mark(struct buf *b, const struct mark *m)
{
    switch (m->kind) {
    case MARK_LINE:
        buf_puts(b, "<line");
        put_value(b, "x1", m->x);
        put_value(b, "y1", m->y);
        put_value(b, "x2", m->x2);
        put_value(b, "y2", m->y2);
        put_paint(b, m);
        break;
    case MARK_RECT:
        buf_puts(b, "<rect");
        put_value(b, "x", fmin(m->x, m->x2));
        put_value(b, "y", fmin(m->y, m->y2));
        put_value(b, "width", fabs(m->x2 - m->x));
        put_value(b, "height", fabs(m->y2 - m->y));
        put_paint(b, m);
        break;
    case MARK_DOT:
        buf_puts(b, "<circle");
        put_value(b, "cx", m->x);
        put_value(b, "cy", m->y);
        put_value(b, "r", m->radius);
        put_paint(b, m);
        break;
    case MARK_DIAMOND:
        put_diamond(b, m);
        break;
    case MARK_TEXT:
        put_text(b, m);
        break;
    default:
        put_points(b, m);
        break;
    }
}

/* Smallest width in points at which every label is still readable. */
static double least_width(const struct scene *s)
{
    double smallest = 0.0;
    for (const struct mark *m = s->first; m != NULL; m = m->next)
        if (m->kind == MARK_TEXT && m->size > 0.0 &&
            (smallest <= 0.0 || m->size < smallest))
            smallest = m->size;
    if (smallest <= 0.0)
        return 0.3 * s->width;
    double scale = LEAST_PIXELS / (smallest * PIXELS_OF_POINT);
    return s->width * (scale < 1.0 ? scale : 1.0);
}

void svg_put(struct buf *b, const struct scene *s, const char *alt, size_t id)
{
    buf_puts(b, "<svg role=\"img\" aria-labelledby=\"figure-");
    buf_put_int(b, (long long)id);
    buf_puts(b, "\" viewBox=\"0 0 ");
    put_number(b, s->width);
    buf_putc(b, ' ');
    put_number(b, s->height);
    buf_puts(b, "\" style=\"width:calc(");
    put_number(b, s->width);
    buf_puts(b, "*var(--u));min-width:calc(");
    put_number(b, least_width(s));
    buf_puts(b, "*var(--u))\"><title id=\"figure-");
    buf_put_int(b, (long long)id);
    buf_puts(b, "\">");
    html_text(b, alt == NULL ? "" : alt);
    buf_puts(b, "</title>");
    for (const struct mark *m = s->first; m != NULL; m = m->next)
        put_mark(b, m);
    buf_puts(b, "</svg>");
}
