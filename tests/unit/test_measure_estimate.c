/* Closed forms of intervals against published and hand-made figures. */
#include "check.h"

#include "kernel/dist.h"
#include "measure/estimate.h"

static void wilson(void **state)
{
    (void)state;
    double z2 = DIST_Z95 * DIST_Z95;
    struct estimate x = estimate_share(0.0, 10.0);
    check_close(x.low, 0.0, 0.0, 0.0);
    check_close(x.high, z2 / (10.0 + z2), 1e-14, 0.0);
    x = estimate_share(10.0, 10.0);
    check_close(x.high, 1.0, 0.0, 0.0);
    check_close(x.low, 10.0 / (10.0 + z2), 1e-14, 0.0);
    /* Newcombe 1998 (one sample), 81 of 263: 0.2553 … 0.3662. */
    x = estimate_share(81.0, 263.0);
    check_close(x.low, 0.2553, 0.0, 5e-5);
    check_close(x.high, 0.3662, 0.0, 5e-5);
    x = estimate_share(0.0, 0.0);
    assert_false(x.computable);
    assert_string_equal(x.why_not, "zero-denominator");
    assert_true(isnan(x.value) && isnan(x.low));
}

static void newcombe(void **state)
{
    (void)state;
    /* Newcombe 1998, 56/70 against 48/80, method 10: 0.0524 … 0.3339. */
    struct estimate x = estimate_difference(56.0, 70.0, 48.0, 80.0);
    check_close(x.value, 0.2, 1e-12, 0.0);
    check_close(x.low, 0.0524, 0.0, 5e-5);
    check_close(x.high, 0.3339, 0.0, 5e-5);
    assert_false(estimate_difference(1.0, 2.0, 0.0, 0.0).computable);
}

static void katz(void **state)
{
    (void)state;
    struct estimate x = estimate_ratio(30.0, 100.0, 50.0, 100.0);
    double se = sqrt(1.0 / 30 - 1.0 / 100 + 1.0 / 50 - 1.0 / 100);
    check_close(x.value, 0.6, 1e-14, 0.0);
    check_close(log(x.high / x.value), DIST_Z95 * se, 1e-12, 0.0);
    check_close(x.low * x.high, 0.36, 1e-12, 0.0);
    x = estimate_ratio(0.0, 100.0, 50.0, 100.0);
    assert_true(x.computable && isnan(x.low));
    assert_string_equal(x.why_not, "zero-count");
    assert_false(estimate_ratio(3.0, 10.0, 0.0, 10.0).computable);
}

static void student(void **state)
{
    (void)state;
    struct moments all = {0}, a = {0}, b = {0}, empty = {0};
    const double x[6] = {1, 2, 4, 8, 16, 32};
    for (int i = 0; i < 6; i++) {
        moments_add(&all, x[i]);
        moments_add(i < 2 ? &a : &b, x[i]);
    }
    check_close(all.mean, 10.5, 1e-15, 0.0);
    check_close(moments_sd(&all), sqrt(703.5 / 5.0), 1e-14, 0.0);
    struct estimate m = moments_mean(&all);
    check_close(m.high - m.value, 2.570581835636314 * sqrt(703.5 / 30.0), 1e-10,
                0.0);
    moments_merge(&a, &b);
    moments_merge(&a, &empty);
    moments_merge(&empty, &a);
    check_close(empty.mean, all.mean, 1e-15, 0.0);
    check_close(empty.m2, all.m2, 1e-14, 0.0);
    check_close(empty.low, 1.0, 0.0, 0.0);
    check_close(empty.high, 32.0, 0.0, 0.0);
    struct moments one = {0};
    moments_add(&one, 3.0);
    m = moments_mean(&one);
    assert_true(m.computable && isnan(m.low));
    assert_string_equal(m.why_not, "too-few");
}

static void scaling(void **state)
{
    (void)state;
    struct estimate x = estimate_scaled(
        estimate_normal(0.8, 0.1, 9.0, "delong", 0.0, 0.9), -2.0, 1.0);
    check_close(x.value, -0.6, 1e-14, 0.0);
    check_close(x.low, -0.8, 1e-14, 0.0);
    check_close(x.high, 1.0 - 2.0 * (0.8 - 0.1 * DIST_Z95), 1e-14, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson), cmocka_unit_test(newcombe),
        cmocka_unit_test(katz), cmocka_unit_test(student),
        cmocka_unit_test(scaling)};
    return cmocka_run_group_tests_name("measure estimate", tests, NULL, NULL);
}
