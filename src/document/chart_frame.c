/* Axes: ticks with hairlines, their numbers, their titles; series. */
#include "document/chart_draw.h"

#include <string.h>

#define TICK_GAP 5.0  /* between numbers and plot */
#define TALLEST 170.0 /* plot of a figure as wide as the text */

static struct ink tick_ink(const struct canvas *c, enum mark_anchor anchor)
{
    return (struct ink){c->small, COLOUR_MUTED, false, anchor};
}

static double tick_x(const struct canvas *c, const struct scale *s, double x,
                     double width)
{
    double middle = at(s, x);
    return fmin(fmax(middle, width / 2.0), c->width - width / 2.0);
}

/* Do all numbers of an axis stand apart? */
static bool x_fits(struct canvas *c, const struct scale *s,
                   const struct ticks *t)
{
    double end = -1e9;
    for (size_t i = 0; i < t->count; i++) {
        double w = wide_of(c, tick_text(c, t, i, c->d->percent_x), c->small,
                           false);
        double x = tick_x(c, s, t->at[i], w);
        if (x - w / 2.0 < end + 0.4 * c->small)
            return false;
        end = x + w / 2.0;
    }
    return true;
}

static struct ticks choose_x(struct canvas *c, struct scale *s, bool whole)
{
    struct range given = {s->lo, s->hi};
    for (int most = 8;; most--) {
        struct range r = given;
        struct ticks t = whole ? whole_ticks(&r, most) : nice_ticks(&r, most);
        s->lo = r.lo;
        s->hi = r.hi;
        if (x_fits(c, s, &t))
            return t;
        if (most <= 2) {
            t.count = t.count > 1 ? 1 : t.count; /* one has room */
            return t;
        }
    }
}

double draw_axis_x(struct canvas *c, struct scale *s, double top,
                   double bottom, bool whole, bool hairlines)
{
    struct ticks t = choose_x(c, s, whole);
    if (!hairlines)
        draw_line(c, s->from, bottom, s->to, bottom, COLOUR_RULE, HAIRLINE);
    double y = bottom + fmax(TICK_GAP, 0.65 * c->small) + ASCENT * c->small;
    for (size_t i = 0; i < t.count; i++) {
        const char *text = tick_text(c, &t, i, c->d->percent_x);
        double x = at(s, t.at[i]);
        if (hairlines)
            draw_line(c, x, top, x, bottom, COLOUR_RULE, HAIRLINE);
        else
            draw_line(c, x, bottom, x, bottom + 2.0, COLOUR_MUTED, HAIRLINE);
        draw_text(c, tick_x(c, s, t.at[i], wide_of(c, text, c->small, false)),
                  y, text, tick_ink(c, ANCHOR_MIDDLE));
    }
    y += (DESCENT + 0.2) * c->small;
    struct lines title = wrap(c, c->d->x_title, c->small, false, c->width);
    if (title.count == 0)
        return y + 1.0;
    double middle = (s->from + s->to) / 2.0;
    middle = fmin(fmax(middle, title.width / 2.0),
                  c->width - title.width / 2.0);
    draw_lines(c, middle, y + ASCENT * c->small + 1.0, &title,
               tick_ink(c, ANCHOR_MIDDLE));
    return y + (double)title.count * LEADING * c->small + 2.0;
}

static double y_title(struct canvas *c, double top)
{
    struct lines l = wrap(c, c->d->y_title, c->small, false, c->width);
    draw_lines(c, 0.0, top + ASCENT * c->small, &l, tick_ink(c, ANCHOR_START));
    return l.count == 0 ? top
                        : top + (double)l.count * LEADING * c->small + 4.0;
}

static void draw_y(struct canvas *c, const struct frame *f,
                   const struct ticks *t)
{
    for (size_t i = 0; i < t->count; i++) {
        double y = at(&f->sy, t->at[i]);
        draw_line(c, f->plot.x0, y, f->plot.x1, y, COLOUR_RULE, HAIRLINE);
        draw_text(c, f->plot.x0 - TICK_GAP, y + MIDDLE * c->small,
                  tick_text(c, t, i, c->d->percent_y),
                  tick_ink(c, ANCHOR_END));
    }
}

