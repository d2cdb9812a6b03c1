#include "shapley/group.h"

double shapley_group(const double *phi, size_t features, const long *group_of,
                     size_t groups, double *out)
{
    double rest = 0;

    for (size_t g = 0; g < groups; g++)
        out[g] = 0;
    for (size_t f = 0; f < features; f++) {
        if (group_of[f] >= 0 && (size_t)group_of[f] < groups)
            out[group_of[f]] += phi[f];
        else
            rest += phi[f];
    }
    return rest;
}
