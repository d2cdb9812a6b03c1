/* Global tallies: brute force on the raw rows, and that nothing depends on
 * blocks, order or the way of merging. */
#include "check.h"

#include "kernel/random.h"
#include "measure/global.h"

enum { ROWS = 3000, PLAYERS = 5, WIDE = 6, GROUPS = 3, PAIRS = 4 };

static const double EDGES[] = {-1.0, -0.0, 0.25, 2.0};

struct data {
    double phi[ROWS * WIDE], row[ROWS * PLAYERS], pair[ROWS * PAIRS];
    uint16_t group[ROWS * 2];
};

static const struct global_player PLAYER[PLAYERS] = {
    {.kind = GLOBAL_NUMBER, .feature = 0, .edge = EDGES, .edges = 4},
    {.kind = GLOBAL_CATEGORY, .feature = 1, .codes = 3},
    {.kind = GLOBAL_NONE},
    {.kind = GLOBAL_NUMBER, .feature = 3, .edge = EDGES, .edges = 0},
    {.kind = GLOBAL_NUMBER, .feature = 4, .edge = EDGES, .edges = 2}};

static struct global_spec spec_of(bool bins)
{
    struct global_spec s = {.players = PLAYERS, .player = bins ? PLAYER : NULL,
                            .largest = 3.0, .columns = 2,
                            .codes = {GROUPS, 2}, .group_bins = true,
                            .pairs = PAIRS};
    return s;
}

static struct data *make_data(uint64_t seed)
{
    struct data *d = calloc(1, sizeof *d);
    struct random_stream *r = random_new(seed, 0, 0);
    assert_non_null(r);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t p = 0; p < WIDE; p++)
            d->phi[i * WIDE + p] = 4.0 * random_uniform(r) - 2.0;
        /* small against the largest, and far from 0: no cancellation */
        d->phi[i * WIDE + 3] = 1e-6 * random_uniform(r);
        d->phi[i * WIDE + 4] = 2.0 + 1e-5 * random_uniform(r);
        for (size_t p = 0; p < PLAYERS; p++)
            d->row[i * PLAYERS + p] = random_uniform(r) < 0.08
                                          ? (double)NAN
                                          : 6.0 * random_uniform(r) - 3.0;
        d->row[i * PLAYERS + 1] = floor(6.0 * random_uniform(r)) - 1.0;
        for (size_t k = 0; k < PAIRS; k++)
            d->pair[i * PAIRS + k] = random_uniform(r) - 0.5;
        d->group[2 * i] = (uint16_t)(4.0 * random_uniform(r));
        d->group[2 * i + 1] = random_uniform(r) < 0.1 ? 0xffff : i % 2;
    }
    random_free(r);
    d->row[0] = (double)INFINITY;
    d->row[PLAYERS] = -(double)INFINITY;
    d->row[2 * PLAYERS] = -0.0;
    d->row[3 * PLAYERS] = 0.25;
    return d;
}

static void add(struct global *g, const struct data *d, size_t from, size_t n)
{
    struct error e = {.class = ST_OK};
    struct global_rows rows = {n, d->phi + from * WIDE, WIDE,
                               d->row + from * PLAYERS, PLAYERS,
                               d->group + from * 2};
    check_ok(global_add(g, &rows, &e), &e);
    check_ok(global_add_pairs(g, d->pair + from * PAIRS, PAIRS,
                              d->group + from * 2, n, &e), &e);
}

static struct global *tally(const struct data *d, size_t from, size_t n,
                            size_t block)
{
    struct error e = {.class = ST_OK};
    struct global_spec spec = spec_of(true);
    struct global *g = NULL;
    check_ok(global_new(&spec, &g, &e), &e);
    for (size_t at = 0; at < n; at += block)
        add(g, d, from + at, block < n - at ? block : n - at);
    return g;
}

static void same_estimate(struct estimate a, struct estimate b)
{
    assert_memory_equal(&a.value, &b.value, sizeof a.value);
    assert_memory_equal(&a.low, &b.low, sizeof a.low);
    assert_memory_equal(&a.high, &b.high, sizeof a.high);
}

static void same_tally(const struct global *a, const struct global *b)
{
    for (size_t g = 0; g < global_groups(a); g++) {
        assert_true(global_n(a, g) == global_n(b, g));
        for (size_t p = 0; p < PLAYERS; p++) {
            same_estimate(global_absolute(a, g, p), global_absolute(b, g, p));
            same_estimate(global_mean(a, g, p), global_mean(b, g, p));
            for (size_t k = 0; k < global_bins(a, p); k++) {
                struct global_bin x = global_bin(a, g, p, k);
                struct global_bin y = global_bin(b, g, p, k);
                assert_memory_equal(&x.n, &y.n, 7 * sizeof(double));
            }
        }
        for (size_t k = 0; k < PAIRS; k++)
            same_estimate(global_pair(a, g, k), global_pair(b, g, k));
    }
}

