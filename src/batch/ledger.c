#include "batch/ledger.h"

#include "base/arena.h"
#include "base/buf.h"
#include "io/source.h"
#include "syntax/json_write.h"

#include <stdio.h>
#include <string.h>

static const char *const part_names[LEDGER_PARTS] = {
    "decisions.jsonl", "refused.jsonl", "errors.jsonl"};

/* A file of the run that is written as it comes, and its hash. */
struct stream_out {
    struct sink *sink;
    struct sha256 *hash;
    size_t bytes;
};

struct ledger {
    char *folder;
    struct stream_out part[LEDGER_PARTS], manifest, sums, index;
    bool any_file, any_row;
};

static status out_open(struct ledger *l, struct stream_out *o,
                       const char *name, struct error *e)
{
    struct buf path = BUF_INIT(8192);
    buf_printf(&path, "%s/%s", l->folder, name);
    status s = buf_status(&path, e);
    if (s == ST_OK)
        s = sink_open(buf_text(&path), SINK_PRIVATE, &o->sink, e);
    buf_free(&path);
    if (s != ST_OK)
        return s;
    o->hash = sha256_new();
    return o->hash == NULL ? error_memory(e) : ST_OK;
}

static status out_put(struct stream_out *o, const char *text, size_t n,
                      struct error *e)
{
    TRY(sink_write(o->sink, text, n, e));
    sha256_put(o->hash, text, n);
    o->bytes += n;
    return ST_OK;
}

static status out_text(struct stream_out *o, const char *text, struct error *e)
{
    return out_put(o, text, strlen(text), e);
}

static status out_buf(struct stream_out *o, struct buf *b, struct error *e)
{
    status s = buf_status(b, e);
    if (s == ST_OK)
        s = out_put(o, buf_text(b), b->length, e);
    buf_free(b);
    return s;
}

static status out_close(struct stream_out *o, char sha256[SHA256_HEX],
                        struct error *e)
{
    sha256_hex(o->hash, sha256);
    struct sink *sink = o->sink;
    o->sink = NULL;
    return sink_close(sink, e);
}

static void out_free(struct stream_out *o)
{
    sink_free(o->sink);
    sha256_free(o->hash);
}

/* An empty folder, or one that holds nothing but what a killed run left
 * unfinished (which is swept). */
static status take_folder(const char *folder, struct error *e)
{
    TRY(folder_make(folder, e));
    size_t swept = 0, count = 0;
    char **names = NULL;
    TRY(folder_sweep(folder, &swept, e));
    TRY(folder_list(folder, &names, &count, e));
    folder_list_free(names, count);
    if (count > 0)
        return error_set(e, ST_ARGUMENT,
                         "the folder %s is not empty; a run is never mixed "
                         "with another: name a new folder or remove this one",
                         folder);
    return ST_OK;
}

static const char index_head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<title>candor run</title>\n<style>\n"
    ":root{--ink:#1b1f24;--muted:#57606a;--rule:#d0d7de;--accent:#0b4f79;"
    "--ground:#fff}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--muted:#9aa7b4;"
    "--rule:#30363d;--accent:#6cb6e8;--ground:#0f1419}}\n"
    "body{font:16px/1.5 'Noto Sans',system-ui,sans-serif;color:var(--ink);"
    "background:var(--ground);max-width:60rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.6rem;margin:0 0 .5rem}a{color:var(--accent)}\n"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;"
    "padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--rule);"
    "vertical-align:top}\n.muted{color:var(--muted)}\n"
    "input{font:inherit;padding:.4rem .6rem;width:100%;max-width:24rem;"
    "box-sizing:border-box;color:inherit;background:inherit;"
    "border:1px solid var(--muted);border-radius:4px}\n</style>\n</head>\n"
    "<body>\n<script type=\"application/json\" id=\"rows\">[";

