/* A model file that ONNX Runtime computes, in this process. */
#include "remote/inside.h"
#include "remote/onnxruntime.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_HERE = 200, RANK_MAX = 8, QUIET = 4 };

struct port { /* an input of the model file */
    char name[NAME_MAX_HERE];
    int element;
    size_t rank;
    long feature; /* a column; -1: all of them */
};

struct runtime {
    const struct remote_spec *spec;
    struct remote_bill *bill;
    void *library;
    const struct ort_api *api;
    struct ort_env *env;
    struct ort_session *session;
    struct ort_allocator *allocator;
    struct port *port;
    size_t ports;
    char output[NAME_MAX_HERE];
};

/* What the library says of a failed call. */
static status check(const struct runtime *r, ort_result s, struct error *e)
{
    if (s == NULL)
        return ST_OK;
    char said[400];
    const char *text = r->api->message(s);
    plain_line(text, strlen(text), said, sizeof said);
    r->api->status_free(s);
    return error_set(e, ST_DATA, "ONNX Runtime says: %s", said);
}

#define ORT(call) TRY(check(r, r->api->call, e))

/* --- the model file's inputs and output ---------------------------------- */

static status take_name(struct runtime *r, char *own, char out[NAME_MAX_HERE],
                        struct error *e)
{
    bool fits = strlen(own) < NAME_MAX_HERE;
    if (fits)
        memcpy(out, own, strlen(own) + 1);
    ORT(free(r->allocator, own));
    return fits ? ST_OK
                : error_set(e, ST_LIMIT, "the model file has an input or output "
                            "with a name of more than %d bytes",
                            NAME_MAX_HERE - 1);
}

/* Element 0: it is no tensor. */
static status tensor_of(struct runtime *r, struct ort_type *type, int *element,
                        int64_t dim[RANK_MAX], size_t *rank, struct error *e)
{
    const struct ort_shape *shape = NULL;
    *element = 0;
    *rank = 0;
    ORT(shape_of_type(type, &shape));
    if (shape == NULL)
        return ST_OK;
    ORT(element(shape, element));
    ORT(dimension_count(shape, rank));
    if (*rank > RANK_MAX)
        return error_set(e, ST_UNSUPPORTED, "the model file has a tensor of %zu "
                         "dimensions", *rank);
    ORT(dimensions(shape, dim, *rank));
    return ST_OK;
}

static status settle_port(struct runtime *r, struct port *p,
                          const int64_t dim[RANK_MAX], struct error *e)
{
    const struct remote_spec *s = r->spec;
    bool known = p->element == ORT_FLOAT || p->element == ORT_DOUBLE ||
                 p->element == ORT_INT64 || p->element == ORT_INT32 ||
                 p->element == ORT_STRING;
    if (!known)
        return error_set(e, ST_UNSUPPORTED, "the model file's input \"%.80s\" "
                         "is no tensor of float, double, int32, int64 or "
                         "string", p->name);
    p->feature = -1;
    for (size_t f = 0; f < s->inputs; f++)
        if (strcmp(s->input[f].name, p->name) == 0)
            p->feature = (long)f;
    if (r->ports == 1 && p->rank == 2 && s->inputs > 1)
        p->feature = -1;
    size_t columns = p->feature >= 0 ? 1 : s->inputs;
    if (p->feature < 0 && (r->ports > 1 || p->rank != 2))
        return error_set(e, ST_ARGUMENT, "the model file has the input "
                         "\"%.80s\", which the project does not name", p->name);
    if (p->rank < 1 || p->rank > 2)
        return error_set(e, ST_UNSUPPORTED, "the model file's input \"%.80s\" "
                         "has %zu dimensions", p->name, p->rank);
    if (p->rank == 2 && dim[1] > 0 && (uint64_t)dim[1] != columns)
        return error_set(e, ST_ARGUMENT, "the model file's input \"%.80s\" "
                         "takes %lld columns, and the project names %zu",
                         p->name, (long long)dim[1], columns);
    return ST_OK;
}

static status read_port(struct runtime *r, size_t i, struct error *e)
{
    struct port *p = &r->port[i];
    struct ort_type *type = NULL;
    int64_t dim[RANK_MAX];
    char *name = NULL;
    ORT(input_name(r->session, i, r->allocator, &name));
    TRY(take_name(r, name, p->name, e));
    ORT(input_type(r->session, i, &type));
    status s = tensor_of(r, type, &p->element, dim, &p->rank, e);
    r->api->type_free(type);
    return s == ST_OK ? settle_port(r, p, dim, e) : s;
}

