/* Random programs: an output is the constant and the sum of its parts; a part
 * changes with no other input; equal bits whatever the block; no memory is lost
 * when it runs out. */
#include "base/arena.h"
#include "check.h"
#include "model/program.h"
#include "support/random_model.h"

enum { IN = 6, REGS = 400, ROWS = 70 };

struct growing {
    struct program_maker *k;
    reg have[REGS];
    size_t count;
};

static void keep(struct growing *g, const reg *out, size_t n)
{
    for (size_t i = 0; i < n && g->count < REGS; i++)
        g->have[g->count++] = out[i];
}

static reg any(struct random *r, const struct growing *g)
{
    return g->have[random_below(r, g->count)];
}

static status grow_forest(struct random *r, struct growing *g, struct error *e)
{
    struct random_model c = {.features = 3, .outputs = 2, .trees = 4,
                             .depth = 2, .library = random_library(r),
                             .missing_other = 0.5};
    reg in[3] = {any(r, g), any(r, g), any(r, g)}, out[2], leaf[4];
    TRY(program_forest(g->k, random_model_new(r, &c), false, in, out,
                       random_chance(r, 0.5) ? leaf : NULL, e));
    keep(g, out, 2);
    return ST_OK;
}

static status grow(struct random *r, struct growing *g, struct error *e)
{
    static const enum program_map maps[] = {MAP_SCALE, MAP_NEGATE, MAP_COPY,
                                            MAP_TANH, MAP_RELU, MAP_FLOAT32};
    static const enum program_pair pairs[] = {PAIR_ADD, PAIR_SUBTRACT,
                                              PAIR_MULTIPLY, PAIR_ADD};
    reg in[3] = {any(r, g), any(r, g), any(r, g)}, more[3], out[3];
    double w[9], b[3];
    for (size_t i = 0; i < 3; i++)
        more[i] = any(r, g);
    for (size_t i = 0; i < 9; i++)
        w[i] = random_chance(r, 0.2) ? 0.0 : random_unit(r) - 0.5;
    for (size_t i = 0; i < 3; i++)
        b[i] = random_unit(r);
    switch (random_below(r, 7)) {
    case 0:
        TRY(program_map(g->k, maps[random_below(r, 6)], 0.5, 0.25, false, in, 3,
                        out, e));
        break;
    case 1:
        TRY(program_pair(g->k, pairs[random_below(r, 4)], false, in, more, 3,
                         out, e));
        break;
    case 2:
        TRY(program_affine(g->k, w, random_chance(r, 0.5) ? b : NULL, false, in,
                           3, 3, out, e));
        break;
    case 3:
        TRY(program_reduce(g->k, random_chance(r, 0.5) ? REDUCE_SUM
                                                       : REDUCE_MEAN,
                           false, in, 3, out, e));
        keep(g, out, 1);
        return ST_OK;
    case 4:
        TRY(program_constant(g->k, random_unit(r), out, e));
        keep(g, out, 1);
        return ST_OK;
    case 5:
        return grow_forest(r, g, e);
    default:
        TRY(program_choose(g->k, in, more, more, more, 3, out, e));
        break;
    }
    keep(g, out, 3);
    return ST_OK;
}

static status make(struct random *r, struct program **out, struct error *e)
{
    struct growing g = {.k = program_maker_new((size_t)1 << 26)};
    if (g.k == NULL)
        return error_memory(e);
    status s = program_inputs(g.k, IN, e);
    for (reg f = 0; f < IN; f++)
        keep(&g, &f, 1);
    size_t steps = 1 + random_below(r, 14);
    for (size_t i = 0; s == ST_OK && i < steps; i++)
        s = grow(r, &g, e);
    reg outputs[2] = {g.have[g.count - 1], any(r, &g)};
    if (s == ST_OK)
        s = program_finish(g.k, outputs, 2, out, e);
    program_maker_free(g.k);
    return s;
}

/* A part is the same where only inputs differ that it does not read. */
static void check_reads(const struct program *p, size_t o,
                        const struct program_part *part, const double *x,
                        struct random *r)
{
    struct error e = {0};
    double both[2 * IN], v[2];
    struct model_rows rows = {.value = both, .n = 2};
    memcpy(both, x, IN * sizeof *x);
    for (size_t f = 0; f < IN; f++)
        both[IN + f] = random_unit(r);
    for (size_t i = 0; i < part->features; i++)
        both[IN + part->feature[i]] = x[part->feature[i]];
    check_ok(program_part_values(p, o, part->id, &rows, v, &e), &e);
    assert_true(v[0] == v[1]);
}

static void parts_add_up(void **state)
{
    (void)state;
    struct random r = {21};
    static double x[ROWS * IN], all[ROWS * 2], sum[ROWS], v[ROWS];
    size_t several = 0;
    for (int round = 0; round < 3000; round++) {
        struct error e = {0};
        struct program *p = NULL;
        struct arena *a = arena_new(1 << 20);
        struct model_rows rows = {.value = x,
                                  .n = 1 + random_below(&r, ROWS)};
        check_ok(make(&r, &p, &e), &e);
        for (size_t i = 0; i < ROWS * IN; i++)
            x[i] = random_unit(&r) * 2 - 1;
        check_ok(program_run(p, &rows, all, &e), &e);
        for (size_t o = 0; o < 2; o++) {
            const struct program_part *part;
            size_t parts;
            double constant;
            check_ok(program_parts(p, o, a, &part, &parts, &constant, &e), &e);
            several += parts > 1;
            for (size_t i = 0; i < rows.n; i++)
                sum[i] = constant;
            for (size_t k = 0; k < parts; k++) {
                check_ok(program_part_values(p, o, part[k].id, &rows, v, &e),
                         &e);
                for (size_t i = 0; i < rows.n; i++)
                    sum[i] += v[i];
                check_reads(p, o, &part[k], x, &r);
            }
            for (size_t i = 0; i < rows.n; i++)
                check_close(sum[i], all[2 * i + o], 1e-7, 1e-6);
        }
        arena_free(a);
        program_free(p);
    }
    assert_true(several > 500);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    for (size_t n = 1; n < 400; n++) {
        struct error e = {0};
        struct program *p = NULL;
        struct program_maker *k;
        reg in[4] = {0, 1, 2, 3}, out[4], sum;
        double w[16] = {1, 2, 3, 4, 5};
        (void)mem_fail_at(n);
        k = program_maker_new(1 << 24);
        status s = k == NULL ? error_memory(&e) : program_inputs(k, 4, &e);
        if (s == ST_OK)
            s = program_token(k, 0, "some words", true, &out[0], &e);
        if (s == ST_OK)
            s = program_affine(k, w, NULL, true, in, 4, 4, out, &e);
        if (s == ST_OK)
            s = program_reduce(k, REDUCE_SUM, false, out, 3, &sum, &e);
        if (s == ST_OK)
            s = program_finish(k, &sum, 1, &p, &e);
        (void)mem_fail_at(0);
        program_maker_free(k);
        program_free(p);
        if (s == ST_OK)
            return;
        assert_int_equal(s, ST_MEMORY);
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
