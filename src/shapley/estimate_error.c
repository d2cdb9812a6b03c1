/* Errors of values, of their differences, and of an order. */
#include "shapley/estimate_in.h"

#include "kernel/dense.h"
#include "kernel/dist.h"

#include <math.h>

/* Values of people are skewed, and a t interval of the mean of few skewed
 * values is too short by about 2 γ² / samples of its width (Hall, Annals of
 * Statistics 1992, gives the order; the factor is measured: docs/NUMERICS.md). */
#define SKEW_SHARE 2.0

/* Covariance over the reference rows of what each of them would give alone. */
static status sample_covariance(struct arena *a, const struct pair_values *v,
                                const struct fit *f, double *out,
                                const double **apart, struct error *e)
{
    size_t n = v->n, m = v->samples;
    double *each = arena_new_array(a, double, n * m);
    double *turned = arena_new_array(a, double, m * n);
    double *map = arena_new_array(a, double, v->known * n);

    if (each == NULL || turned == NULL || map == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < n; i++) {
        for (size_t p = 0; p < v->known; p++)
            map[p * n + i] = f->map[i * v->known + p];
    }
    dense_gram(map, n, v->each, m, v->known, n, m, each, m);
    for (size_t i = 0; i < n; i++) {
        double mean = 0;

        for (size_t s = 0; s < m; s++)
            mean += each[i * m + s];
        mean /= (double)m;
        for (size_t s = 0; s < m; s++)
            turned[s * n + i] = each[i * m + s] - mean;
    }
    *apart = turned;
    dense_gram(turned, n, turned, n, m, n, n, out, n);
    for (size_t i = 0; i < n * n; i++)
        out[i] *= v->correction / ((double)m - 1);
    return ST_OK;
}

status spread_of(struct arena *a, const struct pair_values *v,
                 const struct fit *f, struct spread *out, struct error *e)
{
    double *sample = NULL;

    *out = (struct spread){.n = v->n, .own = f->covariance,
                           .own_freedom = f->freedom};
    if (v->correction > 0 && v->samples > 1) {
        sample = arena_new_array(a, double, v->n * v->n);
        if (sample == NULL)
            return arena_error(a, e);
        TRY(sample_covariance(a, v, f, sample, &out->apart, e));
        out->sample = sample;
        out->samples = v->samples;
        out->sample_freedom = (double)v->samples - 1;
    }
    return ST_OK;
}

static double part(const double *c, size_t n, size_t i, size_t j)
{
    if (c == NULL)
        return 0;
    if (i == j)
        return fmax(c[i * n + i], 0);
    return fmax(c[i * n + i] + c[j * n + j] - c[i * n + j] - c[j * n + i], 0);
}

/* Factor of the sample's variance for the skewness of value i, or of i − j. */
static double widened(const struct spread *s, size_t i, size_t j)
{
    double square = 0, cube = 0, m = (double)s->samples;

    if (s->apart == NULL || s->samples < 3)
        return 1;
    for (size_t k = 0; k < s->samples; k++) {
        const double *row = s->apart + k * s->n;
        double d = i == j ? row[i] : row[i] - row[j];
        square += d * d;
        cube += d * d * d;
    }
    if (!(square > 0))
        return 1;
    double skew = cube / m / pow(square / m, 1.5) * sqrt(m * (m - 1)) / (m - 2);
    double wider = 1 + SKEW_SHARE * skew * skew / m;
    return wider * wider;
}

double spread_variance(const struct spread *s, size_t i, size_t j,
                       double *freedom)
{
    double own = part(s->own, s->n, i, j);
    double sample = part(s->sample, s->n, i, j), below = 0;

    if (sample > 0)
        sample *= widened(s, i, j);
    double sum = own + sample;

    if (own > 0)
        below += own * own / s->own_freedom;
    if (sample > 0)
        below += sample * sample / s->sample_freedom;
    *freedom = below > 0 ? sum * sum / below : (double)INFINITY;
    return sum;
}

/* P(Student t beyond x), by Wallace's normal approximation (1959). */
static double tail(double x, double freedom)
{
    double z = x;

    if (freedom < 1e6)
        z = sqrt(freedom * log1p(x * x / freedom)) * (8 * freedom + 1) /
            (8 * freedom + 3);
    return dist_normal_cdf(-z);
}

/* Probability that two values that differ so lie the other way round. Equal
 * ones never are in order. */
static double reversed(const struct spread *s, const double *value, size_t i,
                       size_t j)
{
    double freedom, variance = spread_variance(s, i, j, &freedom);
    double distance = fabs(value[i] - value[j]);

    if (!(distance > 0))
        return 1;
    return variance > 0 ? tail(distance / sqrt(variance), fmax(freedom, 1)) : 0;
}

static void by_value(const double *value, size_t n, bool largest_first,
                     uint32_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i;

        for (; at > 0; at--) {
            double before = value[order[at - 1]];

            if (largest_first ? before >= value[i] : before <= value[i])
                break;
            order[at] = order[at - 1];
        }
        order[at] = (uint32_t)i;
    }
}

size_t certain_places(const struct spread *s, const double *value, size_t first,
                      bool largest_first, double wrong)
{
    uint32_t order[ESTIMATE_PLAYERS_MAX];
    size_t n = s->n, places = first < n ? first : n;
    double sum = 0;

    by_value(value, n, largest_first, order);
    for (size_t i = 0; i < places; i++) {
        size_t last = i + 1 < places ? i + 2 : n;

        for (size_t j = i + 1; j < last; j++)
            sum += reversed(s, value, order[i], order[j]);
        if (sum > wrong)
            return i;
    }
    return first;
}
