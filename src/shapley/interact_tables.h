/* shapley/interact_tables.h: the pair tables of a block, in double: for every
 * index what each two players of the block interact by (half of the index), and
 * each player's main effect. Formulas: interact_path.c and
 * interact_reference.c, the integrals by Gauss–Legendre nodes as in
 * kernel/subset.h. */
#ifndef CANDOR_SHAPLEY_INTERACT_TABLES_H
#define CANDOR_SHAPLEY_INTERACT_TABLES_H

#include "shapley/tables.h"

struct pair_maker; /* rules and room; one a thread */

/* For blocks of at most `bits` bits, at most SUBSET_MAX. */
MUST_USE status pair_maker_new(size_t bits, struct pair_maker **out,
                               struct error *e);
void pair_maker_free(struct pair_maker *t); /* NULL is fine */

/* Tables of a block of so many players. */
static inline size_t pair_tables(size_t players)
{
    return players * (players + 1) / 2;
}

/* table[pair_tables][1 << bits], overwritten: (0,0) (0,1) … (1,1) …, players as
 * the block lists them. counts and rows as table_fill. */
void pair_fill(struct pair_maker *t, const struct tree_blocks *b, size_t block,
               const uint32_t *counts, size_t rows, double *table);

#endif