static status read_ports(struct runtime *r, struct error *e)
{
    ORT(input_count(r->session, &r->ports));
    size_t most = r->spec->inputs > 1 ? r->spec->inputs : 1;
    if (r->ports == 0 || r->ports > most)
        return error_set(e, ST_ARGUMENT, "the model file has %zu inputs, and "
                         "the project names %zu", r->ports, r->spec->inputs);
    if (r->ports > 1 && r->ports != r->spec->inputs)
        return error_set(e, ST_ARGUMENT, "the project names %zu inputs, and the "
                         "model file has %zu", r->spec->inputs, r->ports);
    r->port = mem_array(r->ports, sizeof *r->port);
    if (r->port == NULL)
        return error_memory(e);
    for (size_t i = 0; i < r->ports; i++)
        TRY(read_port(r, i, e));
    return ST_OK;
}

/* The named output, or the first tensor of float or double. */
static status read_output(struct runtime *r, struct error *e)
{
    size_t count = 0;
    const char *want = r->spec->output_name;
    ORT(output_count(r->session, &count));
    for (size_t i = 0; i < count; i++) {
        struct ort_type *type = NULL;
        int64_t dim[RANK_MAX];
        int element;
        size_t rank;
        char *name = NULL, text[NAME_MAX_HERE];
        ORT(output_name(r->session, i, r->allocator, &name));
        TRY(take_name(r, name, text, e));
        ORT(output_type(r->session, i, &type));
        status s = tensor_of(r, type, &element, dim, &rank, e);
        r->api->type_free(type);
        TRY(s);
        bool fits = element == ORT_FLOAT || element == ORT_DOUBLE;
        if (want != NULL && strcmp(want, text) != 0)
            continue;
        if (want != NULL && !fits)
            return error_set(e, ST_UNSUPPORTED, "the model file's output "
                             "\"%.80s\" is no tensor of float or double (a "
                             "scikit-learn export needs zipmap=False)", text);
        if (!fits)
            continue;
        memcpy(r->output, text, sizeof text);
        return ST_OK;
    }
    return want != NULL
               ? error_set(e, ST_ARGUMENT, "the model file has no output "
                           "\"%.80s\"", want)
               : error_set(e, ST_UNSUPPORTED, "the model file has no output "
                           "that is a tensor of float or double (a "
                           "scikit-learn export needs zipmap=False)");
}

/* --- asking -------------------------------------------------------------- */

static void put_number(void *to, size_t at, int element, double x)
{
    if (element == ORT_FLOAT)
        ((float *)to)[at] = (float)x;
    else if (element == ORT_DOUBLE)
        ((double *)to)[at] = x;
    else if (element == ORT_INT64)
        ((int64_t *)to)[at] = (int64_t)x;
    else
        ((int32_t *)to)[at] = (int32_t)x;
}

static status number_fits(const struct asked *a, size_t i, size_t f,
                          const struct port *p, double x, struct error *e)
{
    bool text = a->spec->input[f].kind == FEATURE_CATEGORY ||
                a->spec->input[f].kind == FEATURE_TEXT;
    double most = p->element == ORT_INT32 ? 2147483647.0 : 9007199254740992.0;
    const char *why = NULL;
    if (text)
        why = "is a word, where the model file takes numbers";
    else if ((p->element == ORT_INT32 || p->element == ORT_INT64) &&
             (isnan(x) || x != floor(x) || fabs(x) > most))
        why = "is no whole number, which the model file wants";
    return why == NULL ? ST_OK
                       : error_set(e, ST_DATA, "row %zu: input \"%.80s\" %s",
                                   a->row[i] + 1, a->spec->input[f].name, why);
}

static status fill_numbers(struct runtime *r, const struct asked *a,
                           const struct port *p, size_t first, size_t n,
                           struct ort_value *v, struct error *e)
{
    void *to = NULL;
    size_t begin = p->feature >= 0 ? (size_t)p->feature : 0;
    size_t columns = p->feature >= 0 ? 1 : a->spec->inputs;
    ORT(data(v, &to));
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++) {
            double x = asked_value(a, first + i, begin + c);
            TRY(number_fits(a, first + i, begin + c, p, x, e));
            put_number(to, i * columns + c, p->element, x);
        }
    return ST_OK;
}

