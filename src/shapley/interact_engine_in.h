/* shapley/interact_engine_in.h: private to interact_engine.c, which runs, and
 * interact_build.c, which builds. */
#ifndef CANDOR_SHAPLEY_INTERACT_ENGINE_IN_H
#define CANDOR_SHAPLEY_INTERACT_ENGINE_IN_H

#include "kernel/lookup.h"
#include "shapley/columns.h"
#include "shapley/interact_engine.h"

struct pair_engine {
    struct arena *arena;
    struct columns columns;
    struct lookup *lookup;
    bool *taken;        /* [trees] */
    size_t taken_trees;
    bool all;           /* every tree is taken */
    size_t targets;     /* games × outputs × pairs */
    size_t rows;        /* of one stretch */
    uint32_t *cell;     /* [side × side] → pair, or `pairs` for none */
};

#endif
