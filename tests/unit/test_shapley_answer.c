/* The answer scale: the rescaled values against their definition, what is
 * refused, and that both agree with the margin where the link is the identity. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/coalitions.h"
#include "support/explain.h"
#include "support/random_model.h"

enum { FEATURES = 6, REFERENCE = 5, OUTPUTS = COALITIONS_OUTPUTS };

static void run(const struct estimator *s, const struct model *m,
                const double *row, const double *reference, size_t n,
                double *phi, double *residual)
{
    struct error e = {0};
    struct explain_reference r = {"test", reference, n};
    struct explainer *x;
    struct explain_scratch *scratch;

    check_ok(explain_one(s, m, &r, EXPLAIN_STRICT, 0, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, row, 1, phi, residual, &e), &e);
    shapley_scratch_free(scratch);
    shapley_free(x);
}

static struct model *draw(struct random *r, enum model_link link, bool linear)
{
    struct random_model c = {.features = 1 + random_below(r, FEATURES),
                             .outputs = 1 + random_below(r, OUTPUTS),
                             .depth = random_below(r, 6),
                             .library = LIBRARY_LIGHTGBM,
                             .leaf_chance = 0.1,
                             .missing_other = 0.3,
                             .weights = true,
                             .linear_chance = linear ? 0.6 : 0,
                             .link = link};

    c.trees = c.outputs * (1 + random_below(r, 3));
    return random_model_new(r, &c);
}

/* Each reference row's own game of the margin, times the answer's distance
 * over the margin's. */
static void expect_rescaled(const struct model *m, const double *row,
                            const double *reference, double *want)
{
    const struct estimator *s = estimator_find("interventional");
    uint32_t player[FEATURES];
    size_t n = m->features, sets = (size_t)1 << n;
    double v[OUTPUTS << FEATURES];

    memset(want, 0, m->outputs * n * sizeof *want);
    for (size_t f = 0; f < n; f++)
        player[f] = (uint32_t)f;
    for (size_t i = 0; i < REFERENCE; i++) {
        double a[OUTPUTS], b[OUTPUTS];
        coalition_values(s, m, player, n, row, reference + i * n, 1, v);
        for (size_t o = 0; o < m->outputs; o++) {
            a[o] = v[o * sets + sets - 1];
            b[o] = v[o * sets];
        }
        for (size_t o = 0; o < m->outputs; o++) {
            double apart = a[o] - b[o], up[OUTPUTS], down[OUTPUTS];
            if (fabs(apart) < 1e-9) { /* the link's slope */
                a[o] += 1e-4;
                b[o] -= 1e-4;
                apart = a[o] - b[o];
            }
            model_answer(m, a, up);
            model_answer(m, b, down);
            for (unsigned f = 0; f < n; f++)
                want[o * n + f] += (up[o] - down[o]) / apart / REFERENCE *
                                   coalition_shapley(v + o * sets,
                                                     (unsigned)n, f);
        }
    }
}

static void rescaled(void **state)
{
    static const enum model_link links[] = {LINK_LOGISTIC, LINK_EXP,
                                            LINK_LOG1P_EXP, LINK_LOGISTIC_EACH,
                                            LINK_IDENTITY};
    const struct estimator *s =
        estimator_find("interventional-probability-rescaled");
    struct random r = {11};

    (void)state;
    assert_false(s->exact);
    assert_non_null(strstr(s->title, "not a Shapley value"));
    for (int i = 0; i < 1500; i++) {
        struct model *m = draw(&r, links[i % 5], i % 2 == 0);
        double row[FEATURES], reference[REFERENCE * FEATURES];
        double phi[OUTPUTS * (FEATURES + 1)], want[OUTPUTS * FEATURES];
        double residual[OUTPUTS];
        random_row(&r, m, 0.2, row);
        for (size_t k = 0; k < REFERENCE; k++)
            random_row(&r, m, 0.2, reference + k * m->features);
        run(s, m, row, reference, REFERENCE, phi, residual);
        expect_rescaled(m, row, reference, want);
        for (size_t o = 0; o < m->outputs; o++) {
            for (size_t f = 0; f < m->features; f++)
                check_close(phi[o * (m->features + 1) + f],
                            want[o * m->features + f], 0, 1e-8);
            check_close(residual[o], 0, 0, 1e-12);
        }
        model_free(m);
    }
}

