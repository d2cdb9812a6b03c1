#include "measure/probing.h"

#include "kernel/dist.h"
#include "measure/quantile.h"

#include <math.h>

enum { THIN = 30 };

struct setting { /* sets an input to a value, or to an end of its interval */
    const struct probe_rows *rows;
    size_t input;
    double value;
    const double *edge; /* [intervals + 1]; NULL: value */
    size_t intervals;
    size_t end;         /* 0 lower, 1 upper */
};

/* Interval (edge[k], edge[k + 1]] of x; the lowest edge belongs to the first. */
static size_t interval_of(const struct setting *s, double x)
{
    size_t k = 0;
    while (k + 1 < s->intervals && x > s->edge[k + 1])
        k++;
    return k;
}

static void set(void *self, size_t index, double *row)
{
    const struct setting *s = self;
    (void)index;
    if (s->edge == NULL)
        row[s->input] = s->value;
    else if (isfinite(row[s->input]))
        row[s->input] = s->edge[interval_of(s, row[s->input]) + s->end];
}

static status describe(const struct probe_rows *rows, size_t input,
                       struct effect *out, struct error *e)
{
    double *v = NULL;
    size_t n = 0;
    *out = (struct effect){NULL, 0, {0}, 0.0, 0.0, 0.0};
    TRY(probing_column(rows, input, &v, &n, e));
    for (int i = 0; i < 9; i++)
        out->rug[i] = quantile_of(quantile_array, v, (double)n, (i + 1) / 10.0);
    out->present = (double)n;
    out->missing = (double)(rows->n - n);
    mem_free(v);
    return ST_OK;
}

static void measure_range(struct effect *out)
{
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < out->points; i++) {
        low = fmin(low, out->point[i].value);
        high = fmax(high, out->point[i].value);
    }
    out->range = out->points > 0 ? high - low : 0.0;
}

/* --- accumulated local effects --- */

static void count_rows(const struct setting *s, double *n)
{
    for (size_t k = 0; k < s->intervals; k++)
        n[k] = 0.0;
    for (size_t i = 0; i < s->rows->n; i++) {
        double x = s->rows->row[i * s->rows->features + s->input];
        if (isfinite(x))
            n[interval_of(s, x)] += 1.0;
    }
}

/* Joins intervals of fewer than two rows with a neighbour. */
static void join_thin(struct setting *s, double *edge)
{
    double n[GRID_MAX];
    size_t kept = 0;
    count_rows(s, n);
    double pending = 0.0;
    for (size_t k = 0; k < s->intervals; k++) {
        pending += n[k];
        if (pending >= 2.0) {
            edge[++kept] = edge[k + 1];
            pending = 0.0;
        }
    }
    if (kept > 0)
        edge[kept] = s->edge[s->intervals]; /* a thin last one joins back */
    s->intervals = kept;
}

static status differences(const struct scorer *m, struct setting *s,
                          struct moments *step, struct error *e)
{
    const struct probe_rows *rows = s->rows;
    double *low = mem_array(rows->n + 1, sizeof *low);
    double *high = mem_array(rows->n + 1, sizeof *high);
    status done = low != NULL && high != NULL ? ST_OK : error_memory(e);
    s->end = 0;
    if (done == ST_OK)
        done = probing_score(m, rows, set, s, low, e);
    s->end = 1;
    if (done == ST_OK)
        done = probing_score(m, rows, set, s, high, e);
    for (size_t i = 0; i < rows->n && done == ST_OK; i++) {
        double x = rows->row[i * rows->features + s->input];
        if (isfinite(x))
            moments_add(&step[interval_of(s, x)], high[i] - low[i]);
    }
    mem_free(low);
    mem_free(high);
    return done;
}

/* Point j is Σ_l (1[l <= j] - b_l) mean_l, where b_l is what interval l adds to
 * the centre: the share of rows beyond it and half of its own. */
