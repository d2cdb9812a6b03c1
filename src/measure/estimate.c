#include "measure/estimate.h"

#include "kernel/dist.h"

#include <math.h>

static const double none = (double)NAN;

struct estimate estimate_missing(double n, const char *why_not)
{
    return (struct estimate){none, none, none, n, "none", false, why_not};
}

struct estimate estimate_exact(double value, double n)
{
    return (struct estimate){value, none, none, n, "none", true,
                             "no-closed-form"};
}

struct estimate estimate_share(double x, double n)
{
    if (!(n > 0.0))
        return estimate_missing(0.0, "zero-denominator");
    double z2 = DIST_Z95 * DIST_Z95, p = x / n;
    double centre = (x + z2 / 2.0) / (n + z2);
    double half =
        DIST_Z95 * sqrt(n) / (n + z2) * sqrt(p * (1.0 - p) + z2 / (4.0 * n));
    double low = x <= 0.0 ? 0.0 : fmax(0.0, centre - half);
    double high = x >= n ? 1.0 : fmin(1.0, centre + half);
    return (struct estimate){p, low, high, n, "wilson", true, NULL};
}

struct estimate estimate_mean(double n, double mean, double sd)
{
    if (!(n > 0.0))
        return estimate_missing(0.0, "empty");
    struct estimate x = {mean, none, none, n, "student", true, "too-few"};
    if (n < 2.0)
        return x;
    double half = dist_student_quantile(0.975, n - 1.0) * sd / sqrt(n);
    x.low = mean - half;
    x.high = mean + half;
    x.why_not = NULL;
    return x;
}

struct estimate estimate_normal(double value, double se, double n,
                                const char *method, double floor,
                                double ceiling)
{
    struct estimate x = {value, none, none, n, method, true, "too-few"};
    if (isnan(value))
        return estimate_missing(n, "empty");
    if (isnan(se))
        return x;
    x.low = fmax(floor, value - DIST_Z95 * se);
    x.high = fmin(ceiling, value + DIST_Z95 * se);
    x.why_not = NULL;
    return x;
}

struct estimate estimate_ratio(double a, double n, double c, double m)
{
    if (!(n > 0.0) || !(m > 0.0) || !(c > 0.0))
        return estimate_missing(n, "zero-denominator");
    struct estimate x = {(a / n) / (c / m), none, none, n, "katz", true,
                         "zero-count"};
    if (!(a > 0.0))
        return x;
    double se = sqrt(1.0 / a - 1.0 / n + 1.0 / c - 1.0 / m);
    x.low = x.value * exp(-DIST_Z95 * se);
    x.high = x.value * exp(DIST_Z95 * se);
    x.why_not = NULL;
    return x;
}

struct estimate estimate_difference(double a, double n, double c, double m)
{
    struct estimate p = estimate_share(a, n), q = estimate_share(c, m);
    if (!p.computable || !q.computable)
        return estimate_missing(n, "zero-denominator");
    double d = p.value - q.value;
    return (struct estimate){
        d, d - hypot(p.value - p.low, q.high - q.value),
        d + hypot(p.high - p.value, q.value - q.low), n, "newcombe", true, NULL};
}

struct estimate estimate_scaled(struct estimate x, double factor, double add)
{
    double low = x.low * factor + add, high = x.high * factor + add;
    x.value = x.value * factor + add;
    x.low = factor < 0.0 ? high : low;
    x.high = factor < 0.0 ? low : high;
    return x;
}

void moments_add(struct moments *m, double x)
{
    if (m->n <= 0.0)
        m->low = m->high = x;
    m->low = fmin(m->low, x);
    m->high = fmax(m->high, x);
    m->n += 1.0;
    double d = x - m->mean;
    m->mean += d / m->n;
    m->m2 += d * (x - m->mean);
}

void moments_merge(struct moments *into, const struct moments *from)
{
    if (from->n <= 0.0)
        return;
    if (into->n <= 0.0) {
        *into = *from;
        return;
    }
    double n = into->n + from->n, d = from->mean - into->mean;
    into->mean += d * from->n / n;
    into->m2 += from->m2 + d * d * into->n * from->n / n;
    into->n = n;
    into->low = fmin(into->low, from->low);
    into->high = fmax(into->high, from->high);
}

double moments_sd(const struct moments *m)
{
    return m->n < 2.0 ? none : sqrt(fmax(0.0, m->m2) / (m->n - 1.0));
}

struct estimate moments_mean(const struct moments *m)
{
    return estimate_mean(m->n, m->mean, moments_sd(m));
}
