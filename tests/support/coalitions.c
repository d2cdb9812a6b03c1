#include "support/coalitions.h"

#include <string.h>

static double path_game(const struct model *m, const struct tree *t,
                        uint32_t at, const uint32_t *player, const double *row,
                        unsigned in)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return n->value;
    uint32_t left = (uint32_t)n->left, right = (uint32_t)n->right;
    if (in >> player[n->feature] & 1)
        return path_game(m, t,
                         node_goes_left(m, n, row[n->feature]) ? left : right,
                         player, row, in);
    double a = t->node[left].cover, b = t->node[right].cover;
    double share = a + b > 0 ? a / (a + b) : 0.5;
    return share * path_game(m, t, left, player, row, in) +
           (1 - share) * path_game(m, t, right, player, row, in);
}

static void path_values(const struct model *m, const uint32_t *player,
                        const double *row, unsigned in, double *value)
{
    memset(value, 0, m->outputs * sizeof *value);
    for (size_t t = 0; t < m->trees; t++)
        value[m->tree[t].output] +=
            m->tree[t].weight * path_game(m, &m->tree[t], 0, player, row, in);
    for (size_t o = 0; o < m->outputs; o++)
        value[o] = m->base[o] + m->combine_scale * value[o];
}

static void mixed_values(const struct estimator *s, const struct model *m,
                         const uint32_t *player, const double *row,
                         const double *reference, unsigned in, double *value)
{
    double mixed[64];

    for (size_t f = 0; f < m->features; f++)
        mixed[f] = in >> player[f] & 1 ? row[f] : reference[f];
    model_margin(m, mixed, value);
    if (s->on_answer)
        model_answer(m, value, value);
}

void coalition_values(const struct estimator *s, const struct model *m,
                      const uint32_t *player, size_t players,
                      const double *row, const double *reference, size_t count,
                      double *v)
{
    double value[COALITIONS_OUTPUTS];
    size_t sets = (size_t)1 << players;

    memset(v, 0, m->outputs * sets * sizeof *v);
    for (unsigned in = 0; in < sets; in++) {
        if (!s->needs_reference) {
            path_values(m, player, row, in, value);
            for (size_t o = 0; o < m->outputs; o++)
                v[o * sets + in] = value[o];
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            mixed_values(s, m, player, row, reference + i * m->features, in,
                         value);
            for (size_t o = 0; o < m->outputs; o++)
                v[o * sets + in] += value[o] / (double)count;
        }
    }
}

static double factorial(unsigned n)
{
    return n < 2 ? 1.0 : n * factorial(n - 1);
}

double coalition_shapley(const double *v, unsigned players, unsigned i)
{
    double sum = 0;

    for (unsigned in = 0; in < 1U << players; in++) {
        unsigned size = (unsigned)__builtin_popcount(in);
        if ((in >> i & 1) == 0)
            sum += factorial(size) * factorial(players - size - 1) /
                   factorial(players) * (v[in | 1U << i] - v[in]);
    }
    return sum;
}

double coalition_pair(const double *v, unsigned players, unsigned i, unsigned j)
{
    unsigned a = 1U << i, b = 1U << j;
    double sum = 0;

    for (unsigned in = 0; in < 1U << players; in++) {
        unsigned size = (unsigned)__builtin_popcount(in);
        if ((in & (a | b)) == 0)
            sum += factorial(size) * factorial(players - size - 2) /
                   factorial(players - 1) *
                   (v[in | a | b] - v[in | a] - v[in | b] + v[in]);
    }
    return sum / 2;
}
