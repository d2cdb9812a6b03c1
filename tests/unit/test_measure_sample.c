/* Samples, groups and periods: what is refused, what merging leaves alone, and
 * figures by hand. */
#include "check.h"

#include "kernel/random.h"
#include "measure/drift.h"
#include "measure/fairness.h"
#include "measure/performance.h"

static const struct sample_shape whole = {true, true, 2};

static struct sample *empty_sample(void)
{
    struct sample *s = NULL;
    struct error e;
    check_ok(sample_new(&whole, &s, &e), &e);
    return s;
}

static struct sample_row row_of(double score, unsigned label, unsigned period,
                                unsigned a, unsigned b)
{
    return (struct sample_row){score, score, (uint8_t)label, (uint16_t)period,
                               {(uint16_t)a, (uint16_t)b}};
}

static void refusals(void **state)
{
    (void)state;
    struct error e;
    struct sample *s = empty_sample();
    struct sample_row r = row_of((double)NAN, 1, 0, 0, 0);
    check_fails(sample_add(s, &r, &e), &e, ST_DATA, "row 1: the score");
    r = row_of(0.5, 7, 0, 0, 0);
    check_fails(sample_add(s, &r, &e), &e, ST_DATA, "outcome");
    r = row_of(0.5, 1, 0, 0, 0);
    r.probability = 1.5;
    check_fails(sample_add(s, &r, &e), &e, ST_DATA, "probability");
    r = row_of(0.5, 1, 5000, 0, 0);
    check_fails(sample_add(s, &r, &e), &e, ST_LIMIT, "periods");
    r = row_of(0.5, 1, 0, 5000, 0);
    check_fails(sample_add(s, &r, &e), &e, ST_LIMIT, "group");
    assert_int_equal(s->n, 0);
    struct sample *t = NULL;
    struct sample_shape many = {false, false, 9};
    check_fails(sample_new(&many, &t, &e), &e, ST_LIMIT, "group columns");
    many.groups = 0;
    check_ok(sample_new(&many, &t, &e), &e);
    check_fails(sample_merge(s, t, &e), &e, ST_BUG, "shape");
    sample_free(s);
    sample_free(t);
}

static struct sample_row random_row(struct random_stream *r)
{
    double p = random_uniform(r);
    unsigned label = random_uniform(r) < p ? 1 : 0;
    if (random_index(r, 20) == 0)
        label = LABEL_UNKNOWN;
    unsigned a = random_index(r, 4), b = random_index(r, 3);
    return row_of(round(p * 500.0) / 500.0, label, random_index(r, 6),
                  a == 3 ? CODE_UNKNOWN : a, b);
}

static void check_bits(const struct estimate *a, const struct estimate *b)
{
    assert_memory_equal(&a->value, &b->value, sizeof a->value);
    assert_memory_equal(&a->low, &b->low, sizeof a->low);
    assert_memory_equal(&a->high, &b->high, sizeof a->high);
}

/* The same figures, bit for bit, however the rows came together. */
static void parts_make_the_whole(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct error e;
    struct sample *one = empty_sample(), *parts = empty_sample(),
                  *put = empty_sample(), *part = empty_sample();
    struct random_stream *r = random_new(31, 0, 0);
    check_ok(sample_resize(put, N, &e), &e);
    for (size_t i = 0; i < N; i++) {
        struct sample_row row = random_row(r);
        check_ok(sample_add(one, &row, &e), &e);
        check_ok(sample_put(put, i, &row, &e), &e);
        check_ok(sample_add(part, &row, &e), &e);
        if (i % 777 == 0 || i + 1 == N) {
            check_ok(sample_merge(parts, part, &e), &e);
            check_ok(sample_resize(part, 0, &e), &e);
        }
    }
    struct arena *a = arena_new((size_t)1 << 24);
    struct cutoff cut = {0.5, false, false};
    struct performance_options o = {.cutoff = &cut};
    struct fairness_options f = {.cutoff = &cut, .second = 1, .codes = 3,
                                 .second_codes = 3, .reference = -1};
    struct performance p[3];
    struct fairness g[3];
    struct stability t[3];
    struct sample *all[3] = {one, parts, put};
    for (int i = 0; i < 3; i++) {
        check_ok(performance_of(all[i], &o, a, &p[i], &e), &e);
        check_ok(fairness_of(all[i], &f, a, &g[i], &e), &e);
        check_ok(stability_of(all[i], all[i], a, &t[i], &e), &e);
        check_bits(&p[i].auc, &p[0].auc);
        check_bits(&p[i].calibration.slope, &p[0].calibration.slope);
        check_bits(&p[i].calibration.log_loss, &p[0].calibration.log_loss);
        assert_memory_equal(p[i].curve.point, p[0].curve.point,
                            p[0].curve.points * sizeof *p->curve.point);
        assert_int_equal(g[i].rows, 9);
        for (size_t k = 0; k < 9; k++) {
            check_bits(&g[i].row[k].auc, &g[0].row[k].auc);
            check_bits(&g[i].row[k].mean_difference, &g[0].row[k].mean_difference);
            check_bits(&g[i].row[k].calibration, &g[0].row[k].calibration);
        }
        assert_int_equal(t[i].periods, 6);
        check_bits(&t[i].period[5].auc, &t[0].period[5].auc);
        check_bits(&t[i].period[5].mean_score, &t[0].period[5].mean_score);
    }
    double n = 0.0;
    for (size_t k = 0; k < 9; k++)
        n += g[0].row[k].n;
    check_close(n + g[0].unknown, N, 0.0, 0.0);
    random_free(r);
    arena_free(a);
    sample_free(one);
    sample_free(parts);
    sample_free(put);
    sample_free(part);
}

