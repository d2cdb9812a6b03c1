/* Weighted least squares on complementary pairs, and the sum over all of them.
 *
 * With t_i = ±1 for players in and outside S, a pair's squared errors add up to
 * one of its odd part and one that no value moves: minimise over φ, Σ φ fixed,
 *     Σ_S W_S (o(S) − t·φ / 2)²,
 * W the Shapley kernel 1 / (|S| (n − |S|)) shared over the pairs asked of the
 * size (Lundberg & Lee 2017; shares after Musco & Witter 2025). */
#include "shapley/estimate_in.h"

#include "kernel/dense.h"

#include <math.h>

/* Of the mean diagonal: keeps fewer pairs than players solvable. */
#define RIDGE 1e-10

struct strata {
    size_t *asked;       /* [n/2 + 1] pairs of the size */
    double *left;        /* [n/2 + 1] share of its pairs that was not asked */
};

static status strata_of(struct arena *a, const struct pair_values *v,
                        struct strata *s, struct error *e)
{
    size_t sizes = v->n / 2 + 1;

    s->asked = arena_new_array(a, size_t, sizes);
    s->left = arena_new_array(a, double, sizes);
    if (s->asked == NULL || s->left == NULL)
        return arena_error(a, e);
    for (size_t p = 1; p < v->known; p++)
        s->asked[v->plan->size[p]]++;
    for (size_t k = 1; k < sizes; k++)
        s->left[k] = 1 - (double)s->asked[k] / pair_plan_of_size(v->n, k);
    return ST_OK;
}

/* t[known][n] as doubles. */
static double *signs(struct arena *a, const struct pair_values *v)
{
    double *t = arena_new_array(a, double, v->known * v->n);

    for (size_t p = 0; t != NULL && p < v->known; p++) {
        const uint64_t *set = v->plan->set + p * v->plan->words;

        for (size_t i = 0; i < v->n; i++)
            t[p * v->n + i] = set_has(set, i) ? 1 : -1;
    }
    return t;
}

static status fit_open(struct arena *a, const struct pair_values *v,
                       struct fit *f, struct error *e)
{
    *f = (struct fit){.held_out = NAN, .freedom = INFINITY};
    f->value = arena_new_array(a, double, v->n);
    f->map = arena_new_array(a, double, v->n * v->known);
    f->covariance = arena_new_array(a, double, v->n * v->n);
    if (f->value == NULL || f->map == NULL || f->covariance == NULL)
        return arena_error(a, e);
    return ST_OK;
}

static void apply_map(const struct pair_values *v, struct fit *f)
{
    for (size_t i = 0; i < v->n; i++) {
        double sum = 0;

        for (size_t p = 0; p < v->known; p++)
            sum += f->map[i * v->known + p] * v->odd[p];
        f->value[i] = sum;
    }
}

/* Each marginal contribution by its weight; an odd part stands for both of its
 * pair. */
status estimate_pairs_all(struct arena *a, const struct pair_values *v,
                      struct fit *f, struct error *e)
{
    size_t n = v->n;

    TRY(fit_open(a, v, f, e));
    for (size_t p = 0; p < v->known; p++) {
        const uint64_t *set = v->plan->set + p * v->plan->words;
        size_t k = v->plan->size[p];
        double in = 2, out = 2; /* (k−1)! (n−k)! / n! and k! (n−k−1)! / n! */

        for (size_t i = 1; i <= k; i++)
            in *= i < k ? (double)i / (double)(n - k + i) : 1.0 / (double)n;
        out = k < n ? in * (double)k / (double)(n - k) : 0;
        for (size_t i = 0; i < n; i++)
            f->map[i * v->known + p] = set_has(set, i) ? in : -out;
    }
    apply_map(v, f);
    return ST_OK;
}

struct squares {
    const double *t;     /* [known][n] */
    double *weight;      /* [known] */
    double *gram;        /* [n][n] its factor */
    double *solved;      /* [n][known + 1]: gram⁻¹ (½ W t | 1) */
};

static status make_squares(struct arena *a, const struct pair_values *v,
                           const struct strata *strata, struct squares *q,
                           struct error *e)
{
    size_t n = v->n, m = v->known;
    double *scaled = arena_new_array(a, double, m * n);
    double mean = 0;

