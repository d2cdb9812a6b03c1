/* What must hold between two problems, whatever the search does: tighter limits
 * are never cheaper, more changes never dearer, and another form of the same
 * problem has the same answer. */
#include "check.h"

#include "support/small_recourse.h"

#define FAR ((double)INFINITY)

enum { CASES = 250 };

static const struct small_kinds plain = {2,
                                         5,
                                         3,
                                         .category = 0.3,
                                         .missing = 0.1,
                                         .cost = 0.3,
                                         .scores = 1,
                                         .fine = true,
                                         .sums = true};
static const struct small_kinds all = {2,
                                       5,
                                       3,
                                       .category = 0.3,
                                       .missing = 0.2,
                                       .effect = 0.3,
                                       .cost = 0.4,
                                       .formulas = 2,
                                       .rules = 2,
                                       .scores = 2,
                                       .fine = true,
                                       .sums = true};

/* A law is told the problem and its answer. */
typedef void (*law)(struct random *r, const struct small *c,
                    const struct recourse_result *answer);

static void hold(uint64_t seed, const struct small_kinds *k, law test)
{
    struct random r = {seed};
    static struct small c;
    static struct recourse_result out;

    for (int n = 0; n < CASES;) {
        if (small_draw(&r, k, &c)) {
            /* Other sums of the same leaves differ by their rounding: no margin
             * that decides may lie that near to the cutoff. */
            for (size_t s = 0; s < c.p.scores; s++) {
                c.score[s].guard = 1e-4;
                c.score[s].cutoff +=
                    c.score[s].accept == RECOURSE_AT_MOST ? 3e-4 : -3e-4;
            }
            if (!small_passes(&c, c.row, true)) {
                small_solve(&c.p, c.row, &out);
                test(&r, &c, &out);
                n++;
            }
        }
        small_free(&c);
    }
}

static double cost_of(const struct small *c)
{
    static struct recourse_result out;

    small_solve(&c->p, c->row, &out);
    assert_true(out.plan.status == RECOURSE_PROVEN_SMALLEST ||
                out.plan.status == RECOURSE_IMPOSSIBLE);
    if (out.plan.changes > 0)
        small_check_plan(c, &out.plan);
    return small_plan_cost(&out.plan);
}

/* --- never cheaper, never dearer
 * ------------------------------------------------- */

static void tighter(struct random *r, const struct small *c,
                    const struct recourse_result *answer)
{
    static struct small t;
    double cost = small_plan_cost(&answer->plan);

    small_copy(c, &t);
    if (c->p.rules > 0) {
        /* A rule that no lever can touch is not asked, so a tighter range may
         * lift one; one rule fewer is never dearer. */
        t.p.rules--;
        assert_true(cost_of(&t) <= cost);
        return;
    }
    struct recourse_lever *l = &t.lever[random_below(r, t.p.levers)];
    if (l->code != NULL || random_chance(r, 0.3))
        l->frozen = true;
    else if (random_chance(r, 0.5)) /* 1 is on every grid */
        l->high = fmax(l->low, 1);
    else
        l->low = fmin(l->high, 1);
    assert_true(cost_of(&t) >= cost);
    small_copy(c, &t);
    t.p.levers--;
    assert_true(cost_of(&t) >= cost);
}

static void more_changes(struct random *r, const struct small *c,
                         const struct recourse_result *answer)
{
    static struct small t;
    double cost = small_plan_cost(&answer->plan);

    (void)r;
    small_copy(c, &t);
    t.p.most_changes++;
    assert_true(cost_of(&t) <= cost);
    t.p.most_changes = RECOURSE_CHANGES_ANY;
    double any = cost_of(&t);
    assert_true(any <= cost);
    if (c->p.most_changes > 1) {
        t.p.most_changes = c->p.most_changes - 1;
        assert_true(cost_of(&t) >= cost);
    }
}

static void wider_cutoff(struct random *r, const struct small *c,
                         const struct recourse_result *answer)
{
    static struct small t;
    double by = random_unit(r) * 0.5;

    small_copy(c, &t);
    t.score[0].cutoff -= t.score[0].accept == RECOURSE_AT_MOST ? by : -by;
    assert_true(cost_of(&t) >= small_plan_cost(&answer->plan));
}

/* The margin asked for costs more, and the plan with it is the one that a
 * stricter cutoff would have had. */
static void with_margin(struct random *r, const struct small *c,
                        const struct recourse_result *answer)
{
    static struct small t;
    static struct recourse_result out;
    double by = 0.01 + random_unit(r) * 0.3;

    small_copy(c, &t);
    t.p.margin = by;
    small_solve(&t.p, t.row, &out);
    assert_true(out.safer_asked);
    assert_true(small_plan_cost(&out.plan) == small_plan_cost(&answer->plan));
    double safer = small_plan_cost(&out.safer);
    assert_true(safer >= small_plan_cost(&out.plan));
    if (out.safer.changes > 0) {
        double sign = c->score[0].accept == RECOURSE_AT_MOST ? 1 : -1;
        small_check_plan(c, &out.safer);
        assert_true(sign * out.safer.margin <= sign * c->score[0].cutoff - by);
    }
}

