/* One bound: region_worst must never be better than any row of its box. */
#include "check.h"

#include "recourse/region.h"
#include "support/random_model.h"

enum { FEATURES = 4, CASES = 400, SAMPLES = 200 };

static struct model *any_model(struct random *r)
{
    struct random_model c = {
        .features = FEATURES,
        .outputs = 1,
        .trees = 1 + random_below(r, 6),
        .depth = 1 + random_below(r, 4),
        .library = random_chance(r, 0.5) ? LIBRARY_XGBOOST : LIBRARY_LIGHTGBM,
        .leaf_chance = 0.15,
        .category_chance = 0.2,
        .missing_other = 0.3,
        .weights = random_chance(r, 0.3)};
    return random_model_new(r, &c);
}

static size_t any_box(struct random *r, const struct model *m,
                      const double *row, struct region_side *side)
{
    size_t n = 0;
    for (size_t f = 0; f < FEATURES; f++) {
        if (m->feature[f].kind == FEATURE_CATEGORY || isnan(row[f]) ||
            random_chance(r, 0.4))
            continue;
        double a = -2 + 4 * random_unit(r), b = -2 + 4 * random_unit(r);
        side[n++] = (struct region_side){f, fmin(a, b), fmax(a, b)};
    }
    return n;
}

static void is_never_better_than_a_row_of_the_box(void **state)
{
    (void)state;
    struct random r = {20261124};
    size_t reached = 0, boxes = 0;
    for (int i = 0; i < CASES; i++) {
        struct model *m = any_model(&r);
        double row[FEATURES], at[FEATURES], margin;
        struct region_side side[FEATURES];
        random_row(&r, m, 0.1, row);
        size_t n = any_box(&r, m, row, side);
        double most = region_worst(m, 0, row, side, n, true);
        double least = region_worst(m, 0, row, side, n, false);
        double highest = -INFINITY;
        for (int k = 0; k < SAMPLES; k++) {
            memcpy(at, row, sizeof at);
            for (size_t s = 0; s < n; s++) {
                double u = k < 2 ? k : random_unit(&r);
                at[side[s].feature] =
                    side[s].from + u * (side[s].to - side[s].from);
            }
            model_margin(m, at, &margin);
            assert_true(margin <= most + 1e-9 && margin >= least - 1e-9);
            highest = fmax(highest, margin);
        }
        boxes += n > 0;
        reached += n > 0 && fabs(highest - most) < 1e-9;
        model_free(m);
    }
    /* a bound that is never reached would prove nothing on a page */
    assert_true(boxes > CASES / 2 && reached > boxes / 4);
}

static void is_the_margin_where_nothing_moves(void **state)
{
    (void)state;
    struct random r = {7};
    for (int i = 0; i < CASES; i++) {
        struct model *m = any_model(&r);
        double row[FEATURES], margin;
        random_row(&r, m, 0.2, row);
        model_margin(m, row, &margin);
        check_close(region_worst(m, 0, row, NULL, 0, true), margin, 1e-12, 1e-12);
        check_close(region_worst(m, 0, row, NULL, 0, false), margin, 1e-12, 1e-12);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_never_better_than_a_row_of_the_box),
        cmocka_unit_test(is_the_margin_where_nothing_moves)};
    return cmocka_run_group_tests_name("recourse/region worst", tests, NULL, NULL);
}
