/* Probes of models whose answers are known in closed form. */
#include "check.h"

#include "kernel/random.h"
#include "measure/probe.h"

enum { N = 600, F = 4 };

struct world {
    double row[N * F];
    uint8_t label[N];
    double target[N];
    struct probe_rows rows;
    struct arena *arena;
};

/* 2 x0 - 3 x1 + 0 x2, and 5 when x3 is missing. */
static status linear(void *self, const double *row, size_t rows, double *out,
                     struct error *e)
{
    (void)self;
    (void)e;
    for (size_t i = 0; i < rows; i++, row += F)
        out[i] = 2.0 * row[0] - 3.0 * row[1] + (isnan(row[3]) ? 5.0 : 0.0);
    return ST_OK;
}

/* Falls by 1 at x0 = 5 for rows with x1 > 0 only, rises by x0 otherwise. */
static status bent(void *self, const double *row, size_t rows, double *out,
                   struct error *e)
{
    (void)self;
    (void)e;
    for (size_t i = 0; i < rows; i++, row += F)
        out[i] = row[1] > 0.0 && row[0] >= 5.0 ? 0.0 : floor(row[0]) / 100.0;
    return ST_OK;
}

static status broken(void *self, const double *row, size_t rows, double *out,
                     struct error *e)
{
    (void)self;
    (void)row;
    (void)e;
    for (size_t i = 0; i < rows; i++)
        out[i] = (double)NAN;
    return ST_OK;
}

static const struct scorer line = {NULL, linear}, bend = {NULL, bent},
                           bad = {NULL, broken};

static int set_up(void **state)
{
    static struct world w;
    struct random_stream *r = random_new(11, 0, 0);
    for (size_t i = 0; i < N; i++) {
        double *x = w.row + i * F, score = 0.0;
        x[0] = (double)random_index(r, 10);
        x[1] = random_normal(r);
        x[2] = random_uniform(r);
        x[3] = i % 5 == 0 ? (double)NAN : 1.0;
        (void)linear(NULL, x, 1, &score, NULL);
        w.label[i] = score + 4.0 * random_normal(r) > 9.0 ? 1 : 0;
        w.target[i] = score;
    }
    random_free(r);
    w.rows = (struct probe_rows){w.row, N, F, w.label, NULL};
    w.arena = arena_new((size_t)1 << 22);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((struct world *)*state)->arena);
    return 0;
}

static void permutation(void **state)
{
    struct world *w = *state;
    struct error e;
    struct permutation p, q;
    size_t none[1] = {2}, first[1] = {0}, both[2] = {0, 1};
    check_ok(permutation_of(&line, &w->rows, none, 1, 3, 5, &p, &e), &e);
    check_close(p.loss.value, 0.0, 0.0, 0.0);
    check_ok(permutation_of(&line, &w->rows, first, 1, 3, 5, &p, &e), &e);
    assert_true(p.loss.low > 0.0 && p.base > 0.8);
    check_ok(permutation_of(&line, &w->rows, first, 1, 3, 5, &q, &e), &e);
    assert_memory_equal(&p.loss.value, &q.loss.value, sizeof p.loss.value);
    check_ok(permutation_of(&line, &w->rows, both, 2, 3, 5, &q, &e), &e);
    assert_true(q.loss.value > p.loss.value);
    struct probe_rows amounts = w->rows;
    amounts.label = NULL;
    amounts.target = w->target;
    check_ok(permutation_of(&line, &amounts, first, 1, 3, 20, &p, &e), &e);
    check_close(p.base, 0.0, 0.0, 1e-12);
    /* E (2 x - 2 x')² = 2 var(2 x), var of 0…9 near 8.25 */
    check_close(p.loss.value, sqrt(8.0 * 8.25), 0.1, 0.0);
    struct probe_rows nothing = w->rows;
    nothing.label = NULL;
    check_ok(permutation_of(&line, &nothing, first, 1, 3, 2, &p, &e), &e);
    assert_string_equal(p.loss.why_not, "no-outcomes");
}

static void ale_of_a_line_is_the_line(void **state)
{
    struct world *w = *state;
    struct error e;
    struct effect f;
    check_ok(effect_ale(&line, &w->rows, 1, 20, w->arena, &f, &e), &e);
    assert_true(f.points > 15);
    for (size_t j = 1; j < f.points; j++) {
        check_close(f.point[j].value - f.point[0].value,
                    -3.0 * (f.point[j].at - f.point[0].at), 1e-10, 1e-10);
        assert_true(f.point[j].low <= f.point[j].value &&
                    f.point[j].value <= f.point[j].high);
    }
    /* Centred: the rows' mean over interval middles is 0. */
    double mean = 0.0, n = 0.0;
    for (size_t j = 1; j < f.points; j++) {
        mean += f.point[j].n * (f.point[j].value + f.point[j - 1].value) / 2.0;
        n += f.point[j].n;
    }
    check_close(n, N, 0.0, 0.0);
    check_close(mean / n, 0.0, 0.0, 1e-10);
    check_ok(effect_ale(&line, &w->rows, 3, 10, w->arena, &f, &e), &e);
    assert_int_equal(f.points, 0);
    check_close(f.missing, N / 5, 0.0, 0.0);
    check_ok(effect_ale(&line, &w->rows, 2, 10, w->arena, &f, &e), &e);
    check_close(f.range, 0.0, 0.0, 1e-12);
}

