/* Do levers, formulas and rules go together? Each refusal names what does not. */
#include "recourse/grids.h"

/* Of one formula, those that it is made of counted as often as they stand. */
enum { STEPS_MAX = 256 };

/* --- who moves what ------------------------------------------------------------ */

/* mover[quantities]: lever + 1; formulas stand behind the levers. */
static status claim(const struct recourse_problem *p, size_t quantity,
                    size_t lever, uint32_t *mover, struct error *e)
{
    if (mover[quantity] != 0)
        return error_set(e, ST_ARGUMENT, "%s is named twice: lever \"%s\" "
                         "moves what another lever or a formula sets",
                         quantity_name(p, quantity), lever_name(p, lever));
    mover[quantity] = (uint32_t)lever + 1;
    return ST_OK;
}

static status claim_levers(const struct recourse_problem *p, uint32_t *mover,
                           struct error *e)
{
    for (size_t i = 0; i < p->levers; i++) {
        const struct recourse_lever *l = &p->lever[i];
        if (l->quantity != RECOURSE_NO_QUANTITY)
            TRY(claim(p, l->quantity, i, mover, e));
        for (size_t k = 0; k < l->effects; k++)
            TRY(claim(p, l->effect[k].quantity, i, mover, e));
    }
    return ST_OK;
}

static bool is_category(const struct recourse_problem *p, uint32_t mover,
                        size_t quantity)
{
    return mover > 0 && p->lever[mover - 1].code != NULL &&
           p->lever[mover - 1].quantity == quantity;
}

static status check_formula(const struct recourse_problem *p, size_t i,
                            const uint32_t *mover, struct error *e)
{
    const struct recourse_formula *f = &p->formula[i];

    if (f->quantity >= p->quantities || f->a >= p->quantities ||
        f->b >= p->quantities)
        return error_set(e, ST_ARGUMENT,
                         "formula %zu names a quantity that does not exist",
                         i + 1);
    const char *name = quantity_name(p, f->quantity);
    if (mover[f->quantity] != 0)
        return error_set(e, ST_ARGUMENT,
                         "\"%s\" is computed and cannot be moved by lever "
                         "\"%s\"",
                         name, lever_name(p, mover[f->quantity] - 1));
    for (size_t k = 0; k < i; k++) {
        if (p->formula[k].quantity == f->quantity)
            return error_set(e, ST_ARGUMENT, "\"%s\" has two formulas", name);
    }
    if (!isfinite(f->factor) || f->factor == 0 || f->decimals > 9)
        return error_set(e, ST_ARGUMENT,
                         "the formula of \"%s\" needs a factor other than 0 "
                         "and at most 9 decimals",
                         name);
    if (takes_words(p, f->quantity))
        return error_set(e, ST_ARGUMENT, "the formula of \"%s\" makes a category",
                         name);
    if (is_category(p, mover[f->a], f->a) ||
        is_category(p, mover[f->b], f->b) || takes_words(p, f->a) ||
        takes_words(p, f->b))
        return error_set(e, ST_ARGUMENT,
                         "the formula of \"%s\" computes with a category",
                         name);
    return ST_OK;
}

/* --- rules --------------------------------------------------------------------- */

static const char *range_fault(const struct recourse_problem *p,
                               const struct recourse_range *r)
{
    if (r->quantity >= p->quantities)
        return "names a quantity that does not exist";
    return isnan(r->low) || isnan(r->high) || r->low > r->high
               ? "has a range with a lowest value above its highest"
               : NULL;
}

/* The least that a term can be once its lever has moved; −INFINITY where that
 * is for the row to say. */
static double least_term(const struct recourse_problem *p,
                         const struct recourse_term *t, uint32_t mover)
{
    const struct recourse_lever *l = mover > 0 ? &p->lever[mover - 1] : NULL;

    if (l == NULL || l->quantity != t->quantity || l->code != NULL || l->frozen ||
        t->coefficient == 0)
        return -(double)INFINITY;
    return t->coefficient * (t->coefficient > 0 ? l->low : l->high);
}

