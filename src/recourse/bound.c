/* Admissible bounds of the scores over a box. */
#include "recourse/search.h"

static struct masks_term cells_term(const struct game *g,
                                    const struct reader *r, size_t low,
                                    size_t high)
{
    size_t row = g->words;

    if (r->kind != READER_SET)
        return (struct masks_term){r->from + high * row, r->to + low * row,
                                   false};
    size_t step = 63 - (size_t)__builtin_clzll(high - low + 1);
    const uint64_t *level = r->from + step * r->cells * row;
    return (struct masks_term){level + low * row,
                               level + (high + 1 - ((size_t)1 << step)) * row,
                               true};
}

static struct masks_term axis_term(const struct game *g, size_t reader,
                                   size_t low, size_t high)
{
    const struct reader *r = &g->reader[reader];

    if (r->cell != NULL) {
        low = r->cell[low];
        high = r->cell[high];
    }
    return cells_term(g, r, low, high);
}

/* The same by place in the search; at own from the row that is kept of it. */
static struct masks_term position_term(const struct search *s, size_t k,
                                       size_t low, size_t high)
{
    size_t a = s->axis[k], own = s->space->axis[a].own;

    if (low == own && high == own) {
        const uint64_t *row = s->own_row + k * s->g->words;
        return (struct masks_term){row, row, false};
    }
    return axis_term(s->g, (size_t)s->g->reader_of[a], low, high);
}