/* --- the oracle: the definition, row by row --- */

static bool in_group(const struct data *d, size_t i, size_t group)
{
    if (group == 0)
        return true;
    return group <= GROUPS ? d->group[2 * i] == group - 1
                           : d->group[2 * i + 1] == group - 1 - GROUPS;
}

static bool in_bin(const struct data *d, size_t i, size_t p, size_t bin)
{
    const struct global_player *x = &PLAYER[p];
    double v = d->row[i * PLAYERS + x->feature];
    size_t bins = (x->kind == GLOBAL_NUMBER ? x->edges : x->codes) + 2;
    if (isnan(v) || bin == bins - 1)
        return isnan(v) && bin == bins - 1;
    if (x->kind == GLOBAL_CATEGORY)
        return bin < x->codes ? v >= (double)bin && v < (double)bin + 1
                              : v < 0 || v >= (double)x->codes;
    return (bin == 0 || v >= EDGES[bin - 1]) &&
           (bin == x->edges || v < EDGES[bin]);
}

struct brute {
    long double n, sum, square, low, high, least, most;
};

static void brute_add(struct brute *b, double phi, double v)
{
    b->least = b->n > 0 ? fminl(b->least, phi) : phi;
    b->most = b->n > 0 ? fmaxl(b->most, phi) : phi;
    b->low = b->n > 0 ? fminl(b->low, v) : v;
    b->high = b->n > 0 ? fmaxl(b->high, v) : v;
    b->n += 1;
    b->sum += phi;
}

static double brute_sd(const struct data *d, size_t group, size_t p,
                       size_t bin, const struct brute *b)
{
    long double about = 0, mean = b->sum / b->n;
    for (size_t i = 0; i < ROWS; i++)
        if (in_group(d, i, group) && (bin == SIZE_MAX || in_bin(d, i, p, bin)))
            about += (d->phi[i * WIDE + p] - mean) *
                     (d->phi[i * WIDE + p] - mean);
    return (double)sqrtl(about / (b->n - 1));
}

static void check_player(const struct data *d, const struct global *g,
                         size_t group, size_t p)
{
    struct brute all = {0}, size = {0};
    for (size_t i = 0; i < ROWS; i++)
        if (in_group(d, i, group)) {
            brute_add(&all, d->phi[i * WIDE + p], 0);
            brute_add(&size, fabs(d->phi[i * WIDE + p]), 0);
        }
    struct estimate mean = global_mean(g, group, p);
    assert_true(mean.n == (double)all.n);
    check_close(mean.value, (double)(all.sum / all.n), 1e-12, 2e-12);
    check_close(global_absolute(g, group, p).value,
                (double)(size.sum / size.n), 1e-12, 2e-12);
    double sd = brute_sd(d, group, p, SIZE_MAX, &all);
    struct estimate normal = estimate_mean((double)all.n, 0, sd);
    check_close(mean.high - mean.value, normal.high, 1e-5, 0);
}

static void check_bins(const struct data *d, const struct global *g,
                       size_t group, size_t p)
{
    for (size_t k = 0; k < global_bins(g, p); k++) {
        struct brute b = {0};
        for (size_t i = 0; i < ROWS; i++)
            if (in_group(d, i, group) && in_bin(d, i, p, k))
                brute_add(&b, d->phi[i * WIDE + p],
                          d->row[i * PLAYERS + PLAYER[p].feature]);
        struct global_bin x = global_bin(g, group, p, k);
        assert_true(x.n == (double)b.n);
        assert_int_equal(x.missing, k == global_bins(g, p) - 1);
        if (b.n < 2)
            continue;
        check_close(x.mean, (double)(b.sum / b.n), 1e-12, 2e-12);
        check_close(x.sd, brute_sd(d, group, p, k, &b), 1e-5, 0);
        check_close(x.least, (double)b.least, 0, 2e-12);
        check_close(x.most, (double)b.most, 0, 2e-12);
        if (!x.missing) {
            check_close(x.low, (double)b.low, 0, 0);
            check_close(x.high, (double)b.high, 0, 0);
        }
    }
}

static void brute_force(void **state)
{
    (void)state;
    struct data *d = make_data(11);
    struct global *g = tally(d, 0, ROWS, ROWS);
    assert_int_equal(global_groups(g), 1 + GROUPS + 2);
    for (size_t group = 0; group < global_groups(g); group++)
        for (size_t p = 0; p < PLAYERS; p++) {
            check_player(d, g, group, p);
            check_bins(d, g, group, p);
        }
    size_t order[PLAYERS], pairs[3];
    global_order(g, 0, order);
    assert_int_equal(order[0], 4);
    assert_int_equal(order[PLAYERS - 1], 3);
    assert_int_equal(global_pair_order(g, 0, 3, pairs), 3);
    assert_true(global_pair(g, 0, pairs[0]).value >=
                global_pair(g, 0, pairs[1]).value);
    global_free(g);
    free(d);
}

