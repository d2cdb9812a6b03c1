/* Quantities that follow from others. */
#include "project/reading.h"

#include <string.h>

static const char *const operator_word[] = {
    [DERIVED_SUM] = "sum",
    [DERIVED_DIFFERENCE] = "difference",
    [DERIVED_PRODUCT] = "product",
    [DERIVED_RATIO] = "ratio",
};

static bool find_operator(const struct checking *c, struct derived *d)
{
    size_t given = 0;
    for (int op = 0; op < DERIVED_OPERATORS; op++) {
        if (d->operand[op] == NULL)
            continue;
        given++;
        d->op = (enum derived_operator)op;
        if (d->operands[op] != 2) {
            fault_recourse(c, &d->operand[op], d->place,
                           "the %s that gives \"%s\" takes two quantities, not "
                           "%zu",
                           operator_word[op], d->input, d->operands[op]);
            return false;
        }
    }
    if (given == 1)
        return true;
    fault_recourse(c, NULL, d->place,
                   "\"%s\" is derived by one of ratio, product, difference and "
                   "sum, not by %zu",
                   d->input, given);
    return false;
}

static long operand(const struct checking *c, const struct derived *d, int i)
{
    const void *at = &d->operand[d->op];
    const char *name = d->operand[d->op][i];
    long q = quantity_named(c, "a derived quantity", name, at, d->place);
    if (q < 0)
        return -1;
    const struct project_feature *f = &c->p->feature[q];
    if (f->words > 0) {
        fault_recourse(c, at, d->place,
                       "\"%s\" is derived from \"%s\", which is words",
                       d->input, name);
        return -1;
    }
    const char *basis = quantity_basis(c->p, (size_t)q);
    if (basis != NULL)
        fault_recourse(c, at, d->place,
                       "\"%s\" is derived from %s \"%s\": a plan may not turn "
                       "on that",
                       d->input,
                       strcmp(basis, "proxy") == 0
                           ? "a proxy of a prohibited basis,"
                           : basis,
                       name);
    return q;
}

static bool settle(const struct checking *c, size_t i)
{
    struct derived *d = &c->p->recourse.derived[i];
    struct project_feature *f = &c->p->feature[d->quantity];
    if (!find_operator(c, d))
        return false;
    long a = operand(c, d, 0), b = operand(c, d, 1);
    if (a < 0 || b < 0)
        return false;
    d->a = (size_t)a;
    d->b = (size_t)b;
    if (d->times == 0)
        fault_recourse(c, &d->times, d->place,
                       "\"%s\" is derived with times 0, so it would always be "
                       "0",
                       d->input);
    const char *basis = quantity_basis(c->p, d->quantity);
    if (f->words > 0 || basis != NULL) {
        fault_recourse(c, &d->input, d->place,
                       f->words > 0 ? "\"%s\" is words and cannot be derived%s"
                                    : "\"%s\" stands for %s and is not to be "
                                      "moved by a formula",
                       d->input, f->words > 0 ? "" : basis);
        return false;
    }
    return true;
}

/* state: 0 not looked at, 1 on the way here, 2 done. */
static bool runs_in_circle(const struct project *p, size_t i, char *state)
{
    const struct derived *d = &p->recourse.derived[i];
    if (state[i] != 0)
        return state[i] == 1;
    state[i] = 1;
    long a = p->feature[d->a].formula, b = p->feature[d->b].formula;
    if ((a >= 0 && runs_in_circle(p, (size_t)a, state)) ||
        (b >= 0 && runs_in_circle(p, (size_t)b, state)))
        return true;
    state[i] = 2;
    return false;
}

void recourse_check_formulas(const struct checking *c)
{
    struct project *p = c->p;
    struct project_recourse *r = &p->recourse;
    char state[RECOURSE_LIST_MAX] = {0};
    bool good = true;
    for (size_t i = 0; i < r->deriveds; i++) {
        bool settled = settle(c, i);
        if (settled)
            p->feature[r->derived[i].quantity].formula = (long)i;
        good = good && settled;
    }
    for (size_t i = 0; good && i < r->deriveds; i++)
        if (runs_in_circle(p, i, state)) {
            const struct derived *d = &r->derived[i];
            fault_recourse(c, &d->input, d->place,
                           "formulas run in a circle: \"%s\" follows from "
                           "itself",
                           d->input);
            /* a range of it cannot be computed */
            for (size_t k = 0; k < r->deriveds; k++)
                p->feature[r->derived[k].quantity].formula = -1;
            return;
        }
}