static void accumulate(const struct setting *s, const struct moments *step,
                       struct effect *out)
{
    double part[GRID_MAX], beyond = out->present;
    for (size_t l = 0; l < s->intervals; l++) {
        beyond -= step[l].n;
        part[l] = (beyond + step[l].n / 2.0) / out->present;
    }
    for (size_t j = 0; j <= s->intervals; j++) {
        double value = 0.0, variance = 0.0;
        for (size_t l = 0; l < s->intervals; l++) {
            double c = (l < j ? 1.0 : 0.0) - part[l], sd = moments_sd(&step[l]);
            value += c * step[l].mean;
            variance += c * c * sd * sd / step[l].n;
        }
        double half = DIST_Z95 * sqrt(variance), n = step[j > 0 ? j - 1 : 0].n;
        out->point[j] = (struct effect_point){s->edge[j], value, value - half,
                                              value + half, n, n < THIN};
    }
    out->points = s->intervals + 1;
    measure_range(out);
}

status effect_ale(const struct scorer *m, const struct probe_rows *rows,
                  size_t input, size_t bins, struct arena *a,
                  struct effect *out, struct error *e)
{
    double edge[GRID_MAX];
    struct moments step[GRID_MAX] = {0};
    size_t edges = 0;
    TRY(describe(rows, input, out, e));
    TRY(probe_grid(rows, input, bins + 1, edge, &edges, e));
    struct setting s = {rows, input, 0.0, edge, edges > 0 ? edges - 1 : 0, 0};
    join_thin(&s, edge);
    if (s.intervals == 0)
        return ST_OK;
    TRY(differences(m, &s, step, e));
    out->point = arena_new_array(a, struct effect_point, s.intervals + 1);
    if (out->point == NULL)
        return arena_error(a, e);
    accumulate(&s, step, out);
    return ST_OK;
}

/* --- dependence --- */

static void count_nearest(const struct probe_rows *rows, size_t input,
                          struct effect *out)
{
    for (size_t i = 0; i < rows->n; i++) {
        double x = rows->row[i * rows->features + input], near = (double)INFINITY;
        size_t best = out->points;
        for (size_t j = 0; j < out->points; j++) {
            double d = isnan(x) && isnan(out->point[j].at)
                           ? 0.0
                           : fabs(x - out->point[j].at);
            if (d < near) {
                near = d;
                best = j;
            }
        }
        if (best < out->points)
            out->point[best].n += 1.0;
    }
    for (size_t j = 0; j < out->points; j++)
        out->point[j].thin = out->point[j].n < THIN;
}

status effect_dependence(const struct scorer *m, const struct probe_rows *rows,
                         size_t input, const double *at, size_t values,
                         struct arena *a, struct effect *out, struct error *e)
{
    if (values < 1 || values > GRID_MAX)
        return error_set(e, ST_ARGUMENT, "%zu values; 1 … %d are possible", values,
                         GRID_MAX);
    TRY(describe(rows, input, out, e));
    if (rows->n == 0)
        return ST_OK;
    out->point = arena_new_array(a, struct effect_point, values);
    double *score = mem_array(rows->n, sizeof *score);
    status s = out->point == NULL ? arena_error(a, e)
               : score == NULL    ? error_memory(e)
                                  : ST_OK;
    for (size_t j = 0; j < values && s == ST_OK; j++) {
        struct setting set_to = {rows, input, at[j], NULL, 0, 0};
        struct moments mean = {0};
        s = probing_score(m, rows, set, &set_to, score, e);
        for (size_t i = 0; i < rows->n && s == ST_OK; i++)
            moments_add(&mean, score[i]);
        struct estimate x = moments_mean(&mean);
        out->point[j] =
            (struct effect_point){at[j], x.value, x.low, x.high, 0.0, false};
    }
    mem_free(score);
    TRY(s);
    out->points = values;
    count_nearest(rows, input, out);
    measure_range(out);
    return ST_OK;
}