static status open_all(struct ledger *l, const char *head, struct error *e)
{
    for (int i = 0; i < LEDGER_PARTS; i++)
        TRY(out_open(l, &l->part[i], part_names[i], e));
    TRY(out_open(l, &l->manifest, "manifest.json", e));
    TRY(out_open(l, &l->sums, "SHA256SUMS", e));
    TRY(out_open(l, &l->index, "index.html", e));
    TRY(out_text(&l->index, index_head, e));
    TRY(out_text(&l->manifest, "{\n", e));
    TRY(out_text(&l->manifest, head, e));
    return out_text(&l->manifest, "\"files\": [", e);
}

status ledger_open(const char *folder, const char *head, struct ledger **out,
                   struct error *e)
{
    TRY(take_folder(folder, e));
    struct ledger *l = mem_array(1, sizeof *l);
    if (l == NULL)
        return error_memory(e);
    l->folder = mem_string(folder);
    status s = l->folder == NULL ? error_memory(e) : open_all(l, head, e);
    if (s != ST_OK) {
        ledger_free(l);
        return s;
    }
    *out = l;
    return ST_OK;
}

static status sum_line(struct ledger *l, const char *sha256, const char *path,
                       struct error *e)
{
    struct buf b = BUF_INIT(8192);
    buf_printf(&b, "%s  %s\n", sha256, path);
    return out_buf(&l->sums, &b, e);
}

status ledger_file(struct ledger *l, const struct ledger_file *f,
                   struct error *e)
{
    struct buf b = BUF_INIT(8192);
    buf_puts(&b, l->any_file ? ",\n  " : "\n  ");
    l->any_file = true;
    struct json_writer w = json_start(&b, 0);
    json_object(&w);
    json_put_string(&w, "path", f->path);
    json_put_string(&w, "sha256", f->sha256);
    json_put_int(&w, "bytes", (long long)f->bytes);
    json_object_end(&w);
    status s = json_end(&w, e);
    if (s != ST_OK) {
        buf_free(&b);
        return s;
    }
    TRY(out_buf(&l->manifest, &b, e));
    return sum_line(l, f->sha256, f->path, e);
}

status ledger_line(struct ledger *l, enum ledger_part part, const char *line,
                   size_t length, struct error *e)
{
    TRY(out_put(&l->part[part], line, length, e));
    return out_put(&l->part[part], "\n", 1, e);
}

/* JSON inside a script element: "</" must not end it. */
static status put_script_safe(struct stream_out *o, struct buf *b,
                              struct error *e)
{
    struct buf safe = BUF_INIT(b->length * 6 + 64);
    for (size_t i = 0; i < b->length; i++) {
        if (b->data[i] == '<')
            buf_puts(&safe, "\\u003c");
        else
            buf_putc(&safe, b->data[i]);
    }
    status s = buf_status(b, e);
    buf_free(b);
    if (s == ST_OK)
        return out_buf(o, &safe, e);
    buf_free(&safe);
    return s;
}

status ledger_row(struct ledger *l, const struct ledger_row *row,
                  struct error *e)
{
    struct buf b = BUF_INIT(65536);
    buf_puts(&b, l->any_row ? ",\n" : "\n");
    l->any_row = true;
    struct json_writer w = json_start(&b, 0);
    json_array(&w);
    json_string(&w, row->id);
    json_string(&w, row->action);
    json_string(&w, row->folder);
    json_string(&w, row->documents);
    json_string(&w, row->note);
    json_array_end(&w);
    status s = json_end(&w, e);
    if (s != ST_OK) {
        buf_free(&b);
        return s;
    }
    return put_script_safe(&l->index, &b, e);
}

