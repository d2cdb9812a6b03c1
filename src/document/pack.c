#include "document/pack.h"

#include "base/arena.h"
#include "io/source.h"
#include "syntax/token.h"

#include <string.h>

enum { PACK_BYTES = 1024 * 1024, LOCK_BYTES = 256 * 1024, ARENA_CAP = 8 * 1024 * 1024,
       ENTRIES_MAX = 512 };

struct pack_entry {
    const char *name, *text, *citation;
};

struct pack {
    struct arena *arena;
    const char *key, *jurisdiction, *language, *from, *to, *source;
    char sha256[SHA256_HEX];
    struct pack_entry *texts;
    size_t text_count;
    struct pack_agency *agencies;
    size_t agency_count;
};

struct reading {
    struct pack *p;
    struct tokens *tokens;
    struct error *e;
};

static status fault(struct reading *r, const char *what, const char *name)
{
    return tokens_fault(r->tokens, r->e, ST_FORMAT, "%s \"%s\"", what, name);
}

static status expect(struct reading *r, enum token_kind kind)
{
    struct token t;
    TRY(tokens_next(r->tokens, &t, r->e));
    if (t.kind != kind)
        return tokens_fault(r->tokens, r->e, ST_FORMAT,
                            "%s; %s is expected", token_word(t.kind),
                            token_word(kind));
    return ST_OK;
}

/* A text, or NULL for null. */
static status read_text(struct reading *r, const char **out)
{
    struct token t;
    TRY(tokens_next(r->tokens, &t, r->e));
    *out = NULL;
    if (t.kind == TOKEN_NULL)
        return ST_OK;
    if (t.kind != TOKEN_STRING)
        return tokens_fault(r->tokens, r->e, ST_FORMAT,
                            "%s; a text is expected", token_word(t.kind));
    *out = arena_copy(r->p->arena, t.text, t.length);
    return *out == NULL ? arena_error(r->p->arena, r->e) : ST_OK;
}

/* One object of texts whose keys are the given names. */
struct member {
    const char *key;
    const char **out;
};

static status read_key(struct reading *r, char name[64], bool *more)
{
    struct token t;
    TRY(tokens_next(r->tokens, &t, r->e));
    *more = t.kind == TOKEN_KEY;
    if (*more)
        (void)snprintf(name, 64, "%s", t.text);
    return ST_OK;
}

static status read_object(struct reading *r, const struct member *members,
                          size_t count)
{
    char key[64];
    bool more;
    TRY(expect(r, TOKEN_BEGIN_OBJECT));
    for (;;) {
        TRY(read_key(r, key, &more));
        if (!more)
            return ST_OK;
        size_t i = 0;
        while (i < count && strcmp(members[i].key, key) != 0)
            i++;
        if (i == count)
            return fault(r, "unknown key", key);
        if (*members[i].out != NULL)
            return fault(r, "twice the key", key);
        TRY(read_text(r, members[i].out));
    }
}

static status read_texts(struct reading *r)
{
    char name[64];
    bool more;
    struct pack *p = r->p;
    p->texts = arena_new_array(p->arena, struct pack_entry, ENTRIES_MAX);
    if (p->texts == NULL)
        return arena_error(p->arena, r->e);
    TRY(expect(r, TOKEN_BEGIN_OBJECT));
    for (;;) {
        TRY(read_key(r, name, &more));
        if (!more)
            return ST_OK;
        if (p->text_count == ENTRIES_MAX || pack_text(p, name, NULL) != NULL)
            return fault(r, "one text too many:", name);
        struct pack_entry *x = &p->texts[p->text_count];
        struct member members[] = {{"text", &x->text}, {"citation", &x->citation}};
        x->name = arena_string(p->arena, name);
        if (x->name == NULL)
            return arena_error(p->arena, r->e);
        TRY(read_object(r, members, 2));
        if (x->text == NULL || x->citation == NULL || *x->text == '\0')
            return fault(r, "no text or citation in", name);
        p->text_count++;
    }
}

