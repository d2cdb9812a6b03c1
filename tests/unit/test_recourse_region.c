/* Stretches around plans: every value in all of them at once passes every score
 * and rule. */
#include "check.h"

#include "recourse/region.h"
#include "support/random_network.h"

enum { FEATURES = 5, QUANTITIES = 8, CASES = 300, POINTS = 10000 };

/* Quantities 0…4 are inputs; 5 and 6 columns of their own; 7 is 5 / 6. */
struct scene {
    struct model *model, *other;
    size_t map[FEATURES];
    struct recourse_score score[2];
    struct recourse_lever lever[4];
    struct recourse_effect effect[2];
    struct recourse_formula formula[2];
    struct recourse_term term[2];
    struct recourse_rule rule[2];
    struct recourse_problem p;
    double row[QUANTITIES], after[QUANTITIES];
    struct recourse_plan plan;
};

static double in_print(double x, int decimals)
{
    char text[60];

    snprintf(text, sizeof text, "%.*f", decimals, x);
    x = strtod(text, NULL);
    return x == 0 ? 0.0 : x;
}

/* The row where lever i of the plan stands at value[i]. */
static void move(const struct scene *s, const double *value, double *out)
{
    bool moved[QUANTITIES] = {false};

    memcpy(out, s->row, sizeof s->row);
    for (size_t i = 0; i < s->plan.changes; i++) {
        const struct recourse_lever *l = &s->lever[s->plan.change[i].lever];
        double own = 0;
        if (l->quantity != RECOURSE_NO_QUANTITY)
            moved[l->quantity] = true;
        if (l->quantity != RECOURSE_NO_QUANTITY) {
            own = s->row[l->quantity];
            out[l->quantity] = value[i];
        }
        for (size_t k = 0; k < l->effects; k++) {
            const struct recourse_effect *x = &l->effect[k];
            double at = s->row[x->quantity];
            double v = at + x->rate * (value[i] - own);
            /* Beyond a limit already: no further, and no jump to it. */
            double low = at < x->low ? at : x->low;
            double high = at > x->high ? at : x->high;
            out[x->quantity] = v < low ? low : v > high ? high : v;
            moved[x->quantity] = true;
        }
    }
    for (size_t k = 0; k < s->p.formulas; k++) {
        const struct recourse_formula *f = &s->formula[k];
        double a = out[f->a], b = out[f->b], v = 0;
        if (!moved[f->a] && !moved[f->b])
            continue;
        moved[f->quantity] = true;
        v = f->op == RECOURSE_SUM          ? a + b
            : f->op == RECOURSE_DIFFERENCE ? a - b
            : f->op == RECOURSE_PRODUCT    ? a * b
                                           : a / b;
        v *= f->factor;
        out[f->quantity] = f->decimals < 0 ? v : in_print(v, f->decimals);
    }
}

static double score_of(const struct scene *s, size_t c, const double *quantity,
                       bool native)
{
    const struct recourse_score *k = &s->score[c];
    double x[FEATURES], margin;

    for (size_t f = 0; f < FEATURES; f++)
        x[f] = quantity[k->quantity != NULL ? k->quantity[f] : f];
    if (native)
        model_margin_native(k->model, x, &margin);
    else
        model_margin(k->model, x, &margin);
    return (k->accept == RECOURSE_AT_MOST ? 1 : -1) * margin;
}

static bool passes(const struct scene *s, const double *quantity)
{
    for (size_t c = 0; c < s->p.scores; c++) {
        const struct recourse_score *k = &s->score[c];
        double cut = (k->accept == RECOURSE_AT_MOST ? 1 : -1) * k->cutoff;
        if (score_of(s, c, quantity, false) > cut - k->guard ||
            (k->native && score_of(s, c, quantity, true) > cut))
            return false;
    }
    for (size_t k = 0; k < s->p.rules; k++) {
        const struct recourse_rule *r = &s->rule[k];
        const double *q = quantity;
        if (r->kind == RECOURSE_LINEAR &&
            !(isnan(s->row[r->term[0].quantity]) ||
              isnan(s->row[r->term[1].quantity])) &&
            r->term[0].coefficient * q[r->term[0].quantity] +
                    r->term[1].coefficient * q[r->term[1].quantity] >
                r->most)
            return false;
        if (r->kind == RECOURSE_IF_THEN && q[r->when.quantity] >= r->when.low &&
            q[r->when.quantity] <= r->when.high &&
            !(q[r->then.quantity] >= r->then.low &&
              q[r->then.quantity] <= r->then.high))
            return false;
    }
    return true;
}

static struct model *any_network(struct random *r)
{
    struct random_network c = {.features = FEATURES,
                               .outputs = 1,
                               .layers = random_below(r, 3),
                               .width = 1 + random_below(r, 6),
                               .filled_chance = 0.8,
                               .single = random_chance(r, 0.5),
                               .curved = random_chance(r, 0.3)};

