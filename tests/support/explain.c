#include "support/explain.h"

#include "check.h"

status explain_one(const struct estimator *s, const struct model *m,
                   const struct explain_reference *r, enum explain_mode mode,
                   size_t memory, struct explainer **out, struct error *e)
{
    struct explain_request request = {.model = m,
                                      .estimator = s,
                                      .reference = r,
                                      .references = s->needs_reference,
                                      .mode = mode,
                                      .memory = memory};

    return shapley_prepare(&request, out, e);
}

double *explain_rows(const struct estimator *s, const struct model *m,
                       const double *rows, size_t n, const double *reference,
                     size_t k)
{
    struct error e = {0};
    struct explain_reference r = {"test", reference, k};
    struct explainer *x;
    struct explain_scratch *scratch;
    double *phi = calloc(n * (m->features + 1), sizeof *phi);
    double *residual = calloc(n, sizeof *residual);

    check_ok(explain_one(s, m, &r, EXPLAIN_STRICT, 0,
            &x, &e), &e);
    check_ok(shapley_scratch_new(x, &scratch, &e), &e);
    check_ok(shapley_explain(x, scratch, rows, n, phi, residual, &e), &e);
    for (size_t i = 0; i < n; i++)
        check_close(residual[i], 0, 0, 1e-11);
    shapley_scratch_free(scratch);
    shapley_free(x);
    free(residual);
    return phi;
}

/* Listing coalitions ends at 14 inputs. */
bool explain_too_many(const struct estimator *s, size_t inputs)
{
    return s == estimator_find("interventional-probability") && inputs > 14;
}
