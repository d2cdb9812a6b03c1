/* Ranking measures against pair-by-pair computation on small samples with
 * ties, and the curves drawn of them. */
#include "check.h"

#include "kernel/random.h"
#include "measure/curve.h"
#include "measure/ranking.h"

enum { MOST = 60 };

struct small {
    size_t n;
    double x[MOST], z[MOST];
    uint8_t y[MOST];
};

static void draw(struct small *s, uint64_t seed)
{
    struct random_stream *r = random_new(seed, 0, 0);
    s->n = 4 + random_index(r, MOST - 4);
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = (double)random_index(r, 12) - 3.0;
        s->z[i] = s->x[i] + (double)random_index(r, 4);
        s->y[i] = random_index(r, 3) == 0 ? 1 : 0;
    }
    s->y[0] = s->y[1] = 1;
    s->y[2] = s->y[3] = 0;
    if (s->n > 10)
        s->y[9] = LABEL_UNKNOWN;
    random_free(r);
}

/* DeLong's structural components, straight from their definition. */
static double placement(const struct small *s, const double *x, size_t i)
{
    double wins = 0.0, rivals = 0.0;
    for (size_t j = 0; j < s->n; j++) {
        if (s->y[j] > 1 || s->y[j] == s->y[i])
            continue;
        double d = s->y[i] == 1 ? x[i] - x[j] : x[j] - x[i];
        wins += d > 0.0 ? 1.0 : d < 0.0 ? 0.0 : 0.5;
        rivals += 1.0;
    }
    return wins / rivals;
}

static void brute(const struct small *s, const double *x, const double *from,
                  double *value, double *variance)
{
    double n[2] = {0, 0}, sum[2] = {0, 0}, square[2] = {0, 0};
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->n; i++) {
            if (s->y[i] > 1)
                continue;
            double v = placement(s, x, i);
            if (from != NULL)
                v -= placement(s, from, i);
            if (pass == 0) {
                n[s->y[i]] += 1.0;
                sum[s->y[i]] += v;
            } else {
                double d = v - sum[s->y[i]] / n[s->y[i]];
                square[s->y[i]] += d * d;
            }
        }
    *value = sum[1] / n[1];
    *variance = square[1] / (n[1] - 1) / n[1] + square[0] / (n[0] - 1) / n[0];
}

static struct ranking *rank(const double *x, const uint8_t *y, size_t n)
{
    struct ranking *r = NULL;
    struct error e;
    check_ok(ranking_new(x, y, NULL, n, &r, &e), &e);
    return r;
}

static void areas(void **state)
{
    (void)state;
    struct small s;
    struct error e;
    for (uint64_t seed = 0; seed < 300; seed++) {
        double value, variance;
        draw(&s, seed);
        struct ranking *r = rank(s.x, s.y, s.n);
        brute(&s, s.x, NULL, &value, &variance);
        check_close(ranking_auc(r).value, value, 1e-13, 0.0);
        check_close(ranking_auc_variance(r), variance, 1e-12, 1e-15);
        struct estimate change;
        check_ok(ranking_auc_change(s.x, s.z, s.y, s.n, &change, &e), &e);
        brute(&s, s.z, s.x, &value, &variance);
        check_close(change.value, value, 1e-12, 1e-13);
        if (change.low > -1.0 && change.high < 1.0)
            check_close((change.high - change.low) / 2.0 / 1.959963984540054,
                        sqrt(variance), 1e-9, 1e-12);
        ranking_free(r);
    }
}

static void ks_and_precision(void **state)
{
    (void)state;
    struct small s;
    for (uint64_t seed = 0; seed < 200; seed++) {
        draw(&s, seed);
        struct ranking *r = rank(s.x, s.y, s.n);
        double ks = 0.0, ap = 0.0, last = 0.0, at = 0.0;
        for (double t = 12.0; t >= -4.0; t -= 1.0) {
            double e = 0.0, o = 0.0;
            for (size_t i = 0; i < s.n; i++)
                if (s.x[i] >= t && s.y[i] <= 1)
                    *(s.y[i] == 1 ? &e : &o) += 1.0;
            ks = fmax(ks, fabs(e / r->events - o / r->others));
            if (e > last)
                ap += (e - last) / r->events * e / (e + o);
            last = e;
        }
        check_close(ranking_ks(r, &at).value, ks, 1e-13, 0.0);
        check_close(ranking_average_precision(r).value, ap, 1e-13, 0.0);
        double e = 0.0, o = 0.0;
        for (size_t i = 0; i < s.n; i++)
            if (s.x[i] >= at && s.y[i] <= 1)
                *(s.y[i] == 1 ? &e : &o) += 1.0;
        check_close(fabs(e / r->events - o / r->others), ks, 1e-13, 0.0);
        ranking_free(r);
    }
}

