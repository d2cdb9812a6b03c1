/* Cases whose answer is known by hand. */
#include "check.h"

#include "base/arena.h"
#include "model/builder.h"
#include "recourse/recourse.h"
#include "support/one_score.h"

#define FAR ((double)INFINITY)

/* One stump a feature: below the threshold `low`, else `high`. */
struct stump {
    long feature;
    double threshold, low, high;
};

static struct model *stumps(enum model_library library, size_t features,
                            double base, const struct stump *s, size_t n)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 22);
    struct model *m = NULL;

    builder_library(b, library, "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    for (size_t f = 0; f < features; f++) {
        char name[24];
        snprintf(name, sizeof name, "f%zu", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    for (size_t i = 0; i < n; i++) {
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, s[i].feature, s[i].threshold, 1, 2, true,
                               MISSING_NAN, 2, &e),
                 &e);
        check_ok(builder_leaf(b, s[i].low, 1, &e), &e);
        check_ok(builder_leaf(b, s[i].high, 1, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    check_ok(builder_base(b, &base, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static struct recourse_lever lever(size_t feature)
{
    return (struct recourse_lever){.quantity = feature,
                                   .low = -100,
                                   .high = 100,
                                   .step = 1,
                                   .decimals = -1,
                                   .weight = 1,
                                   .scale = 1,
                                   .known_cost = -1,
                                   .missing_cost = -1};
}

static status try_solve(const struct one_score *p, const double *row,
                        struct recourse_result *out, struct error *e)
{
    struct recourse *r;
    struct recourse_scratch *s;

    TRY(one_prepare(p, &r, e));
    check_ok(recourse_scratch_new(r, &s, e), e);
    status made = recourse_solve(r, s, row, out, e);
    recourse_scratch_free(s);
    recourse_free(r);
    return made;
}

static struct recourse_result solve(const struct one_score *p,
                                    const double *row)
{
    struct error e = {0};
    struct recourse_result out;

    check_ok(try_solve(p, row, &out, &e), &e);
    return out;
}

static void ties(void **state)
{
    /* Either of f0, f1 alone for 2; or f2 and f3 together for 1 + 1. */
    struct stump s[] = {{2, 0.5, 0, 1}, {3, 0.5, 0, 1},
                        {1, 1.5, 0, 2}, {0, 1.5, 0, 2}};
    struct model *m = stumps(LIBRARY_LIGHTGBM, 4, 0, s, 4);
    struct recourse_lever l[4] = {lever(3), lever(2), lever(1), lever(0)};
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 2,
                                 .lever = l,
                                 .levers = 4,
                                 .alternatives = 2};
    double row[4] = {0, 0, 0, 0};

    (void)state;
    struct recourse_result out = solve(&p, row);
    assert_int_equal(out.plan.status, RECOURSE_PROVEN_SMALLEST);
    assert_int_equal(out.plan.changes, 1);
    assert_int_equal(out.plan.change[0].lever, 2);
    assert_true(out.plan.cost == 2 && out.plan.change[0].to == 2);
    assert_int_equal(out.alternatives, 2);
    assert_int_equal(out.alternative[0].change[0].lever, 3);
    assert_int_equal(out.alternative[1].changes, 2);
    assert_true(out.nearest_enough && out.nearest_lever == 2);
    model_free(m);
}

/* Float32 and double comparisons put the same threshold in different cells. */
static void printed_values(void **state)
{
    struct stump s = {0, 0.3, 0, 1};
    double row = 0;

    (void)state;
    for (int k = 0; k < 2; k++) {
        struct model *m =
            stumps(k ? LIBRARY_LIGHTGBM : LIBRARY_XGBOOST, 1, 0, &s, 1);
        struct recourse_lever l = lever(0);
        struct one_score p = {.model = m,
                                     .accept = RECOURSE_AT_LEAST,
                                     .cutoff = 1,
                                     .lever = &l,
                                     .levers = 1};
        l.step = 0;
        l.decimals = 2;
        struct recourse_result out = solve(&p, &row);
        assert_true(out.plan.change[0].to == (k ? 0.31 : 0.3));
        l.step = 0.25;
        l.decimals = -1;
        out = solve(&p, &row);
        assert_true(out.plan.change[0].to == 0.5);
        l.high = 0.4;
        out = solve(&p, &row);
        assert_int_equal(out.plan.status, RECOURSE_IMPOSSIBLE);
        model_free(m);
    }
}

static double fifths(void *context, size_t index, double value)
{
    (void)index;
    ++*(int *)context;
    return floor(value * 5 + 0.5) / 5;
}

static void callers_own_print(void **state)
{
    struct stump s = {0, 0.45, 0, 1};
    struct model *m = stumps(LIBRARY_LIGHTGBM, 1, 0, &s, 1);
    struct recourse_lever l = lever(0);
    int calls = 0;
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 1,
                                 .lever = &l,
                                 .levers = 1,
                                 .reread = fifths,
                                 .reread_context = &calls};
    double row = 0;

    (void)state;
    l.step = 0;
    l.decimals = 2;
    struct recourse_result out = solve(&p, &row);
    assert_true(out.plan.change[0].to == 0.6 && calls > 0);
    model_free(m);
}

/* Double precision reaches the cutoff, the library's float32 sum does not. */
static void native_sum_decides(void **state)
{
    struct stump s[] = {{0, 0.5, 0, 1}, {0, 1.5, 0, 1}};
    struct model *m = stumps(LIBRARY_XGBOOST, 1, 16777216, s, 2);
    struct recourse_lever l = lever(0);
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 16777216.5,
                                 .lever = &l,
                                 .levers = 1};
    double row = 0;

    (void)state;
    struct recourse_result out = solve(&p, &row);
    assert_int_equal(out.plan.status, RECOURSE_IMPOSSIBLE);
    assert_true(out.plan.guard_changed);
    assert_true(recourse_guard(m, 0) >= 2);
    model_free(m);
}

/* A card whose points give exactly the limit gives enough. */
static void points_need_no_guard(void **state)
{
    struct stump s[] = {{0, 0.5, 12, 30}, {0, 1.5, 5, 8}};
    struct model *m = stumps(LIBRARY_LIGHTGBM, 1, 500, s, 2);

    (void)state;
    assert_true(recourse_guard(m, 0) == 0);
    model_free(m);
    s[1].high = 8.1;
    m = stumps(LIBRARY_LIGHTGBM, 1, 500, s, 2);
    assert_true(recourse_guard(m, 0) > 0);
    model_free(m);
}

static void missing_stays(void **state)
{
    struct stump s[] = {{0, 0.5, 0, 1}, {1, 3.5, 0, 1}};
    struct model *m = stumps(LIBRARY_XGBOOST, 2, 0, s, 2);
    struct recourse_lever l[2] = {lever(0), lever(1)};
    struct one_order o = {0, 1};
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 1,
                                 .lever = l,
                                 .levers = 2,
                                 .order = &o,
                                 .orders = 1};
    double row[2] = {(double)NAN, 0};

    (void)state;
    struct recourse_result out = solve(&p, row);
    assert_true(out.missing[0] && !out.missing[1] && out.missing_count == 1);
    assert_int_equal(out.plan.changes, 1);
    assert_int_equal(out.plan.change[0].lever, 1);
    model_free(m);
}

static void same_scratch_same_answer(void **state)
{
    struct stump s[] = {{0, 0.5, 0, 1}, {1, 3.5, 0, 1}, {0, 7.5, 0, 1}};
    struct model *m = stumps(LIBRARY_XGBOOST, 2, 0, s, 3);
    struct recourse_lever l[2] = {lever(0), lever(1)};
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 2,
                                 .lever = l,
                                 .levers = 2,
                                 .alternatives = 2};
    double rows[2][2] = {{0, 0}, {-3, 2}};
    struct error e = {0};
    struct recourse *r;
    struct recourse_scratch *scratch;
    struct recourse_result a, b;

    (void)state;
    check_ok(one_prepare(&p, &r, &e), &e);
    check_ok(recourse_scratch_new(r, &scratch, &e), &e);
    check_ok(recourse_solve(r, scratch, rows[0], &a, &e), &e);
    check_ok(recourse_solve(r, scratch, rows[1], &b, &e), &e);
    check_ok(recourse_solve(r, scratch, rows[0], &b, &e), &e);
    assert_int_equal(a.plan.changes, b.plan.changes);
    assert_true(a.plan.cost == b.plan.cost && a.plan.nodes == b.plan.nodes);
    assert_true(a.plan.cost == 5);
    recourse_scratch_free(scratch);
    recourse_free(r);
    model_free(m);
}