static status read_agencies(struct reading *r)
{
    char name[64];
    bool more;
    struct pack *p = r->p;
    p->agencies = arena_new_array(p->arena, struct pack_agency, ENTRIES_MAX);
    if (p->agencies == NULL)
        return arena_error(p->arena, r->e);
    TRY(expect(r, TOKEN_BEGIN_OBJECT));
    for (;;) {
        TRY(read_key(r, name, &more));
        if (!more)
            return ST_OK;
        if (p->agency_count == ENTRIES_MAX || pack_agency(p, name) != NULL)
            return fault(r, "one agency too many:", name);
        struct pack_agency *x = &p->agencies[p->agency_count];
        struct member members[] = {{"name", &x->name}, {"address", &x->address},
                                   {"citation", &x->citation}};
        x->class = arena_string(p->arena, name);
        if (x->class == NULL)
            return arena_error(p->arena, r->e);
        TRY(read_object(r, members, 3));
        if (x->name == NULL || x->address == NULL || x->citation == NULL)
            return fault(r, "no name, address or citation in", name);
        p->agency_count++;
    }
}

static status read_pack(struct reading *r)
{
    struct pack *p = r->p;
    const struct member members[] = {
        {"key", &p->key}, {"jurisdiction", &p->jurisdiction},
        {"language", &p->language}, {"effective_from", &p->from},
        {"effective_to", &p->to}, {"source", &p->source}};
    enum { COUNT = sizeof members / sizeof *members };
    char key[64];
    bool more;
    TRY(expect(r, TOKEN_BEGIN_OBJECT));
    for (;;) {
        TRY(read_key(r, key, &more));
        if (!more)
            break;
        size_t i = 0;
        while (i < COUNT && strcmp(members[i].key, key) != 0)
            i++;
        if (i < COUNT)
            TRY(read_text(r, members[i].out));
        else if (strcmp(key, "texts") == 0 && p->texts == NULL)
            TRY(read_texts(r));
        else if (strcmp(key, "agencies") == 0 && p->agencies == NULL)
            TRY(read_agencies(r));
        else
            return fault(r, "unknown key", key);
    }
    return expect(r, TOKEN_END);
}

static status check_pack(const struct pack *p, const char *path,
                         const char *key, struct error *e)
{
    struct place place = {path, 0, 0, -1};
    struct date d;
    if (p->key == NULL || strcmp(p->key, key) != 0)
        return error_at(e, ST_FORMAT, &place, "its key is not \"%s\"", key);
    if (p->jurisdiction == NULL || p->language == NULL || p->source == NULL ||
        p->texts == NULL)
        return error_at(e, ST_FORMAT, &place, "jurisdiction, language, source and "
                        "texts are needed");
    if (p->from == NULL || !date_parse(p->from, strlen(p->from), &d) ||
        (p->to != NULL && !date_parse(p->to, strlen(p->to), &d)))
        return error_at(e, ST_FORMAT, &place, "effective_from and effective_to "
                        "are dates of the form YYYY-MM-DD");
    return ST_OK;
}

static status parse_pack(struct pack *p, const struct buf *bytes,
                         const char *path, struct error *e)
{
    struct memory_stream memory = {buf_text(bytes), bytes->length, 0};
    struct token_limits limits = {.depth = 8, .bytes = PACK_BYTES};
    struct reading r = {p, NULL, e};
    status s = tokens_open_json(stream_of_memory(&memory, path), &limits,
                                &r.tokens, e);
    if (s == ST_OK)
        s = read_pack(&r);
    tokens_free(r.tokens);
    return s;
}

/* LOCK has a line "HEX  KEY/pack.json" with this hash. */
static bool locked(const struct buf *lock, const char *key, const char *hex)
{
    char line[256];
    int n = snprintf(line, sizeof line, "%s  %s/pack.json", hex, key);
    const char *text = buf_text(lock);
    for (const char *p = text; n > 0 && (p = strstr(p, line)) != NULL; p++)
        if ((p == text || p[-1] == '\n') && (p[n] == '\n' || p[n] == '\0'))
            return true;
    return false;
}

static status check_lock(struct pack *p, const char *folder, const char *key,
                         const char *path, enum pack_state *state,
                         struct error *e)
{
    struct buf name = BUF_INIT(4096), lock = BUF_INIT(LOCK_BYTES);
    struct place place = {path, 0, 0, -1};
    buf_printf(&name, "%s/packs/LOCK", folder);
    status s = buf_status(&name, e);
    if (s == ST_OK)
        s = file_load(buf_text(&name), &lock, NULL, e);
    if (s == ST_OK && !locked(&lock, key, p->sha256)) {
        *state = PACK_ALTERED;
        s = error_at(e, ST_DATA, &place, "its SHA-256 %.12s... is not the one in "
                     "packs/LOCK: the text was altered, or not reviewed", p->sha256);
    }
    buf_free(&name);
    buf_free(&lock);
    return s;
}

