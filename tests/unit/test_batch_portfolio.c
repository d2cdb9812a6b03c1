/* Float mode held against strict rows, bins of players, and the reason orders
 * that a bound leaves open. */
#include "check.h"

#include "batch/portfolio.h"

/* --- reasons that a bound leaves open --- */

struct stage {
    struct project p;
    struct model m;
    struct factor factor[5];
    struct project_feature feature[5];
    struct model_feature input[5];
    size_t member[5];
    struct factor_shortfall shortfall[5];
    size_t ranked[5];
    struct reasons r;
};

/* Five factors of one input each; shortfalls by method A as given. */
static void set_stage(struct stage *s, const double x[5])
{
    memset(s, 0, sizeof *s);
    s->p.factor = s->factor;
    s->p.factors = 5;
    s->p.feature = s->feature;
    s->m.feature = s->input;
    s->m.features = 5;
    s->r.factor = s->shortfall;
    s->r.factors = 5;
    s->r.ranked[METHOD_A] = s->ranked;
    s->r.has[METHOD_A] = true;
    for (size_t i = 0; i < 5; i++) {
        s->member[i] = i;
        s->factor[i].feature = &s->member[i];
        s->factor[i].features = 1;
        s->feature[i].model_feature = (long)i;
        s->input[i].used = true;
        s->shortfall[i].shortfall[METHOD_A] = x[i];
    }
    size_t n = 0;
    for (size_t i = 0; i < 5; i++) {
        if (!(x[i] > 0))
            continue;
        size_t at = n++;
        while (at > 0 && x[s->ranked[at - 1]] < x[i]) {
            s->ranked[at] = s->ranked[at - 1];
            at--;
        }
        s->ranked[at] = i;
    }
    s->r.adverse[METHOD_A] = n;
}

static bool open_at(struct stage *s, double bound, size_t most)
{
    const double both[METHODS] = {bound, bound};
    return reasons_open(&s->r, &s->p, &s->m, both, most);
}

static void gaps(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, (const double[5]){5.0, 4.0, 3.0, 2.0, 1.0});
    assert_false(open_at(&s, 0.4, 4));
    assert_true(open_at(&s, 0.5, 4));  /* 2 × bound reaches the gap */
    assert_false(open_at(&s, 0, 4));   /* strict */
    set_stage(&s, (const double[5]){5.0, 4.0, 3.0, 2.0, 2.0 - 1e-7});
    assert_true(open_at(&s, 1e-7, 4)); /* the first one not printed */
    assert_false(open_at(&s, 1e-7, 3));
}

static void signs(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, (const double[5]){5.0, 1e-8, -3.0, -2.0, -1.0});
    assert_true(open_at(&s, 1e-7, 4)); /* might not be adverse */
    set_stage(&s, (const double[5]){5.0, 4.0, -1e-8, -2.0, -1.0});
    assert_true(open_at(&s, 1e-7, 4)); /* might be */
    assert_false(open_at(&s, 1e-7, 2)); /* and would not be printed */
    set_stage(&s, (const double[5]){5.0, 4.0, 0.0, -2.0, -1.0});
    assert_true(open_at(&s, 1e-7, 4));
    s.input[2].used = false; /* 0 by either way */
    assert_false(open_at(&s, 1e-7, 4));
    set_stage(&s, (const double[5]){-1, -1, -1, -1, -1});
    assert_false(open_at(&s, 1e-7, 4));
    set_stage(&s, (const double[5]){(double)NAN, 4.0, 3.0, 2.0, 1.0});
    assert_false(open_at(&s, 1e-7, 4));
}

static void wide_factors(void **state)
{
    (void)state;
    struct stage s;
    static const size_t many[] = {0, 1, 2};
    set_stage(&s, (const double[5]){5.0, 4.0, 3.0, 2.0, 1.0});
    assert_false(open_at(&s, 0.2, 4));
    s.factor[3].feature = many; /* errors of three inputs add up */
    s.factor[3].features = 3;
    assert_true(open_at(&s, 0.2, 4));
    s.r.has[METHOD_A] = false;
    assert_false(open_at(&s, 0.2, 4));
}

/* --- a real model --- */

