/* Lines with interval bands: dependence, ALE, ROC, PR, KS, gains. */
#include "document/chart_draw.h"

#include <string.h>

#define RUG 6.0
#define LINE_WIDTH 1.5
#define CLOSE 0.25 /* points nearer than this to the last are not drawn */

struct path {
    double *xy;
    size_t count;
    size_t last; /* row of the last point */
};

/* --- one series ----------------------------------------------------------- */

static void path_add(struct path *p, double x, double y, bool keep)
{
    if (!keep && p->count > 0 &&
        fabs(x - p->xy[2 * p->count - 2]) < CLOSE &&
        fabs(y - p->xy[2 * p->count - 1]) < CLOSE)
        return;
    p->xy[2 * p->count] = x;
    p->xy[2 * p->count + 1] = y;
    p->count++;
}

static bool drawable(const struct chart_row *r, const char *name)
{
    return in_series(r, name) && !isnan(row_x(r)) && !isnan(row_y(r));
}

static struct path path_of(struct canvas *c, const struct frame *f,
                           const char *name)
{
    const struct chart_data *d = c->d;
    struct path p = {canvas_array(c, 2 * d->count + 1, 2 * sizeof *p.xy), 0, 0};
    if (p.xy == NULL)
        return p;
    for (size_t i = 0; i < d->count; i++)
        if (drawable(&d->rows[i], name))
            p.last = i;
    for (size_t i = 0; i < d->count; i++) {
        const struct chart_row *r = &d->rows[i];
        if (!drawable(r, name))
            continue;
        double x = at(&f->sx, row_x(r)), y = at(&f->sy, row_y(r));
        if (d->steps && p.count > 0)
            path_add(&p, x, p.xy[2 * p.count - 1], true);
        path_add(&p, x, y, i == p.last);
    }
    return p;
}

static bool has_band(const struct chart_row *r)
{
    return !isnan(plotted(r->low)) && !isnan(plotted(r->high));
}

/* One edge of a band, dashed where it is thin. */
static void edge(struct canvas *c, const struct frame *f,
                 const struct chart_row *a, const struct chart_row *b,
                 bool high, bool dashed, enum scene_colour ink)
{
    double ya = at(&f->sy, plotted(high ? a->high : a->low));
    double yb = at(&f->sy, plotted(high ? b->high : b->low));
    struct mark *m = draw_line(c, at(&f->sx, row_x(a)), ya,
                               at(&f->sx, row_x(b)), yb, ink, 0.6);
    if (m != NULL)
        m->dashed = dashed;
}

/* The area of rows from…to of a series: along the low ends, back along the
 * high ones. */
static void fill(struct canvas *c, const struct frame *f, const char *name,
                 size_t from, size_t to)
{
    size_t n = 0, most = to - from + 1;
    double *p = canvas_array(c, 4 * most, sizeof *p);
    if (p == NULL)
        return;
    for (size_t i = from; i <= to; i++)
        if (drawable(&c->d->rows[i], name)) {
            p[2 * n] = at(&f->sx, row_x(&c->d->rows[i]));
            p[2 * n++ + 1] = at(&f->sy, plotted(c->d->rows[i].low));
        }
    for (size_t i = to + 1; i-- > from;)
        if (drawable(&c->d->rows[i], name)) {
            p[2 * n] = at(&f->sx, row_x(&c->d->rows[i]));
            p[2 * n++ + 1] = at(&f->sy, plotted(c->d->rows[i].high));
        }
    if (n > 2)
        draw_points(c, MARK_AREA, p, n, COLOUR_ACCENT_PALE, 0.0);
}

static void draw_band(struct canvas *c, const struct frame *f,
                      const char *name, bool alone, enum scene_colour ink)
{
    const struct chart_row *before = NULL, *rows = c->d->rows;
    size_t from = 0; /* of the run that is filled */
    for (size_t i = 0; i < c->d->count; i++) {
        const struct chart_row *r = &rows[i];
        if (!drawable(r, name))
            continue;
        bool both = before != NULL && has_band(before) && has_band(r);
        bool thin = both && (before->marked || r->marked);
        if (both && (!alone || thin)) {
            edge(c, f, before, r, false, thin, ink);
            edge(c, f, before, r, true, thin, ink);
        }
        if (!both || thin || !alone) {
            if (before != NULL && alone && from < (size_t)(before - rows))
                fill(c, f, name, from, (size_t)(before - rows));
            from = i;
        }
        before = r;
    }
    if (before != NULL && alone && from < (size_t)(before - rows))
        fill(c, f, name, from, (size_t)(before - rows));
}

