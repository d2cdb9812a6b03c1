#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16, FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 1024 * 1024 };

struct block {
    struct block *next; /* older */
    size_t size, used;
    _Alignas(ALIGN) char bytes[];
};

struct arena {
    struct block *top;
    size_t cap, used; /* used: over all blocks, padding included */
    bool capped;      /* the last refusal was the cap's */
};

static _Thread_local size_t fail_in, asked;

size_t mem_fail_at(size_t n)
{
    size_t seen = asked;
    fail_in = n;
    asked = 0;
    return seen;
}

static bool fails_now(void)
{
    asked++;
    return fail_in != 0 && asked == fail_in;
}

void *mem_array(size_t count, size_t size)
{
    if (fails_now())
        return NULL;
    return calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
}

void *mem_grow(void *old, size_t old_count, size_t new_count, size_t size)
{
    if (size != 0 && new_count > SIZE_MAX / size)
        return NULL;
    if (fails_now())
        return NULL;
    char *p = realloc(old, new_count * size == 0 ? 1 : new_count * size);
    if (p != NULL && new_count > old_count)
        memset(p + old_count * size, 0, (new_count - old_count) * size);
    return p;
}

char *mem_string(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = mem_array(n, 1);
    if (p != NULL)
        memcpy(p, text, n);
    return p;
}

status mem_room(void *list, size_t *room, size_t need, size_t size,
                struct error *e)
{
    void *old;

    if (need <= *room)
        return ST_OK;
    size_t now = need + need / 2 + 16;
    memcpy(&old, list, sizeof old);
    void *fresh = mem_grow(old, *room, now, size);
    if (fresh == NULL)
        return error_memory(e);
    memcpy(list, &fresh, sizeof fresh);
    *room = now;
    return ST_OK;
}

void mem_free(void *p)
{
    free(p);
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = mem_array(1, sizeof *a);
    if (a != NULL)
        a->cap = cap;
    return a;
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    for (struct block *b = a->top; b != NULL;) {
        struct block *older = b->next;
        free(b);
        b = older;
    }
    free(a);
}

void arena_reset(struct arena *a)
{
    while (a->top != NULL && a->top->next != NULL) {
        struct block *older = a->top->next;
        free(a->top);
        a->top = older;
    }
    if (a->top != NULL) {
        memset(a->top->bytes, 0, a->top->used);
        a->top->used = 0;
    }
    a->used = 0;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

static struct block *add_block(struct arena *a, size_t need)
{
    size_t size = FIRST_BLOCK;
    if (a->top != NULL && a->top->size < LARGEST_BLOCK)
        size = a->top->size * 2;
    else if (a->top != NULL)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *b = mem_array(1, sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->size = size;
    b->next = a->top;
    a->top = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGN)
        return NULL;
    size_t need = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (need == 0)
        need = ALIGN;
    a->capped = need > a->cap || a->used > a->cap - need;
    if (a->capped)
        return NULL;
    struct block *b = a->top;
    if (b == NULL || b->size - b->used < need) {
        b = add_block(a, need);
        if (b == NULL)
            return NULL;
    }
    void *p = b->bytes + b->used;
    b->used += need;
    a->used += need;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        a->capped = true;
        return NULL;
    }
    return arena_alloc(a, count * size);
}

char *arena_copy(struct arena *a, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *p = arena_alloc(a, length + 1);
    if (p != NULL && length > 0)
        memcpy(p, text, length);
    return p;
}

char *arena_string(struct arena *a, const char *text)
{
    return arena_copy(a, text, strlen(text));
}

char *arena_format(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (p != NULL)
        (void)vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

status arena_error(const struct arena *a, struct error *e)
{
    if (a->capped)
        return error_set(e, ST_LIMIT, "more than the allowed %zu MB of memory "
                         "would be needed", a->cap / (1024 * 1024));
    return error_memory(e);
}
