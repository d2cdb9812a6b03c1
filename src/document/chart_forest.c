/* Forest: a dot and interval a group, N and the numbers in columns beside it. */
#include "document/chart_draw.h"

#define COLUMN_GAP 10.0
#define PITCH 2.0
#define ROOM 0.33 /* of the figure, the least for the plot */

struct forest {
    struct rows rows;
    const char **value, **count; /* printed, or NULL */
    double value_width, count_width;
    bool value_above;            /* no room for a column of values */
    int decimals;                /* of the intervals */
    struct scale s;
};

/* "0.84 (0.78–0.90)" unless the printed form already tells its interval. */
static const char *value_text(struct canvas *c, const struct chart_row *r,
                              int decimals)
{
    const char *text = row_text(c, r);
    double low = plotted(r->low), high = plotted(r->high);
    if (text == NULL || isnan(low) || isnan(high) || r->reference)
        return text;
    for (const char *p = text; *p != '\0'; p++)
        if (*p == '(')
            return text;
    struct buf b = BUF_INIT(4096);
    double size = fmax(fabs(low), fabs(high));
    if (c->d->language != NULL && size < 1e7)
        language_range(c->d->language, low, high, decimals, &b);
    else
        buf_printf(&b, "%s\xe2\x80\x93%s", number_text(c, low),
                   number_text(c, high));
    const char *all = arena_format(c->arena, "%s (%s)", text, buf_text(&b));
    buf_free(&b);
    if (all == NULL)
        canvas_lost(c);
    return all;
}

static const char *count_text(struct canvas *c, const struct chart_row *r)
{
    double n = plotted(r->n);
    if (r->count != NULL && *r->count != '\0')
        return r->count;
    if (isnan(n))
        return NULL;
    struct buf b = BUF_INIT(4096);
    if (c->d->language != NULL && fabs(n) < 1e15)
        language_number(c->d->language, n, 0, &b);
    else
        buf_puts(&b, number_text(c, n));
    const char *text = arena_string(c->arena, buf_text(&b));
    buf_free(&b);
    if (text == NULL)
        canvas_lost(c);
    return text;
}

/* Two digits of the widest interval, the same in all rows. */
static int interval_decimals(const struct chart_data *d)
{
    double width = 0.0;
    for (size_t i = 0; i < d->count; i++) {
        double w = plotted(d->rows[i].high) - plotted(d->rows[i].low);
        width = fmax(width, isnan(w) ? 0.0 : fabs(w));
    }
    if (width <= 0.0)
        return 2;
    int decimals = 1 - (int)floor(log10(width));
    return decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
}

static bool read_columns(struct canvas *c, struct forest *f)
{
    const struct chart_data *d = c->d;
    f->value = canvas_array(c, d->count, sizeof *f->value);
    f->count = canvas_array(c, d->count, sizeof *f->count);
    if (f->value == NULL || f->count == NULL)
        return false;
    f->decimals = interval_decimals(d);
    for (size_t i = 0; i < d->count && !c->failed; i++) {
        f->value[i] = value_text(c, &d->rows[i], f->decimals);
        f->count[i] = count_text(c, &d->rows[i]);
        f->value_width = fmax(f->value_width,
                              wide_of(c, f->value[i], c->size, false));
        f->count_width = fmax(f->count_width,
                              wide_of(c, f->count[i], c->size, false));
    }
    return !c->failed;
}

/* The values go above, as notes of their rows. */
static void values_above(struct canvas *c, struct forest *f,
                         struct chart_data *copy)
{
    struct chart_row *rows = canvas_array(c, copy->count, sizeof *rows);
    if (rows == NULL)
        return;
    for (size_t i = 0; i < copy->count; i++) {
        rows[i] = copy->rows[i];
        rows[i].note = f->value[i];
    }
    copy->rows = rows;
    f->value_above = true;
    f->value_width = 0.0;
    rows_layout(c, &f->rows, 0.3, 1e6, true);
}

static void columns(struct canvas *c, struct forest *f,
                    struct chart_data *copy)
{
    if (!read_columns(c, f))
        return;
    rows_layout(c, &f->rows, 0.3, 38.0, false);
    double beside = (f->count_width > 0.0 ? f->count_width + COLUMN_GAP : 0.0) +
                    f->value_width + COLUMN_GAP + f->rows.plot_x;
    if (c->width - beside < ROOM * c->width)
        values_above(c, f, copy);
    f->rows.pitch = fmin(f->rows.pitch, PITCH * c->size);
    f->rows.bar = c->size;
    double left = f->rows.plot_x, right = c->width - 4.0;
    if (f->count_width > 0.0)
        left += f->count_width + COLUMN_GAP;
    if (f->value_width > 0.0)
        right = c->width - f->value_width - COLUMN_GAP;
    f->s.from = left + 4.0;
    f->s.to = right;
}

