/* shapley/tables.h: the tables of a block, in double: what each player of it
 * receives for each index, all terms of the block summed.
 *
 * Path-dependent: a condition holds by chance, with the product of the cover
 * shares of its edges. Interventional: the mean over the reference rows, given
 * as a histogram of their indices at the block's step. */
#ifndef CANDOR_SHAPLEY_TABLES_H
#define CANDOR_SHAPLEY_TABLES_H

#include "kernel/subset.h"
#include "shapley/blocks.h"

struct table_maker; /* rules and room; one a thread */

MUST_USE status table_maker_new(struct table_maker **out, struct error *e);
void table_maker_free(struct table_maker *t); /* NULL is fine */

/* table[players of the block][1 << bits], overwritten. counts[1 << bits] over
 * `rows` reference rows; NULL: path-dependent. The block is its own host and
 * has a step. */
void table_fill(struct table_maker *t, const struct tree_blocks *b,
                size_t block, const uint32_t *counts, size_t rows,
                double *table);

/* holds[1 << bits]: which slots of a term are satisfied, by index. */
void table_satisfied(const struct block_slot *slot, size_t slots, size_t bits,
                     uint16_t *holds);

/* Indices of rows at each step: index[steps][stride] from tile[columns]
 * [tile_stride], rows of them. */
void table_indices(const struct tree_blocks *b, const uint8_t *tile,
                   size_t tile_stride, size_t rows, uint16_t *index,
                   size_t stride);
/* counts[1 << bits] += the rows of one step's indices. */
void table_count(uint32_t *counts, const uint16_t *index, size_t rows);

#endif
