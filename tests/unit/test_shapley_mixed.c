/* The game of mixed rows: against exact interventional contributions of random
 * forests, groups and inputs that stay, equal rows asked once, pieces of a text. */
#include "check.h"

#include "model/program.h"
#include "shapley/mixed.h"
#include "support/explain.h"
#include "support/plain_model.h"
#include "support/random_model.h"

static void whole_game(const struct mixed_game *g, struct estimate_scratch *s,
                       struct estimated_game *out)
{
    const struct asked_game *asked = mixed_game_asked(g);
    struct estimate_request r = {.evaluations = (size_t)1 << asked->players,
                                 .confidence = 0.95, .seed = 1};
    struct error e = {0};

    check_ok(estimate_game(asked, &r, s, out, &e), &e);
    assert_true(out->exact);
}

static void test_exact(void **state)
{
    const struct estimator *exact = estimator_find("interventional");
    struct random r = {.state = 5};
    struct estimate_scratch *s = estimate_scratch_new();

    (void)state;
    for (size_t round = 0; round < 40; round++) {
        struct random_model c = {.features = 2 + random_below(&r, 7),
                                 .outputs = 1, .trees = 6, .depth = 4,
                                 .library = LIBRARY_XGBOOST,
                                 .category_chance = 0.2};
        struct model *m = random_model_new(&r, &c);
        size_t f = m->features, k = 1 + random_below(&r, 6);
        double *row = calloc(f, sizeof *row);
        double *reference = calloc(k * f, sizeof *reference), *phi;
        struct mixed_request q = {.model = m, .row = row,
                                  .reference = reference, .samples = k,
                                  .population = k, .players = f};
        struct mixed_game *g;
        struct estimated_game out;
        struct error e = {0};
        size_t billed, equal;

        random_row(&r, m, 0.1, row);
        for (size_t i = 0; i < k; i++)
            random_row(&r, m, 0.1, reference + i * f);
        phi = explain_rows(exact, m, row, 1, reference, k);
        check_ok(mixed_game_new(&q, &g, &e), &e);
        whole_game(g, s, &out);
        for (size_t i = 0; i < f; i++)
            check_close(out.value[i], phi[i], 1e-9, 1e-9);
        check_close(out.base, phi[f], 1e-9, 1e-9);
        mixed_game_bill(g, &billed, &equal);
        assert_int_equal(billed + equal, ((size_t)1 << f) * k);
        /* N and ∅ are one question, everybody's row is one row there. */
        assert_true(equal >= k - 1);
        mixed_game_free(g);
        free(phi);
        free(row);
        free(reference);
        model_free(m);
    }
    estimate_scratch_free(s);
}

/* x0 + 10 x1 x2 as trees. */
static struct model *small_model(void)
{
    struct builder *b = plain_start(LIBRARY_XGBOOST);
    struct error e = {0};

