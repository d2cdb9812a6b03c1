/* candor.h: the one installed header of libcandor.
 *
 * Two doors. The commands (candor_run, …) do what the candor command does and
 * speak to the host through callbacks: the library itself never prints, never
 * exits, never reads a clock. The handles (candor_model) serve programs that
 * want numbers only.
 *
 * Every command returns an exit status, enum candor_exit.
 *
 * Thread safety: a handle that was opened is immutable and may be shared; the
 * callbacks of one call come from one thread at a time. */
#ifndef CANDOR_H
#define CANDOR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CANDOR_API __attribute__((visibility("default")))

enum candor_exit {
    CANDOR_DONE = 0,
    CANDOR_GATED = 1, /* done, but a gate blocked documents, or verify differs */
    CANDOR_USAGE = 2, /* usage or project file */
    CANDOR_MODEL = 3, /* model unreadable or unsupported */
    CANDOR_DATA = 4,  /* data error, or more bad rows than allowed */
    CANDOR_IO = 5,    /* input, output or environment */
    CANDOR_BUG = 70
};

enum candor_severity { CANDOR_ERROR, CANDOR_WARNING, CANDOR_NOTE };

#define CANDOR_ALL ((unsigned long)-1)

struct candor_host {
    void *self;
    /* Data for standard output. Non-zero: it could not be written. */
    int (*write)(void *self, const char *bytes, size_t length);
    /* One finished message, lines ended by \n, with place, excerpt and caret. */
    void (*message)(void *self, enum candor_severity severity,
                    const char *text);
    /* `what` is one English word; total 0: not known. May be NULL. */
    void (*progress)(void *self, const char *what, unsigned long long done,
                     unsigned long long total);
};

/* What a caller may ask for. Zero or NULL: the default named. */
struct candor_request {
    const char *project;    /* candor.json, or its folder; default "." */
    const char *data;       /* decisions from here instead: FILE, -, sqlite:… */
    const char *out;        /* run: folder; others: file, default host->write */
    const char *only;       /* run: words among card,notice,explanation */
    const char *ids;        /* file with one id a line; only these decisions */
    const char *templates;  /* a folder searched before candor's own */
    const char *share;      /* where candor's templates and fonts stand */
    const char *estimator;  /* explain: default interventional with a reference,
                               else path-dependent */
    const char *reference;  /* explain: "A", "B" or a table's location, or
                               several of these with commas between */
    const char *language;   /* run: one language of the project only, or qps */
    unsigned jobs;          /* threads; default: processors */
    const char *precision;  /* explain: "float" (default) or "strict" */
    const char *onnxruntime; /* ONNX Runtime's library, or NULL */
    const char *groups;     /* explain: "factors", or a table of input, group */
    const char *proofs;     /* recourse: file for the proofs of its answers */
    const char *target;     /* recourse: "approve" (default): what declined
                               decisions lack; "decline", for audit only: what
                               would have made approved ones fail */
    const char *until;      /* explain, run: estimates ask "budget": all, or
                               until the "order" of reasons is certain */
    unsigned long evaluations; /* explain, run: coalitions that an estimate may
                               ask for each row; default the project's */
    unsigned long top;      /* explain: the K largest */
    unsigned long interactions; /* explain: the K largest pairs, or CANDOR_ALL */
    unsigned long reasons;  /* explain: the first K reasons by A and by B */
    unsigned long long memory; /* explain: bytes to keep to; default 1 GiB for
                               tables */
    unsigned long long rows; /* explain, plan: for so many rows; default: count */
    unsigned long long limit; /* first N rows only */
    int csv;                /* numbers as CSV instead of JSON Lines */
    int npy;                /* explain: arrays into the folder `out` */
    int plan;               /* explain: only say what it would take */
    int global;             /* explain: one document on all rows */
    int json;               /* one machine-readable summary through write */
    int strict;             /* a missing declared value blocks */
};

CANDOR_API const char *candor_version(void);
CANDOR_API int candor_init(const struct candor_host *host, const char *model,
                           const char *table, const char *out, int overwrite);
CANDOR_API int candor_inspect(const struct candor_host *host,
                              const char *model, int json);
CANDOR_API int candor_check(const struct candor_host *host,
                            const struct candor_request *request);
CANDOR_API int candor_score(const struct candor_host *host,
                            const struct candor_request *request);
CANDOR_API int candor_explain(const struct candor_host *host,
                              const struct candor_request *request);
CANDOR_API int candor_recourse(const struct candor_host *host,
                               const struct candor_request *request);
CANDOR_API int candor_run(const struct candor_host *host,
                          const struct candor_request *request);
CANDOR_API int candor_verify(const struct candor_host *host, const char *out,
                             int json);
/* Topics made from the tables that make the checks: config, config.KEY, gates,
 * estimators, formats, facts. NULL lists them. */
CANDOR_API int candor_help(const struct candor_host *host, const char *topic);

/* --- numbers for other programs ------------------------------------------ */

typedef struct candor_model candor_model;

struct candor_error {
    int exit;        /* enum candor_exit */
    char text[1024]; /* as a message would show it */
};

/* NULL with error filled when the file cannot be read. */
CANDOR_API candor_model *candor_model_open(const char *path,
                                           struct candor_error *error);
CANDOR_API void candor_model_free(candor_model *model);
CANDOR_API size_t candor_model_inputs(const candor_model *model);
CANDOR_API size_t candor_model_outputs(const candor_model *model);
CANDOR_API const char *candor_model_input(const candor_model *model,
                                          size_t index);
/* The code that stands for a category word in a row; NaN or -1 when unseen. */
CANDOR_API double candor_model_code(const candor_model *model, size_t input,
                                    const char *word);
/* rows[n][inputs], NaN missing → margin[n][outputs] (before the link) and, where
 * not NULL, answer[n][outputs] (what the library's predict gives). */
CANDOR_API void candor_model_score(const candor_model *model,
                                   const double *rows, size_t n,
                                   double *margin, double *answer);
/* Shapley values of the margin: values[n][outputs][inputs + 1], the base last.
 * reference NULL: path-dependent; else interventional against
 * reference[reference_rows][inputs]. Returns an exit status. */
CANDOR_API int candor_model_explain(const candor_model *model,
                                    const double *reference,
                                    size_t reference_rows, const double *rows,
                                    size_t n, double *values,
                                    struct candor_error *error);

#ifdef __cplusplus
}
#endif

#endif
