/* shapley/interact_engine.h: interactions in FLOAT mode. Every tree whose
 * leaves pattern tables can take (at most PAIR_BITS comparisons on every path)
 * becomes tables of kernel/lookup.h with pairs of players
 * as targets, main effects among them; the others, and those beyond the memory,
 * are walked in double (exact). Which trees these are depends on the model and
 * the memory asked for only. Private to the room. */
#ifndef CANDOR_SHAPLEY_INTERACT_ENGINE_H
#define CANDOR_SHAPLEY_INTERACT_ENGINE_H

#include "shapley/game.h"

enum { PAIR_BITS = 8, PAIR_ROWS_MOST = 1152 };

struct pair_engine;  /* immutable, shared by all threads */
struct pair_scratch; /* one a thread */

/* x->pairs and its games stand. *out stays NULL where no tree can be taken. */
MUST_USE status pair_engine_new(const struct explainer *x,
                                const struct explain_request *r, size_t memory,
                                struct pair_engine **out, struct error *e);
void pair_engine_free(struct pair_engine *g); /* NULL is fine */
size_t pair_engine_memory(const struct pair_engine *g);
size_t pair_engine_trees(const struct pair_engine *g); /* that tables take */

MUST_USE status pair_scratch_new(const struct explainer *x,
                                 struct pair_scratch **out, struct error *e);
void pair_scratch_free(struct pair_scratch *s); /* NULL is fine */

/* As shapley_interactions and shapley_interactions_dense; s->pairs stands. */
void pair_engine_run(const struct explainer *x, struct explain_scratch *s,
                     const double *rows, size_t n, double *values);
void pair_engine_dense(const struct explainer *x, struct explain_scratch *s,
                       const double *rows, size_t n, float *matrix);

/* STRICT interactions of one row in one game, only of the trees not left out
 * by s->skip: values[outputs][pairs]. interact.c. */
void interact_row(const struct explainer *x, const struct game *g,
                  struct game_scratch *s, const double *row, double *values);

#endif
