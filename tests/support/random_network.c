#include "support/random_network.h"

#include "check.h"
#include "model/program.h"

#include <math.h>
#include <stdio.h>

enum { WIDEST = 32 };

static const char *const words[NETWORK_WORDS] = {"a", "b", "c", "d"};

static double weight_of(struct random *r)
{
    return random_chance(r, 0.15) ? 0 : 4 * random_unit(r) - 2;
}

static void features(struct random *r, const struct random_network *c,
                     struct builder *b, bool *category)
{
    struct error e = {0};

    for (size_t f = 0; f < c->features; f++) {
        char name[32];
        snprintf(name, sizeof name, "f%zu", f);
        category[f] = random_chance(r, c->category_chance);
        check_ok(builder_feature(b, name,
                                 category[f] ? FEATURE_CATEGORY
                                             : FEATURE_NUMBER, &e), &e);
        if (category[f])
            check_ok(builder_words(b, f, words, NETWORK_WORDS, &e), &e);
    }
}

/* A missing value becomes a half, in either way that is written. */
static reg fill(struct random *r, const struct random_network *c,
                struct program_maker *k, reg in)
{
    struct error e = {0};
    reg missing, half, out;

    if (random_chance(r, 0.5)) {
        check_ok(program_map(k, MAP_FILL, 0.5, 0, c->single, &in, 1, &out, &e),
                 &e);
        return out;
    }
    check_ok(program_constant(k, 0.5, &half, &e), &e);
    check_ok(program_map(k, MAP_IS_MISSING, 0, 0, c->single, &in, 1, &missing,
                         &e), &e);
    check_ok(program_choose(k, &missing, &half, &in, &in, 1, &out, &e), &e);
    return out;
}

/* Words become one number a word; numbers are scaled, and perhaps filled. */
static void encode(struct random *r, const struct random_network *c,
                   struct program_maker *k, const bool *category, reg *out)
{
    struct error e = {0};

    for (size_t f = 0; f < c->features; f++) {
        reg in = (reg)f;
        if (category[f]) {
            double key[NETWORK_WORDS], value[NETWORK_WORDS];
            for (size_t w = 0; w < NETWORK_WORDS; w++) {
                check_ok(program_word(k, words[w], &key[w], &e), &e);
                value[w] = weight_of(r);
            }
            check_ok(program_words(k, f, words, NETWORK_WORDS, -1, &in, &e),
                     &e);
            check_ok(program_table(k, key, NETWORK_WORDS, 1, value, 1, 0.25,
                                   0.5, &in, &out[f], &e), &e);
            continue;
        }
        if (random_chance(r, c->filled_chance))
            in = fill(r, c, k, in);
        check_ok(program_map(k, MAP_SCALE, weight_of(r) + 0.125,
                             random_unit(r), c->single, &in, 1, &out[f], &e),
                 &e);
    }
}

static void layer(struct random *r, const struct random_network *c,
                  struct program_maker *k, size_t ins, size_t outs, bool relu,
                  reg *at)
{
    double weight[WIDEST * WIDEST], bias[WIDEST];
    struct error e = {0};
    reg to[WIDEST];

    for (size_t i = 0; i < ins * outs; i++)
        weight[i] = weight_of(r) / (double)ins;
    for (size_t i = 0; i < outs; i++)
        bias[i] = weight_of(r) / 4;
    check_ok(program_affine(k, weight, bias, c->single, at, ins, outs, to, &e),
             &e);
    if (relu)
        check_ok(program_map(k, c->curved ? MAP_TANH : MAP_RELU, 0, 0,
                             c->single, to, outs, at, &e), &e);
    else
        memcpy(at, to, outs * sizeof *at);
}

struct model *random_network_new(struct random *r,
                                 const struct random_network *c)
{
    struct program_maker *k = program_maker_new(1 << 24);
    struct builder *b = builder_new(1 << 24);
    struct error e = {0};
    struct program *p = NULL;
    struct model *m = NULL;
    bool category[WIDEST];
    double base[WIDEST] = {0};
    reg at[WIDEST];
    size_t ins = c->features;

    assert_true(k != NULL && b != NULL && c->features <= WIDEST);
    builder_library(b, LIBRARY_ONNX, "made by a test", "1");
    features(r, c, b, category);
    check_ok(program_inputs(k, c->features, &e), &e);
    encode(r, c, k, category, at);
    if (c->curved) /* the first input by the last, in place of the first */
        check_ok(program_pair(k, PAIR_MULTIPLY, c->single, &at[0],
                              &at[ins - 1], 1, &at[0], &e), &e);
    for (size_t l = 0; l < c->layers; l++) {
        layer(r, c, k, ins, c->width, true, at);
        ins = c->width;
    }
    layer(r, c, k, ins, c->outputs, false, at);
    check_ok(program_finish(k, at, c->outputs, &p, &e), &e);
    program_maker_free(k);
    check_ok(builder_outputs(b, c->outputs, &e), &e);
    check_ok(builder_base(b, base, c->outputs, &e), &e);
    check_ok(builder_program(b, p, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}
