/* Reasons from estimates: whole intervals make them, orders are certain or are
 * not; reasons from a scorecard's own codes. */
#include "support/gate_scene.h"

#include <math.h>

#define assert_near(x, y, by) assert_true(fabs((x) - (y)) <= (by))

static const double VALUE[] = {-3, -1, -0.5, 2};

static void find(struct scene *s, const double *low, const double *high,
                 size_t certain)
{
    struct reasons_estimate x = {VALUE, low, high, 0.25, certain};
    reasons_find_estimated(s->r, s->p, &x, NULL, NULL, FAILED_SCORE);
}

static void narrow_intervals_rank(void **state)
{
    (void)state;
    struct scene s;
    static const double low[] = {-3.2, -1.2, -0.6, 1.8};
    static const double high[] = {-2.8, -0.8, -0.4, 2.2};
    set_up(&s);
    find(&s, low, high, 4);
    const struct reasons *r = s.r;
    assert_true(r->has[METHOD_A] && r->estimated[METHOD_A]);
    assert_false(r->has[METHOD_B] || r->estimated[METHOD_B]);
    assert_int_equal(r->reasons, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(r->reason[i].index, i);
    assert_true(r->order_certain);
    assert_false(r->sign_open);
    assert_near(r->total[METHOD_A], -2.25, 1e-15);
    assert_near(r->unmapped[METHOD_A], 0.25, 0);
    /* of the shortfall, so the other way round */
    assert_near(r->factor[0].low[METHOD_A], 2.8, 0);
    assert_near(r->factor[0].high[METHOD_A], 3.2, 0);
    tear_down(&s);
}

static void an_interval_with_zero_is_no_reason(void **state)
{
    (void)state;
    struct scene s;
    static const double low[] = {-3.2, -2.5, -0.6, 1.8};
    static const double high[] = {-2.8, 0.5, -0.4, 2.2};
    set_up(&s);
    find(&s, low, high, 4);
    assert_int_equal(s.r->reasons, 2);
    assert_int_equal(s.r->reason[0].index, 0);
    assert_int_equal(s.r->reason[1].index, 2);
    /* what was passed over may belong before the last that is told */
    assert_false(s.r->order_certain);
    assert_false(s.r->sign_open);
    tear_down(&s);
}

static void places_beyond_the_certain_ones(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    find(&s, VALUE, VALUE, 2);
    assert_int_equal(s.r->reasons, 3);
    assert_false(s.r->order_certain);
    s.p->documents.most_reasons = 2;
    find(&s, VALUE, VALUE, 2);
    assert_int_equal(s.r->reasons, 2);
    assert_true(s.r->order_certain);
    tear_down(&s);
}

static void nothing_is_surely_adverse(void **state)
{
    (void)state;
    struct scene s;
    static const double low[] = {-9, -9, -9, -9};
    static const double high[] = {9, 9, 9, 9};
    set_up(&s);
    s.p->estimate.uncertain = UNCERTAIN_BLOCK;
    find(&s, low, high, 0);
    assert_int_equal(s.r->reasons, 0);
    s.p->estimate.uncertain = UNCERTAIN_MARK;
    find(&s, low, high, 0);
    assert_int_equal(s.r->reasons, 3);
    assert_true(s.r->sign_open);
    assert_false(s.r->order_certain);
    tear_down(&s);
}

static void exact_reasons_are_certain(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    find(&s, VALUE, VALUE, 0);
    reasons_find(s.r, s.p, s.a, s.b, 4, NULL, FAILED_SCORE);
    assert_true(s.r->order_certain);
    assert_false(s.r->estimated[METHOD_A]);
    tear_down(&s);
}

static void codes_become_reasons(void **state)
{
    (void)state;
    struct scene s;
    static const char *const listed[] = {"11", "12"};
    static const struct reasons_code code[] = {
        {"12", 20}, {"f", 12}, {"11", 5}, {"i", 1}};
    set_up(&s);
    s.p->factor[2].code = listed;
    s.p->factor[2].codes = 2;
    reasons_find(s.r, s.p, s.a, s.b, 4, NULL, FAILED_SCORE);
    reasons_take_codes(s.r, s.p, code, 4);
    assert_true(s.r->by_points);
    assert_null(s.r->code_lost);
    assert_int_equal(s.r->reasons, 3);
    assert_int_equal(s.r->reason[0].index, 2);
    assert_near(s.r->reason[0].shortfall, 25, 0); /* met twice, told once */
    assert_int_equal(s.r->reason[1].index, 0);
    assert_int_equal(s.r->reason[2].index, 3);
    assert_int_equal(s.r->reason[2].rank, 3);
    assert_near(s.r->covered, 1, 1e-15);
    s.p->documents.most_reasons = 1;
    reasons_find(s.r, s.p, s.a, s.b, 4, NULL, FAILED_SCORE);
    reasons_take_codes(s.r, s.p, code, 4);
    assert_int_equal(s.r->reasons, 1);
    assert_near(s.r->covered, 25.0 / 38.0, 1e-15);
    tear_down(&s);
}

static void codes_leave_rules_alone(void **state)
{
    (void)state;
    struct scene s;
    static const struct reasons_code code[] = {{"g", 3}};
    set_up(&s);
    s.fired[0] = true;
    reasons_find(s.r, s.p, s.a, s.b, 4, s.fired, FAILED_BOTH);
    reasons_take_codes(s.r, s.p, code, 1);
    assert_int_equal(s.r->reasons, 2);
    assert_int_equal(s.r->reason[0].kind, REASON_RULE);
    assert_int_equal(s.r->reason[1].index, 1);
    reasons_find(s.r, s.p, s.a, s.b, 4, s.fired, FAILED_RULES);
    reasons_take_codes(s.r, s.p, code, 1);
    assert_int_equal(s.r->reasons, 1);
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(narrow_intervals_rank),
        cmocka_unit_test(an_interval_with_zero_is_no_reason),
        cmocka_unit_test(places_beyond_the_certain_ones),
        cmocka_unit_test(nothing_is_surely_adverse),
        cmocka_unit_test(exact_reasons_are_certain),
        cmocka_unit_test(codes_become_reasons),
        cmocka_unit_test(codes_leave_rules_alone),
    };
    return cmocka_run_group_tests_name("reasons_estimated", tests, NULL, NULL);
}
