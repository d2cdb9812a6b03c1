/* What may be a lever, and which order rules can hold together. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

static void refuse_basis(struct project *p, struct fault_list *faults,
                         const struct lever *l)
{
    const struct project_feature *f = &p->feature[l->feature];
    const char *basis = f->basis;
    for (size_t i = 0; basis == NULL && f->label.text != NULL &&
                       i < p->languages; i++)
        if (f->label.text[i] != NULL)
            basis = basis_of_name(f->label.text[i]);
    if (basis == NULL)
        basis = basis_of_name(f->input);
    if (basis == NULL && f->column != NULL)
        basis = basis_of_name(f->column);
    if (basis == NULL)
        return;
    fault_put(p->places, faults, FAULT_ERROR, NULL,
              place_of(p->places, &l->input, l->place),
              "lever \"%s\" moves %s \"%s\": nobody is advised to change that",
              l->key,
              strcmp(basis, "proxy") == 0 ? "a proxy of a prohibited basis,"
                                          : basis,
              f->input);
}

static void check_range(struct project *p, struct fault_list *faults,
                        struct lever *l)
{
    const struct project_feature *f = &p->feature[l->feature];
    struct place place = place_of(p->places, &l->low, l->place);
    char low[NUM_TEXT_MAX], high[NUM_TEXT_MAX];
    if (!l->has_low && f->has_range)
        l->low = f->low;
    if (!l->has_high && f->has_range)
        l->high = f->high;
    l->has_low = !isnan(l->low);
    l->has_high = !isnan(l->high);
    (void)num_shortest(l->low, low);
    (void)num_shortest(l->high, high);
    if (l->low > l->high)
        fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                  "the range of lever \"%s\" is empty: %s to %s", l->key, low,
                  high);
    else if (l->has_low && l->has_high && l->step > l->high - l->low)
        fault_put(p->places, faults, FAULT_ERROR, NULL,
                  place_of(p->places, &l->step, l->place),
                  "the step of lever \"%s\" is wider than its range, %s to %s",
                  l->key, low, high);
    if (l->integer && l->step != floor(l->step))
        fault_put(p->places, faults, FAULT_ERROR, NULL,
                  place_of(p->places, &l->step, l->place),
                  "lever \"%s\" is whole numbers, but its step is not",
                  l->key);
}

static void check_lever(struct project *p, struct fault_list *faults,
                        struct lever *l)
{
    const struct project_feature *f = &p->feature[l->feature];
    struct place place = l->place;
    l->category = f->words > 0;
    if (isnan(l->step))
        l->step = 0;
    if (l->cost == 0 && l->fixed_cost == 0)
        fault_put(p->places, faults, FAULT_ERROR, NULL,
                  place_of(p->places, &l->cost, place),
                  "lever \"%s\" costs nothing: give cost or fixed_cost",
                  l->key);
    if (!l->category) {
        if (l->words > 0)
            fault_put(p->places, faults, FAULT_ERROR, NULL,
                      place_of(p->places, &l->word, place),
                      "lever \"%s\" lists words, but feature \"%s\" has none",
                      l->key, f->input);
        check_range(p, faults, l);
        return;
    }
    if (l->step != 0 || l->has_low || l->has_high || l->integer ||
        l->direction != LEVER_BOTH)
        fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                  "lever \"%s\" moves between words: direction, low, high, "
                  "step and integer do not apply",
                  l->key);
    for (size_t i = 0; i < l->words; i++) {
        size_t j = 0;
        char hint[160];
        while (j < f->words && strcmp(f->word[j], l->word[i]) != 0)
            j++;
        if (j == f->words)
            fault_put(p->places, faults, FAULT_ERROR, NULL,
                      place_of(p->places, &l->word, place),
                      "lever \"%s\" names the word \"%s\", which feature "
                      "\"%s\" does not have%s",
                      l->key, l->word[i], f->input,
                      nearest_of(l->word[i], f->word, f->words, hint));
    }
}

static long known_input(struct project *p, struct fault_list *faults,
                        const char *what, const char *input,
                        struct place place)
{
    long at = project_find_feature(p, input);
    if (at >= 0)
        return at;
    const char **known = mem_array(p->features + 1, sizeof *known);
    size_t count = 0;
    char hint[160] = "";
    for (size_t i = 0; known != NULL && i < p->features; i++)
        if (p->feature[i].input != NULL)
            known[count++] = p->feature[i].input;
    if (known != NULL)
        (void)nearest_of(input, known, count, hint);
    mem_free(known);
    fault_put(p->places, faults, FAULT_ERROR, NULL, place,
              "%s names the input \"%s\", which is no feature%s", what, input,
              hint);
    return -1;
}

/* Lowest and highest value a plan can give a feature, as far as is declared. */
static void reach(const struct project *p, size_t feature, double *low,
                  double *high)
{
    *low = p->feature[feature].low;
    *high = p->feature[feature].high;
    for (size_t i = 0; i < p->levers; i++) {
        const struct lever *l = &p->lever[i];
        if (l->feature == feature && l->has_low &&
            l->direction != LEVER_DOWN && isnan(*low))
            *low = l->low;
    }
}

