/* Programs: steps against plain formulas, blocks of any size, what is dropped. */
#include "check.h"
#include "model/builder.h"
#include "model/program.h"

#define N(x) (sizeof(x) / sizeof *(x))

static double random_unit(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (double)(*seed >> 11) * 0x1p-53;
}

static struct program_maker *start(size_t features)
{
    struct error e = {0};
    struct program_maker *k = program_maker_new((size_t)1 << 26);
    assert_non_null(k);
    check_ok(program_inputs(k, features, &e), &e);
    return k;
}

static struct program *finish(struct program_maker *k, const reg *out, size_t n)
{
    struct error e = {0};
    struct program *p = NULL;
    check_ok(program_finish(k, out, n, &p, &e), &e);
    program_maker_free(k);
    return p;
}

static double one(struct program *p, const double *row)
{
    struct error e = {0};
    struct model_rows rows = {.value = row, .n = 1};
    double out = 0.0;
    check_ok(program_run(p, &rows, &out, &e), &e);
    program_free(p);
    return out;
}

static double map(enum program_map f, double p, double q, double x)
{
    struct error e = {0};
    struct program_maker *k = start(1);
    reg in = 0, out;
    check_ok(program_map(k, f, p, q, false, &in, 1, &out, &e), &e);
    return one(finish(k, &out, 1), &x);
}

static void maps_are_their_formulas(void **state)
{
    (void)state;
    static const double at[] = {-3.5, -1.0, -0.25, 0.0, 0.5, 0.75, 1.0, 2.5};
    for (size_t i = 0; i < N(at); i++) {
        double x = at[i];
        check_close(map(MAP_RELU, 0, 0, x), fmax(x, 0.0), 0, 0);
        check_close(map(MAP_LEAKY, 0.1, 0, x), x < 0.0 ? 0.1 * x : x, 0, 0);
        check_close(map(MAP_ELU, 2, 0, x), x < 0.0 ? 2 * (exp(x) - 1) : x,
                    1e-14, 1e-15);
        check_close(map(MAP_LOGISTIC, 0, 0, x), 1 / (1 + exp(-x)), 1e-15, 0);
        check_close(map(MAP_SOFTPLUS, 0, 0, x), log(1 + exp(x)), 1e-14, 1e-15);
        check_close(map(MAP_GELU, 0, 0, x),
                    x * map(MAP_NORMAL_CDF, 0, 0, x), 1e-13, 1e-16);
        check_close(map(MAP_CLOGLOG_INVERSE, 0, 0, x), 1 - exp(-exp(x)), 1e-14,
                    0);
        check_close(map(MAP_SCALE, 3, -1, x), 3 * x - 1, 0, 0);
        check_close(map(MAP_CLAMP, -1, 1, x), fmin(fmax(x, -1), 1), 0, 0);
        check_close(map(MAP_THRESHOLD, 0.5, 0, x), x > 0.5, 0, 0);
        check_close(map(MAP_POWER, 2, 0, x), x * x, 1e-15, 0);
        check_close(map(MAP_ROUND, 0, 0, x), round(x), 0, 0);
    }
    assert_true(isnan(map(MAP_RELU, 0, 0, (double)NAN)));
    assert_true(isnan(map(MAP_CLAMP, 0, 1, (double)NAN)));
    assert_true(isnan(map(MAP_BINARIZE, 0, 0, (double)NAN)));
    check_close(map(MAP_THRESHOLD, 0, 0, (double)NAN), 0, 0, 0);
    check_close(map(MAP_FILL, 7, 0, (double)NAN), 7, 0, 0);
    check_close(map(MAP_RINT, 0, 0, 2.5), 2, 0, 0);
    check_close(map(MAP_ROUND, 0, 0, 2.5), 3, 0, 0);
    check_close(map(MAP_FLOAT32, 0, 0, 0.1), (double)0.1F, 0, 0);
}

static double pair(enum program_pair f, double x, double y)
{
    struct error e = {0};
    struct program_maker *k = start(2);
    reg a = 0, b = 1, out;
    double row[2] = {x, y};
    check_ok(program_pair(k, f, false, &a, &b, 1, &out, &e), &e);
    return one(finish(k, &out, 1), row);
}

