/* Ranges over boxes, and rules on them. No allocation: the search asks at every
 * box. */
#include "recourse/axes.h"

struct span {
    double end[2];  /* NaN, NaN: nothing but perhaps the missing state */
    bool missing;
};

/* Passes NaN over, and takes the place of NaN. */
static void widen(struct span *x, double v)
{
    if (!(v >= x->end[0]) && !isnan(v))
        x->end[0] = v;
    if (!(v <= x->end[1]) && !isnan(v))
        x->end[1] = v;
}

static struct span along_axis(const struct column *c, size_t low, size_t high,
                              size_t own)
{
    struct span x = {{c->value[low], c->value[low]}, false};

    if (low == high || !c->steady) {
        for (size_t p = low; p <= high; p++) {
            widen(&x, c->value[p]);
            /* Elsewhere a formula without a value is no plan. */
            x.missing |=
                isnan(c->value[p]) && (c->formula == NULL || p == own);
        }
        return x;
    }
    widen(&x, c->value[high]);
    if (own < low || own > high)
        return x;
    /* What stands beside the own value is an end as well. */
    widen(&x, c->value[own]);
    if (own == low)
        widen(&x, c->value[own + 1]);
    if (own == high)
        widen(&x, c->value[own - 1]);
    return x;
}

static struct span span_of(const struct space *s, size_t quantity,
                           const uint16_t *low, const uint16_t *high)
{
    int32_t at = s->column_of[quantity];
    const struct column *c = at < 0 ? NULL : &s->column[at];

    if (c == NULL) {
        double v = s->row[quantity];
        return (struct span){{v, v}, isnan(v)};
    }
    if (c->value != NULL)
        return along_axis(c, low[c->axis], high[c->axis],
                          s->axis[c->axis].own);
    bool moved = false, own = true;
    for (uint64_t left = c->levers; left != 0; left &= left - 1) {
        size_t i = (size_t)__builtin_ctzll(left);
        size_t place = s->axis[i].own;
        moved |= low[i] != place || high[i] != place;
        own &= low[i] <= place && place <= high[i];
    }
    struct span x = {{NAN, NAN}, false};
    if (moved) {
        struct span a = span_of(s, c->formula->a, low, high);
        struct span b = span_of(s, c->formula->b, low, high);
        formula_range(c->formula, a.end, b.end, x.end);
    }
    if (own) {
        widen(&x, s->row[quantity]);
        x.missing = isnan(s->row[quantity]);
    }
    return x;
}

void space_range(const struct space *s, size_t column, const uint16_t *low,
                 const uint16_t *high, double *from, double *to, bool *missing)
{
    struct span x = span_of(s, s->column[column].quantity, low, high);

    *from = x.end[0];
    *to = x.end[1];
    *missing = x.missing;
}

/* --- rules ----------------------------------------------------------------------------- */

/* Sums grow with each of their terms, rounding included, so the least terms in
 * the rule's own order give the least sum that a point can have. */
static bool linear_possible(const struct space *s, const struct recourse_rule *r,
                            const uint16_t *low, const uint16_t *high)
{
    double sum = 0;

    for (size_t k = 0; k < r->terms; k++) {
        const struct recourse_term *t = &r->term[k];
        struct span x = span_of(s, t->quantity, low, high);
        if (x.missing || isnan(x.end[0]))
            return true;
        sum += t->coefficient * x.end[t->coefficient < 0];
    }
    return !(sum > r->most);
}

static bool if_then_possible(const struct space *s,
                             const struct recourse_rule *r,
                             const uint16_t *low, const uint16_t *high)
{
    struct span when = span_of(s, r->when.quantity, low, high);
    struct span then = span_of(s, r->then.quantity, low, high);

    if (when.missing || !(when.end[0] >= r->when.low) ||
        !(when.end[1] <= r->when.high))
        return true;
    if (isnan(then.end[0]))
        return !then.missing;
    return then.end[0] <= r->then.high && then.end[1] >= r->then.low;
}

bool space_rule_possible(const struct space *s, size_t k, const uint16_t *low,
                         const uint16_t *high)
{
    const struct recourse_rule *r = &s->r->p.rule[s->rule[k]];
    size_t moved = 0;

    if (r->kind == RECOURSE_LINEAR)
        return linear_possible(s, r, low, high);
    if (r->kind == RECOURSE_IF_THEN)
        return if_then_possible(s, r, low, high);
    for (size_t i = 0; i < r->levers; i++) {
        size_t a = r->lever[i], own = s->axis[a].own;
        moved += own < low[a] || own > high[a];
    }
    return moved <= 1;
}