static void draw_path(struct canvas *c, const struct path *p, size_t s,
                      size_t of)
{
    enum scene_colour ink = series_colour(s, of);
    if (p->count == 1)
        draw_dot(c, p->xy[0], p->xy[1], 2.5, ink, false);
    struct mark *m = draw_points(c, MARK_PATH, p->xy, p->count, ink,
                                 LINE_WIDTH);
    if (m != NULL)
        m->dashed = s >= CHART_GROUPS; /* colours come round again */
    keep_clear_of(c, p->xy, p->count);
}

/* --- what else stands in the plot ----------------------------------------- */

static void level(struct canvas *c, const struct frame *f, double y,
                  const char *label, enum scene_colour ink, bool dashed)
{
    struct ink k = {c->size, ink, false, ANCHOR_START};
    if (isnan(plotted(y)))
        return;
    y = at(&f->sy, plotted(y));
    struct mark *m = draw_line(c, f->plot.x0, y, f->plot.x1, y, ink, 0.8);
    if (m != NULL)
        m->dashed = dashed;
    place_label(c, f->plot.x1, y, 0.0, label, k, f->plot);
}

static void draw_cutoff(struct canvas *c, const struct frame *f)
{
    const struct chart_data *d = c->d;
    struct ink k = {c->size, COLOUR_INK, false, ANCHOR_START};
    double x = plotted(d->cutoff), y = plotted(d->cutoff_y);
    if (isnan(x))
        return;
    x = at(&f->sx, x);
    if (!isnan(y)) {
        draw_dot(c, x, at(&f->sy, y), 3.0, COLOUR_AGAINST, false);
        place_label(c, x, at(&f->sy, y), 3.0, d->cutoff_label, k, f->plot);
        return;
    }
    struct mark *m = draw_line(c, x, f->plot.y0, x, f->plot.y1,
                               COLOUR_AGAINST, 0.8);
    if (m != NULL)
        m->dashed = true;
    draw_head_at(c, x, f->top - f->over, d->cutoff_label);
}

static void draw_rug(struct canvas *c, const struct frame *f)
{
    for (size_t i = 0; i < c->d->bin_count; i++) {
        double x = row_x(&c->d->bins[i]);
        if (isnan(x) || x < f->sx.lo || x > f->sx.hi)
            continue;
        x = at(&f->sx, x);
        draw_line(c, x, f->plot.y1 + 1.0, x, f->plot.y1 + RUG, COLOUR_ACCENT,
                  0.8);
    }
}

static void cover(struct frame *f, const struct chart_data *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct chart_row *r = &d->rows[i];
        if (isnan(row_x(r)) || isnan(row_y(r)))
            continue;
        range_add(&f->x, r->x);
        range_add(&f->y, row_y(r));
        range_add(&f->y, r->low);
        range_add(&f->y, r->high);
    }
    range_add(&f->x, d->cutoff);
    range_add(&f->y, d->cutoff_y);
    range_add(&f->y, d->reference);
    range_add(&f->y, d->limit);
    if (!d->diagonal)
        return;
    range_add(&f->x, f->y.lo);
    range_add(&f->x, f->y.hi);
    f->y = f->x;
    f->whole_x = true;
}

status chart_line(const struct chart_data *d, struct scene **out,
                  struct error *e)
{
    struct canvas c;
    struct ends ends;
    const char *names[SERIES_MAX];
    TRY(canvas_open(&c, d, row_y, e));
    size_t count = series_of(d, names);
    measure_ends(&c, &ends, names, count);
    struct frame f = {.x = {CHART_NONE, CHART_NONE},
                      .y = {CHART_NONE, CHART_NONE}, .top = 1.0,
                      .height = fmax(plot_height(&c), ends.total),
                      .right_margin = ends.width > 0.0 ? ends.width + 10.0 : 0,
                      .under = d->bin_count > 0 ? RUG : 0.0};
    if (!isnan(plotted(d->cutoff)) && isnan(plotted(d->cutoff_y)))
        f.over = head_height(&c, d->cutoff_label);
    cover(&f, d);
    draw_frame(&c, &f);
    if (d->diagonal)
        draw_diagonal(&c, &f);
    for (size_t i = 0; i < count && !c.failed; i++)
        draw_band(&c, &f, names[i], count == 1, series_colour(i, count));
    for (size_t i = 0; i < count && !c.failed; i++) {
        struct path p = path_of(&c, &f, names[i]);
        if (p.xy == NULL || p.count == 0)
            continue;
        draw_path(&c, &p, i, count);
        ends.end_x[i] = p.xy[2 * p.count - 2];
        ends.want[i] = p.xy[2 * p.count - 1];
    }
    draw_rug(&c, &f);
    draw_cutoff(&c, &f);
    level(&c, &f, d->reference, d->reference_label, COLOUR_INK, false);
    level(&c, &f, d->limit, d->limit_label, COLOUR_AGAINST, true);
    if (d->diagonal)
        label_diagonal(&c, &f);
    draw_ends(&c, &f, &ends, count);
    return canvas_close(&c, f.bottom, out, e);
}
