#include "shapley/pairs.h"

#include "base/arena.h"

/* Marks pairs of used players, numbered densely, in a triangle of bits. */
struct mark {
    const struct model *m;
    const uint32_t *player;
    size_t players, used;
    uint32_t *number;   /* [players]: among the used, UINT32_MAX: unused */
    uint32_t *of;       /* [used] */
    uint64_t *bits;     /* [used × used] */
    uint16_t *on_path;  /* [used] */
    uint32_t *path;     /* [used] */
    size_t length;
};

static void number_players(struct mark *k)
{
    for (size_t p = 0; p < k->players; p++)
        k->number[p] = UINT32_MAX;
    for (size_t f = 0; f < k->m->features; f++) {
        if (k->m->feature[f].used)
            k->number[k->player[f]] = 0;
    }
    for (size_t p = 0; p < k->players; p++) {
        if (k->number[p] != 0)
            continue;
        k->number[p] = (uint32_t)k->used;
        k->of[k->used++] = (uint32_t)p;
    }
}

static void mark_pair(struct mark *k, uint32_t a, uint32_t b)
{
    size_t at = a < b ? a * k->used + b : b * k->used + a;

    k->bits[at / 64] |= (uint64_t)1 << at % 64;
}

static void enter(struct mark *k, int32_t feature)
{
    uint32_t u = k->number[k->player[feature]];

    if (k->on_path[u]++ > 0)
        return;
    k->path[k->length++] = u;
    for (size_t i = 0; i < k->length; i++)
        mark_pair(k, u, k->path[i]);
}

static void leave(struct mark *k, int32_t feature)
{
    if (--k->on_path[k->number[k->player[feature]]] == 0)
        k->length--;
}

static void mark_below(struct mark *k, const struct tree *t, uint32_t at)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0) {
        const struct linear_term *term = k->m->linear + n->linear_first;
        for (uint32_t i = 0; i < n->linear_count; i++)
            enter(k, term[i].feature);
        for (uint32_t i = n->linear_count; i-- > 0;)
            leave(k, term[i].feature);
        return;
    }
    enter(k, n->feature);
    mark_below(k, t, (uint32_t)n->left);
    mark_below(k, t, (uint32_t)n->right);
    leave(k, n->feature);
}

static status list_pairs(const struct mark *k, struct pair_index *p,
                         struct error *e)
{
    size_t cells = k->used * k->used, words = cells / 64 + 1;

    for (size_t w = 0; w < words; w++)
        p->count += (size_t)__builtin_popcountll(k->bits[w]);
    p->pair = mem_array(p->count + 1, sizeof *p->pair);
    p->first = mem_array(k->players + 1, sizeof *p->first);
    if (p->pair == NULL || p->first == NULL)
        return error_memory(e);
    size_t n = 0;
    for (size_t w = 0; w < words; w++) {
        for (uint64_t bits = k->bits[w]; bits != 0; bits &= bits - 1) {
            size_t at = w * 64 + (size_t)__builtin_ctzll(bits);

            p->pair[n++] = (struct explain_pair){k->of[at / k->used],
                                                 k->of[at % k->used]};
        }
    }
    n = 0;
    for (size_t i = 0; i <= k->players; i++) {
        while (n < p->count && p->pair[n].i < i)
            n++;
        p->first[i] = n;
    }
    return ST_OK;
}

static status mark_all(struct mark *k, struct arena *a, size_t memory,
                       struct pair_index *p, struct error *e)
{
    k->number = arena_new_array(a, uint32_t, k->players + 1);
    k->of = arena_new_array(a, uint32_t, k->players + 1);
    if (k->number == NULL || k->of == NULL)
        return arena_error(a, e);
    number_players(k);
    if (k->used > 0 && k->used > memory / k->used)
        return error_set(e, ST_LIMIT,
                         "interactions of %zu inputs exceed the memory of "
                         "%zu bytes; join inputs in groups, or give more "
                         "memory", k->used, memory);
    k->bits = arena_new_array(a, uint64_t, k->used * k->used / 64 + 1);
    k->on_path = arena_new_array(a, uint16_t, k->used + 1);
    k->path = arena_new_array(a, uint32_t, k->used + 1);
    if (k->bits == NULL || k->on_path == NULL || k->path == NULL)
        return arena_error(a, e);
    for (uint32_t u = 0; u < k->used; u++)
        mark_pair(k, u, u);
    for (size_t i = 0; i < k->m->trees; i++)
        mark_below(k, &k->m->tree[i], 0);
    return list_pairs(k, p, e);
}

status pair_index_new(const struct model *m, const uint32_t *player,
                      size_t players, size_t memory, struct pair_index **out,
                      struct error *e)
{
    struct mark k = {.m = m, .player = player, .players = players};
    struct pair_index *p = mem_array(1, sizeof *p);
    struct arena *a = arena_new(2 * memory + ((size_t)1 << 20));

    *out = NULL;
    status s = p == NULL || a == NULL ? error_memory(e)
                                      : mark_all(&k, a, memory, p, e);
    arena_free(a);
    if (s != ST_OK) {
        pair_index_free(p);
        return s;
    }
    *out = p;
    return ST_OK;
}

void pair_index_free(struct pair_index *p)
{
    if (p == NULL)
        return;
    mem_free(p->pair);
    mem_free(p->first);
    mem_free(p);
}

size_t pair_index_find(const struct pair_index *p, uint32_t a, uint32_t b)
{
    uint32_t i = a < b ? a : b, j = a < b ? b : a;
    size_t low = p->first[i], high = p->first[i + 1];

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (p->pair[middle].j <= j)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t pair_path_words(size_t most)
{
    return most + most * most;
}

void pair_path_open(struct pair_path *p, const struct pair_index *index,
                    size_t most, uint64_t *words)
{
    p->index = index;
    p->most = most;
    p->count = 0;
    p->player = (uint32_t *)(void *)words;
    p->place = (size_t *)(void *)(words + most);
}

void pair_path_set(struct pair_path *p, size_t slot, uint32_t player)
{
    p->player[slot] = player;
    p->count = slot + 1;
    for (size_t i = 0; i < slot; i++)
        p->place[i * p->most + slot] =
            pair_index_find(p->index, p->player[i], player);
}
