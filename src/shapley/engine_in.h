/* shapley/engine_in.h: the parts of an engine. Private to engine*.c. */
#ifndef CANDOR_SHAPLEY_ENGINE_IN_H
#define CANDOR_SHAPLEY_ENGINE_IN_H

#include "kernel/gather.h"
#include "kernel/lookup.h"
#include "kernel/routing.h"
#include "shapley/engine.h"
#include "shapley/margins.h"
#include "shapley/tables.h"

enum { ENGINE_LOOKUP_BITS = 8 };
#define ENGINE_ROUNDING 2.4e-7 /* of float lines; measured, see engine.c */
/* Chosen, not proven: random models of all kinds stay within the whole bound
 * (test_shapley_engine.c), of which they reach 0.98 with the tables' share
 * included; what rounding alone takes of it was not measured apart. */
#define ENGINE_ROUTING_ROUNDING 2e-6
enum { ENGINE_SAMPLE = 512, ENGINE_MARGIN = 16 };

/* How one tree is explained. */
struct tree_plan {
    uint8_t most_bits;  /* of blocks that tables take; 0: none */
    bool additive;
    bool routed;        /* some leaves go to quadrature */
};

struct engine_run {
    uint32_t first, trees;
    size_t bytes;       /* of its tables, one game */
};

/* The reference rows of one game, as bytes. */
struct engine_tile {
    uint8_t *byte;      /* [columns][stride] */
    size_t count, stride;
};

/* What a run became: held by the engine, or by a scratch for one call. */
struct engine_made {
    struct lookup *lookup;   /* NULL: nothing for it */
    struct gather **gather;  /* [gathers], in order */
    size_t gathers;
};

/* All trees of one column and output. */
struct engine_additive {
    uint32_t column, output, player;
    double *table;      /* [games][256] */
};

struct engine {
    const struct model *model;
    size_t players, games;
    bool interventional;
    struct arena *arena;
    struct columns columns;
    uint32_t *player;    /* [features]: number among the players used */
    uint32_t *used;      /* [used_players]: which player that is */
    size_t used_players;
    size_t targets;      /* of one game: output × used_players + number */
    struct tree_plan *plan;   /* [trees] */
    struct engine_run *run;
    size_t runs;
    struct engine_made *made; /* [runs], or NULL: made in each call */
    struct engine_additive *additive;
    size_t additives;
    struct routing *routing;
    struct engine_rest *rest; /* NULL: tables take all leaves */
    struct engine_tile tile[EXPLAIN_GAMES_MAX];
    struct margins *margins;
    double *base;        /* [games][outputs] */
    double *error;       /* [games][targets]: stated by the pattern tables */
    double routing_error; /* stated by quadrature, any target */
    double bound[EXPLAIN_GAMES_MAX];
    size_t memory, lookup_room;
    struct engine_count count;
};

/* Reused while trees are turned into tables. */
struct engine_maker {
    struct tree_blocks blocks;
    struct table_maker *tables;
    uint32_t *counts;    /* of all blocks of a tree */
    uint16_t *index;
    double *table;       /* of all blocks of a tree and game */
    struct lookup_step *step;
    struct lookup_table *entry;
    struct gather_step *wide_step;
    struct gather_block *wide;
    uint32_t *renumber, *target;
    uint32_t *at;        /* [blocks]: first count */
    size_t counts_room, index_room, table_room, step_room, entry_room,
        wide_step_room, wide_room, renumber_room, target_room, at_room;
    bool narrow_only;    /* for what the pattern tables state of their error */
};

/* engine_rest.c: leaves against references that are for no table. */
struct engine_rest;
struct rest_scratch; /* one a thread */
MUST_USE status engine_rest_new(const struct engine *g,
                                const struct explain_request *r,
                                struct engine_rest **out, struct error *e);
void engine_rest_free(struct engine_rest *r); /* NULL is fine */
size_t engine_rest_bytes(const struct engine_rest *r, size_t nodes);
/* On failure too there may be something to free. */
MUST_USE status rest_scratch_new(const struct engine *g,
                                 struct rest_scratch **out, struct error *e);
void rest_scratch_free(struct rest_scratch *s); /* NULL is fine */
/* Adds one row's to phi[games][outputs][players + 1]. */
void engine_rest_add(const struct engine *g, struct rest_scratch *s,
                     const double *row, double *phi);

MUST_USE status engine_layout(struct engine *g, size_t memory,
                              struct error *e);
/* taken[nodes]: 0 for the leaves of blocks without a step, else as it was. */
void engine_mark_beyond(const struct tree *t, const struct tree_blocks *b,
                        uint8_t *taken);
/* taken[nodes]: leaves of blocks of at most `most` bits. */
void engine_mark_taken(const struct tree *t, const struct tree_blocks *b,
                       size_t most, uint8_t *taken);
MUST_USE status engine_additives(struct engine *g, struct error *e);
MUST_USE status engine_route(struct engine *g, struct error *e);

/* Is the block's table one in memory, not in registers? It has a step. */
static inline bool engine_is_wide(const struct tree_blocks *b,
                                  const struct block *k)
{
    return k->bits > ENGINE_LOOKUP_BITS || b->step[k->step].joined;
}

struct engine_maker *engine_maker_new(struct error *e); /* NULL: e is set */
void engine_maker_free(struct engine_maker *w);
/* Makes the tables of one run. */
MUST_USE status engine_make(const struct engine *g, size_t run,
                            struct engine_maker *w, struct engine_made *out,
                            struct error *e);
void engine_unmake(struct engine_made *m);
/* Adds what a run contributes: sum[games × used][stride]. */
void engine_run_made(const struct engine *g, const struct engine_made *m,
                     void *room, const uint8_t *tile, size_t stride, size_t n,
                     double *sum, size_t sum_stride);
size_t engine_made_room(const struct engine_made *m);
size_t engine_made_bytes(const struct engine_made *m);

#endif
