/* Formulas and rules of a recourse problem. */
#include "batch/levers_making.h"

#include <math.h>

static size_t at(const struct making *k, size_t quantity)
{
    return k->p->feature[quantity].at;
}

status making_formulas(const struct making *k, struct recourse_problem *out,
                       struct error *e)
{
    static const enum recourse_operator op[] = {
        [DERIVED_SUM] = RECOURSE_SUM,
        [DERIVED_DIFFERENCE] = RECOURSE_DIFFERENCE,
        [DERIVED_PRODUCT] = RECOURSE_PRODUCT,
        [DERIVED_RATIO] = RECOURSE_RATIO};
    const struct project_recourse *r = &k->p->recourse;
    struct recourse_formula *f =
        arena_new_array(k->l->arena, struct recourse_formula, r->deriveds + 1);
    if (f == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < r->deriveds; i++) {
        const struct derived *d = &r->derived[i];
        f[i] = (struct recourse_formula){.quantity = at(k, d->quantity),
                                         .op = op[d->op],
                                         .a = at(k, d->a),
                                         .b = at(k, d->b),
                                         .factor = d->times,
                                         .decimals = d->decimals};
    }
    out->formula = f;
    out->formulas = r->deriveds;
    return ST_OK;
}

static status put_linear(const struct making *k, const char *name,
                         const struct rule_term *from, size_t terms,
                         double most, struct recourse_rule *to,
                         struct error *e)
{
    struct recourse_term *term =
        arena_new_array(k->l->arena, struct recourse_term, terms + 1);
    if (term == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < terms; i++)
        term[i] = (struct recourse_term){at(k, from[i].quantity),
                                         from[i].times};
    *to = (struct recourse_rule){.name = name, .kind = RECOURSE_LINEAR,
                                 .term = term, .terms = terms, .most = most};
    return ST_OK;
}

static status put_order(const struct making *k, const struct order_rule *o,
                        struct recourse_rule *to, struct error *e)
{
    const struct rule_term two[] = {{.times = 1, .quantity = o->feature_a},
                                    {.times = -1, .quantity = o->feature_b}};
    const char *name = o->name;
    if (name == NULL)
        name = arena_format(k->l->arena, "%s at most %s", o->lower, o->upper);
    if (name == NULL)
        return arena_error(k->l->arena, e);
    return put_linear(k, name, two, 2, 0, to, e);
}

static struct recourse_range range_of(const struct making *k,
                                      const struct condition *x)
{
    if (x->word != NULL) {
        double code = making_code(k, x->quantity, x->word);
        return (struct recourse_range){at(k, x->quantity), code, code};
    }
    return (struct recourse_range){
        at(k, x->quantity), x->has_low ? x->low : -(double)INFINITY,
        x->has_high ? x->high : (double)INFINITY};
}

/* Levers that are left out (terms of the loan) leave the rule. */
static status put_one_of(const struct making *k, const struct one_of_rule *u,
                         struct recourse_rule *to, bool *binds,
                         struct error *e)
{
    size_t *lever = arena_new_array(k->l->arena, size_t, u->levers + 1);
    size_t n = 0;
    if (lever == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < u->levers; i++)
        for (size_t j = 0; j < k->l->count; j++)
            if (k->l->lever_of[j] == u->index[i])
                lever[n++] = j;
    *to = (struct recourse_rule){.name = u->name, .kind = RECOURSE_AT_MOST_ONE,
                                 .lever = lever, .levers = n};
    *binds = n >= 2;
    return ST_OK;
}

status making_rules(const struct making *k, struct recourse_problem *out,
                    struct error *e)
{
    const struct project_recourse *r = &k->p->recourse;
    size_t most = r->orders + r->linears + r->if_thens + r->at_most_ones;
    struct recourse_rule *rule =
        arena_new_array(k->l->arena, struct recourse_rule, most + 1);
    size_t n = 0;
    if (rule == NULL)
        return arena_error(k->l->arena, e);
    for (size_t i = 0; i < r->orders; i++)
        TRY(put_order(k, &r->order[i], &rule[n++], e));
    for (size_t i = 0; i < r->linears; i++)
        TRY(put_linear(k, r->linear[i].name, r->linear[i].term,
                       r->linear[i].terms, r->linear[i].most, &rule[n++], e));
    for (size_t i = 0; i < r->if_thens; i++)
        rule[n++] = (struct recourse_rule){
            .name = r->if_then[i].name, .kind = RECOURSE_IF_THEN,
            .when = range_of(k, &r->if_then[i].when),
            .then = range_of(k, &r->if_then[i].then)};
    for (size_t i = 0; i < r->at_most_ones; i++) {
        bool binds = false;
        TRY(put_one_of(k, &r->at_most_one[i], &rule[n], &binds, e));
        n += binds;
    }
    out->rule = rule;
    out->rules = n;
    return ST_OK;
}
