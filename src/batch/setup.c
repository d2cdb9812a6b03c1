#include "batch/setup.h"

#include "batch/session.h"
#include "io/sink.h"
#include "io/source.h"
#include "model/describe.h"
#include "syntax/json_write.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 << 20, INSPECT_BYTES_MAX = 256 << 20 };

static int load(const struct host *host, const char *path, struct model **out)
{
    struct error e = {.class = ST_OK};
    if (session_model(path, NULL, TREES_ALL, out, &e) == ST_OK)
        return EXIT_DONE;
    host_error(host, &e);
    return e.class == ST_BUG      ? EXIT_BUG
           : e.class == ST_SYSTEM ? EXIT_IO
                                  : EXIT_MODEL;
}

static int ended(const struct host *host, status st, const struct error *e)
{
    if (st == ST_OK)
        return EXIT_DONE;
    host_error(host, e);
    return exit_of_data(e);
}

int setup_init(const struct host *host, const char *path, const char *table,
               const char *out, bool overwrite)
{
    const char *target = out != NULL ? out : "candor.json";
    struct error e = {.class = ST_OK};
    bool to_screen = strcmp(target, "-") == 0;
    if (!overwrite && !to_screen && file_exists(target)) {
        host_say(host, SEVERITY_ERROR,
                 "%s is already there; --yes replaces it, --out names another",
                 target);
        return EXIT_USAGE;
    }
    struct model *m = NULL;
    bool elsewhere = project_init_is_elsewhere(path);
    int code = elsewhere ? EXIT_DONE : load(host, path, &m);
    if (code != EXIT_DONE)
        return code;
    struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    status st = elsewhere
                    ? project_init_elsewhere(path, table, target, &text, &e)
                    : project_init(path, m, table, target, &text, &e);
    if (st == ST_OK && to_screen)
        st = host_write(host, buf_text(&text), text.length, &e);
    else if (st == ST_OK)
        st = file_save(target, SINK_PUBLIC, buf_text(&text), text.length, &e);
    if (st == ST_OK && !to_screen) {
        size_t gaps = 0;
        for (const char *p = buf_text(&text); (p = strstr(p, "GAP:")) != NULL; p++)
            gaps++;
        host_say(host, SEVERITY_NOTE,
                 "wrote %s; %zu gaps are named in it; candor check %s tells "
                 "what documents still need", target, gaps, target);
    }
    buf_free(&text);
    model_free(m);
    return ended(host, st, &e);
}

static void put_inputs(struct json_writer *w, const struct model *m,
                       const struct model_description *d)
{
    json_key(w, "inputs");
    json_array(w);
    for (size_t i = 0; i < m->features; i++) {
        const struct model_feature *f = &m->feature[i];
        json_object(w);
        json_put_string(w, "name", f->name);
        json_put_string(w, "kind", feature_kind_word(f->kind));
        json_put_bool(w, "used", f->used);
        json_put_int(w, "splits", (long long)d->use[i].splits);
        if (f->words != NULL) {
            json_key(w, "words");
            json_array(w);
            for (size_t k = 0; k < f->word_count; k++)
                json_string(w, f->words[k]);
            json_array_end(w);
        }
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_warnings(struct json_writer *w, const struct model *m,
                         const struct model_description *d)
{
    json_key(w, "warnings");
    json_array(w);
    for (size_t i = 0; i < d->warnings; i++) {
        const struct model_warning *x = &d->warning[i];
        json_object(w);
        json_put_string(w, "kind", model_warning_word(x->kind));
        if (x->feature >= 0)
            json_put_string(w, "input", m->feature[x->feature].name);
        if (x->tree >= 0)
            json_put_int(w, "tree", x->tree);
        if (x->count > 0)
            json_put_int(w, "count", (long long)x->count);
        json_object_end(w);
    }
    json_array_end(w);
}

static status describe_json(const struct model *m,
                            const struct model_description *d, struct buf *out,
                            struct error *e)
{
    struct json_writer w = json_start(out, 2);
    json_object(&w);
    json_put_string(&w, "format", m->format);
    json_put_string(&w, "library", model_library_word(m->library));
    json_put_string(&w, "library_version", m->library_version);
    json_put_string(&w, "objective", m->objective);
    json_put_string(&w, "link", model_link_word(m->link));
    json_put_int(&w, "outputs", (long long)m->outputs);
    json_put_int(&w, "trees", (long long)m->trees);
    json_put_int(&w, "leaves", (long long)m->leaves);
    json_put_int(&w, "depth", (long long)m->max_depth);
    json_put_int(&w, "best_iteration", m->best_iteration);
    json_key(&w, "base");
    json_array(&w);
    for (size_t i = 0; i < m->outputs; i++)
        json_number(&w, m->base[i]);
    json_array_end(&w);
    json_put_string(&w, "sha256", m->sha256);
    json_put_int(&w, "bytes", (long long)m->file_bytes);
    put_inputs(&w, m, d);
    put_warnings(&w, m, d);
    json_object_end(&w);
    TRY(json_end(&w, e));
    buf_putc(out, '\n');
    return buf_status(out, e);
}

int setup_inspect(const struct host *host, const char *path, bool json)
{
    struct model *m;
    int code = load(host, path, &m);
    if (code != EXIT_DONE)
        return code;
    struct error e = {.class = ST_OK};
    struct model_description d;
    struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    struct arena *a = arena_new(INSPECT_BYTES_MAX);
    status st = a == NULL ? error_memory(&e) : model_describe(m, a, &d, &e);
    if (st == ST_OK && json) {
        st = describe_json(m, &d, &text, &e);
    } else if (st == ST_OK) {
        model_describe_text(m, &d, &text);
        st = buf_status(&text, &e);
    }
    if (st == ST_OK)
        st = host_write(host, buf_text(&text), text.length, &e);
    buf_free(&text);
    arena_free(a);
    model_free(m);
    return ended(host, st, &e);
}
