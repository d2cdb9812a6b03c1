/* Steps on each register by itself. One loop a function: those that are plain
 * arithmetic become vector code, the others call the C library a row. */
#include "model/program_in.h"

#include "kernel/lanes.h"

#include <math.h>

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717
#define ROOT_HALF 0.70710678118654752440084436210485
#define ROOT_2_OVER_PI 0.79788456080286535587989211986876
#define PI 3.14159265358979323846264338327950288

static double logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static double softplus(double x)
{
    return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double gelu_tanh(double x)
{
    return 0.5 * x *
           (1.0 + tanh(ROOT_2_OVER_PI * (x + 0.044715 * x * x * x)));
}

static double integer(double x)
{
    return trunc(x);
}

static double sign(double x)
{
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
}

/* Comparisons of a missing value are false: it is let through by hand. */
static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

#define EACH(expression)                                                       \
    for (size_t l = 0; l < n; l++) {                                           \
        double x = in[l];                                                      \
        out[l] = (expression);                                                 \
    }                                                                          \
    break

static void map_arithmetic(enum program_map f, double p, double q,
                           const double *restrict in, double *restrict out,
                           size_t n)
{
    switch (f) {
    case MAP_NEGATE: EACH(-x);
    case MAP_ABSOLUTE: EACH(fabs(x));
    case MAP_LEAKY: EACH(x < 0.0 ? p * x : x);
    case MAP_SQUARE: EACH(x * x);
    case MAP_RECIPROCAL: EACH(1.0 / x);
    case MAP_SOFTSIGN: EACH(x / (1.0 + fabs(x)));
    case MAP_HARD_LOGISTIC: EACH(clamp(p * x + q, 0.0, 1.0));
    case MAP_SQRT: EACH(sqrt(x));
    case MAP_FLOOR: EACH(floor(x));
    case MAP_CEIL: EACH(ceil(x));
    case MAP_ROUND: EACH(round(x));
    case MAP_RINT: EACH(rint(x));
    case MAP_TRUNCATE: EACH(trunc(x));
    case MAP_TO_INTEGER: EACH(integer(x));
    case MAP_SIGN: EACH(sign(x));
    case MAP_CLAMP: EACH(clamp(x, p, q));
    case MAP_THRESHOLD: EACH(x > p ? 1.0 : 0.0);
    case MAP_BINARIZE: EACH(isnan(x) ? x : x > p ? 1.0 : 0.0);
    case MAP_IS_PRESENT: EACH(isnan(x) ? 0.0 : 1.0);
    case MAP_NOT: EACH(isnan(x) ? x : x == 0.0 ? 1.0 : 0.0);
    case MAP_FILL: EACH(isnan(x) ? p : x);
    case MAP_EQUALS_P: EACH(isnan(x) ? x : x == p ? 1.0 : 0.0);
    default: EACH(x); /* COPY */
    }
}

static bool map_function(enum program_map f, double p,
                         const double *restrict in, double *restrict out,
                         size_t n)
{
    switch (f) {
    case MAP_ELU: EACH(x < 0.0 ? p * expm1(x) : x);
    case MAP_SELU:
        EACH(SELU_SCALE * (x < 0.0 ? SELU_ALPHA * expm1(x) : x));
    case MAP_GELU: EACH(0.5 * x * (1.0 + erf(x * ROOT_HALF)));
    case MAP_GELU_TANH: EACH(gelu_tanh(x));
    case MAP_SWISH: EACH(x * logistic(x));
    case MAP_SOFTPLUS: EACH(softplus(x));
    case MAP_TANH: EACH(tanh(x));
    case MAP_ARCTAN: EACH(2.0 * atan(x) / PI);
    case MAP_LOGISTIC: EACH(logistic(x));
    case MAP_EXP: EACH(exp(x));
    case MAP_EXPM1: EACH(expm1(x));
    case MAP_LOG: EACH(log(x));
    case MAP_LOG1P: EACH(log1p(x));
    case MAP_LOG10: EACH(log10(x));
    case MAP_SIN: EACH(sin(x));
    case MAP_COS: EACH(cos(x));
    case MAP_TAN: EACH(tan(x));
    case MAP_ASIN: EACH(asin(x));
    case MAP_ACOS: EACH(acos(x));
    case MAP_ATAN: EACH(atan(x));
    case MAP_SINH: EACH(sinh(x));
    case MAP_COSH: EACH(cosh(x));
    case MAP_GAUSS: EACH(exp(-(x * x)));
    case MAP_ERF: EACH(erf(x));
    case MAP_NORMAL_CDF: EACH(0.5 * erfc(-x * ROOT_HALF));
    case MAP_CLOGLOG_INVERSE: EACH(-expm1(-exp(x)));
    case MAP_LOGLOG_INVERSE: EACH(exp(-exp(-x)));
    case MAP_CAUCHIT_INVERSE: EACH(0.5 + atan(x) / PI);
    case MAP_POWER: EACH(pow(x, p));
    default:
        return false;
    }
    return true;
}

/* The steps that fill networks go to the kernel. */
static bool map_by_kernel(const struct step *s, const double *x, double *out,
                          size_t n)
{
    switch ((enum program_map)s->f) {
    case MAP_RELU:
        if (s->single)
            lanes_round(x, out, n);
        lanes_relu(s->single ? out : x, out, n);
        return true;
    case MAP_FLOAT32:
        lanes_round(x, out, n);
        return true;
    case MAP_SCALE: /* p x + q in single precision rounds twice */
        if (s->single)
            lanes_scale_single(x, (float)s->p, (float)s->q, out, n);
        else
            lanes_scale(x, s->p, s->q, out, n);
        return true;
    case MAP_IS_MISSING:
        lanes_missing(x, out, n);
        return true;
    default:
        return false;
    }
}

void step_map(const struct block *b, const struct step *s)
{
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    enum program_map f = (enum program_map)s->f;
    double p = s->single ? (double)(float)s->p : s->p;
    double q = s->single ? (double)(float)s->q : s->q;
    for (uint32_t i = 0; i < s->outs; i++) {
        const double *x = lane(b, in[i]);
        double *out = lane(b, to[i]);
        if (map_by_kernel(s, x, out, b->width))
            continue;
        if (s->single) {
            lanes_round(x, b->spare, b->width);
            x = b->spare;
        }
        if (!map_function(f, p, x, out, b->n))
            map_arithmetic(f, p, q, x, out, b->width);
        if (s->single)
            lanes_round(out, out, b->width);
    }
}
