/* Games whose answers are kept, and two that are joined over their rows. */
#include "check.h"

#include "batch/estimating_in.h"

enum { PLAYERS = 5, ROWS = 7, FIRST = 3 };

/* Worth: a product of who is there, another one for each row. */
struct counted {
    struct asked_game game;
    size_t from, asked;
};

static double worth(uint64_t set, size_t row)
{
    double x = 1;
    for (size_t i = 0; i < PLAYERS; i++)
        x *= (set >> i & 1) != 0 ? 1.25 + (double)(i * row) : 0.5;
    return x;
}

static status answer(void *self, const uint64_t *set, size_t n, double *value,
                     struct error *e)
{
    struct counted *c = self;
    size_t rows = c->game.samples;
    (void)e;
    c->asked += n;
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < rows; r++)
            value[i * rows + r] = worth(set[i], c->from + r);
    return ST_OK;
}

static void begin(struct counted *c, size_t from, size_t rows)
{
    *c = (struct counted){.from = from};
    c->game = (struct asked_game){.self = c, .players = PLAYERS,
                                  .samples = rows, .population = ROWS,
                                  .ask = answer};
}

static void check_all(const struct asked_game *g, size_t sets)
{
    uint64_t set[1 << PLAYERS];
    double value[(1 << PLAYERS) * ROWS];
    struct error e;
    for (size_t i = 0; i < sets; i++)
        set[i] = sets - 1 - i;
    assert_int_equal(g->ask(g->self, set, sets, value, &e), ST_OK);
    for (size_t i = 0; i < sets; i++)
        for (size_t r = 0; r < g->samples; r++)
            assert_true(value[i * g->samples + r] == worth(set[i], r));
}

static void a_set_is_asked_once(void **state)
{
    (void)state;
    struct counted own;
    struct estimate_memo m = {0};
    struct error e;
    begin(&own, 0, ROWS);
    assert_int_equal(memo_open(&m, &own.game, &e), ST_OK);
    struct asked_game g = memo_game(&m);
    check_all(&g, 12);
    assert_int_equal(own.asked, 12);
    check_all(&g, 32);
    assert_int_equal(own.asked, 32);
    check_all(&g, 32);
    assert_int_equal(own.asked, 32);
    assert_int_equal(m.count, 32);
    memo_close(&m);
}

static void growing_asks_for_new_rows_alone(void **state)
{
    (void)state;
    struct counted one, two;
    struct estimate_memo m = {0}, all = {0};
    struct estimate_joined j = {0};
    struct error e;
    begin(&one, 0, FIRST);
    begin(&two, FIRST, ROWS - FIRST);
    assert_int_equal(memo_open(&m, &one.game, &e), ST_OK);
    struct asked_game g = memo_game(&m);
    check_all(&g, 20);
    joined_open(&j, &m, &two.game);
    assert_int_equal(memo_open(&all, &j.game, &e), ST_OK);
    g = memo_game(&all);
    assert_int_equal(g.samples, ROWS);
    assert_int_equal(g.population, ROWS);
    check_all(&g, 20);
    assert_int_equal(one.asked, 20);
    assert_int_equal(two.asked, 20);
    check_all(&g, 32);
    assert_int_equal(one.asked, 32);
    assert_int_equal(two.asked, 32);
    memo_close(&m);
    memo_close(&all);
    joined_close(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_asked_once),
        cmocka_unit_test(growing_asks_for_new_rows_alone),
    };
    return cmocka_run_group_tests_name("batch estimating", tests, NULL, NULL);
}
