/* Scores of a recourse problem: the decision, the far end of a band, ordinary
 * people, further models. */
#include "batch/levers_making.h"

#include <math.h>
#include <string.h>

enum { SCORES_OF_A_PROJECT = 3 + SECOND_SCORES_MAX };
_Static_assert((int)SCORES_OF_A_PROJECT <= (int)RECOURSE_SCORES_MAX,
               "a project has more scores than a search takes");

/* The score misses the cutoff: strictly on its other side. */
static void turn(struct recourse_score *score)
{
    bool most = score->accept == RECOURSE_AT_MOST;
    score->accept = most ? RECOURSE_AT_LEAST : RECOURSE_AT_MOST;
    score->cutoff = nextafter(score->cutoff,
                              most ? (double)INFINITY : -(double)INFINITY);
}

static struct recourse_score limit(const struct making *k, bool least,
                                   double cutoff)
{
    return (struct recourse_score){
        .name = "decision",
        .model = k->s->model,
        .output = k->p->model.output,
        .accept = least ? RECOURSE_AT_LEAST : RECOURSE_AT_MOST,
        .cutoff = cutoff,
        .guard = k->l->guard,
        .native = true};
}

/* The cutoff and the near end of a band are one limit, the stricter; the far
 * end is another. */
static size_t put_decision(const struct making *k, struct recourse_score *to)
{
    const struct project_recourse *r = &k->p->recourse;
    bool up = k->p->model.higher_is_better;
    double cutoff = k->p->model.cutoff_margin;
    double near = up ? r->band_margin_low : r->band_margin_high;
    double far = up ? r->band_margin_high : r->band_margin_low;
    bool band = !k->decline;
    if (band && isfinite(near) && (up ? near > cutoff : near < cutoff))
        cutoff = near;
    to[0] = limit(k, up, cutoff);
    if (k->decline)
        turn(&to[0]);
    if (!band || !isfinite(far))
        return 1;
    to[1] = limit(k, !up, far);
    to[1].name = "band";
    return 2;
}

/* --- ordinary people --------------------------------------------------- */

struct ordinary {
    const double *rows; /* [count][features] */
    size_t features, columns;
    const size_t *column; /* [columns] feature of each */
};

static status read_people(void *context, size_t first, size_t count,
                          double *out, struct error *e)
{
    const struct ordinary *o = context;
    (void)e;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < o->columns; c++)
            out[i * o->columns + c] =
                o->rows[(first + i) * o->features + o->column[c]];
    return ST_OK;
}

/* Number inputs that the model reads: what a plan moves shows in them. */
static size_t number_inputs(const struct making *k, size_t *column,
                            const char **name)
{
    const struct model *m = k->s->model;
    size_t n = 0;
    for (size_t j = 0; j < m->features; j++) {
        if (!m->feature[j].used || m->feature[j].kind == FEATURE_CATEGORY)
            continue;
        column[n] = j;
        name[n++] = m->feature[j].name;
    }
    return n;
}

static status fit(const struct making *k, const struct reference *people,
                  const size_t **column, struct error *e)
{
    const struct project_plausibility *l = &k->p->recourse.plausibility;
    size_t features = k->s->model->features;
    size_t *list = arena_new_array(k->l->arena, size_t, features + 1);
    const char **name =
        arena_new_array(k->l->arena, const char *, features + 1);
    if (list == NULL || name == NULL)
        return arena_error(k->l->arena, e);
    size_t n = number_inputs(k, list, name);
    struct ordinary o = {people->rows, features, n, list};
    struct isolation_table table = {.rows = people->count, .columns = n,
                                    .name = name, .read = read_people,
                                    .context = &o};
    struct isolation_settings settings = {.trees = l->trees,
                                          .seed = (uint64_t)l->seed};
    *column = list;
    return isolation_fit(&table, &settings, &k->l->ordinary, e);
}

static status put_ordinary(const struct making *k, struct recourse_score *to,
                           struct error *e)
{
    const struct project *p = k->p;
    const struct project_plausibility *l = &p->recourse.plausibility;
    struct reference people = {0};
    const size_t *column = NULL;
    bool near = l->table == &p->reference_a && p->model.has_cutoff;
    TRY(reference_load(k->s, l->table, near, &people, e));
    status st = fit(k, &people, &column, e);
    reference_free(&people);
    if (st != ST_OK) {
        error_note(e, "finding out who is ordinary (recourse.plausibility)");
        return st;
    }
    *to = (struct recourse_score){
        .name = "plausibility",
        .model = isolation_model(k->l->ordinary),
        .quantity = column,
        .accept = RECOURSE_AT_LEAST,
        .cutoff = isolation_cutoff(k->l->ordinary, l->share)};
    return ST_OK;
}

/* --- further models ---------------------------------------------------- */

static status put_second(const struct making *k,
                         const struct second_score *from,
                         struct recourse_score *to, struct error *e)
{
    const struct model *m = from->read;
    size_t *quantity = arena_new_array(k->l->arena, size_t, m->features + 1);
    if (quantity == NULL)
        return arena_error(k->l->arena, e);
    for (size_t j = 0; j < m->features; j++)
        quantity[j] = from->quantity[j] == SIZE_MAX /* no tree reads it */
                          ? 0
                          : k->p->feature[from->quantity[j]].at;
    *to = (struct recourse_score){
        .name = from->name,
        .model = m,
        .quantity = quantity,
        .output = from->model.output,
        .accept = from->model.higher_is_better ? RECOURSE_AT_LEAST
                                               : RECOURSE_AT_MOST,
        .cutoff = from->model.cutoff_margin,
        .guard = recourse_guard(m, from->model.output),
        .native = true};
    return ST_OK;
}

status making_scores(const struct making *k, struct recourse_problem *out,
                     struct error *e)
{
    const struct project_recourse *r = &k->p->recourse;
    struct recourse_score *score =
        arena_new_array(k->l->arena, struct recourse_score,
                        SCORES_OF_A_PROJECT);
    if (score == NULL)
        return arena_error(k->l->arena, e);
    k->l->guard = recourse_guard(k->s->model, k->p->model.output);
    size_t n = put_decision(k, score);
    k->l->cutoff_margin = score[0].cutoff;
    if (r->plausibility.table != NULL)
        TRY(put_ordinary(k, &score[n++], e));
    for (size_t i = 0; !k->decline && i < r->scores; i++)
        TRY(put_second(k, &r->score[i], &score[n++], e));
    out->score = score;
    out->scores = n;
    return ST_OK;
}
