/* shapley/engine.h: FLOAT mode. A model's leaves are shared out to the kernels
 * by the structure of the trees alone, never by time, memory or the number of
 * references, so a row's bits depend on none of them:
 *
 *   trees of one column            a table of 256 doubles a column and output
 *   path-dependent                 pattern tables (kernel/lookup.h) where a
 *                                  place has few enough bits, else quadrature
 *                                  (kernel/routing.h); whichever the counted
 *                                  work of the tree says is less
 *   interventional, <= 8 bits      pattern tables
 *                   9 … 14         tables in memory (kernel/gather.h)
 *                   beyond         no kernel: UNSUPPORTED, and STRICT serves
 *
 * Trees are parted into runs whose pattern tables take about ENGINE_RUN bytes.
 * Where all runs fit the memory they are made once, else within each call.
 * Lists are always held, and take up to 256 MB of a smaller memory.
 * Private to the room. */
#ifndef CANDOR_SHAPLEY_ENGINE_H
#define CANDOR_SHAPLEY_ENGINE_H

#include "shapley/estimators.h"

#define ENGINE_RUN ((size_t)48 << 20)
/* ENGINE_FEW: fewer rows than this, where it is known, do not pay for tables
 * that each call would have to make anew: STRICT then. */
enum { ENGINE_ROWS = 4608, ENGINE_PASS_ROWS = 32768, ENGINE_FEW = 128 };

struct engine;         /* immutable, shared by all threads */
struct engine_scratch; /* one a thread */

/* player: [features], outlives the engine as the model does; r: the request
 * already checked, memory not 0. */
MUST_USE status engine_new(const struct explain_request *r,
                           const uint32_t *player, size_t players,
                           struct engine **out, struct error *e);
void engine_free(struct engine *g); /* NULL is fine */
MUST_USE status engine_scratch_new(const struct engine *g,
                                   struct engine_scratch **out,
                                   struct error *e);
void engine_scratch_free(struct engine_scratch *s); /* NULL is fine */

/* As shapley_explain. */
MUST_USE status engine_explain(const struct engine *g,
                               struct engine_scratch *s, const double *rows,
                               size_t n, double *phi, double *residual,
                               struct error *e);

double engine_base(const struct engine *g, size_t game, size_t output);
/* Largest stated error of any value of the game: that of the pattern tables
 * (proven), of quadrature with fewer nodes than would be exact (the least of
 * what is proven and ENGINE_MARGIN times the largest difference from exact
 * nodes over sampled rows of this very model), and of float rounding (measured
 * constants times the spans of the trees' leaves). */
double engine_bound(const struct engine *g, size_t game);
size_t engine_memory(const struct engine *g);
size_t engine_block(const struct engine *g);

/* What each kernel takes, counted while the runs are laid out; for plans. */
struct engine_count {
    size_t leaves[5];       /* as enum plan_kernel */
    size_t columns, targets, runs, steps, tables;
    size_t table_bytes;     /* all runs, all games, as held */
    size_t routed_splits;
    double table_work;      /* ns a row: costs of engine_layout.c */
    double build_work;      /* ns */
    bool resident;
};
MUST_USE status engine_count(const struct explain_request *r,
                             const uint32_t *player, size_t players,
                             struct engine_count *out, struct error *e);

#endif
