/* remote/inside.h: what the files of this room share. */
#ifndef CANDOR_REMOTE_INSIDE_H
#define CANDOR_REMOTE_INSIDE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/service.h"
#include "remote/remote.h"
#include "syntax/token.h"

#include <math.h>

enum {
    REMOTE_LANES_MAX = 256,    /* copies, or connections */
    REMOTE_BATCH_ROWS = 4096,
    REMOTE_BATCH_MAX = 1000000,
    REMOTE_SECONDS = 30,
    REMOTE_RETRIES_MAX = 100,
    REMOTE_TAIL = 2048         /* of what a command says aside, kept */
};
#define REMOTE_BODY_BYTES_MAX ((size_t)1 << 30)

/* The rows of a call that are asked for: equal ones stand once. */
struct asked {
    const struct remote_spec *spec;
    const struct model_rows *rows;
    const size_t *row; /* [n] places in the call, from 0 */
    size_t n;
};

/* The value that is sent; NaN: missing. */
static inline double asked_value(const struct asked *a, size_t i, size_t f)
{
    double x = a->rows->value[a->row[i] * a->spec->inputs + f];
    const struct remote_input *in = &a->spec->input[f];
    return isnan(x) && in->has_missing ? in->missing : x;
}

/* Text of a category or text; NULL: missing. Checked by ask.c before. */
const char *asked_text(const struct asked *a, size_t i, size_t f);

/* Where the numbers of one batch's answer go. */
struct answers {
    const struct asked *a;
    const char *who;     /* "the command", "the server h:1" */
    size_t first, rows;  /* of a->row */
    size_t *width;       /* numbers that an answer has; 0: not known yet */
    double *out;         /* [rows][outputs] */
};

/* Fails with DATA: "row N: WHO TEXT", i counts in the batch. */
status blame_row(const struct answers *to, size_t i, struct error *e,
                 const char *format, ...) PRINTF(4, 5);
/* The numbers of row i are here: all `count` of them. */
MUST_USE status answer_put(const struct answers *to, size_t i,
                           const double *number, size_t count,
                           struct error *e);
/* Bytes that an answer of so many rows may have. */
size_t answer_cap(const struct remote_spec *spec, size_t rows);

/* --- answers.c: text → numbers, for fuzzing too --- */
MUST_USE status answer_of_command(const char *bytes, size_t length,
                                  const struct answers *to, struct error *e);
MUST_USE status answer_of_mlflow(const char *bytes, size_t length,
                                 const struct answers *to, struct error *e);
MUST_USE status answer_of_inference(const char *bytes, size_t length,
                                    const struct answers *to,
                                    char version[80], struct error *e);

/* --- bodies.c: rows → text. `from` … `to` of a batch [first, first + n):
 * appended slice by slice, the whole from 0 to n. --- */
void body_of_command(const struct asked *a, size_t first, size_t n,
                     size_t from, size_t to, struct buf *out);
void body_of_mlflow(const struct asked *a, size_t first, size_t n, size_t from,
                    size_t to, struct buf *out);
void body_of_inference(const struct asked *a, size_t first, size_t n,
                       size_t from, size_t to, struct buf *out);

/* --- drive.c: batches over lanes, the next made while one is computed --- */
struct lanes;
struct lanes_kind {
    /* A call begins: what its lanes work in. */
    status (*enter)(void *self, void **call, struct error *e);
    void (*leave)(void *self, void *call);
    void (*body)(const struct asked *a, size_t first, size_t n, size_t from,
                 size_t to, struct buf *out);
    /* body and answer stay until the lane has ended. */
    status (*begin)(void *self, void *call, size_t lane, const struct buf *body,
                    struct buf *answer, struct error *e);
    /* Moves bytes of all lanes that were begun; `wait`: until something
     * happens, at most to the next moment that matters. */
    status (*pump)(void *self, void *call, const size_t *lane, size_t lanes,
                   bool wait, struct error *e);
    /* True once: it answered, or failed (*s and e). */
    bool (*ended)(void *self, void *call, size_t lane, status *s,
                  struct error *e);
    /* Ends what was begun and has not ended. */
    void (*drop)(void *self, void *call, size_t lane);
    status (*read)(void *self, const char *bytes, size_t length,
                   const struct answers *to, struct error *e);
};
struct lanes *lanes_new(size_t count); /* NULL: no memory */
void lanes_free(struct lanes *l);
MUST_USE status drive(const struct lanes_kind *kind, void *self,
                      struct lanes *lanes, const struct asked *a,
                      const char *who, size_t *width, double *out,
                      struct error *e);

/* --- backends: one a row of remote.c --- */
struct remote_bill { /* added to by any thread */
    unsigned long long rows, repeated, requests, retries, restarts;
};
static inline void bill_add(unsigned long long *to, unsigned long long n)
{
    __atomic_fetch_add(to, n, __ATOMIC_RELAXED);
}

struct backend {
    void *self;
    /* Answers of all asked rows, in their order. */
    status (*ask)(void *self, const struct asked *a, size_t *width, double *out,
                  struct error *e);
    void (*close)(void *self);
    char where[200]; /* for people, without secrets */
    char sha256[SHA256_HEX]; /* of a file, or "" */
    size_t file_bytes;
};
MUST_USE status command_open(const struct remote_spec *spec,
                             struct remote_bill *bill, struct backend *out,
                             struct error *e);
MUST_USE status server_open(const struct remote_spec *spec,
                            struct remote_bill *bill, struct backend *out,
                            struct error *e);
MUST_USE status onnxruntime_open(const struct remote_spec *spec,
                                 struct remote_bill *bill, struct backend *out,
                                 struct error *e);

/* --- ask.c --- */
/* Takes the backend, also when it fails. */
MUST_USE status service_new(const struct remote_spec *spec,
                            struct arena *owned, struct remote_bill *bill,
                            const struct backend *backend,
                            struct model_service **out, struct error *e);

/* --- remote.c --- */
/* The service alone, without the model around it; NULL for SCORES. Closing it
 * frees all. where and sha256 go to `about`. */
MUST_USE status remote_service(const struct remote_spec *spec,
                               struct model_service **out,
                               struct backend *about, struct error *e);

/* Milliseconds of a clock that only goes forward. */
long long now_ms(void);
/* Bytes that somebody else wrote, as one short line for a message. */
void plain_line(const char *bytes, size_t length, char *out, size_t room);

#endif
