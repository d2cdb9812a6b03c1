/* Shares of a whole: one bar in parts from dark to pale, and below it the names
 * of the parts with a patch of their colour, so that a part too thin to see is
 * named like any other. */
#include "document/chart_draw.h"

#define BAR 1.2        /* of the text size, as are the next */
#define PATCH 0.8
#define PATCH_GAP 0.5
#define ITEM_GAP 1.6
#define UNDER_BAR 0.9

static enum scene_colour part_colour(size_t i, size_t of)
{
    static const enum scene_colour ink[] = {COLOUR_ACCENT, COLOUR_ACCENT_MID,
                                            COLOUR_ACCENT_PALE, COLOUR_RULE};
    return of <= sizeof ink / sizeof *ink ? ink[i] : series_colour(i, of);
}

static double part_of(const struct chart_row *r)
{
    double x = row_value(r);
    return isnan(x) || x < 0.0 ? 0.0 : x;
}

static void draw_bar(struct canvas *c, double sum)
{
    double x = 0.0, height = BAR * c->size;
    for (size_t i = 0; i < c->d->count; i++) {
        double to = x + c->width * part_of(&c->d->rows[i]) / sum;
        if (to > x)
            draw_rect(c, x, 0.0, to, height, part_colour(i, c->d->count));
        x = to;
    }
}

static double draw_names(struct canvas *c, double y)
{
    double patch = PATCH * c->size, indent = patch + PATCH_GAP * c->size;
    double x = 0.0;
    for (size_t i = 0; i < c->d->count; i++) {
        const struct chart_row *r = &c->d->rows[i];
        const char *text = row_text(c, r);
        double wide = wide_of(c, r->label, c->size, false), gap = c->size / 2.0;
        double all = indent + wide + gap + wide_of(c, text, c->size, false);
        if (x > 0.0 && x + all > c->width) {
            x = 0.0;
            y += LEADING * c->size;
        }
        double base = y + c->size;
        draw_rect(c, x, base - patch, x + patch, base,
                  part_colour(i, c->d->count));
        draw_text(c, x + indent, base, r->label,
                  (struct ink){c->size, COLOUR_INK, false, ANCHOR_START});
        draw_text(c, x + indent + wide + gap, base, text,
                  (struct ink){c->size, COLOUR_MUTED, false, ANCHOR_START});
        x += all + ITEM_GAP * c->size;
    }
    return y + LEADING * c->size;
}

status chart_shares(const struct chart_data *d, struct scene **out,
                    struct error *e)
{
    struct canvas c;
    double sum = 0.0;
    TRY(canvas_open(&c, d, row_value, e));
    for (size_t i = 0; i < d->count; i++)
        sum += part_of(&d->rows[i]);
    if (sum <= 0.0)
        return plain_bars(d, false, out, e);
    draw_bar(&c, sum);
    double bottom = draw_names(&c, (BAR + UNDER_BAR) * c.size);
    return canvas_close(&c, bottom, out, e);
}
