#include "kernel/quadrature.h"

#include <gsl/gsl_integration.h>

status quadrature_legendre(size_t count, double *node, double *weight,
                           struct error *e)
{
    if (count == 0 || count > QUADRATURE_MAX)
        return error_set(e, ST_ARGUMENT,
                         "a quadrature has 1 to %d nodes, not %zu",
                         QUADRATURE_MAX, count);
    gsl_integration_glfixed_table *t =
        gsl_integration_glfixed_table_alloc(count);
    if (t == NULL)
        return error_memory(e);
    for (size_t i = 0; i < count; i++)
        gsl_integration_glfixed_point(0.0, 1.0, i, &node[i], &weight[i], t);
    gsl_integration_glfixed_table_free(t);
    return ST_OK;
}
