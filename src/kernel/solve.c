#include "kernel/solve.h"

#include <math.h>

/* Lower triangle L of a = L L^T, over a itself. */
static bool factorise(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double d = a[j * n + j];
        for (size_t k = 0; k < j; k++)
            d -= a[j * n + k] * a[j * n + k];
        if (!(d > 0.0) || !isfinite(d))
            return false;
        d = sqrt(d);
        a[j * n + j] = d;
        for (size_t i = j + 1; i < n; i++) {
            double s = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                s -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = s / d;
        }
    }
    return true;
}

static void substitute(const double *l, const double *b, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double s = b[i];
        for (size_t k = 0; k < i; k++)
            s -= l[i * n + k] * x[k];
        x[i] = s / l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double s = x[i];
        for (size_t k = i + 1; k < n; k++)
            s -= l[k * n + i] * x[k];
        x[i] = s / l[i * n + i];
    }
}

bool solve_linear(double *a, const double *b, double *x, size_t n)
{
    if (n == 0 || n > SOLVE_MAX || !factorise(a, n))
        return false;
    substitute(a, b, x, n);
    return true;
}

bool solve_inverse(double *a, size_t n)
{
    double l[SOLVE_MAX * SOLVE_MAX], unit[SOLVE_MAX], x[SOLVE_MAX];
    if (n == 0 || n > SOLVE_MAX || !factorise(a, n))
        return false;
    for (size_t i = 0; i < n * n; i++)
        l[i] = a[i];
    for (size_t c = 0; c < n; c++) {
        for (size_t i = 0; i < n; i++)
            unit[i] = i == c ? 1.0 : 0.0;
        substitute(l, unit, x, n);
        for (size_t i = 0; i < n; i++)
            a[i * n + c] = x[i];
    }
    return true;
}