    q->t = signs(a, v);
    q->weight = arena_new_array(a, double, m);
    q->gram = arena_new_array(a, double, n * n);
    q->solved = arena_new_array(a, double, n * (m + 1));
    if (scaled == NULL || q->t == NULL || q->weight == NULL ||
        q->gram == NULL || q->solved == NULL)
        return arena_error(a, e);
    for (size_t p = 1; p < m; p++) {
        size_t k = v->plan->size[p];
        double share = 2 * k == n ? 0.5 : 1.0;

        q->weight[p] = share / ((double)k * (double)(n - k) *
                                (double)strata->asked[k]);
        for (size_t i = 0; i < n; i++) {
            scaled[p * n + i] = q->weight[p] * q->t[p * n + i] / 4;
            q->solved[i * (m + 1) + p] = 2 * scaled[p * n + i];
        }
    }
    dense_gram(scaled + n, n, q->t + n, n, m - 1, n, n, q->gram, n);
    for (size_t i = 0; i < n; i++) {
        mean += q->gram[i * n + i] / (double)n;
        q->solved[i * (m + 1) + m] = 1;
    }
    for (size_t i = 0; i < n; i++)
        q->gram[i * n + i] += RIDGE * mean;
    if (!dense_factor(q->gram, n, n))
        return error_bug(e, "pairs are not positive definite");
    dense_forward(q->gram, n, n, q->solved, m + 1, m + 1);
    dense_backward(q->gram, n, n, q->solved, m + 1, m + 1);
    return ST_OK;
}

/* φ = Δ/n + ψ, Σ ψ = 0, ψ = G⁻¹ (b − μ 1): as a map of the odd parts, where
 * Δ = 2 o(N). */
static void make_map(const struct pair_values *v, const struct squares *q,
                     struct fit *f)
{
    size_t n = v->n, m = v->known, wide = m + 1;
    double ones = 0;

    for (size_t i = 0; i < n; i++)
        ones += q->solved[i * wide + m];
    for (size_t p = 1; p < m; p++) {
        double sum = 0;

        for (size_t i = 0; i < n; i++)
            sum += q->solved[i * wide + p];
        for (size_t i = 0; i < n; i++)
            f->map[i * m + p] = q->solved[i * wide + p] -
                                q->solved[i * wide + m] * sum / ones;
    }
    for (size_t i = 0; i < n; i++) {
        double rest = 0; /* what Δ/n takes out of each odd part */

        for (size_t p = 1; p < m; p++)
            rest += f->map[i * m + p] *
                    (2 * (double)v->plan->size[p] - (double)n) / (double)n;
        f->map[i * m] = 2 / (double)n - rest;
    }
}

/* Residuals with their pair left out, times the map: one draw each of what a
 * size adds to the error. Sizes listed fully add nothing. */
static status pairs_error(struct arena *a, const struct pair_values *v,
                          const struct strata *strata,
                          const struct squares *q, struct fit *f,
                          struct error *e)
{
    size_t n = v->n, m = v->known, sizes = n / 2 + 1;
    double *draw = arena_new_array(a, double, m * n);
    double *mean = arena_new_array(a, double, sizes * n);
    double held = 0, weights = 0;

    if (draw == NULL || mean == NULL)
        return arena_error(a, e);
    for (size_t p = 1; p < m; p++) {
        size_t k = v->plan->size[p];
        double fitted = 0, own = 0, r;

        for (size_t i = 0; i < n; i++) {
            fitted += q->t[p * n + i] * f->value[i] / 2;
            own += q->t[p * n + i] * f->map[i * m + p] / 2;
        }
        r = (v->odd[p] - fitted) / fmax(1 - own, 1e-3);
        held += q->weight[p] * r * r;
        weights += q->weight[p];
        for (size_t i = 0; i < n; i++) {
            draw[p * n + i] = f->map[i * m + p] * r;
            mean[k * n + i] += draw[p * n + i] / (double)strata->asked[k];
        }
    }
    f->held_out = weights > 0 ? held / weights : (double)NAN;
    f->freedom = 0;
    for (size_t k = 1; k < sizes; k++) {
        if (strata->asked[k] > 1 && strata->left[k] > 0)
            f->freedom += (double)strata->asked[k] - 1;
    }
    f->freedom = fmax(f->freedom, 1);
    for (size_t p = 1; p < m; p++) {
        size_t k = v->plan->size[p];
        double asked = (double)strata->asked[k];
        double *d = draw + p * n;

        for (size_t i = 0; i < n; i++) {
            if (strata->asked[k] > 1)
                d[i] = (d[i] - mean[k * n + i]) * sqrt(asked / (asked - 1));
            d[i] *= sqrt(strata->left[k]);
        }
    }
    dense_gram(draw + n, n, draw + n, n, m - 1, n, n, f->covariance, n);
    return ST_OK;
}

status estimate_pairs_fit(struct arena *a, const struct pair_values *v,
                      struct fit *f, struct error *e)
{
    struct strata strata;
    struct squares q = {0};

    TRY(fit_open(a, v, f, e));
    if (v->known == 1 || v->n == 1) {
        for (size_t i = 0; i < v->n; i++)
            f->map[i * v->known] = 2 / (double)v->n;
        apply_map(v, f);
        return ST_OK;
    }
    TRY(strata_of(a, v, &strata, e));
    TRY(make_squares(a, v, &strata, &q, e));
    make_map(v, &q, f);
    apply_map(v, f);
    return pairs_error(a, v, &strata, &q, f, e);
}
