#include "measure/regression.h"

#include "kernel/sort.h"
#include "measure/quantile.h"

#include <math.h>

enum { BINS_MAX = 50 };

static double root(double x)
{
    return isnan(x) ? x : sqrt(fmax(0.0, x));
}

/* Influence of a row on R² = 1 - A / B: -(e² - A) / B + (A / B²) (d² - B). */
static struct estimate r_squared(const double *predicted, const double *actual,
                                 size_t n, double mean, double a, double b)
{
    if (n < 2 || !(b > 0.0))
        return estimate_missing((double)n, n == 0 ? "empty" : n < 2 ? "too-few"
                                                                    : "constant");
    struct moments influence = {0};
    for (size_t i = 0; i < n; i++) {
        double e = predicted[i] - actual[i], d = actual[i] - mean;
        moments_add(&influence, -(e * e - a) / b + a / (b * b) * (d * d - b));
    }
    return estimate_normal(1.0 - a / b, moments_sd(&influence) / sqrt((double)n),
                           (double)n, "delta", -(double)INFINITY, 1.0);
}

static status whole(const double *predicted, const double *actual, size_t n,
                    struct regression *out, struct error *e)
{
    struct moments square = {0}, absolute = {0}, bias = {0}, p = {0}, y = {0};
    for (size_t i = 0; i < n; i++) {
        double d = predicted[i] - actual[i];
        if (!isfinite(predicted[i]) || !isfinite(actual[i]))
            return error_set(e, ST_DATA, "row %zu: the %s is not a finite number",
                             i + 1, isfinite(actual[i]) ? "prediction" : "outcome");
        moments_add(&square, d * d);
        moments_add(&absolute, fabs(d));
        moments_add(&bias, d);
        moments_add(&p, predicted[i]);
        moments_add(&y, actual[i]);
    }
    out->rmse = moments_mean(&square);
    out->rmse.value = root(out->rmse.value);
    out->rmse.low = root(out->rmse.low);
    out->rmse.high = root(out->rmse.high);
    out->mae = moments_mean(&absolute);
    out->bias = moments_mean(&bias);
    out->mean_predicted = moments_mean(&p);
    out->mean_actual = moments_mean(&y);
    out->r2 = r_squared(predicted, actual, n, y.mean, square.mean,
                        n > 0 ? y.m2 / (double)n : 0.0);
    return ST_OK;
}

static void fill(const double *predicted, const double *actual, size_t n,
                 const double *edge, struct regression *out)
{
    struct moments p[BINS_MAX] = {0}, y[BINS_MAX] = {0};
    for (size_t i = 0; i < n; i++) {
        size_t b = quantile_bin(edge, out->bins - 1, predicted[i]);
        moments_add(&p[b], predicted[i]);
        moments_add(&y[b], actual[i]);
    }
    for (size_t b = 0; b < out->bins; b++)
        out->bin[b] = (struct regression_bin){
            .from = b == 0 ? -(double)INFINITY : edge[b - 1],
            .to = b + 1 == out->bins ? (double)INFINITY : edge[b],
            .n = p[b].n,
            .predicted = p[b].n > 0.0 ? p[b].mean : (double)NAN,
            .observed = moments_mean(&y[b])};
}

status regression_of(const double *predicted, const double *actual, size_t n,
                     size_t bins, struct arena *a, struct regression *out,
                     struct error *e)
{
    double edge[BINS_MAX];
    *out = (struct regression){.n = (double)n};
    if (bins < 1 || bins > BINS_MAX)
        return error_set(e, ST_ARGUMENT, "%zu bins; 1 … %d are possible", bins,
                         BINS_MAX);
    TRY(whole(predicted, actual, n, out, e));
    double *sorted = mem_array(n + 1, sizeof *sorted);
    if (sorted == NULL)
        return error_memory(e);
    for (size_t i = 0; i < n; i++)
        sorted[i] = predicted[i];
    bool ok = sort_values(sorted, n);
    if (ok)
        out->bins =
            quantile_edges(quantile_array, sorted, (double)n, bins, edge) + 1;
    mem_free(sorted);
    if (!ok)
        return error_memory(e);
    out->bin = arena_new_array(a, struct regression_bin, out->bins);
    if (out->bin == NULL)
        return arena_error(a, e);
    fill(predicted, actual, n, edge, out);
    return ST_OK;
}
