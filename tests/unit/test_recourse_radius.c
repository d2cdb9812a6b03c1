/* The radius against all threshold cells of small forests, and its own claims
 * on real models. */
#include "check.h"

#include "base/arena.h"
#include "recourse/radius.h"
#include "support/oracle.h"
#include "support/random_model.h"

enum { FEATURES = 4, CASES = 1200, VALUES = 200 };

static struct model *any_model(struct random *r)
{
    struct random_model c = {
        .features = FEATURES,
        .outputs = 1 + random_below(r, 2),
        .trees = 1 + random_below(r, 8),
        .depth = 1 + random_below(r, 4),
        .library = random_library(r),
        .leaf_chance = 0.15,
        .category_chance = 0.15,
        .missing_other = 0.4,
        .fine = random_chance(r, 0.2),
        .edges = random_chance(r, 0.05)};

    c.weights = c.library == LIBRARY_XGBOOST && random_chance(r, 0.4);
    c.mean = c.library == LIBRARY_LIGHTGBM && random_chance(r, 0.3);
    if (c.mean) /* every output has as many trees */
        c.outputs = 1;
    return random_model_new(r, &c);
}

static status ask(const struct radius_question *q, const double *row,
                  double *flip, struct radius_result *out, struct error *e)
{
    struct radius *r;

    TRY(radius_prepare(q, &r, e));
    status s = radius_find(r, row, flip, out, e);
    radius_free(r);
    return s;
}

static bool passes(const struct radius_question *q, const double *row)
{
    double margin[8];

    model_margin_native(q->model, row, margin);
    return q->accept == RECOURSE_AT_MOST ? margin[q->output] <= q->cutoff
                                         : margin[q->output] >= q->cutoff;
}

/* Where a value can be that is nearest to x in its region: x, and on both sides
 * of each threshold the first double that a node sends the other way, found by
 * asking the node. */
static double crossing(const struct model *m, const struct node *n,
                       double below, double above)
{
    bool left = node_goes_left(m, n, below);

    for (int k = 0; k < 4000; k++) {
        double middle = below / 2 + above / 2;
        if (middle <= below || middle >= above)
            break;
        if (node_goes_left(m, n, middle) == left)
            below = middle;
        else
            above = middle;
    }
    return above;
}

static size_t put_value(double *out, size_t n, double v)
{
    assert_true(n < VALUES);
    if (isfinite(v))
        out[n++] = v;
    return n;
}

static size_t node_values(const struct model *m, const struct node *n,
                          double *out, size_t count)
{
    const double zero = (double)1e-35F;
    const double most = 0x1.fffffffffffffp1023;
    double at[6] = {-most, nextafter(-zero, -1), -zero,
                    zero,  nextafter(zero, 1),   most};
    size_t ends = 6;

    if (n->missing != MISSING_ZERO) {
        at[1] = most;
        ends = 2;
    }
    for (size_t k = 0; k + 1 < ends; k++) {
        if (node_goes_left(m, n, at[k]) == node_goes_left(m, n, at[k + 1]))
            continue;
        double above = crossing(m, n, at[k], at[k + 1]);
        count = put_value(out, count, above);
        count = put_value(out, count, nextafter(above, -(double)INFINITY));
    }
    return count;
}

static size_t values_of(const struct radius_question *q, size_t f, double x,
                        double *out)
{
    const struct model *m = q->model;
    size_t n = 0;

    out[n++] = x;
    if (!(q->scale[f] > 0) || !isfinite(x) ||
        m->feature[f].kind == FEATURE_CATEGORY)
        return n;
    for (size_t i = 0; i < m->trees; i++)
        for (uint32_t k = 0; k < m->tree[i].node_count; k++)
            if (m->tree[i].node[k].feature == (int32_t)f)
                n = node_values(m, &m->tree[i].node[k], out, n);
    /* one of each */
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool seen = false;
        for (size_t k = 0; k < kept && !seen; k++)
            seen = out[k] == out[i];
        if (!seen)
            out[kept++] = out[i];
    }
    return kept;
}