static void by_hand(void **state)
{
    (void)state;
    const double x[5] = {0.1, 0.4, 0.35, 0.8, 0.4};
    const uint8_t y[5] = {0, 0, 1, 1, 1};
    struct ranking *r = rank(x, y, 5);
    /* wins: 0.35 beats 0.1; 0.8 both; 0.4 beats 0.1, ties 0.4 → 4.5 of 6 */
    check_close(ranking_auc(r).value, 0.75, 1e-15, 0.0);
    check_close(ranking_gini(r).value, 0.5, 1e-15, 0.0);
    assert_int_equal(r->blocks, 4);
    check_close(ranking_nth(r, 0.0), 0.1, 0.0, 0.0);
    check_close(ranking_nth(r, 3.0), 0.4, 0.0, 0.0);
    ranking_free(r);
}

static void edges(void **state)
{
    (void)state;
    const double same[4] = {2, 2, 2, 2}, apart[4] = {1, 2, 3, 4};
    const uint8_t both[4] = {0, 1, 0, 1}, ones[4] = {1, 1, 1, 1},
                  parted[4] = {0, 0, 1, 1}, lone[4] = {0, 0, 0, 1};
    double at = 0.0;
    struct ranking *r = rank(same, both, 4);
    check_close(ranking_auc(r).value, 0.5, 0.0, 0.0);
    check_close(ranking_ks(r, &at).value, 0.0, 0.0, 0.0);
    check_close(ranking_average_precision(r).value, 0.5, 0.0, 0.0);
    ranking_free(r);
    r = rank(apart, ones, 4);
    assert_string_equal(ranking_auc(r).why_not, "one-class");
    assert_false(ranking_gini(r).computable);
    assert_false(ranking_average_precision(r).computable);
    assert_false(ranking_ks(r, &at).computable);
    assert_true(isnan(at));
    ranking_free(r);
    r = rank(apart, parted, 4);
    struct estimate x = ranking_auc(r);
    check_close(x.low, 1.0, 0.0, 0.0);
    check_close(x.high, 1.0, 0.0, 0.0);
    ranking_free(r);
    r = rank(apart, lone, 4);
    x = ranking_auc(r);
    check_close(x.value, 1.0, 0.0, 0.0);
    assert_true(isnan(x.low));
    assert_string_equal(x.why_not, "too-few");
    ranking_free(r);
    r = rank(apart, both, 0);
    assert_string_equal(ranking_auc(r).why_not, "empty");
    ranking_free(r);
}

static void check_point(const struct curve_point *p, const double *x,
                        const uint8_t *y, size_t n, const struct ranking *r)
{
    double e = 0.0, o = 0.0;
    for (size_t i = 0; i < n; i++)
        if (x[i] >= p->threshold)
            *(y[i] != 0 ? &e : &o) += 1.0;
    check_close(p->tpr, e / r->events, 1e-14, 0.0);
    check_close(p->fpr, o / r->others, 1e-14, 0.0);
    check_close(p->flagged, (e + o) / (double)n, 1e-14, 0.0);
    check_close(p->precision, e + o > 0.0 ? e / (e + o) : (double)NAN, 1e-14, 0.0);
}

static void curves(void **state)
{
    (void)state;
    enum { N = 20000 };
    static double x[N];
    static uint8_t y[N];
    struct error e;
    struct random_stream *g = random_new(5, 0, 0);
    for (size_t i = 0; i < N; i++) {
        x[i] = random_uniform(g);
        y[i] = random_uniform(g) < x[i] * x[i] ? 1 : 0;
    }
    random_free(g);
    struct arena *a = arena_new((size_t)1 << 20);
    struct ranking *r = rank(x, y, N);
    struct curve c;
    struct cutoff cut = {0.61803, false, false};
    check_ok(curve_of(r, &cut, a, &c, &e), &e);
    assert_true(c.thinned && c.points <= CURVE_POINTS_MAX && c.points > 150);
    for (size_t k = 0; k < c.points; k += 7)
        check_point(&c.point[k], x, y, N, r);
    check_point(&c.point[c.at_cutoff], x, y, N, r);
    /* The cutoff's point flags what the cutoff flags. */
    double flagged = 0.0, at = 0.0;
    for (size_t i = 0; i < N; i++)
        flagged += x[i] >= cut.at ? 1.0 : 0.0;
    check_close(c.point[c.at_cutoff].flagged, flagged / N, 1e-14, 0.0);
    check_close(c.point[c.at_ks].tpr - c.point[c.at_ks].fpr,
                ranking_ks(r, &at).value, 1e-12, 0.0);
    check_close(c.point[c.points - 1].flagged, 1.0, 0.0, 0.0);
    check_close(c.point[0].flagged, 0.0, 0.0, 0.0);
    ranking_free(r);
    r = rank(x, y, 20);
    check_ok(curve_of(r, NULL, a, &c, &e), &e);
    assert_int_equal(c.points, 21);
    assert_true(!c.thinned && c.at_cutoff == SIZE_MAX);
    ranking_free(r);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas), cmocka_unit_test(ks_and_precision),
        cmocka_unit_test(by_hand), cmocka_unit_test(edges),
        cmocka_unit_test(curves)};
    return cmocka_run_group_tests_name("measure ranking", tests, NULL, NULL);
}
