/* Ranges of quantities while levers are anywhere in theirs. Every operation is
 * monotone in each operand where its corners are taken, rounding included, so
 * ends of ranges are ends in double precision too. */
#include "base/num.h"
#include "recourse/grids.h"
#include "recourse/region_in.h"

double region_reread(const struct region *g, size_t lever, double value)
{
    char text[NUM_TEXT_MAX * 9];
    double back;

    if (g->p.reread != NULL)
        return g->p.reread(g->p.reread_context, lever, value);
    if (!(fabs(value) < REGION_FAR))
        return value;
    size_t n = num_fixed(value, g->decimals[lever], text);
    if (!num_parse(text, n, &back))
        return value;
    return back == 0 ? 0.0 : back; /* never −0 */
}

struct range {
    double from, to;
};

static struct range sorted(double x, double y)
{
    return x <= y ? (struct range){x, y} : (struct range){y, x};
}

static double operate(enum recourse_operator op, double a, double b)
{
    switch (op) {
    case RECOURSE_SUM:
        return a + b;
    case RECOURSE_DIFFERENCE:
        return a - b;
    case RECOURSE_PRODUCT:
        return a * b;
    default:
        return a / b;
    }
}

/* Rounding rules differ on ties, so those are taken both ways. */
static double rounded(double x, int decimals, double toward)
{
    char text[NUM_TEXT_MAX * 9];
    double back;

    if (decimals < 0 || !(fabs(x) < 1e17))
        return x;
    x += toward * 1e-12 * fmax(fabs(x), pow(10, -decimals));
    size_t n = num_fixed(x, decimals, text);
    return num_parse(text, n, &back) ? back : x;
}

static bool computed_range(const struct around *a,
                           const struct recourse_formula *f, struct range *out)
{
    const struct region_scratch *s = a->s;
    struct range x = {s->from[f->a], s->to[f->a]};
    struct range y = {s->from[f->b], s->to[f->b]};
    double low = (double)INFINITY, high = -(double)INFINITY;

    if (f->op == RECOURSE_RATIO && y.from <= 0 && y.to >= 0)
        return false;
    for (int k = 0; k < 4; k++) {
        double v = operate(f->op, k & 1 ? x.to : x.from, k & 2 ? y.to : y.from);
        v = f->factor * v;
        if (isnan(v))
            return false;
        low = fmin(low, v);
        high = fmax(high, v);
    }
    if (f->decimals >= 0 && low < high) {
        low = rounded(low, f->decimals, -1);
        high = rounded(high, f->decimals, 1);
    } else if (f->decimals >= 0)
        low = high = rounded(low, f->decimals, 0);
    *out = (struct range){low, high};
    return true;
}

static bool rule_holds(const struct around *a, const struct recourse_rule *r)
{
    const struct region_scratch *s = a->s;

    if (r->kind == RECOURSE_LINEAR) {
        double sum = 0;
        for (size_t i = 0; i < r->terms; i++) {
            double c = r->term[i].coefficient;
            size_t q = r->term[i].quantity;
            if (isnan(s->from[q]))
                return true;
            sum += c * (c > 0 ? s->to[q] : s->from[q]);
        }
        return sum <= r->most;
    }
    if (r->kind == RECOURSE_IF_THEN) {
        size_t q = r->when.quantity, t = r->then.quantity;
        if (s->to[q] < r->when.low || s->from[q] > r->when.high ||
            isnan(s->from[q]))
            return true;
        return s->from[t] >= r->then.low && s->to[t] <= r->then.high;
    }
    return true; /* which levers change stays the same */
}

static struct range effect_range(const struct around *a,
                                 const struct recourse_lever *l,
                                 const struct recourse_effect *x, double low,
                                 double high)
{
    double own = l->quantity == RECOURSE_NO_QUANTITY ? 0 : a->row[l->quantity];
    double at = a->row[x->quantity];

    return sorted(effect_value(x, at, low - own),
                  effect_value(x, at, high - own));
}

/* At the plan's own values the ranges are points, and the row after it says
 * which: where that differs from what is computed here, nothing is claimed. */
static bool put(const struct around *a, size_t quantity, struct range r,
                bool point)
{
    double after = a->after[quantity];

    if (point && !(r.from == after && r.to == after) &&
        !(isnan(r.from) && isnan(after)))
        return false;
    if (isnan(r.from) != isnan(after) || isnan(r.from) != isnan(r.to))
        return false;
    a->s->from[quantity] = r.from;
    a->s->to[quantity] = r.to;
    return true;
}

bool region_range(const struct around *a, size_t i, double low, double high)
{
    const struct region *g = a->g;
    size_t lever = a->plan->change[i].lever;
    const struct recourse_lever *l = &g->p.lever[lever];
    uint64_t bit = (uint64_t)1 << lever;
    bool point = low == high;

    if (l->quantity != RECOURSE_NO_QUANTITY &&
        !put(a, l->quantity, (struct range){low, high}, point))
        return false;
    for (size_t k = 0; k < l->effects; k++)
        if (!put(a, l->effect[k].quantity,
                 effect_range(a, l, &l->effect[k], low, high), point))
            return false;
    for (size_t k = 0; k < g->p.formulas; k++) {
        const struct recourse_formula *f = &g->p.formula[g->formula[k]];
        struct range r;
        if ((g->moved_by[f->quantity] & bit) == 0)
            continue;
        if (!computed_range(a, f, &r) || !put(a, f->quantity, r, false))
            return false;
    }
    for (size_t k = 0; k < g->p.rules; k++)
        if ((g->rule_by[k] & bit) != 0 && !rule_holds(a, &g->p.rule[k]))
            return false;
    return true;
}
