/* shapley/steps_in.h: what is prepared of a program's parts. Private. */
#ifndef CANDOR_SHAPLEY_STEPS_IN_H
#define CANDOR_SHAPLEY_STEPS_IN_H

#include "shapley/enumerate.h"
#include "shapley/patterns.h"

enum { STEPS_PAIRS = 256, STEPS_CHUNK = 1024 };

/* A part of one output, or all outputs together. */
struct steps_unit {
    bool whole, answers;
    size_t output, outputs;    /* of phi: the first, how many */
    uint32_t part;
    const uint32_t *feature;   /* [features] that it reads */
    size_t features;
    uint32_t *player;          /* [players] */
    size_t players;
    uint8_t *place;            /* [features]: its player's place in player */
    uint32_t *reference;       /* [references] rows that differ in features */
    double *share;             /* [references]: rows that are like it, of all */
    size_t references;
    double *at_reference;      /* [references][outputs] */
    double *mean;              /* [outputs] over the reference */
};

struct steps_state {
    const double *weight[ENUMERATE_MAX + 1]; /* [players][2^(players - 1)] of
                                                coalitions of the others */
    const double *rows;        /* reference */
    size_t count;
    struct steps_unit *unit;
    size_t units;
    size_t chunk;              /* mixed rows at a time, a power of two */
    size_t values;             /* values of coalitions kept at a time */
};

/* One reference row of the unit at hand. */
struct steps_pair {
    size_t reference, first;   /* value of coalition 0 */
    size_t players;
    uint8_t player[ENUMERATE_MAX]; /* places in the unit's players */
};

MUST_USE status steps_values(const struct game *g, const struct steps_unit *u,
                             const double *rows, size_t n, double *out,
                             struct error *e);

#endif
