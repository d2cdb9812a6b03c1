/* Calibration: predicted against observed, with intervals, beside the diagonal;
 * below it how many cases each dot stands for. */
#include "document/chart_draw.h"

#define WIDEST_BAR 14.0

static double row_n(const struct chart_row *r)
{
    double n = plotted(r->n);
    return n > 0.0 ? n : CHART_NONE;
}

/* Bins when given, else the dots' own counts. */
static const struct chart_row *counted(const struct chart_data *d, size_t *n)
{
    *n = d->bins != NULL ? d->bin_count : d->count;
    return d->bins != NULL ? d->bins : d->rows;
}

static struct range count_range(const struct chart_data *d)
{
    struct range r = {CHART_NONE, CHART_NONE};
    size_t n;
    const struct chart_row *rows = counted(d, &n);
    for (size_t i = 0; i < n; i++)
        if (!isnan(row_x(&rows[i])) && !isnan(row_n(&rows[i]))) {
            range_add(&r, 0.0);
            range_add(&r, row_n(&rows[i]));
        }
    return r;
}

/* Bars never touch: they share the least distance of two. */
static double bar_width(const struct chart_row *rows, size_t n,
                        const struct scale *s)
{
    double w = WIDEST_BAR / 0.8, before = CHART_NONE;
    for (size_t i = 0; i < n; i++) {
        if (isnan(row_x(&rows[i])) || isnan(row_n(&rows[i])))
            continue;
        double x = at(s, row_x(&rows[i]));
        if (!isnan(before) && fabs(x - before) > 0.0)
            w = fmin(w, fabs(x - before));
        before = x;
    }
    return fmax(0.8 * w, 1.0);
}

static double draw_counts(struct canvas *c, const struct frame *f,
                          struct range r, struct ticks *t, double top)
{
    struct ink k = {c->small, COLOUR_MUTED, false, ANCHOR_START};
    struct lines title = wrap(c, c->d->count_title, c->small, false, c->width);
    draw_lines(c, 0.0, top + ASCENT * c->small, &title, k);
    top += ((double)title.count + 0.6) * LEADING * c->small;
    double bottom = top + 3.2 * LEADING * c->small;
    struct scale s = {r.lo, r.hi, bottom, top};
    size_t n;
    const struct chart_row *rows = counted(c->d, &n);
    double w = bar_width(rows, n, &f->sx);
    k.anchor = ANCHOR_END;
    for (size_t i = 0; i < t->count; i++) {
        double y = at(&s, t->at[i]);
        draw_line(c, f->plot.x0, y, f->plot.x1, y, COLOUR_RULE, HAIRLINE);
        draw_text(c, f->plot.x0 - 5.0, y + MIDDLE * c->small,
                  tick_text(c, t, i, false), k);
    }
    for (size_t i = 0; i < n; i++) {
        if (isnan(row_x(&rows[i])) || isnan(row_n(&rows[i])))
            continue;
        double x = at(&f->sx, row_x(&rows[i]));
        draw_rect(c, fmax(x - w / 2.0, f->plot.x0), at(&s, row_n(&rows[i])),
                  fmin(x + w / 2.0, f->plot.x1), bottom, COLOUR_ACCENT_MID);
    }
    return bottom + 0.7 * c->small;
}

static void draw_dots(struct canvas *c, const struct frame *f)
{
    for (size_t i = 0; i < c->d->count; i++) {
        const struct chart_row *r = &c->d->rows[i];
        double low = plotted(r->low), high = plotted(r->high);
        if (isnan(row_x(r)) || isnan(row_y(r)))
            continue;
        double x = at(&f->sx, row_x(r));
        if (!isnan(low) && !isnan(high))
            draw_line(c, x, at(&f->sy, low), x, at(&f->sy, high),
                      COLOUR_ACCENT, 1.3);
        draw_dot(c, x, at(&f->sy, row_y(r)), 2.6, COLOUR_ACCENT, r->marked);
    }
}

static void cover(struct frame *f, const struct chart_data *d)
{
    range_add(&f->x, 0.0);
    for (size_t i = 0; i < d->count; i++) {
        const struct chart_row *r = &d->rows[i];
        if (isnan(row_x(r)) || isnan(row_y(r)))
            continue;
        range_add(&f->x, r->x);
        range_add(&f->x, row_y(r));
        range_add(&f->x, r->low);
        range_add(&f->x, r->high);
    }
    f->y = f->x; /* one scale both ways, so that the diagonal is one */
}

status chart_calibration(const struct chart_data *d, struct scene **out,
                         struct error *e)
{
    struct canvas c;
    TRY(canvas_open(&c, d, row_y, e));
    struct range n = count_range(d);
    struct ticks t = {.count = 0};
    struct frame f = {.x = {CHART_NONE, CHART_NONE}, .top = 1.0,
                      .height = plot_height(&c), .whole_x = true};
    if (!isnan(n.lo)) {
        t = whole_ticks(&n, 2);
        f.left_margin = ticks_width(&c, &t, false) + 5.0;
    }
    cover(&f, d);
    draw_frame(&c, &f);
    draw_diagonal(&c, &f);
    draw_dots(&c, &f);
    label_diagonal(&c, &f);
    double bottom = f.bottom;
    if (!isnan(n.lo))
        bottom = draw_counts(&c, &f, n, &t, f.bottom + 0.5 * c.small);
    return canvas_close(&c, bottom, out, e);
}
