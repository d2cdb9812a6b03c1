/* Contributions of one decision: signed bars from one axis, against to the
 * left, for to the right, the fact's own value beside its name. */
#include "document/chart_draw.h"

#define HEAD_GAP 6.0 /* between the axis and a word over it */
#define ARROW 1.15   /* arrow and its gap, in text sizes */

struct heads {
    double left, right; /* widths with arrow and gap; 0: no word */
    bool stacked;       /* too wide to stand beside each other */
};

static double head_width(const struct canvas *c, const char *text)
{
    if (text == NULL || *text == '\0')
        return 0.0;
    return wide_of(c, text, c->size, true) + ARROW * c->size + HEAD_GAP;
}

/* A word with its arrow on one line, from x to the given side. */
static void draw_head(struct canvas *c, double x, double y, const char *text,
                      bool left)
{
    enum scene_colour ink = left ? COLOUR_AGAINST : COLOUR_FOR;
    double w = wide_of(c, text, c->size, true), arrow = ARROW * c->size;
    double from = left ? x - w : x;
    struct ink k = {c->size, ink, true, ANCHOR_START};
    draw_text(c, from, y, text, k);
    draw_arrow(c, left ? from - arrow : from + w + arrow - 0.7 * c->size,
               y - MIDDLE * c->size, left, ink);
}

/* Each word on lines of its own over the whole figure. */
static double stacked_head(struct canvas *c, double y, const char *text,
                           bool left)
{
    double arrow = ARROW * c->size;
    struct ink k = {c->size, left ? COLOUR_AGAINST : COLOUR_FOR, true,
                    left ? ANCHOR_START : ANCHOR_END};
    struct lines l = wrap(c, text, c->size, true, c->width - arrow);
    if (l.count == 0)
        return y;
    draw_lines(c, left ? arrow : c->width - arrow, y + ASCENT * c->size, &l, k);
    draw_arrow(c, left ? 0.0 : c->width - 0.7 * c->size,
               y + (ASCENT - MIDDLE) * c->size, left, k.colour);
    return y + (double)l.count * LEADING * c->size;
}

static double draw_heads(struct canvas *c, const struct heads *h,
                         const struct bars *b)
{
    const struct chart_data *d = c->d;
    if (h->stacked) {
        double y = stacked_head(c, 0.0, d->against_label, true);
        return stacked_head(c, y, d->for_label, false) + 4.0;
    }
    if (h->left > 0.0)
        draw_head(c, b->axis - HEAD_GAP, ASCENT * c->size, d->against_label,
                  true);
    if (h->right > 0.0)
        draw_head(c, b->axis + HEAD_GAP, ASCENT * c->size, d->for_label, false);
    return h->left + h->right > 0.0 ? LEADING * c->size + 3.0 : 1.0;
}

/* Words beside the axis and labels beside the bars, unless the numbers would
 * have to be printed smaller for that. */
static struct bars fit(struct canvas *c, struct rows *r, struct heads *h)
{
    struct bars b;
    for (int step = 0;; step++) {
        rows_layout(c, r, 0.3, step < 2 ? 30.0 : 1e6, true);
        b = (struct bars){.x0 = r->plot_x, .x1 = c->width};
        h->stacked = step > 0 || h->left + h->right > 0.8 * (b.x1 - b.x0);
        if (!h->stacked) {
            b.left_head = h->left;
            b.right_head = h->right;
        }
        bars_fit(c, &b);
        if (b.size >= c->size || step == 2)
            return b;
    }
}

/* Where an estimate lies: a line with ends, cut out of the bar by a paler one so
 * that it reads on any of its colours. */
static void draw_interval(struct canvas *c, const struct bars *b,
                          const struct chart_row *r, double y, double bar)
{
    double low = plotted(r->low), high = plotted(r->high), end = bar / 4.0;
    if (isnan(low) || isnan(high) || !(high > low))
        return;
    double x0 = bars_at(b, low), x1 = bars_at(b, high);
    draw_line(c, x0, y, x1, y, COLOUR_GROUND, 3.0);
    draw_line(c, x0, y, x1, y, COLOUR_INK, 1.0);
    draw_line(c, x0, y - end, x0, y + end, COLOUR_INK, 1.0);
    draw_line(c, x1, y - end, x1, y + end, COLOUR_INK, 1.0);
}

status chart_contributions(const struct chart_data *d, struct scene **out,
                           struct error *e)
{
    struct canvas c;
    struct rows r;
    TRY(canvas_open(&c, d, row_value, e));
    struct heads h = {head_width(&c, d->against_label),
                      head_width(&c, d->for_label), false};
    struct bars b = fit(&c, &r, &h);
    double top = draw_heads(&c, &h, &b), y = top;
    for (size_t i = 0; i < d->count && !c.failed; i++) {
        double middle = rows_draw(&c, &r, i, y), v = row_value(&d->rows[i]);
        if (!isnan(v))
            draw_rect(&c, b.axis, middle - r.bar / 2.0, bars_at(&b, v),
                      middle + r.bar / 2.0,
                      v < 0.0 ? COLOUR_AGAINST : COLOUR_FOR);
        draw_interval(&c, &b, &d->rows[i], middle, r.bar);
        bars_text(&c, &b, &d->rows[i], middle);
        y += rows_height(&c, &r, i);
    }
    rows_upright(&c, &r, b.axis, top, COLOUR_INK, false);
    return canvas_close(&c, y + 1.0, out, e);
}
