/* What a program can give over a box, step by step. */
#include "model/program_range_in.h"

/* --- all ------------------------------------------------------------------------ */

static void step_range(const struct ranging *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;

    switch (s->kind) {
    case STEP_CONSTANT:
        r->slot[to[0]] = SPAN_NOTHING;
        span_join(&r->slot[to[0]], s->p);
        return;
    case STEP_MAP:
        for (uint32_t i = 0; i < s->outs; i++) {
            struct program_span x = *span_at(r, in[i]);
            map_range(s, &x, &r->slot[to[i]]);
        }
        return;
    case STEP_PAIR:
        for (uint32_t i = 0; i < s->outs; i++) {
            struct program_span x = *span_at(r, in[i]), y = *span_at(r, in[s->outs + i]);
            pair_range(s, &x, &y, &r->slot[to[i]]);
        }
        return;
    case STEP_CHOOSE: choose_range(r, s); return;
    case STEP_AFFINE: affine_range(r, s); return;
    case STEP_REDUCE: reduce_range(r, s); return;
    case STEP_GROUP: group_range(r, s); return;
    case STEP_LINES: lines_range(r, s); return;
    case STEP_INTERVALS: intervals_range(r, s); return;
    case STEP_TABLE: table_range(r, s); return;
    case STEP_WORDS: words_range(r, s); return;
    case STEP_FOREST: forest_range(r, s); return;
    case STEP_TOKENS: /* texts do not move: see program_range_possible */
        for (uint32_t i = 0; i < s->outs; i++)
            r->slot[to[i]] = SPAN_ANYTHING;
        return;
    }
}

size_t program_range_room(const struct program *p)
{
    return p->slots + 1;
}

bool program_range_possible(const struct program *p, const char **why)
{
    *why = NULL;
    for (size_t i = 0; i < p->steps && *why == NULL; i++) {
        const struct step *s = &p->step[i];
        if (s->kind == STEP_TOKENS)
            *why = "it reads the words of a text";
        else if (s->kind == STEP_GROUP && s->f == GROUP_SIMPLEMAX)
            *why = "it divides values by their sum";
    }
    return *why == NULL;
}

static void add_span(struct program_span *sum, double c,
                     const struct program_span *x, double *size)
{
    sum->missing |= x->missing;
    if (!span_present(x)) {
        *sum = (struct program_span){NAN, NAN, true};
        return;
    }
    double a = span_times(c, c < 0 ? x->high : x->low);
    double b = span_times(c, c < 0 ? x->low : x->high);
    sum->low += a;
    sum->high += b;
    *size += fmax(fabs(a), fabs(b));
}

static void add_term(const struct ranging *r, const struct term *t,
                     struct program_span *sum, double *size)
{
    if (t->tree == 0) {
        add_span(sum, t->coefficient, span_at(r, t->slot), size);
        return;
    }
    const struct step *s = &r->p->step[t->at - 1];
    const struct forest_data *d = s->data;
    const struct model *m = d->forest;
    const struct tree *tree = &m->tree[t->tree - 1];
    struct program_span leaf = SPAN_NOTHING;
    tree_range(r, s, m, tree, 0, &leaf);
    add_span(sum, t->coefficient * m->combine_scale * tree->weight, &leaf,
             size);
}

void program_part_range(const struct program *p, size_t output, uint32_t part,
                        const struct program_span *input,
                        struct program_span *room, struct program_span *out)
{
    const struct part *of = &p->parts[output].part[part];
    const struct term *term = p->term + of->term;
    struct ranging r = {p, room};
    double size = 0;
    size_t next = 0;

    for (size_t f = 0; f < p->features; f++)
        if (p->input_slot[f] != NO_SLOT)
            room[p->input_slot[f]] = input[f];
    *out = (struct program_span){0, 0, false};
    for (size_t i = 0; i < of->steps; i++) {
        size_t at = p->part_step[of->step + i];
        for (; next < of->terms && term[next].at < at + 1; next++)
            add_term(&r, &term[next], out, &size);
        step_range(&r, &p->step[at]);
    }
    for (; next < of->terms; next++)
        add_term(&r, &term[next], out, &size);
    if (isnan(out->low) || isnan(out->high)) {
        *out = out->missing && isnan(out->low) && isnan(out->high)
                   ? SPAN_MISSING
                   : SPAN_ANYTHING;
        return;
    }
    span_loosen_by(out, size * 0x1p-51 * (double)(of->terms + 4));
}
