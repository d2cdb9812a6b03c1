#include "syntax/config.h"

#include "base/arena.h"
#include "base/hash.h"
#include "syntax/token.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct spot {
    const cJSON *node;
    struct place value, key;
    long value_length, key_length;
};

struct config {
    char *name, *bytes;
    size_t length;
    cJSON *root;
    struct spot *spot; /* by node, once parsing is done */
    size_t spots, room;
};

/* One open object or array while the tree is made. */
struct level {
    cJSON *node;
    struct names *keys; /* objects */
};

struct maker {
    struct config *c;
    struct tokens *t;
    struct level level[CONFIG_DEPTH_MAX];
    size_t depth;
    char *key; /* of the value to come, or NULL */
    struct place key_place;
    long key_length;
};

static cJSON *make_node(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_BEGIN_OBJECT:
        return cJSON_CreateObject();
    case TOKEN_BEGIN_ARRAY:
        return cJSON_CreateArray();
    case TOKEN_STRING:
        return cJSON_CreateString(token->text);
    case TOKEN_NUMBER:
        return cJSON_CreateNumber(token->number);
    case TOKEN_TRUE:
        return cJSON_CreateTrue();
    case TOKEN_FALSE:
        return cJSON_CreateFalse();
    default:
        return cJSON_CreateNull();
    }
}

/* What a caret should underline: a scalar as written, or one bracket. */
static long written_length(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_KEY:
    case TOKEN_STRING:
        return (long)token->length + 2;
    case TOKEN_NUMBER:
        return (long)token->length;
    case TOKEN_FALSE:
        return 5;
    case TOKEN_TRUE:
    case TOKEN_NULL:
        return 4;
    default:
        return 1;
    }
}

static status remember(struct maker *m, const cJSON *node,
                       const struct token *token, struct error *e)
{
    struct config *c = m->c;
    if (c->spots == c->room) {
        size_t room = c->room == 0 ? 64 : c->room * 2;
        struct spot *s = mem_grow(c->spot, c->room, room, sizeof *s);
        if (s == NULL)
            return error_memory(e);
        c->spot = s;
        c->room = room;
    }
    struct spot *s = &c->spot[c->spots++];
    *s = (struct spot){node, token->place, token->place, written_length(token),
                       written_length(token)};
    s->value.source = s->key.source = c->name;
    if (m->key != NULL) {
        s->key = m->key_place;
        s->key.source = c->name;
        s->key_length = m->key_length;
    }
    return ST_OK;
}

static bool attach(struct maker *m, cJSON *node)
{
    if (m->depth == 0) {
        m->c->root = node;
        return true;
    }
    cJSON *parent = m->level[m->depth - 1].node;
    if (m->key != NULL ? cJSON_AddItemToObject(parent, m->key, node)
                       : cJSON_AddItemToArray(parent, node))
        return true;
    cJSON_Delete(node);
    return false;
}

static status take_value(struct maker *m, const struct token *token,
                         struct error *e)
{
    if (token->kind == TOKEN_STRING && strlen(token->text) < token->length)
        return tokens_fault(m->t, e, ST_SYNTAX, "a text with \\u0000 in it");
    cJSON *node = make_node(token);
    if (node == NULL || !attach(m, node))
        return error_memory(e);
    TRY(remember(m, node, token, e));
    mem_free(m->key);
    m->key = NULL;
    if (token->kind != TOKEN_BEGIN_OBJECT && token->kind != TOKEN_BEGIN_ARRAY)
        return ST_OK;
    struct level *l = &m->level[m->depth++];
    *l = (struct level){node, NULL};
    if (token->kind == TOKEN_BEGIN_OBJECT && (l->keys = names_new()) == NULL)
        return error_memory(e);
    return ST_OK;
}

static status take_key(struct maker *m, const struct token *token,
                       struct error *e)
{
    struct names *keys = m->level[m->depth - 1].keys;
    if (strlen(token->text) < token->length)
        return tokens_fault(m->t, e, ST_SYNTAX, "a key with \\u0000 in it");
    if (names_find(keys, token->text, token->length) >= 0)
        return tokens_fault(m->t, e, ST_SYNTAX,
                            "the key \"%.80s\" stands twice in this object",
                            token->text);
    m->key = mem_string(token->text);
    if (m->key == NULL || names_add(keys, token->text, token->length) < 0)
        return error_memory(e);
    m->key_place = token->place;
    m->key_length = written_length(token);
    return ST_OK;
}

