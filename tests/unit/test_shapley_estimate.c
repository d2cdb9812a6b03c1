/* Estimates of games that are known in full: exact where every coalition is
 * asked, efficient, symmetric, the same bits each time; and what is refused. */
#include "check.h"

#include "base/arena.h"
#include "kernel/simd.h"
#include "shapley/estimate.h"
#include "support/games.h"

static struct estimate_request usual(size_t evaluations)
{
    return (struct estimate_request){.evaluations = evaluations,
                                     .confidence = 0.95, .seed = 7};
}

static void check_all(const struct estimated_game *out, const double *phi,
                      double absolute)
{
    double sum = 0;

    for (size_t i = 0; i < out->players; i++) {
        check_close(out->value[i], phi[i], 0, absolute);
        sum += out->value[i];
    }
    check_close(sum, out->all - out->base, 1e-12, 1e-12);
}

static void test_enumeration(void **state)
{
    struct estimate_scratch *s = estimate_scratch_new();

    (void)state;
    for (size_t n = 1; n <= 14; n++) {
        struct known_game *g = known_game_new(KNOWN_TANH, n, 3, n);
        struct asked_game asked = known_game_asked(g);
        struct estimate_request r = usual((size_t)1 << n);
        struct estimated_game out;
        struct error e = {0};

        check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
        assert_true(out.exact);
        assert_int_equal(out.evaluations, (size_t)1 << n);
        assert_string_equal(out.method->name, "enumeration");
        check_all(&out, g->phi, 1e-12);
        for (size_t i = 0; i < n; i++)
            check_close(out.se[i], 0, 0, 0);
        known_game_free(g);
    }
    estimate_scratch_free(s);
}

/* Stopping as soon as the order is certain never takes sums over a part of the
 * coalitions for an enumeration. */
static void test_enumeration_in_rounds(void **state)
{
    struct estimate_scratch *s = estimate_scratch_new();

    (void)state;
    for (size_t n = 1; n <= 12; n++) {
        for (int asked_for = 0; asked_for < 2; asked_for++) {
            struct known_game *g = known_game_new(KNOWN_TANH, n, 9, n);
            struct estimate_request r = usual((size_t)1 << n);
            struct estimated_game out;
            struct asked_game asked;
            struct error e = {0};

            known_game_draw(g, 4, 1);
            asked = known_game_asked(g);
            r.until_order = true;
            r.first = n < 4 ? n : 4;
            r.method = asked_for ? estimation_find("enumeration") : NULL;
            check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
            assert_true(!asked_for || out.exact);
            assert_true((strcmp(out.method->name, "enumeration") == 0) ==
                        out.exact);
            known_game_free(g);
        }
    }
    estimate_scratch_free(s);
}

/* Pairs are exact too when they are all asked, and each method is on a game
 * that is additive. */
static void test_exact_methods(void **state)
{
    struct estimate_scratch *s = estimate_scratch_new();

    (void)state;
    for (size_t n = 2; n <= 10; n++) {
        struct known_game *g = known_game_new(KNOWN_RELU, n, 2, n);
        struct known_game *plain = known_game_new(KNOWN_ADDITIVE, n, 2, n);
        struct asked_game asked = known_game_asked(g);
        struct asked_game simple = known_game_asked(plain);
        struct estimated_game out;
        struct error e = {0};

        for (size_t m = 0; m < estimation_count(); m++) {
            struct estimate_request r = usual((size_t)1 << n);

            r.method = estimation_at(m);
            if (n < r.method->least_players)
                continue;
            if (strcmp(r.method->name, "pairs") == 0) {
                check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
                check_all(&out, g->phi, 1e-8);
            }
            r.evaluations = m == 0 ? r.evaluations : 4 * n;
            check_ok(estimate_game(&simple, &r, s, &out, &e), &e);
            check_all(&out, plain->phi, 1e-5);
        }
        known_game_free(g);
        known_game_free(plain);
    }
    estimate_scratch_free(s);
}

