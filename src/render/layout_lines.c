/* Atoms → lines → items of a strip. */
#include "render/layout_in.h"

#include "render/breaking.h"

#include <string.h>

#define COST_INSIDE 12.0 /* a page ends inside a paragraph */

double baseline_of(const struct lay *l, double size, double leading)
{
    const struct font_metrics *m =
        font_metrics_of(shaper_fonts(l->sh), FONT_REGULAR);
    double up = size * m->ascent / FONT_EM, down = size * m->descent / FONT_EM;
    return (leading - up - down) / 2.0 + up;
}

struct lines {
    const struct para *p;
    uint32_t *ends;
    size_t count;
};

/* The narrowest measure that needs no line more. */
static size_t balance(const struct break_item *items, size_t n, size_t lines,
                      double width, struct break_node *nodes, uint32_t *ends)
{
    double low = width / (double)lines * 0.8, high = width, widest = 0.0;
    for (size_t i = 0; i < n; i++)
        widest = items[i].width > widest ? items[i].width : widest;
    if (low < widest)
        low = widest;
    for (int step = 0; step < 8 && low < high; step++) {
        double middle = 0.5 * (low + high);
        if (break_lines(items, n, middle, nodes, ends) > lines)
            low = middle;
        else
            high = middle;
    }
    return break_lines(items, n, high, nodes, ends);
}

static struct lines break_para(struct lay *l, const struct para *p,
                               double width)
{
    struct lines none = {NULL, NULL, 0};
    if (p == NULL)
        return none;
    p = para_fit(l, p, width);
    if (p == NULL || l->failed != ST_OK)
        return none;
    struct break_item *items = lay_array(l, struct break_item, p->count);
    struct break_node *nodes = lay_array(l, struct break_node, p->count + 1);
    uint32_t *ends = lay_array(l, uint32_t, p->count);
    if (ends == NULL)
        return none;
    for (size_t i = 0; i < p->count; i++)
        items[i] = (struct break_item){p->atoms[i].width, p->atoms[i].space,
                                       p->atoms[i].penalty};
    size_t count = break_lines(items, p->count, width, nodes, ends);
    if (p->balanced && count > 1)
        count = balance(items, p->count, count, width, nodes, ends);
    return (struct lines){p, ends, count};
}

static bool atom_rtl(const struct lay *l, const struct atom *a)
{
    return a->s != NULL && (a->s->rtl || (l->rtl && a->s->run_count == 0));
}

static void reverse(const struct atom **a, size_t from, size_t to)
{
    while (from + 1 < to) {
        const struct atom *swap = a[from];
        a[from++] = a[--to];
        a[to] = swap;
    }
}

/* The line's atoms from left to right: words that run against the paragraph
 * keep their own order among themselves (rule L2 of UAX #9 by words). */
static void visual_order(const struct lay *l, const struct atom **a, size_t n)
{
    if (l->rtl)
        reverse(a, 0, n);
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && atom_rtl(l, a[end]) != l->rtl)
            end++;
        if (end > i + 1)
            reverse(a, i, end);
        i = end > i ? end : i + 1;
    }
}

static bool same_item(const struct look *a, const struct look *b)
{
    return a == b || (a->elem == b->elem && a->size == b->size &&
                      a->colour == b->colour && a->link == b->link &&
                      a->status == b->status && a->line == b->line);
}

static const char *spoken_link(const struct doc_node *a)
{
    if (a->alt != NULL && a->alt[0] != '\0')
        return a->alt;
    for (const struct doc_node *n = a->first; n != NULL; n = n->next)
        if (n->kind == NODE_TEXT && n->text != NULL && n->text[0] != '\0')
            return n->text;
    return a->href;
}

static void put_link(struct lay *l, struct strip *s, const struct look *k,
                     const struct box_item *i, double top)
{
    struct link_area *a = lay_array(l, struct link_area, 1);
    if (a == NULL)
        return;
    const struct font_metrics *m =
        font_metrics_of(shaper_fonts(l->sh), FONT_REGULAR);
    *a = (struct link_area){.x = i->x, .y = top, .width = i->width,
                            .height = k->leading, .elem = k->elem};
    if (k->link->href[0] == '#')
        a->target = k->link->href + 1;
    else
        a->uri = k->link->href;
    a->contents = spoken_link(k->link);
    if (s->last_link != NULL)
        s->last_link->next = a;
    else
        s->links = a;
    s->last_link = a;
    strip_rule(l, s, i->x, i->y + k->size * m->underline_below / FONT_EM +
             0.25, i->width, style_length(LENGTH_HAIRLINE), COLOUR_ACCENT);
}

static void put_status(struct lay *l, struct strip *s, const struct look *k,
                       double x, double width, double base)
{
    double up = 1.12 * k->size, height = 1.55 * k->size;
    struct box_item *i = strip_rect(l, s, x, base - up, width, height, k->colour);
    if (i != NULL)
        i->thick = 2.0;
    i = strip_rect(l, s, x + 0.7, base - up + 0.7, width - 1.4, height - 1.4,
                 l->ground);
    if (i != NULL)
        i->thick = 1.4;
}