/* --- the same problem
 * ------------------------------------------------------------ */

static void in_form(const struct small *c, const struct recourse_result *answer,
                    enum model_form form)
{
    static struct small t;
    static struct recourse_result out;

    small_copy(c, &t);
    for (size_t s = 0; s < t.p.scores; s++) {
        t.model[s] = model_in_form(c->model[s], form, NULL);
        t.score[s].model = t.model[s];
    }
    small_solve(&t.p, t.row, &out);
    assert_int_equal(out.plan.status, answer->plan.status);
    assert_int_equal(out.plan.changes, answer->plan.changes);
    assert_true(out.plan.changes == 0 || out.plan.cost == answer->plan.cost);
    for (size_t k = 0; k < out.plan.changes; k++)
        assert_int_equal(out.plan.change[k].lever,
                         answer->plan.change[k].lever);
    small_free(&t);
}

static void other_trees(struct random *r, const struct small *c,
                        const struct recourse_result *answer)
{
    (void)r;
    in_form(c, answer, FORM_TWICE);
    in_form(c, answer, FORM_PARTS);
    in_form(c, answer, FORM_BACKWARDS);
    if (c->model[0]->feature[0].kind != FEATURE_CATEGORY)
        in_form(c, answer, FORM_ZERO);
}

static size_t moved(const size_t *place, size_t features, size_t q)
{
    return q < features ? place[q] : q;
}

static void renumber_quantities(struct small *t, const size_t *place, size_t n)
{
    for (size_t i = 0; i < t->p.levers; i++) {
        t->lever[i].quantity = moved(place, n, t->lever[i].quantity);
        for (size_t k = 0; k < t->lever[i].effects; k++)
            t->effect[i][k].quantity =
                moved(place, n, t->effect[i][k].quantity);
    }
    for (size_t k = 0; k < t->p.formulas; k++) {
        struct recourse_formula *f = &t->formula[k];
        f->quantity = moved(place, n, f->quantity);
        f->a = moved(place, n, f->a);
        f->b = moved(place, n, f->b);
    }
    for (size_t k = 0; k < t->p.rules; k++) {
        struct recourse_rule *u = &t->rule[k];
        u->when.quantity = moved(place, n, u->when.quantity);
        u->then.quantity = moved(place, n, u->then.quantity);
        for (size_t j = 0; j < u->terms; j++)
            t->term[k][j].quantity = moved(place, n, t->term[k][j].quantity);
    }
    for (size_t s = 1; s < t->p.scores; s++) {
        for (size_t f = 0; f < t->score[s].model->features; f++)
            t->map[s][f] = moved(place, n, t->map[s][f]);
    }
}

static void renumbered(struct random *r, const struct small *c,
                       const struct recourse_result *answer)
{
    static struct small t;
    static struct recourse_result out;
    size_t place[SMALL_QUANTITIES], n = c->model[0]->features;

    for (size_t f = 0; f < n; f++)
        place[f] = f;
    for (size_t f = n; f > 1; f--) {
        size_t k = random_below(r, f), keep = place[k];
        place[k] = place[f - 1];
        place[f - 1] = keep;
    }
    small_copy(c, &t);
    renumber_quantities(&t, place, n);
    for (size_t f = 0; f < n; f++)
        t.row[place[f]] = c->row[f];
    t.model[0] = model_in_form(c->model[0], FORM_RENUMBERED, place);
    t.score[0].model = t.model[0];
    small_solve(&t.p, t.row, &out);
    assert_int_equal(out.plan.status, answer->plan.status);
    assert_int_equal(out.plan.changes, answer->plan.changes);
    assert_true(out.plan.changes == 0 || out.plan.cost == answer->plan.cost);
    model_free(t.model[0]);
}

/* Twice as dear everywhere: the same plan at twice the cost. */
static void dearer(struct random *r, const struct small *c,
                   const struct recourse_result *answer)
{
    static struct small t;
    double cost = small_plan_cost(&answer->plan);

    (void)r;
    small_copy(c, &t);
    for (size_t i = 0; i < t.p.levers; i++) {
        t.lever[i].weight *= 2;
        t.lever[i].fixed *= 2;
        if (t.lever[i].known_cost >= 0)
            t.lever[i].known_cost *= 2;
        if (t.lever[i].missing_cost >= 0)
            t.lever[i].missing_cost *= 2;
    }
    double twice = cost_of(&t);
    assert_true(twice == 2 * cost || fabs(twice - 2 * cost) <= 0x1p-20);
}

static void at_the_plans_score(struct random *r, const struct small *c,
                               const struct recourse_result *answer)
{
    static struct small t;

    (void)r;
    if (answer->plan.changes == 0)
        return;
    small_copy(c, &t);
    struct recourse_score *s = &t.score[0];
    s->guard = 0;
    s->cutoff = s->accept == RECOURSE_AT_MOST
                    ? fmax(answer->plan.margin, answer->plan.native)
                    : fmin(answer->plan.margin, answer->plan.native);
    assert_true(cost_of(&t) == answer->plan.cost);
}

