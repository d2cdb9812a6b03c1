#include "batch/session.h"

#include "base/arena.h"
#include "base/text.h"
#include "io/source.h"
#include "kernel/simd.h"
#include "remote/remote.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MODEL_BYTES_MAX (4LL << 30)
#define IDS_BYTES_MAX ((size_t)512 << 20)

int exit_of_data(const struct error *e)
{
    switch (e->class) {
    case ST_OK:
        return EXIT_DONE;
    case ST_BUG:
        return EXIT_BUG;
    case ST_SYSTEM:
    case ST_MEMORY:
        return EXIT_IO;
    case ST_ARGUMENT:
        return EXIT_USAGE;
    case ST_LIMIT:
    case ST_UNSUPPORTED:
    case ST_SYNTAX:
    case ST_FORMAT:
    case ST_DATA:
    case ST_NUMERIC:
        break;
    }
    return EXIT_DATA;
}

status session_model(const char *path, const char *format,
                     enum trees_used trees, struct model **out,
                     struct error *e)
{
    struct source *source;
    struct stat what;
    if (stat(path, &what) == 0 && S_ISDIR(what.st_mode))
        return error_set(e, ST_UNSUPPORTED, "%s is a folder: give the model's "
                         "file. A SavedModel of TensorFlow goes to ONNX with "
                         "tf2onnx; a model of MLflow is asked where it runs "
                         "(docs/SERVED-MODELS.md)", path);
    TRY(source_open(path, MODEL_BYTES_MAX, false, &source, e));
    struct format_options options = {format, trees, 0};
    status s = model_load(source_stream(source), &options, out, e);
    source_free(source);
    return s;
}

/* One id a line; blank lines and line ends of any kind are left out. */
static status read_ids(const char *path, struct names **out, struct error *e)
{
    struct buf text = BUF_INIT(IDS_BYTES_MAX);
    status s = file_load(path, &text, NULL, e);
    struct names *ids = s == ST_OK ? names_new() : NULL;
    if (s == ST_OK && ids == NULL)
        s = error_memory(e);
    const char *p = buf_text(&text);
    while (s == ST_OK && *p != '\0') {
        size_t n = strcspn(p, "\r\n");
        if (n > 0 && names_add(ids, p, n) < 0)
            s = error_memory(e);
        p += n + (p[n] != '\0');
    }
    buf_free(&text);
    if (s != ST_OK) {
        names_free(ids);
        return s;
    }
    *out = ids;
    return ST_OK;
}

static int fail(struct session *s, const struct error *e, int code)
{
    session_tell_faults(s, s->documents);
    bool told = false;
    for (size_t i = 0; i < s->faults.count; i++)
        told = told || (s->faults.fault[i].severity == FAULT_ERROR &&
                        strcmp(s->faults.fault[i].error.text, e->text) == 0);
    if (!told)
        host_error(s->host, e);
    session_close(s);
    if (e->class == ST_BUG)
        return EXIT_BUG;
    return e->class == ST_MEMORY ? EXIT_IO : code;
}

static int open_rest(struct session *s)
{
    struct error e = {.class = ST_OK};
    struct project *p = s->project;
    if (project_bind(p, s->model, &s->faults, &e) != ST_OK)
        return fail(s, &e, EXIT_USAGE);
    if (input_map_new(p, s->model, &s->map, &e) != ST_OK)
        return fail(s, &e, EXIT_USAGE);
    if (pool_new(s->request->jobs, &s->pool, &e) != ST_OK)
        return fail(s, &e, EXIT_IO);
    s->ids_given = s->request->ids != NULL;
    if (s->ids_given && read_ids(s->request->ids, &s->ids, &e) != ST_OK)
        return fail(s, &e, EXIT_IO);
    s->met = s->ids_given ? mem_array(names_count(s->ids) + 1, 1) : NULL;
    if (s->ids_given && s->met == NULL) {
        (void)error_memory(&e);
        return fail(s, &e, EXIT_IO);
    }
    return EXIT_DONE;
}

/* ONNX Runtime computes what candor does not, where the user has it. */
static status open_by_runtime(struct session *s, struct error *e)
{
    const struct project *p = s->project;
    const char *library = s->request->onnxruntime;
    struct remote_spec spec;
    struct error own = {.class = ST_OK};
    if (library == NULL)
        library = p->model.elsewhere.onnxruntime;
    if (library == NULL || e->class != ST_UNSUPPORTED ||
        !text_ends(p->model.file, ".onnx"))
        return e->class;
    status st = project_elsewhere_spec(p, library, &spec, &own);
    if (st == ST_OK)
        st = remote_open(&spec, &s->model, &own);
    if (st != ST_OK) {
        *e = own;
        return st;
    }
    host_say(s->host, SEVERITY_NOTE, "%s is computed by ONNX Runtime, as a "
             "black box: %s", p->model.file, e->text);
    return ST_OK;
}

static status open_model(struct session *s, struct error *e)
{
    const struct project_model *m = &s->project->model;
    struct remote_spec spec;
    if (m->elsewhere.kind != ELSEWHERE_NOT) {
        TRY(project_elsewhere_spec(s->project, NULL, &spec, e));
        return remote_open(&spec, &s->model, e);
    }
    if (session_model(m->file, m->format, m->trees, &s->model, e) == ST_OK)
        return ST_OK;
    return open_by_runtime(s, e);
}

