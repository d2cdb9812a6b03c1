/* Routing programs of made trees against the game itself, by enumeration of
 * coalitions, and the variants against their twin. */
#include "base/arena.h"
#include "check.h"
#include "kernel/routing.h"
#include "kernel/simd.h"
#include "support/random_model.h"

enum { PLAYERS = 7, COLUMNS = 9, STRIDE = 128, NODES_MOST = 256 };

struct made {
    struct routing_node node[NODES_MOST];
    size_t count;
};

static double share_of(struct random *r)
{
    switch (random_below(r, 12)) {
    case 0:
        return 0;
    case 1:
        return 1;
    default:
        return random_unit(r);
    }
}

static void grow(struct random *r, struct made *m, size_t at, size_t depth)
{
    struct routing_node *n = &m->node[at];

    *n = (struct routing_node){.left = -1, .right = -1};
    if (depth == 0 || m->count + 2 > NODES_MOST || random_chance(r, 0.15)) {
        n->value = random_chance(r, 0.2) ? 0.5 : random_unit(r) * 2 - 1;
        return;
    }
    n->column = (uint32_t)random_below(r, COLUMNS);
    n->player = n->column % PLAYERS; /* two players have two columns */
    n->limit = random_chance(r, 0.1) ? (uint8_t)(random_below(r, 2) * 255)
                                     : (uint8_t)random_below(r, 8);
    n->share = share_of(r);
    n->left = (int32_t)m->count++;
    n->right = (int32_t)m->count++;
    grow(r, m, (size_t)n->left, depth - 1);
    grow(r, m, (size_t)n->right, depth - 1);
}

static void make(struct random *r, struct made *m, size_t depth)
{
    m->count = 1;
    grow(r, m, 0, depth);
}

static double worth(const struct made *m, size_t at, const uint8_t *byte,
                    unsigned in)
{
    const struct routing_node *n = &m->node[at];

    if (n->left < 0)
        return n->value;
    if (in >> n->player & 1)
        return worth(m, (size_t)(byte[n->column] < n->limit ? n->left
                                                            : n->right),
                     byte, in);
    return n->share * worth(m, (size_t)n->left, byte, in) +
           (1 - n->share) * worth(m, (size_t)n->right, byte, in);
}

static void enumerate(const struct made *m, const uint8_t *byte, double *phi)
{
    double value[1 << PLAYERS], weight[PLAYERS];

    weight[0] = 1.0 / PLAYERS; /* |S|! (n − 1 − |S|)! / n! */
    for (int k = 1; k < PLAYERS; k++)
        weight[k] = weight[k - 1] * k / (PLAYERS - k);
    for (unsigned in = 0; in < 1u << PLAYERS; in++)
        value[in] = worth(m, 0, byte, in);
    for (unsigned i = 0; i < PLAYERS; i++) {
        phi[i] = 0;
        for (unsigned in = 0; in < 1u << PLAYERS; in++) {
            if (!(in >> i & 1))
                phi[i] += weight[__builtin_popcount(in)] *
                          (value[in | 1u << i] - value[in]);
        }
    }
}

static struct routing *program(const struct made *m, size_t trees,
                               size_t outputs, size_t most_nodes)
{
    struct error e;
    struct routing *p;
    struct routing_builder *b =
        routing_builder_new(COLUMNS, PLAYERS, outputs, most_nodes);

    assert_non_null(b);
    for (size_t i = 0; i < trees; i++)
        check_ok(routing_tree(b, m[i].node, m[i].count,
                              (uint32_t)(i % outputs), &e),
                 &e);
    check_ok(routing_finish(b, &p, &e), &e);
    routing_builder_free(b);
    return p;
}

static void fill_tile(struct random *r, uint8_t *tile)
{
    for (size_t i = 0; i < COLUMNS * STRIDE; i++)
        tile[i] = random_chance(r, 0.1) ? 255 : (uint8_t)random_below(r, 9);
}

static void run(const struct routing *p, const uint8_t *tile, size_t n,
                double *sum)
{
    struct routing_scratch *s = routing_scratch_new(p);

    assert_non_null(s);
    memset(sum, 0, routing_targets(p) * STRIDE * sizeof *sum);
    routing_run(p, s, tile, STRIDE, n, sum, STRIDE);
    routing_scratch_free(s);
}

