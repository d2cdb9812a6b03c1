/* The ways to ask, one a row; what they are asked with, checked and copied. */
#include "remote/remote.h"

#include "model/builder.h"
#include "remote/inside.h"

#include <stdio.h>
#include <string.h>

#define MEMORY_CAP ((size_t)1 << 30)

static const struct {
    enum remote_kind kind;
    const char *format;
    bool command, url, name, file; /* what it needs */
    status (*open)(const struct remote_spec *, struct remote_bill *,
                   struct backend *, struct error *);
} rows[] = {
    {REMOTE_COMMAND, "command", true, false, false, false, command_open},
    {REMOTE_OPEN_INFERENCE, "Open Inference Protocol 2", false, true, true,
     false, server_open},
    {REMOTE_MLFLOW, "MLflow scoring", false, true, false, false, server_open},
    {REMOTE_ONNXRUNTIME, "ONNX by ONNX Runtime", false, false, false, true,
     onnxruntime_open},
    {REMOTE_SCORES, "scores of the table", false, false, false, false, NULL},
};

/* --- checks -------------------------------------------------------------- */

static status check_input(const struct remote_spec *s, size_t f,
                          struct error *e)
{
    const struct remote_input *in = &s->input[f];
    bool text = in->kind == FEATURE_CATEGORY || in->kind == FEATURE_TEXT;
    const char *why = NULL;
    if (in->kind == FEATURE_CATEGORY && in->word_count == 0)
        why = "is a category, and its words are not listed";
    else if (in->has_missing && (text || !isfinite(in->missing)))
        why = "has no number that could stand for a missing value";
    else if (in->has_missing && in->kind != FEATURE_NUMBER &&
             in->missing != floor(in->missing))
        why = "is whole, and what stands for a missing value is not";
    else if (text && s->kind == REMOTE_OPEN_INFERENCE && !s->column_tensors)
        why = "is a word, which one tensor of numbers cannot hold: ask with "
              "one tensor an input";
    return why == NULL ? ST_OK
                       : error_set(e, ST_ARGUMENT, "input \"%.80s\" %s",
                                   in->name, why);
}

static status check_limits(const struct remote_spec *s, struct error *e)
{
    if (s->copies > REMOTE_LANES_MAX || s->connections > REMOTE_LANES_MAX)
        return error_set(e, ST_ARGUMENT, "at most %d copies or connections "
                         "are asked at once", REMOTE_LANES_MAX);
    if (s->batch_rows > REMOTE_BATCH_MAX)
        return error_set(e, ST_ARGUMENT, "a batch has at most %d rows",
                         REMOTE_BATCH_MAX);
    if (s->retries > REMOTE_RETRIES_MAX)
        return error_set(e, ST_ARGUMENT, "at most %d retries",
                         REMOTE_RETRIES_MAX);
    if (s->seconds < 0 || !(s->seconds <= 86400))
        return error_set(e, ST_ARGUMENT, "a batch may take at most a day");
    if (s->inputs < 1 || s->inputs > MODEL_FEATURES_MAX || s->outputs < 1 ||
        s->outputs > MODEL_OUTPUTS_MAX || s->column > MODEL_OUTPUTS_MAX)
        return error_set(e, ST_ARGUMENT, "a model elsewhere has 1 to %d inputs "
                         "and 1 to %d outputs", MODEL_FEATURES_MAX,
                         MODEL_OUTPUTS_MAX);
    return ST_OK;
}

static status check(const struct remote_spec *s, size_t row, struct error *e)
{
    TRY(check_limits(s, e));
    if (rows[row].command && (s->command == NULL || s->command[0] == NULL))
        return error_set(e, ST_ARGUMENT, "a command is empty");
    if (rows[row].url && s->url == NULL)
        return error_set(e, ST_ARGUMENT, "a model server without an address");
    if (rows[row].name && s->model_name == NULL)
        return error_set(e, ST_ARGUMENT, "the name by which the server knows "
                         "its model is missing");
    if (rows[row].file && (s->model_file == NULL || s->library == NULL))
        return error_set(e, ST_ARGUMENT, "ONNX Runtime needs its library's "
                         "path and a model file");
    for (size_t f = 0; f < s->inputs; f++)
        TRY(check_input(s, f, e));
    return ST_OK;
}

