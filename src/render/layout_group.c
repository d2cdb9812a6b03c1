/* Blocks that stand side by side or on a ground: each becomes one strip. */
#include "render/layout_in.h"

#include <string.h>

enum { MOST_COLUMNS = 4, LEAST_EMS = 7 };

static const struct doc_node *next_block(const struct doc_node *n)
{
    while (n != NULL && !doc_is_block(n->kind))
        n = n->next;
    return n;
}

static void lay_column(struct lay *l, struct flow *f, const struct doc_node *n,
                       struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    bool holder = n->kind == NODE_DIV && !doc_has_class(n, "panel");
    if (holder) {
        struct style text = s;
        text.after = 0.45 * style_size(l->v, SIZE_BODY).leading;
        lay_children(l, f, n, parent, &text);
    } else {
        lay_block(l, f, n, parent);
    }
}

/* Blocks n … of one row; returns the first that did not fit in it. */
static const struct doc_node *lay_row(struct lay *l, struct flow *f,
                                      const struct doc_node *n, int across,
                                      bool tiles, struct struct_elem *parent,
                                      double before)
{
    double gutter = style_length(LENGTH_GUTTER), tallest = 0.0;
    double width = (f->width - gutter * (across - 1)) / across;
    struct strip *row = strip_new(l);
    for (int i = 0; i < across && n != NULL; i++) {
        int place = l->rtl ? across - 1 - i : i;
        struct flow sub = {.x = f->x + place * (width + gutter),
                           .width = width};
        double top = 0.0;
        if (tiles) {
            strip_rule(l, row, sub.x, 0.0, width, style_length(LENGTH_TILE_RULE),
                     COLOUR_INK);
            top = 5.0;
        }
        lay_column(l, &sub, n, parent);
        double height = top + flow_into(&sub, row, top);
        tallest = height > tallest ? height : tallest;
        n = next_block(n->next);
    }
    if (row != NULL)
        row->height = tallest;
    flow_add(f, row, before);
    return n;
}

void lay_columns(struct lay *l, struct flow *f, const struct doc_node *n,
                 struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    bool tiles = doc_has_class(n, "tiles");
    int count = 0;
    for (const struct doc_node *c = next_block(n->first); c != NULL;
         c = next_block(c->next))
        count++;
    if (count == 0)
        return;
    double gutter = style_length(LENGTH_GUTTER);
    int most = (int)((f->width + gutter) / (LEAST_EMS * s.size + gutter));
    most = most < 1 ? 1 : most < MOST_COLUMNS ? most : MOST_COLUMNS;
    int rows = (count + most - 1) / most;
    int across = (count + rows - 1) / rows;
    const struct doc_node *c = next_block(n->first);
    for (int i = 0; i < rows && l->failed == ST_OK; i++)
        c = lay_row(l, f, c, across, tiles, parent, i == 0 ? s.before : s.after);
    flow_gap(f, s.after);
}

void lay_panel(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    double pad = style_length(LENGTH_PANEL_PAD) * s.size / 10.5;
    double bar = style_length(LENGTH_PANEL_BAR);
    double inset = bar + pad;
    struct strip *row = strip_new(l);
    struct box_item *ground = strip_rect(l, row, f->x, 0.0, f->width, 0.0,
                                       COLOUR_PANEL);
    struct box_item *edge = strip_rect(l, row, l->rtl ? f->x + f->width - bar
                                                    : f->x,
                                     0.0, bar, 0.0, COLOUR_ACCENT);
    if (edge == NULL)
        return;
    ground->artifact = edge->artifact = ARTIFACT_BACKGROUND;
    struct flow sub = {.x = l->rtl ? f->x + pad : f->x + inset,
                       .width = f->width - inset - pad};
    enum scene_colour outside = l->ground;
    l->ground = COLOUR_PANEL;
    struct style text = s;
    text.after = 0.45 * style_size(l->v, SIZE_BODY).leading;
    if (doc_has_class(n, "columns") || doc_has_class(n, "tiles"))
        lay_columns(l, &sub, n, parent);
    else
        lay_children(l, &sub, n, parent, &text);
    l->ground = outside;
    pad *= 0.8;
    row->height = 2.0 * pad + flow_into(&sub, row, pad);
    ground->height = edge->height = row->height;
    flow_add(f, row, s.before);
    flow_gap(f, s.after);
}

/* --- figures ----------------------------------------------------------------- */

