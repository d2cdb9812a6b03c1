#include "measure/quantile.h"

#include <math.h>

double quantile_of(order_statistic *at, const void *self, double n, double q)
{
    if (!(n > 0.0))
        return (double)NAN;
    double place = q * (n - 1.0), below = floor(place), t = place - below;
    double a = at(self, below), b = t > 0.0 ? at(self, below + 1.0) : a;
    /* Measured from the nearer end, so equal ends give exactly that value. */
    return t >= 0.5 ? b - (b - a) * (1.0 - t) : a + (b - a) * t;
}

size_t quantile_edges(order_statistic *at, const void *self, double n,
                      size_t bins, double *edge)
{
    size_t edges = 0;
    if (!(n > 0.0))
        return 0;
    double last = at(self, 0.0);
    for (size_t i = 1; i < bins; i++) {
        double x = quantile_of(at, self, n, (double)i / (double)bins);
        if (x > last)
            edge[edges++] = last = x;
    }
    return edges;
}

size_t quantile_bin(const double *edge, size_t edges, double x)
{
    size_t low = 0, high = edges;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (edge[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double quantile_array(const void *sorted, double k)
{
    return ((const double *)sorted)[(size_t)k];
}
