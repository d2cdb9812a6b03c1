#include "language/inside.h"

#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

static const struct {
    const char *key, *arguments;
} needed_table[] = {
#define X(name, key, arguments) {key, arguments},
    LANGUAGE_NEEDED(X)
#undef X
};

static bool key_is_plain(const char *key)
{
    if (*key == '\0')
        return false;
    for (; *key != '\0'; key++)
        if (!((*key >= 'a' && *key <= 'z') || (*key >= '0' && *key <= '9') ||
              *key == '.' || *key == '-' || *key == '_'))
            return false;
    return true;
}

static struct language *language_blank(const char *tag, const char *rules_tag,
                                       size_t count)
{
    struct language *l = mem_array(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->arena = arena_new(ARENA_CAP);
    l->keys = names_new();
    if (l->arena != NULL) {
        l->tag = arena_string(l->arena, tag);
        l->rules_tag = arena_string(l->arena, rules_tag);
        l->messages = arena_new_array(l->arena, struct message, count + 1);
    }
    if (l->keys == NULL || l->messages == NULL || l->tag == NULL ||
        l->rules_tag == NULL) {
        language_free(l);
        return NULL;
    }
    return l;
}

void language_free(struct language *l)
{
    if (l == NULL)
        return;
    rules_free(&l->rules);
    names_free(l->keys);
    arena_free(l->arena);
    mem_free(l);
}

static status add_message(struct language *l, const struct language_entry *x,
                          bool pseudo, struct error *e)
{
    if (!key_is_plain(x->key))
        return error_at(e, ST_SYNTAX, &x->place,
                        "message key \"%s\" may hold only a-z, 0-9, '.', '-' "
                        "and '_'", x->key);
    if (strlen(x->text) > LANGUAGE_MESSAGE_MAX)
        return error_at(e, ST_LIMIT, &x->place,
                        "message \"%s\" is longer than %d bytes", x->key,
                        LANGUAGE_MESSAGE_MAX);
    long at = names_add(l->keys, x->key, strlen(x->key));
    if (at < 0)
        return error_memory(e);
    if ((size_t)at != l->count)
        return error_at(e, ST_SYNTAX, &x->place,
                        "message \"%s\" stands twice", x->key);
    struct message *m = &l->messages[l->count++];
    m->key = names_at(l->keys, (size_t)at);
    m->pattern = arena_string(l->arena, x->text);
    if (m->pattern == NULL)
        return arena_error(l->arena, e);
    return message_parse(l->arena, m, pseudo, &x->place, e);
}

static bool word_in(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
            return true;
    return false;
}

static status find_needed(struct language *l, const char *source,
                          struct error *e)
{
    struct place place = {source, 0, 0, -1};
    for (size_t i = 0; i < MESSAGES_NEEDED; i++) {
        l->needed[i] = language_find(l, needed_table[i].key);
        if (l->needed[i] < 0)
            return error_at(e, ST_FORMAT, &place,
                            "message \"%s\" is missing; every language has it",
                            needed_table[i].key);
        const struct message *m = &l->messages[l->needed[i]];
        for (int k = 0; k < m->arg_count; k++)
            if (!word_in(needed_table[i].arguments, m->args[k]))
                return error_at(e, ST_FORMAT, &place,
                                "message \"%s\" names {%s}; it has only: %s",
                                m->key, m->args[k], needed_table[i].arguments);
    }
    return ST_OK;
}

static status fill_language(struct language *l,
                            const struct language_entry *entries, size_t count,
                            bool pseudo, const char *source, struct error *e)
{
    TRY(rules_read(l, e));
    for (size_t i = 0; i < count; i++)
        TRY(add_message(l, &entries[i], pseudo, e));
    return find_needed(l, source, e);
}

status language_new(const char *tag, const struct language_entry *entries,
                    size_t count, const char *source, struct language **out,
                    struct error *e)
{
    if (count > LANGUAGE_MESSAGES_MAX)
        return error_set(e, ST_LIMIT, "%s: more than %d messages", source,
                         LANGUAGE_MESSAGES_MAX);
    struct language *l = language_blank(tag, tag, count);
    if (l == NULL)
        return error_memory(e);
    status s = fill_language(l, entries, count, false, source, e);
    if (s != ST_OK) {
        language_free(l);
        return s;
    }
    *out = l;
    return ST_OK;
}

status language_pseudo(const struct language *from, struct language **out,
                       struct error *e)
{
    struct language *l = language_blank("qps", from->rules_tag, from->count);
    struct language_entry *entries = mem_array(from->count + 1, sizeof *entries);
    status s = l == NULL || entries == NULL ? error_memory(e) : ST_OK;
    if (s == ST_OK) {
        for (size_t i = 0; i < from->count; i++)
            entries[i] = (struct language_entry){from->messages[i].key,
                                                 from->messages[i].pattern,
                                                 {"qps", 0, 0, -1}};
        s = fill_language(l, entries, from->count, true, "qps", e);
    }
    mem_free(entries);
    if (s != ST_OK) {
        language_free(l);
        return s;
    }
    *out = l;
    return ST_OK;
}

const char *language_tag(const struct language *l)
{
    return l->tag;
}

long language_find(const struct language *l, const char *key)
{
    return names_find(l->keys, key, strlen(key));
}

size_t language_count(const struct language *l)
{
    return l->count;
}

const char *language_key(const struct language *l, size_t message)
{
    return l->messages[message].key;
}

const char *language_nearest(const struct language *l, const char *key)
{
    const char **keys = mem_array(l->count + 1, sizeof *keys);
    if (keys == NULL)
        return NULL;
    for (size_t i = 0; i < l->count; i++)
        keys[i] = l->messages[i].key;
    const char *near = text_nearest(key, keys, l->count);
    mem_free(keys);
    return near;
}

const char *language_argument(const struct language *l, size_t message,
                              size_t i, bool *number)
{
    const struct message *m = &l->messages[message];
    if (i >= (size_t)m->arg_count)
        return NULL;
    if (number != NULL)
        *number = m->numbers[i];
    return m->args[i];
}

status language_say_needed(const struct language *l, enum language_needed which,
                           const struct message_arg *args, size_t count,
                           struct buf *out, struct error *e)
{
    return language_say(l, (size_t)l->needed[which], args, count, out, e);
}
