/* Stretches on models that never fall: the worst row of a box is its low
 * corner, so none of them could be longer. */
#include "check.h"

#include "base/arena.h"
#include "recourse/region.h"
#include "support/random_model.h"

enum { FEATURES = 5, LEVERS = 4 };

struct scene {
    struct model *model;
    struct recourse_score score;
    struct recourse_lever lever[LEVERS];
    struct recourse_problem p;
    double row[FEATURES], after[FEATURES];
    struct recourse_plan plan;
};

static double in_print(double x)
{
    char text[60];

    snprintf(text, sizeof text, "%.2f", x);
    x = strtod(text, NULL);
    return x == 0 ? 0.0 : x;
}

static void move(const struct scene *s, const double *value, double *out)
{
    memcpy(out, s->row, sizeof s->row);
    for (size_t i = 0; i < s->plan.changes; i++)
        out[s->plan.change[i].lever] = value[i];
}

static double margin_of(const struct scene *s, const double *x)
{
    double margin;

    model_margin(s->model, x, &margin);
    return margin;
}

static bool passes(const struct scene *s, const double *x)
{
    double native;

    model_margin_native(s->model, x, &native);
    return margin_of(s, x) >= s->score.cutoff + s->score.guard &&
           native >= s->score.cutoff;
}

static void put_square(struct random *r, struct builder *b)
{
    struct error e = {0};
    long f = (long)random_below(r, FEATURES),
         g = (long)random_below(r, FEATURES);
    double t = floor(random_unit(r) * 60 - 30) / 10;
    double u = floor(random_unit(r) * 60 - 30) / 10;
    double a = random_unit(r), x = random_unit(r), y = random_unit(r);
    double leaf[4] = {a, a + x, a + y, a + x + y + random_unit(r)};

    if (f == g)
        u = t; /* then the inner leaves are never reached */
    check_ok(builder_tree(b, 0, 1, &e), &e);
    check_ok(builder_split(b, f, t, 1, 2, true, MISSING_NAN, 4, &e), &e);
    check_ok(builder_split(b, g, u, 3, 4, true, MISSING_NAN, 2, &e), &e);
    check_ok(builder_split(b, g, u, 5, 6, true, MISSING_NAN, 2, &e), &e);
    for (int k = 0; k < 4; k++)
        check_ok(builder_leaf(b, leaf[k], 1, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
}

/* Never falls in any input. */
static struct model *rising_model(struct random *r)
{
    static const char *const name[] = {"a", "b", "c", "d", "e"};
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 26);
    struct model *m;
    double base = 0;

    builder_library(b,
                    random_chance(r, 0.5) ? LIBRARY_XGBOOST : LIBRARY_LIGHTGBM,
                    "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    for (size_t f = 0; f < FEATURES; f++)
        check_ok(builder_feature(b, name[f], FEATURE_NUMBER, &e), &e);
    for (int k = 0; k < 25; k++)
        put_square(r, b);
    check_ok(builder_base(b, &base, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

/* The worst row has every changed value at its low end. */
static bool low_passes(const struct scene *s, const struct region_stretch *t)
{
    double value[LEVERS], x[FEATURES];

    for (size_t i = 0; i < s->plan.changes; i++)
        value[i] = t[i].low;
    move(s, value, x);
    return passes(s, x);
}

/* The same growth, one printed value after the other. */
static void by_steps(const struct scene *s, struct region_stretch *t)
{
    for (size_t i = 0; i < s->plan.changes; i++)
        t[i].low = t[i].high = s->plan.change[i].to;
    for (int away = 1; away >= 0; away--) {
        for (size_t i = 0; i < s->plan.changes; i++) {
            const struct recourse_change *c = &s->plan.change[i];
            const struct recourse_lever *l = &s->lever[c->lever];
            double step = l->step > 0 ? l->step : 0.01;
            bool up = c->to > c->from ? away : !away;
            double *end = up ? &t[i].high : &t[i].low;
            for (long k = 1;; k++) {
                double kept = *end;
                *end = in_print(c->to + (up ? 1 : -1) * step * (double)k);
                if (*end < l->low || *end > l->high ||
                    (!away && (up ? *end >= c->from : *end <= c->from)) ||
                    !low_passes(s, t)) {
                    *end = kept;
                    break;
                }
            }
        }
    }
}

static void rising_scene(struct random *r, struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->model = rising_model(r);
    s->p = (struct recourse_problem){.score = &s->score,
                                     .scores = 1,
                                     .quantities = FEATURES,
                                     .lever = s->lever,
                                     .levers = LEVERS};
    for (size_t i = 0; i < LEVERS; i++) {
        s->row[i] = in_print(floor(random_unit(r) * 80 - 40) * 0.05);
        s->lever[i] =
            (struct recourse_lever){.quantity = i,
                                    .low = -3,
                                    .high = 3,
                                    .decimals = 2,
                                    .step = random_chance(r, 0.5) ? 0.05 : 0,
                                    .weight = 1,
                                    .scale = 1};
        double to = in_print(floor(random_unit(r) * 80 - 40) * 0.05);
        if (to != s->row[i])
            s->plan.change[s->plan.changes++] =
                (struct recourse_change){i, s->row[i], to, 1};
    }
    double value[LEVERS];
    for (size_t i = 0; i < s->plan.changes; i++)
        value[i] = s->plan.change[i].to;
    move(s, value, s->after);
    s->score = (struct recourse_score){.model = s->model,
                                       .accept = RECOURSE_AT_LEAST,
                                       .guard = recourse_guard(s->model, 0),
                                       .native = true};
    double own = margin_of(s, s->after);
    s->score.cutoff = own - s->score.guard - 1e-6 - 3 * random_unit(r);
}

static void monotone_models_have_the_longest(void **state)
{
    struct random r = {77};
    size_t wide = 0;

    (void)state;
    for (int n = 0; n < 200; n++) {
        struct scene s;
        struct region *g;
        struct region_scratch *scratch;
        struct region_stretch t[RECOURSE_LEVERS_MAX], expected[LEVERS];
        struct region_slack slack;
        struct error e = {0};
        rising_scene(&r, &s);
        check_ok(region_prepare(&s.p, &g, &e), &e);
        check_ok(region_scratch_new(g, &scratch, &e), &e);
        region_around(g, scratch, s.row, s.after, &s.plan, t);
        by_steps(&s, expected);
        region_slack(g, scratch, s.row, s.after, &s.plan, &slack);
        check_close(slack.score[0], margin_of(&s, s.after) - s.score.cutoff, 0,
                    1e-12);
        for (size_t i = 0; i < s.plan.changes; i++) {
            const struct recourse_change *c = &s.plan.change[i];
            check_close(t[i].low, expected[i].low, 0, 0);
            check_close(t[i].high, expected[i].high, 0, 0);
            bool is_wide = t[i].low < t[i].high;
            assert_true(t[i].or_less == (is_wide && t[i].low == -3));
            assert_true(t[i].or_more == (is_wide && t[i].high == 3));
            /* alone, it may fall back at least as far as together */
            assert_true(c->to > c->from ? slack.nearest[i] <= t[i].low
                                        : slack.nearest[i] >= t[i].high);
            wide += is_wide;
        }
        region_scratch_free(scratch);
        region_free(g);
        model_free(s.model);
    }
    assert_true(wide > 300);
}

static void a_failing_plan_has_no_stretch(void **state)
{
    struct random r = {5};
    struct scene s;
    struct region *g;
    struct region_scratch *scratch;
    struct region_stretch t[RECOURSE_LEVERS_MAX];
    struct error e = {0};

    (void)state;
    do {
        rising_scene(&r, &s);
    } while (s.plan.changes < 2 && (model_free(s.model), true));
    s.score.cutoff = margin_of(&s, s.after) + 0.5;
    check_ok(region_prepare(&s.p, &g, &e), &e);
    check_ok(region_scratch_new(g, &scratch, &e), &e);
    region_around(g, scratch, s.row, s.after, &s.plan, t);
    for (size_t i = 0; i < s.plan.changes; i++) {
        check_close(t[i].low, s.plan.change[i].to, 0, 0);
        check_close(t[i].high, s.plan.change[i].to, 0, 0);
        assert_false(t[i].or_less || t[i].or_more);
    }
    region_scratch_free(scratch);
    region_free(g);
    model_free(s.model);
}

static void memory_that_runs_out_is_told(void **state)
{
    struct random r = {9};
    struct scene s;
    size_t failed = 0;

    (void)state;
    rising_scene(&r, &s);
    for (size_t n = 1;; n++) {
        struct region *g = NULL;
        struct region_scratch *scratch = NULL;
        struct error e = {0};
        mem_fail_at(n);
        status st = region_prepare(&s.p, &g, &e);
        if (st == ST_OK)
            st = region_scratch_new(g, &scratch, &e);
        size_t asked = mem_fail_at(0);
        region_scratch_free(scratch);
        region_free(g);
        if (st == ST_OK)
            break;
        assert_int_equal(st, ST_MEMORY);
        assert_true(asked >= n);
        failed++;
    }
    assert_true(failed > 2);
    model_free(s.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monotone_models_have_the_longest),
        cmocka_unit_test(a_failing_plan_has_no_stretch),
        cmocka_unit_test(memory_that_runs_out_is_told)};

    return cmocka_run_group_tests_name("recourse/region longest", tests, NULL,
                                       NULL);
}
