/* Views of a box: what all axes but one leave, for each that can move. */
#include "recourse/relax.h"

static status view_room(const struct search *s, struct view *v, struct arena *a,
                        struct error *e)
{
    size_t rows = s->n + 1, words = s->g->words;

    v->before = arena_new_array(a, uint64_t, 2 * rows * words + 1);
    v->formula = arena_new_array(a, struct masks_term, s->formulas + 1);
    v->row = arena_new_array(a, uint64_t, (2 * s->formulas + 1) * words + 1);
    if (v->before == NULL || v->formula == NULL || v->row == NULL)
        return arena_error(a, e);
    v->after = v->before + rows * words;
    return ST_OK;
}

/* Leaves that axes which do not move leave open. */
static void fix_axes(struct search *s)
{
    const struct game *g = s->g;
    uint64_t moving = 0;

    for (size_t k = 0; k < s->n; k++)
        moving |= (uint64_t)1 << s->axis[k];
    memcpy(s->base, g->full, g->words * sizeof *s->base);
    for (size_t i = 0; i < g->readers; i++) {
        const struct reader *r = &g->reader[i];
        if (r->kind == READER_FORMULA) {
            if ((r->levers & moving) != 0)
                s->formula[s->formulas++] = (uint16_t)i;
            continue;
        }
        if ((r->levers & moving) != 0)
            continue;
        size_t own = s->space->axis[r->axis].own;
        struct masks_term t[2] = {{s->base, s->base, false},
                                  axis_term(g, i, own, own)};
        masks_and(s->base, t, 2, g->words);
    }
}

/* Formulas that only axes which stay move. */
static void fix_formulas(struct search *s)
{
    const struct game *g = s->g;
    uint16_t own[RECOURSE_LEVERS_MAX];
    size_t f = 0;

    for (size_t a = 0; a < s->space->axes; a++)
        own[a] = (uint16_t)s->space->axis[a].own;
    for (size_t i = 0; i < g->readers; i++) {
        const struct reader *r = &g->reader[i];
        struct masks_term t[2] = {{s->base, s->base, false}};
        if (r->kind != READER_FORMULA)
            continue;
        if (f < s->formulas && s->formula[f] == i) {
            f++;
            continue;
        }
        if (formula_term(s, r, own, own, s->whole.row, &t[1]))
            masks_and(s->base, t, 2, g->words);
    }
}

/* Level l holds at k what axes k … k + 2^l − 1 leave together at own. */
static status own_rows(struct search *s, struct arena *a, struct error *e)
{
    size_t words = s->g->words, row = s->n * words, levels = 1;

    while ((size_t)1 << levels <= s->n)
        levels++;
    s->own_row = arena_new_array(a, uint64_t, levels * row + 1);
    if (s->own_row == NULL)
        return arena_error(a, e);
    for (size_t k = 0; k < s->n; k++) {
        int reader = s->g->reader_of[s->axis[k]];
        size_t own = axis_at(s, k)->own;
        struct masks_term t = {s->g->full, s->g->full, false};
        if (reader >= 0)
            t = axis_term(s->g, (size_t)reader, own, own);
        masks_and(s->own_row + k * words, &t, 1, words);
    }
    for (size_t l = 1; l < levels; l++) {
        const uint64_t *below = s->own_row + (l - 1) * row;
        for (size_t k = 0; k + ((size_t)1 << l) <= s->n; k++) {
            struct masks_term t = {below + k * words,
                                   below + (k + ((size_t)1 << (l - 1))) * words,
                                   false};
            masks_and(s->own_row + l * row + k * words, &t, 1, words);
        }
    }
    return ST_OK;
}

