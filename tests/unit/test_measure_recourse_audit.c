/* The recourse audit: parts merged in any order are the whole, intervals are the
 * closed forms, reasons fall where their decisions say. */
#include "check.h"

#include "kernel/random.h"
#include "measure/recourse_audit.h"

#include <float.h>

enum { CASES = 2000, LEVERS = 5, INPUTS = 4, FACTORS = 3, GROUPS = 3 };

static const struct audit_spec SPEC = {.levers = LEVERS, .inputs = INPUTS,
                                       .factors = FACTORS, .columns = 2,
                                       .codes = {GROUPS, 2}};

struct one {
    struct audit_case c;
    size_t lever[LEVERS];
    uint16_t group[2];
    struct audit_reason reason;
    size_t input;
    bool wrong;
};

static size_t below(struct random_stream *r, size_t n)
{
    return (size_t)(random_uniform(r) * (double)n);
}

static struct one *make_cases(uint64_t seed)
{
    struct one *all = calloc(CASES, sizeof *all);
    struct random_stream *r = random_new(seed, 0, 0);
    assert_non_null(r);
    for (size_t i = 0; i < CASES; i++) {
        struct one *x = &all[i];
        enum audit_answer answer = (enum audit_answer)below(r, AUDIT_ANSWERS);
        bool plan = answer < AUDIT_IMPOSSIBLE;
        x->group[0] = (uint16_t)below(r, GROUPS + 1);
        x->group[1] = random_uniform(r) < 0.1 ? 0xffff : (uint16_t)below(r, 2);
        for (size_t k = 0; k < LEVERS; k++)
            x->lever[k] = (k + i) % LEVERS;
        x->c = (struct audit_case){
            .answer = answer, .changes = plan ? 1 + below(r, 3) : 0,
            .cost = plan ? ldexp(floor(ldexp(random_uniform(r), 28)), -24) : 0,
            .lever = x->lever, .boxes = below(r, 500),
            .guard_changed = random_uniform(r) < 0.05, .group = x->group};
        x->reason = (struct audit_reason){
            .factor = below(r, FACTORS), .first = random_uniform(r) < 0.5,
            .movable = random_uniform(r) < 0.7,
            .used = plan && random_uniform(r) < 0.5, .answer = answer};
        x->input = below(r, INPUTS);
        x->wrong = random_uniform(r) < 0.2;
    }
    random_free(r);
    return all;
}

static struct recourse_audit *new_audit(void)
{
    struct recourse_audit *a = NULL;
    struct error e = {.class = ST_OK};
    check_ok(recourse_audit_new(&SPEC, &a, &e), &e);
    return a;
}

static void add(struct recourse_audit *a, const struct one *x)
{
    struct error e = {.class = ST_OK};
    check_ok(recourse_audit_add(a, &x->c, &e), &e);
    check_ok(recourse_audit_reason(a, &x->reason, &e), &e);
    if (x->c.changes > 0)
        check_ok(recourse_audit_move(a, x->input, x->wrong, &e), &e);
}

