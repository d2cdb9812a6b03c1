#include "measure/ranking.h"

#include "base/arena.h"
#include "kernel/sort.h"
#include "measure/sample.h"

#include <math.h>

void ranking_free(struct ranking *r)
{
    if (r == NULL)
        return;
    mem_free(r->score);
    mem_free(r->event);
    mem_free(r->other);
    mem_free(r);
}

/* Walks the rows of known outcome; stores only when `store`. */
static void walk(struct ranking *r, const double *score, const uint8_t *label,
                 const uint32_t *order, size_t count, bool store)
{
    double last = 0.0;
    r->blocks = 0;
    for (size_t k = 0; k < count; k++) {
        size_t i = order[k];
        if (label[i] > 1)
            continue;
        if (r->blocks == 0 || score[i] > last) {
            last = score[i];
            if (store)
                r->score[r->blocks] = last;
            r->blocks++;
        }
        if (store)
            (label[i] != 0 ? r->event : r->other)[r->blocks - 1]++;
    }
}

static status fill(struct ranking *r, const double *score, const uint8_t *label,
                   const uint32_t *order, size_t count, struct error *e)
{
    walk(r, score, label, order, count, false);
    r->score = mem_array(r->blocks + 1, sizeof *r->score);
    r->event = mem_array(r->blocks + 1, sizeof *r->event);
    r->other = mem_array(r->blocks + 1, sizeof *r->other);
    if (r->score == NULL || r->event == NULL || r->other == NULL)
        return error_memory(e);
    walk(r, score, label, order, count, true);
    for (size_t b = 0; b < r->blocks; b++) {
        r->events += (double)r->event[b];
        r->others += (double)r->other[b];
    }
    r->n = (size_t)(r->events + r->others);
    return ST_OK;
}

status ranking_new(const double *score, const uint8_t *label,
                   const uint32_t *order, size_t count, struct ranking **out,
                   struct error *e)
{
    struct ranking *r = mem_array(1, sizeof *r);
    uint32_t *made = NULL;
    bool sorted = r != NULL;
    if (sorted && order == NULL) {
        made = mem_array(count + 1, sizeof *made);
        sorted = made != NULL && sort_order(score, count, made);
        order = made;
    }
    status s = sorted ? fill(r, score, label, order, count, e) : error_memory(e);
    mem_free(made);
    if (s != ST_OK) {
        ranking_free(r);
        return s;
    }
    *out = r;
    return ST_OK;
}

double ranking_nth(const void *self, double k)
{
    const struct ranking *r = self;
    double below = 0.0;
    size_t b = 0;
    while (b + 1 < r->blocks &&
           below + (double)r->event[b] + (double)r->other[b] <= k) {
        below += (double)r->event[b] + (double)r->other[b];
        b++;
    }
    return r->score[b];
}

/* Why there is no figure that needs both outcomes; NULL when there is. */
static const char *lacks(const struct ranking *r)
{
    if (r->n == 0)
        return "empty";
    return r->events > 0.0 && r->others > 0.0 ? NULL : "one-class";
}

static double area(const struct ranking *r)
{
    double below = 0.0, twice = 0.0; /* twice the wins: integers, so exact */
    for (size_t b = 0; b < r->blocks; b++) {
        twice += (double)r->event[b] * (2.0 * below + (double)r->other[b]);
        below += (double)r->other[b];
    }
    return twice / 2.0 / r->events / r->others;
}

double ranking_auc_variance(const struct ranking *r)
{
    if (r->events < 2.0 || r->others < 2.0)
        return (double)NAN;
    double auc = area(r), others = 0.0, events = 0.0, s1 = 0.0, s0 = 0.0;
    for (size_t b = 0; b < r->blocks; b++) {
        double e = (double)r->event[b], o = (double)r->other[b];
        double v1 = (others + o / 2.0) / r->others - auc;
        double v0 = 1.0 - (events + e / 2.0) / r->events - auc;
        s1 += e * v1 * v1;
        s0 += o * v0 * v0;
        others += o;
        events += e;
    }
    return s1 / (r->events - 1.0) / r->events +
           s0 / (r->others - 1.0) / r->others;
}

struct estimate ranking_auc(const struct ranking *r)
{
    const char *why = lacks(r);
    if (why != NULL)
        return estimate_missing((double)r->n, why);
    return estimate_normal(area(r), sqrt(ranking_auc_variance(r)), (double)r->n,
                           "delong", 0.0, 1.0);
}

struct estimate ranking_gini(const struct ranking *r)
{
    struct estimate a = ranking_auc(r);
    return a.computable ? estimate_scaled(a, 2.0, -1.0) : a;
}

struct estimate ranking_ks(const struct ranking *r, double *at)
{
    const char *why = lacks(r);
    *at = (double)NAN;
    if (why != NULL)
        return estimate_missing((double)r->n, why);
    double e = 0.0, o = 0.0, best = 0.0, best_e = 0.0, best_o = 0.0;
    for (size_t b = r->blocks; b-- > 0;) {
        e += (double)r->event[b];
        o += (double)r->other[b];
        double gap = fabs(e * r->others - o * r->events); /* exact */
        if (gap >= best) {
            best = gap;
            best_e = e;
            best_o = o;
            *at = r->score[b];
        }
    }
    double p = best_e / r->events, q = best_o / r->others;
    double se = sqrt(p * (1.0 - p) / r->events + q * (1.0 - q) / r->others);
    return estimate_normal(fabs(p - q), se, (double)r->n, "at-score", 0.0, 1.0);
}

struct estimate ranking_average_precision(const struct ranking *r)
{
    const char *why = lacks(r);
    if (why != NULL)
        return estimate_missing((double)r->n, why);
    double e = 0.0, o = 0.0, sum = 0.0;
    for (size_t b = r->blocks; b-- > 0;) {
        e += (double)r->event[b];
        o += (double)r->other[b];
        if (r->event[b] != 0)
            sum += (double)r->event[b] / r->events * (e / (e + o));
    }
    struct estimate x = estimate_exact(sum, (double)r->n);
    if (!(sum > 0.0 && sum < 1.0))
        return x;
    double eta = log(sum / (1.0 - sum));
    double tau = 1.959963984540054 / sqrt(r->events * sum * (1.0 - sum));
    x.low = 1.0 / (1.0 + exp(tau - eta));
    x.high = 1.0 / (1.0 + exp(-tau - eta));
    x.method = "logit";
    x.why_not = NULL;
    return x;
}
