/* Spaces known by hand, costs, and what is refused with which words. */
#include "check.h"

#include "recourse/space.h"
#include "support/random_model.h"
#include "support/plain_model.h"

#define FAR ((double)INFINITY)

enum { MEMORY = 16 << 20, QUANTITIES = 9 };

/* f0 … f4 numbers, f5 a category; q6 … q8 are read by no score. */
struct scene {
    struct model *m;
    struct recourse_score score;
    struct recourse_lever l[3];
    struct recourse_effect effect[3];
    struct recourse_formula f[3];
    struct recourse_rule rule;
    struct recourse_term term[2];
    size_t listed[2];
    double row[QUANTITIES];
    struct recourse_problem p;
};

static struct model *two_trees(void)
{
    struct error e = {0};
    struct builder *b = plain_start(LIBRARY_LIGHTGBM);

    for (size_t f = 0; f < 6; f++) {
        char name[24];
        snprintf(name, sizeof name, "f%zu", f);
        check_ok(builder_feature(b, name, f == 5 ? FEATURE_CATEGORY
                                                 : FEATURE_NUMBER,
                                 &e),
                 &e);
    }
    for (long f = 0; f < 2; f++) {
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, f, 2.5, 1, 2, true, MISSING_NAN, 2, &e), &e);
        check_ok(builder_leaf(b, 0, 1, &e), &e);
        check_ok(builder_leaf(b, 1, 1, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    return plain_finish(b);
}

static struct recourse_lever lever(size_t quantity)
{
    return (struct recourse_lever){.quantity = quantity, .low = 0, .high = 5,
                                   .step = 1, .decimals = -1, .weight = 1,
                                   .scale = 1, .known_cost = -1,
                                   .missing_cost = -1};
}

static void open_scene(struct scene *c, size_t levers)
{
    memset(c, 0, sizeof *c);
    c->m = two_trees();
    c->score = (struct recourse_score){.model = c->m, .cutoff = -1};
    for (size_t i = 0; i < 3; i++)
        c->l[i] = lever(i);
    c->p = (struct recourse_problem){.score = &c->score, .scores = 1,
                                     .quantities = QUANTITIES, .lever = c->l,
                                     .levers = levers, .formula = c->f,
                                     .rule = &c->rule};
}

struct made {
    struct recourse *r;
    struct arena *a;
    struct space s;
};

static struct made make(const struct scene *c)
{
    struct error e = {0};
    struct made m = {.a = arena_new((size_t)MEMORY)};

    check_ok(recourse_prepare(&c->p, &m.r, &e), &e);
    check_ok(space_make(m.r, c->row, m.a, &m.s, &e), &e);
    return m;
}

static void unmake(struct made *m)
{
    recourse_free(m->r);
    arena_free(m->a);
}

static void check_values(const struct axis *x, const double *want, size_t n)
{
    assert_int_equal(x->count, n);
    for (size_t i = 0; i < n; i++)
        assert_true(x->value[i] == want[i] ||
                    (isnan(x->value[i]) && isnan(want[i])));
}

/* --- by hand ---------------------------------------------------------------------- */

static void own_values_outside_the_range(void **state)
{
    struct scene c;

    (void)state;
    open_scene(&c, 2);
    c.row[0] = 7.5; /* above: enters at 5, then the other side of 2.5 */
    c.row[1] = -3;
    struct made m = make(&c);
    check_values(&m.s.axis[0], (double[]){2, 7.5}, 2);
    check_values(&m.s.axis[1], (double[]){-3, 3}, 2);
    unmake(&m);
    c.l[0].high = 2;
    c.l[1].low = 4;
    m = make(&c);
    check_values(&m.s.axis[0], (double[]){2, 7.5}, 2);
    check_values(&m.s.axis[1], (double[]){-3, 4}, 2);
    unmake(&m);
    model_free(c.m);
}

static void missing_states(void **state)
{
    struct scene c;

    (void)state;
    open_scene(&c, 2);
    c.row[0] = NAN;
    c.l[1].missing_cost = 0.5;
    struct made m = make(&c);
    assert_int_equal(m.s.axis[0].count, 1);
    assert_true(m.s.axis[1].listed && m.s.axis[1].own == 0);
    check_values(&m.s.axis[1], (double[]){0, NAN, 3}, 3);
    assert_true(m.s.axis[1].cost[1] == 0.5 && m.s.axis[1].cost[2] == 3);
    unmake(&m);
    c.l[0].known_cost = 2;
    m = make(&c);
    assert_true(m.s.axis[0].listed && isnan(m.s.axis[0].value[0]));
    check_values(&m.s.axis[0], (double[]){NAN, 2, 3}, 3);
    assert_true(m.s.axis[0].cost[1] == 2 && m.s.axis[0].cost[2] == 2);
    unmake(&m);
    model_free(c.m);
}

static void waiting_moves_several(void **state)
{
    struct scene c;

    (void)state;
    open_scene(&c, 1);
    c.l[0].quantity = RECOURSE_NO_QUANTITY;
    c.l[0].direction = RECOURSE_UP;
    c.l[0].high = 3;
    c.effect[0] = (struct recourse_effect){RECOURSE_ADD, 0, 1, -FAR, 2, 0};
    c.effect[1] = (struct recourse_effect){RECOURSE_ADD, 1, -0.5, 0, FAR, 0};
    c.effect[2] = (struct recourse_effect){RECOURSE_ADD, 2, 1, -FAR, 2, 0};
    c.l[0].effect = c.effect;
    c.l[0].effects = 3;
    c.row[1] = 1;
    c.row[2] = 9; /* beyond its limit: stays */
    struct made m = make(&c);
    const double want[3][4] = {{0, 1, 2, 2}, {1, 0.5, 0, 0}, {9, 9, 9, 9}};
    check_values(&m.s.axis[0], (double[]){0, 1, 2, 3}, 4);
    for (size_t i = 0; i < 3; i++) {
        const struct column *x = &m.s.column[m.s.column_of[i]];
        for (size_t k = 0; k < 4; k++)
            assert_true(x->value[k] == want[i][k]);
    }
    unmake(&m);
    model_free(c.m);
}

static void one_hot_groups(void **state)
{
    static const double code[] = {0, 1, 2};
    struct scene c;

    (void)state;
    open_scene(&c, 1);
    c.l[0].quantity = RECOURSE_NO_QUANTITY;
    c.l[0].code = code;
    c.l[0].codes = 3;
    for (size_t k = 0; k < 2; k++)
        c.effect[k] = (struct recourse_effect){
            .kind = RECOURSE_INDICATE, .quantity = k, .code = (double)k};
    c.l[0].effect = c.effect;
    c.l[0].effects = 2;
    c.row[1] = 1;
    struct made m = make(&c);
    check_values(&m.s.axis[0], (double[]){1, 0, 2}, 3);
    assert_true(m.s.column[m.s.column_of[0]].value[1] == 1);
    assert_true(m.s.column[m.s.column_of[1]].value[1] == 0);
    unmake(&m);
    c.row[1] = 0; /* none on: the one code without an indicator */
    m = make(&c);
    check_values(&m.s.axis[0], (double[]){2, 0, 1}, 3);
    unmake(&m);
    c.row[0] = c.row[1] = 1; /* two on: nothing to move from */
    m = make(&c);
    assert_int_equal(m.s.axis[0].count, 1);
    unmake(&m);
    model_free(c.m);
}

static void formulas_keep_what_the_row_says(void **state)
{
    struct error e = {0};
    struct scene c;
    double q[QUANTITIES];

    (void)state;
    open_scene(&c, 2);
    c.f[0] = (struct recourse_formula){6, RECOURSE_RATIO, 0, 1, 1, 2};
    c.p.formulas = 1;
    c.row[0] = 2;
    c.row[1] = 3;
    c.row[6] = 0.7; /* not what the formula gives */
    struct made m = make(&c);
    uint16_t at[3] = {2, 3, 0};
    assert_true(space_point(&m.s, at, q) && q[6] == 0.7);
    at[0] = 1;
    assert_true(space_point(&m.s, at, q) && q[6] == 0.33);
    at[1] = 0;
    assert_false(space_point(&m.s, at, q));
    unmake(&m);
    c.row[1] = 0;
    c.row[6] = NAN;
    struct recourse *r;
    struct space s;
    struct arena *a = arena_new((size_t)MEMORY);
    check_ok(recourse_prepare(&c.p, &r, &e), &e);
    check_fails(space_make(r, c.row, a, &s, &e), &e, ST_DATA,
                "division by zero");
    recourse_free(r);
    arena_free(a);
    model_free(c.m);
}

static void costs(void **state)
{
    static const double sample[] = {1, 2, 2, 4}, code[] = {7, 3, 5};
    static const struct recourse_price table[] = {{1, 2}, {3, 4}},
                                       words[] = {{0, 2}, {0, 1}, {0, 8}};
    struct recourse_lever l = lever(0);

    (void)state;
    l.fixed = 0.25;
    assert_true(recourse_cost(&l, 1, 1) == 0);
    assert_true(recourse_cost(&l, 1, 3.5) == 2.75);
    l.scale = 3; /* a third is rounded to the grain */
    assert_true(fmod(recourse_cost(&l, 0, 1), COST_GRAIN) == 0);
    assert_true(fmod(recourse_cost(&l, 0, 0x1p27 / 3), COST_GRAIN) == 0);
    l.cost = RECOURSE_PERCENTILE;
    l.sample = sample;
    l.samples = 4;
    assert_true(recourse_cost(&l, 0, 2) == 1 && recourse_cost(&l, 4, 3) == 0.5);
    l.cost = RECOURSE_TABLE;
    l.price = table;
    l.prices = 2;
    assert_true(recourse_cost(&l, 0, 0.5) == 2.25);
    assert_true(recourse_cost(&l, 0, 2) == 3.25);
    assert_true(recourse_cost(&l, 0, -9) == 4.25);
    l.code = code;
    l.codes = 3;
    l.price = words;
    assert_true(recourse_cost(&l, 7, 5) == 8.25);
    l.cost = RECOURSE_SCALE;
    assert_true(recourse_cost(&l, 7, 5) == 1.25);
    l.ordered = true;
    assert_true(recourse_cost(&l, 7, 5) == 2.25);
    l.known_cost = 3;
    l.missing_cost = 0;
    assert_true(recourse_cost(&l, NAN, 5) == 3);
    assert_true(recourse_cost(&l, 5, NAN) == COST_GRAIN);
}

/* --- refusals --------------------------------------------------------------------- */

static void refuse(struct scene *c, status class, const char *words)
{
    struct error e = {0};
    struct recourse *r;

    check_fails(recourse_prepare(&c->p, &r, &e), &e, class, words);
    assert_null(r);
    model_free(c->m);
    open_scene(c, 3);
}

static void refused_levers(void **state)
{
    static const struct recourse_price falls[] = {{1, 2}, {2, 1}};
    struct scene c;

    (void)state;
    open_scene(&c, 3);
    c.l[1].quantity = 0;
    refuse(&c, ST_ARGUMENT, "named twice");
    c.l[1].step = 0;
    refuse(&c, ST_ARGUMENT, "needs a step");
    c.l[1].low = 1.25;
    c.l[1].high = 1.75;
    refuse(&c, ST_ARGUMENT, "\"f1\" has no value on its grid");
    c.l[1].cost = RECOURSE_TABLE;
    c.l[1].price = falls;
    c.l[1].prices = 2;
    refuse(&c, ST_ARGUMENT, "do not ascend");
    c.l[1].cost = RECOURSE_PERCENTILE;
    refuse(&c, ST_ARGUMENT, "sample");
    c.l[1].quantity = RECOURSE_NO_QUANTITY;
    refuse(&c, ST_ARGUMENT, "moves nothing");
    c.effect[0] = (struct recourse_effect){RECOURSE_ADD, 0, 1, -FAR, FAR, 0};
    c.l[1].effect = c.effect;
    c.l[1].effects = 1;
    refuse(&c, ST_ARGUMENT, "f0 is named twice");
    c.effect[0] = (struct recourse_effect){RECOURSE_ADD, 5, 1, -FAR, FAR, 0};
    c.l[1].effect = c.effect;
    c.l[1].effects = 1;
    refuse(&c, ST_ARGUMENT, "effect on a category");
    c.effect[0] = (struct recourse_effect){RECOURSE_ADD, 3, 1, -FAR, FAR, 0};
    c.l[1].effect = c.effect;
    c.l[1].effects = 1;
    c.l[1].missing_cost = 1;
    refuse(&c, ST_ARGUMENT, "missing state");
    model_free(c.m);
}

static void refused_formulas_and_rules(void **state)
{
    struct scene c;

    (void)state;
    open_scene(&c, 3);
    c.f[0] = (struct recourse_formula){6, RECOURSE_SUM, 7, 0, 1, -1};
    c.f[1] = (struct recourse_formula){7, RECOURSE_SUM, 6, 0, 1, -1};
    c.p.formulas = 2;
    refuse(&c, ST_ARGUMENT, "circle");
    c.f[0] = (struct recourse_formula){0, RECOURSE_SUM, 1, 2, 1, -1};
    c.p.formulas = 1;
    refuse(&c, ST_ARGUMENT, "cannot be moved by lever \"f0\"");
    c.f[0] = (struct recourse_formula){6, RECOURSE_SUM, 5, 0, 1, -1};
    c.p.formulas = 1;
    refuse(&c, ST_ARGUMENT, "computes with a category");
    c.f[0] = (struct recourse_formula){6, RECOURSE_SUM, 1, 0, 1, -1};
    c.p.formulas = 1;
    c.l[0].high = FAR;
    refuse(&c, ST_ARGUMENT, "lowest and a highest");
    c.f[0] = (struct recourse_formula){6, RECOURSE_SUM, 1, 0, 1, -1};
    c.p.formulas = 1;
    c.l[0].high = 1e6;
    refuse(&c, ST_LIMIT, "larger step");
    c.rule = (struct recourse_rule){
        .name = "order", .terms = 2, .term = c.term, .most = -6};
    c.term[0] = (struct recourse_term){0, 1};
    c.term[1] = (struct recourse_term){1, -1};
    c.p.rules = 1;
    refuse(&c, ST_ARGUMENT, "rule \"order\" cannot be kept");
    c.rule = (struct recourse_rule){.terms = 1, .term = c.term};
    c.term[0] = (struct recourse_term){99, 1};
    c.p.rules = 1;
    refuse(&c, ST_ARGUMENT, "does not exist");
    c.rule = (struct recourse_rule){
        .kind = RECOURSE_AT_MOST_ONE, .levers = 1, .lever = c.listed};
    c.p.rules = 1;
    refuse(&c, ST_ARGUMENT, "fewer than two");
    c.rule = (struct recourse_rule){.kind = RECOURSE_IF_THEN,
                                    .when = {0, 1, 2}, .then = {1, 2, 1}};
    c.p.rules = 1;
    refuse(&c, ST_ARGUMENT, "lowest value above");
    model_free(c.m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_values_outside_the_range),
        cmocka_unit_test(missing_states),
        cmocka_unit_test(waiting_moves_several),
        cmocka_unit_test(one_hot_groups),
        cmocka_unit_test(formulas_keep_what_the_row_says),
        cmocka_unit_test(costs),
        cmocka_unit_test(refused_levers),
        cmocka_unit_test(refused_formulas_and_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
