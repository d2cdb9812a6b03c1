/* shapley/game.h: one game in STRICT mode, and what holds all. Private. */
#ifndef CANDOR_SHAPLEY_GAME_H
#define CANDOR_SHAPLEY_GAME_H

#include "base/arena.h"
#include "shapley/estimators.h"
#include "shapley/pairs.h"

struct game {
    const struct model *model;
    const uint32_t *player; /* [features] */
    size_t players;
    char *reference_name;
    size_t reference_count;
    size_t cap;             /* bytes the estimator may prepare */
    struct arena *arena;    /* holds everything below and the state */
    double *base;           /* [outputs] */
    double *tree_scale;     /* [trees]: weight × combine_scale */
    uint32_t *first_node;   /* [trees + 1]: a tree's nodes in flat arrays */
    size_t path_players;    /* most distinct players that one leaf depends on */
    const struct pair_index *pairs; /* NULL: no interactions wanted */
    size_t scratch_doubles, scratch_words;
    const void *state;      /* the estimator's own */
};

/* Large enough for each game of an explainer. */
struct game_scratch {
    double *real;             /* [scratch_doubles] */
    uint64_t *word;           /* [scratch_words] */
    struct player_path *path; /* [players], at rest */
    double *phi;              /* [outputs][players + 1], with interactions */
    const bool *skip;         /* [trees] left out of a walk; NULL: none */
};

struct explainer {
    const struct estimator *estimator;
    const struct model *model;
    enum explain_mode mode;
    uint32_t *player;       /* [features] */
    size_t players, games;
    struct game *game[EXPLAIN_GAMES_MAX];
    struct pair_index *pairs; /* NULL: no interactions wanted */
    struct engine *engine;    /* FLOAT; NULL: STRICT */
    struct late *late;        /* FLOAT: strict games, unless game[] has them */
    struct pair_engine *pair_engine; /* interactions in FLOAT mode, or NULL */
};

struct explain_scratch {
    struct game_scratch game;
    size_t real_room, word_room;
    struct engine_scratch *engine;
    struct pair_scratch *pairs;
};

/* Where a player stands on the path from the root to the present node. */
struct player_path {
    double share;          /* product of its cover shares so far */
    bool follows;          /* the row satisfies all its splits so far */
    bool seen;
};

extern const struct estimator path_dependent_estimator;
extern const struct estimator interventional_estimator;
extern const struct estimator interventional_probability_estimator;
extern const struct estimator interventional_probability_rescaled_estimator;

/* memory: the bytes that this game may hold. pairs outlives the game. */
MUST_USE status game_new(const struct estimator *estimator,
                         const struct model *m, const uint32_t *player,
                         size_t players, const struct explain_reference *r,
                         size_t memory, const struct pair_index *pairs,
                         struct game **out, struct error *e);
void game_free(struct game *g); /* NULL is fine */

/* Distinct players on the longest path of a tree; counts[players] is zero
 * before and after. */
size_t tree_path_players(const struct tree *t, const uint32_t *player,
                         uint16_t *counts);

#endif
