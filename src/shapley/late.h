/* shapley/late.h: the strict games of a FLOAT explainer, made when a strict row
 * is first asked for. Two threads that ask at once both make one; the first to
 * finish is kept, so nobody waits on a lock. Private to the room. */
#ifndef CANDOR_SHAPLEY_LATE_H
#define CANDOR_SHAPLEY_LATE_H

#include "shapley/game.h"

struct late;

/* Copies the references; the rest of the request outlives it. */
MUST_USE status late_new(const struct explain_request *r, size_t memory,
                         struct late **out, struct error *e);
void late_free(struct late *l); /* NULL is fine */
MUST_USE status late_game(struct late *l, size_t k, const uint32_t *player,
                          size_t players, const struct game **out,
                          struct error *e);
const char *late_name(const struct late *l, size_t k); /* "" without */
size_t late_count(const struct late *l, size_t k);
size_t late_bytes(const struct late *l);

#endif