static const char index_tail[] =
    "<p><label for=\"q\">Find a decision by its id</label><br>"
    "<input id=\"q\" type=\"search\" autocomplete=\"off\"></p>\n"
    "<p class=\"muted\" id=\"n\" aria-live=\"polite\"></p>\n"
    "<table><thead><tr><th scope=\"col\">Decision</th>"
    "<th scope=\"col\">Outcome</th><th scope=\"col\">Documents</th></tr></thead>"
    "<tbody id=\"t\"></tbody></table>\n<script>\n"
    "const rows=JSON.parse(document.getElementById('rows').textContent),"
    "most=200,t=document.getElementById('t'),n=document.getElementById('n'),"
    "q=document.getElementById('q');\n"
    "function cell(r,x){const d=document.createElement('td');d.append(x);"
    "r.append(d);return d}\n"
    "function show(){const s=q.value.trim().toLowerCase();let found=0;"
    "t.replaceChildren();\nfor(const [id,action,folder,docs,note] of rows){"
    "if(s&&!id.toLowerCase().includes(s))continue;if(++found>most)continue;"
    "const r=document.createElement('tr');cell(r,id);"
    "cell(r,note?action+': '+note:action);const d=cell(r,'');"
    "for(const f of docs.split(' ')){if(!f)continue;"
    "const a=document.createElement('a');"
    "a.href=(folder+'/'+f).split('/').map(encodeURIComponent).join('/');"
    "a.textContent=f;d.append(a,' ')}t.append(r)}\n"
    "n.textContent=found+' of '+rows.length+(found>most?', the first '+most+"
    "' are shown':'')}\nq.addEventListener('input',show);show();\n"
    "</script>\n</body>\n</html>\n";

static status close_index(struct ledger *l, const char *title,
                          const char *summary, struct error *e)
{
    struct buf b = BUF_INIT(1 << 20);
    buf_puts(&b, "\n]</script>\n<main>\n<h1>");
    for (const char *p = title; *p != '\0'; p++) {
        if (*p == '<')
            buf_puts(&b, "&lt;");
        else if (*p == '&')
            buf_puts(&b, "&amp;");
        else
            buf_putc(&b, *p);
    }
    buf_printf(&b, "</h1>\n%s\n", summary);
    TRY(out_buf(&l->index, &b, e));
    TRY(out_text(&l->index, index_tail, e));
    return ST_OK;
}

static status close_listed(struct ledger *l, struct stream_out *o,
                           const char *name, struct error *e)
{
    struct ledger_file f = {.path = name, .bytes = o->bytes};
    TRY(out_close(o, f.sha256, e));
    return ledger_file(l, &f, e);
}

status ledger_close(struct ledger *l, const char *tail, const char *title,
                    const char *summary, struct error *e)
{
    char sha256[SHA256_HEX];
    for (int i = 0; i < LEDGER_PARTS; i++)
        TRY(close_listed(l, &l->part[i], part_names[i], e));
    TRY(close_index(l, title, summary, e));
    TRY(close_listed(l, &l->index, "index.html", e));
    TRY(out_text(&l->manifest, "\n],\n", e));
    TRY(out_text(&l->manifest, tail, e));
    TRY(out_text(&l->manifest, "\n}\n", e));
    TRY(out_close(&l->manifest, sha256, e));
    TRY(sum_line(l, sha256, "manifest.json", e));
    return out_close(&l->sums, sha256, e);
}

void ledger_free(struct ledger *l)
{
    if (l == NULL)
        return;
    for (int i = 0; i < LEDGER_PARTS; i++)
        out_free(&l->part[i]);
    out_free(&l->manifest);
    out_free(&l->sums);
    out_free(&l->index);
    mem_free(l->folder);
    mem_free(l);
}

status ledger_folder(const char *id, char out[LEDGER_PATH_MAX],
                     struct error *e)
{
    enum { NAME_MAX_PLAIN = 120 };
    char sha256[SHA256_HEX], name[3 * NAME_MAX_PLAIN + 1];
    size_t length = strlen(id), n = 0;
    TRY(sha256_of(id, length, sha256, e));
    bool plain = length > 0 && length <= NAME_MAX_PLAIN;
    for (size_t i = 0; plain && i < length; i++) {
        unsigned char c = (unsigned char)id[i];
        bool kept = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                    (c == '.' && i > 0);
        n += (size_t)snprintf(name + n, sizeof name - n, kept ? "%c" : "%%%02X",
                              c);
    }
    (void)snprintf(out, LEDGER_PATH_MAX, "decisions/%.2s/%s", sha256,
                   plain ? name : sha256);
    return ST_OK;
}
