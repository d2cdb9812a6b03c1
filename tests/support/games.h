/* tests/support/games.h: games that are known in full: values of every
 * coalition of up to 14 players for each reference row, and the Shapley values
 * of their mean. */
#ifndef CANDOR_TESTS_GAMES_H
#define CANDOR_TESTS_GAMES_H

#include "shapley/estimate.h"

struct known_game {
    size_t players, references;
    double *value;   /* [2^players][references] */
    double *phi;     /* [players] of the mean over all references */
    /* How it is asked: the first `samples` of `drawn`. */
    uint32_t *drawn; /* [references] */
    size_t samples;
    size_t asked;    /* coalitions so far */
};

enum known_kind {
    KNOWN_TANH,      /* network, 2 hidden layers */
    KNOWN_RELU,
    KNOWN_TREES,     /* 60 trees of depth 4 grown on steps and products */
    KNOWN_ADDITIVE
};

/* A random model, row and reference rows of that seed; NULL: no memory. */
struct known_game *known_game_new(enum known_kind kind, size_t players,
                                  size_t references, uint64_t seed);
/* From a table of means [2^players]. */
struct known_game *known_game_of(const double *value, size_t players);
void known_game_free(struct known_game *g);
/* Draws `samples` of the references; all: in their order. */
void known_game_draw(struct known_game *g, size_t samples, uint64_t seed);
struct asked_game known_game_asked(struct known_game *g);

#endif
