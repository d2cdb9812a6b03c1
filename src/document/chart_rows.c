/* Rows of labels, and bars from one axis beside them. */
#include "document/chart_draw.h"

#define COLUMN_GAP 8.0
#define BAR_GAP 5.0      /* between a bar and its number */
#define PITCH 2.45       /* of the text size, as is the next */
#define BAR 1.4
#define TALLEST 560.0     /* rows come closer rather than leave a page */
#define WIDEST_LABEL 0.5 /* share of the figure */

static void wrap_column(struct canvas *c, const struct chart_data *d,
                        bool notes, double width, struct lines *out,
                        double *widest, size_t *most)
{
    *widest = 0.0;
    *most = 0;
    for (size_t i = 0; i < d->count; i++) {
        const char *text = notes ? d->rows[i].note : d->rows[i].label;
        out[i] = wrap(c, text, c->size, false, width);
        *widest = fmax(*widest, out[i].width);
        if (out[i].count > *most)
            *most = out[i].count;
    }
}

void rows_layout(struct canvas *c, struct rows *r, double share, double narrow,
                 bool notes)
{
    const struct chart_data *d = c->d;
    size_t most;
    *r = (struct rows){.pitch = PITCH * c->size, .bar = BAR * c->size,
                       .above = c->width < narrow * c->size,
                       .count = d->count};
    r->pitch = fmax(LEADING * c->size,
                    fmin(r->pitch, TALLEST / (double)(d->count + 1)));
    r->bar = fmin(r->bar, 0.75 * r->pitch);
    r->label = canvas_array(c, d->count, sizeof *r->label);
    r->note = canvas_array(c, d->count, sizeof *r->note);
    if (r->label == NULL || r->note == NULL)
        return;
    double width = share * c->width, most_word = WIDEST_LABEL * c->width;
    for (size_t i = 0; i < d->count; i++) {
        double word = word_width(c, d->rows[i].label, c->size, false);
        width = fmax(width, fmin(word, most_word));
    }
    if (r->above)
        width = c->width;
    wrap_column(c, d, false, width, r->label, &r->label_width, &most);
    while (!r->above && most > 2 && width < WIDEST_LABEL * c->width) {
        width += 0.05 * c->width;
        wrap_column(c, d, false, width, r->label, &r->label_width, &most);
    }
    if (r->above) {
        if (notes)
            wrap_column(c, d, true, width, r->note, &r->note_width, &most);
        return;
    }
    r->plot_x = r->label_width + (r->label_width > 0.0 ? COLUMN_GAP : 0.0);
    if (!notes)
        return;
    wrap_column(c, d, true, 0.2 * c->width, r->note, &r->note_width, &most);
    r->note_x = r->plot_x;
    if (r->note_width > 0.0)
        r->plot_x += r->note_width + COLUMN_GAP;
}

/* A label above its bar has its note beside it where one line holds both. */
static bool note_beside(const struct canvas *c, const struct rows *r, size_t i)
{
    return r->above && r->label[i].count == 1 && r->note[i].count == 1 &&
           r->label[i].width + COLUMN_GAP + r->note[i].width <= c->width;
}

static double text_lines(const struct canvas *c, const struct rows *r, size_t i)
{
    size_t n = r->label[i].count, m = r->note[i].count;
    if (note_beside(c, r, i))
        return (double)n;
    return (double)(r->above ? n + m : n > m ? n : m);
}

double rows_height(const struct canvas *c, const struct rows *r, size_t i)
{
    double text = text_lines(c, r, i) * LEADING * c->size;
    return r->above ? text + r->bar + 0.9 * c->size
                    : fmax(r->pitch, text + r->pitch - LEADING * c->size);
}

double rows_middle(const struct canvas *c, const struct rows *r, size_t i,
                   double y)
{
    if (!r->above)
        return y + rows_height(c, r, i) / 2.0;
    return y + text_lines(c, r, i) * LEADING * c->size + r->bar / 2.0 +
           0.15 * c->size;
}

void rows_upright(struct canvas *c, const struct rows *r, double x, double top,
                  enum scene_colour ink, bool dashed)
{
    double y = top;
    for (size_t i = 0; i < r->count && !c->failed; i++) {
        double middle = rows_middle(c, r, i, y), half = r->bar / 2.0 + 1.0;
        struct mark *m = NULL;
        y += rows_height(c, r, i);
        if (r->above)
            m = draw_line(c, x, middle - half, x, middle + half, ink, 0.8);
        else if (i + 1 == r->count)
            m = draw_line(c, x, top, x, y, ink, 0.8);
        if (m != NULL)
            m->dashed = dashed;
    }
}

double rows_draw(struct canvas *c, const struct rows *r, size_t i, double y)
{
    const struct ink label = {c->size, COLOUR_INK, false, ANCHOR_START};
    const struct ink note = {c->size, COLOUR_MUTED, false, ANCHOR_START};
    double step = LEADING * c->size, half = step / 2.0;
    double n = (double)r->label[i].count, m = (double)r->note[i].count;
    double base = half + MIDDLE * c->size;
    if (r->above) {
        draw_lines(c, 0.0, y + base, &r->label[i], label);
        if (note_beside(c, r, i))
            draw_lines(c, r->label[i].width + COLUMN_GAP, y + base, &r->note[i],
                       note);
        else
            draw_lines(c, 0.0, y + n * step + base, &r->note[i], note);
        return rows_middle(c, r, i, y);
    }
    double middle = rows_middle(c, r, i, y);
    draw_lines(c, 0.0, middle - n * half + base, &r->label[i], label);
    draw_lines(c, r->note_x, middle - m * half + base, &r->note[i], note);
    return middle;
}

/* --- bars ----------------------------------------------------------------- */

