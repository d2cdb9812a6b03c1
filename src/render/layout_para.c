/* Inline nodes → a row of atoms: shaped pieces of text, each with what a line
 * end after it would cost. */
#include "render/layout_in.h"

#include "render/breaking.h"

#include <string.h>

#include "base/text.h"

/* A line had better not end in a short word or in a number whose unit follows,
 * nor at a hyphen or slash, when another place is about as good. */
#define PENALTY_SHORT 25.0
#define PENALTY_NUMBER 25.0
#define PENALTY_MARK 50.0

struct look look_of(const struct lay *l, const struct style *s,
                    struct struct_elem *elem)
{
    return (struct look){
        .size = s->size,
        .leading = s->leading,
        .colour = s->colour,
        .face = s->bold ? FONT_BOLD : FONT_REGULAR,
        .shape = l->shape_flags,
        .lang = l->lang,
        .elem = elem,
    };
}

static struct atom *atom_add(struct lay *l, struct para *p)
{
    if (p->count == p->room) {
        size_t room = p->room == 0 ? 16 : p->room * 2;
        struct atom *more = lay_array(l, struct atom, room);
        if (more == NULL)
            return NULL;
        if (p->count > 0)
            memcpy(more, p->atoms, p->count * sizeof *more);
        p->atoms = more;
        p->room = room;
    }
    return &p->atoms[p->count++];
}

static void add_room(struct lay *l, struct para *p, const struct look *look,
                     double width)
{
    struct atom *a = atom_add(l, p);
    if (a == NULL)
        return;
    *a = (struct atom){.look = look, .width = width, .penalty = BREAK_NEVER};
}

static double penalty_of(const char *text, size_t word, enum break_after after)
{
    if (after == AFTER_NEVER)
        return BREAK_NEVER;
    if (after == AFTER_MARK)
        return PENALTY_MARK;
    if (after == AFTER_IDEOGRAPH || word == 0)
        return 0.0;
    char last = text[word - 1];
    if (last >= '0' && last <= '9')
        return PENALTY_NUMBER;
    bool letter = (last >= 'a' && last <= 'z') || last == 'I' || last == 'A';
    return word <= 2 && letter ? PENALTY_SHORT : 0.0;
}

static struct atom *add_text(struct lay *l, struct para *p, const char *text,
                             size_t length, const struct look *look)
{
    const struct shaped *s = NULL;
    if (l->failed != ST_OK)
        return NULL;
    l->failed = shape(l->sh, look->face, text, length, look->lang, look->shape,
                      &s, l->e);
    struct atom *a = l->failed != ST_OK ? NULL : atom_add(l, p);
    if (a == NULL)
        return NULL;
    double scale = look->size / FONT_EM;
    *a = (struct atom){
        .s = s,
        .look = look,
        .width = scale * (s->width - s->trail),
        .space = scale * s->trail,
        .penalty = BREAK_NEVER,
    };
    return a;
}

static uint32_t last_point(const char *text, size_t length)
{
    size_t at = length - 1;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    uint32_t c = 0;
    (void)utf8_decode(text + at, length - at, &c);
    return c;
}

static void take_text(struct lay *l, struct para *p, const char *text,
                      const struct look *look)
{
    if (p->before == 0 || p->before == ' ')
        while (*text == ' ' || *text == '\n')
            text++;
    size_t left = strlen(text);
    if (left == 0)
        return;
    uint32_t first = 0;
    (void)utf8_decode(text, left, &first);
    if (p->count > 0 && first >= 0x80 && !look->nowrap &&
        break_ideographs(p->before, first))
        p->atoms[p->count - 1].penalty = 0.0;
    while (left > 0 && l->failed == ST_OK) {
        size_t spaces;
        enum break_after after;
        size_t n = break_next(text, left, p->before, &spaces, &after);
        struct atom *a = add_text(l, p, text, n, look);
        if (a != NULL && !look->nowrap)
            a->penalty = penalty_of(text, n - spaces, after);
        p->before = spaces > 0 ? ' ' : last_point(text, n);
        text += n;
        left -= n;
    }
}

static void force_break(struct lay *l, struct para *p, const struct look *look)
{
    if (p->count == 0 || p->atoms[p->count - 1].penalty <= BREAK_FORCED)
        add_room(l, p, look, 0.0);
    if (l->failed == ST_OK)
        p->atoms[p->count - 1].penalty = BREAK_FORCED;
    p->before = 0;
}

