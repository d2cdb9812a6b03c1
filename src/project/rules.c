/* Rules that plans keep: known names, and some values that can keep them. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "linear rule \"total debt\"", "linear rule 2" */
static const char *rule_text(const char *kind, const char *name, size_t i,
                             char out[160])
{
    if (name != NULL)
        (void)snprintf(out, 160, "%s \"%.100s\"", kind, name);
    else
        (void)snprintf(out, 160, "%s %zu", kind, i + 1);
    return out;
}

/* A rule may not ask who somebody is. */
static bool fair(const struct checking *c, const char *rule, size_t quantity,
                 const void *at, struct place place)
{
    const char *basis = quantity_basis(c->p, quantity);
    if (basis == NULL)
        return true;
    fault_recourse(c, at, place,
                   "%s turns on %s \"%s\": what people may do does not depend "
                   "on that",
                   rule,
                   strcmp(basis, "proxy") == 0
                       ? "a proxy of a prohibited basis,"
                       : basis,
                   c->p->feature[quantity].input);
    return false;
}

/* -1: told. */
static long rule_quantity(const struct checking *c, const char *rule,
                          const char *name, bool number, const void *at,
                          struct place place)
{
    long q = quantity_named(c, rule, name, at, place);
    if (q < 0 || !fair(c, rule, (size_t)q, at, place))
        return -1;
    if (number && c->p->feature[q].words > 0) {
        fault_recourse(c, at, place, "%s adds up \"%s\", which is words", rule,
                       name);
        return -1;
    }
    return q;
}

/* --- order ------------------------------------------------------------- */

/* a <= b <= … <= a: all equal in every plan, which no lever could keep. */
static bool leads_to(const struct project *p, size_t from, size_t to,
                     bool *seen)
{
    if (from == to)
        return true;
    if (seen[from])
        return false;
    seen[from] = true;
    const struct project_recourse *r = &p->recourse;
    for (size_t i = 0; i < r->orders; i++)
        if (r->order[i].feature_a == from &&
            leads_to(p, r->order[i].feature_b, to, seen))
            return true;
    return false;
}

static bool settle_order(const struct checking *c, struct order_rule *o)
{
    long a = rule_quantity(c, "an order rule", o->lower, true, &o->lower,
                           o->place);
    long b = rule_quantity(c, "an order rule", o->upper, true, &o->upper,
                           o->place);
    o->feature_a = a < 0 ? 0 : (size_t)a;
    o->feature_b = b < 0 ? 0 : (size_t)b;
    return a >= 0 && b >= 0;
}

static void check_orders(const struct checking *c)
{
    struct project *p = c->p;
    struct project_recourse *r = &p->recourse;
    bool good = true;
    for (size_t i = 0; i < r->orders; i++)
        good = settle_order(c, &r->order[i]) && good;
    bool *seen = mem_array(p->quantities + 1, sizeof *seen);
    for (size_t i = 0; good && seen != NULL && i < r->orders; i++) {
        const struct order_rule *o = &r->order[i];
        double low, high, ignore;
        memset(seen, 0, p->quantities * sizeof *seen);
        if (leads_to(p, o->feature_b, o->feature_a, seen)) {
            fault_recourse(c, NULL, o->place,
                           "order rules run in a circle through \"%s\" and "
                           "\"%s\"",
                           o->lower, o->upper);
            break;
        }
        quantity_range(p, o->feature_a, &low, &ignore);
        quantity_range(p, o->feature_b, &ignore, &high);
        if (low > high)
            fault_recourse(c, NULL, o->place,
                           "no value of \"%s\" is at most one of \"%s\": their "
                           "ranges do not meet",
                           o->lower, o->upper);
    }
    mem_free(seen);
}

/* --- sums -------------------------------------------------------------- */