int session_open(const struct host *host, const struct request *request,
                 bool documents, struct session *s)
{
    memset(s, 0, sizeof *s);
    s->documents = documents;
    s->host = host;
    s->request = request;
    struct error e = {.class = ST_OK};
    if (simd_check(&e) != ST_OK)
        return fail(s, &e, EXIT_USAGE);
    const char *path = request->project != NULL ? request->project : ".";
    if (project_read(path, &s->project, &s->faults, &e) != ST_OK)
        return fail(s, &e, EXIT_USAGE);
    if (open_model(s, &e) != ST_OK)
        return fail(s, &e, EXIT_MODEL);
    return open_rest(s);
}

void session_close(struct session *s)
{
    pool_free(s->pool);
    names_free(s->ids);
    mem_free(s->met);
    input_map_free(s->map);
    model_free(s->model);
    project_free(s->project);
    fault_list_free(&s->faults);
    memset(s, 0, sizeof *s);
}

size_t session_tell_faults(const struct session *s, bool documents)
{
    size_t blocks = 0;
    for (size_t i = 0; i < s->faults.count; i++) {
        const struct fault *f = &s->faults.fault[i];
        bool error = f->severity == FAULT_ERROR || f->severity == FAULT_BLOCK;
        blocks += f->severity == FAULT_BLOCK;
        if (f->severity != FAULT_ERROR && !documents)
            continue;
        struct buf text = BUF_INIT(8192);
        error_render(&f->error, &text);
        if (f->citation != NULL)
            buf_printf(&text, "  %s\n", f->citation);
        /* the word that error_render puts is the severity of an error */
        char *word = error ? NULL : strstr(text.data, "error: ");
        struct buf other = BUF_INIT(8192);
        if (word != NULL) {
            buf_put(&other, text.data, (size_t)(word - text.data));
            buf_puts(&other, "warning: ");
            buf_puts(&other, word + strlen("error: "));
        }
        s->host->message(s->host->self,
                         error ? SEVERITY_ERROR : SEVERITY_WARNING,
                         word != NULL ? buf_text(&other) : buf_text(&text));
        buf_free(&other);
        buf_free(&text);
    }
    if (s->faults.beyond > 0)
        host_say(s->host, SEVERITY_WARNING, "%zu more faults are not shown",
                 s->faults.beyond);
    return blocks;
}

/* A column that is missing may be no input of the model: who asks for it? */
static void note_quantity(const struct project *p, struct error *e)
{
    char head[ERROR_TEXT_MAX];
    for (size_t i = p->features; i < p->quantities; i++) {
        const char *name = p->feature[i].input;
        (void)snprintf(head, sizeof head,
                       "the table has no column \"%.100s\"", name);
        if (strncmp(e->text, head, strlen(head)) == 0)
            error_note(e, "reading \"%.60s\", which levers, formulas or rules "
                       "name", name);
    }
}

status session_table(const struct session *s, const struct table_spec *spec,
                     const struct column_spec *extra, size_t extras,
                     size_t block_rows, struct table **out, struct error *e)
{
    const struct column_spec *own;
    size_t n = input_map_columns(s->map, &own);
    struct column_spec *all = mem_array(n + extras + 1, sizeof *all);
    if (all == NULL)
        return error_memory(e);
    if (n > 0)
        memcpy(all, own, n * sizeof *all);
    if (extras > 0)
        memcpy(all + n, extra, extras * sizeof *all);
    struct table_spec full = *spec;
    full.column = all;
    full.columns = n + extras;
    full.block_rows = block_rows;
    status st = table_open(&full, out, e);
    if (st == ST_DATA)
        note_quantity(s->project, e);
    mem_free(all);
    return st;
}

status session_decisions(const struct session *s,
                         const struct column_spec *extra, size_t extras,
                         size_t block_rows, struct table **out,
                         struct error *e)
{
    struct table_spec spec = s->project->decisions.spec;
    if (s->request->data != NULL) {
        spec.location = s->request->data;
        spec.format = TABLE_BY_NAME;
    }
    if (spec.location == NULL)
        return error_set(e, ST_ARGUMENT,
                         "the project names no table of decisions: set "
                         "data.decisions, or give --data");
    spec.hash = true;
    return session_table(s, &spec, extra, extras, block_rows, out, e);
}

bool session_wants(const struct session *s, const char *id)
{
    if (!s->ids_given)
        return true;
    long at = id == NULL ? -1 : names_find(s->ids, id, strlen(id));
    if (at >= 0)
        __atomic_store_n(&s->met[at], 1, __ATOMIC_RELAXED);
    return at >= 0;
}

void session_tell_ids(const struct session *s)
{
    enum { NAMED = 5 };
    if (!s->ids_given || s->request->limit > 0)
        return;
    struct buf list = BUF_INIT(4096);
    size_t missing = 0, all = names_count(s->ids);
    for (size_t i = 0; i < all; i++) {
        if (s->met[i])
            continue;
        if (missing++ < NAMED)
            buf_printf(&list, "%s\"%.60s\"", missing > 1 ? ", " : "",
                       names_at(s->ids, i));
    }
    if (missing > 0)
        host_say(s->host, SEVERITY_WARNING,
                 "%s: %zu of %zu ids are not in the table: %s%s",
                 s->request->ids, missing, all, buf_text(&list),
                 missing > NAMED ? ", …" : "");
    buf_free(&list);
}
