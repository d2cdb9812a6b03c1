/* Numbers at their edges: values on thresholds and thresholds an ulp apart, in
 * both libraries' arithmetic; missing values that go either way; zeros, the
 * smallest and the largest numbers; large trees; ties; two threads. */
#include "check.h"

#include "base/num.h"
#include "support/small_recourse.h"

#include <pthread.h>

#define FAR ((double)INFINITY)

/* One split a tree: below `threshold` (or missing, when it goes left) `low`. */
struct stump {
    double threshold, low, high;
    bool missing_left;
};

static struct model *stumps(enum model_library library, const struct stump *s,
                            size_t n)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 22);
    struct model *m = NULL;
    double base = 0;

    builder_library(b, library, "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
    for (size_t i = 0; i < n; i++) {
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, 0, s[i].threshold, 1, 2, s[i].missing_left,
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

/* One lever over one number; the margin must reach `cutoff`. */
static struct recourse_plan solve_one(const struct model *m, double cutoff,
                                      const struct recourse_lever *l,
                                      double own)
{
    static struct recourse_result out;
    struct recourse_score score = {.model = m,
                                   .accept = RECOURSE_AT_LEAST,
                                   .cutoff = cutoff,
                                   .native = true};
    struct recourse_problem p = {
        .score = &score, .scores = 1, .quantities = 1, .lever = l, .levers = 1};

    small_solve(&p, &own, &out);
    return out.plan;
}

static struct recourse_lever number(double low, double high, int decimals)
{
    return (struct recourse_lever){.low = low,
                                   .high = high,
                                   .decimals = decimals,
                                   .weight = 1,
                                   .scale = 1,
                                   .known_cost = -1,
                                   .missing_cost = -1};
}

/* XGBoost goes right at the threshold itself, LightGBM only above it. */
static void on_thresholds(void **state)
{
    static const double at[] = {0.5, 0.1, -0.3, 1, 1e6, 16777217};

    (void)state;
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        for (int k = 0; k < 2; k++) {
            struct stump s = {at[i], 0, 1, true};
            struct model *m =
                stumps(k ? LIBRARY_LIGHTGBM : LIBRARY_XGBOOST, &s, 1);
            struct recourse_lever l = number(-1e9, 1e9, 1);
            struct recourse_plan plan = solve_one(m, 1, &l, at[i] - 7);
            double to = plan.change[0].to, margin, less;
            model_margin(m, &to, &margin);
            less = to - 0.1;
            assert_true(plan.changes == 1 && margin == 1);
            char text[NUM_TEXT_MAX * 9];
            assert_true(num_parse(text, num_fixed(less, 1, text), &less));
            model_margin(m, &less, &margin);
            assert_true(margin == 0);
            model_free(m);
        }
    }
}

/* Between two thresholds an ulp apart there is no printed value; when one of
 * them can be printed, it decides by the library's own rule. */
static void an_ulp_apart(void **state)
{
    (void)state;
    double next = nextafter(0.3, 1);
    struct stump s[2] = {{0.3, 0, 1, true}, {next, 0, -2, true}};
    struct model *m = stumps(LIBRARY_LIGHTGBM, s, 2);
    struct recourse_lever l = number(-5, 5, 2);
    /* Only `next` itself gives 1, and it reads back as no two decimals. */
    assert_int_equal(solve_one(m, 1, &l, 0).status, RECOURSE_IMPOSSIBLE);
    model_free(m);

    float f = 0.3F, g = nextafterf(f, 1);
    struct stump x[2] = {{(double)f, 0, 1, true}, {(double)g, 0, -2, true}};
    m = stumps(LIBRARY_XGBOOST, x, 2);
    /* In float32 the printed 0.3 is the lower threshold itself. */
    struct recourse_plan plan = solve_one(m, 1, &l, 0);
    assert_int_equal(plan.status, RECOURSE_PROVEN_SMALLEST);
    assert_true(plan.change[0].to == 0.3);
    model_free(m);

    struct stump y[2] = {{0.3, 0, 1, true}, {nextafter(0.3, 0), 0, -2, true}};
    m = stumps(LIBRARY_LIGHTGBM, y, 2);
    assert_int_equal(solve_one(m, 1, &l, 0).status, RECOURSE_IMPOSSIBLE);
    model_free(m);
}

static void missing_either_way(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        bool left = k % 2 == 0;
        struct stump s = {0.5, 0, 1, left};
        struct model *m =
            stumps(k / 2 ? LIBRARY_LIGHTGBM : LIBRARY_XGBOOST, &s, 1);
        struct recourse_lever l = number(-3, 3, 1);
        /* A known value: becoming missing passes only where missing goes right.
         */
        l.missing_cost = 0.125;
        struct recourse_plan plan = solve_one(m, 1, &l, 0.25);
        assert_int_equal(plan.status, RECOURSE_PROVEN_SMALLEST);
        assert_true(isnan(plan.change[0].to) == !left);
        assert_true(left ? plan.cost > 0.2 : plan.cost == 0.125);
        /* A missing value: only where it goes left is there anything to do. */
        l.missing_cost = -1;
        l.known_cost = 0.75;
        if (left) {
            plan = solve_one(m, 1, &l, (double)NAN);
            assert_int_equal(plan.status, RECOURSE_PROVEN_SMALLEST);
            assert_true(isnan(plan.change[0].from) && plan.cost == 0.75);
            assert_true(plan.change[0].to >= 0.5);
            l.known_cost = -1;
            plan = solve_one(m, 1, &l, (double)NAN);
            assert_int_equal(plan.status, RECOURSE_IMPOSSIBLE);
        }
        model_free(m);
    }
}

