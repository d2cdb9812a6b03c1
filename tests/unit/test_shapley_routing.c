/* Programs of whole models against the strict path-dependent estimator. */
#include "base/arena.h"
#include "check.h"
#include "shapley/estimators.h"
#include "shapley/routing.h"
#include "support/random_model.h"

enum { STRIDE = 64, ROWS = 5 };

/* One column a node: 0 where the row goes left, so that every way of comparing
 * and of missing is the model's own. */
struct scene {
    struct model *model;
    size_t nodes;
    uint32_t *column;
    uint8_t *limit, *tile;
    bool *taken;
    double *rows;
};

static void scene_open(struct scene *s, struct model *m, struct random *r)
{
    s->model = m;
    s->nodes = 0;
    for (size_t i = 0; i < m->trees; i++)
        s->nodes += m->tree[i].node_count;
    s->column = mem_array(s->nodes, sizeof *s->column);
    s->limit = mem_array(s->nodes, 1);
    s->tile = mem_array(s->nodes * STRIDE, 1);
    s->taken = mem_array(s->nodes, sizeof *s->taken);
    s->rows = mem_array(ROWS * m->features, sizeof *s->rows);
    for (size_t k = 0; k < ROWS; k++)
        random_row(r, m, 0.15, s->rows + k * m->features);
    size_t at = 0;
    for (size_t i = 0; i < m->trees; i++) {
        for (size_t j = 0; j < m->tree[i].node_count; j++, at++) {
            const struct node *n = &m->tree[i].node[j];
            s->column[at] = (uint32_t)at;
            s->limit[at] = 1;
            for (size_t k = 0; n->feature >= 0 && k < ROWS; k++)
                s->tile[at * STRIDE + k] = !node_goes_left(
                    m, n, s->rows[k * m->features + (size_t)n->feature]);
        }
    }
}

static void scene_close(struct scene *s)
{
    mem_free(s->column);
    mem_free(s->limit);
    mem_free(s->tile);
    mem_free(s->taken);
    mem_free(s->rows);
    model_free(s->model);
}

static struct routing_request request_of(const struct scene *s)
{
    return (struct routing_request){.model = s->model,
                                    .column = s->column,
                                    .limit = s->limit,
                                    .columns = s->nodes,
                                    .most_nodes = ROUTING_NODES_MAX};
}

/* Adds to sum[targets][STRIDE]. */
static void add_program(const struct scene *s, const struct routing_request *r,
                        double *sum)
{
    struct error e;
    struct routing *p;

    check_ok(routing_build(r, &p, &e), &e);
    struct routing_scratch *t = routing_scratch_new(p);
    assert_non_null(t);
    routing_run(p, t, s->tile, STRIDE, ROWS, sum, STRIDE);
    routing_scratch_free(t);
    routing_free(p);
}

static double *strict_of(const struct scene *s, const uint32_t *player,
                         size_t players)
{
    struct error e;
    struct explainer *x;
    struct explain_scratch *t;
    struct explain_request r = {.model = s->model,
                                .estimator = estimator_find("path-dependent"),
                                .player = player,
                                .players = players};
    size_t width = (player != NULL ? players : s->model->features) + 1;
    double *phi = mem_array(ROWS * s->model->outputs * width, sizeof *phi);

    check_ok(shapley_prepare(&r, &x, &e), &e);
    check_ok(shapley_scratch_new(x, &t, &e), &e);
    check_ok(shapley_explain(x, t, s->rows, ROWS, phi, NULL, &e), &e);
    shapley_scratch_free(t);
    shapley_free(x);
    return phi;
}

static void compare(const struct scene *s, const double *sum,
                    const uint32_t *player, size_t players)
{
    const struct model *m = s->model;
    double *phi = strict_of(s, player, players), scale = 0;

    for (size_t i = 0; i < m->trees; i++) {
        double most = 0;
        for (size_t j = 0; j < m->tree[i].node_count; j++)
            most = fmax(most, fabs(m->tree[i].node[j].value));
        scale += most * fabs(m->tree[i].weight * m->combine_scale);
    }
    for (size_t k = 0; k < ROWS; k++)
        for (size_t o = 0; o < m->outputs; o++)
            for (size_t f = 0; f < players; f++)
                check_close(sum[(o * players + f) * STRIDE + k],
                            phi[(k * m->outputs + o) * (players + 1) + f], 0,
                            1e-6 * scale);
    mem_free(phi);
}