static double brute(const struct radius_question *q, const double *row)
{
    static double v[FEATURES][VALUES];
    size_t n[FEATURES], at[FEATURES] = {0};
    double best = (double)INFINITY, x[FEATURES];
    bool own = passes(q, row);

    for (size_t f = 0; f < FEATURES; f++)
        n[f] = values_of(q, f, row[f], v[f]);
    for (;;) {
        double r = 0;
        for (size_t f = 0; f < FEATURES; f++) {
            x[f] = v[f][at[f]];
            if (at[f] > 0)
                r = fmax(r, fabs(x[f] - row[f]) / q->scale[f]);
        }
        if (r < best && passes(q, x) != own)
            best = r;
        size_t f = 0;
        while (f < FEATURES && ++at[f] == n[f])
            at[f++] = 0;
        if (f == FEATURES)
            return best;
    }
}

static void check_flip(const struct radius_question *q, const double *row,
                       const double *flip, const struct radius_result *out)
{
    double far = 0;

    if (isinf(out->upper)) {
        assert_memory_equal(row, flip, q->model->features * sizeof *row);
        return;
    }
    assert_true(passes(q, flip) != out->passes);
    for (size_t f = 0; f < q->model->features; f++) {
        if (flip[f] == row[f] || isnan(row[f]))
            continue;
        assert_true(q->scale[f] > 0);
        far = fmax(far, fabs(flip[f] - row[f]) / q->scale[f]);
    }
    check_close(far, out->upper, 0, 0);
}

static void small_forests_by_all_their_cells(void **state)
{
    struct random r = {404};
    size_t found = 0, never = 0;

    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct model *m = any_model(&r);
        double row[FEATURES], flip[FEATURES], scale[FEATURES], margin[8];
        struct radius_result out;
        struct error e = {0};
        random_row(&r, m, 0.1, row);
        model_margin_native(m, row, margin);
        struct radius_question q = {.model = m, .scale = scale};
        q.output = random_below(&r, m->outputs);
        q.accept =
            random_chance(&r, 0.5) ? RECOURSE_AT_MOST : RECOURSE_AT_LEAST;
        q.cutoff = margin[q.output];
        if (random_chance(&r, 0.8)) /* else the row is on the cutoff */
            q.cutoff += (random_unit(&r) - 0.5) * 3;
        for (size_t f = 0; f < FEATURES; f++)
            scale[f] = random_chance(&r, 0.2) ? 0 : 0.1 + random_unit(&r);
        check_ok(ask(&q, row, flip, &out, &e), &e);
        assert_true(out.passes == passes(&q, row));
        assert_true(out.proven);
        double expected = brute(&q, row);
        assert_true(out.lower <= expected && out.upper >= expected);
        assert_true(isinf(expected)
                        ? out.never && isinf(out.lower)
                        : !out.never && out.upper - out.lower <=
                                            RADIUS_WITHIN * out.upper);
        check_flip(&q, row, flip, &out);
        found += isfinite(expected) ? 1 : 0;
        never += isfinite(expected) ? 0 : 1;
        model_free(m);
    }
    assert_true(found > CASES / 4 && never > CASES / 10);
}

/* A budget of a few boxes: bounds that hold the radius all the same. */
static void small_budgets_keep_the_bounds(void **state)
{
    struct random r = {17};
    size_t open = 0;

    (void)state;
    for (int i = 0; i < 150; i++) {
        struct random_model c = {.features = 12,
                                 .outputs = 1,
                                 .trees = 120,
                                 .depth = 4,
                                 .library = LIBRARY_XGBOOST,
                                 .fine = true};
        struct model *m = random_model_new(&r, &c);
        double row[12], flip[12], scale[12], margin;
        struct radius_result tight, loose, again;
        struct error e = {0};
        random_row(&r, m, 0, row);
        model_margin(m, row, &margin);
        for (size_t f = 0; f < 12; f++)
            scale[f] = 1;
        struct radius_question q = {.model = m,
                                    .scale = scale,
                                    .cutoff = margin + 2 + 6 * random_unit(&r),
                                    .node_budget = 20000};
        check_ok(ask(&q, row, flip, &tight, &e), &e);
        check_flip(&q, row, flip, &tight);
        q.node_budget = 1 + (long)random_below(&r, 30);
        check_ok(ask(&q, row, flip, &loose, &e), &e);
        check_flip(&q, row, flip, &loose);
        check_ok(ask(&q, row, flip, &again, &e), &e);
        assert_true(loose.lower <= tight.upper && loose.upper >= tight.lower);
        assert_true(loose.nodes <= q.node_budget);
        check_close(again.lower, loose.lower, 0, 0);
        check_close(again.upper, loose.upper, 0, 0);
        open += !loose.proven;
        model_free(m);
    }
    assert_true(open > 15);
}

