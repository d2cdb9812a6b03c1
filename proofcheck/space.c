/* What one person's levers can do: candidates and their costs, the quantities
 * that they move, formulas and rules. From the project and the row alone. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POSITIONS = 65535 };

/* --- one lever --------------------------------------------------------- */

/* Share of the sample that is at most x. */
static double share_of(const struct lever *l, double x)
{
    int low = 0, high = l->samples;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (l->sample[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)low / l->samples;
}

static double change_cost(const struct lever *l, double from, double to,
                          int places, int code)
{
    double cost, by = fabs(to - from);
    int i = 0;
    if (isnan(from) != isnan(to)) {
        cost = isnan(from) ? l->known : l->missing;
    } else {
        if (l->by == 'p') {
            by = fabs(share_of(l, to) - share_of(l, from));
        } else if (l->by == 's') {
            by = l->code != NULL ? places : by / l->scale;
        } else if (l->code != NULL) {
            by = l->price[code];
        } else {
            while (i < l->prices && l->change[i] <= by)
                i++;
            double from_price = l->price[i > 0 ? i - 1 : 0],
                   to_price = from_price;
            if (i > 0 && i < l->prices)
                to_price = l->price[i];
            by = to_price == from_price
                     ? from_price
                     : fmin(fmax(from_price +
                                     (to_price - from_price) *
                                         (by - l->change[i - 1]) /
                                         (l->change[i] - l->change[i - 1]),
                                 from_price),
                            to_price);
        }
        cost = l->weight * by + l->fixed;
    }
    cost = cost < 0x1p28 ? nearbyint(cost / GRAIN) * GRAIN : cost;
    return cost < GRAIN ? GRAIN : cost;
}

struct candidate {
    double value, cost, key;
};

static int by_key(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_cost(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->cost != y->cost ? (x->cost > y->cost) - (x->cost < y->cost)
                              : by_key(a, b);
}

static int add_number(const struct lever *l, double own, double v,
                      struct candidate *c, int n)
{
    if (!isfinite(v) || v < l->low || v > l->high || v == own ||
        (l->direction > 0 && v < own) || (l->direction < 0 && v > own))
        return n;
    c[n] = (struct candidate){v, change_cost(l, own, v, 0, 0), v};
    return n + 1;
}

/* All that the lever may become, unsorted: words, the whole grid, or the grid
 * values nearest to the own one beyond each threshold; and the missing state.
 */
static int list_candidates(const struct lever *l, double own,
                           struct candidate *c)
{
    int n = 0, place = -1;
    if (isnan(own) ? l->known < 0 : !isfinite(own))
        return 0;
    for (int i = 0; i < l->codes; i++)
        place = l->code[i] == own ? i : place;
    for (int i = 0; i < l->codes; i++)
        if (l->code[i] != own && !(l->ordered && place < 0 && !isnan(own)) &&
            (!l->ordered || isnan(own) || l->direction == 0 ||
             (l->direction > 0) == (i > place)))
            c[n++] = (struct candidate){
                l->code[i],
                change_cost(l, own, l->code[i], l->ordered ? abs(i - place) : 1,
                            i),
                i};
    for (int i = 0; i < l->grids; i++)
        n = add_number(l, own, l->grid[i], c, n);
    for (int i = 0; i < l->thresholds; i++) {
        bool under = below(l->compares[i], own, l->threshold[i]);
        if (isnan(own) || !under)
            n = add_number(l, own, l->below[i], c, n);
        if (isnan(own) || under)
            n = add_number(l, own, l->above[i], c, n);
    }
    if (l->missing >= 0 && !isnan(own))
        c[n++] =
            (struct candidate){NAN, change_cost(l, own, NAN, 1, 0), INFINITY};
    return n;
}

/* In order of value (of place, for ordered words), the own one among them; or
 * listed, that is own first, then by cost: words, and where values may be
 * missing. So costs never fall away from the own position. */
static void make_axis(struct space *s, int a, double own)
{
    const struct lever *l = &s->p->lever[a];
    struct axis *x = &s->axis[a];
    int most = l->grids + 2 * l->thresholds + l->codes + 2;
    struct candidate *c = NEW(s->r, s->r->row, most, struct candidate);
    int n = list_candidates(l, own, c);
    double key = own;
    for (int i = 0; i < l->codes; i++)
        key = l->code[i] == own ? i : key;
    x->sets =
        l->zero_missing || l->code != NULL || isnan(own) || l->missing >= 0;
    c[n++] = (struct candidate){own, 0, key};
    qsort(c, (size_t)n, sizeof *c,
          (l->code != NULL && !l->ordered) || isnan(own) || l->missing >= 0
              ? by_cost
              : by_key);
    *x = (struct axis){0, 0, NEW(s->r, s->r->row, n, double),
                       NEW(s->r, s->r->row, n, double), x->sets};
    for (int i = 0; i < n; i++) {
        if (i > 0 && c[i].value == c[i - 1].value)
            continue;
        x->own = c[i].cost == 0 ? x->n : x->own;
        x->value[x->n] = c[i].value;
        x->cost[x->n++] = c[i].cost;
    }
    if (x->n > POSITIONS)
        refuse(s->r, "lever \"%s\" has too many values", l->key);
}

/* --- quantities: moved, computed, ranges ------------------------------- */

static double compute(const struct formula *f, double a, double b)
{
    double x = f->op == '+'   ? a + b
               : f->op == '-' ? a - b
               : f->op == '*' ? a * b
               : b == 0       ? (double)NAN
                              : a / b;
    return rounded(f->times * x, f->decimals);
}

static double at(const struct space *s, int q, int position)
{
    return s->mover[q].at == NULL ? s->row[q] : s->mover[q].at[position];
}

static void moves(struct space *s, int q, int a)
{
    s->mover[q] = (struct mover){
        (uint64_t)1 << a, NEW(s->r, s->r->row, s->axis[a].n, double), NULL};
    s->mover[q].at[s->axis[a].own] = s->row[q];
}

/* A value beyond a limit may stay where it is, but goes no further. */
static double added(const struct effect *f, double own, double change)
{
    double v = own + f->rate * change;
    return isnan(v) ? v
                    : fmin(fmax(v, fmin(f->low, own)), fmax(f->high, own));
}

/* What the decision's model reads stays missing, as it was when it decided. */
static bool is_input(const struct problem *p, int quantity)
{
    const struct score *k = &p->score[0];
    for (int f = 0; f < k->model->features; f++)
        if (k->quantity[f] == quantity)
            return true;
    return false;
}

/* What each lever does to its quantities; then formulas, operands first. */
void make_space(struct space *s)
{
    const struct problem *p = s->p;
    s->mover = NEW(s->r, s->r->row, p->quantities, struct mover);
    for (int a = 0; a < p->levers; a++) {
        const struct lever *l = &p->lever[a];
        struct axis *x = &s->axis[a];
        make_axis(s, a, l->quantity < 0 ? 0 : s->row[l->quantity]);
        for (int e = l->quantity < 0 ? 0 : -1; x->n > 1 && e < l->effects;
             e++) {
            const struct effect *f = e < 0 ? NULL : &l->effect[e];
            int q = f == NULL ? l->quantity : f->quantity;
            moves(s, q, a);
            for (int i = 0; i < x->n; i++)
                if (i != x->own)
                    s->mover[q].at[i] =
                        f == NULL        ? x->value[i]
                        : f->kind == 'i' ? x->value[i] == f->code
                                         : added(f, s->row[q],
                                                 x->value[i] -
                                                     x->value[x->own]);
        }
    }
    for (int i = 0; i < p->formulas; i++) {
        const struct formula *f = &p->formula[i];
        uint64_t levers = s->mover[f->a].levers | s->mover[f->b].levers;
        if (isnan(s->row[f->quantity]) && !is_input(p, f->quantity))
            s->row[f->quantity] = compute(f, s->row[f->a], s->row[f->b]);
        if (levers == 0)
            continue;
        int a = __builtin_ctzll(levers);
        s->mover[f->quantity] = (struct mover){levers, NULL, f};
        if ((levers & (levers - 1)) != 0)
            continue;
        moves(s, f->quantity, a);
        s->mover[f->quantity].formula = f;
        for (int k = 0; k < s->axis[a].n; k++)
            if (k != s->axis[a].own)
                s->mover[f->quantity].at[k] =
                    compute(f, at(s, f->a, k), at(s, f->b, k));
    }
    for (int q = 0; q < p->quantities;
         q++) { /* not rising, not falling: sets */
        int a = s->mover[q].at == NULL ? 0
                                       : __builtin_ctzll(s->mover[q].levers),
            way = 0;
        for (int i = 1; s->mover[q].at != NULL && i < s->axis[a].n; i++) {
            double step = at(s, q, i) - at(s, q, i - 1);
            int to = step > 0 ? 1 : step < 0 ? -1 : 0;
            s->axis[a].sets |= isnan(step) || way * to < 0;
            way = to != 0 ? to : way;
        }
    }
}

bool holds_own(const struct space *s, const struct box *b, int a)
{
    return b->low[a] <= s->axis[a].own && s->axis[a].own <= b->high[a];
}

/* Are the levers at their own values all over the box (or, sometimes)? */
static bool own_in(const struct space *s, uint64_t levers, const struct box *b,
                   bool only)
{
    for (; levers != 0; levers &= levers - 1) {
        int a = __builtin_ctzll(levers);
        if (!holds_own(s, b, a) || (only && b->low[a] < b->high[a]))
            return false;
    }
    return true;
}

bool range(const struct space *s, int q, const struct box *b, bool divides,
           struct span *out)
{
    const struct mover *m = &s->mover[q];
    struct span x, y;
    *out = (struct span){s->row[q], s->row[q], isnan(s->row[q])};
    if (own_in(s, m->levers, b, true))
        return !out->missing && !(divides && out->low == 0);
    *out = (struct span){INFINITY, -INFINITY, false};
    int a = __builtin_ctzll(m->levers);
    for (int i = b->low[a]; m->at != NULL && i <= b->high[a]; i++) {
        double v = m->at[i];
        out->missing |=
            isnan(v) && (m->formula == NULL || i == s->axis[a].own);
        if (!isnan(v) && !(divides && v == 0))
            out->low = fmin(out->low, v), out->high = fmax(out->high, v);
    }
    if (m->at == NULL && range(s, m->formula->a, b, false, &x) &&
        range(s, m->formula->b, b, m->formula->op == '/', &y)) {
        bool ratio = m->formula->op == '/',
             across = ratio && y.low < 0 && y.high > 0;
        if (ratio) /* as near to 0 as can be, but not 0 */
            y.low = y.low == 0 ? 5e-324 : y.low,
            y.high = y.high == 0 ? -5e-324 : y.high;
        for (int i = 0; i < 4; i++) {
            double v = compute(m->formula, i & 1 ? x.high : x.low,
                               i & 2 ? y.high : y.low);
            v = isnan(v) ? 0 : v; /* 0 × ∞: 0 × a large one */
            out->low = across ? -(double)INFINITY : fmin(out->low, v);
            out->high = across ? (double)INFINITY : fmax(out->high, v);
        }
    }
    if (m->at == NULL && own_in(s, m->levers, b, false)) {
        out->missing = isnan(s->row[q]);
        out->low = fmin(out->low, s->row[q]),
        out->high = fmax(out->high, s->row[q]);
    }
    if (divides && out->low == 0 && out->high == 0)
        return false;
    return out->low <= out->high && out->low < (double)INFINITY &&
           out->high > -(double)INFINITY;
}

bool no_value(const struct space *s, const struct box *b)
{
    struct span x;
    for (int i = 0; i < s->p->formulas; i++)
        if (!range(s, s->p->formula[i].quantity, b, false, &x) && !x.missing)
            return true;
    return false;
}

/* All quantities at one position of each lever; false: one has no value. */
bool point(const struct space *s, const int *position, double *quantity)
{
    memcpy(quantity, s->row, (size_t)s->p->quantities * sizeof *quantity);
    uint64_t moved = 0;
    for (int a = 0; a < s->p->levers; a++)
        moved |= (uint64_t)(position[a] != s->axis[a].own) << a;
    for (int q = 0; q < s->p->quantities; q++)
        if (s->mover[q].at != NULL)
            quantity[q] =
                s->mover[q].at[position[__builtin_ctzll(s->mover[q].levers)]];
    for (int i = 0; i < s->p->formulas; i++) {
        const struct formula *f = &s->p->formula[i];
        if ((s->mover[f->quantity].levers & moved) == 0)
            continue;
        quantity[f->quantity] = compute(f, quantity[f->a], quantity[f->b]);
        if (!isfinite(quantity[f->quantity]))
            return false;
    }
    return true;
}

bool rule_can_hold(const struct space *s, const struct rule *k,
                   const struct box *b)
{
    struct span x, y;
    double least = 0;
    uint64_t moved = 0;
    int changed = 0;
    for (int i = 0; i < k->terms; i++) {
        if (k->kind == 'o') {
            changed += !holds_own(s, b, k->term[i]);
            continue;
        }
        moved |= s->mover[k->term[i]].levers;
        if (!range(s, k->term[i], b, false, &x) || x.missing)
            return true; /* not asked where a quantity is missing */
        least += k->times[i] * (k->times[i] < 0 ? x.high : x.low);
    }
    if (k->kind == 'o')
        return changed <= 1;
    if (k->kind == 'l')
        return moved == 0 || least <= k->most;
    if ((s->mover[k->when].levers | s->mover[k->then].levers) == 0 ||
        !range(s, k->when, b, false, &x) || x.missing || x.low < k->when_low ||
        x.high > k->when_high)
        return true;
    if (!range(s, k->then, b, false, &y))
        return !y.missing;
    return y.high >= k->then_low && y.low <= k->then_high;
}

int position_of(const struct space *s, int a, double value)
{
    const struct axis *x = &s->axis[a];
    for (int i = 0; i < x->n; i++)
        if (x->value[i] == value || (isnan(value) && isnan(x->value[i])))
            return i;
    refuse(s->r, "%.17g is no value that lever \"%s\" may take", value,
           s->p->lever[a].key);
}