static void logic_is_three_valued(void **state)
{
    (void)state;
    const double u = (double)NAN;
    assert_true(isnan(pair(PAIR_AND, 1, u)));
    check_close(pair(PAIR_AND, u, 0), 0, 0, 0);
    check_close(pair(PAIR_OR, u, 1), 1, 0, 0);
    assert_true(isnan(pair(PAIR_OR, u, 0)));
    assert_true(isnan(pair(PAIR_XOR, u, 0)));
    assert_true(isnan(pair(PAIR_LESS, u, 0)));
    check_close(pair(PAIR_XOR, 1, 0), 1, 0, 0);
    check_close(pair(PAIR_LESS, 1, 2), 1, 0, 0);
    check_close(pair(PAIR_AT_MOST, 2, 2), 1, 0, 0);
    check_close(pair(PAIR_UNEQUAL, 2, 2), 0, 0, 0);
    check_close(pair(PAIR_REMAINDER, -7, 3), 2, 0, 0);
    check_close(pair(PAIR_REMAINDER, 7, -3), -2, 0, 0);
    check_close(pair(PAIR_FIRST_PRESENT, u, 3), 3, 0, 0);
    assert_true(isnan(pair(PAIR_LEAST, u, 3)));
    assert_true(isnan(pair(PAIR_MOST, 3, u)));
}

enum { IN = 7, HIDDEN = 11 };

struct net {
    double w[HIDDEN * IN], b[HIDDEN], v[HIDDEN], c;
};

static void net_fill(struct net *n, uint64_t *seed)
{
    for (size_t i = 0; i < N(n->w); i++)
        n->w[i] = random_unit(seed) - 0.5;
    for (size_t i = 0; i < HIDDEN; i++) {
        n->b[i] = random_unit(seed) - 0.5;
        n->v[i] = random_unit(seed) - 0.5;
    }
    n->c = random_unit(seed);
}

static struct program *net_program(const struct net *n, bool single)
{
    struct error e = {0};
    struct program_maker *k = start(IN);
    reg in[IN], h[HIDDEN], r[HIDDEN], out;
    for (reg i = 0; i < IN; i++)
        in[i] = i;
    check_ok(program_affine(k, n->w, n->b, single, in, IN, HIDDEN, h, &e), &e);
    check_ok(program_map(k, MAP_RELU, 0, 0, single, h, HIDDEN, r, &e), &e);
    check_ok(program_affine(k, n->v, &n->c, single, r, HIDDEN, 1, &out, &e),
             &e);
    return finish(k, &out, 1);
}

static double net_plain(const struct net *n, const double *x)
{
    double out = 0.0;
    for (size_t h = 0; h < HIDDEN; h++) {
        double sum = 0.0;
        for (size_t i = 0; i < IN; i++)
            sum += n->w[h * IN + i] * x[i];
        sum += n->b[h];
        out += n->v[h] * (sum < 0.0 ? 0.0 : sum);
    }
    return out + n->c;
}

static double net_single(const struct net *n, const double *x)
{
    float out = 0.0F;
    for (size_t h = 0; h < HIDDEN; h++) {
        float sum = 0.0F;
        for (size_t i = 0; i < IN; i++) {
            float product = (float)n->w[h * IN + i] * (float)x[i];
            sum += product;
        }
        sum += (float)n->b[h];
        float product = (float)n->v[h] * (sum < 0.0F ? 0.0F : sum);
        out += product;
    }
    return (double)(out + (float)n->c);
}

static void networks_give_the_same_bits_in_any_block(void **state)
{
    (void)state;
    enum { ROWS = 151 };
    static double x[ROWS * IN], all[ROWS], some[ROWS];
    struct error e = {0};
    struct net n;
    uint64_t seed = 3;
    net_fill(&n, &seed);
    for (size_t i = 0; i < N(x); i++)
        x[i] = 4 * random_unit(&seed) - 2;
    for (int single = 0; single < 2; single++) {
        struct program *p = net_program(&n, single);
        struct model_rows rows = {.value = x, .n = ROWS};
        check_ok(program_run(p, &rows, all, &e), &e);
        for (size_t i = 0; i < ROWS; i++) {
            double want = single ? net_single(&n, x + i * IN)
                                 : net_plain(&n, x + i * IN);
            assert_true(all[i] == want);
        }
        for (size_t at = 0, size = 1; at < ROWS; at += size, size += 3) {
            size = size < ROWS - at ? size : ROWS - at;
            rows = (struct model_rows){.value = x + at * IN, .n = size};
            check_ok(program_run(p, &rows, some + at, &e), &e);
        }
        assert_memory_equal(all, some, sizeof all);
        program_free(p);
    }
}

