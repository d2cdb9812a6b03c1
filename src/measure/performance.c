#include "measure/performance.h"

enum { DEFAULT_BANDS = 10, DEFAULT_BINS = 10, CHART_BINS = 40 };

static status of_ranking(const struct ranking *r,
                         const struct performance_options *o, struct arena *a,
                         struct performance *out, struct error *e)
{
    out->events = r->events;
    out->event_rate = r->n > 0 ? estimate_share(r->events, (double)r->n)
                               : estimate_missing(0.0, "no-outcomes");
    out->auc = ranking_auc(r);
    out->auc_variance = ranking_auc_variance(r);
    out->gini = ranking_gini(r);
    out->ks = ranking_ks(r, &out->ks_at);
    out->average_precision = ranking_average_precision(r);
    TRY(curve_of(r, o->cutoff, a, &out->curve, e));
    size_t bands = o->band_edges_count != 0 ? o->band_edges_count : DEFAULT_BANDS;
    TRY(bands_of(r, o->band_edges, bands, a, &out->bands, e));
    return histogram_of(r, CHART_BINS, a, &out->histogram, e);
}

status performance_of(const struct sample *s,
                      const struct performance_options *o, struct arena *a,
                      struct performance *out, struct error *e)
{
    struct ranking *r = NULL;
    *out = (struct performance){.n = (double)s->n};
    TRY(ranking_new(s->score, s->label, NULL, s->n, &r, e));
    out->unknown = (double)(s->n - r->n);
    status done = of_ranking(r, o, a, out, e);
    ranking_free(r);
    TRY(done);
    if (o->cutoff != NULL) {
        out->has_cutoff = true;
        out->cutoff = *o->cutoff;
        confusion_count(s, o->cutoff, &out->confusion);
    }
    return calibration_of(s->probability, s->label, s->n,
                          o->calibration_bins != 0 ? o->calibration_bins
                                                   : DEFAULT_BINS,
                          a, &out->calibration, e);
}