static void check_linear(const struct checking *c, size_t i)
{
    struct linear_rule *u = &c->p->recourse.linear[i];
    char what[160], least_text[NUM_TEXT_MAX], most_text[NUM_TEXT_MAX];
    (void)rule_text("linear rule", u->name, i, what);
    if (u->terms == 0 || u->terms > LEVER_PARTS_MAX) {
        fault_recourse(c, &u->term, u->place,
                       u->terms == 0 ? "%s adds up nothing"
                                     : "%s adds up more than %d quantities",
                       what, (int)LEVER_PARTS_MAX);
        return;
    }
    struct rule_term *term =
        arena_new_array(c->p->arena, struct rule_term, u->terms + 1);
    double least = 0;
    bool good = term != NULL;
    for (size_t k = 0; term != NULL && k < u->terms; k++) {
        double low, high;
        term[k] = u->term[k];
        long q = rule_quantity(c, what, term[k].input, true,
                               &u->term[k].input, u->term[k].place);
        if (term[k].times == 0)
            fault_recourse(c, &u->term[k].times, u->term[k].place,
                           "%s takes \"%s\" times 0: leave it out", what,
                           term[k].input);
        for (size_t b = 0; b < k; b++)
            if (q >= 0 && term[b].quantity == (size_t)q)
                fault_recourse(c, &u->term[k].input, u->term[k].place,
                               "%s names \"%s\" twice", what, term[k].input);
        good = good && q >= 0 && term[k].times != 0;
        term[k].quantity = q < 0 ? SIZE_MAX : (size_t)q;
        if (!good)
            continue;
        quantity_range(c->p, (size_t)q, &low, &high);
        least += term[k].times * (term[k].times > 0 ? low : high);
    }
    (void)num_shortest(least, least_text);
    (void)num_shortest(u->most, most_text);
    if (good && least > u->most + 1e-9 * fabs(u->most))
        fault_recourse(c, &u->most, u->place,
                       "%s can never be kept: within the declared ranges the "
                       "sum is at least %s, above %s",
                       what, least_text, most_text);
    u->term = term;
}

/* --- if … then --------------------------------------------------------- */

static bool settle_condition(const struct checking *c, const char *what,
                             struct condition *x, struct place place)
{
    const char *const *words;
    char hint[160], text[120];
    long q = rule_quantity(c, what, x->input, false, &x->input, place);
    if (q < 0)
        return false;
    x->quantity = (size_t)q;
    size_t n = quantity_words(c->p, x->quantity, &words), i = 0;
    bool range = x->has_low || x->has_high;
    const char *wrong = NULL;
    if (range == (x->word != NULL))
        wrong = "needs low, high or both for a number, or one word";
    else if (x->word != NULL && n == 0)
        wrong = "compares a number with a word";
    else if (range && n > 0)
        wrong = "compares words with a range";
    if (wrong != NULL) {
        fault_recourse(c, &x->input, place, "%s: \"%s\" %s", what, x->input,
                       wrong);
        return false;
    }
    if (x->low > x->high) {
        fault_recourse(c, &x->low, place, "%s: the range of \"%s\" is empty, %s",
                       what, x->input, range_text(x->low, x->high, text));
        return false;
    }
    while (x->word != NULL && i < n && strcmp(words[i], x->word) != 0)
        i++;
    if (x->word == NULL || i < n)
        return true;
    fault_recourse(c, &x->word, place, "%s: \"%s\" has no word \"%s\"%s", what,
                   x->input, x->word, nearest_of(x->word, words, n, hint));
    return false;
}

/* Does the condition hold whatever people have and plans do? */
static bool holds_always(const struct project *p, const struct condition *x)
{
    double low, high;
    if (x->word != NULL)
        return p->feature[x->quantity].words == 1;
    quantity_range(p, x->quantity, &low, &high);
    return (!x->has_low || low >= x->low) && (!x->has_high || high <= x->high);
}

static bool holds_never(const struct project *p, const struct condition *x)
{
    double low, high;
    if (x->word != NULL)
        return false;
    quantity_range(p, x->quantity, &low, &high);
    return (x->has_low && high < x->low) || (x->has_high && low > x->high);
}

/* The lever of the quantity, when none of its values meets the condition. */
static const struct lever *shut_out(const struct project *p,
                                    const struct condition *x)
{
    const struct project_feature *f = &p->feature[x->quantity];
    const struct lever *l = f->lever < 0 ? NULL : &p->lever[f->lever];
    if (l == NULL || l->feature != x->quantity)
        return NULL;
    if (x->word == NULL)
        return lever_has_value(p, l,
                               x->has_low ? x->low : -(double)INFINITY,
                               x->has_high ? x->high : (double)INFINITY)
                   ? NULL
                   : l;
    for (size_t i = 0; i < l->words; i++)
        if (strcmp(l->word[i], x->word) == 0)
            return NULL;
    return l->words > 0 ? l : NULL;
}

static void check_if(const struct checking *c, size_t i)
{
    struct if_rule *u = &c->p->recourse.if_then[i];
    char what[160];
    (void)rule_text("if-then rule", u->name, i, what);
    bool when = settle_condition(c, what, &u->when, u->place);
    bool then = settle_condition(c, what, &u->then, u->place);
    if (!when || !then)
        return;
    if (!holds_always(c->p, &u->when))
        return;
    const struct lever *l = shut_out(c->p, &u->then);
    if (holds_never(c->p, &u->then))
        fault_recourse(c, &u->then, u->place,
                       "%s can never be kept: its \"if\" holds for every value "
                       "of \"%s\", its \"then\" for none of \"%s\"",
                       what, u->when.input, u->then.input);
    else if (l != NULL)
        fault_recourse(c, &u->then, u->place,
                       "%s leaves lever \"%s\" no value: its \"if\" holds for "
                       "every value of \"%s\", its \"then\" for none that the "
                       "lever may take",
                       what, l->key, u->when.input);
}

