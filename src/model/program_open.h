/* model/program_open.h: what the two files that take outputs apart share. */
#ifndef CANDOR_MODEL_PROGRAM_OPEN_H
#define CANDOR_MODEL_PROGRAM_OPEN_H

#include "model/program_in.h"

struct opening {
    struct program *p;
    const uint32_t *writer;
    size_t registers;
    struct sets *sets;
    uint32_t *set;         /* [registers] */
    uint32_t *gathered;    /* sets of one step's inputs */
    double *worth;         /* [registers] of the present output */
    bool *wanted;          /* [registers]: worth something */
    size_t term_room, terms;
    struct term *mine;     /* of the present output */
    size_t mine_room, mines;
    size_t step_room, part_steps;
    uint32_t *seen;        /* [steps]: last part that needs it */
    uint32_t round;
    uint32_t *stack;
};

static inline uint32_t opening_at(const struct opening *g, size_t at)
{
    return g->p->list[at];
}

/* The sets of what a step writes, from those of what it reads. */
MUST_USE status opening_sets(struct opening *g, const struct step *s,
                             struct error *e);
/* The terms of the output that register r is, into g->mine. */
MUST_USE status opening_terms(struct opening *g, uint32_t r, double *constant,
                              struct error *e);
/* The output as one term. */
MUST_USE status opening_whole(struct opening *g, uint32_t r, struct error *e);

#endif
