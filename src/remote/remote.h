/* remote/remote.h: models that somebody else computes. Each opens as a model of
 * kind REMOTE; see model/service.h for what an answer must be.
 *
 * Contracts: a command reads one line {"inputs":[[…],…]} a batch and writes one
 * line {"outputs":[[…],…]}; numbers, words and texts as JSON, missing as null.
 * A server speaks the Open Inference Protocol v2 (KServe) or MLflow's
 * /invocations. The token of a server comes from an environment variable and
 * appears in no message, log or output. */
#ifndef CANDOR_REMOTE_REMOTE_H
#define CANDOR_REMOTE_REMOTE_H

#include "base/stream.h"
#include "model/model.h"

enum remote_kind { REMOTE_COMMAND, REMOTE_OPEN_INFERENCE, REMOTE_MLFLOW,
                   REMOTE_ONNXRUNTIME, REMOTE_SCORES };

struct remote_input {
    const char *name;
    enum feature_kind kind;
    const char *const *words;  /* categories: code → word */
    size_t word_count;
    bool has_missing;          /* a number stands for a missing value */
    double missing;
};

struct remote_spec {
    enum remote_kind kind;
    const struct remote_input *input; /* in the order the model wants them */
    size_t inputs, outputs;
    const char *const *class_name;    /* [outputs] or NULL */
    enum model_link link;             /* what makes margins of answers */

    const char *const *command;       /* [arguments + 1], NULL at the end */
    const char *folder;               /* it starts in; NULL: here */
    size_t copies;                    /* 0: one */

    const char *url;                  /* server's root, http or https */
    const char *model_name, *model_version; /* open inference; version or NULL */
    const char *input_name, *output_name;   /* tensors; NULL: input, and the
                                               server's first output */
    bool column_tensors;              /* one tensor an input, called like it;
                                         words and texts as BYTES; else all
                                         inputs are one tensor of numbers */
    const char *token_variable;       /* name of an environment variable */
    const char *ca_file;              /* further root certificates, or NULL */

    const char *library;              /* ONNX Runtime's shared library */
    const char *model_file;           /* for it */

    size_t column;                    /* of the server's answer that is output 0;
                                         outputs follow one another */
    size_t batch_rows;                /* 0: 4,096 */
    double seconds;                   /* a batch may take; 0: 30 */
    size_t retries;                   /* of a request; default 3 */
    size_t connections;               /* at once; 0: one */
};

/* Checks the spec (a fault is ARGUMENT) and copies it. Nothing is started or
 * asked before the first rows are, but for ONNX Runtime, whose library and model
 * file are opened here. The model's SHA-256 is that of the model file, or that
 * of the description of what is asked: kind, command or address, names, inputs.
 * A missing number is null to a command and to MLflow, NaN to ONNX Runtime, and
 * refused by open inference, unless the input has a number for it. Errors that
 * blame one row begin with "row N: " and are DATA; a process or server that
 * cannot be used is SYSTEM, or DATA where it refused the rows.
 * SCORES opens no program; its model answers nothing. */
MUST_USE status remote_open(const struct remote_spec *spec, struct model **out,
                            struct error *e);

#endif
