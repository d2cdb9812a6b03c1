#include "support/small_recourse.h"

#include "base/num.h"
#include "check.h"

#define FAR   ((double)INFINITY)
#define GRAIN 0x1p-24

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static double own_code(const struct small *c, size_t i);

/* The value that a lever has in the row. */
static double own_value(const struct small *c, size_t i)
{
    const struct recourse_lever *l = &c->lever[i];

    if (l->quantity != RECOURSE_NO_QUANTITY)
        return c->row[l->quantity];
    return l->code != NULL ? own_code(c, i) : 0;
}

/* Of a one-hot group: the code whose indicator is 1. */
static double own_code(const struct small *c, size_t i)
{
    const struct recourse_lever *l = &c->lever[i];

    for (size_t k = 0; k < l->effects; k++) {
        if (c->row[l->effect[k].quantity] == 1)
            return l->effect[k].code;
    }
    return l->effect[0].code;
}

static long place(const struct recourse_lever *l, double code)
{
    for (size_t k = 0; k < l->codes; k++) {
        if (l->code[k] == code)
            return (long)k;
    }
    return -1;
}

static double read_back(double v, int decimals)
{
    char text[NUM_TEXT_MAX * 9];
    double out;

    assert_true(num_parse(text, num_fixed(v, decimals, text), &out));
    return out + 0.0;
}

static bool in_direction(const struct recourse_lever *l, double own, double to)
{
    return isnan(own) || (l->direction != RECOURSE_DOWN && to > own) ||
           (l->direction != RECOURSE_UP && to < own);
}

static size_t list_codes(const struct recourse_lever *l, double own,
                         double *value, size_t n)
{
    for (size_t k = 0; k < l->codes; k++) {
        bool seen = false;
        for (size_t j = 0; j < n; j++)
            seen |= value[j] == l->code[k];
        if (!seen && (!l->ordered || isnan(own) ||
                      in_direction(l, (double)place(l, own), (double)k)))
            value[n++] = l->code[k];
    }
    return n;
}

size_t small_values(const struct small *c, size_t i, double *value)
{
    const struct recourse_lever *l = &c->lever[i];
    double own = own_value(c, i);
    size_t n = 1;

    value[0] = own;
    if (l->frozen || (isnan(own) && !(l->known_cost >= 0)))
        return 1;
    if (l->code != NULL) {
        n = list_codes(l, own, value, n);
    } else {
        int decimals = l->decimals;
        double unit = l->step > 0 ? l->step : l->integer ? 1 : 0.1;
        for (int k = -40; k <= 40; k++) {
            double v = read_back(k * unit, decimals < 0 ? 2 : decimals);
            if (v >= l->low && v <= l->high && v != own &&
                in_direction(l, own, v)) {
                assert_true(n < SMALL_VALUES);
                value[n++] = v;
            }
        }
    }
    if (l->missing_cost >= 0 && !isnan(own))
        value[n++] = (double)NAN;
    return n;
}

/* --- costs
 * --------------------------------------------------------------------- */

static double share_at_most(const struct recourse_lever *l, double v)
{
    size_t n = 0;

    for (size_t k = 0; k < l->samples; k++)
        n += l->sample[k] <= v;
    return (double)n / (double)l->samples;
}

static double from_table(const struct recourse_lever *l, double change)
{
    const struct recourse_price *t = l->price;

    if (change <= t[0].change)
        return t[0].cost;
    for (size_t k = 1; k < l->prices; k++) {
        if (change <= t[k].change)
            return t[k - 1].cost + (t[k].cost - t[k - 1].cost) *
                                       ((change - t[k - 1].change) /
                                        (t[k].change - t[k - 1].change));
    }
    return t[l->prices - 1].cost;
}

double small_cost(const struct small *c, size_t i, double to)
{
    const struct recourse_lever *l = &c->lever[i];
    double own = own_value(c, i), by;

    if (same(own, to))
        return 0;
    if (isnan(own) || isnan(to)) {
        by = isnan(own) ? l->known_cost : l->missing_cost;
    } else if (l->cost == RECOURSE_PERCENTILE) {
        by = fabs(share_at_most(l, to) - share_at_most(l, own));
    } else if (l->cost == RECOURSE_TABLE) {
        by = l->code != NULL ? l->price[place(l, to)].cost
                             : from_table(l, fabs(to - own));
    } else if (l->code == NULL) {
        by = fabs(to - own) / l->scale;
    } else {
        by = l->ordered ? fabs((double)(place(l, to) - place(l, own))) : 1;
    }
    if (!isnan(own) && !isnan(to))
        by = l->weight * by + l->fixed;
    return fmax(nearbyint(by / GRAIN) * GRAIN, GRAIN);
}

/* --- quantities
 * ---------------------------------------------------------------- */