static void order_of_work(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    struct data *d = make_data(12);
    struct global *whole = tally(d, 0, ROWS, ROWS);
    static const size_t blocks[] = {1, 7, 64, 257, 1000};
    for (size_t k = 0; k < 5; k++) {
        struct global *g = tally(d, 0, ROWS, blocks[k]);
        same_tally(whole, g);
        global_free(g);
    }
    struct global *a = tally(d, 0, 1234, 100);
    struct global *b = tally(d, 1234, ROWS - 1234, 33);
    check_ok(global_merge(b, a, &e), &e);
    same_tally(whole, b);
    global_free(a);
    global_free(b);
    struct global_spec spec = spec_of(true);
    check_ok(global_new(&spec, &a, &e), &e);
    for (size_t i = 0; i < ROWS; i++) /* 7 does not divide: a permutation */
        add(a, d, i * 7 % ROWS, 1);
    same_tally(whole, a);
    global_free(a);
    global_free(whole);
    free(d);
}

static void refusals(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    struct global *g = NULL;
    struct global_spec spec = spec_of(false);
    spec.largest = 0;
    check_fails(global_new(&spec, &g, &e), &e, ST_ARGUMENT, "largest");
    spec = spec_of(false);
    spec.codes[0] = GLOBAL_GROUPS + 1;
    check_fails(global_new(&spec, &g, &e), &e, ST_LIMIT, "bands");
    spec = spec_of(false);
    spec.players = (size_t)1 << 22;
    check_fails(global_new(&spec, &g, &e), &e, ST_LIMIT, "without groups");
    spec = spec_of(false);
    check_ok(global_new(&spec, &g, &e), &e);
    double phi[WIDE] = {0, 0, (double)NAN};
    struct global_rows rows = {.n = 1, .phi = phi, .phi_stride = WIDE};
    check_fails(global_add(g, &rows, &e), &e, ST_NUMERIC, "place 2");
    phi[2] = 3.0 * 1024;
    check_fails(global_add(g, &rows, &e), &e, ST_NUMERIC, "at most");
    struct global *other = NULL;
    spec = spec_of(true);
    check_ok(global_new(&spec, &other, &e), &e);
    check_fails(global_merge(g, other, &e), &e, ST_BUG, "shapes");
    assert_true(isnan(global_bin(other, 0, 0, 0).mean));
    assert_false(global_mean(other, 0, 0).computable);
    global_free(g);
    global_free(other);
}

static void reasons(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    static const size_t codes[] = {2};
    static const size_t a[] = {3, 1, 0, 2, 4}, b[] = {3, 0, 1, 2, 4};
    static const size_t c[] = {1, 3};
    static const uint16_t first[] = {0}, second[] = {1};
    struct global_reasons *r = NULL, *s = NULL;
    check_ok(global_reasons_new(5, 1, codes, &r, &e), &e);
    check_ok(global_reasons_new(5, 1, codes, &s, &e), &e);
    struct global_reason_row row = {{a, b}, {5, 5}, first};
    check_ok(global_reasons_add(r, &row, &e), &e);
    row = (struct global_reason_row){{a, c}, {5, 2}, second};
    check_ok(global_reasons_add(s, &row, &e), &e);
    row = (struct global_reason_row){{a, c}, {0, 0}, NULL};
    check_ok(global_reasons_add(s, &row, &e), &e);
    check_ok(global_reasons_merge(r, s, &e), &e);
    assert_true(global_reasons_n(r, 0) == 3);
    size_t one = global_reasons_group(r, 0, 1);
    assert_true(global_reasons_n(r, one) == 1);
    assert_true(global_reasons_given(r, 0, 0) == 2);
    check_close(global_reason_share(r, 0, 0, 3, 0).value, 2.0 / 3, 1e-15, 0);
    check_close(global_reason_share(r, one, 1, 1, 0).value, 1, 0, 0);
    check_close(global_reason_any(r, 0, 0, 4).value, 0, 0, 0);
    check_close(global_reason_any(r, 0, 1, 3).value, 2.0 / 3, 1e-15, 0);
    check_close(global_reason_same_first(r, 0).value, 0.5, 0, 0);
    check_close(global_reason_same_set(r, 0).value, 0.5, 0, 0);
    check_close(global_reason_same_set(r, one).value, 0, 0, 0);
    static const size_t bad[] = {5};
    row = (struct global_reason_row){{bad, NULL}, {1, 0}, NULL};
    check_fails(global_reasons_add(r, &row, &e), &e, ST_BUG, "factors");
    global_reasons_free(r);
    global_reasons_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brute_force), cmocka_unit_test(order_of_work),
        cmocka_unit_test(refusals), cmocka_unit_test(reasons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