static void test_refusals(void **state)
{
    struct estimate_scratch *s = estimate_scratch_new();
    struct known_game *g = known_game_new(KNOWN_TANH, 10, 4, 1);
    struct asked_game asked = known_game_asked(g);
    struct estimate_request r = usual(100);
    struct estimated_game out;
    struct error e = {0};

    (void)state;
    r.evaluations = 19;
    check_fails(estimate_game(&asked, &r, s, &out, &e), &e, ST_ARGUMENT,
                "19 evaluations are too few for 10 players: give at least 20");
    r = usual(100);
    r.method = estimation_find("enumeration");
    check_fails(estimate_game(&asked, &r, s, &out, &e), &e, ST_ARGUMENT,
                "takes 1024 evaluations");
    r = usual(100);
    r.confidence = 1;
    check_fails(estimate_game(&asked, &r, s, &out, &e), &e, ST_ARGUMENT,
                "not between 0.5 and 1");
    r = usual(100);
    known_game_draw(g, 1, 1);
    asked = known_game_asked(g);
    check_fails(estimate_game(&asked, &r, s, &out, &e), &e, ST_ARGUMENT,
                "one reference row drawn from 4");
    known_game_draw(g, 4, 1);
    g->value[5 * 4] = (double)NAN; /* {0, 2}: a pair of size 2 */
    asked = known_game_asked(g);
    r = usual(1024);
    check_fails(estimate_game(&asked, &r, s, &out, &e), &e, ST_DATA,
                "no number");
    asked.players = 1025;
    check_fails(estimate_game(&asked, &r, s, &out, &e), &e, ST_ARGUMENT,
                "1 to 1024");
    known_game_free(g);
    estimate_scratch_free(s);
}

/* Every method and every level of vectors: the same bits, Σ values as it must
 * be, and nearer than a quarter of what the values are. */
static void test_same_bits(void **state)
{
    static const enum simd_level levels[] = {SIMD_SCALAR, SIMD_AVX2,
                                             SIMD_AVX512};
    struct known_game *g = known_game_new(KNOWN_RELU, 11, 5, 3);
    struct asked_game asked;
    enum simd_level best = simd_level();

    (void)state;
    known_game_draw(g, 4, 1);
    asked = known_game_asked(g);
    for (size_t m = 1; m < estimation_count(); m++) {
        struct estimate_request r = usual(150);
        double first[11 * 13];
        struct error e = {0};

        r.method = estimation_at(m);
        for (size_t l = 0; l < 3; l++) {
            struct estimate_scratch *s = estimate_scratch_new();
            struct estimated_game out;
            double now[11 * 13], sum = 0;

            if (!simd_force(levels[l]))
                continue;
            for (size_t again = 0; again < 2; again++)
                check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
            assert_int_equal(out.evaluations, 150);
            for (size_t i = 0; i < 11; i++) {
                now[i] = out.value[i];
                now[11 + i] = out.high[i];
                sum += out.value[i];
                assert_true(out.low[i] < out.value[i]);
            }
            memcpy(now + 22, out.difference_se, 11 * 11 * sizeof *now);
            check_close(sum, out.all - out.base, 1e-12, 1e-12);
            if (l == 0)
                memcpy(first, now, sizeof now);
            assert_memory_equal(first, now, sizeof now);
            estimate_scratch_free(s);
        }
    }
    simd_force(best);
    known_game_free(g);
}

/* What a scratch has seen before changes nothing. */
static void test_used_scratch(void **state)
{
    struct known_game *g = known_game_new(KNOWN_TANH, 12, 2, 9);
    struct asked_game asked = known_game_asked(g);
    struct estimate_scratch *fresh, *used = estimate_scratch_new();

    (void)state;
    for (size_t k = 700; k > 64; k -= 64) {
        struct estimate_request r = usual(k);
        struct estimated_game a, b;
        struct error e = {0};

        fresh = estimate_scratch_new();
        check_ok(estimate_game(&asked, &r, used, &a, &e), &e);
        check_ok(estimate_game(&asked, &r, fresh, &b, &e), &e);
        assert_memory_equal(a.value, b.value, 12 * sizeof *a.value);
        assert_memory_equal(a.se, b.se, 12 * sizeof *a.se);
        estimate_scratch_free(fresh);
    }
    known_game_free(g);
    estimate_scratch_free(used);
}

