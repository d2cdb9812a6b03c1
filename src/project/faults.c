#include "project/reading.h"

#include <stdio.h>
#include <string.h>

void fault_list_free(struct fault_list *f)
{
    mem_free(f->fault);
    *f = (struct fault_list){0};
}

size_t fault_list_count(const struct fault_list *f, enum fault_severity s)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->fault[i].severity == s;
    return n;
}

void places_free(struct places *l)
{
    if (l == NULL)
        return;
    mem_free(l->landing);
    mem_free(l);
}

void places_source(struct places *l, const char *name, const char *bytes,
                   size_t length)
{
    if (l->sources < sizeof l->source / sizeof *l->source)
        l->source[l->sources++] = (struct source_text){name, bytes, length};
}

bool places_land(struct places *l, const void *at, struct place place)
{
    if (l->landings == l->room) {
        size_t room = l->room == 0 ? 256 : l->room * 2;
        void *grown = mem_grow(l->landing, l->room, room, sizeof *l->landing);
        if (grown == NULL)
            return false;
        l->landing = grown;
        l->room = room;
    }
    l->landing[l->landings++] = (struct landing){at, place};
    return true;
}

struct place place_of(const struct places *l, const void *at,
                          struct place or_else)
{
    for (size_t i = 0; l != NULL && i < l->landings; i++)
        if (l->landing[i].at == at)
            return l->landing[i].place;
    return or_else;
}

static size_t line_start(const char *bytes, size_t at)
{
    while (at > 0 && bytes[at - 1] != '\n' && bytes[at - 1] != '\r')
        at--;
    return at;
}

/* Length of the token that begins here, for the caret's tail. */
static size_t token_length(const char *line, size_t n)
{
    size_t i = 0;
    if (n > 0 && line[0] == '"') {
        for (i = 1; i < n && line[i] != '"'; i++)
            if (line[i] == '\\' && i + 1 < n)
                i++;
        return i < n ? i + 1 : n;
    }
    while (i < n && strchr(",;:]}\t", line[i]) == NULL)
        i++;
    while (i > 0 && line[i - 1] == ' ')
        i--;
    return i == 0 ? 1 : i;
}

static void put_excerpt(const struct places *l, struct error *e,
                        const struct place *place)
{
    if (l == NULL || place->source == NULL || place->offset < 0)
        return;
    for (size_t i = 0; i < l->sources; i++) {
        const struct source_text *s = &l->source[i];
        size_t at = (size_t)place->offset;
        if (strcmp(s->name, place->source) != 0 || at >= s->length)
            continue;
        size_t start = line_start(s->bytes, at), end = at;
        while (end < s->length && s->bytes[end] != '\n' &&
               s->bytes[end] != '\r')
            end++;
        error_excerpt(e, s->bytes + start, end - start, at - start,
                      token_length(s->bytes + at, end - at));
        return;
    }
}

/* Errors and other faults are capped apart: a model of a thousand inputs has a
 * thousand gaps, which must neither hide an error nor become one. */
static bool is_full(const struct fault_list *list, enum fault_severity severity)
{
    size_t errors = fault_list_count(list, FAULT_ERROR);
    return (severity == FAULT_ERROR ? errors : list->count - errors) >=
           FAULTS_MAX;
}

void fault_put(const struct places *l, struct fault_list *list,
               enum fault_severity severity, const char *gate,
               struct place place, const char *format, ...)
{
    if (is_full(list, severity)) {
        list->beyond++;
        return;
    }
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        void *grown =
            mem_grow(list->fault, list->room, room, sizeof *list->fault);
        if (grown == NULL) {
            list->lost = true;
            return;
        }
        list->fault = grown;
        list->room = room;
    }
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct fault *f = &list->fault[list->count++];
    *f = (struct fault){.severity = severity, .gate = gate};
    (void)error_at(&f->error, ST_ARGUMENT, &place, "%s", text);
    put_excerpt(l, &f->error, &place);
}

status fault_list_end(const struct fault_list *list, struct error *e)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->fault[i].severity == FAULT_ERROR) {
            if (e != NULL)
                *e = list->fault[i].error;
            return list->fault[i].error.class;
        }
    return list->lost ? error_memory(e) : ST_OK; /* it may have been an error */
}