static void move(const struct small *c, size_t i, double v, double *quantity,
                 bool *touched)
{
    const struct recourse_lever *l = &c->lever[i];

    if (l->quantity != RECOURSE_NO_QUANTITY) {
        quantity[l->quantity] = v;
        touched[l->quantity] = true;
    }
    for (size_t k = 0; k < l->effects; k++) {
        const struct recourse_effect *x = &l->effect[k];
        double at = c->row[x->quantity] + x->rate * (v - own_value(c, i));
        if (x->kind == RECOURSE_INDICATE)
            at = v == x->code;
        else if (!isnan(at))
            /* a row beyond a limit stays, but goes no further */
            at = fmin(fmax(at, fmin(x->low, c->row[x->quantity])),
                      fmax(x->high, c->row[x->quantity]));
        quantity[x->quantity] = at;
        touched[x->quantity] = true;
    }
}

static double computed(const struct recourse_formula *f, const double *quantity)
{
    double a = quantity[f->a], b = quantity[f->b], v;

    if (f->op == RECOURSE_SUM)
        v = a + b;
    else if (f->op == RECOURSE_DIFFERENCE)
        v = a - b;
    else if (f->op == RECOURSE_PRODUCT)
        v = a * b;
    else
        v = b == 0 ? (double)NAN : a / b;
    v *= f->factor;
    return f->decimals >= 0 && isfinite(v) ? read_back(v, f->decimals) : v;
}

bool small_point(const struct small *c, const double *value, double *quantity)
{
    bool touched[SMALL_QUANTITIES] = {false};

    memcpy(quantity, c->row, sizeof c->row);
    for (size_t i = 0; i < c->p.levers; i++) {
        if (!same(value[i], own_value(c, i)))
            move(c, i, value[i], quantity, touched);
    }
    /* Chains are no longer than the list. */
    bool again = true;
    bool done[3] = {false};
    while (again) {
        again = false;
        for (size_t k = 0; k < c->p.formulas; k++) {
            const struct recourse_formula *f = &c->formula[k];
            bool waits = false;
            for (size_t j = 0; j < c->p.formulas; j++)
                waits |= !done[j] && (c->formula[j].quantity == f->a ||
                                      c->formula[j].quantity == f->b);
            if (done[k] || waits)
                continue;
            done[k] = again = true;
            if (!touched[f->a] && !touched[f->b])
                continue;
            touched[f->quantity] = true;
            quantity[f->quantity] = computed(f, quantity);
            if (!isfinite(quantity[f->quantity]))
                return false;
        }
    }
    return true;
}

/* --- rules and scores
 * ---------------------------------------------------------- */

/* Can a lever that may move in this row change the quantity? */
static bool can_touch(const struct small *c, size_t quantity)
{
    double value[SMALL_VALUES];

    for (size_t i = 0; i < c->p.levers; i++) {
        const struct recourse_lever *l = &c->lever[i];
        bool its = l->quantity == quantity;
        for (size_t k = 0; k < l->effects; k++)
            its |= l->effect[k].quantity == quantity;
        if (its && small_values(c, i, value) > 1)
            return true;
    }
    for (size_t k = 0; k < c->p.formulas; k++) {
        if (c->formula[k].quantity == quantity &&
            (can_touch(c, c->formula[k].a) || can_touch(c, c->formula[k].b)))
            return true;
    }
    return false;
}

static bool linear_holds(const struct small *c, const struct recourse_rule *r,
                         const double *quantity)
{
    double sum = 0;
    bool asked = false;

    for (size_t k = 0; k < r->terms; k++) {
        double q = quantity[r->term[k].quantity];
        if (isnan(q))
            return true;
        asked |= can_touch(c, r->term[k].quantity);
        sum += r->term[k].coefficient * q;
    }
    return !asked || sum <= r->most;
}

static bool inside(const struct recourse_range *r, const double *quantity)
{
    return quantity[r->quantity] >= r->low && quantity[r->quantity] <= r->high;
}

static bool rule_holds(const struct small *c, const struct recourse_rule *r,
                       const double *value, const double *quantity)
{
    size_t moved = 0;

    if (r->kind == RECOURSE_LINEAR)
        return linear_holds(c, r, quantity);
    if (r->kind == RECOURSE_IF_THEN)
        return (!can_touch(c, r->when.quantity) &&
                !can_touch(c, r->then.quantity)) ||
               !inside(&r->when, quantity) || inside(&r->then, quantity);
    for (size_t k = 0; k < r->levers; k++)
        moved += !same(value[r->lever[k]], own_value(c, r->lever[k]));
    return moved <= 1;
}

bool small_rules_hold(const struct small *c, const double *value,
                      const double *quantity)
{
    for (size_t k = 0; k < c->p.rules; k++) {
        if (!rule_holds(c, &c->rule[k], value, quantity))
            return false;
    }
    return true;
}

bool small_passes(const struct small *c, const double *quantity, bool loose)
{
    double x[SMALL_QUANTITIES], margin[4], native[4];

    for (size_t k = 0; k < c->p.scores; k++) {
        const struct recourse_score *s = &c->score[k];
        for (size_t f = 0; f < s->model->features; f++)
            x[f] = quantity[s->quantity != NULL ? s->quantity[f] : f];
        model_margin(s->model, x, margin);
        model_margin_native(s->model, x, native);
        double sign = s->accept == RECOURSE_AT_MOST ? 1 : -1;
        double guard = loose ? 0 : s->guard;
        /* a missing score passes nothing */
        if (!(sign * margin[s->output] <= sign * s->cutoff - guard) ||
            (!loose && s->native &&
             !(sign * native[s->output] <= sign * s->cutoff)))
            return false;
    }
    return true;
}

