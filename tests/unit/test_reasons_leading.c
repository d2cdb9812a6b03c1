/* The short way to the first reasons gives what reasons_find ranks, and says
 * when errors of a stated size could change it. */
#include "check.h"
#include "reasons/leading.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { INPUTS = 23, FACTORS = 9 };

static uint64_t next(uint64_t *s)
{
    *s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
    return *s >> 33;
}

/* Coarse values, so that ties are common. */
static void draw(uint64_t *s, long *of, double *phi)
{
    for (size_t j = 0; j < INPUTS; j++) {
        of[j] = (long)(next(s) % (FACTORS + 1)) - 1;
        phi[j] = ((double)(next(s) % 41) - 20) / 8;
    }
}

/* By the definition: the factor that beats all not yet listed. */
static size_t by_hand(const long *of, const double *phi, bool better, size_t k,
                      size_t *out)
{
    double sum[FACTORS] = {0};
    bool taken[FACTORS] = {false};
    size_t n = 0;
    for (size_t j = 0; j < INPUTS; j++)
        if (of[j] >= 0)
            sum[of[j]] += better ? -phi[j] : phi[j];
    for (; n < k; n++) {
        size_t best = FACTORS;
        for (size_t i = 0; i < FACTORS; i++)
            if (!taken[i] && sum[i] > 0 &&
                (best == FACTORS || sum[i] > sum[best]))
                best = i;
        if (best == FACTORS)
            break;
        taken[best] = true;
        out[n] = best;
    }
    return n;
}

static void gives_the_first(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int trial = 0; trial < 20000; trial++) {
        long of[INPUTS];
        double phi[INPUTS], shortfall[FACTORS];
        size_t got[FACTORS], want[FACTORS], k = 1 + (size_t)trial % FACTORS;
        bool better = trial % 2 == 0;
        draw(&seed, of, phi);
        leading_shortfalls(of, INPUTS, phi, better, shortfall, FACTORS);
        size_t n = leading_factors(shortfall, FACTORS, k, got);
        assert_int_equal(n, by_hand(of, phi, better, k, want));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(got[i], want[i]);
    }
}

/* Where nothing is in doubt, no error within the bound changes the answer. */
static void doubt_covers_errors(void **state)
{
    (void)state;
    uint64_t seed = 11;
    int certain = 0, doubtful = 0;
    for (int trial = 0; trial < 20000; trial++) {
        long of[INPUTS];
        double phi[INPUTS], shortfall[FACTORS], other[FACTORS];
        size_t got[FACTORS], moved[FACTORS], parts[FACTORS] = {0};
        size_t k = 1 + (size_t)trial % 5;
        const double bound = 0.02;
        draw(&seed, of, phi);
        for (size_t j = 0; j < INPUTS; j++)
            if (of[j] >= 0)
                parts[of[j]]++;
        leading_shortfalls(of, INPUTS, phi, false, shortfall, FACTORS);
        size_t n = leading_factors(shortfall, FACTORS, k, got);
        if (leading_doubtful(shortfall, FACTORS, k, got, n, parts, bound)) {
            doubtful++;
            continue;
        }
        certain++;
        for (size_t j = 0; j < INPUTS; j++)
            phi[j] += next(&seed) % 2 == 0 ? bound * 0.999 : -bound * 0.999;
        leading_shortfalls(of, INPUTS, phi, false, other, FACTORS);
        assert_int_equal(leading_factors(other, FACTORS, k, moved), n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(moved[i], got[i]);
    }
    assert_true(certain > 2000 && doubtful > 2000);
}

static void doubt_by_cases(void **state)
{
    (void)state;
    const size_t parts[4] = {1, 1, 2, 0};
    size_t at[4];
    const double apart[4] = {0.5, 0.2, -0.3, 0};
    size_t n = leading_factors(apart, 4, 4, at);
    assert_int_equal(n, 2);
    assert_false(leading_doubtful(apart, 4, 4, at, n, parts, 0.01));
    /* the third may be adverse after all, and is wanted */
    assert_true(leading_doubtful(apart, 4, 4, at, n, parts, 0.15));
    /* a tie at the edge of the list */
    const double tie[4] = {0.5, 0.2, 0.2, 0};
    n = leading_factors(tie, 4, 2, at);
    assert_int_equal(at[1], 1);
    assert_true(leading_doubtful(tie, 4, 2, at, n, parts, 0));
    n = leading_factors(tie, 4, 1, at);
    assert_false(leading_doubtful(tie, 4, 1, at, n, parts, 0.05));
    const double none[4] = {-1, -1, -1, 0};
    assert_int_equal(leading_factors(none, 4, 2, at), 0);
    assert_false(leading_doubtful(none, 4, 2, at, 0, parts, 0.01));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_first),
        cmocka_unit_test(doubt_covers_errors),
        cmocka_unit_test(doubt_by_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
