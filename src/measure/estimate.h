/* measure/estimate.h: a number with its uncertainty, and the closed forms from
 * which intervals come. Every interval of this room is two-sided 95 %.
 *
 * `method` and `why_not` are keys, not prose: documents hold the words. */
#ifndef CANDOR_MEASURE_ESTIMATE_H
#define CANDOR_MEASURE_ESTIMATE_H

#include "base/error.h"

/* X(key, what, source) — how an interval was made. */
#define METHOD_LIST(X)                                                         \
    X("none", "no interval: exact count or no closed form", "")                \
    X("wilson", "score interval of a proportion", "Wilson 1927")               \
    X("delong", "normal, variance of placements",                              \
      "DeLong et al. 1988; Sun & Xu 2014")                                     \
    X("student", "mean with Student's t", "")                                  \
    X("delta", "normal, variance by the delta method", "")                     \
    X("wald", "normal, inverse information matrix of the fit", "")             \
    X("logit", "normal on the logit scale", "Boyd, Eng & Page 2013")           \
    X("katz", "normal on the log of the ratio", "Katz et al. 1978")            \
    X("newcombe", "difference of two proportions, method 10",                  \
      "Newcombe 1998")                                                         \
    X("hedges", "standardised mean difference, large sample",                  \
      "Hedges & Olkin 1985")                                                   \
    X("at-score", "difference of two proportions at the score found",          \
      "conditional on that score, so a little narrow")                         \
    X("order", "median between order statistics, binomial", "Conover 1999")    \
    X("repeats", "Student's t over repeats of a seeded shuffle", "")

/* X(key, what) — why a value or only its interval is not there. */
#define WHY_NOT_LIST(X)                                                        \
    X("empty", "no rows")                                                      \
    X("one-class", "rows of both outcomes are needed")                         \
    X("too-few", "at least two rows (of each outcome) are needed")             \
    X("zero-denominator", "the rate's denominator is zero")                    \
    X("zero-count", "a count is zero: no interval of a ratio")                 \
    X("constant", "all values are equal")                                      \
    X("not-probability", "the score is not a probability")                     \
    X("separable", "outcomes are separated: the fit has no finite solution")   \
    X("no-closed-form", "no closed form of an interval")                       \
    X("no-outcomes", "the table has no known outcomes")                        \
    X("no-cutoff", "no cutoff was given")                                      \
    X("reference", "this is the group compared with")

struct estimate {
    double value;
    double low, high;    /* 95 %; both NaN when there is no interval */
    double n;            /* rows it rests on (denominator of a rate) */
    const char *method;  /* key of METHOD_LIST */
    bool computable;     /* value is a number */
    const char *why_not; /* key of WHY_NOT_LIST: no value, or no interval;
                            NULL when both are there */
};

/* x of n. n = 0: not computable ("zero-denominator"). */
struct estimate estimate_share(double x, double n);
/* Mean of n values with this standard deviation (divisor n - 1). */
struct estimate estimate_mean(double n, double mean, double sd);
/* value ± z se, clamped to [floor, ceiling] (pass -INFINITY, INFINITY). */
struct estimate estimate_normal(double value, double se, double n,
                                const char *method, double floor,
                                double ceiling);
/* (a/n) / (c/m). c = 0: not computable; a = 0: no interval. */
struct estimate estimate_ratio(double a, double n, double c, double m);
/* a/n - c/m. */
struct estimate estimate_difference(double a, double n, double c, double m);
/* The same under a monotone map of value, low and high. */
struct estimate estimate_scaled(struct estimate x, double factor, double add);
struct estimate estimate_exact(double value, double n); /* method "none" */
struct estimate estimate_missing(double n, const char *why_not);

/* Running moments (Welford 1962), merged by Chan, Golub & LeVeque 1979. Bits
 * depend on the order of merging: merge blocks in row order. Zeroed = empty. */
struct moments {
    double n, mean, m2, low, high; /* low, high: undefined while n = 0 */
};
void moments_add(struct moments *m, double x);
void moments_merge(struct moments *into, const struct moments *from);
double moments_sd(const struct moments *m); /* divisor n - 1; NaN below 2 */
struct estimate moments_mean(const struct moments *m);

#endif
