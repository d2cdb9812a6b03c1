/* shapley/margins.h: model_margin for many rows from their byte columns, the
 * same bits, without a branch a row could miss. */
#ifndef CANDOR_SHAPLEY_MARGINS_H
#define CANDOR_SHAPLEY_MARGINS_H

#include "shapley/columns.h"

struct margins;

/* Without linear leaves. LIMIT beyond 2^24 columns. */
MUST_USE status margins_new(const struct model *m, const struct columns *c,
                            struct margins **out, struct error *e);
void margins_free(struct margins *m); /* NULL is fine */
size_t margins_bytes(const struct margins *m);
/* Bytes of room for margins_run. */
size_t margins_room(const struct margins *m);

/* tile[columns][stride] → margin[n][pitch], its first `outputs` values. */
void margins_run(const struct margins *m, const uint8_t *tile, size_t stride,
                 size_t n, void *room, double *margin, size_t pitch);

#endif
