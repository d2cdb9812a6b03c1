/* Re-checks a finished run: every file against its hash, the manifest against
 * the hashes, every twin and line file as JSON, and nothing beside them. */
#include "batch/run.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"
#include "io/sink.h"
#include "io/source.h"
#include "syntax/json_write.h"
#include "syntax/token.h"

#include <string.h>

#define SUMS_BYTES_MAX ((size_t)1 << 30)

struct verify {
    const struct host *host;
    const char *folder;
    struct names *paths;  /* of SHA256SUMS */
    struct names *hashes; /* "HASH PATH" lines, to compare the manifest with */
    unsigned long long files, differences, listed;
};

static void differ(struct verify *v, const char *path, const char *what)
{
    v->differences++;
    host_say(v->host, SEVERITY_ERROR, "%s: %s", path, what);
}

static status hash_file(const char *path, char out[SHA256_HEX],
                        struct error *e)
{
    struct source *source;
    char chunk[65536];
    TRY(source_open(path, 0, true, &source, e));
    struct stream in = source_stream(source);
    long n;
    do {
        n = in.read(in.self, chunk, sizeof chunk, e);
    } while (n > 0);
    if (n == 0)
        memcpy(out, source_sha256(source), SHA256_HEX);
    source_free(source);
    return n < 0 ? e->class : ST_OK;
}

/* Reads a JSON text, or lines of them, to its end. */
static status read_json(const char *bytes, size_t length, const char *name,
                        struct error *e)
{
    struct memory_stream m = {bytes, length, 0};
    struct tokens *t;
    struct token token;
    TRY(tokens_open_json(stream_of_memory(&m, name), NULL, &t, e));
    status st;
    do {
        st = tokens_next(t, &token, e);
    } while (st == ST_OK && token.kind != TOKEN_END);
    tokens_free(t);
    return st;
}

static void check_json(struct verify *v, const char *path, const char *full,
                       bool lines)
{
    struct buf text = BUF_INIT(SUMS_BYTES_MAX);
    struct error e = {.class = ST_OK};
    status st = file_load(full, &text, NULL, &e);
    const char *p = buf_text(&text);
    const char *end = p + text.length;
    while (st == ST_OK && p < end) {
        size_t n = lines ? strcspn(p, "\n") : (size_t)(end - p);
        st = read_json(p, n, path, &e);
        p += n + 1;
    }
    if (st != ST_OK)
        differ(v, path, e.text);
    buf_free(&text);
}

static void check_file(struct verify *v, const char *hash, const char *path)
{
    struct buf full = BUF_INIT(16384);
    struct error e = {.class = ST_OK};
    char now[SHA256_HEX];
    buf_printf(&full, "%s/%s", v->folder, path);
    v->files++;
    if (hash_file(buf_text(&full), now, &e) != ST_OK)
        differ(v, path, "is missing or cannot be read");
    else if (strncmp(now, hash, 64) != 0)
        differ(v, path, "is not the file that the run wrote: its hash differs");
    else if (text_ends(path, ".json") && !text_equal(path, "manifest.json"))
        check_json(v, path, buf_text(&full), false);
    else if (text_ends(path, ".jsonl"))
        check_json(v, path, buf_text(&full), true);
    buf_free(&full);
    if (v->host->progress != NULL)
        v->host->progress(v->host->self, "files", v->files, 0);
}

static status check_sums(struct verify *v, struct error *e)
{
    struct buf path = BUF_INIT(16384), text = BUF_INIT(SUMS_BYTES_MAX);
    buf_printf(&path, "%s/SHA256SUMS", v->folder);
    status st = file_load(buf_text(&path), &text, NULL, e);
    buf_free(&path);
    for (char *p = text.data; st == ST_OK && p != NULL && *p != '\0';) {
        size_t n = strcspn(p, "\n");
        bool last = p[n] == '\0';
        p[n] = '\0';
        if (n < 67 || p[64] != ' ' || p[65] != ' ') {
            differ(v, "SHA256SUMS", "has a line that is no hash and path");
        } else if (names_add(v->paths, p + 66, n - 66) < 0 ||
                   names_add(v->hashes, p, n) < 0) {
            st = error_memory(e);
        } else {
            check_file(v, p, p + 66);
        }
        p += n + !last;
    }
    buf_free(&text);
    return st;
}