/* A lever that no tree, formula or rule reads. */
static void useless_lever(struct random *r, const struct small *c,
                          const struct recourse_result *answer)
{
    static struct small t;
    static struct recourse_result out;

    if (c->p.levers == SMALL_LEVERS)
        return;
    small_copy(c, &t);
    size_t i = t.p.levers++, q = t.p.quantities++;
    t.row[q] = random_unit(r);
    t.lever[i] = (struct recourse_lever){.quantity = q,
                                         .low = -1,
                                         .high = 1,
                                         .step = 0.5,
                                         .decimals = -1,
                                         .weight = 0.125,
                                         .scale = 1,
                                         .known_cost = -1,
                                         .missing_cost = -1};
    small_solve(&t.p, t.row, &out);
    assert_int_equal(out.plan.status, answer->plan.status);
    assert_int_equal(out.plan.changes, answer->plan.changes);
    assert_true(out.plan.changes == 0 || out.plan.cost == answer->plan.cost);
    for (size_t k = 0; k < out.plan.changes; k++)
        assert_true(out.plan.change[k].lever != i);
}

/* --- alternatives and small budgets
 * ---------------------------------------------- */

static uint64_t levers_of(const struct recourse_plan *plan)
{
    uint64_t levers = 0;

    for (size_t k = 0; k < plan->changes; k++)
        levers |= 1ULL << plan->change[k].lever;
    return levers;
}

/* Disjoint ones first, then ones with at least one lever of their own; none
 * cheaper than the plan, and a disjoint one is the best without those levers.
 */
static void alternatives(struct random *r, const struct small *c,
                         const struct recourse_result *answer)
{
    static struct small t;
    static struct recourse_result out;
    bool disjoint = true;

    (void)r;
    small_copy(c, &t);
    t.p.alternatives = RECOURSE_ALTERNATIVES_MAX;
    small_solve(&t.p, t.row, &out);
    assert_true(small_plan_cost(&out.plan) == small_plan_cost(&answer->plan));
    uint64_t seen = levers_of(&out.plan);
    for (size_t a = 0; a < out.alternatives; a++) {
        const struct recourse_plan *plan = &out.alternative[a];
        uint64_t its = levers_of(plan);
        if (plan->changes == 0) {
            assert_true(a + 1 == out.alternatives);
            break;
        }
        small_check_plan(c, plan);
        assert_true(plan->cost >= out.plan.cost);
        assert_true((its & ~seen) != 0);
        assert_true(disjoint || !out.disjoint[a]);
        disjoint = out.disjoint[a];
        if (disjoint)
            assert_true((its & seen) == 0);
        if (disjoint && c->p.rules == 0) {
            static struct small rest;
            small_copy(c, &rest);
            for (size_t i = 0; i < rest.p.levers; i++)
                rest.lever[i].frozen |= (seen >> i & 1) != 0;
            assert_true(cost_of(&rest) == plan->cost);
        }
        seen |= its;
    }
}

/* What is claimed early is true later. */
static void small_budget(struct random *r, const struct small *c,
                         const struct recourse_result *answer)
{
    static struct small t;
    static struct recourse_result out;
    double cost = small_plan_cost(&answer->plan);

    small_copy(c, &t);
    t.p.node_budget = 1 + (long)random_below(r, 4);
    small_solve(&t.p, t.row, &out);
    if (out.plan.status == RECOURSE_PROVEN_SMALLEST ||
        out.plan.status == RECOURSE_IMPOSSIBLE) {
        assert_int_equal(out.plan.status, answer->plan.status);
        assert_true(small_plan_cost(&out.plan) == cost);
    }
    assert_true(out.plan.lower <= cost);
    if (out.plan.changes > 0) {
        small_check_plan(c, &out.plan);
        assert_true(out.plan.cost >= cost);
    }
}

#define LAW(name, seed)                                                        \
    static void name##_holds(void **state)                                     \
    {                                                                          \
        (void)state;                                                           \
        hold(seed, &plain, name);                                              \
        hold(seed + 100, &all, name);                                          \
    }
LAW(tighter, 1)
LAW(more_changes, 2)
LAW(wider_cutoff, 3)
LAW(with_margin, 4)
LAW(other_trees, 5)
LAW(renumbered, 6)
LAW(dearer, 7)
LAW(at_the_plans_score, 8)
LAW(useless_lever, 9)
LAW(alternatives, 10)
LAW(small_budget, 11)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tighter_holds),
        cmocka_unit_test(more_changes_holds),
        cmocka_unit_test(wider_cutoff_holds),
        cmocka_unit_test(with_margin_holds),
        cmocka_unit_test(other_trees_holds),
        cmocka_unit_test(renumbered_holds),
        cmocka_unit_test(dearer_holds),
        cmocka_unit_test(at_the_plans_score_holds),
        cmocka_unit_test(useless_lever_holds),
        cmocka_unit_test(alternatives_holds),
        cmocka_unit_test(small_budget_holds),
    };

    return cmocka_run_group_tests_name("recourse laws", tests, NULL, NULL);
}
