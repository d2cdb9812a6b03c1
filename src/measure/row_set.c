#include "measure/quality.h"

#include "base/arena.h"
#include "base/hash.h"

#include <math.h>

enum { CAP = 4000000, ROOM_FIRST = 1024 };

struct row_set {
    uint64_t *key; /* open addressing, room a power of two, 0: empty */
    size_t room, used, cap;
    double rows, repeated;
    bool capped;
};

struct row_set *row_set_new(size_t cap)
{
    struct row_set *s = mem_array(1, sizeof *s);
    if (s != NULL)
        s->cap = cap != 0 ? cap : CAP;
    return s;
}

void row_set_free(struct row_set *s)
{
    if (s != NULL)
        mem_free(s->key);
    mem_free(s);
}

static uint64_t *slot(uint64_t *key, size_t room, uint64_t hash)
{
    size_t i = (size_t)(hash ^ (hash >> 32)) & (room - 1);
    while (key[i] != 0 && key[i] != hash)
        i = (i + 1) & (room - 1);
    return &key[i];
}

static bool grow(struct row_set *s)
{
    size_t room = s->room == 0 ? ROOM_FIRST : 2 * s->room;
    uint64_t *key = mem_array(room, sizeof *key);
    if (key == NULL)
        return false;
    for (size_t i = 0; i < s->room; i++)
        if (s->key[i] != 0)
            *slot(key, room, s->key[i]) = s->key[i];
    mem_free(s->key);
    s->key = key;
    s->room = room;
    return true;
}

status row_set_add(struct row_set *s, uint64_t hash, struct error *e)
{
    hash += hash == 0 ? 1 : 0; /* 0 marks an empty place */
    s->rows += 1.0;
    if (2 * (s->used + 1) > s->room && !grow(s))
        return error_memory(e);
    uint64_t *at = slot(s->key, s->room, hash);
    if (*at == hash) {
        s->repeated += 1.0;
    } else if (s->used >= s->cap) {
        s->capped = true;
    } else {
        *at = hash;
        s->used++;
    }
    return ST_OK;
}

double row_set_rows(const struct row_set *s)
{
    return s->rows;
}

double row_set_repeated(const struct row_set *s)
{
    return s->repeated;
}

bool row_set_capped(const struct row_set *s)
{
    return s->capped;
}

static uint64_t fold(uint64_t hash, uint64_t cell)
{
    hash = (hash ^ cell) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93U;
    return hash ^ (hash >> 32);
}

uint64_t row_hash_number(uint64_t hash, double x)
{
    uint64_t bits = 0x7ff8000000000000U;
    if (!isnan(x)) {
        x += 0.0; /* -0 becomes 0 */
        memcpy(&bits, &x, sizeof bits);
    }
    return fold(hash + 1, bits);
}

uint64_t row_hash_text(uint64_t hash, const char *text, size_t length)
{
    return fold(hash + 2, hash_bytes(text, length));
}
