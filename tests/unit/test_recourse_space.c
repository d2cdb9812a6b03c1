/* What one person's levers can do, against every value of the print grid and
 * every point of random boxes. */
#include "check.h"

#include "base/num.h"
#include "recourse/space.h"
#include "support/random_model.h"
#include "support/plain_model.h"

#define FAR ((double)INFINITY)

enum { MEMORY = 64 << 20, BOXES = 60 };

/* One stump a threshold and feature. */
static struct model *stumps(enum model_library library, size_t features,
                            const double *threshold, size_t each)
{
    struct error e = {0};
    struct builder *b = plain_start(library);

    for (size_t f = 0; f < features; f++) {
        char name[24];
        snprintf(name, sizeof name, "f%zu", f);
        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    for (size_t i = 0; i < features * each; i++) {
        check_ok(builder_tree(b, 0, 1, &e), &e);
        check_ok(builder_split(b, (long)(i / each), threshold[i % each], 1, 2,
                               true, MISSING_NAN, 2, &e),
                 &e);
        check_ok(builder_leaf(b, 0, 1, &e), &e);
        check_ok(builder_leaf(b, 1, 1, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
    }
    return plain_finish(b);
}

static struct recourse_lever lever(size_t quantity, double low, double high,
                                   double step)
{
    return (struct recourse_lever){.quantity = quantity, .low = low,
                                   .high = high, .step = step, .decimals = -1,
                                   .weight = 1, .scale = 1, .known_cost = -1,
                                   .missing_cost = -1};
}

struct made {
    struct recourse *r;
    struct arena *a;
    struct space s;
};

static struct made make(const struct recourse_problem *p, const double *row)
{
    struct error e = {0};
    struct made m = {.a = arena_new((size_t)MEMORY)};

    check_ok(recourse_prepare(p, &m.r, &e), &e);
    check_ok(space_make(m.r, row, m.a, &m.s, &e), &e);
    return m;
}

static void unmake(struct made *m)
{
    recourse_free(m->r);
    arena_free(m->a);
}

/* --- candidates ----------------------------------------------------------------- */

enum { EACH = 6, MODELS = 2 };

struct number {
    struct model *m[MODELS];
    double threshold[MODELS][EACH];
    struct recourse_score score[MODELS];
    struct recourse_lever l;
    double own, sample[9];
};

static bool alike(const struct number *n, double x, double y)
{
    for (size_t i = 0; i < MODELS; i++) {
        for (size_t k = 0; k < EACH; k++) {
            if (compares_below(n->m[i], x, n->threshold[i][k]) !=
                compares_below(n->m[i], y, n->threshold[i][k]))
                return false;
        }
    }
    return true;
}

static double printed(double value, int decimals)
{
    char text[NUM_TEXT_MAX * 9];
    double back;
    size_t n = num_fixed(value, decimals, text);

    assert_true(num_parse(text, n, &back));
    return back + 0.0;
}

static void draw_number(struct random *r, struct number *n)
{
    static const double steps[] = {0.1, 0.25, 0.5, 1, 0.01};
    static const struct recourse_price table[] = {
        {0.1, 0}, {0.4, 0.25}, {1.1, 0.3}, {2, 5}};

    n->l = lever(0, -2, 2, steps[random_below(r, 5)]);
    n->l.direction = (enum recourse_direction)random_below(r, 3);
    n->l.low = random_chance(r, 0.2) ? 0.3 : -2;
    n->l.high = random_chance(r, 0.2) ? n->l.low + 1 : 2;
    n->l.cost = (enum recourse_cost_kind)random_below(r, 3);
    n->l.fixed = random_chance(r, 0.5) ? 0.125 : 0;
    for (size_t i = 0; i < 9; i++)
        n->sample[i] = 0.5 * (double)i - 2;
    n->l.sample = n->sample;
    n->l.samples = 9;
    n->l.price = table;
    n->l.prices = 4;
    n->own = 6 * random_unit(r) - 3;
    if (random_chance(r, 0.5))
        n->own = printed(n->own, 1);
    for (size_t i = 0; i < MODELS; i++) {
        for (size_t k = 0; k < EACH; k++) {
            double t = 5 * random_unit(r) - 2.5;
            n->threshold[i][k] = random_chance(r, 0.7) ? printed(t, 1) : t;
        }
        n->m[i] = stumps(i == 0 ? LIBRARY_XGBOOST : LIBRARY_LIGHTGBM, 1,
                         n->threshold[i], EACH);
        n->score[i] = (struct recourse_score){.model = n->m[i], .cutoff = -1};
    }
}

/* The candidate that stands for v: compares alike, lies no further away, costs
 * no more. */
static void check_stands_for(const struct number *n, const struct axis *x,
                             double v)
{
    size_t found = 0;

    for (size_t i = 0; i < x->count; i++) {
        if (!alike(n, x->value[i], v))
            continue;
        found++;
        assert_true(i == x->own || (v < n->own ? x->value[i] >= v
                                               : x->value[i] <= v));
        assert_true(x->cost[i] <= recourse_cost(&n->l, n->own, v));
    }
    assert_int_equal(found, 1);
}

static void check_candidates(const struct number *n, const struct axis *x)
{
    double before = 0;

    assert_true(x->value[x->own] == n->own && x->cost[x->own] == 0);
    for (size_t i = 0; i < x->count; i++) {
        double v = x->value[i], k = nearbyint(v / n->l.step);
        assert_true(i == 0 || v > x->value[i - 1]);
        if (i == x->own)
            continue;
        assert_true(v >= n->l.low && v <= n->l.high);
        assert_true(v == printed(k * n->l.step, 2));
        assert_false(n->l.direction == RECOURSE_DOWN && v > n->own);
        assert_false(n->l.direction == RECOURSE_UP && v < n->own);
        assert_true(x->cost[i] == recourse_cost(&n->l, n->own, v));
        assert_true(x->cost[i] >= COST_GRAIN &&
                    fmod(x->cost[i], COST_GRAIN) == 0);
        assert_true(i < x->own + 2 || x->cost[i] >= before);
        assert_true(i == 0 || i >= x->own || x->cost[i] <= before);
        before = x->cost[i];
    }
}

static void every_grid_value_has_its_candidate(void **state)
{
    struct random r = {20261124};

    (void)state;
    for (int round = 0; round < 400; round++) {
        struct number n;
        draw_number(&r, &n);
        struct recourse_problem p = {.score = n.score, .scores = MODELS,
                                     .quantities = 1, .lever = &n.l,
                                     .levers = 1};
        struct made m = make(&p, &n.own);
        check_candidates(&n, &m.s.axis[0]);
        for (double k = floor(n.l.low / n.l.step) - 1; k * n.l.step < 3; k++) {
            double v = printed(k * n.l.step, 2);
            if (v < n.l.low || v > n.l.high || v == n.own ||
                (v < n.own && n.l.direction == RECOURSE_UP) ||
                (v > n.own && n.l.direction == RECOURSE_DOWN))
                continue;
            check_stands_for(&n, &m.s.axis[0], v);
        }
        unmake(&m);
        for (size_t i = 0; i < MODELS; i++)
            model_free(n.m[i]);
    }
}

/* --- boxes ------------------------------------------------------------------------ */

enum { LEVERS = 4, QUANTITIES = 10 };

struct scene {
    struct model *m;
    struct recourse_score score;
    struct recourse_lever l[LEVERS];
    struct recourse_effect wait[2];
    struct recourse_formula f[4];
    struct recourse_rule rule[3];
    struct recourse_term term[2][3];
    size_t two[2];
    double row[QUANTITIES];
    struct recourse_problem p;
};

static double some(struct random *r)
{
    return 0.5 * (double)random_below(r, 9) - 2;
}

/* f0 … f2 numbers, f3 and f4 moved by waiting, f5 … f8 formulas in a chain. */
static void draw_scene(struct random *r, struct scene *c)
{
    static const double at = 0.3;

    memset(c, 0, sizeof *c);
    c->m = stumps(LIBRARY_LIGHTGBM, 9, &at, 1);
    c->score = (struct recourse_score){.model = c->m, .cutoff = -1};
    for (size_t i = 0; i < 3; i++) {
        c->l[i] = lever(i, -1, 1, random_chance(r, 0.5) ? 0.5 : 1);
        c->l[i].known_cost = random_chance(r, 0.2) ? 1 : -1;
        c->l[i].missing_cost = random_chance(r, 0.2) ? 2 : -1;
    }
    c->l[3] = lever(RECOURSE_NO_QUANTITY, 0, 4, 1);
    c->l[3].direction = RECOURSE_UP;
    c->l[3].effect = c->wait;
    c->l[3].effects = 2;
    c->wait[0] = (struct recourse_effect){RECOURSE_ADD, 3, 1, -FAR, 2, 0};
    c->wait[1] = (struct recourse_effect){RECOURSE_ADD, 4, -0.5, -1, FAR, 0};
    for (size_t q = 0; q < QUANTITIES; q++)
        c->row[q] = some(r);
    if (random_chance(r, 0.3))
        c->row[random_below(r, 3)] = NAN;
    for (size_t i = 0; i < 4; i++)
        c->f[i] = (struct recourse_formula){
            5 + i, (enum recourse_operator)random_below(r, 4),
            random_below(r, 5 + i), random_below(r, 5 + i),
            random_chance(r, 0.3) ? -2 : 1, (int)random_below(r, 4) - 1};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 3; k++)
            c->term[i][k] = (struct recourse_term){random_below(r, QUANTITIES),
                                                   some(r)};
    }
    c->rule[0] = (struct recourse_rule){.kind = RECOURSE_LINEAR, .terms = 3,
                                        .term = c->term[0], .most = 2};
    double low = some(r), then = some(r);
    c->rule[1] = (struct recourse_rule){
        .kind = RECOURSE_IF_THEN,
        .when = {random_below(r, QUANTITIES), low, low + 1},
        .then = {random_below(r, QUANTITIES), then, then + 2}};
    c->two[0] = random_below(r, 3);
    c->two[1] = 3;
    c->rule[2] = (struct recourse_rule){.kind = RECOURSE_AT_MOST_ONE,
                                        .lever = c->two, .levers = 2};
    c->p = (struct recourse_problem){.score = &c->score, .scores = 1,
                                     .quantities = QUANTITIES, .lever = c->l,
                                     .levers = LEVERS, .formula = c->f,
                                     .formulas = 4, .rule = c->rule,
                                     .rules = 3};
}

static bool rule_holds(const struct space *s, const struct recourse_rule *u,
                       const uint16_t *index, const double *q)
{
    double sum = 0;
    size_t moved = 0;

    if (u->kind == RECOURSE_IF_THEN)
        return !(q[u->when.quantity] >= u->when.low &&
                 q[u->when.quantity] <= u->when.high) ||
               (q[u->then.quantity] >= u->then.low &&
                q[u->then.quantity] <= u->then.high);
    for (size_t k = 0; k < u->terms; k++)
        sum += u->term[k].coefficient * q[u->term[k].quantity];
    for (size_t k = 0; k < u->levers; k++)
        moved += index[u->lever[k]] != s->axis[u->lever[k]].own;
    return u->kind == RECOURSE_LINEAR ? !(sum > u->most) : moved <= 1;
}

static void check_point(const struct space *s, const uint16_t *low,
                        const uint16_t *high, const uint16_t *index, bool *can)
{
    double q[QUANTITIES];
    bool single = memcmp(low, high, LEVERS * sizeof *low) == 0;

    if (!space_point(s, index, q))
        return;
    for (size_t i = 0; i < s->columns; i++) {
        double v = q[s->column[i].quantity], from, to;
        bool missing;
        space_range(s, i, low, high, &from, &to, &missing);
        if (isnan(v))
            assert_true(missing);
        else
            assert_true(v >= from && v <= to);
        assert_true(!single || isnan(v) || (from == v && to == v && !missing));
    }
    for (size_t k = 0; k < s->rules; k++) {
        bool holds = rule_holds(s, &s->r->p.rule[s->rule[k]], index, q);
        can[k] |= holds;
        if (single)
            assert_int_equal(space_rule_possible(s, k, low, high), holds);
    }
}

static void check_box(const struct space *s, const uint16_t *low,
                      const uint16_t *high)
{
    uint16_t index[LEVERS];
    bool can[3] = {false};

    memcpy(index, low, sizeof index);
    for (size_t a = 0; a < LEVERS;) {
        check_point(s, low, high, index, can);
        for (a = 0; a < LEVERS && index[a] == high[a]; a++)
            index[a] = low[a];
        if (a < LEVERS)
            index[a]++;
    }
    for (size_t k = 0; k < s->rules; k++)
        assert_true(!can[k] || space_rule_possible(s, k, low, high));
}

static void draw_box(struct random *r, const struct space *s, bool single,
                     uint16_t *low, uint16_t *high)
{
    for (size_t i = 0; i < LEVERS; i++) {
        size_t count = s->axis[i].count, at = random_below(r, count);
        low[i] = (uint16_t)at;
        high[i] = (uint16_t)(at + (single ? 0 : random_below(r, count - at)));
    }
}

static void boxes_hold_their_points(void **state)
{
    struct random r = {6};
    struct error e = {0};
    int made = 0;

    (void)state;
    for (int round = 0; round < 150; round++) {
        struct scene c;
        draw_scene(&r, &c);
        struct arena *a = arena_new((size_t)MEMORY);
        struct recourse *p;
        struct space s;
        check_ok(recourse_prepare(&c.p, &p, &e), &e);
        if (space_make(p, c.row, a, &s, &e) == ST_OK) {
            made++;
            for (int b = 0; b < BOXES; b++) {
                uint16_t low[LEVERS], high[LEVERS];
                draw_box(&r, &s, b % 3 == 0, low, high);
                check_box(&s, low, high);
            }
        }
        recourse_free(p);
        arena_free(a);
        model_free(c.m);
    }
    assert_true(made > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_grid_value_has_its_candidate),
        cmocka_unit_test(boxes_hold_their_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
