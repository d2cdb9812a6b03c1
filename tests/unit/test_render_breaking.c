#include "check.h"

#include "render/breaking.h"

static uint64_t seed = 88172645463325252ULL;

static double chance(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) / 9007199254740992.0;
}

static double cost_of_lines(const struct break_item *items, size_t n,
                            const uint32_t *ends, size_t lines, double m)
{
    double cost = 0.0;
    for (size_t i = 0, from = 0; i < lines; from = ends[i], i++)
        cost += break_line_cost(items, n, from, ends[i], m);
    return cost;
}

/* Each subset of the allowed breaks is one way to set the paragraph. */
static double brute_force(const struct break_item *items, size_t n, double m)
{
    double best = INFINITY;
    for (uint32_t set = 0; set < 1u << (n - 1); set++) {
        uint32_t ends[16];
        size_t lines = 0;
        bool legal = true;
        for (uint32_t i = 0; i + 1 < n; i++) {
            bool here = (set >> i & 1) != 0;
            legal = legal && !(here && items[i].penalty >= BREAK_NEVER) &&
                    !(!here && items[i].penalty <= BREAK_FORCED);
            if (here)
                ends[lines++] = i + 1;
        }
        ends[lines++] = (uint32_t)n;
        if (legal)
            best = fmin(best, cost_of_lines(items, n, ends, lines, m));
    }
    return best;
}

static void the_lines_are_the_cheapest_of_all(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct break_item items[12];
        struct break_node nodes[13];
        uint32_t ends[12];
        size_t n = 1 + (size_t)(chance() * 11.99);
        for (size_t i = 0; i < n; i++) {
            double kind = chance();
            items[i] = (struct break_item){
                .width = 2.0 + chance() * 40.0,
                .space = 3.0,
                .penalty = kind < 0.1    ? BREAK_NEVER
                           : kind < 0.13 ? BREAK_FORCED
                           : kind < 0.3  ? 25.0
                                         : 0.0};
        }
        double m = 50.0 + chance() * 150.0;
        size_t lines = break_lines(items, n, m, nodes, ends);
        assert_int_equal(ends[lines - 1], n);
        check_close(cost_of_lines(items, n, ends, lines, m),
                    brute_force(items, n, m), 1e-12, 0);
    }
}

static void nothing_gives_no_lines(void **state)
{
    (void)state;
    struct break_node node;
    uint32_t end;
    assert_int_equal(break_lines(NULL, 0, 100.0, &node, &end), 0);
}

/* Pieces of a text with | between them. */
static void check_pieces(const char *text, const char *expected)
{
    char got[512] = "";
    size_t n = 0, left = strlen(text);
    uint32_t before = 0;
    while (left > 0) {
        size_t spaces;
        enum break_after after;
        size_t k = break_next(text, left, before, &spaces, &after);
        assert_true(k > 0 && k <= left);
        n += (size_t)snprintf(got + n, sizeof got - n, "%.*s", (int)k, text);
        text += k;
        left -= k;
        before = (unsigned char)text[-1];
        if (left > 0 && after != AFTER_NEVER)
            got[n++] = '|';
        got[n] = '\0';
    }
    assert_string_equal(got, expected);
}

static void breaks_stand_where_readers_expect_them(void **state)
{
    (void)state;
    check_pieces("one two  three", "one |two  |three");
    check_pieces("self-employed", "self-|employed");
    check_pieces("1-800-555-0100", "1-800-555-0100");
    check_pieces("560\xe2\x80\x93" "599 points", "560\xe2\x80\x93" "599 |points");
    check_pieces("yes \xe2\x80\x94 no", "yes |\xe2\x80\x94 |no");
    check_pieces("and/or", "and/|or");
    check_pieces("https://example.org/a", "https://example.org/|a");
    check_pieces("95\xc2\xa0% here", "95\xc2\xa0% |here");
    check_pieces("66.9\xe2\x80\xaf%", "66.9\xe2\x80\xaf%");
    check_pieces("3/4", "3/4");
    check_pieces("-5", "-5");
    check_pieces("\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e",
                 "\xe7\x8e\x8b|\xe5\xb0\x8f|\xe6\x98\x8e");
    /* No ideographic stop at a line's beginning, no bracket at its end. */
    check_pieces("\xe7\x8e\x8b\xe3\x80\x82\xe5\xb0\x8f",
                 "\xe7\x8e\x8b\xe3\x80\x82|\xe5\xb0\x8f");
    check_pieces("\xe7\x8e\x8b\xe3\x80\x8c\xe5\xb0\x8f\xe3\x80\x8d",
                 "\xe7\x8e\x8b|\xe3\x80\x8c\xe5\xb0\x8f\xe3\x80\x8d");
}

static void cuts_spare_marks_that_combine(void **state)
{
    (void)state;
    bool good;
    assert_int_equal(break_cut("_x", 2, &good), 1);
    assert_true(good);
    assert_int_equal(break_cut("ab", 2, &good), 1);
    assert_false(good);
    /* e with U+0301 stays whole */
    assert_int_equal(break_cut("e\xcc\x81x", 4, &good), 3);
    assert_int_equal(break_cut("x", 1, &good), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_are_the_cheapest_of_all),
        cmocka_unit_test(nothing_gives_no_lines),
        cmocka_unit_test(breaks_stand_where_readers_expect_them),
        cmocka_unit_test(cuts_spare_marks_that_combine),
    };
    return cmocka_run_group_tests_name("render breaking", tests, NULL, NULL);
}