static struct range cover(const struct chart_data *d)
{
    struct range r = {CHART_NONE, CHART_NONE};
    for (size_t i = 0; i < d->count; i++) {
        range_add(&r, d->rows[i].value);
        range_add(&r, d->rows[i].low);
        range_add(&r, d->rows[i].high);
    }
    range_add(&r, d->reference);
    range_add(&r, d->limit);
    double pad = 0.04 * (r.hi - r.lo);
    r.lo -= pad;
    r.hi += pad;
    return r;
}

/* --- heads ---------------------------------------------------------------- */

static struct box between(double x0, double x1, double y0, double y1)
{
    return (struct box){x0, y0, x1, y1};
}

/* A head on the first line that is free between x0 and x1, next to x. */
static double head(struct canvas *c, const char *text, double x,
                   enum mark_anchor anchor, struct box *used, size_t *count,
                   enum scene_colour ink)
{
    struct lines l = wrap(c, text, c->small, false, c->width);
    struct ink k = {c->small, ink, false, ANCHOR_START};
    if (l.count == 0)
        return 0.0;
    double left = anchor == ANCHOR_START ? x
                  : anchor == ANCHOR_END ? x - l.width
                                         : x - l.width / 2.0;
    left = fmax(0.0, fmin(left, c->width - l.width));
    double step = LEADING * c->small, y = 0.0, h = (double)l.count * step;
    for (size_t i = 0; i < *count; i++)
        if (left < used[i].x1 + 4.0 && left + l.width > used[i].x0 - 4.0)
            y = fmax(y, used[i].y1);
    draw_lines(c, left, y + ASCENT * c->small, &l, k);
    used[(*count)++] = between(left, left + l.width, y, y + h);
    return y + h;
}

static double heads(struct canvas *c, const struct forest *f)
{
    const struct chart_data *d = c->d;
    struct box used[4];
    size_t n = 0;
    double h = 0.0, limit = plotted(d->limit), ref = plotted(d->reference);
    if (f->count_width > 0.0)
        h = fmax(h, head(c, d->count_title, f->rows.plot_x + f->count_width,
                         ANCHOR_END, used, &n, COLOUR_MUTED));
    h = fmax(h, head(c, d->value_title,
                     f->value_above ? 0.0 : c->width - f->value_width,
                     ANCHOR_START, used, &n, COLOUR_MUTED));
    if (!isnan(limit))
        h = fmax(h, head(c, d->limit_label, at(&f->s, limit), ANCHOR_MIDDLE,
                         used, &n, COLOUR_AGAINST));
    if (!isnan(ref))
        h = fmax(h, head(c, d->reference_label, at(&f->s, ref), ANCHOR_MIDDLE,
                         used, &n, COLOUR_INK));
    return h + 2.0;
}

static void draw_row(struct canvas *c, const struct forest *f, size_t i,
                     double middle)
{
    const struct chart_row *r = &c->d->rows[i];
    double v = row_value(r), low = plotted(r->low), high = plotted(r->high);
    struct ink k = {c->size, COLOUR_MUTED, false, ANCHOR_END};
    double y = middle + MIDDLE * c->size;
    draw_text(c, f->rows.plot_x + f->count_width, y, f->count[i], k);
    k.anchor = ANCHOR_START;
    k.colour = r->reference ? COLOUR_MUTED : COLOUR_INK;
    if (!f->value_above)
        draw_text(c, c->width - f->value_width, y, f->value[i], k);
    if (!isnan(low) && !isnan(high) && !r->reference)
        draw_line(c, at(&f->s, low), middle, at(&f->s, high), middle,
                  COLOUR_ACCENT, 1.3);
    if (isnan(v))
        return;
    if (r->reference)
        draw_diamond(c, at(&f->s, v), middle, 3.2, COLOUR_INK);
    else
        draw_dot(c, at(&f->s, v), middle, 2.7, COLOUR_ACCENT, r->marked);
}

status chart_forest(const struct chart_data *d, struct scene **out,
                    struct error *e)
{
    struct canvas c;
    struct chart_data copy = *d;
    struct forest f = {.value_width = 0.0};
    TRY(canvas_open(&c, d, row_value, e));
    c.d = &copy;
    columns(&c, &f, &copy);
    if (c.failed)
        return canvas_failed(&c, e);
    struct range r = cover(d);
    (void)nice_ticks(&r, 6); /* widens a range without extent */
    f.s.lo = r.lo;
    f.s.hi = r.hi;
    double top = heads(&c, &f), bottom = top;
    for (size_t i = 0; i < d->count; i++)
        bottom += rows_height(&c, &f.rows, i);
    double end = draw_axis_x(&c, &f.s, top, bottom, false, !f.rows.above);
    double ref = plotted(d->reference), limit = plotted(d->limit);
    if (!isnan(limit))
        rows_upright(&c, &f.rows, at(&f.s, limit), top, COLOUR_AGAINST, true);
    if (!isnan(ref))
        rows_upright(&c, &f.rows, at(&f.s, ref), top, COLOUR_INK, false);
    for (size_t i = 0; i < d->count && !c.failed; i++) {
        draw_row(&c, &f, i, rows_draw(&c, &f.rows, i, top));
        top += rows_height(&c, &f.rows, i);
    }
    return canvas_close(&c, end, out, e);
}