/* One {"path","sha256","bytes"} of the manifest's files. */
static status manifest_file(struct verify *v, struct tokens *t,
                            struct error *e)
{
    struct token k;
    struct buf path = BUF_INIT(8192), hash = BUF_INIT(256), line = BUF_INIT(16384);
    status st = tokens_next(t, &k, e);
    while (st == ST_OK && k.kind == TOKEN_KEY) {
        struct buf *to = text_equal(k.text, "path")     ? &path
                         : text_equal(k.text, "sha256") ? &hash
                                                        : NULL;
        st = tokens_next(t, &k, e);
        if (st == ST_OK && to != NULL && k.kind == TOKEN_STRING)
            buf_put(to, k.text, k.length);
        if (st == ST_OK)
            st = tokens_next(t, &k, e);
    }
    v->listed++;
    buf_printf(&line, "%s  %s", buf_text(&hash), buf_text(&path));
    if (st == ST_OK && names_find(v->hashes, buf_text(&line), line.length) < 0)
        differ(v, buf_text(&path), "stands in the manifest with another hash "
                                   "than in SHA256SUMS");
    buf_free(&path);
    buf_free(&hash);
    buf_free(&line);
    return st;
}

static status manifest_files(struct verify *v, struct tokens *t,
                             struct error *e)
{
    struct token k;
    TRY(tokens_next(t, &k, e)); /* [ */
    TRY(tokens_next(t, &k, e));
    while (k.kind == TOKEN_BEGIN_OBJECT) {
        TRY(manifest_file(v, t, e));
        TRY(tokens_next(t, &k, e));
    }
    return ST_OK;
}

static status check_manifest(struct verify *v, struct error *e)
{
    struct buf path = BUF_INIT(16384);
    buf_printf(&path, "%s/manifest.json", v->folder);
    struct source *source;
    status st = source_open(buf_text(&path), 0, false, &source, e);
    if (st != ST_OK) {
        buf_free(&path);
        return st;
    }
    struct tokens *t = NULL;
    struct token k;
    st = tokens_open_json(source_stream(source), NULL, &t, e);
    bool found = false;
    while (st == ST_OK && (st = tokens_next(t, &k, e)) == ST_OK &&
           k.kind != TOKEN_END)
        if (k.kind == TOKEN_KEY && text_equal(k.text, "files")) {
            found = true;
            st = manifest_files(v, t, e);
        }
    if (st == ST_OK && !found)
        differ(v, "manifest.json", "lists no files");
    /* the sums name the manifest as well */
    if (st == ST_OK && v->listed + 1 != names_count(v->paths))
        differ(v, "manifest.json", "does not list the same files as SHA256SUMS");
    tokens_free(t);
    source_free(source);
    buf_free(&path);
    return st;
}

/* Files that nobody listed. */
static status check_extra(struct verify *v, const char *below,
                          struct error *e)
{
    struct buf full = BUF_INIT(16384);
    buf_printf(&full, "%s%s%s", v->folder, below[0] != '\0' ? "/" : "", below);
    char **names = NULL;
    size_t count = 0;
    status st = folder_list(buf_text(&full), &names, &count, e);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        struct buf path = BUF_INIT(16384), at = BUF_INIT(16384);
        buf_printf(&path, "%s%s%s", below, below[0] != '\0' ? "/" : "", names[i]);
        buf_printf(&at, "%s/%s", v->folder, buf_text(&path));
        if (folder_exists(buf_text(&at)))
            st = check_extra(v, buf_text(&path), e);
        else if (!text_equal(buf_text(&path), "SHA256SUMS") &&
                 names_find(v->paths, buf_text(&path), path.length) < 0)
            differ(v, buf_text(&path), "is not listed");
        buf_free(&path);
        buf_free(&at);
    }
    folder_list_free(names, count);
    buf_free(&full);
    return st;
}

static status tell(const struct verify *v, bool json, struct error *e)
{
    if (!json) {
        host_say(v->host, SEVERITY_NOTE, "%llu files checked, %llu differences",
                 v->files, v->differences);
        return ST_OK;
    }
    struct buf out = BUF_INIT(4096);
    struct json_writer w = json_start(&out, 0);
    json_object(&w);
    json_put_int(&w, "files", (long long)v->files);
    json_put_int(&w, "differences", (long long)v->differences);
    json_object_end(&w);
    status st = json_end(&w, e);
    buf_putc(&out, '\n');
    if (st == ST_OK)
        st = host_write(v->host, buf_text(&out), out.length, e);
    buf_free(&out);
    return st;
}

int verify_run(const struct host *host, const char *folder, bool json)
{
    struct verify v = {.host = host, .folder = folder};
    struct error e = {.class = ST_OK};
    v.paths = names_new();
    v.hashes = names_new();
    status st = v.paths == NULL || v.hashes == NULL ? error_memory(&e) : ST_OK;
    if (st == ST_OK)
        st = check_sums(&v, &e);
    if (st == ST_OK)
        st = check_manifest(&v, &e);
    if (st == ST_OK)
        st = check_extra(&v, "", &e);
    if (st == ST_OK)
        st = tell(&v, json, &e);
    names_free(v.paths);
    names_free(v.hashes);
    if (st != ST_OK) {
        host_error(host, &e);
        return e.class == ST_BUG ? EXIT_BUG : EXIT_IO;
    }
    return v.differences > 0 ? EXIT_GATED : EXIT_DONE;
}