static void span_look(const struct doc_node *n, struct look *k)
{
    static const struct {
        const char *word;
        enum scene_colour colour;
    } inks[] = {{"muted", COLOUR_MUTED},   {"mark", COLOUR_MARK},
                {"accent", COLOUR_ACCENT}, {"for", COLOUR_FOR},
                {"against", COLOUR_AGAINST}, {"help", COLOUR_FOR},
                {"hurt", COLOUR_AGAINST}};
    for (size_t i = 0; i < sizeof inks / sizeof inks[0]; i++)
        if (doc_has_class(n, inks[i].word))
            k->colour = inks[i].colour;
    if (doc_has_class(n, "help"))
        k->line = LINE_SOLID;
    if (doc_has_class(n, "hurt"))
        k->line = LINE_DASHED;
    if (doc_has_class(n, "open"))
        k->line = LINE_DOUBLE;
    if (doc_has_class(n, "strong") || doc_has_class(n, "sign"))
        k->face |= FONT_BOLD;
    if (doc_has_class(n, "num"))
        k->shape |= SHAPE_TABULAR;
    if (doc_has_class(n, "nowrap"))
        k->nowrap = true;
    if (doc_has_class(n, "status")) {
        k->status = k->nowrap = true;
        k->colour = COLOUR_ACCENT;
        k->size *= 0.78;
        k->face = FONT_BOLD;
    }
}

static void take_inline(struct lay *l, struct para *p, const struct doc_node *n,
                        const struct look *look);

/* What is said in place of a sign: the span of class "spoken" before it. */
static void take_sign(struct lay *l, const struct doc_node *n, struct look *k)
{
    const struct doc_node *before = NULL;
    for (const struct doc_node *c = n->parent->first; c != n; c = c->next)
        before = c;
    k->elem = elem_new(l, k->elem, ELEM_SPAN);
    if (k->elem != NULL && before != NULL && doc_has_class(before, "spoken"))
        k->elem->actual = text_of(l, before);
}

static void take_children(struct lay *l, struct para *p,
                          const struct doc_node *n, const struct look *look)
{
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        take_inline(l, p, c, look);
}

static void take_styled(struct lay *l, struct para *p, const struct doc_node *n,
                        const struct look *look)
{
    struct look *k = lay_array(l, struct look, 1);
    if (k == NULL)
        return;
    *k = *look;
    if (n->kind == NODE_STRONG)
        k->face |= FONT_BOLD;
    else if (n->kind == NODE_EM)
        k->face |= FONT_ITALIC;
    else if (n->kind == NODE_SMALL)
        k->size *= 0.85;
    if (n->classes != NULL)
        span_look(n, k);
    if (n->kind == NODE_SPAN && doc_has_class(n, "spoken"))
        return;
    if (n->kind == NODE_SPAN && doc_has_class(n, "sign"))
        take_sign(l, n, k);
    if (n->kind == NODE_A && n->href != NULL) {
        k->elem = elem_new(l, k->elem, ELEM_LINK);
        k->colour = COLOUR_ACCENT;
        k->link = n;
    }
    if (n->lang != NULL) {
        k->lang = n->lang;
        if (n->kind != NODE_A)
            k->elem = elem_new(l, k->elem, ELEM_SPAN);
        if (k->elem != NULL)
            k->elem->lang = n->lang;
    }
    if (k->status)
        add_room(l, p, k, 0.45 * k->size);
    take_children(l, p, n, k);
    if (k->status)
        add_room(l, p, k, 0.45 * k->size);
}

static void take_inline(struct lay *l, struct para *p, const struct doc_node *n,
                        const struct look *look)
{
    if (n->kind == NODE_TEXT) {
        if (n->text != NULL)
            take_text(l, p, n->text, look);
    } else if (n->kind == NODE_BR) {
        force_break(l, p, look);
    } else {
        take_styled(l, p, n, look);
    }
}

struct para *para_new(struct lay *l, const struct doc_node *first,
                      const struct doc_node *end, const struct look *look)
{
    struct para *p = lay_array(l, struct para, 1);
    struct look *own = lay_array(l, struct look, 1);
    if (own == NULL)
        return NULL;
    *own = *look;
    p->size = look->size;
    p->leading = look->leading;
    for (const struct doc_node *n = first; n != end; n = n->next)
        take_inline(l, p, n, own);
    return l->failed == ST_OK && p->count > 0 ? p : NULL;
}

void para_widths(const struct para *p, double *least, double *most)
{
    double piece = 0.0, line = 0.0, wide = 0.0;
    *least = 0.0;
    for (size_t i = 0; p != NULL && i < p->count; i++) {
        const struct atom *a = &p->atoms[i];
        piece += a->width;
        line += a->width;
        if (piece > *least)
            *least = piece;
        if (line > wide)
            wide = line;
        line += a->space;
        piece = a->penalty < BREAK_NEVER ? 0.0 : piece + a->space;
        if (a->penalty <= BREAK_FORCED)
            line = 0.0;
    }
    *most = wide;
}
