#include "measure/probing.h"

#include "kernel/random.h"
#include "measure/ranking.h"

#include <math.h>

struct change {
    size_t input;
    double touched;
    struct random_stream *random; /* NULL: make missing */
    double sd, low, high;
    bool whole;
};

static void apply(void *self, size_t index, double *row)
{
    struct change *c = self;
    double before = row[c->input], after = (double)NAN;
    (void)index;
    if (c->random != NULL) {
        /* Drawn for every row, so a missing value shifts nobody else's noise. */
        after = before + c->sd * random_normal(c->random);
        if (c->whole)
            after = round(after);
        after = fmin(fmax(after, c->low), c->high);
        if (!isfinite(before))
            return;
    }
    if (isnan(before) || (after >= before && after <= before))
        return;
    row[c->input] = after;
    c->touched += 1.0;
}

static status auc_of(const double *score, const struct probe_rows *rows,
                     struct estimate *out, struct error *e)
{
    struct ranking *r = NULL;
    TRY(ranking_new(score, rows->label, NULL, rows->n, &r, e));
    *out = ranking_auc(r);
    ranking_free(r);
    return ST_OK;
}

static status judge(const struct probe_rows *rows, const double *before,
                    const double *after, const struct cutoff *c,
                    struct stress *out, struct error *e)
{
    struct moments moved = {0};
    double flips = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        moments_add(&moved, fabs(after[i] - before[i]));
        if (c != NULL && cutoff_flags(c, before[i]) != cutoff_flags(c, after[i]))
            flips += 1.0;
    }
    out->moved = moments_mean(&moved);
    out->flipped = c != NULL ? estimate_share(flips, (double)rows->n)
                             : estimate_missing((double)rows->n, "no-cutoff");
    out->base = out->auc = out->change =
        estimate_missing((double)rows->n, "no-outcomes");
    if (rows->label == NULL)
        return ST_OK;
    TRY(auc_of(before, rows, &out->base, e));
    TRY(auc_of(after, rows, &out->auc, e));
    return ranking_auc_change(before, after, rows->label, rows->n, &out->change,
                              e);
}

static status run(const struct scorer *m, const struct probe_rows *rows,
                  struct change *change, const struct cutoff *c,
                  struct stress *out, struct error *e)
{
    double *before = mem_array(rows->n + 1, sizeof *before);
    double *after = mem_array(rows->n + 1, sizeof *after);
    status s = before != NULL && after != NULL ? ST_OK : error_memory(e);
    *out = (struct stress){.touched = 0.0};
    if (s == ST_OK)
        s = probing_score(m, rows, NULL, NULL, before, e);
    if (s == ST_OK)
        s = probing_score(m, rows, apply, change, after, e);
    if (s == ST_OK)
        s = judge(rows, before, after, c, out, e);
    out->touched = change->touched;
    mem_free(before);
    mem_free(after);
    return s;
}

status stress_missing(const struct scorer *m, const struct probe_rows *rows,
                      size_t input, const struct cutoff *c, struct stress *out,
                      struct error *e)
{
    TRY(probing_input(rows, input, e));
    struct change change = {.input = input};
    return run(m, rows, &change, c, out, e);
}

status stress_noise(const struct scorer *m, const struct probe_rows *rows,
                    size_t input, double scale, uint64_t seed,
                    const struct cutoff *c, struct stress *out, struct error *e)
{
    struct moments own = {0};
    struct change change = {.input = input, .whole = true};
    TRY(probing_input(rows, input, e));
    if (!(scale > 0.0) || !isfinite(scale))
        return error_set(e, ST_ARGUMENT, "a noise scale of %g; above 0 is expected",
                         scale);
    for (size_t i = 0; i < rows->n; i++) {
        double x = rows->row[i * rows->features + input];
        if (!isfinite(x))
            continue;
        moments_add(&own, x);
        if (round(x) < x || round(x) > x)
            change.whole = false;
    }
    double sd = moments_sd(&own);
    change.sd = isnan(sd) ? 0.0 : scale * sd;
    change.low = own.low;
    change.high = own.high;
    change.random = random_new(seed, input, 0);
    if (change.random == NULL)
        return error_memory(e);
    status s = run(m, rows, &change, c, out, e);
    random_free(change.random);
    return s;
}
