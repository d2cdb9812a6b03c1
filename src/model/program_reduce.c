/* One register of many, and groups that become others together: a row at a time
 * from a copy of its values, which are then neighbours. */
#include "model/program_in.h"

#include "base/num.h"

#include <math.h>
#include <stdlib.h>

static double rounded(bool single, double x)
{
    return single ? num_float(x) : x;
}

static double sum_of(const double *x, size_t n, bool single)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum = rounded(single, sum + x[i]);
    return sum;
}

static double product_of(const double *x, size_t n, bool single)
{
    double product = 1.0;
    for (size_t i = 0; i < n; i++)
        product = rounded(single, product * x[i]);
    return product;
}

static bool any_missing(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i]))
            return true;
    return false;
}

/* The first of equals; missing values are never the best. */
static size_t best_of(const double *x, size_t n, bool largest)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (isnan(x[best]) || (largest ? x[i] > x[best] : x[i] < x[best]))
            best = i;
    return best;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median_of(double *x, size_t n)
{
    if (any_missing(x, n))
        return (double)NAN;
    qsort(x, n, sizeof *x, ascending);
    return n % 2 == 1 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2.0;
}

static double norm_of(const double *x, size_t n, bool single, bool squares)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double add = squares ? rounded(single, x[i] * x[i]) : fabs(x[i]);
        sum = rounded(single, sum + add);
    }
    return squares ? sqrt(sum) : sum;
}

static size_t present_of(double *x, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            x[left++] = x[i];
    return left;
}

static double extreme_of(const double *x, size_t n, bool largest)
{
    return any_missing(x, n) ? (double)NAN : x[best_of(x, n, largest)];
}

/* Of no value at all every PRESENT_ is missing, but the count. */
static double present(enum program_reduce f, double *x, size_t n, bool single)
{
    size_t left = present_of(x, n);
    if (f == REDUCE_PRESENT_COUNT)
        return (double)left;
    if (left == 0)
        return (double)NAN;
    switch (f) {
    case REDUCE_PRESENT_SUM: return sum_of(x, left, single);
    case REDUCE_PRESENT_MEAN: return sum_of(x, left, single) / (double)left;
    case REDUCE_PRESENT_MINIMUM: return extreme_of(x, left, false);
    case REDUCE_PRESENT_MAXIMUM: return extreme_of(x, left, true);
    default: return product_of(x, left, single);
    }
}

static double reduced(enum program_reduce f, double *x, size_t n, bool single)
{
    switch (f) {
    case REDUCE_SUM: return sum_of(x, n, single);
    case REDUCE_MEAN: return sum_of(x, n, single) / (double)n;
    case REDUCE_PRODUCT: return product_of(x, n, single);
    case REDUCE_MINIMUM: return extreme_of(x, n, false);
    case REDUCE_MAXIMUM: return extreme_of(x, n, true);
    case REDUCE_MEDIAN: return median_of(x, n);
    case REDUCE_ARGMAX: return (double)best_of(x, n, true);
    case REDUCE_ARGMIN: return (double)best_of(x, n, false);
    case REDUCE_NORM1: return norm_of(x, n, single, false);
    case REDUCE_NORM2: return norm_of(x, n, single, true);
    default: return present(f, x, n, single);
    }
}

static void gather(const struct block *b, const struct step *s, size_t l,
                   double *x)
{
    const uint32_t *in = b->p->list + s->in;
    for (uint32_t i = 0; i < s->ins; i++)
        x[i] = rounded(s->single, lane(b, in[i])[l]);
}

/* Sums of all rows at once, in the same order as a row by itself. */
static void sum_lanes(const struct block *b, const struct step *s)
{
    const uint32_t *in = b->p->list + s->in;
    double *out = lane(b, b->p->list[s->out]);
    for (size_t at = 0; at < b->width; at += LANES_STEP) {
        double sum[LANES_STEP] = {0.0};
        for (uint32_t i = 0; i < s->ins; i++) {
            const double *x = lane(b, in[i]) + at;
            for (size_t l = 0; l < LANES_STEP; l++)
                sum[l] += x[l];
        }
        for (size_t l = 0; l < LANES_STEP; l++)
            out[at + l] = sum[l];
    }
}

void step_reduce(const struct block *b, const struct step *s)
{
    double *out = lane(b, b->p->list[s->out]);
    if (s->f == REDUCE_SUM && !s->single) {
        sum_lanes(b, s);
        return;
    }
    for (size_t l = 0; l < b->n; l++) {
        gather(b, s, l, b->spare);
        out[l] = rounded(s->single, reduced((enum program_reduce)s->f, b->spare,
                                            s->ins, s->single));
    }
}

static void softmax(double *x, size_t n, bool single, bool logs)
{
    double top = x[best_of(x, n, true)], sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        x[i] = rounded(single, x[i] - top);
        sum = rounded(single, sum + rounded(single, exp(x[i])));
    }
    for (size_t i = 0; i < n; i++)
        x[i] = logs ? x[i] - log(sum) : rounded(single, exp(x[i])) / sum;
}

static void grouped(enum program_group f, double *x, size_t n, bool single)
{
    double by = 0.0;
    switch (f) {
    case GROUP_SOFTMAX:
    case GROUP_LOG_SOFTMAX:
        softmax(x, n, single, f == GROUP_LOG_SOFTMAX);
        return;
    case GROUP_SIMPLEMAX: by = sum_of(x, n, single); break;
    case GROUP_UNIT_L1: by = norm_of(x, n, single, false); break;
    case GROUP_UNIT_L2: by = norm_of(x, n, single, true); break;
    case GROUP_UNIT_MAX:
        for (size_t i = 0; i < n; i++)
            by = isnan(x[i]) || fabs(x[i]) > by ? fabs(x[i]) : by;
        break;
    case PROGRAM_GROUPS: return;
    }
    /* A row of zeros stays one, as the makers of such steps have it. */
    for (size_t i = 0; by != 0.0 && i < n; i++)
        x[i] /= by;
}

void step_group(const struct block *b, const struct step *s)
{
    const uint32_t *to = b->p->list + s->out;
    for (size_t l = 0; l < b->n; l++) {
        gather(b, s, l, b->spare);
        grouped((enum program_group)s->f, b->spare, s->ins, s->single);
        for (uint32_t i = 0; i < s->outs; i++)
            lane(b, to[i])[l] = rounded(s->single, b->spare[i]);
    }
}
