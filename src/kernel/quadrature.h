/* kernel/quadrature.h: Gauss–Legendre nodes and weights on [0, 1]. Exact for
 * polynomials of degree 2 count − 1. */
#ifndef CANDOR_KERNEL_QUADRATURE_H
#define CANDOR_KERNEL_QUADRATURE_H

#include "base/error.h"

enum { QUADRATURE_MAX = 1024 };

/* node[count] ascending, weight[count]; 1 <= count <= QUADRATURE_MAX. */
MUST_USE status quadrature_legendre(size_t count, double *node, double *weight,
                                    struct error *e);

#endif
