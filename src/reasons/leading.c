#include "reasons/leading.h"

void leading_shortfalls(const long *factor_of, size_t inputs,
                        const double *phi, bool higher_is_better,
                        double *shortfall, size_t factors)
{
    for (size_t i = 0; i < factors; i++)
        shortfall[i] = 0;
    for (size_t j = 0; j < inputs; j++)
        if (factor_of[j] >= 0)
            shortfall[factor_of[j]] += phi[j];
    if (higher_is_better)
        for (size_t i = 0; i < factors; i++)
            shortfall[i] = -shortfall[i];
}

size_t leading_factors(const double *shortfall, size_t factors, size_t k,
                       size_t *factor)
{
    size_t count = 0;
    double least = 0; /* what a factor must exceed to be listed */
    for (size_t i = 0; i < factors && k > 0; i++) {
        double x = shortfall[i];
        if (!(x > least))
            continue;
        size_t at = count < k ? count++ : count - 1;
        while (at > 0 && shortfall[factor[at - 1]] < x) {
            factor[at] = factor[at - 1];
            at--;
        }
        factor[at] = i;
        if (count == k)
            least = shortfall[factor[k - 1]];
    }
    return count;
}

static bool near(const double *shortfall, const size_t *parts, size_t a,
                 size_t b, double bound)
{
    return shortfall[a] - shortfall[b] <=
           (double)(parts[a] + parts[b]) * bound;
}

bool leading_doubtful(const double *shortfall, size_t factors, size_t k,
                      const size_t *factor, size_t count, const size_t *parts,
                      double bound)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (near(shortfall, parts, factor[i], factor[i + 1], bound))
            return true;
    /* the last one listed may not be adverse */
    if (count > 0) {
        size_t last = factor[count - 1];
        if (shortfall[last] <= (double)parts[last] * bound)
            return true;
    }
    for (size_t i = 0; i < factors; i++) {
        bool behind = count == 0 || shortfall[i] <= shortfall[factor[count - 1]];
        if (!behind || (count > 0 && i == factor[count - 1]) || parts[i] == 0)
            continue;
        if (count == k ? near(shortfall, parts, factor[count - 1], i, bound)
                       : shortfall[i] >= -(double)parts[i] * bound)
            return true;
    }
    return false;
}
