/* What tests of models elsewhere share: a spec of three numbers, rows of them,
 * and the model that all fakes are: 0.5 + x0/8 - x1/16 + x2/32 of small values. */
#ifndef CANDOR_TESTS_REMOTE_CASE_H
#define CANDOR_TESTS_REMOTE_CASE_H

#include "check.h"
#include "remote/inside.h"

enum { CASE_INPUTS = 3 };

static inline double case_answer(const double *x)
{
    return 0.5 + x[0] / 8 - x[1] / 16 + x[2] / 32;
}

static const struct remote_input case_input[CASE_INPUTS] = {
    {.name = "income", .kind = FEATURE_NUMBER},
    {.name = "debt", .kind = FEATURE_NUMBER},
    {.name = "late", .kind = FEATURE_INTEGER}};

static inline struct remote_spec case_spec(enum remote_kind kind)
{
    return (struct remote_spec){.kind = kind, .input = case_input,
                                .inputs = CASE_INPUTS, .outputs = 1,
                                .link = LINK_IDENTITY, .retries = 3};
}

/* n rows that differ, answers in [0, 1]. */
static inline double *case_rows(size_t n)
{
    double *x = malloc((n + 1) * CASE_INPUTS * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        x[3 * i] = (double)i / (double)n + 0.1;
        x[3 * i + 1] = (double)(i % 7) / 10;
        x[3 * i + 2] = (double)(i % 3);
    }
    return x;
}

struct asked_case {
    struct model_service *service;
    struct backend about;
    struct error e;
};

static inline status case_ask(struct asked_case *c, const double *x, size_t n,
                              double *out)
{
    const struct model_rows rows = {.value = x, .n = n};
    memset(&c->e, 0, sizeof c->e);
    return c->service->answers(c->service->self, &rows, CASE_INPUTS, out, 1,
                               &c->e);
}

static inline struct service_bill case_bill(const struct asked_case *c)
{
    struct service_bill b;
    c->service->bill(c->service->self, &b);
    return b;
}

static inline void case_close(struct asked_case *c)
{
    c->service->close(c->service->self);
}

/* Asks n rows and holds every answer against the model's. */
static inline void case_all_right(struct asked_case *c, size_t n)
{
    double *x = case_rows(n), *out = malloc((n + 1) * sizeof *out);
    check_ok(case_ask(c, x, n, out), &c->e);
    for (size_t i = 0; i < n; i++)
        check_close(out[i], case_answer(x + 3 * i), 1e-15, 0);
    free(x);
    free(out);
}

#endif
