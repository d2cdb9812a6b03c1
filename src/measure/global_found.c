/* What a global tally says. */
#include "measure/global_in.h"

#include <math.h>

struct spread {
    double n, mean, sd; /* in quanta; sd 0 below two */
};

/* Of n whole numbers from their exact sums. The sum of squares about a whole
 * number near the mean is exact modulo 2^128 and small, so that nothing is
 * lost to cancellation. */
static struct spread spread_of(int64_t n, wide sum, wide square)
{
    if (n == 0)
        return (struct spread){0, 0, 0};
    wide middle = sum / n;
    wide_bits m = (wide_bits)middle, about = (wide_bits)square;
    about -= 2 * m * (wide_bits)sum;
    about += (wide_bits)n * m * m;
    double rest = (double)(sum - middle * n) / (double)n;
    double deviation = (double)about - (double)n * rest * rest;
    double variance = n > 1 ? deviation / (double)(n - 1) : 0.0;
    return (struct spread){(double)n, (double)middle + rest,
                           sqrt(fmax(variance, 0.0))};
}

static struct estimate mean_of(const struct global *g, int64_t n, wide sum,
                               wide square)
{
    struct spread s = spread_of(n, sum, square);
    double unit = ldexp(1.0, g->exponent);
    return estimate_mean(s.n, s.mean * unit, s.sd * unit);
}

size_t global_groups(const struct global *g)
{
    return g->groups;
}

size_t global_group(const struct global *g, size_t column, size_t code)
{
    return g->start[column] + code;
}

double global_n(const struct global *g, size_t group)
{
    return (double)g->n[group];
}

struct estimate global_absolute(const struct global *g, size_t group,
                                size_t player)
{
    const struct global_cell *c = &g->cell[group * g->players + player];
    return mean_of(g, g->n[group], c->absolute, c->square);
}

struct estimate global_mean(const struct global *g, size_t group,
                            size_t player)
{
    const struct global_cell *c = &g->cell[group * g->players + player];
    return mean_of(g, g->n[group], c->sum, c->square);
}

/* The `most` heaviest of n cells, into order; returns how many. */
static size_t heaviest(const struct global_cell *cell, size_t n, size_t most,
                       size_t *order)
{
    size_t held = 0;
    for (size_t i = 0; i < n && most > 0; i++) {
        if (held == most &&
            cell[i].absolute <= cell[order[most - 1]].absolute)
            continue;
        size_t at = held < most ? held++ : most - 1;
        while (at > 0 && cell[order[at - 1]].absolute < cell[i].absolute) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return held;
}

void global_order(const struct global *g, size_t group, size_t *order)
{
    (void)heaviest(g->cell + group * g->players, g->players, g->players,
                   order);
}

/* --- bins --- */

size_t global_bins(const struct global *g, size_t player)
{
    return g->column == NULL ? 0 : g->column[player].bins;
}

static const struct global_range *range_of(const struct global *g,
                                           size_t group, size_t player,
                                           size_t bin)
{
    return &g->range[group * g->ranges + g->column[player].first + bin];
}

struct global_bin global_bin(const struct global *g, size_t group,
                             size_t player, size_t bin)
{
    const struct global_column *c = &g->column[player];
    const struct global_range *r = range_of(g, group, player, bin);
    struct spread s = spread_of(r->n, r->sum, r->square);
    double unit = ldexp(1.0, g->exponent), none = (double)NAN;
    bool missing = bin == c->bins - 1, some = r->n > 0;
    return (struct global_bin){
        .n = s.n,
        .low = some && !missing ? r->low : none,
        .high = some && !missing ? r->high : none,
        .mean = some ? s.mean * unit : none,
        .sd = r->n > 1 ? s.sd * unit : none,
        .least = some ? (double)r->least * unit : none,
        .most = some ? (double)r->most * unit : none,
        .missing = missing,
        .other = c->kind == GLOBAL_CATEGORY && bin == c->codes};
}

struct estimate global_bin_mean(const struct global *g, size_t group,
                                size_t player, size_t bin)
{
    const struct global_range *r = range_of(g, group, player, bin);
    return mean_of(g, r->n, r->sum, r->square);
}

/* --- pairs --- */

struct estimate global_pair(const struct global *g, size_t group, size_t pair)
{
    const struct global_cell *c = &g->pair[group * g->pairs + pair];
    return mean_of(g, g->paired[group], c->absolute, c->square);
}

struct estimate global_pair_mean(const struct global *g, size_t group,
                                 size_t pair)
{
    const struct global_cell *c = &g->pair[group * g->pairs + pair];
    return mean_of(g, g->paired[group], c->sum, c->square);
}

size_t global_pair_order(const struct global *g, size_t group, size_t most,
                         size_t *order)
{
    return heaviest(g->pair + group * g->pairs, g->pairs, most, order);
}