static void row_bytes(const uint8_t *tile, size_t i, uint8_t *byte)
{
    for (size_t c = 0; c < COLUMNS; c++)
        byte[c] = tile[c * STRIDE + i];
}

static void equals_enumeration(void **state)
{
    struct random r = {11};
    uint8_t tile[COLUMNS * STRIDE], byte[COLUMNS];
    double sum[PLAYERS * STRIDE], phi[PLAYERS];
    struct made m;

    (void)state;
    for (int round = 0; round < 1500; round++) {
        size_t n = 1 + random_below(&r, 3);
        make(&r, &m, random_below(&r, 8));
        fill_tile(&r, tile);
        struct routing *p = program(&m, 1, 1, 0);
        run(p, tile, n, sum);
        for (size_t i = 0; i < n; i++) {
            row_bytes(tile, i, byte);
            enumerate(&m, byte, phi);
            for (size_t f = 0; f < PLAYERS; f++)
                check_close(sum[f * STRIDE + i], phi[f], 0, 1.5e-6);
        }
        routing_free(p);
    }
}

/* Values of two runs, bit for bit. */
static void check_same(const double *a, const double *b, size_t targets,
                       size_t n)
{
    for (size_t t = 0; t < targets; t++)
        assert_memory_equal(a + t * STRIDE, b + t * STRIDE, n * sizeof *a);
}

static void variants_give_the_same_bits(void **state)
{
    struct random r = {12};
    enum simd_level best = simd_level();
    static const size_t nodes[] = {1, 2, 3, 4, 16};
    uint8_t tile[COLUMNS * STRIDE];
    double *twin = test_malloc(2 * PLAYERS * STRIDE * sizeof *twin);
    double *other = test_malloc(2 * PLAYERS * STRIDE * sizeof *other);
    struct made *m = test_malloc(70 * sizeof *m);

    (void)state;
    for (size_t round = 0; round < 60; round++) {
        size_t n = 1 + round, trees = 1 + random_below(&r, 70);
        for (size_t i = 0; i < trees; i++)
            make(&r, &m[i], random_below(&r, 9));
        fill_tile(&r, tile);
        struct routing *p = program(m, trees, 2, nodes[round % 5]);
        assert_true(simd_force(SIMD_SCALAR));
        run(p, tile, n, twin);
        for (int l = SIMD_AVX2; l <= (int)best; l++) {
            assert_true(simd_force((enum simd_level)l));
            run(p, tile, n, other);
            check_same(twin, other, 2 * PLAYERS, n);
        }
        assert_true(simd_force(best));
        routing_free(p);
    }
    test_free(m);
    test_free(twin);
    test_free(other);
}

/* A row's values do not depend on how many others there are, nor on its place;
 * what the tile holds beyond n is not read into them. */
static void rows_stand_alone(void **state)
{
    struct random r = {13};
    uint8_t tile[COLUMNS * STRIDE], one[COLUMNS * STRIDE];
    double all[PLAYERS * STRIDE], sum[PLAYERS * STRIDE];
    struct made m[3];

    (void)state;
    for (size_t n = 1; n <= 70; n++) {
        for (size_t i = 0; i < 3; i++)
            make(&r, &m[i], 6);
        fill_tile(&r, tile);
        struct routing *p = program(m, 3, 1, 0);
        run(p, tile, STRIDE, all);
        run(p, tile, n, sum);
        check_same(all, sum, PLAYERS, n);
        for (size_t f = 0; f < PLAYERS; f++)
            for (size_t i = n; i < STRIDE; i++)
                assert_true(sum[f * STRIDE + i] == 0);
        fill_tile(&r, one);
        for (size_t c = 0; c < COLUMNS; c++)
            one[c * STRIDE] = tile[c * STRIDE + n - 1];
        run(p, one, 1, sum);
        for (size_t f = 0; f < PLAYERS; f++)
            assert_true(sum[f * STRIDE] == all[f * STRIDE + n - 1]);
        routing_free(p);
    }
}