static void refusals(void **state)
{
    struct stump s = {0, 0.5, 0, 1};
    struct model *m = stumps(LIBRARY_XGBOOST, 2, 0, &s, 1), scores = *m;
    struct recourse_lever l[2] = {lever(0), lever(1)};
    struct one_order o = {0, 1};
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 1,
                                 .lever = l,
                                 .levers = 2};
    double row[2] = {0, 0}, met[2] = {1, 0}, code[2] = {0, 1};
    struct error e = {0};
    struct recourse_result out;

    (void)state;
    check_fails(try_solve(&p, met, &out, &e), &e, ST_DATA, "met already");
    scores.kind = MODEL_SCORES;
    p.model = &scores;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_UNSUPPORTED,
                "only a table of scores");
    p.model = m;
    l[1].quantity = 0;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_ARGUMENT, "named twice");
    l[1] = lever(1);
    l[1].step = 0;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_ARGUMENT, "\"f1\" needs");
    l[1] = lever(1);
    l[1].weight = 0;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_ARGUMENT, "cost");
    l[1] = lever(1);
    l[1].step = 1.0 / 3;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_ARGUMENT, "decimals");
    l[1] = lever(1);
    p.order = &o;
    p.orders = 1;
    l[0].high = FAR;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_ARGUMENT,
                "needs a lowest");
    l[0].high = 1e6;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_LIMIT, "larger step");
    l[0] = lever(0);
    l[1].code = code;
    l[1].codes = 2;
    check_fails(try_solve(&p, row, &out, &e), &e, ST_ARGUMENT, "category");
    model_free(m);
}

