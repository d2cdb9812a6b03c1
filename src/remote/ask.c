/* The service: rows checked, equal ones asked once, answers spread again. */
#include "base/hash.h"
#include "remote/inside.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct service {
    struct model_service door;
    struct arena *owned;      /* the spec's */
    const struct remote_spec *spec;
    struct remote_bill *bill;
    struct backend backend;
    size_t width;
};

long long now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void plain_line(const char *bytes, size_t length, char *out, size_t room)
{
    size_t n = 0;
    while (length > 0 && (unsigned char)*bytes <= ' ')
        bytes++, length--;
    for (size_t i = 0; i < length && n + 1 < room; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '\n' || c == '\r')
            break;
        out[n++] = c < ' ' || c >= 0x7f ? '?' : (char)c;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

/* --- what may be asked --------------------------------------------------- */

static status refuse(size_t row, const struct remote_input *in, struct error *e,
                     const char *why)
{
    return error_set(e, ST_DATA, "row %zu: input \"%.80s\" %s", row + 1,
                     in->name, why);
}

static bool takes_missing(const struct remote_spec *s,
                          const struct remote_input *in)
{
    bool text = in->kind == FEATURE_CATEGORY || in->kind == FEATURE_TEXT;
    switch (s->kind) {
    case REMOTE_COMMAND: case REMOTE_MLFLOW: return true;
    case REMOTE_ONNXRUNTIME: return !text;
    case REMOTE_OPEN_INFERENCE: case REMOTE_SCORES: break;
    }
    return false;
}

static status check_value(const struct service *s, const struct model_rows *r,
                          size_t row, size_t f, struct error *e)
{
    const struct remote_input *in = &s->spec->input[f];
    double x = r->value[row * s->spec->inputs + f];
    if (isnan(x)) {
        if (in->has_missing || takes_missing(s->spec, in))
            return ST_OK;
        return refuse(row, in, e, "is missing, and the model asked has no form "
                      "for that: give a number that stands for it");
    }
    if (isinf(x))
        return refuse(row, in, e, "is infinite");
    switch (in->kind) {
    case FEATURE_NUMBER:
        return ST_OK;
    case FEATURE_INTEGER: case FEATURE_INDICATOR:
        if (x == floor(x) && fabs(x) <= 9007199254740992.0)
            return ST_OK;
        return refuse(row, in, e, "is no whole number");
    case FEATURE_CATEGORY:
        if (x >= 0 && x < (double)in->word_count && x == floor(x))
            return ST_OK;
        return refuse(row, in, e, "holds a word that is not listed");
    case FEATURE_TEXT:
        if (x >= 0 && x < (double)r->texts && x == floor(x))
            return ST_OK;
        return refuse(row, in, e, "is a text beyond the number that is held");
    }
    return error_bug(e, "an input of no kind");
}

/* --- equal rows ---------------------------------------------------------- */

static const char *text_of(const struct service *s, const struct model_rows *r,
                           size_t row, size_t f)
{
    double x = r->value[row * s->spec->inputs + f];
    return s->spec->input[f].kind == FEATURE_TEXT && !isnan(x)
               ? r->text[(size_t)x] : NULL;
}

static uint64_t hash_row(const struct service *s, const struct model_rows *r,
                         size_t row)
{
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (size_t f = 0; f < s->spec->inputs; f++) {
        const char *text = text_of(s, r, row, f);
        double x = r->value[row * s->spec->inputs + f];
        uint64_t bits = 1;
        if (text != NULL)
            bits = hash_bytes(text, strlen(text));
        else if (!isnan(x))
            memcpy(&bits, &x, sizeof bits);
        h = (h ^ bits) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    return h;
}

static bool same_row(const struct service *s, const struct model_rows *r,
                     size_t a, size_t b)
{
    size_t n = s->spec->inputs;
    for (size_t f = 0; f < n; f++) {
        const char *t = text_of(s, r, a, f), *u = text_of(s, r, b, f);
        double x = r->value[a * n + f], y = r->value[b * n + f];
        if (t != NULL && u != NULL) {
            if (t != u && strcmp(t, u) != 0)
                return false;
        } else if (isnan(x) ? !isnan(y) : memcmp(&x, &y, sizeof x) != 0) {
            return false;
        }
    }
    return true;
}

struct once {
    size_t *row;   /* [n] first places of rows that differ */
    size_t *which; /* [n of the call] → index in row */
    size_t n;
};

static void once_free(struct once *o)
{
    mem_free(o->row);
    mem_free(o->which);
}

static status once_find(const struct service *s, const struct model_rows *r,
                        struct once *o, struct error *e)
{
    size_t room = 16;
    while (room < 2 * r->n)
        room *= 2;
    size_t *table = mem_array(room, sizeof *table); /* 1 + index; 0: free */
    o->row = mem_array(r->n + 1, sizeof *o->row);
    o->which = mem_array(r->n + 1, sizeof *o->which);
    if (table == NULL || o->row == NULL || o->which == NULL) {
        mem_free(table);
        return error_memory(e);
    }
    for (size_t i = 0; i < r->n; i++) {
        size_t at = hash_row(s, r, i) & (room - 1);
        while (table[at] != 0 && !same_row(s, r, o->row[table[at] - 1], i))
            at = (at + 1) & (room - 1);
        if (table[at] == 0) {
            o->row[o->n++] = i;
            table[at] = o->n;
        }
        o->which[i] = table[at] - 1;
    }
    mem_free(table);
    return ST_OK;
}

/* --- the door ------------------------------------------------------------ */

static status ask_once(struct service *s, const struct model_rows *r,
                       const struct once *o, double *answer, struct error *e)
{
    size_t k = s->spec->outputs;
    const struct asked a = {s->spec, r, o->row, o->n};
    double *own = mem_array(o->n * k + 1, sizeof *own);
    if (own == NULL)
        return error_memory(e);
    status st = s->backend.ask(s->backend.self, &a, &s->width, own, e);
    for (size_t i = 0; st == ST_OK && i < r->n; i++)
        memcpy(answer + i * k, own + o->which[i] * k, k * sizeof *own);
    mem_free(own);
    if (st == ST_OK) {
        bill_add(&s->bill->rows, o->n);
        bill_add(&s->bill->repeated, r->n - o->n);
    }
    return st;
}

static status answers_of(void *self, const struct model_rows *rows,
                         size_t features, double *answer, size_t outputs,
                         struct error *e)
{
    struct service *s = self;
    if (features != s->spec->inputs || outputs != s->spec->outputs)
        return error_bug(e, "a service asked in another shape");
    if (rows->n == 0)
        return ST_OK;
    for (size_t i = 0; i < rows->n; i++)
        for (size_t f = 0; f < features; f++)
            TRY(check_value(s, rows, i, f, e));
    struct once o = {0};
    status st = once_find(s, rows, &o, e);
    if (st == ST_OK)
        st = ask_once(s, rows, &o, answer, e);
    once_free(&o);
    return st;
}

static void bill_of(void *self, struct service_bill *out)
{
    const struct remote_bill *b = ((struct service *)self)->bill;
    out->rows = __atomic_load_n(&b->rows, __ATOMIC_RELAXED);
    out->repeated = __atomic_load_n(&b->repeated, __ATOMIC_RELAXED);
    out->requests = __atomic_load_n(&b->requests, __ATOMIC_RELAXED);
    out->retries = __atomic_load_n(&b->retries, __ATOMIC_RELAXED);
    out->restarts = __atomic_load_n(&b->restarts, __ATOMIC_RELAXED);
}

static void close_of(void *self)
{
    struct service *s = self;
    s->backend.close(s->backend.self);
    arena_free(s->owned);
    mem_free(s);
}

status service_new(const struct remote_spec *spec, struct arena *owned,
                   struct remote_bill *bill, const struct backend *backend,
                   struct model_service **out, struct error *e)
{
    static const char *const word[] = {
        [REMOTE_COMMAND] = "command", [REMOTE_OPEN_INFERENCE] = "open inference",
        [REMOTE_MLFLOW] = "mlflow", [REMOTE_ONNXRUNTIME] = "ONNX Runtime",
        [REMOTE_SCORES] = "scores"};
    struct service *s = mem_array(1, sizeof *s);
    if (s == NULL) {
        backend->close(backend->self);
        return error_memory(e);
    }
    s->owned = owned;
    s->spec = spec;
    s->bill = bill;
    s->backend = *backend;
    s->door = (struct model_service){
        .self = s, .kind = word[spec->kind], .where = s->backend.where,
        .answers = answers_of, .bill = bill_of, .close = close_of};
    *out = &s->door;
    return ST_OK;
}