    return random_network_new(r, &c);
}

static struct model *any_model(struct random *r, bool categories)
{
    if (random_chance(r, 0.25))
        return any_network(r);
    struct random_model c = {
        .features = FEATURES,
        .outputs = 1,
        .trees = 3 + random_below(r, 12),
        .depth = 1 + random_below(r, 4),
        .library = random_library(r),
        .leaf_chance = 0.15,
        .category_chance = categories ? 0.2 : 0,
        .missing_other = 0.3,
        .fine = random_chance(r, 0.3)};

    /* LightGBM writes weights into the leaves */
    c.weights = c.library == LIBRARY_XGBOOST && random_chance(r, 0.5);
    if (c.library == LIBRARY_LIGHTGBM && random_chance(r, 0.5))
        c.linear_chance = 0.5;
    return random_model_new(r, &c);
}

static void draw_levers(struct random *r, struct scene *s)
{
    for (size_t i = 0; i < 4; i++) {
        struct recourse_lever *l = &s->lever[i];
        *l = (struct recourse_lever){.quantity = i < 3 ? i : 5,
                                     .low = -3,
                                     .high = 3,
                                     .decimals = 2,
                                     .step = random_chance(r, 0.5) ? 0.05 : 0,
                                     .weight = 1,
                                     .scale = 1,
                                     .known_cost = 1,
                                     .missing_cost = -1};
        if (random_chance(r, 0.3))
            l->low = -(double)INFINITY;
        if (random_chance(r, 0.3))
            l->high = (double)INFINITY;
    }
    /* one waits, and ages two inputs */
    double least = random_chance(r, 0.5) ? 0.75 : -1;
    s->effect[0] =
        (struct recourse_effect){RECOURSE_ADD, 4, 0.25, least, 1.5, 0};
    s->effect[1] = (struct recourse_effect){
        RECOURSE_ADD, 6, -0.125, -(double)INFINITY, (double)INFINITY, 0};
    s->lever[2].quantity = RECOURSE_NO_QUANTITY;
    s->lever[2].effect = s->effect;
    s->lever[2].effects = 2;
    s->lever[2].low = 0;
    s->lever[2].high = random_chance(r, 0.5) ? 12 : (double)INFINITY;
    s->lever[2].integer = true;
    s->lever[2].step = 1;
    s->lever[2].decimals = 0;
}

static void draw_rules(struct random *r, struct scene *s)
{
    s->formula[0] = (struct recourse_formula){
        7, random_chance(r, 0.7) ? RECOURSE_RATIO : RECOURSE_PRODUCT,
        5, 6,
        2, random_chance(r, 0.5) ? 1 : -1};
    s->formula[1] = (struct recourse_formula){
        2,   random_chance(r, 0.5) ? RECOURSE_SUM : RECOURSE_DIFFERENCE,
        7,   0,
        0.5, -1};
    s->term[0] = (struct recourse_term){0, 1};
    s->term[1] = (struct recourse_term){1, -1};
    s->rule[0] = (struct recourse_rule){.kind = RECOURSE_LINEAR,
                                        .term = s->term,
                                        .terms = 2,
                                        .most = random_unit(r) * 2};
    s->rule[1] = (struct recourse_rule){
        .kind = RECOURSE_IF_THEN, .when = {1, 0, 2}, .then = {4, -1, 1.25}};
    s->p.formula = s->formula;
    s->p.formulas = random_below(r, 3);
    s->p.rule = s->rule;
    s->p.rules = random_below(r, 3);
}

static void draw_plan(struct random *r, struct scene *s)
{
    double value[4];

    s->plan.changes = 0;
    for (size_t i = 0; i < 4; i++) {
        const struct recourse_lever *l = &s->lever[i];
        struct recourse_change *c = &s->plan.change[s->plan.changes];
        double from = i == 2 ? 0 : s->row[l->quantity];
        double to = i == 2
                        ? (double)(1 + random_below(r, 8))
                        : in_print(floor(random_unit(r) * 80 - 40) * 0.05, 2);
        if (random_chance(r, 0.3) || to == from)
            continue;
        if (i < 3 && s->model->feature[i].kind == FEATURE_CATEGORY)
            continue;
        value[s->plan.changes++] = to;
        *c = (struct recourse_change){i, from, to, 1};
    }
    move(s, value, s->after);
}