/* Listed in full, equal players are equal and idle ones have nothing. */
static void test_symmetry(void **state)
{
    double value[1 << 6];
    struct estimate_scratch *s = estimate_scratch_new();
    struct estimate_request r = usual(1 << 6);
    struct known_game *g;
    struct asked_game asked;
    struct estimated_game out;
    struct error e = {0};

    (void)state;
    for (size_t k = 0; k < 1 << 6; k++) { /* 0 and 1 alike, 2 idle */
        double both = (double)(k & 1) + (double)(k >> 1 & 1);

        value[k] = exp(both) * (1 + (double)(k >> 3 & 1)) +
                   sin((double)(k >> 4));
    }
    g = known_game_of(value, 6);
    asked = known_game_asked(g);
    check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
    check_close(out.value[0], out.value[1], 1e-13, 0);
    check_close(out.value[2], 0, 0, 1e-13);
    known_game_free(g);
    estimate_scratch_free(s);
}

/* Games that say nothing: all values alike. */
static void test_constant(void **state)
{
    double value[1 << 7];
    struct estimate_scratch *s = estimate_scratch_new();
    struct estimated_game out;
    struct error e = {0};
    struct known_game *g;
    struct asked_game asked;

    (void)state;
    for (size_t k = 0; k < 1 << 7; k++)
        value[k] = 3;
    g = known_game_of(value, 7);
    asked = known_game_asked(g);
    for (size_t m = 0; m <= estimation_count(); m++) {
        struct estimate_request r = usual(m == 0 ? 128 : 40);

        r.method = m < estimation_count() ? estimation_at(m) : NULL;
        r.until_order = true;
        r.first = 2;
        check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
        assert_int_equal(out.certain, 0); /* ties never are */
        assert_int_equal(out.evaluations, r.evaluations);
        for (size_t i = 0; i < 7; i++) {
            check_close(out.value[i], 0, 0, 1e-12);
            check_close(out.se[i], 0, 0, 1e-12);
        }
        check_close(out.base, 3, 0, 0);
    }
    known_game_free(g);
    estimate_scratch_free(s);
}

/* A few hundred values of each kind; the long measurement is a bench. */
static void test_coverage(void **state)
{
    static const enum known_kind kinds[] = {KNOWN_TANH, KNOWN_RELU,
                                            KNOWN_TREES};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct estimate_scratch *s = estimate_scratch_new();
        double in = 0, all = 0;

        for (size_t i = 0; i < 20; i++) {
            struct known_game *g = known_game_new(kinds[k], 10, 40, 100 + i);

            for (size_t d = 0; d < 4; d++) {
                struct estimate_request r = usual(100);
                struct asked_game asked;
                struct estimated_game out;
                struct error e = {0};

                known_game_draw(g, d == 0 ? 40 : 20, d);
                asked = known_game_asked(g);
                check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
                for (size_t p = 0; p < 10; p++) {
                    in += out.low[p] <= g->phi[p] && g->phi[p] <= out.high[p];
                    all += 1;
                }
            }
            known_game_free(g);
        }
        assert_true(in / all > 0.9 && in / all < 0.995);
        estimate_scratch_free(s);
    }
}

static bool is_first(const struct known_game *g, const double *value)
{
    size_t said = 0, is = 0;

    for (size_t i = 1; i < g->players; i++) {
        said = value[i] > value[said] ? i : said;
        is = g->phi[i] > g->phi[is] ? i : is;
    }
    return said == is;
}

