/* Admissible bounds of the scores over a box. */
#include "recourse/relax.h"

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

struct masks_term axis_term(const struct game *g, size_t reader, size_t low,
                            size_t high)
{
    const struct reader *r = &g->reader[reader];

    if (r->cell != NULL) {
        low = r->cell[low];
        high = r->cell[high];
    }
    return cells_term(g, r, low, high);
}

struct masks_term own_term(const struct search *s, size_t first, size_t end)
{
    size_t level = 63 - (size_t)__builtin_clzll(end - first);
    const uint64_t *row = s->own_row + level * s->n * s->g->words;

    return (struct masks_term){row + first * s->g->words,
                               row + (end - ((size_t)1 << level)) * s->g->words,
                               false};
}

/* The same by place in the search; at own from the row that is kept of it. */
struct masks_term position_term(const struct search *s, size_t k, size_t low,
                                size_t high)
{
    size_t a = s->axis[k], own = s->space->axis[a].own;

    if (low == own && high == own)
        return own_term(s, k, k + 1);
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
bool formula_term(const struct search *s, const struct reader *r,
                  const uint16_t *low, const uint16_t *high, uint64_t *row,
                  struct masks_term *out)
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
    if (s->g->relax != NULL)
        return relax_excess(s, v);
    s->term[0] = (struct masks_term){v->all, v->all, false};
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

    if (s->g->relax != NULL)
        return relax_excess_with(s, v, k, low, high);
    s->term[0] = (struct masks_term){v->before + v->at[k] * words,
                                     v->after + (v->at[k] + 1u) * words, false};
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
    if (s->g->relax != NULL)
        return relax_point(s, index);
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
    const uint64_t *all = v->all;

    if (g->relax != NULL) { /* a single point has one value */
        bool point = true;
        for (size_t a = 0; a < s->space->axes; a++)
            point &= v->low[a] == v->high[a];
        return point;
    }
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