static struct model *some_model(struct random *r)
{
    struct random_model c = {
        .features = 1 + random_below(r, 9),
        .outputs = 1 + random_below(r, 3),
        .trees = 1 + random_below(r, 5),
        .depth = random_below(r, 8),
        .library = random_library(r),
        .leaf_chance = 0.15,
        .category_chance = 0.3,
        .zero_cover = 0.15,
        .fine = random_chance(r, 0.3),
        .weights = random_chance(r, 0.5),
    };
    if (c.library == LIBRARY_LIGHTGBM)
        c.missing_other = 0.3;
    return random_model_new(r, &c);
}

static void equals_strict(void **state)
{
    struct random r = {21};

    (void)state;
    for (int round = 0; round < 1500; round++) {
        struct scene s;
        struct model *m = some_model(&r);
        scene_open(&s, m, &r);
        struct routing_request q = request_of(&s);
        double *sum = mem_array(m->outputs * m->features * STRIDE, sizeof *sum);
        add_program(&s, &q, sum);
        compare(&s, sum, NULL, m->features);
        mem_free(sum);
        scene_close(&s);
    }
}

static void groups_are_players(void **state)
{
    struct random r = {22};

    (void)state;
    for (int round = 0; round < 700; round++) {
        struct scene s;
        struct model *m = some_model(&r);
        uint32_t player[16];
        size_t players = 1 + random_below(&r, m->features);
        for (size_t f = 0; f < m->features; f++)
            player[f] = (uint32_t)random_below(&r, players);
        scene_open(&s, m, &r);
        struct routing_request q = request_of(&s);
        q.player = player;
        q.players = players;
        double *sum = mem_array(m->outputs * players * STRIDE, sizeof *sum);
        add_program(&s, &q, sum);
        compare(&s, sum, player, players);
        mem_free(sum);
        scene_close(&s);
    }
}

/* Leaves are additive: two programs of complementary leaves, and of two ranges
 * of trees, make the whole. */
static void parts_add_up(void **state)
{
    struct random r = {23};

    (void)state;
    for (int round = 0; round < 500; round++) {
        struct scene s;
        struct model *m = some_model(&r);
        scene_open(&s, m, &r);
        struct routing_request q = request_of(&s);
        double *sum = mem_array(m->outputs * m->features * STRIDE, sizeof *sum);
        size_t cut = random_below(&r, m->trees + 1);
        q.taken = s.taken;
        for (int half = 0; half < 2; half++) {
            for (size_t i = 0; i < s.nodes; i++)
                s.taken[i] = half == 0 ? random_chance(&r, 0.5) : !s.taken[i];
            q.first = 0;
            q.trees = cut;
            if (cut > 0)
                add_program(&s, &q, sum);
            q.first = cut;
            q.trees = 0;
            add_program(&s, &q, sum);
        }
        compare(&s, sum, NULL, m->features);
        mem_free(sum);
        scene_close(&s);
    }
}

/* A chain of 30 splits on its own features, then on three of them. */
static void deep_chains(void **state)
{
    struct random r = {24};
    struct error e;

    (void)state;
    for (size_t features = 3; features <= 30; features += 27) {
        struct builder *b = builder_new((size_t)1 << 24);
        struct scene s;
        struct model *m;
        double zero = 0;
        char name[24];

        builder_library(b, LIBRARY_XGBOOST, "test", "1");
        builder_objective(b, "reg:squarederror");
        check_ok(builder_outputs(b, 1, &e), &e);
        for (size_t f = 0; f < features; f++) {
            snprintf(name, sizeof name, "f%zu", f);
            check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
        }
        check_ok(builder_tree(b, 0, 1, &e), &e);
        for (long k = 0; k < 30; k++) {
            check_ok(builder_split(b, k % (long)features, random_unit(&r) - 0.5,
                                   2 * k + 1, 2 * k + 2, k % 2 == 0,
                                   MISSING_NAN, (double)(62 - 2 * k), &e),
                     &e);
            check_ok(builder_leaf(b, random_unit(&r), 2, &e), &e);
        }
        check_ok(builder_leaf(b, 1, 2, &e), &e);
        check_ok(builder_tree_end(b, &e), &e);
        check_ok(builder_base(b, &zero, 1, &e), &e);
        check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
        builder_free(b);
        scene_open(&s, m, &r);
        struct routing_request q = request_of(&s);
        double *sum = mem_array(features * STRIDE, sizeof *sum);
        add_program(&s, &q, sum);
        compare(&s, sum, NULL, features);
        mem_free(sum);
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_strict),
        cmocka_unit_test(groups_are_players),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(deep_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
