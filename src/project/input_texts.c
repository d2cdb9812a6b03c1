#include "project/input_texts.h"

#include "base/arena.h"
#include "base/hash.h"

#define BYTES_MAX ((size_t)4 << 30)

struct input_texts {
    struct names *names;
    const char **text; /* [INPUT_TEXTS_MAX]; pages that nobody wrote cost none */
    size_t count, bytes;
    char lock;
};

struct input_texts *input_texts_new(void)
{
    struct input_texts *t = mem_array(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->names = names_new();
    t->text = mem_array(INPUT_TEXTS_MAX, sizeof *t->text);
    if (t->names == NULL || t->text == NULL) {
        input_texts_free(t);
        return NULL;
    }
    return t;
}

void input_texts_free(struct input_texts *t)
{
    if (t == NULL)
        return;
    names_free(t->names);
    mem_free(t->text);
    mem_free(t);
}

/* The lock is held. */
static size_t add(struct input_texts *t, const char *text, size_t length)
{
    long at = names_find(t->names, text, length);
    if (at >= 0)
        return (size_t)at;
    if (t->count == INPUT_TEXTS_MAX || length > BYTES_MAX - t->bytes)
        return INPUT_TEXTS_MAX;
    at = names_add(t->names, text, length);
    if (at < 0)
        return INPUT_TEXTS_MAX;
    t->text[at] = names_at(t->names, (size_t)at);
    t->bytes += length;
    __atomic_store_n(&t->count, (size_t)at + 1, __ATOMIC_RELEASE);
    return (size_t)at;
}

size_t input_texts_add(struct input_texts *t, const char *text, size_t length)
{
    while (__atomic_test_and_set(&t->lock, __ATOMIC_ACQUIRE))
        continue;
    size_t at = add(t, text, length);
    __atomic_clear(&t->lock, __ATOMIC_RELEASE);
    return at;
}

size_t input_texts_all(const struct input_texts *t, const char *const **text)
{
    *text = t->text;
    return __atomic_load_n(&t->count, __ATOMIC_ACQUIRE);
}
