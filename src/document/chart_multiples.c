/* Small multiples: one panel a series, all on the same scales. */
#include "document/chart_draw.h"

#include <string.h>

#define GAP 12.0
#define PANEL_WIDTH 11.0  /* text sizes, the least */
#define PANEL_HEIGHT 5.5  /* of the plot */

struct panels {
    const char *names[SERIES_MAX];
    size_t count, across;
    struct range x, y;
    struct ticks t;
    double left, width; /* of the numbers at the left; of one panel */
};

static bool is_point(const struct chart_row *r)
{
    return !isnan(row_x(r)) && !isnan(row_value(r));
}

static double point_value(const struct chart_row *r)
{
    return is_point(r) ? row_value(r) : CHART_NONE;
}

static void plan(struct canvas *c, struct panels *p)
{
    const struct chart_data *d = c->d;
    p->x = p->y = (struct range){CHART_NONE, CHART_NONE};
    p->count = series_of(d, p->names);
    for (size_t i = 0; i < d->count; i++)
        if (is_point(&d->rows[i])) {
            range_add(&p->x, d->rows[i].x);
            range_add(&p->y, d->rows[i].value);
            range_add(&p->y, d->rows[i].low);
            range_add(&p->y, d->rows[i].high);
        }
    range_add(&p->y, d->reference);
    p->t = whole_ticks(&p->y, 3);
    (void)nice_ticks(&p->x, 2); /* widens a range without extent */
    p->left = ticks_width(c, &p->t, d->percent_y) + 5.0;
    double room = c->width - p->left - 1.0;
    double fits = (room + GAP) / (PANEL_WIDTH * c->size + GAP);
    p->across = fits < 2.0 ? 1 : fits > 6.0 ? 6 : (size_t)fits;
    if (p->across > p->count)
        p->across = p->count;
    if (p->across == 1 && p->count > 1)
        room = fmin(room, 3.0 * PANEL_WIDTH * c->size);
    p->width = (room - GAP * (double)(p->across - 1)) / (double)p->across;
}

/* The first and the last period under a panel; the last alone when two have
 * no room. */
static double draw_periods(struct canvas *c, const struct panels *p,
                           struct box plot, size_t s, bool draw)
{
    const struct chart_row *first = NULL, *last = NULL;
    struct ink k = {c->small, COLOUR_MUTED, false, ANCHOR_START};
    double y = plot.y1 + 5.0 + ASCENT * c->small;
    for (size_t i = 0; i < c->d->count; i++) {
        const struct chart_row *r = &c->d->rows[i];
        if (!in_series(r, p->names[s]) || !is_point(r))
            continue;
        first = first == NULL ? r : first;
        last = r;
    }
    if (first == NULL)
        return 0.0;
    double half = (plot.x1 - plot.x0) / 2.0 - 3.0;
    const char *a = first->label, *b = last->label;
    struct lines la = wrap(c, a != NULL ? a : number_text(c, row_x(first)),
                           c->small, false, half);
    struct lines lb = wrap(c, b != NULL ? b : number_text(c, row_x(last)),
                           c->small, false, half);
    if (draw) {
        draw_lines(c, plot.x0, y, &la, k);
        k.anchor = ANCHOR_END;
        if (first != last)
            draw_lines(c, plot.x1, y, &lb, k);
    }
    return (double)(la.count > lb.count ? la.count : lb.count) * LEADING *
               c->small + 5.0;
}

static void draw_grid(struct canvas *c, const struct panels *p,
                      struct box plot, const struct scale *sy, bool numbers)
{
    struct ink k = {c->small, COLOUR_MUTED, false, ANCHOR_END};
    for (size_t i = 0; i < p->t.count; i++) {
        double y = at(sy, p->t.at[i]);
        draw_line(c, plot.x0, y, plot.x1, y, COLOUR_RULE, HAIRLINE);
        if (numbers)
            draw_text(c, plot.x0 - 5.0, y + MIDDLE * c->small,
                      tick_text(c, &p->t, i, c->d->percent_y), k);
    }
    double ref = plotted(c->d->reference);
    if (isnan(ref))
        return;
    struct mark *m = draw_line(c, plot.x0, at(sy, ref), plot.x1, at(sy, ref),
                               COLOUR_AGAINST, 0.8);
    if (m != NULL)
        m->dashed = true;
}

