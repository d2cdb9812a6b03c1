/* Lists: an item may go on over a page, a ranked one may not. */
#include "render/layout_in.h"

static void put_label(struct lay *l, struct strip *s, const char *text,
                      const struct look *look, const struct flow *f, double y)
{
    struct strip *t = strip_new(l);
    double x = l->rtl ? f->x + f->width - text_wide(l, text, look) : f->x;
    strip_text(l, t, text, look, x, y);
    strip_front(s, t);
}

static void lay_item(struct lay *l, struct flow *f, const struct doc_node *li,
                     struct struct_elem *list, const char *label)
{
    struct style s = style_of(li, l->v);
    struct struct_elem *item = elem_new(l, list, ELEM_LI);
    struct struct_elem *lbl = elem_new(l, item, ELEM_LBL);
    struct struct_elem *body = elem_new(l, item, ELEM_LBODY);
    double indent = style_length(LENGTH_LIST_INDENT) * s.size / 10.0;
    struct flow sub = {.x = l->rtl ? f->x : f->x + indent,
                       .width = f->width - indent};
    s.after *= 0.5;
    mark_place(l, &sub, li);
    lay_children(l, &sub, li, body, &s);
    struct look look = look_of(l, &s, lbl);
    put_label(l, sub.first, label, &look, f,
              baseline_of(l, s.size, s.leading));
    flow_join(f, &sub, 0.0);
    flow_gap(f, style_of(li, l->v).after);
}

static void lay_ranked(struct lay *l, struct flow *f, const struct doc_node *li,
                       struct struct_elem *list, const char *label, bool first)
{
    struct style s = style_of(li, l->v);
    struct struct_elem *item = elem_new(l, list, ELEM_LI);
    struct struct_elem *lbl = elem_new(l, item, ELEM_LBL);
    struct struct_elem *body = elem_new(l, item, ELEM_LBODY);
    double indent = style_length(LENGTH_RANK_INDENT) * s.size / 10.5;
    double pad = style_length(LENGTH_RANK_PAD);
    double hair = style_length(LENGTH_HAIRLINE);
    struct flow sub = {.x = l->rtl ? f->x : f->x + indent,
                       .width = f->width - indent};
    mark_place(l, &sub, li);
    s.after = 0.0;
    lay_children(l, &sub, li, body, &s);
    struct strip *row = strip_new(l);
    if (row == NULL)
        return;
    if (first)
        strip_rule(l, row, f->x, 0.0, f->width, hair, COLOUR_RULE);
    struct look look = look_of(l, &s, lbl);
    look.colour = COLOUR_ACCENT;
    look.face = FONT_BOLD;
    double x = l->rtl ? f->x + f->width - text_wide(l, label, &look) : f->x;
    strip_text(l, row, label, &look, x, pad + baseline_of(l, s.size, s.leading));
    row->height = 2.0 * pad + flow_into(&sub, row, pad);
    strip_rule(l, row, f->x, row->height, f->width, hair, COLOUR_RULE);
    row->cost_after = first ? STRIP_NEVER : 60.0;
    flow_add(f, row, 0.0);
}

void lay_list(struct lay *l, struct flow *f, const struct doc_node *n,
              struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    struct struct_elem *list = elem_new(l, parent, ELEM_L);
    bool ordered = n->kind == NODE_OL, ranked = doc_has_class(n, "ranked");
    if (list != NULL)
        list->numbering = ordered ? LIST_DECIMAL : LIST_DISC;
    int number = 0;
    flow_gap(f, s.before);
    for (const struct doc_node *li = n->first; li != NULL; li = li->next) {
        if (li->kind != NODE_LI)
            continue;
        number++;
        const char *label = "\xe2\x80\xa2";
        if (ordered)
            label = arena_format(l->a, ranked ? "%d" : "%d.", number);
        if (label == NULL && l->failed == ST_OK)
            l->failed = arena_error(l->a, l->e);
        if (l->failed != ST_OK)
            return;
        if (ranked)
            lay_ranked(l, f, li, list, label, number == 1);
        else
            lay_item(l, f, li, list, label);
    }
    if (f->last != NULL && ranked)
        f->last->cost_after = STRIP_FREE;
    flow_gap(f, s.after);
}

/* --- terms: one row a term, the meaning at its right ------------------------- */

static const struct doc_node *lay_term(struct lay *l, struct flow *f,
                                       const struct doc_node *dt,
                                       struct struct_elem *list)
{
    struct style s = style_of(dt, l->v);
    struct struct_elem *item = elem_new(l, list, ELEM_LI);
    struct struct_elem *lbl = elem_new(l, item, ELEM_LBL);
    struct struct_elem *body = elem_new(l, item, ELEM_LBODY);
    double pad = style_length(LENGTH_ROW_PAD), left = 0.3 * f->width;
    double gap = style_length(LENGTH_CELL_GAP);
    struct strip *row = strip_new(l);
    struct look look = look_of(l, &s, lbl);
    struct flow head = {.x = f->x};
    mark_place(l, &head, dt);
    double height = para_put(l, para_new(l, dt->first, NULL, &look), row, f->x,
                             pad, left - gap);
    struct flow sub = {.x = f->x + left, .width = f->width - left,
                       .spots = head.spots};
    const struct doc_node *n = dt->next;
    for (; n != NULL && n->kind != NODE_DT; n = n->next) {
        struct style d = style_of(n, l->v);
        if (n->kind == NODE_DD)
            lay_children(l, &sub, n, body, &d);
    }
    double body_height = flow_into(&sub, row, pad);
    if (row == NULL)
        return n;
    row->height = 2.0 * pad + (height > body_height ? height : body_height);
    strip_rule(l, row, f->x, row->height, f->width,
             style_length(LENGTH_HAIRLINE), COLOUR_RULE);
    row->cost_after = 15.0;
    flow_add(f, row, 0.0);
    return n;
}

void lay_terms(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    struct struct_elem *list = elem_new(l, parent, ELEM_L);
    flow_gap(f, s.before);
    for (const struct doc_node *c = n->first; c != NULL;)
        c = c->kind == NODE_DT ? lay_term(l, f, c, list) : c->next;
    flow_gap(f, s.after);
}
