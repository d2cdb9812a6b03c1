/* Pieces wider than their column: a name of forty letters is cut in the end. */
#include "render/layout_in.h"

#include "render/breaking.h"

#define PENALTY_CUT_GOOD 1500.0
#define PENALTY_CUT 4000.0

static bool too_wide(const struct para *p, double width)
{
    double piece = 0.0;
    for (size_t i = 0; i < p->count; i++) {
        piece += p->atoms[i].width;
        if (piece > width + 1e-6)
            return true;
        piece = p->atoms[i].penalty < BREAK_NEVER ? 0.0
                                                  : piece + p->atoms[i].space;
    }
    return false;
}

static size_t cut_atom(struct lay *l, const struct atom *a, struct atom *out)
{
    size_t count = 0;
    const char *text = a->s->text;
    size_t left = a->s->length;
    double scale = a->look->size / FONT_EM;
    while (left > 0 && l->failed == ST_OK) {
        bool good;
        size_t n = break_cut(text, left, &good);
        const struct shaped *s = NULL;
        l->failed = shape(l->sh, a->look->face, text, n, a->look->lang,
                          a->look->shape, &s, l->e);
        if (l->failed != ST_OK)
            break;
        out[count++] = (struct atom){
            .s = s,
            .look = a->look,
            .width = scale * (s->width - s->trail),
            .space = scale * s->trail,
            .penalty = good ? PENALTY_CUT_GOOD : PENALTY_CUT,
        };
        text += n;
        left -= n;
    }
    if (count > 0)
        out[count - 1].penalty = a->penalty;
    return count;
}

/* Cuts every piece (atoms up to an opportunity) that cannot fit. */
static struct para *cut_wide(struct lay *l, const struct para *p, double width)
{
    size_t room = p->count;
    for (size_t i = 0; i < p->count; i++)
        room += p->atoms[i].s == NULL ? 0 : p->atoms[i].s->length;
    struct para *q = lay_array(l, struct para, 1);
    struct atom *out = lay_array(l, struct atom, room);
    if (out == NULL)
        return NULL;
    *q = *p;
    q->atoms = out;
    q->count = 0;
    for (size_t i = 0; i < p->count && l->failed == ST_OK;) {
        size_t end = i;
        double piece = 0.0;
        do
            piece += p->atoms[end].width +
                     (end > i ? p->atoms[end - 1].space : 0.0);
        while (p->atoms[end].penalty >= BREAK_NEVER && ++end < p->count);
        end = end < p->count ? end + 1 : end;
        for (; i < end; i++) {
            if (piece > width && p->atoms[i].s != NULL &&
                p->atoms[i].s->length > 1) {
                q->count += cut_atom(l, &p->atoms[i], out + q->count);
            } else {
                out[q->count++] = p->atoms[i];
            }
            /* A cut piece may also be parted where its atoms meet. */
            if (piece > width && i + 1 < end &&
                out[q->count - 1].penalty >= BREAK_NEVER && q->count > 0 &&
                p->atoms[i].s != NULL)
                out[q->count - 1].penalty = PENALTY_CUT;
        }
    }
    return q;
}

const struct para *para_fit(struct lay *l, const struct para *p, double width)
{
    return too_wide(p, width) ? cut_wide(l, p, width) : p;
}
