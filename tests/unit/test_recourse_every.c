/* The search against every point of small grids, for each kind of lever, cost,
 * effect, formula, rule and score by itself and for all of them together. */
#include "check.h"

#include "support/small_recourse.h"

#define FAR ((double)INFINITY)

struct counts {
    int solved, refused;
};

static void agree(const struct small *c, struct counts *n)
{
    static struct recourse_result out;
    struct small_best best = small_every_point(c);
    const struct recourse_plan *plan = &out.plan;
    uint64_t levers = 0;

    small_solve(&c->p, c->row, &out);
    assert_int_equal(plan->status, best.found ? RECOURSE_PROVEN_SMALLEST
                                              : RECOURSE_IMPOSSIBLE);
    assert_int_equal(plan->changes > 0, best.found);
    n->solved += best.found;
    n->refused += !best.found;
    /* Never told without a cause. */
    if (plan->guard_changed)
        assert_true(best.guarded < FAR &&
                    best.guarded <= (best.found ? best.cost : FAR));
    if (!best.found)
        return;
    assert_true(plan->cost == best.cost);
    assert_true(plan->lower == plan->cost && plan->gap == 0);
    assert_int_equal(plan->changes, best.changes);
    small_check_plan(c, plan);
    for (size_t k = 0; k < plan->changes; k++)
        levers |= 1ULL << plan->change[k].lever;
    assert_int_equal(levers, best.levers);
}

static void compare(uint64_t seed, const struct small_kinds *k, int cases,
                    int least)
{
    struct random r = {seed};
    struct counts n = {0, 0};
    static struct small c;

    while (n.solved + n.refused < cases) {
        if (small_draw(&r, k, &c))
            agree(&c, &n);
        small_free(&c);
    }
    assert_true(n.solved > least && n.refused > least);
}

static void numbers(void **state)
{
    (void)state;
    compare(1, &(struct small_kinds){2, 5, 3, .scores = 1, .fine = true}, 800,
            100);
}

static void categories(void **state)
{
    (void)state;
    compare(2, &(struct small_kinds){2, 5, 3, .category = 0.7, .scores = 1},
            600, 80);
}

static void missing_states(void **state)
{
    (void)state;
    compare(3,
            &(struct small_kinds){2, 5, 3, .category = 0.3, .missing = 0.6,
                                  .scores = 1, .fine = true},
            600, 80);
}

static void costs(void **state)
{
    (void)state;
    compare(4,
            &(struct small_kinds){2, 5, 3, .category = 0.3, .cost = 0.9,
                                  .missing = 0.1, .scores = 1},
            600, 80);
}

static void effects(void **state)
{
    (void)state;
    compare(5,
            &(struct small_kinds){2, 5, 3, .category = 0.3, .effect = 0.7,
                                  .scores = 1},
            600, 80);
}

static void formulas(void **state)
{
    (void)state;
    compare(6, &(struct small_kinds){2, 4, 3, .formulas = 3, .scores = 1}, 600,
            80);
}

static void rules(void **state)
{
    (void)state;
    compare(7,
            &(struct small_kinds){2, 4, 3, .rules = 3, .category = 0.2,
                                  .missing = 0.2, .scores = 1},
            600, 80);
}

static void scores(void **state)
{
    (void)state;
    compare(8, &(struct small_kinds){2, 5, 3, .category = 0.2, .scores = 3},
            600, 80);
}

static void everything(void **state)
{
    (void)state;
    compare(9,
            &(struct small_kinds){2, 5, 4, .category = 0.3, .missing = 0.2,
                                  .effect = 0.3, .cost = 0.4, .formulas = 2,
                                  .rules = 2, .scores = 2, .fine = true},
            900, 150);
}

static void more_levers(void **state)
{
    (void)state;
    compare(10,
            &(struct small_kinds){6, 8, 2, .category = 0.3, .missing = 0.2,
                                  .effect = 0.2, .cost = 0.4, .formulas = 1,
                                  .rules = 2, .scores = 2},
            300, 40);
}

/* Leaves that are lines: other bounds than masks. */
static void linear_leaves(void **state)
{
    (void)state;
    compare(11, &(struct small_kinds){2, 4, 3, .linear = 0.8, .scores = 1},
            300, 40);
    compare(12,
            &(struct small_kinds){2, 4, 4, .category = 0.3, .missing = 0.2,
                                  .effect = 0.3, .cost = 0.4, .linear = 0.6,
                                  .formulas = 2, .rules = 2, .scores = 2},
            400, 60);
}

static void networks(void **state)
{
    (void)state;
    compare(13, &(struct small_kinds){2, 4, 3, .network = 1, .scores = 1},
            300, 40);
    compare(14,
            &(struct small_kinds){2, 4, 4, .category = 0.3, .missing = 0.2,
                                  .effect = 0.3, .cost = 0.4, .network = 0.7,
                                  .linear = 0.3, .formulas = 2, .rules = 2,
                                  .scores = 2},
            400, 60);
}

/* Programs that only intervals bound. */
static void programs(void **state)
{
    (void)state;
    compare(15,
            &(struct small_kinds){2, 4, 3, .network = 1, .curved = 1,
                                  .scores = 1},
            200, 30);
    compare(16,
            &(struct small_kinds){2, 4, 4, .category = 0.3, .missing = 0.2,
                                  .effect = 0.3, .cost = 0.4, .network = 0.7,
                                  .curved = 0.6, .linear = 0.3, .formulas = 2,
                                  .rules = 2, .scores = 2},
            300, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),        cmocka_unit_test(categories),
        cmocka_unit_test(missing_states), cmocka_unit_test(costs),
        cmocka_unit_test(effects),        cmocka_unit_test(formulas),
        cmocka_unit_test(rules),          cmocka_unit_test(scores),
        cmocka_unit_test(everything),     cmocka_unit_test(more_levers),
        cmocka_unit_test(linear_leaves),  cmocka_unit_test(networks),
        cmocka_unit_test(programs),
    };

    return cmocka_run_group_tests_name("recourse by every point", tests, NULL,
                                       NULL);
}