static status fill_texts(struct runtime *r, const struct asked *a,
                         const struct port *p, size_t first, size_t n,
                         struct ort_value *v, struct error *e)
{
    size_t begin = p->feature >= 0 ? (size_t)p->feature : 0;
    size_t columns = p->feature >= 0 ? 1 : a->spec->inputs;
    for (size_t c = begin; c < begin + columns; c++)
        if (a->spec->input[c].kind != FEATURE_CATEGORY &&
            a->spec->input[c].kind != FEATURE_TEXT)
            return error_set(e, ST_ARGUMENT, "the model file takes words for "
                             "\"%.80s\", which the project calls a number",
                             a->spec->input[c].name);
    const char **text = mem_array(n * columns, sizeof *text);
    if (text == NULL)
        return error_memory(e);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            text[i * columns + c] = asked_text(a, first + i, begin + c);
    status s = check(r, r->api->fill_strings(v, text, n * columns), e);
    mem_free(text);
    return s;
}

static status make_input(struct runtime *r, const struct asked *a, size_t i,
                         size_t first, size_t n, struct ort_value **v,
                         struct error *e)
{
    const struct port *p = &r->port[i];
    int64_t shape[2] = {(int64_t)n,
                        p->feature >= 0 ? 1 : (int64_t)a->spec->inputs};
    ORT(tensor(r->allocator, shape, p->rank, p->element, v));
    return p->element == ORT_STRING ? fill_texts(r, a, p, first, n, *v, e)
                                    : fill_numbers(r, a, p, first, n, *v, e);
}

static status take_answer(struct runtime *r, const struct answers *to,
                          struct ort_value *v, struct error *e)
{
    struct ort_shape *shape = NULL;
    int64_t dim[RANK_MAX] = {0};
    size_t rank = 0;
    int element = 0;
    void *data = NULL;
    ORT(shape_of_value(v, &shape));
    status s = check(r, r->api->element(shape, &element), e);
    if (s == ST_OK)
        s = check(r, r->api->dimension_count(shape, &rank), e);
    if (s == ST_OK && rank <= RANK_MAX)
        s = check(r, r->api->dimensions(shape, dim, rank), e);
    r->api->shape_free(shape);
    TRY(s);
    if (rank < 1 || rank > 2 || dim[0] != (int64_t)to->rows ||
        (rank == 2 && (dim[1] < 1 || dim[1] > 100000)))
        return blame_row(to, 0, e, "gave an output of another shape than rows "
                         "and their numbers");
    size_t width = rank == 2 ? (size_t)dim[1] : 1;
    double *row = mem_array(width, sizeof *row);
    if (row == NULL)
        return error_memory(e);
    s = check(r, r->api->data(v, &data), e);
    for (size_t i = 0; s == ST_OK && i < to->rows; i++) {
        for (size_t k = 0; k < width; k++)
            row[k] = element == ORT_DOUBLE
                         ? ((const double *)data)[i * width + k]
                         : (double)((const float *)data)[i * width + k];
        s = answer_put(to, i, row, width, e);
    }
    mem_free(row);
    return s;
}

static status run_batch(struct runtime *r, const struct answers *to,
                        struct ort_value **input, const char **name,
                        struct error *e)
{
    struct ort_value *output = NULL;
    const char *wanted = r->output;
    for (size_t i = 0; i < r->ports; i++) {
        name[i] = r->port[i].name;
        TRY(make_input(r, to->a, i, to->first, to->rows, &input[i], e));
    }
    bill_add(&r->bill->requests, 1);
    const struct ort_value *const *in;
    memcpy(&in, &input, sizeof in);
    ORT(run(r->session, NULL, name, in, r->ports, &wanted, 1, &output));
    status s = take_answer(r, to, output, e);
    r->api->value_free(output);
    return s;
}

