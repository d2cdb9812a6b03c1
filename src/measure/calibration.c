#include "measure/calibration.h"

#include "kernel/solve.h"
#include "measure/quantile.h"
#include "measure/ranking.h"

#include <math.h>

/* Everything runs over blocks of equal probability in ascending order, so the
 * order of rows does not matter either. */

static double clipped(double p)
{
    return fmin(fmax(p, CALIBRATION_CLIP), 1.0 - CALIBRATION_CLIP);
}

/* A loss by outcome; weighted mean and sd over the rows. */
static struct estimate mean_of(const struct ranking *r,
                               double (*loss)(double p, bool event))
{
    double sum = 0.0, square = 0.0, n = (double)r->n;
    for (size_t b = 0; b < r->blocks; b++)
        sum += (double)r->event[b] * loss(r->score[b], true) +
               (double)r->other[b] * loss(r->score[b], false);
    double mean = sum / n;
    for (size_t b = 0; b < r->blocks; b++) {
        double e = loss(r->score[b], true) - mean;
        double o = loss(r->score[b], false) - mean;
        square += (double)r->event[b] * e * e + (double)r->other[b] * o * o;
    }
    return estimate_mean(n, mean, sqrt(square / (n - 1.0)));
}

static double log_loss(double p, bool event)
{
    p = clipped(p);
    return event ? -log(p) : -log1p(-p);
}

static double brier_loss(double p, bool event)
{
    double d = p - (event ? 1.0 : 0.0);
    return d * d;
}

static double excess(double p, bool event)
{
    return (event ? 1.0 : 0.0) - p;
}

/* --- logistic recalibration --- */

struct fit {
    const struct ranking *r;
    const double *logit; /* [blocks] */
    double a, b, likelihood;
    double gradient[2], information[4];
    bool slope_free;
};

static void evaluate(struct fit *f)
{
    double ll = 0.0, g0 = 0.0, g1 = 0.0, h00 = 0.0, h01 = 0.0, h11 = 0.0;
    for (size_t k = 0; k < f->r->blocks; k++) {
        double x = f->logit[k], eta = f->a + f->b * x;
        double e = (double)f->r->event[k], n = e + (double)f->r->other[k];
        double t = exp(-fabs(eta));
        double p = eta >= 0.0 ? 1.0 / (1.0 + t) : t / (1.0 + t);
        double d = e - n * p, w = n * t / ((1.0 + t) * (1.0 + t));
        ll += e * eta - n * (fmax(eta, 0.0) + log1p(t));
        g0 += d;
        g1 += d * x;
        h00 += w;
        h01 += w * x;
        h11 += w * x * x;
    }
    f->likelihood = ll;
    f->gradient[0] = g0;
    f->gradient[1] = f->slope_free ? g1 : 0.0;
    f->information[0] = h00;
    f->information[1] = f->information[2] = f->slope_free ? h01 : 0.0;
    f->information[3] = f->slope_free ? h11 : 1.0;
}

/* One Newton step, halved until the likelihood does not fall. */
static bool advance(struct fit *f, double *moved)
{
    double h[4], d[2];
    memcpy(h, f->information, sizeof h);
    if (!solve_linear(h, f->gradient, d, 2))
        return false;
    struct fit next = *f;
    for (int halving = 0; halving < 40; halving++) {
        next.a = f->a + d[0];
        next.b = f->b + d[1];
        evaluate(&next);
        if (next.likelihood >= f->likelihood - 1e-12 * fabs(f->likelihood)) {
            *f = next;
            break;
        }
        d[0] /= 2.0;
        d[1] /= 2.0;
    }
    *moved = fmax(fabs(d[0]) / (1.0 + fabs(f->a)), fabs(d[1]) / (1.0 + fabs(f->b)));
    return true;
}

/* NULL when it converged, else why not. */
static const char *run(struct fit *f, double variance[2])
{
    f->a = 0.0;
    f->b = 1.0;
    evaluate(f);
    for (int i = 0; i < 60; i++) {
        double moved = 0.0, h[4];
        if (!advance(f, &moved) || fabs(f->b) > 1e6)
            return "separable";
        if (moved > 1e-11)
            continue;
        memcpy(h, f->information, sizeof h);
        if (!solve_inverse(h, 2))
            return "separable";
        variance[0] = h[0];
        variance[1] = h[3];
        return NULL;
    }
    return "separable";
}

