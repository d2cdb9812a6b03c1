/* The search against every point of the grid. */
#include "support/recourse_case.h"

struct best {
    bool found;
    double cost;
    size_t changes;
    double value[LEVERS];
    double guarded; /* cheapest that passes the cutoff but not the guard */
};

static void try_all(const struct instance *c, const struct axis_grid *grid,
                    size_t lever, double *x, double cost, size_t changes,
                    struct best *best)
{
    double margin[3], native[3];

    if (changes > c->p.most_changes)
        return;
    if (lever < c->p.levers) {
        for (size_t k = 0; k < grid[lever].count; k++) {
            double v = grid[lever].value[k];
            x[lever] = v;
            try_all(c, grid, lever + 1, x,
                    k == 0 ? cost
                           : cost + recourse_cost(&c->lever[lever],
                                                  c->row[lever], v),
                    changes + (k > 0), best);
        }
        return;
    }
    if (changes == 0 || !rules_hold(c, x))
        return;
    model_margin(c->m, x, margin);
    model_margin_native(c->m, x, native);
    if (!reaches(c, margin[c->p.output], 0))
        return;
    if (!reaches(c, margin[c->p.output], c->p.guard) ||
        !reaches(c, native[c->p.output], 0)) {
        best->guarded = fmin(best->guarded, cost);
        return;
    }
    if (best->found &&
        (cost > best->cost || (cost == best->cost && changes >= best->changes)))
        return;
    best->found = true;
    best->cost = cost;
    best->changes = changes;
    memcpy(best->value, x, c->p.levers * sizeof *x);
}

static struct best brute(const struct instance *c)
{
    struct axis_grid grid[LEVERS];
    double x[FEATURES];
    struct best best = {.guarded = FAR};

    for (size_t i = 0; i < c->p.levers; i++)
        list_values(c, i, &grid[i]);
    memcpy(x, c->row, sizeof x);
    try_all(c, grid, 0, x, 0, 0, &best);
    return best;
}

static struct recourse_result solve(const struct one_score *p,
                                    const double *row)
{
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *s;
    struct recourse_result out;

    check_ok(one_prepare(p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &s, &e), &e);
    check_ok(recourse_solve(r, s, row, &out, &e), &e);
    recourse_scratch_free(s);
    recourse_free(r);
    return out;
}

static bool row_keeps_orders(const struct instance *c)
{
    for (size_t i = 0; i < c->p.orders; i++) {
        const struct one_order *o = &c->order[i];
        if (c->row[o->feature_a] > c->row[o->feature_b])
            return false;
    }
    return true;
}

/* The plan is what it says: costs, values, rules and margins. */
static void check_plan(const struct instance *c,
                       const struct recourse_plan *plan)
{
    double x[FEATURES], margin[3], cost = 0;

    memcpy(x, c->row, sizeof x);
    for (size_t i = 0; i < plan->changes; i++) {
        const struct recourse_change *k = &plan->change[i];
        assert_true(k->to != k->from &&
                    x[c->lever[k->lever].quantity] == k->from);
        x[c->lever[k->lever].quantity] = k->to;
        cost += recourse_cost(&c->lever[k->lever], k->from, k->to);
    }
    assert_true(cost == plan->cost);
    assert_true(plan->changes <= c->p.most_changes);
    assert_true(rules_hold(c, x) || !row_keeps_orders(c));
    model_margin(c->m, x, margin);
    assert_true(margin[c->p.output] == plan->margin);
    assert_true(reaches(c, plan->margin, c->p.guard));
    model_margin_native(c->m, x, margin);
    assert_true(margin[c->p.output] == plan->native);
    assert_true(reaches(c, plan->native, 0));
}

static void agree(const struct instance *c, int *solved, int *refused)
{
    struct recourse_result out = solve(&c->p, c->row);
    struct best best = brute(c);
    const struct recourse_plan *plan = &out.plan;

    assert_int_equal(plan->status, best.found ? RECOURSE_PROVEN_SMALLEST
                                              : RECOURSE_IMPOSSIBLE);
    assert_int_equal(plan->changes > 0, best.found);
    (*solved) += best.found;
    (*refused) += !best.found;
    bool guarded =
        best.guarded <= (best.found ? best.cost : FAR) && best.guarded < FAR;
    if (best.guarded != best.cost)
        assert_int_equal(plan->guard_changed, guarded);
    if (!best.found)
        return;
    assert_true(plan->cost == best.cost);
    assert_true(plan->lower == plan->cost && plan->gap == 0);
    assert_int_equal(plan->changes, best.changes);
    check_plan(c, plan);
}

static void against_all_points(void **state)
{
    struct random r = {99};
    int solved = 0, refused = 0;

    (void)state;
    for (int i = 0; solved + refused < 2500; i++) {
        struct instance c;
        draw(&r, &c, i);
        if (!bad_instance(&c) && draw_cutoff(&r, &c))
            agree(&c, &solved, &refused);
        model_free(c.m);
    }
    assert_true(solved > 500 && refused > 200);
}

