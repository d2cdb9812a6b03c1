/* Programs seen as layers: the layers computed by hand give what the program
 * gives, and what is no network says so. */
#include "check.h"

#include "model/network.h"
#include "model/program.h"
#include "support/random_network.h"

#include <math.h>

enum { MOST = 64 };

static double input_value(const struct network_input *n, double x)
{
    if (isnan(x))
        return n->missing;
    if (!n->by_word)
        return n->scale * x + n->offset;
    return x >= 0 && x < (double)n->words ? n->word[(size_t)x] : n->unseen;
}

static void by_hand(const struct network *n, const double *row, double *out)
{
    double at[MOST], next[MOST];

    for (size_t i = 0; i < n->inputs; i++)
        at[i] = input_value(&n->input[i], row[n->input[i].feature]);
    for (size_t l = 0; l < n->layers; l++) {
        const struct network_layer *y = &n->layer[l];
        for (size_t o = 0; o < y->out; o++) {
            next[o] = y->bias[o];
            for (size_t i = 0; i < y->in; i++)
                next[o] += y->weight[o * y->in + i] * at[i];
            if (y->relu[o] && next[o] < 0)
                next[o] = 0;
        }
        memcpy(at, next, y->out * sizeof *at);
    }
    memcpy(out, at, n->layer[n->layers - 1].out * sizeof *out);
}

static void draw_row(struct random *r, const struct model *m, double *row)
{
    for (size_t f = 0; f < m->features; f++) {
        bool words = m->feature[f].kind == FEATURE_CATEGORY;
        row[f] = words ? (double)random_below(r, NETWORK_WORDS)
                       : 4 * random_unit(r) - 2;
        if (random_chance(r, 0.1))
            row[f] = (double)NAN;
        else if (words && random_chance(r, 0.1))
            row[f] = CATEGORY_UNSEEN;
    }
}

static void same_as_the_program(void **state)
{
    struct random r = {31};
    int numbers = 0;

    (void)state;
    for (int i = 0; i < 300; i++) {
        struct random_network c = {.features = 1 + random_below(&r, 6),
                                   .outputs = 1 + random_below(&r, 3),
                                   .layers = random_below(&r, 5),
                                   .width = 1 + random_below(&r, 8),
                                   .category_chance = 0.3,
                                   .filled_chance = 0.6,
                                   .single = random_chance(&r, 0.5)};
        struct model *m = random_network_new(&r, &c);
        struct arena *a = arena_new(1 << 24);
        struct network n;
        char why[99];
        assert_true(network_of(m, a, &n, why, sizeof why));
        assert_int_equal(n.single, c.single);
        for (int k = 0; k < 20; k++) {
            double row[MOST], own[MOST], hand[MOST];
            draw_row(&r, m, row);
            model_margin(m, row, own);
            by_hand(&n, row, hand);
            for (size_t o = 0; o < c.outputs; o++) {
                if (isnan(own[o])) {
                    assert_true(isnan(hand[o]));
                    continue;
                }
                check_close(hand[o], own[o], 0, c.single ? 1e-4 : 1e-12);
                numbers++;
            }
        }
        arena_free(a);
        model_free(m);
    }
    assert_true(numbers > 3000);
}

static struct model *one_step(enum program_map f)
{
    struct program_maker *k = program_maker_new(1 << 20);
    struct builder *b = builder_new(1 << 20);
    struct program *p = NULL;
    struct model *m = NULL;
    struct error e = {0};
    double base = 0;
    reg at = 0;

    builder_library(b, LIBRARY_ONNX, "made by a test", "1");
    check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
    check_ok(program_inputs(k, 1, &e), &e);
    check_ok(program_map(k, f, 1, 0, false, &at, 1, &at, &e), &e);
    check_ok(program_finish(k, &at, 1, &p, &e), &e);
    program_maker_free(k);
    check_ok(builder_outputs(b, 1, &e), &e);
    check_ok(builder_base(b, &base, 1, &e), &e);
    check_ok(builder_program(b, p, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void says_what_is_none(void **state)
{
    struct model *m = one_step(MAP_TANH);
    struct arena *a = arena_new(1 << 20);
    struct network n;
    char why[99];

    (void)state;
    assert_false(network_of(m, a, &n, why, sizeof why));
    assert_non_null(strstr(why, "TANH"));
    model_free(m);
    m = one_step(MAP_RELU);
    assert_true(network_of(m, a, &n, why, sizeof why));
    assert_int_equal(n.layers, 2);
    model_free(m);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_the_program),
        cmocka_unit_test(says_what_is_none),
    };

    return cmocka_run_group_tests_name("networks", tests, NULL, NULL);
}
