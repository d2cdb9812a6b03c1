/* Calibration, bands, confusion, several classes, regression: hand-made cases,
 * recovered parameters, and delta-method variances against numeric slopes. */
#include "check.h"

#include "kernel/random.h"
#include "measure/bands.h"
#include "measure/calibration.h"
#include "measure/classes.h"
#include "measure/confusion.h"
#include "measure/macro.h"
#include "measure/regression.h"

#define Z 1.959963984540054

static int set_up(void **state)
{
    *state = arena_new((size_t)1 << 24);
    return *state == NULL;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static void calibration_by_hand(void **state)
{
    struct error e;
    struct calibration c;
    const double p[4] = {0.2, 0.2, 0.6, 0.6};
    const uint8_t y[4] = {0, 0, 1, 0};
    check_ok(calibration_of(p, y, 4, 2, *state, &c, &e), &e);
    assert_int_equal(c.bins, 2);
    check_close(c.bin[0].to, 0.4, 1e-15, 0.0);
    check_close(c.bin[1].observed.value, 0.5, 0.0, 0.0);
    check_close(c.ece.value, 0.5 * 0.2 + 0.5 * 0.1, 1e-14, 0.0);
    check_close(c.brier.value, (0.04 + 0.04 + 0.16 + 0.36) / 4.0, 1e-14, 0.0);
    check_close(c.log_loss.value, -(2.0 * log(0.8) + log(0.6) + log(0.4)) / 4.0,
                1e-14, 0.0);
    check_close(c.observed_minus_expected.value, 0.25 - 0.4, 1e-13, 0.0);
    /* Squared errors .04 .04 .16 .36, mean .15, t(3) = 3.182446305284263. */
    check_close(c.brier.high - c.brier.value,
                3.182446305284263 * sqrt(0.0684 / 3.0 / 4.0), 1e-9, 0.0);
}

static void calibration_recovers(void **state)
{
    enum { N = 40000 };
    static double p[N];
    static uint8_t y[N];
    struct error e;
    struct calibration c;
    struct random_stream *r = random_new(21, 0, 0);
    for (size_t i = 0; i < N; i++) {
        double eta = 1.5 * random_normal(r);
        y[i] = random_uniform(r) < 1.0 / (1.0 + exp(-eta)) ? 1 : 0;
        /* Said with twice the certainty and a shift: slope ½, intercept -½. */
        p[i] = 1.0 / (1.0 + exp(-(2.0 * eta + 1.0)));
    }
    random_free(r);
    check_ok(calibration_of(p, y, N, 10, *state, &c, &e), &e);
    assert_true(c.slope.low < 0.5 && c.slope.high > 0.5);
    assert_true(c.intercept.low < -0.5 && c.intercept.high > -0.5);
    assert_true(c.slope.high - c.slope.low < 0.04);
    assert_true(c.in_the_large.high < -0.1);
}

static void calibration_edges(void **state)
{
    struct error e;
    struct calibration c;
    const double apart[4] = {0.1, 0.2, 0.8, 0.9}, same[4] = {0.3, 0.3, 0.3, 0.3},
                 ends[4] = {0.0, 0.0, 1.0, 1.0};
    const uint8_t parted[4] = {0, 0, 1, 1}, both[4] = {0, 1, 0, 1},
                  ones[4] = {1, 1, 1, 1}, none[4] = {255, 255, 255, 255};
    check_ok(calibration_of(apart, parted, 4, 10, *state, &c, &e), &e);
    assert_string_equal(c.slope.why_not, "separable");
    check_ok(calibration_of(same, both, 4, 10, *state, &c, &e), &e);
    assert_string_equal(c.slope.why_not, "constant");
    /* One probability: the fit moves .3 to the observed half exactly. */
    check_close(c.in_the_large.value, log(0.7 / 0.3), 1e-10, 0.0);
    assert_int_equal(c.bins, 1);
    check_ok(calibration_of(apart, ones, 4, 10, *state, &c, &e), &e);
    assert_string_equal(c.slope.why_not, "one-class");
    assert_true(c.brier.computable);
    check_ok(calibration_of(ends, parted, 4, 10, *state, &c, &e), &e);
    check_close(c.log_loss.value, 0.0, 0.0, 1e-14);
    check_ok(calibration_of(ends, both, 4, 10, *state, &c, &e), &e);
    assert_true(isfinite(c.log_loss.value) && c.log_loss.value > 10.0);
    check_ok(calibration_of(apart, none, 4, 10, *state, &c, &e), &e);
    assert_string_equal(c.brier.why_not, "empty");
    check_ok(calibration_of(NULL, both, 4, 10, *state, &c, &e), &e);
    assert_string_equal(c.ece.why_not, "not-probability");
    check_fails(calibration_of(apart, both, 4, 1, *state, &c, &e), &e,
                ST_ARGUMENT, "bins");
}

static void band_table(void **state)
{
    struct error e;
    struct ranking *r = NULL;
    struct band_table t;
    struct histogram h;
    double x[20];
    uint8_t y[20];
    for (int i = 0; i < 20; i++) {
        x[i] = i;
        y[i] = i >= 12 && i % 2 == 0 ? 1 : 0; /* 12 14 16 18 */
    }
    check_ok(ranking_new(x, y, NULL, 20, &r, &e), &e);
    check_ok(bands_of(r, NULL, 4, *state, &t, &e), &e);
    assert_int_equal(t.bands, 4);
    check_close(t.band[0].n, 5.0, 0.0, 0.0);
    check_close(t.band[0].events, 2.0, 0.0, 0.0);
    check_close(t.band[0].lowest, 15.0, 0.0, 0.0);
    check_close(t.band[1].cumulative_events, 4.0, 0.0, 0.0);
    check_close(t.band[1].captured, 1.0, 0.0, 0.0);
    check_close(t.band[0].lift.value, 2.0, 1e-14, 0.0);
    check_close(t.band[0].odds, 1.5, 1e-14, 0.0);
    check_close(t.band[1].cumulative_lift, 2.0, 1e-14, 0.0);
    assert_true(isnan(t.band[3].odds));
    check_close(t.band[3].cumulative_n, 20.0, 0.0, 0.0);
    const double edge[2] = {12.0, 100.0}, wrong[2] = {3.0, 3.0};
    check_ok(bands_of(r, edge, 2, *state, &t, &e), &e);
    check_close(t.band[0].n, 0.0, 0.0, 0.0);
    assert_false(t.band[0].rate.computable);
    check_close(t.band[1].n, 8.0, 0.0, 0.0);
    check_close(t.band[2].to, 12.0, 0.0, 0.0);
    check_fails(bands_of(r, wrong, 2, *state, &t, &e), &e, ST_ARGUMENT,
                "ascending");
    check_ok(histogram_of(r, 10, *state, &h, &e), &e);
    check_close(h.step, 2.0, 0.0, 0.0);
    assert_int_equal(h.bins, 10);
    check_close(h.event[6], 1.0, 0.0, 0.0);
    check_close(h.other[0], 2.0, 0.0, 0.0);
    ranking_free(r);
}

/* Slope of f by one more row in a cell, divided out: influence of that cell. */
typedef double figure(const double *cell, size_t k);

static double numeric_variance(figure *f, const double *cell, size_t k)
{
    double n = 0.0, first = 0.0, second = 0.0, moved[16];
    for (size_t i = 0; i < k * k; i++)
        n += cell[i];
    for (size_t i = 0; i < k * k; i++) {
        memcpy(moved, cell, k * k * sizeof *cell);
        moved[i] += 1e-4;
        double up = f(moved, k);
        moved[i] -= 2e-4;
        double slope = (up - f(moved, k)) / 2e-4;
        first += cell[i] * slope;
        second += cell[i] * slope * slope;
    }
    return second - first * first / n;
}

static void sums(const double *cell, size_t k, double *row, double *column)
{
    for (size_t i = 0; i < k; i++) {
        row[i] = column[i] = 0.0;
        for (size_t j = 0; j < k; j++) {
            row[i] += cell[i * k + j];
            column[i] += cell[j * k + i];
        }
    }
}

static double macro_f1(const double *cell, size_t k)
{
    double row[4], column[4], sum = 0.0;
    sums(cell, k, row, column);
    for (size_t i = 0; i < k; i++)
        sum += 2.0 * cell[i * k + i] / (row[i] + column[i]);
    return sum / (double)k;
}

static double macro_precision(const double *cell, size_t k)
{
    double row[4], column[4], sum = 0.0;
    sums(cell, k, row, column);
    for (size_t i = 0; i < k; i++)
        sum += cell[i * k + i] / column[i];
    return sum / (double)k;
}

static double matthews(const double *c, size_t k)
{
    (void)k; /* tn fp fn tp */
    return (c[3] * c[0] - c[1] * c[2]) /
           sqrt((c[3] + c[1]) * (c[3] + c[2]) * (c[0] + c[1]) * (c[0] + c[2]));
}

static void check_delta(struct estimate x, figure *f, const double *cell, size_t k)
{
    check_close(x.value, f(cell, k), 1e-12, 0.0);
    check_close((x.high - x.low) / 2.0 / Z, sqrt(numeric_variance(f, cell, k)),
                1e-5, 0.0);
}

static void delta_intervals(void **state)
{
    (void)state;
    const double three[9] = {30, 4, 2, 5, 20, 7, 1, 9, 25}, two[4] = {50, 8, 12, 30};
    double row[3], column[3];
    sums(three, 3, row, column);
    check_delta(macro_of(three, row, column, 3, MACRO_F1), macro_f1, three, 3);
    check_delta(macro_of(three, row, column, 3, MACRO_PRECISION), macro_precision,
                three, 3);
    struct confusion c = {.tn = 50, .fp = 8, .fn = 12, .tp = 30, .all = 100,
                          .selected = 62};
    struct cutoff cut = {0.5, false, false};
    confusion_finish(&cut, &c);
    check_delta(c.mcc, matthews, two, 2);
    check_delta(c.macro_f1, macro_f1, two, 2);
    check_close(c.f1[1].value, 0.75, 1e-15, 0.0);
    check_close(c.event_rate_selected.value, 12.0 / 62.0, 1e-15, 0.0);
    struct confusion none = {0};
    confusion_finish(&cut, &none);
    assert_false(none.mcc.computable || none.tpr.computable ||
                 none.macro_f1.computable || none.f1[0].computable);
}

static void classes(void **state)
{
    struct error e;
    struct class_report r;
    const uint16_t y[6] = {0, 1, 2, 2, 1, 0};
    const double p[18] = {0.7, 0.2, 0.1, 0.3, 0.4, 0.3, 0.1, 0.1, 0.8,
                          0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0.6, 0.3, 0.1};
    struct class_rows rows = {6, 3, y, p};
    check_ok(classes_of(&rows, *state, &r, &e), &e);
    check_close(r.accuracy.value, 4.0 / 6.0, 1e-15, 0.0);
    check_close(r.of[0].precision.value, 2.0 / 3.0, 1e-15, 0.0); /* the tie */
    check_close(r.of[2].recall.value, 0.5, 1e-15, 0.0);
    check_close(r.of[0].f1.value, 0.8, 1e-15, 0.0);
    check_close(r.macro_f1.value, (0.8 + 0.5 + 2.0 / 3.0) / 3.0, 1e-14, 0.0);
    check_close(r.of[0].auc.value, 1.0, 0.0, 0.0);
    check_close(r.confusion[2 * 3 + 1], 1.0, 0.0, 0.0);
    check_close(r.log_loss.value,
                -(log(0.7) + log(0.4) + log(0.8) + log(0.3) + log(0.4) + log(0.6)) /
                    6.0,
                1e-14, 0.0);
    rows.n = 0;
    check_ok(classes_of(&rows, *state, &r, &e), &e);
    assert_false(r.accuracy.computable || r.macro_f1.computable ||
                 r.macro_auc.computable);
    const double hole[3] = {0.1, (double)NAN, 0.9};
    rows = (struct class_rows){1, 3, y, hole};
    check_fails(classes_of(&rows, *state, &r, &e), &e, ST_DATA, "row 1");
}

static void regression(void **state)
{
    struct error e;
    struct regression r;
    const double said[4] = {2, 4, 6, 8}, was[4] = {1, 5, 5, 9};
    check_ok(regression_of(said, was, 4, 2, *state, &r, &e), &e);
    check_close(r.rmse.value, 1.0, 1e-15, 0.0);
    check_close(r.mae.value, 1.0, 1e-15, 0.0);
    check_close(r.bias.value, 0.0, 0.0, 1e-15);
    check_close(r.r2.value, 1.0 - 4.0 / 32.0, 1e-14, 0.0);
    assert_int_equal(r.bins, 2);
    check_close(r.bin[0].predicted, 3.0, 1e-15, 0.0);
    check_close(r.bin[1].observed.value, 7.0, 1e-15, 0.0);
    /* sd of 5 and 9 is 2 √2, t(1) = 12.7062 */
    check_close(r.bin[1].observed.high - 7.0, 12.706204736432095 * 2.0, 1e-9, 0.0);
    const double flat[4] = {3, 3, 3, 3}, hole[2] = {1, (double)NAN};
    check_ok(regression_of(said, flat, 4, 2, *state, &r, &e), &e);
    assert_string_equal(r.r2.why_not, "constant");
    check_ok(regression_of(said, was, 0, 2, *state, &r, &e), &e);
    assert_false(r.rmse.computable || r.r2.computable);
    check_fails(regression_of(said, hole, 2, 2, *state, &r, &e), &e, ST_DATA,
                "row 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calibration_by_hand),
        cmocka_unit_test(calibration_recovers),
        cmocka_unit_test(calibration_edges), cmocka_unit_test(band_table),
        cmocka_unit_test(delta_intervals), cmocka_unit_test(classes),
        cmocka_unit_test(regression)};
    return cmocka_run_group_tests_name("measure tables", tests, set_up, tear_down);
}
