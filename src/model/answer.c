#include "model/model.h"

#include <math.h>

#define ROOT_HALF 0.70710678118654752440084436210485
#define PI 3.14159265358979323846264338327950288

/* log(1 + exp(x)) without overflow. */
static double softplus(double x)
{
    return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static void answer_softmax(size_t n, const double *x, double *out)
{
    double top = x[0], sum = 0.0;
    for (size_t k = 1; k < n; k++)
        top = fmax(top, x[k]);
    for (size_t k = 0; k < n; k++)
        sum += out[k] = exp(x[k] - top);
    for (size_t k = 0; k < n; k++)
        out[k] /= sum;
}

static void answer_simplemax(size_t n, const double *x, double *out)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += x[k];
    for (size_t k = 0; k < n; k++)
        out[k] = sum == 0.0 ? x[k] : x[k] / sum;
}

static double answer_argmax(size_t n, const double *x)
{
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (x[k] > x[best])
            best = k;
    return (double)best;
}

static void answer_steps(size_t n, const double *x, double *out)
{
    double sum = out[0] = x[0];
    for (size_t k = 1; k < n; k++)
        out[k] = sum += (double)1e-6F + softplus(x[k]);
}

double link_answer(enum model_link link, double scale, double x)
{
    switch (link) {
    case LINK_LOGISTIC:
    case LINK_LOGISTIC_EACH:
        return 1.0 / (1.0 + exp(-scale * x));
    case LINK_EXP:
        return exp(x);
    case LINK_SIGNED_SQUARE:
        return copysign(x * x, x);
    case LINK_STEP:
        return x > 0.0 ? 1.0 : 0.0;
    case LINK_LOG1P_EXP:
        return softplus(x);
    case LINK_PROBIT:
        return 0.5 * erfc(-x * ROOT_HALF);
    case LINK_CLOGLOG:
        return -expm1(-exp(x));
    case LINK_LOGLOG:
        return exp(-exp(-x));
    case LINK_CAUCHIT:
        return 0.5 + atan(x) / PI;
    case LINK_INVERSE:
        return 1.0 / x;
    case LINK_POWER:
        return pow(x, 1.0 / scale);
    case LINK_LOG_COMPLEMENT:
        return -expm1(x);
    case LINK_NEGATIVE_BINOMIAL:
        return 1.0 / (scale * expm1(-x));
    case LINK_ODDS_POWER:
        return 1.0 / (1.0 + pow(1.0 + scale * x, -1.0 / scale));
    case LINK_IDENTITY:
        return x;
    case LINK_SOFTMAX:
    case LINK_SIMPLEMAX:
    case LINK_ARGMAX:
    case LINK_SOFTPLUS_STEPS:
        break;
    }
    return (double)NAN;
}

/* Halving, in the tail where erfc is exact to the last digits. */
static double normal_quantile(double p)
{
    double low = -39.0, high = 0.0;
    if (!(p > 0.0 && p < 1.0))
        return (double)NAN;
    if (p > 0.5)
        return -normal_quantile(1.0 - p);
    for (int i = 0; i < 64; i++) {
        double middle = low + (high - low) / 2.0;
        if (0.5 * erfc(-middle * ROOT_HALF) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2.0;
}

double link_margin(enum model_link link, double scale, double y)
{
    switch (link) {
    case LINK_IDENTITY:
        return y;
    case LINK_LOGISTIC:
    case LINK_LOGISTIC_EACH:
        return (log(y) - log1p(-y)) / scale;
    case LINK_EXP:
        return log(y);
    case LINK_SIGNED_SQUARE:
        return copysign(sqrt(fabs(y)), y);
    case LINK_LOG1P_EXP:
        return y > 36.0 ? y + log1p(-exp(-y)) : log(expm1(y));
    case LINK_PROBIT:
        return normal_quantile(y);
    case LINK_CLOGLOG:
        return log(-log1p(-y));
    case LINK_LOGLOG:
        return -log(-log(y));
    case LINK_CAUCHIT:
        return y > 0.0 && y < 1.0 ? tan(PI * (y - 0.5)) : (double)NAN;
    case LINK_INVERSE:
        return 1.0 / y;
    case LINK_POWER:
        return pow(y, scale);
    case LINK_LOG_COMPLEMENT:
        return log1p(-y);
    case LINK_NEGATIVE_BINOMIAL:
        return -log1p(1.0 / (scale * y));
    case LINK_ODDS_POWER:
        return (pow(y / (1.0 - y), scale) - 1.0) / scale;
    case LINK_STEP:
    case LINK_SOFTMAX:
    case LINK_SIMPLEMAX:
    case LINK_ARGMAX:
    case LINK_SOFTPLUS_STEPS:
        break;
    }
    return (double)NAN;
}

size_t model_answer(const struct model *m, const double *margin, double *answer)
{
    switch (m->link) {
    case LINK_SOFTMAX:
        answer_softmax(m->outputs, margin, answer);
        return m->outputs;
    case LINK_SIMPLEMAX:
        answer_simplemax(m->outputs, margin, answer);
        return m->outputs;
    case LINK_ARGMAX:
        answer[0] = answer_argmax(m->outputs, margin);
        return 1;
    case LINK_SOFTPLUS_STEPS:
        answer_steps(m->outputs, margin, answer);
        return m->outputs;
    default:
        for (size_t k = 0; k < m->outputs; k++)
            answer[k] = link_answer(m->link, m->link_scale, margin[k]);
        return m->outputs;
    }
}