/* a <= b <= … <= a: all equal in every plan, which no lever could keep. */
static bool leads_to(const struct project *p, size_t from, size_t to,
                     bool *seen)
{
    if (from == to)
        return true;
    if (seen[from])
        return false;
    seen[from] = true;
    for (size_t i = 0; i < p->recourse.orders; i++)
        if (p->recourse.order[i].feature_a == from &&
            leads_to(p, p->recourse.order[i].feature_b, to, seen))
            return true;
    return false;
}

enum { ORDERS_MAX = 64 };

static void check_orders(struct project *p, struct fault_list *faults)
{
    bool good = p->recourse.orders <= ORDERS_MAX;
    if (!good)
        fault_put(p->places, faults, FAULT_ERROR, NULL, p->recourse.order[0].place,
                  "order holds %zu rules, more than %d", p->recourse.orders,
                  (int)ORDERS_MAX);
    for (size_t i = 0; good && i < p->recourse.orders; i++) {
        struct order_rule *o = &p->recourse.order[i];
        if (o->lower == NULL || o->upper == NULL)
            return;
        long a = known_input(p, faults, "an order rule", o->lower,
                             place_of(p->places, &o->lower, o->place));
        long b = known_input(p, faults, "an order rule", o->upper,
                             place_of(p->places, &o->upper, o->place));
        if (a < 0 || b < 0)
            return;
        o->feature_a = (size_t)a;
        o->feature_b = (size_t)b;
    }
    bool *seen = mem_array(p->features + 1, sizeof *seen);
    for (size_t i = 0; good && seen != NULL && i < p->recourse.orders; i++) {
        const struct order_rule *o = &p->recourse.order[i];
        double low, high, ignore;
        memset(seen, 0, p->features * sizeof *seen);
        if (leads_to(p, o->feature_b, o->feature_a, seen)) {
            fault_put(p->places, faults, FAULT_ERROR, NULL, o->place,
                      "order rules run in a circle through \"%s\" and \"%s\"",
                      o->lower, o->upper);
            break;
        }
        reach(p, o->feature_a, &low, &ignore);
        reach(p, o->feature_b, &ignore, &high);
        if (low > high)
            fault_put(p->places, faults, FAULT_ERROR, NULL, o->place,
                      "no value of \"%s\" is at most one of \"%s\": their "
                      "ranges do not meet",
                      o->lower, o->upper);
    }
    mem_free(seen);
}

void project_check_levers(struct project *p, struct fault_list *faults)
{
    for (size_t i = 0; i < p->levers; i++) {
        struct lever *l = &p->lever[i];
        if (l->input == NULL)
            continue;
        if (l->key == NULL)
            l->key = l->input;
        long at = known_input(p, faults, "a lever", l->input,
                              place_of(p->places, &l->input, l->place));
        if (at < 0)
            continue;
        l->feature = (size_t)at;
        refuse_basis(p, faults, l);
        check_lever(p, faults, l);
    }
    check_orders(p, faults);
}