/* Tighter limits never cheaper, more changes never dearer, alternatives use
 * other levers, and a small budget claims nothing it has not shown. */
static uint64_t levers_of(const struct recourse_plan *plan)
{
    uint64_t levers = 0;

    for (size_t k = 0; k < plan->changes; k++)
        levers |= 1ULL << plan->change[k].lever;
    return levers;
}

/* Disjoint ones share no lever; the others bring a new one, and leave something
 * of every plan before as it is. */
static void check_alternatives(const struct instance *c,
                               const struct recourse_result *all, double cost)
{
    uint64_t before[1 + RECOURSE_ALTERNATIVES_MAX] = {levers_of(&all->plan)};
    uint64_t seen = before[0];

    for (size_t a = 0; a < all->alternatives; a++) {
        const struct recourse_plan *plan = &all->alternative[a];
        uint64_t its = levers_of(plan);
        before[1 + a] = its;
        if (all->disjoint[a])
            assert_true((its & seen) == 0);
        else if (its != 0)
            assert_true((its & ~seen) != 0);
        for (size_t k = 0; k <= a; k++)
            assert_true(before[k] == 0 || (its & before[k]) != before[k]);
        seen |= its;
        if (plan->changes > 0) {
            check_plan(c, plan);
            assert_true(plan->cost >= cost);
        }
    }
}

/* One box is enough for a bound, not for a proof of something else. */
static bool check_hurried(const struct instance *c,
                          const struct recourse_result *all, double cost)
{
    struct one_score few = c->p;

    few.node_budget = 1;
    struct recourse_plan plan = solve(&few, c->row).plan;
    assert_true(plan.lower <= cost);
    if (plan.changes > 0)
        assert_true(plan.cost >= cost);
    if (plan.status != RECOURSE_PROVEN_SMALLEST &&
        plan.status != RECOURSE_IMPOSSIBLE)
        return true;
    assert_int_equal(plan.status, all->plan.status);
    return false;
}

static void laws(void **state)
{
    struct random r = {5};
    int undecided = 0;

    (void)state;
    for (int i = 0; i < 1500; i++) {
        struct instance c;
        draw(&r, &c, i);
        if (bad_instance(&c) || !draw_cutoff(&r, &c)) {
            model_free(c.m);
            continue;
        }
        c.p.alternatives = 2;
        struct recourse_result all = solve(&c.p, c.row);
        double cost = all.plan.changes > 0 ? all.plan.cost : FAR;
        check_alternatives(&c, &all, cost);
        undecided += check_hurried(&c, &all, cost);
        c.p.most_changes++;
        struct recourse_result more = solve(&c.p, c.row);
        assert_true((more.plan.changes > 0 ? more.plan.cost : FAR) <= cost);
        c.p.most_changes--;
        struct recourse_lever *l = &c.lever[random_below(&r, c.p.levers)];
        if (random_chance(&r, 0.5))
            l->frozen = true;
        else
            l->high = fmax(1, l->high - 0.5); /* 1 is on every grid */
        struct recourse_result tight = solve(&c.p, c.row);
        /* a rule that the row breaks and no lever touches is not asked */
        if (row_keeps_orders(&c))
            assert_true((tight.plan.changes > 0 ? tight.plan.cost : FAR) >=
                        cost);
        model_free(c.m);
    }
    assert_true(undecided > 20);
}

/* The lever named as nearest is the best of all single moves. */
static void nearest_lever(void **state)
{
    struct random r = {77};

    (void)state;
    for (int i = 0; i < 500; i++) {
        struct instance c;
        draw(&r, &c, i);
        c.p.orders = 0;
        if (!draw_cutoff(&r, &c)) {
            model_free(c.m);
            continue;
        }
        struct recourse_result out = solve(&c.p, c.row);
        double sign = c.p.accept == RECOURSE_AT_MOST ? 1 : -1;
        double margin[3], best;
        model_margin(c.m, c.row, margin);
        double own = best = sign * margin[c.p.output];
        for (size_t l = 0; l < c.p.levers; l++) {
            struct axis_grid g;
            double x[FEATURES];
            list_values(&c, l, &g);
            for (size_t k = 1; k < g.count; k++) {
                memcpy(x, c.row, sizeof x);
                x[l] = g.value[k];
                model_margin(c.m, x, margin);
                best = fmin(best, sign * margin[c.p.output]);
            }
        }
        if (out.nearest_lever < 0)
            check_close(best, own, 0, 1e-12);
        else
            check_close(sign * out.nearest_margin, best, 0, 1e-12);
        model_free(c.m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_all_points),
                                       cmocka_unit_test(laws),
                                       cmocka_unit_test(nearest_lever)};

    return cmocka_run_group_tests_name("recourse by brute force", tests, NULL,
                                       NULL);
}