static void draw_series(struct canvas *c, const struct panels *p,
                        struct box plot, const struct scale *sy, size_t s)
{
    const struct chart_data *d = c->d;
    struct scale sx = {p->x.lo, p->x.hi, plot.x0 + 3.0, plot.x1 - 3.0};
    double *xy = canvas_array(c, 2 * d->count, sizeof *xy);
    size_t n = 0;
    if (xy == NULL)
        return;
    for (size_t i = 0; i < d->count; i++) {
        const struct chart_row *r = &d->rows[i];
        double low = plotted(r->low), high = plotted(r->high);
        if (!in_series(r, p->names[s]) || !is_point(r))
            continue;
        double x = at(&sx, row_x(r)), y = at(sy, row_value(r));
        xy[2 * n] = x;
        xy[2 * n++ + 1] = y;
        if (!isnan(low) && !isnan(high))
            draw_line(c, x, at(sy, low), x, at(sy, high), COLOUR_ACCENT_MID,
                      1.0);
    }
    draw_points(c, MARK_PATH, xy, n, COLOUR_ACCENT, 1.2);
    for (size_t i = 0, k = 0; i < d->count; i++) {
        const struct chart_row *r = &d->rows[i];
        if (!in_series(r, p->names[s]) || !is_point(r))
            continue;
        draw_dot(c, xy[2 * k], xy[2 * k + 1], 1.8, COLOUR_ACCENT, r->marked);
        k++;
    }
}

/* One line of panels from `top`; the y below it. */
static double draw_line_of(struct canvas *c, const struct panels *p,
                           size_t first, double top)
{
    struct lines title[6];
    size_t n = p->count - first < p->across ? p->count - first : p->across;
    double most = 0.0, under = 0.0, height = PANEL_HEIGHT * c->size;
    for (size_t i = 0; i < n; i++) {
        title[i] = wrap(c, p->names[first + i], c->size, true, p->width);
        most = fmax(most, (double)title[i].count);
    }
    double plot_y = top + (most * LEADING + 0.6) * c->size;
    struct scale sy = {p->y.lo, p->y.hi, plot_y + height, plot_y};
    for (size_t i = 0; i < n && !c->failed; i++) {
        struct ink k = {c->size, COLOUR_INK, true, ANCHOR_START};
        double x = p->left + (double)i * (p->width + GAP);
        struct box plot = {x, plot_y, x + p->width, plot_y + height};
        draw_lines(c, x, top + ASCENT * c->size, &title[i], k);
        draw_grid(c, p, plot, &sy, i == 0);
        draw_series(c, p, plot, &sy, first + i);
        under = fmax(under, draw_periods(c, p, plot, first + i, true));
    }
    return plot_y + height + under;
}

static double draw_words(struct canvas *c, const char *text, double y)
{
    struct lines l = wrap(c, text, c->small, false, c->width);
    struct ink k = {c->small, COLOUR_MUTED, false, ANCHOR_START};
    draw_lines(c, 0.0, y + ASCENT * c->small, &l, k);
    return l.count == 0 ? y : y + (double)l.count * LEADING * c->small + 3.0;
}

status chart_multiples(const struct chart_data *d, struct scene **out,
                       struct error *e)
{
    struct canvas c;
    struct panels p;
    memset(&p, 0, sizeof p);
    TRY(canvas_open(&c, d, point_value, e));
    plan(&c, &p);
    double y = draw_words(&c, d->y_title, 1.0);
    for (size_t i = 0; i < p.count && !c.failed; i += p.across)
        y = draw_line_of(&c, &p, i, y) + 0.8 * c.size;
    y = draw_words(&c, d->reference_label, y);
    y = draw_words(&c, d->x_title, y);
    return canvas_close(&c, y, out, e);
}
