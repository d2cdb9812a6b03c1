/* Catalogues from JSON: flat, key → text. */
#include "document/template.h"

#include "base/arena.h"
#include "io/source.h"
#include "syntax/token.h"

#include <string.h>

struct reading {
    struct arena *arena;
    struct tokens *tokens;
    struct language_entry *entries;
    size_t count, room;
};

static status read_entry(struct reading *r, const struct token *key,
                         const char *source, struct error *e)
{
    struct token value;
    char *name = arena_copy(r->arena, key->text, key->length);
    if (name == NULL)
        return arena_error(r->arena, e);
    TRY(tokens_next(r->tokens, &value, e));
    if (value.kind != TOKEN_STRING)
        return tokens_fault(r->tokens, e, ST_SYNTAX,
                            "message \"%s\" is %s; a text is expected", name,
                            token_word(value.kind));
    if (r->count == LANGUAGE_MESSAGES_MAX)
        return tokens_fault(r->tokens, e, ST_LIMIT, "more than %d messages",
                            LANGUAGE_MESSAGES_MAX);
    if (r->count == r->room) {
        size_t room = r->room * 2 + 64;
        struct language_entry *more =
            mem_grow(r->entries, r->room, room, sizeof *more);
        if (more == NULL)
            return error_memory(e);
        r->entries = more;
        r->room = room;
    }
    struct language_entry *x = &r->entries[r->count++];
    x->key = name;
    x->text = arena_copy(r->arena, value.text, value.length);
    x->place = value.place;
    x->place.source = source;
    if (x->text == NULL)
        return arena_error(r->arena, e);
    if (strlen(x->text) != value.length)
        return tokens_fault(r->tokens, e, ST_SYNTAX,
                            "message \"%s\" holds a zero byte", name);
    return ST_OK;
}

static status read_entries(struct reading *r, const char *source,
                           struct error *e)
{
    struct token t;
    TRY(tokens_next(r->tokens, &t, e));
    if (t.kind != TOKEN_BEGIN_OBJECT)
        return tokens_fault(r->tokens, e, ST_SYNTAX,
                            "%s; a catalogue is one object of keys and texts",
                            token_word(t.kind));
    for (;;) {
        TRY(tokens_next(r->tokens, &t, e));
        if (t.kind == TOKEN_END_OBJECT)
            break;
        TRY(read_entry(r, &t, source, e));
    }
    return tokens_next(r->tokens, &t, e);
}

status language_read(const char *tag, const char *json, size_t length,
                     const char *source, struct language **out,
                     struct error *e)
{
    struct memory_stream memory = {json, length, 0};
    struct token_limits limits = {.depth = 4, .string = LANGUAGE_BYTES_MAX,
                                  .bytes = LANGUAGE_BYTES_MAX};
    struct reading r = {0};
    r.arena = arena_new(4 * (size_t)LANGUAGE_BYTES_MAX);
    if (r.arena == NULL)
        return error_memory(e);
    status s = tokens_open_json(stream_of_memory(&memory, source), &limits,
                                &r.tokens, e);
    if (s == ST_OK)
        s = read_entries(&r, source, e);
    if (s == ST_OK)
        s = language_new(tag, r.entries, r.count, source, out, e);
    tokens_free(r.tokens);
    mem_free(r.entries);
    arena_free(r.arena);
    return s;
}

status language_open(const char *const *folders, size_t folder_count,
                     const char *tag, struct language **out, struct error *e)
{
    for (const char *c = tag; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
              (*c >= '0' && *c <= '9') || *c == '-'))
            return error_set(e, ST_ARGUMENT,
                             "\"%s\" is no language tag (such as en-US)", tag);
    struct buf path = BUF_INIT(4096), bytes = BUF_INIT(LANGUAGE_BYTES_MAX);
    status s = ST_ARGUMENT;
    size_t i = 0;
    for (; i < folder_count; i++) {
        buf_clear(&path);
        buf_printf(&path, "%s/languages/%s.json", folders[i], tag);
        if (file_exists(buf_text(&path)))
            break;
    }
    if (i == folder_count)
        s = error_set(e, ST_ARGUMENT, "no language %s: languages/%s.json is in "
                      "no template folder", tag, tag);
    else
        s = file_load(buf_text(&path), &bytes, NULL, e);
    if (s == ST_OK)
        s = language_read(tag, buf_text(&bytes), bytes.length, buf_text(&path),
                          out, e);
    buf_free(&path);
    buf_free(&bytes);
    return s;
}
