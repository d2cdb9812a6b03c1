/* AUC of two scores on the same rows, compared with DeLong's paired variance. */
#include "base/arena.h"
#include "kernel/sort.h"
#include "measure/ranking.h"

#include <math.h>

/* v[i]: share of the other class that row i's score is on the right side of,
 * ties half; NaN for rows of unknown outcome. Returns the AUC. */
static double place(const double *score, const uint8_t *label, size_t n,
                    const uint32_t *order, const double total[2], double *v)
{
    double seen[2] = {0.0, 0.0}, sum = 0.0;
    for (size_t from = 0, to; from < n; from = to) {
        double here[2] = {0.0, 0.0};
        for (to = from; to < n && score[order[to]] <= score[order[from]]; to++)
            if (label[order[to]] <= 1)
                here[label[order[to]]] += 1.0;
        double event = (seen[0] + here[0] / 2.0) / total[0];
        double other = 1.0 - (seen[1] + here[1] / 2.0) / total[1];
        for (size_t k = from; k < to; k++)
            v[order[k]] = label[order[k]] != 0 ? event : other;
        sum += here[1] * event;
        seen[0] += here[0];
        seen[1] += here[1];
    }
    return sum / total[1];
}

static struct estimate compare(const double *va, const double *vb,
                               const uint8_t *label, size_t n,
                               const double total[2], double change)
{
    struct moments m[2] = {0};
    for (size_t i = 0; i < n; i++)
        if (label[i] <= 1)
            moments_add(&m[label[i]], vb[i] - va[i]);
    double s1 = moments_sd(&m[1]), s0 = moments_sd(&m[0]);
    return estimate_normal(change, sqrt(s1 * s1 / total[1] + s0 * s0 / total[0]),
                           total[0] + total[1], "delong", -1.0, 1.0);
}

status ranking_auc_change(const double *a, const double *b,
                          const uint8_t *label, size_t n, struct estimate *out,
                          struct error *e)
{
    double total[2] = {0.0, 0.0};
    for (size_t i = 0; i < n; i++)
        if (label[i] <= 1)
            total[label[i]] += 1.0;
    if (!(total[0] > 0.0 && total[1] > 0.0)) {
        *out = estimate_missing(total[0] + total[1],
                                total[0] + total[1] > 0.0 ? "one-class" : "empty");
        return ST_OK;
    }
    uint32_t *order = mem_array(n, sizeof *order);
    double *va = mem_array(n, sizeof *va), *vb = mem_array(n, sizeof *vb);
    bool ok = order != NULL && va != NULL && vb != NULL && sort_order(a, n, order);
    if (ok) {
        double from = place(a, label, n, order, total, va);
        ok = sort_order(b, n, order);
        if (ok) {
            double to = place(b, label, n, order, total, vb);
            *out = compare(va, vb, label, n, total, to - from);
        }
    }
    mem_free(order);
    mem_free(va);
    mem_free(vb);
    return ok ? ST_OK : error_memory(e);
}
