/* Is a problem one that can be searched? Each refusal names what is wrong. */
#include "base/num.h"
#include "recourse/grids.h"

const char *quantity_name(const struct recourse_problem *p, size_t quantity)
{
    if (p->quantity_name != NULL && p->quantity_name[quantity] != NULL)
        return p->quantity_name[quantity];
    const struct model *m = p->score[0].model;
    return quantity < m->features ? m->feature[quantity].name : "a quantity";
}

const char *lever_name(const struct recourse_problem *p, size_t lever)
{
    const struct recourse_lever *l = &p->lever[lever];

    if (l->name != NULL)
        return l->name;
    return l->quantity != RECOURSE_NO_QUANTITY && l->quantity < p->quantities
               ? quantity_name(p, l->quantity)
               : "without a name";
}

bool takes_words(const struct recourse_problem *p, size_t quantity)
{
    for (size_t i = 0; i < p->scores; i++) {
        const struct recourse_score *s = &p->score[i];
        for (size_t f = 0; f < s->model->features; f++) {
            if ((s->quantity != NULL ? s->quantity[f] : f) == quantity &&
                s->model->feature[f].kind == FEATURE_CATEGORY)
                return true;
        }
    }
    return false;
}

/* --- scores ------------------------------------------------------------------ */

static status check_score(const struct recourse_problem *p, size_t i,
                          struct error *e)
{
    const struct recourse_score *s = &p->score[i];
    const char *name = s->name != NULL ? s->name : "score";

    if (s->model->kind == MODEL_SCORES)
        return error_set(e, ST_UNSUPPORTED,
                         "no search for changes: there is no model to ask, "
                         "only a table of scores");
    if (s->output >= s->model->outputs)
        return error_set(e, ST_ARGUMENT,
                         "%s: output %zu does not exist: the model has %zu",
                         name, s->output, s->model->outputs);
    if (!isfinite(s->cutoff) || !(s->guard >= 0) || !isfinite(s->guard))
        return error_set(e, ST_ARGUMENT,
                         "%s: the cutoff and its guard must be finite numbers",
                         name);
    for (size_t f = 0; f < s->model->features; f++) {
        if ((s->quantity != NULL ? s->quantity[f] : f) >= p->quantities)
            return error_set(e, ST_ARGUMENT,
                             "%s: input \"%s\" is none of the %zu quantities",
                             name, s->model->feature[f].name, p->quantities);
    }
    return ST_OK;
}

/* --- levers ------------------------------------------------------------------ */

static const char *cost_fault(const struct recourse_lever *l)
{
    if (!(l->weight >= 0) || !(l->fixed >= 0) || !(l->weight + l->fixed > 0) ||
        !isfinite(l->weight + l->fixed))
        return "has a cost that is negative, or none at all";
    if (!(l->scale > 0) || !isfinite(l->scale))
        return "needs a scale above 0";
    if (l->cost == RECOURSE_PERCENTILE) {
        if (l->samples == 0 || l->code != NULL)
            return "counts percentiles, but has no sample of numbers";
        for (size_t i = 0; i < l->samples; i++)
            if (isnan(l->sample[i]) ||
                (i > 0 && l->sample[i] < l->sample[i - 1]))
                return "has a sample that does not ascend";
    }
    if (l->cost != RECOURSE_TABLE)
        return NULL;
    if (l->prices == 0 || (l->code != NULL && l->prices != l->codes))
        return "has a cost table that is empty, or not one cost a category";
    for (size_t i = 0; i < l->prices; i++) {
        const struct recourse_price *t = &l->price[i];
        if (!(t->cost >= 0) || !isfinite(t->cost))
            return "has a cost table with a cost that is no number from 0 on";
        if (l->code == NULL &&
            (!(t->change > 0) ||
             (i > 0 && !(t->change > t[-1].change && t->cost >= t[-1].cost))))
            return "has a cost table whose changes or costs do not ascend";
    }
    return NULL;
}

static const char *lever_fault(const struct recourse_lever *l)
{
    const char *cost = cost_fault(l);

    if (cost != NULL)
        return cost;
    if (isnan(l->low) || isnan(l->high) || l->low > l->high)
        return "has a lowest value above its highest";
    if (!(l->step >= 0) || !isfinite(l->step))
        return "has a negative step";
    if (l->decimals < -1 || l->decimals > 9)
        return "needs 0 to 9 decimals";
    if (l->integer && (l->step != floor(l->step)))
        return "takes whole numbers, so its step must be one";
    if (l->code == NULL && l->step == 0 && l->decimals < 0 && !l->integer)
        return "needs a step or a number of decimals";
    if (l->code == NULL && l->ordered)
        return "is in order, but has no categories";
    if (l->quantity == RECOURSE_NO_QUANTITY && l->effects == 0)
        return "moves nothing";
    if (isnan(l->known_cost) || isnan(l->missing_cost) ||
        isinf(l->known_cost) || isinf(l->missing_cost))
        return "has a price of missing values that is no number";
    return NULL;
}

