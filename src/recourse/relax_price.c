/* The Lagrangian bound of a box's cost, from numbers a position (relax.h). */
#include "recourse/relax.h"

enum { PRICE_STEPS = 14 };

struct pricing {
    const struct search *s;
    const struct relax_bound *b;
    size_t part;
    size_t left;            /* axes that may still leave own */
    double violation;       /* of the cheapest choice at λ */
};

/* The cheapest positions of one axis at λ: of all, and at own (INFINITY when
 * own is outside); *g of the cheapest, *own_g at own. */
static double cheapest(const struct pricing *p, size_t a, double lambda,
                       double *g, double *own, double *own_g)
{
    const struct relax *x = p->s->g->relax;
    const struct axis *axis = &x->space->axis[a];
    const double *of = p->b->g + p->part * x->first[x->space->axes] +
                       x->first[a];
    double least = INFINITY;

    *own = *own_g = INFINITY;
    *g = INFINITY;
    for (size_t i = p->b->low[a]; i <= p->b->high[a]; i++) {
        double v = axis->cost[i] + lambda * of[i];
        if (i == axis->own) {
            *own = v;
            *own_g = of[i];
        }
        if (v < least) {
            least = v;
            *g = of[i];
        }
    }
    return least;
}

/* L(λ), the gains of as many free axes as may move taken, largest first. */
static double dual_at(struct pricing *p, double lambda)
{
    size_t axes = p->s->space->axes, gains = 0;
    double gain[RECOURSE_LEVERS_MAX], gain_g[RECOURSE_LEVERS_MAX];
    double limit = p->s->limit[p->part];
    double sum = lambda * (p->b->constant[p->part] - limit);

    p->violation = p->b->constant[p->part] - limit;
    for (size_t a = 0; a < axes; a++) {
        double g, own, own_g, least = cheapest(p, a, lambda, &g, &own, &own_g);
        if (!isfinite(own)) {
            sum += least;
            p->violation += g;
            continue;
        }
        sum += own;
        p->violation += own_g;
        if (!(least < own))
            continue;
        size_t at = gains++;
        for (; at > 0 && gain[at - 1] < own - least; at--) {
            gain[at] = gain[at - 1];
            gain_g[at] = gain_g[at - 1];
        }
        gain[at] = own - least;
        gain_g[at] = own_g - g;
    }
    for (size_t i = 0; i < gains && i < p->left; i++) {
        sum -= gain[i];
        p->violation -= gain_g[i];
    }
    return sum;
}

/* The best λ by halving its logarithm: L is concave, and its slope is the
 * violation. */
static double dual(struct pricing *p, double *lambda)
{
    double low = 0, high = (double)INFINITY, best = 0;
    double at = *lambda > 0 ? *lambda : 1;

    for (int i = 0; i < PRICE_STEPS; i++) {
        double v = dual_at(p, at);
        if (v > best) {
            best = v;
            *lambda = at;
        }
        if (p->violation > 0)
            low = at;
        else
            high = at;
        if (p->violation == 0 || !(at > 1e-30) || !(at < 1e30))
            break;
        at = !isfinite(high) ? at * 4 : low == 0 ? at / 4 : sqrt(low * high);
        if (isfinite(high) && low > 0 && high < low * 1.0001)
            break;
    }
    return best;
}

/* Costs are multiples of the grain: a bound counts up to the next one, after
 * what its own rounding can be off. */
static double as_cost(double bound, double size)
{
    double safe = bound - 1e-12 * (fabs(bound) + size);

    return safe > 0 ? ceil(safe / COST_GRAIN) * COST_GRAIN : 0;
}

double relax_price(struct search *s, const struct box *b)
{
    double best = 0;

    if (s->whole.relaxed->none)
        return 0;
    for (size_t i = 0; i < s->g->parts; i++) {
        struct pricing p = {.s = s, .b = s->whole.relaxed, .part = i,
                            .left = s->t->most_changes - b->forced};
        double lambda = s->lambda;
        if (!isfinite(p.b->constant[i]))
            continue;
        double bound = dual(&p, &lambda);
        if (i == 0 && lambda > 0)
            s->lambda = lambda;
        double size = lambda * (fabs(p.b->constant[i]) + fabs(s->limit[i]));
        best = fmax(best, as_cost(bound, size));
    }
    return best;
}
