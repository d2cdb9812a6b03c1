#include "shapley/odd_process.h"

#include "kernel/quadrature.h"

#include <math.h>

/* Nodes for the integral that gives 2 / |A|: exact up to 48 players, and the
 * integrand is close to an exponential beyond. */
#define NODES 24

/* (1+x)^(m−h) (1−x)^h and the same with signs changed. */
static void products(double x, size_t m, size_t h, double *plus, double *minus)
{
    double up = log1p(x), down = log1p(-x);

    *plus = exp((double)(m - h) * up + (double)h * down);
    *minus = exp((double)(m - h) * down + (double)h * up);
}

/* Prior covariances: Σ over odd d of c_d (2/d)² × the sets of d players that hold
 * one named player, or two. */
static void prior(struct odd_kernel *k)
{
    size_t n = k->n;
    double one = 1, two = 0;
    double sets = k->third; /* c_d C(n−1, d−1) */

    for (size_t d = 3; d <= n; d += 2) {
        double left = (double)(n - d + 1) * (double)(n - d + 2);
        double by;

        sets *= left / ((double)(d - 1) * (double)(d - 2));
        by = sets / ((double)d * (double)d);
        one += by;
        two += by * (double)(d - 1) / (double)(n - 1);
        sets *= k->decay;
    }
    k->own = 4 * one;
    k->mixed = 4 * two;
}

/* Shares of the degrees as coefficients of single parities. */
static void coefficients(struct odd_kernel *k, double share, double decay)
{
    double n = (double)k->n;

    k->third = k->n < 3 ? 0 : share * 6 / ((n - 1) * (n - 2));
    k->decay = k->n < 5 ? 0.1 : decay * 20 / ((n - 3) * (n - 4));
    k->decay = fmin(k->decay, 0.8);
}

status odd_kernel_make(struct arena *a, size_t players, double share,
                       double decay, struct odd_kernel *out, struct error *e)
{
    double node[NODES], weight[NODES], n = (double)players, rho, part;

    *out = (struct odd_kernel){.n = players};
    out->same = arena_new_array(a, double, players + 1);
    out->cross = arena_new_array(a, double, players);
    if (out->same == NULL || out->cross == NULL)
        return arena_error(a, e);
    TRY(quadrature_legendre(NODES, node, weight, e));
    coefficients(out, share, decay);
    rho = sqrt(out->decay);
    part = out->third / out->decay;
    for (size_t h = 0; h <= players; h++) {
        double plus, minus;

        products(rho, players, h, &plus, &minus);
        out->same[h] = part * (plus - minus) / (2 * rho) +
                       (1 - part) * (n - 2 * (double)h);
    }
    for (size_t h = 0; h < players; h++) {
        for (size_t q = 0; q < NODES; q++) {
            double plus, minus;

            products(node[q] * rho, players - 1, h, &plus, &minus);
            out->cross[h] += part * weight[q] * (plus + minus);
        }
        out->cross[h] += 2 * (1 - part);
    }
    prior(out);
    return ST_OK;
}