static const char *effect_fault(const struct recourse_problem *p,
                                const struct recourse_lever *l)
{
    if (l->effects > 0 && l->quantity != RECOURSE_NO_QUANTITY &&
        (l->known_cost >= 0 || l->missing_cost >= 0))
        return "moves other inputs along and cannot have a missing state";
    for (size_t i = 0; i < l->effects; i++) {
        const struct recourse_effect *x = &l->effect[i];
        if (x->quantity >= p->quantities)
            return "has an effect on a quantity that does not exist";
        if (takes_words(p, x->quantity))
            return "has an effect on a category, as if it were a number";
        if (x->kind == RECOURSE_INDICATE && l->code == NULL)
            return "sets indicators, but has no categories";
        if (x->kind == RECOURSE_INDICATE)
            continue;
        if (l->code != NULL)
            return "has categories, which cannot be added to a quantity";
        if (!isfinite(x->rate) || x->rate == 0)
            return "has an effect whose rate is 0 or no number";
        if (isnan(x->low) || isnan(x->high) || x->low > x->high)
            return "has an effect with a lowest value above its highest";
    }
    return NULL;
}

/* Digits after the point that write x exactly; -1: more than 9. */
static int decimals_of(double x)
{
    char text[NUM_TEXT_MAX * 9];
    double back;

    for (int d = 0; d <= 9; d++) {
        size_t n = num_fixed(x, d, text);
        if (num_parse(text, n, &back) && back == x)
            return d;
    }
    return -1;
}

status lever_unit(const struct recourse_problem *p, size_t lever, double *unit,
                  int *decimals, struct error *e)
{
    const struct recourse_lever *l = &p->lever[lever];
    char text[NUM_TEXT_MAX];

    *unit = l->step > 0 ? l->step : l->integer ? 1.0 : 0.0;
    *decimals = l->decimals;
    if (l->decimals < 0)
        *decimals = *unit > 0 ? decimals_of(*unit) : 0;
    if (*decimals < 0)
        return error_set(e, ST_ARGUMENT,
                         "lever \"%s\" has a step with more than 9 decimals",
                         lever_name(p, lever));
    if (*unit > 0)
        return ST_OK;
    int n = snprintf(text, sizeof text, "1e-%d", *decimals);
    return num_parse(text, (size_t)n, unit)
               ? ST_OK
               : error_bug(e, "a power of ten cannot be read");
}

static status check_lever(const struct recourse_problem *p, size_t i,
                          struct error *e)
{
    const struct recourse_lever *l = &p->lever[i];
    double unit;
    int decimals;

    if (l->quantity != RECOURSE_NO_QUANTITY && l->quantity >= p->quantities)
        return error_set(e, ST_ARGUMENT,
                         "lever %zu names input %zu, but the model has %zu",
                         i + 1, l->quantity, p->quantities);
    const char *fault = lever_fault(l);
    if (fault == NULL)
        fault = effect_fault(p, l);
    if (fault != NULL)
        return error_set(e, ST_ARGUMENT, "lever \"%s\" %s", lever_name(p, i),
                         fault);
    return l->code != NULL ? ST_OK : lever_unit(p, i, &unit, &decimals, e);
}

/* --- all ------------------------------------------------------------------------ */

static status check_sizes(const struct recourse_problem *p, struct error *e)
{
    if (p->scores == 0 || p->scores > RECOURSE_SCORES_MAX)
        return error_set(e, ST_LIMIT, "%zu scores, 1 to %d can be searched",
                         p->scores, RECOURSE_SCORES_MAX);
    if (p->quantities < p->score[0].model->features)
        return error_set(e, ST_ARGUMENT,
                         "%zu quantities are fewer than the model's %zu inputs",
                         p->quantities, p->score[0].model->features);
    if (p->levers > RECOURSE_LEVERS_MAX)
        return error_set(e, ST_LIMIT, "%zu levers, at most %d can be searched",
                         p->levers, RECOURSE_LEVERS_MAX);
    if (p->formulas > RECOURSE_FORMULAS_MAX || p->rules > RECOURSE_RULES_MAX)
        return error_set(e, ST_LIMIT,
                         "%zu formulas and %zu rules, at most %d and %d can be "
                         "kept",
                         p->formulas, p->rules, RECOURSE_FORMULAS_MAX,
                         RECOURSE_RULES_MAX);
    if (p->most_changes > RECOURSE_CHANGES_ANY ||
        p->alternatives > RECOURSE_ALTERNATIVES_MAX)
        return error_set(e, ST_LIMIT,
                         "at most %d changes and %d alternatives can be asked",
                         RECOURSE_CHANGES_ANY, RECOURSE_ALTERNATIVES_MAX);
    return p->margin >= 0 && isfinite(p->margin)
               ? ST_OK
               : error_set(e, ST_ARGUMENT,
                           "the margin must be a number from 0 on");
}

status problem_check(const struct recourse_problem *p, struct error *e)
{
    TRY(check_sizes(p, e));
    for (size_t i = 0; i < p->scores; i++)
        TRY(check_score(p, i, e));
    for (size_t i = 0; i < p->levers; i++)
        TRY(check_lever(p, i, e));
    return parts_check(p, e);
}
