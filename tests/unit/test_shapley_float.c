/* Laws that FLOAT obeys by itself: what a background is worth, inputs that no
 * split uses, and rows by any number at once. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/random_model.h"

enum { ROWS = 70, REFERENCE = 24, MODELS = 120 };

struct scene {
    struct model *m;
    double *rows, *reference;
    size_t width; /* of one row: [outputs][features + 1] */
};

static struct scene scene_open(struct random *r)
{
    struct random_model c = {
        .features = 2 + random_below(r, 11),
        .outputs = random_chance(r, 0.3) ? 3 : 1,
        .trees = 1 + random_below(r, 6),
        .depth = 1 + random_below(r, 9),
        .library = random_library(r),
        .leaf_chance = 0.2,
        .category_chance = 0.2,
        .missing_other = 0.5,
        .weights = random_chance(r, 0.4),
        .edges = random_chance(r, 0.3),
    };
    c.mean = c.library == LIBRARY_LIGHTGBM && random_chance(r, 0.3);
    struct scene s = {.m = random_model_new(r, &c)};
    size_t n = s.m->features;

    s.width = s.m->outputs * (n + 1);
    s.rows = calloc(ROWS * n, sizeof *s.rows);
    s.reference = calloc(2 * REFERENCE * n, sizeof *s.reference);
    for (size_t i = 0; i < ROWS; i++)
        random_row(r, s.m, 0.15, s.rows + i * n);
    for (size_t i = 0; i < REFERENCE; i++)
        random_row(r, s.m, 0.15, s.reference + i * n);
    for (size_t i = 0; c.edges && i < ROWS * n; i++)
        s.rows[i] = random_chance(r, 0.5) && s.m->feature[i % n].kind ==
                            FEATURE_NUMBER ? random_edge(r) : s.rows[i];
    memcpy(s.reference + REFERENCE * n, s.reference,
           REFERENCE * n * sizeof *s.reference);
    return s;
}

static void scene_close(struct scene *s)
{
    model_free(s->m);
    free(s->rows);
    free(s->reference);
}

/* Contributions of n rows, `step` of them a call; bound: what is stated. */
static double *values(const struct scene *s, const char *name,
                      const double *reference, size_t count, size_t step,
                      double *bound)
{
    struct error e = {0};
    struct explain_reference r = {"test", reference, count};
    struct explainer *x;
    struct explain_scratch *t;
    double *phi = calloc(ROWS * s->width, sizeof *phi);

    check_ok(explain_one(estimator_find(name), s->m, &r, EXPLAIN_FLOAT, 0, &x,
                         &e),
             &e);
    check_ok(shapley_scratch_new(x, &t, &e), &e);
    for (size_t at = 0; at < ROWS; at += step) {
        size_t n = ROWS - at < step ? ROWS - at : step;
        check_ok(shapley_explain(x, t, s->rows + at * s->m->features, n,
                                 phi + at * s->width, NULL, &e),
                 &e);
    }
    *bound = shapley_bound(x, 0, 0) + 1e-8;
    shapley_scratch_free(t);
    shapley_free(x);
    return phi;
}

/* Every row twice is the same mean; two parts by their size are the whole. */
static void background(void **state)
{
    struct random r = {51};

    (void)state;
    for (int i = 0; i < MODELS; i++) {
        struct scene s = scene_open(&r);
        size_t n = s.m->features, first = 1 + random_below(&r, REFERENCE - 1);
        size_t rest = REFERENCE - first;
        double b[4], most = 0;
        double *one = values(&s, "interventional", s.reference, REFERENCE,
                             ROWS, &b[0]);
        double *two = values(&s, "interventional", s.reference, 2 * REFERENCE,
                             ROWS, &b[1]);
        double *head = values(&s, "interventional", s.reference, first, ROWS,
                              &b[2]);
        double *tail = values(&s, "interventional", s.reference + first * n,
                              rest, ROWS, &b[3]);
        for (size_t k = 0; k < 4; k++)
            most += b[k];
        for (size_t k = 0; k < ROWS * s.width; k++) {
            double merged = ((double)first * head[k] + (double)rest * tail[k]) /
                            REFERENCE;
            check_close(two[k], one[k], 0, most);
            check_close(merged, one[k], 0, most);
        }
        free(one);
        free(two);
        free(head);
        free(tail);
        scene_close(&s);
    }
}

static void any_number_of_rows(void **state)
{
    struct random r = {52};

    (void)state;
    for (size_t step = 1; step < ROWS; step++) {
        struct scene s = scene_open(&r);
        const char *name = step % 2 ? "interventional" : "path-dependent";
        double b;
        double *all = values(&s, name, s.reference, REFERENCE, ROWS, &b);
        double *parts = values(&s, name, s.reference, REFERENCE, step, &b);

        assert_memory_equal(all, parts, ROWS * s.width * sizeof *all);
        free(all);
        free(parts);
        scene_close(&s);
    }
}

static void dummies_are_zero(void **state)
{
    struct random r = {53};

    (void)state;
    for (int i = 0; i < MODELS; i++) {
        struct scene s = scene_open(&r);
        bool used[64] = {false};
        double b;
        double *phi = values(&s, i % 2 ? "interventional" : "path-dependent",
                             s.reference, REFERENCE, ROWS, &b);
        for (size_t t = 0; t < s.m->trees; t++) {
            for (uint32_t j = 0; j < s.m->tree[t].node_count; j++) {
                if (s.m->tree[t].node[j].feature >= 0)
                    used[s.m->tree[t].node[j].feature] = true;
            }
        }
        for (size_t k = 0; k < ROWS * s.width; k++) {
            size_t f = k % (s.m->features + 1);
            assert_true(f == s.m->features || used[f] || phi[k] == 0.0);
        }
        free(phi);
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(background),
                                       cmocka_unit_test(any_number_of_rows),
                                       cmocka_unit_test(dummies_are_zero)};

    return cmocka_run_group_tests_name("shapley float", tests, NULL, NULL);
}
