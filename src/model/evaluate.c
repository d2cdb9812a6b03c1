#include "model/evaluate.h"

#include "base/arena.h"
#include "model/forest.h"
#include "model/program.h"
#include "model/service.h"

#include <math.h>

/* The nearest to 0 and to 1 that a probability may be: a server that answers 0 or
 * 1 has rounded. */
#define LEAST_PROBABILITY 0x1p-53

/* How far the sum of a row's class probabilities may be from 1: single
 * precision, many classes, a server that prints few digits. */
#define SUM_TOLERANCE 1e-3

bool model_is_local(const struct model *m)
{
    return m->kind == MODEL_FOREST || m->kind == MODEL_PROGRAM;
}

static void forest_rows(const struct model *m, const struct model_rows *rows,
                        bool native, double *margin)
{
    if (rows->n > 1 && forest_block(m, rows->value, rows->n, native, margin))
        return;
    for (size_t i = 0; i < rows->n; i++) {
        const double *row = rows->value + i * m->features;
        if (native)
            model_margin_native(m, row, margin + i * m->outputs);
        else
            model_margin(m, row, margin + i * m->outputs);
    }
}

static double clamped(double p)
{
    return fmin(fmax(p, LEAST_PROBABILITY), 1.0 - LEAST_PROBABILITY);
}

static status not_answer(const struct model *m, size_t row, size_t output,
                         double answer, const char *wanted, struct error *e)
{
    return error_set(e, ST_DATA,
                     "row %zu: the model (%s) answered %.9g for output %zu, "
                     "%s was expected", row + 1, m->service->kind, answer,
                     output, wanted);
}

/* Answers on these scales lie between 0 and 1. */
static bool is_share(enum model_link link)
{
    return link == LINK_LOGISTIC || link == LINK_LOGISTIC_EACH ||
           link == LINK_SOFTMAX || link == LINK_PROBIT ||
           link == LINK_CLOGLOG || link == LINK_LOGLOG ||
           link == LINK_CAUCHIT || link == LINK_ODDS_POWER;
}

/* One answer → its margin, in place. */
static status inverse(const struct model *m, size_t row, size_t k, double *x,
                      struct error *e)
{
    double a = *x;
    bool share = is_share(m->link);
    if (share && !(a >= 0.0 && a <= 1.0))
        return not_answer(m, row, k, a, "a probability", e);
    if (share)
        a = clamped(a);
    *x = m->link == LINK_SOFTMAX ? log(a)
                                 : link_margin(m->link, m->link_scale, a);
    if (!isfinite(*x))
        return not_answer(m, row, k, a, "a number in the range of the link", e);
    return ST_OK;
}

static status row_margins(const struct model *m, size_t row, double *x,
                          struct error *e)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->outputs; k++) {
        if (!isfinite(x[k]))
            return not_answer(m, row, k, x[k], "a finite number", e);
        sum += x[k];
        TRY(inverse(m, row, k, &x[k], e));
    }
    if (m->link == LINK_SOFTMAX && fabs(sum - 1.0) > SUM_TOLERANCE)
        return error_set(e, ST_DATA,
                         "row %zu: the class probabilities of the model (%s) "
                         "add up to %.9g, not to 1", row + 1,
                         m->service->kind, sum);
    return ST_OK;
}

static status ask(const struct model *m, const struct model_rows *rows,
                  double *margin, struct error *e)
{
    const struct model_service *s = m->service;
    TRY(s->answers(s->self, rows, m->features, margin, m->outputs, e));
    for (size_t i = 0; i < rows->n; i++)
        TRY(row_margins(m, i, margin + i * m->outputs, e));
    return ST_OK;
}

status model_evaluate(const struct model *m, const struct model_rows *rows,
                      bool native, double *margin, struct error *e)
{
    if (rows->n == 0)
        return ST_OK;
    switch (m->kind) {
    case MODEL_PROGRAM:
        TRY(program_run(m->program, rows, margin, e));
        for (size_t i = 0; m->refuses && i < rows->n; i++)
            (void)model_refuses(m, rows->value + i * m->features,
                                margin + i * m->outputs);
        return ST_OK;
    case MODEL_REMOTE:
        return ask(m, rows, margin, e);
    case MODEL_SCORES:
        return error_set(e, ST_UNSUPPORTED,
                         "the model is known by its scores in the table alone; "
                         "it cannot be asked about other rows");
    case MODEL_FOREST:
        break;
    }
    forest_rows(m, rows, native, margin);
    return ST_OK;
}
