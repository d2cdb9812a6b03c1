/* What a box can lose without losing a plan. */
#include "recourse/price.h"
#include "recourse/relax.h"

enum { ROUNDS = 3 };

void price_box(const struct search *s, struct box *b)
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
    b->bound = fmax(b->bound, b->cost);
}

bool promising(const struct search *s, const struct box *b)
{
    const struct best_plan *p = &s->t->best;

    if (b->forced > s->t->most_changes)
        return false;
    return !p->found || b->bound < p->cost ||
           (b->bound == p->cost && b->forced <= p->changes);
}

bool unwanted(struct search *s, struct box *b)
{
    price_box(s, b);
    if (promising(s, b))
        return false;
    if (b->forced > s->t->most_changes)
        prove_leaf(s, b, PROOF_COUNT, 0);
    else
        prove_leaf(s, b, b->cost >= s->t->best.cost ? PROOF_COST : PROOF_PRICE,
                   0);
    return true;
}

/* Drops candidates dearer than what is left of the best plan's cost. */
static void clip_costs(struct search *s, struct box *b)
{
    const struct best_plan *p = &s->t->best;

    for (size_t k = 0; p->found && k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        size_t a = s->axis[k], low = b->low[a], high = b->high[a];
        double left = p->cost - b->cost + x->cost[nearest_index(x, b, a)];
        while (high > x->own && high > low && x->cost[high] > left)
            high--;
        while (low < x->own && low < high && x->cost[low] > left)
            low++;
        if (high < b->high[a])
            prove_high(s, b, a, high, PROOF_COST, 0);
        if (low > b->low[a])
            prove_low(s, b, a, low, PROOF_COST, 0);
    }
}

/* As many axes as may move do: the others stay. */
static void stay(struct search *s, struct box *b)
{
    bool open = false;

    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k], own = axis_at(s, k)->own;
        if (!is_free(s, b, k) || b->low[a] == b->high[a])
            continue;
        if (!open)
            prove_stay(s, b);
        open = true;
        b->low[a] = b->high[a] = (uint16_t)own;
    }
}

bool narrow_plainly(struct search *s, struct box *b)
{
    bool again = s->space->rules > 0;

    if (unwanted(s, b))
        return false;
    clip_costs(s, b);
    for (int i = 0; i < ROUNDS && again; i++) {
        again = false;
        if (!narrow_rules(s, b, &again))
            return false;
    }
    for (size_t i = 0; i < s->t->aparts; i++) {
        if (!narrow_apart(s, b, s->t->apart[i]))
            return false;
    }
    if (!narrow_one_of(s, b) || unwanted(s, b))
        return false;
    if (b->forced == s->t->most_changes)
        stay(s, b);
    return true;
}

/* --- scores --------------------------------------------------------------- */

/* A free axis that misses at its own value has to move. */
static bool force_moves(struct search *s, struct box *b, bool *changed)
{
    size_t needed = b->forced;

    for (size_t k = 0; k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        size_t a = s->axis[k];
        s->must[k] = false;
        s->near[k] = -INFINITY;
        if (!is_free(s, b, k) || b->low[a] == b->high[a])
            continue;
        s->near[k] = excess_with(s, &s->whole, k, x->own, x->own);
        if (!(s->near[k] > 0))
            continue;
        needed++;
        if (b->low[a] < x->own && b->high[a] > x->own) {
            s->must[k] = true;
            s->reason[k] =
                (struct proof_node){.kind = (uint8_t)s->why, .which = s->which};
            continue;
        }
        *changed = true;
        if (b->low[a] == x->own)
            prove_low(s, b, a, x->own + 1, s->why, s->which);
        else
            prove_high(s, b, a, x->own - 1, s->why, s->which);
    }
    if (needed <= s->t->most_changes)
        return true;
    price_box(s, b);
    prove_musts(s, b);
    return false;
}

static void test_side(struct search *s, struct box *b, size_t k, bool up,
                      bool *changed)
{
    const struct axis *x = axis_at(s, k);
    size_t a = s->axis[k], own = x->own;
    size_t low = up ? own + 1 : b->low[a], high = up ? b->high[a] : own - 1;

    if (up ? b->high[a] <= own : b->low[a] >= own)
        return;
    if (!(excess_with(s, &s->own, k, low, high) > 0))
        return;
    prove_alone(s, b, k, up);
    *changed = true;
    s->must[k] = false;
}

/* With one change left, a free axis must reach the cutoff alone or stay. */
static void test_alone(struct search *s, struct box *b, bool *changed)
{
    if (b->forced + 1 != s->t->most_changes)
        return;
    view_begin(s, &s->own, b, true, false);
    view_end(s, &s->own);
    for (size_t k = 0; k < s->n; k++) {
        if (!is_free(s, b, k))
            continue;
        test_side(s, b, k, true, changed);
        test_side(s, b, k, false, changed);
    }
}

/* Moves the near end of a forced axis to the first value that can do. */
static bool shave_axis(struct search *s, struct box *b, size_t k)
{
    size_t a = s->axis[k];
    bool up = b->low[a] > axis_at(s, k)->own;
    size_t near = up ? b->low[a] : b->high[a],
           far = up ? b->high[a] : b->low[a];
    size_t bad = 0, good = up ? far - near : near - far; /* steps from near */

    s->near[k] = -INFINITY;
    if (good == 0)
        return false;
    s->near[k] = excess_with(s, &s->whole, k, near, near);
    if (!(s->near[k] > 0))
        return false;
    enum proof_kind why = s->why;
    uint16_t which = s->which;
    while (good - bad > 1) {
        size_t middle = (good + bad) / 2;
        double excess = up ? excess_with(s, &s->whole, k, near, near + middle)
                           : excess_with(s, &s->whole, k, near - middle, near);
        if (excess > 0) {
            bad = middle;
            why = s->why;
            which = s->which;
        } else {
            good = middle;
        }
    }
    if (up)
        prove_low(s, b, a, near + good, why, which);
    else
        prove_high(s, b, a, near - good, why, which);
    return true;
}

bool narrow(struct search *s, struct box *b)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool changed = false;

        if (!narrow_plainly(s, b))
            return false;
        view_begin(s, &s->whole, b, false, false);
        if (view_excess(s, &s->whole) > 0) {
            prove_leaf(s, b, s->why, s->which);
            return false;
        }
        if (round == 0 && s->pricer != NULL) {
            b->bound = fmax(b->bound, price_bound(s, b));
            if (unwanted(s, b))
                return false;
        }
        if (round == 0 && s->g->relax != NULL) {
            b->bound = fmax(b->bound, relax_price(s, b));
            if (unwanted(s, b))
                return false;
        }
        view_end(s, &s->whole);
        if (!force_moves(s, b, &changed))
            return false;
        if (unwanted(s, b))
            return false;
        test_alone(s, b, &changed);
        for (size_t k = 0; k < s->n; k++) {
            if (!is_free(s, b, k))
                changed |= shave_axis(s, b, k);
        }
        if (!changed)
            return true;
    }
    return narrow_plainly(s, b);
}