static void drops_what_no_output_needs(void **state)
{
    (void)state;
    struct error e = {0};
    struct program_maker *k = start(4);
    reg in[4] = {0, 1, 2, 3}, scaled[4], dead, sum;
    check_ok(program_map(k, MAP_SCALE, 2, 1, false, in, 4, scaled, &e), &e);
    check_ok(program_reduce(k, REDUCE_MAXIMUM, false, in, 4, &dead, &e), &e);
    check_ok(program_reduce(k, REDUCE_SUM, false, scaled + 1, 2, &sum, &e), &e);
    struct program *p = finish(k, &sum, 1);
    assert_int_equal(program_steps(p), 2);
    assert_false(program_reads(p, 0));
    assert_true(program_reads(p, 1));
    assert_true(program_reads(p, 2));
    assert_false(program_reads(p, 3));
    double row[4] = {(double)NAN, 1, 2, (double)NAN};
    check_close(one(p, row), 8, 0, 0);
}

static void tables_and_lines(void **state)
{
    (void)state;
    struct error e = {0};
    static const double key[] = {1, 5, 2, 5, 1, 6, 1, 5};
    static const double value[] = {10, 20, 30, 40};
    static const double kx[] = {0, 1, 3}, ky[] = {0, 10, 14};
    static const struct program_interval cut[] = {
        {-(double)INFINITY, 1, true, false, 5}, {1, 2, true, true, 6}};
    static const double x[][2] = {{1, 5}, {1, 6}, {9, 9}, {(double)NAN, 1},
                                  {2, 5}};
    static const double want[][3] = {{10, 10, 5}, {30, 10, 5}, {-1, 26, -3},
                                     {-2, 77, -4}, {20, 12, -3}};
    for (size_t i = 0; i < N(x); i++) {
        struct program_maker *k = start(2);
        reg in[2] = {0, 1}, out[3];
        check_ok(program_table(k, key, 4, 2, value, 1, -1, -2, in, out, &e),
                 &e);
        check_ok(program_lines(k, kx, ky, 3, BEYOND_EXTEND, 77, 0, out + 1, &e),
                 &e);
        check_ok(program_intervals(k, cut, 2, -3, -4, 0, out + 2, &e), &e);
        struct program *p = finish(k, out, 3);
        struct model_rows rows = {.value = x[i], .n = 1};
        double got[3];
        check_ok(program_run(p, &rows, got, &e), &e);
        for (size_t j = 0; j < 3; j++)
            check_close(got[j], want[i][j], 1e-15, 0);
        program_free(p);
    }
}

static void words_of_texts_are_counted(void **state)
{
    (void)state;
    struct error e = {0};
    static const char *const text[] = {
        "Not good, NOT GOOD at all!", "Gut – sehr gut; naïve"};
    struct program_maker *k = start(2);
    reg out[5];
    check_ok(program_token(k, 1, "good", false, &out[0], &e), &e);
    check_ok(program_token(k, 1, "not good", false, &out[1], &e), &e);
    check_ok(program_map(k, MAP_SCALE, 10, 0, false, out, 1, &out[3], &e), &e);
    check_ok(program_token(k, 1, "gut", true, &out[2], &e), &e);
    check_ok(program_token(k, 1, "naïve", false, &out[4], &e), &e);
    check_fails(program_token(k, 1, " - ", false, &out[0], &e), &e, ST_FORMAT,
                "no word");
    struct program *p = finish(k, out, 5);
    double row[] = {0, 0, 0, 1, 0, (double)NAN}, got[15];
    struct model_rows rows = {row, 3, text, 2};
    check_ok(program_run(p, &rows, got, &e), &e);
    static const double want[] = {2, 2, 0, 20, 0, 0, 0, 1, 0, 1,
                                  0, 0, 0, 0, 0};
    for (size_t i = 0; i < 15; i++)
        check_close(got[i], want[i], 0, 0);
    program_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_are_their_formulas),
        cmocka_unit_test(logic_is_three_valued),
        cmocka_unit_test(networks_give_the_same_bits_in_any_block),
        cmocka_unit_test(drops_what_no_output_needs),
        cmocka_unit_test(tables_and_lines),
        cmocka_unit_test(words_of_texts_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
