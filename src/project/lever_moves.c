/* What a lever moves: who may not be moved, and what two may not move. */
#include "project/reading.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Nobody is advised to be someone else. Age moves while a person waits, and
 * then alone. */
static void refuse_basis(const struct checking *c, const struct lever *l,
                         size_t quantity, const void *at, struct place place)
{
    const char *basis = quantity_basis(c->p, quantity);
    if (basis == NULL || (l->waitings > 0 && strcmp(basis, "age") == 0))
        return;
    fault_recourse(c, at, place,
                   "lever \"%s\" moves %s \"%s\": nobody is advised to change "
                   "that",
                   l->key,
                   strcmp(basis, "proxy") == 0
                       ? "a proxy of a prohibited basis,"
                       : basis,
                   c->p->feature[quantity].input);
}

/* One lever may move a quantity, and no formula as well. */
void lever_claim(const struct checking *c, size_t lever, size_t quantity,
                  const void *at, struct place place)
{
    const struct lever *l = &c->p->lever[lever];
    struct project_feature *f = &c->p->feature[quantity];
    if (f->lever >= 0)
        fault_recourse(c, at, place,
                       "levers \"%s\" and \"%s\" both move \"%s\"",
                       c->p->lever[f->lever].key, l->key, f->input);
    if (f->formula >= 0)
        fault_recourse(c, at, place,
                       "lever \"%s\" moves \"%s\", which recourse.derived "
                       "computes",
                       l->key, f->input);
    f->lever = (long)lever;
    refuse_basis(c, l, quantity, at, place);
}

/* Indicators and inputs that wait are numbers of the model. */
static long number_input(const struct checking *c, const struct lever *l,
                         const char *input, const void *at, struct place place)
{
    long q = quantity_named(c, "a lever", input, at, place);
    if (q < 0)
        return -1;
    const struct project_feature *f = &c->p->feature[q];
    if (f->words == 0)
        return q;
    fault_recourse(c, at, place,
                   "lever \"%s\" moves \"%s\" by numbers, but that is words",
                   l->key, f->input);
    return -1;
}

void lever_indicators(const struct checking *c, size_t lever)
{
    struct lever *l = &c->p->lever[lever];
    struct place place = place_of(c->p->places, &l->indicator, l->place);
    struct indicator *list =
        arena_new_array(c->p->arena, struct indicator, l->indicators + 1);
    size_t none = 0;
    if (list == NULL)
        return;
    if (l->indicators < 2)
        fault_recourse(c, NULL, place,
                       "lever \"%s\" needs at least two words in inputs",
                       l->key);
    for (size_t i = 0; i < l->indicators; i++) {
        list[i] = l->indicator[i];
        none += list[i].input == NULL;
        long q = list[i].input == NULL
                     ? -1
                     : number_input(c, l, list[i].input, &l->indicator, place);
        list[i].quantity = q < 0 ? SIZE_MAX : (size_t)q;
        if (q >= 0)
            lever_claim(c, lever, (size_t)q, &l->indicator, place);
    }
    if (none > 1)
        fault_recourse(c, NULL, place,
                       "lever \"%s\" has %zu words without an input: one word "
                       "at most has all indicators at 0",
                       l->key, none);
    l->indicator = list;
}

void lever_waiting(const struct checking *c, size_t lever)
{
    struct lever *l = &c->p->lever[lever];
    struct waiting *list =
        arena_new_array(c->p->arena, struct waiting, l->waitings + 1);
    char text[120];
    if (list == NULL)
        return;
    for (size_t i = 0; i < l->waitings; i++) {
        const struct waiting *w = &l->waiting[i];
        const void *at = &w->input;
        list[i] = *w;
        long q = number_input(c, l, w->input, at, w->place);
        list[i].quantity = q < 0 ? SIZE_MAX : (size_t)q;
        if (q >= 0)
            lever_claim(c, lever, (size_t)q, at, w->place);
        if (w->rate == 0)
            fault_recourse(c, &w->rate, w->place,
                           "lever \"%s\" says that \"%s\" grows by 0 a month: "
                           "leave it out",
                           l->key, w->input);
        if (w->low > w->high)
            fault_recourse(c, &w->low, w->place,
                           "lever \"%s\" holds \"%s\" within an empty range, "
                           "%s",
                           l->key, w->input, range_text(w->low, w->high, text));
    }
    l->waiting = list;
    if (l->direction != LEVER_BOTH && l->direction != LEVER_UP)
        fault_recourse(c, &l->direction, l->place,
                       "lever \"%s\" waits, and time runs one way", l->key);
    l->direction = LEVER_UP;
    if (!l->has_high)
        fault_recourse(c, NULL, l->place,
                       "lever \"%s\" waits, so it needs the most months that a "
                       "plan may name (high)",
                       l->key);
    if (l->low < 0)
        fault_recourse(c, &l->low, l->place,
                       "lever \"%s\" waits, so its low is at least 0", l->key);
    l->low = l->has_low ? l->low : 0;
    l->has_low = true;
    l->integer = true;
}
