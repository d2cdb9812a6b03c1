/* Marks and measured text of a chart. */
#include "document/chart_draw.h"

#include <stdint.h>
#include <string.h>

#define TEXT_SIZE 8.5
#define LEAST_WIDTH 60.0
#define LETTERS_ACROSS 14.0 /* a figure is at least so many text sizes wide */

double plotted(double x)
{
    if (!isfinite(x))
        return CHART_NONE;
    if (fabs(x) > 1e290)
        return x > 0.0 ? 1e290 : -1e290;
    return fabs(x) < 1e-290 ? 0.0 : x;
}

double row_value(const struct chart_row *r)
{
    return plotted(r->value);
}

double row_x(const struct chart_row *r)
{
    return plotted(r->x);
}

double row_y(const struct chart_row *r)
{
    return plotted(isnan(r->y) ? r->value : r->y);
}

status canvas_open(struct canvas *c, const struct chart_data *d,
                   double (*of)(const struct chart_row *), struct error *e)
{
    *c = (struct canvas){.d = d, .arena = d->arena, .width = d->width};
    if (d->arena == NULL || !isfinite(d->width) || d->width < LEAST_WIDTH)
        return error_bug(e, "a chart without memory or width");
    bool any = of == NULL;
    for (size_t i = 0; i < d->count && !any; i++)
        any = !isnan(of(&d->rows[i]));
    if (!any)
        return error_set(e, ST_DATA, "a chart of %zu rows has no number to "
                         "draw; expected at least one", d->count);
    for (size_t i = 0; i < d->count; i++)
        c->most = fmax(c->most, fabs(row_value(&d->rows[i])));
    double size = d->text_size > 0.0 ? d->text_size : TEXT_SIZE;
    c->size = fmin(size, d->width / LETTERS_ACROSS);
    c->small = c->size * (8.0 / TEXT_SIZE);
    c->scene = scene_new(d->arena, d->width, 0.0);
    return c->scene == NULL ? arena_error(d->arena, e) : ST_OK;
}

void canvas_lost(struct canvas *c)
{
    if (!c->failed)
        c->capped = arena_error(c->arena, NULL) == ST_LIMIT;
    c->failed = true;
}

status canvas_failed(const struct canvas *c, struct error *e)
{
    if (!c->capped)
        return error_memory(e);
    return error_set(e, ST_LIMIT, "a chart of %zu rows needs more than the "
                     "memory allowed for a document", c->d->count);
}

status canvas_close(struct canvas *c, double height, struct scene **out,
                    struct error *e)
{
    if (c->failed)
        return canvas_failed(c, e);
    c->scene->height = height;
    *out = c->scene;
    return ST_OK;
}

void *canvas_array(struct canvas *c, size_t count, size_t size)
{
    void *p = arena_array(c->arena, count > 0 ? count : 1, size);
    if (p == NULL)
        canvas_lost(c);
    return p;
}

/* --- marks ---------------------------------------------------------------- */

/* Marks drawn after memory ran out go to a mark that nobody reads. */
static struct mark *add(struct canvas *c, enum mark_kind kind)
{
    struct mark *m = scene_add(c->arena, c->scene, kind);
    if (m != NULL)
        return m;
    canvas_lost(c);
    return &c->spare;
}

struct mark *draw_line(struct canvas *c, double x, double y, double x2,
                       double y2, enum scene_colour ink, double width)
{
    struct mark *m = add(c, MARK_LINE);
    m->x = x;
    m->y = y;
    m->x2 = x2;
    m->y2 = y2;
    m->stroke = ink;
    m->stroke_width = width;
    return m == &c->spare ? NULL : m;
}

void draw_rect(struct canvas *c, double x, double y, double x2, double y2,
               enum scene_colour fill)
{
    struct mark *m = add(c, MARK_RECT);
    m->x = fmin(x, x2);
    m->y = fmin(y, y2);
    m->x2 = fmax(x, x2);
    m->y2 = fmax(y, y2);
    m->fill = fill;
}

static void point_mark(struct canvas *c, enum mark_kind kind, double x,
                       double y, double radius, enum scene_colour fill,
                       bool hollow)
{
    struct mark *m = add(c, kind);
    m->x = x;
    m->y = y;
    m->radius = radius;
    m->fill = fill;
    m->hollow = hollow;
    m->stroke = hollow ? fill : COLOUR_NONE;
    m->stroke_width = hollow ? 1.0 : 0.0;
}

