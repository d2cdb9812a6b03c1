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
        double share = part_of(&c->d->rows[i]) / sum;
        double to = fmin(x + c->width * share, c->width);
        if (to > x)
            draw_rect(c, x, 0.0, to, height, part_colour(i, c->d->count));
        x = to;
    }
}

static void draw_patch(struct canvas *c, double x, double base, size_t i)
{
    draw_rect(c, x, base - PATCH * c->size, x + PATCH * c->size, base,
              part_colour(i, c->d->count));
}

/* A name too long for one line: it wraps, its number stands below. */
static double draw_long(struct canvas *c, double y, size_t i, double indent)
{
    const struct chart_row *r = &c->d->rows[i];
    struct ink k = {c->size, COLOUR_INK, false, ANCHOR_START};
    struct lines name = wrap(c, r->label, c->size, false, c->width - indent);
    struct lines text = wrap(c, row_text(c, r), c->size, false,
                             c->width - indent);
    draw_patch(c, 0.0, y + c->size, i);
    draw_lines(c, indent, y + c->size, &name, k);
    y += (double)name.count * LEADING * c->size;
    k.colour = COLOUR_MUTED;
    draw_lines(c, indent, y + c->size, &text, k);
    return y + (double)text.count * LEADING * c->size;
}

static double draw_names(struct canvas *c, double y)
{
    double indent = (PATCH + PATCH_GAP) * c->size, gap = c->size / 2.0;
    double x = 0.0;
    for (size_t i = 0; i < c->d->count && !c->failed; i++) {
        const struct chart_row *r = &c->d->rows[i];
        const char *text = row_text(c, r);
        double wide = wide_of(c, r->label, c->size, false);
        double all = indent + wide + gap + wide_of(c, text, c->size, false);
        if (x > 0.0 && x + all > c->width) {
            x = 0.0;
            y += LEADING * c->size;
        }
        if (all > c->width) {
            y = draw_long(c, y, i, indent);
            continue;
        }
        double base = y + c->size;
        draw_patch(c, x, base, i);
        draw_text(c, x + indent, base, r->label,
                  (struct ink){c->size, COLOUR_INK, false, ANCHOR_START});
        draw_text(c, x + indent + wide + gap, base, text,
                  (struct ink){c->size, COLOUR_MUTED, false, ANCHOR_START});
        x += all + ITEM_GAP * c->size;
    }
    return x > 0.0 ? y + LEADING * c->size : y;
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
