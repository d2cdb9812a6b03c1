/* kernel/dist.h: distributions (GSL). All are pure functions of their
 * arguments; out-of-range arguments give NaN, never an abort. */
#ifndef CANDOR_KERNEL_DIST_H
#define CANDOR_KERNEL_DIST_H

/* Two-sided 95 %: the 0.975 quantile of the standard normal. */
#define DIST_Z95 1.959963984540054

double dist_normal_cdf(double x);
double dist_normal_quantile(double p);               /* 0 < p < 1 */
double dist_student_quantile(double p, double freedom); /* freedom > 0 */
double dist_chi2_quantile(double p, double freedom);

#endif