static void nearer_rows_of_real_models_do_not_flip(void **state)
{
    struct random r = {3};
    struct oracle o;
    struct error e = {0};
    double flip[64], scale[64], x[64];
    size_t proven = 0, rows = 0;

    (void)state;
    if (shared_data() == NULL)
        skip();
    oracle_load(&o, "xgb_boston_d4", NULL);
    size_t features = o.model->features;
    assert_true(features <= 64);
    for (size_t f = 0; f < features; f++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < o.rows.rows; i++) {
            low = fmin(low, o.rows.value[i * features + f]);
            high = fmax(high, o.rows.value[i * features + f]);
        }
        scale[f] = (high - low) / 4;
    }
    struct radius_question q = {.model = o.model, .scale = scale};
    for (size_t i = 0; i < 25; i++, rows++) {
        const double *row = o.rows.value + i * features;
        struct radius_result out;
        check_ok(ask(&q, row, flip, &out, &e), &e);
        check_flip(&q, row, flip, &out);
        proven += out.proven;
        double within = isinf(out.lower) ? 100 : out.lower * (1 - 1e-9);
        for (int k = 0; k < 2000; k++) {
            for (size_t f = 0; f < features; f++)
                x[f] = row[f] + (scale[f] > 0 ? scale[f] * within *
                                                    (2 * random_unit(&r) - 1)
                                              : 0);
            assert_true(passes(&q, x) == out.passes);
        }
    }
    print_message("%zu of %zu proven\n", proven, rows);
    assert_true(proven > 0);
    oracle_free(&o);
}

static void faults_are_told(void **state)
{
    struct random r = {1};
    struct random_model c = {.features = 3,
                             .outputs = 1,
                             .trees = 2,
                             .depth = 2,
                             .library = LIBRARY_LIGHTGBM};
    struct model *m = random_model_new(&r, &c);
    double row[3] = {0}, scale[3] = {1, 1, 1}, flip[3];
    struct radius_question q = {.model = m, .scale = scale, .output = 1};
    struct radius_result out;
    struct error e = {0};

    (void)state;
    check_fails(ask(&q, row, flip, &out, &e), &e, ST_ARGUMENT,
                "output");
    q.output = 0;
    q.cutoff = NAN;
    check_fails(ask(&q, row, flip, &out, &e), &e, ST_ARGUMENT,
                "cutoff");
    model_free(m);
    c.linear_chance = 1;
    q.model = m = random_model_new(&r, &c);
    q.cutoff = 0;
    check_fails(ask(&q, row, flip, &out, &e), &e, ST_UNSUPPORTED,
                "linear");
    model_free(m);
}

static void memory_that_runs_out_is_told(void **state)
{
    struct random r = {6};
    struct random_model c = {.features = 3,
                             .outputs = 1,
                             .trees = 5,
                             .depth = 3,
                             .library = LIBRARY_LIGHTGBM};
    struct model *m = random_model_new(&r, &c);
    double row[3] = {0}, scale[3] = {1, 1, 1}, flip[3], margin;
    struct radius_question q = {.model = m, .scale = scale};
    struct radius_result out;
    size_t failed = 0;

    (void)state;
    model_margin(m, row, &margin);
    q.cutoff = margin + 0.3;
    for (size_t n = 1;; n++) {
        struct error e = {0};
        mem_fail_at(n);
        status s = ask(&q, row, flip, &out, &e);
        size_t asked = mem_fail_at(0);
        if (s == ST_OK)
            break;
        assert_int_equal(s, ST_MEMORY);
        assert_true(asked >= n);
        failed++;
    }
    assert_true(failed > 1);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_forests_by_all_their_cells),
        cmocka_unit_test(small_budgets_keep_the_bounds),
        cmocka_unit_test(nearer_rows_of_real_models_do_not_flip),
        cmocka_unit_test(memory_that_runs_out_is_told),
        cmocka_unit_test(faults_are_told)};

    return cmocka_run_group_tests_name("recourse/radius", tests, NULL, NULL);
}