/* With too few nodes the values move, but never by more than is proven. */
static void truncation_is_a_bound(void **state)
{
    struct random r = {14};
    uint8_t tile[COLUMNS * STRIDE];
    double exact[PLAYERS * STRIDE], rough[PLAYERS * STRIDE], most = 0;
    struct made m;

    (void)state;
    for (int round = 0; round < 300; round++) {
        make(&r, &m, 8);
        fill_tile(&r, tile);
        struct routing *p = program(&m, 1, 1, 16);
        struct routing *q = program(&m, 1, 1, 1 + random_below(&r, 3));
        assert_true(routing_truncation(p) == 0);
        run(p, tile, STRIDE, exact);
        run(q, tile, STRIDE, rough);
        for (size_t i = 0; i < PLAYERS * STRIDE; i++) {
            double gap = fabs(exact[i] - rough[i]);
            assert_true(gap <= routing_truncation(q) + 2e-6);
            most = gap > most ? gap : most;
        }
        routing_free(p);
        routing_free(q);
    }
    assert_true(most > 1e-4);
}

static void adds_to_what_is_there(void **state)
{
    struct random r = {15};
    uint8_t tile[COLUMNS * STRIDE];
    double once[PLAYERS * STRIDE], twice[PLAYERS * STRIDE];
    struct made m;

    (void)state;
    make(&r, &m, 6);
    fill_tile(&r, tile);
    struct routing *p = program(&m, 1, 1, 0);
    struct routing_scratch *s = routing_scratch_new(p);
    run(p, tile, STRIDE, once);
    run(p, tile, STRIDE, twice);
    routing_run(p, s, tile, STRIDE, STRIDE, twice, STRIDE);
    for (size_t i = 0; i < PLAYERS * STRIDE; i++)
        assert_true(twice[i] == 2 * once[i]);
    routing_scratch_free(s);
    routing_free(p);
}

static void nothing_to_do(void **state)
{
    struct made leaf = {.node = {{.left = -1, .right = -1, .value = 3}},
                        .count = 1};
    struct made same = {.node = {{.left = 1, .right = 2, .share = 0.3},
                                 {.left = -1, .right = -1, .value = 2},
                                 {.left = -1, .right = -1, .value = 2}},
                        .count = 3};
    uint8_t tile[COLUMNS * STRIDE] = {0};
    double sum[PLAYERS * STRIDE];
    struct made m[2] = {leaf, same};
    struct routing *p = program(m, 2, 1, 0);

    (void)state;
    assert_int_equal(routing_trees(p), 0);
    assert_int_equal(routing_splits(p), 0);
    run(p, tile, STRIDE, sum);
    for (size_t i = 0; i < PLAYERS * STRIDE; i++)
        assert_true(sum[i] == 0);
    routing_free(p);
    routing_free(NULL);
    routing_builder_free(NULL);
    routing_scratch_free(NULL);
}

static void bad_trees_are_refused(void **state)
{
    struct routing_node node[3] = {{.left = 1, .right = 2, .share = 0.5},
                                   {.left = -1, .right = -1, .value = 1},
                                   {.left = -1, .right = -1, .value = 2}};
    struct routing_builder *b = routing_builder_new(COLUMNS, PLAYERS, 1, 0);
    struct error e;

    (void)state;
    node[0].share = 1.5;
    check_fails(routing_tree(b, node, 3, 0, &e), &e, ST_BUG, "contract");
    node[0].share = 0.5;
    node[0].column = COLUMNS;
    check_fails(routing_tree(b, node, 3, 0, &e), &e, ST_BUG, "contract");
    node[0].column = 0;
    node[0].right = 3;
    check_fails(routing_tree(b, node, 3, 0, &e), &e, ST_BUG, "contract");
    node[0].right = 2;
    check_fails(routing_tree(b, node, 3, 1, &e), &e, ST_BUG, "contract");
    check_ok(routing_tree(b, node, 3, 0, &e), &e);
    routing_builder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_enumeration),
        cmocka_unit_test(variants_give_the_same_bits),
        cmocka_unit_test(rows_stand_alone),
        cmocka_unit_test(truncation_is_a_bound),
        cmocka_unit_test(adds_to_what_is_there),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(bad_trees_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
