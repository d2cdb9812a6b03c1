/* batch/request.h: what a command was asked, and whom it speaks to. api fills
 * these from candor.h. */
#ifndef CANDOR_BATCH_REQUEST_H
#define CANDOR_BATCH_REQUEST_H

#include "base/error.h"

struct request {
    const char *project, *data, *out, *only, *ids, *templates, *share;
    const char *estimator, *reference, *language;
    const char *precision;    /* NULL or "float"; "strict" */
    const char *proofs;       /* recourse: a file for the proofs, or NULL */
    const char *target;       /* recourse: NULL or "approve"; "decline" */
    const char *onnxruntime;  /* its library's path, or NULL */
    const char *groups;       /* NULL, "factors" or a table's location */
    const char *until;        /* estimates: NULL, "budget" or "order" */
    unsigned long long evaluations; /* estimates: 0: the project's */
    unsigned jobs;
    size_t top, reasons;      /* 0: not asked for */
    size_t interactions;      /* 0: none; SIZE_MAX: all pairs that meet */
    unsigned long long limit; /* 0: none */
    unsigned long long memory; /* bytes; 0: no wish */
    unsigned long long rows;  /* --plan: for so many; 0: count the table */
    bool csv, npy, json, strict, plan, global;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct host {
    void *self;
    /* False: the data could not be written. */
    bool (*write)(void *self, const char *bytes, size_t length);
    void (*message)(void *self, enum severity severity, const char *text);
    void (*progress)(void *self, const char *what, unsigned long long done,
                     unsigned long long total);
};

void host_error(const struct host *h, const struct error *e);
void host_say(const struct host *h, enum severity severity, const char *format,
              ...) PRINTF(3, 4);
MUST_USE status host_write(const struct host *h, const char *bytes, size_t n,
                           struct error *e);

/* The exit status of the process (api/candor.h says what each means). */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_GATED = 1,
    EXIT_USAGE = 2,
    EXIT_MODEL = 3,
    EXIT_DATA = 4,
    EXIT_IO = 5,
    EXIT_BUG = 70
};

#endif
