/* Every estimator against its own definition, by listing all coalitions, on
 * random small models of every kind. */
#include "check.h"

#include "shapley/estimators.h"
#include "support/explain.h"
#include "support/random_model.h"

enum { FEATURES = 6, ROWS = 2, REFERENCE = 7, OUTPUTS = 3 };

static double path_game(const struct model *m, const struct tree *t,
                        uint32_t at, const double *row, unsigned in)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return n->value;
    if (in >> n->feature & 1)
        return path_game(m, t,
                         (uint32_t)(node_goes_left(m, n, row[n->feature])
                                        ? n->left
                                        : n->right),
                         row, in);
    double a = t->node[n->left].cover, b = t->node[n->right].cover;
    double share = a + b > 0 ? a / (a + b) : 0.5;
    return share * path_game(m, t, (uint32_t)n->left, row, in) +
           (1 - share) * path_game(m, t, (uint32_t)n->right, row, in);
}

static double game(const struct estimator *s, const struct model *m,
                   const double *row, const double *reference, size_t output,
                   unsigned in)
{
    double sum = 0;

    if (!s->needs_reference) {
        for (size_t t = 0; t < m->trees; t++) {
            if (m->tree[t].output == output)
                sum += m->tree[t].weight *
                       path_game(m, &m->tree[t], 0, row, in);
        }
        return m->base[output] + m->combine_scale * sum;
    }
    for (size_t i = 0; i < REFERENCE; i++) {
        double mixed[FEATURES], margin[OUTPUTS];
        for (size_t f = 0; f < m->features; f++)
            mixed[f] = in >> f & 1 ? row[f] : reference[i * m->features + f];
        model_margin(m, mixed, margin);
        sum += margin[output];
    }
    return sum / REFERENCE;
}

static double factorial(unsigned n)
{
    return n < 2 ? 1.0 : n * factorial(n - 1);
}

static double shapley(const double *v, unsigned n, unsigned i)
{
    double sum = 0;

    for (unsigned in = 0; in < 1U << n; in++) {
        unsigned size = (unsigned)__builtin_popcount(in);
        if ((in >> i & 1) == 0)
            sum += factorial(size) * factorial(n - size - 1) / factorial(n) *
                   (v[in | 1U << i] - v[in]);
    }
    return sum;
}

static struct random_model draw(struct random *r)
{
    struct random_model c = {
        .features = 1 + random_below(r, FEATURES),
        .outputs = 1 + random_below(r, OUTPUTS),
        .depth = random_below(r, 7),
        .library = random_chance(r, 0.5) ? LIBRARY_XGBOOST : LIBRARY_LIGHTGBM,
        .leaf_chance = 0.15,
        .category_chance = random_chance(r, 0.3) ? 0.5 : 0,
        .zero_cover = random_chance(r, 0.3) ? 0.3 : 0,
        .missing_other = 0.5,
        .fine = random_chance(r, 0.3),
        .weights = random_chance(r, 0.4),
        .mean = random_chance(r, 0.2),
    };
    c.trees = c.outputs * (1 + random_below(r, 2));
    return c;
}

static void compare(const struct explainer *x, const struct model *m,
                    const double *rows, const double *reference)
{
    struct error e = {0};
    struct explain_scratch *s;
    double phi[ROWS * OUTPUTS * (FEATURES + 1)], residual[ROWS * OUTPUTS];
    size_t width = m->features + 1;
    double v[1 << FEATURES];

    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_ok(shapley_explain(x, s, rows, ROWS, phi, residual, &e), &e);
    for (size_t i = 0; i < ROWS * m->outputs; i++) {
        const double *row = rows + i / m->outputs * m->features;
        const double *p = phi + i * width;
        for (unsigned in = 0; in < 1U << m->features; in++)
            v[in] = game(shapley_estimator(x), m, row, reference,
                         i % m->outputs, in);
        for (unsigned f = 0; f < m->features; f++)
            check_close(p[f], shapley(v, (unsigned)m->features, f), 0, 1e-12);
        check_close(p[m->features], v[0], 0, 1e-12);
        check_close(residual[i], 0, 0, 1e-12);
    }
    shapley_scratch_free(s);
}

static void one_model(struct random *r)
{
    struct error e = {0};
    struct random_model c = draw(r);
    struct model *m = random_model_new(r, &c);
    double rows[ROWS * FEATURES], reference[REFERENCE * FEATURES];

    for (size_t i = 0; i < ROWS; i++)
        random_row(r, m, 0.2, rows + i * m->features);
    for (size_t i = 0; i < REFERENCE; i++)
        random_row(r, m, 0.2, reference + i * m->features);
    struct explain_reference ref = {"test", reference, REFERENCE};
    for (size_t i = 0; i < estimator_count(); i++) {
        struct explainer *x;
        /* A small cap leaves no room for tables: the lists must agree. */
        size_t cap = random_chance(r, 0.5) ? 0 : (size_t)1 << 18;
        check_ok(explain_one(estimator_at(i), m, &ref, EXPLAIN_STRICT, cap,
            &x, &e), &e);
        compare(x, m, rows, reference);
        shapley_free(x);
    }
    model_free(m);
}

static void random_models(void **state)
{
    struct random r = {20261124};

    (void)state;
    for (int i = 0; i < 2000; i++)
        one_model(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_models)};

    return cmocka_run_group_tests_name("shapley by enumeration", tests, NULL,
                                       NULL);
}
