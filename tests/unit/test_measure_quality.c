/* Tallies, data quality, drift bins and the reason report. */
#include "check.h"

#include "base/arena.h"
#include "kernel/random.h"
#include "kernel/sort.h"
#include "measure/drift.h"
#include "measure/reason_report.h"
#include "measure/quality.h"

static struct tally *tally_of(const double *x, size_t n)
{
    struct tally *t = tally_new();
    struct error e;
    for (size_t i = 0; i < n; i++)
        check_ok(tally_add(t, x[i], &e), &e);
    return t;
}

static void check_same(struct tally *a, struct tally *b)
{
    size_t n = 0, m = 0;
    const struct tally_value *x = tally_values(a, &n), *y = tally_values(b, &m);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n * sizeof *x);
    assert_int_equal(tally_bits(a), tally_bits(b));
    check_close(tally_n(a), tally_n(b), 0.0, 0.0);
    check_close(tally_missing(a), tally_missing(b), 0.0, 0.0);
}

static void tallies_forget_order(void **state)
{
    (void)state;
    enum { N = 40000 };
    static double x[N], y[N];
    struct error e;
    struct random_stream *r = random_new(3, 0, 0);
    for (size_t i = 0; i < N; i++)
        x[i] = i % 50 == 0 ? (double)NAN : exp(3.0 * random_normal(r)) - 1.0;
    uint32_t *order = malloc(N * sizeof *order);
    random_permutation(r, order, N);
    for (size_t i = 0; i < N; i++)
        y[i] = x[order[i]];
    struct tally *a = tally_of(x, N), *b = tally_of(y, N / 3),
                 *c = tally_of(y + N / 3, N - N / 3), *empty = tally_new();
    check_ok(tally_merge(c, b, &e), &e);
    check_ok(tally_merge(c, empty, &e), &e);
    check_ok(tally_merge(empty, c, &e), &e);
    check_same(a, c);
    check_same(a, empty);
    assert_false(tally_exact(a));
    size_t kept = 0, present = 0;
    assert_non_null(tally_values(a, &kept));
    assert_true(kept <= TALLY_CAP && kept > TALLY_CAP / 8);
    for (size_t i = 0; i < N; i++)
        if (!isnan(x[i]))
            y[present++] = x[i];
    assert_true(sort_values(y, present));
    double step = ldexp(1.0, -tally_bits(a));
    for (double q = 0.05; q < 1.0; q += 0.05) {
        double place = q * ((double)present - 1.0);
        double exact = y[(size_t)place];
        check_close(tally_quantile(a, q), exact, 2.0 * step, 2e-3);
    }
    tally_free(a);
    tally_free(b);
    tally_free(c);
    tally_free(empty);
    random_free(r);
    free(order);
}

static void tallies_are_exact_when_small(void **state)
{
    (void)state;
    const double x[7] = {3, -0.0, 0.0, (double)NAN, 7, (double)INFINITY, -2};
    struct tally *t = tally_of(x, 7);
    size_t n = 0;
    const struct tally_value *v = tally_values(t, &n);
    assert_int_equal(n, 4);
    check_close(v[0].value, -2.0, 0.0, 0.0);
    check_close(v[1].n, 2.0, 0.0, 0.0);
    check_close(tally_quantile(t, 0.5), 0.0, 0.0, 0.0);
    check_close(tally_quantile(t, 0.875), 5.0, 1e-15, 0.0);
    check_close(tally_infinite(t), 1.0, 0.0, 0.0);
    check_close(tally_missing(t), 1.0, 0.0, 0.0);
    tally_free(t);
    t = tally_new();
    assert_true(isnan(tally_quantile(t, 0.5)));
    tally_free(t);
}

