#include "batch/estimating_in.h"

#include "base/arena.h"

#include <string.h>

enum { SLOTS_FIRST = 256 };

void memo_close(struct estimate_memo *m)
{
    mem_free(m->set);
    mem_free(m->value);
    mem_free(m->slot);
    memset(m, 0, sizeof *m);
}

status memo_open(struct estimate_memo *m, const struct asked_game *inner,
                 struct error *e)
{
    size_t words = (inner->players + 63) / 64;
    if (words != m->words || inner->samples != m->samples)
        memo_close(m);
    m->inner = inner;
    m->words = words;
    m->samples = inner->samples;
    m->count = 0;
    if (m->slot == NULL) {
        m->slots = SLOTS_FIRST;
        m->slot = mem_array(m->slots, sizeof *m->slot);
    }
    if (m->slot == NULL)
        return error_memory(e);
    memset(m->slot, 0, m->slots * sizeof *m->slot);
    return ST_OK;
}

static size_t hash(const struct estimate_memo *m, const uint64_t *set)
{
    uint64_t h = 0x9e3779b97f4a7c15U;
    for (size_t i = 0; i < m->words; i++) {
        h = (h ^ set[i]) * 0xbf58476d1ce4e5b9U;
        h ^= h >> 31;
    }
    return (size_t)h;
}

/* The slot of a set: its own, or the free one where it would stand. */
static uint32_t *slot_of(const struct estimate_memo *m, const uint64_t *set)
{
    size_t at = hash(m, set) & (m->slots - 1);
    while (m->slot[at] != 0 &&
           memcmp(m->set + (size_t)(m->slot[at] - 1) * m->words, set,
                  m->words * sizeof *set) != 0)
        at = (at + 1) & (m->slots - 1);
    return &m->slot[at];
}

static status spread(struct estimate_memo *m, size_t count, struct error *e)
{
    size_t slots = m->slots;
    while (slots < 2 * count + 2)
        slots *= 2;
    if (slots == m->slots)
        return ST_OK;
    uint32_t *slot = mem_array(slots, sizeof *slot);
    if (slot == NULL)
        return error_memory(e);
    mem_free(m->slot);
    m->slot = slot;
    m->slots = slots;
    for (size_t i = 0; i < m->count; i++)
        *slot_of(m, m->set + i * m->words) = (uint32_t)i + 1;
    return ST_OK;
}

static status make_room(struct estimate_memo *m, size_t more, struct error *e)
{
    size_t need = m->count + more, room = m->room == 0 ? 64 : m->room;
    while (room < need)
        room *= 2;
    if (room > m->room) {
        uint64_t *set = mem_grow(m->set, m->room * m->words, room * m->words,
                                 sizeof *set);
        if (set == NULL)
            return error_memory(e);
        m->set = set;
        double *value = mem_grow(m->value, m->room * m->samples,
                                 room * m->samples, sizeof *value);
        if (value == NULL)
            return error_memory(e);
        m->value = value;
        m->room = room;
    }
    return spread(m, need, e);
}

/* New sets get their place before they are answered; on failure they lose it
 * again with all others. */
static status learn(struct estimate_memo *m, const uint64_t *set, size_t n,
                    struct error *e)
{
    size_t from = m->count;
    TRY(make_room(m, n, e));
    for (size_t i = 0; i < n; i++) {
        const uint64_t *one = set + i * m->words;
        uint32_t *slot = slot_of(m, one);
        if (*slot != 0)
            continue;
        memcpy(m->set + m->count * m->words, one, m->words * sizeof *one);
        *slot = (uint32_t)++m->count;
    }
    if (m->count == from)
        return ST_OK;
    return m->inner->ask(m->inner->self, m->set + from * m->words,
                         m->count - from, m->value + from * m->samples, e);
}

static status ask(void *self, const uint64_t *set, size_t n, double *value,
                  struct error *e)
{
    struct estimate_memo *m = self;
    TRY(learn(m, set, n, e));
    for (size_t i = 0; i < n; i++)
        memcpy(value + i * m->samples,
               m->value + (size_t)(*slot_of(m, set + i * m->words) - 1) *
                              m->samples,
               m->samples * sizeof *value);
    return ST_OK;
}

struct asked_game memo_game(struct estimate_memo *m)
{
    struct asked_game g = *m->inner;
    g.self = m;
    g.ask = ask;
    return g;
}

static status ask_both(void *self, const uint64_t *set, size_t n,
                       double *value, struct error *e)
{
    struct estimate_joined *j = self;
    size_t one = j->first->samples, two = j->second->samples;
    size_t larger = one > two ? one : two;
    if (n * larger > j->room) {
        mem_free(j->value);
        j->room = 0;
        j->value = mem_array(n * larger, sizeof *j->value);
        if (j->value == NULL)
            return error_memory(e);
        j->room = n * larger;
    }
    TRY(ask(j->first, set, n, j->value, e));
    for (size_t i = 0; i < n; i++)
        memcpy(value + i * (one + two), j->value + i * one,
               one * sizeof *value);
    TRY(j->second->ask(j->second->self, set, n, j->value, e));
    for (size_t i = 0; i < n; i++)
        memcpy(value + i * (one + two) + one, j->value + i * two,
               two * sizeof *value);
    return ST_OK;
}

void joined_open(struct estimate_joined *j, struct estimate_memo *first,
                 const struct asked_game *second)
{
    j->first = first;
    j->second = second;
    j->game = *second;
    j->game.self = j;
    j->game.ask = ask_both;
    j->game.samples = first->samples + second->samples;
}

void joined_close(struct estimate_joined *j)
{
    mem_free(j->value);
    memset(j, 0, sizeof *j);
}