/* Thresholds and values that round, vanish or overflow. */
static void ends_of_the_numbers(void **state)
{
    static const struct {
        double threshold, own;
        bool passes; /* some value of one decimal above the threshold */
    } cases[] = {
        {0.0, -1, true},        {-0.0, -1, true},       {0x1p-1074, 0, true},
        {-0x1p-1074, -2, true}, {0x1p-149, -0.0, true}, {1e-35, 0, true},
        {1e30, 0, false},       {-1e30, -2e30, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int k = 0; k < 2; k++) {
            struct stump s = {cases[i].threshold, 0, 1, true};
            struct model *m =
                stumps(k ? LIBRARY_LIGHTGBM : LIBRARY_XGBOOST, &s, 1);
            struct recourse_lever l = number(-1e6, 1e6, 1);
            double margin;
            model_margin(m, &cases[i].own, &margin);
            if (margin == 0) {
                struct recourse_plan plan = solve_one(m, 1, &l, cases[i].own);
                assert_int_equal(plan.status, cases[i].passes
                                                  ? RECOURSE_PROVEN_SMALLEST
                                                  : RECOURSE_IMPOSSIBLE);
                if (plan.changes > 0) {
                    double to = plan.change[0].to;
                    model_margin(m, &to, &margin);
                    assert_true(margin == 1 && !(to == 0 && signbit(to)));
                }
            }
            model_free(m);
        }
    }
}

/* Wide trees: more leaves than a word of the bound has bits. */
static void wide_trees(void **state)
{
    struct random r = {255};
    static struct small c;
    static struct recourse_result out;
    int solved = 0, wide = 0;

    (void)state;
    for (int i = 0; i < 60; i++) {
        struct random_model k = {.features = 4,
                                 .outputs = 1,
                                 .trees = 1 + random_below(&r, 3),
                                 .depth = 9,
                                 .fine = true,
                                 .library = i % 2 ? LIBRARY_XGBOOST
                                                  : LIBRARY_LIGHTGBM};
        memset(&c, 0, sizeof c);
        c.model[0] = random_model_new(&r, &k);
        wide += c.model[0]->tree[0].leaf_count >= 255;
        c.score[0] = (struct recourse_score){
            .model = c.model[0], .native = true, .guard = 1e-5};
        c.p =
            (struct recourse_problem){.score = c.score,
                                      .scores = 1,
                                      .quantities = 4,
                                      .lever = c.lever,
                                      .levers = 4,
                                      .most_changes = 1 + random_below(&r, 2)};
        for (size_t l = 0; l < 4; l++) {
            c.lever[l] = number(-2, 2, 1);
            c.lever[l].quantity = l;
            c.lever[l].fixed = 0.25;
        }
        random_row(&r, c.model[0], 0, c.row);
        double margin;
        model_margin(c.model[0], c.row, &margin);
        c.score[0].cutoff = margin - 0.1 - random_unit(&r) * 1.5;
        struct small_best best = small_every_point(&c);
        small_solve(&c.p, c.row, &out);
        assert_int_equal(out.plan.status, best.found ? RECOURSE_PROVEN_SMALLEST
                                                     : RECOURSE_IMPOSSIBLE);
        if (best.found) {
            assert_true(out.plan.cost == best.cost);
            small_check_plan(&c, &out.plan);
            solved++;
        }
        small_free(&c);
    }
    assert_true(solved > 10 && wide > 10);
}

/* --- threads
 * ----------------------------------------------------------------------- */

