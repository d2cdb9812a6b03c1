/* Plans on every reference model: the library's own arithmetic accepts each,
 * and random cheaper changes inside the limits all fail. */
#include "check.h"

#include "recourse/recourse.h"
#include "support/one_score.h"
#include "support/oracle.h"
#include "support/random_model.h"

enum {
    LEVERS = 8,
    ROWS = 12,
    POINTS = 400,
    MANY_POINTS = 10000,
    MANY_ROWS = 2
};

static const double codes[6] = {0, 1, 2, 3, 4, 5};

static size_t draw_levers(const struct oracle *o, struct recourse_lever *out)
{
    size_t n = 0;

    for (size_t f = 0; f < o->model->features && n < LEVERS; f++) {
        double low = (double)INFINITY, high = -(double)INFINITY;
        if (!o->model->feature[f].used)
            continue;
        for (size_t i = 0; i < o->rows.rows; i++) {
            low = fmin(low, grid_row(&o->rows, i)[f]);
            high = fmax(high, grid_row(&o->rows, i)[f]);
        }
        if (!(low < high))
            continue;
        struct recourse_lever l = {.quantity = f,
                                   .low = low,
                                   .high = high,
                                   .decimals = high > 1000 ? 0 : 2,
                                   .weight = 1,
                                   .scale = (high - low) / 8,
                                   .fixed = 0.1,
                                   .known_cost = -1,
                                   .missing_cost = -1};
        if (o->model->feature[f].kind == FEATURE_CATEGORY) {
            l.code = codes;
            l.codes = 6;
        }
        out[n++] = l;
    }
    return n;
}

static bool reaches(const struct one_score *p, const double *row)
{
    double margin[16], native[16];

    model_margin(p->model, row, margin);
    model_margin_native(p->model, row, native);
    double sign = p->accept == RECOURSE_AT_MOST ? 1 : -1;
    return sign * margin[p->output] <= sign * p->cutoff - p->guard &&
           sign * native[p->output] <= sign * p->cutoff;
}

/* Moves up to three levers at random; the cost of it. */
static double random_point(struct random *r, const struct one_score *p,
                           double *row)
{
    double cost = 0, from[LEVERS];

    for (size_t k = 0; k < p->levers; k++)
        from[k] = row[p->lever[k].quantity];
    for (int i = 0; i < 3; i++) {
        size_t k = random_below(r, p->levers);
        const struct recourse_lever *l = &p->lever[k];
        double unit = l->decimals == 0 ? 1 : 0.01;
        double v = l->low + random_unit(r) * (l->high - l->low);
        if (random_chance(r, 0.5))
            v = from[k] + (v - from[k]) * 0.1;
        v = l->code != NULL ? l->code[random_below(r, 6)]
                            : floor(v / unit) * unit;
        if (!isnan(from[k]) &&
            (l->code != NULL || (v >= l->low && v <= l->high)))
            row[l->quantity] = v;
    }
    for (size_t k = 0; k < p->levers; k++) {
        if (!isnan(from[k]))
            cost +=
                recourse_cost(&p->lever[k], from[k], row[p->lever[k].quantity]);
    }
    return cost;
}

static void check_row(struct random *r, const struct one_score *p,
                      const struct recourse_plan *plan, const double *row,
                      int points)
{
    double x[512];
    size_t bytes = p->model->features * sizeof *x;

    assert_true(bytes <= sizeof x);
    memcpy(x, row, bytes);
    for (size_t i = 0; i < plan->changes; i++)
        x[p->lever[plan->change[i].lever].quantity] = plan->change[i].to;
    if (plan->changes > 0)
        assert_true(reaches(p, x));
    for (int i = 0; i < points; i++) {
        memcpy(x, row, bytes);
        double cost = random_point(r, p, x);
        if (plan->changes == 0 || cost < plan->cost)
            assert_false(reaches(p, x));
    }
}

static size_t folder(const char *name, struct random *r)
{
    struct oracle o;
    struct recourse_lever l[LEVERS];
    struct error e = {0};
    double margin[16];
    size_t checked = 0;

    oracle_load(&o, name, NULL);
    struct one_score p = {.model = o.model, .lever = l};
    p.levers = draw_levers(&o, l);
    p.output = o.model->outputs - 1;
    for (size_t i = 0; i < ROWS; i++) {
        struct recourse *prepared;
        struct recourse_scratch *s;
        struct recourse_result out;
        const double *row = grid_row(&o.rows, i);
        model_margin(o.model, row, margin);
        double own = margin[p.output];
        model_margin(o.model, grid_row(&o.rows, i + ROWS), margin);
        p.cutoff = (own + margin[p.output]) / 2;
        p.accept = p.cutoff < own ? RECOURSE_AT_MOST : RECOURSE_AT_LEAST;
        p.guard = i % 2 ? 0 : 1e-5;
        if (o.model->has_linear_leaves) { /* every value counts: too many */
            check_fails(one_prepare(&p, &prepared, &e), &e, ST_LIMIT,
                        "values on its grid");
            continue;
        }
        if (fabs(p.cutoff - own) < 1e-4)
            continue;
        check_ok(one_prepare(&p, &prepared, &e), &e);
        check_ok(recourse_scratch_new(prepared, &s, &e), &e);
        check_ok(recourse_solve(prepared, s, row, &out, &e), &e);
        if (out.plan.status == RECOURSE_PROVEN_SMALLEST ||
            out.plan.status == RECOURSE_IMPOSSIBLE) {
            check_row(r, &p, &out.plan, row,
                      i < MANY_ROWS ? MANY_POINTS : POINTS);
            checked++;
        }
        recourse_scratch_free(s);
        recourse_free(prepared);
    }
    oracle_free(&o);
    return checked;
}

static void all_models(void **state)
{
    static const char *const prefix[] = {"xgb_", "lgb_"};
    struct random r = {11};
    size_t checked = 0;

    (void)state;
    for (int k = 0; k < 2; k++) {
        char **names = NULL;
        size_t count = oracle_names(prefix[k], &names);
        if (count == 0)
            skip();
        for (size_t i = 0; i < count; i++)
            checked += folder(names[i], &r);
        oracle_names_free(names, count);
    }
    assert_true(checked > 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_models)};

    return cmocka_run_group_tests_name("recourse reference models", tests, NULL,
                                       NULL);
}
