/* What a lever may be: its range, its grid, its words. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

double lever_step(const struct project *p, const struct lever *l)
{
    if (l->step > 0)
        return l->step;
    return l->integer ? 1 : pow(10, -p->feature[l->feature].decimals);
}

bool lever_has_value(const struct project *p, const struct lever *l, double low,
                     double high)
{
    double step = lever_step(p, l), slack = 1e-9 * step;
    if (l->has_low && l->low > low)
        low = l->low;
    if (l->has_high && l->high < high)
        high = l->high;
    if (!(low <= high))
        return false;
    if (!isfinite(low) || !isfinite(high))
        return true;
    return ceil((low - slack) / step) * step <= high + slack;
}

static void check_step(const struct checking *c, const struct lever *l)
{
    const struct project_feature *f = &c->p->feature[l->feature];
    double scaled = l->step * pow(10, f->decimals);
    char text[120];
    if (l->integer && l->step != floor(l->step))
        fault_recourse(c, &l->step, l->place,
                       "lever \"%s\" is whole numbers, but its step is not",
                       l->key);
    else if (l->step > 0 && fabs(scaled - round(scaled)) > 1e-6 * scaled)
        fault_recourse(c, &l->step, l->place,
                       "the step of lever \"%s\" has more decimals than its "
                       "values print (%d)",
                       l->key, f->decimals);
    else if (!lever_has_value(c->p, l, -(double)INFINITY, (double)INFINITY))
        fault_recourse(c, &l->low, l->place,
                       "the range of lever \"%s\", %s, holds no value of its "
                       "grid",
                       l->key, range_text(l->low, l->high, text));
}

static void check_range(const struct checking *c, struct lever *l)
{
    const struct project_feature *f = &c->p->feature[l->feature];
    char text[120];
    if (!l->has_low && !isnan(f->low))
        l->low = f->low;
    if (!l->has_high && !isnan(f->high))
        l->high = f->high;
    l->has_low = !isnan(l->low);
    l->has_high = !isnan(l->high);
    if (l->low > l->high)
        fault_recourse(c, &l->low, l->place,
                       "the range of lever \"%s\" is empty: %s", l->key,
                       range_text(l->low, l->high, text));
    else if (l->has_low && l->has_high && l->step > l->high - l->low)
        fault_recourse(c, &l->step, l->place,
                       "the step of lever \"%s\" is wider than its range, %s",
                       l->key, range_text(l->low, l->high, text));
    else
        check_step(c, l);
}

static void check_words(const struct checking *c, const struct lever *l)
{
    const struct project_feature *f = &c->p->feature[l->feature];
    char hint[160];
    if (l->step != 0 || l->has_low || l->has_high || l->integer ||
        (l->direction != LEVER_BOTH && !l->ordered))
        fault_recourse(c, NULL, l->place,
                       "lever \"%s\" moves between words: direction, low, "
                       "high, step and integer do not apply%s",
                       l->key,
                       l->direction != LEVER_BOTH
                           ? " (direction does where they are ordered)"
                           : "");
    for (size_t i = 0; i < l->words; i++) {
        size_t j = 0;
        while (j < f->words && strcmp(f->word[j], l->word[i]) != 0)
            j++;
        if (j < f->words)
            continue;
        (void)nearest_of(l->word[i], f->word, f->words, hint);
        if (l->indicators > 0)
            fault_recourse(c, &l->word, l->place,
                           "lever \"%s\" names the word \"%s\", for which "
                           "inputs has no indicator%s",
                           l->key, l->word[i], hint);
        else
            fault_recourse(c, &l->word, l->place,
                           "lever \"%s\" names the word \"%s\", which feature "
                           "\"%s\" does not have%s",
                           l->key, l->word[i], f->input, hint);
    }
    for (size_t i = 0; i < l->words; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(l->word[i], l->word[j]) == 0)
                fault_recourse(c, &l->word, l->place,
                               "lever \"%s\" names the word \"%s\" twice",
                               l->key, l->word[i]);
}

static void check_lever(const struct checking *c, struct lever *l)
{
    const struct project_feature *f = &c->p->feature[l->feature];
    l->category = f->words > 0;
    if (isnan(l->step))
        l->step = 0;
    if (l->cost == 0 && l->fixed_cost == 0)
        fault_recourse(c, &l->cost, l->place,
                       "lever \"%s\" costs nothing: give cost or fixed_cost",
                       l->key);
    if (l->category) {
        check_words(c, l);
    } else {
        if (l->words > 0)
            fault_recourse(c, &l->word, l->place,
                           "lever \"%s\" lists words, but feature \"%s\" has "
                           "none",
                           l->key, f->input);
        check_range(c, l);
    }
    if (l->indicators > 0 && l->words == 0) {
        l->word = f->word;
        l->words = f->words;
    }
    recourse_check_costs(c, l);
}

/* How an input prints is its feature's. */
static void refuse_print(const struct checking *c, const struct lever *l)
{
    const void *own[] = {&l->label, &l->unit, &l->style, &l->decimals};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (place_of(c->p->places, own[i], PLACE_NONE).line > 0) {
            fault_recourse(c, own[i], l->place,
                           "lever \"%s\" moves a feature, which has a name, a "
                           "unit and a format of its own",
                           l->key);
            return;
        }
}

