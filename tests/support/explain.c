#include "support/explain.h"

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
