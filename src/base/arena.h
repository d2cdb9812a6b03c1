/* base/arena.h: memory of one lifetime, freed at once. Not thread-safe: one
 * arena a thread. Every arena is born with a cap in bytes; an allocation beyond
 * it, or beyond what the system has, returns NULL (the caller reports LIMIT or
 * MEMORY through arena_error). */
#ifndef CANDOR_BASE_ARENA_H
#define CANDOR_BASE_ARENA_H

#include "base/error.h"

struct arena;

struct arena *arena_new(size_t cap); /* NULL: no memory */
void arena_free(struct arena *a);    /* NULL is fine */
/* Forgets everything but keeps the first block for reuse. */
void arena_reset(struct arena *a);
size_t arena_used(const struct arena *a);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_array(struct arena *a, size_t count, size_t size); /* overflow: NULL */
char *arena_copy(struct arena *a, const char *text, size_t length); /* adds a 0 */
char *arena_string(struct arena *a, const char *text);
char *arena_format(struct arena *a, const char *format, ...) PRINTF(2, 3);
/* Fills e with LIMIT or MEMORY, whichever stopped the last allocation. */
status arena_error(const struct arena *a, struct error *e);

#define arena_new_array(a, type, count)                                        \
    ((type *)arena_array(a, count, sizeof(type)))
#define arena_new_one(a, type) ((type *)arena_alloc(a, sizeof(type)))

/* Plain heap with overflow checks, zeroed; for things that grow or live alone. */
void *mem_array(size_t count, size_t size);
void *mem_grow(void *old, size_t old_count, size_t new_count, size_t size);
char *mem_string(const char *text);
void mem_free(void *p);
/* list: the address of a pointer to elements of `size` bytes, *room of them.
 * Grows it, with some to spare, to hold `need`; what was in it stays. */
MUST_USE status mem_room(void *list, size_t *room, size_t need, size_t size,
                         struct error *e);
#define MEM_ROOM(list, room, need, e)                                          \
    mem_room(&(list), &(room), (need), sizeof *(list), (e))
/* Test hook: the n-th allocation from now (1 = the next) fails, in this thread;
 * 0 switches it off. Returns how many were asked for since it was set. */
size_t mem_fail_at(size_t n);

#endif