static void dependence(void **state)
{
    struct world *w = *state;
    struct error e;
    struct effect f;
    const double at[3] = {1.0, (double)NAN, 2.0};
    check_ok(effect_dependence(&line, &w->rows, 3, at, 3, w->arena, &f, &e), &e);
    check_close(f.point[1].value - f.point[0].value, 5.0, 1e-12, 0.0);
    check_close(f.point[2].value - f.point[0].value, 0.0, 0.0, 1e-12);
    check_close(f.point[1].n, N / 5, 0.0, 0.0);
    check_close(f.point[0].n, N - N / 5, 0.0, 0.0);
    assert_true(f.point[2].thin && !f.point[0].thin);
    check_close(f.range, 5.0, 1e-12, 0.0);
}

static void monotone(void **state)
{
    struct world *w = *state;
    struct error e;
    struct monotonicity m;
    check_ok(monotonicity_of(&line, &w->rows, 0, 1, 10, 0.0, &m, &e), &e);
    check_close(m.violating, 0.0, 0.0, 0.0);
    check_close(m.rows, N, 0.0, 0.0);
    check_ok(monotonicity_of(&line, &w->rows, 1, 1, 10, 0.0, &m, &e), &e);
    check_close(m.share.value, 1.0, 0.0, 0.0);
    double positive = 0.0;
    for (size_t i = 0; i < N; i++)
        positive += w->row[i * F + 1] > 0.0 ? 1.0 : 0.0;
    check_ok(monotonicity_of(&bend, &w->rows, 0, 1, 20, 1e-9, &m, &e), &e);
    check_close(m.violating, positive, 0.0, 0.0);
    check_close(m.steps_against, positive, 0.0, 0.0);
    check_close(m.largest, 0.04, 1e-12, 0.0);
    check_close(m.largest_from, 4.0, 0.0, 0.0);
    check_close(m.largest_to, 5.0, 0.0, 0.0);
    check_ok(monotonicity_of(&line, &w->rows, 3, 1, 10, 0.0, &m, &e), &e);
    assert_string_equal(m.share.why_not, "constant");
}

static void stresses(void **state)
{
    struct world *w = *state;
    struct error e;
    struct stress s, t;
    struct cutoff c = {9.0, false, false};
    check_ok(stress_missing(&line, &w->rows, 3, &c, &s, &e), &e);
    check_close(s.touched, N - N / 5, 0.0, 0.0);
    check_close(s.moved.value, 5.0 * 0.8, 1e-12, 0.0);
    check_close(s.change.value, s.auc.value - s.base.value, 1e-12, 1e-13);
    assert_true(s.flipped.value > 0.0);
    check_ok(stress_noise(&line, &w->rows, 1, 0.1, 9, NULL, &s, &e), &e);
    check_ok(stress_noise(&line, &w->rows, 1, 0.1, 9, NULL, &t, &e), &e);
    assert_memory_equal(&s.moved.value, &t.moved.value, sizeof s.moved.value);
    /* 3 × 0.1 × sd × E|normal| */
    check_close(s.moved.value, 0.3 * sqrt(2.0 / 3.14159265), 0.15, 0.0);
    assert_string_equal(s.flipped.why_not, "no-cutoff");
    /* Whole numbers stay whole and within 0 … 9: changes are multiples of 2. */
    check_ok(stress_noise(&line, &w->rows, 0, 0.5, 9, NULL, &s, &e), &e);
    double total = s.moved.value * N / 2.0;
    check_close(total, round(total), 0.0, 1e-9);
    check_ok(stress_noise(&line, &w->rows, 3, 0.5, 9, NULL, &s, &e), &e);
    check_close(s.touched, 0.0, 0.0, 0.0);
    struct probe_rows bare = w->rows;
    bare.label = NULL;
    check_ok(stress_missing(&line, &bare, 3, &c, &s, &e), &e);
    assert_string_equal(s.auc.why_not, "no-outcomes");
}

static void refusals(void **state)
{
    struct world *w = *state;
    struct error e;
    struct stress s;
    struct effect f;
    struct permutation p;
    size_t input = 0;
    check_fails(stress_missing(&bad, &w->rows, 0, NULL, &s, &e), &e, ST_NUMERIC,
                "not a finite number");
    check_fails(effect_ale(&line, &w->rows, 0, 0, w->arena, &f, &e), &e,
                ST_ARGUMENT, "grid");
    check_fails(permutation_of(&line, &w->rows, &input, 1, 1, 0, &p, &e), &e,
                ST_ARGUMENT, "repeats");
    check_fails(stress_noise(&line, &w->rows, 0, -1.0, 1, NULL, &s, &e), &e,
                ST_ARGUMENT, "noise");
    check_fails(stress_missing(&line, &w->rows, 9, NULL, &s, &e), &e, ST_BUG,
                "no such input");
    struct probe_rows none = w->rows;
    none.n = 0;
    check_ok(effect_ale(&line, &none, 0, 5, w->arena, &f, &e), &e);
    assert_int_equal(f.points, 0);
    check_ok(permutation_of(&line, &none, &input, 1, 1, 1, &p, &e), &e);
    assert_string_equal(p.loss.why_not, "empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permutation),
        cmocka_unit_test(ale_of_a_line_is_the_line),
        cmocka_unit_test(dependence), cmocka_unit_test(monotone),
        cmocka_unit_test(stresses), cmocka_unit_test(refusals)};
    return cmocka_run_group_tests_name("measure probe", tests, set_up, tear_down);
}
