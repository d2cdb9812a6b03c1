#include "measure/macro.h"

#include <math.h>

struct figure { /* of one class, in shares: value and its three derivatives */
    double value, by_hit, by_row, by_column;
};

static struct figure of_class(double p, double r, double c, enum macro_kind kind)
{
    double d = kind == MACRO_PRECISION ? c : kind == MACRO_RECALL ? r : r + c;
    double m = kind == MACRO_F1 ? 2.0 : 1.0;
    if (!(d > 0.0))
        return (struct figure){0.0, 0.0, 0.0, 0.0};
    double slope = -m * p / (d * d);
    return (struct figure){m * p / d, m / d,
                           kind == MACRO_PRECISION ? 0.0 : slope,
                           kind == MACRO_RECALL ? 0.0 : slope};
}

struct estimate macro_of(const double *cell, const double *row,
                         const double *column, size_t k, enum macro_kind kind)
{
    double n = 0.0, classes = 0.0, value = 0.0, first = 0.0, second = 0.0;
    for (size_t i = 0; i < k; i++) {
        n += row[i];
        classes += row[i] + column[i] > 0.0 ? 1.0 : 0.0;
    }
    if (!(n > 0.0))
        return estimate_missing(0.0, "empty");
    for (size_t i = 0; i < k; i++)
        value += of_class(cell[i * k + i] / n, row[i] / n, column[i] / n, kind).value;
    for (size_t i = 0; i < k; i++) {
        struct figure r = of_class(cell[i * k + i] / n, row[i] / n, column[i] / n,
                                   kind);
        for (size_t j = 0; j < k; j++) {
            struct figure c = of_class(cell[j * k + j] / n, row[j] / n,
                                       column[j] / n, kind);
            double g = r.by_row + c.by_column + (i == j ? r.by_hit : 0.0);
            first += cell[i * k + j] / n * g;
            second += cell[i * k + j] / n * g * g;
        }
    }
    double se = sqrt(fmax(0.0, second - first * first) / n) / classes;
    return estimate_normal(value / classes, se, n, "delta", 0.0, 1.0);
}

struct estimate macro_f1_of(double tp, double fp, double fn)
{
    struct estimate j = estimate_share(tp, tp + fp + fn);
    if (!j.computable)
        return j;
    j.value = 2.0 * j.value / (1.0 + j.value);
    j.low = 2.0 * j.low / (1.0 + j.low);
    j.high = 2.0 * j.high / (1.0 + j.high);
    return j;
}
