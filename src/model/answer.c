#include "model/model.h"

#include <math.h>

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

static double answer_one(enum model_link link, double scale, double x)
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
    case LINK_IDENTITY:
    case LINK_SOFTMAX:
    case LINK_ARGMAX:
    case LINK_SOFTPLUS_STEPS:
        break;
    }
    return x;
}

size_t model_answer(const struct model *m, const double *margin, double *answer)
{
    switch (m->link) {
    case LINK_SOFTMAX:
        answer_softmax(m->outputs, margin, answer);
        return m->outputs;
    case LINK_ARGMAX:
        answer[0] = answer_argmax(m->outputs, margin);
        return 1;
    case LINK_SOFTPLUS_STEPS:
        answer_steps(m->outputs, margin, answer);
        return m->outputs;
    default:
        for (size_t k = 0; k < m->outputs; k++)
            answer[k] = answer_one(m->link, m->link_scale, margin[k]);
        return m->outputs;
    }
}
