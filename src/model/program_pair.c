/* Steps on pairs of registers, and the choice between two. */
#include "model/program_in.h"

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
    case PAIR_ADD: EACH(x + y);
    case PAIR_SUBTRACT: EACH(x - y);
    case PAIR_MULTIPLY: EACH(x * y);
    case PAIR_DIVIDE: EACH(x / y);
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

static void round_lanes(const double *restrict in, double *restrict out,
                        size_t n)
{
    for (size_t l = 0; l < n; l++)
        out[l] = (double)(float)in[l];
}

void step_pair(const struct block *b, const struct step *s)
{
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    for (uint32_t i = 0; i < s->outs; i++) {
        const double *x = lane(b, in[i]), *y = lane(b, in[s->outs + i]);
        double *out = lane(b, to[i]);
        if (s->single) {
            round_lanes(x, b->spare, b->width);
            round_lanes(y, b->spare + LANES, b->width);
            x = b->spare;
            y = b->spare + LANES;
        }
        pair_lanes((enum program_pair)s->f, x, y, out, b->width);
        if (s->single)
            for (size_t l = 0; l < b->width; l++)
                out[l] = (double)(float)out[l];
    }
}

void step_choose(const struct block *b, const struct step *s)
{
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    uint32_t n = s->outs;
    for (uint32_t i = 0; i < n; i++) {
        const double *c = lane(b, in[i]), *yes = lane(b, in[n + i]);
        const double *no = lane(b, in[2 * n + i]);
        const double *unsaid = lane(b, in[3 * n + i]);
        double *out = lane(b, to[i]);
        for (size_t l = 0; l < b->width; l++)
            out[l] = isnan(c[l]) ? unsaid[l] : c[l] != 0.0 ? yes[l] : no[l];
    }
}
