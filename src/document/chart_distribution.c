/* Distribution by class: one step outline a series, never stacked fills. */
#include "document/chart_draw.h"

struct outline {
    double *xy;
    size_t count;
    double peak_x, peak_y;
};

static bool is_bin(const struct chart_row *r)
{
    return !isnan(plotted(r->low)) && !isnan(plotted(r->high)) &&
           !isnan(row_value(r));
}

static double bin_value(const struct chart_row *r)
{
    return is_bin(r) ? row_value(r) : CHART_NONE;
}

static void point(struct outline *o, double x, double y)
{
    o->xy[2 * o->count] = x;
    o->xy[2 * o->count + 1] = y;
    o->count++;
}

/* Bins in the order given; where one does not begin at the end of the one
 * before, the outline goes down to zero between them. */
static struct outline outline_of(struct canvas *c, const struct frame *f,
                                 const char *name)
{
    struct outline o = {canvas_array(c, 8 * c->d->count + 8, sizeof *o.xy), 0,
                        f->plot.x0, f->plot.y1};
    double zero = at(&f->sy, 0.0), end = CHART_NONE;
    for (size_t i = 0; o.xy != NULL && i < c->d->count; i++) {
        const struct chart_row *r = &c->d->rows[i];
        if (!in_series(r, name) || !is_bin(r))
            continue;
        double a = at(&f->sx, plotted(r->low)), b = at(&f->sx, plotted(r->high));
        double y = at(&f->sy, row_value(r));
        if (!isnan(end) && fabs(end - a) > 0.01)
            point(&o, end, zero);
        if (isnan(end) || fabs(end - a) > 0.01)
            point(&o, a, zero);
        point(&o, a, y);
        point(&o, b, y);
        end = b;
        if (y < o.peak_y) {
            o.peak_y = y;
            o.peak_x = (a + b) / 2.0;
        }
    }
    if (!isnan(end))
        point(&o, end, zero);
    return o;
}

/* A label that found no room in the plot stands below it behind its line. */
static double key_line(struct canvas *c, double y, const char *name,
                       struct ink k, bool dashed)
{
    double lead = 2.2 * c->size;
    struct lines l = wrap(c, name, c->size, false, c->width - lead);
    double middle = y + LEADING / 2.0 * c->size;
    if (l.count == 0)
        return y;
    struct mark *m = draw_line(c, 0.0, middle, lead - 4.0, middle, k.colour,
                               1.5);
    if (m != NULL)
        m->dashed = dashed;
    k.anchor = ANCHOR_START;
    draw_lines(c, lead, middle + MIDDLE * c->size, &l, k);
    return y + (double)l.count * LEADING * c->size;
}

static double draw_labels(struct canvas *c, const struct frame *f,
                          const struct outline *o, const char *const *names,
                          size_t count)
{
    double bottom = f->bottom;
    for (size_t i = 0; i < count; i++) {
        struct ink k = {c->size, series_colour(i, count), false, ANCHOR_MIDDLE};
        if (names[i] == NULL || o[i].count == 0)
            continue;
        if (!place_label(c, o[i].peak_x, o[i].peak_y, 1.0, names[i], k,
                         f->plot))
            bottom = key_line(c, bottom, names[i], k, i >= CHART_GROUPS);
    }
    return bottom;
}

static void draw_cutoff(struct canvas *c, const struct frame *f)
{
    double x = plotted(c->d->cutoff);
    if (isnan(x))
        return;
    x = at(&f->sx, x);
    struct mark *m = draw_line(c, x, f->plot.y0, x, f->plot.y1, COLOUR_AGAINST,
                               0.8);
    if (m != NULL)
        m->dashed = true;
    const double xy[4] = {x, f->plot.y0, x, f->plot.y1};
    keep_clear_of(c, xy, 2);
    draw_head_at(c, x, f->top - f->over, c->d->cutoff_label);
}

static void cover(struct frame *f, const struct chart_data *d)
{
    range_add(&f->y, 0.0);
    range_add(&f->x, d->cutoff);
    for (size_t i = 0; i < d->count; i++)
        if (is_bin(&d->rows[i])) {
            range_add(&f->x, d->rows[i].low);
            range_add(&f->x, d->rows[i].high);
            range_add(&f->y, d->rows[i].value);
        }
}

status chart_distribution(const struct chart_data *d, struct scene **out,
                          struct error *e)
{
    struct canvas c;
    const char *names[SERIES_MAX];
    TRY(canvas_open(&c, d, bin_value, e));
    size_t count = series_of(d, names);
    struct outline *o = canvas_array(&c, count, sizeof *o);
    struct frame f = {.x = {CHART_NONE, CHART_NONE},
                      .y = {CHART_NONE, CHART_NONE}, .top = 1.0,
                      .height = plot_height(&c)};
    if (!isnan(plotted(d->cutoff)))
        f.over = head_height(&c, d->cutoff_label);
    if (o == NULL)
        return canvas_failed(&c, e);
    cover(&f, d);
    draw_frame(&c, &f);
    for (size_t i = 0; i < count && !c.failed; i++) {
        o[i] = outline_of(&c, &f, names[i]);
        struct mark *m = draw_points(&c, MARK_PATH, o[i].xy, o[i].count,
                                     series_colour(i, count), 1.3);
        if (m != NULL)
            m->dashed = i >= CHART_GROUPS; /* colours come round again */
    }
    if (c.failed)
        return canvas_failed(&c, e);
    for (size_t i = 0; i < count; i++)
        keep_clear_of(&c, o[i].xy, o[i].count);
    draw_cutoff(&c, &f);
    return canvas_close(&c, draw_labels(&c, &f, o, names, count), out, e);
}