static void groups_by_hand(void **state)
{
    (void)state;
    struct error e;
    struct sample *s = empty_sample();
    struct arena *a = arena_new((size_t)1 << 20);
    /* score, group: flagged from .5; median of all eight is .45 */
    const double x[8] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
    const unsigned y[8] = {0, 0, 1, 0, 1, 0, 1, 1};
    const unsigned g[8] = {0, 0, 1, 0, 1, 1, CODE_UNKNOWN, 1};
    for (int i = 0; i < 8; i++) {
        struct sample_row r = row_of(x[i], y[i], 0, g[i], 0);
        check_ok(sample_add(s, &r, &e), &e);
    }
    struct cutoff cut = {0.5, false, false};
    struct fairness f;
    struct fairness_options o = {.cutoff = &cut, .second = -1, .codes = 2,
                                 .reference = -1, .small_n = 2};
    check_ok(fairness_of(s, &o, a, &f, &e), &e);
    check_close(f.unknown, 1.0, 0.0, 0.0);
    check_close(f.median, 0.45, 1e-15, 0.0);
    assert_int_equal(f.reference, 1);
    assert_int_equal(f.best, 0);
    check_close(f.row[0].selection.value, 1.0, 0.0, 0.0);
    check_close(f.row[1].selection.value, 0.25, 0.0, 0.0);
    check_close(f.row[0].ratio_reference.value, 4.0, 1e-14, 0.0);
    check_close(f.row[1].ratio_best.value, 0.25, 1e-14, 0.0);
    check_close(f.row[0].difference.value, 0.75, 1e-14, 0.0);
    assert_string_equal(f.row[1].ratio_reference.why_not, "reference");
    check_close(f.row[1].tpr.value, 2.0 / 3.0, 1e-15, 0.0);
    check_close(f.row[1].fpr.value, 1.0, 0.0, 0.0);
    assert_false(f.row[0].tpr.computable);
    assert_string_equal(f.row[0].auc.why_not, "one-class");
    check_close(f.row[1].calibration.value, 0.75 - 0.55, 1e-13, 0.0);
    /* Lower scores are better here: below the median is above for the person. */
    check_close(f.row[0].scoring.value, 1.0, 0.0, 0.0);
    check_close(f.row[1].scoring.value, 0.25, 0.0, 0.0);
    check_close(f.row[1].scoring_ratio.value, 0.25, 1e-14, 0.0);
    o.higher_is_better = true;
    o.reference = 0;
    o.cutoff = NULL;
    o.small_n = 0;
    check_ok(fairness_of(s, &o, a, &f, &e), &e);
    check_close(f.row[1].scoring.value, 0.75, 0.0, 0.0);
    assert_int_equal(f.reference, 0);
    assert_true(f.row[1].small);
    assert_string_equal(f.row[1].selection.why_not, "no-cutoff");
    /* means 7/30 and .55; pooled variance (7/150 · … ) by the formula */
    double m0 = 0.7 / 3.0, m1 = 0.55;
    double v0 = 0.01 + 0.04 + 0.16 - 3.0 * m0 * m0,
           v1 = 0.09 + 0.25 + 0.36 + 0.64 - 4.0 * m1 * m1;
    check_close(f.row[1].mean_difference.value, (m1 - m0) / sqrt((v0 + v1) / 5.0),
                1e-12, 0.0);
    sample_free(s);
    arena_free(a);
}

