#include "measure/bands.h"

#include "measure/quantile.h"

#include <math.h>

static status check_edges(const double *edge, size_t edges, struct error *e)
{
    for (size_t i = 0; i < edges; i++)
        if (!isfinite(edge[i]) || (i > 0 && edge[i] <= edge[i - 1]))
            return error_set(e, ST_ARGUMENT,
                             "band edge %zu: finite edges in ascending order "
                             "are expected",
                             i + 1);
    return ST_OK;
}

static void count(const struct ranking *r, const double *edge,
                  struct band_table *t)
{
    for (size_t i = 0; i < t->bands; i++)
        t->band[i] = (struct band){
            .from = i + 1 == t->bands ? -(double)INFINITY
                                      : edge[t->bands - 2 - i],
            .to = i == 0 ? (double)INFINITY : edge[t->bands - 1 - i],
            .lowest = (double)NAN,
            .highest = (double)NAN};
    for (size_t k = r->blocks, at = 0; k-- > 0;) {
        while (at + 1 < t->bands && r->score[k] < t->band[at].from)
            at++;
        struct band *b = &t->band[at];
        if (b->n <= 0.0)
            b->highest = r->score[k];
        b->lowest = r->score[k];
        b->n += (double)r->event[k] + (double)r->other[k];
        b->events += (double)r->event[k];
    }
}

static void finish(const struct ranking *r, struct band_table *t)
{
    double n = 0.0, events = 0.0, all = (double)r->n;
    double overall = all > 0.0 ? r->events / all : 0.0;
    for (size_t i = 0; i < t->bands; i++) {
        struct band *b = &t->band[i];
        n += b->n;
        events += b->events;
        b->share = all > 0.0 ? b->n / all : (double)NAN;
        b->rate = estimate_share(b->events, b->n);
        b->cumulative_n = n;
        b->cumulative_events = events;
        b->cumulative_share = all > 0.0 ? n / all : (double)NAN;
        b->captured = r->events > 0.0 ? events / r->events : (double)NAN;
        b->lift = overall > 0.0 && b->rate.computable
                      ? estimate_scaled(b->rate, 1.0 / overall, 0.0)
                      : estimate_missing(b->n, "zero-denominator");
        b->cumulative_lift = n > 0.0 ? b->captured / b->cumulative_share
                                     : (double)NAN;
        b->odds = b->events > 0.0 ? (b->n - b->events) / b->events : (double)NAN;
    }
}

status bands_of(const struct ranking *r, const double *edges,
                size_t edges_or_bands, struct arena *a, struct band_table *out,
                struct error *e)
{
    double made[BANDS_MAX];
    size_t count_of = edges_or_bands;
    if (count_of < 1 || count_of > BANDS_MAX - (edges != NULL ? 1U : 0U))
        return error_set(e, ST_ARGUMENT, "%zu bands; 1 … %d are possible",
                         count_of + (edges != NULL ? 1U : 0U), BANDS_MAX);
    out->given = edges != NULL;
    if (edges == NULL) {
        count_of = quantile_edges(ranking_nth, r, (double)r->n, count_of, made);
        edges = made;
    } else {
        TRY(check_edges(edges, count_of, e));
    }
    out->bands = count_of + 1;
    out->band = arena_new_array(a, struct band, out->bands);
    if (out->band == NULL)
        return arena_error(a, e);
    count(r, edges, out);
    finish(r, out);
    return ST_OK;
}

/* The next round step (1, 2, 5 × 10^k) at or above x > 0. */
static double round_step(double x)
{
    double ten = pow(10.0, floor(log10(x)));
    double m = x / ten;
    return ten * (m <= 1.0 ? 1.0 : m <= 2.0 ? 2.0 : m <= 5.0 ? 5.0 : 10.0);
}

status histogram_of(const struct ranking *r, size_t most_bins, struct arena *a,
                    struct histogram *out, struct error *e)
{
    *out = (struct histogram){0};
    if (most_bins < 2 || most_bins > HISTOGRAM_BINS_MAX)
        return error_set(e, ST_ARGUMENT, "%zu histogram bins; 2 … %d are possible",
                         most_bins, HISTOGRAM_BINS_MAX);
    if (r->n == 0)
        return ST_OK;
    double low = r->score[0], high = r->score[r->blocks - 1];
    out->step = high > low ? round_step((high - low) / (double)most_bins) : 1.0;
    double bins;
    while ((bins = floor(high / out->step) - floor(low / out->step) + 1.0) >
           (double)most_bins)
        out->step = round_step(out->step * 1.5);
    out->from = floor(low / out->step) * out->step;
    out->bins = (size_t)fmax(bins, 1.0);
    out->event = arena_new_array(a, double, out->bins);
    out->other = arena_new_array(a, double, out->bins);
    if (out->event == NULL || out->other == NULL)
        return arena_error(a, e);
    for (size_t k = 0; k < r->blocks; k++) {
        double at = floor(r->score[k] / out->step) - floor(low / out->step);
        size_t b = at > 0.0 ? (size_t)at : 0;
        if (b >= out->bins)
            b = out->bins - 1;
        out->event[b] += (double)r->event[k];
        out->other[b] += (double)r->other[k];
    }
    return ST_OK;
}