static status build(struct maker *m, struct error *e)
{
    for (;;) {
        struct token token;
        TRY(tokens_next(m->t, &token, e));
        switch (token.kind) {
        case TOKEN_END:
            return ST_OK;
        case TOKEN_KEY:
            TRY(take_key(m, &token, e));
            break;
        case TOKEN_END_OBJECT:
        case TOKEN_END_ARRAY:
            names_free(m->level[--m->depth].keys);
            break;
        default:
            TRY(take_value(m, &token, e));
            break;
        }
    }
}

static int by_node(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct spot *)a)->node;
    uintptr_t y = (uintptr_t)((const struct spot *)b)->node;
    return (x > y) - (x < y);
}

static status parse(struct config *c, struct error *e)
{
    struct memory_stream bytes = {c->bytes, c->length, 0};
    struct token_limits limits = {.depth = CONFIG_DEPTH_MAX, .comments = true};
    struct maker m = {.c = c};
    TRY(tokens_open_json(stream_of_memory(&bytes, c->name), &limits, &m.t, e));
    status s = build(&m, e);
    tokens_free(m.t);
    mem_free(m.key);
    while (m.depth > 0)
        names_free(m.level[--m.depth].keys);
    if (s == ST_OK)
        qsort(c->spot, c->spots, sizeof *c->spot, by_node);
    return s;
}

status config_parse(const char *bytes, size_t length, const char *name,
                    struct config **out, struct error *e)
{
    if (length > CONFIG_BYTES_MAX) {
        struct place p = {name, 0, 0, -1};
        return error_at(e, ST_LIMIT, &p, "more than %d MB",
                        CONFIG_BYTES_MAX / (1024 * 1024));
    }
    struct config *c = mem_array(1, sizeof *c);
    if (c == NULL)
        return error_memory(e);
    c->name = mem_string(name);
    c->bytes = mem_array(length + 1, 1);
    c->length = length;
    if (c->name == NULL || c->bytes == NULL) {
        config_free(c);
        return error_memory(e);
    }
    if (length > 0)
        memcpy(c->bytes, bytes, length);
    status s = parse(c, e);
    if (s != ST_OK) {
        config_free(c);
        return s;
    }
    *out = c;
    return ST_OK;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    cJSON_Delete(c->root);
    mem_free(c->spot);
    mem_free(c->bytes);
    mem_free(c->name);
    mem_free(c);
}

const cJSON *config_root(const struct config *c)
{
    return c->root;
}

const char *config_name(const struct config *c)
{
    return c->name;
}

static const struct spot *find(const struct config *c, const cJSON *node)
{
    struct spot wanted = {.node = node};
    return bsearch(&wanted, c->spot, c->spots, sizeof wanted, by_node);
}

struct place config_place(const struct config *c, const cJSON *node)
{
    const struct spot *s = find(c, node);
    return s == NULL ? PLACE_NONE : s->value;
}

struct place config_key_place(const struct config *c, const cJSON *node)
{
    const struct spot *s = find(c, node);
    return s == NULL ? PLACE_NONE : s->key;
}

static status fault_at(const struct config *c, const struct place *p,
                       long length, struct error *e, status class,
                       const char *format, va_list args)
    __attribute__((format(printf, 6, 0)));
static status fault_at(const struct config *c, const struct place *p,
                       long length, struct error *e, status class,
                       const char *format, va_list args)
{
    char text[ERROR_TEXT_MAX];
    (void)vsnprintf(text, sizeof text, format, args);
    (void)error_at(e, class, p, "%s", text);
    if (p->offset < 0 || (size_t)p->offset > c->length)
        return class;
    size_t at = (size_t)p->offset, start = at, end = at;
    while (start > 0 && c->bytes[start - 1] != '\n')
        start--;
    while (end < c->length && c->bytes[end] != '\n' && c->bytes[end] != '\r')
        end++;
    error_excerpt(e, c->bytes + start, end - start, at - start, (size_t)length);
    return class;
}

status config_fault(const struct config *c, const cJSON *node, struct error *e,
                    status class, const char *format, ...)
{
    const struct spot *s = find(c, node);
    struct place unknown = {c->name, 0, 0, -1};
    va_list args;
    va_start(args, format);
    (void)fault_at(c, s == NULL ? &unknown : &s->value,
                   s == NULL ? 1 : s->value_length, e, class, format, args);
    va_end(args);
    return class;
}

status config_key_fault(const struct config *c, const cJSON *node,
                        struct error *e, status class, const char *format, ...)
{
    const struct spot *s = find(c, node);
    struct place unknown = {c->name, 0, 0, -1};
    va_list args;
    va_start(args, format);
    (void)fault_at(c, s == NULL ? &unknown : &s->key,
                   s == NULL ? 1 : s->key_length, e, class, format, args);
    va_end(args);
    return class;
}
