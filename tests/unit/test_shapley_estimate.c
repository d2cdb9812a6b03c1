/* Estimates of games that are known in full: exact where every coalition is
 * asked, efficient, symmetric, the same bits each time; and what is refused. */
#include "check.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enumeration),
        cmocka_unit_test(test_exact_methods),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