static size_t edge_cell(const struct search *s, const struct reader *r,
                        double x)
{
    const struct model *m = s->t->r->p.score[r->score].model;
    size_t low = 0, high = r->cells - 1;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compares_below(m, x, r->edge[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* False: nothing in the box can be computed. `row` is used when the missing
 * state is in it. */
static bool formula_term(const struct search *s, const struct reader *r,
                         const uint16_t *low, const uint16_t *high,
                         uint64_t *row, struct masks_term *out)
{
    double from, to;
    bool missing;

    space_range(s->space, r->column, low, high, &from, &to, &missing);
    if (isnan(from) && !missing)
        return false;
    if (isnan(from)) {
        *out = (struct masks_term){r->missing, r->missing, false};
        return true;
    }
    *out = cells_term(s->g, r, edge_cell(s, r, from), edge_cell(s, r, to));
    if (!missing)
        return true;
    for (size_t v = 0; v < s->g->words; v++)
        row[v] = (out->a[v] & out->b[v]) | r->missing[v];
    *out = (struct masks_term){row, row, false};
    return true;
}

/* --- making --------------------------------------------------------------- */

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

static status own_rows(struct search *s, struct arena *a, struct error *e)
{
    size_t words = s->g->words;

    s->own_row = arena_new_array(a, uint64_t, s->n * words + 1);
    if (s->own_row == NULL)
        return arena_error(a, e);
    for (size_t k = 0; k < s->n; k++) {
        int reader = s->g->reader_of[s->axis[k]];
        size_t own = axis_at(s, k)->own;
        if (reader < 0)
            continue;
        struct masks_term t = axis_term(s->g, (size_t)reader, own, own);
        masks_and(s->own_row + k * words, &t, 1, words);
    }
    return ST_OK;
}

status bounds_make(struct search *s, struct arena *a, struct error *e)
{
    const struct game *g = s->g;

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

void view_begin(struct search *s, struct view *v, const struct box *b, bool own)
{
    size_t words = s->g->words;

    memcpy(v->low, b->low, s->space->axes * sizeof *v->low);
    memcpy(v->high, b->high, s->space->axes * sizeof *v->high);
    for (size_t k = 0; own && k < s->n; k++) {
        if (is_free(s, b, k))
            v->low[s->axis[k]] = v->high[s->axis[k]] =
                (uint16_t)axis_at(s, k)->own;
    }
    memcpy(v->before, s->base, words * sizeof *v->before);
    for (size_t k = 0; k < s->n; k++)
        add_axis(s, v, k, v->before + k * words, v->before + (k + 1) * words);
    for (size_t i = 0; i < s->formulas; i++) {
        if (!formula_term(s, &s->g->reader[s->formula[i]], v->low, v->high,
                          v->row + i * words, &v->formula[i]))
            v->formula[i] = (struct masks_term){NULL, NULL, false};
    }
}

void view_end(struct search *s, struct view *v)
{
    size_t words = s->g->words;

    memcpy(v->after + s->n * words, s->g->full, words * sizeof *v->after);
    for (size_t k = s->n; k-- > 0;)
        add_axis(s, v, k, v->after + (k + 1) * words, v->after + k * words);
}

/* --- excess --------------------------------------------------------------- */

static double sums_excess(struct search *s, size_t terms)
{
    const struct game *g = s->g;
    double worst = -INFINITY;

    for (size_t i = 0; i < g->parts; i++) {
        double sum = g->constant[i] + masks_sum(&g->part[i], s->term, terms);
        double excess = (sum - s->limit[i]) * g->weight[i];
        if (sum > s->limit[i]) {
            s->why = PROOF_SCORE;
            s->which = (uint16_t)i;
            return excess;
        }
        worst = excess > worst ? excess : worst;
    }
    return worst;
}

static double no_formula(struct search *s, size_t i)
{
    s->why = PROOF_FORMULA;
    s->which = (uint16_t)s->g->reader[s->formula[i]].column;
    return INFINITY;
}

double view_excess(struct search *s, const struct view *v)
{
    const uint64_t *all = v->before + s->n * s->g->words;

    s->term[0] = (struct masks_term){all, all, false};
    for (size_t i = 0; i < s->formulas; i++) {
        if (v->formula[i].a == NULL)
            return no_formula(s, i);
        s->term[1 + i] = v->formula[i];
    }
    return sums_excess(s, 1 + s->formulas);
}

double excess_with(struct search *s, const struct view *v, size_t k, size_t low,
                   size_t high)
{
    size_t words = s->g->words, terms = 1, a = s->axis[k];
    uint16_t box_low[RECOURSE_LEVERS_MAX], box_high[RECOURSE_LEVERS_MAX];
    int reader = s->g->reader_of[a];

    s->term[0] = (struct masks_term){v->before + k * words,
                                     v->after + (k + 1) * words, false};
    if (reader >= 0)
        s->term[terms++] = position_term(s, k, low, high);
    if (s->formulas > 0) {
        memcpy(box_low, v->low, s->space->axes * sizeof *box_low);
        memcpy(box_high, v->high, s->space->axes * sizeof *box_high);
        box_low[a] = (uint16_t)low;
        box_high[a] = (uint16_t)high;
    }
    for (size_t i = 0; i < s->formulas; i++) {
        const struct reader *r = &s->g->reader[s->formula[i]];
        s->term[terms] = v->formula[i];
        if ((r->levers >> a & 1) != 0 &&
            !formula_term(s, r, box_low, box_high,
                          s->own.row + (s->formulas + i) * words,
                          &s->term[terms]))
            return no_formula(s, i);
        if (s->term[terms++].a == NULL)
            return no_formula(s, i);
    }
    return sums_excess(s, terms);
}

/* --- points --------------------------------------------------------------- */

/* Terms of a single point; 0: a formula cannot be computed. */
static size_t point_terms(struct search *s, const uint16_t *index)
{
    size_t terms = 1;

    s->term[0] = (struct masks_term){s->base, s->base, false};
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        if (s->g->reader_of[a] >= 0)
            s->term[terms++] =
                axis_term(s->g, (size_t)s->g->reader_of[a], index[a], index[a]);
    }
    for (size_t i = 0; i < s->formulas; i++) {
        if (!formula_term(s, &s->g->reader[s->formula[i]], index, index,
                          s->own.row + (s->formulas + i) * s->g->words,
                          &s->term[terms++])) {
            (void)no_formula(s, i);
            return 0;
        }
    }
    return terms;
}

double point_excess(struct search *s, const uint16_t *index)
{
    size_t terms = point_terms(s, index);

    return terms == 0 ? (double)INFINITY : sums_excess(s, terms);
}

double point_score(struct search *s, const uint16_t *index, size_t part)
{
    size_t terms = point_terms(s, index);

    return terms == 0 ? (double)INFINITY
                      : s->g->constant[part] +
                            masks_sum(&s->g->part[part], s->term, terms);
}

bool one_leaf(struct search *s, const struct view *v)
{
    const struct game *g = s->g;
    const uint64_t *all = v->before + s->n * g->words;

    for (size_t i = 0; i < g->groups; i++) {
        const struct group *x = &g->group[i];
        int left = 0;
        for (uint32_t w = x->first_word; w < x->first_word + x->words; w++) {
            uint64_t m = all[w];
            for (size_t f = 0; f < s->formulas; f++)
                m &= v->formula[f].a[w] & v->formula[f].b[w];
            left += __builtin_popcountll(m);
        }
        if (left != 1)
            return false;
    }
    return true;
}