/* What a lever moves, found and claimed. False: nothing. */
static bool settle(const struct checking *c, size_t lever)
{
    struct lever *l = &c->p->lever[lever];
    const void *at = &l->input;
    if (l->indicators > 0)
        lever_indicators(c, lever);
    if (l->waitings > 0)
        lever_waiting(c, lever);
    if (l->input != NULL) {
        long q = quantity_named(c, "a lever", l->input, at, l->place);
        if (q < 0)
            return false;
        l->feature = (size_t)q;
        if (c->p->feature[q].quantity == QUANTITY_COLUMN)
            fault_recourse(c, at, l->place,
                           "lever \"%s\" moves \"%s\", which the model does "
                           "not read: name it as column",
                           l->key, l->input);
        refuse_print(c, l);
    }
    lever_claim(c, lever, l->feature, l->column != NULL ? &l->column : at,
          place_of(c->p->places, at, l->place));
    return true;
}

void recourse_check_levers(const struct checking *c)
{
    for (size_t i = 0; i < c->p->levers; i++)
        if (settle(c, i))
            check_lever(c, &c->p->lever[i]);
}

/* --- before the quantities are known ----------------------------------- */

static bool check_kind(const struct checking *c, const struct lever *l)
{
    int kinds = (l->input != NULL) + (l->column != NULL) +
                (l->indicators > 0) + (l->waitings > 0);
    if (kinds == 1)
        return true;
    fault_recourse(c, NULL, l->place,
                   kinds == 0
                       ? "a lever needs what it moves: input, column, inputs "
                         "or waiting"
                       : "a lever moves one of input, column, inputs and "
                         "waiting; others are levers of their own");
    return false;
}

static bool check_parts(const struct checking *c, const struct lever *l)
{
    size_t parts[] = {l->words, l->indicators, l->waitings, l->cost_points};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] > LEVER_PARTS_MAX) {
            fault_recourse(c, NULL, l->place,
                           "a list of the lever holds %zu, more than %d",
                           parts[i], (int)LEVER_PARTS_MAX);
            return false;
        }
    return true;
}

static bool check_keys(const struct checking *c)
{
    struct project *p = c->p;
    bool good = true;
    for (size_t i = 0; i < p->levers; i++) {
        struct lever *l = &p->lever[i];
        good = check_kind(c, l) && check_parts(c, l) && good;
        if (l->key == NULL)
            l->key = l->input != NULL ? l->input : l->column;
        if (l->key == NULL) {
            fault_recourse(c, NULL, l->place,
                           "a lever without input or column needs a key");
            good = false;
        }
        for (size_t k = 0; good && k < i; k++)
            if (text_equal(p->lever[k].key, l->key)) {
                fault_recourse(c, &l->key, l->place,
                               "two levers are called \"%s\"", l->key);
                good = false;
            }
    }
    return good;
}

void project_check_recourse(struct project *p, struct fault_list *faults)
{
    struct checking c = {p, faults};
    p->quantities = p->features;
    if (p->levers > LEVERS_MAX) {
        fault_recourse(&c, NULL, p->lever[LEVERS_MAX].place,
                       "levers holds %zu, more than %d", p->levers,
                       (int)LEVERS_MAX);
        return;
    }
    if (p->recourse.deriveds > RECOURSE_LIST_MAX ||
        p->recourse.columns > RECOURSE_LIST_MAX) {
        fault_recourse(&c, p->recourse.columns > RECOURSE_LIST_MAX
                               ? (const void *)&p->recourse.column
                               : (const void *)&p->recourse.derived,
                       PLACE_NONE,
                       "recourse.derived and recourse.columns hold at most %d "
                       "each",
                       (int)RECOURSE_LIST_MAX);
        return;
    }
    if (!check_keys(&c) || !quantities_list(&c))
        return;
    recourse_check_formulas(&c);
    recourse_check_levers(&c);
    recourse_check_rules(&c);
    recourse_check_limits(&c);
}