static void columns(void **state)
{
    (void)state;
    struct error e;
    struct column_report r;
    struct column_quality *q = column_quality_new(), *p = column_quality_new();
    for (int i = 1; i <= 99; i++)
        check_ok(column_quality_add(i <= 50 ? q : p, i, &e), &e);
    check_ok(column_quality_add(p, 1000.0, &e), &e);
    check_ok(column_quality_add(p, (double)NAN, &e), &e);
    check_ok(column_quality_merge(q, p, &e), &e);
    column_report_of(q, &r);
    check_close(r.n, 101.0, 0.0, 0.0);
    check_close(r.missing, 1.0, 0.0, 0.0);
    check_close(r.distinct, 100.0, 0.0, 0.0);
    check_close(r.median, 50.5, 1e-15, 0.0);
    check_close(r.q1, 25.75, 1e-15, 0.0);
    check_close(r.fence_high, 75.25 + 3.0 * 49.5, 1e-14, 0.0);
    check_close(r.outliers, 1.0, 0.0, 0.0);
    check_close(r.mean, 59.5, 1e-13, 0.0);
    check_close(r.high, 1000.0, 0.0, 0.0);
    assert_true(r.exact && !r.constant && !r.empty);
    column_quality_free(p);
    column_quality_free(q);
    q = column_quality_new();
    column_report_of(q, &r);
    assert_true(r.empty && !r.constant && isnan(r.mean));
    assert_string_equal(r.missing_share.why_not, "empty");
    check_ok(column_quality_add(q, 4.0, &e), &e);
    check_ok(column_quality_add(q, 4.0, &e), &e);
    column_report_of(q, &r);
    assert_true(r.constant && isnan(r.fence_low));
    column_quality_free(q);
}

static void categories(void **state)
{
    (void)state;
    const double n[4] = {5, 0, 7, 3};
    const bool known[4] = {true, true, true, false};
    struct category_report r;
    category_report_of(n, 4, 5.0, known, &r);
    check_close(r.n, 20.0, 0.0, 0.0);
    check_close(r.unseen_share.value, 0.2, 1e-15, 0.0);
    check_close(r.distinct, 3.0, 0.0, 0.0);
    assert_int_equal(r.most, 2);
    category_report_of(n, 0, 0.0, NULL, &r);
    assert_int_equal(r.most, SIZE_MAX);
    assert_false(r.unseen_share.computable);
}

static void repeated_rows(void **state)
{
    (void)state;
    struct error e;
    struct row_set *s = row_set_new(0), *small = row_set_new(10);
    for (int i = 0; i < 6000; i++) {
        double x = i % 5000;
        uint64_t h = row_hash_number(0, x);
        h = row_hash_text(h, "ab", 2);
        check_ok(row_set_add(s, h, &e), &e);
        check_ok(row_set_add(small, h, &e), &e);
    }
    check_close(row_set_repeated(s), 1000.0, 0.0, 0.0);
    check_close(row_set_rows(s), 6000.0, 0.0, 0.0);
    assert_false(row_set_capped(s));
    assert_true(row_set_capped(small));
    check_close(row_set_repeated(small), 10.0, 0.0, 0.0);
    assert_true(row_hash_number(1, -0.0) == row_hash_number(1, 0.0));
    assert_true(row_hash_number(row_hash_number(0, 1.0), 2.0) !=
                row_hash_number(row_hash_number(0, 2.0), 1.0));
    row_set_free(s);
    row_set_free(small);
}

static void drift_by_hand(void **state)
{
    (void)state;
    const double base[3] = {50, 30, 20}, now[3] = {40, 40, 20};
    struct drift d = drift_psi(base, now, 3);
    check_close(d.psi.value, 0.1 * log(0.5 / 0.4) + 0.1 * log(0.4 / 0.3), 1e-13, 0.0);
    check_close(d.by_chance, 0.02 * 5.991464547107979, 1e-9, 0.0);
    const double gone[3] = {100, 0, 0};
    d = drift_psi(base, gone, 3);
    check_close(d.psi.value,
                0.5 * log(2.0) + (0.3 - 1e-4) * log(0.3 / 1e-4) +
                    (0.2 - 1e-4) * log(0.2 / 1e-4),
                1e-13, 0.0);
    const double none[3] = {0, 0, 0};
    assert_string_equal(drift_psi(base, none, 3).psi.why_not, "empty");
}

