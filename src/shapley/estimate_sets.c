/* Which coalitions are asked, and in which order. */
#include "shapley/estimate_in.h"

#include "kernel/random.h"

#include <math.h>

/* Sizes with at most so many pairs are shuffled as a list, larger ones drawn
 * and compared with what was drawn before. */
#define LISTED_MAX 16384

struct drawing {
    struct pair_plan *plan;
    struct random_stream *random;
    uint32_t **left;     /* [sizes + 1] ranks in random order; NULL: too many */
    size_t *taken;       /* [sizes + 1] */
    double *most;        /* [sizes + 1] pairs of that size */
    uint32_t *slot;      /* hash of sets drawn: observation, 0 empty */
    size_t slots;
    uint32_t *player;    /* [players] */
};

size_t pair_plan_all(size_t players)
{
    if (players == 0)
        return 0;
    return players > 62 ? SIZE_MAX : ((size_t)1 << (players - 1)) - 1;
}

static double choose(size_t n, size_t k)
{
    double c = 1;

    for (size_t i = 1; i <= k; i++)
        c = rint(c * (double)(n - k + i) / (double)i);
    return c;
}

double pair_plan_of_size(size_t players, size_t k)
{
    double c = choose(players, k);

    return 2 * k == players ? c / 2 : c;
}

/* The subset of `size` of `players` at this rank, by binomial coefficients (Knuth
 * 4A, 7.2.1.3). */
static void unrank(uint64_t *set, size_t players, size_t size, double rank)
{
    size_t p = players;

    for (size_t k = size; k > 0; k--) {
        double c;

        do
            c = choose(--p, k);
        while (p >= k && c > rank);
        if (p < k)
            c = 0;
        rank -= c;
        set[p / 64] |= (uint64_t)1 << (p % 64);
    }
}

static uint64_t set_hash(const uint64_t *set, size_t words)
{
    return hash_bytes(set, words * sizeof *set);
}

/* False: it was there before. */
static bool remember(struct drawing *d, size_t observation)
{
    const struct pair_plan *p = d->plan;
    const uint64_t *set = p->set + observation * p->words;
    size_t at = set_hash(set, p->words) & (d->slots - 1);

    while (d->slot[at] != 0) {
        if (memcmp(p->set + d->slot[at] * p->words, set,
                   p->words * sizeof *set) == 0)
            return false;
        at = (at + 1) & (d->slots - 1);
    }
    d->slot[at] = (uint32_t)observation;
    return true;
}

/* A subset of `size`, one of the two of a pair where it is half of them. */
static void draw_set(struct drawing *d, uint64_t *set, size_t size)
{
    const struct pair_plan *p = d->plan;

    memset(set, 0, p->words * sizeof *set);
    for (size_t i = 0; i < size; i++) { /* the first steps of Fisher–Yates */
        size_t j = i + random_index(d->random, (uint32_t)(p->players - i));
        uint32_t one = d->player[j];

        d->player[j] = d->player[i];
        d->player[i] = one;
        set[one / 64] |= (uint64_t)1 << (one % 64);
    }
    if (2 * size == p->players && !set_has(set, p->players - 1)) {
        for (size_t i = 0; i < p->players; i++)
            set[i / 64] ^= (uint64_t)1 << (i % 64);
    }
}

static void take(struct drawing *d, size_t observation, size_t size)
{
    struct pair_plan *p = d->plan;
    uint64_t *set = p->set + observation * p->words;

    p->size[observation] = (uint16_t)size;
    if (d->left[size] != NULL) {
        double rank = d->left[size][d->taken[size]];

        /* Of half the players: those with the last one, which are the ranks
         * from C(n − 1, n / 2) on. */
        if (2 * size == p->players)
            rank += choose(p->players - 1, size);
        unrank(set, p->players, size, rank);
    } else {
        do
            draw_set(d, set, size);
        while (!remember(d, observation));
    }
    d->taken[size]++;
}

/* The size that is furthest behind its share; SIZE_MAX: all are listed. */
static size_t next_size(const struct drawing *d)
{
    size_t n = d->plan->players, best = SIZE_MAX;
    double least = INFINITY;

    for (size_t k = 1; 2 * k <= n; k++) {
        double share = 2 * k == n ? 0.5 : 1.0;
        double behind = ((double)d->taken[k] + 0.5) / share;

        if ((double)d->taken[k] < d->most[k] && behind < least) {
            least = behind;
            best = k;
        }
    }
    return best;
}

static status open_sizes(struct arena *a, struct drawing *d, struct error *e)
{
    size_t n = d->plan->players, sizes = n / 2;

    d->left = arena_new_array(a, uint32_t *, sizes + 1);
    d->taken = arena_new_array(a, size_t, sizes + 1);
    d->most = arena_new_array(a, double, sizes + 1);
    d->player = arena_new_array(a, uint32_t, n + 1);
    for (d->slots = 64; d->slots < 4 * (d->plan->pairs + 1);)
        d->slots *= 2;
    d->slot = arena_new_array(a, uint32_t, d->slots);
    if (d->left == NULL || d->taken == NULL || d->most == NULL ||
        d->player == NULL || d->slot == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < n; i++)
        d->player[i] = (uint32_t)i;
    for (size_t k = 1; k <= sizes; k++) {
        d->most[k] = pair_plan_of_size(n, k);
        if (d->most[k] > LISTED_MAX)
            continue;
        d->left[k] = arena_new_array(a, uint32_t, (size_t)d->most[k]);
        if (d->left[k] == NULL)
            return arena_error(a, e);
        random_permutation(d->random, d->left[k], (uint32_t)d->most[k]);
    }
    return ST_OK;
}

status pair_plan_make(struct arena *a, size_t players, size_t pairs,
                      uint64_t seed, struct pair_plan *out, struct error *e)
{
    struct drawing d = {.plan = out};
    status s;

    *out = (struct pair_plan){.players = players, .pairs = pairs,
                              .words = (players + 63) / 64, .seed = seed};
    out->set = arena_new_array(a, uint64_t, (pairs + 1) * out->words + 1);
    out->size = arena_new_array(a, uint16_t, pairs + 1);
    if (out->set == NULL || out->size == NULL)
        return arena_error(a, e);
    d.random = random_new(seed, players, 0);
    if (d.random == NULL)
        return error_memory(e);
    for (size_t i = 0; i < players; i++)
        out->set[i / 64] |= (uint64_t)1 << (i % 64);
    out->size[0] = (uint16_t)players;
    s = open_sizes(a, &d, e);
    for (size_t p = 1; s == ST_OK && p <= pairs; p++)
        take(&d, p, next_size(&d));
    random_free(d.random);
    return s;
}
