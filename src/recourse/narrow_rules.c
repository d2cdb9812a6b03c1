/* What rules, and levers that have to move or to stay, take off a box. */
#include "recourse/search.h"

/* Could the rule hold with the axis at from … to? */
static bool rule_with(const struct search *s, struct box *b, size_t rule,
                      size_t a, size_t from, size_t to)
{
    uint16_t low = b->low[a], high = b->high[a];

    b->low[a] = (uint16_t)from;
    b->high[a] = (uint16_t)to;
    bool can = space_rule_possible(s->space, rule, b->low, b->high);
    b->low[a] = low;
    b->high[a] = high;
    return can;
}

/* Shaves both ends of one axis; the rule can hold somewhere in the box. */
static bool shave_rule(struct search *s, struct box *b, size_t rule, size_t a)
{
    size_t low = b->low[a], high = b->high[a], which = s->space->rule[rule];
    bool changed = false;

    if (low == high)
        return false;
    if (!rule_with(s, b, rule, a, high, high)) {
        size_t good = low, bad = high; /* [good, high] can, [bad, high] not */
        while (bad - good > 1) {
            size_t middle = (good + bad) / 2;
            if (rule_with(s, b, rule, a, middle, high))
                good = middle;
            else
                bad = middle;
        }
        prove_high(s, b, a, good, PROOF_RULE, which);
        high = good;
        changed = true;
    }
    if (low == high || rule_with(s, b, rule, a, low, low))
        return changed;
    size_t bad = low, good = high;
    while (good - bad > 1) {
        size_t middle = (good + bad) / 2;
        if (rule_with(s, b, rule, a, low, middle))
            good = middle;
        else
            bad = middle;
    }
    prove_low(s, b, a, good, PROOF_RULE, which);
    return true;
}

bool narrow_rules(struct search *s, struct box *b, bool *changed)
{
    for (size_t i = 0; i < s->space->rules; i++) {
        if (!space_rule_possible(s->space, i, b->low, b->high)) {
            prove_leaf(s, b, PROOF_RULE, s->space->rule[i]);
            return false;
        }
        for (size_t k = 0; k < s->n; k++) {
            if ((s->space->rule_axes[i] >> s->axis[k] & 1) != 0)
                *changed |= shave_rule(s, b, i, s->axis[k]);
        }
    }
    return true;
}

/* --- what alternatives ask, of which no proof is wanted ------------------- */

/* One of some axes has to move: with one left that can, it does. */
bool narrow_one_of(struct search *s, struct box *b)
{
    size_t can = 0, last = 0;

    if (s->t->one_of == 0)
        return true;
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        if ((s->t->one_of >> a & 1) == 0 || b->low[a] == b->high[a]) {
            if ((s->t->one_of >> a & 1) != 0 && !is_free(s, b, k))
                return true;
            continue;
        }
        if (!is_free(s, b, k))
            return true;
        can++;
        last = k;
    }
    if (can == 1) {
        size_t a = s->axis[last], own = axis_at(s, last)->own;
        if (b->low[a] == own)
            b->low[a]++;
        else if (b->high[a] == own)
            b->high[a]--;
    }
    return can > 0;
}

/* Not all of some axes may move: with one left, it stays. */
bool narrow_apart(struct search *s, struct box *b, uint64_t set)
{
    uint64_t stays = set;
    size_t left = 0, last = 0;

    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        if ((set >> a & 1) == 0)
            continue;
        stays &= ~((uint64_t)1 << a);
        if (!is_free(s, b, k))
            continue;
        if (b->low[a] == b->high[a])
            return true;
        left++;
        last = k;
    }
    if (stays != 0 || left > 1)
        return true;
    if (left == 1) {
        size_t a = s->axis[last];
        b->low[a] = b->high[a] = (uint16_t)s->space->axis[a].own;
    }
    return left == 1;
}