/* --- a copy of the spec -------------------------------------------------- */

struct copying {
    struct arena *a;
    bool failed;
};

static const char *text(struct copying *c, const char *t)
{
    const char *copy = t == NULL ? NULL : arena_string(c->a, t);
    c->failed = c->failed || (t != NULL && copy == NULL);
    return copy;
}

static const char *const *texts(struct copying *c, const char *const *t,
                                size_t n)
{
    if (t == NULL)
        return NULL;
    const char **copy = arena_new_array(c->a, const char *, n + 1);
    c->failed = c->failed || copy == NULL;
    for (size_t i = 0; copy != NULL && i < n; i++)
        copy[i] = text(c, t[i]);
    return copy;
}

static void copy_inputs(struct copying *c, struct remote_spec *s)
{
    struct remote_input *in =
        arena_new_array(c->a, struct remote_input, s->inputs);
    c->failed = c->failed || in == NULL;
    for (size_t f = 0; in != NULL && f < s->inputs; f++) {
        in[f] = s->input[f];
        in[f].name = text(c, in[f].name);
        in[f].words = texts(c, in[f].words, in[f].word_count);
    }
    s->input = in;
}

static struct remote_spec *copied(struct arena *a,
                                  const struct remote_spec *from)
{
    struct copying c = {a, false};
    struct remote_spec *s = arena_new_one(a, struct remote_spec);
    if (s == NULL)
        return NULL;
    *s = *from;
    size_t words = 0;
    while (s->command != NULL && s->command[words] != NULL)
        words++;
    copy_inputs(&c, s);
    s->class_name = texts(&c, s->class_name, s->outputs);
    s->command = texts(&c, s->command, words);
    s->folder = text(&c, s->folder);
    s->url = text(&c, s->url);
    s->model_name = text(&c, s->model_name);
    s->model_version = text(&c, s->model_version);
    s->input_name = text(&c, s->input_name);
    s->output_name = text(&c, s->output_name);
    s->token_variable = text(&c, s->token_variable);
    s->ca_file = text(&c, s->ca_file);
    s->library = text(&c, s->library);
    s->model_file = text(&c, s->model_file);
    s->copies = s->copies == 0 ? 1 : s->copies;
    s->connections = s->connections == 0 ? 1 : s->connections;
    s->batch_rows = s->batch_rows == 0 ? REMOTE_BATCH_ROWS : s->batch_rows;
    s->seconds = s->seconds <= 0 ? REMOTE_SECONDS : s->seconds;
    return c.failed ? NULL : s;
}

/* --- the model ----------------------------------------------------------- */

static void say(struct buf *b, const char *what, const char *value)
{
    if (value != NULL)
        buf_printf(b, "%s=%zu:%s\n", what, strlen(value), value);
}

/* What is asked, so that a change of it changes the model's digest. */
static status digest(const struct remote_spec *s, size_t row,
                     char out[SHA256_HEX], struct error *e)
{
    struct buf b = BUF_INIT((size_t)1 << 28);
    say(&b, "kind", rows[row].format);
    for (size_t i = 0; s->command != NULL && s->command[i] != NULL; i++)
        say(&b, "command", s->command[i]);
    say(&b, "url", s->url);
    say(&b, "name", s->model_name);
    say(&b, "version", s->model_version);
    say(&b, "input", s->input_name);
    say(&b, "output", s->output_name);
    buf_printf(&b, "outputs=%zu from %zu link %d\n", s->outputs, s->column,
               (int)s->link);
    for (size_t f = 0; f < s->inputs; f++) {
        const struct remote_input *in = &s->input[f];
        say(&b, "feature", in->name);
        buf_printf(&b, "kind=%d\n", (int)in->kind);
        for (size_t w = 0; w < in->word_count; w++)
            say(&b, "word", in->words[w]);
        if (in->has_missing)
            buf_put_double(&b, in->missing);
    }
    status st = buf_status(&b, e);
    if (st == ST_OK)
        st = sha256_of(buf_text(&b), b.length, out, e);
    buf_free(&b);
    return st;
}

