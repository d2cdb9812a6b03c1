/* shapley/pairs.h: which pairs of players can interact: those that meet on some
 * path (a linear leaf's inputs count as on its path), and each used player with
 * itself. Private; callers see the list through shapley_pairs. */
#ifndef CANDOR_SHAPLEY_PAIRS_H
#define CANDOR_SHAPLEY_PAIRS_H

#include "shapley/estimators.h"

struct pair_index {
    struct explain_pair *pair; /* [count] ascending, i <= j */
    size_t count;
    size_t *first;             /* [players + 1]: where pairs of i begin */
};

/* LIMIT when the index would exceed `memory` bytes. */
MUST_USE status pair_index_new(const struct model *m, const uint32_t *player,
                               size_t players, size_t memory,
                               struct pair_index **out, struct error *e);
void pair_index_free(struct pair_index *p); /* NULL is fine */
/* Place of the pair, in either order; it must be in the index. */
size_t pair_index_find(const struct pair_index *p, uint32_t a, uint32_t b);

/* The players of the present path and the places of all their pairs. */
struct pair_path {
    const struct pair_index *index;
    size_t most, count;
    uint32_t *player;   /* [most] */
    size_t *place;      /* [most][most], the first below the second */
};

/* 64-bit words that a path of `most` players takes. */
size_t pair_path_words(size_t most);
void pair_path_open(struct pair_path *p, const struct pair_index *index,
                    size_t most, uint64_t *words);
/* Sets player number `slot`; those below it must be set. */
void pair_path_set(struct pair_path *p, size_t slot, uint32_t player);
static inline size_t pair_path_place(const struct pair_path *p, size_t a,
                                     size_t b)
{
    return a < b ? p->place[a * p->most + b] : p->place[b * p->most + a];
}

#endif
