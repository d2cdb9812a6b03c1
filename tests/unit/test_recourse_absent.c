/* What is not there. Missing values that formulas and rules meet: a formula's
 * own value stays missing until one of its levers moves, and an effect's target
 * stays so. Models without a split, problems without a lever. */
#include "check.h"

#include "recourse/recourse.h"
#include "support/plain_model.h"

enum { ALONE, COMPUTED, OTHER, WAITED, QUANTITIES };

/* 1 where OTHER and `input` (or OTHER alone) are 0.5 or more, else 0. */
static struct model *one_tree(long input)
{
    static const char *const name[] = {"alone", "computed", "other", "waited"};
    struct error e = {0};
    struct builder *b = plain_start(LIBRARY_LIGHTGBM);

    for (size_t f = 0; f < QUANTITIES; f++)
        check_ok(builder_feature(b, name[f], FEATURE_NUMBER, &e), &e);
    check_ok(builder_tree(b, 0, 1, &e), &e);
    check_ok(builder_split(b, OTHER, 0.5, 1, 2, true, MISSING_NAN, 3, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_split(b, input, 0.5, 3, 4, true, MISSING_NAN, 2, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_leaf(b, 1, 1, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    return plain_finish(b);
}

static struct recourse_lever lever(size_t quantity, double low, double high)
{
    return (struct recourse_lever){.quantity = quantity,
                                   .low = low,
                                   .high = high,
                                   .step = 1,
                                   .decimals = -1,
                                   .weight = 1,
                                   .scale = 1,
                                   .known_cost = -1,
                                   .missing_cost = -1};
}

static struct recourse_plan solve(struct recourse_problem p, long input,
                                  const double *row, double *after)
{
    struct model *m = one_tree(input);
    struct recourse_score score = {
        .model = m, .accept = RECOURSE_AT_LEAST, .cutoff = 1, .native = true};
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *s;
    static struct recourse_result out;

    p.score = &score;
    p.scores = 1;
    p.quantities = QUANTITIES;
    check_ok(recourse_prepare(&p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &s, &e), &e);
    check_ok(recourse_solve(r, s, row, &out, &e), &e);
    recourse_apply(r, row, &out.plan, after);
    recourse_scratch_free(s);
    recourse_free(r);
    model_free(m);
    return out.plan;
}

/* computed = 2 × alone is missing in the row: a linear rule is not asked while
 * it stays so, whatever it would be if its lever moved. */
static void a_sum_is_not_asked(void **state)
{
    struct recourse_lever l[3] = {lever(ALONE, 10, 12), lever(OTHER, -5, 5),
                                  lever(WAITED, -5, 5)};
    struct recourse_formula f = {COMPUTED, RECOURSE_SUM, ALONE, ALONE, 1, -1};
    struct recourse_term term = {COMPUTED, 1};
    struct recourse_rule rule = {
        .kind = RECOURSE_LINEAR, .term = &term, .terms = 1, .most = 5};
    struct recourse_problem p = {.lever = l,
                                 .levers = 3,
                                 .formula = &f,
                                 .formulas = 1,
                                 .rule = &rule,
                                 .rules = 1};
    double row[QUANTITIES] = {0, NAN, 0, 0}, after[QUANTITIES];

    (void)state;
    struct recourse_plan plan = solve(p, WAITED, row, after);
    assert_int_equal(plan.status, RECOURSE_PROVEN_SMALLEST);
    assert_int_equal(plan.changes, 2);
    assert_int_equal(plan.change[0].lever, 1);
    assert_true(isnan(after[COMPUTED]) && after[OTHER] == 1);
}

/* A missing `then` breaks its rule, so that the formula's lever moves as well.
 */
static void a_then_is_broken(void **state)
{
    struct recourse_lever l[2] = {lever(ALONE, 10, 12), lever(OTHER, -5, 5)};
    struct recourse_formula f = {COMPUTED, RECOURSE_SUM, ALONE, ALONE, 1, -1};
    struct recourse_rule rule = {.kind = RECOURSE_IF_THEN,
                                 .when = {OTHER, 1, 5},
                                 .then = {COMPUTED, 0, 100}};
    struct recourse_problem p = {.lever = l,
                                 .levers = 2,
                                 .formula = &f,
                                 .formulas = 1,
                                 .rule = &rule,
                                 .rules = 1};
    double row[QUANTITIES] = {0, NAN, 0, 0}, after[QUANTITIES];

    (void)state;
    struct recourse_plan plan = solve(p, OTHER, row, after);
    assert_int_equal(plan.status, RECOURSE_PROVEN_SMALLEST);
    assert_int_equal(plan.changes, 2);
    assert_true(plan.cost == 11 && after[COMPUTED] == 20);
}

/* Waiting adds to an input that is missing, and a ratio is made of it: whoever
 * waits has no ratio, so there is no plan that waits. */
static void waiting_for_a_missing_input(void **state)
{
    struct recourse_effect add[2] = {
        {RECOURSE_ADD, WAITED, 1, -INFINITY, INFINITY, 0},
        {RECOURSE_ADD, OTHER, 1, -INFINITY, INFINITY, 0}};
    struct recourse_lever wait = lever(RECOURSE_NO_QUANTITY, 0, 6);
    struct recourse_formula f = {COMPUTED, RECOURSE_RATIO, ALONE, WAITED, 1, 2};
    struct recourse_problem p = {.lever = &wait, .levers = 1};
    double row[QUANTITIES] = {3, 0.25, 0, NAN}, after[QUANTITIES];

    (void)state;
    wait.effect = add;
    wait.effects = 2;
    struct recourse_plan plan = solve(p, OTHER, row, after);
    assert_int_equal(plan.status, RECOURSE_PROVEN_SMALLEST);
    assert_true(after[OTHER] == 1 && isnan(after[WAITED]));
    p.formula = &f;
    p.formulas = 1;
    plan = solve(p, OTHER, row, after);
    assert_int_equal(plan.status, RECOURSE_IMPOSSIBLE);
}

/* Trees of one leaf, or an output without any; with levers, and without. */
static void nothing_to_move(void **state)
{
    (void)state;
    for (int trees = 0; trees < 3; trees++) {
        struct error e = {0};
        struct builder *b = builder_new((size_t)1 << 20);
        struct model *m = NULL;
        double base[2] = {1, 0.25}, row[1] = {0};
        static struct recourse_result out;
        builder_library(b, LIBRARY_XGBOOST, "test", "0");
        builder_link(b, LINK_IDENTITY, 1);
        builder_combine(b, COMBINE_SUM, 1);
        check_ok(builder_outputs(b, 2, &e), &e);
        check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
        for (int t = 0; t <= trees; t++) {
            check_ok(builder_tree(b, t > 0, 1, &e), &e);
            check_ok(builder_leaf(b, 0.125, 1, &e), &e);
            check_ok(builder_tree_end(b, &e), &e);
        }
        check_ok(builder_base(b, base, 2, &e), &e);
        check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
        builder_free(b);
        for (size_t levers = 0; levers < 2; levers++) {
            struct recourse_lever l = lever(0, -5, 5);
            struct recourse_score score = {.model = m,
                                           .output = 1,
                                           .accept = RECOURSE_AT_LEAST,
                                           .cutoff = 1,
                                           .native = true};
            struct recourse_problem p = {.score = &score,
                                         .scores = 1,
                                         .quantities = 1,
                                         .lever = &l,
                                         .levers = levers,
                                         .alternatives = 2,
                                         .margin = 0.5,
                                         .prove = true};
            struct recourse *r;
            struct recourse_scratch *s;
            check_ok(recourse_prepare(&p, &r, &e), &e);
            check_ok(recourse_scratch_new(r, &s, &e), &e);
            check_ok(recourse_solve(r, s, row, &out, &e), &e);
            assert_int_equal(out.plan.status, RECOURSE_IMPOSSIBLE);
            assert_true(out.margin == 0.25 + 0.125 * trees);
            assert_true(out.proof.root != NULL && isinf(out.proof.claim));
            assert_true(out.nearest_lever == -1 && out.alternatives == 0);
            recourse_scratch_free(s);
            recourse_free(r);
        }
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_is_not_asked),
        cmocka_unit_test(a_then_is_broken),
        cmocka_unit_test(waiting_for_a_missing_input),
        cmocka_unit_test(nothing_to_move),
    };

    return cmocka_run_group_tests_name("recourse with missing values", tests,
                                       NULL, NULL);
}
