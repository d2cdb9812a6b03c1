/* Breaking labels into lines, and finding a free place for one. */
#include "document/chart_draw.h"

#include <string.h>

/* --- wrapping ------------------------------------------------------------- */

static size_t letter_end(const char *text, size_t i)
{
    bool joined;
    do {
        i++;
        while (((unsigned char)text[i] & 0xc0) == 0x80)
            i++;
        /* Combining marks (U+0300…036F), joiners and variants stay behind
         * their letter. */
        const unsigned char *p = (const unsigned char *)text + i;
        joined = p[0] == 0xcc || (p[0] == 0xcd && p[1] < 0xb0) ||
                 (p[0] == 0xe2 && p[1] == 0x80 && p[2] == 0x8d) ||
                 (p[0] == 0xef && p[1] == 0xb8);
    } while (joined && text[i] != '\0');
    return i;
}

static double part_width(const struct canvas *c, char *text, size_t from,
                         size_t to, double size, bool bold)
{
    char kept = text[to];
    text[to] = '\0';
    double w = wide_of(c, text + from, size, bold);
    text[to] = kept;
    return w;
}

/* Where the line that begins at `from` ends: after the last word that fits, or
 * inside the first word when not even that fits. */
static size_t line_end(const struct canvas *c, char *text, size_t from,
                       double size, bool bold, double width)
{
    size_t best = from, i = from;
    while (text[i] != '\0') {
        size_t end = i + strcspn(text + i, " ");
        if (end > from && part_width(c, text, from, end, size, bold) > width)
            break;
        best = end;
        i = end + strspn(text + end, " ");
    }
    if (best > from)
        return best;
    size_t last = letter_end(text, from);
    while (text[last] != '\0' && text[last] != ' ') {
        size_t next = letter_end(text, last);
        if (part_width(c, text, from, next, size, bold) > width)
            break;
        last = next;
    }
    return last;
}

double word_width(struct canvas *c, const char *text, double size, bool bold)
{
    double w = 0.0;
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, " ");
        const char *word = arena_copy(c->arena, text, n);
        if (word == NULL) {
            canvas_lost(c);
            return w;
        }
        w = fmax(w, wide_of(c, word, size, bold));
        text += n + strspn(text + n, " ");
    }
    return w;
}

struct lines wrap(struct canvas *c, const char *text, double size, bool bold,
                  double width)
{
    struct lines l = {NULL, 0, 0.0};
    if (text == NULL)
        return l;
    size_t length = strlen(text), from = strspn(text, " ");
    char *copy = canvas_array(c, length + 1, 1);
    l.text = canvas_array(c, length + 1, sizeof *l.text);
    if (copy == NULL || l.text == NULL)
        return l;
    memcpy(copy, text, length);
    while (copy[from] != '\0') {
        size_t end = line_end(c, copy, from, size, bold, width);
        const char *line = arena_copy(c->arena, copy + from, end - from);
        if (line == NULL) {
            canvas_lost(c);
            return l;
        }
        l.text[l.count++] = line;
        l.width = fmax(l.width, wide_of(c, line, size, bold));
        from = end + strspn(copy + end, " ");
    }
    return l;
}

/* --- placing -------------------------------------------------------------- */

void keep_clear_of(struct canvas *c, const double *xy, size_t count)
{
    size_t n = c->avoid_count, need = n + count + 1;
    if (need > c->avoid_room) {
        double *more = canvas_array(c, 4 * need, sizeof *more);
        if (more == NULL)
            return;
        if (n > 0)
            memcpy(more, c->avoid, 2 * n * sizeof *more);
        c->avoid = more;
        c->avoid_room = 2 * need;
    }
    if (count > 0)
        memcpy(c->avoid + 2 * n, xy, 2 * count * sizeof *xy);
    c->avoid[2 * (n + count)] = c->avoid[2 * (n + count) + 1] = CHART_NONE;
    c->avoid_count = need;
}

static bool apart(struct box a, struct box b)
{
    return a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0;
}

/* Does the segment meet the box? Its part inside is clipped away side by side. */
static bool meets(const double *p, struct box b)
{
    double d[2] = {p[2] - p[0], p[3] - p[1]}, t0 = 0.0, t1 = 1.0;
    const double lo[2] = {b.x0, b.y0}, hi[2] = {b.x1, b.y1};
    for (int i = 0; i < 2; i++) {
        if (fabs(d[i]) < 1e-9) {
            if (p[i] < lo[i] || p[i] > hi[i])
                return false;
            continue;
        }
        double a = (lo[i] - p[i]) / d[i], z = (hi[i] - p[i]) / d[i];
        t0 = fmax(t0, fmin(a, z));
        t1 = fmin(t1, fmax(a, z));
    }
    return t0 <= t1;
}

static bool is_free(const struct canvas *c, struct box b, struct box in,
                    bool avoid)
{
    if (b.x0 < in.x0 || b.y0 < in.y0 || b.x1 > in.x1 || b.y1 > in.y1)
        return false;
    for (size_t i = 0; i < c->box_count; i++)
        if (!apart(b, c->boxes[i]))
            return false;
    for (size_t i = 0; avoid && i + 1 < c->avoid_count; i++)
        if (!isnan(c->avoid[2 * i]) && !isnan(c->avoid[2 * i + 2]) &&
            meets(c->avoid + 2 * i, b))
            return false;
    return true;
}

/* Steps around the point: above, right below, right above, left above, left
 * below, above again, below. */
static const double around[7][2] = {{0, -1},  {1, 1},  {1, -1}, {-1, -1},
                                    {-1, 1}, {0, -1}, {0, 1}};

static bool try_around(struct canvas *c, double x, double y, double reach,
                       const char *text, struct ink k, struct box in,
                       bool avoid, struct box *out)
{
    double w = wide_of(c, text, k.size, k.bold);
    double h = (ASCENT + DESCENT) * k.size;
    for (int i = k.anchor == ANCHOR_MIDDLE ? 0 : 1; i < 7; i++) {
        double cx = x + around[i][0] * (reach + w / 2.0);
        double cy = y + around[i][1] * (reach * 0.5 + h / 2.0);
        if (around[i][0] == 0.0)
            cy = y + around[i][1] * (reach + h / 2.0);
        *out = (struct box){cx - w / 2.0, cy - h / 2.0, cx + w / 2.0,
                            cy + h / 2.0};
        if (is_free(c, *out, in, avoid))
            return true;
    }
    return false;
}

bool place_label(struct canvas *c, double x, double y, double r,
                 const char *text, struct ink k, struct box in)
{
    static const double steps[] = {1.0, 4.0, 8.0, 14.0, 22.0, 32.0};
    struct box b = {0.0, 0.0, 0.0, 0.0};
    if (text == NULL || *text == '\0')
        return true;
    bool found = false;
    double reach = r;
    for (int pass = 0; pass < 2 && !found; pass++)
        for (size_t i = 0; i < sizeof steps / sizeof *steps && !found; i++) {
            reach = r + 2.0 + steps[i];
            found = try_around(c, x, y, reach, text, k, in, pass == 0, &b);
        }
    if (!found)
        return false;
    if (reach > r + 7.0) {
        double to_x = fmin(fmax(x, b.x0), b.x1);
        double to_y = y < b.y0 ? b.y0 : y > b.y1 ? b.y1 : y;
        draw_line(c, x, y, to_x, to_y, COLOUR_MUTED, HAIRLINE);
    }
    k.anchor = ANCHOR_START;
    draw_text(c, b.x0, b.y0 + ASCENT * k.size, text, k);
    return true;
}