/* --- every point
 * --------------------------------------------------------------- */

struct walk {
    const struct small *c;
    double value[SMALL_LEVERS][SMALL_VALUES];
    double cost[SMALL_LEVERS][SMALL_VALUES];
    size_t count[SMALL_LEVERS];
    double at[SMALL_LEVERS];
    struct small_best best;
};

/* Is the list of levers `a` before `b`, both of equal length? */
static bool earlier(uint64_t a, uint64_t b)
{
    uint64_t first = a ^ b;

    first &= ~first + 1;
    return first != 0 && (a & first) != 0;
}

static void take(struct walk *w, double cost, size_t changes, uint64_t levers)
{
    struct small_best *b = &w->best;
    double quantity[SMALL_QUANTITIES];

    w->best.points++;
    if (!small_point(w->c, w->at, quantity) ||
        !small_rules_hold(w->c, w->at, quantity) ||
        !small_passes(w->c, quantity, true))
        return;
    if (!small_passes(w->c, quantity, false)) {
        b->guarded = fmin(b->guarded, cost);
        return;
    }
    if (b->found && (cost > b->cost ||
                     (cost == b->cost &&
                      (changes > b->changes || (changes == b->changes &&
                                                !earlier(levers, b->levers))))))
        return;
    b->found = true;
    b->cost = cost;
    b->changes = changes;
    b->levers = levers;
}

static void step(struct walk *w, size_t i, double cost, size_t changes,
                 uint64_t levers)
{
    size_t most = w->c->p.most_changes;

    if (changes > (most == 0 ? RECOURSE_CHANGES_DEFAULT : most) ||
        (w->best.found && cost > w->best.cost))
        return;
    if (i == w->c->p.levers) {
        if (changes > 0)
            take(w, cost, changes, levers);
        return;
    }
    for (size_t k = 0; k < w->count[i]; k++) {
        w->at[i] = w->value[i][k];
        step(w, i + 1, cost + w->cost[i][k], changes + (k > 0),
             k > 0 ? levers | 1ULL << i : levers);
    }
}

struct small_best small_every_point(const struct small *c)
{
    struct walk w = {.c = c, .best = {.guarded = FAR}};

    for (size_t i = 0; i < c->p.levers; i++) {
        w.count[i] = small_values(c, i, w.value[i]);
        for (size_t k = 0; k < w.count[i]; k++)
            w.cost[i][k] = small_cost(c, i, w.value[i][k]);
    }
    step(&w, 0, 0, 0, 0);
    return w.best;
}

/* --- answers
 * ------------------------------------------------------------------- */

void small_solve(const struct recourse_problem *p, const double *row,
                 struct recourse_result *out)
{
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *s;

    check_ok(recourse_prepare(p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &s, &e), &e);
    check_ok(recourse_solve(r, s, row, out, &e), &e);
    out->proof = (struct recourse_proof){.root = NULL};
    recourse_scratch_free(s);
    recourse_free(r);
}

double small_plan_cost(const struct recourse_plan *plan)
{
    return plan->changes > 0 ? plan->cost : FAR;
}

static bool is_value(const struct small *c, size_t i, double to)
{
    double value[SMALL_VALUES];
    size_t n = small_values(c, i, value);

    for (size_t k = 1; k < n; k++) {
        if (same(value[k], to))
            return true;
    }
    return false;
}

void small_check_plan(const struct small *c, const struct recourse_plan *plan)
{
    double value[SMALL_LEVERS], quantity[SMALL_QUANTITIES], margin[4];
    double cost = 0;

    for (size_t i = 0; i < c->p.levers; i++)
        value[i] = own_value(c, i);
    for (size_t k = 0; k < plan->changes; k++) {
        const struct recourse_change *ch = &plan->change[k];
        assert_true(k == 0 || plan->change[k - 1].lever < ch->lever);
        assert_true(same(value[ch->lever], ch->from));
        assert_true(is_value(c, ch->lever, ch->to));
        value[ch->lever] = ch->to;
        assert_true(ch->cost == small_cost(c, ch->lever, ch->to));
        cost += ch->cost;
    }
    size_t most = c->p.most_changes;
    assert_true(plan->changes <= (most == 0 ? RECOURSE_CHANGES_DEFAULT : most));
    assert_true(cost == plan->cost);
    assert_true(small_point(c, value, quantity));
    assert_true(small_rules_hold(c, value, quantity));
    assert_true(small_passes(c, quantity, false));
    model_margin(c->model[0], quantity, margin);
    assert_true(margin[c->score[0].output] == plan->margin);
    model_margin_native(c->model[0], quantity, margin);
    assert_true(margin[c->score[0].output] == plan->native);
}