static void ties_at_the_median(void **state)
{
    (void)state;
    struct error e;
    struct sample *s = empty_sample();
    struct arena *a = arena_new((size_t)1 << 20);
    for (unsigned i = 0; i < 10; i++) {
        struct sample_row r = row_of(0.5, i % 2, 0, i % 2, 0);
        check_ok(sample_add(s, &r, &e), &e);
    }
    struct fairness f;
    struct fairness_options o = {.second = -1, .codes = 2, .reference = 5};
    check_ok(fairness_of(s, &o, a, &f, &e), &e);
    check_close(f.median_ties, 10.0, 0.0, 0.0);
    check_close(f.row[0].scoring.value, 0.0, 0.0, 0.0);
    check_close(f.row[0].at_median, 5.0, 0.0, 0.0);
    assert_false(f.row[1].scoring_ratio.computable && f.best_scoring != 1);
    assert_int_equal(f.reference, SIZE_MAX); /* nobody of that group */
    assert_false(f.row[0].mean_difference.computable);
    sample_free(s);
    arena_free(a);
}

static void nobody(void **state)
{
    (void)state;
    struct error e;
    struct sample *s = empty_sample();
    struct arena *a = arena_new((size_t)1 << 20);
    struct cutoff cut = {0.5, true, true};
    struct performance_options o = {.cutoff = &cut};
    struct performance p;
    struct fairness f;
    struct stability t;
    struct fairness_options g = {.second = 1, .codes = 2, .second_codes = 2,
                                 .reference = -1};
    check_ok(performance_of(s, &o, a, &p, &e), &e);
    assert_string_equal(p.auc.why_not, "empty");
    assert_string_equal(p.event_rate.why_not, "no-outcomes");
    assert_false(p.confusion.approval.computable);
    assert_int_equal(p.curve.points, 0);
    check_ok(fairness_of(s, &g, a, &f, &e), &e);
    assert_int_equal(f.rows, 0);
    check_ok(stability_of(s, s, a, &t, &e), &e);
    assert_false(t.overall.psi.computable);
    g.codes = 4000;
    g.second_codes = 4000;
    check_fails(fairness_of(s, &g, a, &f, &e), &e, ST_LIMIT, "groups");
    sample_free(s);
    arena_free(a);
}

static void sides_of_the_cutoff(void **state)
{
    (void)state;
    struct error e;
    struct sample *s = empty_sample();
    for (unsigned i = 0; i < 4; i++) {
        struct sample_row r = row_of(i * 0.25, i < 3 ? i % 2 : LABEL_UNKNOWN, 0, 0, 0);
        check_ok(sample_add(s, &r, &e), &e);
    }
    struct confusion c;
    struct cutoff at = {0.5, false, false}, above = {0.5, true, true};
    confusion_count(s, &at, &c);
    check_close(c.approval.value, 0.5, 0.0, 0.0);
    check_close(c.fp, 1.0, 0.0, 0.0);
    check_close(c.n, 3.0, 0.0, 0.0);
    check_close(c.event_rate_selected.value, 0.5, 0.0, 0.0);
    confusion_count(s, &above, &c);
    check_close(c.approval.value, 0.25, 0.0, 0.0);
    check_close(c.tp + c.fp, 0.0, 0.0, 0.0);
    assert_false(c.event_rate_selected.computable);
    sample_free(s);
}

static void periods(void **state)
{
    (void)state;
    struct error e;
    struct sample *s = empty_sample();
    struct arena *a = arena_new((size_t)1 << 20);
    for (unsigned i = 0; i < 300; i++) {
        double x = (i % 100) / 100.0;
        unsigned period = i < 100 ? 4 : i < 200 ? 2 : CODE_UNKNOWN;
        /* In period 2 all scores are drawn to the top. */
        struct sample_row r = row_of(period == 2 ? 0.9 + x / 10.0 : x,
                                     x > 0.5 ? 1 : 0, period, 0, 0);
        check_ok(sample_add(s, &r, &e), &e);
    }
    struct stability t;
    check_ok(stability_of(s, s, a, &t, &e), &e);
    assert_int_equal(t.periods, 2);
    assert_int_equal(t.period[0].period, 2);
    check_close(t.undated, 100.0, 0.0, 0.0);
    assert_int_equal(t.worst_psi, 0);
    assert_true(t.period[0].drift.psi.value > t.period[1].drift.psi.value);
    assert_true(t.period[0].drift.psi.value > t.period[0].drift.by_chance);
    check_close(t.period[0].auc.value, 1.0, 0.0, 0.0);
    double sum = 0.0;
    for (size_t c = 0; c < t.cells; c++)
        sum += t.period[0].share[c];
    check_close(sum, 1.0, 1e-13, 0.0);
    sample_free(s);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals), cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(groups_by_hand), cmocka_unit_test(ties_at_the_median),
        cmocka_unit_test(nobody), cmocka_unit_test(sides_of_the_cutoff),
        cmocka_unit_test(periods)};
    return cmocka_run_group_tests_name("measure sample", tests, NULL, NULL);
}
