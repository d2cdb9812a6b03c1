/* What a change costs, and how far a library's own sum may be from the exact. */
#include "recourse/grids.h"

static double place(const struct recourse_lever *l, double code)
{
    for (size_t k = 0; k < l->codes; k++) {
        if (l->code[k] == code)
            return (double)k;
    }
    return -1;
}

double lever_share(const struct recourse_lever *l, double x)
{
    size_t low = 0, high = l->samples;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->sample[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)low / (double)l->samples;
}

static double table_cost(const struct recourse_lever *l, double change)
{
    const struct recourse_price *t = l->price;

    if (change <= t[0].change)
        return t[0].cost;
    for (size_t k = 1; k < l->prices; k++) {
        if (change > t[k].change)
            continue;
        double cost = t[k - 1].cost + (t[k].cost - t[k - 1].cost) *
                                          (change - t[k - 1].change) /
                                          (t[k].change - t[k - 1].change);
        return fmin(cost, t[k].cost); /* rounding must not pass the point */
    }
    return t[l->prices - 1].cost;
}

static double amount(const struct recourse_lever *l, double from, double to)
{
    if (l->cost == RECOURSE_PERCENTILE)
        return fabs(lever_share(l, to) - lever_share(l, from));
    if (l->cost == RECOURSE_TABLE && l->code != NULL)
        return l->price[(size_t)fmax(place(l, to), 0)].cost;
    if (l->cost == RECOURSE_TABLE)
        return table_cost(l, fabs(to - from));
    if (l->code == NULL)
        return fabs(to - from) / l->scale;
    return l->ordered ? fabs(place(l, to) - place(l, from)) : 1;
}

/* From here on every double is a multiple of the grain. */
#define COST_COARSE 0x1p28
/* Adding it rounds to a whole number, half to even; faster than nearbyint. */
#define ROUND_WHOLE 0x1.8p52

static double grained(double cost)
{
    if (cost < COST_COARSE / 4)
        cost = (cost / COST_GRAIN + ROUND_WHOLE - ROUND_WHOLE) * COST_GRAIN;
    else if (cost < COST_COARSE)
        cost = nearbyint(cost / COST_GRAIN) * COST_GRAIN;
    return cost < COST_GRAIN ? COST_GRAIN : cost;
}

double lever_share_cost(const struct recourse_lever *l, double from, double to)
{
    return grained(l->weight * fabs(to - from) + l->fixed);
}

double recourse_cost(const struct recourse_lever *lever, double from, double to)
{
    double cost;

    if (from == to || (isnan(from) && isnan(to)))
        return 0;
    if (isnan(from) || isnan(to))
        cost = isnan(from) ? lever->known_cost : lever->missing_cost;
    else
        cost = lever->weight * amount(lever, from, to) + lever->fixed;
    return grained(cost);
}

double recourse_cost_shown(double cost)
{
    return round(cost * 1e6) / 1e6;
}

/* Points of a scorecard, say: where all that is added are whole multiples of
 * 2^-20 and no sum reaches what the sum's format holds exactly, every order of
 * adding gives the same. */
static bool sums_exactly(const struct model *m, size_t output)
{
    double sum = fabs(m->base[output]);
    bool whole = rint(m->base[output] * 0x1p20) == m->base[output] * 0x1p20 &&
                 m->combine_scale == 1;

    for (size_t i = 0; i < m->trees && whole; i++) {
        const struct tree *t = &m->tree[i];
        double most = 0;
        for (uint32_t k = 0; t->output == output && k < t->node_count; k++) {
            const struct node *n = &t->node[k];
            double v = n->value * 0x1p20;
            if (n->feature >= 0)
                continue;
            whole = whole && rint(v) == v && n->linear_count == 0;
            most = fmax(most, fabs(n->value));
        }
        whole = whole && t->weight == 1;
        sum += most;
    }
    return whole && sum < (m->sum == SUM_FLOAT ? 0x1p3 : 0x1p32);
}

double recourse_guard(const struct model *m, size_t output)
{
    if (m->kind != MODEL_FOREST || sums_exactly(m, output))
        return 0; /* there is one sum only */
    double unit = m->sum == SUM_FLOAT ? 0x1p-24 : 0x1p-53;
    double high = m->base[output], low = high, error = unit * fabs(high);

    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        double scale = t->weight * m->combine_scale;
        double most = -INFINITY, least = INFINITY;
        if (t->output != output)
            continue;
        for (uint32_t k = 0; k < t->node_count; k++) {
            if (t->node[k].feature >= 0)
                continue;
            most = fmax(most, t->node[k].value * scale);
            least = fmin(least, t->node[k].value * scale);
        }
        high += most;
        low += least;
        /* A weighted leaf is rounded, and the running sum with what it is off
         * by already. */
        if (scale != 1)
            error += unit * fmax(fabs(most), fabs(least));
        error += unit * (fmax(fabs(high), fabs(low)) + error);
    }
    return error;
}
