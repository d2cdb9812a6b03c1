#include "batch/decide_estimate.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

struct side { /* one population's */
    double *phi, *low, *high;             /* [features] margin */
    double *group, *group_low, *group_high; /* [factors] oriented */
    struct decision_estimate told;
};

struct estimates {
    const struct session *s;
    const struct references *r;
    struct estimate_hand *hand;
    struct side side[METHODS];
};

static status side_open(const struct estimates *x, struct side *k,
                        struct error *e)
{
    size_t features = x->s->model->features + 1;
    size_t groups = x->r->players.groups + 1;
    double **const all[] = {&k->phi, &k->low, &k->high,
                            &k->group, &k->group_low, &k->group_high};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i] = mem_array(i < 3 ? features : groups, sizeof(double));
        if (*all[i] == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static void side_close(struct side *k)
{
    double *const all[] = {k->phi, k->low, k->high,
                           k->group, k->group_low, k->group_high};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(all[i]);
}

status estimates_new(const struct session *s, const struct references *r,
                     struct estimates **out, struct error *e)
{
    *out = NULL;
    if (!r->estimated)
        return ST_OK;
    struct estimates *x = mem_array(1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    x->s = s;
    x->r = r;
    status st = estimate_hand_new(&r->estimating, &x->hand, e);
    for (int k = 0; st == ST_OK && k < METHODS; k++)
        st = side_open(x, &x->side[k], e);
    if (st != ST_OK) {
        estimates_free(x);
        return st;
    }
    *out = x;
    return ST_OK;
}

void estimates_free(struct estimates *x)
{
    if (x == NULL)
        return;
    estimate_hand_free(x->hand);
    for (int k = 0; k < METHODS; k++)
        side_close(&x->side[k]);
    mem_free(x);
}

const struct estimate_bill *estimates_bill(const struct estimates *x)
{
    return estimate_hand_bill(x->hand);
}

static void orient(const struct estimates *x, const struct estimated *v,
                   struct side *k)
{
    bool better = x->s->project->model.higher_is_better;
    for (size_t g = 0; g < x->r->players.groups; g++) {
        k->group[g] = better ? v->group[g] : -v->group[g];
        k->group_low[g] = better ? v->group_low[g] : -v->group_high[g];
        k->group_high[g] = better ? v->group_high[g] : -v->group_low[g];
    }
}

static void by_input(const struct estimates *x, const struct estimated *v,
                     struct side *k)
{
    const struct estimate_players *p = &x->r->players;
    size_t bytes = x->s->model->features * sizeof(double);
    memset(k->phi, 0, bytes);
    memset(k->low, 0, bytes);
    memset(k->high, 0, bytes);
    for (size_t i = 0; i < p->count; i++) {
        if (p->feature[i] < 0)
            continue;
        k->phi[p->feature[i]] = v->phi[i];
        k->low[p->feature[i]] = v->low[i];
        k->high[p->feature[i]] = v->high[i];
    }
}

static void tell(const struct estimates *x, const struct estimated *v,
                 struct side *k)
{
    bool wholes = x->s->project->estimate.players == PLAYERS_FACTORS;
    k->told = (struct decision_estimate){
        .method = v->method,
        .confidence = x->r->estimating.confidence,
        .held_out = v->held_out,
        .evaluations = v->evaluations,
        .rows = v->rows,
        .population = v->population,
        .players = x->r->players.count,
        .exact = v->exact,
        .wholes = wholes,
        .low = wholes ? NULL : k->low,
        .high = wholes ? NULL : k->high};
}

static void note(const struct estimates *x, const struct estimated *v,
                 struct decision *decision)
{
    double sum = v->base;
    for (size_t i = 0; i < x->r->players.count; i++) {
        sum += v->phi[i];
        decision->largest = fmax(decision->largest, fabs(v->phi[i]));
    }
    if (fabs(v->all - sum) > fabs(decision->residual))
        decision->residual = v->all - sum;
}

/* A model elsewhere that mixes up the rows of a batch, or answers as it likes,
 * betrays itself: the decision's row was asked with the scores, and again among
 * other rows with its coalitions. Its last bits may depend on the batch. */
static status same_answer(const struct estimates *x, double all,
                          const struct decision *decision, struct error *e)
{
    const struct model *m = x->s->model;
    double margin = decision->margin, room = 1e-4 * fmax(1, fabs(margin));
    if (m->kind != MODEL_REMOTE || isnan(margin) || fabs(all - margin) <= room)
        return ST_OK;
    double scored = link_answer(m->link, m->link_scale, margin);
    double again = link_answer(m->link, m->link_scale, all);
    if (fabs(scored - again) <= 1e-5 * fmin(1, fabs(scored)))
        return ST_OK;
    return error_set(e, ST_DATA,
                     "the model's answers to the same row differ: %.9g when it "
                     "was scored, %.9g when it was explained; it mixes up the "
                     "rows of a batch, or does not always answer alike",
                     scored, again);
}

static status estimate_side(struct estimates *x, int k, const double *row,
                            bool ordered, struct reasons_estimate *out,
                            struct decision *decision, struct error *e)
{
    struct estimated v;
    struct side *side = &x->side[k];
    TRY(estimate_row(x->hand, (size_t)x->r->game[k], row, ordered, &v, e));
    if (decision != NULL)
        TRY(same_answer(x, v.all, decision, e));
    orient(x, &v, side);
    by_input(x, &v, side);
    tell(x, &v, side);
    if (decision != NULL)
        note(x, &v, decision);
    bool better = x->s->project->model.higher_is_better;
    *out = (struct reasons_estimate){.factor = side->group,
                                     .low = side->group_low,
                                     .high = side->group_high,
                                     .apart = better ? v.apart : -v.apart,
                                     .certain = v.certain};
    return ST_OK;
}

/* Only reasons need an order, and only the chosen method's. */
static bool orders(const struct estimates *x, const struct decision *d, int k)
{
    const struct project *p = x->s->project;
    bool chosen = text_equal(p->documents.method, "B") == (k == METHOD_B);
    return chosen && p->reasons_by == REASONS_BY_SHAPLEY &&
           (d == NULL || (action_adverse(d->action) &&
                          (d->component == FAILED_SCORE ||
                           d->component == FAILED_BOTH)));
}

static status find(struct estimates *x, const double *row,
                   struct reasons *reasons, struct decision *decision,
                   struct error *e)
{
    struct reasons_estimate given[METHODS], *by[METHODS] = {NULL, NULL};
    for (int k = 0; k < METHODS; k++) {
        if (x->r->game[k] < 0)
            continue;
        TRY(estimate_side(x, k, row, orders(x, decision, k), &given[k],
                          decision, e));
        by[k] = &given[k];
    }
    reasons_find_estimated(reasons, x->s->project, by[METHOD_A], by[METHOD_B],
                           decision == NULL ? NULL : decision->fired,
                           decision == NULL ? FAILED_SCORE
                                            : decision->component);
    return ST_OK;
}

status estimates_row(struct estimates *x, const double *row,
                     struct decision_findings *facts, struct reasons *reasons,
                     struct decision *decision, struct error *e)
{
    TRY(find(x, row, reasons, decision, e));
    for (int k = 0; k < METHODS; k++) {
        if (x->r->game[k] < 0)
            continue;
        facts->estimate[k] = &x->side[k].told;
        facts->phi[k] = x->side[k].told.wholes ? NULL : x->side[k].phi;
    }
    return ST_OK;
}

status estimates_reasons(struct estimates *x, const double *row,
                         struct reasons *reasons, struct error *e)
{
    return find(x, row, reasons, NULL, e);
}