    for (size_t i = 0; i < 3; i++) {
        char name[] = {'x', (char)('0' + i), '\0'};

        check_ok(builder_feature(b, name, FEATURE_NUMBER, &e), &e);
    }
    check_ok(builder_tree(b, 0, 1, &e), &e);
    check_ok(builder_split(b, 0, 0.5, 1, 2, true, MISSING_NAN, 2, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_leaf(b, 1, 1, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    check_ok(builder_tree(b, 0, 1, &e), &e);
    check_ok(builder_split(b, 1, 0.5, 1, 2, true, MISSING_NAN, 3, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_split(b, 2, 0.5, 3, 4, true, MISSING_NAN, 2, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_leaf(b, 10, 1, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
    return plain_finish(b);
}

/* x1 and x2 are one player, x0 stays: one player has all, and rows that differ
 * in x0 alone are equal. */
static void test_groups(void **state)
{
    static const double row[] = {1, 1, 1};
    static const double reference[] = {0, 0, 0, 1, 0, 0, 0, 1, 0};
    static const uint32_t player[] = {UINT32_MAX, 0, 0};
    struct model *m = small_model();
    struct mixed_request q = {.model = m, .row = row, .reference = reference,
                              .samples = 3, .population = 3, .player = player,
                              .players = 1};
    struct estimate_scratch *s = estimate_scratch_new();
    struct mixed_game *g;
    struct estimated_game out;
    struct error e = {0};
    size_t billed, equal;

    (void)state;
    check_ok(mixed_game_new(&q, &g, &e), &e);
    whole_game(g, s, &out);
    check_close(out.base, 1, 0, 1e-15);
    check_close(out.value[0], 10, 0, 1e-14);
    mixed_game_bill(g, &billed, &equal);
    assert_int_equal(billed, 3); /* the row, (1 0 0), (1 1 0) */
    assert_int_equal(equal, 3);
    mixed_game_free(g);
    estimate_scratch_free(s);
    model_free(m);
}

/* 2 × "bad" + "good" in a text, and a number. */
static struct model *text_model(void)
{
    struct error e = {0};
    struct builder *b = plain_start(LIBRARY_ONNX);
    struct program_maker *k = program_maker_new((size_t)1 << 26);
    static const double weight[] = {2, 1, 3};
    struct program *p;
    reg in[3], out;
    double base = 0;
    struct model *m;

    check_ok(builder_feature(b, "text", FEATURE_TEXT, &e), &e);
    check_ok(builder_feature(b, "x", FEATURE_NUMBER, &e), &e);
    check_ok(program_inputs(k, 2, &e), &e);
    check_ok(program_token(k, 0, "bad", false, &in[0], &e), &e);
    check_ok(program_token(k, 0, "good", false, &in[1], &e), &e);
    in[2] = 1;
    check_ok(program_affine(k, weight, NULL, false, in, 3, 1, &out, &e), &e);
    check_ok(program_finish(k, &out, 1, &p, &e), &e);
    program_maker_free(k);
    check_ok(builder_program(b, p, &e), &e);
    check_ok(builder_base(b, &base, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

static void test_text(void **state)
{
    static const double row[] = {1, 1}, reference[] = {0, 0, 0, 0.5};
    static const uint32_t player[] = {UINT32_MAX, 0};
    static const char *const texts[] = {"other", "bad day, good bad end"};
    static const struct text_piece piece[] = {
        {0, 3}, {4, 7}, {9, 13}, {14, 17}, {18, 21}};
    struct text_players t = {.feature = 0, .text = texts[1], .piece = piece,
                             .pieces = 5, .instead = ""};
    struct model *m = text_model();
    struct mixed_request q = {.model = m, .row = row, .reference = reference,
                              .samples = 2, .population = 2, .player = player,
                              .players = 1, .text = &t, .texts = texts,
                              .text_count = 2};
    struct estimate_scratch *s = estimate_scratch_new();
    static const double expected[] = {2.25, 2, 0, 1, 2, 0};
    struct mixed_game *g;
    struct estimated_game out;
    struct error e = {0};

    (void)state;
    check_ok(mixed_game_new(&q, &g, &e), &e);
    assert_int_equal(mixed_game_asked(g)->players, 6);
    whole_game(g, s, &out);
    for (size_t i = 0; i < 6; i++)
        check_close(out.value[i], expected[i], 0, 1e-12);
    check_close(out.base, 0.75, 0, 1e-15); /* ", " and blanks are left */
    mixed_game_free(g);
    t.instead = "good";
    check_ok(mixed_game_new(&q, &g, &e), &e);
    whole_game(g, s, &out);
    /* A piece joins what stands beside it: ", " parts words, a blank too. */
    check_close(out.base, 5.75, 0, 1e-15);
    check_close(out.value[1], 1, 0, 1e-12);
    mixed_game_free(g);
    estimate_scratch_free(s);
    model_free(m);
}

static void test_refusals(void **state)
{
    static const double row[] = {1, 1, 1};
    static const double reference[] = {0, 0, 0};
    struct model *m = small_model();
    struct mixed_request q = {.model = m, .row = row, .reference = reference,
                              .players = 3};
    struct mixed_game *g;
    struct error e = {0};

    (void)state;
    check_fails(mixed_game_new(&q, &g, &e), &e, ST_ARGUMENT,
                "at least one reference row");
    assert_null(g);
    q.samples = 1;
    q.players = 2;
    check_fails(mixed_game_new(&q, &g, &e), &e, ST_BUG, "players");
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