static void test_order(void **state)
{
    struct estimate_scratch *s = estimate_scratch_new();
    size_t wrong = 0, certain = 0, runs = 60;
    double spent = 0;

    (void)state;
    for (size_t i = 0; i < runs; i++) {
        struct known_game *g = known_game_new(KNOWN_RELU, 10, 6, 500 + i);
        struct asked_game asked = known_game_asked(g);
        struct estimate_request r = usual(400);
        struct estimated_game out;
        struct error e = {0};

        r.until_order = r.largest_first = true;
        r.first = 1;
        check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
        assert_int_equal(out.evaluations, g->asked);
        certain += out.certain;
        wrong += out.certain == 1 && !is_first(g, out.value);
        spent += (double)out.evaluations;
        known_game_free(g);
    }
    assert_true(wrong <= 5); /* 5 % of 60, and chance */
    assert_true(certain >= 40);
    assert_true(spent / (double)runs < 250);
    estimate_scratch_free(s);
}

/* Players beyond those that are designed for, and more than one word. */
static status ask_sum(void *self, const uint64_t *set, size_t n, double *value,
                      struct error *e)
{
    size_t players = *(const size_t *)self, words = (players + 63) / 64;

    (void)e;
    for (size_t k = 0; k < n; k++) {
        value[k] = 0;
        for (size_t i = 0; i < players; i++) {
            if ((set[k * words + i / 64] >> (i % 64) & 1) != 0)
                value[k] += (double)(i % 5);
        }
        value[k] += 3 * (double)((set[k * words] & 3) == 3);
    }
    return ST_OK;
}

static void test_many_players(void **state)
{
    static const size_t counts[] = {2, 3, 5, 15, 64, 65, 130, 300};
    struct estimate_scratch *s = estimate_scratch_new();

    (void)state;
    for (size_t c = 0; c < 8; c++) {
        size_t n = counts[c];
        struct asked_game g = {.self = &n, .players = n, .samples = 1,
                               .population = 1, .ask = ask_sum};
        struct estimate_request r = usual(4 * n);
        struct estimated_game out;
        struct error e = {0};
        double off = 0;

        check_ok(estimate_game(&g, &r, s, &out, &e), &e);
        for (size_t i = 0; i < n; i++)
            off = fmax(off, fabs(out.value[i] - (double)(i % 5) -
                                 (i < 2 ? 1.5 : 0)));
        assert_true(off < 1);
        if (n < 4)
            assert_true(out.exact && off < 1e-9);
    }
    estimate_scratch_free(s);
}

static status ask_fails(void *self, const uint64_t *set, size_t n,
                        double *value, struct error *e)
{
    (void)self, (void)set, (void)n, (void)value;
    return error_set(e, ST_SYSTEM, "the model is gone");
}

static void test_failures(void **state)
{
    struct asked_game gone = {.players = 4, .samples = 1, .population = 1,
                              .ask = ask_fails};
    struct known_game *g = known_game_new(KNOWN_RELU, 8, 2, 3);
    struct asked_game asked = known_game_asked(g);
    struct estimate_request r = usual(16);
    struct estimate_scratch *s = estimate_scratch_new();
    struct estimated_game out;
    struct error e = {0};
    bool done = false;

    (void)state;
    check_fails(estimate_game(&gone, &r, s, &out, &e), &e, ST_SYSTEM, "gone");
    estimate_scratch_free(s);
    for (size_t n = 1; !done && n < 2000; n++) {
        status said = ST_MEMORY;

        mem_fail_at(n);
        s = estimate_scratch_new();
        if (s != NULL)
            said = estimate_game(&asked, &r, s, &out, &e);
        mem_fail_at(0);
        done = said == ST_OK;
        assert_true(done || said == ST_MEMORY);
        if (s != NULL) /* and the scratch is fit for the next game */
            check_ok(estimate_game(&asked, &r, s, &out, &e), &e);
        estimate_scratch_free(s);
    }
    assert_true(done);
    known_game_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enumeration),
        cmocka_unit_test(test_enumeration_in_rounds),
        cmocka_unit_test(test_exact_methods),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_used_scratch),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_many_players),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