static status recalibrate(const struct ranking *r, struct calibration *out,
                          struct error *e)
{
    double *logit = mem_array(r->blocks + 1, sizeof *logit), v[2];
    if (logit == NULL)
        return error_memory(e);
    for (size_t k = 0; k < r->blocks; k++) {
        double p = clipped(r->score[k]);
        logit[k] = log(p / (1.0 - p));
    }
    double n = (double)r->n, inf = (double)INFINITY;
    struct fit f = {.r = r, .logit = logit, .slope_free = false};
    const char *why = run(&f, v);
    out->in_the_large = why != NULL ? estimate_missing(n, why)
                                    : estimate_normal(f.a, sqrt(v[0]), n, "wald",
                                                      -inf, inf);
    f.slope_free = true;
    why = r->blocks < 2 ? "constant" : run(&f, v);
    out->slope = why != NULL
                     ? estimate_missing(n, why)
                     : estimate_normal(f.b, sqrt(v[1]), n, "wald", -inf, inf);
    out->intercept = why != NULL
                         ? estimate_missing(n, why)
                         : estimate_normal(f.a, sqrt(v[0]), n, "wald", -inf, inf);
    mem_free(logit);
    return ST_OK;
}

/* --- bins --- */

static void fill_bins(const struct ranking *r, const double *edge,
                      struct calibration *out)
{
    for (size_t i = 0; i < out->bins; i++)
        out->bin[i] = (struct calibration_bin){
            .from = i == 0 ? -(double)INFINITY : edge[i - 1],
            .to = i + 1 == out->bins ? (double)INFINITY : edge[i],
            .lowest = (double)NAN,
            .highest = (double)NAN};
    for (size_t k = 0, at = 0; k < r->blocks; k++) {
        while (at + 1 < out->bins && out->bin[at].to <= r->score[k])
            at++;
        struct calibration_bin *b = &out->bin[at];
        double n = (double)r->event[k] + (double)r->other[k];
        if (b->n <= 0.0)
            b->lowest = r->score[k];
        b->highest = r->score[k];
        b->n += n;
        b->events += (double)r->event[k];
        b->expected += n * r->score[k];
    }
    double gap = 0.0;
    for (size_t i = 0; i < out->bins; i++) {
        struct calibration_bin *b = &out->bin[i];
        b->expected = b->n > 0.0 ? b->expected / b->n : (double)NAN;
        b->observed = estimate_share(b->events, b->n);
        if (b->n > 0.0)
            gap += b->n / out->n * fabs(b->events / b->n - b->expected);
    }
    out->ece = estimate_exact(gap, out->n);
}

static status measure(const struct ranking *r, size_t bins, struct arena *a,
                      struct calibration *out, struct error *e)
{
    double edge[CALIBRATION_BINS_MAX];
    out->n = (double)r->n;
    out->events = r->events;
    out->log_loss = mean_of(r, log_loss);
    out->brier = mean_of(r, brier_loss);
    out->observed_minus_expected = mean_of(r, excess);
    if (r->events > 0.0 && r->others > 0.0)
        TRY(recalibrate(r, out, e));
    else
        out->slope = out->intercept = out->in_the_large =
            estimate_missing(out->n, "one-class");
    out->bins = quantile_edges(ranking_nth, r, out->n, bins, edge) + 1;
    out->bin = arena_new_array(a, struct calibration_bin, out->bins);
    if (out->bin == NULL)
        return arena_error(a, e);
    fill_bins(r, edge, out);
    return ST_OK;
}

static void nothing(struct calibration *out, const char *why)
{
    *out = (struct calibration){0};
    out->log_loss = out->brier = out->slope = out->intercept = out->in_the_large =
        out->observed_minus_expected = out->ece = estimate_missing(0.0, why);
}

status calibration_of(const double *probability, const uint8_t *label, size_t n,
                      size_t bins, struct arena *a, struct calibration *out,
                      struct error *e)
{
    nothing(out, probability == NULL ? "not-probability" : "empty");
    if (bins < 2 || bins > CALIBRATION_BINS_MAX)
        return error_set(e, ST_ARGUMENT, "%zu calibration bins; 2 … %d are possible",
                         bins, CALIBRATION_BINS_MAX);
    if (probability == NULL)
        return ST_OK;
    struct ranking *r = NULL;
    TRY(ranking_new(probability, label, NULL, n, &r, e));
    status s = r->n > 0 ? measure(r, bins, a, out, e) : ST_OK;
    ranking_free(r);
    return s;
}