static struct model *load(const char *name)
{
    char path[512], file[600];
    struct error e = {.class = ST_OK};
    struct model *m = NULL;
    if (shared_data() == NULL)
        skip();
    path_join(path, sizeof path, shared_data(), "models");
    path_join(file, sizeof file, path, name);
    check_ok(session_model(file, NULL, TREES_ALL, &m, &e), &e);
    return m;
}

/* Rows around the model's thresholds, some values missing. */
static double *make_rows(const struct model *m, size_t n, unsigned seed)
{
    double *row = calloc(n * m->features, sizeof *row);
    assert_non_null(row);
    uint64_t x = seed;
    for (size_t i = 0; i < n * m->features; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        double u = (double)(x >> 11) / 9007199254740992.0;
        row[i] = u < 0.1 ? (double)NAN : u < 0.5 ? floor(20 * u)
                                                 : 1e5 * (u - 0.5);
    }
    return row;
}

static void bound_of(const struct model *m, const char *estimator)
{
    struct error e = {.class = ST_OK};
    double *reference = make_rows(m, 50, 5), *row = make_rows(m, 70, 6);
    struct explain_reference population = {"rows", reference, 50};
    const struct estimator *by = estimator_find(estimator);
    struct explain_request request = {.model = m, .estimator = by,
                                      .reference = &population,
                                      .references = by->needs_reference,
                                      .mode = EXPLAIN_FLOAT};
    struct explainer *x = NULL;
    struct explain_scratch *s = NULL;
    struct honesty h = {0};
    check_ok(shapley_prepare(&request, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &s, &e), &e);
    assert_int_equal(shapley_mode(x), EXPLAIN_FLOAT);
    check_ok(honesty_measure(m, x, s, row, 70, &h, &e), &e);
    assert_int_equal(h.rows, 70);
    assert_true(h.bound_used <= 1 && h.largest > 0 && h.relative < 1e-5);
    size_t wide = m->outputs * (m->features + 1);
    double *phi = calloc(2 * wide, sizeof *phi);
    check_ok(shapley_explain(x, s, row, 1, phi, NULL, &e), &e);
    for (size_t p = 0; p < m->features; p++)
        assert_true(fabs(phi[p]) <= model_reach(m, 0, row, 70));
    phi[0] += 0.01; /* what no kernel may give */
    check_fails(honesty_row(m, x, s, row, phi, NULL, 7, phi + wide, &h, &e),
                &e, ST_BUG, "row 7");
    phi[0] = (double)NAN;
    check_fails(honesty_row(m, x, s, row, phi, NULL, 7, phi + wide, &h, &e),
                &e, ST_BUG, "bound");
    free(phi);
    free(row);
    free(reference);
    shapley_scratch_free(s);
    shapley_free(x);
}

static void bound(void **state)
{
    (void)state;
    struct model *m = load("xgb_german_d4/model.json");
    bound_of(m, "path-dependent");
    bound_of(m, "interventional");
    model_free(m);
}

static void players(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    struct model *m = load("xgb_german_categories/model.json");
    struct arena *a = arena_new(1 << 24);
    double *row = make_rows(m, 500, 9);
    struct global_player *by_rows, *by_model;
    check_ok(portfolio_players(m, row, 500, a, &by_rows, &e), &e);
    check_ok(portfolio_players(m, NULL, 0, a, &by_model, &e), &e);
    for (size_t j = 0; j < m->features; j++) {
        bool category = m->feature[j].kind == FEATURE_CATEGORY;
        assert_int_equal(by_rows[j].feature, j);
        assert_int_equal(by_rows[j].kind,
                         category ? GLOBAL_CATEGORY : GLOBAL_NUMBER);
        for (size_t k = 1; k < by_rows[j].edges; k++)
            assert_true(by_rows[j].edge[k] > by_rows[j].edge[k - 1]);
        if (!category)
            assert_true(by_rows[j].edges > 4);
        assert_true(by_model[j].edges <= GLOBAL_EDGES);
    }
    struct global_spec spec = {.players = m->features, .player = by_rows,
                               .largest = model_reach(m, 0, NULL, 0)};
    struct global *g = NULL;
    check_ok(global_new(&spec, &g, &e), &e);
    spec.player = by_model;
    global_free(g);
    check_ok(global_new(&spec, &g, &e), &e);
    global_free(g);
    free(row);
    arena_free(a);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps), cmocka_unit_test(signs),
        cmocka_unit_test(wide_factors), cmocka_unit_test(bound),
        cmocka_unit_test(players)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
