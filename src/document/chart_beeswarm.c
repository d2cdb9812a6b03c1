/* Beeswarm: one row a feature, a dot a case, moved aside by how many stand in
 * the same place; colour by the rank of the feature's value. */
#include "document/chart_draw.h"

#include <string.h>

#define RADIUS 1.3
#define STEP 2.2  /* width of a density bin, and between dots at most */
#define LANE 2.3  /* text sizes a row of dots takes at most */

enum { DOTS_MAX = 2000 };

struct swarm {
    struct chart_row *features; /* one row a label */
    size_t count;
    size_t *of;                 /* feature of each case; count: not drawn */
    struct rows rows;
    struct scale s;
};

static double case_x(const struct chart_row *r)
{
    return r->label == NULL ? CHART_NONE : row_x(r);
}

/* Features in order of first use; every k-th case when there are too many. */
static bool find_features(struct canvas *c, struct swarm *w)
{
    const struct chart_data *d = c->d;
    size_t most = DOTS_MAX - SERIES_MAX, *seen; /* each row rounds up */
    size_t stride = (d->count + most - 1) / most;
    w->features = canvas_array(c, SERIES_MAX, sizeof *w->features);
    w->of = canvas_array(c, d->count, sizeof *w->of);
    seen = canvas_array(c, SERIES_MAX, sizeof *seen);
    if (w->features == NULL || w->of == NULL || seen == NULL)
        return false;
    for (size_t i = 0; i < d->count; i++) {
        const struct chart_row *r = &d->rows[i];
        size_t k = 0;
        w->of[i] = SERIES_MAX;
        if (isnan(case_x(r)))
            continue;
        while (k < w->count && strcmp(w->features[k].label, r->label) != 0)
            k++;
        if (k == w->count && k == SERIES_MAX)
            continue;
        if (k == w->count)
            w->features[w->count++].label = r->label;
        if (seen[k]++ % stride == 0)
            w->of[i] = k;
    }
    return true;
}

static void draw_case(struct canvas *c, double x, double y,
                      const struct chart_row *r)
{
    double rank = plotted(r->value);
    enum scene_colour ink = isnan(rank)        ? COLOUR_RULE
                            : rank < 1.0 / 3.0 ? COLOUR_ACCENT_PALE
                            : rank < 2.0 / 3.0 ? COLOUR_ACCENT_MID
                                               : COLOUR_ACCENT;
    draw_dot(c, x, y, RADIUS, ink, false);
}

static size_t bin_of(const struct swarm *w, double x)
{
    return (size_t)((x - w->s.from) / STEP);
}

/* The k-th dot of a bin stands k / 2 steps above or below the middle. */
static void draw_lane(struct canvas *c, const struct swarm *w, size_t feature,
                      double middle, size_t *bins, size_t bin_count)
{
    const struct chart_data *d = c->d;
    double half = LANE * c->size / 2.0 - RADIUS;
    size_t most = 1;
    memset(bins, 0, bin_count * sizeof *bins);
    for (size_t i = 0; i < d->count; i++)
        if (w->of[i] == feature) {
            size_t n = ++bins[bin_of(w, at(&w->s, row_x(&d->rows[i])))];
            most = n > most ? n : most;
        }
    double step = fmin(STEP, 2.0 * half / (double)most);
    memset(bins, 0, bin_count * sizeof *bins);
    for (size_t i = 0; i < d->count && !c->failed; i++) {
        if (w->of[i] != feature)
            continue;
        double x = at(&w->s, row_x(&d->rows[i]));
        size_t k = bins[bin_of(w, x)]++;
        double away = (double)((k + 1) / 2) * step;
        draw_case(c, x, middle + (k % 2 == 1 ? -away : away), &d->rows[i]);
    }
}

static double key(struct canvas *c, double y, const char *text,
                  enum scene_colour ink)
{
    struct ink k = {c->small, COLOUR_MUTED, false, ANCHOR_START};
    struct lines l = wrap(c, text, c->small, false, c->width - 10.0);
    if (l.count == 0)
        return y;
    draw_dot(c, 3.0, y + LEADING / 2.0 * c->small, 2.0, ink, false);
    draw_lines(c, 10.0, y + (LEADING / 2.0 + MIDDLE) * c->small, &l, k);
    return y + (double)l.count * LEADING * c->small;
}

status chart_beeswarm(const struct chart_data *d, struct scene **out,
                      struct error *e)
{
    struct canvas c;
    struct swarm w = {.count = 0};
    struct chart_data features = *d;
    struct range r = {0.0, 0.0};
    TRY(canvas_open(&c, d, case_x, e));
    if (!find_features(&c, &w))
        return canvas_failed(&c, e);
    features.rows = w.features;
    features.count = w.count;
    c.d = &features;
    rows_layout(&c, &w.rows, 0.34, NARROW, false);
    c.d = d;
    w.rows.pitch = (LANE + 0.4) * c.size;
    w.rows.bar = LANE * c.size;
    w.s.from = w.rows.plot_x + 3.0;
    w.s.to = c.width - 3.0;
    for (size_t i = 0; i < d->count; i++)
        range_add(&r, case_x(&d->rows[i]));
    (void)nice_ticks(&r, 6); /* widens a range without extent */
    w.s.lo = r.lo;
    w.s.hi = r.hi;
    size_t bin_count = bin_of(&w, w.s.to) + 1;
    size_t *bins = canvas_array(&c, bin_count, sizeof *bins);
    if (c.failed)
        return canvas_failed(&c, e);
    double y = 1.0, bottom = 1.0;
    for (size_t i = 0; i < w.count; i++)
        bottom += rows_height(&c, &w.rows, i);
    double end = draw_axis_x(&c, &w.s, y, bottom, false, !w.rows.above);
    rows_upright(&c, &w.rows, at(&w.s, 0.0), y, COLOUR_INK, false);
    for (size_t i = 0; i < w.count && !c.failed; i++) {
        draw_lane(&c, &w, i, rows_draw(&c, &w.rows, i, y), bins, bin_count);
        y += rows_height(&c, &w.rows, i);
    }
    end = key(&c, end, d->low_label, COLOUR_ACCENT_PALE);
    end = key(&c, end, d->high_label, COLOUR_ACCENT);
    return canvas_close(&c, end, out, e);
}