static void drift_bins(void **state)
{
    (void)state;
    double x[200];
    struct error e;
    struct drift_bins b;
    for (int i = 0; i < 200; i++)
        x[i] = i / 2;
    struct tally *t = tally_of(x, 200);
    drift_bins_of_tally(t, &b);
    assert_int_equal(b.kind, DRIFT_EDGES);
    assert_int_equal(b.count, 9);
    double count[DRIFT_BINS_MAX + 2] = {0};
    drift_count_tally(&b, t, count);
    double all = 0.0;
    for (size_t i = 0; i < drift_cells(&b); i++)
        all += count[i];
    check_close(all, 200.0, 0.0, 0.0);
    assert_int_equal(drift_cell(&b, (double)NAN), drift_cells(&b) - 1);
    assert_int_equal(drift_cell(&b, -5.0), 0);
    assert_int_equal(drift_cell(&b, 1e9), 9);
    tally_free(t);
    for (int i = 0; i < 200; i++)
        x[i] = i % 3;
    t = tally_of(x, 200);
    drift_bins_of_tally(t, &b);
    assert_int_equal(b.kind, DRIFT_VALUES);
    assert_int_equal(drift_cell(&b, 1.0), 1);
    assert_int_equal(drift_cell(&b, 1.5), 3);
    tally_free(t);
    const double codes[4] = {2, 0, 9, 2};
    check_ok(drift_bins_of_codes(codes, 4, &b, &e), &e);
    assert_int_equal(b.count, 3);
    assert_int_equal(drift_cell(&b, 2.0), 1);
    assert_int_equal(drift_cell(&b, 1.0), 3);
}

static void reasons(void **state)
{
    (void)state;
    struct error e;
    struct reason_report *r = NULL, *s = NULL;
    const size_t a[5] = {0, 1, 2, 3, 4}, b[5] = {0, 2, 1, 5, 3}, c[2] = {4, 0};
    check_ok(reason_report_new(6, &r, &e), &e);
    check_ok(reason_report_new(6, &s, &e), &e);
    struct reason_case one = {a, 5, b, 5, false, 2.0, 1.5, 1e-12};
    struct reason_case two = {a, 2, c, 2, true, 1.0, 1.0, 3e-12};
    struct reason_case three = {NULL, 0, b, 5, false, 0.0, 0.0, 0.0};
    check_ok(reason_report_add(r, &one, &e), &e);
    check_ok(reason_report_add(s, &two, &e), &e);
    check_ok(reason_report_add(s, &three, &e), &e);
    check_ok(reason_report_merge(r, s, &e), &e);
    check_close(r->declines, 3.0, 0.0, 0.0);
    check_close(r->without_adverse, 1.0, 0.0, 0.0);
    check_close(reason_share(r, 0, 0).value, 1.0 / 3.0, 1e-15, 0.0);
    check_close(reason_share_any(r, 0).value, 2.0 / 3.0, 1e-15, 0.0);
    check_close(reason_share_any(r, 4).value, 1.0 / 3.0, 1e-15, 0.0);
    check_close(reason_agreement_first(r).value, 0.5, 1e-15, 0.0);
    check_close(reason_agreement_set(r).value, 0.0, 0.0, 0.0);
    check_close(reason_overlap(r).value, (0.75 + 0.5) / 2.0, 1e-15, 0.0);
    check_close(reason_coverage(r).value, 0.875, 1e-15, 0.0);
    check_close(r->residual_max, 3e-12, 0.0, 0.0);
    one.residual = (double)NAN;
    check_ok(reason_report_add(r, &one, &e), &e);
    one.residual = 1.0;
    check_ok(reason_report_add(r, &one, &e), &e);
    assert_true(isnan(r->residual_max));
    const size_t wrong[1] = {6};
    struct reason_case four = {wrong, 1, b, 5, false, 1.0, 1.0, 0.0};
    check_fails(reason_report_add(r, &four, &e), &e, ST_BUG, "declared factors");
    reason_report_free(r);
    reason_report_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tallies_forget_order),
        cmocka_unit_test(tallies_are_exact_when_small),
        cmocka_unit_test(columns), cmocka_unit_test(categories),
        cmocka_unit_test(repeated_rows), cmocka_unit_test(drift_by_hand),
        cmocka_unit_test(drift_bins),
        cmocka_unit_test(reasons)};
    return cmocka_run_group_tests_name("measure quality", tests, NULL, NULL);
}
