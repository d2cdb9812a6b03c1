/* Views of a box by bounds of numbers in place of masks. */
#include "recourse/relax.h"

static status bound_room(struct search *s, struct arena *a,
                         struct relax_bound **out, struct error *e)
{
    *out = arena_new_one(a, struct relax_bound);
    return *out == NULL ? arena_error(a, e)
                        : relax_bound_new(s->g->relax, a, *out, e);
}

status relax_views(struct search *s, struct arena *a, struct error *e)
{
    s->limit = arena_new_array(a, double, s->g->parts);
    if (s->limit == NULL)
        return arena_error(a, e);
    memcpy(s->limit, s->g->limit, s->g->parts * sizeof *s->limit);
    s->limit[0] -= s->t->shift;
    TRY(bound_room(s, a, &s->whole.relaxed, e));
    TRY(bound_room(s, a, &s->own.relaxed, e));
    return bound_room(s, a, &s->spare, e);
}

static void bound_of(struct search *s, struct relax_bound *b,
                     const uint16_t *low, const uint16_t *high)
{
    size_t bytes = s->space->axes * sizeof *low;

    memcpy(b->low, low, bytes);
    memcpy(b->high, high, bytes);
    relax_bound_box(s->g->relax, b);
}

void relax_begin(struct search *s, struct view *v, const struct box *b,
                 bool own)
{
    size_t bytes = s->space->axes * sizeof *v->low;

    memcpy(v->low, b->low, bytes);
    memcpy(v->high, b->high, bytes);
    for (size_t k = 0; own && k < s->n; k++)
        if (is_free(s, b, k))
            v->low[s->axis[k]] = v->high[s->axis[k]] =
                (uint16_t)axis_at(s, k)->own;
    bound_of(s, v->relaxed, v->low, v->high);
}

/* The worst score; one axis' least number replaced by `with` [parts], or not. */
static double worst_of(struct search *s, const struct relax_bound *b,
                       size_t axis, const double *with)
{
    size_t axes = s->space->axes;
    double worst = -INFINITY;

    if (b->none) {
        s->why = PROOF_FORMULA;
        s->which = 0;
        return INFINITY;
    }
    for (size_t i = 0; i < s->g->parts; i++) {
        double sum = b->constant[i];
        for (size_t a = 0; a < axes; a++)
            sum += with != NULL && a == axis ? with[i] : b->least[i * axes + a];
        double excess = (sum - s->limit[i]) * s->g->weight[i];
        if (!(sum <= s->limit[i])) {
            s->why = PROOF_SCORE;
            s->which = (uint16_t)i;
            return isnan(excess) ? (double)INFINITY : excess;
        }
        worst = excess > worst ? excess : worst;
    }
    return worst;
}

double relax_excess(struct search *s, const struct view *v)
{
    return worst_of(s, v->relaxed, 0, NULL);
}

double relax_excess_with(struct search *s, const struct view *v, size_t k,
                         size_t low, size_t high)
{
    const struct relax *x = s->g->relax;
    const struct relax_bound *b = v->relaxed;
    size_t a = s->axis[k], positions = x->first[s->space->axes];
    double with[RECOURSE_SCORES_MAX];

    if (low < v->low[a] || high > v->high[a]) {
        uint16_t from[RECOURSE_LEVERS_MAX], to[RECOURSE_LEVERS_MAX];
        memcpy(from, v->low, sizeof from);
        memcpy(to, v->high, sizeof to);
        from[a] = (uint16_t)low;
        to[a] = (uint16_t)high;
        bound_of(s, s->spare, from, to);
        return worst_of(s, s->spare, 0, NULL);
    }
    for (size_t i = 0; i < s->g->parts; i++) {
        const double *g = b->g + i * positions + x->first[a];
        with[i] = INFINITY;
        for (size_t p = low; p <= high; p++)
            with[i] = fmin(with[i], g[p]);
    }
    return worst_of(s, b, a, with);
}

double relax_point(struct search *s, const uint16_t *index)
{
    bound_of(s, s->spare, index, index);
    return worst_of(s, s->spare, 0, NULL);
}
