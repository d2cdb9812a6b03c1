/* shapley/path.h: the path-dependent game prepared in STRICT mode. Private. */
#ifndef CANDOR_SHAPLEY_PATH_H
#define CANDOR_SHAPLEY_PATH_H

#include "shapley/game.h"

struct rule_nodes {
    size_t count;
    double *t, *u, *weight; /* u = 1 − t */
};

struct path_state {
    double *share;           /* [nodes]: cover share of the left child */
    double *value;           /* [nodes]: leaves, scaled */
    struct rule_nodes *rule; /* [trees] */
};

/* interact_path.c. most: nodes of the largest rule. */
void path_interact_scratch(struct game *g, size_t most);
void path_interact(const struct game *g, struct game_scratch *s,
                   const double *row, double *pairs);

#endif
