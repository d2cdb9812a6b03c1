/* Sets of inputs, each kept once: equal sets have equal numbers. Where they would
 * take too much room a set becomes "all", which is never wrong: an input that a
 * part does not read has no share in it. */
#include "model/program_in.h"

#include <stdlib.h>

enum { SETS_ENTRIES_MAX = 8 << 20, SET_ALL = 1 };

struct sets {
    size_t features;
    size_t *first;        /* [count + 1] in entry */
    size_t count, first_room;
    uint32_t *entry;
    size_t entries, entry_room;
    uint32_t *bucket;     /* 1 + set; 0: free */
    size_t buckets;
    uint32_t *joined;     /* [features] what a union gathers */
    uint32_t *stamp;      /* [features] last union that had it */
    uint32_t *set_stamp;  /* [count] last union that had the set */
    size_t set_stamps;
    uint32_t round;
};

void sets_free(struct sets *s)
{
    if (s == NULL)
        return;
    mem_free(s->first);
    mem_free(s->entry);
    mem_free(s->bucket);
    mem_free(s->joined);
    mem_free(s->stamp);
    mem_free(s->set_stamp);
    mem_free(s);
}

const uint32_t *sets_at(const struct sets *s, uint32_t set, size_t *n)
{
    *n = s->first[set + 1] - s->first[set];
    return s->entry + s->first[set];
}

static uint64_t hash_set(const uint32_t *of, size_t n)
{
    return hash_bytes(n > 0 ? (const void *)of : "", n * sizeof *of);
}

static void link_set(struct sets *s, uint32_t set)
{
    size_t n;
    const uint32_t *of = sets_at(s, set, &n);
    size_t at = hash_set(of, n) % s->buckets;
    while (s->bucket[at] != 0)
        at = (at + 1) % s->buckets;
    s->bucket[at] = set + 1;
}

static status more_buckets(struct sets *s, struct error *e)
{
    if (s->count + 1 < s->buckets / 2)
        return ST_OK;
    size_t wanted = s->buckets == 0 ? 1024 : s->buckets * 2;
    uint32_t *grown = mem_array(wanted, sizeof *grown);
    if (grown == NULL)
        return error_memory(e);
    mem_free(s->bucket);
    s->bucket = grown;
    s->buckets = wanted;
    for (size_t i = 0; i < s->count; i++)
        link_set(s, (uint32_t)i);
    return ST_OK;
}

/* of: ascending. */
static status keep_set(struct sets *s, const uint32_t *of, size_t n,
                       uint32_t *out, struct error *e)
{
    TRY(more_buckets(s, e));
    size_t at = hash_set(of, n) % s->buckets;
    for (; s->bucket[at] != 0; at = (at + 1) % s->buckets) {
        size_t have;
        const uint32_t *held = sets_at(s, s->bucket[at] - 1, &have);
        if (have == n && (n == 0 || memcmp(held, of, n * sizeof *of) == 0)) {
            *out = s->bucket[at] - 1;
            return ST_OK;
        }
    }
    if (s->count > SET_ALL && n > SETS_ENTRIES_MAX - s->entries) {
        *out = SET_ALL;
        return ST_OK;
    }
    TRY(MEM_ROOM(s->entry, s->entry_room, s->entries + n + 1, e));
    TRY(MEM_ROOM(s->first, s->first_room, s->count + 2, e));
    if (n > 0)
        memcpy(s->entry + s->entries, of, n * sizeof *of);
    s->entries += n;
    s->first[s->count + 1] = s->entries;
    s->bucket[at] = (uint32_t)++s->count;
    *out = (uint32_t)s->count - 1;
    return ST_OK;
}

static status start(struct sets *s, struct error *e)
{
    uint32_t set;
    size_t n = s->features;
    s->joined = mem_array(n + 1, sizeof *s->joined);
    s->stamp = mem_array(n + 1, sizeof *s->stamp);
    if (s->joined == NULL || s->stamp == NULL)
        return error_memory(e);
    TRY(MEM_ROOM(s->first, s->first_room, 2, e));
    s->first[0] = 0;
    TRY(keep_set(s, s->joined, 0, &set, e));
    for (size_t f = 0; f < n; f++)
        s->joined[f] = (uint32_t)f;
    return keep_set(s, s->joined, n, &set, e);
}

status sets_new(size_t features, struct sets **out, struct error *e)
{
    struct sets *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return error_memory(e);
    s->features = features;
    status made = start(s, e);
    if (made != ST_OK) {
        sets_free(s);
        return made;
    }
    *out = s;
    return ST_OK;
}

status sets_one(struct sets *s, uint32_t feature, uint32_t *out,
                struct error *e)
{
    return keep_set(s, &feature, 1, out, e);
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static status next_round(struct sets *s, struct error *e)
{
    if (s->set_stamps < s->count) {
        size_t before = s->set_stamps;
        TRY(MEM_ROOM(s->set_stamp, s->set_stamps, s->count, e));
        memset(s->set_stamp + before, 0,
               (s->set_stamps - before) * sizeof *s->set_stamp);
    }
    if (++s->round != 0)
        return ST_OK;
    memset(s->stamp, 0, (s->features + 1) * sizeof *s->stamp);
    memset(s->set_stamp, 0, s->set_stamps * sizeof *s->set_stamp);
    s->round = 1;
    return ST_OK;
}

status sets_union(struct sets *s, const uint32_t *of, size_t n, uint32_t *out,
                  struct error *e)
{
    size_t joined = 0, differ = 0;
    TRY(next_round(s, e));
    for (size_t i = 0; i < n; i++) {
        size_t have;
        const uint32_t *set = sets_at(s, of[i], &have);
        if (s->set_stamp[of[i]] == s->round)
            continue;
        s->set_stamp[of[i]] = s->round;
        differ += have > 0;
        for (size_t j = 0; j < have; j++) {
            if (s->stamp[set[j]] == s->round)
                continue;
            s->stamp[set[j]] = s->round;
            s->joined[joined++] = set[j];
        }
    }
    if (differ > 1)
        qsort(s->joined, joined, sizeof *s->joined, ascending);
    return keep_set(s, s->joined, joined, out, e);
}

bool sets_within(const struct sets *s, uint32_t small, uint32_t large)
{
    size_t a, b, j = 0;
    const uint32_t *x = sets_at(s, small, &a), *y = sets_at(s, large, &b);
    for (size_t i = 0; i < a; i++, j++) {
        while (j < b && y[j] < x[i])
            j++;
        if (j == b || y[j] != x[i])
            return false;
    }
    return true;
}