void draw_frame(struct canvas *c, struct frame *f)
{
    double line = LEADING * c->small;
    f->top = y_title(c, f->top) + f->over;
    int most = (int)(f->height / (2.2 * line));
    struct ticks t = whole_ticks(&f->y, most > 6 ? 6 : most);
    double left = ticks_width(c, &t, c->d->percent_y) + TICK_GAP;
    left = fmax(left, f->left_margin);
    f->plot = (struct box){left, f->top + line / 2.0,
                           c->width - fmax(f->right_margin, 0.8 * c->small),
                           f->top + line / 2.0 + f->height};
    f->sy = (struct scale){f->y.lo, f->y.hi, f->plot.y1, f->plot.y0};
    draw_y(c, f, &t);
    f->sx = (struct scale){f->x.lo, f->x.hi, f->plot.x0, f->plot.x1};
    if (isnan(f->sx.lo))
        f->sx.lo = 0.0, f->sx.hi = 1.0;
    f->bottom = draw_axis_x(c, &f->sx, f->plot.y0, f->plot.y1 + f->under,
                            f->whole_x, false);
}

double head_height(struct canvas *c, const char *text)
{
    struct lines l = wrap(c, text, c->small, false, c->width);
    return l.count == 0 ? 0.0 : (double)l.count * LEADING * c->small + 2.0;
}

void draw_head_at(struct canvas *c, double x, double y, const char *text)
{
    struct lines l = wrap(c, text, c->small, false, c->width);
    struct ink k = {c->small, COLOUR_AGAINST, false, ANCHOR_START};
    double left = fmin(fmax(0.0, x - l.width / 2.0), c->width - l.width);
    draw_lines(c, left, y + ASCENT * c->small, &l, k);
}

double plot_height(const struct canvas *c)
{
    return fmin(0.65 * c->width, fmax(TALLEST, 12.0 * c->size));
}

void draw_diagonal(struct canvas *c, const struct frame *f)
{
    double lo = fmax(f->sx.lo, f->sy.lo), hi = fmin(f->sx.hi, f->sy.hi);
    const double xy[4] = {at(&f->sx, lo), at(&f->sy, lo), at(&f->sx, hi),
                          at(&f->sy, hi)};
    struct mark *m = draw_line(c, xy[0], xy[1], xy[2], xy[3], COLOUR_MUTED,
                               0.8);
    if (m != NULL)
        m->dashed = true;
    keep_clear_of(c, xy, 2);
}

void label_diagonal(struct canvas *c, const struct frame *f)
{
    double lo = fmax(f->sx.lo, f->sy.lo), hi = fmin(f->sx.hi, f->sy.hi);
    double x = 0.3 * lo + 0.7 * hi;
    struct ink k = {c->size, COLOUR_MUTED, false, ANCHOR_START};
    place_label(c, at(&f->sx, x), at(&f->sy, x), 0.0, c->d->diagonal_label, k,
                f->plot);
}

/* --- series --------------------------------------------------------------- */

enum scene_colour series_colour(size_t i, size_t of)
{
    return of <= 1 ? COLOUR_ACCENT
                   : (enum scene_colour)(COLOUR_GROUP_1 +
                                         (int)(i % CHART_GROUPS));
}

bool in_series(const struct chart_row *r, const char *name)
{
    if (r->series == NULL || name == NULL)
        return r->series == name;
    return strcmp(r->series, name) == 0;
}

size_t series_of(const struct chart_data *d, const char *names[SERIES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++) {
        size_t k = 0;
        while (k < n && !in_series(&d->rows[i], names[k]))
            k++;
        if (k == n && n < SERIES_MAX)
            names[n++] = d->rows[i].series;
    }
    return n;
}
