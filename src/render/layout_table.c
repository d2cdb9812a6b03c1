#include "render/layout_table.h"

#include <string.h>

enum { RULED_ROWS = 12, RULED_EVERY = 5 };
#define COST_ROW 15.0 /* a page ends inside a table */

static double cell_place(const struct lay *l, const struct table *t,
                         const struct cell *c, double *x)
{
    const struct column *a = &t->columns[c->column];
    size_t last = c->column + c->span - 1;
    if (last >= t->column_count)
        last = t->column_count - 1;
    const struct column *b = &t->columns[last];
    *x = l->rtl ? b->x : a->x;
    return l->rtl ? a->x + a->width - b->x : b->x + b->width - a->x;
}

static void put_bar(struct lay *l, const struct table *t, struct strip *s,
                    const struct cell *c, double x, double width, double y)
{
    double height = style_length(LENGTH_BAR_HEIGHT);
    double text = t->columns[c->column].text;
    double skip = text > 1.0 ? text + 8.0 : 0.0;
    double share = c->node->bar < 0.0   ? 0.0
                   : c->node->bar > 1.0 ? 1.0
                                        : c->node->bar;
    double room = width - skip;
    if (room > 0.0 && share > 0.0)
        strip_rect(l, s, l->rtl ? x + (1.0 - share) * room : x + skip,
                 y - height, share * room, height, COLOUR_ACCENT);
}

static double put_cell(struct lay *l, const struct table *t, struct strip *s,
                       const struct cell *c, double top)
{
    double x, width = cell_place(l, t, c, &x), y = top;
    const struct column *k = &t->columns[c->column];
    if (c->bar) {
        struct type_size size = style_size(l->v, SIZE_TABLE);
        put_bar(l, t, s, c, x, width,
                top + baseline_of(l, size.size, size.leading));
    }
    double inner = width;
    if (c->tail >= 0.0 && c->span == 1 && c->most <= width - k->tail + c->tail)
        inner -= k->tail - c->tail;
    for (struct para *p = c->paras; p != NULL; p = p->next)
        y += para_put(l, p, s, x, y, inner);
    return y - top;
}

static bool ruled(size_t body_index, size_t body_count)
{
    return body_count <= RULED_ROWS || body_index + 1 == body_count ||
           (body_index + 1) % RULED_EVERY == 0;
}

static struct strip *set_row(struct lay *l, const struct table *t,
                             const struct row *r, const struct flow *f,
                             bool rule, bool last_head)
{
    struct strip *s = strip_new(l);
    /* long tables stand closer, with a hairline at each fifth row */
    bool is_long = t->row_count - t->head_count > RULED_ROWS;
    double pad = style_length(is_long ? LENGTH_ROW_PAD_LONG : LENGTH_ROW_PAD);
    double tallest = 0.0;
    for (const struct cell *c = r->cells; c != NULL; c = c->next) {
        double height = put_cell(l, t, s, c, pad);
        tallest = height > tallest ? height : tallest;
    }
    if (s == NULL)
        return NULL;
    if (tallest <= 0.0)
        tallest = style_size(l->v, SIZE_TABLE).leading;
    s->height = tallest + (r->head && !last_head ? pad : 2.0 * pad);
    if (last_head && !t->plain)
        strip_rule(l, s, f->x, s->height, f->width,
                 style_length(LENGTH_HEAD_RULE), COLOUR_INK);
    else if (rule)
        strip_rule(l, s, f->x, s->height, f->width,
                 style_length(LENGTH_HAIRLINE), COLOUR_RULE);
    return s;
}

/* What stands above the rows that went on to another page. */
static struct strip *repeated(struct lay *l, const struct table *t,
                              const struct flow *heads, const struct flow *f)
{
    struct strip *s = strip_new(l);
    if (s == NULL)
        return NULL;
    double y = 0.0;
    struct type_size small = style_size(l->v, SIZE_SMALL);
    struct look look = {.size = small.size, .leading = small.leading,
                        .colour = COLOUR_MUTED, .lang = l->lang,
                        .face = FONT_REGULAR, .shape = l->shape_flags};
    if (l->d->continued != NULL && l->d->continued[0] != '\0') {
        double base = baseline_of(l, small.size, small.leading), x = f->x;
        const char *caption =
            t->caption == NULL ? "" : text_of(l, t->caption);
        struct look bold = look;
        bold.face = FONT_BOLD;
        bold.colour = COLOUR_INK;
        if (caption[0] != '\0' && !l->rtl &&
            text_wide(l, caption, &bold) < 0.75 * f->width) {
            struct box_item *i = strip_text(l, s, caption, &bold, x, base);
            x += i == NULL ? 0.0 : i->width + 6.0;
        }
        if (l->rtl)
            x = f->x + f->width - text_wide(l, l->d->continued, &look);
        strip_text(l, s, l->d->continued, &look, x, base);
        y = small.leading + 2.0;
    }
    for (const struct strip *h = heads->first; h != NULL; h = h->next) {
        struct strip *copy = strip_copy(l, h);
        if (copy == NULL)
            return NULL;
        struct flow one = {.first = copy, .last = copy};
        y += flow_into(&one, s, y);
    }
    s->height = y;
    return s;
}

static void set_body(struct lay *l, const struct table *t, struct flow *f,
                     const struct row *r, const struct strip *head)
{
    size_t count = t->row_count - t->head_count, index = 0;
    for (; r != NULL && l->failed == ST_OK; r = r->next, index++) {
        struct strip *s = set_row(l, t, r, f, ruled(index, count), false);
        if (s == NULL)
            return;
        /* At least two rows at either side of a page end. */
        s->cost_after = index + 1 == count                 ? STRIP_FREE
                        : index == 0 || index + 2 == count ? STRIP_NEVER
                                                           : COST_ROW;
        s->head = index > 0 ? head : NULL;
        flow_add(f, s, 0.0);
    }
}

void lay_table(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    struct struct_elem *elem = elem_new(l, parent, ELEM_TABLE);
    flow_gap(f, s.before);
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == NODE_CAPTION)
            lay_block(l, f, c, elem);
    struct table *t = table_read(l, n, elem);
    if (t == NULL)
        return;
    table_size(l, t, f->x, f->width);
    struct flow heads = {.x = f->x, .width = f->width};
    const struct row *r = t->rows;
    for (; r != NULL && r->head && l->failed == ST_OK; r = r->next)
        flow_add(&heads, set_row(l, t, r, f, false,
                                 r->next == NULL || !r->next->head), 0.0);
    flow_keep(&heads);
    const struct strip *head = NULL;
    if (heads.first != NULL) {
        head = repeated(l, t, &heads, f);
        heads.last->cost_after = STRIP_NEVER;
        flow_join(f, &heads, 0.0);
    }
    set_body(l, t, f, r, head);
    flow_gap(f, s.after);
}
