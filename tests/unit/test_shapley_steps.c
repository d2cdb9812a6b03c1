/* Programs explained exactly: against the definition by all coalitions, closed
 * forms, groups, several outputs, answers; what is refused and how. */
#include "check.h"

#include "model/builder.h"
#include "model/program.h"
#include "shapley/estimators.h"
#include "support/coalitions.h"
#include "support/oracle.h"
#include "support/random_model.h"

enum { IN = 6, HIDDEN = 5, ROWS = 4, REFERENCE = 9, OUTS = 3 };

struct net {
    double w[HIDDEN * IN], b[HIDDEN], v[OUTS * HIDDEN], c[OUTS];
};

static double unit(struct random *r)
{
    return (double)random_below(r, 2001) / 1000.0 - 1.0;
}

static struct model *wrap(struct program_maker *k, const reg *out, size_t outs,
                          size_t features, enum model_link link)
{
    struct error e = {0};
    struct program *p = NULL;
    struct model *m = NULL;
    struct builder *b = builder_new((size_t)1 << 26);
    check_ok(program_finish(k, out, outs, &p, &e), &e);
    program_maker_free(k);
    builder_library(b, LIBRARY_ONNX, "by hand", "1");
    for (size_t f = 0; f < features; f++) {
        char name[32];
        (void)snprintf(name, sizeof name, "x%zu", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    check_ok(builder_outputs(b, outs, &e), &e);
    builder_link(b, link, 1.0);
    check_ok(builder_program(b, p, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static struct program_maker *start(size_t features, reg *in)
{
    struct error e = {0};
    struct program_maker *k = program_maker_new((size_t)1 << 26);
    check_ok(program_inputs(k, features, &e), &e);
    for (reg i = 0; i < features; i++)
        in[i] = i;
    return k;
}

/* A network, and with `more` a line and a product of two inputs beside it. */
static struct model *network(struct random *r, size_t outs, bool more,
                             enum model_link link)
{
    struct error e = {0};
    struct net n;
    reg in[IN], h[HIDDEN], t[HIDDEN], out[OUTS], x[2];
    struct program_maker *k = start(IN, in);
    for (size_t i = 0; i < IN * HIDDEN; i++)
        n.w[i] = unit(r);
    for (size_t i = 0; i < HIDDEN; i++)
        n.b[i] = unit(r);
    for (size_t i = 0; i < OUTS * HIDDEN; i++)
        n.v[i] = unit(r);
    for (size_t i = 0; i < OUTS; i++)
        n.c[i] = unit(r);
    check_ok(program_affine(k, n.w, n.b, false, in, IN, HIDDEN, h, &e), &e);
    check_ok(program_map(k, MAP_TANH, 0, 0, false, h, HIDDEN, t, &e), &e);
    check_ok(program_affine(k, n.v, n.c, false, t, HIDDEN, outs, out, &e), &e);
    if (more) {
        check_ok(program_map(k, MAP_SCALE, 2, 1, false, in, 1, &x[0], &e), &e);
        check_ok(program_pair(k, PAIR_MULTIPLY, false, in + 2, in + 4, 1, &x[1],
                              &e), &e);
        check_ok(program_pair(k, PAIR_ADD, false, out, &x[0], 1, out, &e), &e);
        check_ok(program_pair(k, PAIR_SUBTRACT, false, out, &x[1], 1, out, &e),
                 &e);
    }
    return wrap(k, out, outs, IN, link);
}

static void fill(struct random *r, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = random_chance(r, 0.3) ? 0.5 : unit(r);
}

/* v(S) by the definition, every output, on the margin or the answer. */
static double game(const struct model *m, const double *row, const double *z,
                   const uint32_t *player, unsigned set, size_t output,
                   bool answer)
{
    double sum = 0.0, mixed[IN], margin[OUTS], said[OUTS];
    for (size_t i = 0; i < REFERENCE; i++) {
        for (size_t f = 0; f < m->features; f++)
            mixed[f] = (set >> player[f] & 1) != 0 ? row[f]
                                                   : z[i * m->features + f];
        model_margin(m, mixed, margin);
        model_answer(m, margin, said);
        sum += answer ? said[output] : margin[output];
    }
    return sum / REFERENCE;
}

static void against_definition(struct random *r, const struct model *m,
                               const char *name, const uint32_t *player,
                               size_t players)
{
    struct error e = {0};
    double rows[ROWS * IN], z[REFERENCE * IN], phi[ROWS * OUTS * (IN + 1)];
    double residual[ROWS * OUTS], v[1 << IN];
    uint32_t own[IN];
    for (uint32_t f = 0; f < IN; f++)
        own[f] = player != NULL ? player[f] : f;
    fill(r, rows, ROWS * IN);
    fill(r, z, REFERENCE * IN);
    struct explain_reference reference = {"some", z, REFERENCE};
    struct explain_request q = {.model = m, .estimator = estimator_find(name),
                                .reference = &reference, .references = 1,
                                .player = player, .players = players,
                                .mode = EXPLAIN_FLOAT};
    struct explainer *x = NULL;
    struct explain_scratch *s = NULL;
    check_ok(shapley_prepare(&q, &x, &e), &e);
    assert_int_equal(shapley_mode(x), EXPLAIN_STRICT);
    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_ok(shapley_explain(x, s, rows, ROWS, phi, residual, &e), &e);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t o = 0; o < m->outputs; o++) {
            const double *p = phi + (i * m->outputs + o) * (players + 1);
            for (unsigned set = 0; set < 1U << players; set++)
                v[set] = game(m, rows + i * IN, z, own, set, o,
                              q.estimator->on_answer);
            for (unsigned k = 0; k < players; k++)
                check_close(p[k], coalition_shapley(v, (unsigned)players, k), 0,
                            1e-13);
            check_close(p[players], v[0], 0, 1e-13);
            check_close(residual[i * m->outputs + o], 0, 0, 1e-13);
        }
    shapley_scratch_free(s);
    shapley_free(x);
}

static void follows_the_definition(void **state)
{
    (void)state;
    static const uint32_t groups[IN] = {0, 1, 1, 0, 2, 2};
    struct random r = {11};
    for (int i = 0; i < 24; i++) {
        size_t outs = 1 + random_below(&r, OUTS);
        struct model *m = network(&r, outs, i % 2 == 1,
                                  outs > 1 ? LINK_SOFTMAX : LINK_LOGISTIC);
        against_definition(&r, m, "interventional", NULL, IN);
        against_definition(&r, m, "interventional", groups, 3);
        against_definition(&r, m, "interventional-probability", NULL, IN);
        against_definition(&r, m, "interventional-probability", groups, 3);
        model_free(m);
    }
}

/* Thirty inputs: a line in each, and the product of the first two. */
static struct model *wide(size_t together)
{
    enum { WIDE = 30 };
    struct error e = {0};
    double w[WIDE], bias = 1.0;
    reg in[WIDE], line, product, out;
    struct program_maker *k = start(WIDE, in);
    for (size_t i = 0; i < WIDE; i++)
        w[i] = 1.0 + (double)i;
    check_ok(program_affine(k, w, &bias, false, in, WIDE, 1, &line, &e), &e);
    check_ok(program_reduce(k, REDUCE_PRODUCT, false, in, together, &product,
                            &e), &e);
    check_ok(program_pair(k, PAIR_ADD, false, &line, &product, 1, &out, &e),
             &e);
    return wrap(k, &out, 1, WIDE, LINK_IDENTITY);
}

static void sums_fall_into_parts(void **state)
{
    (void)state;
    enum { WIDE = 30 };
    struct error e = {0};
    struct model *m = wide(2);
    struct arena *a = arena_new(1 << 20);
    const struct program_part *part;
    size_t parts;
    double constant, x[WIDE], z[WIDE] = {0}, phi[WIDE + 1], residual;
    check_ok(program_parts(m->program, 0, a, &part, &parts, &constant, &e), &e);
    assert_int_equal(parts, WIDE - 1);
    assert_int_equal(part[0].features, 2);
    check_close(constant, 1.0, 0, 0);
    arena_free(a);
    struct explain_reference reference = {"zero", z, 1};
    struct explain_request q = {.model = m,
                                .estimator = estimator_find("interventional"),
                                .reference = &reference, .references = 1};
    struct explainer *explainer = NULL;
    struct explain_scratch *s = NULL;
    check_ok(shapley_prepare(&q, &explainer, &e), &e);
    check_ok(shapley_scratch_new(explainer, &s, &e), &e);
    for (size_t i = 0; i < WIDE; i++)
        x[i] = 0.25 * (double)i - 1.0;
    check_ok(shapley_explain(explainer, s, x, 1, phi, &residual, &e), &e);
    for (size_t i = 0; i < WIDE; i++)
        check_close(phi[i], (1.0 + (double)i) * x[i] +
                                (i < 2 ? x[0] * x[1] / 2 : 0), 1e-14, 1e-15);
    check_close(residual, 0, 0, 1e-12);
    shapley_scratch_free(s);
    shapley_free(explainer);
    model_free(m);
}

static void says_why_not(void **state)
{
    (void)state;
    char why[ESTIMATOR_WHY_MAX];
    struct error e = {0};
    struct random r = {5};
    struct model *m = wide(20), *small = network(&r, 1, false, LINK_IDENTITY);
    double z[30] = {0};
    uint32_t group[30];
    const struct estimator *some = estimator_find("interventional");
    assert_false(some->supports(m, why));
    assert_non_null(strstr(why, "20 inputs"));
    struct explain_reference reference = {"zero", z, 1};
    struct explain_request q = {.model = m, .estimator = some,
                                .reference = &reference, .references = 1};
    struct explainer *x = NULL;
    check_fails(shapley_prepare(&q, &x, &e), &e, ST_UNSUPPORTED, "20 inputs");
    for (uint32_t f = 0; f < 30; f++)
        group[f] = f / 2;
    assert_true(shapley_supports(some, m, group, why));
    assert_false(estimator_find("path-dependent")->supports(small, why));
    assert_non_null(strstr(why, "no trees"));
    q = (struct explain_request){
        .model = small, .estimator = estimator_find("path-dependent")};
    check_fails(shapley_prepare(&q, &x, &e), &e, ST_UNSUPPORTED, "no trees");
    q = (struct explain_request){.model = small, .estimator = some,
                                 .reference = &reference, .references = 1,
                                 .interactions = true};
    check_fails(shapley_prepare(&q, &x, &e), &e, ST_UNSUPPORTED,
                "interactions");
    model_free(m);
    model_free(small);
}

/* Worst difference of an export of a scikit-learn model to the values listed by
 * others, over the largest of its row. `rows` of the background. */
static double against_listed(const char *name, const char *file, size_t rows)
{
    struct error e = {0};
    char folder[1024], path[1200];
    struct grid at, background, want;
    double worst = 0.0;
    (void)snprintf(folder, sizeof folder, "%s/models/%s", shared_data(), name);
    struct model *m = oracle_model(path_join(path, sizeof path, folder, file),
                                   TREES_ALL);
    oracle_inputs(&at, m, path_join(path, sizeof path, folder, "rows.csv"));
    oracle_inputs(&background, m,
                  path_join(path, sizeof path, folder, "background.csv"));
    oracle_grid(&want, path_join(path, sizeof path, folder,
                                 "contributions_background.csv"));
    size_t width = m->features + 1;
    assert_int_equal(m->outputs, 1);
    assert_int_equal(want.columns, width);
    assert_true(want.rows > 0 && want.rows <= at.rows);
    struct explain_reference r = {"background", background.value, rows};
    struct explain_request q = {.model = m,
                                .estimator = estimator_find("interventional"),
                                .reference = &r, .references = 1};
    struct explainer *x = NULL;
    struct explain_scratch *s = NULL;
    double *phi = calloc(want.rows * width, sizeof *phi);
    check_ok(shapley_prepare(&q, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &s, &e), &e);
    check_ok(shapley_explain(x, s, at.value, want.rows, phi, NULL, &e), &e);
    for (size_t i = 0; i < want.rows; i++) {
        const double *v = grid_row(&want, i);
        double largest = 0.0;
        for (size_t k = 0; k + 1 < width; k++)
            largest = fmax(largest, fabs(v[k]));
        for (size_t k = 0; k < width; k++)
            worst = fmax(worst, fabs(phi[i * width + k] - v[k]) / largest);
    }
    free(phi);
    shapley_scratch_free(s);
    shapley_free(x);
    grid_free(&at);
    grid_free(&background);
    grid_free(&want);
    model_free(m);
    print_message("# %s/%s: contributions %.1e\n", name, file, worst);
    return worst;
}

static void follows_listed_values(void **state)
{
    (void)state;
    if (shared_data() == NULL)
        skip();
    static const char *const file[] = {"model.onnx", "model.pmml"};
    for (size_t i = 0; i < 2; i++) {
        /* The export to ONNX has its weights and sums in float32; the listed
         * values come from probabilities in double. */
        double limit = i == 0 ? 2e-6 : 1e-9;
        assert_true(against_listed("sk_boston_network", file[i], 20) < limit);
        assert_true(against_listed("sk_boston_network_tanh", file[i], 20) <
                    limit);
        assert_true(against_listed("sk_german_logistic", file[i], 100) < limit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_definition),
        cmocka_unit_test(sums_fall_into_parts),
        cmocka_unit_test(says_why_not),
        cmocka_unit_test(follows_listed_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