const char *row_text(struct canvas *c, const struct chart_row *r)
{
    double v = row_value(r);
    if (r->text != NULL && *r->text != '\0')
        return r->text;
    return isnan(v) ? NULL : number_text(c, v);
}

static double upper(const struct chart_row *r)
{
    double v = row_value(r), high = plotted(r->high);
    return fmax(isnan(v) ? 0.0 : v, isnan(high) ? 0.0 : fmax(high, 0.0));
}

static double lower(const struct chart_row *r)
{
    double v = row_value(r), low = plotted(r->low);
    return fmin(isnan(v) ? 0.0 : v, isnan(low) ? 0.0 : fmin(low, 0.0));
}

/* Room that bars and texts take on both sides at `unit` points for `most`. */
static void needed(struct canvas *c, const struct bars *b, double unit,
                   const double *widths, double *left, double *right)
{
    *left = b->left_head;
    *right = b->right_head;
    for (size_t i = 0; i < c->d->count; i++) {
        const struct chart_row *r = &c->d->rows[i];
        bool negative = row_value(r) < 0.0;
        double l = -lower(r) / b->most * unit, h = upper(r) / b->most * unit;
        double text = widths[i] > 0.0 ? widths[i] + BAR_GAP : 0.0;
        *left = fmax(*left, negative ? l + text : l);
        *right = fmax(*right, negative ? h : h + text);
    }
}

static void shrink_texts(struct bars *b, double *widths, size_t count,
                         double factor)
{
    b->size *= factor;
    for (size_t i = 0; i < count; i++)
        widths[i] *= factor;
}

void bars_fit(struct canvas *c, struct bars *b)
{
    const struct chart_data *d = c->d;
    double *widths = canvas_array(c, d->count, sizeof *widths);
    double room = b->x1 - b->x0, left, right, lo = 0.0, hi = room;
    b->most = 0.0;
    b->size = c->size;
    b->axis = b->x0;
    if (widths == NULL)
        return;
    for (size_t i = 0; i < d->count; i++) {
        b->most = fmax(b->most, fmax(-lower(&d->rows[i]), upper(&d->rows[i])));
        widths[i] = wide_of(c, row_text(c, &d->rows[i]), c->size, false);
    }
    if (b->most <= 0.0)
        b->most = 1.0;
    for (int i = 0; i < 20; i++) { /* bars keep at least a fifth */
        needed(c, b, 0.2 * room, widths, &left, &right);
        if (left + right <= room)
            break;
        shrink_texts(b, widths, d->count, 0.85);
    }
    for (int i = 0; i < 50; i++) {
        double unit = (lo + hi) / 2.0;
        needed(c, b, unit, widths, &left, &right);
        if (left + right <= room)
            lo = unit;
        else
            hi = unit;
    }
    needed(c, b, lo, widths, &left, &right);
    b->unit = lo;
    b->axis = b->x0 + left;
}

double bars_at(const struct bars *b, double x)
{
    return b->axis + x / b->most * b->unit;
}

void bars_text(struct canvas *c, const struct bars *b,
               const struct chart_row *r, double y)
{
    struct ink k = {b->size, COLOUR_MUTED, false, ANCHOR_START};
    double x = bars_at(b, upper(r)) + BAR_GAP;
    if (row_value(r) < 0.0) {
        x = bars_at(b, lower(r)) - BAR_GAP;
        k.anchor = ANCHOR_END;
    }
    draw_text(c, x, y + MIDDLE * b->size, row_text(c, r), k);
}

/* From zero, or as far left as bars go, to the end of the longest. */
static struct scale bars_scale(const struct bars *b)
{
    double left = fmin(b->axis - b->x0, b->unit);
    double right = fmin(b->x1 - b->axis, b->unit);
    return (struct scale){-left / b->unit * b->most, right / b->unit * b->most,
                          b->axis - left, b->axis + right};
}

status plain_bars(const struct chart_data *d, bool axis, struct scene **out,
                  struct error *e)
{
    struct canvas c;
    struct rows r;
    TRY(canvas_open(&c, d, row_value, e));
    rows_layout(&c, &r, 0.34, NARROW, false);
    struct bars b = {.x0 = r.plot_x, .x1 = c.width};
    bars_fit(&c, &b);
    if (b.size < c.size && !r.above) {
        rows_layout(&c, &r, 0.34, 1e6, false);
        b = (struct bars){.x0 = r.plot_x, .x1 = c.width};
        bars_fit(&c, &b);
    }
    double y = 1.0, bottom = 1.0;
    for (size_t i = 0; i < d->count && !c.failed; i++)
        bottom += rows_height(&c, &r, i);
    double end = bottom + 1.0;
    if (axis && !c.failed) {
        struct scale s = bars_scale(&b);
        end = draw_axis_x(&c, &s, y, bottom, false, false);
    }
    for (size_t i = 0; i < d->count && !c.failed; i++) {
        double middle = rows_draw(&c, &r, i, y), v = row_value(&d->rows[i]);
        double low = plotted(d->rows[i].low), high = plotted(d->rows[i].high);
        if (!isnan(v))
            draw_rect(&c, b.axis, middle - r.bar / 2.0, bars_at(&b, v),
                      middle + r.bar / 2.0, COLOUR_ACCENT_MID);
        if (!isnan(low) && !isnan(high))
            draw_line(&c, bars_at(&b, low), middle, bars_at(&b, high), middle,
                      COLOUR_INK, 1.0);
        bars_text(&c, &b, &d->rows[i], middle);
        y += rows_height(&c, &r, i);
    }
    rows_upright(&c, &r, b.axis, 1.0, COLOUR_INK, false);
    return canvas_close(&c, end, out, e);
}