/* The cutoffs are a little beyond what the plan reaches. */
static void draw_scores(struct random *r, struct scene *s)
{
    s->p.scores = 1 + random_below(r, 2);
    for (size_t f = 0; f < FEATURES; f++)
        s->map[f] = s->model->feature[f].kind == FEATURE_CATEGORY
                        ? f
                        : random_below(r, QUANTITIES);
    for (size_t c = 0; c < s->p.scores; c++) {
        struct recourse_score *k = &s->score[c];
        *k = (struct recourse_score){.model = c == 0 ? s->model : s->other,
                                     .quantity = c == 0 ? NULL : s->map,
                                     .accept = random_chance(r, 0.5)
                                                   ? RECOURSE_AT_MOST
                                                   : RECOURSE_AT_LEAST,
                                     .native = random_chance(r, 0.5)};
        if (random_chance(r, 0.5))
            k->guard = recourse_guard(k->model, 0);
        double sign = k->accept == RECOURSE_AT_MOST ? 1 : -1;
        k->cutoff = sign * (score_of(s, c, s->after, false) + k->guard + 1e-5 +
                            random_unit(r));
    }
}

static void draw_scene(struct random *r, struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->model = any_model(r, true);
    s->other = any_model(r, false);
    random_row(r, s->model, 0.1, s->row);
    s->row[5] = in_print(random_unit(r) * 2, 2);
    s->row[6] = in_print(random_unit(r) * 3 - 0.5, 2);
    s->row[7] = 2 * s->row[5] / s->row[6];
    s->p = (struct recourse_problem){.score = s->score,
                                     .quantities = QUANTITIES,
                                     .lever = s->lever,
                                     .levers = 4};
    draw_levers(r, s);
    draw_rules(r, s);
    draw_plan(r, s);
    draw_scores(r, s);
}

static void scene_free(struct scene *s)
{
    model_free(s->model);
    model_free(s->other);
}

static double inside(struct random *r, const struct region_stretch *t,
                     double to)
{
    double low = isinf(t->low) ? to - 50 * random_unit(r) : t->low;
    double high = isinf(t->high) ? to + 50 * random_unit(r) : t->high;

    switch (random_below(r, 4)) {
    case 0:
        return isinf(t->low) && random_chance(r, 0.5) ? -1e9 : low;
    case 1:
        return isinf(t->high) && random_chance(r, 0.5) ? 1e9 : high;
    default:
        return fmin(fmax(low + random_unit(r) * (high - low), low), high);
    }
}

static size_t check_points(struct random *r, const struct scene *s,
                           const struct region_stretch *t, size_t points)
{
    double value[4], x[QUANTITIES];
    size_t wide = 0;

    for (size_t i = 0; i < s->plan.changes; i++) {
        double to = s->plan.change[i].to, from = s->plan.change[i].from;
        assert_true(t[i].low <= to && to <= t[i].high);
        if (!isnan(from) && from != to)
            assert_true(to > from ? t[i].low > from : t[i].high < from);
        wide += t[i].low < t[i].high;
    }
    for (size_t k = 0; k < points && wide > 0; k++) {
        for (size_t i = 0; i < s->plan.changes; i++)
            value[i] = inside(r, &t[i], s->plan.change[i].to);
        move(s, value, x);
        assert_true(passes(s, x));
    }
    return wide;
}

static void check_print(const struct scene *s, const struct region_stretch *t)
{
    for (size_t i = 0; i < s->plan.changes; i++) {
        const struct recourse_lever *l = &s->lever[s->plan.change[i].lever];
        double end[2] = {t[i].low, t[i].high};
        for (int k = 0; k < 2; k++) {
            if (isinf(end[k])) {
                assert_true(k == 0 ? t[i].or_less && isinf(l->low)
                                   : t[i].or_more && isinf(l->high));
                continue;
            }
            check_close(in_print(end[k], l->decimals), end[k], 0, 0);
            assert_true(end[k] >= l->low && end[k] <= l->high);
        }
    }
}

static void every_value_passes(void **state)
{
    struct random r = {31};
    size_t wide = 0, plans = 0, formulas = 0;

    (void)state;
    for (int n = 0; n < CASES; n++) {
        struct scene s;
        struct region *g;
        struct region_scratch *scratch;
        struct region_stretch t[RECOURSE_LEVERS_MAX];
        struct error e = {0};
        draw_scene(&r, &s);
        if (passes(&s, s.after) && s.plan.changes > 0) {
            check_ok(region_prepare(&s.p, &g, &e), &e);
            check_ok(region_scratch_new(g, &scratch, &e), &e);
            region_around(g, scratch, s.row, s.after, &s.plan, t);
            size_t w = check_points(&r, &s, t, POINTS);
            check_print(&s, t);
            wide += w;
            formulas += s.p.formulas > 0 && w > 0;
            plans++;
            region_scratch_free(scratch);
            region_free(g);
        }
        scene_free(&s);
    }
    print_message("%zu plans, %zu stretches\n", plans, wide);
    assert_true(plans > CASES / 3 && wide > plans && formulas > plans / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_value_passes)};

    return cmocka_run_group_tests_name("recourse/region", tests, NULL, NULL);
}