static void same_number(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void same_estimate(struct estimate a, struct estimate b)
{
    same_number(a.value, b.value);
    same_number(a.low, b.low);
    same_number(a.high, b.high);
    same_number(a.n, b.n);
}

static void same_group(const struct recourse_audit *a,
                       const struct recourse_audit *b, size_t g)
{
    for (int k = 0; k < AUDIT_ANSWERS; k++)
        same_estimate(audit_share(a, g, (enum audit_answer)k),
                      audit_share(b, g, (enum audit_answer)k));
    same_estimate(audit_share_plan(a, g), audit_share_plan(b, g));
    same_estimate(audit_cost_mean(a, g), audit_cost_mean(b, g));
    same_estimate(audit_cost_median(a, g), audit_cost_median(b, g));
    same_estimate(audit_changes_mean(a, g), audit_changes_mean(b, g));
    same_number(audit_cost_quantile(a, g, 0.9), audit_cost_quantile(b, g, 0.9));
}

static void same(const struct recourse_audit *a, const struct recourse_audit *b)
{
    same_group(a, b, 0);
    for (size_t k = 0; k < GROUPS; k++)
        same_group(a, b, audit_group(a, 0, k));
    for (size_t k = 0; k < 2; k++)
        same_group(a, b, audit_group(a, 1, k));
    for (size_t i = 0; i < LEVERS; i++)
        same_number(audit_lever(a, i), audit_lever(b, i));
    for (size_t i = 0; i < INPUTS; i++) {
        same_number(audit_moved(a, i), audit_moved(b, i));
        same_number(audit_wrong(a, i), audit_wrong(b, i));
    }
    for (size_t i = 0; i < FACTORS; i++) {
        struct audit_reasons x = audit_reasons_of(a, i);
        struct audit_reasons y = audit_reasons_of(b, i);
        assert_memory_equal(&x, &y, sizeof x);
    }
    same_number(audit_boxes(a), audit_boxes(b));
    same_number(audit_guard_changed(a), audit_guard_changed(b));
}

/* Every third case to a part, in three orders of merging. */
static void merged_is_whole(void **state)
{
    (void)state;
    static const size_t order[3][3] = {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}};
    struct one *all = make_cases(11);
    struct recourse_audit *whole = new_audit();
    for (size_t i = 0; i < CASES; i++)
        add(whole, &all[i]);
    for (size_t t = 0; t < 3; t++) {
        struct error e = {.class = ST_OK};
        struct recourse_audit *part[3], *sum = new_audit();
        for (size_t k = 0; k < 3; k++) {
            part[k] = new_audit();
            for (size_t i = CASES; i-- > 0;)
                if (i % 3 == k)
                    add(part[k], &all[i]);
        }
        for (size_t k = 0; k < 3; k++)
            check_ok(recourse_audit_merge(sum, part[order[t][k]], &e), &e);
        same(whole, sum);
        for (size_t k = 0; k < 3; k++)
            recourse_audit_free(part[k]);
        recourse_audit_free(sum);
    }
    recourse_audit_free(whole);
    free(all);
}

struct counted { /* by hand, over one group */
    double n, plans, sum, changes, proven;
};

static struct counted count(const struct one *all, size_t column, size_t code)
{
    struct counted c = {0};
    for (size_t i = 0; i < CASES; i++) {
        if (column < 2 && all[i].group[column] != code)
            continue;
        c.n += 1;
        c.proven += all[i].c.answer == AUDIT_PROVEN;
        if (all[i].c.changes == 0)
            continue;
        c.plans += 1;
        c.sum += all[i].c.cost;
        c.changes += (double)all[i].c.changes;
    }
    return c;
}

static void check_group(const struct recourse_audit *a, const struct one *all,
                        size_t g, size_t column, size_t code)
{
    struct counted c = count(all, column, code);
    same_number(audit_n(a, g), c.n);
    same_number(audit_plans(a, g), c.plans);
    same_estimate(audit_share_plan(a, g), estimate_share(c.plans, c.n));
    same_estimate(audit_share(a, g, AUDIT_PROVEN),
                  estimate_share(c.proven, c.n));
    double mean = c.sum / c.plans, square = 0;
    for (size_t i = 0; i < CASES; i++)
        if (all[i].c.changes > 0 &&
            (column >= 2 || all[i].group[column] == code))
            square += (all[i].c.cost - mean) * (all[i].c.cost - mean);
    struct estimate want =
        estimate_mean(c.plans, mean, sqrt(square / (c.plans - 1)));
    struct estimate got = audit_cost_mean(a, g);
    assert_true(fabs(got.value - want.value) < 1e-12);
    assert_true(fabs(got.low - want.low) < 1e-12);
    assert_true(fabs(got.high - want.high) < 1e-12);
    assert_true(fabs(audit_changes_mean(a, g).value - c.changes / c.plans) <
                1e-12);
}

static void groups_are_counted(void **state)
{
    (void)state;
    struct one *all = make_cases(12);
    struct recourse_audit *a = new_audit();
    for (size_t i = 0; i < CASES; i++)
        add(a, &all[i]);
    check_group(a, all, 0, 2, 0);
    for (size_t k = 0; k < GROUPS; k++)
        check_group(a, all, audit_group(a, 0, k), 0, k);
    for (size_t k = 0; k < 2; k++)
        check_group(a, all, audit_group(a, 1, k), 1, k);
    recourse_audit_free(a);
    free(all);
}

/* Coverage of the ranks by the sum of binomial terms, each from the last. */
static double outside(double n, double low)
{
    double term = pow(0.5, n), sum = 0;
    for (double i = 0; i < low; i += 1) {
        sum += term;
        term *= (n - i) / (i + 1);
    }
    return 2 * sum;
}

