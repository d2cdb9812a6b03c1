/* shapley/linear_leaves.h: LightGBM's linear leaves against reference rows.
 *
 * For a pair (row x, reference row z) with failing sets A and B the leaf's game
 * is 1[B ⊆ S, A ∩ S = ∅] L(S), L being leaf_value at the mixed row. Where all
 * inputs of the leaf are there, L(S) = c + Σ β_j (x_j or z_j): a sum of games of
 * the same kind, since S ∋ j only adds j to B. A player whose inputs miss a
 * value in x must stay out for that (it joins A), one that misses in z must come
 * in (it joins B); with A′ and B′ so widened,
 *   game = 1[B, A] value + 1[B′, A′] (c − value + Σ β_j (x_j or z_j)).
 * Reference rows with the same B and the same missing players are one group,
 * which needs their number and Σ z only: the work does not grow with the rows. */
#ifndef CANDOR_SHAPLEY_LINEAR_LEAVES_H
#define CANDOR_SHAPLEY_LINEAR_LEAVES_H

#include "model/model.h"
#include "shapley/patterns.h"

struct linear_unit {
    const struct node *leaf;
    double scale;              /* tree scale over the number of rows */
    uint32_t terms;            /* distinct players of the leaf's terms */
    uint32_t *term_of;         /* [leaf's terms]: its player, below terms */
    uint32_t *player, *slot;   /* [terms]; slots beyond the path's follow it */
    uint32_t slots;            /* with those */
    struct pattern_list list;  /* groups: sets of the path */
    uint64_t *missing;         /* [groups][words]: slots missing a value */
    double *sum;               /* [groups][terms]: Σ rows Σ β z */
};

struct linear_leaf {
    const struct model *model;
    const struct node *leaf;
    double scale;
    const uint32_t *player;      /* [features] */
    const int32_t *slot_of;      /* [players]: on the path, -1 */
    size_t slots;                /* of the path */
    const double *rows;          /* [count][features] */
    size_t count;
    const uint32_t *class_of;    /* [count]: pattern of each row */
    const struct pattern_list *classes;
};

MUST_USE status linear_unit_new(struct arena *a, const struct linear_leaf *l,
                                struct linear_unit *out, struct error *e);

/* One of the games that a unit is a sum of, for one explained row:
 * 1[B ⊆ S, A ∩ S = ∅] (constant + Σ delta_t [term t ∈ S]). */
struct linear_cell {
    const uint64_t *out, *in;   /* A, B */
    size_t a, b;                /* their sizes */
    double constant;
    double with;                /* Σ delta */
    const double *delta;        /* [terms]; 0 for members of A and B */
};

/* Room of one call: doubles and words. */
size_t linear_unit_doubles(size_t terms);
typedef void linear_visit(void *to, const struct linear_unit *u,
                          const struct linear_cell *c);
/* fails: the row's set on the path; real: linear_unit_doubles(terms); word:
 * 2 × the list's words. */
void linear_unit_visit(const struct linear_unit *u, const struct model *m,
                       const double *row, const uint64_t *fails, double *real,
                       uint64_t *word, linear_visit *visit, void *to);

/* Adds the contributions of a cell; player[slots] with the unit's own. */
void linear_cell_add(const struct linear_unit *u, const struct linear_cell *c,
                     const struct pattern_weights *w, const uint32_t *player,
                     double *phi);

#endif
