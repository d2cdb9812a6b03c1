/* shapley/patterns.h: how the reference rows stand to one leaf, counted.
 *
 * The splits of a leaf's path, merged to one condition a player, have slots
 * 0 … d − 1 in the order of the path. A pattern is the set of slots whose
 * condition fails. A leaf's value v counts for a pair (row, reference row) with
 * failing sets A and B only when they are disjoint; with a = |A|, b = |B|
 *   slot in B:  + v (b − 1)! a! / (a + b)!     (the row's side reaches the leaf)
 *   slot in A:  − v b! (a − 1)! / (a + b)!
 * A unit holds a leaf, or two leaves of one split, in one of two exact forms. */
#ifndef CANDOR_SHAPLEY_PATTERNS_H
#define CANDOR_SHAPLEY_PATTERNS_H

#include "base/arena.h"

#include <stdint.h>

enum {
    PATTERN_TABLE_MAX = 8, /* slots of a dense table: 2^d entries of d values */
    PATTERN_BUCKET_BITS = 6,
    PATTERN_BUCKETS = 1 << PATTERN_BUCKET_BITS
};

/* Distinct failing sets of the reference rows at one place of a tree. */
struct pattern_list {
    size_t count, words;
    uint64_t *set;   /* [count][words] */
    uint32_t *rows;  /* [count]: reference rows that have it */
};

struct pattern_unit {
    uint32_t slots;
    double *table;   /* [2^slots][slots], or NULL: the list form */
    double value;    /* list form: leaf value over the number of rows */
    struct pattern_list list;
    uint32_t *bucket; /* [PATTERN_BUCKETS + 1]: where given low bits begin */
};

struct pattern_weights {
    size_t most;
    const double *integral; /* [most + 1][most + 1] */
};

/* a! b! / (a + b + 1)!, the integral of t^b (1 − t)^a; a, b <= most. */
static inline double pattern_integral(const struct pattern_weights *w, size_t a,
                                      size_t b)
{
    return w->integral[a * (w->most + 1) + b];
}

MUST_USE status pattern_weights_new(struct arena *a, size_t most,
                                    struct pattern_weights *out,
                                    struct error *e);

/* Adds the table of one leaf to table[2^slots][slots], whose index is the
 * row's failing set XOR `flip` (so that the two leaves of a split share one).
 * room: 2 × 2^slots × (slots + 1) doubles. */
void pattern_table_add(double *table, size_t slots, size_t flip, double value,
                       const struct pattern_list *list,
                       const struct pattern_weights *w, double *room);

/* Copies a list into the arena, sorted into buckets. */
MUST_USE status pattern_list_unit(struct arena *a, size_t slots, double value,
                                  const struct pattern_list *list,
                                  struct pattern_unit *out, struct error *e);

/* Adds the contributions of one unit for a row with this failing set. */
void pattern_unit_add(const struct pattern_unit *u, const uint64_t *fails,
                      const struct pattern_weights *w, const uint32_t *player,
                      double *phi);

#endif
