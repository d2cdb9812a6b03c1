/* model/program_range.h: what a program can give over a box of its inputs.
 *
 * Interval arithmetic, step by step (Moore 1966): sound, and exact at single
 * points but for functions of the C library, which are widened by
 * PROGRAM_RANGE_ULPS. A step whose inputs hang together is bounded as if they
 * did not, so that halving the box is what makes bounds close. */
#ifndef CANDOR_MODEL_PROGRAM_RANGE_H
#define CANDOR_MODEL_PROGRAM_RANGE_H

#include "model/program.h"

/* Values low … high, none of them when low > high; or missing as well. */
struct program_span {
    double low, high;
    bool missing;
};

#define PROGRAM_RANGE_ULPS 0x1p-46 /* relative */

/* Spans that a call needs room for. */
size_t program_range_room(const struct program *p);
/* False: a step reads a text, or says more than intervals can; why (stable, of
 * the program) says which. */
bool program_range_possible(const struct program *p, const char **why);
/* input[features] → *out for one part of an output (program_parts; without the
 * constant), as program_part_values adds it up. room[program_range_room]. */
void program_part_range(const struct program *p, size_t output, uint32_t part,
                        const struct program_span *input,
                        struct program_span *room, struct program_span *out);

#endif
