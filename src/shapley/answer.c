/* Values on the answer scale. v(S) is the mean of model_answer at the mixed
 * rows; the link is not linear, so trees do not add up and coalitions must be
 * listed: for each reference row those of the players that differ from it. */
#include "shapley/answer.h"

#include "shapley/enumerate.h"
#include "shapley/steps.h"

static status find_used(struct game *g, struct answer_state *s, struct error *e)
{
    const struct model *m = g->model;
    bool *seen = arena_new_array(g->arena, bool, g->players + 1);

    s->used = arena_new_array(g->arena, uint32_t, g->players + 1);
    if (s->used == NULL || seen == NULL)
        return arena_error(g->arena, e);
    for (size_t f = 0; f < m->features; f++) {
        uint32_t p = g->player[f];

        if (m->feature[f].used && !seen[p])
            s->used[s->used_count++] = p;
        seen[p] |= m->feature[f].used;
    }
    return ST_OK;
}

status answer_prepare(struct game *g, const struct explain_reference *r,
                      size_t most, struct answer_state **out, struct error *e)
{
    const struct model *m = g->model;
    struct answer_state *s = arena_new_one(g->arena, struct answer_state);
    double *rows = arena_new_array(g->arena, double, r->count * m->features + 1);
    double *margin = arena_new_array(g->arena, double, r->count * m->outputs);
    double *answer = arena_new_array(g->arena, double, r->count * m->outputs);

    *out = s;
    if (s == NULL || rows == NULL || margin == NULL || answer == NULL)
        return arena_error(g->arena, e);
    TRY(find_used(g, s, e));
    TRY(pattern_weights_new(g->arena, most, &s->weights, e));
    if (r->count * m->features > 0)
        memcpy(rows, r->rows, r->count * m->features * sizeof *rows);
    memset(g->base, 0, m->outputs * sizeof *g->base);
    for (size_t i = 0; i < r->count; i++) {
        double *a = answer + i * m->outputs;

        model_margin(m, rows + i * m->features, margin + i * m->outputs);
        model_answer(m, margin + i * m->outputs, a);
        for (size_t o = 0; o < m->outputs; o++)
            g->base[o] += a[o];
    }
    for (size_t o = 0; o < m->outputs; o++)
        g->base[o] /= (double)r->count;
    s->rows = rows;
    s->count = r->count;
    s->margin = margin;
    s->answer = answer;
    g->state = s;
    return ST_OK;
}

static bool exact_supports(const struct model *m, char why[ESTIMATOR_WHY_MAX])
{
    why[0] = 0;
    if (m->link == LINK_ARGMAX)
        snprintf(why, ESTIMATOR_WHY_MAX,
                 "a class number as its answer, which is no quantity to "
                 "share; use \"interventional\"");
    if (m->link == LINK_ARGMAX)
        return false;
    return m->kind == MODEL_FOREST || steps_supports(m, NULL, true, why);
}

static status exact_prepare(struct game *g, const struct explain_reference *r,
                            struct error *e)
{
    struct answer_state *s;

    TRY(answer_prepare(g, r, ENUMERATE_MAX, &s, e));
    if (s->used_count > ENUMERATE_MAX)
        return error_set(e, ST_UNSUPPORTED,
                         "interventional-probability contributions list all "
                         "coalitions of at most %d inputs, the model uses "
                         "%zu; join inputs in groups, or use "
                         "interventional-probability-rescaled",
                         ENUMERATE_MAX, s->used_count);
    g->scratch_doubles = coalitions_doubles(g, s->used_count);
    g->scratch_words = coalitions_words(g);
    if (g->scratch_doubles > g->cap / sizeof(double))
        return error_set(e, ST_LIMIT,
                         "coalitions of %zu inputs and %zu outputs exceed the "
                         "memory of %zu bytes; join inputs in groups",
                         s->used_count, g->model->outputs, g->cap);
    return ST_OK;
}

static void add_pair(const struct coalitions *c, const struct answer_state *s,
                     size_t outputs, size_t width, double *phi)
{
    size_t sets = (size_t)1 << c->players;

    for (size_t i = 0; i < c->players; i++) {
        size_t bit = (size_t)1 << i;
        double *to = phi + c->player[i];

        for (size_t set = 0; set < sets; set++) {
            size_t size = (size_t)__builtin_popcountll(set);

            if ((set & bit) != 0)
                continue;
            double weight =
                pattern_integral(&s->weights, c->players - 1 - size, size) /
                (double)s->count;
            const double *with = c->value + (set | bit) * outputs;
            const double *without = c->value + set * outputs;
            for (size_t o = 0; o < outputs; o++)
                to[o * width] += weight * (with[o] - without[o]);
        }
    }
}

static void exact_explain(const struct game *g, struct game_scratch *scratch,
                          const double *row, double *phi)
{
    const struct model *m = g->model;
    const struct answer_state *s = g->state;
    struct coalitions c;

    coalitions_open(&c, g, s->used, s->used_count, scratch);
    for (size_t i = 0; i < s->count; i++) {
        coalitions_margins(&c, row, s->rows + i * m->features);
        for (size_t set = 0; set < (size_t)1 << c.players; set++)
            model_answer(m, c.value + set * m->outputs,
                         c.value + set * m->outputs);
        add_pair(&c, s, m->outputs, g->players + 1, phi);
    }
}

const struct estimator interventional_probability_estimator = {
    .name = "interventional-probability",
    .title = "Interventional Shapley values on the scale of the answer, all "
             "coalitions listed (at most 14 inputs or groups)",
    .needs_reference = true,
    .exact = true,
    .on_answer = true,
    .supports = exact_supports,
    .prepare = exact_prepare,
    .explain = exact_explain,
};