status bounds_make(struct search *s, struct arena *a, struct error *e)
{
    const struct game *g = s->g;

    if (g->relax != NULL)
        return relax_views(s, a, e);
    s->base = arena_new_array(a, uint64_t, g->words + 1);
    s->formula = arena_new_array(a, uint16_t, g->readers + 1);
    s->limit = arena_new_array(a, double, g->parts);
    if (s->base == NULL || s->formula == NULL || s->limit == NULL)
        return arena_error(a, e);
    memcpy(s->limit, g->limit, g->parts * sizeof *s->limit);
    s->limit[0] -= s->t->shift;
    fix_axes(s);
    TRY(own_rows(s, a, e));
    s->term = arena_new_array(a, struct masks_term, s->formulas + s->n + 2);
    if (s->term == NULL)
        return arena_error(a, e);
    TRY(view_room(s, &s->whole, a, e));
    TRY(view_room(s, &s->own, a, e));
    fix_formulas(s);
    return ST_OK;
}

/* --- views ---------------------------------------------------------------- */

static void add_axis(struct search *s, const struct view *v, size_t k,
                     const uint64_t *from, uint64_t *to)
{
    size_t a = s->axis[k], bytes = s->g->words * sizeof *to;
    int reader = s->g->reader_of[a];

    if (reader < 0) {
        memcpy(to, from, bytes);
        return;
    }
    struct masks_term t[2] = {{from, from, false},
                              position_term(s, k, v->low[a], v->high[a])};
    masks_and(to, t, 2, s->g->words);
}

/* What axes that stay where they are leave: runs at own by their common rows.
 */
static void hold_still(struct search *s, struct view *v)
{
    size_t terms = 1, k = 0;

    s->term[0] = (struct masks_term){s->base, s->base, false};
    while (k < s->n) {
        size_t first = k, a = s->axis[k], own = axis_at(s, k)->own;
        if (v->at[k] != VIEW_STILL) {
            k++;
            continue;
        }
        while (k < s->n && v->at[k] == VIEW_STILL &&
               v->low[s->axis[k]] == axis_at(s, k)->own)
            k++;
        if (k > first)
            s->term[terms++] = own_term(s, first, k);
        else if (s->g->reader_of[a] >= 0 && v->low[a] != own)
            s->term[terms++] = position_term(s, k, v->low[a], v->low[a]);
        k += k == first;
    }
    masks_and(v->before, s->term, terms, s->g->words);
}

void view_begin(struct search *s, struct view *v, const struct box *b, bool own,
                bool all)
{
    size_t words = s->g->words;

    if (s->g->relax != NULL) {
        relax_begin(s, v, b, own);
        return;
    }
    memcpy(v->low, b->low, s->space->axes * sizeof *v->low);
    memcpy(v->high, b->high, s->space->axes * sizeof *v->high);
    v->moving = 0;
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        bool moves = all || b->low[a] < b->high[a];
        v->at[k] = moves ? (uint8_t)v->moving++ : VIEW_STILL;
        if (own && is_free(s, b, k))
            v->low[a] = v->high[a] = (uint16_t)axis_at(s, k)->own;
    }
    hold_still(s, v);
    for (size_t k = 0; k < s->n; k++) {
        if (v->at[k] != VIEW_STILL)
            add_axis(s, v, k, v->before + v->at[k] * words,
                     v->before + (v->at[k] + 1u) * words);
    }
    v->all = v->before + v->moving * words;
    for (size_t i = 0; i < s->formulas; i++) {
        if (!formula_term(s, &s->g->reader[s->formula[i]], v->low, v->high,
                          v->row + i * words, &v->formula[i]))
            v->formula[i] = (struct masks_term){NULL, NULL, false};
    }
}

void view_end(struct search *s, struct view *v)
{
    size_t words = s->g->words;

    if (s->g->relax != NULL)
        return;
    memcpy(v->after + v->moving * words, s->g->full, words * sizeof *v->after);
    for (size_t k = s->n; k-- > 0;) {
        if (v->at[k] != VIEW_STILL)
            add_axis(s, v, k, v->after + (v->at[k] + 1u) * words,
                     v->after + v->at[k] * words);
    }
}
