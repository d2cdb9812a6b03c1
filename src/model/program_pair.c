/* Steps on pairs of registers, and the choice between two. */
#include "model/program_in.h"

#include "kernel/lanes.h"

#include <math.h>

#define EACH(expression)                                                       \
    for (size_t l = 0; l < n; l++) {                                           \
        double x = a[l], y = b[l];                                             \
        out[l] = (expression);                                                 \
    }                                                                          \
    break

/* As the sign of y has it, like the floor of a quotient. */
static double remainder_of(double x, double y)
{
    double r = fmod(x, y);
    return r != 0.0 && (r < 0.0) != (y < 0.0) ? r + y : r;
}

static bool unknown(double x, double y)
{
    return isnan(x) || isnan(y);
}

static double truth(bool yes)
{
    return yes ? 1.0 : 0.0;
}

static double both(double x, double y)
{
    if (x == 0.0 || y == 0.0)
        return 0.0;
    return unknown(x, y) ? (double)NAN : 1.0;
}

static double either(double x, double y)
{
    bool yes = (!isnan(x) && x != 0.0) || (!isnan(y) && y != 0.0);
    if (yes)
        return 1.0;
    return unknown(x, y) ? (double)NAN : 0.0;
}

static void pair_lanes(enum program_pair f, const double *restrict a,
                       const double *restrict b, double *restrict out,
                       size_t n)
{
    switch (f) {
    case PAIR_ADD: case PAIR_SUBTRACT: case PAIR_MULTIPLY: case PAIR_DIVIDE:
        break; /* the kernel's */
    case PAIR_REMAINDER: EACH(remainder_of(x, y));
    case PAIR_RAISE: EACH(pow(x, y));
    case PAIR_LESS: EACH(unknown(x, y) ? (double)NAN : truth(x < y));
    case PAIR_AT_MOST: EACH(unknown(x, y) ? (double)NAN : truth(x <= y));
    case PAIR_EQUAL: EACH(unknown(x, y) ? (double)NAN : truth(x == y));
    case PAIR_UNEQUAL: EACH(unknown(x, y) ? (double)NAN : truth(x != y));
    case PAIR_AND: EACH(both(x, y));
    case PAIR_OR: EACH(either(x, y));
    case PAIR_XOR:
        EACH(unknown(x, y) ? (double)NAN : truth((x != 0.0) != (y != 0.0)));
    case PAIR_LEAST: EACH(isnan(x) || x < y ? x : y);
    case PAIR_MOST: EACH(isnan(x) || x > y ? x : y);
    case PAIR_FIRST_PRESENT: EACH(isnan(x) ? y : x);
    case PROGRAM_PAIRS: break;
    }
}

static bool pair_by_kernel(const struct step *s, const double *x,
                           const double *y, double *out, size_t n)
{
    static const enum lanes_pair kernel[] = {
        [PAIR_ADD] = LANES_ADD, [PAIR_SUBTRACT] = LANES_SUBTRACT,
        [PAIR_MULTIPLY] = LANES_MULTIPLY, [PAIR_DIVIDE] = LANES_DIVIDE};
    if (s->f > PAIR_DIVIDE)
        return false;
    if (s->single)
        lanes_pair_single(kernel[s->f], x, y, out, n);
    else
        lanes_pair(kernel[s->f], x, y, out, n);
    return true;
}

void step_pair(const struct block *b, const struct step *s)
{
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    for (uint32_t i = 0; i < s->outs; i++) {
        const double *x = lane(b, in[i]), *y = lane(b, in[s->outs + i]);
        double *out = lane(b, to[i]);
        if (pair_by_kernel(s, x, y, out, b->width))
            continue;
        if (s->single) {
            lanes_round(x, b->spare, b->width);
            lanes_round(y, b->spare + b->width, b->width);
            x = b->spare;
            y = b->spare + b->width;
        }
        pair_lanes((enum program_pair)s->f, x, y, out, b->width);
        if (s->single)
            lanes_round(out, out, b->width);
    }
}

void step_choose(const struct block *b, const struct step *s)
{
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    uint32_t n = s->outs;
    for (uint32_t i = 0; i < n; i++)
        lanes_choose(lane(b, in[i]), lane(b, in[n + i]),
                     lane(b, in[2 * n + i]), lane(b, in[3 * n + i]),
                     lane(b, to[i]), b->width);
}