/* The line under marked text, clear of its trailing space. */
static void put_mark(struct lay *l, struct strip *s, const struct look *k,
                     double x, double width, double base)
{
    double thick = k->line == LINE_DOUBLE ? 0.4 : 0.8;
    double y = base + 0.18 * k->size;
    for (int i = 0; i < (k->line == LINE_DOUBLE ? 2 : 1); i++) {
        struct box_item *rule = strip_put(l, s, ITEM_RULE, NULL);
        if (rule == NULL)
            return;
        rule->artifact = ARTIFACT_LAYOUT;
        rule->x = x;
        rule->y = y + 1.6 * i;
        rule->width = width;
        rule->thick = thick;
        rule->colour = k->colour;
        rule->dashed = k->line == LINE_DASHED;
    }
}

/* One item from atoms [0, n) of one look; returns its advance. */
static double put_group(struct lay *l, struct strip *s,
                        const struct atom *const *a, size_t n,
                        const struct shaped **parts, double x, double base,
                        bool line_end)
{
    const struct look *k = a[0]->look;
    double width = 0.0, lead = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (a[i]->s != NULL)
            parts[count++] = a[i]->s;
        else if (count == 0)
            lead += a[i]->width;
        width += a[i]->width + a[i]->space;
    }
    if (count == 0)
        return width;
    double seen = width - (line_end ? a[n - 1]->space : 0.0);
    if (k->status)
        put_status(l, s, k, x, seen, base);
    struct box_item *i = strip_put(l, s, ITEM_TEXT, k->elem);
    if (i == NULL)
        return width;
    i->x = x + lead;
    i->y = base;
    i->size = k->size;
    i->colour = k->colour;
    i->parts = parts;
    i->part_count = count;
    i->width = seen - lead;
    if (k->line != LINE_NONE)
        put_mark(l, s, k, i->x, width - a[n - 1]->space - lead, base);
    if (k->link != NULL)
        put_link(l, s, k, i, base - 0.8 * k->leading);
    return width;
}

static void put_line(struct lay *l, struct strip *s, const struct para *p,
                     size_t from, size_t to, double x, double width,
                     double base)
{
    size_t n = to - from;
    const struct atom **a = lay_array(l, const struct atom *, n);
    const struct shaped **parts = lay_array(l, const struct shaped *, n);
    if (parts == NULL || s == NULL)
        return;
    double wide = 0.0;
    bool mixed = l->rtl;
    for (size_t i = 0; i < n; i++) {
        a[i] = &p->atoms[from + i];
        wide += a[i]->width + a[i]->space;
        mixed = mixed || atom_rtl(l, a[i]);
    }
    wide -= a[n - 1]->space;
    if (mixed)
        visual_order(l, a, n);
    if ((p->align == ALIGN_END) != l->rtl)
        x += width - wide;
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && same_item(a[i]->look, a[end]->look))
            end++;
        /* Within one item the painter turns words itself: undone here, for
         * this order is its own inverse. */
        if (mixed)
            visual_order(l, a + i, end - i);
        x += put_group(l, s, a + i, end - i, parts + i, x, base, end == n);
        i = end;
    }
}

void para_set(struct lay *l, struct para *p, struct flow *f, double before)
{
    struct lines b = break_para(l, p, f->width);
    for (size_t i = 0; i < b.count && l->failed == ST_OK; i++) {
        struct strip *s = strip_new(l);
        if (s == NULL)
            return;
        s->height = p->leading;
        put_line(l, s, b.p, i == 0 ? 0 : b.ends[i - 1], b.ends[i], f->x,
                 f->width, baseline_of(l, p->size, p->leading));
        bool widow = i == 0 || i + 2 == b.count;
        s->cost_after = i + 1 == b.count ? STRIP_FREE
                        : widow          ? STRIP_NEVER
                                         : COST_INSIDE;
        flow_add(f, s, i == 0 ? before : 0.0);
    }
}

double para_put(struct lay *l, struct para *p, struct strip *s, double x,
                double y0, double width)
{
    struct lines b = break_para(l, p, width);
    for (size_t i = 0; i < b.count && l->failed == ST_OK; i++)
        put_line(l, s, b.p, i == 0 ? 0 : b.ends[i - 1], b.ends[i], x, width,
                 y0 + (double)i * p->leading +
                     baseline_of(l, p->size, p->leading));
    return (double)b.count * (p == NULL ? 0.0 : p->leading);
}

double text_wide(struct lay *l, const char *text, const struct look *look)
{
    const struct shaped *s = NULL;
    if (l->failed == ST_OK)
        l->failed = shape(l->sh, look->face, text, strlen(text), look->lang,
                          look->shape, &s, l->e);
    return s == NULL ? 0.0 : look->size * s->width / FONT_EM;
}

struct box_item *strip_text(struct lay *l, struct strip *s, const char *text,
                          const struct look *look, double x, double y)
{
    const struct shaped **part = lay_array(l, const struct shaped *, 1);
    if (part == NULL || text[0] == '\0')
        return NULL;
    l->failed = shape(l->sh, look->face, text, strlen(text), look->lang,
                      look->shape, part, l->e);
    struct box_item *i =
        l->failed != ST_OK ? NULL : strip_put(l, s, ITEM_TEXT, look->elem);
    if (i == NULL)
        return NULL;
    i->x = x;
    i->y = y;
    i->size = look->size;
    i->colour = look->colour;
    i->parts = part;
    i->part_count = 1;
    i->width = look->size * part[0]->width / FONT_EM;
    return i;
}