void lay_figure(struct lay *l, struct flow *f, const struct doc_node *n,
                struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    const struct scene *scene = n->scene;
    flow_gap(f, s.before);
    if (scene != NULL && scene->width > 0.0 && scene->height > 0.0) {
        double scale = f->width / scene->width;
        double most = 0.9 * l->page.body_height / scene->height;
        scale = scale < most ? scale : most;
        scale = scale < 1.0 ? scale : 1.0;
        struct struct_elem *elem = elem_new(l, parent, ELEM_FIGURE);
        struct strip *row = strip_new(l);
        struct box_item *i = strip_put(l, row, ITEM_SCENE, elem);
        struct spot *spot = spot_new(l, SPOT_FIGURE);
        if (spot == NULL || i == NULL)
            return;
        elem->alt = n->alt == NULL ? "" : n->alt;
        i->scene = scene;
        i->x = l->rtl ? f->x + f->width - scale * scene->width : f->x;
        i->width = elem->width = scale * scene->width;
        i->height = elem->height = scale * scene->height;
        spot->x = i->x;
        spot->figure = elem;
        strip_spot(row, spot);
        row->height = i->height;
        row->cost_after = n->first == NULL ? STRIP_FREE : STRIP_NEVER;
        flow_add(f, row, s.before);
    }
    lay_children(l, f, n, parent, &s);
    flow_gap(f, s.after);
}

/* --- letterhead and address ---------------------------------------------------- */

static bool has_child(const struct doc_node *n, enum node_kind kind)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (c->kind == kind)
            return true;
    return false;
}

/* The cover of a card: lower on the page, and a narrower measure for words. */
static void lay_cover(struct lay *l, struct flow *f, const struct doc_node *n,
                      struct struct_elem *elem)
{
    if (f->first == NULL) {
        struct strip *air = strip_new(l);
        if (air == NULL)
            return;
        air->height = 0.15 * l->page.body_height;
        air->cost_after = STRIP_NEVER;
        flow_add(f, air, 0.0);
    }
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        if (!doc_is_block(c->kind))
            continue;
        double full = f->width;
        if (c->kind == NODE_H1 || c->kind == NODE_P)
            f->width *= 0.8;
        lay_block(l, f, c, elem);
        f->width = full;
    }
}

void lay_header(struct lay *l, struct flow *f, const struct doc_node *n,
                struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    bool sides = false;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        sides = sides || doc_has_class(c, "right");
    if (!sides) {
        if (has_child(n, NODE_H1) && l->v == VARIANT_CARD)
            lay_cover(l, f, n, parent);
        else
            lay_children(l, f, n, parent, &s);
        flow_gap(f, s.after);
        return;
    }
    double split = 0.6 * f->width, gutter = style_length(LENGTH_GUTTER);
    struct flow left = {.x = f->x, .width = split};
    struct flow right = {.x = f->x + split + gutter,
                         .width = f->width - split - gutter};
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        if (doc_is_block(c->kind))
            lay_block(l, doc_has_class(c, "right") ? &right : &left, c, parent);
    struct strip *row = strip_new(l);
    double a = flow_into(&left, row, 0.0), b = flow_into(&right, row, 0.0);
    if (row != NULL)
        row->height = a > b ? a : b;
    flow_add(f, row, s.before);
    flow_gap(f, s.after);
}

void lay_address(struct lay *l, struct flow *f, const struct doc_node *n,
                 struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    struct flow sub = {.x = f->x, .width = 0.55 * f->width};
    s.after = 0.0;
    lay_children(l, &sub, n, parent, &s);
    for (struct strip *i = sub.first; i != NULL; i = i->next)
        i->before = 0.0;
    struct strip *row = strip_new(l);
    if (row == NULL)
        return;
    row->height = flow_into(&sub, row, 0.0);
    bool on_page = f->x == l->page.left && f->width == l->page.body_width;
    double down = l->page.address - l->page.top - flow_height(f);
    if (on_page && down > 0.0 && f->first == NULL) {
        struct strip *air = strip_new(l);
        if (air == NULL)
            return;
        air->height = down;
        air->cost_after = STRIP_NEVER;
        flow_add(f, air, 0.0);
        down = 0.0;
    }
    double line = style_size(l->v, SIZE_BODY).leading;
    flow_add(f, row, on_page && down > line ? down : line);
    flow_gap(f, line);
}
