/* Waterfall: contributions stacked from the base to the total. */
#include "document/chart_draw.h"

#define GAP 5.0
#define ROOM 0.35 /* of the figure, the least for the bars */

struct fall {
    struct rows rows;
    struct scale s;
    const char **text;
    bool first, last; /* rows of base and total */
    bool text_above;
};

/* The rows with base and total as rows of their own. */
static bool add_ends(struct canvas *c, struct chart_data *copy, struct fall *f)
{
    const struct chart_data *d = c->d;
    struct chart_row *rows = canvas_array(c, d->count + 2, sizeof *rows);
    size_t n = 0;
    if (rows == NULL)
        return false;
    f->first = !isnan(plotted(d->base));
    f->last = !isnan(plotted(d->total));
    if (f->first)
        rows[n++] = (struct chart_row){.label = d->base_label,
                                       .value = d->base};
    for (size_t i = 0; i < d->count; i++) {
        rows[n] = d->rows[i];
        rows[n++].note = NULL;
    }
    if (f->last)
        rows[n++] = (struct chart_row){.label = d->total_label,
                                       .value = d->total};
    copy->rows = rows;
    copy->count = n;
    f->text = canvas_array(c, n, sizeof *f->text);
    for (size_t i = 0; f->text != NULL && i < n; i++)
        f->text[i] = row_text(c, &rows[i]);
    c->d = copy;
    return !c->failed;
}

static bool is_end(const struct fall *f, size_t i, size_t count)
{
    return (f->first && i == 0) || (f->last && i + 1 == count);
}

/* From where to where the bar of row i goes; both NaN: nothing to draw. */
static struct range step_of(const struct canvas *c, const struct fall *f,
                            size_t i, double *running)
{
    double v = row_value(&c->d->rows[i]);
    struct range r = {*running, *running};
    if (isnan(v))
        return (struct range){CHART_NONE, CHART_NONE};
    if (is_end(f, i, c->d->count))
        r.lo = r.hi = v;
    else
        r.hi = plotted(*running + v);
    *running = r.hi;
    return r;
}

static void texts_above(struct canvas *c, struct chart_data *copy,
                        struct fall *f)
{
    struct chart_row *rows = canvas_array(c, copy->count, sizeof *rows);
    if (rows == NULL)
        return;
    for (size_t i = 0; i < copy->count; i++) {
        rows[i] = copy->rows[i];
        rows[i].note = f->text[i];
    }
    copy->rows = rows;
    f->text_above = true;
    rows_layout(c, &f->rows, 0.3, 1e6, true);
    f->s.from = GAP;
    f->s.to = c->width - GAP;
}

static void columns(struct canvas *c, struct chart_data *copy, struct fall *f)
{
    double left = 0.0, right = 0.0;
    rows_layout(c, &f->rows, 0.3, NARROW, false);
    for (size_t i = 0; i < copy->count && !c->failed; i++) {
        double w = wide_of(c, f->text[i], c->size, false) + GAP;
        bool negative = row_value(&copy->rows[i]) < 0.0;
        if (negative && !is_end(f, i, copy->count))
            left = fmax(left, w);
        else
            right = fmax(right, w);
    }
    f->s.from = f->rows.plot_x + fmax(left, GAP);
    f->s.to = c->width - fmax(right, GAP);
    if (f->s.to - f->s.from < ROOM * c->width)
        texts_above(c, copy, f);
    struct range r = {CHART_NONE, CHART_NONE};
    double running = 0.0;
    range_add(&r, c->d->cutoff);
    for (size_t i = 0; i < copy->count; i++) {
        struct range s = step_of(c, f, i, &running);
        range_add(&r, s.lo);
        range_add(&r, s.hi);
    }
    (void)nice_ticks(&r, 6); /* widens a range without extent */
    f->s.lo = r.lo;
    f->s.hi = r.hi;
}

static void draw_step(struct canvas *c, const struct fall *f, size_t i,
                      struct range r, double middle)
{
    bool end = is_end(f, i, c->d->count);
    bool down = !end && row_value(&c->d->rows[i]) < 0.0;
    double a = at(&f->s, r.lo), b = at(&f->s, r.hi), half = f->rows.bar / 2.0;
    struct ink k = {c->size, end ? COLOUR_INK : COLOUR_MUTED, false,
                    down ? ANCHOR_END : ANCHOR_START};
    if (end)
        draw_line(c, a, middle - half, a, middle + half, COLOUR_INK, 2.0);
    else
        draw_rect(c, a, middle - half, b, middle + half,
                  down ? COLOUR_AGAINST : COLOUR_FOR);
    if (!f->text_above)
        draw_text(c, down ? fmin(a, b) - GAP + 1.0 : fmax(a, b) + GAP - 1.0,
                  middle + MIDDLE * c->size, f->text[i], k);
}

static void draw_steps(struct canvas *c, const struct fall *f, double y)
{
    double running = 0.0, before = CHART_NONE, x = 0.0;
    for (size_t i = 0; i < c->d->count && !c->failed; i++) {
        struct range r = step_of(c, f, i, &running);
        double middle = rows_draw(c, &f->rows, i, y);
        y += rows_height(c, &f->rows, i);
        if (isnan(r.lo))
            continue;
        if (!isnan(before) && !f->rows.above)
            draw_line(c, x, before + f->rows.bar / 2.0, x,
                      middle - f->rows.bar / 2.0, COLOUR_MUTED, HAIRLINE);
        draw_step(c, f, i, r, middle);
        before = middle;
        x = at(&f->s, r.hi);
    }
}

status chart_waterfall(const struct chart_data *d, struct scene **out,
                       struct error *e)
{
    struct canvas c;
    struct chart_data copy = *d;
    struct fall f = {.text = NULL};
    TRY(canvas_open(&c, d, row_value, e));
    if (!add_ends(&c, &copy, &f))
        return canvas_failed(&c, e);
    columns(&c, &copy, &f);
    if (c.failed)
        return canvas_failed(&c, e);
    double cutoff = plotted(d->cutoff), top = 1.0;
    if (!isnan(cutoff))
        top += head_height(&c, d->cutoff_label);
    double bottom = top;
    for (size_t i = 0; i < copy.count; i++)
        bottom += rows_height(&c, &f.rows, i);
    double end = draw_axis_x(&c, &f.s, top, bottom, false, false);
    if (!isnan(cutoff)) {
        draw_head_at(&c, at(&f.s, cutoff), 0.0, d->cutoff_label);
        rows_upright(&c, &f.rows, at(&f.s, cutoff), top, COLOUR_AGAINST, true);
    }
    draw_steps(&c, &f, top);
    return canvas_close(&c, end, out, e);
}
