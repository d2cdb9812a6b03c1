/* kernel: order, distributions, small systems, seeded streams. */
#include "check.h"

#include "kernel/dist.h"
#include "kernel/random.h"
#include "kernel/solve.h"
#include "kernel/sort.h"

static void order_is_stable_and_total(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double x[N], y[N];
    static uint32_t order[N];
    struct random_stream *r = random_new(1, 2, 3);
    for (size_t i = 0; i < N; i++) {
        /* Few distinct values, both signs, both zeros, huge and tiny. */
        double u = floor(random_uniform(r) * 40.0) - 20.0;
        x[i] = i % 7 == 0 ? -0.0 : u * (i % 3 == 0 ? 1e300 : 1e-310);
        y[i] = x[i];
    }
    random_free(r);
    assert_true(sort_order(x, N, order));
    for (size_t k = 1; k < N; k++) {
        assert_true(x[order[k - 1]] <= x[order[k]]);
        if (x[order[k - 1]] >= x[order[k]])
            assert_true(order[k - 1] < order[k]);
    }
    assert_true(sort_values(y, N));
    for (size_t k = 0; k < N; k++)
        assert_true(y[k] >= x[order[k]] && y[k] <= x[order[k]]);
    assert_true(sort_order(x, 0, order));
    assert_true(sort_values(y, 1));
}

static void quantiles_are_the_tables(void **state)
{
    (void)state;
    check_close(dist_normal_quantile(0.975), DIST_Z95, 1e-12, 0.0);
    check_close(dist_normal_cdf(DIST_Z95), 0.975, 1e-12, 0.0);
    check_close(dist_student_quantile(0.975, 10.0), 2.228138851964939, 1e-9, 0.0);
    check_close(dist_student_quantile(0.975, 1.0), 12.706204736432095, 1e-9, 0.0);
    check_close(dist_student_quantile(0.975, 1e8), DIST_Z95, 1e-6, 0.0);
    check_close(dist_chi2_quantile(0.95, 9.0), 16.918977604620448, 1e-9, 0.0);
    for (int k = 1; k <= 70; k++)
        assert_true(dist_chi2_quantile(0.95, k) > k * 0.9);
}

static void outside_is_nan(void **state)
{
    (void)state;
    assert_true(isnan(dist_normal_quantile(0.0)));
    assert_true(isnan(dist_normal_quantile((double)NAN)));
    assert_true(isnan(dist_student_quantile(0.975, 0.0)));
    assert_true(isnan(dist_chi2_quantile(1.0, 3.0)));
    assert_true(isnan(dist_normal_cdf((double)NAN)));
}

static void systems(void **state)
{
    (void)state;
    double a[9] = {4, 1, 0.5, 1, 3, 0.25, 0.5, 0.25, 2}, copy[9], x[3];
    const double b[3] = {1, 2, 3};
    memcpy(copy, a, sizeof a);
    assert_true(solve_linear(copy, b, x, 3));
    for (size_t i = 0; i < 3; i++)
        check_close(a[i * 3] * x[0] + a[i * 3 + 1] * x[1] + a[i * 3 + 2] * x[2],
                    b[i], 1e-14, 1e-14);
    memcpy(copy, a, sizeof a);
    assert_true(solve_inverse(copy, 3));
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            double s = 0.0;
            for (size_t k = 0; k < 3; k++)
                s += a[i * 3 + k] * copy[k * 3 + j];
            check_close(s, i == j ? 1.0 : 0.0, 0.0, 1e-14);
        }
    double singular[4] = {1, 1, 1, 1}, negative[1] = {-1};
    assert_false(solve_inverse(singular, 2));
    assert_false(solve_inverse(negative, 1));
    assert_false(solve_inverse(a, 0));
}

static void streams_are_named(void **state)
{
    (void)state;
    struct random_stream *a = random_new(7, 1, 2), *b = random_new(7, 1, 2),
                         *c = random_new(7, 2, 1);
    uint32_t order[100];
    bool seen[100] = {false};
    int same = 0;
    for (int i = 0; i < 50; i++) {
        double x = random_uniform(a);
        assert_true(x >= 0.0 && x < 1.0);
        check_close(x, random_uniform(b), 0.0, 0.0);
        double y = random_uniform(c);
        same += x >= y && x <= y;
    }
    assert_int_equal(same, 0);
    random_permutation(a, order, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_true(order[i] < 100 && !seen[order[i]]);
        seen[order[i]] = true;
    }
    double sum = 0.0, square = 0.0;
    for (int i = 0; i < 20000; i++) {
        double x = random_normal(a);
        sum += x;
        square += x * x;
    }
    check_close(sum / 20000, 0.0, 0.0, 0.03);
    check_close(square / 20000, 1.0, 0.0, 0.05);
    random_free(a);
    random_free(b);
    random_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_stable_and_total),
        cmocka_unit_test(quantiles_are_the_tables),
        cmocka_unit_test(outside_is_nan), cmocka_unit_test(systems),
        cmocka_unit_test(streams_are_named)};
    return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
