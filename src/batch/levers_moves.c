/* Levers: what each moves, and what it costs. */
#include "batch/levers_making.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t at(const struct making *k, size_t quantity)
{
    return k->p->feature[quantity].at;
}

double making_code(const struct making *k, size_t quantity, const char *word)
{
    const struct project_feature *f = &k->p->feature[quantity];
    if (f->model_feature >= 0)
        return model_category_code(k->s->model, (size_t)f->model_feature, word,
                                   strlen(word));
    for (size_t i = 0; i < f->words; i++)
        if (strcmp(f->word[i], word) == 0)
            return (double)i;
    return NAN;
}

static status put_codes(const struct making *k, const struct lever *from,
                        struct recourse_lever *to, struct error *e)
{
    double *code = arena_new_array(k->l->arena, double, from->words);
    if (code == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < from->words; i++)
        code[i] = making_code(k, from->feature, from->word[i]);
    to->code = code;
    to->codes = from->words;
    to->ordered = from->ordered;
    return ST_OK;
}

static status put_effects(const struct making *k, const struct lever *from,
                          struct recourse_lever *to, struct error *e)
{
    struct recourse_effect *effect =
        arena_new_array(k->l->arena, struct recourse_effect,
                        from->indicators + from->waitings + 1);
    size_t n = 0;
    if (effect == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < from->indicators; i++)
        if (from->indicator[i].input != NULL)
            effect[n++] = (struct recourse_effect){
                .kind = RECOURSE_INDICATE,
                .quantity = at(k, from->indicator[i].quantity),
                .code = (double)i};
    for (size_t i = 0; i < from->waitings; i++) {
        const struct waiting *w = &from->waiting[i];
        effect[n++] = (struct recourse_effect){
            .kind = RECOURSE_ADD,
            .quantity = at(k, w->quantity),
            .rate = w->rate,
            .low = isnan(w->low) ? -(double)INFINITY : w->low,
            .high = isnan(w->high) ? (double)INFINITY : w->high};
    }
    to->effect = effect;
    to->effects = n;
    return ST_OK;
}

/* --- costs ------------------------------------------------------------- */

static status put_prices(const struct making *k, const struct lever *from,
                         struct recourse_lever *to, struct error *e)
{
    size_t n = from->category ? from->words : from->cost_points;
    struct recourse_price *price =
        arena_new_array(k->l->arena, struct recourse_price, n + 1);
    if (price == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < n; i++) {
        size_t j = from->category ? 0 : i;
        while (from->category && j + 1 < from->cost_points &&
               strcmp(from->cost_point[j].word, from->word[i]) != 0)
            j++;
        price[i] = (struct recourse_price){from->cost_point[j].change,
                                           from->cost_point[j].cost};
    }
    to->cost = RECOURSE_TABLE;
    to->price = price;
    to->prices = n;
    return ST_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All applicants where they are named, else those near the cutoff. */
static status read_people(struct making *k, struct error *e)
{
    const struct project *p = k->p;
    bool all = p->reference_b.spec.location != NULL;
    if (k->people.table != NULL)
        return ST_OK;
    return reference_load_quantities(k->s,
                                     all ? &p->reference_b : &p->reference_a,
                                     !all && p->model.has_cutoff, &k->people,
                                     e);
}

static status put_sample(struct making *k, const struct lever *from,
                         struct recourse_lever *to, struct error *e)
{
    TRY(read_people(k, e));
    const struct reference *r = &k->people;
    double *sample = arena_new_array(k->l->arena, double, r->count + 1);
    if (sample == NULL)
        return arena_error(k->l->arena, e);
    to->cost = RECOURSE_PERCENTILE;
    to->sample = sample;
    for (size_t i = 0; i < r->count; i++) {
        double x = r->rows[i * k->p->recourse.width + to->quantity];
        if (!isnan(x))
            sample[to->samples++] = x;
    }
    if (to->samples == 0)
        return error_set(e, ST_DATA,
                         "lever \"%s\" costs by percentile, but the population "
                         "%s has no value of \"%s\"",
                         from->key, r->table->name,
                         k->p->feature[from->feature].input);
    qsort(sample, to->samples, sizeof *sample, ascending);
    return ST_OK;
}

static status put_cost(struct making *k, const struct lever *from,
                       struct recourse_lever *to, struct error *e)
{
    to->weight = from->cost;
    to->scale = from->scale;
    to->fixed = from->fixed_cost;
    to->known_cost = isnan(from->known_cost) ? -1 : from->known_cost;
    to->missing_cost = isnan(from->missing_cost) ? -1 : from->missing_cost;
    if (from->cost_by == COST_BY_TABLE)
        return put_prices(k, from, to, e);
    if (from->cost_by == COST_BY_PERCENTILE)
        return put_sample(k, from, to, e);
    return ST_OK;
}

/* --- all --------------------------------------------------------------- */

static status put_lever(struct making *k, const struct lever *from,
                        struct recourse_lever *to, struct error *e)
{
    static const enum recourse_direction way[] = {
        [LEVER_BOTH] = RECOURSE_BOTH,
        [LEVER_UP] = RECOURSE_UP,
        [LEVER_DOWN] = RECOURSE_DOWN};
    bool waits = from->waitings > 0;
    *to = (struct recourse_lever){
        .name = from->key,
        .quantity = waits ? RECOURSE_NO_QUANTITY : at(k, from->feature),
        .direction = k->decline && !waits ? RECOURSE_BOTH
                                          : way[from->direction],
        .low = from->has_low ? from->low : -(double)INFINITY,
        .high = from->has_high ? from->high : (double)INFINITY,
        .step = from->step,
        .decimals = k->p->feature[from->feature].decimals,
        .integer = from->integer};
    if (from->category)
        TRY(put_codes(k, from, to, e));
    if (from->indicators > 0 || waits)
        TRY(put_effects(k, from, to, e));
    return put_cost(k, from, to, e);
}

static bool usable(const struct making *k, const struct lever *l)
{
    return k->decline || !l->loan_term || k->p->documents.show_loan_terms;
}

status making_levers(struct making *k, struct error *e)
{
    const struct project *p = k->p;
    struct levers *l = k->l;
    size_t *of = arena_new_array(l->arena, size_t, p->levers + 1);
    l->lever = arena_new_array(l->arena, struct recourse_lever, p->levers + 1);
    if (of == NULL || l->lever == NULL)
        return arena_error(l->arena, e);
    l->lever_of = of;
    for (size_t i = 0; i < p->levers; i++) {
        if (!usable(k, &p->lever[i]))
            continue;
        TRY(put_lever(k, &p->lever[i], &l->lever[l->count], e));
        of[l->count++] = i;
    }
    return ST_OK;
}