/* --- at most one ------------------------------------------------------- */

static void check_one_of(const struct checking *c, size_t i)
{
    struct project *p = c->p;
    struct one_of_rule *u = &p->recourse.at_most_one[i];
    char what[160], hint[160];
    size_t *index = arena_new_array(p->arena, size_t, u->levers + 1);
    const char *known[LEVERS_MAX];
    (void)rule_text("at-most-one rule", u->name, i, what);
    if (index == NULL)
        return;
    for (size_t k = 0; k < p->levers; k++)
        known[k] = p->lever[k].key;
    if (u->levers < 2 || u->levers > LEVERS_MAX) {
        fault_recourse(c, &u->lever, u->place,
                       u->levers < 2
                           ? "%s names %zu lever%s: it needs two or more"
                           : "%s names %zu lever%s, more than there can be",
                       what, u->levers, u->levers == 1 ? "" : "s");
        return;
    }
    for (size_t k = 0; k < u->levers; k++) {
        size_t at = 0;
        while (at < p->levers && strcmp(known[at], u->lever[k]) != 0)
            at++;
        index[k] = at;
        if (at == p->levers)
            fault_recourse(c, &u->lever, u->place,
                           "%s names the lever \"%s\", which is not declared%s",
                           what, u->lever[k],
                           nearest_of(u->lever[k], known, p->levers, hint));
        for (size_t b = 0; b < k; b++)
            if (index[b] == at && at < p->levers)
                fault_recourse(c, &u->lever, u->place,
                               "%s names the lever \"%s\" twice", what,
                               u->lever[k]);
    }
    u->index = index;
}

/* --- grids ------------------------------------------------------------- */

/* Does a formula or a rule compute with the quantity? */
static bool computed_with(const struct project_recourse *r, size_t quantity)
{
    bool found = false;
    for (size_t i = 0; i < r->deriveds; i++)
        found |= r->derived[i].a == quantity || r->derived[i].b == quantity;
    for (size_t i = 0; i < r->orders; i++)
        found |= r->order[i].feature_a == quantity ||
                 r->order[i].feature_b == quantity;
    for (size_t i = 0; i < r->linears; i++)
        for (size_t k = 0; k < r->linear[i].terms; k++)
            found |= r->linear[i].term[k].quantity == quantity;
    for (size_t i = 0; i < r->if_thens; i++)
        found |= r->if_then[i].when.quantity == quantity ||
                 r->if_then[i].then.quantity == quantity;
    return found;
}

/* Such a lever has its whole grid, which therefore must end, and soon. */
static void check_grid(const struct checking *c, size_t lever)
{
    const struct lever *l = &c->p->lever[lever];
    double step = lever_step(c->p, l), values = (l->high - l->low) / step;
    if (l->category || c->p->feature[l->feature].lever != (long)lever ||
        (l->waitings == 0 && !computed_with(&c->p->recourse, l->feature)))
        return;
    if (!l->has_low || !l->has_high)
        fault_recourse(c, NULL, l->place,
                       "lever \"%s\" stands in a rule or a formula: give the "
                       "lowest and the highest value that a plan may name",
                       l->key);
    else if (values > LEVER_GRID_MAX)
        fault_recourse(c, &l->step, l->place,
                       "lever \"%s\" stands in a rule or a formula and has %.0f "
                       "values on its grid, more than %d: give a larger step",
                       l->key, values, (int)LEVER_GRID_MAX);
}

void recourse_check_rules(const struct checking *c)
{
    const struct project_recourse *r = &c->p->recourse;
    struct place none = {c->p->file, 0, 0, -1};
    size_t all = r->orders + r->linears + r->if_thens + r->at_most_ones;
    if (all > RECOURSE_LIST_MAX) {
        fault_recourse(c, NULL, none,
                       "recourse holds %zu rules, more than %d can be kept",
                       all, (int)RECOURSE_LIST_MAX);
        return;
    }
    check_orders(c);
    for (size_t i = 0; i < r->linears; i++)
        check_linear(c, i);
    for (size_t i = 0; i < r->if_thens; i++)
        check_if(c, i);
    for (size_t i = 0; i < r->at_most_ones; i++)
        check_one_of(c, i);
    for (size_t i = 0; i < c->p->levers; i++)
        check_grid(c, i);
}