static status fill(struct builder *b, const struct remote_spec *s, size_t row,
                   const char *where, struct error *e)
{
    builder_library(b, LIBRARY_REMOTE, rows[row].format, where);
    builder_link(b, s->link, 1.0);
    TRY(builder_outputs(b, s->outputs, e));
    for (size_t f = 0; f < s->inputs; f++) {
        TRY(builder_feature(b, s->input[f].name, s->input[f].kind, e));
        if (s->input[f].kind == FEATURE_CATEGORY)
            TRY(builder_words(b, f, s->input[f].words, s->input[f].word_count,
                              e));
    }
    if (s->class_name != NULL)
        TRY(builder_classes(b, s->class_name, s->outputs, e));
    double *base = mem_array(s->outputs, sizeof *base);
    if (base == NULL)
        return error_memory(e);
    status st = builder_base(b, base, s->outputs, e);
    mem_free(base);
    return st;
}

static status build(const struct remote_spec *s, size_t row,
                    const struct backend *backend,
                    struct model_service *service, struct model **out,
                    struct error *e)
{
    char sha256[SHA256_HEX];
    struct builder *b = builder_new(MEMORY_CAP);
    status st = b == NULL ? error_memory(e) : ST_OK;
    if (st == ST_OK && service == NULL)
        builder_scores(b);
    else if (st == ST_OK)
        st = builder_service(b, service, e);
    else if (service != NULL)
        service->close(service->self);
    if (st == ST_OK)
        st = fill(b, s, row, backend->where, e);
    memcpy(sha256, backend->sha256, sizeof sha256);
    if (st == ST_OK && sha256[0] == '\0')
        st = digest(s, row, sha256, e);
    if (st == ST_OK)
        st = builder_finish(b, 0, sha256, backend->file_bytes, out, e);
    builder_free(b);
    return st;
}


static status open_row(struct arena *a, const struct remote_spec *spec,
                       size_t row, struct model_service **out,
                       struct backend *about, struct error *e)
{
    struct remote_spec *copy = copied(a, spec);
    struct remote_bill *bill = arena_new_one(a, struct remote_bill);
    if (copy == NULL || bill == NULL)
        return arena_error(a, e);
    if (rows[row].open != NULL) {
        TRY(rows[row].open(copy, bill, about, e));
        TRY(service_new(copy, a, bill, about, out, e));
    }
    return ST_OK;
}

static status find_row(const struct remote_spec *spec, size_t *row,
                       struct error *e)
{
    size_t count = sizeof rows / sizeof *rows;
    for (*row = 0; *row < count && rows[*row].kind != spec->kind; ++*row)
        continue;
    return *row < count ? check(spec, *row, e)
                        : error_bug(e, "a model elsewhere of no kind");
}

status remote_service(const struct remote_spec *spec,
                      struct model_service **out, struct backend *about,
                      struct error *e)
{
    size_t row;
    TRY(find_row(spec, &row, e));
    struct arena *a = arena_new(MEMORY_CAP);
    if (a == NULL)
        return error_memory(e);
    *about = (struct backend){0};
    *out = NULL;
    status s = open_row(a, spec, row, out, about, e);
    if (s != ST_OK || *out == NULL)
        arena_free(a); /* else the service owns it */
    return s;
}

status remote_open(const struct remote_spec *spec, struct model **out,
                   struct error *e)
{
    size_t row;
    struct backend about;
    struct model_service *service;
    TRY(find_row(spec, &row, e));
    TRY(remote_service(spec, &service, &about, e));
    return build(spec, row, &about, service, out, e);
}
