/* Names of lines at their ends, beside the plot, moved apart. */
#include "document/chart_draw.h"

#include <string.h>

void measure_ends(struct canvas *c, struct ends *l, const char *const *names,
                  size_t count)
{
    memset(l, 0, sizeof *l);
    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++) {
        double word = word_width(c, names[i], c->size, false);
        double width = fmax(0.28 * c->width, fmin(word, 0.45 * c->width));
        l->label[i] = wrap(c, names[i], c->size, false, width);
        l->width = fmax(l->width, l->label[i].width);
        l->total += ((double)l->label[i].count * LEADING + 0.2) * c->size;
    }
}

static void draw_end(struct canvas *c, const struct frame *f,
                     const struct ends *l, size_t i, double top, size_t of)
{
    double h = (double)l->label[i].count * LEADING * c->size;
    double x = f->plot.x1 + 10.0, middle = top + h / 2.0;
    struct ink k = {c->size, series_colour(i, of), false, ANCHOR_START};
    if (l->label[i].count == 0)
        return;
    if (fabs(middle - l->want[i]) > 2.0 || f->plot.x1 - l->end_x[i] > 2.0)
        draw_line(c, l->end_x[i] + 1.0, l->want[i], x - 2.0, middle,
                  COLOUR_MUTED, HAIRLINE);
    draw_lines(c, x, top + (LEADING / 2.0 + MIDDLE) * c->size, &l->label[i], k);
}

/* From the top down in the order of the ends, then back up from the bottom. */
void draw_ends(struct canvas *c, const struct frame *f, const struct ends *l,
               size_t count)
{
    size_t order[SERIES_MAX];
    double top[SERIES_MAX], next = f->plot.y0, limit = f->plot.y1;
    for (size_t i = 0; i < count; i++) {
        size_t k = i;
        for (; k > 0 && l->want[order[k - 1]] > l->want[i]; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    for (size_t k = 0; k < count; k++) {
        double h = ((double)l->label[order[k]].count * LEADING + 0.2) * c->size;
        top[k] = fmax(next, l->want[order[k]] - h / 2.0);
        next = top[k] + h;
    }
    for (size_t k = count; k-- > 0;) {
        double h = ((double)l->label[order[k]].count * LEADING + 0.2) * c->size;
        top[k] = fmin(top[k], limit - h);
        limit = top[k];
    }
    for (size_t k = 0; k < count; k++)
        draw_end(c, f, l, order[k], top[k], count);
}