enum { ROWS = 400, THREADS = 2 };

struct rows {
    const struct recourse *r;
    const struct model *m;
    double row[ROWS][SMALL_QUANTITIES];
    struct recourse_result *out; /* [ROWS] */
    status made[ROWS];
    size_t first, step;
};

static void *solve_rows(void *self)
{
    struct rows *w = self;
    struct recourse_scratch *s;
    struct error e = {0};

    if (recourse_scratch_new(w->r, &s, &e) != ST_OK)
        return NULL;
    for (size_t i = w->first; i < ROWS; i += w->step) {
        w->made[i] = recourse_solve(w->r, s, w->row[i], &w->out[i], &e);
        w->out[i].proof = (struct recourse_proof){.root = NULL};
    }
    recourse_scratch_free(s);
    return s;
}

static bool same_plan(const struct recourse_plan *a,
                      const struct recourse_plan *b)
{
    bool same = a->status == b->status && a->changes == b->changes &&
                a->nodes == b->nodes && a->guard_changed == b->guard_changed;

    for (size_t k = 0; same && k < a->changes; k++)
        same = a->change[k].lever == b->change[k].lever &&
               memcmp(&a->change[k].to, &b->change[k].to, sizeof(double)) == 0;
    return same &&
           (a->changes == 0 || (a->cost == b->cost && a->margin == b->margin &&
                                a->native == b->native)) &&
           (a->lower == b->lower);
}

/* What a row gets does not depend on the rows before it nor on the thread. */
/* Row by row by one thread, then every THREADS-th by each of some. */
static void solve_both_ways(struct rows *w, struct recourse_result *two)
{
    pthread_t id[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        w[1 + t] = w[0];
        w[1 + t].out = two;
        w[1 + t].first = t;
        w[1 + t].step = THREADS;
    }
    assert_non_null(solve_rows(&w[0]));
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&id[t], NULL, solve_rows, &w[1 + t]),
                         0);
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(pthread_join(id[t], NULL), 0);
}

static size_t same_rows(const struct rows *w, const struct recourse_result *one,
                        const struct recourse_result *two)
{
    size_t solved = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const struct rows *its = &w[1 + i % THREADS];
        assert_int_equal(w[0].made[i], its->made[i]);
        if (w[0].made[i] != ST_OK)
            continue;
        solved++;
        assert_true(same_plan(&one[i].plan, &two[i].plan));
        assert_int_equal(one[i].alternatives, two[i].alternatives);
        for (size_t a = 0; a < one[i].alternatives; a++)
            assert_true(
                same_plan(&one[i].alternative[a], &two[i].alternative[a]));
    }
    return solved;
}

static void two_threads(void **state)
{
    static const struct small_kinds k = {4,
                                         5,
                                         3,
                                         .category = 0.3,
                                         .effect = 0.3,
                                         .formulas = 1,
                                         .rules = 1,
                                         .scores = 2};
    struct random r = {2};
    static struct small c;
    struct error e = {0};
    struct recourse *prepared;
    struct rows *w = calloc(1 + THREADS, sizeof *w);
    struct recourse_result *one = calloc(ROWS, sizeof *one),
                           *two = calloc(ROWS, sizeof *two);

    (void)state;
    assert_true(w != NULL && one != NULL && two != NULL);
    while (!small_draw(&r, &k, &c))
        small_free(&c);
    c.p.alternatives = 2;
    c.p.node_budget = 40;
    check_ok(recourse_prepare(&c.p, &prepared, &e), &e);
    for (size_t i = 0; i < ROWS; i++) {
        memcpy(w[0].row[i], c.row, sizeof c.row);
        for (size_t q = 0; q < c.p.quantities; q++) {
            if (c.row[q] != 0 && c.row[q] != 1 && random_chance(&r, 0.5))
                w[0].row[i][q] = 0.25 * (double)random_below(&r, 9) - 1;
        }
    }
    w[0].r = prepared;
    w[0].out = one;
    w[0].step = 1;
    solve_both_ways(w, two);
    assert_true(same_rows(w, one, two) > ROWS / 10);
    recourse_free(prepared);
    small_free(&c);
    free(w);
    free(one);
    free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_thresholds),
        cmocka_unit_test(an_ulp_apart),
        cmocka_unit_test(missing_either_way),
        cmocka_unit_test(ends_of_the_numbers),
        cmocka_unit_test(wide_trees),
        cmocka_unit_test(two_threads),
    };

    return cmocka_run_group_tests_name("recourse at the edges", tests, NULL,
                                       NULL);
}
