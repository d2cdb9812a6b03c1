/* Blocks that are a paragraph or a stack of other blocks. */
#include "render/layout_in.h"

#define COST_LEAD 30.0

#include <string.h>

static enum elem_kind elem_of(const struct lay *l, enum node_kind k)
{
    switch (k) {
    case NODE_H1:
        return ELEM_H1;
    case NODE_H2:
        return ELEM_H2;
    case NODE_H3:
        return l->level < 2 ? ELEM_H2 : ELEM_H3; /* no level is left out */
    case NODE_CAPTION:
        return ELEM_CAPTION;
    case NODE_SECTION:
        return ELEM_SECT;
    case NODE_DIV:
    case NODE_HEADER:
    case NODE_BODY:
    case NODE_NAV:
        return ELEM_DIV;
    default:
        return ELEM_P;
    }
}

void mark_place(struct lay *l, struct flow *f, const struct doc_node *n)
{
    struct heading *h = heading_of(l, n);
    if (h == NULL && n->id == NULL)
        return;
    struct spot *s = spot_new(l, h != NULL ? SPOT_HEADING : SPOT_NAME);
    if (s == NULL)
        return;
    s->x = f->x;
    s->name = h != NULL ? h->name : n->id;
    s->heading = h;
    s->next = f->spots;
    f->spots = s;
}

static struct para *paragraph(struct lay *l, const struct doc_node *first,
                              const struct doc_node *end,
                              const struct look *look, bool end_aligned)
{
    struct para *p = para_new(l, first, end, look);
    if (p != NULL)
        p->align = end_aligned ? ALIGN_END : ALIGN_START;
    return p;
}

static void lay_text(struct lay *l, struct flow *f, const struct doc_node *n,
                     struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    struct struct_elem *elem = elem_new(l, parent, elem_of(l, n->kind));
    if (elem != NULL && n->lang != NULL)
        elem->lang = n->lang;
    struct look look = look_of(l, &s, elem);
    if (n->lang != NULL)
        look.lang = n->lang;
    struct para *p = paragraph(l, n->first, NULL, &look,
                               doc_has_class(n, "right"));
    if (n->kind == NODE_H1 || n->kind == NODE_H2)
        l->level = n->kind == NODE_H1 ? 1 : 2;
    if (p != NULL)
        p->balanced = n->kind == NODE_H1 || n->kind == NODE_H2;
    struct strip *last = f->last;
    if (p != NULL)
        para_set(l, p, f, s.before);
    if (s.keep_next)
        for (struct strip *i = last == NULL ? f->first : last->next; i != NULL;
             i = i->next)
            i->cost_after = STRIP_NEVER;
    flow_gap(f, s.after);
    if (doc_has_class(n, "kicker"))
        f->tight = true;
}

/* Runs of inline nodes become paragraphs of their own; `direct`: the element
 * may hold text itself. */
static void children(struct lay *l, struct flow *f, const struct doc_node *n,
                     struct struct_elem *elem, const struct look *look,
                     double after, bool direct)
{
    for (const struct doc_node *c = n->first; c != NULL;) {
        if (doc_is_block(c->kind)) {
            lay_block(l, f, c, elem);
            c = c->next;
            continue;
        }
        const struct doc_node *end = c;
        bool blank = true;
        while (end != NULL && !doc_is_block(end->kind)) {
            blank = blank && end->kind == NODE_TEXT &&
                    (end->text == NULL ||
                     end->text[strspn(end->text, " \n\t")] == '\0');
            end = end->next;
        }
        struct look own = *look;
        if (!blank) {
            own.elem = direct ? elem : elem_new(l, elem, ELEM_P);
            struct para *p = paragraph(l, c, end, &own,
                                       doc_has_class(n, "right"));
            if (p != NULL)
                para_set(l, p, f, 0.0);
            flow_gap(f, after);
        }
        c = end;
    }
}

void lay_children(struct lay *l, struct flow *f, const struct doc_node *n,
                  struct struct_elem *elem, const struct style *s)
{
    struct look look = look_of(l, s, elem);
    bool direct = elem != NULL && (elem->kind == ELEM_LBODY ||
                                   elem->kind == ELEM_P);
    children(l, f, n, elem, &look, s->after, direct);
}

/* --- any block --------------------------------------------------------------- */

static void lay_stack(struct lay *l, struct flow *f, const struct doc_node *n,
                      struct struct_elem *parent)
{
    struct style s = style_of(n, l->v);
    struct struct_elem *elem = parent;
    if (n->kind == NODE_SECTION || n->lang != NULL)
        elem = elem_new(l, parent, elem_of(l, n->kind));
    if (elem != NULL && n->lang != NULL)
        elem->lang = n->lang;
    const char *lang = l->lang;
    l->lang = n->lang != NULL ? n->lang : lang;
    if (doc_has_class(n, "page") && f->first != NULL)
        f->page_pending = true;
    struct strip *mark = f->last;
    flow_gap(f, s.before);
    struct style text = s;
    text.after = 0.45 * style_size(l->v, SIZE_BODY).leading;
    lay_children(l, f, n, elem, &text);
    flow_gap(f, s.after);
    l->lang = lang;
    if (!doc_has_class(n, "keep"))
        return;
    for (struct strip *i = mark == NULL ? f->first : mark->next;
         i != NULL && i->next != NULL; i = i->next)
        i->cost_after = STRIP_NEVER;
}

static void lay_hr(struct lay *l, struct flow *f, const struct doc_node *n)
{
    struct style s = style_of(n, l->v);
    struct strip *row = strip_new(l);
    strip_rule(l, row, f->x, 0.0, f->width, style_length(LENGTH_HAIRLINE),
             COLOUR_RULE);
    flow_add(f, row, s.before);
    flow_gap(f, s.after);
}

static void lay_div(struct lay *l, struct flow *f, const struct doc_node *n,
                    struct struct_elem *parent)
{
    if (doc_has_class(n, "panel"))
        lay_panel(l, f, n, parent);
    else if (doc_has_class(n, "columns") || doc_has_class(n, "tiles"))
        lay_columns(l, f, n, parent);
    else if (doc_has_class(n, "address"))
        lay_address(l, f, n, parent);
    else
        lay_stack(l, f, n, parent);
}

void lay_block(struct lay *l, struct flow *f, const struct doc_node *n,
               struct struct_elem *parent)
{
    if (l->failed != ST_OK)
        return;
    mark_place(l, f, n);
    /* What a sentence leads up to had better stand below it. */
    bool shown = n->kind == NODE_TABLE || n->kind == NODE_FIGURE ||
                 n->kind == NODE_OL || n->kind == NODE_UL;
    if (shown && f->last != NULL && f->last->cost_after <= STRIP_FREE)
        f->last->cost_after = COST_LEAD;
    switch (n->kind) {
    case NODE_UL:
    case NODE_OL:
        lay_list(l, f, n, parent);
        break;
    case NODE_DL:
        lay_terms(l, f, n, parent);
        break;
    case NODE_TABLE:
        lay_table(l, f, n, parent);
        break;
    case NODE_FIGURE:
        lay_figure(l, f, n, parent);
        break;
    case NODE_NAV:
        lay_contents(l, f, n, parent);
        break;
    case NODE_HEADER:
        lay_header(l, f, n, parent);
        break;
    case NODE_HR:
        lay_hr(l, f, n);
        break;
    case NODE_DIV:
        lay_div(l, f, n, parent);
        break;
    case NODE_SECTION:
    case NODE_BODY:
        lay_stack(l, f, n, parent);
        break;
    default:
        lay_text(l, f, n, parent);
        break;
    }
}