static status runtime_ask(void *self, const struct asked *a, size_t *width,
                          double *out, struct error *e)
{
    struct runtime *r = self;
    struct ort_value **input = mem_array(r->ports, sizeof *input);
    const char **name = mem_array(r->ports, sizeof *name);
    status s = input == NULL || name == NULL ? error_memory(e) : ST_OK;
    for (size_t first = 0; s == ST_OK && first < a->n;) {
        size_t left = a->n - first;
        size_t n = left < a->spec->batch_rows ? left : a->spec->batch_rows;
        const struct answers to = {
            .a = a, .who = "the model file", .first = first, .rows = n,
            .width = width, .out = out + first * a->spec->outputs};
        s = run_batch(r, &to, input, name, e);
        for (size_t i = 0; i < r->ports; i++) {
            if (input[i] != NULL)
                r->api->value_free(input[i]);
            input[i] = NULL;
        }
        first += n;
    }
    mem_free(input);
    mem_free(name);
    return s;
}

/* --- opening ------------------------------------------------------------- */

static void runtime_close(void *self)
{
    struct runtime *r = self;
    if (r->session != NULL)
        r->api->session_free(r->session);
    if (r->env != NULL)
        r->api->env_free(r->env);
    mem_free(r->port);
    /* the library stays: its threads and thread-local data cannot be taken
     * away safely */
    mem_free(r);
}

static status load_library(struct runtime *r, char version[40],
                           struct error *e)
{
    const char *path = r->spec->library;
    r->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (r->library == NULL)
        return error_set(e, ST_SYSTEM, "ONNX Runtime's library cannot be "
                         "loaded: %.300s", dlerror());
    const struct ort_base *(*base)(void) = NULL;
    void *at = dlsym(r->library, "OrtGetApiBase");
    memcpy(&base, &at, sizeof base);
    if (base == NULL)
        return error_set(e, ST_SYSTEM, "%.300s is no library of ONNX Runtime",
                         path);
    plain_line(base()->version(), strlen(base()->version()), version, 40);
    if (version[0] != '1' || version[1] != '.')
        return error_set(e, ST_UNSUPPORTED, "%.300s is version %s of ONNX "
                         "Runtime; candor speaks with 1.x", path, version);
    r->api = base()->api(1);
    if (r->api == NULL)
        return error_set(e, ST_UNSUPPORTED, "version %s of ONNX Runtime does "
                         "not offer its first interface", version);
    return ST_OK;
}

/* One thread inside: candor's own threads call at once. */
static status make_session(struct runtime *r, struct error *e)
{
    struct ort_options *options = NULL;
    ORT(env(QUIET, "candor", &r->env));
    ORT(options(&options));
    status s = check(r, r->api->threads_in(options, 1), e);
    if (s == ST_OK)
        s = check(r, r->api->threads_between(options, 1), e);
    if (s == ST_OK)
        s = check(r, r->api->session(r->env, r->spec->model_file, options,
                                     &r->session), e);
    r->api->options_free(options);
    TRY(s);
    ORT(allocator(&r->allocator));
    return ST_OK;
}

static status hash_file(const char *path, struct backend *out, struct error *e)
{
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return error_system(e, "cannot open the model file %.300s", path);
    struct sha256 *h = sha256_new();
    char *piece = mem_array(1 << 16, 1);
    status s = h == NULL || piece == NULL ? error_memory(e) : ST_OK;
    size_t n;
    while (s == ST_OK && (n = fread(piece, 1, 1 << 16, f)) > 0) {
        sha256_put(h, piece, n);
        out->file_bytes += n;
    }
    if (s == ST_OK && ferror(f))
        s = error_system(e, "cannot read the model file %.300s", path);
    if (s == ST_OK)
        sha256_hex(h, out->sha256);
    sha256_free(h);
    mem_free(piece);
    (void)fclose(f);
    return s;
}

status onnxruntime_open(const struct remote_spec *spec,
                        struct remote_bill *bill, struct backend *out,
                        struct error *e)
{
    char version[40] = "";
    struct runtime *r = mem_array(1, sizeof *r);
    if (r == NULL)
        return error_memory(e);
    r->spec = spec;
    r->bill = bill;
    *out = (struct backend){
        .self = r, .ask = runtime_ask, .close = runtime_close};
    status s = hash_file(spec->model_file, out, e);
    if (s == ST_OK)
        s = load_library(r, version, e);
    if (s == ST_OK)
        s = make_session(r, e);
    if (s == ST_OK)
        s = read_ports(r, e);
    if (s == ST_OK)
        s = read_output(r, e);
    if (s != ST_OK) {
        error_note(e, "opening %.100s with ONNX Runtime", spec->model_file);
        runtime_close(r);
        return s;
    }
    (void)snprintf(out->where, sizeof out->where, "ONNX Runtime %s", version);
    return ST_OK;
}
