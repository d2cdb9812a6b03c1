/* Scores over periods: the part of measure/drift.h that reads samples. */
#include "kernel/sort.h"
#include "measure/drift.h"
#include "measure/quantile.h"
#include "measure/ranking.h"
#include "measure/split.h"

#include <math.h>

static status score_bins(const struct sample *base, struct drift_bins *b,
                         struct error *e)
{
    *b = (struct drift_bins){.kind = DRIFT_EDGES};
    if (base->n == 0)
        return ST_OK;
    double *x = mem_array(base->n, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    memcpy(x, base->score, base->n * sizeof *x);
    if (!sort_values(x, base->n)) {
        mem_free(x);
        return error_memory(e);
    }
    size_t distinct = 0;
    double value[DRIFT_BINS + 1];
    for (size_t i = 0; i < base->n && distinct <= DRIFT_BINS; i++)
        if (distinct == 0 || x[i] > value[distinct - 1])
            value[distinct++] = x[i];
    if (distinct <= DRIFT_BINS) {
        b->kind = DRIFT_VALUES;
        b->count = distinct;
        memcpy(b->at, value, distinct * sizeof *value);
    } else {
        b->count = quantile_edges(quantile_array, x, (double)base->n, DRIFT_BINS,
                                  b->at);
    }
    mem_free(x);
    return ST_OK;
}

static void count_scores(const struct drift_bins *b, const struct sample *s,
                         double *counts)
{
    for (size_t i = 0; i < s->n; i++)
        counts[drift_cell(b, s->score[i])] += 1.0;
}

static status one_period(const struct sample *s, const struct split *parts,
                         size_t code, const double *base,
                         const struct stability *all, struct period_drift *p,
                         struct error *e)
{
    const uint32_t *row = parts->row + parts->start[code];
    size_t n = parts->start[code + 1] - parts->start[code];
    struct moments score = {0};
    struct ranking *r = NULL;
    *p = (struct period_drift){.period = (uint16_t)code, .n = (double)n};
    for (size_t k = 0; k < n; k++) {
        moments_add(&score, s->score[row[k]]);
        p->share[drift_cell(&all->bins, s->score[row[k]])] += 1.0;
    }
    TRY(ranking_new(s->score, s->label, row, n, &r, e));
    p->events = r->events;
    p->unknown = (double)(n - r->n);
    p->event_rate = estimate_share(r->events, (double)r->n);
    p->auc = ranking_auc(r);
    p->mean_score = moments_mean(&score);
    ranking_free(r);
    p->drift = drift_psi(base, p->share, all->cells);
    for (size_t c = 0; c < all->cells; c++)
        p->share[c] /= (double)n;
    return ST_OK;
}

static void find_worst(struct stability *out)
{
    out->worst_auc = out->worst_psi = SIZE_MAX;
    for (size_t i = 0; i < out->periods; i++) {
        const struct period_drift *p = &out->period[i];
        if (p->auc.computable &&
            (out->worst_auc == SIZE_MAX ||
             p->auc.value < out->period[out->worst_auc].auc.value))
            out->worst_auc = i;
        if (p->drift.psi.computable &&
            (out->worst_psi == SIZE_MAX ||
             p->drift.psi.value > out->period[out->worst_psi].drift.psi.value))
            out->worst_psi = i;
    }
}

static status by_period(const struct sample *s, const double *base,
                        struct arena *a, struct stability *out, struct error *e)
{
    struct split parts;
    size_t codes = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->period[i] != CODE_UNKNOWN && s->period[i] >= codes)
            codes = (size_t)s->period[i] + 1;
    TRY(split_new(s->score, s->period, s->n, codes, &parts, e));
    out->undated = parts.unknown;
    out->period = arena_new_array(a, struct period_drift, codes + 1);
    status done = out->period != NULL ? ST_OK : arena_error(a, e);
    for (size_t c = 0; c < codes && done == ST_OK; c++)
        if (parts.start[c + 1] > parts.start[c])
            done = one_period(s, &parts, c, base, out,
                              &out->period[out->periods++], e);
    split_free(&parts);
    find_worst(out);
    return done;
}

status stability_of(const struct sample *base, const struct sample *now,
                    struct arena *a, struct stability *out, struct error *e)
{
    double before[DRIFT_BINS_MAX + 2] = {0.0}, after[DRIFT_BINS_MAX + 2] = {0.0};
    *out = (struct stability){.worst_auc = SIZE_MAX, .worst_psi = SIZE_MAX};
    TRY(score_bins(base, &out->bins, e));
    out->cells = drift_cells(&out->bins);
    count_scores(&out->bins, base, before);
    count_scores(&out->bins, now, after);
    out->overall = drift_psi(before, after, out->cells);
    for (size_t c = 0; c < out->cells && base->n > 0; c++)
        out->base_share[c] = before[c] / (double)base->n;
    if (!now->shape.period)
        return ST_OK;
    return by_period(now, before, a, out, e);
}