void draw_dot(struct canvas *c, double x, double y, double radius,
              enum scene_colour fill, bool hollow)
{
    point_mark(c, MARK_DOT, x, y, radius, fill, hollow);
}

void draw_diamond(struct canvas *c, double x, double y, double radius,
                  enum scene_colour fill)
{
    point_mark(c, MARK_DIAMOND, x, y, radius, fill, false);
}

struct mark *draw_points(struct canvas *c, enum mark_kind kind,
                         const double *xy, size_t count, enum scene_colour ink,
                         double width)
{
    struct mark *m;
    if (xy == NULL || count < 2)
        return NULL;
    m = add(c, kind);
    m->points = xy;
    m->point_count = count;
    m->fill = kind == MARK_AREA ? ink : COLOUR_NONE;
    m->stroke = kind == MARK_AREA ? COLOUR_NONE : ink;
    m->stroke_width = kind == MARK_AREA ? 0.0 : width;
    return m == &c->spare ? NULL : m;
}

void draw_arrow(struct canvas *c, double x, double y, bool left,
                enum scene_colour ink)
{
    double w = 0.7 * c->size, h = 0.38 * c->size;
    double *p = canvas_array(c, 6, sizeof *p);
    if (p == NULL)
        return;
    double base = left ? x + w : x, tip = left ? x : x + w;
    const double xy[6] = {base, y - h, base, y + h, tip, y};
    memcpy(p, xy, sizeof xy);
    draw_points(c, MARK_AREA, p, 3, ink, 0.0);
}

/* --- text ----------------------------------------------------------------- */

/* Where the caller measures nothing: wide enough for a usual sans face. */
static double rough_width(const char *text, double size, bool bold)
{
    double em = 0.0;
    for (const unsigned char *p = (const unsigned char *)text; *p != 0; p++) {
        if (*p >= 0xc0)
            em += *p >= 0xe3 ? 1.0 : 0.62;
        else if (*p >= 0x80)
            continue;
        else if (strchr("il.,:;'|!j ", *p) != NULL)
            em += 0.28;
        else if (strchr("mwMW%@", *p) != NULL)
            em += 0.93;
        else
            em += *p >= 'A' && *p <= 'Z' ? 0.68 : 0.58;
    }
    return em * size * (bold ? 1.07 : 1.0);
}

double wide_of(const struct canvas *c, const char *text, double size,
               bool bold)
{
    if (text == NULL || *text == '\0')
        return 0.0;
    return c->d->measure != NULL
               ? c->d->measure(c->d->measure_self, text, size, bold)
               : rough_width(text, size, bold);
}

static struct box text_box(const struct canvas *c, double x, double y,
                           const char *text, struct ink k)
{
    double w = wide_of(c, text, k.size, k.bold);
    double left = k.anchor == ANCHOR_START    ? x
                  : k.anchor == ANCHOR_MIDDLE ? x - w / 2.0
                                              : x - w;
    return (struct box){left, y - ASCENT * k.size, left + w,
                        y + DESCENT * k.size};
}

static void remember(struct canvas *c, struct box b)
{
    if (c->box_count == c->box_room) {
        size_t room = c->box_room * 2 + 32;
        struct box *more = canvas_array(c, room, sizeof *more);
        if (more == NULL)
            return;
        if (c->box_count > 0)
            memcpy(more, c->boxes, c->box_count * sizeof *more);
        c->boxes = more;
        c->box_room = room;
    }
    c->boxes[c->box_count++] = b;
}

void draw_text(struct canvas *c, double x, double y, const char *text,
               struct ink k)
{
    struct mark *m;
    if (text == NULL || *text == '\0')
        return;
    m = add(c, MARK_TEXT);
    m->x = x;
    m->y = y;
    m->text = text;
    m->size = k.size;
    m->fill = k.colour;
    m->bold = k.bold;
    m->anchor = k.anchor;
    remember(c, text_box(c, x, y, text, k));
}

void draw_lines(struct canvas *c, double x, double y, const struct lines *l,
                struct ink k)
{
    for (size_t i = 0; i < l->count; i++)
        draw_text(c, x, y + (double)i * LEADING * k.size, l->text[i], k);
}
