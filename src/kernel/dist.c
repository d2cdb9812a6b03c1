#include "kernel/dist.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* GSL calls its error handler on arguments outside the domain; these checks
 * keep such arguments away from it. */
static int inside(double p)
{
    return p > 0.0 && p < 1.0;
}

double dist_normal_cdf(double x)
{
    return isnan(x) ? x : gsl_cdf_ugaussian_P(x);
}

double dist_normal_quantile(double p)
{
    return inside(p) ? gsl_cdf_ugaussian_Pinv(p) : (double)NAN;
}

double dist_student_quantile(double p, double freedom)
{
    if (!inside(p) || !(freedom > 0.0))
        return (double)NAN;
    if (freedom > 1e7) /* the two differ by less than 1e-7 from here on */
        return gsl_cdf_ugaussian_Pinv(p);
    return gsl_cdf_tdist_Pinv(p, freedom);
}

double dist_chi2_quantile(double p, double freedom)
{
    if (!inside(p) || !(freedom > 0.0))
        return (double)NAN;
    return gsl_cdf_chisq_Pinv(p, freedom);
}
