/* model/service.h: what a model that is computed elsewhere must be able to do.
 * The room `remote` makes these. Calls come from several threads at once. */
#ifndef CANDOR_MODEL_SERVICE_H
#define CANDOR_MODEL_SERVICE_H

#include "model/evaluate.h"

/* Billed so far; never part of a document. */
struct service_bill {
    unsigned long long rows;     /* asked and answered */
    unsigned long long repeated; /* equal to a row of the same call, not asked
                                    again */
    unsigned long long requests, retries, restarts;
};

struct model_service {
    void *self;
    const char *kind;  /* "command", "open inference", "mlflow",
                          "ONNX Runtime" */
    const char *where; /* for people: the program, the address without secrets */
    /* rows → answer[n][outputs], the scale that builder_link starts from: with
     * LINK_LOGISTIC these are probabilities and the margin their log-odds.
     * Every answer is finite and complete, or the call fails with the row. */
    status (*answers)(void *self, const struct model_rows *rows,
                      size_t features, double *answer, size_t outputs,
                      struct error *e);
    void (*bill)(void *self, struct service_bill *out);
    void (*close)(void *self);
};

#endif