/* Where the answer is the margin there is one game only. */
static void identity(void **state)
{
    struct random r = {12};

    (void)state;
    for (int i = 0; i < 500; i++) {
        struct model *m = draw(&r, LINK_IDENTITY, i % 3 == 0);
        double row[FEATURES], reference[REFERENCE * FEATURES];
        double phi[3][OUTPUTS * (FEATURES + 1)], residual[OUTPUTS];
        static const char *const names[] = {
            "interventional", "interventional-probability",
            "interventional-probability-rescaled"};
        random_row(&r, m, 0.2, row);
        for (size_t k = 0; k < REFERENCE; k++)
            random_row(&r, m, 0.2, reference + k * m->features);
        for (int k = 0; k < 3; k++)
            run(estimator_find(names[k]), m, row, reference, REFERENCE, phi[k],
                residual);
        for (size_t k = 0; k < m->outputs * (m->features + 1); k++) {
            check_close(phi[1][k], phi[0][k], 0, 1e-12);
            check_close(phi[2][k], phi[0][k], 0, 1e-9);
        }
        model_free(m);
    }
}

/* 20 inputs are too many to list; in 14 groups they are not. */
static void limits(void **state)
{
    const struct estimator *s = estimator_find("interventional-probability");
    struct random r = {13};
    struct random_model c = {.features = 20,
                             .outputs = 1,
                             .trees = 40,
                             .depth = 6,
                             .library = LIBRARY_XGBOOST,
                             .link = LINK_LOGISTIC};
    struct model *m = random_model_new(&r, &c);
    double rows[2 * 20], phi[15], residual[1];
    uint32_t player[20];
    struct explain_reference ref = {"test", rows + 20, 1};
    struct explain_request q = {.model = m, .estimator = s, .reference = &ref,
                                .references = 1};
    struct explainer *x = NULL;
    struct explain_scratch *scratch;
    struct error e = {0};

    (void)state;
    random_row(&r, m, 0.1, rows);
    random_row(&r, m, 0.1, rows + 20);
    check_fails(shapley_prepare(&q, &x, &e), &e, ST_UNSUPPORTED,
                "interventional-probability-rescaled");
    assert_null(x);
    for (uint32_t f = 0; f < 20; f++)
        player[f] = f % 14;
    q.player = player;
    q.players = 14;
    check_ok(shapley_prepare(&q, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, rows, 1, phi, residual, &e), &e);
    check_close(residual[0], 0, 0, 1e-13);
    double *v = calloc(1 << 14, sizeof *v);
    coalition_values(s, m, player, 14, rows, rows + 20, 1, v);
    for (unsigned p = 0; p < 14; p++)
        check_close(phi[p], coalition_shapley(v, 14, p), 0, 1e-13);
    free(v);
    shapley_scratch_free(scratch);
    shapley_free(x);
    model_free(m);
}

static void refused_links(void **state)
{
    struct random r = {14};
    char why[ESTIMATOR_WHY_MAX];
    static const struct {
        const char *name, *says;
        enum model_link link;
    } cases[] = {
        {"interventional-probability", "class number", LINK_ARGMAX},
        {"interventional-probability-rescaled", "together", LINK_SOFTMAX},
        {"interventional-probability-rescaled", "together", LINK_ARGMAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct model *m = draw(&r, cases[i].link, false);
        assert_false(estimator_find(cases[i].name)->supports(m, why));
        assert_non_null(strstr(why, cases[i].says));
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rescaled), cmocka_unit_test(identity),
        cmocka_unit_test(limits), cmocka_unit_test(refused_links)};

    return cmocka_run_group_tests_name("shapley on the answer scale", tests,
                                       NULL, NULL);
}