static void median_ranks_cover(void **state)
{
    (void)state;
    double low, high;
    for (double n = 1; n < 6; n += 1)
        assert_false(audit_median_ranks(n, &low, &high));
    for (double n = 6; n < 1000; n += 1) {
        assert_true(audit_median_ranks(n, &low, &high));
        assert_true(low >= 1 && low + high == n + 1);
        assert_true(outside(n, low) <= 0.05 * (1 + 1e-9));
        assert_true(outside(n, low + 1) > 0.05); /* and none narrower does */
    }
    /* the table of Conover: n = 10: 2nd and 9th; n = 20: 6th and 15th */
    assert_true(audit_median_ranks(10, &low, &high) && low == 2 && high == 9);
    assert_true(audit_median_ranks(20, &low, &high) && low == 6 && high == 15);
    assert_true(audit_median_ranks(10000, &low, &high));
    assert_true(low > 4895 && low < 4905);
}

static void median_of_ten(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    struct recourse_audit *a = new_audit();
    const size_t lever = 0;
    const uint16_t group[2] = {0, 0xffff};
    for (int i = 10; i > 0; i--) {
        struct audit_case c = {.answer = AUDIT_PROVEN, .cost = i, .changes = 1,
                               .lever = &lever, .group = group};
        check_ok(recourse_audit_add(a, &c, &e), &e);
    }
    struct estimate m = audit_cost_median(a, 0);
    same_number(m.value, 5.5);
    same_number(m.low, 2);
    same_number(m.high, 9);
    same_number(audit_lever(a, 0), 10);
    same_number(audit_n(a, audit_group(a, 1, 0)), 0);
    assert_false(audit_cost_median(a, audit_group(a, 1, 1)).computable);
    assert_true(isnan(audit_cost_quantile(a, audit_group(a, 0, 1), 0.5)));
    recourse_audit_free(a);
}

static void reasons_fall_where_they_should(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    struct recourse_audit *a = new_audit();
    const struct audit_reason given[] = {
        {0, true, true, true, AUDIT_PROVEN},       /* a plan uses it */
        {0, false, true, false, AUDIT_WITHIN},     /* none does */
        {0, true, false, false, AUDIT_FOUND},      /* cannot move; none does */
        {1, true, true, false, AUDIT_IMPOSSIBLE},
        {1, false, false, false, AUDIT_IMPOSSIBLE}, /* cannot move first of all */
        {2, true, true, false, AUDIT_UNDECIDED}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        check_ok(recourse_audit_reason(a, &given[i], &e), &e);
    struct audit_reasons x = audit_reasons_of(a, 0);
    assert_true(x.given == 3 && x.first == 2 && x.unmovable == 1 &&
                x.impossible == 0 && x.planned == 3 && x.unused == 2 &&
                x.first_without == 1);
    x = audit_reasons_of(a, 1);
    assert_true(x.given == 2 && x.unmovable == 1 && x.impossible == 1 &&
                x.planned == 0 && x.unused == 0 && x.first_without == 1);
    x = audit_reasons_all(a);
    assert_true(x.given == 6 && x.unmovable == 2 && x.impossible == 1 &&
                x.first == 4 && x.first_without == 2);
    recourse_audit_free(a);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    struct error e = {.class = ST_OK};
    struct recourse_audit *a = new_audit(), *b = NULL;
    const size_t lever = LEVERS;
    const uint16_t group[2] = {0, 0};
    struct audit_case c = {.answer = AUDIT_PROVEN, .cost = 1, .changes = 1,
                           .lever = &lever, .group = group};
    assert_int_equal(recourse_audit_add(a, &c, &e), ST_BUG);
    c.changes = 0;
    assert_int_equal(recourse_audit_add(a, &c, &e), ST_BUG);
    assert_int_equal(recourse_audit_move(a, INPUTS, false, &e), ST_BUG);
    struct audit_spec other = SPEC;
    other.levers++;
    check_ok(recourse_audit_new(&other, &b, &e), &e);
    assert_int_equal(recourse_audit_merge(a, b, &e), ST_BUG);
    recourse_audit_free(b);
    other.codes[0] = AUDIT_GROUPS;
    assert_int_equal(recourse_audit_new(&other, &b, &e), ST_LIMIT);
    recourse_audit_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_is_whole),
        cmocka_unit_test(groups_are_counted),
        cmocka_unit_test(median_ranks_cover),
        cmocka_unit_test(median_of_ten),
        cmocka_unit_test(reasons_fall_where_they_should),
        cmocka_unit_test(refuses_nonsense)};
    return cmocka_run_group_tests_name("measure recourse audit", tests, NULL,
                                       NULL);
}