/* A rule between two levers makes the second follow the first. */
static void order_rule(void **state)
{
    struct stump s = {0, 4.5, 0, 1};
    struct model *m = stumps(LIBRARY_XGBOOST, 2, 0, &s, 1);
    struct recourse_lever l[2] = {lever(0), lever(1)};
    struct one_order o = {0, 1};
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 1,
                                 .lever = l,
                                 .levers = 2,
                                 .order = &o,
                                 .orders = 1};
    double row[2] = {1, 2};

    (void)state;
    struct recourse_result out = solve(&p, row);
    assert_int_equal(out.plan.changes, 2);
    assert_true(out.plan.change[0].to == 5 && out.plan.change[1].to == 5);
    assert_true(out.plan.cost == 7);
    p.most_changes = 1;
    out = solve(&p, row);
    assert_int_equal(out.plan.status, RECOURSE_IMPOSSIBLE);
    model_free(m);
}

/* Every allocation in turn fails: an error, and nothing is lost. */
static void no_memory(void **state)
{
    struct stump s[] = {{0, 0.5, 0, 1}, {1, 3.5, 0, 1}};
    struct model *m = stumps(LIBRARY_XGBOOST, 2, 0, s, 2);
    struct recourse_lever l[2] = {lever(0), lever(1)};
    struct one_score p = {.model = m,
                                 .accept = RECOURSE_AT_LEAST,
                                 .cutoff = 2,
                                 .lever = l,
                                 .levers = 2};
    double row[2] = {0, 0};
    bool failed = true;
    size_t n;

    (void)state;
    for (n = 1; failed; n++) {
        struct error e = {0};
        struct recourse *r = NULL;
        struct recourse_scratch *scratch = NULL;
        struct recourse_result out;
        (void)mem_fail_at(n);
        status made = one_prepare(&p, &r, &e);
        if (made == ST_OK)
            made = recourse_scratch_new(r, &scratch, &e);
        if (made == ST_OK)
            made = recourse_solve(r, scratch, row, &out, &e);
        failed = made != ST_OK;
        (void)mem_fail_at(0);
        assert_int_equal(made, failed ? ST_MEMORY : ST_OK);
        recourse_scratch_free(scratch);
        recourse_free(r);
    }
    assert_true(n > 5 && n < 1000);
    model_free(m);
}

static void the_five_words(void **state)
{
    (void)state;
    assert_string_equal(recourse_status_word(RECOURSE_PROVEN_SMALLEST),
                        "proven smallest change");
    assert_string_equal(recourse_status_word(RECOURSE_WITHIN),
                        "within x% of smallest");
    assert_string_equal(recourse_status_word(RECOURSE_FOUND),
                        "found, not proven");
    assert_string_equal(recourse_status_word(RECOURSE_IMPOSSIBLE),
                        "proven impossible within the listed limits");
    assert_string_equal(recourse_status_word(RECOURSE_UNDECIDED),
                        "not decided in time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties),
        cmocka_unit_test(printed_values),
        cmocka_unit_test(callers_own_print),
        cmocka_unit_test(native_sum_decides),
        cmocka_unit_test(points_need_no_guard),
        cmocka_unit_test(missing_stays),
        cmocka_unit_test(same_scratch_same_answer),
        cmocka_unit_test(refusals),
        cmocka_unit_test(order_rule),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(the_five_words),
    };

    return cmocka_run_group_tests_name("recourse cases", tests, NULL, NULL);
}
