#include "measure/quality.h"

#include "base/arena.h"

#include <math.h>

struct column_quality {
    struct tally *tally;
    struct moments present;
    double rows;
};

struct column_quality *column_quality_new(void)
{
    struct column_quality *q = mem_array(1, sizeof *q);
    if (q != NULL)
        q->tally = tally_new();
    if (q != NULL && q->tally == NULL) {
        mem_free(q);
        q = NULL;
    }
    return q;
}

void column_quality_free(struct column_quality *q)
{
    if (q == NULL)
        return;
    tally_free(q->tally);
    mem_free(q);
}

status column_quality_add(struct column_quality *q, double x, struct error *e)
{
    TRY(tally_add(q->tally, x, e));
    q->rows += 1.0;
    if (isfinite(x))
        moments_add(&q->present, x);
    return ST_OK;
}

status column_quality_merge(struct column_quality *into,
                            const struct column_quality *from, struct error *e)
{
    TRY(tally_merge(into->tally, from->tally, e));
    into->rows += from->rows;
    moments_merge(&into->present, &from->present);
    return ST_OK;
}

struct tally *column_quality_tally(struct column_quality *q)
{
    return q->tally;
}

static void quantiles(struct tally *t, struct column_report *out)
{
    out->p01 = tally_quantile(t, 0.01);
    out->p05 = tally_quantile(t, 0.05);
    out->q1 = tally_quantile(t, 0.25);
    out->median = tally_quantile(t, 0.5);
    out->q3 = tally_quantile(t, 0.75);
    out->p95 = tally_quantile(t, 0.95);
    out->p99 = tally_quantile(t, 0.99);
}

static void fence(struct tally *t, struct column_report *out)
{
    double range = out->q3 - out->q1;
    out->fence_low = out->fence_high = (double)NAN;
    if (!(range > 0.0))
        return;
    out->fence_low = out->q1 - QUALITY_FENCE * range;
    out->fence_high = out->q3 + QUALITY_FENCE * range;
    size_t n = 0;
    const struct tally_value *v = tally_values(t, &n);
    for (size_t i = 0; i < n; i++)
        if (v[i].value < out->fence_low || v[i].value > out->fence_high)
            out->outliers += v[i].n;
}

void column_report_of(struct column_quality *q, struct column_report *out)
{
    size_t distinct = 0;
    (void)tally_values(q->tally, &distinct);
    bool any = q->present.n > 0.0;
    *out = (struct column_report){
        .n = q->rows,
        .missing = tally_missing(q->tally),
        .infinite = tally_infinite(q->tally),
        .missing_share = q->rows > 0.0
                             ? estimate_share(tally_missing(q->tally), q->rows)
                             : estimate_missing(0.0, "empty"),
        .distinct = (double)distinct,
        .exact = tally_exact(q->tally),
        .low = any ? q->present.low : (double)NAN,
        .high = any ? q->present.high : (double)NAN,
        .mean = any ? q->present.mean : (double)NAN,
        .sd = moments_sd(&q->present)};
    quantiles(q->tally, out);
    fence(q->tally, out);
    out->empty = !any && out->infinite <= 0.0;
    out->constant = any && distinct == 1 && out->low >= out->high &&
                    out->missing <= 0.0 && out->infinite <= 0.0;
}

void category_report_of(const double *count, size_t codes, double missing,
                        const bool *known, struct category_report *out)
{
    double present = 0.0;
    *out = (struct category_report){.missing = missing, .most = SIZE_MAX};
    for (size_t c = 0; c < codes; c++) {
        present += count[c];
        out->distinct += count[c] > 0.0 ? 1.0 : 0.0;
        if (known != NULL && !known[c])
            out->unseen += count[c];
        if (count[c] > out->most_n) {
            out->most = c;
            out->most_n = count[c];
        }
    }
    out->n = present + missing;
    out->missing_share = out->n > 0.0 ? estimate_share(missing, out->n)
                                      : estimate_missing(0.0, "empty");
    out->unseen_share = present > 0.0 ? estimate_share(out->unseen, present)
                                      : estimate_missing(0.0, "empty");
    out->constant = out->distinct >= 1.0 && out->distinct <= 1.0 &&
                    missing <= 0.0;
}
