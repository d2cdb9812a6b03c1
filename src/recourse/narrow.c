#include "recourse/search.h"

enum { ROUNDS = 4 };

bool is_free(const struct search *s, const struct box *b, size_t k)
{
    size_t own = axis_at(s, k)->own, a = s->axis[k];

    return b->low[a] <= own && own <= b->high[a];
}

uint16_t nearest_index(const struct axis *x, const struct box *b, size_t a)
{
    if (b->low[a] > x->own)
        return b->low[a];
    return b->high[a] < x->own ? b->high[a] : (uint16_t)x->own;
}

void price(const struct search *s, struct box *b)
{
    b->cost = 0;
    b->forced = 0;
    for (size_t k = 0; k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        if (!is_free(s, b, k)) {
            b->cost += x->cost[nearest_index(x, b, s->axis[k])];
            b->forced++;
        }
    }
}

bool promising(const struct search *s, const struct box *b)
{
    const struct best_plan *p = &s->t->best;

    if (b->forced > s->t->r->p.most_changes)
        return false;
    return !p->found || b->cost < p->cost ||
           (b->cost == p->cost && b->forced <= p->changes);
}

/* --- masks ------------------------------------------------------------------ */

void chain(const struct search *s, const struct box *b, bool own,
           uint64_t *before, uint64_t *after)
{
    size_t w = s->g->words, bytes = w * sizeof(uint64_t);

    memcpy(before, s->g->full, bytes);
    memcpy(after + s->n * w, s->g->full, bytes);
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k], back = s->n - 1 - k, z = s->axis[back];
        const struct axis *x = axis_at(s, k), *y = axis_at(s, back);
        bool at_x = own && is_free(s, b, k), at_y = own && is_free(s, b, back);

        memcpy(before + (k + 1) * w, before + k * w, bytes);
        mask_narrow(x, before + (k + 1) * w, at_x ? x->own : b->low[a],
                    at_x ? x->own : b->high[a]);
        memcpy(after + back * w, after + (back + 1) * w, bytes);
        mask_narrow(y, after + back * w, at_y ? y->own : b->low[z],
                    at_y ? y->own : b->high[z]);
    }
}

double bound_with(const struct search *s, const uint64_t *before,
                  const uint64_t *after, size_t k, size_t low, size_t high)
{
    size_t w = s->g->words;
    const uint64_t *p = before + k * w, *q = after + (k + 1) * w;

    for (size_t v = 0; v < w; v++)
        s->mask[v] = p[v] & q[v];
    mask_narrow(axis_at(s, k), s->mask, low, high);
    return mask_score(s->g, s->mask);
}

bool misses(const struct search *s, double bound)
{
    return bound > s->g->limit;
}

/* --- narrowing ---------------------------------------------------------------- */

/* An end of an order rule: an axis, or the row's value. */
static const struct axis *rule_axis(const struct search *s, size_t feature,
                                    int32_t *at)
{
    *at = s->t->r->lever_of[feature];
    return *at < 0 ? NULL : &s->g->axis[*at];
}

static bool narrow_rule(const struct search *s, struct box *b,
                        const struct order *o)
{
    int32_t i, j;
    const struct axis *x = rule_axis(s, o->feature_a, &i);
    const struct axis *y = rule_axis(s, o->feature_b, &j);
    double own_a = s->t->row[o->feature_a], own_b = s->t->row[o->feature_b];

    if ((x == NULL && y == NULL) || isnan(own_a) || isnan(own_b))
        return true;
    double most = y != NULL ? y->value[b->high[j]] : own_b;
    if (x != NULL) {
        while (x->value[b->high[i]] > most) {
            if (b->high[i] == b->low[i])
                return false;
            b->high[i]--;
        }
    }
    double least = x != NULL ? x->value[b->low[i]] : own_a;
    if (y != NULL) {
        while (y->value[b->low[j]] < least) {
            if (b->low[j] == b->high[j])
                return false;
            b->low[j]++;
        }
    }
    return true;
}