static const char *linear_fault(const struct recourse_problem *p,
                                const struct recourse_rule *r,
                                const uint32_t *mover)
{
    double least = 0;

    if (r->terms == 0 || isnan(r->most))
        return "has no terms, or no limit";
    for (size_t k = 0; k < r->terms; k++) {
        size_t q = r->term[k].quantity;
        if (q >= p->quantities)
            return "names a quantity that does not exist";
        if (!isfinite(r->term[k].coefficient))
            return "has a coefficient that is no number";
        if (is_category(p, mover[q], q))
            return "computes with a category";
        least += least_term(p, &r->term[k], mover[q]);
    }
    return least > r->most
               ? "cannot be kept by any values that its levers may take"
               : NULL;
}

static const char *rule_fault(const struct recourse_problem *p,
                              const struct recourse_rule *r,
                              const uint32_t *mover)
{
    const char *when = NULL;

    switch (r->kind) {
    case RECOURSE_LINEAR:
        return linear_fault(p, r, mover);
    case RECOURSE_IF_THEN:
        when = range_fault(p, &r->when);
        return when != NULL ? when : range_fault(p, &r->then);
    case RECOURSE_AT_MOST_ONE:
        if (r->levers < 2)
            return "lists fewer than two levers";
        for (size_t k = 0; k < r->levers; k++) {
            if (r->lever[k] >= p->levers)
                return "names a lever that does not exist";
            for (size_t i = 0; i < k; i++)
                if (r->lever[i] == r->lever[k])
                    return "names a lever twice";
        }
        return NULL;
    }
    return "has an unknown kind";
}

static status check_rule(const struct recourse_problem *p, size_t i,
                         const uint32_t *mover, struct error *e)
{
    const struct recourse_rule *r = &p->rule[i];
    const char *fault = rule_fault(p, r, mover);

    if (fault == NULL)
        return ST_OK;
    return r->name != NULL ? error_set(e, ST_ARGUMENT, "rule \"%s\" %s",
                                       r->name, fault)
                           : error_set(e, ST_ARGUMENT, "rule %zu %s", i + 1,
                                       fault);
}

/* Ranges follow a formula through all that it is made of, again wherever it
 * stands twice. */
static status check_steps(const struct recourse_problem *p, const size_t *order,
                          struct error *e)
{
    size_t steps[RECOURSE_FORMULAS_MAX];

    for (size_t k = 0; k < p->formulas; k++) {
        const struct recourse_formula *f = &p->formula[order[k]];
        steps[k] = 1;
        for (size_t j = 0; j < k; j++) {
            size_t q = p->formula[order[j]].quantity;
            steps[k] += (f->a == q ? steps[j] : 0) + (f->b == q ? steps[j] : 0);
        }
        if (steps[k] > STEPS_MAX)
            return error_set(e, ST_LIMIT,
                             "the formula of \"%s\" takes %zu steps to "
                             "compute, at most %d",
                             quantity_name(p, f->quantity), steps[k],
                             (int)STEPS_MAX);
    }
    return ST_OK;
}

static status check_parts(const struct recourse_problem *p, uint32_t *mover,
                          struct error *e)
{
    size_t order[RECOURSE_FORMULAS_MAX], at = 0;

    TRY(claim_levers(p, mover, e));
    for (size_t i = 0; i < p->formulas; i++)
        TRY(check_formula(p, i, mover, e));
    if (!formulas_order(p, order, &at))
        return error_set(e, ST_ARGUMENT,
                         "the formula of \"%s\" runs in a circle",
                         quantity_name(p, p->formula[at].quantity));
    TRY(check_steps(p, order, e));
    for (size_t i = 0; i < p->rules; i++)
        TRY(check_rule(p, i, mover, e));
    return ST_OK;
}

status parts_check(const struct recourse_problem *p, struct error *e)
{
    uint32_t *mover = mem_array(p->quantities + 1, sizeof *mover);

    if (mover == NULL)
        return error_memory(e);
    status s = check_parts(p, mover, e);
    mem_free(mover);
    return s;
}
