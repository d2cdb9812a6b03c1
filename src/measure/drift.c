#include "measure/drift.h"

#include "kernel/dist.h"
#include "measure/quantile.h"

#include <math.h>

size_t drift_cells(const struct drift_bins *b)
{
    return b->count + 2; /* the open end or the others, and missing */
}

static size_t find(const struct drift_bins *b, double x)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->at[i] >= x && b->at[i] <= x)
            return i;
    return b->count;
}

size_t drift_cell(const struct drift_bins *b, double x)
{
    if (isnan(x))
        return b->count + 1;
    return b->kind == DRIFT_EDGES ? quantile_bin(b->at, b->count, x) : find(b, x);
}

void drift_bins_of_tally(struct tally *base, struct drift_bins *out)
{
    size_t distinct = 0;
    const struct tally_value *v = tally_values(base, &distinct);
    *out = (struct drift_bins){.kind = DRIFT_EDGES};
    if (distinct > DRIFT_BINS) {
        out->count = tally_edges(base, DRIFT_BINS, out->at);
        return;
    }
    out->kind = DRIFT_VALUES;
    out->count = distinct;
    for (size_t i = 0; i < distinct; i++)
        out->at[i] = v[i].value;
}

status drift_bins_of_codes(const double *count, size_t codes,
                           struct drift_bins *out, struct error *e)
{
    *out = (struct drift_bins){.kind = DRIFT_CODES};
    bool taken[CODES_MAX] = {false};
    if (codes > CODES_MAX)
        return error_set(e, ST_LIMIT, "%zu categories; drift takes %d", codes,
                         CODES_MAX);
    while (out->count < DRIFT_CATEGORIES) {
        size_t best = codes;
        for (size_t c = 0; c < codes; c++)
            if (!taken[c] && count[c] > (best < codes ? count[best] : 0.0))
                best = c;
        if (best == codes)
            break;
        taken[best] = true;
        out->count++;
    }
    for (size_t c = 0, at = 0; c < codes; c++)
        if (taken[c])
            out->at[at++] = (double)c;
    return ST_OK;
}

void drift_count_tally(const struct drift_bins *b, struct tally *t,
                       double *counts)
{
    size_t n = 0;
    const struct tally_value *v = tally_values(t, &n);
    for (size_t i = 0; i < n; i++)
        counts[drift_cell(b, v[i].value)] += v[i].n;
    counts[b->count + 1] += tally_missing(t);
}

struct drift drift_psi(const double *base, const double *now, size_t cells)
{
    struct drift d = {.by_chance = (double)NAN};
    double sum = 0.0;
    for (size_t i = 0; i < cells; i++) {
        d.base_n += base[i];
        d.now_n += now[i];
        d.bins += base[i] > 0.0 || now[i] > 0.0 ? 1 : 0;
    }
    if (!(d.base_n > 0.0 && d.now_n > 0.0)) {
        d.psi = estimate_missing(d.now_n, "empty");
        return d;
    }
    for (size_t i = 0; i < cells; i++) {
        if (!(base[i] > 0.0 || now[i] > 0.0))
            continue;
        double e = fmax(base[i] / d.base_n, DRIFT_FLOOR);
        double a = fmax(now[i] / d.now_n, DRIFT_FLOOR);
        sum += (a - e) * log(a / e);
    }
    d.psi = estimate_exact(sum, d.now_n);
    d.by_chance = d.bins > 1 ? (1.0 / d.base_n + 1.0 / d.now_n) *
                                   dist_chi2_quantile(0.95, (double)d.bins - 1.0)
                             : 0.0;
    return d;
}