/* Drops candidates dearer than what is left of the best plan's cost. */
static void clip_costs(const struct search *s, struct box *b)
{
    const struct best_plan *p = &s->t->best;

    for (size_t k = 0; p->found && k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        size_t a = s->axis[k];
        double left = p->cost - b->cost + x->cost[nearest_index(x, b, a)];
        while (b->high[a] > x->own && b->high[a] > b->low[a] &&
               x->cost[b->high[a]] > left)
            b->high[a]--;
        while (b->low[a] < x->own && b->low[a] < b->high[a] &&
               x->cost[b->low[a]] > left)
            b->low[a]++;
    }
}

static bool narrow_rules(struct search *s, struct box *b)
{
    const struct single *p = &s->t->r->p;

    price(s, b);
    if (!promising(s, b))
        return false;
    clip_costs(s, b);
    for (size_t i = 0; i < p->orders; i++) {
        if (!narrow_rule(s, b, &p->order[i]))
            return false;
    }
    price(s, b);
    if (!promising(s, b))
        return false;
    if (b->forced < p->most_changes)
        return true;
    for (size_t k = 0; k < s->n; k++) {
        if (is_free(s, b, k))
            b->low[s->axis[k]] = b->high[s->axis[k]] =
                (uint16_t)axis_at(s, k)->own;
    }
    return true;
}

/* A free axis that misses the cutoff at its own value has to move. */
static bool force_moves(struct search *s, struct box *b, bool *changed)
{
    size_t needed = b->forced;

    for (size_t k = 0; k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        size_t a = s->axis[k];
        s->must[k] = false;
        if (!is_free(s, b, k) || b->low[a] == b->high[a])
            continue;
        if (!misses(s, bound_with(s, s->before, s->after, k, x->own, x->own)))
            continue;
        needed++;
        if (b->low[a] < x->own && b->high[a] > x->own) {
            s->must[k] = true;
            continue;
        }
        *changed = true;
        if (b->low[a] == x->own)
            b->low[a]++;
        else
            b->high[a]--;
    }
    return needed <= s->t->r->p.most_changes;
}

/* With one change left, a free axis must reach the cutoff alone or stay. */
static void test_alone(struct search *s, struct box *b, bool *changed)
{
    if (b->forced + 1 != s->t->r->p.most_changes)
        return;
    chain(s, b, true, s->before_own, s->after_own);
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        if (!is_free(s, b, k) || b->low[a] == b->high[a])
            continue;
        if (misses(s, bound_with(s, s->before_own, s->after_own, k, b->low[a],
                                 b->high[a]))) {
            b->low[a] = b->high[a] = (uint16_t)axis_at(s, k)->own;
            s->must[k] = false;
            *changed = true;
        }
    }
}

/* Moves the near end of a forced axis to the first value that can do. */
static bool shave_axis(struct search *s, struct box *b, size_t k)
{
    size_t a = s->axis[k];
    bool up = b->low[a] > axis_at(s, k)->own;
    size_t near = up ? b->low[a] : b->high[a], far = up ? b->high[a] : b->low[a];
    size_t bad = 0, good = up ? far - near : near - far; /* steps from near */

    if (good == 0 ||
        !misses(s, bound_with(s, s->before, s->after, k, near, near)))
        return false;
    while (good - bad > 1) {
        size_t middle = (good + bad) / 2;
        double bound = up ? bound_with(s, s->before, s->after, k, near,
                                       near + middle)
                          : bound_with(s, s->before, s->after, k,
                                       near - middle, near);
        if (misses(s, bound))
            bad = middle;
        else
            good = middle;
    }
    if (up)
        b->low[a] = (uint16_t)(near + good);
    else
        b->high[a] = (uint16_t)(near - good);
    return true;
}

bool narrow(struct search *s, struct box *b)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool changed = false;

        if (!narrow_rules(s, b))
            return false;
        chain(s, b, false, s->before, s->after);
        if (misses(s, mask_score(s->g, s->before + s->n * s->g->words)))
            return false;
        if (!force_moves(s, b, &changed))
            return false;
        price(s, b);
        if (!promising(s, b))
            return false;
        test_alone(s, b, &changed);
        for (size_t k = 0; k < s->n; k++) {
            if (!is_free(s, b, k))
                changed |= shave_axis(s, b, k);
        }
        if (!changed)
            return true;
    }
    return narrow_rules(s, b);
}