static status open_pack(struct pack *p, const char *folder, const char *key,
                        const char *path, enum pack_state *state,
                        struct error *e)
{
    struct buf bytes = BUF_INIT(PACK_BYTES);
    status s = file_load(path, &bytes, p->sha256, e);
    if (s == ST_OK)
        s = check_lock(p, folder, key, path, state, e);
    if (s == ST_OK)
        s = parse_pack(p, &bytes, path, e);
    if (s == ST_OK)
        s = check_pack(p, path, key, e);
    buf_free(&bytes);
    return s;
}

static bool plain_key(const char *key)
{
    for (const char *c = key; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-'))
            return false;
    return *key != '\0' && strlen(key) < 64;
}

status pack_load(const char *const *folders, size_t folder_count,
                 const char *key, struct pack **out, enum pack_state *state,
                 struct error *e)
{
    enum pack_state unused;
    struct buf path = BUF_INIT(4096);
    size_t i = plain_key(key) ? 0 : folder_count;
    state = state == NULL ? &unused : state;
    *state = PACK_GOOD;
    for (; i < folder_count; i++) {
        buf_clear(&path);
        buf_printf(&path, "%s/packs/%s/pack.json", folders[i], key);
        if (file_exists(buf_text(&path)))
            break;
    }
    if (i == folder_count) {
        buf_free(&path);
        return error_set(e, ST_ARGUMENT, "no legal pack \"%.60s\": "
                         "packs/%.60s/pack.json is in no template folder", key, key);
    }
    struct pack *p = mem_array(1, sizeof *p);
    if (p != NULL)
        p->arena = arena_new(ARENA_CAP);
    status s = p == NULL || p->arena == NULL
                   ? error_memory(e)
                   : open_pack(p, folders[i], key, buf_text(&path), state, e);
    buf_free(&path);
    if (s != ST_OK) {
        pack_free(p);
        return s;
    }
    *out = p;
    return ST_OK;
}

void pack_free(struct pack *p)
{
    if (p == NULL)
        return;
    arena_free(p->arena);
    mem_free(p);
}

enum pack_state pack_valid_on(const struct pack *p, struct date d)
{
    struct date edge;
    if (!date_parse(p->from, strlen(p->from), &edge) ||
        date_days(d) < date_days(edge))
        return PACK_EARLY;
    if (p->to != NULL && date_parse(p->to, strlen(p->to), &edge) &&
        date_days(d) > date_days(edge))
        return PACK_EXPIRED;
    return PACK_GOOD;
}

status pack_check(const struct pack *p, struct date d, struct error *e)
{
    char day[11];
    date_print(d, day);
    if (pack_valid_on(p, d) == PACK_GOOD)
        return ST_OK;
    return error_set(e, ST_DATA, "legal pack %s is in force from %s to %s, not on "
                     "%s; a pack for that date is needed", p->key, p->from,
                     p->to == NULL ? "further notice" : p->to, day);
}

const char *pack_key(const struct pack *p)
{
    return p->key;
}
const char *pack_jurisdiction(const struct pack *p)
{
    return p->jurisdiction;
}
const char *pack_language(const struct pack *p)
{
    return p->language;
}
const char *pack_source(const struct pack *p)
{
    return p->source;
}
const char *pack_sha256(const struct pack *p)
{
    return p->sha256;
}
const char *pack_from(const struct pack *p)
{
    return p->from;
}
const char *pack_to(const struct pack *p)
{
    return p->to;
}

const char *pack_text(const struct pack *p, const char *name,
                      const char **citation)
{
    for (size_t i = 0; i < p->text_count; i++)
        if (strcmp(p->texts[i].name, name) == 0) {
            if (citation != NULL)
                *citation = p->texts[i].citation;
            return p->texts[i].text;
        }
    return NULL;
}

size_t pack_text_count(const struct pack *p)
{
    return p->text_count;
}

const char *pack_text_name(const struct pack *p, size_t i)
{
    return i < p->text_count ? p->texts[i].name : NULL;
}

const struct pack_agency *pack_agency(const struct pack *p, const char *class)
{
    for (size_t i = 0; i < p->agency_count; i++)
        if (strcmp(p->agencies[i].class, class) == 0)
            return &p->agencies[i];
    return NULL;
}

size_t pack_agency_count(const struct pack *p)
{
    return p->agency_count;
}

const struct pack_agency *pack_agency_at(const struct pack *p, size_t i)
{
    return i < p->agency_count ? &p->agencies[i] : NULL;
}
