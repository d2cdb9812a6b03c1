/* Which format a file is, by its first bytes; its digest while it is read. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "formats/rows.h"
#include "formats/strangers.h"

const struct format *const formats[] = {
    &format_xgboost_json, &format_xgboost_ubjson, &format_lightgbm,
    &format_catboost, &format_pmml, &format_table_scorecard, &format_table_glm,
    &format_onnx,
    NULL};

enum { PEEK_MAX = 4096 };

/* Passes bytes on, hashing and counting them; the first ones are looked at
 * before and given again. */
struct counted {
    struct stream in;
    struct sha256 *hash;
    size_t bytes, at, peeked;
    char peek[PEEK_MAX];
};

static long counted_read(void *self, void *out, size_t n, struct error *e)
{
    struct counted *c = self;
    if (c->at < c->peeked) {
        size_t left = c->peeked - c->at;
        size_t give = n < left ? n : left;
        memcpy(out, c->peek + c->at, give);
        c->at += give;
        return (long)give;
    }
    long got = c->in.read(c->in.self, out, n, e);
    if (got > 0) {
        sha256_put(c->hash, out, (size_t)got);
        c->bytes += (size_t)got;
    }
    return got;
}

static status look(struct counted *c, struct error *e)
{
    while (c->peeked < PEEK_MAX) {
        long got = c->in.read(c->in.self, c->peek + c->peeked,
                              PEEK_MAX - c->peeked, e);
        if (got < 0)
            return e == NULL ? ST_SYSTEM : e->class;
        if (got == 0)
            break;
        c->peeked += (size_t)got;
    }
    sha256_put(c->hash, c->peek, c->peeked);
    c->bytes = c->peeked;
    return ST_OK;
}

/* "a, b and c": names or titles of all formats. */
static void list_formats(struct buf *out, bool names)
{
    for (size_t i = 0; formats[i] != NULL; i++) {
        const char *word = names ? formats[i]->name : formats[i]->title;
        const char *before = i == 0                 ? ""
                             : formats[i + 1] == NULL ? " and "
                                                      : ", ";
        buf_printf(out, "%s%s", before, word);
    }
}

static status unknown(const struct counted *c, struct error *e)
{
    const char *name = c->in.name == NULL ? "the model" : c->in.name;
    if (c->peeked == 0)
        return error_set(e, ST_FORMAT, "%s is empty", name);
    const char *advice = stranger_advice(c->peek, c->peeked, false);
    if (advice != NULL)
        return error_set(e, ST_UNSUPPORTED, "%s is no model that candor reads: "
                         "%s", name, advice);
    struct buf known = BUF_INIT(ERROR_TEXT_MAX);
    list_formats(&known, false);
    status s = error_set(e, ST_UNSUPPORTED,
                         "%s is no model that candor reads: its first bytes "
                         "are none of %s (docs/FORMATS.md says how each is "
                         "made)", name, buf_text(&known));
    buf_free(&known);
    return s;
}

static status choose(const struct counted *c, const char *wanted,
                     const struct format **out, struct error *e)
{
    int best = 0;
    for (size_t i = 0; formats[i] != NULL; i++) {
        if (wanted != NULL && text_equal(wanted, formats[i]->name)) {
            *out = formats[i];
            return ST_OK;
        }
        int sure = formats[i]->sniff(c->peek, c->peeked);
        if (wanted == NULL && sure > best) {
            best = sure;
            *out = formats[i];
        }
    }
    if (wanted == NULL && stranger_advice(c->peek, c->peeked, true) != NULL)
        return unknown(c, e);
    if (wanted == NULL)
        return best > 0 ? ST_OK : unknown(c, e);
    struct buf known = BUF_INIT(ERROR_TEXT_MAX);
    list_formats(&known, true);
    status s = error_set(e, ST_ARGUMENT,
                         "there is no model format \"%.40s\"; known are %s",
                         wanted, buf_text(&known));
    buf_free(&known);
    return s;
}

/* A format may stop before the file's end; the digest is of all of it. */
static status drain(struct counted *c, struct error *e)
{
    char rest[PEEK_MAX];
    struct error own;
    if (e == NULL)
        e = &own;
    for (;;) {
        long got = counted_read(c, rest, sizeof rest, e);
        if (got <= 0)
            return got == 0 ? ST_OK : e->class;
    }
}

static status load(struct counted *c, const struct format_options *options,
                   struct model **out, struct error *e)
{
    const struct format *format = NULL;
    struct format_options o = *options;
    if (o.memory_cap == 0)
        o.memory_cap = FORMAT_MEMORY_DEFAULT;
    TRY(look(c, e));
    TRY(choose(c, o.format, &format, e));
    struct stream in = {c, counted_read,
                        c->in.name == NULL ? "model" : c->in.name};
    status s = format->load(in, &o, out, e);
    if (s == ST_OK) {
        s = drain(c, e);
        if (s != ST_OK) {
            model_free(*out);
            *out = NULL;
        }
    }
    if (s != ST_OK)
        error_note(e, "reading the model as %s", format->title);
    return s;
}

status model_load(struct stream in, const struct format_options *options,
                  struct model **out, struct error *e)
{
    *out = NULL;
    struct counted *c = mem_array(1, sizeof *c);
    if (c == NULL)
        return error_memory(e);
    c->in = in;
    c->hash = sha256_new();
    status s = c->hash == NULL ? error_memory(e) : load(c, options, out, e);
    if (s == ST_OK) {
        sha256_hex(c->hash, (*out)->sha256);
        (*out)->file_bytes = c->bytes;
    }
    sha256_free(c->hash);
    mem_free(c);
    return s;
}
